"""Trade measures as edits of arcs: levies per unit, closed arcs, and caps on sums of arcs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ytterby.market._arcs import Arcs
from ytterby.market._instruments import (
    ExportBan,
    ExportQuota,
    ExportTax,
    ImportTariff,
    Licence,
    Measure,
    Subsidy,
    TariffRateQuota,
    _Levy,
    _Quota,
)
from ytterby.market._layout import Layout, names_of
from ytterby.market._network import Network

__all__ = ["Cap", "Imposed", "Levy", "impose"]


@dataclass(frozen=True)
class Levy:
    """A tax (sign 1) or subsidy (sign −1) on arcs: `specific` per unit, or `rate` of the base."""

    measure: int
    arcs: np.ndarray
    sign: float
    specific: float
    rate: float
    base: str
    payer: str


@dataclass(frozen=True)
class Cap:
    """Σ of arcs ≤ quantity in period t; `row` is −1 where none of them is open."""

    measure: int
    t: int
    arcs: np.ndarray
    quantity: float
    region: str | None
    pair: tuple[str, str] | None
    rent_to: str
    row: int = -1


@dataclass(frozen=True)
class Imposed:
    """All that trade measures do to the arcs of a network."""

    levies: tuple[Levy, ...]
    caps: tuple[Cap, ...]
    bans: tuple[tuple[int, np.ndarray], ...]
    closed: np.ndarray
    tax: np.ndarray
    production: tuple[tuple[int, int, float, int, tuple[tuple[int, float], ...]], ...] = ()

    @property
    def ad_valorem(self) -> bool:
        """Whether a levy is a share of a price."""
        return any(v.rate > 0.0 for v in self.levies)


def impose(network: Network, layout: Layout, arcs: Arcs) -> Imposed:
    """Return what the trade measures of a network do to its arcs."""
    levies: list[Levy] = []
    caps: list[Cap] = []
    bans: list[tuple[int, np.ndarray]] = []
    closed = np.zeros(len(arcs.route), dtype=bool)
    for i, m in enumerate(network.measures):
        where = f"measures[{i}] '{m.id}' period"
        if isinstance(m, ExportBan):
            met = arcs.match(m, where)
            bans.append((i, met))
            closed[met] = True
        elif isinstance(m, _Levy):
            levies.append(_levy(i, m, arcs.match(m, where)))
        elif isinstance(m, _Quota):
            caps += _caps(i, m, m.quantity, m.per, m.rent_to, arcs.match(m, where), arcs, layout)
        elif isinstance(m, TariffRateQuota):
            met = arcs.match(m, where)
            for band, rate in ((1, m.in_quota), (2, m.over_quota)):
                taxed = met[arcs.band[met] == band]
                levies.append(Levy(i, taxed, 1.0, rate.specific or 0.0, rate.ad_valorem or 0.0, m.base, "importer"))
            caps += _caps(i, m, m.quota, m.per, m.rent_to, met[arcs.band[met] == 1], arcs, layout)
        elif isinstance(m, Licence):
            caps += _permits(i, m, arcs.match(m, where), arcs, layout)
    for cap in caps:
        if cap.quantity == 0.0:
            closed[cap.arcs] = True
    tax = np.zeros(len(arcs.route))
    for levy in levies:
        tax[levy.arcs] += levy.sign * levy.specific
    return Imposed(tuple(levies), tuple(caps), tuple(bans), closed, tax)


def _levy(i: int, m: _Levy, met: np.ndarray) -> Levy:
    specific, rate = m.specific or 0.0, m.ad_valorem or 0.0
    if isinstance(m, ImportTariff):
        return Levy(i, met, 1.0, specific, rate, m.base, "importer")
    if isinstance(m, ExportTax):
        return Levy(i, met, 1.0, specific, rate, m.base, "exporter")
    assert isinstance(m, Subsidy)
    payer = "exporter" if names_of(m.exporter) is not None and names_of(m.importer) is None else "importer"
    return Levy(i, met, -1.0, specific, rate, m.base, payer)


def _caps(
    i: int, m: Measure, quantity: float, per: str, rent_to: str, met: np.ndarray, arcs: Arcs, layout: Layout
) -> Iterator[Cap]:
    exports = isinstance(m, ExportQuota)
    own = names_of(m.exporter if exports else m.importer)  # type: ignore[union-attr]
    single = own[0] if own is not None and len(own) == 1 else None
    groups = np.zeros(len(met), dtype=np.intp)
    n = len(layout.regions)
    if per in ("importer", "pair"):
        groups = groups + arcs.importer[met]
    if per in ("exporter", "pair"):
        groups = groups * n + arcs.exporter[met]
    for t in layout.when(m.period, f"measure '{m.id}'"):
        now = arcs.t[met] == t
        rates = quantity * layout.years[t]
        for group, members in [(0, met[now])] if per == "total" else _grouped(groups[now], met[now]):
            pair = None
            region = single
            if per in ("importer", "exporter"):
                region = layout.regions[group]
            elif per == "pair":
                pair = (layout.regions[group % n], layout.regions[group // n])
                region = pair[0] if exports else pair[1]
            yield Cap(i, t, members, rates, region, pair, rent_to)


def _permits(i: int, m: Licence, matched: np.ndarray, arcs: Arcs, layout: Layout) -> Iterator[Cap]:
    base: dict[tuple[str, str], float] = {}
    exporters, importers = names_of(m.exporter), names_of(m.importer)
    for b in m.base:
        if (exporters is None or b.from_ in exporters) and (importers is None or b.to in importers):
            base[(b.from_, b.to)] = base.get((b.from_, b.to), 0.0) + b.quantity
    for t in layout.when(m.period, f"measure '{m.id}'"):
        met = matched[arcs.t[matched] == t]
        size = m.share * layout.years[t]
        if m.allocation == "tradeable":
            region = exporters[0] if exporters is not None and len(exporters) == 1 else None
            yield Cap(i, t, met, size * sum(base.values()), region, None, m.rent_to)
            continue
        pairs = arcs.exporter[met] * len(layout.regions) + arcs.importer[met]
        for pair, members in _grouped(pairs, met):
            a, b_ = divmod(pair, len(layout.regions))
            names = (layout.regions[a], layout.regions[b_])
            yield Cap(i, t, members, size * base.get(names, 0.0), names[1], names, m.rent_to)


def _grouped(keys: np.ndarray, arcs: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each key and the arcs that have it."""
    order = np.argsort(keys, kind="stable")
    found, start = np.unique(keys[order], return_index=True)
    yield from zip(found.tolist(), np.split(arcs[order], start[1:]), strict=False)
