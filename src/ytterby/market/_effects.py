"""What each measure does: the table `measures` of an equilibrium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ytterby.market._compile import Compiled
from ytterby.market._equilibrium import COLUMNS
from ytterby.market._instruments import Activity, Measure, PriceFloor, Stockpile, TariffRateQuota
from ytterby.market._layout import POOL, names_of
from ytterby.market._report import Sums

__all__ = ["effects"]

_TOLERANCE = 1e-9
Row = dict[str, Any]


def effects(c: Compiled, s: Sums) -> dict[str, list[Any]]:
    """Return one row per measure, region and period: binding, wedge, rent, revenue, attained."""
    net = c.layout.network
    rows: list[tuple[int, int, str, Row]] = []
    gaps = _gaps(c, s)
    for i, m in enumerate(net.measures):
        for region, t, row in _rows(c, s, i, m, gaps):
            rows.append((i, t, region or "", row))
    rows.sort(key=lambda r: r[:3])
    out: dict[str, list[Any]] = {name: [] for name in COLUMNS["measures"]}
    for i, t, region, row in rows:
        full = {"id": net.measures[i].id, "region": region or None, "period": net.periods[t].id, **row}
        for name in out:
            out[name].append(full.get(name))
    return out


def _rows(c: Compiled, s: Sums, i: int, m: Measure, gaps: np.ndarray) -> Iterator[tuple[str | None, int, Row]]:
    if isinstance(m, TariffRateQuota):
        yield from _rate_quota(c, s, i)
        return
    for levy in (v for v in c.imposed.levies if v.measure == i):
        yield from _levy(c, s, levy)
    for cap in (v for v in c.imposed.caps if v.measure == i):
        wedge = float(s.value[c.program.n_nodes + cap.row]) if cap.row >= 0 else _most(gaps[cap.arcs])
        moved = float(s.arc[cap.arcs].sum())
        yield cap.region, cap.t, _row(wedge, rent=wedge * moved, scale=_scale(c, s))
    for _, arcs in (v for v in c.imposed.bans if v[0] == i):
        for e in np.unique(c.arcs.exporter[arcs]):
            for t in np.unique(c.arcs.t[arcs]):
                met = arcs[(c.arcs.exporter[arcs] == e) & (c.arcs.t[arcs] == t)]
                if met.size:
                    yield c.layout.regions[e], int(t), _row(_most(gaps[met]), scale=_scale(c, s))
    for _, t, _quantity, row, parts in (v for v in c.imposed.production if v[0] == i):
        wedge = float(s.value[c.program.n_nodes + row]) if row >= 0 else 0.0
        made = sum(per_unit * float(s.x[j]) for j, per_unit in parts)
        names = names_of(m.region) if hasattr(m, "region") else None
        region = names[0] if names is not None and len(names) == 1 else None
        yield region, t, _row(wedge, rent=wedge * made, scale=_scale(c, s))
    when = c.layout.when(m.period, m.id)
    if isinstance(m, Stockpile):
        yield from _stockpile(c, s, m)
    elif isinstance(m, Activity):
        for t in when:
            yield None, t, {"binding": True, "rent": 0.0, "revenue": 0.0}
    elif isinstance(m, PriceFloor) and m.upheld_by == "purchase":
        yield from _purchases(c, s, i, m)


def _row(wedge: float, *, rent: float = 0.0, revenue: float = 0.0, scale: float = 1.0) -> Row:
    wedge = wedge if abs(wedge) > _TOLERANCE * scale else 0.0
    return {"binding": wedge != 0.0, "wedge": wedge, "rent": rent if wedge else 0.0, "revenue": revenue}


def _scale(c: Compiled, s: Sums) -> float:
    return float(s.price.max(initial=0.0)) or 1.0


def _most(gaps: np.ndarray) -> float:
    return float(max(gaps.max(initial=0.0), 0.0))


def _gaps(c: Compiled, s: Sums) -> np.ndarray:
    """Return for each arc what a further unit would gain: the price gap less freight and levies."""
    arcs, layout, T = c.arcs, c.layout, s.periods
    if not len(arcs.route):
        return np.zeros(0)
    price = s.price.reshape(-1, T)
    routes = layout.network.routes
    start = np.array(
        [layout.places[(routes[r].commodity, routes[r].from_, x)] for r, x in zip(arcs.route, arcs.source, strict=True)]
    )
    end = np.array(
        [layout.places[(routes[r].commodity, routes[r].to, x)] for r, x in zip(arcs.route, arcs.target, strict=True)]
    )
    cost, slope, power = (np.array([getattr(r, k) for r in routes])[arcs.route] for k in ("cost", "slope", "power"))
    freight = cost + slope * (s.flow[arcs.route, arcs.t] / layout.years[arcs.t]) ** power
    return price[end, arcs.t] - price[start, arcs.t] - freight - c.imposed.tax


def _levy(c: Compiled, s: Sums, levy: Any) -> Iterator[tuple[str | None, int, Row]]:
    home = (c.arcs.importer if levy.payer == "importer" else c.arcs.exporter)[levy.arcs]
    t = c.arcs.t[levy.arcs]
    for r in np.unique(home):
        for u in np.unique(t[home == r]):
            moved = float(s.arc[levy.arcs[(home == r) & (t == u)]].sum())
            rate = levy.sign * levy.specific
            yield (
                c.layout.regions[r],
                int(u),
                {
                    "binding": bool(rate != 0.0 and moved > 0.0),
                    "wedge": rate,
                    "rent": 0.0,
                    "revenue": rate * moved,
                },
            )


def _rate_quota(c: Compiled, s: Sums, i: int) -> Iterator[tuple[str | None, int, Row]]:
    inside, over = (v for v in c.imposed.levies if v.measure == i)
    for cap in (v for v in c.imposed.caps if v.measure == i):
        right = float(s.value[c.program.n_nodes + cap.row]) if cap.row >= 0 else 0.0
        twins = _twins(c, cap.arcs)
        in_quota, above = float(s.arc[cap.arcs].sum()), float(s.arc[twins].sum())
        wedge = inside.specific + right if in_quota > 0.0 or not above > 0.0 else over.specific
        yield (
            cap.region,
            cap.t,
            {
                "binding": right > _TOLERANCE * _scale(c, s) or above > 0.0,
                "wedge": wedge,
                "rent": right * in_quota,
                "revenue": inside.specific * in_quota + over.specific * above,
            },
        )


def _twins(c: Compiled, arcs: np.ndarray) -> np.ndarray:
    """Return the over-quota arcs of in-quota arcs: they are laid side by side."""
    return arcs + 1


def _stockpile(c: Compiled, s: Sums, m: Stockpile) -> Iterator[tuple[str | None, int, Row]]:
    layout = c.layout
    price = s.price.reshape(-1, s.periods)
    out = layout.places[(m.commodity, m.region, layout.buying_slot(m.commodity, m.region, None))]
    back = layout.places[(m.commodity, m.region, POOL)]
    for step in m.path:
        for t in layout.when(step.period, m.id):
            money = (price[back, t] * step.release - price[out, t] * step.buy) * layout.years[t]
            yield m.region, t, {"binding": step.buy != step.release, "rent": 0.0, "revenue": float(money)}


def _purchases(c: Compiled, s: Sums, i: int, m: PriceFloor) -> Iterator[tuple[str | None, int, Row]]:
    from ytterby.market._program import KINDS

    layout, program = c.layout, c.program
    mine = np.flatnonzero((program.kind == KINDS.index("purchase")) & (program.entry == i))
    by_node = {int(program.K[:, [j]].tocsc().indices[0]): float(s.x[j]) for j in mine}
    price = s.price.reshape(-1, s.periods)
    for r in names_of(m.members) or layout.regions:
        for t in layout.when(m.period, m.id):
            bought, held = 0.0, True
            for commodity in names_of(m.commodity) or layout.commodities:
                place = layout.places[(commodity, r, layout.buying_slot(commodity, r, None))]
                bought += by_node.get(place * s.periods + t, 0.0)
                held &= bool(price[place, t] >= m.price * (1.0 - 1e-7))
            yield (
                r,
                t,
                {
                    "binding": bought > 0.0,
                    "rent": 0.0,
                    "revenue": -m.price * bought,
                    "attained": held,
                    "wedge": 0.0,
                },
            )
