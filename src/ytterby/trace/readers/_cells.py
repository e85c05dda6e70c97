"""The cells of a table column by column: millions of rows are looked at by their distinct texts.

A column is kept as the number of each row's text among the column's distinct ones, so that what a text means is asked
once a text, not once a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pcsv

from ytterby.trace.readers._grid import Grid, Row

__all__ = ["Column", "Ids", "cells_of", "combined", "firsts", "plain_cells"]

Ids = npt.NDArray[np.int64]

_BLOCK = 8192
"""Rows that are held as text at a time."""
_BYTES = 2**24
"""Bytes of a file that are."""


@dataclass(frozen=True)
class Column:
    """The cells of a column.

    Parameters
    ----------
    codes
        For each row, which of the texts it has.
    texts
        Distinct, but for the blanks around them.
    """

    codes: Ids
    texts: Sequence[str]

    def stripped(self) -> Column:
        """Return the column without the blanks around its texts."""
        return self if all(text is text.strip() for text in self.texts) else self.mapped(str.strip)

    def mapped(self, make: Callable[[str], str]) -> Column:
        """Return the column with another text in the place of each."""
        numbers: dict[str, int] = {}
        place = np.array([numbers.setdefault(make(text), len(numbers)) for text in self.texts], dtype=np.int64)
        return Column(place[self.codes] if len(place) else self.codes, list(numbers))

    def at(self, rows: Ids | npt.NDArray[np.bool_]) -> Column:
        """Return the column of some rows."""
        return Column(self.codes[rows], self.texts)

    def text(self, row: int) -> str:
        """Return the text of a row."""
        return self.texts[int(self.codes[row])]

    def where(self, test: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Return which rows have a text that passes a test."""
        passes = np.array([test(text) for text in self.texts], dtype=bool)
        return passes[self.codes] if len(passes) else np.zeros(len(self.codes), dtype=bool)

    def lacks(self, text: str) -> npt.NDArray[np.bool_]:
        """Return which rows have another text."""
        texts = list(self.texts)
        return np.not_equal(self.codes, texts.index(text) if text in texts else -1)

    @classmethod
    def of(cls, text: str, count: int) -> Column:
        """Return a column of one text."""
        return cls(np.zeros(count, dtype=np.int64), [text])


def cells_of(rows: Iterable[Row], wanted: Sequence[int]) -> tuple[Ids, dict[int, Column]]:
    """Return the numbers of the rows and the wanted columns; a cell that is not there is empty."""
    numbers: list[Ids] = []
    blocks: dict[int, list[pa.DictionaryArray]] = {index: [] for index in wanted}
    found = iter(rows)
    while block := list(islice(found, _BLOCK)):
        numbers.append(np.fromiter((number for number, _ in block), dtype=np.int64, count=len(block)))
        columns = list(zip_longest(*(cells for _, cells in block), fillvalue=""))
        for index, texts in blocks.items():
            cells = columns[index] if index < len(columns) else [""] * len(block)
            texts.append(pa.array(cells, pa.string()).dictionary_encode())
    row = np.concatenate([np.zeros(0, dtype=np.int64), *numbers])
    return row, {index: _column(texts) for index, texts in blocks.items()}


def _column(blocks: list[pa.DictionaryArray]) -> Column:
    coded = pa.chunked_array(blocks, pa.dictionary(pa.int32(), pa.string())).unify_dictionaries()
    codes = [chunk.indices.to_numpy().astype(np.int64) for chunk in coded.chunks]
    texts = max((chunk.dictionary for chunk in coded.chunks), key=len).to_pylist() if codes else []
    return Column(np.concatenate([np.zeros(0, dtype=np.int64), *codes]), texts)


def plain_cells(grid: Grid, wanted: Sequence[int], width: int, after: int) -> tuple[Ids, dict[int, Column]] | None:
    """Return what `cells_of` returns of a CSV file that needs no care; None of one that does.

    No care needs a file in UTF-8 without quotes in which all rows have the same number of cells, some of the wanted
    ones not empty.

    Parameters
    ----------
    grid
        The table.
    wanted
        Columns.
    width
        Number of columns.
    after
        Number of the last row that is passed over.
    """
    if grid.sheet or not grid.opened.encoding.startswith("utf-8") or _needs_care(grid.opened.path):
        return None
    blank: list[int] = []

    def handle(row: pcsv.InvalidRow) -> str:
        blank.append(row.number)
        return "error" if row.text.strip() else "skip"

    names = [str(index) for index in range(width)]
    try:
        batches = pcsv.open_csv(
            grid.opened.path,
            read_options=pcsv.ReadOptions(use_threads=False, column_names=names, skip_rows=after, block_size=_BYTES),
            parse_options=pcsv.ParseOptions(
                delimiter=grid.delimiter, quote_char=False, ignore_empty_lines=False, invalid_row_handler=handle
            ),
            convert_options=pcsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[index] for index in wanted],
                strings_can_be_null=False,
            ),
        )
        blocks = []
        for batch in batches:
            blocks.append([column.dictionary_encode() for column in batch.columns])
            if grid.opened.progress is not None:
                size = grid.opened.path.stat().st_size
                grid.opened.progress(min(len(blocks) * _BYTES, size), size)
    except pa.ArrowInvalid:
        return None
    columns = {index: _column([block[n] for block in blocks]) for n, index in enumerate(wanted)}
    if not np.logical_or.reduce([column.lacks("") for column in columns.values()]).all():
        return None
    count = sum(len(block[0]) for block in blocks)
    row = np.delete(np.arange(count + len(blank)), np.array(blank, dtype=np.int64) - after - 1) + after + 1
    return row, columns


def _needs_care(path: Path) -> bool:
    """Whether a file has quotes, or ends lines in an uncommon way, or a character that stands for a broken one."""
    last = b""
    with path.open("rb") as file:
        while block := file.read(_BYTES):
            text = last + block
            if (
                b'"' in text
                or b"\xef\xbf\xbd" in text
                or text.count(b"\r") > text.count(b"\r\n") + text.endswith(b"\r")
            ):
                return True
            last = block[-2:]
    return last.endswith(b"\r")


def firsts(codes: Ids) -> Ids:
    """Return the first row of each number; -1 where there is none.

    Examples
    --------
    >>> firsts(np.array([0, 2, 0]))
    array([ 0, -1,  1])
    """
    first = np.full(int(codes.max(initial=-1)) + 1, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def combined(columns: Iterable[Ids]) -> Ids:
    """Return one number for each combination of numbers.

    Examples
    --------
    >>> combined([np.array([0, 0, 1, 0]), np.array([5, 7, 5, 5])])
    array([0, 1, 2, 0])
    """
    found: Ids | None = None
    for codes in columns:
        joint = codes if found is None else found * (int(codes.max(initial=0)) + 1) + codes
        found = np.asarray(pd.factorize(joint)[0], dtype=np.int64)
    if found is None:
        raise ValueError("no columns")
    return found
