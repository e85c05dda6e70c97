"""Prices of goods that nothing can reach, where another demand or supply depends on them.

Nobody sells there, so the price is the least at which nobody would gain by a first unit: what the highest bidder would
pay, which may depend on prices elsewhere. Presolve sets such places aside; those prices are given to the rest, and the
two are found in turn until they agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ytterby.errors import SolveError
from ytterby.market._conditions import Conditions
from ytterby.market._cross import CrossTerm
from ytterby.market._presolve import Reduced, least_prices

__all__ = ["Given", "first_prices"]

_AGREE = 1e-12


@dataclass(frozen=True)
class Given:
    """Values of rows that are set aside and that other conditions read.

    Raises
    ------
    SolveError
        If one of them has no bound.
    """

    rows: np.ndarray
    values: np.ndarray

    def __post_init__(self) -> None:
        if not np.isfinite(self.values).all():
            raise SolveError(
                "a demand or supply depends on the price of a good that nothing can reach, and that price has no bound",
                hint="give that good a supply or a route, or its buyers a 'choke' price",
            )

    def agrees(self, y: np.ndarray) -> bool:
        """Whether they are those of y."""
        found = y[self.rows]
        return bool((np.abs(found - self.values) <= _AGREE * np.maximum(np.abs(found), np.abs(self.values))).all())

    def moved_to(self, y: np.ndarray) -> Given:
        """Return the values that y has."""
        return Given(self.rows, y[self.rows])


def first_prices(c: Conditions, reduced: Reduced) -> Given | None:
    """Return the values of rows that are set aside and read, at prices of zero elsewhere; None if none is read."""
    terms = [t.others for t in c.terms if isinstance(t, CrossTerm)]
    gone = np.setdiff1d(np.arange(c.m), reduced.rows) if c.moved.nnz or terms else np.zeros(0, dtype=np.intp)
    if not gone.size:
        return None
    live = np.concatenate([reduced.columns, c.n + reduced.rows, np.arange(c.n + c.m, len(c.lower))])
    read = np.diff(sp.csc_matrix(c.moved[live][:, c.n + gone]).indptr) > 0
    read |= np.isin(c.n + gone, np.concatenate(terms) if terms else np.zeros(0, dtype=np.intp))
    if not read.any():
        return None
    p, rates = c.program, np.maximum(c.lower[c.n + c.m :], 0.0)
    y = least_prices(p, p.lower, np.zeros(c.m), rates, gone, np.arange(c.n), c)
    return Given(gone[read], y[gone[read]])
