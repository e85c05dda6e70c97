"""Bills of materials in which a column, or the indentation of the part number, says how deep a row lies.

The parent of a row is the row above it that is one level higher. The quantity is for one of the parent. An assembly
that stands in the file several times, each time with its parts, is read once; where its parts differ the first is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ytterby.trace.readers._assemblies import Assemblies, Part
from ytterby.trace.readers._collect import Collector, Line
from ytterby.trace.readers._content import depth, is_outline
from ytterby.trace.readers._fields import Alternatives, Fields
from ytterby.trace.readers._grid import Row

__all__ = ["indented", "read_levels"]

_INDENT = re.compile(r"((?:[.\-–_>|+*•·]\s*)+|\s+)(?=[^\s.\-–_>|+*•·])")


@dataclass
class _Open:
    """An assembly whose rows are being read; `item` is None if its own row could not be used."""

    level: int
    item: str | None
    row: int
    parts: list[Part] = field(default_factory=list)


def indented(cells: Sequence[str]) -> bool:
    """Whether part numbers are indented by blanks, dots or dashes like a structure."""
    widths = [len(found[1]) if (found := _INDENT.match(cell)) else 0 for cell in cells if cell.strip()]
    deep = sum(width > 0 for width in widths)
    return len(widths) > 2 and widths[0] == 0 and deep >= len(widths) / 2


def read_levels(fields: Fields, rows: Iterator[Row], out: Collector, root: str = "") -> None:
    """Read the rows of a table with a level column or indented part numbers; `root` is what its top rows go into."""
    reader = _Levels(fields, out, root)
    for number, cells in rows:
        reader.row(number, cells)
    reader.close()


class _Levels:
    def __init__(self, fields: Fields, out: Collector, root: str) -> None:
        self._root = root
        self._lost = 0
        self._tops: list[tuple[int, int]] = []
        self._fields = fields
        self._out = out
        self._stack: list[_Open] = []
        self._assemblies = Assemblies(out, self._alternative)
        self._widths: list[int] = [0]
        self._alternatives = Alternatives(fields)
        self._by_column = "level" in fields.match.fields
        sample = [fields.text(cells, "level") for _, cells in fields.grid.sample]
        self._outline = is_outline(sample[-200:])

    def row(self, number: int, cells: Sequence[str]) -> None:
        name = self._fields.text(cells, "item")
        level = self._level(number, cells)
        if level is None:
            self._lost = number
            return
        if self._lost and level > 0:
            text = f"row {self._lost}, which has no level, may be the parent of this row; another is taken"
            self._out.problem(text, row=number, column=self._where())
        self._lost = 0
        name = _INDENT.sub("", name, count=1) if _INDENT.match(name) and not self._by_column else name
        if not name:
            self._out.problem("no part number; the row is left out", row=number, column=self._fields.where("item"))
        while self._stack and self._stack[-1].level >= level and (not self._root or len(self._stack) > 1):
            self._shut(self._stack.pop())
        if not self._stack and self._root:
            self._stack.append(_Open(level - 1, self._root, number))
        above = self._stack[-1] if self._stack else None
        if above is None:
            self._tops.append((number, level))
        if above is not None and above.level < level - 1:
            self._out.problem(
                f"level {level} follows level {above.level}; the row is left out", row=number, column=self._where()
            )
            self._stack.append(_Open(level, None, number))
            return
        if above is not None and above.item is None:
            self._out.problem(
                f"the row's parent, row {above.row}, was left out; so is this row", row=number, column=self._where()
            )
            self._stack.append(_Open(level, None, number))
            return
        self._stack.append(_Open(level, name or None, number))
        if not name:
            return
        self._fields.item(name, cells, number)
        if above is not None:
            quantity, word, batch = self._fields.quantity(cells, number)
            alternate = self._fields.text(cells, "alternate")
            column = self._fields.where("quantity")
            above.parts.append(Part(name, quantity, word, batch, number, alternate, column))

    def _where(self) -> str:
        return self._fields.where("level" if self._by_column else "item")

    def _level(self, number: int, cells: Sequence[str]) -> int | None:
        if self._by_column:
            text = self._fields.text(cells, "level")
            level = depth(text, self._outline)
            if level is None or level > 1000:
                self._out.problem(f"'{text}' is no level; the row is left out", row=number, column=self._where())
                return None
            return level
        index = self._fields.match.index("item")
        cell = cells[index] if index is not None and index < len(cells) else ""
        found = _INDENT.match(cell)
        width = len(found[1].replace(" ", "") or found[1]) if found else 0
        while self._widths[-1] > width:
            self._widths.pop()
        if self._widths[-1] < width:
            self._widths.append(width)
        return len(self._widths) - 1

    def _shut(self, done: _Open) -> None:
        if done.item is not None:
            self._assemblies.take(done.item, done.parts, row=done.row, column=self._where())

    def _alternative(self, line: Line | None, part: Part) -> None:
        self._alternatives.take(line, part.alternate, part.row or 0)

    def close(self) -> None:
        while self._stack:
            self._shut(self._stack.pop())
        self._alternatives.close()
        if self._by_column and len(self._tops) > 1 and min(level for _, level in self._tops) > 0:
            self._out.problem(
                f"no row has the level above {self._tops[1][1]}: {len(self._tops)} rows are read as products of their"
                " own; if they are parts of one, name it in the mapping (root: NAME)",
                row=self._tops[1][0],
                column=self._where(),
            )
