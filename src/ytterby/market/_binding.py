"""What binds? Every limit, right and rule with a price of its own, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ytterby.market._curves import FixedSupply
from ytterby.market._firms import own_slot
from ytterby.market._layout import POOL
from ytterby.market._named import Named, named, right_of
from ytterby.market._network import Stock, Supply
from ytterby.market._program import KINDS
from ytterby.market._solved import Solved

__all__ = ["Constraint", "Easing", "constraints"]

_TOLERANCE = 1e-9
_FULL = 1e-9
_LIMITED = ("supply", "arc", "carriage", "process", "stock")


@dataclass(frozen=True)
class Constraint:
    """A limit, right or rule that binds.

    Attributes
    ----------
    kind
        `capacity`, `fixed_supply`, `initial_stock`, or the instrument of a measure.
    id
        Of the supply, route, process, stock or measure.
    commodity, region, to, period
        Where; `to` is the other end of a route or of a right between a pair.
    value
        Shadow price: what one unit more would be worth to its holder; of a ban the gap, of a floor the levy or payment.
    quantity, worth
        What passes through it in the period, and value × quantity: the rent, or what the treasury takes or pays.
    effect
        Change of the price asked about per unit of easing (one unit more may pass, a floor is one lower); None where no
        price was asked about, or it jumps.
    """

    kind: str
    id: str
    commodity: str | None
    region: str | None
    to: str | None
    period: str
    value: float
    quantity: float
    worth: float
    effect: float | None = None

    def with_effect(self, effect: float) -> Constraint:
        """Return the constraint with its effect on a price."""
        return replace(self, effect=effect)


@dataclass(frozen=True)
class Easing:
    """What moves when a constraint is eased by one unit: the bound of column `bound`, and F by (entry, amount)."""

    bound: int = -1
    shifts: tuple[tuple[int, float], ...] = ()


Found = tuple[Constraint, Easing]


def constraints(s: Solved) -> list[Found]:
    """Return what binds, most worth first, each with what its easing moves."""
    found = [*_capacities(s), *_endowments(s), *_rights(s), *_bans(s), *_floors(s)]
    least = _TOLERANCE * (float(s.sums.price.max(initial=0.0)) or 1.0)
    found = [f for f in found if f[0].value > least]
    return sorted(found, key=lambda f: (-f[0].worth, -f[0].value))


def _found(kind: str, at: Named, value: float, quantity: float, easing: Easing) -> Found:
    q = float(quantity)
    return Constraint(kind, at.id, at.commodity, at.region, at.to, at.period, value, q, value * q), easing


def _capacities(s: Solved) -> Iterator[Found]:
    c, p, x = s.compiled, s.compiled.program, s.point.x
    limited = np.isin(p.kind, [KINDS.index(k) for k in _LIMITED]) & np.isfinite(p.upper) & (p.upper > p.lower)
    full = np.flatnonzero(limited & (x >= p.upper * (1.0 - _FULL)))
    if not full.size:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = -s.complement.conditions.value(s.z)[full] / p.weight[full]
    supplies = c.layout.network.supplies
    for j, value in zip(full.tolist(), gain.tolist(), strict=True):
        fixed = p.kind[j] == KINDS.index("supply") and isinstance(supplies[p.entry[j]].curve, FixedSupply)
        kind = "fixed_supply" if fixed else "capacity"
        yield _found(kind, named(s, j), value, float(x[j]), Easing(bound=j))


def _endowments(s: Solved) -> Iterator[Found]:
    """Goods that are there at any price: fixed supplies and initial stocks."""
    c, layout, periods = s.compiled, s.compiled.layout, s.compiled.layout.network.periods
    n = c.program.K.shape[1]
    given: list[tuple[str, Supply | Stock, str, int, float]] = []
    for i, e in enumerate(layout.network.supplies):
        slot = own_slot(e.id) if e.id in c.seller else e.segment or POOL
        given += [
            ("fixed_supply", e, slot, int(t), float(c.supply_base[i, t])) for t in np.flatnonzero(c.supply_base[i])
        ]
    for k in layout.network.stocks:
        if k.initial:
            first = layout.when(k.period, k.id)[0]
            given.append(("initial_stock", k, k.segment or POOL, first, k.initial))
    for kind, entry, slot, t, quantity in given:
        node = layout.node(entry.commodity, entry.region, slot, t)
        at = Named(kind, entry.id, entry.commodity, entry.region, None, periods[t].id)
        yield _found(kind, at, float(s.sums.price[node]), quantity, Easing(shifts=((n + node, 1.0),)))


def _rights(s: Solved) -> Iterator[Found]:
    c = s.compiled
    first, n = c.program.n_nodes, c.program.K.shape[1]
    rows = [(cap.measure, cap.region, cap.pair, cap.t, cap.quantity, cap.row) for cap in c.imposed.caps]
    rows += [(i, None, None, t, quantity, row) for i, t, quantity, row, _ in c.imposed.production]
    for measure, region, pair, t, quantity, row in rows:
        if row >= 0:
            at = right_of(c, measure, region, pair, t)
            easing = Easing(shifts=((n + first + row, 1.0),))
            yield _found(at.kind, at, float(s.sums.value[first + row]), quantity, easing)


def _bans(s: Solved) -> Iterator[Found]:
    """Ways that a ban or a limit of zero closes: the gap where it is widest, by exporter and period."""
    c, n = s.compiled, s.compiled.program.K.shape[1]
    plain = s.sums.price[c.arc_end] - s.sums.landed
    closed: list[tuple[int, np.ndarray, np.ndarray, str | None, tuple[str, str] | None]]
    closed = [(i, arcs, s.gaps, None, None) for i, arcs in c.imposed.bans]
    closed += [(cap.measure, cap.arcs, plain, cap.region, cap.pair) for cap in c.imposed.caps if cap.row < 0]
    for measure, arcs, gaps, region, pair in closed:
        if not arcs.size:
            continue
        groups = c.arcs.exporter[arcs] * len(c.layout.years) + c.arcs.t[arcs]
        for group in np.unique(groups):
            met = arcs[groups == group]
            k = int(met[gaps[met].argmax()])
            here = region if pair or region else c.layout.regions[c.arcs.exporter[k]]
            at = right_of(c, measure, here, pair, int(c.arcs.t[k]))
            shifts = ((n + int(c.arc_end[k]), 1.0), (n + int(c.arc_start[k]), -1.0))
            yield _found(at.kind, at, float(gaps[k]), 0.0, Easing(shifts=shifts))


def _floors(s: Solved) -> Iterator[Found]:
    first = len(s.z) - len(s.point.v)
    for k, (rate, levy) in enumerate(zip(s.complement.rates, s.sums.rates.tolist(), strict=True)):
        if rate.arcs.size:
            quantity = float(s.sums.arc[rate.arcs].sum())
        else:
            quantity = float((rate.per_unit * s.point.x[rate.columns]).sum())
        yield _found("price_floor", named(s, first + k), levy, quantity, Easing(shifts=((first + k, 1.0),)))
