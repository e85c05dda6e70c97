"""Read one table and hold it against its schema: every value typed, every breach named by file, line and field."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ytterby.atlas._schema import FieldSpec, Reference, TableSpec
from ytterby.errors import DataError, nearest

__all__ = ["Fault", "Table", "inspect", "read_table"]

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


@dataclass(frozen=True)
class Fault:
    """One breach of the schema: line of the file (``None``: the file as a whole), field, what is wrong, what to do."""

    line: int | None
    field: str | None
    message: str
    hint: str | None = None

    def error(self, path: Path) -> DataError:
        """Return the fault as the error that names file, line and field."""
        where = str(path)
        if self.line is not None:
            where += f", line {self.line}"
        if self.field is not None:
            where += f", field {self.field}"
        return DataError(self.message, where=where, hint=self.hint)


class _FaultError(Exception):
    """The file is too broken to go on; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


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
        The first fault of `inspect`, with the number of the others.
    """
    table, faults = inspect(path, spec, values)
    if faults:
        error = faults[0].error(path)
        if len(faults) > 1:
            error.message += f" (and {len(faults) - 1} more in this file)"
        raise error
    return table


def inspect(path: Path, spec: TableSpec, values: Values) -> tuple[Table, list[Fault]]:
    """Return the table in `path` and all its faults in the order of the file.

    A fault is: the file cannot be read; a column is missing, unknown or there twice; a row has too many or too few
    cells; a required value (a source above all) is missing; a value has the wrong type or is not allowed; a reference
    dangles; two rows have the same key.
    """
    try:
        header, records, lines = _parse(path)
        _check_header(spec, header)
    except _FaultError as error:
        return Table(spec, {f.name: [] for f in spec.fields}, []), [error.fault]
    found: list[tuple[int, int, Fault]] = []
    columns: dict[str, list[Any]] = {}
    for position, field in enumerate(spec.fields):
        index = header.index(field.name)
        converted, breaches = _column(field, [record[index] for record in records], values)
        columns[field.name] = converted
        found += [(row, position, Fault(lines[row], field.name, message, hint)) for row, message, hint in breaches]
    faults = [fault for _, _, fault in sorted(found, key=lambda f: f[:2])]
    return Table(spec, columns, lines), faults or _duplicates(spec, columns, lines)


def _parse(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _FaultError(Fault(None, None, "the file is missing")) from None
    except OSError as error:
        raise _FaultError(Fault(None, None, f"cannot read: {error.strerror}")) from None
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start}; expected a CSV file in UTF-8"
        raise _FaultError(Fault(None, None, message)) from None
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
        raise _FaultError(Fault(begin, None, f"not a CSV file: {error}")) from None
    if not records:
        raise _FaultError(Fault(None, None, "the file is empty; expected a header"))
    header = records[0]
    for record, line in zip(records[1:], lines[1:], strict=True):
        if len(record) != len(header):
            message = f"{len(record)} cells; expected {len(header)} as in the header"
            raise _FaultError(Fault(line, None, message, "a text with a comma stands in double quotes"))
    return header, records[1:], lines[1:]


def _check_header(spec: TableSpec, header: Sequence[str]) -> None:
    expected = [f.name for f in spec.fields]
    hint: str | None = f"columns of {spec.file}: {', '.join(expected)}"
    for name in header:
        if header.count(name) > 1:
            raise _FaultError(Fault(1, name, "the column is there twice"))
    missing = [name for name in expected if name not in header]
    unknown = [name for name in header if name not in expected]
    if missing:
        close = nearest(missing[0], unknown, 1)
        hint = f"is it the column '{close[0]}'?" if close else hint
        raise _FaultError(Fault(1, missing[0], "the column is missing", hint))
    if unknown:
        raise _FaultError(Fault(1, unknown[0], "no such column in the schema", hint))


def _column(field: FieldSpec, cells: list[str], values: Values) -> tuple[list[Any], list[tuple[int, str, str | None]]]:
    """Convert each distinct cell once; most columns repeat few values."""
    known: dict[str, tuple[Any, str | None, str | None]] = {}
    targets = [(ref, frozenset(values(ref))) for ref in field.references]
    converted: list[Any] = []
    breaches: list[tuple[int, str, str | None]] = []
    for row, cell in enumerate(cells):
        found = known.get(cell)
        if found is None:
            found = known[cell] = _value(field, cell, targets)
        value, message, hint = found
        converted.append(value)
        if message is not None:
            breaches.append((row, message, hint))
    return converted, breaches


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
    value = field.parse(cell)
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
    unit = f" in {field.unit}" if field.unit else ""
    return f"{field.noun}{unit}" + (f": {field.meaning}" if field.meaning else "")


def _duplicates(spec: TableSpec, columns: dict[str, list[Any]], lines: list[int]) -> list[Fault]:
    seen: dict[tuple[Any, ...], int] = {}
    faults = []
    for row, key in enumerate(zip(*(columns[name] for name in spec.key), strict=True)):
        if key in seen:
            text = ", ".join(f"{name}={value}" for name, value in zip(spec.key, key, strict=True))
            message = f"the key {text} is there twice; first on line {lines[seen[key]]}"
            faults.append(Fault(lines[row], spec.key[0], message))
        else:
            seen[key] = row
    return faults
