"""How good was it? The model tried on episodes of the past, and what the past says of its parameters.

Nothing dated in a test period enters a parameter: the fit reads the years 2010 to 2012 alone, and everything else is
frozen on the day that the episode names. A missed goal is told as missed, with the reason found.

>>> from ytterby.world.backtest import backtest, episodes
>>> sorted(episodes())
['licensing_2025', 'quota_2010_2012', 'scare_2019']
>>> scare = backtest("scare_2019")
>>> scare.met, bool(scare.points.predicted.equals(scare.points.no_change))
(True, True)
"""

from __future__ import annotations

from ytterby.world.backtest._episodes import Episode, Goal, episodes
from ytterby.world.backtest._fit import EPISODE as FIT_EPISODE
from ytterby.world.backtest._fit import fit, fit_table, fitted
from ytterby.world.backtest._observations import Observation, observations
from ytterby.world.backtest._run import BackTest, backtest
from ytterby.world.backtest._scores import log_rmse, scores

__all__ = [
    "FIT_EPISODE",
    "BackTest",
    "Episode",
    "Goal",
    "Observation",
    "backtest",
    "episodes",
    "fit",
    "fit_table",
    "fitted",
    "log_rmse",
    "observations",
    "scores",
]
