"""Does the atlas agree with itself and with physics? What the schema cannot see: sums, order, mass, membership."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ytterby.atlas._balance import TERMS, material_balance, recipes
from ytterby.atlas._outlines import outlines
from ytterby.atlas._read import inspect
from ytterby.atlas._schema import schema

if TYPE_CHECKING:
    from ytterby.atlas._atlas import Atlas

__all__ = ["Finding", "check"]

TOLERANCE_T = 0.5
"""Flows below 1 t were pruned from the base year, so a sum may miss that much of a term of the balance."""

TOLERANCE_SHARE = 5e-4
"""Coefficients and prices are rounded to three digits and more; recomputed values agree within this share."""


@dataclass(frozen=True)
class Finding:
    """Something in a table that is not as it should be.

    Attributes
    ----------
    table
        Name of the table.
    row
        Line of its file, ``None`` for the table as a whole.
    field
        Column, ``None`` for the row as a whole.
    message
        What was found and what was expected.
    """

    table: str
    row: int | None
    field: str | None
    message: str


def check(atlas: Atlas) -> list[Finding]:
    """Return the findings (see `ytterby.atlas.check`); where the schema is broken, the broken tables' faults alone."""
    broken: dict[str, list[Finding]] = {}
    unseen: set[str] = set()
    for name, path in atlas.files.items():
        spec = schema()[name]
        if any(ref.table in broken or ref.table in unseen for field in spec.fields for ref in field.references):
            unseen.add(name)
            continue
        _, faults = inspect(path, spec, atlas.values)
        if faults:
            broken[name] = [Finding(name, f.line, f.field, f.message) for f in faults]
    if broken:
        return [finding for findings in broken.values() for finding in findings]
    return [finding for part in _CHECKS for finding in part(atlas)]


def _numbered(atlas: Atlas, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    table = atlas.validated(name)
    return zip(table.lines, table.rows(), strict=True)


def _sourced(atlas: Atlas) -> Iterator[Finding]:
    """Find rows whose source was seen without saying where."""
    for name in atlas.files:
        columns = atlas.validated(name).columns
        for line, access, url in zip(atlas.validated(name).lines, columns["access"], columns["url"], strict=True):
            if access != "none" and url is None:
                yield Finding(name, line, "url", f"access is {access}, but not to what")


def _positive(atlas: Atlas) -> Iterator[Finding]:
    """Find costs and prices not above zero (unfinished intermediates may be free), and output above capacity."""
    for line, row in _numbered(atlas, "capacity"):
        if row["unit_variable_cost_usd_per_kg"] <= 0:
            yield Finding("capacity", line, "unit_variable_cost_usd_per_kg", "a unit cost must be above 0")
        for year in ("2024", "2026", "2028", "2030"):
            if year == "2024" and row["output_2024"] > row["capacity_2024"] * (1 + TOLERANCE_SHARE):
                message = f"output {row['output_2024']:g} t is above capacity {row['capacity_2024']:g} t"
                yield Finding("capacity", line, "output_2024", message)
    for line, row in _numbered(atlas, "processes"):
        if row["coefficient"] <= 0:
            yield Finding("processes", line, "coefficient", "a coefficient or unit cost must be above 0")
        if (row["role"] == "cost") != (row["item"] == "usd_per_kg"):
            yield Finding("processes", line, "item", "usd_per_kg is the item of a cost, and of a cost alone")
    for line, row in _numbered(atlas, "commodities"):
        free = row["commodity"].startswith(("inter.", "product."))
        for field in ("base_price_usd_per_kg", "base_price_china_exvat_usd_per_kg"):
            if not free and not row[field]:
                yield Finding("commodities", line, field, "a price above 0 is missing")


_RANGES = {
    "processes": (("low", "coefficient", "high"),),
    "costs": (("low", "central", "high"),),
    "elasticities": (("low", "central", "high"),),
    "demand": (("elasticity_high", "elasticity_central", "elasticity_low"),),
    "prices": (("price_low", "price_mid", "price_high"),),
    "stocks": (("weeks_low", "weeks_mid", "weeks_high"),),
    "intensity": (("value_low", "value_high"),),
    "cost_evidence": (("value_low", "value_high"),),
}


def _ordered(atlas: Atlas) -> Iterator[Finding]:
    """Find ranges whose low, central and high are not in that order."""
    for name, ranges in _RANGES.items():
        for line, row in _numbered(atlas, name):
            for fields in ranges:
                values = [row[f] for f in fields if row[f] is not None]
                if values != sorted(values):
                    text = ", ".join(f"{f} {row[f]:g}" for f in fields if row[f] is not None)
                    yield Finding(name, line, fields[0], f"expected a rising order of {text}")


def _balanced(atlas: Atlas) -> Iterator[Finding]:
    """Find rows of `balance` that are not what the other tables make them, or do not close."""
    names = ("processes", "capacity", "flows", "demand")
    found = material_balance(*(atlas.rows(name) for name in names))
    seen = set()
    for line, row in _numbered(atlas, "balance"):
        node = (row["commodity"], row["region"])
        seen.add(node)
        for term in TERMS:
            value = found[node][term] if node in found else 0.0
            if abs(value - row[term]) > TOLERANCE_T:
                message = f"{' in '.join(node)}: the other tables give {value:,.1f} t, the row has {row[term]:,.1f} t"
                yield Finding("balance", line, term, message)
        left = row["production_t"] + row["imports_t"] - row["exports_t"] - row["intermediate_use_t"]
        left -= row["final_use_t"] + row["stock_change_t"] + row["unsold_t"]
        if abs(left - row["residual_t"]) > TOLERANCE_T:
            message = f"{' in '.join(node)}: does not close, {left:,.1f} t are left"
            yield Finding("balance", line, "residual_t", message)
    for node, terms in found.items():
        if node not in seen and max(terms.values()) > TOLERANCE_T:
            yield Finding("balance", None, None, f"no row for {' in '.join(node)}, which the other tables move")


def _masses(atlas: Atlas) -> Iterator[Finding]:
    """Find processes that give more of an element than they take: ore to oxide, oxide to metal, swarf to oxide."""
    recipe = recipes(atlas.rows("processes"))
    lines = {(row["process"], row["item"]): line for line, row in _numbered(atlas, "processes")}
    least, most = _contents(atlas, recipe)
    for process, roles in recipe.items():
        taken: dict[str, float] = defaultdict(float)
        for item, coefficient in roles["input"].items():
            for group, share in most[item].items():
                taken[group] += coefficient * share
        for group, amount in taken.items():
            givers = [item for item in roles["output"] if group in least.get(item, {})]
            given = sum(roles["output"][item] * least[item][group] for item in givers)
            if given > amount * (1 + TOLERANCE_SHARE):
                message = f"{process} gives {given:.6f} t {group} per t of activity; its inputs hold {amount:.6f} t"
                yield Finding("processes", lines[process, givers[0]], "coefficient", message)


Contents = dict[str, dict[str, float]]


def _contents(atlas: Atlas, recipe: dict[str, dict[str, dict[str, float]]]) -> tuple[Contents, Contents]:
    """Return t of oxide, by element group and in all (REO), that a tonne of each commodity holds at least and at most.

    Oxides and unfinished intermediates hold their group; a metal as much oxide as it takes to make the heaviest or the
    lightest element of its group; an ore its assay; a magnet and its swarf what their blank was made of.
    """
    ratios: dict[str, list[float]] = defaultdict(list)
    group_of: dict[str, str] = {}
    for row in atlas.rows("elements"):
        if row["commodity_group"]:
            ratios[row["commodity_group"]].append(row["oxide_per_element"])
            group_of[row["element"]] = row["commodity_group"]
    least: Contents = {}
    most: Contents = {}
    for row in atlas.rows("commodities"):
        commodity = row["commodity"]
        kind, _, name = commodity.partition(".")
        if kind in ("oxide", "inter"):
            least[commodity] = most[commodity] = {name: 1.0, "REO": 1.0}
        elif kind == "metal":
            known = ratios.get(name) or [x for group in ("La", "Ce") for x in ratios[group]]
            labels = (name, "REO") if name in ratios else ("REO",)
            least[commodity] = dict.fromkeys(labels, min(known))
            most[commodity] = dict.fromkeys(labels, max(known))
    assays = _assays(atlas, group_of)
    for row in atlas.rows("ore_deposits"):
        least[row["commodity"]] = most[row["commodity"]] = {**assays[row["deposit_id"]], "REO": 1.0}
    for roles in recipe.values():
        blank = sum(roles["output"].values())
        for item in roles["output"]:
            if item.startswith(("magnet.", "scrap.")):
                for contents in (least, most):
                    held: dict[str, float] = defaultdict(float)
                    for taken, coefficient in roles["input"].items():
                        for group, share in contents[taken].items():
                            held[group] += coefficient * share / blank
                    contents[item] = dict(held)
    return least, most


def _assays(atlas: Atlas, group_of: dict[str, str]) -> Contents:
    """Return the shares of the element groups by deposit; of two ways to know NdPr, the higher."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    pairs: dict[str, float] = {}
    for row in atlas.rows("ore_composition"):
        if row["share_pct_of_reo"] is None or row["qualifier"] is not None:
            continue
        if row["element"] in group_of:
            sums[row["deposit_id"]][group_of[row["element"]]] += row["share_pct_of_reo"] / 100
        elif row["element"] == "NdPr":
            pairs[row["deposit_id"]] = row["share_pct_of_reo"] / 100
    for deposit, share in pairs.items():
        sums[deposit]["NdPr"] = max(sums[deposit]["NdPr"], share)
    return {deposit: dict(groups) for deposit, groups in sums.items()}


def _members(atlas: Atlas) -> Iterator[Finding]:
    """Find groups that hold a region wholly without all of its countries, or name countries of another."""
    countries: dict[str, set[str]] = defaultdict(set)
    for row in atlas.rows("countries"):
        countries[row["region"]].add(row["country_iso3"])
    for line, row in _numbered(atlas, "regions"):
        if row["kind"] == "country" and countries[row["region"]] != {row["region"]}:
            message = f"{row['region']} should be its own only country in the table countries"
            yield Finding("regions", line, "region", message)
    for line, row in _numbered(atlas, "region_groups"):
        members = set(row["members"].split())
        strangers = sorted(members - countries[row["region"]])
        if strangers:
            yield Finding("region_groups", line, "members", f"{', '.join(strangers)} not in region {row['region']}")
        elif (row["extent"] == "whole") != (members == countries[row["region"]]):
            yield Finding("region_groups", line, "extent", f"{row['extent']}, but members say otherwise")


def _valued(atlas: Atlas) -> Iterator[Finding]:
    """Find rows of `price_check` that are not what base prices and recipes make them."""
    recipe = recipes(atlas.rows("processes"))
    prices = {row["commodity"]: row for row in atlas.rows("commodities")}
    for line, row in _numbered(atlas, "price_check"):
        china = row["price_basis"] == "China ex VAT"
        column = "base_price_china_exvat_usd_per_kg" if china else "base_price_usd_per_kg"
        roles = recipe[row["process"]]
        values = {
            "revenue_usd_per_kg": sum(c * (prices[i][column] or 0.0) for i, c in roles["output"].items()),
            "inputs_usd_per_kg": sum(c * (prices[i][column] or 0.0) for i, c in roles["input"].items()),
            "variable_cost_usd_per_kg": sum(roles["cost"].values()),
        }
        values["margin_usd_per_kg"] = (
            values["revenue_usd_per_kg"] - values["inputs_usd_per_kg"] - values["variable_cost_usd_per_kg"]
        )
        for field, value in values.items():
            if abs(value - row[field]) > TOLERANCE_SHARE * max(values["revenue_usd_per_kg"], 1.0):
                message = f"{row['process']}: recipes and prices give {value:.3f}, the row has {row[field]:g}"
                yield Finding("price_check", line, field, message)


def _anchored(atlas: Atlas) -> Iterator[Finding]:
    """Find anchors whose ratio is not base over reported."""
    for line, row in _numbered(atlas, "anchors"):
        if abs(row["ratio"] * row["reported"] - row["base"]) > 2 * TOLERANCE_SHARE * row["base"]:
            yield Finding("anchors", line, "ratio", f"expected {row['base'] / row['reported']:.3f}")


def _placed(atlas: Atlas) -> Iterator[Finding]:
    """Find regions on the point of another, and flows from a region to itself."""
    points: dict[tuple[float, float], str] = {}
    for line, row in _numbered(atlas, "regions"):
        point = (row["lat"], row["lon"])
        if point in points:
            yield Finding("regions", line, "lat", f"{row['region']} stands on the point of {points[point]}")
        points.setdefault(point, row["region"])
    for line, row in _numbered(atlas, "flows"):
        if row["from"] == row["to"]:
            yield Finding("flows", line, "to", "a region does not trade with itself")


def _drawn(atlas: Atlas) -> Iterator[Finding]:
    """Find outlines that leave the map, do not close, jump across it, or lack a region of the model."""
    missing = set(atlas.validated("regions").columns["region"])
    west, south, east, north = outlines()["bbox"]
    for number, feature in enumerate(outlines()["features"], 1):
        name = feature["properties"]["iso_a3"]
        missing.discard(feature["properties"]["region"])
        for ring in (ring for polygon in feature["geometry"]["coordinates"] for ring in polygon):
            if any(not (west <= x <= east and south <= y <= north) for x, y in ring):
                yield Finding("outlines", number, "geometry", f"{name} leaves the map")
            if ring[0] != ring[-1] or len(ring) < 4:
                yield Finding("outlines", number, "geometry", f"a ring of {name} does not close")
            if any(abs(b[0] - a[0]) > 180 for a, b in pairwise(ring)):
                yield Finding("outlines", number, "geometry", f"{name} jumps across the map")
    for region in sorted(missing):
        yield Finding("outlines", None, "region", f"no outline for {region}")


_CHECKS: tuple[Callable[[Atlas], Iterator[Finding]], ...] = (
    _sourced,
    _positive,
    _ordered,
    _balanced,
    _masses,
    _members,
    _valued,
    _anchored,
    _placed,
    _drawn,
)
