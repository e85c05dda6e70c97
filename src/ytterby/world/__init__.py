"""What will it do to prices, flows, shortages? The rare-earth model: calibrated to 2024, with measures imposed on it.

A scenario is the baseline plus measures of the register; the result stands beside the baseline, with bands over the
elasticities and assumptions that nobody observes, and says why and what is not modelled.

>>> from ytterby.world import World, library
>>> sorted(library())[:3]
['bloc_floor', 'bloc_floor_oxides', 'controls_revived']
>>> hit = World.default().run(["USA-S301-MAG-2026"])
>>> tariff = hit.prices.query("commodity == 'magnet.ndfeb' and region == 'USA'").iloc[0]
>>> bool(tariff.scenario > tariff.baseline)
True
"""

from __future__ import annotations

from ytterby.world.assumptions import Assumption
from ytterby.world.calibrate import calibrate
from ytterby.world.calibration import Calibration
from ytterby.world.model import World
from ytterby.world.months import Months
from ytterby.world.outcome import Outcome
from ytterby.world.path import Volumes
from ytterby.world.scenario import Imposed, Scenario, library
from ytterby.world.solution import Difference, Solution
from ytterby.world.years import Years

__all__ = [
    "Assumption",
    "Calibration",
    "Difference",
    "Imposed",
    "Months",
    "Outcome",
    "Scenario",
    "Solution",
    "Volumes",
    "World",
    "Years",
    "calibrate",
    "library",
]
