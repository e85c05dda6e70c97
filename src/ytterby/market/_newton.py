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

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

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

    best, least = z, left(z)
    now = least
    seen: dict[bytes, float] = {}
    stalled = 0
    for _ in range(limit):
        z, key = _step(c, z, min(max(1e-2 * now, _PROX[0]), _PROX[1]), theta, units, bounds)
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


def _step(
    c: Conditions,
    z: np.ndarray,
    prox: float,
    theta: float,
    units: Scales,
    bounds: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, bytes]:
    sz, sf = units
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
    F, diagonal, rows = c.eased(z, c.value(z, theta))
    J = c.coupling(z, theta)[I][:, I]
    J = sp.diags(rows[I] / sf[I]) @ J @ sp.diags(sz[I])
    own = np.zeros(len(z))
    own[: c.n] = diagonal
    own = np.minimum(own[I] * sz[I] / sf[I], 1e12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            factor = splu((J + sp.diags(own + prox)).tocsc(), permc_spec="COLAMD")
        except RuntimeError:
            return np.full_like(z, np.nan), key
    curved = bool(c.program.curved.any()) or bool(c.terms)
    for _ in range(1 if curved else 4):
        rhs = -F[I] / sf[I]
        if np.abs(rhs).max() < 1e-15:
            break
        d = factor.solve(rhs) * sz[I]
        z = z.copy()
        z[I] = z[I] + d if not curved else _kept_positive(c, z, I, d)
        F = c.value(z, theta)
    return z, key


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
