"""The base year as tables, and the network that they make.

>>> from ytterby.world import calibrate
>>> from ytterby.world.parameters import central
>>> network = calibrate().network(central())
>>> network["format"], len(network["periods"])
('ytterby-network/1', 1)
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from ytterby import atlas

__all__ = ["Calibration", "Recipes", "used"]

Recipes = Mapping[str, tuple[dict[str, float], dict[str, float]]]
"""Process to (inputs, outputs): commodity to amount per unit of activity."""

_HEAVY_TO_LIGHT = ("magnet.ndfeb_hd", "magnet.ndfeb")
_DY_AND_TB = ("metal.Dy", "metal.Tb")

_LEAST_ELASTICITY = 1e-3
"""An elasticity of zero is taken as this: a marginal cost so steep that quantities hardly move."""


@dataclass(frozen=True)
class Calibration:
    """The base year as tables, from which `network` writes a network for given parameters.

    Attributes
    ----------
    year
        2024, or a later time whose capacities and grown demand replace those of 2024.
    prices
        USD/kg by (commodity, region).
    demands
        ``id, end_use, commodity, region, base_t, price, e_low, e_mid, e_high, choke``.
    activities
        ``id, process, region, stage, base_t, reference_t, capacity_t, unit_cost, net_revenue, parameter``.
    recipes
        Process to (inputs, outputs), each commodity to amount per unit of activity.
    routes
        ``id, commodity, from, to, base_t, reference_t, price_from, price_to, known_cost, tax, wedge, parameter,
        premium``.
    stocks
        ``id, commodity, region, change_t, price``: stock changes of 2024 that close the balance.
    taxes
        The base year's taxes on trade, as measures.
    """

    year: float
    prices: pd.Series
    demands: pd.DataFrame
    activities: pd.DataFrame
    recipes: Recipes
    routes: pd.DataFrame
    stocks: pd.DataFrame
    taxes: list[dict[str, Any]]

    @functools.cached_property
    def regions(self) -> tuple[str, ...]:
        """All regions that make or use something, in the atlas' order."""
        active = {*self.activities["region"], *self.demands["region"]}
        return tuple(r for r in atlas.table("regions")["region"] if r in active)

    @functools.cached_property
    def commodities(self) -> frozenset[str]:
        """All commodities that have a price somewhere."""
        return frozenset(self.prices.index.get_level_values("commodity"))

    @functools.cached_property
    def lanes(self) -> frozenset[tuple[str, str, str]]:
        """(commodity, from, to) of every route."""
        return frozenset(zip(self.routes["commodity"], self.routes["from"], self.routes["to"], strict=True))

    @functools.cached_property
    def base_flows(self) -> dict[tuple[str, str, str], float]:
        """Base flow in t by (commodity, from, to)."""
        keys = zip(self.routes["commodity"], self.routes["from"], self.routes["to"], strict=True)
        return dict(zip(keys, self.routes["base_t"].tolist(), strict=True))

    @functools.cached_property
    def base_levels(self) -> dict[str, float]:
        """Base level of every activity in its unit."""
        return dict(zip(self.activities["id"], self.activities["base_t"].tolist(), strict=True))

    @functools.cached_property
    def capacity_2024(self) -> dict[str, float]:
        """Capacity in 2024 of every activity that then existed."""
        table = atlas.table("capacity")
        return dict(zip(table["process"] + "@" + table["region"], table["capacity_2024"].tolist(), strict=True))

    def fob(self, commodity: str, region: str) -> float:
        """Return the base price free on board in USD/kg: the domestic price and the base year's export tax."""
        tax = sum(
            m["specific"]
            for m in self.taxes
            if m["instrument"] == "export_tax" and m["commodity"] == commodity and m["exporter"] == region
        )
        return float(self.prices[commodity, region]) + float(tax)

    @functools.cached_property
    def base_supply(self) -> dict[tuple[str, str], float]:
        """Base production plus imports in t by (commodity, region)."""
        supply: dict[tuple[str, str], float] = {}
        for p, r, x in zip(
            self.activities["process"], self.activities["region"], self.activities["base_t"], strict=True
        ):
            for c, a in self.recipes[p][1].items():
                supply[c, r] = supply.get((c, r), 0.0) + a * x
        for (c, _, j), t in self.base_flows.items():
            supply[c, j] = supply.get((c, j), 0.0) + t
        return supply

    @functools.cached_property
    def use(self) -> dict[tuple[str, str], float]:
        """Tonnes used at the reference level by (commodity, region): inputs of processes and final use."""
        return used(self.activities, self.recipes, self.demands)

    @functools.cached_property
    def defence_use(self) -> dict[tuple[str, str], float]:
        """Tonnes bought by defence in the base year, by (commodity, region)."""
        d = self.demands[self.demands["end_use"] == "defence"]
        return dict(zip(zip(d["commodity"], d["region"], strict=True), d["base_t"].tolist(), strict=True))

    def network(self, parameters: Mapping[str, float]) -> dict[str, Any]:
        """Return the network (format ``ytterby-network/1``) whose equilibrium is the base year.

        Parameters
        ----------
        parameters
            Values of all parameters of `ytterby.world.parameters`.
        """
        return {
            "format": "ytterby-network/1",
            "interest": 0.0,
            "periods": [{"id": str(self.year), "start": _day(self.year).isoformat(), "years": 1}],
            "supplies": self._stock_entries(parameters, drawn=True),
            "demands": self._demand_entries(parameters) + self._stock_entries(parameters, drawn=False),
            "routes": self._route_entries(parameters),
            "processes": self._process_entries(parameters) + self._substitution_entries(parameters),
            "stocks": [],
            "firms": [],
            "measures": [dict(m) for m in self.taxes],
        }

    @functools.cached_property
    def _columns(self) -> dict[str, dict[str, Any]]:
        """Columns of the tables as arrays (numbers) and plain lists (words), which `network` reads for every draw."""
        return {
            name: {
                str(c): table[c].to_numpy() if is_numeric_dtype(table[c]) else table[c].tolist() for c in table.columns
            }
            for name, table in (("demands", self.demands), ("routes", self.routes), ("activities", self.activities))
        }

    def _demand_entries(self, parameters: Mapping[str, float]) -> list[dict[str, Any]]:
        d, u = self._columns["demands"], parameters["demand_elasticity_scale"]
        low, mid, high = (d[c] for c in ("e_low", "e_mid", "e_high"))
        e = low + (mid - low) * 2 * u if u <= 0.5 else mid + (high - mid) * (2 * u - 1)
        q, p = d["base_t"], d["price"]
        intercept, slope = q * (1 + e), e * q / p
        choke = p * _values(d["choke"], parameters)
        return [
            {"id": i, "commodity": c, "region": r, "curve": {"form": "linear", "intercept": a, "slope": b, "choke": k}}
            for i, c, r, a, b, k in zip(
                d["id"], d["commodity"], d["region"], intercept.tolist(), slope.tolist(), choke.tolist(), strict=True
            )
        ]

    def _stock_entries(self, parameters: Mapping[str, float], *, drawn: bool) -> list[dict[str, Any]]:
        e = parameters["stock_elasticity"]
        rows = self.stocks[(self.stocks["change_t"] < 0) == drawn]
        sign = -1.0 if drawn else 1.0
        return [
            {
                "id": r["id"],
                "commodity": r["commodity"],
                "region": r["region"],
                "curve": {
                    "form": "linear",
                    "intercept": abs(r["change_t"]) * (1 + sign * e),
                    "slope": e * abs(r["change_t"]) / r["price"],
                },
            }
            for r in rows.to_dict("records")
        ]

    def _route_entries(self, parameters: Mapping[str, float]) -> list[dict[str, Any]]:
        r = self._columns["routes"]
        sigma = np.maximum(_values(r["parameter"], parameters), _LEAST_ELASTICITY)
        part = np.maximum(_values(r["share"], parameters), _LEAST_ELASTICITY)
        reference = r["reference_t"] * np.where(r["base_t"] > 0, 1.0, part)
        slope = r["price_to"] / (sigma * reference)
        gap = r["price_to"] - r["price_from"] - r["tax"]
        premium = _values(r["premium"], {**parameters, "": 0.0}) + r["qualification"]
        entry = np.maximum(r["known_cost"], gap) + premium * r["price_to"]
        cost = np.where(r["base_t"] > 0, gap - slope * r["base_t"], entry)
        return [
            {"id": i, "commodity": c, "from": f, "to": t, "cost": a, "slope": b}
            for i, c, f, t, a, b in zip(
                r["id"], r["commodity"], r["from"], r["to"], cost.tolist(), slope.tolist(), strict=True
            )
        ]

    def _process_entries(self, parameters: Mapping[str, float]) -> list[dict[str, Any]]:
        a = self._columns["activities"]
        value, runs = _values(a["parameter"], parameters), a["base_t"] > 0
        kept_out = np.where(a["idle"], np.maximum(a["unit_cost"], a["net_revenue"]), a["unit_cost"])
        level = np.where(runs, a["net_revenue"], kept_out)
        by_elasticity = np.isin(a["stage"], ["mine", "recycling"])
        rise = np.where(by_elasticity, level / np.maximum(value, _LEAST_ELASTICITY), value * a["unit_cost"])
        slope = rise / a["reference_t"]
        cost = level - np.where(runs, slope * a["reference_t"], 0.0)
        entries = []
        for i, p, r, s, c, b, k in zip(
            a["id"],
            a["process"],
            a["region"],
            a["stage"],
            cost.tolist(),
            slope.tolist(),
            a["capacity_t"].tolist(),
            strict=True,
        ):
            inputs, outputs = self.recipes[p]
            entries.append(
                {
                    "id": i,
                    "region": r,
                    "stage": s,
                    "inputs": inputs,
                    "outputs": outputs,
                    "cost": c,
                    "slope": b,
                    "capacity": k if np.isfinite(k) else None,
                }
            )
        return entries

    def _substitution_entries(self, parameters: Mapping[str, float]) -> list[dict[str, Any]]:
        """Substitution, idle at base prices: of magnets with and without heavy rare earths, of Dy and Tb in them.

        One unit of `b` stands for ``rate`` of `a`. With the value of each at the base, ``A`` and ``B`` t used, the
        relative price moves use by the elasticity of substitution: ``d ln(B/A) = sigma d ln(p_a/p_b)``.
        """
        entries = []
        for region in self.regions:
            for name, a, b, rate, exchange in self._pairs(region):
                sigma = max(parameters[name], _LEAST_ELASTICITY)
                p_a, p_b = (float(self.prices[c, region]) for c in (a, b))
                slope = p_a / (sigma * exchange)
                for taken, given, level, capacity in (
                    ({b: rate}, {a: 1.0}, p_a - rate * p_b, self.use[a, region]),
                    ({a: 1.0}, {b: rate}, rate * p_b - p_a, self.use[b, region] / rate),
                ):
                    (given_name,) = given
                    entries.append(
                        {
                            "id": f"substitute.{given_name}@{region}",
                            "region": region,
                            "stage": "substitution",
                            "inputs": taken,
                            "outputs": given,
                            "cost": level,
                            "slope": slope,
                            "capacity": capacity,
                        }
                    )
        return entries

    def _pairs(self, region: str) -> Iterator[tuple[str, str, str, float, float]]:
        """Yield (parameter, a, b, t of b for one of a, t of a exchanged per unit of elasticity and relative price)."""
        heavy, light = _HEAVY_TO_LIGHT
        h, m = (self.use.get((c, region), 0.0) for c in (heavy, light))
        if h > 0 and m > 0:
            yield "substitution_heavy_magnet", heavy, light, 1.0, h * m / (h + m)
        dy, tb = _DY_AND_TB
        d, t = (self.use.get((c, region), 0.0) for c in (dy, tb))
        if d > 0 and t > 0:
            # value for value: at base prices neither is the cheaper
            rate = float(self.prices[dy, region] / self.prices[tb, region])
            yield "substitution_dy_tb", dy, tb, rate, d * t / (rate * d + t)


def _day(year: float) -> dt.date:
    """Return the day at a fraction of a year; ``_day(2025.5)`` is 2 July 2025."""
    first = dt.date(int(year), 1, 1)
    return first + (dt.date(first.year + 1, 1, 1) - first) * (year - first.year)


def _values(names: Iterable[str], parameters: Mapping[str, float]) -> np.ndarray:
    return np.array([parameters[n] for n in names], dtype=float)


def used(activities: pd.DataFrame, recipes: Recipes, demands: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return tonnes used by (commodity, region): inputs of processes at the reference level, and final use."""
    use: dict[tuple[str, str], float] = {}
    for p, r, x in zip(activities["process"], activities["region"], activities["reference_t"], strict=True):
        for c, a in recipes[p][0].items():
            use[c, r] = use.get((c, r), 0.0) + a * x
    for c, r, q in zip(demands["commodity"], demands["region"], demands["base_t"], strict=True):
        use[c, r] = use.get((c, r), 0.0) + q
    return use
