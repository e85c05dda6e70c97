"""Bills of materials in which every row names a parent and a child, in any words, and lists of items beside them."""

from __future__ import annotations

from collections.abc import Iterator

from ytterby.trace.readers._collect import Collector
from ytterby.trace.readers._fields import Alternatives, Fields
from ytterby.trace.readers._grid import Row

__all__ = ["read_items", "read_pairs"]


def read_pairs(fields: Fields, rows: Iterator[Row], out: Collector) -> None:
    """Read parent–child rows; a row without a parent describes an item (a root). Repeated pairs are kept."""
    alternatives = Alternatives(fields)
    for number, cells in rows:
        parent, child = fields.text(cells, "parent"), fields.text(cells, "item")
        if not child:
            out.problem("no child; the row is left out", row=number, column=fields.where("item"))
            continue
        fields.item(child, cells, number)
        if not parent:
            continue
        quantity, word, batch = fields.quantity(cells, number)
        line = out.line(parent, child, quantity, word, row=number, column=fields.where("quantity"), batch=batch)
        alternatives.take(line, fields.text(cells, "alternate"), number)
    alternatives.close()


def read_items(fields: Fields, rows: Iterator[Row], out: Collector) -> None:
    """Read a list of items: one a row, with what is said of it."""
    for number, cells in rows:
        name = fields.text(cells, "item")
        if name:
            fields.item(name, cells, number)
        else:
            out.problem("no part number; the row is left out", row=number, column=fields.where("item"))
