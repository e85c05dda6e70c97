"""Assemblies that stand in a file several times, each time with their parts: each is taken once.

Parts that stand twice under one assembly stay two lines, and add up. Where an assembly is shown again with other parts,
the first showing is kept and the difference told; shown again without parts, it says nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ytterby.trace.readers._collect import Collector, Line

__all__ = ["Assemblies", "Part"]


@dataclass(frozen=True)
class Part:
    """A part of an assembly, as it is written; `alternate` is what its row says of alternatives."""

    child: str
    quantity: float | None
    unit: str = ""
    batch: float = 1.0
    row: int | None = None
    alternate: str = ""
    column: str | None = None


@dataclass
class Assemblies:
    """Takes assemblies with their parts.

    Parameters
    ----------
    out
        Where lines and problems go.
    taken
        Is told of each line that was taken, and of its part.
    """

    out: Collector
    taken: Callable[[Line | None, Part], None] | None = None
    _kept: dict[str, tuple[int | None, int]] = field(default_factory=dict)

    def take(self, item: str, parts: Sequence[Part], *, row: int | None = None, column: str | None = None) -> None:
        """Take an assembly's parts, unless they are known."""
        if not parts:
            return
        told = sorted((p.child, -1.0 if p.quantity is None else p.quantity, p.unit, p.batch) for p in parts)
        signature = hash(tuple(told))  # a file may hold millions of assemblies
        if item in self._kept:
            before, known = self._kept[item]
            if known != signature:
                where = f"under row {before}" if before is not None else "above"
                self.out.problem(
                    f"the parts of '{item}' differ from those {where}, which are kept", row=row, column=column
                )
            return
        self._kept[item] = row, signature
        for part in parts:
            line = self.out.line(
                item, part.child, part.quantity, part.unit, row=part.row, column=part.column, batch=part.batch
            )
            if self.taken is not None:
                self.taken(line, part)
