"""The cells of a table by field: numbers, units, and what is said of an item."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ytterby.trace.readers._alternatives import alternatives
from ytterby.trace.readers._bulk import Bulk, Lines
from ytterby.trace.readers._cells import Column, Ids, combined, firsts
from ytterby.trace.readers._columns import Match
from ytterby.trace.readers._grid import Grid, column_letter
from ytterby.trace.readers._numbers import ambiguous, decimal_mark, number
from ytterby.trace.readers._units import unit

__all__ = ["Amounts", "Fields"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_WITH_UNIT = re.compile(r"([+-]?[\d.,'\s]*\d)\s*([^\d\s.,].*)")
_TEXTS = ("name", "form", "supplier", "hs")
"""Fields whose texts say something of the item, whichever line they stand in."""
_MEASURES = ("mass", "mass_unit", "value")
"""Fields whose numbers do."""


@dataclass(frozen=True)
class _Measured:
    """What the distinct cells of a column mean.

    Parameters
    ----------
    value
        The number; NaN where there is none.
    unit
        The unit in the cell, e.g. of `0,5 kg`; empty if there is none.
    bad
        The text that is no number though it should be one; None where all is well.
    doubtful
        Whether the number may be a thousand or a fraction.
    """

    value: Floats
    unit: list[str]
    bad: list[str | None]
    doubtful: Flags


@dataclass(frozen=True)
class Amounts:
    """Quantity of the child in a unit, for `batch` of the parent; NaN where there is no quantity."""

    value: Floats
    unit: Column
    batch: Floats

    def at(self, rows: Flags) -> Amounts:
        """Return those of some rows."""
        return Amounts(self.value[rows], self.unit.at(rows), self.batch[rows])


@dataclass
class Fields:
    """Reads the cells of one table.

    Parameters
    ----------
    grid, match
        The table and its columns.
    out
        Where items, lines and problems go.
    row
        Numbers of the rows.
    cells
        The columns that were taken for a field, by index.
    decimal
        The decimal mark, if the mapping file names it.
    """

    grid: Grid
    match: Match
    out: Bulk
    row: Ids
    cells: Mapping[int, Column]
    decimal: str | None = None
    _doubt: bool = False

    def __post_init__(self) -> None:
        self._index = {c.field: c.index for c in self.match.columns if c.field is not None}
        self._where = {c.field: c.header or column_letter(c.index) for c in self.match.columns if c.field is not None}
        word = self.match.unit("quantity")
        self._unit = word if word and unit(word) is not None else ""
        if self.decimal is None:
            columns = [self._index[f] for f in ("quantity", "mass", "value", "batch") if f in self._index]
            cells = (cells[i] for _, cells in self.grid.sample for i in columns if i < len(cells))
            mark = decimal_mark(cells)
            self._doubt = mark is None
            self.decimal = mark or ("," if not self.grid.sheet and self.grid.delimiter == ";" else ".")

    def raw(self, name: str) -> Column:
        """Return the cells of a field as they stand, the constant of the mapping, or empty cells."""
        index = self._index.get(name)
        return Column.of(self.match.constants.get(name, ""), len(self.row)) if index is None else self.cells[index]

    def text(self, name: str) -> Column:
        """Return the cells of a field, without blanks at their ends."""
        return self.raw(name).stripped()

    def where(self, name: str) -> str:
        """Return the name of a field's column for a problem: its header, else its letter."""
        return self._where.get(name, name)

    def amounts(self, rows: Ids) -> Amounts:
        """Return quantity, unit and batch of the lines in some rows; a cell that holds no number is told."""
        cells, words, size = (self.text(name).at(rows) for name in ("quantity", "unit", "batch"))
        meant, counts = self._measured(cells, percent=True), self._measured(size, units=False)
        self._tell(cells, meant, "quantity", rows)
        self._tell(size, counts, "batch", rows)
        joint = combined([cells.codes, words.codes])
        units = [meant.unit[cells.codes[n]] or words.text(n) or self._unit for n in firsts(joint).tolist()]
        batch = np.where(np.isnan(counts.value), self.match.per("quantity"), counts.value)[size.codes]
        percent = cells.where(lambda text: text.endswith("%"))
        return Amounts(meant.value[cells.codes], Column(joint, units).mapped(str), np.where(percent, 1.0, batch))

    def lines(self, rows: Ids, parent: Ids, child: Ids, amounts: Amounts) -> None:
        """Take the lines in some rows; those that cannot be used are told.

        Parameters
        ----------
        rows
            Places of the rows.
        parent, child, amounts
            Items and amounts in each of them.
        """
        quantity, word, batch = amounts.value, amounts.unit, amounts.batch
        units = [unit(text) for text in word.texts]
        factor = np.array([np.nan if u is None else u.factor for u in units])[word.codes]
        name = self.out.name
        faults: tuple[tuple[Flags, Callable[[int], str]], ...] = (
            (parent == child, lambda at: f"item '{name(parent[at])}' is its own part"),
            (np.isnan(quantity), lambda at: f"no quantity of '{name(child[at])}' in '{name(parent[at])}'"),
            (
                quantity < 0,
                lambda at: f"negative quantity {quantity[at]:g} of '{name(child[at])}' in '{name(parent[at])}'",
            ),
            (~(batch > 0), lambda at: f"batch size {batch[at]:g} is not positive"),
            (np.isnan(factor), lambda at: f"unknown unit '{word.text(at)}'"),
        )
        good = np.ones(len(rows), dtype=bool)
        for fault, message in faults:
            here = np.flatnonzero(fault & good)
            good[here] = False
            self.out.problems(self.row[rows[here]], self.where("quantity"), _left_out(message, here))
        above, below, row = parent[good], child[good], self.row[rows[good]]
        group = Column.of("", len(row))
        if "alternate" in self.match.fields:
            words = self.text("alternate").at(rows[good])
            group = alternatives(self.out, self.where("alternate"), words, above, below, row)
        base = Column(word.codes[good], ["" if u is None else u.base for u in units])
        self.out.items(np.stack([parent, child], axis=1).ravel())
        self.out.take(Lines(above, below, quantity[good] / batch[good] * factor[good], base, row, group))

    def _measured(self, cells: Column, *, units: bool = True, percent: bool = False) -> _Measured:
        """Return what the distinct cells mean; with `percent`, a percent sign is a unit."""
        value, plain = self._plain(cells)
        words, bad = [""] * len(value), [None] * len(value)  # type: list[str], list[str | None]
        doubtful = np.zeros(len(value), dtype=bool)
        mark = self.decimal or "."
        for n in np.flatnonzero(~plain).tolist():
            text = cells.texts[n]
            if not text:
                continue
            if percent and text.endswith("%"):
                text, words[n] = text.removesuffix("%"), "%"
            elif units and number(text, mark) is None and (both := _WITH_UNIT.fullmatch(text)):
                text, words[n] = both[1], both[2].strip()
            found = number(text, mark)
            value[n] = np.nan if found is None else found
            bad[n] = text if found is None else None
            doubtful[n] = found is not None and ambiguous(text)
        return _Measured(value, words, bad, doubtful)

    def _plain(self, cells: Column) -> tuple[Floats, Flags]:
        """Return the numbers that are written plainly, and which they are."""
        texts = pa.array(cells.texts, pa.string())
        mark = re.escape(self.decimal or ".")
        plain = pc.match_substring_regex(texts, rf"^[0-9]{{1,15}}({mark}[0-9]{{1,9}})?$")
        if self._doubt:
            plain = pc.and_not(plain, pc.match_substring_regex(texts, rf"^[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}$"))
        numbers = pc.replace_substring(pc.if_else(plain, texts, "nan"), self.decimal or ".", ".")
        return numbers.cast(pa.float64()).to_numpy(zero_copy_only=False).copy(), plain.to_numpy(zero_copy_only=False)

    def _tell(self, cells: Column, meant: _Measured, name: str, rows: Ids) -> None:
        """Tell which cells are no numbers, and once that one may be a thousand or a fraction."""
        wrong = np.array([text is not None for text in meant.bad], dtype=bool)
        here = np.flatnonzero(wrong[cells.codes]) if len(wrong) else rows[:0]
        self.out.problems(
            self.row[rows[here]], self.where(name), lambda at: f"'{meant.bad[cells.codes[here[at]]]}' is no number"
        )
        doubtful = np.flatnonzero(meant.doubtful[cells.codes]) if self._doubt and len(wrong) else rows[:0]
        if len(doubtful):
            at = int(doubtful[0])
            self._doubt = False
            self.out.problem(
                f"'{cells.text(at)}' is read as {meant.value[cells.codes[at]]:g}: nothing in the file tells its decimal"
                " mark; name it in the mapping (decimal: ',')",
                row=int(self.row[rows[at]]),
                column=self.where(name),
            )

    def say(self, rows: Ids, item: Ids) -> None:
        """Take the items of some rows and what these say of them, unless it is what the item's first row says."""
        self.out.items(item)
        names = [name for name in (*_TEXTS, *_MEASURES) if name in self.match.fields]
        if not names or not len(rows):
            return
        columns = {name: self.text(name).at(rows) for name in names}
        joint = combined([column.codes for column in columns.values()])
        first = firsts(item)[item]
        new = np.flatnonzero((first == np.arange(len(item))) | (joint != joint[first]))
        item, rows = item[new], rows[new]
        for name in _TEXTS:
            if name in columns:
                column = columns[name].at(new)
                self.out.say(name, item, column.codes, column.texts, self.row[rows])
        if "mass" in columns:
            words = columns["mass_unit"].at(new) if "mass_unit" in columns else Column.of("", len(new))
            self._say_mass(item, rows, columns["mass"].at(new), words)
        if "value" in columns and "value" in self._index:
            self._say_value(item, rows, columns["value"].at(new))

    def _say_mass(self, item: Ids, rows: Ids, cells: Column, words: Column) -> None:
        meant = self._measured(cells)
        self._tell(cells, meant, "mass", rows)
        joint = combined([cells.codes, words.codes])
        header = self.match.unit("mass")
        said: list[float | None] = []
        faults: dict[str, list[int]] = {}
        for n, at in enumerate(firsts(joint).tolist()):
            value = float(meant.value[cells.codes[at]])
            word = meant.unit[cells.codes[at]] or words.text(at) or header
            found = unit(word)
            right = bool(word) and found is not None and found.base == "kg"
            said.append(value * found.factor if found is not None and right and value >= 0 else None)
            if not math.isnan(value) and said[-1] is None:
                fault = f"negative mass {value:g}" if value < 0 else f"a mass without a unit of mass ('{word}')"
                faults.setdefault(fault, []).append(n)
        for fault, kinds in faults.items():
            at = int(np.flatnonzero(np.isin(joint, kinds))[0])
            self._once(f"{fault}; it is not read", "mass", int(self.row[rows[at]]))
        self.out.say("mass_kg", item, joint, said, self.row[rows])

    def _say_value(self, item: Ids, rows: Ids, cells: Column) -> None:
        if not re.search(r"usd|us\$|\$", self.match.header("value"), re.IGNORECASE):
            self._once("a value whose header does not say USD is not read", "value", int(self.row[rows[0]]))
            return
        meant = self._measured(cells, units=False)
        self._tell(cells, meant, "value", rows)
        said = [None if math.isnan(value) else value for value in meant.value.tolist()]
        self.out.say("value_usd", item, cells.codes, said, self.row[rows])

    def _once(self, message: str, name: str, row: int) -> None:
        self.out.problem(f"{message} (told once)", row=row, column=self.where(name))


def _left_out(message: Callable[[int], str], here: Ids) -> Callable[[int], str]:
    return lambda at: f"{message(int(here[at]))}; the line is left out"
