"""The example: what it is said to be, and that it is what its makers' tool writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import write_trace_example as tool

from ytterby.errors import UsageError
from ytterby.trace import Bom
from ytterby.trace.example import FILES, copy_example
from ytterby.trace.source import STATES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target: Path = tmp_path_factory.mktemp("example") / "new"
    copy_example(target)
    return target


def test_it_is_a_drive_unit_of_300_lines_on_six_levels(folder: Path) -> None:
    bom = Bom.read(folder / "bom.csv", folder / "items.csv", folder / "declarations.csv")
    assert bom.root() == "EDU-210"
    assert 280 <= bom.structure.lines <= 320
    assert len(bom.structure.first) - 1 == 6
    assert bom.source.problems == ()
    assert set(bom.source.declarations["status"]) == set(STATES)


def test_its_motor_holds_as_much_magnet_as_the_source_says(folder: Path) -> None:
    bom = Bom.read(folder / "bom.csv", folder / "items.csv")
    mass = bom.source.items.set_index("item")["mass_kg"]
    held = sum(quantity * mass[part] for part, quantity in bom.explode("RSG-122").items() if part.startswith("MAG-T"))
    assert 1.6 <= 6 * held <= 1.92


def test_the_tool_writes_what_is_shipped(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    tool.main()
    for name in ("bom.csv", "items.csv", "declarations.csv"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (folder / name).read_text(encoding="utf-8")


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / FILES[-1]).write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        copy_example(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [FILES[-1]]
