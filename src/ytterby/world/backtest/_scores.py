"""How near was the prediction, and nearer than a forecast of no change?

Errors are of logarithms, so that half and double weigh the same:

    log-RMSE = sqrt(mean (ln predicted - ln observed)^2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from ytterby.world.backtest._episodes import Goal, Kind
from ytterby.world.backtest._fit import fitted

__all__ = ["log_rmse", "scores"]

_SERIES = ("predicted", "no_change")
_NINETY = 1.645
"""Half-width of a normal distribution's 5-95 % band in standard deviations."""
FIELDS = ("group", "points", "goal", "value", "met", "log_rmse", "no_change_log_rmse", "reason")


def log_rmse(predicted: np.ndarray, observed: np.ndarray) -> float:
    """Return the root mean square of the logarithm of predicted over observed.

    Examples
    --------
    >>> round(log_rmse(np.array([2.0, 0.5]), np.array([1.0, 1.0])), 6) == round(float(np.log(2)), 6)
    True
    """
    return float(np.sqrt(np.mean(np.log(predicted / observed) ** 2)))


def _ratio(p: pd.DataFrame) -> float:
    other = log_rmse(p["no_change"].to_numpy(), p["observed"].to_numpy())
    return log_rmse(p["predicted"].to_numpy(), p["observed"].to_numpy()) / other if other > 0 else np.inf


def _worst_factor(p: pd.DataFrame) -> float:
    return float(np.exp(np.abs(np.log((p["predicted"] / p["observed"]).to_numpy())).max()))


def _worst_share(p: pd.DataFrame) -> float:
    return float((p["predicted"] / p["observed"] - 1).abs().max())


def _largest_change(p: pd.DataFrame) -> float:
    return float((p["predicted"] / p["no_change"] - 1).abs().max())


def _coverage(p: pd.DataFrame) -> float:
    banded = p[p["low"].notna()]
    return float(banded["observed"].between(banded["low"], banded["high"]).mean()) if len(banded) else np.nan


def _coverage_with_error(p: pd.DataFrame) -> float:
    """Return the share inside a band whose half-widths in logs are sqrt(that of the draws^2 + that of the error^2)."""
    error = _NINETY * fitted()["unit_value_log_rmse"]
    centre, seen = np.log(p["predicted"]), np.log(p["observed"])
    below, above = ((np.log(p[c]) - centre).abs().fillna(0.0) for c in ("low", "high"))
    return float(seen.between(centre - np.hypot(below, error), centre + np.hypot(above, error)).mean())


_KINDS: Mapping[Kind, Callable[[pd.DataFrame], float]] = {
    "log_rmse_ratio": _ratio,
    "worst_factor": _worst_factor,
    "worst_share": _worst_share,
    "largest_change": _largest_change,
    "coverage": _coverage,
    "coverage_with_error": _coverage_with_error,
}


def scores(points: pd.DataFrame, goals: Iterable[Goal]) -> pd.DataFrame:
    """Return each goal with what was reached.

    Parameters
    ----------
    points
        ``group, observed, no_change, predicted, low, high``, all above zero; points without a prediction count as
        missed only in that they are not there: `points` says how many there are.
    goals
        What each group is judged by.

    Returns
    -------
    DataFrame
        ``group, points, goal, value, met, log_rmse, no_change_log_rmse, reason``; `met` is None where there is nothing
        to judge (no draws, no points), the reason is that of a goal missed.
    """
    rows = []
    for goal in goals:
        p = points if goal.group == "all" else points[points["group"] == goal.group]
        p = p[p["predicted"].notna()]
        value = _KINDS[goal.kind](p) if len(p) and goal.kind != "none" else np.nan
        met = (
            None
            if np.isnan(value)
            else bool(value >= goal.limit if goal.kind.startswith("coverage") else value <= goal.limit)
        )
        own, none = ((log_rmse(p[c].to_numpy(), p["observed"].to_numpy()) if len(p) else np.nan) for c in _SERIES)
        rows.append((goal.group, len(p), goal.says, value, met, own, none, goal.reason if met is False else ""))
    found = pd.DataFrame(rows, columns=list(FIELDS))
    found["met"] = found["met"].astype(object)
    return found
