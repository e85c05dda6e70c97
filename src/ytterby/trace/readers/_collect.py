"""Where a reader puts what it reads: items, lines and declarations are checked one by one, and problems are kept.

A line's quantity becomes a quantity of a base unit (`_units`). Repeated pairs stay as they are, and so does a percent
of the parent's mass: the roll-up adds and resolves them when it knows all items.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ytterby.trace.readers._units import unit
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


class Line(NamedTuple):
    """A line that was taken: its number among the lines, between which items it is, and its row."""

    number: int
    parent: str
    child: str
    row: int | None


@dataclass
class _Lines:
    """The lines as columns: there may be many millions of them."""

    parent: list[str] = field(default_factory=list)
    child: list[str] = field(default_factory=list)
    quantity: array[float] = field(default_factory=lambda: array("d"))
    unit: list[str] = field(default_factory=list)
    row: array[int] = field(default_factory=lambda: array("q"))
    shares: dict[int, str] = field(default_factory=dict)


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
    _items: dict[str, tuple[str, dict[str, tuple[Any, int | None]]]] = field(default_factory=dict)
    _lines: _Lines = field(default_factory=_Lines)
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
        _, known = self._items.setdefault(name, (name, {}))
        for key, value in fields.items():
            if value is None or value == "":
                continue
            if key not in ITEM_COLUMNS:
                raise KeyError(key)
            before, said = known.setdefault(key, (value, row))
            if not _same(before, value):
                where = f" in row {said}" if said is not None else ""
                self.problem(
                    f"item '{name}': {key} is '{value}' here and '{before}'{where}; the first is kept",
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
            lines = self._lines
            line = Line(len(lines.row), self._items[parent][0], self._items[child][0], row)
            lines.parent.append(line.parent)
            lines.child.append(line.child)
            lines.quantity.append(quantity / batch * found.factor)
            lines.unit.append(found.base)
            lines.row.append(row or 0)
            return line
        self.problem(f"{fault}; the line is left out", row=row, column=column)
        return None

    def share(self, lines: Iterable[Line], group: str) -> None:
        """Say that of these lines each has any share from none to all."""
        self._lines.shares |= dict.fromkeys([line.number for line in lines], group)

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
            items_frame(
                [{"item": name, **{key: v for key, (v, _) in said.items()}} for name, said in self._items.values()]
            ),
            self._rows(),
            declarations_frame(self._declarations),
            tuple(problems),
        )

    def _rows(self) -> pd.DataFrame:
        lines = self._lines
        row = pd.Series(np.asarray(lines.row), dtype="Int64")
        group = pd.Series(lines.shares, dtype="str").reindex(row.index)
        columns = {"parent": lines.parent, "child": lines.child, "quantity": np.asarray(lines.quantity)}
        shares = {
            "alternative": group,
            "split_low": np.where(group.notna(), 0.0, np.nan),
            "split_high": np.where(group.notna(), 1.0, np.nan),
        }
        return lines_frame(
            pd.DataFrame({**columns, "unit": lines.unit, **shares, "file": self.file, "row": row.mask(row == 0)})
        )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)
