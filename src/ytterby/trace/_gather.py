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

__all__ = ["Gather", "by_numba", "by_scipy", "chosen"]

Floats = npt.NDArray[np.float64]
Gather = Callable[[sparse.csr_array, Floats, int, int], None]
"""(quantities, rows, first, last): rows[first:last] += quantities[first:last] @ rows; children come before `first`."""

_WORTH = 20_000_000
"""Additions from which it pays to load numba."""


def by_scipy(quantity: sparse.csr_array, rows: Floats, first: int, last: int) -> None:
    """Add the children's rows to the rows from `first` to `last`."""
    begin, end = quantity.indptr[first], quantity.indptr[last]
    part = sparse.csr_array(
        (quantity.data[begin:end], quantity.indices[begin:end], quantity.indptr[first : last + 1] - begin),
        shape=(last - first, first),
    )
    rows[first:last] += part @ rows[:first]


@lru_cache(maxsize=1)
def _kernel() -> Any:
    import numba

    @numba.njit(parallel=True, cache=True, nogil=True)
    def gather(indptr: Any, indices: Any, data: Any, rows: Any, first: int, last: int) -> None:
        for item in numba.prange(first, last):
            own = rows[item]
            for k in range(indptr[item], indptr[item + 1]):
                amount = data[k]
                child = rows[indices[k]]
                for column in range(rows.shape[1]):
                    own[column] += amount * child[column]

    return gather


def by_numba(quantity: sparse.csr_array, rows: Floats, first: int, last: int) -> None:
    """Add the children's rows to the rows from `first` to `last`, in parallel."""
    _kernel()(quantity.indptr, quantity.indices, quantity.data, rows, first, last)


def chosen(additions: int) -> Gather:
    """Return the way that is fastest for so many additions."""
    return by_numba if additions >= _WORTH and find_spec("numba") is not None else by_scipy
