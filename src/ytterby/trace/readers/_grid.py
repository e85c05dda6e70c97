"""The rows of a table, from CSV in any encoding and delimiter or from a sheet of a workbook, as cells of text.

A formula is read as the value that the spreadsheet program left with it; one without such a value, and an error cell
(`#REF!`), are problems and empty. Cells of a merged range all have its value. Hidden rows are read, and told.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ytterby.errors import InputError
from ytterby.trace.readers._numbers import ambiguous
from ytterby.trace.readers._open import Opened

__all__ = ["Grid", "Row", "column_letter", "grids"]

Row = tuple[int, list[str]]
"""Number of a row as the spreadsheet program shows it, and its cells."""
Tell = Callable[..., None]
_Range = tuple[int, int, int, int]
"""First row, first column, last row, last column; columns from 0."""

_SAMPLE = 400
_CELL = 2**20
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
_WIDEST = 1024


@dataclass(frozen=True)
class Grid:
    """One table of a file.

    Parameters
    ----------
    opened
        The file.
    sheet
        Name of the sheet; empty for a CSV file.
    """

    opened: Opened
    sheet: str = ""

    def rows(self, tell: Tell | None = None) -> Iterator[Row]:
        """Yield the rows that are not empty; `tell` hears of cells and rows that are not what they seem."""
        found = _sheet_rows(self, tell) if self.sheet else _csv_rows(self, tell)
        return ((number, cells) for number, cells in found if any(cells))

    @cached_property
    def sample(self) -> list[Row]:
        """The first rows, from which the columns are guessed."""
        return [row for row, _ in zip(self.rows(), range(_SAMPLE), strict=False)]

    @cached_property
    def delimiter(self) -> str:
        """Delimiter of a CSV file: the one that cuts the most lines into the same number of cells."""
        lines = [line for line in self.opened.head.splitlines() if line.strip()][:50]
        lines = lines[:-1] if len(lines) > 2 and len(self.opened.head) >= 60000 else lines

        def score(mark: str) -> tuple[int, int]:
            counts = [len(cells) for cells in csv.reader(lines, delimiter=mark) if len(cells) > 1]
            usual = max(set(counts), key=counts.count, default=0)
            return counts.count(usual), usual

        return max(";\t,|", key=score)


def grids(opened: Opened) -> list[Grid]:
    """Return the tables of a file: one of a CSV file, one a sheet of a workbook."""
    return [Grid(opened, sheet) for sheet in opened.sheets] if opened.kind == "workbook" else [Grid(opened)]


def column_letter(index: int) -> str:
    """Return the name of a column as a spreadsheet program shows it.

    Examples
    --------
    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _csv_rows(grid: Grid, tell: Tell | None) -> Iterator[Row]:
    path = grid.opened.path
    csv.field_size_limit(_CELL)
    with path.open(encoding=grid.opened.encoding, errors="replace", newline="") as file:
        if grid.opened.encoding.startswith("utf-16-") and file.read(1) != "\ufeff":
            file.seek(0)
        reader = csv.reader(file, delimiter=grid.delimiter)
        number = 0
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise InputError(f"broken CSV: {error}", where=f"{path}, row {number}") from error
            if number == 1 and len(cells) == 1 and re.fullmatch(r"sep=.", cells[0]):
                continue
            if tell is not None and "\ufffd" in "".join(cells):
                tell("a character that the encoding does not have", row=number)
            yield number, cells


@dataclass
class _Marks:
    """What the values of a sheet do not tell: formulas, hidden rows, merged ranges."""

    formulas: bool = False
    hidden: list[int] = field(default_factory=list)
    merged: list[_Range] = field(default_factory=list)


def _sheet_rows(grid: Grid, tell: Tell | None) -> Iterator[Row]:
    import openpyxl

    path = grid.opened.path
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheet = book[grid.sheet]
            if not hasattr(sheet, "iter_rows"):
                return
            marks = _marks(path, sheet)
            source = openpyxl.load_workbook(path, read_only=True) if marks.formulas and tell is not None else None
            try:
                yield from _read(sheet, source[grid.sheet] if source else None, marks, tell)
            finally:
                book.close()
                if source:
                    source.close()
    except InputError:
        raise
    except Exception as error:  # openpyxl and the XML below it raise anything over a broken workbook
        raise InputError(f"broken workbook: {error}", where=f"{path}, sheet '{grid.sheet}'") from error


def _read(sheet: Any, formulas: Any, marks: _Marks, tell: Tell | None) -> Iterator[Row]:
    sheet.reset_dimensions()
    behind = formulas.iter_rows(values_only=True) if formulas is not None else None
    if formulas is not None:
        formulas.reset_dimensions()
    if marks.hidden and tell is not None:
        tell(f"{len(marks.hidden)} hidden rows are read like the others", row=marks.hidden[0])
    waiting, shown = sorted(marks.merged, reverse=True), dict[_Range, str]()
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        source = next(behind, ()) if behind is not None else ()
        cells = []
        for index, value in enumerate(values[:_WIDEST]):
            text = _text(value)
            where = {"row": number, "column": column_letter(index)}
            if text in _ERRORS:
                if tell is not None:
                    tell(f"the cell is an error, {text}; it is read as empty", **where)
                text = ""
            elif value is None and index < len(source) and _is_formula(source[index]) and tell is not None:
                tell("a formula without a value; save the file in a spreadsheet program first", **where)
            cells.append(text)
        while waiting and waiting[-1][0] <= number:
            top, left, _, _ = merged = waiting.pop()
            shown[merged] = cells[left] if top == number and left < len(cells) else ""
        for merged in [merged for merged in shown if merged[2] < number]:
            del shown[merged]
        for (_, left, _, right), value in shown.items():
            cells.extend([""] * (right + 1 - len(cells)))
            cells[left : right + 1] = [value] * (right + 1 - left)
        yield number, cells


def _is_formula(value: Any) -> bool:
    return value is not None and (not isinstance(value, str) or value.startswith("="))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        return f"{text}0" if ambiguous(text) else text  # a stored number has a point, whatever the file's mark
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return value if isinstance(value, str) else str(value)


def _marks(path: Any, sheet: Any) -> _Marks:
    marks = _Marks()
    tail = b""
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        while chunk := part.read(2**20):
            text = tail + chunk
            marks.formulas = marks.formulas or b"<f>" in text or b"<f " in text
            marks.hidden += [
                int(found[1])
                for found in re.finditer(rb"<row (?=[^>]*\bhidden=\"(?:1|true)\")[^>]*\br=\"(\d+)\"[^>]*>", text)
            ]
            marks.merged += [
                _range(found[1].decode()) for found in re.finditer(rb"<mergeCell ref=\"([A-Z]+\d+:[A-Z]+\d+)\"", text)
            ]
            cut = text.rfind(b"<")
            tail = text[cut:] if cut >= 0 else b""
    return marks


def _range(ref: str) -> _Range:
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(ref)
    return int(top or 1), int(left or 1) - 1, int(bottom or 1), min(int(right or 1) - 1, _WIDEST - 1)
