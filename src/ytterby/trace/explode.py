r"""How much of every part is in one unit of an item? The adjoint of the roll-up.

The weight w of a part in an item r is the number of units of it in one unit of r over all paths,

.. math:: w_r = 1, \qquad w_c = \sum_p w_p q_{pc},

found from the top level down. What r holds is the sum of weight times own content over all parts; the weight is also
how much a kilogram more in one unit of the part adds to r. Of
alternatives, the greatest share counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ytterby.trace.structure import Structure, part

__all__ = ["quantities", "weights"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def weights(structure: Structure, item: int, closed: Ids | None = None) -> tuple[Ids, Floats]:
    """Return the parts of an item, itself the last, and the weight of each.

    Parameters
    ----------
    structure
        The bill of materials.
    item
        Id of the item.
    closed
        Items whose parts do not count, as an answered declaration stands in their place; rising.
    """
    parts = structure.descendants(item)
    weight = np.zeros(len(parts))
    weight[-1] = 1.0
    matrix = part(structure.at_most, parts)
    if closed is not None:
        stop = np.isin(parts, closed, assume_unique=True)
        matrix = matrix.copy()
        matrix.data[np.repeat(stop, np.diff(matrix.indptr))] = 0.0
    first = np.searchsorted(parts, structure.first)
    indptr, child, amount = matrix.indptr, matrix.indices, matrix.data
    for begin, end in zip(first[-2:0:-1].tolist(), first[:1:-1].tolist(), strict=True):
        if begin < end:
            here = slice(indptr[begin], indptr[end])
            of_parent = np.repeat(weight[begin:end], np.diff(indptr[begin : end + 1]))
            np.add.at(weight, child[here], of_parent * amount[here])
    return parts, weight


def quantities(structure: Structure, item: int) -> dict[int, float | None]:
    """Return how much of every part is in one unit of an item, itself left out, in the order of the file."""
    parts, weight = weights(structure, item)
    amounts = weight.copy()
    inside = set(parts.tolist())
    starts = [child for parent, child in structure.mass_of if parent in inside]
    starts += [
        child
        for parent, groups in structure.alternatives.items()
        if parent in inside
        for group in groups
        for child in group.child.tolist()
    ]
    if starts:
        amounts[np.searchsorted(parts, structure.descendants(np.array(starts)))] = np.nan
    rank = np.empty(len(structure.names), dtype=np.int64)
    rank[structure.order] = np.arange(len(rank))
    order = np.argsort(rank[parts[:-1]], kind="stable")
    return {int(parts[n]): None if np.isnan(amounts[n]) else float(amounts[n]) for n in order}
