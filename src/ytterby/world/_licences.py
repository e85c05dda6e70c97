"""Licences and the segments that they make: who holds a licence pays the ordinary price, who does not pays scarcity.

After April 2025 the price actually paid for licensed dysprosium stayed near the Chinese price while thin European
quotes rose fivefold. A licence on a good that is used up in the importing region therefore splits its buyers there:

- *licensed*: the part of use that was served by the licensing country, times the licensed share; it alone gets
  licensed goods;
- *spot*: the other civil users; they draw on other suppliers, up to their choke price;
- *military*: defence users, with a licensed share of their own (nearly none).

Where the good goes on into a traded product (metal making, magnet making) the buyers are not split: licences cap the
lane.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ytterby.world._edits import Context, Record, commodities, members

__all__ = ["licence", "military"]

_DEFENCE = "defence"


def licence(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Require licences for exports: at most `share` of each lane's base flow leaves, and buyers split into segments."""
    exporter = members(rule["exporter"], context)[0]
    goods = commodities(rule["commodities"], context)
    share = context.number(rule["share"])
    armed = context.number(rule["military_share"])
    importers = [r for r in members(rule.get("importer", "WLD"), context) if r != exporter]
    split = [(c, r) for r in importers for c in goods if _is_used_up(network, c, r)]
    network = _split_buyers(network, context, exporter, split, share, armed)
    lanes = set(split)
    routes = [
        {**x, "segment": "licensed"} if x["from"] == exporter and (x["commodity"], x["to"]) in lanes else x
        for x in network["routes"]
    ]
    permits = []
    for c in goods:
        base = [
            {"from": exporter, "to": r, "quantity": context.base_flow(c, exporter, r)}
            for r in importers
            if (c, exporter, r) in context.calibration.lanes
        ]
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
                }
            )
    return {**network, "routes": routes, "measures": [*network["measures"], *permits]}


def military(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Bar exports to military users: defence demand may no longer draw on the exporter's goods."""
    exporter = members(rule["exporter"], context)[0]
    goods, importers = commodities(rule["commodities"], context), members(rule["importer"], context)
    split = [(c, r) for r in importers for c in goods if _is_used_up(network, c, r)]
    network = _split_buyers(network, context, exporter, split, 1.0, 0.0)
    lanes = set(split)
    routes = [
        {**x, "segment": "licensed"} if x["from"] == exporter and (x["commodity"], x["to"]) in lanes else x
        for x in network["routes"]
    ]
    return {**network, "routes": routes}


def _is_used_up(network: Record, commodity: str, region: str) -> bool:
    """Say whether all use of the commodity in the region is final use or goes into motors (which have segments too)."""
    return not any(
        commodity in p["inputs"] and p["region"] == region and p["stage"] not in ("product", "substitution")
        for p in network["processes"]
    )


def _split_buyers(
    network: Record, context: Context, exporter: str, lanes: list[tuple[str, str]], share: float, armed: float
) -> Record:
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
        is_defence = d["id"].startswith(_DEFENCE)
        held = (armed if is_defence else share) * part
        rest = "military" if is_defence else "spot"
        demands += [
            {**d, "id": f"{d['id']}|{segment}", "segment": segment, "curve": _scaled(d["curve"], weight)}
            for segment, weight in (("licensed", held), (rest, 1.0 - held))
            if weight > 1e-9
        ]
    return {**network, "processes": processes, "demands": demands}


def _dependence(context: Context, commodity: str, exporter: str, region: str) -> float:
    """Share of the region's base supply of the commodity that came from the exporter."""
    total = context.calibration.base_supply.get((commodity, region), 0.0)
    return min(1.0, context.base_flow(commodity, exporter, region) / total) if total > 0 else 0.0


def _scaled(curve: Mapping[str, Any], weight: float) -> Record:
    return {**curve, "intercept": curve["intercept"] * weight, "slope": curve["slope"] * weight}
