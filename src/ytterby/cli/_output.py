"""One way to write a result: a table in the terminal, JSON, JSON Lines, CSV or Parquet; to stdout or a file."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from ytterby.canonical import dumps, rounded, safe_cell
from ytterby.errors import UsageError

__all__ = ["Format", "infer_format", "rows_text", "write", "write_rows"]

Format = Literal["table", "json", "jsonl", "csv", "parquet"]
_WHOLE = 44
"""Up to so many characters a cell is not broken: an id or a number in two lines can be neither read nor copied."""
_LEAST = 24
"""Width that a column of longer text keeps, if need be beyond the width of the terminal."""
_MANY = 1000
"""Number of rows from which a table whose cells are all short is aligned without the table writer, which is slow."""
_BY_SUFFIX = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".md": "md",
    ".html": "html",
    ".txt": "table",
}


def infer_format(
    fmt: str | None,
    output: Path | None,
    default: str,
    known: Sequence[str] = ("table", "json", "jsonl", "csv", "parquet"),
) -> str:
    """Return the format asked for, else the one of the `known` that the file's suffix names, else `default`."""
    if fmt is not None:
        return fmt
    if output is None:
        return default
    found = _BY_SUFFIX.get(output.suffix.lower())
    if found is None or found not in known:
        suffixes = ", ".join(suffix for suffix, name in _BY_SUFFIX.items() if name in known)
        raise UsageError(
            f"cannot tell the format from the suffix '{output.suffix}'",
            where=str(output),
            hint=f"known: {suffixes}",
        )
    return found


def write(content: str | bytes | Iterable[str], output: Path | None) -> None:
    """Write to standard output, or to `output` whole or not at all (a temporary file, then a rename).

    What is large may come in pieces of text.
    """
    pieces = [content] if isinstance(content, str | bytes) else content
    data = (piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(data)
        sys.stdout.buffer.flush()
        return
    if not output.parent.is_dir():
        raise UsageError(f"there is no folder '{output.parent}'", where=str(output), hint="make it, or write elsewhere")
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, delete=False) as f:
            f.writelines(data)
        Path(f.name).chmod(0o666 & ~_umask())
        Path(f.name).replace(output)
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", where=str(output)) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def rows_text(
    rows: Sequence[Mapping[str, Any]], *, title: str | None = None, columns: Sequence[str] | None = None
) -> str:
    """Return rows as a table for the terminal; numbers to the right, at most six significant digits."""
    names = list(columns or (rows[0] if rows else []))
    tty = sys.stdout.isatty()
    cells = [[_cell(row.get(n)) for n in names] for row in rows]
    numbers = [bool(rows) and all(isinstance(r.get(name), int | float | None) for r in rows) for name in names]
    longest = [max(map(len, (name, *(c[n] for c in cells)))) for n, name in enumerate(names)]
    if len(cells) >= _MANY and max(longest, default=0) <= _WHOLE and not tty:
        lines = _aligned([names, *cells], numbers, longest)
        if all(line.isascii() and line.isprintable() and "[" not in line for line in lines):
            head = [title.ljust(len(lines[0]))] if title else []
            return "\n".join([*head, *lines, ""])
    return _rich_text(names, cells, numbers, longest, title, tty)


def _aligned(rows: Iterable[Sequence[str]], numbers: Sequence[bool], widths: Sequence[int]) -> list[str]:
    form = "  ".join(f"%{'' if number else '-'}{width}s" for number, width in zip(numbers, widths, strict=True))
    return [form % tuple(row) for row in rows]


def _rich_text(
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    numbers: Sequence[bool],
    longest: Sequence[int],
    title: str | None,
    tty: bool,
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    least = 0
    for name, number, length in zip(names, numbers, longest, strict=True):
        whole = length <= _WHOLE
        least += (length if whole else _LEAST) + 2
        table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=whole)
    for row in cells:
        table.add_row(*map(Text, row))  # a cell such as 'Weight [g]' is text, not markup
    buffer = io.StringIO()
    width = max(shutil.get_terminal_size().columns if tty else 160, least)
    Console(file=buffer, force_terminal=tty, width=width, markup=False).print(table if cells else "(no rows)")
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, Mapping):
        return " ".join(f"{k}={_cell(v)}" for k, v in value.items() if v is not None)
    if isinstance(value, list | tuple):
        return ", ".join(_cell(v) for v in value)
    return str(value)


def write_rows(
    rows: Sequence[Mapping[str, Any]],
    fmt: str,
    output: Path | None,
    *,
    title: str | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """Write rows in any of the five formats; `columns` limits and orders what the table shows.

    In CSV and Parquet, nested cells are written as JSON text; in CSV, text that a spreadsheet program would take for a
    formula has a quote before it.
    """
    if fmt == "table":
        write(rows_text(rows, title=title, columns=columns), output)
    elif fmt == "json":
        write(dumps(rows, indent=2) + "\n", output)
    elif fmt == "jsonl":
        write("".join(dumps(r) + "\n" for r in rows), output)
    elif fmt == "csv":
        buffer = io.StringIO()
        plain = [_flat(r) for r in rows]
        writer = csv.DictWriter(
            buffer, fieldnames=list(plain[0]) if plain else list(columns or []), lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows({name: safe_cell(value) for name, value in row.items()} for row in plain)
        write(buffer.getvalue(), output)
    elif fmt == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([_flat(r) for r in rows]), sink)
        write(sink.getvalue(), output)
    else:
        raise UsageError(f"unknown format '{fmt}'", hint="known: table, json, jsonl, csv, parquet")


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: dumps(v) if isinstance(v, Mapping | list | tuple) else v for k, v in rounded(row).items()}
