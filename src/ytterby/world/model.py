"""The world: calibrated once, asked many times.

>>> from ytterby.world.model import World
>>> world = World.default()
>>> base = world.baseline()
>>> base.status, base.residual < 1e-6
('optimal', True)
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

import ytterby
from ytterby import atlas
from ytterby.canonical import run_id
from ytterby.errors import UsageError
from ytterby.market import Equilibrium, solve
from ytterby.measures import Register
from ytterby.world import parameters
from ytterby.world.calibrate import calibrate
from ytterby.world.calibration import Calibration
from ytterby.world.draws import Draws
from ytterby.world.gains import gain_table
from ytterby.world.impose import Plan, impose, make_plan
from ytterby.world.limits import limits
from ytterby.world.months import Months, run_months
from ytterby.world.outcome import (
    Outcome,
    flow_table,
    held_permits,
    paid_prices,
    price_table,
    shortage_table,
    unserved_shares,
)
from ytterby.world.path import Foresight, Volumes
from ytterby.world.scenario import Imposed, Scenario, named
from ytterby.world.solution import Solution
from ytterby.world.why import reasons
from ytterby.world.years import Years, run_years

__all__ = ["World"]


@dataclass(frozen=True, eq=False)
class World:
    """The rare-earth model of one year.

    Attributes
    ----------
    calibration
        The base year (or a later year's capacities and demand) as tables.
    register
        The measures that scenarios may impose.
    measures
        Measures that `solve` imposes (see `with_measure`).
    """

    calibration: Calibration
    register: Register
    measures: tuple[Imposed, ...] = ()

    @classmethod
    def default(cls, year: int = 2024) -> World:
        """Return the world that ships with Ytterby: 2024, or a later year's capacities and grown demand."""
        return _default(year)

    @functools.cached_property
    def _base(self) -> Equilibrium:
        return solve(self.calibration.network(parameters.central()))

    @functools.cached_property
    def _base_prices(self) -> pd.DataFrame:
        return paid_prices(self.baseline())

    @functools.cached_property
    def _base_shares(self) -> pd.DataFrame:
        return unserved_shares(self.baseline(), self.calibration.demands)

    def baseline(self) -> Equilibrium:
        """Return the equilibrium without any measure beyond those of 2024."""
        return self._base

    def network(self, scenario: Scenario | None = None) -> dict[str, Any]:
        """Return the network (``ytterby-network/1``) of the baseline, or of a scenario at central values."""
        if scenario is None:
            return self.calibration.network(parameters.central())
        plan = make_plan(scenario, self.register)
        return self._imposed(plan, {k: mid for k, (_, mid, _) in plan.ranges().items()})[0]

    def with_measure(self, measure: str, *, from_: str | None = None, to: str | None = None) -> World:
        """Return the world with one more measure (``MEASURE_ID[:limb]``) imposed, optionally from and to a day."""
        days = f"@{from_ or ''}" + (f"..{to}" if to else "") if from_ or to else ""
        return dataclasses.replace(self, measures=(*self.measures, Imposed.parse(measure + days)))

    def solve(self) -> Solution:
        """Return the equilibrium with the world's measures at central values."""
        if not self.measures:
            return Solution(self.baseline(), (), {})
        network = self.network(Scenario(name="custom", title="", measures=self.measures))
        return Solution(solve(network), tuple(map(str, self.measures)), held_permits(network))

    def _imposed(self, plan: Plan, numbers: dict[str, float]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return impose(plan, self.calibration.network(numbers), self.calibration, numbers)

    def _run_id(self, scenario: Scenario, plan: Plan, draws: int, seed: int) -> str:
        return run_id(
            scenario=scenario.model_dump(mode="json"),
            year=self.calibration.year,
            draws=draws,
            seed=seed,
            ranges=plan.ranges(),
            atlas=atlas.version(),
            version=ytterby.__version__,
        )

    def run_id(self, scenario: Scenario | str | Sequence[str], *, draws: int = 0, seed: int = 1) -> str:
        """Return the id that a run would have, without running it.

        It tells whether a result that was kept rests on the data and assumptions of today.

        Examples
        --------
        >>> world = World.default()
        >>> world.run_id("magnet_tariff") == world.run("magnet_tariff").run_id
        True
        """
        asked = _as_scenario(scenario)
        return self._run_id(asked, make_plan(asked, self.register), draws, seed)

    def run(
        self,
        scenario: Scenario | str | Sequence[str],
        *,
        draws: int = 0,
        seed: int = 1,
        workers: int | None = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Outcome:
        """Return what a scenario does to prices, flows and shortages.

        Parameters
        ----------
        scenario
            A scenario, the name of one in the library, or a list of measures (``MEASURE_ID[:limb][@from[..to]]``).
        draws
            Number of joint draws of elasticities and assumptions for the bands; 0 gives the central run alone.
        seed
            Seed of the draws.
        workers
            Processes that share the draws; None for one a core. The result does not depend on it.
        progress
            Called with (done, of) after each solve.

        Raises
        ------
        UnknownNameError
            A scenario, measure, limb or assumption that does not exist.
        UsageError
            Fewer than no draws, or words that are no measure.
        SolveError
            No equilibrium.

        Examples
        --------
        >>> out = World.default().run("magnet_tariff")
        >>> row = out.prices.set_index(["commodity", "region"]).loc[("magnet.ndfeb_hd", "USA")]
        >>> bool(row.scenario > row.baseline)
        True
        """
        if draws < 0:
            raise UsageError(f"the number of draws is {draws}; expected 0 (none) or more")
        scenario = _as_scenario(scenario)
        plan = make_plan(scenario, self.register)
        ranges = plan.ranges()
        central = {k: mid for k, (_, mid, _) in ranges.items()}
        drawn = Draws.of(self, plan, draws, seed).start(workers)
        network, left = self._imposed(plan, central)
        base, hit = self.baseline(), solve(network)
        if progress:
            progress(1, draws + 1)
        prices: list[pd.DataFrame] = []
        shares: list[pd.DataFrame] = []
        for done, found in enumerate(drawn, start=1):
            if found:
                prices.append(found[0])
                shares.append(found[1])
            if progress:
                progress(done + 1, draws + 1)
        if lost := draws - len(prices):
            left.append(("draws", f"{lost} of {draws} draws: no equilibrium was found, so the bands are without them."))
        price = price_table(self._base_prices, paid_prices(hit, held_permits(network)), prices)
        flow = flow_table(base, hit)
        return Outcome(
            run_id=self._run_id(scenario, plan, draws, seed),
            name=scenario.name,
            title=scenario.title,
            question=scenario.question,
            year=self.calibration.year,
            measures=tuple(map(str, scenario.measures)),
            assumptions=[a.record(ranges[a.key]) for a in plan.assumptions],
            baseline=base,
            scenario=hit,
            prices=price,
            flows=flow,
            shortages=shortage_table(self._base_shares, unserved_shares(hit, self.calibration.demands), shares),
            gains=gain_table(base, hit),
            why=reasons(base, hit, price, flow, {m.id: m.title for m in self.register}),
            not_modelled=[
                *({"measure": m, "reason": r} for m, r in (*left, *plan.notes)),
                *({"measure": "model", "reason": r} for r in limits(_kinds(scenario, plan), price)),
            ],
            residual=max(base.residual, hit.residual),
            draws=len(prices),
        )

    def months(
        self,
        scenario: Scenario | str | Sequence[str],
        *,
        start: str = "2025-01",
        end: str | None = None,
        known_on: str | None = None,
        volumes: Volumes | None = None,
        foresight: Foresight = "rolling",
        draws: int = 0,
        seed: int = 1,
        workers: int | None = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Months:
        """Return what a scenario does month by month (see `ytterby.world.path` for how months follow each other).

        Parameters
        ----------
        scenario
            As in `run`. A measure without days holds as the register has it, and from the day on which the scenario
            `begins`; one that the register never has in force, from its announcement on.
        start, end
            First and last month (``YYYY-MM``), from July 2024 to March 2030; the last is by default December 2026, or
            eleven months after the one in which the scenario `begins`.
        known_on
            The day whose knowledge of the register all months have; default each month its own. What was observed on it
            goes on after it.
        volumes
            Exports that were seen, in place of the licensed share that the assumptions give.
        foresight
            ``rolling``: each month knows what was known then; ``perfect``: all months are one equilibrium.
        draws, seed, workers
            As in `run`; each draw is a path of its own.
        progress
            Called with (done, of): months, then draws.

        Raises
        ------
        UnknownNameError
            A scenario, measure, limb or assumption that does not exist.
        UsageError
            Months that are none, or out of order.
        SolveError
            A month has no equilibrium.

        Examples
        --------
        >>> path = World.default().months(["USA-S301-MAG-2026"], start="2025-12", end="2026-01")
        >>> price = path.prices.query("commodity == 'magnet.ndfeb' and region == 'USA'").set_index("month").paid
        >>> bool(price["2026-01"] > price["2025-12"])
        True
        """
        asked = _as_scenario(scenario)
        return run_months(
            self,
            asked,
            start,
            end,
            known_on,
            volumes,
            foresight,
            draws=draws,
            seed=seed,
            workers=workers,
            progress=progress,
        )

    def years(
        self,
        scenario: Scenario | str | Sequence[str] | None,
        *,
        start: int = 2024,
        end: int = 2035,
        foresight: Foresight = "rolling",
        progress: Callable[[int, int], None] | None = None,
    ) -> Years:
        """Return what a scenario does from year to year, beside the baseline.

        Parameters
        ----------
        scenario
            As in `run`; None for the baseline alone.
        start, end
            First and last year told. The path begins in 2024 whatever is told of it.
        foresight
            What decisions to build know: the register on the first day of the year (`rolling`), or all that comes
            (`perfect`).
        progress
            Called with (done, of): the baseline, then the scenario.

        Raises
        ------
        UnknownNameError
            A scenario, measure, limb or assumption that does not exist.
        UsageError
            Years outside of 2024 to 2035 or in the wrong order, or words that are no measure.
        SolveError
            No equilibrium.

        Examples
        --------
        >>> years = World.default().years("magnet_tariff", end=2027)
        >>> price = years.prices.set_index(["commodity", "region", "year"])["scenario"]
        >>> bool(price["magnet.ndfeb_hd", "USA", 2026] > price["magnet.ndfeb_hd", "USA", 2025] + 10)
        True
        """
        asked = None if scenario is None else _as_scenario(scenario)
        return run_years(self.register, asked, start=start, end=end, foresight=foresight, progress=progress)


def _as_scenario(words: Scenario | str | Sequence[str]) -> Scenario:
    if isinstance(words, Scenario):
        return words
    if isinstance(words, str):
        return named(words)
    measures = tuple(Imposed.parse(m) for m in words)
    return Scenario(name="custom", title="Measures: " + ", ".join(map(str, measures)), measures=measures)


def _kinds(scenario: Scenario, plan: Plan) -> set[str]:
    """Return the kinds of the rules that are imposed in a year, with ``dated`` where the scenario names days."""
    kinds = {"year", *(str(step.rule["kind"]) for step in plan.steps)}
    return kinds | {"dated"} if any(m.start or m.end for m in scenario.measures) else kinds


@functools.cache
def _default(year: int) -> World:
    return World(calibrate(year), Register.default())
