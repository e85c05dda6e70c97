"""A market as arrays: columns (activities), rows (places and rights), and the marginal cost of each column.

Minimise Σ_j f_j(x_j) subject to K x ≥ k (λ ≥ 0; equality rows: λ free) and lower ≤ x ≤ upper, where

    f_j'(x) = weight_j · (lin_j + quad_j·x + coef_j·((x + off_j)/scale_j)^expo_j).

The first rows are the nodes; their λ is the price times the period's discount factor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from ytterby.market._balance import Balance, Sizes, balance

__all__ = ["COLUMN_FIELDS", "KINDS", "Builder", "Program"]

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
_NUMBER = {kind: k for k, kind in enumerate(KINDS)}
_FIELDS = ("kind", "entry", "t", "lin", "quad", "lower", "upper", "coef", "scale", "off", "expo")
COLUMN_FIELDS = (*_FIELDS, "weight")
"""Fields of a program that have one value a column."""
_DEFAULTS = {"lin": 0.0, "quad": 0.0, "lower": 0.0, "upper": np.inf, "coef": 0.0, "scale": 1.0, "off": 0.0, "expo": 1.0}
Triplets = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Rows, columns and values of the entries of a matrix."""


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
    named: tuple[float, float] | None = None

    def where(self, kind: str) -> np.ndarray:
        """Return the columns of one kind."""
        return np.flatnonzero(self.kind == _NUMBER[kind])

    def part(self, rows: np.ndarray, columns: np.ndarray) -> Program:
        """Return the program of some rows and columns alone."""
        fields: dict[str, Any] = {name: getattr(self, name)[columns] for name in COLUMN_FIELDS}
        return replace(
            self,
            **fields,
            K=sp.csr_matrix(self.K[:, columns][rows]),
            k=self.k[rows],
            equality=self.equality[rows],
            row_weight=self.row_weight[rows],
            n_nodes=int((rows < self.n_nodes).sum()),
        )

    @property
    def curved(self) -> np.ndarray:
        """Columns whose marginal cost is not linear."""
        bent: np.ndarray = self.coef != 0.0
        return bent

    @cached_property
    def size(self) -> sp.csr_matrix:
        """How much of each row a unit of each column takes or gives."""
        return abs(self.K)

    @cached_property
    def typical(self) -> tuple[float, float]:
        """Medians of the quantities and of the prices that the data name, or what is given as `named`."""
        if self.named is not None:
            return self.named
        return _median(np.concatenate([np.abs(self.k), *self.quantities])), _median(np.abs(self.lin))

    @property
    def quantities(self) -> tuple[np.ndarray, ...]:
        """By column the quantities that the data name: bounds, where a price is nil, a curve's scale."""
        with np.errstate(divide="ignore", invalid="ignore"):
            nil = np.abs(self.lin) / self.quad
        return self.upper, self.lower, nil, np.where(self.curved, self.scale, 0.0)

    @cached_property
    def balance(self) -> Balance:
        """Units of rows and columns, and what hangs together."""
        return balance(self.K)

    @property
    def dearest(self) -> np.ndarray:
        """By row the highest price that the data name in its part, in the row's units; 0 where none is."""
        b = self.balance
        most = np.zeros(b.parts)
        np.maximum.at(most, b.column_part, np.abs(self.lin) * b.column)
        dearest: np.ndarray = most[b.row_part] / b.row
        return dearest

    def sizes(self, x: np.ndarray, y: np.ndarray) -> Sizes:
        """Return the sizes around at quantities x and prices y."""
        return self.balance.sizes(self.through(x), np.abs(y))

    def idle(self, x: np.ndarray) -> np.ndarray:
        """Return the nodes through which nothing passes."""
        return np.flatnonzero(self.balance.idle(self.through(x))[: self.n_nodes])

    def through(self, x: np.ndarray) -> np.ndarray:
        """Return what passes through each row."""
        passing: np.ndarray = 0.5 * (self.size @ np.abs(x) + np.abs(self.k))
        return passing

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


def _median(values: np.ndarray) -> float:
    values = values[np.isfinite(values) & (values > 0.0)]
    return float(np.median(values[values >= 1e-9 * values.max()])) if values.size else 1.0


@dataclass
class Builder:
    """Collects columns and rows, one by one or as blocks."""

    blocks: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    singles: list[tuple[int, int, int, dict[str, float]]] = field(default_factory=list)
    links: list[Triplets] = field(default_factory=list)
    single_links: list[tuple[int, int, float]] = field(default_factory=list)
    shares: list[Triplets] = field(default_factory=list)
    row_rhs: list[float] = field(default_factory=list)
    row_equality: list[bool] = field(default_factory=list)
    row_t: list[int] = field(default_factory=list)
    n: int = 0

    def column(self, kind: str, entry: int, t: int, **values: float) -> int:
        """Add one column and return its number."""
        self.singles.append((_NUMBER[kind], entry, t, values))
        self.n += 1
        return self.n - 1

    def columns(self, kind: str, entry: np.ndarray, t: Any, **values: Any) -> np.ndarray:
        """Add columns of one kind and return their numbers; a value may be one for all or one for each."""
        self._close()
        self.blocks.append((len(entry), {"kind": _NUMBER[kind], "entry": entry, "t": t, **values}))
        self.n += len(entry)
        return np.arange(self.n - len(entry), self.n)

    def _close(self) -> None:
        """Make a block of the columns added one by one."""
        if self.singles:
            kind, entry, t, values = zip(*self.singles, strict=True)
            spread = {name: [default] * len(values) for name, default in _DEFAULTS.items()}
            for column, own in enumerate(values):
                for name, value in own.items():
                    spread[name][column] = value
            self.blocks.append((len(values), {"kind": kind, "entry": entry, "t": t, **spread}))
            self.singles = []

    def link(self, node: int, column: int, value: float) -> None:
        """Put `value` per unit of a column into a node (negative: taken out)."""
        self.single_links.append((node, column, value))

    def links_of(self, nodes: np.ndarray, columns: np.ndarray, value: float) -> None:
        """Put `value` per unit of each column into its node."""
        self._close_links()
        self.links.append((nodes, columns, np.full(len(columns), value)))

    def _close_links(self) -> None:
        nodes, columns, values = ([link[k] for link in self.single_links] for k in range(3))
        self.links.append(
            (np.array(nodes, dtype=np.intp), np.array(columns, dtype=np.intp), np.array(values, dtype=float))
        )
        self.single_links = []

    def row(self, columns: Any, values: Any, rhs: float, t: int) -> int:
        """Add the row Σ values·x ≥ rhs and return its number among the rows that are not nodes."""
        columns = np.asarray(columns, dtype=np.intp)
        number = len(self.row_rhs)
        self.shares.append((np.full(columns.shape, number), columns, np.broadcast_to(values, columns.shape)))
        self.row_rhs.append(rhs)
        self.row_equality.append(False)
        self.row_t.append(t)
        return number

    def balances(self, row: np.ndarray, columns: np.ndarray, totals: np.ndarray, t: np.ndarray) -> None:
        """Add rows of which row i says that ``totals[i]`` is the sum of the columns where `row` is i."""
        first = len(self.row_rhs)
        ends = np.arange(len(totals))
        self.shares.append((first + row, columns, np.full(len(columns), -1.0)))
        self.shares.append((first + ends, totals, np.ones(len(totals))))
        self.row_rhs += [0.0] * len(totals)
        self.row_equality += [True] * len(totals)
        self.row_t += t.tolist()

    def gather(self, name: str) -> np.ndarray:
        """Return one field of all columns."""
        out = np.empty(self.n, dtype=float if name in _DEFAULTS else np.intp)
        at = 0
        for count, block in self.blocks:
            out[at : at + count] = block.get(name, _DEFAULTS.get(name))
            at += count
        return out

    def program(self, need: np.ndarray, discount: np.ndarray) -> Program:
        """Return the arrays; `need` is each node's constant demand less constant supply, shape (places·periods,)."""
        self._close()
        self._close_links()
        n_nodes, periods = len(need), len(discount)
        parts = [*self.links, *((r + n_nodes, c, v) for r, c, v in self.shares)]
        rows, cols, vals = (np.concatenate(p) for p in zip(*parts, strict=True))
        K = sp.csr_matrix((vals, (rows, cols)), shape=(n_nodes + len(self.row_rhs), self.n))
        K.eliminate_zeros()  # what a process gives none of would look as if it could be had there
        columns: dict[str, Any] = {name: self.gather(name) for name in _FIELDS}
        t = columns["t"]
        row_t = np.concatenate([np.tile(np.arange(periods), n_nodes // periods), np.array(self.row_t, dtype=np.intp)])
        return Program(
            **columns,
            weight=discount[t],
            K=K,
            k=np.concatenate([need, np.array(self.row_rhs, dtype=float)]),
            equality=np.concatenate([np.zeros(n_nodes, bool), np.array(self.row_equality, dtype=bool)]),
            row_weight=discount[row_t],
            n_nodes=n_nodes,
        )
