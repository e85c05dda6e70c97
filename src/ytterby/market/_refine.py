"""From six digits to all of them: a semismooth Newton method on the complementarity conditions.

With marginal costs f'(x), the conditions are 0 ≤ x − l ⟂ f'(x) − Kᵀy ≥ 0 (with upper bounds) and 0 ≤ y ⟂ Kx − k ≥ 0.
Each step guesses which bounds and rows hold with equality and solves the linear system that remains; proximal terms
keep it solvable where quantities or prices are not unique, and leave those where they are.

References
----------
Qi and Sun (1993), A nonsmooth version of Newton's method, Math. Programming 58.
Facchinei and Pang (2003), Finite-Dimensional Variational Inequalities and Complementarity Problems, ch. 7-9.
"""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ytterby.market._interior import Point, Units
from ytterby.market._program import Program

__all__ = ["Scales", "refine", "residuals"]

_PROX = 1e-9


class Scales:
    """How large is a small quantity or price: by row (throughput) and by column (its rows)."""

    def __init__(self, program: Program, point: Point) -> None:
        K = program.K
        units = Units.of(program)
        through = 0.5 * (abs(K) @ np.abs(point.x) + np.abs(program.k))
        self.row = np.maximum(through, 1e-6 * units.quantity)
        price = np.abs(point.y) / program.row_weight
        self.price = np.maximum(price, 1e-6 * units.price)
        absolute = abs(K).T.tocsr()
        count = np.maximum(np.diff(absolute.indptr), 1)
        pattern = absolute.copy()
        pattern.data = np.ones_like(pattern.data)
        self.column_price = np.maximum(
            np.maximum(np.abs(program.weight * program.lin), absolute @ (self.price * program.row_weight) / count),
            1e-6 * units.price,
        )
        self.column = np.maximum(np.abs(point.x), 1e-3 * (pattern @ self.row) / count)


def residuals(program: Program, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (f'(x) − Kᵀy, Kx − k)."""
    return program.marginal(np.maximum(x, 0.0)) - program.K.T @ y, program.K @ x - program.k


def _merit(program: Program, s: Scales, x: np.ndarray, y: np.ndarray) -> float:
    fx, fy = residuals(program, x, y)
    u, v = x / s.column, fx / s.column_price
    rx = u - np.clip(u - v, program.lower / s.column, program.upper / s.column)
    py = s.price * program.row_weight
    ry = np.where(program.equality, fy / s.row, np.minimum(y / py, fy / s.row))
    return float(max(np.abs(rx).max(initial=0.0), np.abs(ry).max(initial=0.0)))


def refine(program: Program, point: Point, *, limit: int = 25, aim: float = 1e-12) -> Point:
    """Return the point improved as far as it goes; never a worse one."""
    s = Scales(program, point)
    x, y = np.clip(point.x, program.lower, program.upper), point.y.copy()
    y[~program.equality] = np.maximum(y[~program.equality], 0.0)
    best, least = Point(x, y), _merit(program, s, x, y)
    seen: set[bytes] = set()
    for _ in range(limit):
        x, y, key = _step(program, s, x, y)
        merit = _merit(program, s, x, y)
        if merit < least:
            best, least = Point(x, y), merit
        if not np.isfinite(merit) or (least <= aim and key in seen):
            break
        if key in seen and merit > 0.5 * least and merit > least:
            break
        seen.add(key)
    return best


def _step(program: Program, s: Scales, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, bytes]:
    fx, fy = residuals(program, x, y)
    guess = x / s.column - fx / s.column_price
    low, high = guess <= program.lower / s.column, guess >= program.upper / s.column
    free = ~(low | high)
    py = s.price * program.row_weight
    held = program.equality | (y / py - fy / s.row > 0.0)
    x = np.where(low, program.lower, np.where(high, program.upper, x))
    y = np.where(held, y, 0.0)
    J, I = np.flatnonzero(free), np.flatnonzero(held)  # noqa: E741 - the field's letters for index sets
    key = np.packbits(free).tobytes() + np.packbits(held).tobytes()
    nj = len(J)
    if nj + len(I) == 0:
        return x, y, key
    cx, cy = s.column[J], py[I]
    rx, ry = s.column_price[J], s.row[I]
    hess = np.minimum(program.curvature(np.maximum(x, 0.0))[J], 1e12 * rx / cx)
    K = program.K[I][:, J].tocsr()
    top = sp.diags(hess * cx / rx + _PROX)
    low_left = sp.diags(1.0 / ry) @ K @ sp.diags(cx)
    top_right = -(sp.diags(1.0 / rx) @ K.T @ sp.diags(cy))
    M = sp.bmat([[top, top_right], [low_left, _PROX * sp.eye(len(I))]], format="csc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            factor = splu(M, permc_spec="COLAMD")
        except RuntimeError:
            return x, np.full_like(y, np.nan), key
    for _ in range(4):
        fx, fy = residuals(program, x, y)
        rhs = -np.concatenate([fx[J] / rx, fy[I] / ry])
        if np.abs(rhs).max() < 1e-15:
            break
        d = factor.solve(rhs)
        x, y = x.copy(), y.copy()
        new = x[J] + d[:nj] * cx
        steep = program.coef[J] < 0.0
        floor = 0.1 * (x[J] + program.off[J]) - program.off[J]
        x[J] = np.where(steep, np.maximum(new, floor), new)
        y[I] += d[nj:] * cy
        if program.curved[J].any():
            break
    return x, y, key
