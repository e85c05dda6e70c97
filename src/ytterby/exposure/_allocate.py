r"""Who gets the shared parts? A linear program, solved by HiGHS.

Over periods $k$ of length $\tau_k$, with sales $x_{pk}$ of product $p$, assembly $y_{ik}$ of made item $i$ and stocks
$s_{ik}$ at the end of a period,

    max  sum_pk m_p x_pk
    s_ik <= s_i,k-1 + r_ik tau_k + y_ik - sum_j q_ji y_jk - x_ik       made items (and products)
    s_gk <= s_g,k-1 + sum_{i in g} (r_ik tau_k - sum_j q_ji y_jk + ...)  bought parts, by the group that shares them
    x_pk <= d_p tau_k ;   sum_{p in line} x_pk <= capacity tau_k ;   x, y, s >= 0 ,

where $q_{ji}$ units of $i$ go into one $j$ and $r$ comes in spite of the cut. Sales that are lost do not come back.
Among the plans of the greatest margin the one is taken that makes most, and makes it early.

As long as $r$ does not change, a plan at constant rates can do what any plan can, so the periods are the phases of the
cuts; `schedule` puts what is sold in a phase into its weeks, as early as the parts come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, vstack

from ytterby.errors import SolveError
from ytterby.exposure._flow import Chain, Floats

__all__ = ["allocate", "schedule"]

_GIVE = 1e-9
"""Part of a phase's sales that the weeks may miss: the rounding of the first solution."""


def allocate(
    chain: Chain,
    weights: Mapping[str, float],
    lines: Mapping[str, tuple[Sequence[str], float]],
) -> dict[str, Floats]:
    """Return the units of each product sold in each cell of the grid, at the greatest sum of weights.

    Parameters
    ----------
    chain
        All products with all that there is, and the demand for them.
    weights
        What a unit of each product is worth.
    lines
        By group, the products made on one line, and its units a week.
    """
    program = _Program(chain)
    matrix, right = program.rows(lines)
    value = np.zeros(program.size)
    for number, product in enumerate(program.products):
        value[program.sold(number)] = max(weights[product], 0.0)
    best = _solve(-value, matrix, right, program.upper())
    floor = csr_array(-value[None, :])
    attained = float(value @ best)
    matrix, right = vstack([matrix, floor]).tocsr(), np.append(right, -attained)
    return program.sales(_solve(-program.early(), matrix, right, program.upper()))


def schedule(
    chain: Chain, lines: Mapping[str, tuple[Sequence[str], float]], sold: Mapping[str, Floats], phase: npt.ArrayLike
) -> dict[str, Floats]:
    """Return the units of each product sold in each cell of the grid, as early as can be.

    Parameters
    ----------
    chain, lines
        As for `allocate`.
    sold
        What is sold of each product in each phase.
    phase
        The phase of each cell.
    """
    program = _Program(chain)
    matrix, right = program.rows(lines)
    totals, limits = program.totals(sold, np.asarray(phase))
    matrix, right = vstack([matrix, totals, -totals]).tocsr(), np.concatenate([right, limits, -limits * (1 - _GIVE)])
    return program.sales(_solve(-program.early(), matrix, right, program.upper()))


def _solve(cost: Floats, matrix: csr_array, right: Floats, upper: Floats) -> Floats:
    bounds = np.column_stack([np.zeros_like(upper), upper])
    program: dict[str, Any] = {"A_ub": matrix, "b_ub": right, "bounds": bounds}  # the stubs know dense matrices only
    found: Any = linprog(cost, **program, method="highs")
    if found.status != 0:
        raise SolveError(f"the shared parts could not be allocated: {found.message}")
    solution: Floats = np.clip(found.x, 0.0, upper)
    return solution


class _Program:
    """The columns and rows of the program: sales by product, assembly by made item, stocks by made item and pool."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.products = list(chain.demand)
        self.lengths = np.diff(chain.grid)
        self.periods = len(self.lengths)
        self.made = list(chain.own)
        holders = len(self.made) + len(chain.pools)
        self.size = self.periods * (len(self.products) + len(self.made) + holders)

    def sold(self, number: int) -> slice:
        """Return the columns of a product's sales."""
        return slice(number * self.periods, (number + 1) * self.periods)

    def sales(self, solution: Floats) -> dict[str, Floats]:
        """Return the sales of each product out of a solution."""
        return {product: solution[self.sold(number)] for number, product in enumerate(self.products)}

    def upper(self) -> Floats:
        """Return the upper bounds: no more is sold than is wanted."""
        upper = np.full(self.size, np.inf)
        for number, product in enumerate(self.products):
            upper[self.sold(number)] = self.chain.demand[product] * self.lengths
        return upper

    def early(self) -> Floats:
        """Return weights by which sales in weeks of a product's demand count the more the earlier they are."""
        weights = np.zeros(self.size)
        middle = (self.chain.grid[1:] + self.chain.grid[:-1]) / 2
        for number, product in enumerate(self.products):
            if self.chain.demand[product] > 0:
                weights[self.sold(number)] = (2.0 - middle / self.chain.grid[-1]) / self.chain.demand[product]
        return weights

    def rows(self, lines: Mapping[str, tuple[Sequence[str], float]]) -> tuple[csr_array, Floats]:
        """Return the rows of parts and lines, and their right-hand sides."""
        (parts, limits), (more, caps) = self.balances(), self.line_rows(lines)
        return vstack([parts, more]).tocsr(), np.concatenate([limits, caps])

    def totals(self, sold: Mapping[str, Floats], phase: npt.NDArray[np.int64]) -> tuple[csr_array, Floats]:
        """Return the rows that sum the sales of each product in each phase, and what is sold in it."""
        count = int(phase.max()) + 1
        numbers = np.arange(len(self.products))[:, None]
        place = ((numbers * count + phase).ravel(), (numbers * self.periods + np.arange(self.periods)).ravel())
        shape = (len(self.products) * count, self.size)
        matrix = coo_array((np.ones(len(place[0])), place), shape=shape).tocsr()
        return matrix, np.concatenate([sold[product] for product in self.products])

    def balances(self) -> tuple[csr_array, Floats]:
        """Return the rows that say that no more is used than there is."""
        first_made = len(self.products)
        first_held = first_made + len(self.made)
        holder = {item: n for n, item in enumerate(self.made)}
        holder |= {i: len(self.made) + n for n, pool in enumerate(self.chain.pools) for i in pool.items}
        entries: list[tuple[int, int, float, int]] = []
        for n in range(len(self.made) + len(self.chain.pools)):
            entries += [(n, first_held + n, 1.0, 0), (n, first_held + n, -1.0, 1)]
        entries += [(holder[p], n, 1.0, 0) for n, p in enumerate(self.products) if p in holder]
        for n, item in enumerate(self.made):
            entries.append((holder[item], first_made + n, -1.0, 0))
            for child, quantity in self.chain.network.parts[item].children.items():
                if child in holder:
                    entries.append((holder[child], first_made + n, quantity, 0))
        available = [*self.chain.own.values(), *(pool.available for pool in self.chain.pools)]
        come = [np.append(a[1], np.diff(a[1:])) for a in available]
        return self._matrix(entries, len(available)), np.concatenate(come or [np.empty(0)])

    def line_rows(self, lines: Mapping[str, tuple[Sequence[str], float]]) -> tuple[csr_array, Floats]:
        """Return the rows of the lines' capacities."""
        number = {product: n for n, product in enumerate(self.products)}
        entries = [
            (row, number[p], 1.0, 0) for row, (members, _) in enumerate(lines.values()) for p in members if p in number
        ]
        caps = [capacity * self.lengths for _, capacity in lines.values()]
        return self._matrix(entries, len(lines)), np.concatenate(caps or [np.empty(0)])

    def _matrix(self, entries: Sequence[tuple[int, int, float, int]], rows: int) -> csr_array:
        """Return the matrix of (row, column, value, lag) repeated in every period; the lag is in periods."""
        data, row_index, column_index = [], [], []
        for row, column, value, lag in entries:
            periods = np.arange(lag, self.periods)
            row_index.append(row * self.periods + periods)
            column_index.append(column * self.periods + periods - lag)
            data.append(np.full(len(periods), value))
        place = (
            np.concatenate(row_index or [np.empty(0, dtype=np.int64)]),
            np.concatenate(column_index or [np.empty(0, dtype=np.int64)]),
        )
        shape = (rows * self.periods, self.size)
        return coo_array((np.concatenate(data or [np.empty(0)]), place), shape=shape).tocsr()
