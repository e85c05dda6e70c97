"""The linear systems of a method that has prices alone as unknowns: K D Kᵀ + T, sparse, positive definite.

From one step to the next few columns enter or leave the system. While few have, the factors of an earlier system serve
as a preconditioner for conjugate gradients, which then need about as many steps as columns have changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import SuperLU, splu

__all__ = ["NormalEquations"]

_FEW = 20
"""Columns that may have changed for earlier factors to serve; half of what they save is lost at twice as many."""
_STEPS = 24
"""Steps of conjugate gradients that cost what new factors cost."""
_LIKE = 0.05
"""Share of columns that may have changed for an earlier order of the rows to leave few entries in the factors."""


@dataclass(frozen=True)
class _Factors:
    """The factors of one system, its rows in an order, and which columns it had."""

    lu: SuperLU
    order: np.ndarray
    inner: np.ndarray

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        d = np.empty_like(rhs)
        d[self.order] = self.lu.solve(rhs[self.order])
        return d


class NormalEquations:
    """Systems with K D Kᵀ + T, D and T diagonal, over changing columns of K."""

    def __init__(self, K: sp.csr_matrix) -> None:
        self.columns = K.tocsc()
        self.order, self.inner, self.fill = np.arange(K.shape[0]), np.zeros(K.shape[1], dtype=bool), 0
        self.factors: _Factors | None = None

    def solve(
        self, inner: np.ndarray, curvature: np.ndarray, own: np.ndarray, rhs: np.ndarray, enough: np.ndarray
    ) -> np.ndarray:
        """Return a solution d of (K diag(curvature) Kᵀ + diag(own)) d = rhs over the columns where `inner` is true.

        No row misses by more than `enough`, but for rounding.

        Raises
        ------
        RuntimeError
            If the system is singular to working precision.
        """
        K, before = self.columns[:, np.flatnonzero(inner)], self.factors
        if before is not None and np.count_nonzero(inner != before.inner) <= _FEW:
            d = _conjugate_gradients(K, curvature, own, rhs, before, enough)
            if d is not None:
                return d
        before = self.factors = None  # their memory goes before that of the new ones comes
        self.factors = self._factors(K, inner, curvature, own)
        return self.factors.solve(rhs)

    def _factors(self, K: sp.csc_matrix, inner: np.ndarray, curvature: np.ndarray, own: np.ndarray) -> _Factors:
        order = self.order
        like = self.fill > 0 and np.count_nonzero(inner != self.inner) <= _LIKE * len(curvature)
        H = (K @ sp.diags(curvature) @ K.T + sp.diags(own)).tocsc()
        lu = splu(
            H[order][:, order],
            permc_spec="NATURAL" if like else "MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        if not like:
            self.order, self.inner, self.fill = order[np.argsort(lu.perm_c)], inner, lu.nnz
        elif lu.nnz > 1.2 * self.fill:
            self.fill = 0
        return _Factors(lu, order, inner)


def _conjugate_gradients(
    K: sp.csc_matrix, curvature: np.ndarray, own: np.ndarray, rhs: np.ndarray, like: _Factors, enough: np.ndarray
) -> np.ndarray | None:
    """Return a solution for which no row misses by more than `enough`; None if the factors are not like the system."""
    Kt = K.T
    d: np.ndarray
    d, left = np.zeros_like(rhs), rhs
    step = toward = like.solve(left)
    size = (left * toward).sum()
    for _ in range(_STEPS):
        image = K @ (curvature * (Kt @ step)) + own * step
        length = size / (step * image).sum()
        d, left = d + length * step, left - length * image
        if (np.abs(left) <= enough).all():
            return d
        toward = like.solve(left)
        before, size = size, (left * toward).sum()
        step = toward + size / before * step
    return None
