"""What came out? Scenario beside baseline, as tables, with bands over the draws and the share that agrees in sign.

Units: prices USD/kg, flows t a year, shares of base-year use. ``low`` and ``high`` are the 10th and 90th percentile
of the draws (None without draws); ``sign_share`` is the share of draws whose change has the sign of the central
change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ytterby import atlas
from ytterby.market import Equilibrium
from ytterby.world._tracing import CLEAN
from ytterby.world.calibration import Calibration

__all__ = [
    "BAND",
    "Outcome",
    "flow_table",
    "held_permits",
    "paid_prices",
    "price_table",
    "shortage_table",
    "trade",
    "unserved_shares",
]

BAND = (10.0, 90.0)
"""Percentiles of the band."""

_LEAST_SHARE = 0.01
"""Below this shortage the weeks that a stock lasts say nothing."""

_LEAST_GAP = 1e-3
"""Below this share a segment's price is that of all; below this share a material is not scarce."""

_SECTORS = {"ev_motor": "ev", "semiconductor": "semiconductor", "defence": "military"}


@dataclass(frozen=True)
class Outcome:
    """The result of a scenario.

    Attributes
    ----------
    run_id
        Hash of all that the result depends on.
    measures
        What was imposed, as ``limb[@from..to]``.
    assumptions
        Every number used that the law does not give: ``name, scope, value, low, high, unit, source, url, quality,
        note``.
    prices
        ``commodity, region, baseline, scenario, low, high, sign_share, spot, quantity_t``: the volume-weighted price
        paid (licence holders pay the ordinary price), the price of those who compete for what is left (`spot`; None
        where there is one price), and the tonnes bought in the base year, by which a reader may rank.
    flows
        ``commodity, from, to, baseline_t, scenario_t``.
    shortages
        ``end_use, region, share, low, high, weeks_of_cover, sign_share, scarcest``: the part of base-year use (at
        base value) that is not bought at the scenario's prices; `scarcest` is the material with the largest gap (None
        where none is missing), `weeks_of_cover` how long stocks last if they fill the gap alone.
        Region ``WLD_exCHN`` sums all but China.
    why
        Sentences that say what drives the result.
    not_modelled
        ``{measure, reason}``.
    residual
        Worst relative residual of the scenario's equilibrium, recomputed outside of the solver.
    draws
        Number of draws behind the bands.
    """

    run_id: str
    name: str
    title: str
    question: str
    year: int
    measures: tuple[str, ...]
    assumptions: list[dict[str, Any]]
    baseline: Equilibrium
    scenario: Equilibrium
    prices: pd.DataFrame
    flows: pd.DataFrame
    shortages: pd.DataFrame
    why: list[str]
    not_modelled: list[dict[str, str]]
    residual: float
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario's equilibrium as the public record, with what the world adds to it."""
        return {
            **self.scenario.to_dict(),
            "run_id": self.run_id,
            "scenario": {"name": self.name, "title": self.title, "year": self.year, "measures": list(self.measures)},
            "assumptions": self.assumptions,
            "comparison": self.prices.to_dict("records"),
            "trade": self.flows.to_dict("records"),
            "shortages": self.shortages.to_dict("records"),
            "why": self.why,
            "not_modelled": self.not_modelled,
            "draws": self.draws,
        }


def held_permits(network: Mapping[str, Any]) -> dict[str, str]:
    """Return the permits of a network whose value stays with the importer: measure id to commodity."""
    held = {}
    for m in network["measures"]:
        if m["instrument"] == "licence" and m.get("rent_to") == "importer":
            goods = m["commodity"]
            held[str(m["id"])] = goods if isinstance(goods, str) else str(goods[0])
    return held


def paid_prices(equilibrium: Equilibrium, permits: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return by (commodity, region) the price paid, the price of scarcity, and the tonnes bought.

    Parameters
    ----------
    equilibrium
        Any equilibrium of the world.
    permits
        Permits whose holders are the importers (see `held_permits`).

    Returns
    -------
    DataFrame
        ``paid``: volume-weighted over segments, less what permits are worth to those who hold them,

            paid = (sum_s p_s q_s) / (sum_s q_s) - rent / (sum_s q_s + re-exports),

        in USD/kg. ``scarce``: the highest price at which a segment buys, or the market price where permits bind; the
        same as ``paid`` where there is one price. ``quantity_t``: tonnes bought, clean copies left out.
    """
    p = equilibrium.price_paid
    p = p[~p["commodity"].str.endswith(CLEAN) & ~p["commodity"].str.startswith(("service:", "product."))]
    p = p[(p["quantity"] > 1e-9) & p["price"].notna()]
    keys = ["commodity", "region"]
    is_total = p["segment"] == "*"
    totals, parts = p[is_total].set_index(keys), p[~is_total]
    alone = parts.drop_duplicates(keys).set_index(keys)
    table = totals[["price", "quantity"]].combine_first(alone[["price", "quantity"]])
    table["scarce"] = parts.groupby(keys)["price"].max()
    leaves = trade(equilibrium).groupby(["commodity", "from"]).sum()
    rent = _rents(equilibrium, permits or {})
    moved = table["quantity"] + leaves.reindex(table.index).fillna(0.0).to_numpy()
    table["paid"] = table["price"] - rent.reindex(table.index).fillna(0.0) / moved
    return table.rename(columns={"quantity": "quantity_t"})[["paid", "scarce", "quantity_t"]].sort_index()


def _rents(equilibrium: Equilibrium, permits: Mapping[str, str]) -> pd.Series:
    """Return what permits are worth in thousand USD, by (commodity, importing region)."""
    m = equilibrium.measures
    m = m[m["id"].isin(permits) & m["rent"].notna()]
    return m.groupby([m["id"].map(permits), "region"])["rent"].sum().astype(float)


def flow_table(baseline: Equilibrium, scenario: Equilibrium) -> pd.DataFrame:
    """Return trade side by side."""
    return (
        pd.concat([trade(baseline).rename("baseline_t"), trade(scenario).rename("scenario_t")], axis=1)
        .fillna(0.0)
        .query("baseline_t > 1e-3 or scenario_t > 1e-3")
        .sort_index()
        .reset_index()
    )


def trade(equilibrium: Equilibrium) -> pd.Series:
    """Return tonnes traded by (commodity, from, to); clean copies are added to their commodity."""
    f = equilibrium.flows.assign(commodity=lambda x: x["commodity"].str.removesuffix(CLEAN))
    return f.groupby(["commodity", "from", "to"])["quantity"].sum()


def unserved_shares(equilibrium: Equilibrium, calibration: Calibration) -> pd.DataFrame:
    """Return, by (end_use, region), the share of base-year use not bought, and the material with the largest gap.

    share = 1 - sum p0 q1 / sum p0 q0 over the materials of the end use, at base prices p0.
    """
    d = calibration.demands
    bought = (
        equilibrium.demand.assign(id=equilibrium.demand["id"].str.partition("|")[0]).groupby("id")["quantity"].sum()
    )
    t = d.assign(now_t=bought.reindex(d["id"]).fillna(0.0).to_numpy())
    t["gap"] = 1.0 - t["now_t"] / t["base_t"]
    t["value"], t["now"] = t["base_t"] * t["price"], t["now_t"] * t["price"]
    outside = t[t["region"] != "CHN"].assign(region="WLD_exCHN")
    t = pd.concat([t, outside], ignore_index=True)
    keys = ["end_use", "region"]
    sums = t.groupby(keys)[["value", "now"]].sum()
    worst = t.groupby([*keys, "commodity"])[["base_t", "now_t"]].sum()
    worst["gap"] = 1.0 - worst["now_t"] / worst["base_t"]
    most = worst["gap"].groupby(level=[0, 1])
    scarcest = most.idxmax().map(lambda k: k[2]).astype(object).where(most.max() > _LEAST_GAP, None)
    share = (1.0 - sums["now"] / sums["value"]).clip(lower=-1.0).round(9) + 0.0
    return pd.DataFrame({"share": share, "scarcest": scarcest, "scarcest_share": most.max()})


def shortage_table(central: pd.DataFrame, draws: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the table of shortages with bands over the draws and the weeks that stocks would cover the gap."""
    table = central.assign(**_bands(central["share"], [d["share"] for d in draws], pd.Series(0.0, index=central.index)))
    stocks = _weeks_of_stock()
    cover = []
    for use, region, share in table["share"].reset_index().itertuples(index=False):
        weeks = stocks.get((use, region), stocks.get((use, "WLD")))
        cover.append(weeks / share if weeks is not None and share > _LEAST_SHARE else None)
    table["weeks_of_cover"] = pd.array(cover, dtype="Float64")
    names = ["share", "low", "high", "weeks_of_cover", "sign_share", "scarcest", "scarcest_share"]
    return table[names].astype({"weeks_of_cover": object}).where(lambda x: x.notna(), None).reset_index()


def _weeks_of_stock() -> Mapping[tuple[str, str], float]:
    stocks = atlas.table("stocks")
    sector = {v: k for k, v in _SECTORS.items()}
    rows = stocks[stocks["sector"].isin(list(sector)) & stocks["weeks_mid"].notna() & stocks["preferred"]]
    found: dict[tuple[str, str], float] = {}
    for r in rows.to_dict("records"):
        if "magnet" in r["item"]:  # cover of oxides says nothing about the magnets that stop a line
            found.setdefault((sector[r["sector"]], r["region"]), float(r["weeks_mid"]))
    return found


def price_table(baseline: pd.DataFrame, scenario: pd.DataFrame, draws: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return prices paid side by side with bands over the draws; each argument is a table of `paid_prices`."""
    table = pd.DataFrame({"baseline": baseline["paid"], "scenario": scenario["paid"]}).dropna()
    table = table[table["baseline"] > 0]
    table = table.assign(**_bands(table["scenario"], [d["paid"] for d in draws], table["baseline"]))
    scarce = scenario["scarce"].reindex(table.index)
    table["spot"] = scarce.where(scarce > table["scenario"] * (1.0 + _LEAST_GAP), np.nan).astype(object)
    table["spot"] = table["spot"].where(table["spot"].notna(), None)
    table["quantity_t"] = baseline["quantity_t"].reindex(table.index)
    return table[["baseline", "scenario", "low", "high", "sign_share", "spot", "quantity_t"]].reset_index()


def _bands(central: pd.Series, draws: Sequence[pd.Series], reference: pd.Series) -> dict[str, Any]:
    if not draws:
        return {"low": None, "high": None, "sign_share": None}
    sample = pd.concat([d.reindex(central.index) for d in draws], axis=1)
    low, high = (sample.quantile(p / 100.0, axis=1) for p in BAND)
    scale = reference.abs().where(reference != 0.0, 1.0)
    sign = _sign((central - reference) / scale)
    drawn = _sign(sample.sub(reference, axis=0).div(scale, axis=0))
    return {"low": low, "high": high, "sign_share": drawn.eq(sign, axis=0).mean(axis=1)}


def _sign(change: Any) -> Any:
    # changes below a hundred-thousandth are rounding, not signs
    return np.sign(change.where(change.abs() >= 1e-5, 0.0).where(change.notna()))
