"""Routes as arcs: which goods a route carries, to whom they may go, and which measure meets which arc.

A route without segment carries the goods of any segment and leaves them what they are. Where a measure meets one
segment only, the route's goods are told apart by whom they may reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ytterby.market._instruments import TariffRateQuota, _TradeInstrument
from ytterby.market._layout import OPEN, POOL, Layout, names_of

__all__ = ["Arcs", "lay_arcs"]


@dataclass(frozen=True)
class Arcs:
    """One row per (route, period, slot, band); `column` is −1 where a ban closes it."""

    route: np.ndarray
    t: np.ndarray
    source: tuple[str, ...]
    target: tuple[str, ...]
    band: np.ndarray
    commodity: np.ndarray
    exporter: np.ndarray
    importer: np.ndarray
    reach: np.ndarray
    layout: Layout
    codes: dict[str, dict[str, int]]

    def match(self, measure: object, where: str) -> np.ndarray:
        """Return the arcs (a mask) that a trade measure meets."""
        mask = np.ones(len(self.route), dtype=bool)
        for attribute, values, book in (
            ("commodity", self.commodity, "commodity"),
            ("exporter", self.exporter, "region"),
            ("importer", self.importer, "region"),
            ("segment", self.reach, "segment"),
        ):
            wanted = names_of(getattr(measure, attribute, None))
            if wanted is not None:
                mask &= _among(values, [self.codes[book].get(n, -2) for n in wanted])
        when = self.layout.when(measure.period, where)  # type: ignore[attr-defined]
        if len(when) < len(self.layout.years):
            mask &= _among(self.t, when)
        return mask


def _among(values: np.ndarray, codes: list[int]) -> np.ndarray:
    return values == codes[0] if len(codes) == 1 else np.isin(values, codes)


def lay_arcs(layout: Layout, sellers: Mapping[tuple[str, str], Sequence[str]] | None = None) -> Arcs:
    """Return the arcs of all routes.

    `sellers` names the slots of firms' goods by (commodity, region); each has arcs of its own, straight to buyers.
    """
    net = layout.network
    sellers = sellers or {}
    region = {r: i for i, r in enumerate(layout.regions)}
    commodity = {c: i for i, c in enumerate(layout.commodities)}
    segment = {s: i for i, s in enumerate(sorted({s for group in layout.segments.values() for s in group}))}
    slots = _slots(layout)
    banded = _banded(layout)
    rows: list[tuple[int, int, str, str, int]] = []
    for i, r in enumerate(net.routes):
        pairs = slots.get(i, _PLAIN)
        if sellers:
            pairs = [*pairs, *((own, OPEN) for own in sellers.get((r.commodity, r.from_), ()))]
        for t in layout.when(r.period, f"routes[{i}] '{r.id}' period"):
            for source, target in pairs:
                if i in banded and t in banded[i]:
                    rows.append((i, t, source, target, 1))
                    rows.append((i, t, source, target, 2))
                else:
                    rows.append((i, t, source, target, 0))
    route = np.array([r[0] for r in rows], dtype=np.intp)
    c = np.array([commodity[r.commodity] for r in net.routes], dtype=np.intp)
    a = np.array([region[r.from_] for r in net.routes], dtype=np.intp)
    b = np.array([region[r.to] for r in net.routes], dtype=np.intp)
    reached = tuple(row[3] for row in rows)
    return Arcs(
        route=route,
        t=np.array([r[1] for r in rows], dtype=np.intp),
        source=tuple(r[2] for r in rows),
        target=reached,
        band=np.array([r[4] for r in rows], dtype=np.intp),
        commodity=c[route],
        exporter=a[route],
        importer=b[route],
        reach=np.array([segment.get(s, -1) for s in reached], dtype=np.intp),
        layout=layout,
        codes={"region": region, "commodity": commodity, "segment": segment},
    )


_PLAIN: Sequence[tuple[str, str]] = ((POOL, POOL),)


def _meets(measure: object, commodity: str, exporter: str, importer: str) -> bool:
    for attribute, value in (("commodity", commodity), ("exporter", exporter), ("importer", importer)):
        wanted = names_of(getattr(measure, attribute))
        if wanted is not None and value not in wanted:
            return False
    return True


def _banded(layout: Layout) -> dict[int, set[int]]:
    """Return for each route the periods in which a tariff-rate quota splits it."""
    quotas = [(i, m) for i, m in enumerate(layout.network.measures) if isinstance(m, TariffRateQuota)]
    found: dict[int, set[int]] = {}
    for k, m in quotas:
        when = set(layout.when(m.period, f"measures[{k}] '{m.id}' period"))
        for i, r in enumerate(layout.network.routes):
            if _meets(m, r.commodity, r.from_, r.to):
                found.setdefault(i, set()).update(when)
    return found


def _slots(layout: Layout) -> dict[int, Sequence[tuple[str, str]]]:
    """Return (source slot, target slot) pairs of the routes of segmented commodities, and lay the transfers' slots."""
    net = layout.network
    if not layout.segments:
        return {}
    sorting = [m for m in net.measures if isinstance(m, _TradeInstrument) and names_of(m.segment) is not None]
    bound: dict[tuple[str, str], set[str]] = {}
    offered = [(s.commodity, s.region, s.segment) for s in net.supplies]
    offered += [(k.commodity, k.region, k.segment) for k in net.stocks]
    for commodity, region, name in offered:
        if name:
            bound.setdefault((commodity, region), set()).add(name)
    for p in net.processes:
        if p.segment:
            for c in p.outputs:
                bound.setdefault((c, p.region), set()).add(p.segment)
    routes = [(i, r) for i, r in enumerate(net.routes) if r.commodity in layout.segments]
    told_apart = {i for i, r in routes if any(_meets(m, r.commodity, r.from_, r.to) for m in sorting)}
    for i, r in routes:
        if r.segment:
            bound.setdefault((r.commodity, r.to), set()).add(r.segment)
        elif i in told_apart:
            bound.setdefault((r.commodity, r.to), set()).update((*layout.segments[r.commodity], OPEN))
    changed = True
    while changed:
        changed = False
        for _, r in routes:
            if r.segment is None:
                here, there = bound.get((r.commodity, r.from_), set()), bound.setdefault((r.commodity, r.to), set())
                if not here <= there:
                    there |= here
                    changed = True
    slots: dict[int, Sequence[tuple[str, str]]] = {}
    for i, r in routes:
        if r.segment:
            slots[i] = ((r.segment, r.segment),)
            continue
        own = sorted(bound.get((r.commodity, r.from_), set()))
        free = sorted({*layout.segments[r.commodity], OPEN}) if i in told_apart else [POOL]
        slots[i] = tuple([(POOL, s) for s in free] + [(s, s) for s in own])
    layout.bound |= {key: frozenset(s) for key, s in bound.items() if s}
    return slots
