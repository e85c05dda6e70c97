"""Content rules: a good that holds material of one origin, and its copy that does not, are two commodities.

A rule such as "foreign-made magnets with 0.1 % Chinese dysprosium" cannot be put on a route, since the same route
carries goods with and without. So every *carrier* commodity gets a clean copy outside the origin country:

- what is separated abroad from ore that is not the origin's is clean; what is recycled counts as traced;
- a process that takes carriers has a traced and a clean variant (all carriers clean). Both draw on one *service* that
  holds the process's cost curve and capacity, so that tracing adds no capacity;
- clean goods may be used wherever traced ones may (a free process ``untrace``); a lane is split by the share of clean
  goods in the exporter's base supply, so that without a rule the base year stays the equilibrium;
- the rule then acts on traced goods only: permits for their trade between third countries, and a cost of complying.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ytterby.world._edits import Context, Record, commodities, members
from ytterby.world.calibration import Calibration

__all__ = ["CLEAN", "clean_shares", "traced"]

CLEAN = "~clean"

_LEAST = 0.01
"""Shares below this are taken as none: too little to make a market of."""

_ROUNDS = 100


def traced(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Put a rule on goods that hold material of `origin`, next to clean copies of them."""
    origin = members(rule["origin"], context)[0]
    carriers = frozenset(commodities(rule["carriers"], context))
    network = _with_copies(network, context, origin)
    network = _compliance(network, rule, context, origin, carriers)
    if "third_country_share" in rule:
        network = _permits(network, rule, context, origin)
    return network


def _with_copies(network: Record, context: Context, origin: str) -> Record:
    if any(p["id"].startswith("untrace:") for p in network["processes"]):
        return network  # another content rule of the scenario has made the copies already
    carriers = context.carriers
    share = clean_shares(context.calibration, carriers, origin)
    clean = {place for place, phi in share.items() if phi > _LEAST}
    supplies, processes = list(network["supplies"]), []
    for p in network["processes"]:
        made, taken = carriers & set(p["outputs"]), carriers & set(p["inputs"])
        here = p["region"]
        if here == origin or not made or p["stage"] in ("recycling", "substitution"):
            processes.append(p)
        elif not taken:
            processes.append({**p, "outputs": _renamed(p["outputs"], made)})
        elif all((c, here) in clean for c in taken):
            service = f"service:{p['id']}"
            curve = {"form": "marginal_cost", "cost": p["cost"], "slope": p["slope"], "capacity": p["capacity"]}
            supplies.append({"id": service, "commodity": service, "region": here, "curve": curve})
            bare = {**p, "inputs": {**p["inputs"], service: 1.0}, "cost": 0.0, "slope": 0.0, "capacity": None}
            processes.append(bare)
            processes.append(
                {
                    **bare,
                    "id": p["id"] + CLEAN,
                    "inputs": _renamed(bare["inputs"], taken),
                    "outputs": _renamed(p["outputs"], made),
                }
            )
        else:
            processes.append(p)
    processes += [
        {
            "id": f"untrace:{c}@{r}",
            "region": r,
            "stage": "untrace",
            "inputs": {c + CLEAN: 1.0},
            "outputs": {c: 1.0},
            "cost": 0.0,
            "slope": 0.0,
            "capacity": None,
        }
        for c, r in sorted(clean)
    ]
    routes: list[Record] = []
    for x in network["routes"]:
        phi = share.get((x["commodity"], x["from"]), 0.0)
        if phi <= _LEAST or (x["commodity"], x["to"]) not in clean:
            routes.append(x)
        else:
            routes += _split_route(x, phi)
    return {**network, "supplies": supplies, "processes": processes, "routes": routes}


def _renamed(amounts: Mapping[str, float], which: frozenset[str]) -> dict[str, float]:
    return {c + CLEAN if c in which else c: a for c, a in amounts.items()}


def _split_route(route: Record, phi: float) -> list[Record]:
    """Split a lane into a traced and a clean part that together cost at base flows what the lane did.

    Each part keeps the marginal cost at its share of the base flow: its slope is the lane's over its share.
    """
    parts = []
    for suffix, part in (("", 1.0 - phi), (CLEAN, phi)):
        if part > _LEAST:
            named = {"id": route["id"] + suffix, "commodity": route["commodity"] + suffix}
            parts.append({**route, **named, "slope": route["slope"] / part})
    return parts


def clean_shares(calibration: Calibration, carriers: frozenset[str], origin: str) -> dict[tuple[str, str], float]:
    """Return the share of each carrier's base supply that holds nothing of the origin, by (commodity, region).

    What is separated outside the origin is clean; imports are as clean as the exporter's supply; a product is as
    clean as the least clean of its carriers (makers line up clean inputs: an upper bound); recycled material counts
    as traced. The shares are the fixed point of

        phi(c, r) = sum of supply(c, r, s) phi(c, s) / sum of supply(c, r, s)   over sources s.
    """
    a = calibration.activities
    makers = [
        (r, calibration.recipes[p], x, s)
        for p, r, x, s in zip(a["process"], a["region"], a["base_t"], a["stage"], strict=True)
        if x > 0 and carriers & set(calibration.recipes[p][1])
    ]
    lanes = [(c, i, j, t) for (c, i, j), t in calibration.base_flows.items() if c in carriers and t > 0]
    phi: dict[tuple[str, str], float] = {}
    for _ in range(_ROUNDS):
        clean: dict[tuple[str, str], float] = {}
        for r, (inputs, outputs), x, stage in makers:
            if r == origin or stage == "recycling":
                continue
            taken = carriers & set(inputs)
            part = min((phi.get((c, r), 0.0) for c in taken), default=1.0)
            for c in carriers & set(outputs):
                clean[c, r] = clean.get((c, r), 0.0) + part * outputs[c] * x
        for c, i, j, t in lanes:
            if origin not in (i, j):
                clean[c, j] = clean.get((c, j), 0.0) + phi.get((c, i), 0.0) * t
        now = {k: min(1.0, v / calibration.base_supply[k]) for k, v in clean.items() if v > 0}
        change = max((abs(now.get(k, 0.0) - phi.get(k, 0.0)) for k in {*now, *phi}), default=0.0)
        phi = now
        if change < 1e-9:
            break
    return phi


def _compliance(
    network: Record, rule: Mapping[str, Any], context: Context, origin: str, carriers: frozenset[str]
) -> Record:
    """Charge the cost of complying on every traced good: on arrival from the origin and where it is made abroad."""
    rate = context.number(rule["cost_pct"]) / 100
    goods = frozenset(commodities(rule["goods"], context))
    prices = context.calibration.prices

    def cost(commodity: str, region: str) -> float:
        return rate * float(prices.get((commodity, region), 0.0))

    between = "third_country_share" in rule
    routes = [
        {**x, "cost": x["cost"] + cost(x["commodity"], x["to"])}
        if x["commodity"] in goods and x["to"] != origin and (between or x["from"] == origin)
        else x
        for x in network["routes"]
    ]
    processes = [
        {**p, "cost": p["cost"] + sum(a * cost(c, p["region"]) for c, a in p["outputs"].items() if c in goods)}
        if not between and p["region"] != origin and carriers & set(p["inputs"]) and p["stage"] != "untrace"
        else p
        for p in network["processes"]
    ]
    return {**network, "routes": routes, "processes": processes}


def _permits(network: Record, rule: Mapping[str, Any], context: Context, origin: str) -> Record:
    """Limit trade of traced goods between third countries to a share of each lane's base flow."""
    share = context.number(rule["third_country_share"])
    others = [r for r in context.calibration.regions if r != origin]
    permits = []
    for c in commodities(rule["goods"], context):
        lanes = sorted((i, j) for k, i, j in context.calibration.lanes if k == c and origin not in (i, j))
        base = [{"from": i, "to": j, "quantity": context.base_flow(c, i, j)} for i, j in lanes]
        if any(b["quantity"] for b in base):  # a share of trade that the base year does not record would be a ban
            permits.append(
                {
                    "id": f"{context.id}:{c}",
                    "instrument": "licence",
                    "commodity": c,
                    "exporter": others,
                    "importer": others,
                    "base": base,
                    "share": share,
                }
            )
    return {**network, "measures": [*network["measures"], *permits]}
