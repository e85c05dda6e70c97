"""Bills of materials in which a column, or the indentation of the part number, says how deep a row lies.

The parent of a row is the row above it that is one level higher. The quantity is for one of the parent. An assembly
that stands in the file several times, each time with its parts, is read once; where its parts differ the first is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ytterby.trace.readers._cells import Column, Ids, combined, firsts
from ytterby.trace.readers._content import depth, is_outline
from ytterby.trace.readers._fields import Amounts, Fields

__all__ = ["indented", "read_levels"]

_INDENT = re.compile(r"((?:[.\-–_>|+*•·]\s*)+|\s+)(?=[^\s.\-–_>|+*•·])")
_DEEPEST = 1000
_NONE, _ROOT = -1, -2
"""In the place of a parent's row: there is none; it is the root that the mapping names."""


def indented(cells: Sequence[str]) -> bool:
    """Whether part numbers are indented by blanks, dots or dashes like a structure."""
    widths = [_width(cell) for cell in cells if cell.strip()]
    deep = sum(width > 0 for width in widths)
    return len(widths) > 2 and widths[0] == 0 and deep >= len(widths) / 2


def read_levels(fields: Fields, root: str = "") -> None:
    """Read the rows of a table with a level column or indented part numbers; `root` is what its top rows go into."""
    by_column = "level" in fields.match.fields
    raw = fields.raw("item")
    names = raw.stripped() if by_column else raw.mapped(_without_indent)
    level = _by_column(fields) if by_column else _by_indent(raw)
    where = fields.where("level" if by_column else "item")
    item = fields.out.ids(names)
    above, used = _above(fields, level.tolist(), item.tolist(), where, bool(root))
    nameless = fields.row[(level >= 0) & (item < 0)]
    fields.out.problems(nameless, fields.where("item"), lambda _: "no part number; the row is left out")
    rows = np.flatnonzero(used)
    fields.say(rows, item[rows])
    rows = rows[above[rows] != _NONE]
    top = fields.out.ids(Column.of(root, 1))[0]
    parent = np.where(above[rows] == _ROOT, top, item[above[rows]])
    amounts = fields.amounts(rows)
    kept = _once(fields, above[rows], parent, item[rows], amounts, where)
    fields.lines(rows[kept], parent[kept], item[rows][kept], amounts.at(kept))


def _width(cell: str) -> int:
    found = _INDENT.match(cell)
    return len(found[1]) if found else 0


def _without_indent(cell: str) -> str:
    text = cell.strip()
    found = _INDENT.match(text)
    return text[found.end() :] if found else text


def _by_column(fields: Fields) -> Ids:
    """Return the level of each row, -1 where the cell names none."""
    cells = fields.text("level")
    index = fields.match.index("level")
    sample = [row[index].strip() for _, row in fields.grid.sample if index is not None and index < len(row)]
    outline = is_outline(sample[-200:])
    found = [depth(text, outline) for text in cells.texts]
    level = np.array([-1 if n is None or n > _DEEPEST else n for n in found], dtype=np.int64)[cells.codes]
    bad = np.flatnonzero(level < 0)
    message = "is no level; the row is left out"
    fields.out.problems(fields.row[bad], fields.where("level"), lambda at: f"'{cells.text(bad[at])}' {message}")
    return level


def _by_indent(cells: Column) -> Ids:
    """Return the level of each row: how many of the rows it lies under are indented less and less."""
    width = np.array([_narrow(text) for text in cells.texts], dtype=np.int64)[cells.codes]
    level, open_ = [], [0]
    for wide in width.tolist():
        while open_[-1] > wide:
            open_.pop()
        if open_[-1] < wide:
            open_.append(wide)
        level.append(len(open_) - 1)
    return np.array(level, dtype=np.int64)


def _narrow(cell: str) -> int:
    """Return the width of the indentation; blanks between marks do not count."""
    found = _INDENT.match(cell)
    return len(found[1].replace(" ", "") or found[1]) if found else 0


def _above(
    fields: Fields, level: Sequence[int], item: Sequence[int], where: str, root: bool
) -> tuple[Ids, npt.NDArray[np.bool_]]:
    """Return the row of each row's parent, and which rows can be used."""
    row, tell = fields.row, fields.out.problem
    above = np.full(len(level), _NONE, dtype=np.int64)
    used = np.zeros(len(level), dtype=bool)
    rows: list[int] = []  # The rows, from the top down, that the next row may lie under; theirs are the levels.
    levels: list[int] = []
    broken: set[int] = set()
    parents, good, tops = above.tolist(), used.tolist(), []
    lost = -1
    for at, (deep, name) in enumerate(zip(level, item, strict=True)):
        if deep < 0:
            lost = at
            continue
        if lost >= 0:
            if deep > 0:
                text = f"row {row[lost]}, which has no level, may be the parent of this row; another is taken"
                tell(text, row=int(row[at]), column=where)
            lost = -1
        while levels and levels[-1] >= deep and (not root or len(levels) > 1):
            del levels[-1], rows[-1]
        if not levels and root:
            levels.append(deep - 1)
            rows.append(_ROOT)
        if not levels:
            tops.append(at)
        elif levels[-1] < deep - 1:
            text = f"level {deep} follows level {levels[-1]}; the row is left out"
            tell(text, row=int(row[at]), column=where)
            broken.add(at)
        elif rows[-1] in broken:
            text = f"the row's parent, row {row[rows[-1]]}, was left out; so is this row"
            tell(text, row=int(row[at]), column=where)
            broken.add(at)
        else:
            parents[at] = rows[-1]
        levels.append(deep)
        rows.append(at)
        if name < 0:
            broken.add(at)
        elif at not in broken:
            good[at] = True
    if "level" in fields.match.fields and len(tops) > 1 and min(level[at] for at in tops) > 0:
        tell(
            f"no row has the level above {level[tops[1]]}: {len(tops)} rows are read as products of their own; if they"
            " are parts of one, name it in the mapping (root: NAME)",
            row=int(row[tops[1]]),
            column=where,
        )
    return np.array(parents, dtype=np.int64), np.array(good, dtype=bool)


def _once(fields: Fields, above: Ids, parent: Ids, child: Ids, amounts: Amounts, where: str) -> npt.NDArray[np.bool_]:
    """Return which lines to keep: those of the first showing of each assembly; other parts in a later one are told."""
    showing = combined([above])
    first = firsts(showing)
    shown = firsts(parent)[parent[first]]
    again = np.flatnonzero(showing[shown] != np.arange(len(first)))
    if len(again):
        line = combined(
            [child, combined([amounts.value.view(np.int64)]), amounts.unit.codes, amounts.batch.view(np.int64)]
        )
        told = np.zeros(len(first), dtype=np.uint64)
        np.add.at(told, showing, _mixed(line))
        other = again[told[again] != told[showing[shown[again]]]]
        place, before = above[first[other]], above[shown[other]]
        fields.out.problems(
            fields.row[place],
            where,
            lambda at: (
                f"the parts of '{fields.out.name(parent[first[other[at]]])}' differ from those under row"
                f" {fields.row[before[at]]}, which are kept"
            ),
        )
    keep = np.ones(len(first), dtype=bool)
    keep[again] = False
    return keep[showing]


def _mixed(numbers: Ids) -> npt.NDArray[np.uint64]:
    """Return numbers that look random, so that their sum tells which they are, in any order (splitmix64)."""
    x = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
