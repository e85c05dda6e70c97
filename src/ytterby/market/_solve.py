"""Solve: compile, find the equilibrium, refine it, verify it, report it."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from typing import Any

import numpy as np

from ytterby.errors import SolveError
from ytterby.market._compile import Compiled, compile_network
from ytterby.market._complement import complement
from ytterby.market._diagnose import explain_endless, explain_runaway
from ytterby.market._effects import effects
from ytterby.market._equilibrate import equilibrate
from ytterby.market._equilibrium import Equilibrium
from ytterby.market._firms import refuse_kinks
from ytterby.market._network import Network
from ytterby.market._recompile import recompile
from ytterby.market._report import Tables
from ytterby.market._sizes import refuse_sizes
from ytterby.market._solved import Solved
from ytterby.market._unique import flows_are_unique
from ytterby.market._verify import check
from ytterby.market._welfare import welfare

__all__ = ["PRECISION", "solve", "validate"]

PRECISION = 1e-6
"""Largest relative residual that an equilibrium may have."""
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
    try:
        # a search may pass through points where curves overflow; what it returns is verified
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            solution = equilibrate(compiled, start)
    except SolveError as error:
        raise _reason(compiled, error) from None
    point = solution.point
    if network.firms:
        c = compiled
        refuse_kinks(c.layout, c.program, c.arcs, c.arc_column, c.seller, point.x, point.y)
    nodes = slice(compiled.program.n_nodes)
    most = _ENDLESS * solution.complement.conditions.units.price * compiled.program.row_weight[nodes]
    endless = np.flatnonzero(~(point.y[nodes] <= most))
    if endless.size:
        raise explain_endless(compiled, endless)
    clock.append(time.perf_counter())
    solved = Solved(compiled, solution.complement, point)
    sums = solved.sums
    table, identity = welfare(compiled, sums, point.y, solution.complement.rates)
    residual = max(check(solution.complement.conditions, point).worst, identity)
    if not residual <= PRECISION:
        text = f"the solution is not precise enough: relative residual {residual:.1e} > {PRECISION:.0e}"
        raise explain_runaway(compiled, solution.complement, point) or SolveError(text)
    result = Equilibrium(
        tables=Tables(compiled, sums, lambda: effects(compiled, sums, solution.complement.rates, solved.gaps)),
        welfare=table,
        unique_flows=flows_are_unique(compiled, point),
        instrument_class=solution.instrument_class,
        residual=residual,
        solved=solved,
    )
    clock.append(time.perf_counter())
    if timings is not None:
        for name, a, b in zip(("parse_s", "build_s", "solve_s", "verify_s"), clock, clock[1:], strict=False):
            timings[name] = b - a
    return result


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
