"""What do the items hold, and what goes into what? The part of a content file that exposure needs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ytterby.errors import InputError
from ytterby.trace.source import RARE_EARTHS

__all__ = ["TOTAL", "UNKNOWN", "Content"]

TOTAL = "*"
"""The origin that stands for the total over origins."""
UNKNOWN = "unknown"
"""The origin of what no one has told the origin of."""

Bounds = tuple[float, float]
Steps = dict[str | None, dict[str, Bounds]]
"""Mass (or value) by step and origin."""


@dataclass(frozen=True)
class Content:
    """What items hold by element, step and origin, and the lines of their bill of materials.

    Parameters
    ----------
    bounds
        By item and element; what is not there is known to be none, but for the items in `open_items`.
    open_items
        Items with an unanswered question: the elements that they could hold; None: any.
    lines
        ``parent: {child: quantity}``, NaN where a quantity is not known; None where the file does not tell.
    items
        All names that are known.
    roots
        The items that go into no other.
    """

    bounds: Mapping[str, Mapping[str, Steps]]
    open_items: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, float]] | None = None
    items: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Content:
        """Read the JSON that `ytterby trace content --format json` prints.

        Raises
        ------
        InputError
            If it is no such file; the message names the entry.
        """
        try:
            record = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
        except ValueError as error:
            raise InputError(f"not JSON: {error}", where=str(path)) from error
        if not isinstance(record, dict) or not isinstance(record.get("items"), list):
            raise InputError(
                "no content: an object with 'items' is expected",
                where=str(path),
                hint="make it with `ytterby trace content BOM --format json -o content.json`",
            )
        return cls.from_dict(record, path.name)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any], file: str = "content") -> Content:
        """Return a content from its public record (`items`, `unknown`, `read`, and `lines` where there are any)."""
        bounds: dict[str, dict[str, Steps]] = {}
        for number, row in enumerate(record["items"]):
            where = f"{file}, items[{number}]"
            item, element = _text(row, "item", where), _text(row, "element", where)
            steps = bounds.setdefault(item, {}).setdefault(element, {})
            of_step = steps.setdefault(row.get("step"), {})
            of_step[row.get("origin") or TOTAL] = _interval(row, where)
        others = frozenset(RARE_EARTHS) - set((record.get("read") or {}).get("elements") or ())
        open_items: dict[str, frozenset[str] | None] = {}
        for row in record.get("unknown") or ():
            item, named = str(row["item"]), _could_be(row, others)
            known = open_items.get(item, frozenset())
            open_items[item] = None if named is None or known is None else named | known
        roots = tuple((record.get("read") or {}).get("roots") or ())
        content = cls(bounds, open_items, None, frozenset({*bounds, *open_items, *roots}), roots)
        lines = record.get("lines")
        return content if lines is None else content.with_lines(lines, file)

    def with_lines(self, records: Iterable[Mapping[str, Any]], file: str = "lines") -> Content:
        """Return this content with the lines of a bill of materials: ``parent, child, quantity``.

        Raises
        ------
        InputError
            If a quantity is none, or an item would hold itself.
        """
        lines = _lines(records, file)
        children = {child for parent in lines.values() for child in parent}
        roots = tuple(parent for parent in lines if parent not in children)
        _check_acyclic(lines)
        return Content(self.bounds, self.open_items, lines, self.items | set(lines) | children, roots or self.roots)


def _could_be(row: Mapping[str, Any], others: frozenset[str]) -> frozenset[str] | None:
    """Return the elements that an item could hold, those that no declaration names among them; None: any."""
    could_be, rest = row.get("could_be"), row.get("other_rare_earths")
    more = others if rest is not None and rest[1] != 0 else frozenset()
    if not isinstance(could_be, list | dict) or not (could_be or rest is not None):
        return None
    bounds = could_be if isinstance(could_be, dict) else dict.fromkeys(could_be, (0.0, None))
    return frozenset(element for element, pair in bounds.items() if pair[1] != 0) | more


def _lines(raw: Iterable[Mapping[str, Any]], file: str) -> dict[str, dict[str, float]]:
    lines: dict[str, dict[str, float]] = {}
    for number, row in enumerate(raw):
        where = f"{file}, lines[{number}]"
        parent, child = _text(row, "parent", where), _text(row, "child", where)
        quantity = row.get("quantity", "nothing")
        if quantity is None:
            quantity = math.nan
        elif not isinstance(quantity, int | float) or not 0 <= quantity < math.inf:
            raise InputError(f"{quantity!r} found; a quantity is expected", where=f"{where}.quantity")
        held = lines.setdefault(parent, {})
        held[child] = held.get(child, 0.0) + quantity
    return lines


def _text(row: Any, name: str, where: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    if not isinstance(value, str) or not value:
        raise InputError(f"{value!r} found; a name is expected", where=f"{where}.{name}")
    return value


def _interval(row: Mapping[str, Any], where: str) -> Bounds:
    """Return the bounds of mass or, where it is not known, of value; an upper bound of null is infinite."""
    for name in ("mass_kg", "value_usd"):
        pair = row.get(name)
        if pair is None:
            continue
        numbers = [end is None or (isinstance(end, int | float) and end >= 0) for end in pair]
        if len(numbers) != 2 or not all(numbers):
            raise InputError(f"{pair!r} found; [low, high] is expected", where=f"{where}.{name}")
        low, high = 0.0 if pair[0] is None else pair[0], math.inf if pair[1] is None else pair[1]
        if name == "mass_kg" and pair == [None, None]:
            continue
        if low > high:
            raise InputError(f"{pair!r} found; the low end is above the high end", where=f"{where}.{name}")
        return float(low), float(high)
    return 0.0, math.inf


def _check_acyclic(lines: Mapping[str, Mapping[str, float]]) -> None:
    done: set[str] = set()
    for root in lines:
        path: list[str] = []
        stack = [(root, False)]
        while stack:
            item, leave = stack.pop()
            if leave:
                path.pop()
                done.add(item)
            elif item in path:
                cycle = " > ".join([*path[path.index(item) :], item])
                raise InputError(f"an item holds itself: {cycle}", where="bill of materials")
            elif item not in done:
                path.append(item)
                stack.append((item, True))
                stack.extend((child, False) for child in lines.get(item, ()))
