"""Where sizes lie far apart: each part of a network by itself, in units of its own, tried until the answer is precise.

What does not hang together is solved apart. Within a part rows and columns are put into balanced units (`_balance`),
times a quantity and a price that are first those the data name, then those of the best point so far: a capacity or a
choke price of 10¹² says nothing of the quantities and prices that come out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ytterby.errors import SolveError
from ytterby.market._barrier import barrier
from ytterby.market._complement import restrict
from ytterby.market._conditions import Conditions, Term
from ytterby.market._interior import interior
from ytterby.market._newton import newton
from ytterby.market._program import Program
from ytterby.market._verify import check

__all__ = ["by_parts"]

_GOOD = 1e-9
"""Residual at which a part is solved."""
_DUST = 0.1
"""Size, relative to what is faint, up to which it is rounding."""
_FAR = 1e6
"""Cost, capacity or slope beyond the ordinary that a guess does without."""
_SHARES = (None, 0.5, None, 0.0, None, 1.0, None)
"""Which sizes are tried: the one below which so many of those that the data name are; None: the best point's."""
Size = tuple[float, float]
"""A quantity and a price."""
Guess = tuple[np.ndarray, tuple[np.ndarray, np.ndarray] | None]
Solve = Callable[[Conditions, np.ndarray, np.ndarray], np.ndarray]
"""Solves the conditions of some columns and rows in the ordinary way."""


def by_parts(c: Conditions, first: np.ndarray | None, solve: Solve) -> np.ndarray:
    """Return the solution of the conditions, each part solved alone, from `first` if there is one.

    Raises
    ------
    SolveError
        If no method finds anything for some part.
    """
    z = np.clip(np.zeros(len(c.lower)), c.lower, c.upper)
    for index in _parts(c):
        columns, rows = index[index < c.n], index[(index >= c.n) & (index < c.n + c.m)] - c.n
        rates = index[index >= c.n + c.m] - c.n - c.m
        own = restrict(c, c.program.part(rows, columns), columns, rows, rates=rates)

        def ordinary(scaled: Conditions, columns: np.ndarray = columns, rows: np.ndarray = rows) -> np.ndarray:
            return solve(scaled, columns, rows)

        z[index] = _part(own, None if first is None else first[index], ordinary)
    return z


def _parts(c: Conditions) -> Iterator[np.ndarray]:
    """Yield what of z hangs together."""
    ties = c.coupling(np.clip(np.ones(len(c.lower)), c.lower, c.upper)).tocoo()
    shape = (len(c.lower),) * 2
    _, number = connected_components(sp.csr_matrix((np.ones(ties.nnz), (ties.row, ties.col)), shape), directed=False)
    order = np.argsort(number, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(number[order])) + 1)


def _part(c: Conditions, first: np.ndarray | None, ordinary: Callable[[Conditions], np.ndarray]) -> np.ndarray:
    least = np.inf if first is None else _residual(c, first)
    best, failure = first if np.isfinite(least) else None, None
    tried: list[Size] = []
    for share in _SHARES if c.convex else _SHARES[:3]:
        size = _named(c, share) if share is not None else None if best is None else _around(c, best)
        if least <= _GOOD or size is None or any(_alike(size, other) for other in tried):
            continue
        tried.append(size)
        unit, scaled = _in_units(c, size)
        try:
            for z, bounds in _guesses(scaled, None if best is None else best / unit, ordinary):
                if not np.isfinite(z).all():
                    continue
                new, left = newton(scaled, z, bounds=bounds, judge=_residual)
                if left < least:
                    best, least = new * unit, left
                if least <= _GOOD:
                    break
        except SolveError as error:
            failure = failure or error
    if best is None:
        raise failure or SolveError("the solver stopped: nothing was found")
    clean = np.clip(_without_dust(c, best), c.lower, c.upper)
    return clean if _residual(c, clean) <= max(least, _GOOD) else best


def _without_dust(c: Conditions, z: np.ndarray) -> np.ndarray:
    """Return z with what is rounding error of zero set to zero."""
    faint = c.program.sizes(z[: c.n], z[c.n : c.n + c.m])
    grain = _DUST * np.concatenate([faint.column_quantity, faint.row_price, np.zeros(len(c.rate_unit))])
    return np.where(np.abs(z) < grain, np.clip(0.0, c.lower, c.upper), z)


def _residual(c: Conditions, z: np.ndarray) -> float:
    worst = check(c, c.split(z)).worst
    return worst if np.isfinite(worst) else np.inf


def _named(c: Conditions, share: float) -> Size:
    """Return a quantity and a price of those the data name, in balanced units: `share` of them are smaller."""
    p, b = c.program, c.program.balance
    quantities = np.concatenate([np.abs(p.k) / b.row, *(v / b.column for v in p.quantities)])
    return _at(quantities, share), _at(np.abs(p.lin) * b.column, share)


def _around(c: Conditions, z: np.ndarray) -> Size:
    """Return the largest quantity and price at z, in balanced units."""
    now = c.program.sizes(z[: c.n], z[c.n : c.n + c.m])
    return float(now.most.max(initial=0.0)) or 1.0, float(now.dear.max(initial=0.0)) or _named(c, 0.5)[1]


def _alike(a: Size, b: Size) -> bool:
    return bool(np.abs(np.log(np.divide(a, b))).max() < 1.0)


def _at(values: np.ndarray, share: float) -> float:
    values = np.sort(values[np.isfinite(values) & (values > 0.0)])
    return float(values[round(share * (len(values) - 1))]) if len(values) else 1.0


def _guesses(c: Conditions, best: np.ndarray | None, ordinary: Callable[[Conditions], np.ndarray]) -> Iterator[Guess]:
    """Yield points near the solution, and what binds there if that is known."""
    if best is not None:
        yield best, None
    if c.convex:
        yield from _nearby(c)
    yield ordinary(c), None


def _nearby(c: Conditions) -> Iterator[Guess]:
    """Yield what solves a convex program without costs, slopes and capacities that lie far beyond the ordinary."""
    p = c.program
    upper = np.where(p.upper > _FAR, np.inf, p.upper)
    near = replace(p, lin=np.clip(p.lin, -_FAR, _FAR), quad=np.minimum(p.quad, _FAR), upper=upper)
    if not p.curved.any():
        with contextlib.suppress(SolveError):
            yield c.join(interior(near)), None
    for z, low, high in barrier(replace(c, program=near, upper=np.concatenate([near.upper, c.upper[c.n :]]))):
        yield z, (low, high)


@dataclass(frozen=True)
class _Scaled:
    """A term in other units of z and F."""

    term: Term
    unit: np.ndarray
    money: np.ndarray

    def __call__(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return (rows, values, (rows, columns, derivatives))."""
        rows, values, (i, j, slopes) = self.term(z * self.unit)
        return rows, values / self.money[rows], (i, j, slopes * self.unit[j] / self.money[i])

    def moved_to(self, position: np.ndarray, program: Program) -> Term:
        """Return the term in its own units where entry i of z stands at `position[i]`."""
        return self.term.moved_to(position, program)


def _in_units(c: Conditions, size: Size) -> tuple[np.ndarray, Conditions]:
    """Return the units of z, and the conditions in units in which that quantity and that price are one."""
    p, b, (quantity, price) = c.program, c.program.balance, size
    x, through = b.column * quantity, b.row * quantity
    profit, y = price / b.column, price / b.row
    unit, money = np.concatenate([x, y, c.rate_unit]), np.concatenate([profit, through, c.rate_unit])
    program = replace(
        p,
        lin=p.lin / profit,
        quad=p.quad * x / profit,
        coef=p.coef / profit,
        lower=p.lower / x,
        upper=p.upper / x,
        scale=p.scale / x,
        off=p.off / x,
        K=sp.csr_matrix(sp.diags(1.0 / through) @ p.K @ sp.diags(x)),
        k=p.k / through,
        named=(1.0, 1.0),
    )
    scale, back = sp.diags(unit), sp.diags(1.0 / money)
    return unit, replace(
        c,
        program=program,
        lower=c.lower / unit,
        upper=c.upper / unit,
        constant=c.constant / money,
        fixed=sp.csr_matrix(back @ c.fixed @ scale),
        shift=c.shift / money,
        moved=sp.csr_matrix(back @ c.moved @ scale),
        rate_unit=np.ones(len(c.rate_unit)),
        terms=tuple(_Scaled(t, unit, money) for t in c.terms),
        units=replace(c.units, quantity=1.0, price=1.0),
    )
