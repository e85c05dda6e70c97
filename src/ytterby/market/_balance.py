"""What hangs together, and in which units: a tonne of ore beside a kilogram of oxide are of one size, not a thousand.

A column ties the rows that it touches. Rows and columns tied to each other, directly or by others, are a *part*: a
market of its own. Units are chosen so that a unit of a column is one unit of its rows, as nearly as can be:

    minimise Σ_ij (log |K_ij| + log (unit of column j) − log (unit of row i))²,

so that it matters little in which units a network is written. Their level in each part is arbitrary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

__all__ = ["Balance", "Sizes", "balance"]

_FAINT = 1e-12
"""Size, relative to the largest in its part, below which what should be nil cannot be told from rounding."""
_NONE = 1e-12
"""Size, relative likewise, up to which nothing passes."""
_LEAST = 1e-300


@dataclass(frozen=True)
class Balance:
    """Units of rows and columns, and the number of the part that each belongs to, counted from 0."""

    row: np.ndarray
    column: np.ndarray
    row_part: np.ndarray
    column_part: np.ndarray
    parts: int

    def sizes(self, through: np.ndarray, price: np.ndarray) -> Sizes:
        """Return the sizes around: `through` is what passes through each row, `price` its value."""
        return Sizes(self, self._most(through / self.row), self._most(price * self.row))

    def idle(self, through: np.ndarray) -> np.ndarray:
        """Return the rows through which nothing passes."""
        most = self._most(through / self.row)
        none: np.ndarray = through <= _NONE * most[self.row_part] * self.row
        return none

    def _most(self, by_row: np.ndarray) -> np.ndarray:
        most = np.zeros(self.parts)
        np.maximum.at(most, self.row_part, by_row)
        return most


@dataclass(frozen=True)
class Sizes:
    """The largest quantity and price of each part, in its balanced units."""

    balance: Balance
    most: np.ndarray
    dear: np.ndarray

    @property
    def row_quantity(self) -> np.ndarray:
        """Faint quantity of each row."""
        return _faint(self.most[self.balance.row_part] * self.balance.row)

    @property
    def column_quantity(self) -> np.ndarray:
        """Faint quantity of each column."""
        return _faint(self.most[self.balance.column_part] * self.balance.column)

    @property
    def row_price(self) -> np.ndarray:
        """Faint price of each row."""
        return _faint(self.dear[self.balance.row_part] / self.balance.row)

    @property
    def column_price(self) -> np.ndarray:
        """Faint unit profit of each column."""
        return _faint(self.dear[self.balance.column_part] / self.balance.column)


def _faint(largest: np.ndarray) -> np.ndarray:
    faint: np.ndarray = np.maximum(_FAINT * largest, _LEAST)
    return faint


def balance(K: sp.csr_matrix) -> Balance:
    """Return the units and parts of a program with the matrix K."""
    m, n = K.shape
    ties = abs(K).tocoo()
    tied = ties.data > 0.0
    row, column, value = ties.row[tied], ties.col[tied], ties.data[tied]
    graph = sp.csr_matrix((value, (row, m + column)), shape=(m + n, m + n))
    parts, part = connected_components(graph, directed=False)
    if (value == 1.0).all():
        return Balance(np.ones(m), np.ones(n), part[:m], part[m:], parts)
    # what is tied one to one has one unit: routes, supplies, demands; few groups are left, tied by processes
    plain = value == 1.0
    same = sp.csr_matrix((value[plain], (row[plain], m + column[plain])), shape=(m + n, m + n))
    groups, group = connected_components(same, directed=False)
    a, b, ratio = group[row[~plain]], group[m + column[~plain]], np.log(value[~plain])
    ties_of = sp.csr_matrix((np.ones(len(a)), (a, b)), shape=(groups, groups))
    laplacian = sp.diags(np.asarray(ties_of.sum(axis=0)).ravel() + np.asarray(ties_of.sum(axis=1)).ravel() + 1e-9)
    pull = np.bincount(a, ratio, groups) - np.bincount(b, ratio, groups)
    unit = splu((laplacian - ties_of - ties_of.T).tocsc()).solve(pull)
    unit = np.exp(np.clip(unit, -600.0, 600.0))[group]
    return Balance(unit[:m], unit[m:], part[:m], part[m:], parts)
