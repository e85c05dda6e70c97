"""Routes as arcs: which goods a route carries, to whom they may go, and which measure meets which arc.

A route without segment carries the goods of any segment and leaves them what they are. Where a measure meets one
segment only, the route's goods are told apart by whom they may reach.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ytterby.market._instruments import TariffRateQuota, _TradeInstrument
from ytterby.market._layout import OPEN, POOL, Layout, names_of, numbers

__all__ = ["Arcs", "lay_arcs", "spread"]


@dataclass(frozen=True)
class Arcs:
    """One row per (route, period, slot, band); `source` and `target` are numbers of `slots`.

    `band` is 0 where no tariff-rate quota splits the route, else 1 within the quota and 2 over it.
    """

    route: np.ndarray
    t: np.ndarray
    source: np.ndarray
    target: np.ndarray
    band: np.ndarray
    commodity: np.ndarray
    exporter: np.ndarray
    importer: np.ndarray
    reach: np.ndarray
    slots: tuple[str, ...]
    layout: Layout
    codes: dict[str, dict[str, int]]

    def match(self, measure: object, where: str) -> np.ndarray:
        """Return the numbers of the arcs that a trade measure meets."""
        met = self._of_goods(names_of(getattr(measure, "commodity", None)))
        for attribute, values, book in (
            ("exporter", self.exporter, "region"),
            ("importer", self.importer, "region"),
            ("segment", self.reach, "segment"),
        ):
            wanted = names_of(getattr(measure, attribute, None))
            if wanted is not None:
                met = met[_among(values[met], [self.codes[book].get(n, -2) for n in wanted])]
        when = self.layout.when(measure.period, where)  # type: ignore[attr-defined]
        return met[_among(self.t[met], when)] if len(when) < len(self.layout.years) else met

    def _of_goods(self, names: tuple[str, ...] | None) -> np.ndarray:
        if names is None:
            return np.arange(len(self.route))
        order, ends = self._by_good
        numbers = {self.codes["commodity"][name] for name in names}
        parts = [order[ends[k] : ends[k + 1]] for k in numbers]
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate([order[:0], *parts]))

    @cached_property
    def _by_good(self) -> tuple[np.ndarray, np.ndarray]:
        """Arcs in the order of commodities, and where those of each begin."""
        count = len(self.codes["commodity"])
        # short integers are sorted by radix
        order = np.argsort(self.commodity.astype(np.min_scalar_type(count)), kind="stable")
        return order, np.searchsorted(self.commodity[order], np.arange(count + 1))


def _among(values: np.ndarray, codes: list[int]) -> np.ndarray:
    return values == codes[0] if len(codes) == 1 else np.isin(values, codes)


def lay_arcs(layout: Layout, sellers: Mapping[tuple[str, str], Sequence[str]] | None = None) -> Arcs:
    """Return the arcs of all routes.

    `sellers` names the slots of firms' goods by (commodity, region); each has arcs of its own, straight to buyers.
    """
    routes = layout.routes
    codes = {
        "region": numbers(layout.regions),
        "commodity": numbers(layout.commodities),
        "segment": numbers(layout.all_segments),
    }
    kinds, kind = _slots(layout, sellers or {})
    slots = numbers(dict.fromkeys(slot for pairs in kinds for pair in pairs for slot in pair))
    source, target = (np.array([slots[pair[k]] for pairs in kinds for pair in pairs], dtype=np.intp) for k in (0, 1))
    when = [
        layout.when(names, f"routes[{i}] '{routes.ids[i]}' period")
        for names, i in zip(routes.period.words, routes.period.first, strict=True)
    ]
    route, t = spread(routes.period.codes, when)
    of, pair = spread(kind[route], _ranges([len(pairs) for pairs in kinds]))
    route, t = route[of], t[of]
    banded = _banded(layout)
    of, band = spread(banded[route, t].astype(np.intp), [[0], [1, 2]])
    route, t, pair = route[of], t[of], pair[of]
    reach = np.array([codes["segment"].get(slot, -1) for slot in slots], dtype=np.intp)
    return Arcs(
        route=route,
        t=t,
        source=source[pair],
        target=target[pair],
        band=band,
        commodity=layout.good[route],
        exporter=layout.exporter[route],
        importer=layout.importer[route],
        reach=reach[target[pair]],
        slots=tuple(slots),
        layout=layout,
        codes=codes,
    )


def spread(kind: np.ndarray, values: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return rows repeated as often as their kind has values, and those values."""
    count = np.array([len(v) for v in values], dtype=np.intp)
    flat = np.array([v for group in values for v in group], dtype=np.intp)
    start = np.cumsum(count) - count
    each = count[kind]
    row = np.repeat(np.arange(len(kind)), each)
    within = np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each)
    return row, flat[np.repeat(start[kind], each) + within]


def _ranges(sizes: Sequence[int]) -> list[range]:
    """Return ranges of the given sizes, one after the other."""
    ends = list(itertools.accumulate(sizes))
    return [range(end - size, end) for size, end in zip(sizes, ends, strict=True)]


def _meets(layout: Layout, measure: object) -> np.ndarray:
    """Return the routes (a mask) that a measure's commodity, exporter and importer meet."""
    mask = np.ones(len(layout.routes), dtype=bool)
    for attribute, values, names in (
        ("commodity", layout.good, layout.commodities),
        ("exporter", layout.exporter, layout.regions),
        ("importer", layout.importer, layout.regions),
    ):
        wanted = names_of(getattr(measure, attribute))
        if wanted is not None:
            mask &= np.array([name in wanted for name in names], dtype=bool)[values]
    return mask


def _banded(layout: Layout) -> np.ndarray:
    """Return in which periods a tariff-rate quota splits a route, shape (routes, periods)."""
    banded = np.zeros((len(layout.routes), len(layout.years)), dtype=bool)
    for k, m in enumerate(layout.network.measures):
        if isinstance(m, TariffRateQuota):
            when = layout.when(m.period, f"measures[{k}] '{m.id}' period")
            banded[np.ix_(_meets(layout, m), np.array(when, dtype=np.intp))] = True
    return banded


Pairs = tuple[tuple[str, str], ...]
"""Source and target slots of a route's arcs."""


def _slots(layout: Layout, sellers: Mapping[tuple[str, str], Sequence[str]]) -> tuple[list[Pairs], np.ndarray]:
    """Return the different (source slot, target slot) pairs, which of them each route has; lay the transfers' slots."""
    routes, goods, regions = layout.routes, layout.commodities, layout.regions
    split = np.array([c in layout.segments for c in goods], dtype=bool)
    told_apart = np.zeros(len(routes), dtype=bool)
    if split.any():
        for m in layout.network.measures:
            if isinstance(m, _TradeInstrument) and names_of(m.segment) is not None:
                told_apart |= _meets(layout, m)
        told_apart &= split[layout.good]
        _bind(layout, split[layout.good], told_apart)
    elif not sellers:
        return [((POOL, POOL),)], np.zeros(len(routes), dtype=np.intp)
    # what a route's pairs depend on: commodity, exporter, segment, whether its goods are told apart
    segments = len(routes.segment.words)
    key = ((layout.good * len(regions) + layout.exporter) * segments + routes.segment.codes) * 2 + told_apart
    _, first, kind = np.unique(key, return_index=True, return_inverse=True)
    kinds: list[Pairs] = []
    for i in first:
        commodity, segment = goods[layout.good[i]], routes.segment[i]
        place = commodity, regions[layout.exporter[i]]
        if not split[layout.good[i]]:
            pairs: list[tuple[str, str]] = [(POOL, POOL)]
        elif segment:
            pairs = [(segment, segment)]
        else:
            free = sorted({*layout.segments[commodity], OPEN}) if told_apart[i] else [POOL]
            pairs = [(POOL, s) for s in free] + [(s, s) for s in sorted(layout.bound.get(place, ()))]
        kinds.append((*pairs, *((own, OPEN) for own in sellers.get(place, ()))))
    return kinds, kind


def _bind(layout: Layout, split: np.ndarray, told_apart: np.ndarray) -> None:
    """Find the segments to which goods of a place may be bound: those offered there, and what routes bring."""
    net, routes, regions = layout.network, layout.routes, numbers(layout.regions)
    goods, slots = numbers(layout.commodities), numbers([*layout.all_segments, OPEN])
    bound = np.zeros((len(goods) * len(regions), len(slots)), dtype=bool)
    offered = [(s.commodity, s.region, s.segment) for s in net.supplies]
    offered += [(k.commodity, k.region, k.segment) for k in net.stocks]
    offered += [(c, p.region, p.segment) for p in net.processes if p.segment for c in p.outputs]
    for commodity, region, segment in offered:
        if segment:
            bound[goods[commodity] * len(regions) + regions[region], slots[segment]] = True
    start = layout.good * len(regions) + layout.exporter
    end = layout.good * len(regions) + layout.importer
    own = np.array([slots[s] if s else -1 for s in routes.segment.words], dtype=np.intp)[routes.segment.codes]
    met = split & (own >= 0)
    bound[end[met], own[met]] = True
    for place in np.unique(end[told_apart & (own < 0)]):
        for slot in (*layout.segments[layout.commodities[place // len(regions)]], OPEN):
            bound[place, slots[slot]] = True
    free = np.array([s is None for s in routes.segment.words], dtype=bool)[routes.segment.codes] & split
    ways = sp.csr_matrix((np.ones(int(free.sum())), (end[free], start[free])), shape=(len(bound), len(bound)))
    while True:
        brought = bound | (ways @ bound > 0.0)
        if (brought == bound).all():
            break
        bound = brought
    names = list(slots)
    for place in np.flatnonzero(bound.any(axis=1)):
        key = layout.commodities[place // len(regions)], layout.regions[place % len(regions)]
        layout.bound[key] = frozenset(names[k] for k in np.flatnonzero(bound[place]))
