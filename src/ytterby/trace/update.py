"""What changes if one part declares something else? Only the part and what it goes into is rolled up again.

The new rows take the place of all rows of the items that they name. Everything else keeps its numbers; an ancestor is
added up from its children in the same order as before, so the result is what a whole roll-up gives.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ytterby.trace._places import MOST, Places
from ytterby.trace.content import Content
from ytterby.trace.rollup import Rolled, roll
from ytterby.trace.statements import Dark, Own, Statements, stated, statements

__all__ = ["updated"]

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def updated(content: Content, declarations: pd.DataFrame) -> Content:
    """Return the content with other declarations for some items.

    Parameters
    ----------
    content
        What is known so far.
    declarations
        As in `Source.declarations`: all that is said of the items that it names.
    """
    structure, old = content.structure, content.statements
    names = pd.Index(declarations["item"].unique())
    kept = content.source.declarations
    source = replace(
        content.source, declarations=pd.concat([kept[~kept["item"].isin(names)], declarations], ignore_index=True)
    )
    ids = structure.names.get_indexer(names)
    items = np.sort(ids[ids >= 0]).astype(np.int64)
    wholes = old.mass_kg, old.value_usd, old.limit
    try:
        fresh = stated(declarations, structure, wholes, content.on, old.layout, items)
    except KeyError:
        said = statements(source, structure, content.on)
        return replace(content, source=source, statements=said, _rolled={})
    new = _merged(old, fresh, items)
    return replace(content, source=source, statements=new, _rolled=_again(content, new, items))


def _merged(old: Statements, fresh: Statements, items: Ids) -> Statements:
    gone = set(items.tolist())
    offset = int(old.table["at"].max()) + 1 if len(old.table) else 0
    table = pd.concat([old.table, fresh.table.assign(at=fresh.table["at"] + offset)], ignore_index=True)
    stale = old.table[old.table["item_id"].isin(items)]
    places = set(zip(stale["file"], stale["row"], strict=True))
    dark = old.dark
    keep = ~np.isin(dark.items, items)
    ids = np.concatenate([dark.items[keep], fresh.dark.items])
    rank = np.argsort(ids, kind="stable")
    highs = (
        np.concatenate([getattr(dark, name)[keep], getattr(fresh.dark, name)])[rank]
        for name in ("rare_earth_kg", "mass_kg", "value_usd")
    )
    return replace(
        old,
        own={element: _owned(old.own[element], fresh.own[element], items, offset) for element in old.own},
        mixed={
            element: {i: m for i, m in old.mixed[element].items() if i not in gone} | fresh.mixed[element]
            for element in old.mixed
        },
        dark=Dark(ids[rank], *highs),
        unanswered=(*(gap for gap in old.unanswered if gap.item not in gone), *fresh.unanswered),
        problems=(*(p for p in old.problems if (p.file, p.row) not in places), *fresh.problems),
        table=table,
    )


def _owned(old: Own, fresh: Own, items: Ids, offset: int) -> Own:
    at = np.searchsorted(old.items, items)
    at = at[old.items[np.minimum(at, len(old.items) - 1)] == items] if len(old.items) else at[:0]
    if not len(at) and not len(fresh.items):
        return old
    keep = np.ones(len(old.items), dtype=bool)
    keep[at] = False
    ids = np.concatenate([old.items[keep], fresh.items])
    rank = np.argsort(ids, kind="stable")
    return Own(
        ids[rank],
        np.concatenate([old.low[keep], fresh.low])[rank],
        np.concatenate([old.high[keep], fresh.high])[rank],
        np.concatenate([old.answered[keep], fresh.answered])[rank],
        np.concatenate([old.row[keep], fresh.row + offset])[rank],
    )


def _again(content: Content, new: Statements, items: Ids) -> dict[str, Rolled]:
    """Roll up the elements of which something changed, for the changed items and what they go into."""
    structure, old, rolled = content.structure, content.statements, dict(content._rolled)
    elements = tuple(e for e in rolled if any(_says(old, e, i) != _says(new, e, i) for i in items.tolist()))
    if not elements:
        return rolled
    above = structure.ancestors(items)
    if content.within is not None:
        above = np.intersect1d(above, content.within, assume_unique=True)
    below = np.setdiff1d(structure.children(above), above)
    again = set(above.tolist())
    for begin in range(0, len(elements), MOST):
        places = Places.full(elements[begin : begin + MOST], np.union1d(above, below))
        known = {element: rolled[element].at(below) for element in places.elements}
        for element, fresh in roll(structure, new, places, given=(below, known)).items():
            clashes = (*(c for c in rolled[element].clashes if c.item not in again), *fresh.clashes)
            rolled[element] = rolled[element].with_rows(above, fresh.at(above), clashes)
    return rolled


def _says(said: Statements, element: str, item: int) -> tuple[bytes, ...]:
    own, dark = said.own[element], said.dark
    at = int(np.searchsorted(own.items, item))
    if at < len(own.items) and own.items[at] == item:
        return own.low[at].tobytes(), own.high[at].tobytes(), own.answered[at].tobytes()
    at = int(np.searchsorted(dark.items, item))
    if at < len(dark.items) and dark.items[at] == item:
        return (dark.high(element)[at].tobytes(),)
    return ()
