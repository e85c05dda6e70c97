"""Who gains what: surpluses by group and region, and the identity that checks them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ytterby.market._compile import Compiled
from ytterby.market._complement import Rate
from ytterby.market._cross import cross_cost, cross_node
from ytterby.market._curves import Fixed, IsoelasticDemand, LinearDemand
from ytterby.market._firms import own_slot
from ytterby.market._instruments import Stockpile
from ytterby.market._interior import Units
from ytterby.market._layout import POOL
from ytterby.market._network import Demand
from ytterby.market._program import KINDS
from ytterby.market._report import Sums

__all__ = ["unbounded", "welfare"]

_GROUPS = ("consumer", "producer", "government", "rent")


def unbounded(d: Demand) -> bool:
    """Whether a demand's surplus has no bound: it would pay any price for its first units."""
    curve = d.curve
    if getattr(curve, "choke", None) is not None:
        return False
    if isinstance(curve, Fixed):
        return curve.quantity > 0.0
    if isinstance(curve, IsoelasticDemand):
        return curve.elasticity <= 1.0 and curve.scale > 0.0
    return isinstance(curve, LinearDemand) and curve.slope == 0.0 and (curve.intercept > 0.0 or bool(curve.cross))


class _Ledger:
    def __init__(self, regions: tuple[str, ...]) -> None:
        self.number = {r: i for i, r in enumerate(regions)}
        self.accounts = {g: np.zeros(len(regions)) for g in _GROUPS}
        self.turnover = 0.0

    def add(self, group: str, region: Any, money: Any) -> None:
        if isinstance(money, float):
            self.accounts[group][region] += money
            self.turnover += abs(money)
        else:
            np.add.at(self.accounts[group], np.broadcast_to(region, np.shape(money)), money)
            self.turnover += float(np.abs(money).sum())


def welfare(c: Compiled, s: Sums, y: np.ndarray, rates: tuple[Rate, ...]) -> tuple[dict[str, Any], float]:
    """Return the welfare table (discounted to the first period) and the identity's relative error.

    The identity: what all groups gain, with rents that are dissipated, is gross utility less the resources used.
    """
    net, layout, program = c.layout.network, c.layout, c.program
    ledger = _Ledger(layout.regions)
    number = ledger.number
    T = s.periods
    weight = program.weight
    with np.errstate(invalid="ignore", over="ignore"):
        cost = weight * program.cost(s.x)
        for x in c.crossed:
            entry = getattr(net, x.section)[x.entry]
            others = [
                float(s.price[cross_node(layout, entry.id, name, entry.region, entry.segment, x.t)])
                for name in x.others
            ]
            spent = cross_cost(entry.curve, x, float(s.x[x.column]), program, others)
            cost[x.column] = weight[x.column] * spent
    n = program.n_nodes
    nodal = program.K[:n].T @ y[:n]
    surplus = s.x * nodal - cost
    real = -cost.copy()
    region = np.zeros(len(s.x), dtype=np.intp)
    by_kind = {kind: np.flatnonzero(program.kind == k) for k, kind in enumerate(KINDS)}

    def regions_of(kind: str, names: list[str]) -> np.ndarray:
        j = by_kind[kind]
        region[j] = np.array([number[r] for r in names], dtype=np.intp)[program.entry[j]] if len(j) else 0
        return j

    dissipated = 0.0
    for row, cap in ((cap.row, cap) for cap in c.imposed.caps):
        if row < 0:
            continue
        arcs = cap.arcs[c.arc_column[cap.arcs] >= 0]
        j = c.arc_column[arcs]
        rent = y[n + row] * s.x[j]
        surplus[j] -= rent
        m = net.measures[cap.measure]
        home = c.arcs.importer[arcs] if m.instrument in ("import_quota", "tariff_rate_quota") else c.arcs.exporter[arcs]
        if cap.rent_to == "dissipated":
            dissipated += float(rent.sum())
        elif cap.rent_to == "treasury":
            ledger.add("government", home, rent)
        else:
            ledger.add("rent", c.arcs.importer[arcs] if cap.rent_to == "importer" else c.arcs.exporter[arcs], rent)
    for _, _, _, row, parts in c.imposed.production:
        for j_, per_unit in parts if row >= 0 else ():
            rent = y[n + row] * per_unit * s.x[j_]
            surplus[j_] -= rent
            kind = KINDS[program.kind[j_]]
            entry = (net.supplies if kind == "supply" else net.processes)[program.entry[j_]]
            ledger.add("rent", number[entry.region], rent)
    arcs_j = by_kind["arc"]
    if len(arcs_j):
        arcs = program.entry[arcs_j]
        region[arcs_j] = c.arcs.exporter[arcs]
        real[arcs_j] += weight[arcs_j] * c.imposed.tax[arcs] * s.x[arcs_j]
        surplus[arcs_j] += weight[arcs_j] * c.imposed.tax[arcs] * s.x[arcs_j]
    for levy, unit in zip(c.imposed.levies, s.levies, strict=True):
        is_open = c.arc_column[levy.arcs] >= 0
        met = levy.arcs[is_open]
        j = c.arc_column[met]
        money = weight[j] * unit[is_open] * s.x[j]
        home = c.arcs.importer[met] if levy.payer == "importer" else c.arcs.exporter[met]
        ledger.add("government", home, money)
        np.add.at(surplus, j, -money)
    for rate, value in zip(rates, s.rates, strict=True):
        money_of = layout.discount[rate.t] * value
        j = c.arc_column[rate.arcs]
        ledger.add("government", number[rate.region], money_of * s.x[j])
        np.add.at(surplus, j, -money_of * s.x[j])
        j = rate.columns
        ledger.add("government", number[rate.region], -money_of * rate.per_unit * s.x[j])
        np.add.at(surplus, j, money_of * rate.per_unit * s.x[j])
        if not rate.arcs.size:
            for i in layout.supplies_at.get((rate.commodity, rate.region), ()):
                ledger.add("government", number[rate.region], -money_of * c.supply_base[i, rate.t])
                ledger.add("producer", number[rate.region], money_of * c.supply_base[i, rate.t])
    equal = np.flatnonzero(program.equality)
    surplus += program.K[equal].T @ y[equal] * s.x if equal.size else 0.0
    j = by_kind["carriage"]
    region[j] = layout.exporter[program.entry[j]]
    ledger.add("producer", region[j], surplus[j])
    ledger.add("producer", region[arcs_j], surplus[arcs_j])
    for kind, names in (
        ("supply", [e.region for e in net.supplies]),
        ("sale", [e.region for e in net.supplies]),
        ("process", [e.region for e in net.processes]),
        ("stock", [e.region for e in net.stocks]),
    ):
        j = regions_of(kind, names)
        ledger.add("producer", region[j], surplus[j])
    open_ended = [unbounded(d) for d in net.demands]
    for kind in ("demand_block", "demand"):
        j = regions_of(kind, [e.region for e in net.demands])
        j = j[~np.array(open_ended, dtype=bool)[program.entry[j]]] if len(j) else j
        ledger.add("consumer", region[j], surplus[j])
    _constants(c, s, y, ledger)
    j = by_kind["purchase"]
    real[j] = 0.0
    if len(j):
        place_region = {place: number[key[1]] for key, place in layout.places.items()}
        rows = program.K[:n][:, j].tocsc().indices
        ledger.add("government", np.array([place_region[int(r) // T] for r in rows]), s.x[j] * nodal[j])
    infinite = np.zeros(len(layout.regions), dtype=bool)
    for d, is_open in zip(net.demands, open_ended, strict=True):
        infinite[number[d.region]] |= is_open
    total = {g: float(ledger.accounts[g].sum()) for g in _GROUPS}
    boundless = np.zeros(len(s.x), dtype=bool)
    for kind in ("demand_block", "demand"):
        j = by_kind[kind]
        boundless[j] = np.array(open_ended, dtype=bool)[program.entry[j]] if len(j) else False
    paid = float((s.x * nodal)[boundless].sum()) + _fixed_bill(c, s, y, open_ended)
    resources = float(real[~boundless].sum())
    gap = sum(total.values()) + dissipated - (resources - paid)
    size = ledger.turnover + abs(resources) + abs(paid)
    units = Units.of(program)
    error = abs(gap) / max(size, 1e-6 * units.quantity * units.price)
    table: dict[str, Any] = dict(total)
    table["total"] = sum(total.values())
    if infinite.any():
        table["consumer"] = table["total"] = None
    table["by_region"] = {}
    for name, i in number.items():
        own: dict[str, float | None] = {g: float(ledger.accounts[g][i]) for g in _GROUPS}
        own["total"] = sum(float(ledger.accounts[g][i]) for g in _GROUPS)
        if infinite[i]:
            own["consumer"] = own["total"] = None
        table["by_region"][name] = own
    return table, error


def _constants(c: Compiled, s: Sums, y: np.ndarray, ledger: _Ledger) -> None:
    """Book constant supplies, initial stocks and stockpile paths at the price of their place."""
    net, layout, T = c.layout.network, c.layout, s.periods
    prices = y[: c.program.n_nodes].reshape(-1, T)
    for i in np.flatnonzero(c.supply_base.any(axis=1)).tolist():
        e = net.supplies[i]
        slot = own_slot(e.id) if e.id in c.seller else e.segment or POOL
        place = layout.places[(e.commodity, e.region, slot)]
        ledger.add("producer", ledger.number[e.region], float(prices[place] @ c.supply_base[i]))
    for k in net.stocks:
        if k.initial:
            place = layout.places[(k.commodity, k.region, k.segment or POOL)]
            first = layout.when(k.period, k.id)[0]
            ledger.add("producer", ledger.number[k.region], float(prices[place, first] * k.initial))
    for m in net.measures:
        if isinstance(m, Stockpile):
            out = layout.places[(m.commodity, m.region, layout.buying_slot(m.commodity, m.region, None))]
            back = layout.places[(m.commodity, m.region, POOL)]
            for step in m.path:
                for t in layout.when(step.period, m.id):
                    money = prices[back, t] * step.release - prices[out, t] * step.buy
                    ledger.add("government", ledger.number[m.region], float(money * layout.years[t]))


def _fixed_bill(c: Compiled, s: Sums, y: np.ndarray, open_ended: list[bool]) -> float:
    """Return, as a negative sum, what demands of boundless surplus pay for their constant quantities."""
    layout, T = c.layout, s.periods
    prices = y[: c.program.n_nodes].reshape(-1, T)
    bill = 0.0
    for i, d in enumerate(layout.network.demands):
        if open_ended[i] and c.demand_base[i].any():
            place = layout.places[(d.commodity, d.region, layout.buying_slot(d.commodity, d.region, d.segment))]
            bill -= float(prices[place] @ c.demand_base[i])
    return bill
