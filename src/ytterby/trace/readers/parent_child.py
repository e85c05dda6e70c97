"""Bills of materials in which every row names a parent and a child, in any words, and lists of items beside them."""

from __future__ import annotations

import numpy as np

from ytterby.trace.readers._cells import Ids
from ytterby.trace.readers._fields import Fields

__all__ = ["read_items", "read_pairs"]


def read_pairs(fields: Fields) -> None:
    """Read parent–child rows; a row without a parent describes an item (a root). Repeated pairs are kept."""
    child, parent = (fields.out.ids(fields.text(name)) for name in ("item", "parent"))
    _tell_nameless(fields, child, "no child")
    rows = np.flatnonzero(child >= 0)
    fields.say(rows, child[rows])
    rows = np.flatnonzero((child >= 0) & (parent >= 0))
    fields.lines(rows, parent[rows], child[rows], fields.amounts(rows))


def read_items(fields: Fields) -> None:
    """Read a list of items: one a row, with what is said of it."""
    item = fields.out.ids(fields.text("item"))
    _tell_nameless(fields, item, "no part number")
    rows = np.flatnonzero(item >= 0)
    fields.say(rows, item[rows])


def _tell_nameless(fields: Fields, item: Ids, what: str) -> None:
    row = fields.row[item < 0]
    fields.out.problems(row, fields.where("item"), lambda _: f"{what}; the row is left out")
