"""How well does the solved base year agree with what sources say of 2024?

Every price of the atlas, every anchor that the network can recompute (`data/checks.csv`: totals, shares by stage,
main flows) and every flow of the base year, beside the equilibrium. Nothing is taken from the tables that the
calibration was given but the reported side: the model side comes from the equilibrium's prices, levels and flows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pandas as pd

from ytterby import atlas
from ytterby.market import Equilibrium
from ytterby.world import _files
from ytterby.world.calibration import Calibration

__all__ = ["TOLERANCE", "Comparison", "compare_base_year", "unexplained_wedges"]

TOLERANCE = {"price": 0.10, "share": 5.0, "quantity": 0.05, "flow": 0.05}
"""Relative deviation that is accepted; for shares, points."""

_MAIN_FLOW_T = 100.0
_UNEXPLAINED = 0.15


@dataclass(frozen=True)
class Comparison:
    """One figure of the model beside what a source says.

    Attributes
    ----------
    kind
        ``price``, ``share``, ``quantity`` or ``flow``.
    item
        What is compared.
    role
        ``fitted`` (the base year was set to it) or ``check`` (independent).
    reported, model
        The source's figure and the equilibrium's, in `unit`.
    deviation
        Model over reported less one; for shares, model less reported in points.
    within
        Whether the deviation is inside `TOLERANCE`.
    source
        Who says so.
    """

    kind: str
    item: str
    role: str
    reported: float
    model: float
    unit: str
    deviation: float
    within: bool
    source: str


def _comparison(kind: str, item: str, role: str, reported: float, model: float, unit: str, source: str) -> Comparison:
    deviation = model - reported if kind == "share" else model / reported - 1.0
    return Comparison(kind, item, role, reported, model, unit, deviation, abs(deviation) <= TOLERANCE[kind], source)


def compare_base_year(calibration: Calibration, base: Equilibrium) -> list[Comparison]:
    """Return all comparisons: prices, then anchors in the atlas' order, then main flows, largest first."""
    return [*_prices(base), *_anchors(calibration, base), *_main_flows(base)]


def _prices(base: Equilibrium) -> Iterator[Comparison]:
    found = base.prices.set_index(["commodity", "region"])["price"]
    for row in atlas.table("commodities").to_dict("records"):
        reported = row["base_price_china_exvat_usd_per_kg"]
        key = (row["commodity"], "CHN")
        if reported > 0 and key in found.index:
            item = f"{row['commodity']}, China ex VAT"
            yield _comparison("price", item, "fitted", reported, float(found[key]), "USD/kg", row["source"])


def _anchors(calibration: Calibration, base: Equilibrium) -> Iterator[Comparison]:
    measure = _Measure(calibration, base)
    fields = ("anchor", "quantity", "commodity", "at", "partner", "stage", "scale")
    rules = {r["anchor"]: r for _, r in _files.rows("checks.csv", fields)}
    for row in atlas.table("anchors").to_dict("records"):
        rule = rules.get(row["anchor"])
        if rule is None:
            continue
        value = measure.of(rule["quantity"])(rule) * float(rule["scale"])
        kind = "share" if rule["quantity"].endswith("_share") else "quantity"
        yield _comparison(kind, row["anchor"], row["role"], row["reported"], value, row["unit"], row["source"])


def _main_flows(base: Equilibrium) -> Iterator[Comparison]:
    found = base.flows.groupby(["commodity", "from", "to"])["quantity"].sum()
    flows = atlas.table("flows").sort_values("t", ascending=False, kind="stable")
    for row in flows[flows["t"] >= _MAIN_FLOW_T].to_dict("records"):
        key = (row["commodity"], row["from"], row["to"])
        item = f"{row['commodity']} {row['from']}>{row['to']}"
        yield _comparison("flow", item, "fitted", row["t"], float(found.get(key, 0.0)), "t", row["source"])


class _Measure:
    """Reads a quantity of `data/checks.csv` off the equilibrium."""

    def __init__(self, calibration: Calibration, base: Equilibrium) -> None:
        self.flows = base.flows
        self.price = base.prices.set_index(["commodity", "region"])["price"]
        self.made = _production(calibration, base)
        self.used = _use_of_magnets(calibration, base)

    def of(self, quantity: str) -> Callable[[dict[str, str]], float]:
        methods: dict[str, Callable[[dict[str, str]], float]] = {
            "production": self.production,
            "production_share": self.production_share,
            "flow": self.flow,
            "flow_value": self.flow_value,
            "flow_share": self.flow_share,
            "use": self.use,
            "end_use": self.end_use,
        }
        return methods[quantity]

    def production(self, rule: dict[str, str]) -> float:
        m = self.made[_like(self.made["commodity"], rule["commodity"])]
        if rule["stage"]:
            m = m[m["stage"] == rule["stage"]]
        return float(m.loc[_inside(m["region"], rule["at"]), "t"].sum())

    def production_share(self, rule: dict[str, str]) -> float:
        return self.production(rule) / self.production({**rule, "at": "*"})

    def _lanes(self, rule: dict[str, str]) -> pd.DataFrame:
        f = self.flows[_like(self.flows["commodity"], rule["commodity"])]
        f = f[_inside(f["from"], rule["at"]) & _inside(f["to"], rule["partner"])]
        return f[~(f["from"].isin(_group(rule["partner"])))]

    def flow(self, rule: dict[str, str]) -> float:
        f = self._lanes(rule)
        return float((f["quantity"] * f["commodity"].map(_reo_per_t)).sum())

    def flow_value(self, rule: dict[str, str]) -> float:
        # at FOB: the exporter's price and the export tax, which the base year writes as an amount
        f = self._lanes(rule)
        fob = atlas.table("commodities").set_index("commodity")["base_price_usd_per_kg"]
        return float((f["quantity"] * f["commodity"].map(fob)).sum())

    def flow_share(self, rule: dict[str, str]) -> float:
        return self.flow(rule) / self.flow({**rule, "at": "*"})

    def use(self, rule: dict[str, str]) -> float:
        u = self.used[_like(self.used["commodity"], rule["commodity"]) & _inside(self.used["region"], rule["at"])]
        return float(u["t"].sum())

    def end_use(self, rule: dict[str, str]) -> float:
        u = self.used[_like(self.used["commodity"], rule["commodity"]) & (self.used["end_use"] == rule["partner"])]
        return float(u["t"].sum())


@functools.cache
def _reo_per_t(commodity: str) -> float:
    """Return t REO in a tonne as sources of trade count it: metals as oxide, anything else as it is."""
    kind, _, elements = commodity.partition(".")
    if kind != "metal":
        return 1.0
    factor = atlas.table("elements").set_index("element")["oxide_per_element"]
    return float(factor[re.findall("[A-Z][a-z]?", elements)].mean())


def _group(names: str) -> tuple[str, ...]:
    return atlas.group(names) if names in atlas.groups() else ()


def _like(column: pd.Series, patterns: str) -> pd.Series:
    words = patterns.split()
    return column.map(lambda c: any(fnmatchcase(c, w) for w in words))


def _inside(column: pd.Series, names: str) -> pd.Series:
    if names == "*":
        return pd.Series(True, index=column.index)
    return column.isin(_group(names) or (names,))


def _production(calibration: Calibration, base: Equilibrium) -> pd.DataFrame:
    level = dict(zip(base.processes["id"], base.processes["level"].tolist(), strict=True))
    a = calibration.activities
    rows = [
        (c, r, s, amount * level.get(i, 0.0))
        for i, p, r, s in zip(a["id"], a["process"], a["region"], a["stage"], strict=True)
        for c, amount in calibration.recipes[p][1].items()
    ]
    return pd.DataFrame(rows, columns=["commodity", "region", "stage", "t"])


def _use_of_magnets(calibration: Calibration, base: Equilibrium) -> pd.DataFrame:
    """Return final use by material; what motors take in is use by their end use."""
    bought = dict(zip(base.demand["id"], base.demand["quantity"].tolist(), strict=True))
    level = dict(zip(base.processes["id"], base.processes["level"].tolist(), strict=True))
    d = calibration.demands
    rows = [
        (u, c, r, bought[i])
        for i, u, c, r in zip(d["id"], d["end_use"], d["commodity"], d["region"], strict=True)
        if not c.startswith("product.")
    ]
    a = calibration.activities
    for i, p, r in zip(a["id"], a["process"], a["region"], strict=True):
        if p.startswith("motor."):
            rows += [(p.split(".")[1], c, r, x * level[i]) for c, x in calibration.recipes[p][0].items()]
    return pd.DataFrame(rows, columns=["end_use", "commodity", "region", "t"])


def unexplained_wedges(calibration: Calibration) -> pd.DataFrame:
    """Return the flows of 2024 whose price gap known costs do not explain: |wedge| above 15 % of the price.

    Columns ``id, base_t, price_from, price_to, known_cost, tax, wedge, wedge_share``.
    """
    r = calibration.routes
    r = r[r["base_t"] > 0].assign(wedge_share=lambda x: x["wedge"] / x["price_to"])
    names = ["id", "base_t", "price_from", "price_to", "known_cost", "tax", "wedge", "wedge_share"]
    big = r[r["wedge_share"].abs() > _UNEXPLAINED]
    return big.sort_values("base_t", ascending=False, kind="stable")[names].reset_index(drop=True)
