"""Files that are broken or mean harm: each is refused with a clear error, or told row by row."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from ytterby.errors import InputError
from ytterby.trace.readers import FORMATS, read, safe_cell


def _save(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(64):
                part.write(b"\0" * 2**20)
    with pytest.raises(InputError, match=r"unpacks to \d+ times its size"):
        read(path)


def test_a_workbook_with_entities_or_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><workbook/>')
    with pytest.raises(InputError, match="DTD or entities"):
        read(path)
    book = openpyxl.Workbook()
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()
    with pytest.raises(InputError, match="broken workbook"):
        read(_save(tmp_path, "cut.xlsx", whole[: len(whole) // 2]))


def test_formulas_are_values_and_one_without_a_value_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [["Parent", "Child", "Qty"], ["A", "B", "=1+1"], ["A", "C", 2], ["A", "D", "#REF!"], ["A", "E", 1]]:
        sheet.append(row)
    sheet.row_dimensions[5].hidden = True
    book.save(tmp_path / "bom.xlsx")
    source = read(tmp_path / "bom.xlsx")
    assert source.lines[["child", "quantity"]].to_numpy().tolist() == [["C", 2], ["E", 1]]
    told = {(p.row, p.column): p.message for p in source.problems}
    assert told[2, "C"] == "a formula without a value; save the file in a spreadsheet program first"
    assert told[4, "C"] == "the cell is an error, #REF!; it is read as empty"
    assert told[5, None] == "1 hidden rows are read like the others"


def test_a_cell_that_would_be_a_formula_is_escaped_on_writing() -> None:
    hostile = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1"]
    assert all(safe_cell(text) == "'" + text for text in hostile)
    assert [safe_cell(v) for v in (-2.5, None, "NdFeB", "")] == [-2.5, None, "NdFeB", ""]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.csv", b"  \n", "the file is empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "old Excel file"),
        ("noise.csv", bytes(range(256)) * 8, "a binary file"),
        ("archive.xlsx", b"PK\x03\x04 no archive", "broken workbook"),
        ("letter.txt", b"Dear Sir or Madam,\nplease find enclosed nothing.\n", "no table in it is a bill of materials"),
    ],
)
def test_a_file_that_is_nothing_known_is_a_clear_error(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(_save(tmp_path, name, data))


def test_unknown_xml_and_json_list_what_was_looked_for(tmp_path: Path) -> None:
    for name, data in (("page.csv", b"<html><body/></html>"), ("data.csv", b'{"a": 1}')):
        with pytest.raises(InputError, match="no reader recognises this file") as caught:
            read(_save(tmp_path, name, data))
        assert all(form.looks_for in str(caught.value.hint) for form in FORMATS)


def test_the_suffix_does_not_matter(tmp_path: Path) -> None:
    path = _save(tmp_path, "bom.json", b"Level,Part,Qty\n0,A,1\n1,B,2\n")
    assert read(path).lines["quantity"].tolist() == [2]


def test_an_unclosed_quote_and_a_cell_without_end_are_refused(tmp_path: Path) -> None:
    path = _save(tmp_path, "long.csv", b'Parent,Child,Qty\nA,"' + b"x" * (2**20 + 10))
    with pytest.raises(InputError, match="broken CSV"):
        read(path)
