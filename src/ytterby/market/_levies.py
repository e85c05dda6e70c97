"""Floors by a nested method: convex programs at given levies outside, a complementarity problem for the levies inside.

At levies v the network is a convex program with shifted costs, whose prices p(v) are piecewise smooth. The levies solve

    0 ≤ v ≤ v̄  ⟂  p(v) + D v − p̄,

which is linearised at each convex solve (its derivative is one linear solve with the program's active set) and solved
as a box-constrained linear complementarity problem (Josephy and Newton's method). The convex programs are solved anew
each time, so that a wrong guess of what binds never survives, as it can where all of z moves at once.

Where the derivative is nil (nothing is imported, or the levy only eats a rent) a secant takes its place, or a step that
doubles; a levy that keeps all imports out where the price is below the floor is prohibitive, until that is refuted.

References
----------
Josephy (1979), Newton's method for generalized equations, MRC report 1965, University of Wisconsin.
Facchinei and Pang (2003), Finite-Dimensional Variational Inequalities and Complementarity Problems, ch. 7.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ytterby.market._conditions import Conditions
from ytterby.market._newton import newton

__all__ = ["nested", "solves_by_levies"]

_LIMIT = 40
_FEW = 8
"""Rounds where each needs a continuation of its own, not one convex program."""
_AIM = 1e-10
_ENOUGH = 1e-7
"""Largest miss of a floor, relative to it, at which rounds end once `_MANY` have been tried."""
_MANY = 12
_NEAR = 0.05
"""Largest miss from which all of z is tried at once."""
_FLAT = 0.02
"""Rise of the price per levy below which the derivative is not trusted: no imports, or a rent gives way first."""
_EARLY = 5
"""Rounds in which a levy that keeps all imports out falls to where imports begin."""
Convex = Callable[[Conditions, float], np.ndarray]


def solves_by_levies(c: Conditions) -> bool:
    """Return whether every v is a rate outside of what the other conditions are made of."""
    size = c.n + c.m
    return len(c.lower) > size and not c.terms and c.moved[size:].nnz == 0 and not c.constant[size:].any()


def nested(c: Conditions, base: Conditions, z: np.ndarray, convex: Convex) -> np.ndarray:
    """Return z = (x, y, v) of the network with its levies.

    Parameters
    ----------
    c
        Conditions with rates.
    base
        The same without: those of a convex program, or of one with fixed couplings.
    z
        The solution of `base`.
    convex
        Solves conditions without rates; its second argument is the largest miss of a floor so far, which says how
        precise the solution needs to be.
    """
    size = c.n + c.m
    shifts = sp.csc_matrix(c.fixed[: c.n, size:])
    reads = sp.csr_matrix(c.fixed[size:, c.n : size])
    own = c.fixed[size:, size:].diagonal()
    low, high = c.lower[size:], c.upper[size:]
    v = np.zeros(len(low))
    best, least, tried = np.concatenate([z, v]), np.inf, _NEAR
    moved, now = base, np.inf
    pace, last, refuted = np.ones(len(v)), (v, np.zeros(len(v))), np.zeros(len(v), dtype=bool)
    for n in range(_LIMIT if base.convex else _FEW):
        if n:
            program = base.program
            moved = replace(base, program=replace(program, lin=program.lin + (shifts @ v) / program.weight))
            z = convex(moved, now)
        gap = reads @ z[c.n :] + own * v + c.shift[size:]
        now = float((np.abs(v - np.clip(v - gap, low, high)) / c.rate_unit).max())
        if now < least:
            best, least = np.concatenate([z, v]), now
            if now < tried / 3.0:
                tried = now
                whole, left = newton(c, best, limit=8)
                if left <= _AIM:
                    return whole
        if least <= _ENOUGH and n >= _MANY:
            break
        slopes = reads @ _sensitivity(moved, z, shifts) + np.diag(own)
        flat = slopes.diagonal() < _FLAT
        slopes[flat] = np.eye(len(v))[flat]
        with np.errstate(divide="ignore", invalid="ignore"):
            secant = (gap - last[1]) / (v - last[0])
        overshot = ~flat & (gap * last[1] < 0.0) & (np.abs(gap) > np.abs(last[1]))
        chord = np.where(overshot & np.isfinite(secant), secant, 0.0)
        np.fill_diagonal(slopes, np.maximum(slopes.diagonal(), chord))
        pace = np.where(flat & (np.sign(gap) == np.sign(last[1])), 2.0 * pace, 1.0)
        guess = np.where(np.isfinite(secant) & (secant > _FLAT), gap / np.maximum(secant, _FLAT), pace * gap)
        step = np.where(flat, guess, gap)
        rent = _rent(base, z, shifts)
        step = np.where(flat & (gap < 0.0) & (rent > 0.0), np.minimum(step, gap - rent), step)
        refuted |= (v >= high) & (gap > 0.0)
        idle = flat & (abs(shifts).T @ np.maximum(z[: c.n], 0.0) <= 1e-7 * c.units.quantity)
        if n < _EARLY:
            entry = _entry(moved.value(z)[: c.n], shifts) + 1e-9 * c.rate_unit
            step = np.where(idle & (gap > 0.0) & np.isfinite(entry), np.maximum(entry, step), step)
        last = (v, gap)
        v = _with_shut(slopes, step - slopes @ v, low, high, v, idle & (gap < 0.0) & ~refuted)
    return best


def _rent(c: Conditions, z: np.ndarray, shifts: sp.csc_matrix) -> np.ndarray:
    """Return what each levy takes from the holders of permits before it moves the price: their mean rent per unit."""
    caps = c.program.K[c.program.n_nodes :]
    per_unit = np.maximum(-(caps.T @ z[c.n + c.program.n_nodes :]), 0.0)
    arcs = shifts.tocoo()
    flow = np.maximum(z[arcs.row], 0.0)
    total = np.bincount(arcs.col, flow, shifts.shape[1])
    taken = np.bincount(arcs.col, flow * per_unit[arcs.row] / np.abs(arcs.data), shifts.shape[1])
    return np.divide(taken, total, out=np.zeros(shifts.shape[1]), where=total > 0.0)


def _entry(F: np.ndarray, shifts: sp.csc_matrix) -> np.ndarray:
    """Return by how much each levy must fall before something is imported."""
    arcs = shifts.tocoo()
    out = np.full(shifts.shape[1], np.inf)
    np.minimum.at(out, arcs.col, np.maximum(F[arcs.row], 0.0) / np.abs(arcs.data))
    return out


def _with_shut(
    M: np.ndarray, q: np.ndarray, low: np.ndarray, high: np.ndarray, v: np.ndarray, shut: np.ndarray
) -> np.ndarray:
    """Return the levies where some places import nothing and are below their floor: those levies are prohibitive."""
    new = np.where(shut, high, v)
    rest = ~shut
    if rest.any():
        inner = M[np.ix_(rest, rest)]
        new[rest] = _box_lcp(inner, q[rest] + M[np.ix_(rest, shut)] @ high[shut], low[rest], high[rest], v[rest])
    return new


def _sensitivity(c: Conditions, z: np.ndarray, shifts: sp.csc_matrix) -> np.ndarray:
    """Return dy/dv, shape (rows, levies), with what binds at z kept binding."""
    F = c.value(z)
    sz, sf = c.scales(z)
    guess = z / sz - F / sf
    free = np.flatnonzero(~((guess <= c.lower / sz) | (guess >= c.upper / sz)))
    curvature = np.zeros(len(z))
    curvature[: c.n] = c.program.curvature(np.maximum(z[: c.n], 0.0))
    J = sp.diags(1.0 / sf[free]) @ c.coupling(z)[free][:, free] @ sp.diags(sz[free])
    J = (J + sp.diags(np.minimum(curvature[free] * sz[free] / sf[free], 1e12) + 1e-9)).tocsc()
    cost = sp.vstack([shifts, sp.csc_matrix((c.m, shifts.shape[1]))]).tocsr()[free]
    felt = np.flatnonzero(np.diff(cost.tocsc().indptr))
    out = np.zeros((len(z), shifts.shape[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            moved = splu(J, permc_spec="COLAMD").solve(-(sp.diags(1.0 / sf[free]) @ cost[:, felt]).toarray())
        except RuntimeError:  # exactly singular: no derivative is known, and secants take its place
            return out[c.n :]
    out[np.ix_(free, felt)] = moved * sz[free][:, None]
    return out[c.n :]


def _box_lcp(M: np.ndarray, q: np.ndarray, low: np.ndarray, high: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return v with low ≤ v ≤ high complementary to M v + q, by active sets; by sweeps where those cycle."""
    unit = max(float(np.abs(np.diag(M)).max(initial=0.0)), 1e-12)
    seen: set[bytes] = set()
    for _ in range(200):
        guess = v - (M @ v + q) / unit
        at_low, at_high = guess <= low, guess >= high
        key = np.packbits(at_low).tobytes() + np.packbits(at_high).tobytes()
        if key in seen:
            break
        seen.add(key)
        new = np.where(at_low, low, np.where(at_high, high, v))
        free = np.flatnonzero(~(at_low | at_high))
        if len(free):
            inner = M[np.ix_(free, free)] + 1e-12 * unit * np.eye(len(free))
            rest = q[free] + M[free] @ np.where(at_low | at_high, new, 0.0)
            try:
                new[free] = np.linalg.solve(inner, -rest)
            except np.linalg.LinAlgError:
                break
        w = M @ new + q
        if np.abs(new - np.clip(new - w / unit, low, high)).max() <= 1e-12 * (1.0 + np.abs(new).max()):
            return np.clip(new, low, high)
        v = new
    v = np.clip(v, low, high)
    for _ in range(500):
        before = v.copy()
        for i in range(len(v)):
            w = float(M[i] @ v + q[i])
            slope = max(float(M[i, i]), 1e-9 * unit)
            v[i] = min(max(v[i] - w / slope, low[i]), high[i])
        if np.abs(v - before).max() <= 1e-12 * (1.0 + np.abs(v).max()):
            break
    return v
