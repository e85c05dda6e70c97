"""Ytterby's own tables as CSV: the bill of materials, the items and the declarations, told apart by their columns.

The separator is a comma, a semicolon or a tab; with a semicolon, numbers may have a decimal comma. Column names may
be in any case and order; columns of other names are passed over.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from ytterby.errors import InputError, nearest
from ytterby.trace.readers._native_lines import read_lines
from ytterby.trace.readers._open import Progress
from ytterby.trace.source import (
    DECLARATION_COLUMNS,
    ITEM_COLUMNS,
    LINE_COLUMNS,
    STATES,
    Problem,
    Source,
    declarations_frame,
    items_frame,
)

__all__ = ["column_names", "declarations_of", "read", "recognises"]

_FORMATS = {
    "native_bom_csv": LINE_COLUMNS,
    "native_items_csv": ITEM_COLUMNS,
    "native_declarations_csv": DECLARATION_COLUMNS,
}
_NEEDED = {
    "native_bom_csv": {"parent", "child", "quantity"},
    "native_declarations_csv": {"item", "element"},
    "native_items_csv": {"item"},
}
_MANY = 100
"""So many problems of one kind in one column are told row by row; the rest are counted."""


def recognises(path: Path, head: bytes) -> bool:  # noqa: ARG001 - the signature of every reader
    """Return whether the first line names the columns of one of the three tables."""
    return _format(_header(head)[0]) is not None


def column_names(head: bytes) -> set[str]:
    """Return the names of the columns."""
    return set(_header(head)[0])


def read(path: Path, progress: Progress | None = None) -> Source:
    """Return the table that the file holds; see the module for what may differ from plain CSV.

    Parameters
    ----------
    path
        The file.
    progress
        Is told how many bytes of a bill of materials are read, and of how many.

    Raises
    ------
    InputError
        If the first line does not name the columns of any of the three tables, or the text is not UTF-8.
    """
    with path.open("rb") as f:
        names, separator = _header(f.read(65536))
    form = _format(names)
    if form is None:
        raise InputError(
            f"columns {', '.join(names)} are those of no native table",
            where=f"{path.name}, row 1",
            hint="bill of materials: parent,child,quantity,unit; items: item,…; declarations: item,element,…",
        )
    if form == "native_bom_csv":
        return read_lines(path, names, separator, progress)
    table = _Table.of_csv(path, names, separator)
    columns = _FORMATS[form]
    frame = pd.DataFrame({name: table.column(name, kind) for name, kind in columns.items() if name in names})
    if form == "native_declarations_csv":
        return _declarations(form, frame.assign(file=path.name, row=table.rows), table)
    return _items(form, frame, table)


def declarations_of(file: str, names: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> Source:
    """Return the declarations in the rows of a sheet that has the columns of the native table.

    Parameters
    ----------
    file
        Name of the file.
    names
        Names of the columns, in lower case.
    rows
        Number of each row and its cells.
    """
    cells = {name: [row[n] if n < len(row) else "" for _, row in rows] for n, name in enumerate(names) if name}
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    table = _Table(
        file, pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()}), numbers, False
    )
    known = {name: table.column(name, kind) for name, kind in DECLARATION_COLUMNS.items() if name in cells}
    return _declarations("native_declarations_xlsx", pd.DataFrame(known).assign(file=file, row=numbers), table)


def _items(form: str, frame: pd.DataFrame, table: _Table) -> Source:
    usable = table.keep(frame["item"] != "", "item", "no item is named; the row is left out")
    usable &= table.keep(~frame["item"].duplicated() | ~usable, "item", "the item stands in an earlier row; left out")
    frame = frame[usable].copy()
    for name in ("mass_kg", "value_usd"):
        if name in frame:
            good = table.keep(~(frame[name] < 0), name, "a negative number; taken as unknown")
            frame[name] = frame[name].where(good)
    return Source(form, items=items_frame(frame), problems=table.problems)


def _declarations(form: str, frame: pd.DataFrame, table: _Table) -> Source:
    usable = table.keep(frame["item"] != "", "item", "no item is named; the row is left out")
    frame = frame[usable].copy()
    if "status" not in frame:
        frame["status"] = "declared"
    status = frame["status"].str.lower()
    frame["status"] = status.mask(status == "", "declared")
    known = frame["status"].isin(STATES)
    for index in frame.index[~known]:
        found = str(frame.loc[index, "status"])
        close = nearest(found, STATES, 1)
        hint = f"; did you mean '{close[0]}'?" if close else f"; states are {', '.join(STATES)}"
        table.tell(index, "status", f"unknown state '{found}', taken as no answer{hint}")
    frame["status"] = frame["status"].where(known, "no_answer")
    if "declared_on" in frame:
        day = frame["declared_on"]
        good = (day == "") | pd.to_datetime(day, format="%Y-%m-%d", errors="coerce").notna()
        table.keep(good, "declared_on", "not a day YYYY-MM-DD; taken as unknown")
        frame["declared_on"] = day.where(good, "")
    for name, kind in DECLARATION_COLUMNS.items():
        if kind == "number" and name in frame:
            good = table.keep(~(frame[name] < 0), name, "a negative number; taken as unknown")
            frame[name] = frame[name].where(good)
    return Source(form, declarations=declarations_frame(frame), problems=table.problems)


class _Table:
    """The cells of one file as text, and the problems found in them."""

    def __init__(self, file: str, cells: pa.Table, rows: npt.NDArray[np.int64], decimal_comma: bool) -> None:
        self.file = file
        self.rows = rows
        self.found: list[Problem] = []
        self._cells = cells
        self._decimal_comma = decimal_comma

    @classmethod
    def of_csv(cls, path: Path, names: list[str], separator: str) -> _Table:
        """Read the cells of a CSV file; a row with too many or too few is left out."""
        skipped: list[Problem] = []

        def handle(row: pcsv.InvalidRow) -> str:
            text = f"{row.actual_columns} cells where the header has {row.expected_columns}; the row is left out"
            skipped.append(Problem(path.name, row.number, None, text))
            return "skip"

        try:
            cells = pcsv.read_csv(
                path,
                read_options=pcsv.ReadOptions(use_threads=False, column_names=names, skip_rows=1),
                parse_options=pcsv.ParseOptions(delimiter=separator, invalid_row_handler=handle),
                convert_options=pcsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as error:
            raise InputError(f"cannot be read as CSV: {error}", where=path.name) from error
        rows = np.arange(2, 2 + len(cells) + len(skipped))
        table = cls(path.name, cells, rows, separator == ";")
        if skipped:
            table.rows = np.setdiff1d(rows, [problem.row for problem in skipped])
            table.found += skipped
        return table

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.found, key=lambda p: (p.row or 0, p.column or "")))

    def column(self, name: str, kind: str) -> pd.Series:
        """Return the cells of a column without blanks around them, or as numbers (NaN for none)."""
        cells = pc.utf8_trim_whitespace(self._cells.column(name))
        if kind == "text":
            return pd.Series(cells.to_pandas())
        cells = pc.if_else(pc.equal(cells, ""), None, cells)
        try:
            return pd.Series(cells.cast(pa.float64()).to_pandas())
        except pa.ArrowInvalid:
            return self._numbers(name, cells.to_pandas())

    def _numbers(self, name: str, cells: pd.Series) -> pd.Series:
        text = cells.str.replace(",", ".") if self._decimal_comma else cells
        numbers = pd.to_numeric(text, errors="coerce").astype("float64")
        numbers = numbers.where(numbers.abs() != float("inf"))
        bad = cells.notna() & numbers.isna()
        for index in cells.index[bad][:_MANY]:
            self.tell(index, name, f"'{cells[index]}' is not a number; taken as unknown")
        self._rest(int(bad.sum()), name, "not a number")
        return numbers

    def keep(self, good: pd.Series, column: str, message: str) -> pd.Series:
        """Tell a problem for each row that is not good; return `good`."""
        bad = good.index[~good]
        for index in bad[:_MANY]:
            self.tell(index, column, message)
        self._rest(len(bad), column, message)
        return good

    def tell(self, index: int, column: str, message: str) -> None:
        self.found.append(Problem(self.file, int(self.rows[index]), column, message))

    def _rest(self, count: int, column: str, message: str) -> None:
        if count > _MANY:
            self.found.append(Problem(self.file, None, column, f"{count - _MANY} more rows: {message}"))


def _header(head: bytes) -> tuple[list[str], str]:
    text = io.BytesIO(head).readline().decode("utf-8-sig", errors="replace").strip("\r\n")
    separator = max(",;\t", key=text.count)
    return [name.strip().strip('"').strip().lower() for name in text.split(separator)], separator


def _format(names: list[str]) -> str | None:
    if len(set(names)) < len(names):
        return None
    for form, needed in _NEEDED.items():
        if needed <= set(names) and (form != "native_items_csv" or len(set(names) & set(ITEM_COLUMNS)) > 1):
            return form
    return None
