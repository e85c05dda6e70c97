"""What can move at all: columns that no source reaches or that serve no use are set aside.

A place has a source if something is offered there, or a column puts goods there all of whose inputs have one; without
one its price is the least at which nobody could gain by a first unit. A place has a use if something must be served
there, or a column draws on it that is worth something by itself or puts goods where there is a use; without one its
price is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ytterby.market._conditions import Conditions
from ytterby.market._interior import Point
from ytterby.market._program import Program

__all__ = ["Reduced", "least_prices", "reduce_program"]

_ROUNDS = 60
"""Rounds in which prices of places without a source, and rates that watch them, are read off one another."""
_NO_GAIN = 1e-9
"""Unit profit, relative to the money around it, that rounding alone can make."""


@dataclass(frozen=True)
class Reduced:
    """A program without dead columns, the columns and rows kept, and the rows whose need nothing can meet."""

    whole: Program
    program: Program
    columns: np.ndarray
    rows: np.ndarray
    unmet: np.ndarray

    def expand(self, point: Point, conditions: Conditions) -> Point:
        """Return the point in all columns and rows; `conditions` are those of the whole program."""
        p = self.whole
        x, y = p.lower.copy(), np.zeros(p.K.shape[0])
        x[self.columns], y[self.rows] = point.x, point.y
        idle = np.intersect1d(_idle(p, x, conditions), self.rows)
        dead = np.setdiff1d(np.arange(p.K.shape[0]), self.rows)
        least = v = _idle_rates(point.v, dead, conditions)
        if not dead.size:
            return Point(x, self._idle_prices(x, y, v, idle, conditions), point.v)
        _free_idle_routes(p, x, y)
        for _ in range(_ROUNDS):
            before, old = y, v
            y = self._idle_prices(x, y, v, idle, conditions).copy()
            y[dead] = 0.0
            y = least_prices(p, x, y, v, dead, np.arange(p.K.shape[1]), conditions)
            v = _idle_rates(least, dead, conditions, np.concatenate([x, y, least]))
            # what is paid at a place now, and what other prices depend on it, is part of what is bid elsewhere
            if conditions.convex or (np.allclose(y, before, 1e-13, 0.0) and np.allclose(v, old, 1e-13, 0.0)):
                break
        return Point(x, y, v)

    def _idle_prices(
        self, x: np.ndarray, y: np.ndarray, v: np.ndarray, idle: np.ndarray, conditions: Conditions
    ) -> np.ndarray:
        """Return y with the least prices of idle places; where those would let a column gain, the solver's stay."""
        if not idle.size:
            return y
        before = _gains(self.whole, x, y, v, self.columns, conditions)
        while idle.size:
            new = y.copy()
            new[idle] = 0.0
            new = least_prices(self.whole, x, new, v, idle, self.columns, conditions)
            tempted = self.columns[_gains(self.whole, x, new, v, self.columns, conditions) > before + _NO_GAIN]
            at = np.intersect1d(idle, self.whole.K[:, tempted].tocoo().row) if tempted.size else tempted
            if not at.size:
                return new
            idle = np.setdiff1d(idle, at)
        return y


def _free_idle_routes(p: Program, x: np.ndarray, y: np.ndarray) -> None:
    """Let what the arcs of an idle route share cost what its first unit does: any less would do for those that live."""
    j = p.where("carriage")
    j = j[(x[j] <= 0.0) & (p.upper[j] > 0.0)]
    rows = p.K[:, j].tocsc().indices
    y[rows] = p.marginal(x)[j]


def _gains(
    p: Program, x: np.ndarray, y: np.ndarray, v: np.ndarray, columns: np.ndarray, conditions: Conditions
) -> np.ndarray:
    """Return the unit profit of columns, relative to the money around them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        profit = -conditions.value(np.concatenate([x, y, v]))[columns]
        money = (p.size.T @ np.abs(y) + np.abs(p.marginal(np.maximum(x, 0.0))) + p.sizes(x, y).column_price)[columns]
        relative = np.nan_to_num(profit / money, nan=0.0, posinf=0.0, neginf=0.0)
    gains: np.ndarray = np.maximum(relative, 0.0)
    return gains


def reduce_program(p: Program, wanted: np.ndarray | None = None) -> Reduced:
    """Return the program of the columns that some source reaches and that serve some use.

    `wanted` says which columns may be worth something by what the program itself does not show (a payment).
    """
    n = p.n_nodes
    K = p.K[:n]
    takes, gives = (
        sp.csr_matrix((mask.astype(float), K.indices, K.indptr), K.shape) for mask in (K.data < 0, K.data > 0)
    )
    sourced = p.k[:n] < 0.0
    while True:
        possible = (takes.T @ (~sourced).astype(float) == 0.0) & (p.upper > 0.0)
        new = sourced | (gives @ possible.astype(float) > 0.0)
        if (new == sourced).all():
            break
        sourced = new
    used = p.k[:n] > 0.0
    with np.errstate(divide="ignore"):
        worth = p.marginal(p.lower) < -1e-12 * p.weight * np.abs(p.lin)
    if wanted is not None:
        worth |= wanted
    while True:
        capable = (gives.T @ used.astype(float) > 0.0) | worth
        new = used | (takes @ capable.astype(float) > 0.0)
        if (new == used).all():
            break
        used = new
    apart = abs(K).T @ np.ones(n) == 0.0
    live = possible & capable & ~apart
    shares = p.K[n:]
    live |= apart & (worth | ((shares.T @ (abs(shares) @ live.astype(float))) != 0.0))
    columns = np.flatnonzero(live)
    keep = p.size @ live.astype(float) > 0.0
    keep[:n] &= used
    unmet = np.flatnonzero(~keep & (p.k > 0.0))
    rows = np.flatnonzero(keep)
    if live.all() and keep.all():
        return Reduced(p, p, columns, rows, unmet)
    return Reduced(p, p.part(rows, columns), columns, rows, unmet)


def _idle(p: Program, x: np.ndarray, conditions: Conditions) -> np.ndarray:
    """Return the places through which nothing passes, whose price is the least that lets nobody gain."""
    idle = p.idle(x)
    first = conditions.n + conditions.m
    watched = conditions.fixed[first:][:, conditions.n : conditions.n + p.n_nodes].tocoo().col
    return np.setdiff1d(idle, watched)


def _idle_rates(v: np.ndarray, dead: np.ndarray, conditions: Conditions, z: np.ndarray | None = None) -> np.ndarray:
    """Return v where rates that watch a place without a source are zero, or at most if their rule is broken at `z`."""
    first = conditions.n + conditions.m
    watch = conditions.fixed[first:][:, conditions.n : first].tocoo()
    idle = np.unique(watch.row[np.isin(watch.col, dead)])
    v = v.copy()
    v[idle] = conditions.lower[first:][idle]
    if z is not None and idle.size:
        with np.errstate(divide="ignore", invalid="ignore"):
            rule = conditions.value(z)[first:]
        broken = idle[rule[idle] < 0.0]
        most = conditions.upper[first:][broken]
        v[broken] = np.where(np.isfinite(most), most, v[broken] - rule[broken])
    return v


def least_prices(
    p: Program,
    x: np.ndarray,
    y: np.ndarray,
    v: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    conditions: Conditions,
) -> np.ndarray:
    """Return y with the least prices of `rows` at which none of `columns` that draw on them could gain."""
    y = y.copy()
    dead = rows[rows < p.n_nodes]
    is_dead = np.zeros(p.K.shape[0], dtype=bool)
    is_dead[dead] = True
    K = p.K[dead].tocoo()
    draw = K.data < 0.0
    row, col = dead[K.row[draw]], K.col[draw]
    usable = (p.upper[col] > 0.0) & np.isin(col, columns)
    row, col = row[usable], col[usable]
    if not len(row):
        return y
    convex = conditions.convex
    if convex:
        amount = -K.data[draw][usable]
        bids, cost = sp.csr_matrix(p.K[:, col].T), p.marginal(np.maximum(x, 0.0))[col]
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            coupling = conditions.coupling(np.concatenate([x, y, v])).tocsr()
        amount = np.asarray(coupling[col, conditions.n + row]).ravel()
    amount = np.maximum(amount, 1e-12)
    for _ in range(len(dead) + 500):
        with np.errstate(divide="ignore", invalid="ignore"):
            profit = bids @ y - cost if convex else -conditions.value(np.concatenate([x, y, v]))[col]
        new = y.copy()
        with np.errstate(invalid="ignore", over="ignore"):
            np.maximum.at(new, row, y[row] + np.maximum(profit, 0.0) / amount)
        if np.allclose(new, y, rtol=1e-13, atol=0.0):
            break
        y = new
    return y
