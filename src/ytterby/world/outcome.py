"""What came out? Scenario beside baseline, as tables, with bands over the draws and the share that agrees in sign.

Units: prices USD/kg, flows t a year, shares of base-year use. ``low`` and ``high`` are the 10th and 90th percentile
of the draws (None without draws); ``sign_share`` is the share of draws whose change has the sign of the central
change.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ytterby import atlas
from ytterby.market import Equilibrium
from ytterby.world._tracing import CLEAN

__all__ = [
    "BAND",
    "Outcome",
    "flow_table",
    "held_permits",
    "moved",
    "paid_prices",
    "price_table",
    "scarce_prices",
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
        ``end_use, region, baseline, share, low, high, weeks_of_cover, sign_share, scarcest``: the part of what is used
        at the prices of 2024 (at base value) that is not bought at the baseline's prices (none in 2024) and at the
        scenario's; `scarcest` is the material with the largest gap (None where none is missing), `weeks_of_cover` how
        long stocks last if they fill alone what the scenario adds.
        Region ``WLD_exCHN`` sums all but China.
    gains
        ``region, consumer, producer, government, rent, total``: change of each surplus against the baseline in million
        USD a year; None where a surplus has no bound (see `ytterby.world.gains`).
    why
        Sentences that say what drives the result.
    not_modelled
        ``{measure, reason}``.
    residual
        Worst relative residual of the scenario's equilibrium, recomputed outside of the solver.
    draws
        Number of draws behind the bands; those without an equilibrium are counted in `not_modelled`.
    """

    run_id: str
    name: str
    title: str
    question: str
    year: float
    measures: tuple[str, ...]
    assumptions: list[dict[str, Any]]
    baseline: Equilibrium
    scenario: Equilibrium
    prices: pd.DataFrame
    flows: pd.DataFrame
    shortages: pd.DataFrame
    gains: pd.DataFrame
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
            "gains": self.gains.to_dict("records"),
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
    value: dict[tuple[str, str], float] = {}
    bought: dict[tuple[str, str], float] = {}
    scarce: dict[tuple[str, str], float] = {}
    for place, price, quantity in _purchases(equilibrium):
        value[place] = value.get(place, 0.0) + price * quantity
        bought[place] = bought.get(place, 0.0) + quantity
        scarce[place] = max(scarce.get(place, price), price)
    rent = _rents(equilibrium, permits or {})
    leaves: dict[tuple[str, str], float] = {}
    for (c, i, _), t in moved(equilibrium).items() if rent else ():
        leaves[c, i] = leaves.get((c, i), 0.0) + t
    keys = sorted(bought)
    paid = [value[k] / bought[k] - rent.get(k, 0.0) / (bought[k] + leaves.get(k, 0.0)) for k in keys]
    return pd.DataFrame(
        {"paid": paid, "scarce": [scarce[k] for k in keys], "quantity_t": [bought[k] for k in keys]},
        index=pd.MultiIndex.from_tuples(keys, names=["commodity", "region"]),
    )


def scarce_prices(equilibrium: Equilibrium) -> dict[tuple[str, str], float]:
    """Return the highest price at which a segment buys, by (commodity, region)."""
    scarce: dict[tuple[str, str], float] = {}
    for place, price, _ in _purchases(equilibrium):
        scarce[place] = max(scarce.get(place, price), price)
    return scarce


def _purchases(equilibrium: Equilibrium) -> Iterator[tuple[tuple[str, str], float, float]]:
    """Yield the place, price and tonnes of what each segment buys, clean copies left out."""
    columns = (equilibrium.tables["price_paid"][c] for c in ("commodity", "region", "segment", "price", "quantity"))
    for c, r, segment, price, quantity in zip(*columns, strict=True):
        # "*" repeats the sum of the segments; what nobody buys has no price paid
        if segment == "*" or not quantity > 1e-9 or c.endswith(CLEAN) or c.startswith(("service:", "product.")):
            continue
        yield (c, r), price, quantity


def _rents(equilibrium: Equilibrium, permits: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """Return what permits are worth in thousand USD, by (commodity, importing region)."""
    worth: dict[tuple[str, str], float] = {}
    if not permits:
        return worth
    m = equilibrium.tables["measures"]
    for name, region, rent in zip(m["id"], m["region"], m["rent"], strict=True):
        if name in permits and rent:
            key = (permits[name], region)
            worth[key] = worth.get(key, 0.0) + rent
    return worth


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
    found = moved(equilibrium)
    index = pd.MultiIndex.from_tuples(found, names=["commodity", "from", "to"])
    return pd.Series(list(found.values()), index=index, name="quantity").sort_index()


def moved(equilibrium: Equilibrium) -> dict[tuple[str, str, str], float]:
    """Return the same as a plain dict."""
    found: dict[tuple[str, str, str], float] = {}
    f = equilibrium.tables["flows"]
    for c, i, j, t in zip(f["commodity"], f["from"], f["to"], f["quantity"], strict=True):
        key = (c.removesuffix(CLEAN), i, j)
        found[key] = found.get(key, 0.0) + t
    return found


def unserved_shares(equilibrium: Equilibrium, demands: pd.DataFrame) -> pd.DataFrame:
    """Return, by (end_use, region), the share of base-year use not bought, and the material with the largest gap.

    share = 1 - sum p0 q1 / sum p0 q0 over the materials of the end use, at base prices p0.

    Parameters
    ----------
    equilibrium
        Any equilibrium of the world.
    demands
        The calibration's demands; ``base_t`` is what is bought at base prices in the equilibrium's period.
    """
    bought: dict[str, float] = {}
    for name, quantity in zip(
        equilibrium.tables["demand"]["id"], equilibrium.tables["demand"]["quantity"], strict=True
    ):
        name = name.partition("|")[0]
        bought[name] = bought.get(name, 0.0) + quantity
    value: dict[tuple[str, str], list[float]] = {}
    tonnes: dict[tuple[str, str], dict[str, list[float]]] = {}
    columns = (demands[c].tolist() for c in ("id", "end_use", "region", "commodity", "base_t", "price"))
    for name, use, region, commodity, before, price in zip(*columns, strict=True):
        now = bought.get(name, 0.0)
        for place in (region,) if region == "CHN" else (region, "WLD_exCHN"):
            sums = value.setdefault((use, place), [0.0, 0.0])
            part = tonnes.setdefault((use, place), {}).setdefault(commodity, [0.0, 0.0])
            for held, unit in ((sums, price), (part, 1.0)):
                held[0] += before * unit
                held[1] += now * unit
    keys = sorted(value)
    share = [round(max(1.0 - value[k][1] / value[k][0], -1.0), 9) + 0.0 for k in keys]
    gaps = [max(((1.0 - now / before, c) for c, (before, now) in tonnes[k].items()), key=lambda g: g[0]) for k in keys]
    return pd.DataFrame(
        {
            "share": share,
            "scarcest": pd.Series([c if gap > _LEAST_GAP else None for gap, c in gaps], dtype=object).to_numpy(),
            "scarcest_share": [gap for gap, _ in gaps],
        },
        index=pd.MultiIndex.from_tuples(keys, names=["end_use", "region"]),
    )


def shortage_table(baseline: pd.DataFrame, central: pd.DataFrame, draws: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the table of shortages with bands over the draws and the weeks that stocks would cover what is added.

    Each argument is a table of `unserved_shares`.
    """
    before = baseline["share"].reindex(central.index)
    added = central["share"] - before
    bands = _bands(added, [d["share"] - before for d in draws], pd.Series(0.0, index=central.index))
    table = central.assign(baseline=before, **bands)
    if draws:
        table[["low", "high"]] = table[["low", "high"]].add(before, axis=0)
    stocks = _weeks_of_stock()
    cover = []
    for use, region, share in added.reset_index().itertuples(index=False):
        weeks = stocks.get((use, region), stocks.get((use, "WLD")))
        cover.append(weeks / share if weeks is not None and share > _LEAST_SHARE else None)
    table["weeks_of_cover"] = pd.array(cover, dtype="Float64")
    names = ["baseline", "share", "low", "high", "weeks_of_cover", "sign_share", "scarcest", "scarcest_share"]
    told = {"weeks_of_cover": object, "scarcest": object}
    return table[names].astype(told).where(lambda x: x.notna(), None).reset_index()


@functools.cache
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
