"""What a column may be by what it holds, where its header does not say so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ytterby.trace.readers._grid import Row
from ytterby.trace.readers._numbers import number

__all__ = ["by_content", "depth", "is_outline"]

_ENOUGH = 4
"""Rows from which a column is guessed by content."""
_OUTLINE = re.compile(r"\d+(\.\d+)+")


def depth(text: str, outline: bool = False) -> int | None:
    """Return the level that a cell names: `2`, `..2`, `+2`, `--`, or `1.2.3` where the column is an outline.

    Examples
    --------
    >>> depth("2"), depth("..2"), depth(". . 2"), depth("..."), depth("1.2.3", outline=True), depth("x")
    (2, 2, 2, 3, 3, None)
    """
    text = text.replace(" ", "")
    if outline:
        return len(text.strip(".").split(".")) if re.fullmatch(r"\d+(\.\d+)*\.?", text) else None
    bare = text.lstrip(".+-*>|")
    if bare.isdigit():
        return int(bare)
    if re.fullmatch(r"\d+\.0+", bare):
        return int(bare.split(".")[0])
    return len(text) if text and not bare else None


def is_outline(cells: Sequence[str]) -> bool:
    """Whether cells number their rows like chapters: `1`, `1.1`, `1.1.2`."""
    return any(_OUTLINE.fullmatch(c) and not re.fullmatch(r"\d+\.0+", c) for c in cells)


def by_content(rows: Sequence[Row], width: int, taken: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """Add to what the header told: a level, item or quantity that only the cells show."""
    found = dict(taken)
    if len(rows) < _ENOUGH:
        return found
    columns = {i: [cells[i] if i < len(cells) else "" for _, cells in rows] for i in range(width) if i not in found}

    def missing(field: str) -> bool:
        return field not in {f for f, _ in found.values()}

    def take(field: str, index: int | None, because: str) -> None:
        if index is not None:
            found[index] = (field, because)
            del columns[index]

    if missing("level") and missing("parent"):
        take("level", next((i for i, c in columns.items() if _levels(c)), None), "content: steps of a structure")
    if missing("item"):
        take("item", _ids(columns), "content: the most different short words")
    if missing("quantity") and not missing("item"):
        take("quantity", next((i for i, c in columns.items() if _numbers(c)), None), "content: positive numbers")
    return found


def _levels(cells: Sequence[str]) -> bool:
    outline = is_outline(cells)
    depths = [depth(c, outline) for c in cells if c]
    if len(depths) < len(cells) * 0.9 or any(d is None for d in depths):
        return False
    known = [d for d in depths if d is not None]
    steps = [b - a for a, b in pairwise(known)]
    return known[0] in (0, 1) and 2 <= len(set(known)) <= 20 and max(steps) == 1 and min(steps) < 0


def _ids(columns: Mapping[int, Sequence[str]]) -> int | None:
    best: tuple[float, int | None] = (0.5, None)
    for index, cells in columns.items():
        filled = [c for c in cells if c]
        if len(filled) < len(cells) * 0.9 or any(len(c) > 60 for c in filled):
            continue
        coded = sum(bool(re.search(r"\d", c)) and not c.strip().count(" ") for c in filled) / len(filled)
        different = len(set(filled)) / len(filled)
        if coded * different > best[0] and not all(number(c) is not None and "." in c for c in filled):
            best = (coded * different, index)
    return best[1]


def _numbers(cells: Sequence[str]) -> bool:
    values = [number(c) for c in cells if c]
    return len(values) >= len(cells) * 0.8 and all(v is not None and v >= 0 for v in values) and any(values)
