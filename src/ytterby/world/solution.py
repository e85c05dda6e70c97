"""Equilibria of the world as labelled arrays, and the difference of two.

>>> from ytterby.world import World
>>> world = World.default()
>>> base = world.solve()
>>> delta = world.with_measure("USA-S301-MAG-2026").solve() - base
>>> round(float(delta.prices.sel(commodity="magnet.ndfeb", region="USA")), 1)
7.5
>>> delta.prices.attrs["units"]
'USD/kg'
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ytterby.market import Equilibrium
from ytterby.world.outcome import paid_prices, trade
from ytterby.world.why import why

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Difference", "Solution"]


def _array(series: pd.Series, units: str, name: str) -> xr.DataArray:
    array: xr.DataArray = series.to_xarray().rename(name)
    array.attrs["units"] = units
    return array


@dataclass(frozen=True, eq=False)
class Solution:
    """An equilibrium of the world.

    Attributes
    ----------
    equilibrium
        The kernel's result with all its tables.
    measures
        What is imposed on the base year.
    permits
        Permits whose holders are the importers: measure id to commodity.
    """

    equilibrium: Equilibrium
    measures: tuple[str, ...]
    permits: Mapping[str, str]

    @functools.cached_property
    def prices(self) -> xr.DataArray:
        """Volume-weighted price paid in USD/kg, by commodity and region; NaN where there is no market."""
        return _array(paid_prices(self.equilibrium, self.permits)["paid"].rename("price"), "USD/kg", "price")

    @functools.cached_property
    def flows(self) -> xr.DataArray:
        """Trade in t a year, by commodity, from and to; NaN where there is no route."""
        return _array(trade(self.equilibrium), "t", "flow")

    def __sub__(self, base: Solution) -> Difference:
        return Difference(base, self)


@dataclass(frozen=True, eq=False)
class Difference:
    """What changes from one solution to another."""

    base: Solution
    hit: Solution

    @property
    def prices(self) -> xr.DataArray:
        """Change of the price paid in USD/kg, by commodity and region."""
        return _minus(self.hit.prices, self.base.prices)

    @property
    def flows(self) -> xr.DataArray:
        """Change of trade in t, by commodity, from and to; a lane that only one solution has is zero in the other."""
        return _minus(self.hit.flows.fillna(0.0), self.base.flows.fillna(0.0))

    def why(self, region: str, commodity: str) -> list[str]:
        """Return sentences on why a commodity's price in a region changed."""
        return why(self.base.equilibrium, self.hit.equilibrium, region, commodity, self.hit.permits)


def _minus(hit: xr.DataArray, base: xr.DataArray) -> xr.DataArray:
    difference = hit - base
    difference.attrs["units"] = base.attrs["units"]
    return difference
