"""Firms that know their effect on the price: whose goods go where, and what a further unit costs them in price.

A firm that sells X to a market with inverse demand P(Q) and believes that the others' quantities stay (conduct 1,
Cournot) earns P + X·P'(Q) on a further unit; with conduct θ it counts θ of the loss. So every sale column of the firm
to that market has the extra marginal cost θ·S·X, S = −P'(Q). Each firm's goods go from a place of its own straight to
buyers: what one market bought is not resold in another.

References
----------
Cournot (1838), Recherches sur les principes mathématiques de la théorie des richesses.
Harker (1986), Alternative models of spatial competition, Operations Research 34.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ytterby.errors import UnsupportedError
from ytterby.market._arcs import Arcs
from ytterby.market._curves import cross_of
from ytterby.market._instruments import PriceFloor, Stockpile
from ytterby.market._layout import OPEN, Layout, names_of, numbers
from ytterby.market._program import Program

__all__ = ["FIRM", "MarketPower", "market_power", "own_slot", "refuse_kinks", "sales", "settle_firms"]

_LEAST = 1e-12
FIRM = "\0firm:"
"""Slots that begin so hold the goods of one supply of a firm."""


def own_slot(supply: str) -> str:
    """Return the slot of a firm's supply."""
    return FIRM + supply


def settle_firms(layout: Layout) -> dict[str, int]:
    """Return supply id -> firm number of supplies whose goods are sold apart, and open the slots of their buyers.

    Raises
    ------
    UnsupportedError
        If a firm with market power sells a good that is used, stored, bought by a treasury or split by segments.
    """
    net = layout.network
    supplies = {s.id: s for s in net.supplies}
    seller: dict[str, int] = {}
    for k, firm in enumerate(net.firms):
        for name in firm.supplies:
            s = supplies[name]
            reason = _not_final(layout, s.commodity)
            if reason is None:
                seller[name] = k
            elif firm.conduct > 0.0:
                raise UnsupportedError(
                    f"the firm '{firm.id}' has market power over '{s.commodity}', but {reason}; its effect on the "
                    "price is known only where it sells to final demands",
                    where=f"firms[{k}] '{firm.id}'",
                    hint="set its conduct to 0, or sell a final good",
                )
    good, place = numbers(layout.commodities), numbers(layout.regions)
    for name in seller:
        s = supplies[name]
        leaving = (layout.good == good[s.commodity]) & (layout.exporter == place[s.region])
        goals = {s.region} | {layout.regions[k] for k in np.unique(layout.importer[leaving])}
        for region in goals:
            layout.bound[(s.commodity, region)] = frozenset({OPEN})
    return seller


def _not_final(layout: Layout, commodity: str) -> str | None:
    net = layout.network
    for p in net.processes:
        if p.inputs.get(commodity):
            return f"the process '{p.id}' uses it"
    for s in net.stocks:
        if s.commodity == commodity:
            return f"it is stored ('{s.id}')"
    if commodity in layout.segments:
        return "it is split by segments"
    for m in net.measures:
        goods = names_of(getattr(m, "commodity", None))
        public = isinstance(m, Stockpile) or (isinstance(m, PriceFloor) and m.upheld_by == "purchase")
        if public and (goods is None or commodity in goods):
            return f"the measure '{m.id}' buys it"
    for d in net.demands:
        if d.commodity == commodity and cross_of(d.curve):
            return f"the demand '{d.id}' depends on other prices"
    return None


@dataclass(frozen=True)
class MarketPower:
    """The term θ·S·X: `sale`, `firm_market`, `market`, `share` by sale column; `tail`, `of` by demand column."""

    program: Program
    sale: np.ndarray
    firm_market: np.ndarray
    market: np.ndarray
    share: np.ndarray
    tail: np.ndarray
    of: np.ndarray
    count: int

    def _slopes(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return S by market, and by demand column its slope and the derivative of the slope (0 where inactive)."""
        p, j = self.program, self.tail
        x = np.maximum(z[j], 0.0)
        slope, bend = p.quad[j].copy(), np.zeros(len(j))
        c = p.coef[j] != 0.0
        if c.any():
            k = j[c]
            u = np.maximum((x[c] + p.off[k]) / p.scale[k], _LEAST)
            lead = p.coef[k] * p.expo[k] / p.scale[k]
            slope[c] = lead * u ** (p.expo[k] - 1.0)
            bend[c] = lead * (p.expo[k] - 1.0) / p.scale[k] * u ** (p.expo[k] - 2.0)
        members = np.bincount(self.of, minlength=self.count)
        active = (x > 0.0) | (members[self.of] == 1)
        flat = np.bincount(self.of, weights=np.where(active, 1.0 / slope, 0.0), minlength=self.count)
        with np.errstate(divide="ignore"):
            S = np.where(flat > 0.0, 1.0 / flat, 0.0)
        return S, np.where(active, slope, np.inf), np.where(active, bend, 0.0)

    def __call__(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return (rows, values, derivative triplets)."""
        S, slope, bend = self._slopes(z)
        weight = self.program.weight[self.sale] * self.share
        sold = np.bincount(self.firm_market, weights=z[self.sale])
        X = sold[self.firm_market]
        values = weight * S[self.market] * X
        a, b = _pairs(self.firm_market, self.firm_market)
        rows, columns = [self.sale[a]], [self.sale[b]]
        entries = [(weight * S[self.market])[a]]
        with np.errstate(invalid="ignore"):
            change = np.where(np.isfinite(slope), S[self.of] ** 2 / slope**2 * bend, 0.0)
        if change.any():
            a, b = _pairs(self.market, self.of)
            rows.append(self.sale[a])
            columns.append(self.tail[b])
            entries.append((weight * X)[a] * change[b])
        return self.sale, values, (np.concatenate(rows), np.concatenate(columns), np.concatenate(entries))

    def moved_to(self, position: np.ndarray, program: Program) -> MarketPower:
        """Return the term in a program where column i stands at `position[i]` (−1: gone)."""
        s, d = position[self.sale] >= 0, position[self.tail] >= 0
        return replace(
            self,
            program=program,
            sale=position[self.sale[s]],
            firm_market=self.firm_market[s],
            market=self.market[s],
            share=self.share[s],
            tail=position[self.tail[d]],
            of=self.of[d],
        )

    @property
    def linear(self) -> bool:
        """Whether each market's slope is a constant: one linear demand."""
        return bool((np.bincount(self.of, minlength=self.count) <= 1).all() and not self.program.coef[self.tail].any())


def _pairs(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all index pairs (i, j) with a[i] == b[j]."""
    order = np.argsort(b, kind="stable")
    start = np.searchsorted(b[order], a, side="left")
    count = np.searchsorted(b[order], a, side="right") - start
    i = np.repeat(np.arange(len(a)), count)
    offset = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
    return i, order[np.repeat(start, count) + offset]


Sale = tuple[int, int, int, str, int]
"""Column, supply, arc (−1: sold at home), region, period."""


def sales(
    layout: Layout, program: Program, arcs: Arcs, arc_column: np.ndarray, seller: dict[str, int]
) -> Iterator[Sale]:
    """Yield every column by which a firm sells."""
    net = layout.network
    number = {own_slot(s.id): i for i, s in enumerate(net.supplies) if s.id in seller}
    for j in program.where("sale"):
        i = int(program.entry[j])
        yield int(j), i, -1, net.supplies[i].region, int(program.t[j])
    own = np.array([number.get(slot, -1) for slot in arcs.slots], dtype=np.intp)[arcs.source]
    for k in np.flatnonzero((own >= 0) & (arc_column >= 0)):
        yield int(arc_column[k]), int(own[k]), int(k), layout.regions[arcs.importer[k]], int(arcs.t[k])


def market_power(
    layout: Layout, program: Program, arcs: Arcs, arc_column: np.ndarray, seller: dict[str, int]
) -> MarketPower | None:
    """Return the term of all firms with conduct above zero, or None.

    Raises
    ------
    UnsupportedError
        If a firm with market power faces a demand that is fixed, or flat, so that its effect on the price has no bound.
    """
    net = layout.network
    rows = [
        (j, seller[net.supplies[i].id], (net.supplies[i].commodity, region, t))
        for j, i, _, region, t in sales(layout, program, arcs, arc_column, seller)
        if net.firms[seller[net.supplies[i].id]].conduct > 0.0
    ]
    if not rows:
        return None
    markets = {m: n for n, m in enumerate(dict.fromkeys(m for _, _, m in rows))}
    owners = {key: n for n, key in enumerate(dict.fromkeys((f, m) for _, f, m in rows))}
    tail, of = [], []
    for j in program.where("demand"):
        d = net.demands[program.entry[j]]
        at = markets.get((d.commodity, d.region, int(program.t[j])))
        if at is not None:
            if program.quad[j] == 0.0 and program.coef[j] == 0.0:
                raise UnsupportedError(f"a firm with market power sells to the demand '{d.id}', whose price is given")
            tail.append(int(j))
            of.append(at)
    for i, d in enumerate(net.demands):
        for t in layout.when(d.period, d.id):
            at = markets.get((d.commodity, d.region, t))
            if at is not None and at not in of:
                raise UnsupportedError(
                    f"a firm with market power sells '{d.commodity}' in '{d.region}', where the demand '{d.id}' does "
                    "not fall with the price: the firm's price has no bound",
                    where=f"demands[{i}] '{d.id}'",
                )
    return MarketPower(
        program,
        np.array([j for j, _, _ in rows], dtype=np.intp),
        np.array([owners[(f, m)] for _, f, m in rows], dtype=np.intp),
        np.array([markets[m] for _, _, m in rows], dtype=np.intp),
        np.array([net.firms[f].conduct for _, f, _ in rows]),
        np.array(tail, dtype=np.intp),
        np.array(of, dtype=np.intp),
        len(markets),
    )


def refuse_kinks(
    layout: Layout,
    program: Program,
    arcs: Arcs,
    arc_column: np.ndarray,
    seller: dict[str, int],
    x: np.ndarray,
    y: np.ndarray,
) -> None:
    """Raise where a firm with market power sells at a demand's choke price: its effect on the price jumps there."""
    net = layout.network
    for j, i, _, region, t in sales(layout, program, arcs, arc_column, seller):
        firm = net.firms[seller[net.supplies[i].id]]
        if firm.conduct == 0.0 or x[j] <= 0.0:
            continue
        commodity = net.supplies[i].commodity
        row = layout.node(commodity, region, OPEN, t)
        price = y[row] / program.row_weight[row]
        for d in net.demands:
            choke = getattr(d.curve, "choke", None)
            if (d.commodity, d.region) == (commodity, region) and choke is not None and price >= choke * (1.0 - 1e-9):
                raise UnsupportedError(
                    f"the firm '{firm.id}' sells '{commodity}' in '{region}' at the choke price of '{d.id}', where its "
                    "effect on the price is not one number",
                    hint="leave the choke price out, or set the firm's conduct to 0",
                )
