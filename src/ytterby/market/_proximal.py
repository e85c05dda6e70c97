"""Prices first: a semismooth Newton method on the dual of a quadratic market, for networks with very many arcs.

At given prices every column's best quantity is known by itself, so the prices alone are unknown and there is one linear
system in the rows, to which only columns strictly between their bounds contribute: of the arcs, the few that carry
something. All others are priced in every step, which costs one sparse product. With c the weighted marginal cost at
zero and q its slope, a round finds, around a point (x°, s°, y°),

    min over y of  Σ_j max over l_j ≤ x_j ≤ u_j of ((Kᵀy)_j − c_j + r_j·x°_j)·x_j − ½(q_j + r_j)·x_j²
                 + Σ_i max over s_i ≥ 0 of (r_i·s°_i − y_i)·s_i − ½r_i·s_i²  −  kᵀy  +  ½ Σ_i t_i·(y_i − y°_i)²

(s: what is disposed of; none in equality rows). The function is convex with a semismooth derivative, Kx − s − k +
t·(y − y°), and Newton's method with a line search finds its minimum from anywhere. The point moves there, round by
round, until it no longer moves; that is the solution of the program itself.

References
----------
Rockafellar (1976), Augmented Lagrangians and applications of the proximal point algorithm in convex programming,
    Mathematics of Operations Research 1.
Li, Sun, Toh (2018), A highly efficient semismooth Newton augmented Lagrangian method for solving Lasso problems,
    SIAM J. Optimization 28.
"""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse as sp

from ytterby.market._interior import Point, Units
from ytterby.market._normal import NormalEquations
from ytterby.market._program import Program

__all__ = ["proximal"]

_GOOD, _CLOSE = 5e-9, 1e-6
"""Relative error at which the search ends, and up to which its best point is of use."""
_ROUNDS, _STEPS = 20, 80
_TRIAL = 8
"""Steps in which a start must show that it is close."""
_LEAST = 3e-3
"""Least pull of a round: below it columns without a slope move too far in a step."""
_INEXACT, _PRECISE = 1e-4, 1e-12
"""How far a row may miss after a linear system, relative to the worst before it, and to what passes through the row."""
_DUST = 1e-6
"""Price of a surplus, in pennies, that rounding alone can leave."""
_ROUNDING = 1e-13
"""Relative change of the function that rounding alone can make."""


def proximal(p: Program, start: Point, *, close: bool = False, limit: int = 400) -> Point | None:
    """Return the equilibrium of a program without curves, or None where `limit` linear systems do not lead to it.

    Parameters
    ----------
    p
        A program whose marginal costs are linear; it is fast where most of them have a slope.
    start
        Where to begin; good prices matter, and quantities of columns without a slope, if there are any.
    close
        Whether it is the equilibrium of a like program: then the least pull is tried first; it leads there at once or
        not at all.
    limit
        Largest number of linear systems.
    """
    market = _Market(p)
    x, y, spare = np.clip(start.x, p.lower, p.upper), start.y, np.zeros(len(start.y))
    best: tuple[_Round, np.ndarray, np.ndarray, np.ndarray] | None = None
    least, idle = np.inf, 0
    # only where columns have no slope of their own must the pull on them fall slowly
    known = bool((x > p.lower)[~market.sloped].any())
    pull, fall = (1.0, 100.0) if market.sloped.all() else (1.0 if known else 10.0, 3.0)
    if close and market.sloped.all():
        left = np.where(p.equality | (y > 0.0), 0.0, np.maximum(p.K @ x - p.k, 0.0))
        found, miss, used = _minimum(_Round(market, x, left, y, _LEAST), y, 0.2 * _GOOD, min(limit, _TRIAL))
        limit -= used
        if miss <= _CLOSE:
            (x, spare, y), pull = found, _LEAST
    for _ in range(_ROUNDS):
        work = _Round(market, x, spare, y, pull)
        (x, spare, y), miss, used = _minimum(work, y, 1e-2 if pull > _LEAST else 0.2 * _GOOD, min(limit, _STEPS))
        limit -= used
        moved = work.moved(x, spare, y)
        before, error = least, max(miss, moved)
        if error < least:
            least, best = error, (work, x, spare, y)
        idle = idle + 1 if least <= _CLOSE and error > 0.5 * before else 0
        if least <= _GOOD or limit <= 0 or idle == 2:
            break
        pull = max(pull / fall, _LEAST)
    if best is None or least > _CLOSE:
        return None
    work, x, spare, y = best
    free = (spare > 0.0) & (y <= _DUST * market.penny)  # what is thrown away has no price, however small
    return Point(work.balanced(x, spare), np.where(p.equality, y, np.where(free, 0.0, np.maximum(y, 0.0))))


class _Market:
    """The program's arrays as the method uses them, and how steep the market is around each column and row."""

    def __init__(self, p: Program) -> None:
        n, m = p.K.shape[1], p.K.shape[0]
        self.program = p
        self.cost, self.slope = p.weight * p.lin, p.weight * p.quad
        self.sloped = self.slope > 0.0
        self.K, self.Kt, self.size = p.K, sp.csr_matrix(p.K.T), abs(p.K)
        self.system = NormalEquations(p.K)
        units = Units.of(p)
        self.penny = 1e-4 * units.price
        where, each = self.system.columns.indices, np.diff(self.system.columns.indptr)
        slopes = np.repeat(self.slope, each)
        bent = slopes > 0.0
        count = np.bincount(where[bent], minlength=m)
        logs = np.bincount(where[bent], np.log(slopes[bent]), m)
        mean = logs.sum() / count.sum() if bent.any() else np.log(units.price / units.quantity)
        around = np.divide(logs, count, out=np.full(m, mean), where=count > 0)
        self.column_slope = np.exp(np.bincount(np.repeat(np.arange(n), each), around[where], n) / np.maximum(each, 1))
        self.row_slope = np.exp(around)
        self.grain = np.maximum(1e-6 * units.quantity, self.penny / self.row_slope)

    def through(self, x: np.ndarray) -> np.ndarray:
        """Return what passes through each row, or what a small price step moves there if that is more."""
        through: np.ndarray = np.maximum(0.5 * (self.size @ np.abs(x) + np.abs(self.program.k)), self.grain)
        return through

    def miss(self, g: np.ndarray, x: np.ndarray) -> float:
        """Return the largest of the rows' g relative to what passes through them."""
        return float((np.abs(g) / self.through(x)).max(initial=0.0))


class _Round:
    """The function of one round, around the quantities x and `spare` and the prices y."""

    def __init__(self, market: _Market, x: np.ndarray, spare: np.ndarray, y: np.ndarray, pull: float) -> None:
        self.market, self.x, self.spare, self.y = market, x, spare, y
        firm = 1e-2 * min(pull, 1.0)
        self.r, self.r_spare = np.where(market.sloped, firm, pull) * market.column_slope, firm * market.row_slope
        self.t = firm / market.row_slope
        self.pull, self.pull_spare = self.r * x - market.cost, self.r_spare * spare
        self.slope = market.slope + self.r

    def at(self, y: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        """Return the function and its derivative at y, the columns' quantities and what is disposed of."""
        market, p = self.market, self.market.program
        worth, moved = market.Kt @ y + self.pull, y - self.y
        x = np.clip(worth / self.slope, p.lower, p.upper)
        spare = np.where(p.equality, 0.0, np.maximum(self.pull_spare - y, 0.0) / self.r_spare)
        # sums of products, not dot products, whose threads cost more than they save at this length
        value = ((worth - 0.5 * self.slope * x) * x).sum()
        value += (0.5 * (self.r_spare * spare**2 + self.t * moved**2) - p.k * y).sum()
        return float(value), market.K @ x - spare - p.k + self.t * moved, x, spare

    def moved(self, x: np.ndarray, spare: np.ndarray, y: np.ndarray) -> float:
        """Return the largest relative error, as an equilibrium of the program, that the proximal terms leave."""
        market = self.market
        money = np.maximum(market.size.T @ np.abs(y), np.abs(market.cost)) + market.penny
        columns = self.r * np.abs(x - self.x) / money
        rows = self.r_spare * np.abs(spare - self.spare) / (np.abs(y) + market.penny)
        return float(max(columns.max(initial=0.0), rows.max(initial=0.0), market.miss(self.t * (y - self.y), x)))

    def balanced(self, x: np.ndarray, spare: np.ndarray) -> np.ndarray:
        """Return the quantities without what rounding of prices has left in the rows."""
        market, p = self.market, self.market.program
        d = self.newton(market.K @ x - spare - p.k, x, spare)
        inner = (x > p.lower) & (x < p.upper)
        balanced: np.ndarray = np.clip(x + np.where(inner, market.Kt @ d / self.slope, 0.0), p.lower, p.upper)
        return balanced

    def newton(self, g: np.ndarray, x: np.ndarray, spare: np.ndarray) -> np.ndarray:
        """Return Newton's step where the derivative is g and the quantities are x and `spare`."""
        p = self.market.program
        inner = (x > p.lower) & (x < p.upper)
        own = self.t + np.where(spare > 0.0, 1.0 / self.r_spare, 0.0)
        through = self.market.through(x)
        enough = max(_INEXACT * float((np.abs(g) / through).max(initial=0.0)), _PRECISE) * through
        return -self.market.system.solve(inner, 1.0 / self.slope[inner], own, g, enough)


def _minimum(
    work: _Round, y: np.ndarray, aim: float, limit: int
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], float, int]:
    """Return the quantities, what is disposed of and the prices where the function is least; the miss, and the steps.

    Once the miss is small a round ends where it no longer halves: the next round's function is the better one.
    """
    value, g, x, spare = work.at(y)
    best, least, idle = (x, spare, y), np.inf, 0
    for step in range(limit + 1):
        miss = work.market.miss(g, x)
        idle = idle + 1 if least <= _CLOSE and miss > 0.5 * least else 0
        if miss < least:
            best, least = (x, spare, y), miss
        if least <= aim or idle == 2 or step == limit:
            break
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                d = work.newton(g, x, spare)
            except RuntimeError:  # singular to working precision
                break
        fall, length = float(g @ d), 1.0
        for _ in range(30):
            new, slopes, x, spare = work.at(y + length * d)
            if new <= value + 1e-4 * length * fall + _ROUNDING * abs(value):
                break
            length *= min(max(fall / (fall - float(slopes @ d)), 0.3), 0.5)
        y, value, g = y + length * d, new, slopes
    return best, least, step
