"""What must hold of every table and number: the way in which it is written does not matter."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ytterby.errors import YtterbyError
from ytterby.trace.readers import read
from ytterby.trace.readers._numbers import decimal_mark, number

SAMPLES = Path(__file__).parent / "samples"
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Tree = list[tuple[int, str, float]]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Rows of a structure: level, part, quantity; each part stands once."""
    levels = [0]
    for _ in range(draw(st.integers(1, 25))):
        levels.append(draw(st.integers(1, levels[-1] + 1)))
    amounts = draw(st.lists(st.integers(1, 99999), min_size=len(levels), max_size=len(levels)))
    return [(level, f"P-{n}", amount / 4) for n, (level, amount) in enumerate(zip(levels, amounts, strict=True))]


def _pairs(tree: Tree) -> list[tuple[str, str, float]]:
    above: list[str] = []
    found = []
    for level, part, amount in tree:
        del above[level:]
        if above:
            found.append((above[-1], part, amount))
        above.append(part)
    return sorted(found)


@QUIET
@given(
    tree=trees(),
    order=st.permutations(["Level", "Part Number", "Qty", "Remark"]),
    delimiter=st.sampled_from([";", "\t", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    comma=st.booleans(),
    write=st.sampled_from(["number", "dots", "outline", "indent"]),
)
def test_the_same_structure_is_read_however_it_is_written(
    tmp_path: Path, tree: Tree, order: list[str], delimiter: str, encoding: str, comma: bool, write: str
) -> None:
    assume(write != "indent" or len(tree) > 2)
    count: list[int] = []
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    names = [name for name in order if name != "Level" or write != "indent"]
    writer.writerow(names)
    for level, part, amount in tree:
        count = [*count[: level + 1], *[0] * (level + 1 - len(count))]
        count[level] += 1
        outline = ".".join(map(str, [1, *count[1:]]))
        word = {"number": str(level), "dots": "." * level + str(level), "outline": outline, "indent": ""}[write]
        text = f"{amount:.2f}".replace(".", "," if comma else ".")
        indent = "  " * level if write == "indent" else ""
        cells = {"Level": word, "Part Number": indent + part, "Qty": text, "Remark": "größer"}
        writer.writerow([cells[name] for name in names])
    path = tmp_path / "bom.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    source = read(path)
    assert source.problems == ()
    assert sorted(source.lines[["parent", "child", "quantity"]].itertuples(index=False, name=None)) == _pairs(tree)


@given(
    value=st.decimals(0, 10**9, places=2),
    group=st.sampled_from(["", ".", ",", " ", "\u00a0", "'"]),
    mark=st.sampled_from([".", ","]),
)
def test_a_number_is_read_in_every_grouping(value: object, group: str, mark: str) -> None:
    assume(group != mark)
    text = f"{value:,.2f}".replace(",", "G").replace(".", "M").replace("G", group).replace("M", mark)
    assert number(text, mark) == pytest.approx(float(str(value)), abs=1e-9)
    assert decimal_mark([text]) == mark


@QUIET
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["0", "1", "2", "3", "x", ""]),
            st.sampled_from(["A", "B", " C", "D", ""]),
            st.sampled_from(["1", "2.5", "1,5", "-1", "1.234", "30 %", "2 kg", "no", ""]),
            st.sampled_from(["", "x", "G1"]),
            st.sampled_from(["5", "0,5 g", "-3", ""]),
        ),
        min_size=1,
        max_size=12,
    ),
    kind=st.sampled_from([("Level", "Part"), ("Parent", "Child")]),
    blanks=st.lists(st.integers(0, 12), max_size=3),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_file_without_quotes_is_read_in_blocks_as_it_is_read_row_by_row(
    tmp_path: Path, rows: list[tuple[str, ...]], kind: tuple[str, str], blanks: list[int], end: str
) -> None:
    lines = [";".join(row) for row in [(*kind, "Qty", "Substitute", "Weight"), *rows]]
    for place in blanks:
        lines.insert(1 + place, "")
    found = []
    for quote in ("", '"'):
        path = tmp_path / "bom.csv"
        text = end.join([line.replace("Qty", f"{quote}Qty{quote}") for line in lines])
        path.write_bytes(text.encode())
        source = read(path)
        found.append((source.lines.to_csv(), source.items.to_csv(), source.problems))
    assert found[0] == found[1]


@QUIET
@given(st.data())
def test_a_damaged_file_is_read_with_problems_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(sorted(SAMPLES.iterdir())))
    content = bytearray(sample.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        end = min(len(content), at + data.draw(st.sampled_from([0, 1, 7, 60])))
        content[at:end] = data.draw(st.sampled_from([b"", b'"', b"<", b"{", b"]", b"\xff\xfe", b"\0", b"NaN", b"-9"]))
    path = tmp_path / "damaged"
    path.write_bytes(content)
    refused = None
    try:
        source = read(path)
    except YtterbyError as error:
        refused = error
    if refused is not None:
        assert str(path) in str(refused)
        return
    assert (source.lines["quantity"] >= 0).all()
    assert all(problem.file == "damaged" and problem.message for problem in source.problems)
