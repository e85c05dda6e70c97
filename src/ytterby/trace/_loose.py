"""Items that are in no line: what is listed and declared, but neither made of anything nor part of anything.

Such an item is bought and sold as it is, as a spare magnet is: it is a root, on the level of the leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from ytterby.trace.source import Source
from ytterby.trace.structure import Structure

__all__ = ["loose_items", "with_items"]


def loose_items(source: Source, structure: Structure) -> list[str]:
    """Return the items that are listed and declared but in no line, in the order of their table."""
    if not len(source.items) or not len(source.declarations):
        return []
    listed = pd.Index(source.items["item"]).unique()
    declared = listed[listed.isin(pd.Index(source.declarations["item"]))]
    return [str(name) for name in declared[structure.names.get_indexer(declared) < 0]]


def with_items(structure: Structure, names: Sequence[str]) -> Structure:
    """Return a structure with items that are in no line, after the other items without children."""
    if not names:
        return structure
    leaves, more = int(structure.first[1]), len(names)

    def moved(ids: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.where(ids >= leaves, ids + more, ids)

    matrix = structure.quantity
    indptr = np.insert(matrix.indptr, leaves, np.full(more, matrix.indptr[leaves]))
    shape = (len(structure.names) + more,) * 2
    return replace(
        structure,
        names=pd.Index(np.insert(structure.names.to_numpy(dtype=object), leaves, list(names))),
        order=np.append(moved(structure.order), np.arange(leaves, leaves + more)),
        quantity=sparse.csr_array((matrix.data, moved(matrix.indices), indptr), shape=shape),
        first=np.append(structure.first[:1], structure.first[1:] + more),
        alternatives={
            int(moved(np.array(parent))): [replace(group, child=moved(group.child)) for group in groups]
            for parent, groups in structure.alternatives.items()
        },
        mass_of={
            (int(moved(np.array(parent))), int(moved(np.array(child)))): mass
            for (parent, child), mass in structure.mass_of.items()
        },
    )
