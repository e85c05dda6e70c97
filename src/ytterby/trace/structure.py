"""Which item stands on which level? The bill of materials as numbered items and a sparse matrix of quantities.

Items are numbered so that a child always comes before its parents: level 0 are the items without children, and an
item's level is one more than the highest of its children. A cycle is found here and named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy import sparse

from ytterby.errors import InputError, UnknownNameError
from ytterby.trace._cores import compiled, shared
from ytterby.trace.readers._units import unit
from ytterby.trace.source import Problem

__all__ = ["Alternatives", "Structure", "build", "part"]

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
        return np.unique(_neighbours(self.quantity, items))

    def ancestors(self, items: npt.ArrayLike) -> Ids:
        """Return the items and all that they go into, by id."""
        return _reached(self.parents, np.atleast_1d(np.asarray(items, dtype=np.int64)))


def build(lines: pd.DataFrame, items: pd.DataFrame) -> tuple[Structure, list[Problem]]:
    """Return the structure of a bill of materials and the lines that could not be used.

    Parameters
    ----------
    lines
        As in `Source.lines`; repeated pairs add up.
    items
        As in `Source.items`; the masses of parents and children turn masses into units. Without lines, these are the
        items.

    Raises
    ------
    InputError
        If the lines form a cycle (it is named), or there are neither lines nor items.
    """
    if not len(lines) and not len(items):
        raise InputError("there are no lines and no items")
    problems: list[Problem] = []
    count = len(lines)
    names, parent, child = _interned(lines, items)
    amount, mass = _amounts(lines, items, names, parent, child, problems)
    usable = ~np.isnan(mass)
    if not usable.all():
        parent, child, amount, mass = parent[usable], child[usable], amount[usable], mass[usable]
    level = _levels(parent, child, names)
    rank = np.argsort(level, kind="stable")
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    index = place.astype(np.int32)
    parent, child = index[parent], index[child]  # type: ignore[assignment]
    shape = (len(names), len(names))
    unknown = np.isnan(amount)
    lines = lines if usable.all() else lines[usable]
    alternatives, sure = _alternatives(lines, parent, child, amount)
    matrix = sparse.coo_array((np.where(unknown, 0.0, sure), (parent, child)), shape=shape).tocsr()
    first = np.concatenate([[0], np.cumsum(np.bincount(level, minlength=1))]).astype(np.int64)
    if compiled(100 * count):
        matrix, order, near = _near(matrix, first)
        rank, place, parent, child = rank[order], near[place], near[parent], near[child]
        alternatives = {
            int(near[p]): [replace(group, child=near[group.child]) for group in groups]
            for p, groups in alternatives.items()
        }
    mass_of: dict[tuple[int, int], float] = {}
    for pair in set(zip(parent[unknown].tolist(), child[unknown].tolist(), strict=True)):
        here = (parent == pair[0]) & (child == pair[1]) & unknown
        mass_of[pair] = float(mass[here].sum())
    return Structure(pd.Index(names[rank]), place, matrix, first, alternatives, mass_of, count), problems


def _near(matrix: sparse.csr_array, first: Ids) -> tuple[sparse.csr_array, Ids, Ids]:
    """Return the matrix with the parts of one assembly side by side, the items in that order, and the place of each.

    What is read together then lies together in memory, whatever the order of the file.
    """
    from ytterby.trace import _kernels

    level = np.repeat(np.arange(len(first) - 1), np.diff(first))
    order = _kernels.nearby(matrix.indptr, matrix.indices, first, level)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    indptr = np.zeros_like(matrix.indptr)
    np.cumsum(np.diff(matrix.indptr)[order], out=indptr[1:])
    made = indptr, np.empty_like(matrix.indices), np.empty_like(matrix.data)
    old = matrix.indptr, matrix.indices, matrix.data, order, place
    shared()(lambda low, high: _kernels.moved(*old, made, low, high), 0, len(order))
    return sparse.csr_array((made[2], made[1], indptr), shape=matrix.shape), order, place


def _interned(lines: pd.DataFrame, items: pd.DataFrame) -> tuple[npt.NDArray[np.object_], Ids, Ids]:
    if len(lines) and isinstance(lines["parent"].dtype, pd.ArrowDtype):
        return _numbered(pa.array(lines["parent"]), pa.array(lines["child"]))
    columns = ("parent", "child") if len(lines) else ("item",)
    texts = [pa.chunked_array(pa.array(lines[c] if len(lines) else items[c], pa.large_string())) for c in columns]
    coded = pa.chunked_array([chunk for text in texts for chunk in text.chunks]).combine_chunks().dictionary_encode()
    codes = coded.indices.to_numpy().astype(np.int64)
    names = np.array(coded.dictionary.to_pylist(), dtype=object)
    return (names, codes[: len(lines)], codes[len(lines) :]) if len(lines) else (names, codes[:0], codes[:0])


def _numbered(parent: Any, child: Any) -> tuple[npt.NDArray[np.object_], Ids, Ids]:
    """Return the names of items that are numbered already, without those that no line has."""
    used = np.zeros(len(parent.dictionary), dtype=bool)
    used[parent.indices] = used[child.indices] = True
    place = (np.cumsum(used) - 1).astype(np.int32)
    names = np.array(parent.dictionary.filter(pa.array(used)).to_pylist(), dtype=object)
    return names, place[parent.indices], place[child.indices]


def _amounts(
    lines: pd.DataFrame,
    items: pd.DataFrame,
    names: npt.NDArray[np.object_],
    parent: Ids,
    child: Ids,
    problems: list[Problem],
) -> tuple[Floats, Floats]:
    """Return per line the units of the child (NaN: not known) and, where not known, its mass (NaN: no use)."""
    amount = lines["quantity"].to_numpy(dtype=np.float64).copy()
    mass = np.zeros(len(amount))
    kinds = pa.array(lines["unit"], pa.large_string()).unique().fill_null("").to_pylist()
    meanings = [unit(str(kind)) for kind in kinds]
    if all(m is not None and (m.base, m.factor) == ("pcs", 1.0) for m in meanings):
        return amount, mass
    units, kinds = pd.factorize(lines["unit"].fillna(""))
    meanings = [unit(str(kind)) for kind in kinds]
    table = items.drop_duplicates("item").set_index("item")["mass_kg"].reindex(names).to_numpy(dtype=np.float64)
    for code, meaning in enumerate(meanings):
        here = np.flatnonzero(units == code)
        if meaning is None:
            mass[here] = np.nan
            text = f"unknown unit '{kinds[code]}'; the row is left out"
            problems += [_problem(lines, row, "unit", text) for row in here.tolist()]
        elif meaning.base not in ("kg", "%"):
            amount[here] *= meaning.factor
        else:
            kilograms = amount[here] * meaning.factor
            if meaning.base == "%":
                kilograms = kilograms / 100 * table[parent[here]]
            with np.errstate(divide="ignore", invalid="ignore"):
                amount[here] = np.where(table[child[here]] > 0, kilograms / table[child[here]], np.nan)
            mass[here] = np.where(np.isnan(kilograms), np.inf, kilograms)
            for row in here[np.isnan(amount[here])].tolist():
                lacks = parent if meaning.base == "%" and not table[parent[row]] > 0 else child
                text = f"the mass of '{names[lacks[row]]}' is not known: how many units these are is not known"
                problems.append(_problem(lines, row, "unit", text))
    return amount, mass


def _alternatives(
    lines: pd.DataFrame, parent: Ids, child: Ids, amount: Floats
) -> tuple[dict[int, list[Alternatives]], Floats]:
    """Return the groups of alternatives, and the quantities without them."""
    if not len(lines) or not (lines["alternative"].fillna("") != "").any():
        return {}, amount
    here = np.flatnonzero((lines["alternative"].fillna("") != "").to_numpy(bool) & ~np.isnan(amount))
    sure = amount.copy()
    sure[here] = 0.0
    low = lines["split_low"].fillna(0.0).to_numpy(np.float64)
    high = lines["split_high"].fillna(1.0).to_numpy(np.float64)
    found: dict[int, list[Alternatives]] = {}
    keys = pd.MultiIndex.from_arrays([parent[here], lines["alternative"].to_numpy()[here]])
    group = pd.factorize(keys)[0]
    for number in range(int(group.max(initial=-1)) + 1):
        rows = here[group == number]
        found.setdefault(int(parent[rows[0]]), []).append(
            Alternatives(child[rows], amount[rows], low[rows], high[rows])
        )
    return found, sure


def _problem(lines: pd.DataFrame, row: int, column: str, message: str) -> Problem:
    line = lines.iloc[row]
    number = None if pd.isna(line["row"]) else int(line["row"])
    return Problem(str(line["file"]), number, column, message)


def _levels(parent: Ids, child: Ids, names: npt.NDArray[np.object_]) -> Ids:
    """Return the height of each item above the leaves.

    Raises
    ------
    InputError
        If there is a cycle; its items are named in order.
    """
    count = len(names)
    if compiled(100 * len(child)):
        from ytterby.trace import _kernels

        level = np.asarray(_kernels.levels(parent, child, count))
        if (level >= 0).all():
            return level
    by_child = sparse.csr_array((np.ones(len(child), dtype=np.int8), (child, parent)), shape=(count, count))
    waiting = np.bincount(by_child.indices, minlength=count)
    level = np.full(count, -1, dtype=np.int64)
    ready = np.flatnonzero(waiting == 0)
    height = 0
    while len(ready):
        level[ready] = height
        freed = _neighbours(by_child, ready)
        if len(freed) > count // 8:
            waiting -= np.bincount(freed, minlength=count)
            ready = np.flatnonzero((waiting == 0) & (level < 0))
        else:
            touched, times = np.unique(freed, return_counts=True)
            waiting[touched] -= times
            ready = touched[waiting[touched] == 0]
        height += 1
    if (level < 0).any():
        cycle = _cycle(by_child, level < 0)
        raise InputError(
            "the bill of materials has a cycle: " + " in ".join(str(names[i]) for i in cycle),
            hint="an item cannot be part of itself; correct one of these lines",
        )
    return level


def _cycle(by_child: sparse.csr_array, stuck: npt.NDArray[np.bool_]) -> list[int]:
    """Walk up from a part to its assemblies until an item comes again.

    What has an assembly that is stuck need not lie on a cycle, but each stuck item holds a stuck one: walk down.
    """
    down = by_child.T.tocsr()
    at = int(np.flatnonzero(stuck)[0])
    path: list[int] = []
    seen: dict[int, int] = {}
    while at not in seen:
        seen[at] = len(path)
        path.append(at)
        below = down.indices[down.indptr[at] : down.indptr[at + 1]]
        at = int(below[stuck[below]][0])
    loop = path[seen[at] :]
    start = loop.index(min(loop))
    loop = loop[start:] + loop[:start]
    return [*reversed([*loop, loop[0]])]


def _neighbours(matrix: sparse.csr_array, rows: Ids) -> Ids:
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
        found = _neighbours(matrix, front)
        found = found[~seen[found]]
        seen[found] = True
        # Of an item that was found several times, the last entry keeps its stamp.
        number = np.arange(len(found))
        stamp[found] = number
        front = found[stamp[found] == number]
    return np.flatnonzero(seen)
