"""A mistake in FACTS is told with file, line and field; never a traceback."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ytterby.errors import YtterbyError
from ytterby.obligations import judge, read_facts

SAMPLE = """exporter: CHN
ship_from: CHN
destination: DEU
item: {description: "dysprosium oxide", form: oxide}
nodes:
- {id: x, value_usd: [1, 2], contents: [{element: Dy, form: oxide, origin: {separated: {CHN: 1}}}]}
parties: [{role: end_user, name: X, country: DEU, lists: [], owners: [{name: Y, share: [0.4, 0.5]}]}]
end_use: [electric motors]
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("destination: USA\ndesination: USA\n", "facts.yaml, line 2, field desination: unknown field 'desination'"),
        ("exporter: CHN\ndestination: Germny\n", "line 2, field destination: 'Germny' is no country"),
        ("destination: us\n", "did you mean 'USA'"),
        ("nodes:\n- id: a\n  value_usd: [-1, 2]\n", "line 3, field nodes.0.value_usd.0: input should be greater than"),
        ("nodes:\n- id: a\n  value_usd: [2, 1]\n", "line 3, field nodes.0.value_usd: the low end is above"),
        ("exporter: CHN\nexporter: USA\n", "line 2: the key 'exporter' stands twice"),
        ("item:\n  form: magnets\n", "did you mean 'magnet'"),
        ("end_use: toys\n", "field end_use: input should be a list"),
        ("dates: {export: 2026-02-31}\n", "'2026-02-31' is no date"),
        ("dates: {export: 0001-01-01}\n", "field dates.export"),
        ("nodes: [{id: a, parent: b}, {id: b, parent: a}]\n", "field nodes: the node 'b' is a part of itself"),
        ("nodes: [{id: a}, {id: a}]\n", "the node 'a' stands twice"),
        ("? [a]\n: b\n", "line 1: a key must be a word"),
        ("parameters: {x: " + "9" * 5000 + "}\n", "line 1: a number of too many digits"),
        ("[" * 3000 + "]" * 3000, "facts.yaml"),
        ("parameters: &a {x: *a}\n", "aliases counted each time"),
        ("- a\n", "field (the whole file)"),
        ("", "the file is empty"),
        ("\x07", "not YAML"),
        ("nodes:\n" + "".join(f"- {{id: n{k}, parent: n{k - 1}}}\n" for k in range(3000)), "lies too deep"),
    ],
)
def test_a_mistake_has_file_line_and_field(run: Any, file: Any, text: str, message: str) -> None:
    assert message in run("judge", file(text), "--on", "2026-11-24", code=3)


def test_a_file_that_is_not_there_or_not_text_or_far_too_large(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    assert "no such file" in run("judge", str(path), "--on", "2026-11-24", code=3)
    path.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8 text" in run("judge", str(path), "--on", "2026-11-24", code=3)
    with path.open("wb") as f:
        f.truncate(100_000_000)
    assert "the file has 100 MB" in run("judge", str(path), "--on", "2026-11-24", code=3)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(SAMPLE)), st.sampled_from([*":[]{},-?&*!|>'\"%@`#\n \t0a", "", "é"])), max_size=6
    )
)
def test_broken_text_is_judged_or_refused(tmp_path: Path, edits: list[tuple[int, str]]) -> None:
    text = SAMPLE
    for at, sign in edits:
        text = text[:at] + sign + text[at + 1 :]
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(YtterbyError):
        assert judge(read_facts(path), "2026-11-24").record()["verdicts"]
