"""Parent–child lines of a native table, read in blocks: a file may be far larger than the memory.

Names are numbered as they come (`_pool`), so that a line takes a few bytes, whatever its names are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from ytterby.errors import InputError
from ytterby.trace.readers._open import Progress
from ytterby.trace.readers._pool import NUMBERED, Pool, is_empty, trimmed
from ytterby.trace.source import LINE_COLUMNS, Problem, Source, lines_frame

__all__ = ["read_lines"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_BYTES = 2**24
"""Bytes of a block."""
_MANY = 100
"""So many problems of one kind are told row by row; the rest are counted."""
_TEXTS = [name for name, kind in LINE_COLUMNS.items() if kind == "text" and name != "file"]
_NUMBERS = [name for name, kind in LINE_COLUMNS.items() if kind == "number"]


@dataclass
class _Told:
    """The problems of one file; rows are places among the rows that were read, until it is known which were."""

    file: str
    found: list[tuple[int, str, str]] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def tell(self, bad: Flags, start: int, column: str, kind: str, text: Callable[[int], str] | None = None) -> None:
        """Tell the rows of a block that are bad; `text` says it in more words than `kind`."""
        room = _MANY - self.counts[column, kind]
        places = np.flatnonzero(bad)
        self.counts[column, kind] += len(places)
        for place in places[: max(room, 0)].tolist():
            self.found.append((start + place, column, text(place) if text else kind))

    def problems(self, rows: npt.NDArray[np.int64], skipped: Sequence[Problem]) -> tuple[Problem, ...]:
        told = [Problem(self.file, int(rows[place]), column, text) for place, column, text in self.found]
        rest = [
            Problem(self.file, None, column, f"{count - _MANY} more rows: {kind}")
            for (column, kind), count in self.counts.items()
            if count > _MANY
        ]
        return tuple(sorted([*told, *rest, *skipped], key=lambda p: (p.row or 0, p.column or "")))


def read_lines(path: Path, names: Sequence[str], separator: str, progress: Progress | None = None) -> Source:
    """Return the lines of a file.

    Parameters
    ----------
    path
        The file.
    names
        Names of its columns.
    separator
        Between two cells.
    progress
        Is told how many bytes are read, and of how many.

    Raises
    ------
    InputError
        If the file is no CSV.
    """
    told, texts = _Told(path.name), [name for name in _TEXTS if name in names]
    items, words = Pool(2), Pool(len(texts) - 2)
    skipped: list[Problem] = []
    numbers: dict[str, list[Floats]] = {name: [] for name in _NUMBERS if name in names}
    lost: list[npt.NDArray[np.int64]] = []
    count, size = 0, path.stat().st_size
    for done, block in enumerate(_blocks(path, names, separator, skipped), 1):
        values = {name: _numbers(block[name], name, separator == ";", count, told) for name in numbers}
        kept = _usable(block, values["quantity"], count, told)
        lost.append(np.flatnonzero(~kept) + count)
        count += len(kept)
        columns = [block[name] if kept.all() else block[name].filter(pa.array(kept)) for name in texts]
        items.add(*columns[:2])
        words.add(*columns[2:])
        for name, parts in numbers.items():
            parts.append(values[name][kept])
        if progress is not None:
            progress(min(done * _BYTES, size), size)
    rows = np.arange(2, 2 + count + len(skipped))
    if skipped:
        rows = np.delete(rows, [problem.row - 2 for problem in skipped if problem.row is not None])
    problems = told.problems(rows, skipped)
    rows = np.delete(rows, np.concatenate(lost)) if any(map(len, lost)) else rows
    table: dict[str, Any] = dict(zip(texts, [*items.columns(), *words.columns()], strict=True))
    pa.default_memory_pool().release_unused()
    for name in _NUMBERS:
        table[name] = (
            np.concatenate([np.zeros(0), *numbers.pop(name)]) if name in numbers else np.full(len(rows), np.nan)
        )
    for name in (*(name for name in _TEXTS if name not in texts), "file"):
        text = pa.array([path.name if name == "file" else ""], pa.string())
        coded = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(rows), dtype=np.int32)), text)
        table[name] = pd.Series(coded, dtype=NUMBERED)
    table["row"] = pd.arrays.IntegerArray(rows, np.zeros(len(rows), dtype=bool))
    return Source("native_bom_csv", lines=lines_frame(pd.DataFrame(table, copy=False)), problems=problems)


def _blocks(path: Path, names: Sequence[str], separator: str, skipped: list[Problem]) -> Iterator[dict[str, pa.Array]]:
    """Yield the columns of each block: texts numbered within the block; a row of more or fewer cells is left out."""

    def handle(row: pcsv.InvalidRow) -> str:
        text = f"{row.actual_columns} cells where the header has {row.expected_columns}; the row is left out"
        skipped.append(Problem(path.name, row.number, None, text))
        return "skip"

    wanted = [name for name in (*_TEXTS, *_NUMBERS) if name in names]
    kinds = dict.fromkeys(_TEXTS, pa.dictionary(pa.int32(), pa.string())) | dict.fromkeys(_NUMBERS, pa.string())
    try:
        reader = pcsv.open_csv(
            path,
            read_options=pcsv.ReadOptions(use_threads=False, column_names=names, skip_rows=1, block_size=_BYTES),
            parse_options=pcsv.ParseOptions(delimiter=separator, invalid_row_handler=handle),
            convert_options=pcsv.ConvertOptions(
                column_types={name: kinds.get(name, pa.string()) for name in names},
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            block = dict(zip(wanted, batch.columns, strict=True))
            yield block | {name: trimmed(block[name]) for name in _TEXTS if name in block}
    except pa.ArrowInvalid as error:
        raise InputError(f"cannot be read as CSV: {error}", where=path.name) from error


def _numbers(cells: pa.Array, name: str, decimal_comma: bool, start: int, told: _Told) -> Floats:
    """Return the numbers in a block, NaN for none; a cell that holds something else is told."""
    cells = pc.utf8_trim_whitespace(cells)
    cells = pc.if_else(pc.equal(cells, ""), None, cells)
    try:
        return np.asarray(cells.cast(pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        text = cells.to_pandas()
    plain = text.str.replace(",", ".") if decimal_comma else text
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    numbers = numbers.where(numbers.abs() != float("inf"))
    bad = (text.notna() & numbers.isna()).to_numpy(dtype=bool)
    done = "the row is left out" if name == "quantity" else "taken as unknown"
    told.tell(bad, start, name, "not a number", lambda at: f"'{text[at]}' is not a number; {done}")
    return np.asarray(numbers)


def _usable(block: Mapping[str, pa.Array], amount: Floats, start: int, told: _Told) -> Flags:
    """Return which rows of a block are lines; a row without parent only says that its child is a root."""
    childless = is_empty(block["child"])
    told.tell(childless, start, "child", "no child is named; the row is left out")
    usable = ~childless & ~is_empty(block["parent"])
    missing = np.isnan(amount)
    if missing.any():
        blank = missing & (pc.utf8_trim_whitespace(block["quantity"]).to_numpy(zero_copy_only=False) == "")
        told.tell(blank & usable, start, "quantity", "no quantity; the row is left out")
    told.tell((amount < 0) & usable, start, "quantity", "a negative quantity; the row is left out")
    return np.asarray(usable & (amount >= 0))
