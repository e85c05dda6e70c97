"""Question sheets: what stands in them, that they come back, and that no cell is a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ytterby.trace import Bom
from ytterby.trace.ask import ask
from ytterby.trace.readers import read
from ytterby.trace.sheets import COLUMNS, write_sheets

ITEMS = {
    "p": {"value_usd": 100},
    "=a": {"value_usd": 8, "supplier": "@A & Co.", "name": "+magnet"},
    "b": {"value_usd": 4, "supplier": "B"},
}
SAID = [
    {"item": "=a", "status": "no_answer"},
    {"item": "b", "element": "Nd", "status": "range", "mass_low_kg": 0.1, "mass_high_kg": 0.2, "magnet_in": "VNM"},
]


@pytest.fixture
def made(bom: Any) -> Bom:
    result: Bom = bom([("p", "=a", 2), ("p", "b", 1)], ITEMS, SAID)
    return result


def rows(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)["declarations"]
    header, *body = sheet.iter_rows(values_only=True)
    return [dict(zip([str(name) for name in header], row, strict=True)) for row in body]


def test_a_sheet_a_supplier_has_what_is_known_and_what_is_not(made: Bom, tmp_path: Path) -> None:
    files = write_sheets(made, ask(made), tmp_path / "questions")
    assert [file.name for file in files] == ["A-Co.xlsx", "B.xlsx"]
    assert list(rows(files[0])[0]) == list(COLUMNS)
    assert [(r["item"], r["element"], r["status"]) for r in rows(files[0])] == [
        ("'=a", "Nd", "no_answer"),
        ("'=a", None, "no_answer"),
    ]
    (known,) = rows(files[1])
    assert [known[name] for name in ("item", "status", "mass_low_kg", "magnet_in")] == ["b", "range", 0.1, "VNM"]


def test_no_cell_is_a_formula(made: Bom, tmp_path: Path) -> None:
    for file in write_sheets(made, ask(made), tmp_path):
        for sheet in openpyxl.load_workbook(file):
            for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
                assert cell.data_type == "s"
                assert not cell.value.startswith(("=", "+", "-", "@"))


def test_a_sheet_that_comes_back_as_it_went_says_nothing_new(made: Bom, tmp_path: Path) -> None:
    before = ask(made)
    for file in write_sheets(made, before, tmp_path):
        source = read(file)
        assert (source.format, source.problems) == ("native_declarations_xlsx", ())
        after = ask(Bom(made.source.joined(source)))
        assert (after.share, after.steps) == (before.share, before.steps)


def test_an_answered_sheet_settles_what_it_was_asked(made: Bom, tmp_path: Path) -> None:
    file = write_sheets(made, ask(made), tmp_path)[0]
    book = openpyxl.load_workbook(file)
    sheet = book["declarations"]
    place = {name: n for n, name in enumerate(COLUMNS, 1)}
    for number in (2, 3):
        sheet.cell(number, place["status"]).value = "declared"
    for name, value in (("mass_low_kg", 0.02), ("mass_high_kg", 0.02), ("value_low_usd", 1), ("value_high_usd", 1.5)):
        sheet.cell(2, place[name]).value = value
    for name in ("mined_in", "separated_in", "metal_in", "magnet_in"):
        sheet.cell(2, place[name]).value = "CHN 60 %; AUS 40 %"
    book.save(file)
    answered = read(file)
    assert answered.problems == ()
    after = ask(Bom(made.source.joined(answered)), step="mined")
    assert [s.supplier for s in after.suppliers] == ["B", "@A & Co."]
    assert after.steps["mined"] == (pytest.approx(2 * 0.6 / 100), pytest.approx((2 * 0.6 * 1.5 + 4) / 100))


def test_what_is_wrong_in_an_answer_is_told_with_its_row(made: Bom, tmp_path: Path) -> None:
    file = write_sheets(made, ask(made), tmp_path)[0]
    book = openpyxl.load_workbook(file)
    book["declarations"].cell(2, COLUMNS.index("mass_high_kg") + 1).value = "lots"
    book["declarations"].cell(3, COLUMNS.index("status") + 1).value = "declard"
    book.save(file)
    told = [(p.file, p.row, p.column) for p in read(file).problems]
    assert told == [("A-Co.xlsx", 2, "mass_high_kg"), ("A-Co.xlsx", 3, "status")]
