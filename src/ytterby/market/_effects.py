"""What each measure does: the table `measures` of an equilibrium."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from ytterby.market._compile import Compiled
from ytterby.market._complement import Rate
from ytterby.market._equilibrium import COLUMNS
from ytterby.market._impose import Cap, Levy
from ytterby.market._instruments import Activity, ExportBan, PriceFloor, ProductionQuota, Stockpile, TariffRateQuota
from ytterby.market._layout import OPEN, POOL, names_of
from ytterby.market._report import Sums

__all__ = ["effects"]

_TOLERANCE = 1e-9
Effect = tuple[str | None, int, dict[str, Any]]


def effects(c: Compiled, s: Sums, rates: tuple[Rate, ...], gaps: np.ndarray) -> dict[str, list[Any]]:
    """Return one row per measure, region (and commodity of a floor) and period.

    `gaps` is what a first unit would earn on an arc that a ban closes (see `closed_gaps`).
    `wedge` is the full gap per unit that the measure causes, `rent` what scarce rights are worth, `revenue` what the
    treasury takes in (negative: pays); money of the period.
    """
    net = c.layout.network
    rows: list[tuple[int, int, str, dict[str, Any]]] = []
    caps = defaultdict(list)
    for cap in c.imposed.caps:
        caps[cap.measure].append(cap)
    levies = defaultdict(list)
    for levy, unit in zip(c.imposed.levies, s.levies, strict=True):
        levies[levy.measure].append((levy, unit))
    for i, m in enumerate(net.measures):
        for region, t, row in _effects_of(c, s, i, m, gaps, rates, caps[i], levies[i]):
            rows.append((i, t, region or "", row))
    rows.sort(key=lambda r: (r[0], r[1], r[2], r[3].get("commodity") or ""))
    out: dict[str, list[Any]] = {name: [] for name in COLUMNS["measures"]}
    for i, t, region, row in rows:
        m = net.measures[i]
        goods = names_of(getattr(m, "commodity", None))
        single = goods[0] if goods is not None and len(goods) == 1 else None
        full = {"id": m.id, "region": region or None, "commodity": single, "period": net.periods[t].id} | row
        for name in out:
            out[name].append(full.get(name))
    return out


def _effects_of(
    c: Compiled,
    s: Sums,
    i: int,
    m: Any,
    gaps: np.ndarray,
    rates: tuple[Rate, ...],
    caps: list[Cap],
    levies: list[tuple[Levy, np.ndarray]],
) -> Iterator[Effect]:
    if isinstance(m, TariffRateQuota):
        yield from _rate_quota(c, s, caps, levies)
    elif isinstance(m, ExportBan):
        yield from _ban(c, s, i, gaps)
    elif isinstance(m, ProductionQuota):
        yield from _production(c, s, i, m)
    elif isinstance(m, Stockpile):
        yield from _stockpile(c, s, m)
    elif isinstance(m, Activity):
        for t in c.layout.when(m.period, m.id):
            yield None, t, {"binding": True, "rent": 0.0, "revenue": 0.0}
    elif isinstance(m, PriceFloor):
        yield from _floor(c, s, i, m, rates)
    elif caps:
        for cap in caps:
            wedge = _right(c, s, cap) if cap.row >= 0 else _most((s.price[c.arc_end] - s.landed)[cap.arcs])
            yield cap.region, cap.t, _scarce(s, wedge, float(s.arc[cap.arcs].sum()))
    else:
        yield from _levy(c, s, levies)


def _right(c: Compiled, s: Sums, cap: Cap) -> float:
    return float(s.value[c.program.n_nodes + cap.row])


def _scarce(s: Sums, wedge: float, moved: float) -> dict[str, Any]:
    if not _matters(s, wedge):
        return {"binding": False, "wedge": 0.0, "rent": 0.0, "revenue": 0.0}
    return {"binding": True, "wedge": wedge, "rent": wedge * moved, "revenue": 0.0}


def _matters(s: Sums, money: float) -> bool:
    return abs(money) > _TOLERANCE * (float(s.price.max(initial=0.0)) or 1.0)


def _most(gaps: np.ndarray) -> float:
    return float(max(gaps.max(initial=0.0), 0.0))


def _levy(c: Compiled, s: Sums, levies: list[tuple[Levy, np.ndarray]]) -> Iterator[Effect]:
    for levy, unit in levies:
        home = (c.arcs.importer if levy.payer == "importer" else c.arcs.exporter)[levy.arcs]
        t, moved = c.arcs.t[levy.arcs], s.arc[levy.arcs]
        for r in np.unique(home):
            for u in np.unique(t[home == r]):
                here = (home == r) & (t == u)
                total, revenue = float(moved[here].sum()), float((unit * moved)[here].sum())
                if total > 0.0:
                    wedge: float | None = revenue / total
                else:
                    wedge = levy.sign * levy.specific if levy.rate == 0.0 else None
                yield (
                    c.layout.regions[r],
                    int(u),
                    {
                        "binding": total > 0.0 and revenue != 0.0,
                        "wedge": wedge,
                        "rent": 0.0,
                        "revenue": revenue,
                    },
                )


def _rate_quota(c: Compiled, s: Sums, caps: list[Cap], levies: list[tuple[Levy, np.ndarray]]) -> Iterator[Effect]:
    """In-quota and over-quota arcs are laid side by side, so an over-quota arc is its twin's number plus one."""
    unit = np.zeros(len(c.arcs.route))
    for levy, per_unit in levies:
        unit[levy.arcs] = per_unit
    for cap in caps:
        inside, over = cap.arcs, cap.arcs + 1
        right = _right(c, s, cap) if cap.row >= 0 else 0.0
        right = right if _matters(s, right) else 0.0
        low, high = float(s.arc[inside].sum()), float(s.arc[over].sum())
        paid = [float((unit[band] * s.arc[band]).sum()) for band in (inside, over)]
        revenue = sum(paid)
        gap = None
        if low > 0.0:
            gap = paid[0] / low + right
        elif high > 0.0:
            gap = paid[1] / high
        elif inside.size and np.ptp(unit[inside]) == 0.0:
            gap = float(unit[inside[0]])
        yield (
            cap.region,
            cap.t,
            {
                "binding": right > 0.0 or high > 0.0,
                "wedge": gap,
                "rent": right * low,
                "revenue": revenue,
            },
        )


def _ban(c: Compiled, s: Sums, i: int, gaps: np.ndarray) -> Iterator[Effect]:
    for _, arcs in (ban for ban in c.imposed.bans if ban[0] == i):
        for e in np.unique(c.arcs.exporter[arcs]):
            for t in np.unique(c.arcs.t[arcs]):
                met = arcs[(c.arcs.exporter[arcs] == e) & (c.arcs.t[arcs] == t)]
                if met.size:
                    yield c.layout.regions[e], int(t), _scarce(s, _most(gaps[met]), 0.0)


def _production(c: Compiled, s: Sums, i: int, m: ProductionQuota) -> Iterator[Effect]:
    names = names_of(m.region)
    region = names[0] if names is not None and len(names) == 1 else None
    for measure, t, _, row, parts in c.imposed.production:
        if measure == i:
            wedge = float(s.value[c.program.n_nodes + row]) if row >= 0 else 0.0
            made = sum(per_unit * float(s.x[j]) for j, per_unit in parts)
            yield region, t, _scarce(s, wedge, made)


def _stockpile(c: Compiled, s: Sums, m: Stockpile) -> Iterator[Effect]:
    layout, price = c.layout, s.price.reshape(-1, s.periods)
    out = layout.places[(m.commodity, m.region, layout.buying_slot(m.commodity, m.region, None))]
    back = layout.places[(m.commodity, m.region, POOL)]
    for step in m.path:
        for t in layout.when(step.period, m.id):
            money = (price[back, t] * step.release - price[out, t] * step.buy) * layout.years[t]
            yield m.region, t, {"binding": step.buy != step.release, "rent": 0.0, "revenue": float(money)}


def _floor(c: Compiled, s: Sums, i: int, m: PriceFloor, rates: tuple[Rate, ...]) -> Iterator[Effect]:
    layout = c.layout
    price = s.price.reshape(-1, s.periods)
    mine = {(r.commodity, r.region, r.t): (r, float(v)) for r, v in zip(rates, s.rates, strict=True) if r.measure == i}
    bought = _purchases(c, s, i)
    for commodity in names_of(m.commodity) or layout.commodities:
        for region in names_of(m.members) or layout.regions:
            slot = OPEN if (commodity, region, OPEN) in layout.places else POOL
            place = layout.places.get((commodity, region, slot))
            if place is None:
                continue
            for t in layout.when(m.period, m.id):
                row: dict[str, Any] = {"commodity": commodity, "rent": 0.0, "revenue": 0.0}
                held = bool(price[place, t] >= m.price * (1.0 - 1e-7))
                if m.upheld_by == "purchase":
                    quantity = bought.get(place * s.periods + t, 0.0)
                    row |= {"binding": quantity > 0.0, "wedge": 0.0, "attained": held, "revenue": -m.price * quantity}
                elif m.upheld_by == "deficiency_payment":
                    row |= _deficiency(c, s, mine.get((commodity, region, t)))
                else:
                    row |= _adjustable(s, mine.get((commodity, region, t)), held)
                yield region, t, row


def _adjustable(s: Sums, found: tuple[Rate, float] | None, held: bool) -> dict[str, Any]:
    if found is None:
        return {"binding": False, "wedge": None, "attained": held}
    rate, levy = found
    levy = levy if _matters(s, levy) else 0.0
    moved = float(s.arc[rate.arcs].sum())
    wedge = levy if moved > 0.0 or levy == 0.0 else None
    return {"binding": levy > 0.0, "wedge": wedge, "attained": held, "revenue": levy * moved}


def _deficiency(c: Compiled, s: Sums, found: tuple[Rate, float] | None) -> dict[str, Any]:
    if found is None:
        return {"binding": False, "wedge": 0.0, "attained": True}
    rate, payment = found
    payment = payment if _matters(s, payment) else 0.0
    made = float((rate.per_unit * s.x[rate.columns]).sum())
    made += sum(float(c.supply_base[k, rate.t]) for k in c.layout.supplies_at.get((rate.commodity, rate.region), ()))
    return {"binding": payment > 0.0, "wedge": -payment, "attained": True, "revenue": -payment * made}


def _purchases(c: Compiled, s: Sums, i: int) -> dict[int, float]:
    """Return what a purchase floor buys, by node row."""
    program = c.program
    mine = program.where("purchase")
    mine = mine[program.entry[mine] == i]
    K = program.K[: program.n_nodes][:, mine].tocsc()
    return {int(row): float(s.x[j]) for row, j in zip(K.indices, mine, strict=True)}
