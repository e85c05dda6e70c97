"""From a solved program back to the network's words: tables of prices, quantities and measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ytterby.market._arcs import spread
from ytterby.market._compile import Compiled
from ytterby.market._cross import Crossed, cross_node
from ytterby.market._curves import IsoelasticDemand, LinearDemand
from ytterby.market._customs import Landing
from ytterby.market._equilibrium import COLUMNS, Table
from ytterby.market._firms import FIRM, sales
from ytterby.market._interior import Point
from ytterby.market._layout import OPEN, POOL
from ytterby.market._program import KINDS
from ytterby.market._routes import Entry

__all__ = ["Sums", "Tables"]


class Sums:
    """Quantities by entry and period, prices by node: what tables and welfare are made of.

    Attributes
    ----------
    price
        By node row; `value` is that of every row, both in money of the period.
    freight, kept, landed
        By arc: the route's marginal cost, rents that the exporter keeps, and the landed cost of a further unit.
    levies
        What each levy is per unit on its arcs, parallel to `Imposed.levies`.
    rates
        Values of the rates that uphold a rule (a floor's levy, a deficiency payment).
    """

    def __init__(self, c: Compiled, point: Point, landing: Landing, rates: int) -> None:
        net, self.periods = c.layout.network, len(c.layout.years)
        program = c.program
        self.x = point.x
        self.price = np.maximum(point.y[: program.n_nodes], 0.0) / program.row_weight[: program.n_nodes]
        self.value = point.y / program.row_weight

        def total(kind: str, count: int, entry: np.ndarray | None = None) -> np.ndarray:
            out = np.zeros((count, self.periods))
            j = np.flatnonzero(program.kind == KINDS.index(kind))
            np.add.at(out, (program.entry[j] if entry is None else entry[program.entry[j]], program.t[j]), point.x[j])
            return out

        self.supply = total("supply", len(net.supplies)) + c.supply_base
        self.block = total("demand_block", len(net.demands))
        self.demand = self.block + total("demand", len(net.demands)) + c.demand_base
        blocks = np.flatnonzero(program.kind == KINDS.index("demand_block"))
        self.unserved = np.zeros_like(self.demand)
        np.add.at(self.unserved, (program.entry[blocks], program.t[blocks]), program.upper[blocks] - point.x[blocks])
        for x in c.crossed:
            if x.choke is not None:
                self.unserved[x.entry, x.t] = self._wanted(c, x) - self.demand[x.entry, x.t]
        self.unserved = np.maximum(self.unserved, 0.0)
        self.flow = total("arc", len(net.routes), c.arcs.route)
        self.level = total("process", len(net.processes))
        self.stock = total("stock", len(net.stocks))
        self.arc = np.where(c.arc_column >= 0, point.x[np.maximum(c.arc_column, 0)] if point.x.size else 0.0, 0.0)
        self.rates = point.v[:rates]
        self._arcs(c, landing)

    def _wanted(self, c: Compiled, x: Crossed) -> float:
        """Return what a demand with cross prices would buy at its choke price, 0 where its price is below."""
        d = c.layout.network.demands[x.entry]
        curve, years = d.curve, float(c.layout.years[x.t])
        if self.price[x.node] < (x.choke or 0.0) * (1.0 - 1e-9):
            return 0.0
        others = [float(self.price[cross_node(c.layout, d.id, k, d.region, d.segment, x.t)]) for k in x.others]
        if isinstance(curve, IsoelasticDemand):
            product = float(np.prod([p ** curve.cross[k] for p, k in zip(others, x.others, strict=True)]))
            return float(curve.scale * years * (x.choke or 1.0) ** -curve.elasticity * product)
        assert isinstance(curve, LinearDemand)
        extra = sum(p * curve.cross[k] for p, k in zip(others, x.others, strict=True))
        return float(max(0.0, (curve.intercept - curve.slope * (x.choke or 0.0) + extra) * years))

    def _arcs(self, c: Compiled, landing: Landing) -> None:
        routes, n = c.layout.routes, len(c.arcs.route)
        cost, slope, power = (values[c.arcs.route] for values in (routes.cost, routes.slope, routes.power))
        rate = self.flow[c.arcs.route, c.arcs.t] / c.layout.years[c.arcs.t] if n else np.zeros(0)
        self.freight = cost + slope * np.maximum(rate, 0.0) ** power
        self.kept, other = np.zeros(n), np.zeros(n)
        for cap in c.imposed.caps:
            if cap.row >= 0:
                right = self.value[c.program.n_nodes + cap.row]
                (self.kept if cap.rent_to == "exporter" else other)[cap.arcs] += right
        start = self.price[c.arc_start] if n else np.zeros(0)
        own = np.array([slot.startswith(FIRM) for slot in c.arcs.slots], dtype=bool)[c.arcs.source]
        if own.any():  # a firm's goods leave at what the buyer's price nets back to, not at their marginal cost
            rest = landing.freight * self.freight + landing.constant + other
            start[own] = ((self.price[c.arc_end] - rest) / landing.price - self.kept)[own]
        self.landed = landing.price * (start + self.kept) + landing.freight * self.freight + landing.constant + other
        self.levies = [landing.unit(levy, start, self.kept, self.freight) for levy in c.imposed.levies]


class Tables(Mapping[str, Table]):
    """The result tables, each as columns and made when it is first asked for; pickled as a plain dict."""

    def __init__(self, c: Compiled, s: Sums, measures: Callable[[], Table]) -> None:
        net = c.layout.network
        ids = [p.id for p in net.periods]
        self._made: dict[str, Table] = {}
        self._makers: dict[str, Callable[[], Table]] = {
            "prices": lambda: _prices(c, s, ids),
            "price_paid": lambda: _paid(c, s, ids),
            "supply": lambda: _long(c, net.supplies, ids, quantity=s.supply),
            "demand": lambda: _long(c, net.demands, ids, quantity=s.demand, unserved=s.unserved),
            "flows": lambda: _flows(c, s, ids),
            "processes": lambda: _long(c, net.processes, ids, level=s.level),
            "stocks": lambda: _long(c, net.stocks, ids, quantity=s.stock),
            "firms": lambda: _firms(c, s, ids),
            "measures": measures,
        }

    def __getitem__(self, name: str) -> Table:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __reduce__(self) -> tuple[type[dict[str, Table]], tuple[dict[str, Table]]]:
        return dict, (dict(self),)


def _long(c: Compiled, entries: Sequence[Entry], ids: list[str], **values: np.ndarray) -> dict[str, list[Any]]:
    """Return values by entry and period, for the periods that each entry has."""
    when = [c.layout.when(e.period, e.id) for e in entries]
    index = np.array([i for i, w in enumerate(when) for _ in w], dtype=np.intp)
    t = np.array([u for w in when for u in w], dtype=np.intp)
    out: dict[str, list[Any]] = {"id": [entries[i].id for i in index], "period": [ids[u] for u in t]}
    return out | {name: v[index, t].tolist() for name, v in values.items()}


def _flows(c: Compiled, s: Sums, ids: list[str]) -> dict[str, list[Any]]:
    """Return what each route carries in each of its periods."""
    routes = c.layout.routes
    when = [c.layout.when(names, "routes") for names in routes.period.words]
    index, t = spread(routes.period.codes, when)
    return {
        "route": list(routes.ids) if len(when) == 1 == len(when[0]) else [routes.ids[i] for i in index.tolist()],
        "commodity": routes.commodity.at(index),
        "from": routes.from_.at(index),
        "to": routes.to.at(index),
        "period": np.array(ids, dtype=object)[t].tolist(),
        "quantity": s.flow[index, t].tolist(),
    }


def _firms(c: Compiled, s: Sums, ids: list[str]) -> dict[str, list[Any]]:
    """Return what each firm sells in each region; goods that are not sold apart count where they are supplied."""
    net = c.layout.network
    sold: dict[tuple[int, str, str, int], float] = {}
    for j, i, _, region, t in sales(c.layout, c.program, c.arcs, c.arc_column, c.seller):
        e = net.supplies[i]
        key = (c.seller[e.id], e.commodity, region, t)
        sold[key] = sold.get(key, 0.0) + float(s.x[j])
    number = {e.id: i for i, e in enumerate(net.supplies)}
    for k, firm in enumerate(net.firms):
        for name in firm.supplies:
            e = net.supplies[number[name]]
            if name not in c.seller:
                for t in c.layout.when(e.period, e.id):
                    key = (k, e.commodity, e.region, t)
                    sold[key] = sold.get(key, 0.0) + float(s.supply[number[name], t])
    rows = [
        (net.firms[k].id, commodity, region, ids[t], quantity)
        for (k, commodity, region, t), quantity in sorted(sold.items())
    ]
    return {name: [row[n] for row in rows] for n, name in enumerate(COLUMNS["firms"])}


def _prices(c: Compiled, s: Sums, ids: list[str]) -> dict[str, list[Any]]:
    """Return one price per place; that of buyers without a segment where pool and open slot differ."""
    places = c.layout.places
    shown = sorted(
        (commodity, region, "" if slot in (POOL, OPEN) else slot, place)
        for (commodity, region, slot), place in places.items()
        if not (slot == POOL and (commodity, region, OPEN) in places) and not slot.startswith(FIRM)
    )
    number = np.array([p[3] for p in shown], dtype=np.intp)
    price = s.price.reshape(-1, s.periods)[number].ravel() if shown else np.zeros(0)
    columns = {
        name: [row[k] or None for row in shown for _ in ids]
        for k, name in enumerate(("commodity", "region", "segment"))
    }
    return {**columns, "period": ids * len(shown), "price": price.tolist()}


def _paid(c: Compiled, s: Sums, ids: list[str]) -> dict[str, list[Any]]:
    """Return what buyers (demands and processes) paid, by volume; segment ``*`` sums over segments."""
    net, layout = c.layout.network, c.layout
    buyers = [(d.commodity, d.region, d.segment or "") for d in net.demands]
    rows, per_unit = [], []
    for i, p in enumerate(net.processes):
        for name, amount in p.inputs.items():
            if (name, p.region, layout.buying_slot(name, p.region, p.segment)) in layout.places:
                buyers.append((name, p.region, p.segment or ""))
                rows.append(i)
                per_unit.append(amount)
    inputs = np.array(per_unit)[:, None] * s.level[rows] if rows else np.zeros((0, s.periods))
    quantity = np.concatenate([s.demand, inputs])
    place = [layout.places[(name, region, layout.buying_slot(name, region, seg))] for name, region, seg in buyers]
    money = quantity * s.price.reshape(-1, s.periods)[place]
    number = {buyer: k for k, buyer in enumerate(dict.fromkeys(buyers))}
    totals = np.zeros((len(number), 2, s.periods))
    np.add.at(totals, [number[buyer] for buyer in buyers], np.stack([quantity, money], axis=1))
    bought = dict(zip(number, totals, strict=True))
    for (commodity, region, segment), pair in sorted(bought.items()):
        if segment in ("", "*"):
            continue
        key = (commodity, region, "*")
        if key not in bought:
            bought[key] = bought.get((commodity, region, ""), np.zeros((2, s.periods))).copy()
        bought[key] = bought[key] + pair
    keys = sorted(bought)
    quantities, spent = np.array([bought[k] for k in keys]).reshape(-1, 2, s.periods).swapaxes(0, 1).reshape(2, -1)
    some = quantities > 0.0
    price = np.divide(spent, quantities, out=np.zeros_like(spent), where=some)
    return {
        "commodity": [k[0] for k in keys for _ in ids],
        "region": [k[1] for k in keys for _ in ids],
        "segment": [k[2] or None for k in keys for _ in ids],
        "period": ids * len(keys),
        "price": [p if known else None for p, known in zip(price.tolist(), some.tolist(), strict=True)],
        "quantity": quantities.tolist(),
    }
