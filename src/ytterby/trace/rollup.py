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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from ytterby.trace import _gather
from ytterby.trace._cores import compiled, shared
from ytterby.trace._places import MOST, Places
from ytterby.trace.layout import Layout
from ytterby.trace.mix import highest_mix, lowest_mix
from ytterby.trace.statements import Own, Statements
from ytterby.trace.structure import Alternatives, Structure, part

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
    places
        Which row of `rows` belongs to which item and element.
    number
        The element's, among those of `places`.
    rows
        Rows × (low, high) × (mass, value) × slots; high bounds of origins as excess (`Layout.high` undoes it).
    clashes
        Where an assembly's declaration contradicts its children.
    changed
        Ids, rising, and bounds that take the place of those in `rows` or add to them.
    """

    places: Places
    number: int
    rows: Floats
    clashes: tuple[Clash, ...]
    changed: tuple[Ids, Floats] | None = None

    @cached_property
    def _table(self) -> tuple[Ids, Floats]:
        items, bounds = self.places.items(self.number), self.rows[self.places.rows(self.number)]
        if self.changed is None:
            return items, bounds
        ids, rows = self.changed
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
        row = self.places.find(ids, self.number)
        found = np.zeros((len(ids), *self.rows.shape[1:]))
        found[row >= 0] = self.rows[row[row >= 0]]
        if self.changed is not None and len(self.changed[0]):
            items, bounds = self.changed
            place = np.minimum(np.searchsorted(items, ids), len(items) - 1)
            there = items[place] == ids
            found[there] = bounds[place[there]]
        return found

    def with_rows(self, ids: Ids, rows: Floats, clashes: tuple[Clash, ...]) -> Rolled:
        """Return this with other bounds for some items (ids, rising) and other clashes."""
        if self.changed is not None:
            kept = ~np.isin(self.changed[0], ids, assume_unique=True)
            ids, rows = np.append(self.changed[0][kept], ids), np.concatenate([self.changed[1][kept], rows])
            order = np.argsort(ids, kind="stable")
            ids, rows = ids[order], rows[order]
        made = replace(self, clashes=clashes, changed=(ids, rows))
        if len(ids) * len(self.places.elements) <= self.places.size // 8:
            return made
        items, bounds = made._table
        return Rolled(Places.full(self.places.elements[self.number :][:1], items), 0, bounds, clashes)


def carriers(structure: Structure, statements: Statements, within: Ids | None = None) -> list[Places]:
    """Return for each item which elements it can hold: those that it says, and those of all that goes into it.

    Parameters
    ----------
    structure, statements
        The bill of materials and what each item holds by itself.
    within
        Ids of the only items that count; by default all.
    """
    elements, count = statements.layout.elements, len(structure.names)
    found = []
    for begin in range(0, len(elements), MOST):
        some = elements[begin : begin + MOST]
        bits = np.zeros(count, dtype=np.uint64)
        for number, element in enumerate(some):
            own, dark = statements.own[element], statements.dark
            says = own.items[(own.high > 0).any(axis=(1, 2)) | own.answered]
            bits[says] |= np.uint64(1 << number)
            bits[dark.items[(dark.high(element) > 0).any(axis=1)]] |= np.uint64(1 << number)
        _spread(structure, bits)
        ids = np.arange(count) if within is None else within
        found.append(Places(some, ids, bits if within is None else bits[within]))
    return found


def _spread(structure: Structure, bits: npt.NDArray[np.uint64]) -> None:
    """Give every item the bits of all that goes into it."""
    indptr, child = structure.quantity.indptr, structure.quantity.indices
    levels = zip(structure.first[1:-1].tolist(), structure.first[2:].tolist(), strict=True)
    if compiled(100 * len(child)):
        from ytterby.trace import _kernels

        cores = shared()
        for begin, end in levels:
            cores(lambda low, high: _kernels.spread(indptr, child, bits, low, high), begin, end)
        return
    for begin, end in levels:
        # Every item above level 0 has children: no segment is empty.
        below = bits[child[indptr[begin] : indptr[end]]]
        bits[begin:end] |= np.bitwise_or.reduceat(below, indptr[begin:end] - indptr[begin])


def roll(
    structure: Structure,
    statements: Statements,
    places: Places,
    way: _gather.Way | None = None,
    given: tuple[Ids, Mapping[str, Floats]] | None = None,
) -> dict[str, Rolled]:
    """Return the bounds of some elements for items that can hold them.

    Parameters
    ----------
    structure, statements
        The bill of materials and what each item holds by itself.
    places
        The elements, and which items can hold them; all that can hold one and goes into these must be among them (see
        `carriers`).
    way
        How to add what the children bring in; by default what is fastest.
    given
        Ids of items of which the bounds are known already, and these bounds by element.
    """
    layout, (count, width) = statements.layout, (places.size, 4 * statements.layout.size)
    first = np.searchsorted(places.ids, structure.first).tolist()
    leaves = int(places.begin[first[1]])
    both = np.empty((count, 2, 2, layout.size))
    both[:leaves] = 0.0
    _put(statements, places, both)
    # 1: declared, so checked against what the children say; 2: given.
    state = np.zeros(count, dtype=np.uint8)
    for number, element in enumerate(places.elements):
        own = statements.own[element]
        row = places.find(own.items[own.answered], number)
        state[row[row >= 0]] = 1
        if given is not None:
            row = places.find(given[0], number)
            both[row[row >= 0]], state[row[row >= 0]] = given[1][element][row >= 0], 2
    fixed = np.flatnonzero(state)
    low, high = both[:, 0], both[:, 1]
    quantity = part(structure.known, places.ids)
    gather = (way or _gather.chosen(quantity.nnz * count // max(1, len(places.ids)) * width))(quantity, places)
    uncertain = _Uncertain.among(structure, places)
    open_ = bool(uncertain.masses) or bool(np.isinf(high[:leaves]).any()) or bool(np.isinf(high[fixed]).any())
    clashes: dict[str, list[Clash]] = {element: [] for element in places.elements}
    for place, after in itertools.pairwise(first[1:]):
        begin, end = int(places.begin[place]), int(places.begin[after])
        if begin == end:
            continue
        held = fixed[slice(*np.searchsorted(fixed, (begin, end)))]
        kept = both[held]
        gather(both.reshape(count, -1), place, after)
        uncertain.add(layout, low, high, begin, end)
        ids = places.item(place, after) if open_ or len(held) else places.ids[:0]
        if open_:
            close_open(statements, ids, low[begin:end], high[begin:end])
        told = np.flatnonzero(state[held] == 1)
        for number in np.unique(places.element[held[told]]).tolist():
            some = told[places.element[held[told]] == number]
            element, items = places.elements[number], ids[held[some] - begin]
            clashes[element] += _clashes(layout, statements.own[element], items, both[held[some]], kept[some])
        both[held] = kept
    return {
        element: Rolled(places, number, both, tuple(clashes[element])) for number, element in enumerate(places.elements)
    }


def start(statements: Statements, element: str, items: Ids) -> Floats:
    """Return what each of some items holds by itself: items × (low, high) × (mass, value) × slots."""
    both = np.zeros((len(items), 2, 2, statements.layout.size))
    _put(statements, Places.full((element,), items), both)
    return both


def _put(statements: Statements, places: Places, both: Floats) -> None:
    """Set the rows of the items that hold something by themselves."""
    layout, dark = statements.layout, statements.dark
    for number, element in enumerate(places.elements):
        own, row = statements.own[element], places.find(dark.items, number)
        here = np.flatnonzero(row >= 0)
        both[row[here], 0] = 0.0
        both[row[here], 1] = np.where(layout.dark, dark.high(element)[here][:, :, None], 0.0)
        row = places.find(own.items, number)
        here = np.flatnonzero(row >= 0)
        both[row[here], 0], both[row[here], 1] = own.low[here], own.high[here]


def close_open(statements: Statements, ids: Ids, low: Floats, high: Floats) -> None:
    """Bound by the item's own mass or value what its children leave open: no part takes what another has for sure."""
    for measure, whole in enumerate((statements.mass_kg[ids], statements.value_usd[ids])):
        rows = high[:, measure]
        open_ = np.flatnonzero(np.isinf(rows).any(axis=1) & np.isfinite(whole))
        if len(open_):
            sure = low[open_, measure]
            room = np.maximum(whole[open_, None] - (sure[:, :1] - sure), sure)
            rows[open_] = statements.layout.excess(np.minimum(statements.layout.high(rows[open_]), room))


@dataclass(frozen=True)
class _Uncertain:
    """Lines that are no plain multiple: alternatives, and masses of children whose own mass is not known.

    Both by the parent's row, rising; children by their rows.
    """

    alternatives: list[tuple[int, Alternatives]]
    masses: list[tuple[int, int, float]]

    @classmethod
    def among(cls, structure: Structure, places: Places) -> _Uncertain:
        groups: list[tuple[int, Alternatives]] = []
        masses: list[tuple[int, int, float]] = []
        if not structure.mass_of and not structure.alternatives:
            return cls(groups, masses)
        pairs = np.array(list(structure.mass_of), dtype=np.int64).reshape(-1, 2).T
        found = [(parent, group) for parent, some in structure.alternatives.items() for group in some]
        for number in range(len(places.elements)):
            for row, (_, group) in zip(
                places.find(np.array([p for p, _ in found], dtype=np.int64), number).tolist(), found, strict=True
            ):
                if row >= 0:
                    # A child that cannot hold the element has no row; it brings in nothing, row -1.
                    groups.append((row, replace(group, child=places.find(group.child, number))))
            rows = (places.find(ids, number).tolist() for ids in pairs)
            three = zip(*rows, structure.mass_of.values(), strict=True)
            masses += [(p, c, mass) for p, c, mass in three if p >= 0 and c >= 0]
        return cls(sorted(groups, key=itemgetter(0)), sorted(masses))

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
