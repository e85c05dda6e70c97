"""A broken data file is told by file, line and field."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from ytterby.errors import DataError
from ytterby.world import _files, assumptions, impose, limits, parameters, scenario

CACHES = (assumptions.rows, parameters._table, scenario.library, impose.impositions, limits._sentences)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], None]]:
    """Replace one text in one file of a copy of the data folder that the room then reads."""
    with as_file(files("ytterby.world").joinpath("data")) as folder:
        shutil.copytree(folder, tmp_path / "data")

    def change(name: str, old: str, new: str) -> None:
        path = tmp_path / "data" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    monkeypatch.setattr(_files, "_folder", lambda: tmp_path / "data")
    for cached in CACHES:
        cached.cache_clear()
    yield change
    monkeypatch.undo()
    for cached in CACHES:
        cached.cache_clear()


@pytest.mark.parametrize(
    ("name", "old", "new", "load", "place", "message"),
    [
        (
            "assumptions.csv",
            ",0.2,0.25,0.3,",
            ",0.2,a quarter,0.3,",
            assumptions.rows,
            "line 2, field mid",
            "no number",
        ),
        ("assumptions.csv", ",0.2,0.25,0.3,", ",0.2,0.35,0.3,", assumptions.rows, "line 2, field mid", "low <= mid"),
        (
            "assumptions.csv",
            "2025-04-04,2025-06-04",
            "4 April,2025-06-04",
            assumptions.rows,
            "field valid_from",
            "no day",
        ),
        ("assumptions.csv", "measure_id,parameter", "measure,parameter", assumptions.rows, "line 1", "measure_id"),
        ("assumptions.csv", "\nCHN-A18-2025,", "\nCHN-A18-2025,,,", assumptions.rows, "line 2", "expected 14"),
        ("parameters.csv", ",0.02,0.05,0.1,", ",0.02,x,0.1,", parameters.table, "field mid", "no number"),
        (
            "parameters.csv",
            "route,magnet product",
            "road,magnet product",
            parameters.table,
            "field role",
            "unknown role",
        ),
        ("scenarios.yaml", "  measures: [", "  rules: [", scenario.library, "field measures", "needs it"),
        (
            "scenarios.yaml",
            "CHN-A18-2025:all",
            "CHN-A18-2025:all@soon",
            scenario.library,
            "field measures",
            "cannot read",
        ),
        ("scenarios.yaml", "  question:", "  asks:", scenario.library, "field asks", "not permitted"),
        ("impositions.yaml", "kind: licence", "kind: license", impose.impositions, "field kind", "unknown kind"),
        (
            "impositions.yaml",
            "      military_share:",
            "      armed:",
            impose.impositions,
            "field military_share",
            "needs it",
        ),
        (
            "impositions.yaml",
            "rent_to: importer",
            "rents: importer",
            impose.impositions,
            "field rents",
            "no such field",
        ),
        ("limits.yaml", "when: year", "when: ever", limits._sentences, "entry 1, field when", "unknown condition"),
        ("impositions.yaml", "CHN-A18-2025:", "CHN-A18-2025: {", impose.impositions, "line", "not YAML"),
    ],
)
def test_a_broken_file_is_told_where(
    broken: Callable[[str, str, str], None],
    name: str,
    old: str,
    new: str,
    load: Callable[[], object],
    place: str,
    message: str,
) -> None:
    broken(name, old, new)
    with pytest.raises(DataError) as error:
        load()
    assert error.value.exit_code == 3
    assert str(error.value.where).startswith(f"world/data/{name}")
    assert place in str(error.value.where)
    assert message in str(error.value)


def test_a_missing_file_is_told(broken: Callable[[str, str, str], None], tmp_path: Path) -> None:
    (tmp_path / "data" / "limits.yaml").unlink()
    with pytest.raises(DataError, match="cannot read"):
        limits._sentences()


def test_a_file_that_is_not_utf8_is_told(broken: Callable[[str, str, str], None], tmp_path: Path) -> None:
    (tmp_path / "data" / "reasons.yaml").write_bytes(b"a: \xff")
    with pytest.raises(DataError, match="not UTF-8 at byte 3"):
        _files.document("reasons.yaml")
