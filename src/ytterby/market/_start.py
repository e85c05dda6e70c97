"""Where to begin in a large market: years apart, and goods that all pass through one hub each.

Without stocks the years of a market, and goods that have nothing to do with each other, are markets of their own: each
is solved alone. Among n places that all trade with each other there are n² arcs; over a hub there are 2n links, and the
program is solved in a moment. A place's links cost what its arcs cost on average, so prices come out close to those of
the market itself: near enough for a method that needs good prices to start from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ytterby.errors import SolveError
from ytterby.market._interior import Point, Units, interior
from ytterby.market._program import COLUMN_FIELDS, KINDS, Program
from ytterby.market._proximal import proximal

__all__ = ["LARGE", "first_point"]

LARGE = 5_000
"""Columns with a slope from which it pays not to begin from nothing."""

_NEAR = 0.6
"""Cost of two links relative to that of the mean arc: what is used is nearer than the mean."""
_DENSE = 8
"""Arcs a place at least, on average, from which a hub saves work."""


def first_point(p: Program) -> Point | None:
    """Return a point near the equilibrium of a large program without curves, or None where there is no short way to it.

    It is the equilibrium itself where the program has no stocks and the method for many arcs finds it.
    """
    if np.count_nonzero(p.quad > 0.0) < LARGE:
        return None
    rows, columns = p.K.shape
    free = np.flatnonzero(p.kind != KINDS.index("stock"))
    ties = p.K[:, free].tocoo()
    graph = sp.csr_matrix((np.ones(ties.nnz), (ties.row, rows + free[ties.col])), shape=(rows + columns,) * 2)
    _, part = connected_components(graph, directed=False)
    part[rows:][p.kind == KINDS.index("stock")] = -1
    parts = np.unique(part[rows:][free])
    if len(parts) == 1:
        return _over_hubs(p)
    x, y = np.clip(0.0, p.lower, p.upper), Units.of(p).price * p.row_weight
    found = None
    for number in parts:
        own_rows, own = np.flatnonzero(part[:rows] == number), np.flatnonzero(part[rows:] == number)
        found = _alone(p.part(own_rows, own), found)
        if found is not None:
            x[own], y[own_rows] = found.x, found.y
    return Point(x, y)


def _alone(p: Program, other: Point | None) -> Point | None:
    """Return the equilibrium of one part; `other`, another part's, may be like it."""
    try:
        like = other is not None and (len(other.y), len(other.x)) == p.K.shape
        start = other if like else _over_hubs(p)
        found = None if start is None else proximal(p, start)
        return interior(p) if found is None else found
    except SolveError:  # goods that only a stock brings, or takes
        return None


def _over_hubs(p: Program) -> Point | None:
    """Return prices and quantities of the program over hubs, without quotas; None if arcs are few or it has none."""
    n = p.n_nodes
    K = p.K[:n].tocsc()
    arcs = np.flatnonzero(p.kind == KINDS.index("arc"))
    ends = K[:, arcs].tocoo()
    start, end = np.full(len(arcs), -1), np.full(len(arcs), -1)
    start[ends.col[ends.data < 0.0]] = ends.row[ends.data < 0.0]
    end[ends.col[ends.data > 0.0]] = ends.row[ends.data > 0.0]
    whole = (start >= 0) & (end >= 0)
    arcs, start, end = arcs[whole], start[whole], end[whole]
    out, into = np.unique(start), np.unique(end)
    if len(arcs) < _DENSE * (len(out) + len(into)) / 2:
        return None
    ties = sp.csr_matrix((np.ones(len(arcs)), (start, end)), shape=(n, n))
    hubs, hub = connected_components(ties, directed=False)
    cost = (p.weight * p.lin)[arcs]
    mean = np.bincount(hub[start], cost, hubs) / np.maximum(np.bincount(hub[start], minlength=hubs), 1)
    links = np.concatenate([_links(start, out, cost, mean[hub]), _links(end, into, cost, mean[hub])])
    rest = np.setdiff1d(np.arange(p.K.shape[1]), arcs)
    size, at = len(rest) + len(links), len(rest) + np.arange(len(links))
    nodes, sign = np.concatenate([out, into]), np.repeat([-1.0, 1.0], [len(out), len(into)])
    others = sp.coo_matrix(p.K[:, rest])
    rows = np.concatenate([others.row, nodes, p.K.shape[0] + hub[nodes]])
    columns = np.concatenate([others.col, at, at])
    values = np.concatenate([others.data, sign, -sign])
    m, count = p.K.shape[0], len(links)
    defaults = {"upper": np.inf, "scale": 1.0, "expo": 1.0, "weight": 1.0}
    fields: dict[str, Any] = {
        name: np.concatenate([getattr(p, name)[rest], np.full(count, defaults.get(name, 0))]) for name in COLUMN_FIELDS
    }
    fields["lin"][len(rest) :] = links
    over_hubs = replace(
        p,
        **fields,
        K=sp.csr_matrix((values, (rows, columns)), shape=(m + hubs, size)),
        k=np.concatenate([p.k, np.zeros(hubs)]),
        equality=np.concatenate([p.equality, np.zeros(hubs, dtype=bool)]),
        row_weight=np.concatenate([p.row_weight, np.ones(hubs)]),
    )
    try:
        found = interior(over_hubs)
    except SolveError:
        return None
    x = p.lower.copy()
    x[rest] = found.x[: len(rest)]
    return Point(x, found.y[:m])


def _links(at: np.ndarray, nodes: np.ndarray, cost: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return what the link of each of `nodes` costs: its arcs' mean beyond half of what is usual."""
    own = np.bincount(at, cost)[nodes] / np.bincount(at)[nodes]
    links: np.ndarray = _NEAR * np.maximum(own - 0.5 * mean[nodes], 0.01 * np.abs(own))
    return links
