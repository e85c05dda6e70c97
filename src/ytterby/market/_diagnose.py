"""Why is there no equilibrium? The needs that cannot be met, or the loop that earns without end."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from ytterby.errors import SolveError
from ytterby.market._compile import Compiled
from ytterby.market._presolve import Reduced
from ytterby.market._program import KINDS

__all__ = ["explain_endless", "explain_failure", "explain_unmet"]


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
    n = p.K.shape[1]
    bent = (p.quad > 0.0) | ((p.coef > 0.0) & (p.expo > 0.0))
    upper = np.where(bent | np.isfinite(p.upper), 0.0, 1.0)
    ge = -p.K[~p.equality], np.zeros(int((~p.equality).sum()))
    eq = p.K[p.equality], np.zeros(int(p.equality.sum()))
    lin = np.where(p.coef < 0.0, 0.0, p.weight * p.lin)
    result = _linear_program(
        lin,
        A_ub=ge[0],
        b_ub=ge[1],
        A_eq=eq[0],
        b_eq=eq[1],
        bounds=np.column_stack([np.zeros(n), upper]),
        method="highs",
    )
    scale = float(np.abs(lin).max(initial=0.0)) or 1.0
    if result.status != 0 or result.fun >= -1e-9 * scale:
        return None
    loop = np.flatnonzero(result.x > 1e-6)
    names = list(dict.fromkeys(_column(c, int(reduced.columns[j])) for j in loop))
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return SolveError(
        f"unbounded: there is a gain without end in {shown}", hint="give one of them a capacity, a slope or a cost"
    )


def _column(c: Compiled, j: int) -> str:
    net, kind = c.layout.network, KINDS[int(c.program.kind[j])]
    i = int(c.program.entry[j])
    if kind == "arc":
        return f"route '{net.routes[c.arcs.route[i]].id}'"
    if kind == "transfer":
        return "a transfer between segments"
    sections = {
        "supply": ("supply", net.supplies),
        "sale": ("supply", net.supplies),
        "demand_block": ("demand", net.demands),
        "demand": ("demand", net.demands),
        "carriage": ("route", net.routes),
        "process": ("process", net.processes),
        "stock": ("stock", net.stocks),
        "purchase": ("measure", net.measures),
    }
    word, entries = sections[kind]
    return f"{word} '{entries[i].id}'"


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
    """Return scipy's answer; its stubs know dense matrices only."""
    from scipy import optimize

    return optimize.linprog(cost, **constraints)
