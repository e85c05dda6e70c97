"""What does it cost to move a commodity from one region to another, as far as sources tell?

Freight and transaction cost from the atlas table `costs`, and the base year's taxes on trade: China's export VAT (not
refunded on oxides and metals) and most-favoured-nation duties, as specific amounts at base prices.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import pandas as pd

from ytterby import atlas
from ytterby.world import _files

__all__ = ["base_taxes", "freight", "tax_on"]

_AIR = frozenset({"Dy", "Tb", "Sm"})
_MAGNET_LIKE = frozenset({"magnet", "product", "scrap"})


class _Freight:
    """Central freight in USD/kg by commodity class and lane, from the rows `kind = freight` of the table `costs`."""

    def __init__(self) -> None:
        costs = atlas.table("costs")
        rows = costs[costs["kind"] == "freight"]
        self.usd_per_kg = {(r["item"], r["from"], r["to"]): float(r["central"]) for r in rows.to_dict("records")}
        transaction = costs[(costs["kind"] == "transaction") & (costs["item"] == "any")]
        self.transaction = float(transaction["central"].iloc[0]) / 100
        self.eu = frozenset(atlas.group("EU27"))
        self.asia = frozenset(atlas.group("Asia"))
        self.neighbours = frozenset(atlas.group("CHN_neighbours"))

    def __call__(self, commodity: str, origin: str, destination: str) -> float:
        kind, _, element = commodity.partition(".")
        find = self.usd_per_kg
        if kind == "ore":
            item = "ore (bulk bags in containers)"
            if origin in self.neighbours and destination == "CHN":
                return find[item, "CHN_neighbours", "CHN"]
            return find.get((item, origin, destination), find[item, "other", "other"])
        if kind in ("oxide", "metal") and element in _AIR:
            return find["heavy oxide and metal (air)", "any", "any"]
        if kind == "metal":
            return find["metal NdPr, LaCe", "any", "any"]
        item = "magnet" if kind in _MAGNET_LIKE else "oxide and carbonate"
        if {origin, destination} <= self.asia:
            return find[item, "Asia", "Asia"]
        # long-haul lanes other than those quoted are given the rate of China to Europe
        area = "EU27" if destination in self.eu else destination
        return find.get((item, origin, area), find[item, "CHN", "EU27"])


@functools.cache
def _rates() -> _Freight:
    return _Freight()


def freight(routes: pd.DataFrame, value: pd.Series) -> pd.Series:
    """Return freight plus transaction cost in USD/kg for each row of `routes`.

    Parameters
    ----------
    routes
        Columns ``commodity``, ``from``, ``to``.
    value
        Value of the good in USD/kg, for the transaction cost (a share of value).
    """
    rate = _rates()
    lanes = [rate(c, i, j) for c, i, j in zip(routes["commodity"], routes["from"], routes["to"], strict=True)]
    return pd.Series(lanes, index=routes.index) + rate.transaction * value


def base_taxes(prices: dict[str, float], exvat: dict[str, float], regions: Iterable[str]) -> list[dict[str, Any]]:
    """Return the base year's taxes on trade as measures of the network format.

    Parameters
    ----------
    prices, exvat
        FOB China and Chinese domestic price ex VAT by commodity, USD/kg.
    regions
        All regions of the model.

    Notes
    -----
    Ad valorem rates are written as specific amounts at base prices, so that the base year stays a quadratic program.
    """
    measures: list[dict[str, Any]] = []
    for commodity, fob in prices.items():
        wedge = fob - exvat.get(commodity, fob)
        if wedge > 1e-9:
            measures.append(
                {
                    "id": f"base.vat.{commodity}",
                    "instrument": "export_tax",
                    "commodity": commodity,
                    "exporter": "CHN",
                    "specific": wedge,
                }
            )
    for (importer, commodity), rate in sorted(_duty_rates(prices).items()):
        members = list(atlas.group(importer)) if importer == "EU27" else [importer]
        if rate > 0:
            measures.append(
                {
                    "id": f"base.mfn.{importer}.{commodity}",
                    "instrument": "import_tariff",
                    "commodity": commodity,
                    "importer": members,
                    "exporter": [r for r in regions if r not in members],
                    "specific": rate * prices[commodity],
                }
            )
    return measures


def _duty_rates(commodities: Iterable[str]) -> dict[tuple[str, str], float]:
    """Most-favoured-nation rate by (importer, commodity); a row for one commodity goes before one for its kind."""
    costs = atlas.table("costs")
    duty = costs[(costs["kind"] == "tariff") & (costs["from"] == "any")]
    rate = {(r["to"], r["item"]): float(r["central"]) / 100 for r in duty.to_dict("records")}
    rows = [r for _, r in _files.rows("base_duties.csv", ("importer", "commodity", "costs_item"))]
    by_name = {(r["importer"], r["commodity"]): rate[r["importer"], r["costs_item"]] for r in rows}
    importers = sorted({r["importer"] for r in rows})
    rates = {}
    for importer in importers:
        for commodity in commodities:
            for name in (commodity, commodity.partition(".")[0]):
                if (importer, name) in by_name:
                    rates[importer, commodity] = by_name[importer, name]
                    break
    return rates


def tax_on(routes: pd.DataFrame, taxes: Iterable[dict[str, Any]]) -> pd.Series:
    """Return the sum of specific taxes on each row of `routes` (``commodity``, ``from``, ``to``), USD/kg."""
    export = {m["commodity"]: m["specific"] for m in taxes if m["instrument"] == "export_tax"}
    duty = {
        (m["commodity"], importer): (m["specific"], frozenset(m["exporter"]))
        for m in taxes
        if m["instrument"] == "import_tariff"
        for importer in m["importer"]
    }
    total = []
    for c, i, j in zip(routes["commodity"], routes["from"], routes["to"], strict=True):
        rate, exporters = duty.get((c, j), (0.0, frozenset()))
        total.append((export.get(c, 0.0) if i == "CHN" else 0.0) + (rate if i in exporters else 0.0))
    return pd.Series(total, index=routes.index, dtype=float)
