"""A bill of materials with its items and declarations."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from ytterby.errors import UnknownNameError, UsageError
from ytterby.trace._loose import loose_items, with_items
from ytterby.trace.build import build
from ytterby.trace.content import Content
from ytterby.trace.explode import quantities
from ytterby.trace.paths import Part, paths, sensitivities
from ytterby.trace.paths import Path as Chain
from ytterby.trace.readers import read
from ytterby.trace.source import Problem, Source
from ytterby.trace.statements import Statements, statements
from ytterby.trace.structure import Structure
from ytterby.trace.workspace import load

__all__ = ["Bom"]

Bound = Literal["low", "high"]


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
    def read(
        cls,
        path: Path | str,
        items: Path | str | None = None,
        declarations: Path | str | Sequence[Path | str] | None = None,
        mapping: Path | str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Bom:
        """Read a bill of materials and, where they stand apart, its items and declarations.

        Parameters
        ----------
        path
            A workspace, or a file in any of the formats that `ytterby.trace.readers` recognises.
        items, declarations
            More files in any of these formats; of declarations there may be several, such as answered question sheets.
        mapping
            Names the columns of the first file (see `ytterby.trace.readers`).
        progress
            Is told how many bytes of a long file are read, and of how many.

        Raises
        ------
        InputError
            If a file cannot be read.
        """
        first = Path(path)
        names = None if mapping is None else Path(mapping)
        source = load(first) if first.is_dir() else read(first, names, progress)
        if items is not None:
            source = source.joined(read(Path(items)))
        said = [declarations] if isinstance(declarations, Path | str) else declarations or ()
        for path_ in said:
            source = source.joined(_apart(source, _of_known(source, read(Path(path_)))))
        return cls(source)

    @cached_property
    def _built(self) -> tuple[Structure, list[Problem]]:
        structure, problems = build(self.source.lines, self.source.items)
        return with_items(structure, loose_items(self.source, structure)), problems

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

    def content(self, on: str | None = None, item: str | None = None) -> Content:
        """Return what each item holds.

        Parameters
        ----------
        on
            A day (YYYY-MM-DD): declarations made after it are not known yet. By default all count.
        item
            Only this item and what goes into it. By default all.
        """
        within = None if item is None else self.structure.descendants(self.structure.id_of(item))
        said = statements(self.source, self.structure, on)
        return Content(self.source, self.structure, said, self.problems, within, on)

    def paths(
        self, element: str, item: str | None = None, on: str | None = None, top: int = 10, by: Bound = "high"
    ) -> list[Chain]:
        """Return along which paths most of an element gets into an item, best first.

        Parameters
        ----------
        element, item
            What is looked for, and in what; by default the only root.
        on
            As for `content`.
        top
            How many paths.
        by
            Whether the low or the high bound counts.
        """
        said, name = statements(self.source, self.structure, on), self.root(item)
        return paths(self.structure, said, known(element, said), self.structure.id_of(name), top, by)

    def sensitivities(self, element: str, item: str | None = None, on: str | None = None) -> list[Part]:
        """Return the parts by how much an answer about each would narrow the bounds of an item, most first.

        Parameters
        ----------
        element, item, on
            As for `paths`.
        """
        said, name = statements(self.source, self.structure, on), self.root(item)
        return sensitivities(self.structure, said, known(element, said), self.structure.id_of(name))


def _of_known(source: Source, said: Source) -> Source:
    """Return declarations without the items that only they name: these are told as not in the bill of materials."""
    lines = source.lines
    if not len(lines) or not len(said.items):
        return said
    names = [pd.Index(table[c].unique()) for table, c in ((lines, "parent"), (lines, "child"), (source.items, "item"))]
    here = np.logical_or.reduce([pd.Index(said.items["item"]).isin(known) for known in names])
    return replace(said, items=said.items[here])


def _apart(source: Source, said: Source) -> Source:
    """Return declarations under another file name where one of that name was read before: they are a later answer."""
    taken = set(source.declarations["file"])
    renamed = {}
    for name in said.declarations["file"].unique():
        count = next(n for n in itertools.count(1) if (name if n == 1 else f"{name} ({n})") not in taken)
        renamed[name] = name if count == 1 else f"{name} ({count})"
    return replace(
        said,
        declarations=said.declarations.assign(file=said.declarations["file"].replace(renamed)),
        problems=tuple(replace(problem, file=renamed.get(problem.file, problem.file)) for problem in said.problems),
    )


def known(element: str, said: Statements) -> str:
    """Return the element.

    Raises
    ------
    UnknownNameError
        If no declaration names it.
    """
    if element not in said.layout.elements:
        raise UnknownNameError("element", element, said.layout.elements)
    return element
