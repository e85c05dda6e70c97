"""Where is what I read? A folder of Parquet tables that other tools open too, written whole or not at all.

A workspace holds `items.parquet`, `lines.parquet`, `declarations.parquet`, `problems.parquet` and `workspace.json`
with the format. It is written to a temporary folder beside it, which then takes its place.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ytterby.errors import InputError, UsageError
from ytterby.trace.readers._pool import Pool
from ytterby.trace.source import LINE_COLUMNS, Problem, Source, declarations_frame, items_frame, lines_frame

__all__ = ["is_workspace", "load", "save"]

_NAMES = ("items", "lines", "declarations")
_MANIFEST = "workspace.json"
_TEXTS = [name for name, kind in LINE_COLUMNS.items() if kind == "text"]
_ROWS = 1_000_000
"""Rows of a block."""
_VERSION = "ytterby-workspace/1"


def is_workspace(path: Path) -> bool:
    """Return whether a path is a folder that `save` wrote."""
    return (path / _MANIFEST).is_file()


def save(source: Source, folder: Path, *, replace: bool = False) -> None:
    """Write a source as a workspace, all of it or nothing.

    Parameters
    ----------
    source
        What was read.
    folder
        Where to; its parent must be there.
    replace
        Whether a workspace that is there is replaced.

    Raises
    ------
    UsageError
        If the folder is there and not a workspace to be replaced, or cannot be written.
    """
    if folder.exists() and not (replace and is_workspace(folder)):
        hint = "--replace puts the new one in its place" if is_workspace(folder) else "name a folder that is not there"
        raise UsageError("the folder is there already", where=str(folder), hint=hint)
    if not folder.absolute().parent.is_dir():
        raise UsageError(f"there is no folder '{folder.parent}'", where=str(folder), hint="make it, or write elsewhere")
    try:
        with tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=f".{folder.name}-") as name:
            made = Path(name) / "new"
            made.mkdir()
            for table in _NAMES:
                _write(getattr(source, table), made / f"{table}.parquet")
            problems = pd.DataFrame([asdict(p) for p in source.problems], columns=["file", "row", "column", "message"])
            problems.astype({"row": "Int64"}).to_parquet(made / "problems.parquet", index=False)
            manifest = {"version": _VERSION, "format": source.format}
            (made / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
            _put(made, folder, Path(name) / "old")
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", where=str(folder)) from error


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table block by block, texts that are numbered as texts: each block has a dictionary of its own."""
    frame = table.iloc[:0].astype({n: "str" for n, kind in table.dtypes.items() if isinstance(kind, pd.ArrowDtype)})
    schema = pa.Schema.from_pandas(frame, preserve_index=False)
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, max(len(table), 1), _ROWS):
            block = table.iloc[start : start + _ROWS]
            columns = [pa.array(block[field.name]).cast(field.type) for field in schema]
            writer.write_table(pa.table(columns, schema=schema))


def _put(made: Path, folder: Path, old: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def load(folder: Path) -> Source:
    """Return what a workspace holds.

    Raises
    ------
    InputError
        If the folder is no workspace, or of a version that is not known.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        tables = {
            name: pd.read_parquet(folder / f"{name}.parquet") for name in (*_NAMES, "problems") if name != "lines"
        }
        lines = _lines(folder / "lines.parquet")
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"no workspace can be read: {error}", where=str(folder)) from error
    if manifest.get("version") != _VERSION:
        raise InputError(f"unknown version '{manifest.get('version')}'", where=str(folder / _MANIFEST))
    problems = tuple(
        Problem(
            row["file"],
            None if pd.isna(row["row"]) else int(row["row"]),
            None if pd.isna(row["column"]) else str(row["column"]),
            row["message"],
        )
        for row in tables["problems"].to_dict("records")
    )
    return Source(
        str(manifest["format"]),
        items_frame(tables["items"]),
        lines_frame(lines),
        declarations_frame(tables["declarations"]),
        problems,
    )


def _lines(path: Path) -> pd.DataFrame:
    """Return the lines, their texts numbered block by block: each is kept once, however many lines have it."""
    items, words, rest = Pool(2), Pool(len(_TEXTS) - 2), []
    with pq.ParquetFile(path, read_dictionary=_TEXTS) as file:
        for number in range(file.num_row_groups):
            block = file.read_row_group(number)
            texts = [_numbered(block[name]) for name in _TEXTS]
            items.add(*texts[:2])
            words.add(*texts[2:])
            rest.append(block.drop_columns(_TEXTS))
    numbers = pa.concat_tables(rest)
    rest.clear()
    # Column by column: what is turned into numpy's arrays is given up.
    table: pd.DataFrame = numbers.to_pandas(split_blocks=True, self_destruct=True)
    del numbers
    return table.assign(**dict(zip(_TEXTS, [*items.columns(), *words.columns()], strict=True)))


def _numbered(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column of texts with each of them once; none is an empty text."""
    if column.null_count:
        column = column.cast(pa.string()).fill_null("").dictionary_encode()
    coded = column.unify_dictionaries().combine_chunks()
    return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.string()))
