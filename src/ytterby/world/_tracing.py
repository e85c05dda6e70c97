"""Content rules: a good that holds material of one origin, and its copy that does not, are two commodities.

A rule such as "foreign-made magnets with 0.1 % Chinese dysprosium" cannot be put on a route, since the same route
carries goods with and without. So every *carrier* commodity gets a clean copy outside the origin country:

- what is separated abroad from ore that is not the origin's is clean; what is recycled counts as traced;
- a process that takes carriers has a traced and a clean variant (all carriers clean). Both draw on one *service* that
  holds the process's cost curve and capacity, so that tracing adds no capacity;
- clean goods may be used wherever traced ones may (a free process ``untrace``); a lane is split by the share of clean
  goods in the exporter's base supply, so that without a rule the base year stays the equilibrium;
- taxes, quotas and other measures that know nothing of tracing meet both copies;
- the rule then acts on traced goods only: permits for their trade between third countries, and a cost of complying.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ytterby.world._edits import Context, Record, commodities, members
from ytterby.world.calibration import Calibration

__all__ = ["CLEAN", "clean_shares", "traced"]

CLEAN = "~clean"

_LEAST = 0.01
"""Shares below this are taken as none: too little to make a market of."""

_ROUNDS = 100

Shares = Mapping[tuple[str, str], float]
"""Clean share of the base supply by (commodity, region)."""


def traced(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Put a rule on goods that hold material of `origin`, next to clean copies of them."""
    origin = members(rule["origin"], context)[0]
    share = clean_shares(context.calibration, context.carriers, origin)
    if not any(p["stage"] == "untrace" for p in network["processes"]):  # else another rule has made the copies
        network = _with_copies(network, context.carriers, origin, share)
    goods = frozenset(commodities(rule["goods"], context))
    between = bool({"third_country_share", "third_country_change"} & set(rule))
    if "cost_pct" in rule:
        network = _compliance(network, rule, context, origin, goods, between=between)
    if between:
        if "third_country_share" in rule:
            allowed = context.number(rule["third_country_share"])
        else:
            allowed = 1.0 + context.number(rule["third_country_change"])
        network = _permits(network, context, origin, sorted(goods), share, max(allowed, 0.0))
    return network


def _with_copies(network: Record, carriers: frozenset[str], origin: str, share: Shares) -> Record:
    services, processes = _copied_processes(network["processes"], carriers, origin, share)
    routes = [part for x in network["routes"] for part in _copied_route(x, share)]
    supplies = [part for s in network["supplies"] for part in _copied_supply(s, share)]
    places = {(x["commodity"], x["to"]) for x in routes} | {(s["commodity"], s["region"]) for s in supplies}
    places |= {(c, p["region"]) for p in processes for c in p["outputs"]}
    copies = sorted((c, r) for c, r in places if c.endswith(CLEAN))
    processes += [_untrace(c, r) for c, r in copies]
    goods, ids = frozenset(c for c, _ in copies), frozenset(p["id"] for p in processes)
    return {
        **network,
        "supplies": supplies + services,
        "processes": processes,
        "routes": routes,
        "measures": [_on_both(m, goods, ids) for m in network["measures"]],
    }


def _copied_processes(
    processes: Iterable[Record], carriers: frozenset[str], origin: str, share: Shares
) -> tuple[list[Record], list[Record]]:
    """Return services and processes: each maker of carriers abroad with its clean variant."""
    services, made = [], []
    for p in processes:
        given, taken = carriers & set(p["outputs"]), carriers & set(p["inputs"])
        here = p["region"]
        if here == origin or not given or p["stage"] in ("recycling", "substitution"):
            made.append(p)
        elif not taken:
            made.append({**p, "outputs": _renamed(p["outputs"], given)})
        elif all(share.get((c, here), 0.0) > 0.0 for c in taken):
            service = f"service:{p['id']}"
            curve = {"form": "marginal_cost", "cost": p["cost"], "slope": p["slope"], "capacity": p["capacity"]}
            services.append({"id": service, "commodity": service, "region": here, "curve": curve})
            bare = {**p, "inputs": {**p["inputs"], service: 1.0}, "cost": 0.0, "slope": 0.0, "capacity": None}
            clean = {
                **bare,
                "id": p["id"] + CLEAN,
                "inputs": _renamed(bare["inputs"], taken),
                "outputs": _renamed(p["outputs"], given),
            }
            made += [bare, clean]
        else:
            made.append(p)
    return services, made


def _untrace(copy: str, region: str) -> Record:
    good = copy.removesuffix(CLEAN)
    return {
        "id": f"untrace:{good}@{region}",
        "region": region,
        "stage": "untrace",
        "inputs": {copy: 1.0},
        "outputs": {good: 1.0},
        "cost": 0.0,
        "slope": 0.0,
        "capacity": None,
    }


def _on_both(measure: Record, goods: frozenset[str], ids: frozenset[str]) -> Record:
    """Let a measure that knows nothing of tracing meet a good's clean copy too: a tariff, a plant's support."""
    match = measure.get("match", {})
    if match.get("process") and match["process"] + CLEAN in ids:
        return {**measure, "match": {**match, "process": [match["process"], match["process"] + CLEAN]}}
    named = measure.get("commodity", [])
    own = [named] if isinstance(named, str) else list(named)
    copies = [c + CLEAN for c in own if c + CLEAN in goods]
    return {**measure, "commodity": [*own, *copies]} if copies else measure


def _renamed(amounts: Mapping[str, float], which: frozenset[str]) -> dict[str, float]:
    return {c + CLEAN if c in which else c: a for c, a in amounts.items()}


def _copied_route(route: Record, share: Shares) -> list[Record]:
    """Split a lane into a traced and a clean part that together cost at base flows what the lane did.

    Each part keeps the marginal cost at its share of the base flow: its slope is the lane's over its share.
    """
    phi = share.get((route["commodity"], route["from"]), 0.0)
    return [
        {**route, "id": route["id"] + suffix, "commodity": route["commodity"] + suffix, "slope": route["slope"] / part}
        for suffix, part in (("", 1.0 - phi), (CLEAN, phi))
        if part > 1e-9
    ]


def _copied_supply(supply: Record, share: Shares) -> list[Record]:
    """Split what comes from stocks by the clean share of what is there."""
    phi = share.get((supply["commodity"], supply["region"]), 0.0)
    if phi <= 0.0:
        return [supply]
    curve = supply["curve"]
    return [
        {
            **supply,
            "id": supply["id"] + suffix,
            "commodity": supply["commodity"] + suffix,
            "curve": {**curve, "intercept": curve["intercept"] * part, "slope": curve["slope"] * part},
        }
        for suffix, part in (("", 1.0 - phi), (CLEAN, phi))
        if part > 1e-9
    ]


def clean_shares(calibration: Calibration, carriers: frozenset[str], origin: str) -> dict[tuple[str, str], float]:
    """Return the share of clean goods in each region's base supply, by (carrier, region).

    A process's output is clean in the share of its scarcest clean carrier; imports bring the share of their origin::

        phi(c, r) = sum of supply(c, r, s) phi(c, s) / sum of supply(c, r, s)   over sources s,

    found by iteration. Nothing that comes from or through `origin` is clean. Shares below one per cent are none.
    """
    a = calibration.activities
    makers = [
        (r, calibration.recipes[p], x, s)
        for p, r, x, s in zip(a["process"], a["region"], a["base_t"], a["stage"], strict=True)
        if x > 0 and r != origin and s != "recycling" and carriers & set(calibration.recipes[p][1])
    ]
    lanes = [
        (c, i, j, t)
        for (c, i, j), t in calibration.base_flows.items()
        if c in carriers and t > 0 and origin not in (i, j)
    ]
    phi: dict[tuple[str, str], float] = {}
    for _ in range(_ROUNDS):
        clean: dict[tuple[str, str], float] = {}
        for r, (inputs, outputs), x, _stage in makers:
            part = min((phi.get((c, r), 0.0) for c in carriers & set(inputs)), default=1.0)
            for c in carriers & set(outputs):
                clean[c, r] = clean.get((c, r), 0.0) + part * outputs[c] * x
        for c, i, j, t in lanes:
            clean[c, j] = clean.get((c, j), 0.0) + phi.get((c, i), 0.0) * t
        now = {k: min(1.0, v / calibration.base_supply[k]) for k, v in clean.items()}
        now = {k: v for k, v in now.items() if v > _LEAST}
        change = max((abs(now.get(k, 0.0) - phi.get(k, 0.0)) for k in {*now, *phi}), default=0.0)
        phi = now
        if change < 1e-12:
            break
    return phi


def _compliance(
    network: Record,
    rule: Mapping[str, Any],
    context: Context,
    origin: str,
    goods: frozenset[str],
    *,
    between: bool,
) -> Record:
    """Charge the cost of complying on traced goods, as a share of their base value.

    A rule on trade *between* third countries meets shipments from one of them to another; any other rule meets goods
    on arrival from the origin and whatever is made from traced carriers abroad.
    """
    rate = context.number(rule["cost_pct"]) / 100
    carriers = frozenset(commodities(rule["carriers"], context))
    prices = context.calibration.prices

    def cost(commodity: str, region: str) -> float:
        return rate * float(prices.get((commodity, region), 0.0))

    routes = [
        {**x, "cost": x["cost"] + cost(x["commodity"], x["to"])}
        if x["commodity"] in goods and x["to"] != origin and (x["from"] == origin) != between
        else x
        for x in network["routes"]
    ]
    processes = [
        {**p, "cost": p["cost"] + sum(a * cost(c, p["region"]) for c, a in p["outputs"].items() if c in goods)}
        if not between and p["region"] != origin and carriers & set(p["inputs"]) and p["stage"] not in _NOT_MAKING
        else p
        for p in network["processes"]
    ]
    return {**network, "routes": routes, "processes": processes}


_NOT_MAKING = ("substitution", "untrace")


def _permits(
    network: Record, context: Context, origin: str, goods: Iterable[str], share: Shares, allowed: float
) -> Record:
    """Limit trade of traced goods between third countries to a share of what each lane carried of them."""
    others = [r for r in context.calibration.regions if r != origin]
    permits = []
    for c in goods:
        lanes = sorted((i, j) for k, i, j in context.calibration.lanes if k == c and origin not in (i, j))
        base = [
            {"from": i, "to": j, "quantity": context.base_flow(c, i, j) * (1.0 - share.get((c, i), 0.0))}
            for i, j in lanes
        ]
        if any(b["quantity"] for b in base):  # a share of trade that the base year does not record would be a ban
            permits.append(
                {
                    "id": f"{context.id}:{c}",
                    "instrument": "licence",
                    "commodity": c,
                    "exporter": others,
                    "importer": others,
                    "base": base,
                    "share": allowed,
                    "rent_to": "importer",
                }
            )
    return {**network, "measures": [*network["measures"], *permits]}
