r"""Along which paths does an element get into an item, and which part matters most?

*Paths.* A path is a chain of lines from the item down to a part with a declaration of its own; it brings in the
product of the quantities times what one unit of the part holds. There can be millions, so the best are found one
after the other without listing the rest: with :math:`M_i = \max(o_i, \max_c q_{ic} M_c)`, the most that one path
from i brings in, the frontier of a best-first search is sorted by what it can still become, and each path that comes
out is the next best.

*Sensitivities.* The weight of a part (`ytterby.trace.explode`) is how much a kilogram more in one unit of it adds to
the item; weight times width of the bounds is what an answer about the part could take away from the item's width.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ytterby.trace.explode import weights
from ytterby.trace.rollup import start
from ytterby.trace.statements import Statements
from ytterby.trace.structure import Structure, part

__all__ = ["Part", "Path", "paths", "sensitivities"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Path:
    """One way by which an element gets into an item.

    Parameters
    ----------
    items
        Names from the item down to the part.
    quantity
        Units of the part in one unit of the item along this path.
    mass_kg
        What the part brings in along this path, [low, high].
    """

    items: tuple[str, ...]
    quantity: float
    mass_kg: tuple[float, float]


@dataclass(frozen=True)
class Part:
    """What one part does to the content of an item.

    Parameters
    ----------
    item
        Name of the part.
    weight
        Units of the part in one unit of the item, over all paths: kg in the item per kg in one unit of the part.
    mass_kg
        What all of it brings in, [low, high].
    width_kg
        By how much the item's bounds would draw together if the part's content were known.
    """

    item: str
    weight: float
    mass_kg: tuple[float, float]
    width_kg: float


def paths(
    structure: Structure,
    statements: Statements,
    element: str,
    item: int,
    top: int = 10,
    by: Literal["low", "high"] = "high",
) -> list[Path]:
    """Return the paths that bring in most of an element, best first.

    Parameters
    ----------
    structure, statements
        The bill of materials and what each item holds by itself.
    element, item
        What is looked for, and in what (an id).
    top
        How many paths.
    by
        Whether the low or the high bound counts.
    """
    return list(_best(structure, statements, element, item, top, by))


def _best(structure: Structure, statements: Statements, element: str, item: int, top: int, by: str) -> Iterator[Path]:
    parts = structure.descendants(item)
    low, high = start(statements, element, parts)[:, :, 0, 0].T
    own = low if by == "low" else high
    matrix = _open(structure, statements, element, parts)
    most = _most(structure, parts, matrix, own)
    # Heap entries: (−best that this can become, −number, is a path of its own, chain of places, quantity). Of equals,
    # the newest comes first: the search goes down instead of over all that are as good.
    heap: list[tuple[float, int, bool, tuple[int, ...], float]] = []
    count = 0
    root = len(parts) - 1
    if most[root] > 0:
        heap.append((-most[root], count, False, (root,), 1.0))
    while heap and top > 0:
        _, _, done, chain, quantity = heapq.heappop(heap)
        at = chain[-1]
        if done:
            names = tuple(str(structure.names[parts[n]]) for n in chain)
            yield Path(names, quantity, (float(quantity * low[at]), float(quantity * high[at])))
            top -= 1
            continue
        for child, more, final in [(at, 1.0, True), *_below(matrix, at)]:
            value = quantity * more * (own[child] if final else most[child])
            if value > 0:
                count += 1
                heapq.heappush(heap, (-value, -count, final, chain if final else (*chain, child), quantity * more))


def _below(
    matrix: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats], at: int
) -> Iterator[tuple[int, float, bool]]:
    indptr, child, amount = matrix
    for k in range(indptr[at], indptr[at + 1]):
        if amount[k] > 0:
            yield int(child[k]), float(amount[k]), False


def _open(
    structure: Structure, statements: Statements, element: str, parts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Return the quantities among some items; those below an assembly with an answer of its own are 0."""
    matrix = part(structure.at_most, parts)
    own = statements.own[element]
    closed = np.isin(parts, own.items[own.answered], assume_unique=True)
    data = np.where(np.repeat(closed, np.diff(matrix.indptr)), 0.0, matrix.data)
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), np.asarray(data, dtype=np.float64)


def _most(
    structure: Structure,
    parts: npt.NDArray[np.int64],
    matrix: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats],
    own: Floats,
) -> Floats:
    indptr, child, amount = matrix
    most = own.copy()
    first = np.searchsorted(parts, structure.first)
    for begin, end in zip(first[1:-1].tolist(), first[2:].tolist(), strict=True):
        if begin == end or indptr[begin] == indptr[end]:
            continue
        here = slice(indptr[begin], indptr[end])
        with np.errstate(invalid="ignore"):
            brought = np.where(amount[here] > 0, amount[here] * most[child[here]], 0.0)
        filled = np.flatnonzero(np.diff(indptr[begin : end + 1])) + begin
        best = np.maximum.reduceat(brought, indptr[filled] - indptr[begin])
        most[filled] = np.maximum(most[filled], best)
    return most


def sensitivities(structure: Structure, statements: Statements, element: str, item: int) -> list[Part]:
    """Return the parts with a content of their own, by how much an answer about each would tell, most first.

    Parameters
    ----------
    structure, statements
        The bill of materials and what each item holds by itself.
    element, item
        What is looked for, and in what (an id).
    """
    own = statements.own[element]
    parts, weight = weights(structure, item, own.items[own.answered])
    low, high = start(statements, element, parts)[:, :, 0, 0].T
    found = []
    for n in np.flatnonzero((weight > 0) & (high > 0)).tolist():
        mass = float(weight[n] * low[n]), float(weight[n] * high[n])
        found.append(Part(str(structure.names[parts[n]]), float(weight[n]), mass, mass[1] - mass[0]))
    return sorted(found, key=lambda part: (-part.width_kg, -part.mass_kg[1], part.item))
