"""The equilibrium conditions of a network as one mixed complementarity problem.

With z = (x, y, v), quantities of columns, values of rows, and rates that uphold a rule (a floor's levy), the problem is

    lower ≤ z ≤ upper  ⟂  F(z) = (f'(x) − Kᵀy, Kx − k, 0) + constant + fixed·z + θ·(shift + moved·z) + θ·Σ terms(z):

F_i ≥ 0 where z_i is at its lower bound, ≤ 0 at its upper, 0 between. Without the parts after k it is the optimum of a
convex program; θ goes from 0 (that program) to 1 (the network as it stands).

References
----------
Facchinei and Pang (2003), Finite-Dimensional Variational Inequalities and Complementarity Problems, Springer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from ytterby.market._interior import Point, Units
from ytterby.market._program import Program

__all__ = ["Conditions", "Term", "conditions_of"]


class Term(Protocol):
    """A part of F that is not linear: values by row, and its derivatives as triplets."""

    def __call__(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return (rows, values, (rows, columns, derivatives))."""
        ...

    def moved_to(self, position: np.ndarray, program: Program) -> Term:
        """Return the term where entry i of z stands at `position[i]` (−1: gone)."""
        ...


@dataclass(frozen=True)
class Conditions:
    """Bounds, couplings and scales of the problem above."""

    program: Program
    lower: np.ndarray
    upper: np.ndarray
    constant: np.ndarray
    fixed: sp.csr_matrix
    shift: np.ndarray
    moved: sp.csr_matrix
    rate_unit: np.ndarray
    terms: tuple[Term, ...] = ()
    units: Units = field(default_factory=lambda: Units(1.0, 1.0))

    @property
    def n(self) -> int:
        """Number of columns."""
        return self.program.K.shape[1]

    @property
    def m(self) -> int:
        """Number of rows."""
        return self.program.K.shape[0]

    @property
    def convex(self) -> bool:
        """Whether the problem is the optimum of a convex program."""
        plain = len(self.lower) == self.n + self.m and not (self.shift.any() or self.constant.any())
        return plain and self.fixed.nnz == 0 and self.moved.nnz == 0 and not self.terms

    @cached_property
    def positive(self) -> np.ndarray:
        """Which z_i are above zero in any solution.

        Quantities whose first unit is worth any price, and prices at which a demand grows without bound as they fall.
        """
        mask = np.zeros(len(self.lower), dtype=bool)
        steep = np.flatnonzero(self.program.coef < 0.0)
        if steep.size:
            mask[steep] = self.program.off[steep] == 0.0
            mask[self.n + np.unique(self.program.K[:, steep].tocoo().row)] = True
        return mask

    def value(self, z: np.ndarray, theta: float = 1.0) -> np.ndarray:
        """Return F(z)."""
        n, m, p = self.n, self.m, self.program
        out = self.constant.copy()
        out[:n] += p.marginal(np.maximum(z[:n], 0.0)) - p.K.T @ z[n : n + m]
        out[n : n + m] += p.K @ z[:n] - p.k
        if self.fixed.nnz:
            out += self.fixed @ z
        if theta:
            out += theta * self.shift
            if self.moved.nnz:
                out += theta * (self.moved @ z)
            for term in self.terms:
                rows, values, _ = term(z)
                np.add.at(out, rows, theta * values)
        return out

    def eased(self, z: np.ndarray, F: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return F with power curves in forms kind to Newton's method, its own slopes, and what its rows are scaled by.

        Let a column's curve c·u^e have to equal c·m. Where e < 1 the curve is steep at zero and its inverse is not:
        u − m^(1/e) has the same zero. Where e ≥ 1 and m is next to nothing, the column follows its price alone. Where
        u^e < m otherwise, m·log(u^e/m) has the same zero, and steps on it do not overshoot, however steep the curve.
        """
        p, n = self.program, self.n
        diagonal, rows = p.weight * p.quad, np.ones(len(z))
        c = np.flatnonzero(p.curved)
        if not c.size:
            return F, diagonal, rows
        expo, factor, scale = p.expo[c], p.weight[c] * p.coef[c], p.scale[c]
        x = np.maximum(z[:n][c] + p.off[c], 0.0)
        u = np.maximum(x / scale, 1e-300)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            power = u**expo
            want = power - F[:n][c] / factor
            good = (want > power) & np.isfinite(want) & (power > 0.0)
            root = (expo > 0.0) & (expo < 1.0)
            loose = (expo >= 1.0) & (want < 1e-3 * power)
            logs = factor * want * np.log(np.where(good, power / np.where(good, want, 1.0), 1.0))
            slope = factor * np.where(good, want, power) * expo / (u * scale)
            there = np.where(root | loose, np.maximum(want, 0.0), 1.0)
            inverse = np.where(loose, 0.0, there ** (1.0 / expo - 1.0) / expo)
            roots = factor * (x / scale - there ** (1.0 / expo))
        root |= loose
        F, diagonal = F.copy(), diagonal.copy()
        F[c] = np.where(root, roots, np.where(good, logs, F[:n][c]))
        slope = np.where(root, factor / scale + p.weight[c] * p.quad[c] * inverse, slope)
        slope = np.where(np.isfinite(slope), slope, 0.0)
        diagonal[c] = np.where(root, slope, diagonal[c] + slope)
        rows[c] = np.where(root, inverse, 1.0)
        return F, diagonal, rows

    def coupling(self, z: np.ndarray, theta: float = 1.0) -> sp.csr_matrix:
        """Return the derivative of F without the columns' own curvature, shape (n+m+k, n+m+k)."""
        base = self._skeleton
        if self.fixed.nnz:
            base = base + self.fixed
        if theta:
            if self.moved.nnz:
                base = base + theta * self.moved
            for term in self.terms:
                _, _, (rows, columns, values) = term(z)
                base = base + theta * sp.csr_matrix((values, (rows, columns)), shape=base.shape)
        return base

    @cached_property
    def _skeleton(self) -> sp.csr_matrix:
        K, k = self.program.K, len(self.lower) - self.n - self.m
        ties = K.tocoo()
        rows = np.concatenate([ties.col, ties.row + self.n])
        columns = np.concatenate([ties.row + self.n, ties.col])
        size = self.n + self.m + k
        return sp.csr_matrix((np.concatenate([-ties.data, ties.data]), (rows, columns)), shape=(size, size))

    def join(self, point: Point) -> np.ndarray:
        """Return z, within its bounds."""
        z: np.ndarray = np.clip(np.concatenate([point.x, point.y, point.v]), self.lower, self.upper)
        return z

    def split(self, z: np.ndarray) -> Point:
        """Return the parts of z."""
        n, m = self.n, self.m
        return Point(z[:n], z[n : n + m], z[n + m :])

    def scales(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how large is a small z_i and a small F_i, from what passes through each place at z."""
        p, n, m, u = self.program, self.n, self.m, self.units
        x, y = z[:n], z[n : n + m]
        absolute = p.size
        through = np.maximum(0.5 * (absolute @ np.abs(x) + np.abs(p.k)), 1e-6 * u.quantity)
        price = np.maximum(np.abs(y), 1e-4 * u.price * p.row_weight)
        count = np.maximum(np.diff(absolute.tocsc().indptr), 1)
        touching = absolute.T
        pattern = touching.copy()
        pattern.data = np.ones_like(pattern.data)
        column_price = np.maximum(np.abs(p.weight * p.lin), touching @ price / count)
        column_price = np.maximum(column_price, 1e-4 * u.price * p.weight)
        column = np.maximum((pattern @ through) / count, 1e-6 * u.quantity)
        rates = self.rate_unit
        return np.concatenate([column, price, rates]), np.concatenate([column_price, through, rates])


def conditions_of(program: Program) -> Conditions:
    """Return the conditions of a convex program alone."""
    n, m = program.K.shape[1], program.K.shape[0]
    size = n + m
    free = np.where(program.equality, -np.inf, 0.0)
    empty = sp.csr_matrix((size, size))
    return Conditions(
        program,
        np.concatenate([program.lower, free]),
        np.concatenate([program.upper, np.full(m, np.inf)]),
        np.zeros(size),
        empty,
        np.zeros(size),
        empty,
        np.zeros(0),
        units=Units.of(program),
    )
