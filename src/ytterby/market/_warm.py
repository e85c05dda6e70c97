"""What one solve leaves for the next: quantities of columns, prices of places, values of scarce rights.

A changed scenario has mostly the same columns and rows; what is new starts at zero. Periods are known by their names,
so that a window that moves on finds what it had.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ytterby.market._compile import Compiled
from ytterby.market._interior import Point
from ytterby.market._program import KINDS

if TYPE_CHECKING:
    from ytterby.market._equilibrium import Equilibrium

__all__ = ["Warm", "keep", "start_point"]


@dataclass(frozen=True)
class Warm:
    """Sorted column keys with quantities, and values of rows by what they stand for and period."""

    periods: tuple[str, ...]
    slots: tuple[str, ...]
    keys: np.ndarray
    x: np.ndarray
    rows: dict[Hashable, np.ndarray]
    v: np.ndarray

    def point(self, c: Compiled, rates: int) -> Point:
        """Return the start for another network's columns and rows."""
        number = {name: t for t, name in enumerate(self.periods)}
        when = np.array([number.get(p.id, -1) for p in c.layout.network.periods], dtype=np.intp)
        x, y = np.zeros(c.program.K.shape[1]), np.zeros(c.program.K.shape[0])
        if len(self.keys):
            keys = _keys(c, when, len(self.periods))
            if self.slots != c.arcs.slots:
                keys[c.program.where("arc")] = -1
            at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            x = np.where(self.keys[at] == keys, self.x[at], 0.0)
        for key, t, row in _rows(c):
            values = self.rows.get(key)
            if values is not None:
                y[row] = np.where(when[t] >= 0, values[when[t]], 0.0)
        return Point(x, y, _rates(self.v, rates))


def keep(c: Compiled, point: Point) -> Warm:
    """Return what a solve leaves for the next one."""
    periods = tuple(p.id for p in c.layout.network.periods)
    keys = _keys(c, np.arange(len(periods)), len(periods))
    order = np.argsort(keys, kind="stable")
    rows: dict[Hashable, np.ndarray] = {}
    for key, t, row in _rows(c):
        rows.setdefault(key, np.zeros(len(periods)))[t] = point.y[row]
    return Warm(periods, c.arcs.slots, keys[order], point.x[order], rows, point.v)


def start_point(start: Equilibrium, c: Compiled, rates: int) -> Point | None:
    """Return what an equilibrium of a like network is in this one's columns, rows and rates, if it kept any."""
    solved = start.solved
    if solved is None or solved.compiled.arc_column is not c.arc_column:
        return start.warm.point(c, rates) if start.warm is not None else None
    # the network was compiled from that one's arrays: the same columns, and the same rows but for rights
    before = {(key, t): solved.point.y[row] for key, t, row in _rights(solved.compiled)}
    rights = list(_rights(c))
    y = np.zeros(c.program.K.shape[0])
    shared = len(y) - len(rights)
    y[:shared] = solved.point.y[:shared]
    for key, t, row in rights:
        y[row] = before.get((key, t), 0.0)
    return Point(solved.point.x, y, _rates(solved.point.v, rates))


def _rates(v: np.ndarray, count: int) -> np.ndarray:
    return v if len(v) == count else np.zeros(count)


def _keys(c: Compiled, when: np.ndarray, periods: int) -> np.ndarray:
    """Return one number a column from its kind, entry and period; −1 where the period is unknown."""
    p, a = c.program, c.arcs
    entry = p.entry.astype(np.int64)
    arcs = np.flatnonzero(p.kind == KINDS.index("arc"))
    if arcs.size:
        arc, slots = entry[arcs], len(a.slots)
        entry[arcs] = ((a.route[arc] * slots + a.source[arc]) * slots + a.target[arc]) * 3 + a.band[arc]
    t = when[p.t]
    return np.where(t >= 0, (entry * periods + t) * len(KINDS) + p.kind, -1)


def _rows(c: Compiled) -> Iterator[tuple[Hashable, np.ndarray, np.ndarray]]:
    """Yield what rows stand for, their periods, and their numbers."""
    periods = np.arange(len(c.layout.years))
    for place, number in c.layout.places.items():
        yield place, periods, number * len(periods) + periods
    for key, t, row in _rights(c):
        yield key, np.array([t]), np.array([row])


def _rights(c: Compiled) -> Iterator[tuple[Hashable, int, int]]:
    """Yield which right each row beyond the places stands for, its period, and its number."""
    measures, first = c.layout.network.measures, c.program.n_nodes
    for cap in c.imposed.caps:
        if cap.row >= 0:
            yield (measures[cap.measure].id, cap.region, cap.pair), cap.t, first + cap.row
    for i, t, _, row, _ in c.imposed.production:
        if row >= 0:
            yield (measures[i].id,), t, first + row
