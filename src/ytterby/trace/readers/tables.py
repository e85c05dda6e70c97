"""Which tables of a CSV file or workbook are bills of materials: by level, by indentation, or by pairs?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ytterby.errors import InputError, UnknownNameError
from ytterby.trace.readers._bulk import Bulk
from ytterby.trace.readers._cells import Column, Ids, cells_of, plain_cells
from ytterby.trace.readers._columns import Match, match
from ytterby.trace.readers._fields import Fields
from ytterby.trace.readers._grid import Grid, Row, grids
from ytterby.trace.readers._open import Opened
from ytterby.trace.readers.levels import indented, read_levels
from ytterby.trace.readers.parent_child import read_items, read_pairs
from ytterby.trace.source import Source

__all__ = ["Table", "read_tables", "tables"]

Make = Literal["levels", "indented", "pairs", "items", "none"]


@dataclass(frozen=True)
class Table:
    """A table, what its columns were taken for, and what it is thus read as."""

    grid: Grid
    match: Match
    make: Make


def tables(opened: Opened, mapping: Mapping[str, str]) -> list[Table]:
    """Return the tables of a CSV file or workbook with the guess at their columns.

    Raises
    ------
    UnknownNameError
        If the mapping names a sheet or column that is not there.
    """
    found = grids(opened)
    if "sheet" in mapping and opened.kind == "workbook":
        if mapping["sheet"] not in opened.sheets:
            raise UnknownNameError("sheet", mapping["sheet"], opened.sheets, where=str(opened.path))
        found = [grid for grid in found if grid.sheet == mapping["sheet"]]
    judged, fits = [], False
    for grid in found:
        try:
            columns = match(grid, mapping)
            fits = True
        except UnknownNameError:
            if grid is found[-1] and not fits:
                raise
            columns = match(grid, {})
        judged.append(Table(grid, columns, _make(grid, columns)))
    return judged


def _make(grid: Grid, columns: Match) -> Make:
    fields = columns.fields
    index = columns.index("item")
    if index is None:
        return "none"
    if "parent" in fields:
        return "pairs"
    if "level" in fields:
        return "levels"
    body = [cells[index] for number, cells in grid.sample if number > columns.header_row and index < len(cells)]
    if "quantity" in fields and indented(body):
        return "indented"
    return "items" if fields & {"mass", "supplier", "hs", "value"} else "none"


def read_tables(opened: Opened, mapping: Mapping[str, str]) -> Source:
    """Read the bills of materials in a CSV file or workbook, and the lists of items beside them.

    Raises
    ------
    InputError
        If no table is a bill of materials; the message says what each column was taken for.
    """
    judged = tables(opened, mapping)
    structures = [table for table in judged if table.make in ("levels", "indented", "pairs")]
    if not structures:
        raise InputError(
            "no reader recognises this file: no table in it is a bill of materials",
            where=str(opened.path),
            hint="needed: a part number and either a parent or a level. Columns were taken so: " + _taken(judged),
        )
    kind = "pairs" if any(table.make == "pairs" for table in structures) else "levels"
    suffix = "xlsx" if opened.kind == "workbook" else "csv"
    out = Bulk(opened.path.name, f"{'parent_child' if kind == 'pairs' else 'levels'}_{suffix}")
    for table in sorted(judged, key=lambda table: table.make != "items"):
        if table.make == "none":
            continue
        wanted = [column.index for column in table.match.columns if column.field is not None]
        row, cells = _cells(table, wanted, out)
        fields = Fields(table.grid, table.match, out, row, cells, mapping.get("decimal"))
        if table.make == "pairs":
            read_pairs(fields)
        elif table.make == "items":
            read_items(fields)
        else:
            read_levels(fields, mapping.get("root", ""))
    return out.source()


def _cells(table: Table, wanted: Sequence[int], out: Bulk) -> tuple[Ids, dict[int, Column]]:
    """Return the rows under the header; one that repeats it (on a further printed page) is passed over."""
    header = next((cells for number, cells in table.grid.sample if number == table.match.header_row), [])
    width = len(header) or max(len(cells) for _, cells in table.grid.sample)
    row, cells = plain_cells(table.grid, wanted, width, table.match.header_row) or cells_of(_body(table, out), wanted)
    kept = np.zeros(len(row), dtype=bool)
    for index, column in cells.items():
        kept |= column.lacks(header[index] if index < len(header) else "")
    return row[kept], {index: column.at(kept) for index, column in cells.items()}


def _body(table: Table, out: Bulk) -> Iterator[Row]:
    """Yield the rows under the header.

    A row of a CSV file with more cells than the header is broken (a decimal comma without quotes): it loses its part.
    """
    header = next((cells for number, cells in table.grid.sample if number == table.match.header_row), None)
    width = len(header) if header is not None and not table.grid.sheet else None
    part = table.match.index("item")
    for number, cells in table.grid.rows(out.problem):
        if number <= table.match.header_row:
            continue
        if width is not None and any(cells[width:]):
            out.problem(f"{len(cells)} cells where the header has {width}; the row is left out", row=number)
            cells = [cell if index != part else "" for index, cell in enumerate(cells)]
        yield number, cells


def _taken(judged: list[Table]) -> str:
    said = []
    for table in judged:
        found = [f"{c.header or '?'} → {c.field}" for c in table.match.columns if c.field]
        name = f"sheet '{table.grid.sheet}': " if table.grid.sheet else ""
        said.append(f"{name}{', '.join(found) or 'none'}")
    return "; ".join(said)
