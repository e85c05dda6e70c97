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

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ytterby.market._conditions import Conditions

__all__ = ["barrier"]


def barrier(
    c: Conditions, start: np.ndarray | None = None, *, theta: float = 1.0, limit: int = 120, aim: float = 1e-7
) -> np.ndarray | None:
    """Return a point near the solution, or None where the path breaks off."""
    n, size = c.n, len(c.lower)
    unit = _units(c)
    su, sf = unit
    lower, upper = c.lower / su, c.upper / su
    has_low, has_high = np.isfinite(lower), np.isfinite(upper)
    z = _start(c, start, lower, upper, su)
    wl, wu = np.where(has_low, 1.0, 0.0), np.where(has_high, 1.0, 0.0)
    for _ in range(limit):
        gl = np.where(has_low, z - lower, 1.0)
        gu = np.where(has_high, upper - z, 1.0)
        raw, diagonal = c.eased(z * su, c.value(z * su, theta))
        F = raw / sf
        r = F - wl + wu
        pairs = has_low.sum() + has_high.sum()
        mu = float((wl * gl + wu * gu).sum()) / max(pairs, 1)
        if max(np.abs(r).max(initial=0.0), mu) <= aim:
            return z * su
        own = np.zeros(size)
        own[:n] = diagonal
        own = own * su / sf
        solve = _factor(c, z * su, theta, own + wl / gl + wu / gu, unit)
        if solve is None:
            return None
        tl, tu = np.zeros(size), np.zeros(size)
        d = solve(-r - wl + wu)
        dl, du = -wl - wl / gl * d, -wu + wu / gu * d
        a = _reach(z, d, gl, gu, wl, wu, dl, du, 1.0)
        after = float(((wl + a * dl) * (gl + a * d) * has_low + (wu + a * du) * (gu - a * d) * has_high).sum()) / max(
            pairs, 1
        )
        sigma = min(1.0, max((after / mu) ** 3, 1e-6)) if mu > 0.0 else 0.0
        tl = np.where(has_low, (sigma * mu - d * dl) / gl, 0.0)
        tu = np.where(has_high, (sigma * mu + d * du) / gu, 0.0)
        d = solve(-r - wl + wu + tl - tu)
        dl, du = np.where(has_low, tl - wl - wl / gl * d, 0.0), np.where(has_high, tu - wu + wu / gu * d, 0.0)
        a = _reach(z, d, gl, gu, wl, wu, dl, du, 0.995)
        if not np.isfinite(a) or a < 1e-10:
            return None
        z, wl, wu = z + a * d, wl + a * dl, wu + a * du
    return None


def _units(c: Conditions) -> tuple[np.ndarray, np.ndarray]:
    p, u = c.program, c.units
    rates = c.rate_unit
    money = u.price * np.ones(c.n)
    return (
        np.concatenate([np.full(c.n, u.quantity), u.price * np.ones(c.m), rates]),
        np.concatenate([money, np.full(c.m, u.quantity), rates]),
    ) if p is not None else (rates, rates)


def _start(c: Conditions, start: np.ndarray | None, lower: np.ndarray, upper: np.ndarray, su: np.ndarray) -> np.ndarray:
    guess = np.ones(len(su)) if start is None else start / su
    low = np.where(np.isfinite(lower), lower, -1e300)
    high = np.where(np.isfinite(upper), upper, 1e300)
    room = high - low
    return np.clip(guess, low + np.minimum(0.1, 0.1 * room), high - np.minimum(0.1, 0.1 * room))


def _reach(z, d, gl, gu, wl, wu, dl, du, share):  # type: ignore[no-untyped-def]
    a = 1.0 / share
    with np.errstate(divide="ignore", invalid="ignore"):
        for g, dg in ((gl, d), (gu, -d), (wl, dl), (wu, du)):
            ratio = np.where((dg < 0.0) & (g > 0.0), -g / dg, np.inf)
            a = min(a, float(ratio.min(initial=np.inf)))
    return min(1.0, share * a)


def _factor(c: Conditions, z: np.ndarray, theta: float, diagonal: np.ndarray, unit: tuple[np.ndarray, np.ndarray]):  # type: ignore[no-untyped-def]
    n = c.n
    su, sf = unit
    J = sp.diags(1.0 / sf) @ c.coupling(z, theta) @ sp.diags(su)
    J = J.tocsr()
    own = 1.0 / (diagonal[:n] + 1e-14)
    B, C, E = J[:n][:, n:], J[n:][:, :n], J[n:][:, n:]
    S = E + sp.diags(diagonal[n:] + 1e-12) - C @ (sp.diags(own) @ B)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            lu = splu(S.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        except RuntimeError:
            return None

    def solve(rhs: np.ndarray) -> np.ndarray:
        y = lu.solve(rhs[n:] - C @ (own * rhs[:n]))
        return np.concatenate([own * (rhs[:n] - B @ y), y])

    return solve
