"""A semismooth Newton method with active sets: the last digits, and complementarity by continuation.

Each step guesses which bounds hold with equality and solves the linear system that remains; proximal terms keep it
solvable where quantities or prices are not unique, and leave those where they are.

References
----------
Qi and Sun (1993), A nonsmooth version of Newton's method, Mathematical Programming 58.
Facchinei and Pang (2003), Finite-Dimensional Variational Inequalities and Complementarity Problems, ch. 7-9.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import SuperLU, splu

from ytterby.market._barrier import balanced_units
from ytterby.market._conditions import Conditions

__all__ = ["continuation", "merit", "newton"]

_PROX = (1e-10, 1e-5)
Scales = tuple[np.ndarray, np.ndarray]


def merit(c: Conditions, z: np.ndarray, scales: Scales, theta: float = 1.0) -> float:
    """Return the largest scaled natural residual |z − mid(lower, z − F(z), upper)|."""
    sz, sf = scales
    u, F = z / sz, c.value(z, theta) / sf
    with np.errstate(invalid="ignore"):
        r = np.abs(u - np.clip(u - F, c.lower / sz, c.upper / sz))
        r[: c.n] = np.minimum(r[: c.n], c.program.miss(z[: c.n], (F * sf)[: c.n]) / sz[: c.n])
    return float(r.max(initial=0.0)) if np.isfinite(r).all() else np.inf


def newton(
    c: Conditions,
    z: np.ndarray,
    *,
    theta: float = 1.0,
    limit: int = 30,
    aim: float = 1e-12,
    bounds: tuple[np.ndarray, np.ndarray] | None = None,
    judge: Callable[[Conditions, np.ndarray], float] | None = None,
) -> tuple[np.ndarray, float]:
    """Return the best point met from `z` on, and its merit, or what `judge` says of it instead.

    `bounds` says which hold (lower, upper) at first.
    """
    z = np.clip(z, c.lower, c.upper)
    scales, units = c.scales(z), balanced_units(c, z, theta)

    def left(z: np.ndarray) -> float:
        return merit(c, z, scales, theta) if judge is None else judge(c, z)

    step = _Steps(c, theta, units)
    best, least = z, left(z)
    now = least
    seen: dict[bytes, float] = {}
    stalled = 0
    for _ in range(limit):
        z, key = step(z, min(max(1e-2 * now, _PROX[0]), _PROX[1]), bounds)
        bounds = None
        now = left(z)
        if not np.isfinite(now):
            break
        stalled = 0 if now < 0.9 * least else stalled + 1
        if now < least:
            best, least = z, now
        if (least <= aim and key in seen) or now == 0.0:
            break
        if key in seen and now >= 0.5 * seen[key] and stalled > 6:
            break
        seen[key] = now
    return best, least


class _Steps:
    """Newton steps of one search; without curves the couplings are scaled once, and a system that recurs is kept."""

    def __init__(self, c: Conditions, theta: float, units: Scales) -> None:
        self.c, self.theta, self.units = c, theta, units
        self.bent = bool(c.program.curved.any()) or bool(c.terms)
        self.last: tuple[tuple[bytes, float], SuperLU] | None = None

    def __call__(
        self, z: np.ndarray, prox: float, bounds: tuple[np.ndarray, np.ndarray] | None = None
    ) -> tuple[np.ndarray, bytes]:
        """Return the point after a step, and which entries of z are free."""
        c, theta, (sz, sf) = self.c, self.theta, self.units
        F = c.value(z, theta)
        guess = z / sz - F / sf
        low, high = guess <= c.lower / sz, guess >= c.upper / sz
        if bounds is not None:
            low, high = bounds[0] & np.isfinite(c.lower), bounds[1] & np.isfinite(c.upper)
        low &= ~c.positive
        free = ~(low | high)
        z = np.where(low, c.lower, np.where(high, c.upper, z))
        key = np.packbits(free).tobytes()
        I = np.flatnonzero(free)  # noqa: E741 - the field's letter for an index set
        if not len(I):
            return z, key
        try:
            F, factor = self._factor(z, c.value(z, theta), I, prox, (key, prox))
        except RuntimeError:
            return np.full_like(z, np.nan), key
        for again in range(1 if self.bent else 4):
            if again:
                F = c.value(z, theta)
            rhs = -F[I] / sf[I]
            if np.abs(rhs).max() < 1e-15:
                break
            d = factor.solve(rhs) * sz[I]
            z = z.copy()
            z[I] = _kept_positive(c, z, I, d) if self.bent else z[I] + d
        return z, key

    def _factor(
        self,
        z: np.ndarray,
        F: np.ndarray,
        free: np.ndarray,
        prox: float,
        key: tuple[bytes, float],
    ) -> tuple[np.ndarray, SuperLU]:
        """Return F as it is to be solved, and the factors of its derivative in the free entries."""
        if self.last is not None and self.last[0] == key and not self.bent:
            return F, self.last[1]
        (sz, sf), c = self.units, self.c
        F, diagonal, rows = c.eased(z, F)
        J = self._scaled(z, rows) if self.bent else self._straight
        own = np.zeros(len(z))
        own[: c.n] = diagonal
        own = np.minimum(own[free] * sz[free] / sf[free], 1e12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            factor = splu((J[free][:, free] + sp.diags(own + prox)).tocsc(), permc_spec="COLAMD")
        self.last = key, factor
        return F, factor

    def _scaled(self, z: np.ndarray, rows: np.ndarray) -> sp.csr_matrix:
        sz, sf = self.units
        return sp.csr_matrix(sp.diags(rows / sf) @ self.c.coupling(z, self.theta) @ sp.diags(sz))

    @cached_property
    def _straight(self) -> sp.csr_matrix:
        size = len(self.c.lower)
        return self._scaled(np.zeros(size), np.ones(size))


def _kept_positive(c: Conditions, z: np.ndarray, I: np.ndarray, d: np.ndarray) -> np.ndarray:  # noqa: E741
    """Return z + d where no base of a power curve, and no price beside one, falls by more than nine tenths."""
    off, guarded = np.zeros(len(z)), c.positive.copy()
    off[: c.n] = c.program.off
    guarded[: c.n] |= c.program.curved
    base = z[I] + off[I]
    new: np.ndarray = np.where(guarded[I], np.maximum(z[I] + d, 0.1 * base - off[I]), z[I] + d)
    return new


def continuation(c: Conditions, z: np.ndarray, *, aim: float = 1e-9, limit: float = np.inf) -> tuple[np.ndarray, float]:
    """Follow the solution from the convex program (θ = 0, given) to the network as it stands (θ = 1).

    It ends on the way where steps become tiny, or after `limit` searches.
    """
    theta, step = 0.0, 1.0
    reached, count = z, 0
    while theta < 1.0:
        target = min(1.0, theta + step)
        new, left = newton(c, reached, theta=target)
        count += 1
        if left <= aim:
            theta, reached = target, new
            step *= 2.0
        else:
            step /= 2.0
            if step < 1e-4 or count >= limit:
                return reached, merit(c, reached, c.scales(reached))
    return newton(c, reached)
