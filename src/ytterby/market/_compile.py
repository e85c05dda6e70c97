"""From a network to arrays: entries become columns, measures become edits of them and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ytterby.errors import InputError
from ytterby.market._activities import UNEDITED, Edit, demand_pieces, supply_pieces
from ytterby.market._arcs import Arcs, lay_arcs
from ytterby.market._cross import Crossed, cross_piece, crossed_demand, crossed_supply
from ytterby.market._curves import cross_of
from ytterby.market._firms import own_slot, settle_firms
from ytterby.market._impose import Imposed, impose
from ytterby.market._instruments import Activity, PriceFloor, ProductionQuota, Stockpile
from ytterby.market._layout import OPEN, POOL, Layout, names_of
from ytterby.market._network import Network, Process, Supply
from ytterby.market._program import Builder, Program

__all__ = ["Compiled", "compile_network"]


@dataclass(frozen=True)
class Compiled:
    """A network's arrays and what is needed to read their solution.

    Attributes
    ----------
    supply_base, demand_base
        Constant quantities by entry and period, shape (entries, periods).
    arc_column, arc_start, arc_end, arc_carriage
        Column of each arc (−1 where it is closed), its rows, and the column of the carriage it shares (or −1).
    output
        Output per level by process and period: the yield factor, shape (processes, periods).
    made
        Columns that make a commodity in a region and period, and how much per unit.
    seller
        Firm number of the supplies whose goods are sold apart.
    crossed
        Demands and supplies that depend on other prices.
    """

    layout: Layout
    program: Program
    arcs: Arcs
    imposed: Imposed
    arc_column: np.ndarray
    arc_start: np.ndarray
    arc_end: np.ndarray
    arc_carriage: np.ndarray
    supply_base: np.ndarray
    demand_base: np.ndarray
    output: np.ndarray
    made: dict[tuple[str, str, int], list[tuple[int, float]]]
    seller: dict[str, int]
    crossed: tuple[Crossed, ...]


def compile_network(network: Network) -> Compiled:
    """Return the arrays of a network; references are checked on the way."""
    return _Compiler(network).run()


class _Compiler:
    def __init__(self, network: Network) -> None:
        self.net = network
        self.layout = Layout(network)
        self.build = Builder()
        self.periods = len(network.periods)
        self.years = self.layout.years
        self.need: dict[int, float] = {}
        self.users: dict[tuple[str, str, str], None] = {}
        self.made: dict[tuple[str, str, int], list[tuple[int, float]]] = {}

    def run(self) -> Compiled:
        self.seller = settle_firms(self.layout)
        self.crossed: list[Crossed] = []
        sellers: dict[tuple[str, str], list[str]] = {}
        for e in self.net.supplies:
            if e.id in self.seller:
                sellers.setdefault((e.commodity, e.region), []).append(own_slot(e.id))
        arcs = lay_arcs(self.layout, sellers)
        imposed = impose(self.net, self.layout, arcs)
        self._edits()
        supply_base = self._supplies()
        demand_base = self._demands()
        output = self._processes()
        self._stocks()
        column = self._arcs(arcs, imposed)
        self._public()
        self._transfers()
        imposed = self._rows(imposed, column)
        need = np.zeros(len(self.layout.places) * self.periods)
        for node, quantity in self.need.items():
            need[node] += quantity
        program = self.build.program(need, self.layout.discount)
        return Compiled(
            self.layout,
            program,
            arcs,
            imposed,
            column,
            self.start,
            self.end,
            self.carriage,
            supply_base,
            demand_base,
            output,
            self.made,
            self.seller,
            tuple(self.crossed),
        )

    def _edits(self) -> None:
        """Gather what `activity` measures change, by entry and period."""
        self.edits: dict[tuple[str, str, int], Edit] = {}
        for i, m in enumerate(self.net.measures):
            if not isinstance(m, Activity):
                continue
            when = self.layout.when(m.period, f"measures[{i}] '{m.id}' period")
            for section, ident in self._matched(m):
                for t in when:
                    key = (section, ident, t)
                    old = self.edits.get(key, UNEDITED)
                    off = m.available_from is not None and not self._reached(m.available_from, t, m.id)
                    self.edits[key] = replace(
                        old,
                        delta=old.delta * m.cost_factor + m.cost_delta,
                        factor=old.factor * m.cost_factor,
                        capacity=0.0 if off else old.capacity * m.capacity_factor,
                        yield_=old.yield_ * m.yield_factor,
                    )

    @cached_property
    def by_id(self) -> dict[str, dict[str, Process | Supply]]:
        """Processes and supplies by id."""
        return {"process": {p.id: p for p in self.net.processes}, "supply": {s.id: s for s in self.net.supplies}}

    def _matched(self, m: Activity) -> Iterator[tuple[str, str]]:
        match = m.match
        wanted = {k: names_of(getattr(match, k)) for k in ("region", "owner", "stage")}
        both = match.process is None and match.supply is None
        for section, own in (("process", match.process), ("supply", match.supply)):
            if own is None and not both:
                continue
            ids, entries = names_of(own), self.by_id[section]
            for e in entries.values() if ids is None else [entries[i] for i in dict.fromkeys(ids) if i in entries]:
                if all(names is None or getattr(e, k) in names for k, names in wanted.items()):
                    yield section, e.id

    def _reached(self, day: str, t: int, ident: str) -> bool:
        period = self.net.periods[t]
        ids = [p.id for p in self.net.periods]
        if day in ids:
            return t >= ids.index(day)
        from ytterby.market._calendar import starts_by

        return starts_by(period.start, day, ident)

    def _supplies(self) -> np.ndarray:
        base = np.zeros((len(self.net.supplies), self.periods))
        capped = [
            (names_of(m.commodity), names_of(m.region), set(self.layout.when(m.period, m.id)))
            for m in self.net.measures
            if isinstance(m, ProductionQuota)
        ]
        for i, s in enumerate(self.net.supplies):
            for t in self.layout.when(s.period, f"supplies[{i}] '{s.id}' period"):
                own = own_slot(s.id) if s.id in self.seller else s.segment or POOL
                node = self.layout.node(s.commodity, s.region, own, t)
                edit = self.edits.get(("supply", s.id, t), UNEDITED)
                held = any(
                    t in when and (c is None or s.commodity in c) and (r is None or s.region in r)
                    for c, r, when in capped
                )
                constant, pieces = supply_pieces(s.curve, self.years[t], edit, forced=not held)
                crossed = bool(cross_of(s.curve))
                if crossed:
                    constant, pieces = 0.0, [] if edit.capacity == 0.0 else [cross_piece(s.curve, self.years[t], edit)]
                base[i, t] = constant
                self._need(node, -constant)
                for piece in pieces:
                    j = self.build.column("supply", i, t, **piece)
                    self.build.link(node, j, 1.0)
                    self.made.setdefault((s.commodity, s.region, t), []).append((j, 1.0))
                    if crossed:
                        self.crossed.append(crossed_supply(s.curve, i, t, j, node, self.years[t], edit))
                if s.id in self.seller:
                    j = self.build.column("sale", i, t)
                    self.build.link(node, j, -1.0)
                    self.build.link(self.layout.node(s.commodity, s.region, OPEN, t), j, 1.0)
        return base

    def _need(self, node: int, quantity: float) -> None:
        if quantity:
            self.need[node] = self.need.get(node, 0.0) + quantity

    def _use(self, commodity: str, region: str, segment: str | None, t: int) -> int:
        slot = self.layout.buying_slot(commodity, region, segment)
        self.users[(commodity, region, slot)] = None
        return self.layout.node(commodity, region, slot, t)

    def _demands(self) -> np.ndarray:
        base = np.zeros((len(self.net.demands), self.periods))
        for i, d in enumerate(self.net.demands):
            for t in self.layout.when(d.period, f"demands[{i}] '{d.id}' period"):
                node = self._use(d.commodity, d.region, d.segment, t)
                constant, block, tail = demand_pieces(d.curve, self.years[t])
                if cross_of(d.curve):
                    constant, block, tail = 0.0, None, cross_piece(d.curve, self.years[t])
                    self.crossed.append(crossed_demand(d.curve, i, t, self.build.n, node, self.years[t]))
                base[i, t] = constant
                self._need(node, constant)
                for kind, piece in (("demand_block", block), ("demand", tail)):
                    if piece is not None:
                        self.build.link(node, self.build.column(kind, i, t, **piece), -1.0)
        return base

    def _processes(self) -> np.ndarray:
        output = np.ones((len(self.net.processes), self.periods))
        for i, p in enumerate(self.net.processes):
            for t in self.layout.when(p.period, f"processes[{i}] '{p.id}' period"):
                edit = self.edits.get(("process", p.id, t), UNEDITED)
                nodes = [self._use(c, p.region, p.segment, t) for c in p.inputs]
                nodes += [self.layout.node(c, p.region, p.segment or POOL, t) for c in p.outputs]
                if edit.capacity == 0.0 or p.capacity == 0.0:
                    continue
                output[i, t] = edit.yield_
                size, upper = self.years[t], np.inf
                if p.capacity is None:
                    size = size * edit.capacity
                else:
                    upper = p.capacity * edit.capacity * size
                j = self.build.column(
                    "process",
                    i,
                    t,
                    lin=edit.factor * p.cost + edit.delta,
                    quad=edit.factor * p.slope / size,
                    upper=upper,
                )
                values = [-v for v in p.inputs.values()] + [v * edit.yield_ for v in p.outputs.values()]
                for node, value in zip(nodes, values, strict=True):
                    self.build.link(node, j, value)
                for c, v in p.outputs.items():
                    self.made.setdefault((c, p.region, t), []).append((j, v * edit.yield_))
        return output

    def _stocks(self) -> None:
        last = self.periods - 1
        for i, s in enumerate(self.net.stocks):
            where = f"stocks[{i}] '{s.id}' period"
            when = self.layout.when(s.period, where)
            if not when:
                raise InputError("a stock is open in at least one period, or in '*'", where=where)
            slot = s.segment or POOL
            self._need(self.layout.node(s.commodity, s.region, slot, when[0]), -s.initial)
            for t in when:
                node = self.layout.node(s.commodity, s.region, slot, t)
                lin = s.carrying_cost * self.years[t]
                if t == last:
                    lin -= s.terminal_value * (1.0 + self.net.interest) ** -self.years[t]
                upper = np.inf if s.capacity is None else s.capacity
                j = self.build.column("stock", i, t, lin=lin, upper=upper)
                self.build.link(node, j, -1.0)
                if t < last:
                    self.build.link(node + 1, j, 1.0)
            if s.segment:
                self.users[(s.commodity, s.region, s.segment)] = None

    def _arcs(self, arcs: Arcs, imposed: Imposed) -> np.ndarray:
        column = np.full(len(arcs.route), -1, dtype=np.intp)
        self.carriage = column.copy()
        self.start = self.end = column.copy()
        layout, routes = self.layout, self.layout.routes
        if not len(routes):
            return column
        start = layout.place_of(arcs.commodity, arcs.exporter, arcs.source, arcs.slots)
        end = layout.place_of(arcs.commodity, arcs.importer, arcs.target, arcs.slots)
        self.start, self.end = start * self.periods + arcs.t, end * self.periods + arcs.t
        if routes.segmented:
            bought = zip(routes.commodity, routes.from_, routes.segment, strict=True)
            self.users |= {place: None for place in bought if place[2]}
        slope, power, capacity = routes.slope, routes.power, routes.capacity
        cost, slope = routes.first_cost, np.where(power == 0.0, 0.0, slope)
        is_open = ~imposed.closed & (capacity[arcs.route] > 0.0)
        key = arcs.route * self.periods + arcs.t
        count = np.bincount(key[is_open], minlength=len(routes) * self.periods)
        shared = (count[key] > 1) & ((slope > 0.0) | np.isfinite(capacity))[arcs.route]
        use = np.flatnonzero(is_open)
        r, t = arcs.route[use], arcs.t[use]
        alone = ~shared[use]
        straight, years = power[r] == 1.0, self.years[t]
        j = self.build.columns(
            "arc",
            use,
            t,
            lin=cost[r] + imposed.tax[use],
            quad=np.where(alone & straight, slope[r] / years, 0.0),
            upper=np.where(alone, capacity[r] * years, np.inf),
            coef=np.where(alone & ~straight, slope[r], 0.0),
            scale=years,
            expo=np.where(straight, 1.0, power[r]),
        )
        column[use] = j
        self.build.links_of(self.start[use], j, -1.0)
        self.build.links_of(self.end[use], j, 1.0)
        self._carriages(use[~alone], j[~alone], key[use[~alone]], slope)
        return column

    def _carriages(self, arcs: np.ndarray, columns: np.ndarray, key: np.ndarray, slope: np.ndarray) -> None:
        """Let the arcs of one route and period (one `key`) share its slope and capacity: a column is their sum."""
        groups, row = np.unique(key, return_inverse=True)
        i, t = np.divmod(groups, self.periods)
        power, years = self.layout.routes.power[i], self.years[t]
        straight = power == 1.0
        z = self.build.columns(
            "carriage",
            i,
            t,
            quad=np.where(straight, slope[i] / years, 0.0),
            coef=np.where(straight, 0.0, slope[i]),
            scale=years,
            expo=power,
            upper=self.layout.routes.capacity[i] * years,
        )
        self.carriage[arcs] = z[row]
        self.build.balances(row, columns, z, t)

    def _public(self) -> None:
        """Add what governments buy, store and release."""
        for i, m in enumerate(self.net.measures):
            where = f"measures[{i}] '{m.id}' period"
            if isinstance(m, PriceFloor) and m.upheld_by == "purchase":
                for c in names_of(m.commodity) or self.layout.commodities:
                    for r in names_of(m.members) or self.layout.regions:
                        for t in self.layout.when(m.period, where):
                            node = self._use(c, r, None, t)
                            self.build.link(node, self.build.column("purchase", i, t, lin=-m.price), -1.0)
            elif isinstance(m, Stockpile):
                for step in m.path:
                    for t in self.layout.when(step.period, where):
                        self._need(self._use(m.commodity, m.region, None, t), step.buy * self.years[t])
                        node = self.layout.node(m.commodity, m.region, POOL, t)
                        self._need(node, -step.release * self.years[t])

    def _transfers(self) -> None:
        """Let pooled goods serve segments, and goods of any segment serve buyers without one."""
        places = self.layout.places
        n = 0
        for commodity, region, slot in sorted(self.users):
            if slot == POOL:
                continue
            sources = [POOL]
            if slot == OPEN:
                sources += sorted(self.layout.bound[(commodity, region)] - {OPEN})
            for source in sources:
                if (commodity, region, source) not in places:
                    continue
                for t in range(self.periods):
                    j = self.build.column("transfer", n, t)
                    self.build.link(self.layout.node(commodity, region, source, t), j, -1.0)
                    self.build.link(self.layout.node(commodity, region, slot, t), j, 1.0)
                n += 1

    def _rows(self, imposed: Imposed, column: np.ndarray) -> Imposed:
        """Add the rows of quotas and licences, of arcs or of production."""
        caps = []
        for cap in imposed.caps:
            members = column[cap.arcs]
            members = members[members >= 0]
            row = self.build.row(members, -1.0, -cap.quantity, cap.t) if members.size else -1
            caps.append(replace(cap, row=row))
        made = []
        for i, m in enumerate(self.net.measures):
            if not isinstance(m, ProductionQuota):
                continue
            c, r = names_of(m.commodity), names_of(m.region)
            for t in self.layout.when(m.period, f"measures[{i}] '{m.id}' period"):
                parts = [
                    part
                    for (commodity, region, u), pieces in self.made.items()
                    if u == t and (c is None or commodity in c) and (r is None or region in r)
                    for part in pieces
                ]
                quantity = m.quantity * self.years[t]
                row = self.build.row([p[0] for p in parts], [-p[1] for p in parts], -quantity, t) if parts else -1
                made.append((i, t, quantity, row, tuple(parts)))
        return replace(imposed, caps=tuple(caps), production=tuple(made))
