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

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ytterby.trace import _gather
from ytterby.trace.layout import Layout
from ytterby.trace.mix import highest_mix, lowest_mix
from ytterby.trace.statements import Own, Statements
from ytterby.trace.structure import Alternatives, Structure

__all__ = ["Clash", "Rolled", "carriers", "roll"]

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
    items
        Ids, rising.
    low, high
        items × (mass, value) × slots; high bounds of origins as excess (`Layout.high` undoes it).
    clashes
        Where an assembly's declaration contradicts its children.
    """

    items: Ids
    low: Floats
    high: Floats
    clashes: tuple[Clash, ...]


def carriers(structure: Structure, statements: Statements, element: str) -> Ids:
    """Return the items that can hold an element: those that say so, and all that they go into."""
    own = statements.own[element]
    says = own.items[(own.high > 0).any(axis=(1, 2)) | own.answered]
    dark = statements.dark.items[(statements.dark.high(element) > 0).any(axis=1)]
    if len(dark) + len(says) > len(structure.names) // 2:
        return np.arange(len(structure.names))
    return structure.ancestors(np.concatenate([says, dark]))


def roll(
    structure: Structure,
    statements: Statements,
    element: str,
    within: Ids | None = None,
    gather: _gather.Gather | None = None,
) -> Rolled:
    """Return the bounds of an element for every item that can hold it.

    Parameters
    ----------
    structure, statements
        The bill of materials and what each item holds by itself.
    element
        One of the layout's elements.
    within
        Only these items; all that goes into them must be among them.
    gather
        How to add the children; by default what is fastest.
    """
    items = carriers(structure, statements, element)
    if within is not None:
        items = np.intersect1d(items, within, assume_unique=True)
    low, high = start(statements, element, items)
    own = statements.own[element]
    fixed = _places(items, own.items[own.answered])
    quantity = _part(structure.known, items)
    first = np.searchsorted(items, structure.first)
    way = gather or _gather.chosen(quantity.nnz * low[0].size * 2 if len(items) else 0)
    uncertain = _Uncertain.among(structure, items)
    clashes: list[Clash] = []
    flat_low, flat_high = low.reshape(len(items), -1), high.reshape(len(items), -1)
    for begin, end in zip(first[1:-1].tolist(), first[2:].tolist(), strict=True):
        if begin == end:
            continue
        held = fixed[(fixed >= begin) & (fixed < end)]
        kept = low[held].copy(), high[held].copy()
        low[held] = high[held] = 0.0
        way(quantity, flat_low, begin, end)
        way(quantity, flat_high, begin, end)
        uncertain.add(statements.layout, low, high, begin, end)
        close_open(statements, items, low, high, begin, end)
        clashes += _clashes(statements.layout, own, items[held], (low[held], high[held]), kept)
        low[held], high[held] = kept
    return Rolled(items, low, high, tuple(clashes))


def start(statements: Statements, element: str, items: Ids) -> tuple[Floats, Floats]:
    """Return what each of some items holds by itself: low and high, items × (mass, value) × slots."""
    layout, own, dark = statements.layout, statements.own[element], statements.dark
    low, high = (np.zeros((len(items), 2, layout.size)) for _ in range(2))
    here, there = _both(items, dark.items)
    high[here] = np.where(layout.dark, dark.high(element)[there][:, :, None], 0.0)
    here, there = _both(items, own.items)
    low[here], high[here] = own.low[there], own.high[there]
    return low, high


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


def _clashes(
    layout: Layout, own: Own, items: Ids, children: tuple[Floats, Floats], declared: tuple[Floats, Floats]
) -> Iterator[Clash]:
    said, told = layout.high(children[1]), layout.high(declared[1])
    apart = (children[0] > told * (1 + _NEAR)) | (declared[0] > said * (1 + _NEAR))
    for n in np.flatnonzero(apart.any(axis=(1, 2))):
        measure, slot = np.argwhere(apart[n])[0].tolist()
        place = n, measure, slot
        at = int(own.at[np.searchsorted(own.items, items[n])])
        ours, theirs = (float(children[0][place]), float(said[place])), (float(declared[0][place]), float(told[place]))
        yield Clash(int(items[n]), measure, slot, ours, theirs, at)


def _part(matrix: sparse.csr_array, items: Ids) -> sparse.csr_array:
    return matrix if len(items) == matrix.shape[0] else matrix[items][:, items]


def _places(items: Ids, wanted: Ids) -> Ids:
    return _both(items, wanted)[0]


def _both(items: Ids, wanted: Ids) -> tuple[Ids, Ids]:
    """Return where the items that stand in both rising lists stand in the first and in the second."""
    _, here, there = np.intersect1d(items, wanted, assume_unique=True, return_indices=True)
    return here, there
