"""Solve: compile, find the equilibrium, refine it, verify it, report it."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ytterby.errors import SolveError, UnsupportedError
from ytterby.market._compile import Compiled, compile_network
from ytterby.market._complement import complement
from ytterby.market._diagnose import explain_endless, explain_runaway
from ytterby.market._effects import effects
from ytterby.market._equilibrate import Solution, equilibrate
from ytterby.market._equilibrium import Equilibrium
from ytterby.market._firms import refuse_kinks
from ytterby.market._interior import Point
from ytterby.market._network import Network
from ytterby.market._recompile import recompile
from ytterby.market._report import Tables
from ytterby.market._sizes import explain_spread, far_apart, refuse_sizes
from ytterby.market._solved import Solved
from ytterby.market._unique import flows_are_unique
from ytterby.market._verify import check
from ytterby.market._welfare import welfare

__all__ = ["PRECISION", "solve", "validate"]

PRECISION = 1e-6
"""Largest relative residual that an equilibrium may have."""
_UNEXPLAINED = ("the solver stopped", "the solution is not precise enough")
"""How the messages of failures begin for which no reason was found."""
_ENDLESS = 1e12
"""Price, relative to the network's typical one, from which it has no bound."""


def solve(
    network: Network | Mapping[str, Any],
    timings: MutableMapping[str, float] | None = None,
    *,
    start: Equilibrium | None = None,
) -> Equilibrium:
    """Return the equilibrium of a network: what prices clear it?

    Parameters
    ----------
    network
        A `Network`, or a plain record in the format `ytterby-network/1`.
    timings
        If given, filled with the seconds spent in `parse_s`, `build_s`, `solve_s` and `verify_s`.
    start
        An equilibrium of a like network, from which the search begins; it changes the time taken, not the result.
        It helps where few bounds change; where many do it is given up after a few steps.

    Raises
    ------
    InputError
        If the network is not well formed.
    SolveError
        If there is no equilibrium (infeasible, unbounded) or none to a relative residual of 1e-6.
    UnsupportedError
        If a combination of instruments has no sound method here.

    Examples
    --------
    >>> eq = solve({
    ...     "supplies": [{"id": "s", "commodity": "wheat", "region": "home",
    ...                   "curve": {"form": "linear", "intercept": 0, "slope": 1}}],
    ...     "demands": [{"id": "d", "commodity": "wheat", "region": "home",
    ...                  "curve": {"form": "linear", "intercept": 10, "slope": 1}}]})
    >>> float(eq.prices.price[0])
    5.0
    """
    clock = [time.perf_counter()]
    if not isinstance(network, Network):
        network = Network.parse(network)
    clock.append(time.perf_counter())
    origin = None if start is None or start.solved is None else start.solved.compiled
    compiled = (None if origin is None else recompile(network, origin)) or compile_network(network)
    refuse_sizes(compiled)
    clock.append(time.perf_counter())
    solution = None
    try:
        solution = _solution(compiled, start)
        answer = _verified(compiled, solution)
    except SolveError as failure:
        answer = _apart(compiled, failure, solution)
    clock.append(answer.found)
    solved = answer.solved
    sums, rates = solved.sums, solved.complement.rates
    result = Equilibrium(
        tables=Tables(compiled, sums, lambda: effects(compiled, sums, rates, solved.gaps)),
        welfare=answer.welfare,
        instrument_class=answer.instrument_class,
        residual=answer.residual,
        solved=solved,
        _unique=partial(flows_are_unique, compiled, solved.point),
    )
    clock.append(time.perf_counter())
    if timings is not None:
        for name, a, b in zip(("parse_s", "build_s", "solve_s", "verify_s"), clock, clock[1:], strict=False):
            timings[name] = b - a
    return result


@dataclass(frozen=True)
class _Answer:
    """What was found, when, and how precise it is."""

    solved: Solved
    welfare: dict[str, Any]
    instrument_class: str
    residual: float
    found: float


def _solution(
    c: Compiled, start: Equilibrium | None = None, *, apart: bool = False, rough: Point | None = None
) -> Solution:
    try:
        # a search may pass through points where curves overflow; what it returns is verified
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return equilibrate(c, start, apart=apart, rough=rough)
    except SolveError as error:
        raise _reason(c, error) from None


def _verified(c: Compiled, solution: Solution) -> _Answer:
    """Return the solution if it is an equilibrium."""
    point = solution.point
    if c.layout.network.firms:
        refuse_kinks(c.layout, c.program, c.arcs, c.arc_column, c.seller, point.x, point.y)
    p, nodes = c.program, slice(c.program.n_nodes)
    typical = np.maximum(solution.complement.conditions.units.price, p.dearest)
    endless = np.flatnonzero(~(point.y[nodes] <= (_ENDLESS * typical * p.row_weight)[nodes]))
    if endless.size:
        raise explain_endless(c, endless)
    found = time.perf_counter()
    solved = Solved(c, solution.complement, point)
    table, identity = welfare(c, solved.sums, point.y, solution.complement.rates)
    residual = max(check(solution.complement.conditions, point).worst, identity)
    if not residual <= PRECISION:
        text = f"the solution is not precise enough: relative residual {residual:.1e} > {PRECISION:.0e}"
        raise explain_runaway(c, solution.complement, point) or SolveError(text)
    return _Answer(solved, table, solution.instrument_class, residual, found)


def _apart(c: Compiled, failure: SolveError, solution: Solution | None) -> _Answer:
    """Return the equilibrium found part by part where the ordinary way has failed, or raise that failure."""
    unexplained = failure.message.startswith(_UNEXPLAINED)
    # ordinary sizes are not what keeps a problem without a program from being solved
    hopeful = far_apart(c) or (unexplained and complement(c).conditions.convex)
    if isinstance(failure, UnsupportedError) or not hopeful:
        raise failure
    try:
        return _verified(c, _solution(c, apart=True, rough=None if solution is None else solution.point))
    except SolveError:
        raise (explain_spread(c) if unexplained else None) or failure from None


def _reason(c: Compiled, error: SolveError) -> SolveError:
    """Return the error with its reason where the solver found none."""
    if not error.message.startswith("the solver stopped"):
        return error
    return explain_runaway(c, complement(c), None) or error


def validate(network: Network) -> None:
    """Raise what `solve` would raise about the network's names and references, without solving.

    Examples
    --------
    >>> validate(Network())
    """
    refuse_sizes(compile_network(network))
