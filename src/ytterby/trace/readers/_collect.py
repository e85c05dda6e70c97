"""Where a reader puts what it reads: items, lines and declarations are checked one by one, and problems are kept.

A line's quantity becomes a quantity of a base unit (`_units`). Repeated pairs stay as they are, and so does a percent
of the parent's mass: the roll-up adds and resolves them when it knows all items.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ytterby.trace.readers._units import Unit, unit
from ytterby.trace.source import (
    ITEM_COLUMNS,
    Problem,
    Source,
    declarations_frame,
    items_frame,
    lines_frame,
)

__all__ = ["Collector", "Line"]

_MOST = 1000
"""Problems told one by one; a file that has more is broken as a whole, and their number is told."""


@dataclass(slots=True)
class Line:
    """A line that was taken; `split` names a group of alternatives and bounds the line's share of it."""

    parent: str
    child: str
    quantity: float
    unit: Unit
    row: int | None
    split: tuple[str, float, float] | None = None


@dataclass
class Collector:
    """What has been read of one file so far.

    Parameters
    ----------
    file
        Name of the file, for problems and rows.
    format
        Name of the format.
    """

    file: str
    format: str
    _items: dict[str, dict[str, Any]] = field(default_factory=dict)
    _said: dict[tuple[str, str], int | None] = field(default_factory=dict)
    _lines: list[Line] = field(default_factory=list)
    _declarations: list[dict[str, Any]] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _more: int = 0

    def problem(self, message: str, *, row: int | None = None, column: str | None = None) -> None:
        """Tell what is wrong, where, and what was done about it."""
        if len(self._problems) < _MOST:
            self._problems.append(Problem(self.file, row, column, message))
        else:
            self._more += 1

    def item(self, name: str, /, *, row: int | None = None, column: str | None = None, **fields: Any) -> None:
        """Take an item and what is said of it; the first to say a thing is kept, another value is a problem."""
        known = self._items.setdefault(name, {"item": name})
        for key, value in fields.items():
            if value is None or value == "":
                continue
            if key not in ITEM_COLUMNS:
                raise KeyError(key)
            if key not in known:
                known[key] = value
                self._said[name, key] = row
            elif not _same(known[key], value):
                said = self._said[name, key]
                where = f" in row {said}" if said is not None else ""
                self.problem(
                    f"item '{name}': {key} is '{value}' here and '{known[key]}'{where}; the first is kept",
                    row=row,
                    column=column or key,
                )

    def has(self, name: str) -> bool:
        """Whether the item was taken."""
        return name in self._items

    def line(
        self,
        parent: str,
        child: str,
        quantity: float | None,
        unit_text: str = "",
        *,
        row: int | None = None,
        column: str | None = None,
        batch: float = 1.0,
    ) -> Line | None:
        """Take a line if it can be used, and return it.

        Parameters
        ----------
        parent, child
            The items; both are taken as items.
        quantity
            Quantity of the child in `unit_text` for `batch` of the parent; None is a problem.
        unit_text
            The unit as it is written; empty is pieces.
        row, column
            Place of the line, and of its quantity.
        batch
            For how many of the parent the quantity is.
        """
        self.item(parent)
        self.item(child)
        found = unit(unit_text)
        if parent == child:
            fault = f"item '{parent}' is its own part"
        elif quantity is None or not math.isfinite(quantity):
            fault = f"no quantity of '{child}' in '{parent}'"
        elif quantity < 0:
            fault = f"negative quantity {quantity:g} of '{child}' in '{parent}'"
        elif not (batch > 0 and math.isfinite(batch)):
            fault = f"batch size {batch:g} is not positive"
        elif found is None:
            fault = f"unknown unit '{unit_text}'"
        else:
            line = Line(parent, child, quantity / batch, found, row)
            self._lines.append(line)
            return line
        self.problem(f"{fault}; the line is left out", row=row, column=column)
        return None

    def declaration(self, item: str, /, *, row: int | None = None, **fields: Any) -> None:
        """Take one row of a declaration about an item."""
        self.item(item)
        self._declarations.append({**fields, "item": item, "file": self.file, "row": row})

    def source(self) -> Source:
        """Return all that was read."""
        problems = sorted(self._problems, key=lambda problem: problem.row or 0)
        if self._more:
            problems.append(Problem(self.file, None, None, f"{self._more} more problems are not listed"))
        return Source(
            self.format,
            items_frame(self._items.values()),
            self._rows(),
            declarations_frame(self._declarations),
            tuple(problems),
        )

    def _rows(self) -> pd.DataFrame:
        lines = self._lines
        table = lines_frame(
            pd.DataFrame(
                {
                    "parent": [line.parent for line in lines],
                    "child": [line.child for line in lines],
                    "quantity": [line.quantity * line.unit.factor for line in lines],
                    "unit": [line.unit.base for line in lines],
                    "file": self.file,
                    "row": pd.array([line.row for line in lines], dtype="Int64"),
                }
            )
        )
        if any(line.split for line in lines):
            splits = [line.split or (None, math.nan, math.nan) for line in lines]
            for name, cells in zip(("alternative", "split_low", "split_high"), zip(*splits, strict=True), strict=True):
                table[name] = cells
        return table


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)
