"""Which method finds the equilibrium: a quadratic program, a barrier for curves, continuation or nested levies."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ytterby.errors import SolveError
from ytterby.market._apart import by_parts
from ytterby.market._barrier import barrier
from ytterby.market._compile import Compiled
from ytterby.market._complement import Complement, complement, restrict
from ytterby.market._conditions import Conditions
from ytterby.market._diagnose import explain_failure, explain_unmet
from ytterby.market._equilibrium import Equilibrium
from ytterby.market._interior import Point, interior
from ytterby.market._levies import nested, solves_by_levies
from ytterby.market._newton import continuation, merit, newton
from ytterby.market._presolve import Reduced, reduce_program
from ytterby.market._proximal import proximal
from ytterby.market._start import LARGE, first_point
from ytterby.market._unreached import first_prices
from ytterby.market._warm import start_point

__all__ = ["Solution", "equilibrate"]

Method = Callable[[Compiled, Conditions, Reduced, np.ndarray], np.ndarray | None]
"""What finds a solution from that of the convex program, in a way of its own."""
_GOOD, _FINE = 1e-9, 1e-7
"""Merit at which a search ends, and up to which another method need not follow."""
_NEAR = 0.1
"""Merit above which a start has led nowhere."""
_MOSTLY = 0.8
"""Share of columns with a slope from which prices first are a fast way."""
_FAIR = 5e-7
"""Merit from which a solution is good enough not to try another method."""
_ROUGH = 1e-2
"""Largest miss of a floor at which a convex solve need not be precise."""
_ROUNDS = 60
"""Rounds in which prices of goods that nothing can reach, and those of the rest, must agree."""
_SEARCHES = 20
"""Searches after which continuation, which by then creeps, gives way to the other methods."""
_MANY_RATES = 6
"""Number of rates from which nested levies, and a path inside the bounds, are faster than following all at once."""


@dataclass(frozen=True)
class Solution:
    """A point in all columns and rows, and the conditions that it solves."""

    point: Point
    complement: Complement
    instrument_class: str


def equilibrate(
    c: Compiled, near: Equilibrium | None = None, *, apart: bool = False, rough: Point | None = None
) -> Solution:
    """Return the equilibrium of a compiled network, from that of a like one if it is given.

    `apart` solves each part that hangs together in units of its own, from the point `rough` if there is one: slower,
    and right where sizes lie far apart.

    Raises
    ------
    SolveError
        With the reason: infeasible, unbounded, or not precise enough.
    """
    whole = complement(c)
    conditions = whole.conditions
    paid = np.diff(conditions.fixed[: conditions.n].indptr) > 0
    paid[[x.column for x in c.crossed]] = True
    reduced = reduce_program(c.program, paid)
    if reduced.unmet.size:
        raise explain_unmet(c, reduced.unmet)
    kind = "complementarity" if whole.asymmetric else "convex" if c.program.curved.any() else "qp"
    given = first_prices(conditions, reduced)
    for _ in range(_ROUNDS):
        small = restrict(conditions, reduced.program, reduced.columns, reduced.rows, given)
        z = np.zeros(len(small.lower))
        if z.size:
            start = None if near is None else _near(c, small, reduced, near)
            z = _apart(c, small, reduced, rough) if apart else _without_dust(small, _solve(c, small, reduced, start))
        point = reduced.expand(small.split(z), conditions)
        if given is None or given.agrees(point.y):
            break
        given = given.moved_to(point.y)
    return Solution(point, whole, kind)


def _apart(c: Compiled, conditions: Conditions, reduced: Reduced, rough: Point | None) -> np.ndarray:
    """Return the solution part by part."""

    def solve(part: Conditions, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        own = replace(reduced, program=part.program, columns=reduced.columns[columns], rows=reduced.rows[rows])
        return _solve(c, part, own, None)

    if rough is None:
        return by_parts(conditions, None, solve)
    return by_parts(conditions, conditions.join(Point(rough.x[reduced.columns], rough.y[reduced.rows], rough.v)), solve)


def _solve(c: Compiled, conditions: Conditions, reduced: Reduced, start: np.ndarray | None) -> np.ndarray:
    base = _without_rules(conditions)
    if start is not None and not (conditions.convex and not base.program.curved.any()):
        found = _newton_from(conditions, start)
        if found is not None:
            return found
    if conditions.convex:
        return _convex(c, base, reduced, start)[0]
    many = len(conditions.rate_unit) >= _MANY_RATES
    z = _rough(base) if many and start is None and _without_rates(conditions).convex else None
    if z is None:
        z, _left = _convex(c, base, reduced, start)
    first = (_by_levies, _within) if many else (_follow, _within, _by_levies)
    return _first_good((*first, _follow_on), c, conditions, reduced, z)


def _first_good(
    methods: Sequence[Method], c: Compiled, conditions: Conditions, reduced: Reduced, z: np.ndarray
) -> np.ndarray:
    """Return what the first method finds that leads to a solution, or the best that any of them finds."""
    best, least = _extended(conditions, z), np.inf
    for method in methods:
        new = method(c, conditions, reduced, z)
        left = np.inf if new is None else merit(conditions, new, conditions.scales(new))
        if new is not None and left < least:
            best, least = new, left
        if least <= _FAIR:
            break
    return best


def _follow(_compiled: Compiled, conditions: Conditions, _reduced: Reduced, z: np.ndarray) -> np.ndarray:
    """Return where continuation from the convex program leads in a few searches."""
    reached, _left = continuation(conditions, _extended(conditions, z), limit=_SEARCHES)
    return reached


def _follow_on(_compiled: Compiled, conditions: Conditions, _reduced: Reduced, z: np.ndarray) -> np.ndarray:
    """Return where continuation from the convex program leads, however many searches it takes."""
    reached, _left = continuation(conditions, _extended(conditions, z))
    return reached


def _within(_compiled: Compiled, conditions: Conditions, _reduced: Reduced, _z: np.ndarray) -> np.ndarray | None:
    """Return the solution by a path inside the bounds, all of z at once."""
    best, least = None, np.inf
    for guess, low, high in barrier(conditions):
        new, left = newton(conditions, guess, bounds=(low, high))
        if left < least:
            best, least = new, left
        if least <= _GOOD:
            break
    return best


def _by_levies(c: Compiled, conditions: Conditions, reduced: Reduced, z: np.ndarray) -> np.ndarray | None:
    """Return the solution by nested levies, or None where rates are more than levies."""
    if not solves_by_levies(conditions):
        return None
    calm = _without_rates(conditions)

    def at_levies(shifted: Conditions, miss: float) -> np.ndarray:
        z = _rough(shifted) if shifted.convex and miss > _ROUGH else None
        return _at_levies(c, shifted, reduced) if z is None else z

    return nested(conditions, calm, z if calm.convex else _at_levies(c, calm, reduced), at_levies)


def _rough(conditions: Conditions) -> np.ndarray | None:
    """Return the optimum of a quadratic program to some digits; None where it has curves or there is none."""
    if conditions.program.curved.any():
        return None
    with contextlib.suppress(SolveError):  # then the precise way, which may begin elsewhere and knows reasons
        return conditions.join(interior(conditions.program))
    return None


def _near(c: Compiled, conditions: Conditions, reduced: Reduced, near: Equilibrium) -> np.ndarray | None:
    """Return what a like network's equilibrium is in this one's columns, rows and rates."""
    whole = start_point(near, c, len(conditions.rate_unit))
    return None if whole is None else conditions.join(Point(whole.x[reduced.columns], whole.y[reduced.rows], whole.v))


def _newton_from(conditions: Conditions, z: np.ndarray) -> np.ndarray | None:
    """Return the solution if Newton's method finds it from z at once."""
    new, left = newton(conditions, z, limit=4)
    if _GOOD < left < _NEAR:
        new, left = newton(conditions, new, limit=12)
    return new if left <= _GOOD else None


def _at_levies(c: Compiled, conditions: Conditions, reduced: Reduced) -> np.ndarray:
    """Return the solution where the rates are given: a convex program, or the continuation from one."""
    z, _ = _convex(c, _without_rules(conditions), reduced)
    return z if conditions.convex else _first_good((_follow, _within, _follow_on), c, conditions, reduced, z)


def _extended(c: Conditions, z: np.ndarray) -> np.ndarray:
    """Return (x, y) with rates of zero, or what their bounds allow."""
    extended: np.ndarray = np.clip(np.concatenate([z, np.zeros(len(c.lower) - len(z))]), c.lower, c.upper)
    return extended


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
    calm = _without_rates(c)
    return replace(calm, constant=np.zeros(size), shift=np.zeros(size), fixed=empty, moved=empty, terms=())


def _without_rates(c: Conditions) -> Conditions:
    """Return the conditions of columns and rows alone."""
    size = c.n + c.m
    return replace(
        c,
        lower=c.lower[:size],
        upper=c.upper[:size],
        constant=c.constant[:size],
        shift=c.shift[:size],
        fixed=c.fixed[:size][:, :size],
        moved=c.moved[:size][:, :size],
        rate_unit=np.zeros(0),
    )


def _convex(
    c: Compiled, conditions: Conditions, reduced: Reduced, start: np.ndarray | None = None
) -> tuple[np.ndarray, float]:
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
    elif np.count_nonzero(program.quad > 0.0) > _MOSTLY * len(program.quad):
        near = first_point(program) if start is None else conditions.split(start)
        found = None if near is None else proximal(program, near, close=start is not None)
        if found is not None:
            best = conditions.join(found)
            least = merit(conditions, best, conditions.scales(best))
            if least > _FINE or program.K.shape[1] < LARGE:  # the last digits cost little in a small program
                new, left = newton(conditions, best)
                best, least = (new, left) if left < least else (best, least)
            if least <= _FAIR:
                return best, least
    try:
        z = conditions.join(interior(program))
    except SolveError as error:
        if least < 1e-6:
            return best, least
        raise explain_failure(c, reduced) or error from None
    new, left = newton(conditions, z)
    if left < least or not best.size:
        best, least = new, left
    if least > 1e-6:
        failure = explain_failure(c, reduced)
        if failure is not None:
            raise failure
    return best, min(least, merit(conditions, best, conditions.scales(best)))
