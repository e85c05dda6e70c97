"""A market as arrays: columns (activities), rows (places and rights), and the marginal cost of each column.

Minimise Σ_j f_j(x_j) subject to K x ≥ k (λ ≥ 0; equality rows: λ free) and lower ≤ x ≤ upper, where

    f_j'(x) = weight_j · (lin_j + quad_j·x + coef_j·((x + off_j)/scale_j)^expo_j).

The first rows are the nodes; their λ is the price times the period's discount factor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["KINDS", "Builder", "Program"]

KINDS = (
    "supply",
    "demand_block",
    "demand",
    "arc",
    "carriage",
    "process",
    "stock",
    "transfer",
    "purchase",
    "sale",
)
"""What a column is."""
_FIELDS = ("kind", "entry", "t", "lin", "quad", "lower", "upper", "coef", "scale", "off", "expo")
_DEFAULTS = {"lin": 0.0, "quad": 0.0, "lower": 0.0, "upper": np.inf, "coef": 0.0, "scale": 1.0, "off": 0.0, "expo": 1.0}


@dataclass(frozen=True)
class Program:
    """The arrays of one network; see the module's docstring for the problem they state."""

    kind: np.ndarray
    entry: np.ndarray
    t: np.ndarray
    lin: np.ndarray
    quad: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    coef: np.ndarray
    scale: np.ndarray
    off: np.ndarray
    expo: np.ndarray
    weight: np.ndarray
    K: sp.csr_matrix
    k: np.ndarray
    equality: np.ndarray
    row_weight: np.ndarray
    n_nodes: int

    def where(self, kind: str) -> np.ndarray:
        """Return the columns of one kind."""
        return np.flatnonzero(self.kind == KINDS.index(kind))

    @property
    def curved(self) -> np.ndarray:
        """Columns whose marginal cost is not linear."""
        bent: np.ndarray = self.coef != 0.0
        return bent

    def marginal(self, x: np.ndarray) -> np.ndarray:
        """Return f_j'(x_j)."""
        value: np.ndarray = self.lin + self.quad * x
        c = np.flatnonzero(self.curved)
        if c.size:
            base = np.maximum(x[c] + self.off[c], 0.0) / self.scale[c]
            with np.errstate(divide="ignore"):
                value[c] += self.coef[c] * base ** self.expo[c]
        out: np.ndarray = self.weight * value
        return out

    def curvature(self, x: np.ndarray) -> np.ndarray:
        """Return f_j''(x_j)."""
        value = self.quad.copy()
        c = np.flatnonzero(self.curved)
        if c.size:
            base = np.maximum(x[c] + self.off[c], 0.0) / self.scale[c]
            with np.errstate(divide="ignore"):
                value[c] += self.coef[c] * self.expo[c] / self.scale[c] * base ** (self.expo[c] - 1.0)
        out: np.ndarray = self.weight * value
        return out

    def miss(self, x: np.ndarray, F: np.ndarray) -> np.ndarray:
        """Return how far each x_j is from the quantity at which its unit profit −F_j would be nil; ∞ if none is.

        Where a curve is steep, a tiny error of quantity shows as a large one of price; this tells them apart.
        """
        at = np.full(len(x), np.inf)
        straight = self.quad > 0.0
        at[straight] = x[straight] - F[straight] / (self.weight * self.quad)[straight]
        c = np.flatnonzero(self.curved)
        if c.size:
            with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
                power = (np.maximum(x[c] + self.off[c], 0.0) / self.scale[c]) ** self.expo[c]
                want = np.maximum(power - F[c] / (self.weight * self.coef)[c], 0.0)
                at[c] = self.scale[c] * want ** (1.0 / self.expo[c]) - self.off[c]
        away = np.abs(np.clip(at, self.lower, self.upper) - x)
        return np.where(np.isfinite(at), away, np.inf)

    def cost(self, x: np.ndarray) -> np.ndarray:
        """Return ∫ f_j' from lower_j to x_j, not discounted; −∞ where it has no bound (isoelastic, e ≤ 1)."""
        value: np.ndarray = (self.lin + 0.5 * self.quad * (x + self.lower)) * (x - self.lower)
        c = np.flatnonzero(self.curved)
        if c.size:
            e, s, o = self.expo[c], self.scale[c], self.off[c]
            lo, hi = o / s, np.maximum(x[c] + o, 0.0) / s
            with np.errstate(divide="ignore", invalid="ignore"):
                power = np.where(
                    np.abs(e + 1.0) < 1e-12, np.log(hi) - np.log(lo), (hi ** (e + 1.0) - lo ** (e + 1.0)) / (e + 1.0)
                )
            value[c] += self.coef[c] * s * power
        return value


@dataclass
class Builder:
    """Collects columns and rows block by block."""

    blocks: list[tuple[int, Any, Any, dict[str, Any]]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    links: tuple[list[int], list[int], list[float]] = field(default_factory=lambda: ([], [], []))
    row_triplets: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    row_rhs: list[float] = field(default_factory=list)
    row_equality: list[bool] = field(default_factory=list)
    row_t: list[int] = field(default_factory=list)
    n: int = 0

    def columns(self, kind: str, entry: Any, t: Any, **values: Any) -> np.ndarray:
        """Add columns of one kind and return their numbers; a value may be one for all or one for each."""
        # blocks are mostly single columns: what is one for all is spread out once, in `gather`
        count = len(entry)
        self.blocks.append((KINDS.index(kind), entry, t, values))
        self.counts.append(count)
        self.n += count
        return np.arange(self.n - count, self.n)

    def link(self, nodes: Any, columns: Any, values: Any) -> None:
        """Put `values` per unit of `columns` into `nodes` (negative: taken out)."""
        rows, cols, amounts = self.links
        rows.extend(nodes if isinstance(nodes, list) else nodes.tolist())
        cols.extend(columns.tolist())
        if isinstance(values, float):
            amounts.extend([values] * len(columns))
        else:
            amounts.extend(np.broadcast_to(values, columns.shape).tolist())

    def row(self, columns: Any, values: Any, rhs: float, t: int, *, equality: bool = False) -> int:
        """Add the row Σ values·x ≥ rhs (or =) and return its number among the rows that are not nodes."""
        columns = np.asarray(columns, dtype=np.intp)
        number = len(self.row_rhs)
        self.row_triplets.append((np.full(columns.shape, number), columns, np.broadcast_to(values, columns.shape)))
        self.row_rhs.append(rhs)
        self.row_equality.append(equality)
        self.row_t.append(t)
        return number

    def gather(self, name: str) -> np.ndarray:
        """Return one field of all columns."""
        whole = name in ("kind", "entry", "t")
        out = np.empty(self.n, dtype=np.intp if whole else float)
        place = {"kind": 0, "entry": 1, "t": 2}.get(name)
        raw = [b[3].get(name, _DEFAULTS[name]) if place is None else b[place] for b in self.blocks]
        spread = [not np.isscalar(v) for v in raw]
        out[:] = np.repeat([0 if many else v for v, many in zip(raw, spread, strict=True)], self.counts)
        ends = np.cumsum(self.counts)
        for i in np.flatnonzero(spread):
            out[ends[i] - self.counts[i] : ends[i]] = raw[i]
        return out

    def program(self, need: np.ndarray, discount: np.ndarray) -> Program:
        """Return the arrays; `need` is each node's constant demand less constant supply, shape (places·periods,)."""
        n_nodes, periods = len(need), len(discount)
        parts = [
            tuple(np.array(p, dtype=d) for p, d in zip(self.links, (np.intp, np.intp, float), strict=True)),
            *((r + n_nodes, c, v) for r, c, v in self.row_triplets),
        ]
        rows, cols, vals = (np.concatenate(p) for p in zip(*parts, strict=True))
        shape = (n_nodes + len(self.row_rhs), self.n)
        columns = {name: self.gather(name) for name in _FIELDS}
        t = columns["t"].astype(np.intp)
        row_t = np.concatenate([np.tile(np.arange(periods), n_nodes // periods), np.array(self.row_t, dtype=np.intp)])
        return Program(
            **columns,
            weight=discount[t],
            K=sp.csr_matrix((vals, (rows, cols)), shape=shape),
            k=np.concatenate([need, np.array(self.row_rhs, dtype=float)]),
            equality=np.concatenate([np.zeros(n_nodes, bool), np.array(self.row_equality, dtype=bool)]),
            row_weight=discount[row_t],
            n_nodes=n_nodes,
        )
