"""The room's own data files, read with errors that say where they break.

>>> document("reasons.yaml")["suspension"][:5]
'ends '
>>> rows("base_duties.csv", ("importer", "commodity", "costs_item"))[0]
(2, {'importer': 'USA', 'commodity': 'oxide', 'costs_item': '2846.90.20 oxides and chlorides'})
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from ytterby.errors import DataError

__all__ = ["document", "rows", "where"]


def _folder() -> Traversable:
    return files("ytterby.world").joinpath("data")


def where(name: str, *place: object) -> str:
    """Return how a place in a file is told: file, then line, entry or field."""
    return ", ".join([f"world/data/{name}", *map(str, place)])


def _text(name: str) -> str:
    try:
        return _folder().joinpath(name).read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=where(name)) from error
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8 at byte {error.start}", where=where(name)) from error


def rows(name: str, fields: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return (line, row) of a CSV file that has exactly these fields.

    Raises
    ------
    DataError
        The file cannot be read, its header is another, or a row has more or fewer cells.
    """
    found = csv.reader(_text(name).splitlines())
    header = next(found, [])
    if header != list(fields):
        odd = sorted(set(header) ^ set(fields)) or header
        raise DataError(
            f"the header differs from what is expected in: {', '.join(odd)}",
            where=where(name, "line 1"),
            hint=f"expected: {','.join(fields)}",
        )
    table = []
    for cells in found:
        if len(cells) != len(header):
            raise DataError(f"{len(cells)} cells, expected {len(header)}", where=where(name, f"line {found.line_num}"))
        table.append((found.line_num, dict(zip(header, cells, strict=True))))
    return table


def document(name: str) -> Any:
    """Return what a YAML file holds.

    Raises
    ------
    DataError
        The file cannot be read or is no YAML.
    """
    try:
        return yaml.load(_text(name), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "the document"
        raise DataError(f"not YAML: {getattr(error, 'problem', error)}", where=where(name, line)) from error
