"""The scare of 2019: what does the model say when there is talk and no measure?"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ytterby.market import Equilibrium
from ytterby.measures import Register
from ytterby.world.model import World
from ytterby.world.outcome import paid_prices

__all__ = ["announced", "predict_scare"]

FROM, TO = dt.date(2019, 5, 20), dt.date(2019, 12, 31)


def announced(register: Register) -> list[str]:
    """Return the Chinese measures that became public between the visit and the end of 2019."""
    return [m.id for m in register if m.issuer.jurisdiction == "CHN" and FROM <= m.day <= TO]


def predict_scare(points: pd.DataFrame, world: World) -> pd.Series:
    """Return for each point the last value known times the scenario over the baseline."""
    hit = world
    for measure in announced(world.register):
        hit = hit.with_measure(measure)
    before, after = world.baseline(), hit.solve().equilibrium
    columns = (points[c] for c in ("variable", "commodity", "region"))
    moves = [_level(after, *key) / _level(before, *key) for key in zip(*columns, strict=True)]
    return points["no_change"] * moves


def _level(found: Equilibrium, variable: str, commodity: str, region: str) -> float:
    if variable == "exports":
        f = found.flows
        lane = f["commodity"].str.startswith(commodity) & (f["from"] == "CHN") & (f["to"] == region)
        return float(f.loc[lane, "quantity"].sum())
    return float(paid_prices(found)["paid"][commodity, region])
