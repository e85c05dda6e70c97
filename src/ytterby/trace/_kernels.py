"""Compiled loops of the roll-up; only imported where numba is installed.

They are compiled once and kept on disk. None starts threads of its own: they release the interpreter's lock, and the
caller shares the items of a level among ordinary threads, which is safe in any process.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic as numba_intrinsic

__all__ = ["by_parent", "elements", "gather", "levels", "moved", "ordered", "spread"]

compiled: Any = numba.njit(cache=True, nogil=True)
intrinsic: Any = numba_intrinsic
insert_function: Any = cgutils.get_or_insert_function

_AHEAD = 8
"""Lines between a child's row being asked of the memory and its use."""
_SHORT = 64
"""Entries up to which a row is sorted by insertion."""


@intrinsic  # type: ignore[untyped-decorator]
def _prefetch(_: Any, rows: Any, at: Any) -> Any:
    """Ask the memory for rows[at] without waiting for it."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        pointer, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, word, word, word])
        function = insert_function(builder.module, kind, "llvm.prefetch.p0")
        # For reading, to all levels of the cache, as data.
        flags = [ir.Constant(word, n) for n in (0, 3, 1)]
        builder.call(function, [builder.bitcast(builder.gep(data, [args[1]]), pointer), *flags])
        return context.get_dummy_value()

    return numba.types.void(rows, at), emit


@compiled  # type: ignore[untyped-decorator]
def _add(rows: Any, to: Any, end: Any, source: Any, amount: Any) -> None:
    """Add to rows[to:end] the amount times what begins at the source, four at once: rows are multiples of four."""
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    while to < end:
        a = rows[to] + amount * rows[source]
        b = rows[to + one] + amount * rows[source + one]
        c = rows[to + two] + amount * rows[source + two]
        d = rows[to + three] + amount * rows[source + three]
        rows[to], rows[to + one], rows[to + two], rows[to + three] = a, b, c, d
        to += four
        source += four


@compiled  # type: ignore[untyped-decorator]
def gather(
    indptr: Any, indices: Any, data: Any, begin: Any, element: Any, rows: Any, width: int, first: int, last: int
) -> None:
    """Set the rows of the items from `first` to `last` to what their children bring in.

    Rows lie one after the other, `width` numbers each; `begin` is the first row of each item. Indices are unsigned so
    that none has to be tested for being negative.
    """
    one, wide, eight = np.uint64(1), np.uint64(width), np.uint64(8)
    place = np.zeros(64, dtype=np.uint64)
    count = np.uint64(len(indices))
    for item in range(np.uint64(first), np.uint64(last)):
        start, stop = begin[item], begin[item + one]
        if start == stop:
            continue
        for row in range(start, stop):
            place[element[row]] = row * wide
        for n in range(start * wide, stop * wide):
            rows[n] = 0.0
        for line in range(np.uint64(indptr[item]), np.uint64(indptr[item + one])):
            later = line + np.uint64(_AHEAD)
            if later < count:
                child = np.uint64(indices[later])
                for n in range(begin[child] * wide, begin[child + one] * wide, eight):
                    _prefetch(rows, n)
            child, amount = np.uint64(indices[line]), data[line]
            low, high = begin[child], begin[child + one]
            if high - low == stop - start:
                _add(rows, start * wide, stop * wide, low * wide, amount)
                continue
            for row in range(low, high):
                to = place[element[row]]
                _add(rows, to, to + wide, row * wide, amount)


@compiled  # type: ignore[untyped-decorator]
def spread(indptr: Any, indices: Any, bits: Any, first: int, last: int) -> None:
    """Give the items from `first` to `last` the bits of all that goes into them."""
    for item in range(first, last):
        for line in range(indptr[item], indptr[item + 1]):
            bits[item] |= bits[indices[line]]


@compiled  # type: ignore[untyped-decorator]
def elements(bits: Any, begin: Any, element: Any, first: int, last: int) -> None:
    """Set for each row of the items from `first` to `last` the number of its element."""
    for item in range(first, last):
        row, left, number = begin[item], bits[item], 0
        while left:
            if left & np.uint64(1):
                element[row] = number
                row += 1
            left >>= np.uint64(1)
            number += 1


@compiled  # type: ignore[untyped-decorator]
def by_parent(parent: Any, child: Any, amount: Any, count: int) -> Any:
    """Return the lines as a sparse matrix by rows, those of a parent in the order of the file."""
    indptr = np.zeros(count + 1, dtype=np.int32)
    for line in range(len(parent)):
        indptr[parent[line] + 1] += 1
    for item in range(count):
        indptr[item + 1] += indptr[item]
    after = indptr[:-1].copy()
    indices = np.empty(len(parent), dtype=np.int32)
    data = np.empty(len(parent))
    for line in range(len(parent)):
        to = after[parent[line]]
        after[parent[line]] += 1
        indices[to], data[to] = child[line], amount[line]
    return indptr, indices, data


@compiled  # type: ignore[untyped-decorator]
def levels(indptr: Any, indices: Any) -> Any:
    """Return the height of each item above the leaves, and the items, each after all that it goes into (Kahn 1962).

    What lies on a cycle and below is not reached.
    """
    count = len(indptr) - 1
    waiting = np.zeros(count, dtype=np.int32)
    for child in indices:
        waiting[child] += 1
    queue = np.empty(count, dtype=np.int32)
    last = 0
    for item in range(count):
        if waiting[item] == 0:
            queue[last] = item
            last += 1
    at = 0
    while at < last:
        item = queue[at]
        for line in range(indptr[item], indptr[item + 1]):
            child = indices[line]
            waiting[child] -= 1
            if waiting[child] == 0:
                queue[last] = child
                last += 1
        at += 1
    level = waiting
    for at in range(last - 1, -1, -1):
        item, height = queue[at], 0
        for line in range(indptr[item], indptr[item + 1]):
            height = max(height, level[indices[line]] + 1)
        level[item] = height
    return level, queue[:last]


@compiled  # type: ignore[untyped-decorator]
def ordered(level: Any, reached: Any, first: Any) -> Any:
    """Return the items by level, each level in the order in which they are reached, and the place of each."""
    after = first[:-1].copy()
    rank = np.empty(len(level), dtype=np.int64)
    place = np.empty(len(level), dtype=np.int32)
    for item in reached:
        to = after[level[item]]
        after[level[item]] += 1
        rank[to], place[item] = item, to
    return rank, place


@compiled  # type: ignore[untyped-decorator]
def moved(rows: Any, rank: Any, place: Any, made: Any, first: int, last: int) -> None:
    """Write the rows from `first` to `last` of a matrix of which the items stand in another order.

    The entries of a row are sorted, unless it is long; those of the same column keep their order.
    """
    indptr, indices, data = rows
    to_indptr, to_indices, to_data = made
    for item in range(first, last):
        begin = to = to_indptr[item]
        short = to_indptr[item + 1] - begin <= _SHORT
        for line in range(indptr[rank[item]], indptr[rank[item] + 1]):
            column, at = place[indices[line]], to
            while short and at > begin and to_indices[at - 1] > column:
                to_indices[at], to_data[at] = to_indices[at - 1], to_data[at - 1]
                at -= 1
            to_indices[at], to_data[at] = column, data[line]
            to += 1
