"""The licences of 2025, month by month: what the model says when it is told what left China in all, and nothing else.

The measures are all those of the register that began between January 2025 and the end of the test and have rules; the
choke multiples are those fitted on 2010 to 2012, since those that ship were read off quotes of 2025.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ytterby.measures import Register
from ytterby.world import parameters
from ytterby.world.backtest._fit import fitted
from ytterby.world.backtest._observations import observations
from ytterby.world.backtest._reading import EXPORTER, Reading
from ytterby.world.calibration import Calibration
from ytterby.world.draws import in_order
from ytterby.world.impose import impositions
from ytterby.world.model import World
from ytterby.world.month import Month
from ytterby.world.outcome import moved
from ytterby.world.path import Path, Volumes, path_ranges, run_path
from ytterby.world.scenario import Imposed, Scenario

__all__ = ["EPISODE", "began", "predict_licensing", "scenario", "volumes"]

EPISODE = "licensing_2025"
FROM, TO = dt.date(2025, 1, 1), dt.date(2026, 3, 31)
_LIMB = "CHN-A18-2025:all"
_GOODS = ("magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco")
_OPERATES = ("in_force", "de_facto")
_BAND = (5.0, 95.0)
_LEAST_GAP = 1e-3
"""Below this share a segment's price is that of all."""


def began(register: Register) -> list[str]:
    """Return the limbs with rules that came into force, or into practice, in the episode."""
    return [
        f"{m.id}:{limb.id}"
        for m in register
        for limb in m.limbs
        if limb.id in impositions().get(m.id, {})
        and any(i.state in _OPERATES and i.from_ and FROM <= i.from_ <= TO for i in limb.intervals)
    ]


def scenario(register: Register) -> Scenario:
    """Return the episode as a scenario: dated measures, choke multiples of 2010 to 2012."""
    choke = fitted()["choke_multiple"]
    return Scenario(
        name=EPISODE,
        title="Licences of 2025",
        measures=tuple(Imposed.parse(m) for m in began(register)),
        values=dict.fromkeys(parameters.names_for("choke").values(), choke),
    )


def volumes() -> Volumes:
    """Return what left China in all, as a share of 2024's mean month."""
    (ten_months,) = observations(EPISODE, "given", "exports_2024")
    seen = observations(EPISODE, "given", "exports")
    return Volumes(_LIMB, _GOODS, EXPORTER, {o.span: o.value / (ten_months.value / 10) for o in seen})


def predict_licensing(
    points: pd.DataFrame,
    world: World,
    *,
    draws: int = 0,
    seed: int = 1,
    workers: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return ``predicted``, and with draws ``low`` and ``high`` (5th and 95th percentile), for each point."""
    asked = scenario(world.register)
    last = max(period if len(period) > 4 else f"{period}-12" for period in points["period"])
    months = tuple(Month(FROM.year, FROM.month).until(Month.parse(last)))
    path = run_path(world, asked, months, volumes=volumes())
    found = pd.DataFrame({"predicted": read(path, world.calibration).at(points)})
    if draws:
        drawn = parameters.draw(path_ranges(path), draws, seed)
        task = _Draw(World(world.calibration, world.register), asked, months, points, drawn)
        sample = []
        for row in in_order(task, draws, workers):
            sample.append(row)
            if progress:
                progress(len(sample), draws)
        found["low"], found["high"] = np.nanpercentile(np.array(sample), _BAND, axis=0)
    return found.reindex(columns=["predicted", "low", "high"])


def read(path: Path, calibration: Calibration) -> Reading:
    """Return the tables of a path that points are read from."""
    prices: list[pd.DataFrame] = []
    flows: list[tuple[str, str, str, str, float]] = []
    for month, answer, paid in zip(map(str, path.months), path.equilibria, path.paid, strict=True):
        spot = paid["scarce"].where(paid["scarce"] > paid["paid"] * (1 + _LEAST_GAP))
        prices.append(paid[["paid"]].assign(spot=spot).reset_index().assign(month=month))
        flows += [(month, c, i, j, t) for (c, i, j), t in sorted(moved(answer).items()) if i == EXPORTER]
    goods = [c for c, r in calibration.prices.index if r == EXPORTER]
    tax = {c: calibration.fob(c, EXPORTER) - float(calibration.prices[c, EXPORTER]) for c in goods}
    left = pd.DataFrame(flows, columns=["month", "commodity", "from", "to", "quantity_t"])
    return Reading(pd.concat(prices, ignore_index=True), left, tax)


@dataclass(frozen=True)
class _Draw:
    world: World
    scenario: Scenario
    months: tuple[Month, ...]
    points: pd.DataFrame
    values: Sequence[Mapping[str, float]]

    def __call__(self, n: int) -> np.ndarray:
        drawn = self.values[n]
        path = run_path(
            self.world,
            self.scenario,
            self.months,
            numbers=lambda ranges: {k: drawn.get(k, mid) for k, (_, mid, _) in ranges.items()},
            volumes=volumes(),
        )
        return read(path, self.world.calibration).at(self.points).to_numpy()
