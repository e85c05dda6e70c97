"""Which number does a cell mean: `1.234,5`, `1 234.5`, `1'234`, `12 %`?

A file has one decimal mark. `decimal_mark` finds it from the cells that leave no doubt (`0,5` or `1.234,50`); a cell
such as `1,234` that could be both is read by it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["ambiguous", "decimal_mark", "number"]

_SPACES = str.maketrans("", "", " \t\u00a0\u2009\u202f'\u2019_")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\uff0e": ".", "\uff0c": ","})
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(\1\d{3})*")
_ONE_MARK = re.compile(r"[+-]?\d*([.,])\d+")


def ambiguous(text: str) -> bool:
    """Whether a cell with one mark and three digits after it may be a thousand or a fraction.

    Examples
    --------
    >>> ambiguous("1,234"), ambiguous("0,234"), ambiguous("1,2345")
    (True, False, False)
    """
    text = text.translate(_MINUS).translate(_SPACES)
    return bool(re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text))


def decimal_mark(cells: Iterable[str]) -> str | None:
    """Return the decimal mark for which the cells give more evidence, or None where they give none.

    Examples
    --------
    >>> decimal_mark(["12", "1,234", "0,5"]), decimal_mark(["1,234.00"]), decimal_mark(["1,234"])
    (',', '.', None)
    """
    seen = {",": 0, ".": 0}
    for cell in cells:
        text = cell.translate(_MINUS).translate(_SPACES)
        marks = [c for c in text if c in ",."]
        if not marks or not any(c.isdigit() for c in text) or any(c.isalpha() and c not in "eE" for c in text):
            continue
        if len(set(marks)) == 2:
            seen[marks[-1]] += 1
        elif len(marks) > 1:
            seen["." if marks[0] == "," else ","] += 1
        elif _ONE_MARK.fullmatch(text) and not ambiguous(text):
            seen[marks[0]] += 1
    if seen[","] == seen["."]:
        return None
    return max(seen, key=lambda mark: seen[mark])


@lru_cache(maxsize=65536)
def number(text: str, decimal: str = ".") -> float | None:
    """Return the number that a cell means, or None if it is none; a percent sign divides by 100.

    Parameters
    ----------
    text
        The cell.
    decimal
        The file's decimal mark, which decides what could be both.

    Examples
    --------
    >>> number("1.234,5", ","), number("1,234", ","), number("1,234", "."), number("2.5 %"), number("n/a")
    (1234.5, 1.234, 1234.0, 0.025, None)
    """
    text = text.strip().translate(_MINUS).translate(_SPACES)
    share = text.endswith("%")
    text = text.removesuffix("%")
    marks = [c for c in text if c in ",."]
    if len(set(marks)) == 2:
        point = marks[-1]
        if marks.count(point) > 1:
            return None
        text = text.replace("," if point == "." else ".", "").replace(point, ".")
    elif len(marks) > 1:
        if not _GROUPED.fullmatch(text):
            return None
        text = text.replace(marks[0], "")
    elif marks:
        grouped = ambiguous(text) and marks[0] != decimal
        text = text.replace(marks[0], "" if grouped else ".")
    if not _PLAIN.fullmatch(text):
        return None
    value = float(text)
    if not math.isfinite(value):
        return None
    return value / 100 if share else value
