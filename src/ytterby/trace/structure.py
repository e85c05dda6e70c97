"""Which item stands on which level? The bill of materials as numbered items and a sparse matrix of quantities.

Items are numbered so that a child always comes before its parents: level 0 are the items without children, and an
item's level is one more than the highest of its children. How it is made of lines: `ytterby.trace.build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from ytterby.errors import UnknownNameError

__all__ = ["Alternatives", "Structure", "neighbours", "part"]

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Alternatives:
    """Children of one parent that take each other's place.

    Parameters
    ----------
    child
        Ids.
    quantity
        Units of each child in one parent that is made with it alone.
    least, most
        Bounds of the share of parents that are made with it; the shares add up to 1.
    """

    child: Ids
    quantity: Floats
    least: Floats
    most: Floats


@dataclass(frozen=True)
class Structure:
    """Items by level and how much of each goes into which.

    Parameters
    ----------
    names
        Name of each item; ids count in level order.
    order
        Ids in the order in which the items appear in the file.
    quantity
        Items by items: row = parent, column = child, so many units of the child in one unit of the parent; a stored 0
        where that is not known or the file says 0.
    first
        First id of each level, and the number of items.
    alternatives
        Parent -> groups of children that take each other's place.
    mass_of
        (parent, child) -> kilograms of the child in the parent, infinite if not known, that come on top of `quantity`
        where it is not known what one unit of the child weighs.
    lines
        Number of lines in the file.
    """

    names: pd.Index
    order: Ids
    quantity: sparse.csr_array
    first: Ids
    alternatives: dict[int, list[Alternatives]]
    mass_of: dict[tuple[int, int], float]
    lines: int

    @cached_property
    def parents(self) -> sparse.csr_array:
        """Return the transpose of `quantity`: row = child, column = parent."""
        return self.quantity.T.tocsr()

    @cached_property
    def known(self) -> sparse.csr_array:
        """Return `quantity` without its zeros."""
        if self.quantity.data.all():
            return self.quantity
        matrix = self.quantity.copy()
        matrix.eliminate_zeros()
        return matrix

    @cached_property
    def at_most(self) -> sparse.csr_array:
        """Return `quantity` with every alternative at its greatest share."""
        if not self.alternatives:
            return self.quantity
        pairs = [(p, g.child, g.quantity * g.most) for p, groups in self.alternatives.items() for g in groups]
        parent = np.concatenate([np.full(len(child), p) for p, child, _ in pairs])
        child, amount = (np.concatenate([pair[n] for pair in pairs]) for n in (1, 2))
        more = sparse.csr_array((amount, (parent, child)), shape=self.quantity.shape)
        return sparse.csr_array(self.quantity + more)

    @cached_property
    def level(self) -> Ids:
        """Return the level of each item."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    @cached_property
    def roots(self) -> Ids:
        """Return the items that go into no other, in the order of the file."""
        return np.asarray(self.order[np.diff(self.parents.indptr)[self.order] == 0])

    @cached_property
    def is_leaf(self) -> npt.NDArray[np.bool_]:
        """Return which items have no children."""
        return np.asarray(np.arange(len(self.names)) < self.first[1])

    def id_of(self, item: str) -> int:
        """Return the number of an item.

        Raises
        ------
        UnknownNameError
            If there is no such item.
        """
        if item not in self.names:
            raise UnknownNameError("item", item, self.names)
        return int(self.names.get_indexer(pd.Index([item]))[0])

    def descendants(self, items: npt.ArrayLike) -> Ids:
        """Return the items and all that goes into them, by id."""
        return _reached(self.quantity, np.atleast_1d(np.asarray(items, dtype=np.int64)))

    def children(self, items: Ids) -> Ids:
        """Return what goes into some items directly, by id."""
        return np.unique(neighbours(self.quantity, items))

    def ancestors(self, items: npt.ArrayLike) -> Ids:
        """Return the items and all that they go into, by id."""
        return _reached(self.parents, np.atleast_1d(np.asarray(items, dtype=np.int64)))


def neighbours(matrix: sparse.csr_array, rows: Ids) -> Ids:
    """Return the columns of all entries of some rows, with repeats."""
    begin, end = matrix.indptr[rows].astype(np.int64), matrix.indptr[rows + 1].astype(np.int64)
    lengths = end - begin
    offsets = np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return np.asarray(matrix.indices[offsets + np.arange(len(offsets))], dtype=np.int64)


def part(quantity: sparse.csr_array, items: Ids) -> sparse.csr_array:
    """Return the rows and columns of some items; unlike an index of the matrix, in the time that these need."""
    if len(items) == quantity.shape[0]:
        return quantity
    begin = quantity.indptr[items]
    count = quantity.indptr[items + 1] - begin
    ends = np.cumsum(count, dtype=np.int64)
    at = np.repeat(begin - (ends - count), count) + np.arange(len(items) and ends[-1])
    child = quantity.indices[at]
    if len(items) * 20 > quantity.shape[0]:
        place = np.full(quantity.shape[0], -1, dtype=np.int64)
        place[items] = np.arange(len(items))
        place = place[child]
        there = place >= 0
    else:
        place = np.minimum(np.searchsorted(items, child), len(items) - 1)
        there = items[place] == child
    indptr = np.concatenate([[0], np.cumsum(there)])[np.concatenate([[0], ends])]
    return sparse.csr_array((quantity.data[at[there]], place[there], indptr), shape=(len(items), len(items)))


def _reached(matrix: sparse.csr_array, start: Ids) -> Ids:
    seen = np.zeros(matrix.shape[0], dtype=bool)
    seen[start] = True
    stamp = np.empty(matrix.shape[0], dtype=np.int64)
    front = start
    while len(front):
        found = neighbours(matrix, front)
        found = found[~seen[found]]
        seen[found] = True
        # Of an item that was found several times, the last entry keeps its stamp.
        number = np.arange(len(found))
        stamp[found] = number
        front = found[stamp[found] == number]
    return np.flatnonzero(seen)
