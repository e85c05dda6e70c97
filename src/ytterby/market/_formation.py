"""How is a price formed? Who gives way to a further unit, and the chain of costs and wedges behind the largest of them.

A column that is neither idle nor full breaks even, so the price at one of its ends is the price at another plus what
lies between. From the place asked about the chain follows, place by place, the column that brings most of a further
unit (or that lets go of most of it), until a supply whose marginal cost it is, or a buyer whose willingness to pay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ytterby.market._firms import FIRM
from ytterby.market._named import Named, named, place_of, right_of, slot_of
from ytterby.market._program import KINDS
from ytterby.market._solved import Solved

__all__ = ["Part", "Source", "chain", "sources"]

_LEAST = 1e-7
"""Share of a further unit below which nothing comes."""


@dataclass(frozen=True)
class Source:
    """What gives way to a further unit at a place: `share` of it, in the place's own units."""

    kind: str
    id: str
    region: str | None
    to: str | None
    share: float


@dataclass(frozen=True)
class Part:
    """A summand of a price.

    `kind` is `marginal_cost` (of a supply), `willingness_to_pay` (of a demand, or a treasury that buys), `freight`,
    `processing`, `storage`, `input`, `by_product`, `capacity` (a full route's rent), `mark_up` (of a firm), `price`
    (of a place where nothing gives way), `other`, or the instrument of a measure: its tax, rent or payment.
    """

    kind: str
    id: str
    commodity: str | None
    region: str | None
    to: str | None
    period: str
    amount: float


def sources(s: Solved, node: int, slope: np.ndarray, unit: float, status: np.ndarray) -> tuple[Source, ...]:
    """Return what gives way to a further unit at a place, largest first; the shares add up to one.

    Places of one commodity and region between which goods pass freely count as one.
    """
    K = s.compiled.program.K
    given: dict[int, float] = {}
    group = _group(s, node, status)
    part = K[group].tocoo()
    for j, amount in zip(part.col.tolist(), part.data.tolist(), strict=True):
        change = amount * float(slope[j]) / unit
        if KINDS[s.compiled.program.kind[j]] != "transfer" and change:
            given[j] = given.get(j, 0.0) + change
    shares: dict[tuple[str, str, str | None, str | None], float] = {}
    for j, change in given.items():
        at = named(s, j)
        key = (at.kind, at.id, at.region, at.to)
        shares[key] = shares.get(key, 0.0) + change
    rows = [Source(*key, share) for key, share in shares.items() if abs(share) > _LEAST]
    return tuple(sorted(rows, key=lambda r: -abs(r.share)))


def _group(s: Solved, node: int, status: np.ndarray) -> list[int]:
    """Return the places that open transfers join with one."""
    p = s.compiled.program
    moves = p.where("transfer")
    ties = abs(p.K[:, moves[status[moves] == 0]])
    joint, new = {node}, [node]
    while new:
        row = new.pop()
        for column in ties[[row]].indices:
            for other in ties[:, [column]].tocoo().row.tolist():
                if other not in joint:
                    joint.add(other)
                    new.append(other)
    return sorted(joint)


def chain(s: Solved, node: int, slope: np.ndarray) -> tuple[Part, ...]:
    """Return the parts of the price at a place; they add up to it."""
    if float(s.sums.price[node]) <= 0.0:
        return ()
    parts: list[Part] = []
    visited, came, factor = {node}, -1, 1.0
    while True:
        column = _next(s, node, slope, came)
        step = None if column is None else _step(s, column, node)
        if step is None or step.next in visited:
            return (*parts, _part("price", place_of(s.compiled, node), factor * float(s.sums.price[node])))
        parts += [_part(kind, at, factor * amount) for kind, at, amount in step.parts if amount]
        if step.next is None or column is None:
            return tuple(parts)
        node, came, factor = step.next, column, factor * step.factor
        visited.add(node)


def _part(kind: str, at: Named, amount: float) -> Part:
    return Part(kind, at.id, at.commodity, at.region, at.to, at.period, amount)


def _next(s: Solved, node: int, slope: np.ndarray, came: int) -> int | None:
    """Return the column that makes up most of what a further unit takes from a place."""
    row = s.compiled.program.K[[node]].tocoo()
    given = row.data * slope[row.col]
    given[row.col == came] = 0.0
    if not given.size or given.max() <= _LEAST * float(np.abs(given).sum()):
        return None
    return int(row.col[given.argmax()])


@dataclass(frozen=True)
class _Step:
    """A price as parts and `factor` times the price at another place, if there is one."""

    parts: list[tuple[str, Named, float]]
    next: int | None = None
    factor: float = 1.0


_OWN = {
    "supply": "marginal_cost",
    "demand": "willingness_to_pay",
    "demand_block": "willingness_to_pay",
    "purchase": "willingness_to_pay",
    "process": "processing",
    "stock": "storage",
}


def _step(s: Solved, j: int, node: int) -> _Step:
    if KINDS[s.compiled.program.kind[j]] == "arc":
        return _along_route(s, j, node)
    p, y = s.compiled.program, s.point.y
    column = p.K[:, [j]].tocoo()
    amount = dict(zip(column.row.tolist(), column.data.tolist(), strict=True))
    here = amount.pop(node)
    per = here * float(p.row_weight[node])
    ends = [r for r in amount if r < p.n_nodes and amount[r] * here < 0.0 and y[r] > 0.0]
    follow = max(ends, key=lambda r: abs(amount[r]) * float(y[r]), default=None)
    at, kind = named(s, j), KINDS[p.kind[j]]
    parts: list[tuple[str, Named, float]] = []
    left = float(s.sums.price[node])

    def add(word: str, where: Named, money: float) -> None:
        nonlocal left
        left -= money
        if money:
            parts.append((word, where, money))

    add(_OWN.get(kind, "other"), at, float(p.marginal(s.point.x)[j]) / per)
    for r, a in amount.items():
        money = -a * float(y[r]) / per
        if r == follow:
            left -= money
        elif r < p.n_nodes:
            add("input" if a < 0.0 else "by_product", place_of(s.compiled, r), money)
        else:
            right = named(s, s.complement.conditions.n + r)
            add(right.kind, right, money)
    for k, rate in enumerate(s.complement.rates):
        for per_unit in rate.per_unit[rate.columns == j].tolist():
            floor = named(s, len(s.z) - len(s.point.v) + k)
            add(floor.kind, floor, -per_unit * float(s.point.v[k]) / here)
    if abs(left) > _LEAST * float(s.sums.price[node]):
        parts.append(("mark_up" if kind == "sale" else "other", at, left))
    if follow is None:
        return _Step(parts)
    factor = -amount[follow] * float(p.row_weight[follow]) / per
    return _Step(parts, follow, factor)


def _along_route(s: Solved, j: int, node: int) -> _Step:
    c, sums = s.compiled, s.sums
    k = int(c.program.entry[j])
    start, end = int(c.arc_start[k]), int(c.arc_end[k])
    at, t = named(s, j), int(c.arcs.t[k])
    gap = float(sums.price[end] - sums.price[start])
    parts = [("freight", at, float(sums.freight[k]))]
    for levy, unit in zip(c.imposed.levies, sums.levies, strict=True):
        for money in unit[levy.arcs == k].tolist():
            m = c.layout.network.measures[levy.measure]
            where = Named(m.instrument, m.id, at.commodity, at.region, at.to, at.period)
            parts.append((m.instrument, where, money))
    for cap in c.imposed.caps:
        if cap.row >= 0 and k in cap.arcs:
            right = right_of(c, cap.measure, cap.region, cap.pair, t)
            parts.append((right.kind, right, float(sums.value[c.program.n_nodes + cap.row])))
    for rate, levy_ in zip(s.complement.rates, sums.rates.tolist(), strict=True):
        if k in rate.arcs:
            m = c.layout.network.measures[rate.measure]
            where = Named(m.instrument, m.id, at.commodity, at.region, at.to, at.period)
            parts.append((m.instrument, where, levy_))
    left = gap - sum(money for _, _, money in parts)
    if abs(left) > _LEAST * float(sums.price[end]):
        own = slot_of(c, start).startswith(FIRM)
        parts.append(("mark_up" if own else "capacity", at, left))
    sign = 1.0 if node == end else -1.0
    return _Step([(w, q, sign * money) for w, q, money in parts], start if node == end else end)
