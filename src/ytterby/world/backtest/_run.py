"""One episode put to the model: points, scores and what a reader must know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ytterby.errors import UsageError
from ytterby.world.backtest._episodes import Episode, episode
from ytterby.world.backtest._fit import fitted
from ytterby.world.backtest._licensing import EPISODE as LICENSING
from ytterby.world.backtest._licensing import predict_licensing
from ytterby.world.backtest._observations import observations
from ytterby.world.backtest._points import points
from ytterby.world.backtest._quota import Parameters, inputs, simulate
from ytterby.world.backtest._scare import predict_scare
from ytterby.world.backtest._scores import scores
from ytterby.world.model import World

__all__ = ["BackTest", "backtest"]

_COLUMNS = {"unit_value": "outside", "exports": "exports", "price_ratio": "ratio"}


@dataclass(frozen=True, eq=False)
class BackTest:
    """What the model would have said, beside what was seen.

    Attributes
    ----------
    episode
        What was asked, what the model was given, and by what it is judged.
    points
        ``group, variable, commodity, region, period, observed, no_change, predicted, low, high, unit, quotes, source,
        url``; `low` and `high` are the 5th and 95th percentile of the draws, None without draws.
    scores
        ``group, points, goal, value, met, log_rmse, no_change_log_rmse, reason``.
    draws
        Number of draws behind the bands.
    """

    episode: Episode
    points: pd.DataFrame
    scores: pd.DataFrame
    draws: int

    @property
    def met(self) -> bool:
        """Whether no goal is missed."""
        return not any(met is False for met in self.scores["met"])

    def to_dict(self) -> dict[str, Any]:
        """Return the record in plain types."""
        return {
            "episode": self.episode.model_dump(mode="json", exclude={"goals"}),
            "met": self.met,
            "scores": self.scores.to_dict("records"),
            "points": self.points.to_dict("records"),
            "draws": self.draws,
        }


def backtest(
    name: str,
    *,
    draws: int = 0,
    seed: int = 1,
    workers: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> BackTest:
    """Try the model on an episode of the past.

    Parameters
    ----------
    name
        One of `episodes`.
    draws, seed, workers
        Joint draws of the model's parameters and of the assumptions that measures need, for the bands; only the
        episode that the world itself is put to has any.
    progress
        Called with (done, of) after each draw.

    Raises
    ------
    UnknownNameError
        There is no such episode.
    UsageError
        Draws of an episode that has none, or fewer than no draws.

    Examples
    --------
    >>> found = backtest("quota_2010_2012")
    >>> found.points.loc[found.points.group == "unit_value", ["period", "observed", "predicted"]].round(1).to_numpy()
    array([['2013', 19.1, 15.6],
           ['2014', 15.2, 15.9],
           ['2015', 14.8, 14.7]], dtype=object)
    >>> found.met
    False
    """
    asked = episode(name)
    table = points(observations(name))
    if draws < 0:
        raise UsageError(f"the number of draws is {draws}; expected 0 (none) or more")
    if draws and name != LICENSING:
        raise UsageError(f"nothing is drawn in the episode '{name}'", hint=f"draws are of {LICENSING}")
    found = (
        predict_licensing(table, World.default(), draws=draws, seed=seed, workers=workers, progress=progress)
        if name == LICENSING
        else pd.DataFrame({"predicted": _PREDICT[name](table)}, columns=["predicted", "low", "high"])
    )
    for place, column in enumerate(found, start=7):
        table.insert(place, str(column), found[column].astype(float))
    return BackTest(asked, table, scores(table, asked.goals), draws)


def _quota(table: pd.DataFrame) -> pd.Series:
    found = simulate(inputs(observations("quota_2010_2012")), _shipped(), range(2010, 2016))
    values = [
        found[_COLUMNS[variable]].to_dict()[int(period[:4])]
        for variable, period in zip(table["variable"], table["period"], strict=True)
    ]
    return pd.Series(values, index=table.index, dtype=float)


def _shipped() -> Parameters:
    known = fitted()
    return Parameters(known["demand_elasticity_short_run"], known["demand_elasticity_long_run"])


def _scare(table: pd.DataFrame) -> pd.Series:
    return predict_scare(table, World.default())


_PREDICT = {"quota_2010_2012": _quota, "scare_2019": _scare}
