"""The cells of one row by field: numbers, units, what is said of an item, and whether the line is an alternative."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ytterby.trace.readers._collect import Collector, Line
from ytterby.trace.readers._columns import Match
from ytterby.trace.readers._data import rows
from ytterby.trace.readers._grid import Grid, column_letter
from ytterby.trace.readers._numbers import ambiguous, decimal_mark, number
from ytterby.trace.readers._units import unit

__all__ = ["Alternatives", "Fields"]

_WITH_UNIT = re.compile(r"([+-]?[\d.,'\s]*\d)\s*([^\d\s.,].*)")
_GROUP = re.compile(r"gr(ou|u|o)p|组|組|グループ", re.IGNORECASE)
_OF_ITEMS = ("name", "form", "supplier", "hs", "mass", "mass_unit", "value")
"""Fields that say something of the item, whichever line it stands in."""


@dataclass
class Fields:
    """Reads the cells of one table.

    Parameters
    ----------
    grid, match
        The table and its columns.
    out
        Where problems and items go.
    decimal
        The decimal mark, if the mapping file names it.
    """

    grid: Grid
    match: Match
    out: Collector
    decimal: str | None = None
    _doubt: bool = False
    _told: set[str] = field(default_factory=set)
    _said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = {c.field: c.index for c in self.match.columns if c.field is not None}
        self._constants = self.match.constants
        self._where = {c.field: c.header or column_letter(c.index) for c in self.match.columns if c.field is not None}
        self._of_items = [name for name in _OF_ITEMS if name in self.match.fields]
        self._per = self.match.per("quantity")
        word = self.match.unit("quantity")
        self._unit = word if word and unit(word) is not None else ""
        if self.decimal is None:
            columns = [self._index[f] for f in ("quantity", "mass", "value", "batch") if f in self._index]
            cells = (cells[i] for _, cells in self.grid.sample for i in columns if i < len(cells))
            mark = decimal_mark(cells)
            self._doubt = mark is None
            self.decimal = mark or ("," if not self.grid.sheet and self.grid.delimiter == ";" else ".")

    def text(self, cells: Sequence[str], name: str) -> str:
        """Return the cell of a field, without blanks at its ends; empty if there is none."""
        index = self._index.get(name)
        if index is None:
            return self._constants.get(name, "")
        return cells[index].strip() if index < len(cells) else ""

    def where(self, name: str) -> str:
        """Return the name of a field's column for a problem: its header, else its letter."""
        return self._where.get(name, name)

    def number(self, cells: Sequence[str], name: str, row: int) -> float | None:
        """Return the number in a field's cell; a cell that holds none is a problem."""
        text = self.text(cells, name)
        return self._number(text, name, row) if text else None

    def _number(self, text: str, name: str, row: int) -> float | None:
        value = number(text, self.decimal or ".")
        if value is None:
            self.out.problem(f"'{text}' is no number", row=row, column=self.where(name))
        elif self._doubt and ambiguous(text):
            self._doubt = False
            self.out.problem(
                f"'{text}' is read as {value:g}: nothing in the file tells its decimal mark; name it in the mapping"
                " (decimal: ',')",
                row=row,
                column=self.where(name),
            )
        return value

    def measured(self, cells: Sequence[str], name: str, row: int) -> tuple[float | None, str]:
        """Return the number and the unit in one cell, e.g. `0,5 kg`; the unit is empty if there is none."""
        text = self.text(cells, name)
        if number(text, self.decimal or ".") is None and (both := _WITH_UNIT.fullmatch(text)):
            return self._number(both[1], name, row), both[2].strip()
        return (self._number(text, name, row) if text else None), ""

    def quantity(self, cells: Sequence[str], row: int) -> tuple[float | None, str, float]:
        """Return quantity, unit and batch of a line."""
        text = self.text(cells, "quantity")
        if text.endswith("%"):
            return self._number(text.removesuffix("%"), "quantity", row), "%", 1.0
        value, inside = self.measured(cells, "quantity", row)
        batch = self.number(cells, "batch", row)
        word = inside or self.text(cells, "unit") or self._unit
        return value, word, self._per if batch is None else batch

    def item(self, name: str, cells: Sequence[str], row: int) -> None:
        """Take an item and what its row says of it, unless an earlier row said the same."""
        texts = tuple([self.text(cells, f) for f in self._of_items])
        if self._said.setdefault(name, texts) is texts or self._said[name] != texts:
            said: dict[str, Any] = dict(zip(self._of_items, texts, strict=True))
            for f in ("mass", "mass_unit", "value"):
                said.pop(f, None)
            said["mass_kg"], said["value_usd"] = self._mass(cells, row), self._value(cells, row)
            self.out.item(name, row=row, **said)

    def _mass(self, cells: Sequence[str], row: int) -> float | None:
        value, inside = self.measured(cells, "mass", row)
        if value is None:
            return None
        word = inside or self.text(cells, "mass_unit") or self.match.unit("mass")
        found = unit(word)
        if word and found is not None and found.base == "kg" and value >= 0:
            return value * found.factor
        fault = f"negative mass {value:g}" if value < 0 else f"a mass without a unit of mass ('{word}')"
        self._once(f"{fault}; it is not read", "mass", row)
        return None

    def _value(self, cells: Sequence[str], row: int) -> float | None:
        if "value" not in self._index:
            return None
        if not re.search(r"usd|us\$|\$", self.match.header("value"), re.IGNORECASE):
            self._once("a value whose header does not say USD is not read", "value", row)
            return None
        return self.number(cells, "value", row)

    def _once(self, message: str, name: str, row: int) -> None:
        if message not in self._told:
            self._told.add(message)
            self.out.problem(f"{message} (told once)", row=row, column=self.where(name))


@dataclass
class Alternatives:
    """Lines of which one is used in place of another: each may have any share from none to all.

    A flagged line is an alternative to the line before it under the same parent that is not flagged; lines of one
    parent with the same group name are alternatives to each other.
    """

    fields: Fields
    _groups: dict[tuple[str, str], list[Line]] = field(default_factory=dict)
    _main: dict[str, Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._words = {word: means for means, words in rows("alternate_words") for word in words.split("|")}
        self._column = "alternate" in self.fields.match.fields
        self._named = bool(_GROUP.search(self.fields.where("alternate")))

    def take(self, line: Line | None, word: str, row: int) -> None:
        """Take a line and what its cell for alternatives says."""
        if line is None or not self._column:
            return
        means = self._words.get(word.casefold())
        if means == "none":
            self._main[line.parent] = line
        elif self._named or means is None:
            self._groups.setdefault((line.parent, word), []).append(line)
        elif line.parent in self._main:
            main = self._main[line.parent]
            self._groups.setdefault((line.parent, main.child), [main]).append(line)
        else:
            self.fields.out.problem(
                f"'{line.child}' is an alternative to no line; it is read as a line of its own",
                row=row,
                column=self.fields.where("alternate"),
            )

    def close(self) -> None:
        """Give each group its shares, and say so."""
        for (parent, name), lines in self._groups.items():
            if len(lines) < 2:
                continue
            self.fields.out.share(lines, f"{parent}: {name}")
            self.fields.out.problem(
                f"alternatives in '{parent}': {', '.join(line.child for line in lines)}; which is used is not known,"
                " each may have any share",
                row=lines[-1].row,
                column=self.fields.where("alternate"),
            )
