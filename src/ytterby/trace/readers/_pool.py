"""Texts of columns numbered block by block, so that a file far larger than the memory can be read.

A text is kept once, however many rows have it; a row keeps its number.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["NUMBERED", "Pool", "is_empty", "trimmed"]

NUMBERED = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
"""Texts that are kept once, and their numbers. A pandas category would look up all of them once more."""
Codes = npt.NDArray[np.int32]


class Pool:
    """Columns that share their distinct texts.

    Parameters
    ----------
    count
        How many columns.

    Examples
    --------
    >>> pool = Pool(2)
    >>> pool.add(pa.array(["b", "a"]).dictionary_encode(), pa.array(["a", "c"]).dictionary_encode())
    >>> one, other = pool.columns()
    >>> list(one), list(other)
    (['b', 'a'], ['a', 'c'])
    """

    def __init__(self, count: int) -> None:
        self._texts = pa.array([], pa.string())
        self._codes: list[list[Codes]] = [[] for _ in range(count)]
        self._waiting: list[tuple[pa.DictionaryArray, ...]] = []
        self._size = 0

    def add(self, *columns: pa.DictionaryArray) -> None:
        """Add a block of each column."""
        self._waiting.append(columns)
        self._size += sum(len(column.dictionary) for column in columns)
        if self._size > len(self._texts):  # so that texts that are known are looked at a few times only
            self._number()

    def _number(self) -> None:
        # The texts that are known come first and so keep their numbers.
        known = pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), self._texts)
        blocks = [column for columns in self._waiting for column in columns]
        self._waiting.clear()
        coded = pa.chunked_array([known, *blocks]).unify_dictionaries()
        self._texts = coded.chunk(0).dictionary
        self._size = 0
        for place, chunk in enumerate(coded.chunks[1:]):
            self._codes[place % len(self._codes)].append(chunk.indices.to_numpy())

    def columns(self) -> list[pd.Series]:
        """Return the columns, of the type that `NUMBERED` is for; their blocks are given up."""
        self._number()
        found = []
        for parts in self._codes:
            codes = np.concatenate([np.zeros(0, dtype=np.int32), *parts])
            parts.clear()
            coded = pa.DictionaryArray.from_arrays(pa.array(codes), self._texts)
            found.append(pd.Series(coded, dtype=NUMBERED))
        return found


def trimmed(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return a column without the blanks around its texts."""
    texts = pc.utf8_trim_whitespace(column.dictionary)
    if texts.equals(column.dictionary):
        return column
    coded = texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.take(column.indices), coded.dictionary)


def is_empty(column: pa.DictionaryArray) -> npt.NDArray[np.bool_]:
    """Return which rows of a trimmed column are empty."""
    empty = pc.index(column.dictionary, "").as_py()
    return np.asarray(column.indices.to_numpy() == empty)
