"""Read one table and hold it against its schema: every value typed, every breach named by file, line and field."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ytterby.atlas._schema import FieldSpec, Reference, TableSpec
from ytterby.errors import DataError, nearest

__all__ = ["Table", "read_table"]

Values = Callable[[Reference], Collection[str]]


@dataclass(frozen=True)
class Table:
    """A table that keeps its schema: typed columns, and the line of the file on which each row begins.

    A missing value is ``None``.
    """

    spec: TableSpec
    columns: dict[str, list[Any]]
    lines: list[int]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as dicts, in the order of the file."""
        return [dict(zip(self.columns, values, strict=True)) for values in zip(*self.columns.values(), strict=True)]


def read_table(path: Path, spec: TableSpec, values: Values) -> Table:
    """Return the table in `path`, validated.

    Parameters
    ----------
    path
        A CSV file in UTF-8 with a header.
    spec
        What the table should be.
    values
        Gives the values that a reference allows.

    Raises
    ------
    DataError
        The file cannot be read; a column is missing, unknown or there twice; a row has too many or too few cells; a
        required value (a source above all) is missing; a value has the wrong type or is not allowed; a reference
        dangles; two rows have the same key. The error names file, line and field; more breaches are counted.
    """
    header, records, lines = _parse(path)
    _check_header(path, spec, header)
    problems: list[tuple[int, int, DataError]] = []
    columns: dict[str, list[Any]] = {}
    for position, field in enumerate(spec.fields):
        index = header.index(field.name)
        cells = [record[index] for record in records]
        converted, faults = _column(field, cells, values)
        columns[field.name] = converted
        for row, message, hint in faults:
            where = f"{path}, line {lines[row]}, field {field.name}"
            problems.append((row, position, DataError(message, where=where, hint=hint)))
    if not problems:
        problems = _duplicates(path, spec, columns, lines)
    if problems:
        _, _, first = min(problems, key=lambda p: p[:2])
        if len(problems) > 1:
            first.message += f" (and {len(problems) - 1} more in this file)"
        raise first
    return Table(spec, columns, lines)


def _parse(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DataError("the file is missing", where=str(path)) from None
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8 at byte {error.start}; expected a CSV file in UTF-8", where=str(path)) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    begin = 1
    try:
        for record in reader:
            if record:
                records.append(record)
                lines.append(begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"not a CSV file: {error}", where=f"{path}, line {begin}") from None
    if not records:
        raise DataError("the file is empty; expected a header", where=str(path))
    header = records[0]
    for record, line in zip(records[1:], lines[1:], strict=True):
        if len(record) != len(header):
            raise DataError(
                f"{len(record)} cells; expected {len(header)} as in the header", where=f"{path}, line {line}"
            )
    return header, records[1:], lines[1:]


def _check_header(path: Path, spec: TableSpec, header: Sequence[str]) -> None:
    where = f"{path}, line 1"
    expected = [f.name for f in spec.fields]
    for name in header:
        if header.count(name) > 1:
            raise DataError("the column is there twice", where=f"{where}, field {name}")
    missing = [name for name in expected if name not in header]
    unknown = [name for name in header if name not in expected]
    if missing:
        close = nearest(missing[0], unknown, 1)
        hint = f"is it the column '{close[0]}'?" if close else f"columns of {spec.file}: {', '.join(expected)}"
        raise DataError("the column is missing", where=f"{where}, field {missing[0]}", hint=hint)
    if unknown:
        hint = f"columns of {spec.file}: {', '.join(expected)}"
        raise DataError("no such column in the schema", where=f"{where}, field {unknown[0]}", hint=hint)


Fault = tuple[int, str, str | None]


def _column(field: FieldSpec, cells: list[str], values: Values) -> tuple[list[Any], list[Fault]]:
    """Convert each distinct cell once; most columns repeat few values."""
    known: dict[str, tuple[Any, str | None, str | None]] = {}
    targets = [(ref, frozenset(values(ref))) for ref in field.references]
    converted: list[Any] = []
    faults: list[Fault] = []
    for row, cell in enumerate(cells):
        found = known.get(cell)
        if found is None:
            found = known[cell] = _value(field, cell, targets)
        value, message, hint = found
        converted.append(value)
        if message is not None:
            faults.append((row, message, hint))
    return converted, faults


def _value(
    field: FieldSpec, cell: str, targets: Sequence[tuple[Reference, Collection[str]]]
) -> tuple[Any, str | None, str | None]:
    """Return (value, message, hint); message is ``None`` where the cell is as it should be."""
    if not cell:
        return (
            (None, "the value is missing; expected " + _expected(field), None) if field.required else (None, None, None)
        )
    if cell != cell.strip():
        return None, f"'{cell}' has blanks at its ends; expected {_expected(field)}", None
    value = _CONVERT[field.type](cell)
    if value is None:
        return None, f"'{cell}' is not {_expected(field)}", None
    if isinstance(value, int | float) and not isinstance(value, bool):
        if (field.low is not None and value < field.low) or (field.high is not None and value > field.high):
            return None, f"{cell} is outside of {field.allowed}", None
        return value, None, None
    if field.pattern is not None and not re.fullmatch(field.pattern, cell):
        return None, f"'{cell}' is not like {field.pattern}", None
    if not targets and not field.words:
        return value, None, None
    if cell in field.words or any(ref.pattern.format(cell) in names for ref, names in targets):
        return value, None, None
    valid = [*field.words, *(name for ref, names in targets if ref.pattern == "{}" for name in names)]
    close = nearest(cell, sorted(valid), 1)
    hint = f"did you mean '{close[0]}'?" if close else None
    if targets:
        return None, f"'{cell}' dangles: it is not in {field.allowed}", hint
    return None, f"'{cell}' is not allowed; expected one of {field.allowed}", hint


def _expected(field: FieldSpec) -> str:
    noun = _NOUN[field.type]
    unit = f" in {field.unit}" if field.unit else ""
    return f"{noun}{unit}" + (f": {field.meaning}" if field.meaning else "")


def _int(cell: str) -> int | None:
    return int(cell) if re.fullmatch(r"-?\d{1,18}", cell) else None


def _float(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number + 0.0 if math.isfinite(number) and "_" not in cell else None


def _date(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else None
    except ValueError:
        return None


def _bool(cell: str) -> bool | None:
    return {"yes": True, "no": False}.get(cell)


_CONVERT: dict[str, Callable[[str], Any]] = {
    "str": str,
    "category": str,
    "int": _int,
    "float": _float,
    "date": _date,
    "bool": _bool,
}
_NOUN = {
    "str": "a text",
    "category": "a word",
    "int": "a whole number",
    "float": "a number",
    "date": "a day like 2026-01-31",
    "bool": "yes or no",
}


def _duplicates(
    path: Path, spec: TableSpec, columns: dict[str, list[Any]], lines: list[int]
) -> list[tuple[int, int, DataError]]:
    seen: dict[tuple[Any, ...], int] = {}
    problems: list[tuple[int, int, DataError]] = []
    for row, key in enumerate(zip(*(columns[name] for name in spec.key), strict=True)):
        if key in seen:
            text = ", ".join(f"{name}={value}" for name, value in zip(spec.key, key, strict=True))
            where = f"{path}, line {lines[row]}, field {spec.key[0]}"
            message = f"the key {text} is there twice; first on line {lines[seen[key]]}"
            problems.append((row, 0, DataError(message, where=where)))
        else:
            seen[key] = row
    return problems
