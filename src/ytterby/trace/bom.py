"""A bill of materials with its items and declarations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ytterby.trace.readers import read
from ytterby.trace.source import Source

__all__ = ["Bom"]


@dataclass(frozen=True)
class Bom:
    """A bill of materials: who holds what, how much of it, and what was declared.

    Parameters
    ----------
    source
        Tables of items, lines and declarations, and the problems found in reading them.
    """

    source: Source

    @classmethod
    def read(cls, path: Path | str, items: Path | str | None = None, declarations: Path | str | None = None) -> Bom:
        """Read a bill of materials and, where they stand apart, its items and declarations.

        Each file may be in any of the formats that `ytterby.trace.readers` recognises.
        """
        sources = [read(Path(p)) for p in (path, items, declarations) if p is not None]
        return cls(sources[0].joined(*sources[1:]))
