r"""What does each item hold with all that is in it? Bounds rolled up level by level, exact on every level.

For an item p with the children c, in every column

.. math:: x_p = o_p + \sum_c q_{pc} x_c,

where o is what the declarations say of the item itself. Quantities are not negative and there are no cycles, so the
low columns give the lowest and the high columns the highest content that any state of the world within the
declarations allows. Where an assembly has an answered declaration, x = o: it replaces what the children say. Where
the children leave a high bound open, the item's own mass or value closes it: a part may be what the sure parts leave.

Only items that can hold the element are carried along; levels are done one after the other, all parents of a level at
once.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from ytterby.trace import _gather
from ytterby.trace.layout import Layout
from ytterby.trace.mix import highest_mix, lowest_mix
from ytterby.trace.statements import Own, Statements
from ytterby.trace.structure import Alternatives, Structure

__all__ = ["Clash", "Rolled", "carriers", "roll", "start"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_NEAR = 1e-9


@dataclass(frozen=True)
class Clash:
    """An assembly of which the declaration and the children's bounds do not meet.

    Parameters
    ----------
    item
        Id of the assembly.
    slot, measure
        The first bound that does not meet: slot of the layout; 0 mass, 1 value.
    children, declared
        What either says, [low, high].
    at
        Row of `Statements.table`.
    """

    item: int
    measure: int
    slot: int
    children: tuple[float, float]
    declared: tuple[float, float]
    at: int


@dataclass(frozen=True)
class Rolled:
    """Bounds of one element for the items that can hold it.

    Parameters
    ----------
    whole
        Ids, rising, and items × (low, high) × (mass, value) × slots; high bounds of origins as excess (`Layout.high`
        undoes it).
    clashes
        Where an assembly's declaration contradicts its children.
    changed
        Ids, rising, and bounds that take the place of those in `whole` or add to them.
    """

    whole: tuple[Ids, Floats]
    clashes: tuple[Clash, ...]
    changed: tuple[Ids, Floats] | None = None

    @cached_property
    def _table(self) -> tuple[Ids, Floats]:
        if self.changed is None:
            return self.whole
        ids, rows = self.changed
        items, bounds = self.whole[0], self.whole[1].copy()
        here, there = _both(items, ids)
        bounds[here] = rows[there]
        new = np.delete(np.arange(len(ids)), there)
        place = np.searchsorted(items, ids[new])
        return np.insert(items, place, ids[new]), np.insert(bounds, place, rows[new], axis=0)

    @property
    def items(self) -> Ids:
        """Return the ids, rising."""
        return self._table[0]

    @property
    def bounds(self) -> Floats:
        """Return items × (low, high) × (mass, value) × slots."""
        return self._table[1]

    @property
    def low(self) -> Floats:
        """Return the low bounds, items × (mass, value) × slots."""
        return self.bounds[:, 0]

    @property
    def high(self) -> Floats:
        """Return the high bounds, items × (mass, value) × slots."""
        return self.bounds[:, 1]

    def at(self, ids: Ids) -> Floats:
        """Return the bounds of some items, 0 where an item cannot hold the element."""
        rows = np.zeros((len(ids), *self.whole[1].shape[1:]))
        order = np.argsort(ids, kind="stable")
        for items, bounds in (self.whole, *([self.changed] if self.changed is not None else [])):
            here, there = _both(items, ids[order])
            rows[order[there]] = bounds[here]
        return rows

    def with_rows(self, ids: Ids, rows: Floats, clashes: tuple[Clash, ...]) -> Rolled:
        """Return this with other bounds for some items (ids, rising) and other clashes."""
        if self.changed is not None:
            kept = ~np.isin(self.changed[0], ids, assume_unique=True)
            ids, rows = np.append(self.changed[0][kept], ids), np.concatenate([self.changed[1][kept], rows])
            order = np.argsort(ids, kind="stable")
            ids, rows = ids[order], rows[order]
        made = Rolled(self.whole, clashes, (ids, rows))
        return Rolled(made._table, clashes) if len(ids) > len(self.whole[0]) // 8 else made


def carriers(structure: Structure, statements: Statements) -> dict[str, Ids]:
    """Return for each element the items that can hold it: those that say so, and all that they go into."""
    elements, count = statements.layout.elements, len(structure.names)
    found: dict[str, Ids] = {}
    for begin in range(0, len(elements), 64):
        some = elements[begin : begin + 64]
        bits = np.zeros(count, dtype=np.uint64)
        for number, element in enumerate(some):
            own, dark = statements.own[element], statements.dark
            says = own.items[(own.high > 0).any(axis=(1, 2)) | own.answered]
            bits[says] |= np.uint64(1 << number)
            bits[dark.items[(dark.high(element) > 0).any(axis=1)]] |= np.uint64(1 << number)
        _spread(structure, bits)
        for number, element in enumerate(some):
            found[element] = np.flatnonzero(bits & np.uint64(1 << number))
    return found


def _spread(structure: Structure, bits: npt.NDArray[np.uint64]) -> None:
    """Give every item the bits of all that goes into it."""
    indptr, child = structure.quantity.indptr, structure.quantity.indices
    for begin, end in zip(structure.first[1:-1].tolist(), structure.first[2:].tolist(), strict=True):
        # Every item above level 0 has children: no segment is empty.
        below = bits[child[indptr[begin] : indptr[end]]]
        bits[begin:end] |= np.bitwise_or.reduceat(below, indptr[begin:end] - indptr[begin])


def roll(
    structure: Structure,
    statements: Statements,
    element: str,
    items: Ids,
    way: _gather.Way | None = None,
    given: Rolled | None = None,
) -> Rolled:
    """Return the bounds of an element for items that can hold it.

    Parameters
    ----------
    structure, statements
        The bill of materials and what each item holds by itself.
    element
        One of the layout's elements.
    items
        Ids, rising; all that can hold the element and goes into them must be among them (see `carriers`).
    way
        How to add what the children bring in; by default what is fastest.
    given
        Items among them of which the bounds are known already.
    """
    layout, own = statements.layout, statements.own[element]
    both = start(statements, element, items)
    low, high = both[:, 0], both[:, 1]
    fixed = _both(items, own.items[own.answered])[0]
    checked = np.zeros(len(items), dtype=bool)
    checked[fixed] = True
    if given is not None:
        known = np.searchsorted(items, given.items)
        both[known], checked[known] = given.bounds, False
        fixed = np.union1d(fixed, known)
    first = np.searchsorted(items, structure.first).tolist()
    gather = (way or _gather.chosen(len(structure.known.data) * 4 * layout.size))(structure.known, items)
    uncertain = _Uncertain.among(structure, items)
    open_ = bool(uncertain.masses) or bool(np.isinf(high).any())
    clashes: list[Clash] = []
    for begin, end in itertools.pairwise(first[1:]):
        if begin == end:
            continue
        held = fixed[(fixed >= begin) & (fixed < end)]
        kept = both[held]
        both[held] = 0.0
        gather(both.reshape(len(items), -1), begin, end)
        uncertain.add(layout, low, high, begin, end)
        if open_:
            close_open(statements, items, low, high, begin, end)
        told = checked[held]
        clashes += _clashes(layout, own, items[held[told]], both[held[told]], kept[told])
        both[held] = kept
    return Rolled((items, both), tuple(clashes))


def start(statements: Statements, element: str, items: Ids) -> Floats:
    """Return what each of some items holds by itself: items × (low, high) × (mass, value) × slots."""
    layout, own, dark = statements.layout, statements.own[element], statements.dark
    both = np.zeros((len(items), 2, 2, layout.size))
    here, there = _both(items, dark.items)
    both[here, 1] = np.where(layout.dark, dark.high(element)[there][:, :, None], 0.0)
    here, there = _both(items, own.items)
    both[here, 0], both[here, 1] = own.low[there], own.high[there]
    return both


def close_open(statements: Statements, items: Ids, low: Floats, high: Floats, begin: int, end: int) -> None:
    """Bound by the item's own mass or value what its children leave open: no part takes what another has for sure."""
    ids = items[begin:end]
    for measure, whole in enumerate((statements.mass_kg[ids], statements.value_usd[ids])):
        rows = high[begin:end, measure]
        open_ = np.flatnonzero(np.isinf(rows).any(axis=1) & np.isfinite(whole))
        if len(open_):
            sure = low[begin:end, measure][open_]
            room = np.maximum(whole[open_, None] - (sure[:, :1] - sure), sure)
            rows[open_] = statements.layout.excess(np.minimum(statements.layout.high(rows[open_]), room))


@dataclass(frozen=True)
class _Uncertain:
    """Lines that are no plain multiple: alternatives, and masses of children whose own mass is not known.

    Both by the parent's place, rising; children by their places.
    """

    alternatives: list[tuple[int, Alternatives]]
    masses: list[tuple[int, int, float]]

    @classmethod
    def among(cls, structure: Structure, items: Ids) -> _Uncertain:
        if not structure.mass_of and not structure.alternatives:
            return cls([], [])
        place = {item: n for n, item in enumerate(items.tolist())}
        groups = []
        for parent, found in structure.alternatives.items():
            for group in found if parent in place else ():
                # A child that cannot hold the element has no place; it brings in nothing, row -1.
                child = np.array([place.get(c, -1) for c in group.child.tolist()], dtype=np.int64)
                groups.append((place[parent], replace(group, child=child)))
        masses = [
            (place[parent], place[child], mass)
            for (parent, child), mass in structure.mass_of.items()
            if parent in place and child in place
        ]
        return cls(sorted(groups, key=lambda group: group[0]), sorted(masses))

    def add(self, layout: Layout, low: Floats, high: Floats, begin: int, end: int) -> None:
        """Add to the parents from `begin` to `end` what these lines bring in."""
        for parent, group in _between(self.alternatives, begin, end):
            none = (group.child < 0)[:, None, None]
            lows = np.where(none, 0.0, low[group.child] * group.quantity[:, None, None])
            highs = np.where(none, 0.0, layout.high(high[group.child]) * group.quantity[:, None, None])
            shape, count = low[parent].shape, len(group.child)
            low[parent] += lowest_mix(lows.reshape(count, -1), group.least, group.most).reshape(shape)
            mixed = highest_mix(highs.reshape(count, -1), group.least, group.most).reshape(shape)
            high[parent] += layout.excess(mixed)
        for parent, child, mass in _between(self.masses, begin, end):
            may = high[child, :, 0] > 0
            high[parent] += np.where(layout.dark, np.where(may, [mass, np.inf], 0.0)[:, None], 0.0)


def _between(rows: list[Any], begin: int, end: int) -> list[Any]:
    """Return the rows whose first entry lies in [begin, end)."""
    return rows[bisect_left(rows, begin, key=itemgetter(0)) : bisect_left(rows, end, key=itemgetter(0))]


def _clashes(layout: Layout, own: Own, items: Ids, children: Floats, declared: Floats) -> Iterator[Clash]:
    said, told = layout.high(children[:, 1]), layout.high(declared[:, 1])
    apart = (children[:, 0] > told * (1 + _NEAR)) | (declared[:, 0] > said * (1 + _NEAR))
    for n in np.flatnonzero(apart.any(axis=(1, 2))):
        measure, slot = np.argwhere(apart[n])[0].tolist()
        at = int(own.row[np.searchsorted(own.items, items[n])])
        ours = float(children[n, 0, measure, slot]), float(said[n, measure, slot])
        theirs = float(declared[n, 0, measure, slot]), float(told[n, measure, slot])
        yield Clash(int(items[n]), measure, slot, ours, theirs, at)


def _both(items: Ids, wanted: Ids) -> tuple[Ids, Ids]:
    """Return where the items that stand in both rising lists stand in the first and in the second."""
    if not len(items):
        return items, items
    place = np.minimum(np.searchsorted(items, wanted), len(items) - 1)
    there = np.flatnonzero(items[place] == wanted)
    return place[there], there
