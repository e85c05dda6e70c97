"""The inner step of a roll-up: each parent's rows are the sums of its children's rows, times their quantities.

Numba does it on all cores where it is installed (extra `fast`) and the work is worth its start; scipy otherwise. Both
add in the order of the matrix, so their numbers agree.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ytterby.trace._cores import compiled, shared
from ytterby.trace._places import Places
from ytterby.trace.structure import part

__all__ = ["Gather", "Way", "by_numba", "by_scipy", "chosen"]

Floats = npt.NDArray[np.float64]
Gather = Callable[[Floats, int, int], None]
"""(rows, first, last): sets the rows of the items from `first` to `last`; their children come before `first`."""
Way = Callable[[sparse.csr_array, Places], Gather]
"""(quantities among the items, rows of the items): how to gather."""


def by_scipy(quantity: sparse.csr_array, places: Places) -> Gather:
    """Return a gather by products of sparse matrices: row by row of the roll-up in place of item by item."""
    ids, size, begin = np.arange(len(places.ids)), places.size, places.begin
    parts = []
    for number in range(len(places.elements)):
        row = places.rows(number)
        lines = part(quantity, ids[places.has(number)]).tocoo()
        parts.append((row[lines.row], row[lines.col], lines.data))
    parent, child, amount = (np.concatenate(found) for found in zip(*parts, strict=True))
    own = sparse.csr_array((amount, (parent, child)), shape=(size, size))

    def gather(rows: Floats, first: int, last: int) -> None:
        low, high = int(begin[first]), int(begin[last])
        here = slice(own.indptr[low], own.indptr[high])
        level = sparse.csr_array(
            (own.data[here], own.indices[here], own.indptr[low : high + 1] - own.indptr[low]), shape=(high - low, low)
        )
        rows[low:high] = level @ rows[:low]

    return gather


def by_numba(quantity: sparse.csr_array, places: Places) -> Gather:
    """Return a gather by a compiled loop over the quantities as they are."""
    from ytterby.trace import _kernels

    begin, element = places.begin.view(np.uint64), places.element
    cores = shared()

    def gather(rows: Floats, first: int, last: int) -> None:
        flat, width = rows.reshape(-1), rows.shape[1]

        def some(low: int, high: int) -> None:
            _kernels.gather(quantity.indptr, quantity.indices, quantity.data, begin, element, flat, width, low, high)

        cores(some, first, last)

    return gather


def chosen(additions: int) -> Way:
    """Return the way that is fastest for so many additions."""
    return by_numba if compiled(additions) else by_scipy
