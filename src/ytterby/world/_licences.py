"""Licences and the segments that they make: who holds a licence pays the ordinary price, who does not pays scarcity.

After April 2025 the price actually paid for licensed dysprosium stayed near the Chinese price while thin European
quotes rose fivefold. A licence on a good that is used up in the importing region therefore splits its buyers there:

- *licensed*: the part of civil use that was served by the licensing country, times the licensed share; it alone gets
  licensed goods;
- *spot*: the other civil users; they draw on other suppliers, up to their choke price;
- *military*: defence users, with a licensed share of their own (nearly none).

Permits are issued for what the licensed users took in the base year, so that at base prices they pay what they paid:
the lane's rising cost is drawn together with its users. What a permit is worth stays with the importer that holds it.
Where the good goes on into a traded product (metal making,
magnet making) the buyers are not split: permits cap the lane. Where licences cover the base volume or more, they do
not bind: no permits are imposed, and only military users are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ytterby.world._edits import Context, Record, commodities, members

__all__ = ["licence", "military", "remark"]

_DEFENCE = "defence"

Lanes = list[tuple[str, str]]
"""(commodity, importing region) of goods that are used up where they arrive."""


def licence(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Require licences for exports: at most `share` of each lane's base flow leaves, and buyers split into segments."""
    exporter = members(rule["exporter"], context)[0]
    goods = commodities(rule["commodities"], context)
    share = max(context.number(rule["share"]), 0.0)
    armed = min(max(context.number(rule["military_share"]), 0.0), 1.0)
    importers = [r for r in members(rule.get("importer", "WLD"), context) if r != exporter]
    lanes = _used_up(network, goods, importers)
    if share >= 1.0:
        return _bar_military(network, exporter, lanes, armed)
    issued = {
        (c, r): _issued(context, c, r, share, armed) if (c, r) in set(lanes) else share
        for r in importers
        for c in goods
    }
    network = _split_buyers(network, context, exporter, lanes, share, armed)
    permits, scale = [], {}
    for c in goods:
        base = []
        for r in importers:
            if (c, exporter, r) not in context.calibration.lanes:
                continue
            flow, part = context.base_flow(c, exporter, r), issued[c, r]
            # `share` of the instrument is that of civil use; military use is in the quantity that it applies to
            base.append({"from": exporter, "to": r, "quantity": flow * part / share if share > 0 else 0.0})
            if (c, r) in set(lanes) and flow > 0 and part > 0:
                scale[c, r] = 1.0 / part
        if base:
            permits.append(
                {
                    "id": f"{context.id}:{c}",
                    "instrument": "licence",
                    "commodity": c,
                    "exporter": exporter,
                    "importer": importers,
                    "base": base,
                    "share": share,
                    "rent_to": "importer",
                }
            )
    routes = [
        {**x, "slope": x["slope"] * scale[x["commodity"], x["to"]]}
        if x["from"] == exporter and (x["commodity"], x["to"]) in scale
        else x
        for x in network["routes"]
    ]
    return {
        **network,
        "routes": _licensed_only(routes, exporter, lanes),
        "measures": [*network["measures"], *permits],
    }


def remark(rule: Mapping[str, Any], context: Context) -> str | None:
    """Return what a reader should know of a licence that does not bind."""
    if rule["kind"] != "licence" or (share := context.number(rule["share"])) < 1.0:
        return None
    return (
        f"at {share * 100:.0f} % of 2024's exports licences do not bind in volume, and the baseline is 2024: only "
        "military users are cut off, and whatever licensing costs in time and disclosure is not in the result"
    )


def military(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Bar exports to military users: defence demand may no longer draw on the exporter's goods."""
    exporter = members(rule["exporter"], context)[0]
    goods, importers = commodities(rule["commodities"], context), members(rule["importer"], context)
    armed = min(max(1.0 + context.number(rule["change"]), 0.0), 1.0)
    return _bar_military(network, exporter, _used_up(network, goods, importers), armed)


def _bar_military(network: Record, exporter: str, lanes: Lanes, armed: float) -> Record:
    places = set(lanes)
    demands = []
    for d in network["demands"]:
        if (d["commodity"], d["region"]) not in places or not _is_defence(d) or d.get("segment"):
            demands.append(d)
        else:
            demands += _parts(d, {"licensed": armed, "military": 1.0 - armed})
    return {**network, "routes": _licensed_only(network["routes"], exporter, lanes), "demands": demands}


def _licensed_only(routes: Iterable[Record], exporter: str, lanes: Lanes) -> list[Record]:
    """Let what the exporter ships on the lanes reach users in the segment *licensed* and those in no segment."""
    places = set(lanes)
    return [
        {**x, "segment": "licensed"} if x["from"] == exporter and (x["commodity"], x["to"]) in places else x
        for x in routes
    ]


def _is_defence(demand: Record) -> bool:
    return str(demand["id"]).startswith(_DEFENCE + "@")


def _used_up(network: Record, goods: Iterable[str], importers: Iterable[str]) -> Lanes:
    """Return the places where all use of a good is final or goes into motors (which have segments too)."""
    passed_on = {
        (c, p["region"])
        for p in network["processes"]
        if p["stage"] not in ("product", "substitution")
        for c in p["inputs"]
    }
    return [(c, r) for r in importers for c in goods if (c, r) not in passed_on]


def _issued(context: Context, commodity: str, region: str, share: float, armed: float) -> float:
    """Return the permits of a lane as a share of its base flow: `share` for civil use, `armed` for defence."""
    calibration = context.calibration
    use = calibration.use.get((commodity, region), 0.0)
    defence = calibration.defence_use.get((commodity, region), 0.0) / use if use > 0 else 0.0
    return share * (1.0 - defence) + armed * defence


def _split_buyers(network: Record, context: Context, exporter: str, lanes: Lanes, share: float, armed: float) -> Record:
    dependence = {(c, r): _dependence(context, c, exporter, r) for c, r in lanes}
    touched: dict[tuple[str, str], float] = dict(dependence)
    processes = []
    for p in network["processes"]:
        ratios = [(dependence[c, p["region"]], a) for c, a in p["inputs"].items() if (c, p["region"]) in dependence]
        if p["stage"] != "product" or not ratios or p.get("segment"):
            processes.append(p)
            continue
        weight = sum(a for _, a in ratios)
        for product in p["outputs"]:
            touched[product, p["region"]] = sum(d * a for d, a in ratios) / weight
        processes += [{**p, "id": f"{p['id']}|{s}", "segment": s} for s in ("licensed", "spot")]
    demands = []
    for d in network["demands"]:
        part = touched.get((d["commodity"], d["region"]))
        if part is None or d.get("segment"):
            demands.append(d)
            continue
        held = (armed if _is_defence(d) else share) * part
        demands += _parts(d, {"licensed": held, "military" if _is_defence(d) else "spot": 1.0 - held})
    return {**network, "processes": processes, "demands": demands}


def _dependence(context: Context, commodity: str, exporter: str, region: str) -> float:
    """Share of the region's base supply of the commodity that came from the exporter."""
    total = context.calibration.base_supply.get((commodity, region), 0.0)
    return min(1.0, context.base_flow(commodity, exporter, region) / total) if total > 0 else 0.0


def _parts(demand: Record, weights: Mapping[str, float]) -> list[Record]:
    """Split a demand among segments; parts of no size are left out."""
    return [
        {
            **demand,
            "id": f"{demand['id']}|{segment}",
            "segment": segment,
            "curve": {
                **demand["curve"],
                "intercept": demand["curve"]["intercept"] * weight,
                "slope": demand["curve"]["slope"] * weight,
            },
        }
        for segment, weight in weights.items()
        if weight > 1e-9
    ]
