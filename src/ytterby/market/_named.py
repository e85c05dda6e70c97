"""Which of a user's entries stands behind an entry of z: a column, a row or a rate in the words of the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ytterby.market._compile import Compiled
from ytterby.market._layout import names_of
from ytterby.market._network import Demand, Stock, Supply
from ytterby.market._program import KINDS
from ytterby.market._solved import Solved

__all__ = ["Named", "column_of", "named", "place_of", "right_of", "slot_of"]


@dataclass(frozen=True)
class Named:
    """An entry of the network in one period.

    `kind` is `supply`, `demand`, `route`, `process`, `stock`, `place` (a commodity in a region), or a measure's
    instrument; `region` and `to` are the ends of a route or of a right between a pair.
    """

    kind: str
    id: str
    commodity: str | None
    region: str | None
    to: str | None
    period: str

    @property
    def words(self) -> str:
        """The entry in a sentence, e.g. ``route 'sea'``."""
        if self.kind == "place":
            return f"'{self.commodity}' in '{self.region}'"
        return f"{self.kind.replace('_', ' ')} '{self.id}'"


def named(s: Solved, index: int) -> Named:
    """Return what stands behind entry `index` of z = (x, y, v)."""
    c, complement = s.compiled, s.complement
    n, m = c.program.K.shape[1], c.program.K.shape[0]
    if index < n:
        return column_of(c, index)
    if index < n + c.program.n_nodes:
        return place_of(c, index - n)
    if index < n + m:
        return _row(c, index - n)
    k = index - n - m
    periods = c.layout.network.periods
    if k < len(complement.rates):
        rate = complement.rates[k]
        measure = c.layout.network.measures[rate.measure]
        return Named(measure.instrument, measure.id, rate.commodity, rate.region, None, periods[rate.t].id)
    choked = [x for x in c.crossed if x.choke is not None and x.elasticity is None]
    x = choked[k - len(complement.rates)]
    d = c.layout.network.demands[x.entry]
    return Named("demand", d.id, d.commodity, d.region, None, periods[x.t].id)


def place_of(c: Compiled, node: int) -> Named:
    """Return the place of a node row."""
    commodity, region, _ = _key_of(c, node)
    period = c.layout.network.periods[node % len(c.layout.years)].id
    return Named("place", f"{commodity}@{region}", commodity, region, None, period)


def slot_of(c: Compiled, node: int) -> str:
    """Return the segment slot of a node row."""
    return _key_of(c, node)[2]


def _key_of(c: Compiled, node: int) -> tuple[str, str, str]:
    place = node // len(c.layout.years)
    return next(key for key, number in c.layout.places.items() if number == place)


def column_of(c: Compiled, j: int) -> Named:
    """Return what stands behind a column."""
    net, kind, i = c.layout.network, KINDS[int(c.program.kind[j])], int(c.program.entry[j])
    period = net.periods[int(c.program.t[j])].id
    if kind in ("arc", "carriage"):
        r = net.routes[c.arcs.route[i] if kind == "arc" else i]
        return Named("route", r.id, r.commodity, r.from_, r.to, period)
    if kind == "process":
        p = net.processes[i]
        single = next(iter(p.outputs)) if len(p.outputs) == 1 else None
        return Named("process", p.id, single, p.region, None, period)
    if kind in ("transfer", "purchase"):
        place = place_of(c, int(c.program.K[: c.program.n_nodes, [j]].tocsc().indices[0]))
        if kind == "transfer":
            return place
        m = net.measures[i]
        return Named(m.instrument, m.id, place.commodity, place.region, None, period)
    section: Sequence[Supply | Demand | Stock] = net.demands
    if kind in ("supply", "sale", "stock"):
        section = net.stocks if kind == "stock" else net.supplies
    e = section[i]
    word = {"sale": "supply", "demand_block": "demand"}.get(kind, kind)
    return Named(word, e.id, e.commodity, e.region, None, period)


def _row(c: Compiled, row: int) -> Named:
    net, number = c.layout.network, row - c.program.n_nodes
    for cap in c.imposed.caps:
        if cap.row == number:
            return right_of(c, cap.measure, cap.region, cap.pair, cap.t)
    for measure, t, _, made, _ in c.imposed.production:
        if made == number:
            m = net.measures[measure]
            return Named(m.instrument, m.id, *_single(m), None, net.periods[t].id)
    column = int(c.program.K[[row]].tocsr().indices[-1])  # what the arcs of one route share
    return column_of(c, column)


def right_of(c: Compiled, measure: int, region: str | None, pair: tuple[str, str] | None, t: int) -> Named:
    """Return the right of a quota, licence or ban."""
    m = c.layout.network.measures[measure]
    commodity, _ = _single(m)
    here, to = pair if pair is not None else (region, None)
    return Named(m.instrument, m.id, commodity, here, to, c.layout.network.periods[t].id)


def _single(m: object) -> tuple[str | None, str | None]:
    """Return the commodity and the region of a measure that names one."""
    found = []
    for attribute in ("commodity", "region"):
        names = names_of(getattr(m, attribute, None))
        found.append(names[0] if names is not None and len(names) == 1 else None)
    return found[0], found[1]
