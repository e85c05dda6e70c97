"""Simple edits of a network: taxes, quotas, bans, floors, support, capacity.

Each takes a network and returns a new one. A network is a plain record in the format ``ytterby-network/1``. The edits
add measures of that format wherever it has the instrument, so that what a policy does stays readable in the network
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ytterby import atlas
from ytterby.world.calibration import Calibration

__all__ = ["EDITS", "Context", "NotModelledError", "commodities", "members"]

Record = dict[str, Any]

_REFERENCE = "CHN"
"""Region whose base prices, FOB, stand for the world market in reference prices."""


class NotModelledError(Exception):
    """A rule has no effect that the network can carry; the text is the reason."""


@dataclass(frozen=True)
class Context:
    """What an edit may look at: the calibration, the id of the edit, and the numbers of this draw."""

    calibration: Calibration
    id: str
    carriers: frozenset[str]
    """Commodities that any content rule of the scenario traces; copies are made of all of them at once."""
    number: Callable[[Mapping[str, Any]], float]
    parameter: Callable[[str], float]
    """Value of a parameter that the register gives, e.g. a quota in t."""
    leaves: frozenset[str] = frozenset()
    """Regions that have left a bloc."""

    def base_flow(self, commodity: str, origin: str, destination: str) -> float:
        """Return the base year's flow in t."""
        return self.calibration.base_flows.get((commodity, origin, destination), 0.0)


def commodities(names: Iterable[str], context: Context) -> list[str]:
    """Expand kinds (``oxide``) to the commodities of the network."""
    known = context.calibration.commodities
    return [c for n in names for c in ([n] if n in known else sorted(k for k in known if k.partition(".")[0] == n))]


def members(names: str | Iterable[str], context: Context) -> list[str]:
    """Expand region groups to regions, in the atlas' order, each once."""
    wanted: set[str] = set()
    for name in [names] if isinstance(names, str) else names:
        wanted |= {name} if name in context.calibration.regions else set(atlas.group(name))
    return [r for r in context.calibration.regions if r in wanted]


def _add(network: Record, *measures: Record) -> Record:
    return {**network, "measures": [*network["measures"], *measures]}


def _lanes(rule: Mapping[str, Any], context: Context) -> tuple[list[str], list[str], list[str]]:
    """Return goods, exporters and importers; without a named importer, all outside the exporter's own group."""
    exporters = members(rule["exporter"], context)
    importers = members(rule.get("importer", "WLD"), context)
    if "importer" not in rule:
        importers = [r for r in importers if r not in exporters]
    return commodities(rule["commodities"], context), exporters, importers


def volume(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Cut each lane to a share of its base flow: permits ring-fenced by pair of regions."""
    goods, exporters, importers = _lanes(rule, context)
    share = 1.0 + context.number(rule["change"])
    added = []
    for c in goods:
        base = [
            {"from": i, "to": j, "quantity": context.base_flow(c, i, j)} for i in exporters for j in importers if i != j
        ]
        if any(b["quantity"] for b in base):
            added.append(
                {
                    "id": f"{context.id}:{c}",
                    "instrument": "licence",
                    "commodity": c,
                    "exporter": exporters,
                    "importer": importers,
                    "base": [b for b in base if b["quantity"] or (c, b["from"], b["to"]) in context.calibration.lanes],
                    "share": max(share, 0.0),
                    "rent_to": rule.get("rent_to", "exporter"),
                }
            )
    return _add(network, *added)


def ban(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Forbid exports on the lanes."""
    goods, exporters, importers = _lanes(rule, context)
    return _add(
        network,
        {
            "id": context.id,
            "instrument": "export_ban",
            "commodity": goods,
            "exporter": exporters,
            "importer": importers,
        },
    )


def quota(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Limit exports of all the commodities together, in t a year."""
    goods, exporters, importers = _lanes(rule, context)
    return _add(
        network,
        {
            "id": context.id,
            "instrument": "export_quota",
            "commodity": goods,
            "exporter": exporters,
            "importer": importers,
            "quantity": context.parameter(rule["tonnes"]),
            "per": "total",
        },
    )


def _levies(network: Record, rule: Mapping[str, Any], context: Context, instrument: str) -> Record:
    # a rate on value is written as an amount at base prices, so that the scenario stays a quadratic program
    goods, exporters, importers = _lanes(rule, context)
    rate = context.number(rule["rate_pct"]) / 100
    added = [
        {
            "id": f"{context.id}:{c}:{i}>{j}",
            "instrument": instrument,
            "commodity": c,
            "exporter": i,
            "importer": j,
            "specific": rate * context.calibration.fob(c, i),
        }
        for c in goods
        for i in exporters
        for j in importers
        if (c, i, j) in context.calibration.lanes
    ]
    return _add(network, *added)


def tariff(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Tax imports: a rate on the base price free on board, which US customs values are."""
    return _levies(network, rule, context, "import_tariff")


def export_tax(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Tax exports: a rate on the base price free on board."""
    return _levies(network, rule, context, "export_tax")


def floor(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Hold reference prices within a bloc by the least tariff on imports from outside.

    `prices` names the floors of raw goods. Where the rule has `downstream`, each process named there puts a floor on
    its product too: the base price FOB China plus what the floors of its inputs add to its cost by the recipe,

        floor(c) = p0(c) + share sum_i a_i (floor(i) - p0(i)),

    times a share (0: raw goods alone have a floor).
    """
    inside = [r for r in members(rule["members"], context) if r not in context.leaves]
    calibration = context.calibration
    floors = {c: context.number(spec) for c, spec in rule["prices"].items()}
    added = {c: price - calibration.fob(c, _REFERENCE) for c, price in floors.items()}
    if "downstream" in rule:
        share = context.number(rule["downstream"]["share"])
        for process in rule["downstream"]["processes"] if share > 0 else ():
            inputs, _ = calibration.recipes[process]
            product = process  # metal and magnet processes bear the name of what they make
            added[product] = sum(a * added.get(c, 0.0) for c, a in inputs.items())
            floors[product] = calibration.fob(product, _REFERENCE) + share * added[product]
    return _add(
        network,
        *(
            {
                "id": f"{context.id}:{c}",
                "instrument": "price_floor",
                "commodity": c,
                "members": inside,
                "price": price,
                "upheld_by": "adjustable_tariff",
            }
            for c, price in floors.items()
        ),
    )


def _processes(network: Record, names: Iterable[str], regions: Iterable[str]) -> list[Record]:
    places = set(regions)
    return [p for p in network["processes"] if p["id"].partition("@")[0] in names and p["region"] in places]


def support(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Pay a producer per kg of its product: its unit cost falls by that much per unit of activity."""
    found = _processes(network, [rule["process"]], members(rule["region"], context))
    if not found:
        raise NotModelledError(f"{rule['process']} does not run in {rule['region']} in this year")
    amount = context.number(rule["usd_per_kg"])
    return _add(
        network,
        *(
            {
                "id": f"{context.id}:{p['id']}",
                "instrument": "activity",
                "match": {"process": p["id"]},
                "cost_delta": -amount * p["outputs"][rule["commodity"]],
            }
            for p in found
        ),
    )


def output_cut(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Cap what a process makes at a share of its base output."""
    found = _processes(network, [rule["process"]], members(rule["region"], context))
    share = max(1.0 + context.number(rule["change"]), 0.0)
    return _cap(network, {p["id"]: share * context.calibration.base_levels[p["id"]] for p in found})


def output_quota(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Share a total output quota in t among the named processes by their base output."""
    found = _processes(network, rule["processes"], members(rule["region"], context))
    base = {p["id"]: context.calibration.base_levels[p["id"]] for p in found}
    total = context.number(rule["tonnes"])
    caps = {i: total * x / sum(base.values()) for i, x in base.items()}
    if all(caps[p["id"]] >= _or_infinite(p["capacity"]) for p in found):
        raise NotModelledError(f"{total:,.0f} t are no less than what can be made in {context.calibration.year:g}")
    return _cap(network, caps)


def _cap(network: Record, caps: Mapping[str, float]) -> Record:
    return {
        **network,
        "processes": [
            {**p, "capacity": min(caps[p["id"]], _or_infinite(p["capacity"]))} if p["id"] in caps else p
            for p in network["processes"]
        ],
    }


def _or_infinite(capacity: float | None) -> float:
    return float("inf") if capacity is None else capacity


def later_capacity(network: Record, rule: Mapping[str, Any], context: Context) -> Record:
    """Make plants that come after 2024 dearer: the same money builds ``1 / capex_factor`` of their capacity."""
    if context.calibration.year == 2024:
        raise NotModelledError("acts on plants that come after the base year; run a later year to see it")
    regions, stages = set(members(rule["regions"], context)), set(rule["stages"])
    factor = context.number(rule["capex_factor"])
    then = context.calibration.capacity_2024
    caps = {
        p["id"]: then.get(p["id"], 0.0) + (p["capacity"] - then.get(p["id"], 0.0)) / factor
        for p in network["processes"]
        if p["region"] in regions and p["stage"] in stages and p["capacity"] and p["capacity"] > then.get(p["id"], 0.0)
    }
    return _cap(network, caps)


EDITS: dict[str, Callable[[Record, Mapping[str, Any], Context], Record]] = {
    "ban": ban,
    "export_tax": export_tax,
    "floor": floor,
    "later_capacity": later_capacity,
    "output_cut": output_cut,
    "output_quota": output_quota,
    "quota": quota,
    "support": support,
    "tariff": tariff,
    "volume": volume,
}
