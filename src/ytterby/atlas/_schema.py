"""The schema of the atlas: which tables there are, and what each field is, read from two CSV files.

`data/schema/tables.csv` names the tables, `data/schema/fields.csv` their fields. Fields of table ``*`` are shared: a
table carries those that its column `shared` lists. Loading, checking and the reference page all read this and no other.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from ytterby.errors import DataError

__all__ = ["DATA", "FieldSpec", "FieldType", "Reference", "TableSpec", "schema"]

DATA = Path(__file__).parent / "data"
"""Folder of the shipped tables."""

FieldType = Literal["str", "int", "float", "date", "bool", "category"]
"""Types of a field: text, whole number, number, ISO 8601 day, ``yes`` or ``no``, one of a list of words."""


@dataclass(frozen=True)
class Reference:
    """A field whose values must stand in a field of another table.

    Attributes
    ----------
    table, field
        Where the value must be found.
    pattern
        How the value is written there: ``product.{}`` finds ``ev_motor`` as ``product.ev_motor``.
    """

    table: str
    field: str
    pattern: str = "{}"


@dataclass(frozen=True)
class FieldSpec:
    """What one field of a table is.

    Attributes
    ----------
    name
        Column of the file.
    type
        One of `FieldType`.
    unit
        Unit of a number, empty where it has none; ``see unit`` where the row says it.
    required
        Whether every row must have a value.
    meaning
        What the value says.
    words
        Values that are allowed: of a category all, of a reference those beside the reference.
    low, high
        Bounds of a number, both allowed; ``None`` is none.
    pattern
        Regular expression that a text must match as a whole.
    references
        Fields of other tables; a value must stand in one of them (or in `words`).
    """

    name: str
    type: FieldType
    unit: str
    required: bool
    meaning: str
    words: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str | None = None
    references: tuple[Reference, ...] = ()

    def parse(self, text: str) -> Any:
        """Return the value that a text stands for, ``None`` where it is none of the field's type.

        Examples
        --------
        >>> schema()["regions"].field("lat").parse("35")
        35.0
        """
        return _PARSE[self.type](text)

    @property
    def noun(self) -> str:
        """Say what a value is: a text, a number, a day and so on."""
        return _NOUN[self.type]

    @property
    def allowed(self) -> str:
        """Say in words which values are allowed; empty where any is."""
        parts = []
        if self.references:
            parts.append(
                " or ".join(
                    f"{r.table}.{r.field}" + (f" as {r.pattern.format('…')}" if r.pattern != "{}" else "")
                    for r in self.references
                )
            )
        if self.words:
            parts.append(", ".join(self.words))
        if self.low is not None and self.high is not None:
            parts.append(f"{self.low:g} to {self.high:g}")
        elif self.low is not None:
            parts.append(f"at least {self.low:g}")
        elif self.high is not None:
            parts.append(f"at most {self.high:g}")
        if self.pattern:
            parts.append(f"like {self.pattern}")
        return "; or ".join(parts)


@dataclass(frozen=True)
class TableSpec:
    """What one table is.

    Attributes
    ----------
    name, title, meaning
        Id, headline and what its rows are.
    vintage
        Year or years that the figures describe.
    key
        Fields that together tell one row from all others.
    fields
        Columns in the order of the file.
    """

    name: str
    title: str
    meaning: str
    vintage: str
    key: tuple[str, ...]
    fields: tuple[FieldSpec, ...]

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    def field(self, name: str) -> FieldSpec:
        """Return the field of that name (KeyError if there is none)."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


@functools.cache
def schema() -> dict[str, TableSpec]:
    """Return the tables of the atlas by name, in the order of `tables.csv`.

    Raises
    ------
    DataError
        The schema contradicts itself: an unknown type, a field of no table, a reference to no table before its own
        (which keeps references free of circles).

    Examples
    --------
    >>> schema()["flows"].key
    ('from', 'to', 'commodity')
    """
    rows = _rows("fields.csv")
    by_table: dict[str, list[FieldSpec]] = {}
    for line, row in rows:
        by_table.setdefault(row["table"], []).append(_field(line, row))
    shared = {f.name: f for f in by_table.pop("*", [])}
    tables: dict[str, TableSpec] = {}
    for line, row in _rows("tables.csv"):
        own = by_table.pop(row["table"], [])
        try:
            fields = (*own, *(shared[name] for name in row["shared"].split()))
        except KeyError as error:
            raise DataError(f"no shared field {error}", where=f"schema/tables.csv, line {line}, field shared") from None
        key = tuple(row["key"].split())
        if not own or not set(key) <= {f.name for f in fields}:
            raise DataError(
                f"table '{row['table']}' lacks its fields or its key", where=f"schema/tables.csv, line {line}"
            )
        tables[row["table"]] = TableSpec(row["table"], row["title"], row["meaning"], row["vintage"], key, fields)
    if by_table:
        raise DataError(f"fields of unknown tables: {', '.join(by_table)}", where="schema/fields.csv")
    before: dict[str, set[str]] = {}
    for spec in tables.values():
        for field in spec.fields:
            for ref in field.references:
                if ref.field not in before.get(ref.table, ()):
                    message = (
                        f"{spec.name}.{field.name} refers to {ref.table}.{ref.field}, which no table before it has"
                    )
                    raise DataError(message, where="schema/fields.csv")
        before[spec.name] = {field.name for field in spec.fields}
    return tables


def _rows(name: str) -> list[tuple[int, dict[str, str]]]:
    with (DATA / "schema" / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, {k: v for k, v in row.items() if k}) for row in reader]


def _field(line: int, row: dict[str, str]) -> FieldSpec:
    where = f"schema/fields.csv, line {line}"
    kind = row["type"]
    if kind not in get_args(FieldType):
        raise DataError(f"unknown type '{kind}'", where=f"{where}, field type", hint=", ".join(get_args(FieldType)))
    allowed = row["allowed"]
    words: tuple[str, ...] = ()
    low = high = pattern = None
    if allowed.startswith("/") and allowed.endswith("/") and len(allowed) > 1:
        pattern = allowed[1:-1]
    elif kind in ("int", "float") and allowed:
        found = re.fullmatch(r"(-?[\d.]*?)\.\.(-?[\d.]*)", allowed)
        if not found:
            raise DataError(f"'{allowed}' is not a range like 0..100", where=f"{where}, field allowed")
        low, high = (float(x) if x else None for x in found.groups())
    elif allowed:
        words = tuple(allowed.split("|"))
    if kind == "category" and not words:
        raise DataError("a category needs its words", where=f"{where}, field allowed")
    references = []
    for text in filter(None, row["references"].split("|")):
        target, _, form = text.partition("=")
        table, _, name = target.partition(".")
        references.append(Reference(table, name, form or "{}"))
    return FieldSpec(
        name=row["field"],
        type=cast(FieldType, kind),
        unit=row["unit"],
        required=row["required"] == "yes",
        meaning=row["meaning"],
        words=words,
        low=low,
        high=high,
        pattern=pattern,
        references=tuple(references),
    )


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


_PARSE: dict[str, Callable[[str], Any]] = {
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
