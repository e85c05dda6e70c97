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

__all__ = ["elements", "gather", "levels", "moved", "nearby", "spread"]

compiled: Any = numba.njit(cache=True, nogil=True)
intrinsic: Any = numba_intrinsic
insert_function: Any = cgutils.get_or_insert_function

_AHEAD = 8
"""Lines between a child's row being asked of the memory and its use."""


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
def levels(parent: Any, child: Any, count: int) -> Any:
    """Return the height of each item above the leaves, -1 on a cycle and above (Kahn 1962)."""
    begin = np.zeros(count + 1, dtype=np.int64)
    waiting = np.zeros(count, dtype=np.int32)
    for line in range(len(child)):
        begin[child[line] + 1] += 1
        waiting[parent[line]] += 1
    for item in range(count):
        begin[item + 1] += begin[item]
    above = np.empty(len(child), dtype=np.int32)
    place = begin[:-1].copy()
    for line in range(len(child)):
        above[place[child[line]]] = parent[line]
        place[child[line]] += 1
    level = np.zeros(count, dtype=np.int64)
    queue = np.empty(count, dtype=np.int64)
    last = 0
    for item in range(count):
        if waiting[item] == 0:
            queue[last] = item
            last += 1
    at = 0
    while at < last:
        item = queue[at]
        for line in range(begin[item], begin[item + 1]):
            over = above[line]
            level[over] = max(level[over], level[item] + 1)
            waiting[over] -= 1
            if waiting[over] == 0:
                queue[last] = over
                last += 1
        at += 1
    for item in range(count):
        if waiting[item] > 0:
            level[item] = -1
    return level


@compiled  # type: ignore[untyped-decorator]
def nearby(indptr: Any, indices: Any, first: Any, level: Any) -> Any:
    """Return the items in an order that keeps the levels and puts the parts of one assembly side by side."""
    order = np.empty(len(level), dtype=np.int64)
    after = first[:-1].copy()
    seen = np.zeros(len(level), dtype=np.bool_)
    for height in range(len(first) - 2, -1, -1):
        for item in range(first[height], first[height + 1]):
            if not seen[item]:
                order[after[height]] = item
                after[height] += 1
        for place in range(first[height], first[height + 1]):
            parent = order[place]
            for line in range(indptr[parent], indptr[parent + 1]):
                child = indices[line]
                if not seen[child]:
                    seen[child] = True
                    order[after[level[child]]] = child
                    after[level[child]] += 1
    return order


@compiled  # type: ignore[untyped-decorator]
def moved(indptr: Any, indices: Any, data: Any, order: Any, place: Any, made: Any, first: int, last: int) -> None:
    """Write the rows from `first` to `last` of a matrix of which the items stand in another order.

    The entries of a row keep theirs, so that sums over them stay the same to the last bit.
    """
    to_indptr, to_indices, to_data = made
    for item in range(first, last):
        to = to_indptr[item]
        for line in range(indptr[order[item]], indptr[order[item] + 1]):
            to_indices[to] = place[indices[line]]
            to_data[to] = data[line]
            to += 1
