"""The export quota of 2010 to 2012 as a market of its own: China and the rest of the world, one basket of oxides.

Year by year, each solved by the kernel. Demand in either region adjusts in part (Koyck):

    ln Q_t = (1 - l) ln Q_t-1 + l (ln Q_0 - E (ln P_t - ln P_0)),

so that the year's curve is isoelastic with the short-run elasticity ``e = l E`` and moves with what was bought the year
before; 2009 is the base. China's output and the mines outside are given; exports bear the export tax (an amount at base
prices, as everywhere in the world) and are held to what customs recorded in the years of the fit, then to the quota.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ytterby.errors import DataError
from ytterby.market import solve
from ytterby.world.backtest._observations import Observation

__all__ = ["Inputs", "Parameters", "inputs", "simulate"]

BASE = 2009
REGIONS = ("CHN", "ROW")


@dataclass(frozen=True)
class Parameters:
    """What is fitted: elasticities of demand within the year and in the long run, the same in both regions."""

    short_run: float
    long_run: float

    @property
    def adjustment(self) -> float:
        """The share of the long run that a year brings."""
        return self.short_run / self.long_run


@dataclass(frozen=True)
class Inputs:
    """What the market of each year is given.

    Attributes
    ----------
    price
        Price outside China in the base year, USD/kg.
    exports
        China's exports in the base year, t.
    output
        (year, region) to t, for the years in which it is known; the last known holds on, the first holds before.
    tax
        Year to the export tax as a share of the price before it.
    limit
        Year to the most that leaves China, t; a year without one is free.
    """

    price: float
    exports: float
    output: dict[tuple[int, str], float]
    tax: dict[int, float]
    limit: dict[int, float]

    def made(self, region: str, year: int) -> float:
        """Return the output of a region, t."""
        known = sorted(y for y, r in self.output if r == region)
        if not known:
            raise DataError(f"no output of {region} is given")
        return self.output[max((y for y in known if y <= year), default=known[0]), region]

    def limited_to(self, limit: dict[int, float]) -> Inputs:
        """Return the same with other limits, such as the law's quota alone."""
        return dataclasses.replace(self, limit=dict(limit))


def inputs(given: Iterable[Observation]) -> Inputs:
    """Return what observations in the role ``given`` say of the market."""
    rows = [o for o in given if o.role == "given"]

    def series(variable: str) -> dict[int, float]:
        return {o.year: o.value for o in rows if o.variable == variable}

    recorded, quota = series("exports"), series("export_quota")
    return Inputs(
        price=series("unit_value")[BASE],
        exports=recorded[BASE],
        output={(o.year, o.region): o.value for o in rows if o.variable == "output"},
        tax={y: v / 100 for y, v in series("export_tax").items()},
        limit={y: recorded.get(y, q) for y, q in quota.items()},
    )


def simulate(
    market: Inputs, parameters: Parameters, years: Sequence[int], *, bought: dict[str, float] | None = None
) -> pd.DataFrame:
    """Return prices and exports of consecutive years.

    Parameters
    ----------
    market
        What each year is given.
    parameters
        Elasticities.
    years
        Consecutive years; the first follows on `bought`.
    bought
        What each region bought the year before; the base year's if left out.

    Returns
    -------
    DataFrame
        By year: ``inside``, ``outside`` (USD/kg), ``ratio``, ``exports``, ``bought_CHN``, ``bought_ROW`` (t), ``rent``
        (what the right to export is worth, USD/kg).
    """
    base = _base_quantities(market)
    prices = {"CHN": market.price / (1 + market.tax[BASE]), "ROW": market.price}
    before = dict(bought or base)
    rows = []
    for year in years:
        found = solve(_network(market, parameters, year, base, prices, before))
        price = dict(zip(found.prices["region"], found.prices["price"].tolist(), strict=True))
        before = dict(zip(found.demand["id"], found.demand["quantity"].tolist(), strict=True))
        held = found.measures[found.measures["id"] == "quota"]
        rent = float(held["wedge"].sum())
        exports = float(found.flows["quantity"].sum())
        rows.append(
            (year, price["CHN"], price["ROW"], price["ROW"] / price["CHN"], exports, before["CHN"], before["ROW"], rent)
        )
    columns = ["year", "inside", "outside", "ratio", "exports", "bought_CHN", "bought_ROW", "rent"]
    return pd.DataFrame(rows, columns=columns).set_index("year")


def _base_quantities(market: Inputs) -> dict[str, float]:
    made = {r: market.made(r, BASE) for r in REGIONS}
    return {"CHN": made["CHN"] - market.exports, "ROW": made["ROW"] + market.exports}


def _network(
    market: Inputs,
    parameters: Parameters,
    year: int,
    base: dict[str, float],
    prices: dict[str, float],
    before: dict[str, float],
) -> dict[str, Any]:
    good, e, share = "oxide.REO", parameters.short_run, parameters.adjustment
    tax = market.tax.get(year, 0.0) * prices["CHN"]
    demands = []
    for r in REGIONS:
        level = (1 - share) * np.log(before[r]) + share * np.log(base[r]) + e * np.log(prices[r])
        curve = {"form": "isoelastic", "scale": float(np.exp(level)), "elasticity": e}
        demands.append({"id": r, "commodity": good, "region": r, "curve": curve})
    measures: list[dict[str, Any]] = []
    if tax:
        measures.append(
            {"id": "tax", "instrument": "export_tax", "commodity": good, "exporter": "CHN", "specific": tax}
        )
    if year in market.limit:
        measures.append(
            {"id": "quota", "instrument": "export_quota", "commodity": good, "exporter": "CHN",
             "quantity": market.limit[year]}
        )  # fmt: skip
    return {
        "format": "ytterby-network/1",
        "periods": [{"id": str(year), "start": f"{year}-01-01"}],
        "supplies": [
            {"id": r, "commodity": good, "region": r, "curve": {"form": "fixed", "quantity": market.made(r, year)}}
            for r in REGIONS
        ],
        "demands": demands,
        "routes": [{"id": "sea", "commodity": good, "from": "CHN", "to": "ROW"}],
        "measures": measures,
    }
