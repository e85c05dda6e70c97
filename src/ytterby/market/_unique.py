"""Are the bilateral flows the only ones?

At given prices, quantities can move along a direction that costs nothing: among columns without curvature that break
even, and that keeps every binding row. Flows are unique if no such direction moves the total of a route.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsmr

from ytterby.market._compile import Compiled
from ytterby.market._interior import Point

__all__ = ["flows_are_unique"]

_IN_ROW_SPACE = 1e-7
"""Relative distance from a row space up to which a vector lies in it."""
_EVEN = 1e-9
"""Loss per unit, relative to the money in it, up to which a column breaks even."""


def flows_are_unique(compiled: Compiled, point: Point) -> bool:
    """Return whether every route's quantity is the same in all equilibria at these prices."""
    program, x, y = compiled.program, np.maximum(point.x, 0.0), point.y
    marginal = program.marginal(x)
    loss = np.abs(marginal - program.K.T @ y)
    money = np.maximum(program.size.T @ np.abs(y), np.abs(marginal)) + 1e-300
    free = np.flatnonzero((program.curvature(x) <= 0.0) & (loss <= _EVEN * money))
    if not free.size:
        return True
    binding = np.flatnonzero(program.equality | (y > 0.0))
    K = sp.csr_matrix(program.K[binding][:, free])
    F = _route_totals(compiled)[:, free].tocsr()
    if _circles(K, F):
        return False
    left = _unpinned(K)
    return _pins(K[:, left], F[:, left])


def _circles(K: sp.csr_matrix, F: sp.csr_matrix) -> bool:
    """Return whether columns that only carry goods from place to place close a circle which moves a route's total.

    Circles are the common reason and are found by counting; places without a binding row are one place, the outside.
    """
    by_column, totals = K.tocsc(), F.tocsc()
    outside, count = K.shape[0], np.diff(by_column.indptr)
    rows = np.append(by_column.indices, [outside, outside])
    ends = np.array([np.where(count > k, rows[by_column.indptr[:-1] + k], outside) for k in (0, 1)])
    carries = (count < 2) | ((count == 2) & (np.asarray(by_column.sum(axis=0)).ravel() == 0.0))
    on_route = np.diff(totals.indptr) > 0
    size, place = _joined(ends[:, carries & ~on_route], outside + 1)
    mine = np.flatnonzero(carries & on_route)
    _, one_each = np.unique(totals.indices[totals.indptr[mine]], return_index=True)
    ways = place[ends[:, mine[one_each]]]
    return bool(ways.shape[1] > size - _joined(ways, size)[0])


def _joined(ends: np.ndarray, size: int) -> tuple[int, np.ndarray]:
    """Return how many parts a graph of some nodes has, and the part of each node."""
    graph = sp.coo_matrix((np.ones(ends.shape[1]), tuple(ends)), shape=(size, size))
    parts, part_of = connected_components(graph, directed=False)
    return int(parts), np.asarray(part_of)


def _pins(K: sp.csr_matrix, F: sp.csr_matrix) -> bool:
    """Return whether K d = 0 implies F d = 0: whether a random mix of F's rows lies in the row space of K."""
    mix = F.T @ np.random.default_rng(0).standard_normal(F.shape[0])
    size = float(np.linalg.norm(mix))
    if size == 0.0:
        return True
    K = sp.csr_matrix(K[np.diff(K.indptr) > 0])
    if not K.shape[0]:
        return False
    length = np.sqrt(np.bincount(np.repeat(np.arange(K.shape[0]), np.diff(K.indptr)), K.data**2))
    _, _, _, rest, *_ = lsmr((sp.diags(1.0 / length) @ K).T, mix, atol=1e-14, btol=1e-14, conlim=0.0, maxiter=20_000)
    return float(rest) <= _IN_ROW_SPACE * size


def _route_totals(compiled: Compiled) -> sp.csc_matrix:
    """Rows: routes by period; columns: the program's; 1 where a column carries the route."""
    arcs = compiled.arcs
    periods = len(compiled.layout.years)
    used = np.flatnonzero(compiled.arc_column >= 0)
    row = arcs.route[used] * periods + arcs.t[used]
    shape = (len(compiled.layout.routes) * periods, compiled.program.K.shape[1])
    return sp.csc_matrix((np.ones(len(used)), (row, compiled.arc_column[used])), shape=shape)


def _unpinned(K: sp.csr_matrix) -> np.ndarray:
    """Return the columns that no row holds alone: a row with one column left allows that column no movement."""
    by_column = K.tocsc()
    alive = np.ones(K.shape[1], dtype=bool)
    count = np.diff(K.indptr).copy()
    stack = list(np.flatnonzero(count == 1))
    while stack:
        row = stack.pop()
        if count[row] != 1:
            continue
        columns = K.indices[K.indptr[row] : K.indptr[row + 1]]
        column = columns[alive[columns]][0]
        alive[column] = False
        for touched in by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]:
            count[touched] -= 1
            if count[touched] == 1:
                stack.append(touched)
    return np.flatnonzero(alive)
