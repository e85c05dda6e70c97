"""On which level does each item stand? Items in level order, and what goes into what as a matrix in that order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from ytterby.errors import InputError
from ytterby.trace._cores import compiled, shared
from ytterby.trace.structure import neighbours

__all__ = ["arranged"]

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def arranged(parent: Codes, child: Codes, amount: Floats, names: pa.Array) -> tuple[sparse.csr_array, Ids, Ids]:
    """Return the matrix of quantities, the first item of each level, and the items in that order.

    Parameters
    ----------
    parent, child, amount
        Of each line; lines of the same pair add up.
    names
        Of the items, to name those of a cycle.

    Raises
    ------
    InputError
        If there is a cycle; its items are named in order.
    """
    if compiled(100 * len(child)):
        found = _by_kernels(parent, child, amount, len(names))
        if found is not None:
            return found
    level = _levels(parent, child, names)
    rank = np.argsort(level, kind="stable")
    place = np.empty(len(rank), dtype=np.int32)
    place[rank] = np.arange(len(rank), dtype=np.int32)
    shape = (len(names), len(names))
    matrix = sparse.coo_array((amount, (place[parent], place[child])), shape=shape).tocsr()
    return matrix, _first(level), rank


def _by_kernels(parent: Codes, child: Codes, amount: Floats, count: int) -> tuple[sparse.csr_array, Ids, Ids] | None:
    """Return the same by compiled loops, None where there is a cycle.

    On each level, items stand in the order in which they are reached from above: what is read together then lies
    together in memory, whatever the order of the file.
    """
    from ytterby.trace import _kernels

    rows = _kernels.by_parent(parent, child, amount, count)
    level, reached = _kernels.levels(rows[0], rows[1])
    if len(reached) < count:
        return None
    first = _first(level)
    rank, place = _kernels.ordered(level, reached, first)
    indptr = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.diff(rows[0])[rank], out=indptr[1:])
    made = indptr, np.empty_like(rows[1]), np.empty_like(rows[2])
    shared()(lambda low, high: _kernels.moved(rows, rank, place, made, low, high), 0, count)
    matrix = sparse.csr_array((made[2], made[1], indptr), shape=(count, count))
    matrix.sum_duplicates()
    return matrix, first, rank


def _first(level: npt.NDArray[np.signedinteger]) -> Ids:
    return np.concatenate([[0], np.cumsum(np.bincount(level, minlength=1))]).astype(np.int64)


def _levels(parent: Codes, child: Codes, names: pa.Array) -> Ids:
    """Return the height of each item above the leaves.

    Raises
    ------
    InputError
        If there is a cycle.
    """
    count = len(names)
    by_child = sparse.csr_array((np.ones(len(child), dtype=np.int8), (child, parent)), shape=(count, count))
    waiting = np.bincount(by_child.indices, minlength=count)
    level = np.full(count, -1, dtype=np.int64)
    ready = np.flatnonzero(waiting == 0)
    height = 0
    while len(ready):
        level[ready] = height
        freed = neighbours(by_child, ready)
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
