"""Declarations in a workbook: the question sheets that `ytterby.trace.sheets` writes, as they come back.

Every sheet whose first row that is not empty names the columns `item`, `element` and `status` of the native table is
read; other sheets are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ytterby.canonical import plain_cell
from ytterby.trace.readers import native
from ytterby.trace.readers._grid import Grid, Row, grids
from ytterby.trace.readers._open import Opened
from ytterby.trace.source import Problem, Source

__all__ = ["read", "recognises"]

_NEEDED = {"item", "element", "status"}


def recognises(opened: Opened) -> bool:
    """Return whether a sheet of a workbook has the columns."""
    return opened.kind == "workbook" and any(True for _ in _sheets(opened))


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Return the declarations of a workbook that `recognises` knows."""
    sources = [_read(opened, grid, header) for grid, header in _sheets(opened)]
    return sources[0].joined(*sources[1:])


def _sheets(opened: Opened) -> Iterator[tuple[Grid, Row]]:
    for grid in grids(opened):
        header = next(grid.rows(), None)
        if header is not None:
            names = _names(header)
            if names >= _NEEDED and "parent" not in names:
                yield grid, header


def _read(opened: Opened, grid: Grid, header: Row) -> Source:
    file = opened.path.name
    problems: list[Problem] = []

    def tell(message: str, *, row: int | None = None, column: str | None = None) -> None:
        problems.append(Problem(file, row, column, message))

    rows = [(number, [plain_cell(cell) for cell in cells]) for number, cells in grid.rows(tell) if number != header[0]]
    source = native.declarations_of(file, [cell.strip().lower() for cell in header[1]], rows)
    return Source(source.format, declarations=source.declarations, problems=(*problems, *source.problems))


def _names(header: Row) -> set[str]:
    return {cell.strip().lower() for cell in header[1]}
