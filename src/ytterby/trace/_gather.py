"""The inner step of a roll-up: add the children's rows, times their quantities, to their parents' rows.

Numba does it where it is installed (extra `fast`) and the work is worth its start; scipy otherwise. Both add in the
order of the matrix, so their numbers agree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ytterby.trace.structure import part

__all__ = ["Gather", "Way", "by_numba", "by_scipy", "chosen"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Gather = Callable[[Floats, int, int], None]
"""(rows, first, last): to rows[first:last] is added what their children bring in; children come before `first`."""
Way = Callable[[sparse.csr_array, Ids], Gather]
"""(quantities of all items, the items that have rows, rising): how to gather their rows."""

_WORTH = 60_000_000
"""Additions from which it pays to load numba."""


def by_scipy(quantity: sparse.csr_array, items: Ids) -> Gather:
    """Return a gather by products of sparse matrices."""
    own = part(quantity, items)

    def gather(rows: Floats, first: int, last: int) -> None:
        begin, end = own.indptr[first], own.indptr[last]
        level = sparse.csr_array(
            (own.data[begin:end], own.indices[begin:end], own.indptr[first : last + 1] - begin),
            shape=(last - first, first),
        )
        rows[first:last] += level @ rows[:first]

    return gather


def by_numba(quantity: sparse.csr_array, items: Ids) -> Gather:
    """Return a gather by a compiled loop over the quantities as they are."""
    kernel = _kernel()
    place = np.full(quantity.shape[0], -1, dtype=np.int32)
    place[items] = np.arange(len(items), dtype=np.int32)

    def gather(rows: Floats, first: int, last: int) -> None:
        ids = items[first:last]
        kernel(quantity.indptr, quantity.indices, quantity.data, ids, place, rows[:first], rows[first:last])

    return gather


@lru_cache(maxsize=1)
def _kernel() -> Any:
    import numba

    @numba.njit(cache=True, nogil=True)
    def gather(indptr: Any, indices: Any, data: Any, ids: Any, place: Any, below: Any, above: Any) -> None:
        for n in range(len(ids)):
            own = above[n]
            for k in range(indptr[ids[n]], indptr[ids[n] + 1]):
                child = place[indices[k]]
                if child >= 0:
                    row, amount = below[child], data[k]
                    for column in range(len(own)):
                        own[column] += amount * row[column]

    return gather


def chosen(additions: int) -> Way:
    """Return the way that is fastest for so many additions."""
    return by_numba if additions >= _WORTH and find_spec("numba") is not None else by_scipy
