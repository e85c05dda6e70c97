"""Which item can hold which element, and in which row of a roll-up does it stand?

A roll-up has one row for each item and each element that it can hold: rows go by item, and those of one item by
element, so that all that a child brings to its parent lies together in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ytterby.trace._cores import compiled, shared

__all__ = ["MOST", "Places"]

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST = 64
"""Elements that one roll-up can carry."""


@dataclass(frozen=True)
class Places:
    """Rows of a roll-up.

    Parameters
    ----------
    elements
        What is rolled up together, at most `MOST`.
    ids
        Items, rising.
    bits
        For each item which elements it can hold: bit n stands for the n-th.
    """

    elements: tuple[str, ...]
    ids: Ids
    bits: npt.NDArray[np.uint64]

    @classmethod
    def full(cls, elements: tuple[str, ...], ids: Ids) -> Places:
        """Return the places where each item can hold each element."""
        return cls(elements, ids, np.full(len(ids), (1 << len(elements)) - 1, dtype=np.uint64))

    @cached_property
    def begin(self) -> Ids:
        """Return the first row of each item, and the number of rows."""
        begin = np.zeros(len(self.ids) + 1, dtype=np.int64)
        np.cumsum(np.bitwise_count(self.bits), out=begin[1:])
        return begin

    @cached_property
    def element(self) -> npt.NDArray[np.uint8]:
        """Return for each row the number of its element."""
        if compiled(100 * self.size):
            from ytterby.trace import _kernels

            element = np.empty(self.size, dtype=np.uint8)
            shared()(lambda low, high: _kernels.elements(self.bits, self.begin, element, low, high), 0, len(self.ids))
            return element
        used = (len(self.elements) + 7) // 8
        octets = self.bits.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8)[:, :used]
        return np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))[1].astype(np.uint8)

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return int(self.begin[-1])

    def item(self, begin: int, end: int) -> Ids:
        """Return the id for each row of the items from place `begin` to `end`."""
        return np.repeat(self.ids[begin:end], np.diff(self.begin[begin : end + 1]))

    def has(self, number: int) -> Flags:
        """Return for each item whether it can hold an element."""
        return _bit(self.bits, number)

    def items(self, number: int) -> Ids:
        """Return the ids of the items that can hold an element."""
        return np.asarray(self.ids[self.has(number)])

    def rows(self, number: int) -> Ids:
        """Return the rows of an element."""
        at = np.flatnonzero(self.has(number))
        return self._row(at, self.bits[at], number)

    def find(self, ids: Ids, number: int) -> Ids:
        """Return the row of an element for each of some items, -1 where there is none."""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int64)
        last = len(self.ids) - 1
        at = np.minimum(ids if self.ids[-1] == last else np.searchsorted(self.ids, ids), last)
        there, bits = self.ids[at] == ids, self.bits[at]
        return np.where(there & _bit(bits, number), self._row(at, bits, number), -1)

    def _row(self, at: Ids, bits: npt.NDArray[np.uint64], number: int) -> Ids:
        before = np.bitwise_count(bits & np.uint64((1 << number) - 1))
        return np.asarray(self.begin[at] + before, dtype=np.int64)


def _bit(bits: npt.NDArray[np.uint64], number: int) -> Flags:
    return np.asarray(bits & np.uint64(1 << number), dtype=bool)
