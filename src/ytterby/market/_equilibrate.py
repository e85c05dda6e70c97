"""Which method finds the equilibrium: a quadratic program, a barrier for curves, or continuation for what is neither."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ytterby.errors import SolveError
from ytterby.market._barrier import barrier
from ytterby.market._compile import Compiled
from ytterby.market._complement import Complement, complement, restrict
from ytterby.market._conditions import Conditions
from ytterby.market._diagnose import explain_failure, explain_unmet
from ytterby.market._interior import Point, interior
from ytterby.market._newton import continuation, merit, newton
from ytterby.market._presolve import Reduced, reduce_program

__all__ = ["Solution", "equilibrate"]

_GOOD = 1e-9


@dataclass(frozen=True)
class Solution:
    """A point in all columns and rows, and the conditions that it solves."""

    point: Point
    complement: Complement
    instrument_class: str


def equilibrate(c: Compiled) -> Solution:
    """Return the equilibrium of a compiled network.

    Raises
    ------
    SolveError
        With the reason: infeasible, unbounded, or not precise enough.
    """
    whole = complement(c)
    conditions = whole.conditions
    reduced = reduce_program(c.program)
    if reduced.unmet.size:
        raise explain_unmet(c, reduced.unmet)
    small = restrict(conditions, reduced.program, reduced.columns, reduced.rows)
    kind = "complementarity" if whole.asymmetric else "convex" if c.program.curved.any() else "qp"
    z = np.zeros(len(small.lower))
    if z.size:
        z = _without_dust(small, _solve(c, small, reduced))
    point = reduced.expand(small.split(z), conditions)
    return Solution(point, whole, kind)


def _solve(c: Compiled, conditions: Conditions, reduced: Reduced) -> np.ndarray:
    base = _without_rules(conditions)
    z, left = _convex(c, base, reduced)
    if conditions.convex:
        return z
    z = np.clip(np.concatenate([z, np.zeros(len(conditions.lower) - len(z))]), conditions.lower, conditions.upper)
    best, least = continuation(conditions, z)
    if least > _GOOD:
        for guess, low, high in barrier(conditions):
            new, left = newton(conditions, guess, bounds=(low, high))
            if left < least:
                best, least = new, left
            if least <= _GOOD:
                break
    return best


def _without_dust(c: Conditions, z: np.ndarray) -> np.ndarray:
    """Return z with what is rounding error of zero set to zero."""
    grain = np.concatenate([np.full(c.n, c.units.quantity), np.full(c.m, c.units.price), c.rate_unit])
    return np.where(np.abs(z) < 1e-13 * grain, np.clip(0.0, c.lower, c.upper), z)


def _without_rules(c: Conditions) -> Conditions:
    """Return the convex program inside: no rates, no couplings."""
    if c.convex:
        return c
    size = c.n + c.m
    empty = sp.csr_matrix((size, size))
    return replace(
        c,
        lower=c.lower[:size],
        upper=c.upper[:size],
        constant=np.zeros(size),
        shift=np.zeros(size),
        fixed=empty,
        moved=empty,
        rate_unit=np.zeros(0),
        terms=(),
    )


def _convex(c: Compiled, conditions: Conditions, reduced: Reduced) -> tuple[np.ndarray, float]:
    """Return the optimum of a convex program, and its merit."""
    program = conditions.program
    best, least = np.zeros(0), np.inf
    if program.curved.any():
        for guess, low, high in barrier(conditions):
            new, left = newton(conditions, guess, bounds=(low, high))
            if left < least:
                best, least = new, left
            if least <= _GOOD:
                return best, least
    try:
        z = conditions.join(interior(program))
    except SolveError as error:
        if least < 1e-6:
            return best, least
        raise explain_failure(c, reduced) or error from None
    new, left = newton(conditions, z)
    if left < least:
        best, least = new, left
    if least > 1e-6:
        failure = explain_failure(c, reduced)
        if failure is not None:
            raise failure
    return best, min(least, merit(conditions, best, conditions.scales(best)))
