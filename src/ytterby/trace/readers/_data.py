"""The tables beside the readers: words of headers, units, substances and countries."""

from __future__ import annotations

import csv
from importlib import resources

__all__ = ["rows"]


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table in `data/` without its header."""
    table = resources.files("ytterby.trace.readers") / "data" / f"{name}.csv"
    with table.open(encoding="utf-8") as lines:
        return list(csv.reader(lines))[1:]
