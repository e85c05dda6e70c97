"""How is the base year turned into a network whose equilibrium it is?

Positive mathematical programming (Howitt 1995): every activity that ran in 2024 gets a rising marginal cost that
equals its price gap at the observed level, with a slope from an elasticity:

- route ``i -> j``: marginal cost ``cost + slope q`` with ``slope = p_j / (sigma q0)`` and ``cost + slope q0 = p_j -
  p_i - tax``;
- mine, recycling: ``slope = r / (eta x0)`` with ``r`` the net revenue; separation, metal, magnet: ``slope = gamma c /
  x0``; the level of the line is the net revenue per unit at base prices, so that a rent or a loss of 2024 stays what
  it was;
- substitution of magnets without heavy rare earths for those with: ``slope = p / (sigma q0)``, idle at base prices;
- demand: ``Q = q0 (1 + e) - (e q0 / p0) P``, nothing above the choke price (a multiple of ``p0`` seen in 2025).

Activities that did not run in 2024 cost at least what kept them out. Units: t, USD/kg, so money is in thousand USD.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ytterby import atlas
from ytterby.errors import InputError
from ytterby.world._prices import regional_prices
from ytterby.world._trade_costs import base_taxes, freight, tax_on
from ytterby.world.calibration import Calibration, Recipes, used
from ytterby.world.parameters import names_for

__all__ = ["MOTOR_USES", "YEARS", "calibrate", "capacity_at"]

MOTOR_USES = ("appliances_hvac", "auto_other", "ev_motor", "industrial_motor_robotics")
"""End uses whose NdFeB magnets sit in a motor that can itself be traded."""

YEARS = (2024, 2026, 2028, 2030)
"""Years for which the atlas holds capacities."""

_MOTOR_MAGNETS = ("magnet.ndfeb", "magnet.ndfeb_hd")

_ROUNDING_T = 1e-6
"""Below this many tonnes a place closes."""


def calibrate(
    year: float = 2024, capacity: Mapping[str, float] | None = None, *, pace_after_2030: float = 1.0
) -> Calibration:
    """Return the calibration of the base year, or of a later year's capacities and demand.

    Parameters
    ----------
    year
        From 2024 on; a fraction is a time within a year. Demand grows at the atlas' rate; a plant that grows keeps its
        cost line, stretched; a plant that did not exist in 2024 enters at its unit cost.
    capacity
        Capacity by activity (``process@region``) in its unit; default: `capacity_at` the year, up to 2030.
    pace_after_2030
        Growth of demand after 2030 over its rate before.

    Raises
    ------
    InputError
        If the atlas holds no capacities for `year`.

    Examples
    --------
    >>> base = calibrate()
    >>> round(float(base.prices["oxide.NdPr", "CHN"]), 3)
    48.673
    """
    if capacity is None:
        capacity = capacity_at(year)
    return _Builder(int(year) if year == int(year) else year, capacity, pace_after_2030).build()


def capacity_at(year: float) -> dict[str, float]:
    """Return the atlas' capacity by activity at a time, linear between the years of `YEARS`.

    Raises
    ------
    InputError
        A time before the first or after the last of `YEARS`.

    Examples
    --------
    >>> [capacity_at(year)["mine.mount_weld@AUS"] for year in (2024, 2025, 2026, 2026.5)]
    [30000.0, 39500.0, 49000.0, 50750.0]
    """
    if not YEARS[0] <= year <= YEARS[-1]:
        raise InputError(f"no capacities for the year {year:g}", hint=f"valid: {YEARS[0]} to {YEARS[-1]}")
    table = atlas.table("capacity")
    after = max(int(np.searchsorted(YEARS, year)), 1)
    first, last = YEARS[after - 1], YEARS[after]
    now, then = (table[f"capacity_{y}"].to_numpy(float) for y in (first, last))
    part = (year - first) / (last - first)
    level = now if part == 0.0 else then if part == 1.0 else now + part * (then - now)
    return dict(zip(table["process"] + "@" + table["region"], level.tolist(), strict=True))


@functools.cache
def _tables(name: str) -> pd.DataFrame:
    """Return a table of the atlas, read once, not to be changed; words are plain objects, quicker to go through."""
    return _plain(atlas.table(name))


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    words = [c for c in table.columns if isinstance(table[c].dtype, pd.StringDtype)]
    return table.astype(dict.fromkeys(words, object))


@dataclass(frozen=True)
class _Observed:
    """What was observed in 2024 and does not depend on capacities."""

    fob: dict[str, float]
    exvat: dict[str, float]
    taxes: list[dict[str, Any]]
    flows: pd.DataFrame
    prices: pd.Series


@functools.lru_cache(maxsize=16)
def _observed(regions: tuple[str, ...]) -> _Observed:
    """Return the flows of 2024 with their costs and taxes, and the prices that explain them best."""
    commodities = atlas.table("commodities").set_index("commodity")
    priced = commodities[commodities["base_price_usd_per_kg"].notna()]
    fob = {str(k): float(v) for k, v in priced["base_price_usd_per_kg"].items()}
    exvat = {str(k): float(v) for k, v in priced["base_price_china_exvat_usd_per_kg"].items()}
    taxes = base_taxes(fob, exvat, regions)
    flows = atlas.table("flows")[["commodity", "from", "to", "t"]].assign(known_cost=0.0)
    flows["known_cost"] = freight(flows, flows["commodity"].map(fob))
    flows["tax"] = tax_on(flows, taxes)
    balance = atlas.table("balance").set_index(["commodity", "region"])
    prices = regional_prices(
        flows.assign(k=flows["known_cost"] + flows["tax"]),
        balance["production_t"],
        balance["intermediate_use_t"] + balance["final_use_t"],
        fob,
        exvat,
    )
    # a by-product with some of it thrown away has the price zero there
    prices[balance.index[balance["unsold_t"] > 0.5].intersection(prices.index)] = 0.0
    return _Observed(fob, exvat, taxes, _plain(flows), prices)


class _Builder:
    def __init__(self, year: float, capacity: Mapping[str, float], pace_after_2030: float) -> None:
        self.year, self.pace_after_2030 = year, pace_after_2030
        recipes, self.stage = _recipes()
        self.recipes = dict(recipes)
        table = _tables("capacity").copy()
        table["capacity_now"] = (table["process"] + "@" + table["region"]).map(capacity)
        self.capacity = table[table["capacity_now"] > 0]
        self.demand = _tables("demand")
        active = {*self.capacity["region"], *self.demand.loc[self.demand["quantity_t"] > 0, "region"]}
        observed = _observed(tuple(r for r in _tables("regions")["region"] if r in active))
        self.fob, self.taxes, self.flows = observed.fob, observed.taxes, observed.flows
        self.prices = observed.prices

    def build(self) -> Calibration:
        prices = self._complete(self.prices)
        demands, motors = self._demands(prices)
        prices = pd.concat(
            [
                prices,
                demands[demands["commodity"].str.startswith("product.")].set_index(["commodity", "region"])["price"],
            ]
        ).sort_index()
        activities = pd.concat([self._activities(prices), motors], ignore_index=True)
        stocks = self._stocks(prices)
        routes = self._routes(self.flows, prices, activities, demands)
        return Calibration(self.year, prices, demands, activities, self.recipes, routes, stocks, self.taxes)

    def _complete(self, prices: pd.Series) -> pd.Series:
        """Give a price to what idle plants could make or need and to users without a recorded source."""
        wanted = set(zip(self.demand["commodity"], self.demand["region"], strict=True))
        for process, region in zip(self.capacity["process"], self.capacity["region"], strict=True):
            inputs, outputs = self.recipes[process]
            wanted |= {(c, region) for c in (*inputs, *outputs)}
        missing = sorted(wanted - set(prices.index))
        frame = pd.DataFrame(missing, columns=["commodity", "to"]).assign(**{"from": "CHN"})
        value = frame["commodity"].map(self.fob)
        level = np.where(value > 0, value + freight(frame, value), 0.0)
        extra = pd.Series(level, index=pd.MultiIndex.from_tuples(missing, names=prices.index.names))
        whole: pd.Series = pd.concat([prices, extra]).sort_index()
        return whole

    def _demands(self, prices: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
        demand = self.demand
        rate = demand["growth_pct_per_year_to_2030"] / 100
        last = YEARS[-1]
        growth = (1 + rate) ** (min(self.year, last) - YEARS[0])
        growth *= (1 + self.pace_after_2030 * rate) ** max(self.year - last, 0)
        d = pd.DataFrame(
            {
                "end_use": demand["end_use"],
                "commodity": demand["commodity"],
                "region": demand["region"],
                "base_t": demand["quantity_t"] * growth,
                "e_low": demand["elasticity_low"].abs(),
                "e_mid": demand["elasticity_central"].abs(),
                "e_high": demand["elasticity_high"].abs(),
            }
        )
        d = d[d["base_t"] > 0]
        d["price"] = prices.reindex(pd.MultiIndex.from_frame(d[["commodity", "region"]])).to_numpy()
        in_motor = d["end_use"].isin(MOTOR_USES) & d["commodity"].isin(_MOTOR_MAGNETS)
        motors, products = [], []
        magnets: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in d[in_motor].to_dict("records"):
            magnets.setdefault((row["end_use"], row["region"]), []).append({str(k): v for k, v in row.items()})
        for (use, region), rows in sorted(magnets.items()):
            total = float(np.sum([r["base_t"] for r in rows]))
            inputs = {r["commodity"]: float(r["base_t"] / total) for r in rows}
            process = f"motor.{use}.{region}"
            self.recipes[process] = (inputs, {f"product.{use}": 1.0})
            price = float(np.sum([r["base_t"] * r["price"] for r in rows]) / total)
            products.append({**rows[0], "commodity": f"product.{use}", "base_t": total, "price": price})
            motors.append(
                {
                    "id": f"motor.{use}@{region}",
                    "process": process,
                    "region": region,
                    "stage": "product",
                    "base_t": total,
                    "reference_t": total,
                    "capacity_t": np.inf,
                    "unit_cost": 0.0,
                    "net_revenue": 0.0,
                    "idle": False,
                    "parameter": "conversion_cost_slope",
                }
            )
        d = pd.concat([d[~in_motor], pd.DataFrame(products)], ignore_index=True)
        d = d.sort_values(["end_use", "region", "commodity"], ignore_index=True)
        d["choke"] = d["commodity"].map(functools.partial(_named, "choke"))
        d.insert(0, "id", d["end_use"] + "@" + d["region"] + ":" + d["commodity"])
        return d, pd.DataFrame(motors)

    def _activities(self, prices: pd.Series) -> pd.DataFrame:
        capacity = self.capacity
        now = capacity["capacity_now"].to_numpy(float)
        then = capacity["capacity_2024"].to_numpy(float)
        output = capacity["output_2024"].to_numpy(float)
        ratio = np.divide(now, then, out=np.ones_like(now), where=then > 0)
        runs = output * ratio
        net, price = [], dict(zip(prices.index, prices.tolist(), strict=True))
        for process, region in zip(capacity["process"], capacity["region"], strict=True):
            inputs, outputs = self.recipes[process]
            gain = sum(a * price.get((c, region), 0.0) for c, a in outputs.items())
            net.append(gain - sum(a * price.get((c, region), 0.0) for c, a in inputs.items()))
        a = pd.DataFrame(
            {
                "id": capacity["process"] + "@" + capacity["region"],
                "process": capacity["process"],
                "region": capacity["region"],
                "stage": capacity["process"].map(self.stage),
                "base_t": runs,
                "reference_t": np.where(runs > 0, runs, now),
                "capacity_t": np.maximum(now, runs),
                "unit_cost": capacity["unit_variable_cost_usd_per_kg"],
                "net_revenue": net,
                "idle": (output == 0) & (then > 0),
                "parameter": [_named("activity", p) for p in capacity["process"]],
            }
        )
        return a[a["capacity_t"] > 0]

    def _stocks(self, prices: pd.Series) -> pd.DataFrame:
        """Return what closes each place of 2024: recorded stock changes, rounding, flows too small to be listed."""
        change = _left_over()
        change = change[(change.abs() > _ROUNDING_T) & (prices.reindex(change.index) > 0)]
        s = change.rename("change_t").reset_index()
        s["price"] = prices.reindex(change.index).to_numpy()
        s.insert(0, "id", "stock@" + s["region"] + ":" + s["commodity"])
        return s

    def _routes(
        self, flows: pd.DataFrame, prices: pd.Series, activities: pd.DataFrame, demands: pd.DataFrame
    ) -> pd.DataFrame:
        use = used(activities, self.recipes, demands)
        made = {
            (c, r) for p, r in zip(activities["process"], activities["region"], strict=True) for c in self.recipes[p][1]
        }
        made |= set(zip(flows["commodity"], flows["from"], strict=True))
        product_total = demands.groupby("commodity")["base_t"].sum()
        pairs = []
        for commodity in sorted({c for c, _ in made}):
            if commodity.startswith("inter."):
                continue
            origins = sorted(r for c, r in made if c == commodity)
            if commodity.startswith("scrap."):
                origins = [r for r in origins if r != "CHN"]  # no export of swarf from China is recorded
            if commodity.startswith("product."):
                least = 0.05 * product_total[commodity]
                origins = [r for r in origins if use[commodity, r] >= least]
            users = sorted(r for c, r in use if c == commodity)
            pairs += [(commodity, i, j) for i in origins for j in users if i != j]
        seen = set(zip(flows["commodity"], flows["from"], flows["to"], strict=True))
        new = pd.DataFrame([p for p in pairs if p not in seen], columns=["commodity", "from", "to"], dtype=object)
        value = prices.reindex(pd.MultiIndex.from_frame(new[["commodity", "to"]])).reset_index(drop=True)
        new["t"], new["known_cost"], new["tax"] = 0.0, freight(new, value), tax_on(new, self.taxes)
        r = pd.concat([flows, new], ignore_index=True)
        kind = r["commodity"].str.partition(".")[0]
        for end in ("from", "to"):
            r[f"price_{end}"] = prices.reindex(pd.MultiIndex.from_frame(r[["commodity", end]])).to_numpy()
        r = r[r["price_from"].notna() & (r["price_to"] > 0)]
        kind = kind[r.index]
        needed = [use.get((c, j), 0.0) for c, j in zip(r["commodity"], r["to"], strict=True)]
        r["reference_t"] = np.where(r["t"] > 0, r["t"], np.maximum(needed, 1.0))
        r["parameter"] = [_named("route", c) for c in r["commodity"]]
        r["share"] = np.where(kind == "product", "rotor_detour_share", "new_route_share")
        r["premium"] = np.where(kind == "product", "rotor_detour_premium", "")
        r["qualification"] = np.where((kind == "magnet") & (r["t"] == 0), _qualification(), 0.0)
        r["wedge"] = r["price_to"] - r["price_from"] - r["known_cost"] - r["tax"]
        r.insert(0, "id", r["from"] + ">" + r["to"] + ":" + r["commodity"])
        return r.rename(columns={"t": "base_t"}).sort_values(["commodity", "from", "to"], ignore_index=True)


@functools.cache
def _left_over() -> pd.Series:
    """Return what 2024's production and imports leave at each place when all use and exports are taken out."""
    left: dict[tuple[str, str], float] = {}

    def add(commodity: str, region: str, tonnes: float) -> None:
        left[commodity, region] = left.get((commodity, region), 0.0) + tonnes

    capacity, recipes = atlas.table("capacity"), _recipes()[0]
    for process, region, level in zip(
        capacity["process"], capacity["region"], capacity["output_2024"].tolist(), strict=True
    ):
        inputs, outputs = recipes[process]
        for c, a in outputs.items():
            add(c, region, a * level)
        for c, a in inputs.items():
            add(c, region, -a * level)
    for c, i, j, t in atlas.table("flows")[["commodity", "from", "to", "t"]].itertuples(index=False):
        add(c, i, -t)
        add(c, j, t)
    for c, r, t in atlas.table("demand")[["commodity", "region", "quantity_t"]].itertuples(index=False):
        add(c, r, -t)
    change = pd.Series(left).sort_index()
    change.index.names = ["commodity", "region"]
    return change


def _named(role: str, name: str) -> str:
    """Return the parameter that plays a role for a process or commodity: its own row, or that of its kind."""
    words = names_for(role)
    return words.get(name) or words[name.partition(".")[0]]


@functools.cache
def _qualification() -> float:
    costs = atlas.table("costs")
    row = costs[(costs["kind"] == "transaction") & costs["item"].str.startswith("magnet qualification")]
    return float(row["central"].iloc[0]) / 100


@functools.cache
def _recipes() -> tuple[Recipes, Mapping[str, str]]:
    """Return the recipe and the stage of every process of the atlas."""
    recipes: dict[str, tuple[dict[str, float], dict[str, float]]] = {}
    stage: dict[str, str] = {}
    for row in atlas.table("processes").to_dict("records"):
        inputs, outputs = recipes.setdefault(row["process"], ({}, {}))
        stage[row["process"]] = row["stage"]
        if row["role"] == "input":
            inputs[row["item"]] = float(row["coefficient"])
        elif row["role"] == "output":
            outputs[row["item"]] = float(row["coefficient"])
    return recipes, stage
