"""Which elasticities do the years 2010 to 2012 speak for, and how far did prices go?

Least squares on the logarithms of the unit values and of the exports of those years; the market of each try is solved
by the kernel. Observations in other roles than ``given`` and ``fit``, and of later years, are never read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ytterby.errors import DataError
from ytterby.world import _files
from ytterby.world.backtest._observations import Observation, observations
from ytterby.world.backtest._quota import BASE, Inputs, Parameters, inputs, simulate

__all__ = ["EPISODE", "fit", "fit_table", "fitted"]

EPISODE = "quota_2010_2012"
YEARS = (2010, 2011, 2012)
_FILE = "fitted.csv"
_FIELDS = ("name", "value", "unit", "note")
_BOUNDS = ([0.05, 0.05], [3.0, 1.0])
"""Short-run elasticities that are tried, and shares of the long run that a year brings."""


def fit(seen: Iterable[Observation]) -> tuple[Parameters, pd.DataFrame]:
    """Return the elasticities that fit best, and the residuals of the logarithms by year (in sample).

    Parameters
    ----------
    seen
        Observations; those in the roles ``given`` and ``fit`` up to the last year of the fit are used.

    Returns
    -------
    tuple
        The parameters; ``year, variable, observed, fitted, residual``.
    """
    from scipy.optimize import least_squares  # half a second to import; only the fit needs it

    rows = [o for o in seen if o.role in ("given", "fit") and o.year <= YEARS[-1]]
    market = inputs(rows)
    price = np.array([next(o.value for o in rows if o.role == "fit" and o.year == y) for y in YEARS])
    exports = np.array([market.limit[y] for y in YEARS])

    def residuals(x: np.ndarray) -> np.ndarray:
        found = _tried(market, x)
        return np.asarray(np.log(np.concatenate([found["outside"] / price, found["exports"] / exports])))

    best = least_squares(residuals, x0=[0.3, 0.5], bounds=_BOUNDS, diff_step=[1e-4, 1e-4], xtol=1e-5, ftol=1e-8)
    found = _tried(market, best.x)
    table = pd.concat(
        [
            pd.DataFrame({"year": YEARS, "variable": v, "observed": seen_, "fitted": found[c].to_numpy()})
            for v, seen_, c in (("unit_value", price, "outside"), ("exports", exports, "exports"))
        ],
        ignore_index=True,
    )
    table["residual"] = np.log(table["fitted"] / table["observed"])
    return _parameters(best.x), table


def _parameters(x: np.ndarray) -> Parameters:
    return Parameters(short_run=float(x[0]), long_run=float(x[0] / x[1]))


def _tried(market: Inputs, x: np.ndarray) -> pd.DataFrame:
    return simulate(market, _parameters(x), YEARS)


def fit_table() -> list[dict[str, object]]:
    """Return what the fit gives, as the rows of `data/fitted.csv`."""
    seen = observations(EPISODE)
    best, table = fit(seen)
    prices = {o.year: o.value for o in seen if o.variable == "unit_value" and o.year <= YEARS[-1]}
    year = max(YEARS, key=lambda y: prices[y])
    rmse = float(np.sqrt(np.mean(table.loc[table["variable"] == "unit_value", "residual"] ** 2)))
    rows = (
        ("demand_elasticity_short_run", best.short_run, "pct per pct", "within the year, all rare earths, as a basket"),
        ("demand_elasticity_long_run", best.long_run, "pct per pct", "once buyers have adjusted"),
        ("demand_adjustment", best.adjustment, "share a year", "share of the long run that a year brings"),
        ("choke_multiple", prices[year] / prices[BASE], f"multiple of {BASE}", f"highest unit value paid, in {year}"),
        ("unit_value_log_rmse", rmse, "log", "in sample, 2010 to 2012"),
    )
    return [dict(zip(_FIELDS, (n, float(f"{v:.4g}"), u, note), strict=True)) for n, v, u, note in rows]


@functools.cache
def fitted() -> Mapping[str, float]:
    """Return the fitted numbers that ship with Ytterby (``ytterby world backtest quota_2010_2012 --fit``)."""
    found = {}
    for line, row in _files.rows(_FILE, _FIELDS):
        try:
            found[row["name"]] = float(row["value"])
        except ValueError:
            place = _files.where(_FILE, f"line {line}", "field value")
            raise DataError(f"'{row['value']}' is no number", where=place) from None
    return MappingProxyType(found)
