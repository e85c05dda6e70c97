"""Where the readers of tables put what they read: whole columns of items, lines and problems at a time.

It keeps what `_collect.Collector` keeps, for tables of many millions of rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ytterby.trace.readers._cells import Column, Ids, firsts
from ytterby.trace.source import ITEM_COLUMNS, Problem, Source, declarations_frame, items_frame, lines_frame

__all__ = ["Bulk", "Lines"]

Floats = npt.NDArray[np.float64]

Value = str | float
_MOST = 1000
"""Problems told one by one; a file that has more is broken as a whole, and their number is told."""


@dataclass(frozen=True)
class Lines:
    """Lines of a bill of materials: ids of the items, quantities in base units, rows."""

    parent: Ids
    child: Ids
    quantity: Floats
    unit: Column
    row: Ids
    group: Column


@dataclass(frozen=True)
class _Said:
    """What rows say of items in one field: ids, numbers of the values, rows."""

    item: Ids
    value: Ids
    row: Ids


@dataclass
class Bulk:
    """What has been read of one file so far.

    Parameters
    ----------
    file
        Name of the file.
    format
        Name of the format.
    """

    file: str
    format: str
    _ids: dict[str, int] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)
    _values: dict[Value, int] = field(default_factory=dict)
    _seen: list[Ids] = field(default_factory=list)
    _said: dict[str, list[_Said]] = field(default_factory=dict)
    _lines: list[Lines] = field(default_factory=list)
    _told: list[tuple[Ids, str | None, Callable[[int], str]]] = field(default_factory=list)

    def ids(self, column: Column) -> Ids:
        """Return the number of the item that each row names; -1 where the cell is empty."""
        ids = self._ids
        place = np.array([ids.setdefault(text, len(ids)) if text else -1 for text in column.texts], dtype=np.int64)
        self._names = list(ids)
        return place[column.codes] if len(place) else column.codes

    def name(self, item: int) -> str:
        """Return the name of an item."""
        return self._names[item]

    def problem(self, message: str, *, row: int | None = None, column: str | None = None) -> None:
        """Tell what is wrong, where, and what was done about it."""
        self._told.append((np.array([row or 0], dtype=np.int64), column, lambda _: message))

    def problems(self, row: Ids, column: str | None, message: Callable[[int], str]) -> None:
        """Tell what is wrong in each of some rows; the message is made of the row's place among these."""
        if len(row):
            self._told.append((row, column, message))

    def items(self, item: Ids) -> None:
        """Take items by their ids."""
        self._seen.append(item)

    def say(self, name: str, item: Ids, codes: Ids, values: Sequence[Value | None], row: Ids) -> None:
        """Take what rows say of items in one field; an empty text and None say nothing.

        Parameters
        ----------
        name
            The field.
        item, row
            For each row its item and its number.
        codes, values
            For each row which of the values it has.
        """
        if name not in ITEM_COLUMNS:
            raise KeyError(name)
        known = self._values
        place = np.array([-1 if v in (None, "") else known.setdefault(v, len(known)) for v in values], dtype=np.int64)
        numbers = place[codes] if len(place) else codes
        here = numbers >= 0
        self._said.setdefault(name, []).append(_Said(item[here], numbers[here], row[here]))

    def take(self, lines: Lines) -> None:
        """Take lines."""
        self._lines.append(lines)

    def source(self) -> Source:
        """Return all that was read; of an item the first to say a thing is kept, another value is a problem."""
        seen = pd.unique(np.concatenate([np.zeros(0, dtype=np.int64), *self._seen]))
        items = self._items(seen)
        return Source(self.format, items, self._rows(), declarations_frame(()), self._problems())

    def _items(self, seen: Ids) -> pd.DataFrame:
        values = np.array([*self._values, None], dtype=object)
        columns: dict[str, object] = {"item": np.array(self._names, dtype=object)[seen]}
        for name, parts in self._said.items():
            said = _Said(*(np.concatenate([getattr(part, f) for part in parts]) for f in ("item", "value", "row")))
            first = firsts(np.append(said.item, len(self._names)))
            self._tell_differences(name, said, first, values)
            # The last of the values is None, and so is what the last row says: it is no item's.
            columns[name] = values[np.append(said.value, -1)[first[seen]]]
        return items_frame(pd.DataFrame(columns))

    def _tell_differences(self, name: str, said: _Said, first: Ids, values: npt.NDArray[np.object_]) -> None:
        before = first[said.item]
        other = np.flatnonzero(said.value[before] != said.value)
        pairs = zip(values[said.value[other]], values[said.value[before[other]]], strict=True)
        other = other[np.array([not _same(one, two) for one, two in pairs], dtype=bool)]

        def message(at: int) -> str:
            here = int(other[at])
            first = int(before[here])
            value, kept = (values[said.value[n]] for n in (here, first))
            item = self.name(int(said.item[here]))
            return f"item '{item}': {name} is '{value}' here and '{kept}' in row {said.row[first]}; the first is kept"

        self.problems(said.row[other], name, message)

    def _rows(self) -> pd.DataFrame:
        if not self._lines:
            return lines_frame(())
        names = pa.array(self._names, pa.large_string())
        parts = []
        for lines in self._lines:
            shared = np.array([bool(text) for text in lines.group.texts])[lines.group.codes]
            texts = {
                "parent": (names, lines.parent),
                "child": (names, lines.child),
                "unit": (lines.unit.texts, lines.unit.codes),
                "alternative": ([text or None for text in lines.group.texts], lines.group.codes),
            }
            columns = {name: pd.Series(_taken(known, codes), dtype="str") for name, (known, codes) in texts.items()}
            numbers = {
                "quantity": lines.quantity,
                "split_low": np.where(shared, 0.0, np.nan),
                "split_high": np.where(shared, 1.0, np.nan),
                "row": lines.row,
            }
            parts.append(lines_frame(pd.DataFrame({**columns, **numbers, "file": self.file})))
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]

    def _problems(self) -> tuple[Problem, ...]:
        if not self._told:
            return ()
        row = np.concatenate([rows for rows, _, _ in self._told])
        kind = np.repeat(np.arange(len(self._told)), [len(rows) for rows, _, _ in self._told])
        place = np.concatenate([np.arange(len(rows)) for rows, _, _ in self._told])
        found = []
        for at in np.argsort(row, kind="stable")[:_MOST].tolist():
            _, column, message = self._told[int(kind[at])]
            found.append(Problem(self.file, int(row[at]) or None, column, message(int(place[at]))))
        if len(row) > _MOST:
            found.append(Problem(self.file, None, None, f"{len(row) - _MOST} more problems are not listed"))
        return tuple(found)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other


def _taken(texts: Sequence[str | None] | pa.Array, codes: Ids) -> pa.Array:
    return pa.array(texts, pa.large_string()).take(pa.array(codes))
