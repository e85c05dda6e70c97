"""Why is there no equilibrium? The needs that cannot be met, or the loop that earns without end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import scipy.sparse as sp

from ytterby.errors import SolveError
from ytterby.market._compile import Compiled
from ytterby.market._complement import Complement
from ytterby.market._interior import Point
from ytterby.market._named import column_of
from ytterby.market._presolve import Reduced, reduce_program
from ytterby.market._program import KINDS, Program

__all__ = ["explain_endless", "explain_failure", "explain_runaway", "explain_unmet"]

_LITTLE = 1e-6
"""Gain by a further unit of a demand that never has enough, relative to the costs around."""
_SHORT = 1e-3
"""Share of what a demand wants from which it is short."""


def explain_unmet(c: Compiled, rows: np.ndarray) -> SolveError:
    """Return the error for needs at places that nothing can reach."""
    return SolveError(
        f"infeasible: nothing can reach {_places(c, rows)}, where a fixed demand without choke price must be served",
        hint="give the demand a 'choke' price, or a supply or route to the place",
    )


def explain_endless(c: Compiled, rows: np.ndarray) -> SolveError:
    """Return the error for places that nothing can reach and where something is wanted at every price."""
    return SolveError(
        f"no price clears {_places(c, rows)}: nothing can reach it, and a demand without choke buys at every price",
        hint="give the demand a 'choke' price, or a supply or route to the place",
    )


def explain_failure(c: Compiled, reduced: Reduced) -> SolveError | None:
    """Return why a program has no optimum, or None if a linear program finds no reason."""
    return _infeasible(c, reduced) or _unbounded(c, reduced)


def _infeasible(c: Compiled, reduced: Reduced) -> SolveError | None:
    p = reduced.program
    m, n = p.K.shape
    slack = sp.vstack([sp.eye(m), -sp.eye(m)]).T.tocsr()
    both = sp.hstack([p.K, slack]).tocsr()
    scale = np.maximum(np.abs(p.k), 1.0)
    cost = np.concatenate([np.zeros(n), 1.0 / scale, 1.0 / scale])
    bounds = np.column_stack(
        [np.concatenate([p.lower, np.zeros(2 * m)]), np.concatenate([p.upper, np.full(2 * m, np.inf)])]
    )
    eq = p.equality
    result = _linear_program(
        cost,
        A_ub=-both[~eq],
        b_ub=-p.k[~eq],
        A_eq=both[eq],
        b_eq=p.k[eq],
        bounds=bounds,
        method="highs",
    )
    if result.status != 0 or result.fun <= 1e-7:
        return None
    short = result.x[n : n + m]
    rows = np.flatnonzero(short > 1e-9 * scale)
    nodes = reduced.rows[rows[reduced.rows[rows] < c.program.n_nodes]]
    caps = _tight(c, reduced, result)
    text = f"infeasible: {_places(c, nodes)} cannot be served" if nodes.size else "infeasible: caps contradict needs"
    if nodes.size:
        amount = float(short[rows].sum())
        text += f" ({amount:.6g} short)"
    return SolveError(text + caps, hint="give a fixed demand a 'choke' price, or more supply, capacity or quota")


def _tight(c: Compiled, reduced: Reduced, result: object) -> str:
    """Name the constraint whose easing would help most."""
    p = reduced.program
    candidates: list[tuple[float, str]] = []
    marginals = np.zeros(p.K.shape[0])
    if (~p.equality).any():
        marginals[~p.equality] = -np.asarray(result.ineqlin.marginals)  # type: ignore[attr-defined]
    for cap in c.imposed.caps:
        if cap.row >= 0:
            at = np.flatnonzero(reduced.rows == c.program.n_nodes + cap.row)
            if at.size:
                candidates.append((float(marginals[at[0]]), f"measure '{c.layout.network.measures[cap.measure].id}'"))
    for i, _, _, row, _ in c.imposed.production:
        at = np.flatnonzero(reduced.rows == c.program.n_nodes + row)
        if row >= 0 and at.size:
            candidates.append((float(marginals[at[0]]), f"measure '{c.layout.network.measures[i].id}'"))
    upper = -np.asarray(result.upper.marginals)[: p.K.shape[1]]  # type: ignore[attr-defined]
    if upper.size and upper.max() > 0.0:
        j = int(upper.argmax())
        candidates.append((float(upper[j]), f"the capacity of {_column(c, int(reduced.columns[j]))}"))
    candidates = [x for x in candidates if x[0] > 1e-12]
    return f"; tightest: {max(candidates)[1]}" if candidates else ""


def _unbounded(c: Compiled, reduced: Reduced) -> SolveError | None:
    p = reduced.program
    loop = _gaining(p, p.weight * p.lin)
    return _endless_gain(c, reduced.columns[loop]) if loop.size else None


def explain_runaway(c: Compiled, complement: Complement, point: Point | None) -> SolveError | None:
    """Return what instruments that no program expresses make impossible, or None if nothing is found.

    `point` is the best that was found, if there is one.
    """
    whole = _overpaid(c, complement) or _paid_without_end(c, complement)
    if whole is not None or point is None:
        return whole
    z = np.concatenate([point.x, point.y, point.v])
    return _moving_nothing(c) or _short(c, complement, z) or _gaining_at(c, complement, z)


def _overpaid(c: Compiled, complement: Complement) -> SolveError | None:
    """Name routes without any limit on which subsidies pay all of the goods: the dearer these, the more is gained."""
    p, used = c.program, np.flatnonzero((c.arc_column >= 0) & (c.arc_carriage < 0))
    j = c.arc_column[used]
    limited = np.isfinite(p.upper[j]) | (p.quad[j] > 0.0) | p.curved[j]
    for cap in c.imposed.caps:
        limited |= np.isin(used, cap.arcs)
    paid = j[(complement.landing.price[used] <= 0.0) & ~limited]
    if not paid.size:
        return None
    return SolveError(
        f"unbounded: subsidies pay the whole value of what {_names(c, paid)} ships, or more",
        hint="make the subsidies' shares add up to less than 1, or give the route a capacity or a quota",
    )


def _paid_without_end(c: Compiled, complement: Complement) -> SolveError | None:
    """Name producers without any limit who get more than their cost at any price, for what is short of it is paid."""
    cost = c.program.weight * c.program.lin
    for rate in complement.rates:
        if not rate.arcs.size:
            cost[rate.columns] -= c.program.weight[rate.columns] * rate.price * rate.per_unit
    loop = _gaining(c.program, cost)
    return _endless_gain(c, loop) if loop.size else None


def _moving_nothing(c: Compiled) -> SolveError | None:
    loop = _phantom(c.program)
    if not loop.size:
        return None
    return SolveError(
        f"nothing can reach {_names(c, loop)}, and yet a loop of them would earn by moving nothing around",
        hint="give the loop a cost, or its place a supply",
    )


def _short(c: Compiled, complement: Complement, z: np.ndarray) -> SolveError | None:
    """Name demands that depend on other prices alone and do not get what they want."""
    with np.errstate(divide="ignore", invalid="ignore"):
        F = complement.conditions.value(z)[: len(c.program.lin)] / c.program.weight
    wants = [x for x in c.crossed if x.quantity_type and x.section == "demands" and x.choke is None]
    short = [x for x in wants if F[x.column] < -_SHORT * abs(x.scale)]
    if not short:
        return None
    amount = -sum(float(F[x.column]) for x in short)
    return SolveError(
        f"infeasible as far as was found: {_places(c, np.array([x.node for x in short]))} cannot be served "
        f"({amount:.6g} short)",
        hint="give demands that do not depend on their own price a slope or a 'choke' price",
    )


def _gaining_at(c: Compiled, complement: Complement, z: np.ndarray) -> SolveError | None:
    """Name loops that gain without end if levies by value are what they are at z."""
    if not c.imposed.ad_valorem:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = complement.conditions.value(z) - complement.conditions.value(z, 0.0)
    cost, arcs = c.program.weight * c.program.lin, c.arc_column[c.arc_column >= 0]
    cost[arcs] += np.nan_to_num(beyond[arcs])
    loop = _gaining(c.program, cost)
    return _endless_gain(c, loop, "at the prices tried last ") if loop.size else None


def _phantom(p: Program) -> np.ndarray:
    """Return columns that no source reaches and that gain together at their first unit, round and round."""
    dead = np.ones(p.K.shape[1], dtype=bool)
    dead[reduce_program(p).columns] = False
    dead &= (p.coef >= 0.0) & (p.upper > 0.0)
    cost = np.zeros(len(dead))
    cost[dead] = p.marginal(p.lower)[dead]
    return _direction(p, cost, dead.astype(float), p.equality | (p.k >= 0.0))


def _gaining(p: Program, cost: np.ndarray) -> np.ndarray:
    """Return the columns of a direction in which activities without bound gain for ever at the given unit costs.

    An isoelastic demand never has enough of what is free: next to nothing stands for what it gains by a further unit.
    """
    bent = (p.quad > 0.0) | ((p.coef > 0.0) & (p.expo > 0.0))
    upper = np.where(bent | np.isfinite(p.upper), 0.0, 1.0)
    little = -_LITTLE * (float(np.abs(cost).max(initial=0.0)) or 1.0)
    return _direction(p, np.where(p.coef < 0.0, little, cost), upper, np.ones(len(p.k), dtype=bool))


def _direction(p: Program, cost: np.ndarray, upper: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the columns of the direction of least cost, up to `upper`, that leaves no row short; none if it is nil."""
    n, eq, ge = p.K.shape[1], rows & p.equality, rows & ~p.equality
    result = _linear_program(
        cost,
        A_ub=-p.K[ge],
        b_ub=np.zeros(int(ge.sum())),
        A_eq=p.K[eq],
        b_eq=np.zeros(int(eq.sum())),
        bounds=np.column_stack([np.zeros(n), upper]),
        method="highs",
    )
    scale = float(np.abs(cost).max(initial=0.0)) or 1.0
    if result.status != 0 or result.fun >= -1e-9 * scale:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(result.x > 1e-6)


def _endless_gain(c: Compiled, columns: np.ndarray, when: str = "") -> SolveError:
    return SolveError(
        f"unbounded: {when}there is a gain without end in {_names(c, columns)}",
        hint="give one of them a capacity, a slope or a cost",
    )


def _names(c: Compiled, columns: np.ndarray) -> str:
    names = list(dict.fromkeys(_column(c, int(j)) for j in columns))
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _column(c: Compiled, j: int) -> str:
    if KINDS[int(c.program.kind[j])] == "transfer":
        return "a transfer between segments"
    return column_of(c, j).words


def _places(c: Compiled, rows: np.ndarray) -> str:
    by_place = {place: key for key, place in c.layout.places.items()}
    periods = c.layout.network.periods
    names = []
    for row in rows[:3]:
        commodity, region, _slot = by_place[int(row) // len(periods)]
        when = f" in {periods[int(row) % len(periods)].id}" if len(periods) > 1 else ""
        names.append(f"'{commodity}' in '{region}'{when}")
    more = f" and {len(rows) - 3} more places" if len(rows) > 3 else ""
    return ", ".join(names) + more


def _linear_program(cost: np.ndarray, **constraints: Any) -> Any:
    """Return scipy's answer, which has the status 4 where sizes are beyond what the solver takes."""
    from scipy import optimize

    try:
        return optimize.linprog(cost, **constraints)
    except ValueError:  # a coefficient has overflowed on the way
        return SimpleNamespace(status=4)
