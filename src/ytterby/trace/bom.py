"""A bill of materials with its items and declarations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ytterby.errors import UsageError
from ytterby.trace.content import Content
from ytterby.trace.explode import quantities
from ytterby.trace.readers import read
from ytterby.trace.source import Problem, Source
from ytterby.trace.statements import statements
from ytterby.trace.structure import Structure, build

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

    @cached_property
    def _built(self) -> tuple[Structure, list[Problem]]:
        return build(self.source.lines, self.source.items)

    @property
    def structure(self) -> Structure:
        """Return the items by level and their quantities.

        Raises
        ------
        InputError
            If there is a cycle.
        """
        return self._built[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what was wrong with the files and the lines."""
        return (*self.source.problems, *self._built[1])

    def root(self, item: str | None = None) -> str:
        """Return the item, or the only root.

        Raises
        ------
        UnknownNameError
            If there is no such item.
        UsageError
            If no item is given and there are several roots.
        """
        if item is not None:
            return str(self.structure.names[self.structure.id_of(item)])
        roots = list(self.structure.names[self.structure.roots])
        if len(roots) > 1:
            some = ", ".join(roots[:5]) + (", …" if len(roots) > 5 else "")
            raise UsageError(f"there are {len(roots)} roots: {some}", hint="say which: --item ID")
        return str(roots[0])

    def explode(self, item: str | None = None) -> dict[str, float | None]:
        """Return how much of every part is in one unit of an item, in all places and on all levels.

        Parameters
        ----------
        item
            By default the only root.

        Returns
        -------
        dict
            Part -> quantity, the item itself left out; None where it is not known. Order of the file.
        """
        names = self.structure.names
        found = quantities(self.structure, self.structure.id_of(self.root(item)))
        return {str(names[part]): amount for part, amount in found.items()}

    def content(self, on: str | None = None) -> Content:
        """Return what each item holds.

        Parameters
        ----------
        on
            A day (YYYY-MM-DD): declarations made after it are not known yet. By default all count.
        """
        return Content(self.source, self.structure, statements(self.source, self.structure, on), self.problems)
