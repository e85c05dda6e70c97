"""A path-following interior-point method for the equilibrium conditions, curves that are not linear included.

Every bound has a multiplier; their products are driven to zero together, with Mehrotra's predictor and corrector. The
columns' own curvature is diagonal, so they are eliminated and one sparse system in the rows is left per iteration.

References
----------
Mehrotra (1992), On the implementation of a primal-dual interior point method, SIAM J. Optimization 2.
Ralph and Wright (1997), Superlinear convergence of an interior-point method for monotone variational inequalities.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ytterby.market._conditions import Conditions

__all__ = ["balanced_units", "barrier"]

_STEEPEST = 1e16
_AIMS = tuple(10.0**-k for k in range(8, 20))
"""Errors at which a point is given; the least are for prices next to nothing, whose product with a surplus is small."""
Guess = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A point, and which of its parts are at the lower and at the upper bound."""


def barrier(
    c: Conditions,
    start: np.ndarray | None = None,
    *,
    theta: float = 1.0,
    limit: int = 150,
    aims: Sequence[float] = _AIMS,
) -> Iterator[Guess]:
    """Yield points ever nearer the solution with the bounds that hold there, each time one of `aims` is reached."""
    n, size = c.n, len(c.lower)
    z, wl, wu, unit = _begin(c, start, theta)
    su, sf = unit
    lower, upper = c.lower / su, c.upper / su
    has_low, has_high = np.isfinite(lower), np.isfinite(upper)
    system = _System(c, theta, unit)
    close, waiting = None, list(aims)
    gl, gu = np.where(has_low, z - lower, np.inf), np.where(has_high, upper - z, np.inf)
    for _ in range(limit):
        at = z * su
        F = c.value(at, theta) / sf
        r = F - wl + wu
        pairs = has_low.sum() + has_high.sum()
        mu = float((wl[has_low] * gl[has_low]).sum() + (wu[has_high] * gu[has_high]).sum()) / max(pairs, 1)
        left = max(float(np.abs(r).max(initial=0.0)), mu)
        if left <= waiting[0]:
            yield at, wl >= gl, wu >= gu
            waiting = [a for a in waiting if a < left]
            close = None
            if not waiting:
                return
        elif left < 1e-2:
            close = at, wl >= gl, wu >= gu
        own = np.zeros(size)
        own[:n] = c.program.curvature(np.maximum(at[:n], 0.0))
        own = np.minimum(own * su / sf, _STEEPEST)
        with np.errstate(over="ignore"):  # a gap beyond the least of numbers is no gap: the path ends here
            pull, push = wl / gl, wu / gu
        solve = system.factor(at, own + pull + push) if np.isfinite(pull + push).all() else None
        if solve is None:
            break
        d = solve(-r - wl + wu)
        dl, du = np.where(has_low, -wl - pull * d, 0.0), np.where(has_high, -wu + push * d, 0.0)
        a = _reach(((gl, d), (gu, -d), (wl, dl), (wu, du)), 1.0)
        below = ((wl + a * dl)[has_low] * (gl + a * d)[has_low]).sum()
        above = ((wu + a * du)[has_high] * (gu - a * d)[has_high]).sum()
        after = float(below + above) / max(pairs, 1)
        sigma = min(1.0, max((after / mu) ** 3, 1e-6)) if mu > 0.0 else 0.0
        if c.program.curved.any() and left > 1e3 * mu > 0.0:
            sigma = max(sigma, min(1.0, 1e-3 * left / mu))
        tl = (sigma * mu - d * dl) / gl
        tu = (sigma * mu + d * du) / gu
        d = solve(-r - wl + wu + tl - tu)
        dl, du = np.where(has_low, tl - wl - pull * d, 0.0), np.where(has_high, tu - wu + push * d, 0.0)
        a = _reach(((gl, d), (gu, -d), (wl, dl), (wu, du)), 0.995)
        if not np.isfinite(d).all() or a < 1e-8:
            break
        z, wl, wu = z + a * d, wl + a * dl, wu + a * du
        # a gap that rounding of z would close is known from its steps
        gl, gu = np.where(z - lower > 0.0, z - lower, gl + a * d), np.where(upper - z > 0.0, upper - z, gu - a * d)
    if close is not None:
        yield close


def balanced_units(c: Conditions, z: np.ndarray, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return units of z and F in which the derivative of F has rows and columns of like size (Ruiz scaling)."""
    u = c.units
    first = np.concatenate([np.full(c.n, u.quantity), np.full(c.m, u.price), c.rate_unit])
    money = np.concatenate([np.full(c.n + c.m, u.price * u.quantity), c.rate_unit**2])
    own = np.zeros(len(z))
    own[: c.n] = np.minimum(c.program.curvature(np.maximum(z[: c.n], 0.0)), 1e12 * u.price / u.quantity)
    J = abs(c.coupling(z, theta)) + sp.diags(own)
    J = (sp.diags(first / money) @ J @ sp.diags(first)).tocsr()
    row = np.repeat(np.arange(len(z)), np.diff(J.indptr))
    filled = np.flatnonzero(np.diff(J.indptr))
    scale, most = np.ones(len(z)), np.zeros(len(z))
    for _ in range(8):
        most[filled] = np.maximum.reduceat(scale[row] * J.data * scale[J.indices], J.indptr[filled])
        scale /= np.sqrt(np.where(most > 0.0, most, 1.0))
    return first * scale, money / (first * scale)


def _begin(
    c: Conditions, start: np.ndarray | None, theta: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return a first point within its bounds, the multipliers of both bounds, and the units."""
    guess = _guess(c) if start is None else start
    unit = su, sf = balanced_units(c, guess, theta)
    lower, upper = c.lower / su, c.upper / su
    has_low, has_high = np.isfinite(lower), np.isfinite(upper)
    raw = c.value(guess, theta)
    own = np.zeros(len(su))
    own[: c.n] = c.program.curvature(guess[: c.n])
    own = np.minimum(own * su / sf, _STEEPEST)
    z = guess / su
    base = np.where(has_low, lower, np.where(has_high, upper, z))
    solve = _System(c, theta, unit).factor(guess, own + has_low + has_high)
    z = base + 1.0 if solve is None else z + solve(-raw / sf - (has_low * 1.0 + has_high) * (z - base))
    both = has_low & has_high
    room = np.where(both, upper - lower, np.inf)
    shift = 1.0 + max(0.0, float(-(z - lower)[has_low].min(initial=0.0)))
    shift = min(shift, 1e3)
    low = np.where(has_low, lower, -np.inf) + np.minimum(shift, 0.25 * room)
    high = np.where(has_high, upper, np.inf) - np.minimum(shift, 0.25 * room)
    z = np.clip(z, low, high)
    with np.errstate(divide="ignore"):
        wl = np.where(has_low, shift**2 / (z - lower), 0.0)
        wu = np.where(has_high, shift**2 / (upper - z), 0.0)
    return z, wl, wu, unit


def _guess(c: Conditions) -> np.ndarray:
    """Return where each curve meets the typical price, prices typical, all else at hand."""
    p, u = c.program, c.units
    x = np.full(c.n, u.quantity)
    j = np.flatnonzero(p.curved)
    rest = np.maximum(u.price - p.lin[j] * (p.coef[j] > 0), 0.05 * u.price)
    x[j] = np.maximum(p.scale[j] * (rest / np.abs(p.coef[j])) ** (1.0 / p.expo[j]) - p.off[j], 1e-3 * p.scale[j])
    z = np.concatenate([x, u.price * p.row_weight, c.rate_unit])
    guess: np.ndarray = np.clip(z, c.lower, c.upper)
    return guess


def _reach(moves: Sequence[tuple[np.ndarray, np.ndarray]], share: float) -> float:
    """Return the step that keeps all of them above zero, `share` of the way, at most 1."""
    a = 1.0 / share
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for g, dg in moves:
            ratio = np.where(dg < 0.0, -g / dg, np.inf)
            a = min(a, float(ratio.min(initial=np.inf)))
    return min(1.0, share * a)


class _System:
    """The linear system of one iteration, with the columns eliminated; what does not change is kept."""

    def __init__(self, c: Conditions, theta: float, unit: tuple[np.ndarray, np.ndarray]) -> None:
        self.c, self.theta, self.unit = c, theta, unit
        self.parts: tuple[sp.csr_matrix, sp.csr_matrix, sp.csr_matrix] | None = None

    def _scaled(self, z: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix, sp.csr_matrix]:
        if self.parts is None or self.c.terms:
            su, sf = self.unit
            n = self.c.n
            J = (sp.diags(1.0 / sf) @ self.c.coupling(z, self.theta) @ sp.diags(su)).tocsr()
            self.parts = J[:n][:, n:].tocsr(), J[n:][:, :n].tocsr(), J[n:][:, n:].tocsr()
        return self.parts

    def factor(self, z: np.ndarray, diagonal: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
        """Return the solver of (F' + diagonal) d = rhs, or None where it is singular."""
        n = self.c.n
        B, C, E = self._scaled(z)
        own = 1.0 / (diagonal[:n] + 1e-14)
        weighted = B.copy()
        weighted.data = B.data * np.repeat(own, np.diff(B.indptr))
        S = (E - C @ weighted).tocsc()
        S.setdiag(S.diagonal() + diagonal[n:] + 1e-12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                lu = splu(S, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
            except RuntimeError:
                return None

        def solve(rhs: np.ndarray) -> np.ndarray:
            y = lu.solve(rhs[n:] - C @ (own * rhs[:n]))
            return np.concatenate([own * (rhs[:n] - B @ y), y])

        return solve
