"""What is imposed in a month, and the network that it makes.

A month is as its 15th day: a measure operates if it is in force on that day as far as was known then.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ytterby.errors import UnknownNameError
from ytterby.world import parameters
from ytterby.world._dated import Dated, dated
from ytterby.world.calibration import Calibration
from ytterby.world.impose import Plan, impose, make_plan
from ytterby.world.month import Month
from ytterby.world.scenario import Imposed, Scenario
from ytterby.world.timeline import calibration_at

if TYPE_CHECKING:
    from ytterby.world.model import World

__all__ = ["YEARS", "MonthNetwork", "MonthNetworks", "Numbers", "Ranges", "Volumes"]

Ranges = Mapping[str, tuple[float, float, float]]
Numbers = Callable[[Ranges], dict[str, float]]
"""From (low, mid, high) by name to a value by name."""

YEARS = 1.0 / 12.0
"""Length of a month; quantities of a network are rates a year."""

_CALENDAR_DAYS = {"working days": 7.0 / 5.0}
"""Calendar days of a unit of waiting, where it is another."""


@dataclass(frozen=True)
class Volumes:
    """What was seen to leave: exports of `goods` by month as a share of 2024's, in place of a forecast of licences.

    Attributes
    ----------
    limb
        The licence whose licensed share this is; the other `goods` are held back by the same customs alike.
    goods, exporter
        What was counted: the shares are those of all of it together.
    share
        By month (``YYYY-MM``). Below 1 every lane gets its share; from 1 on importers compete for the total.
    """

    limb: str
    goods: tuple[str, ...]
    exporter: str
    share: Mapping[str, float]


@dataclass(frozen=True)
class MonthNetwork:
    """The network of a month without stocks, and what made it.

    Attributes
    ----------
    network
        Format ``ytterby-network/1``; its period bears the month's name.
    limbs
        The limbs that operate.
    plan
        What they do and which assumptions that needs.
    left
        What could not be modelled, as (measure, reason).
    ordinary
        The calibration's demands with ``base_t`` at the month's use in t at base prices.
    """

    network: dict[str, Any]
    limbs: tuple[str, ...]
    plan: Plan
    left: tuple[tuple[str, str], ...]
    ordinary: pd.DataFrame


@dataclass(frozen=True)
class MonthNetworks:
    """The months of a scenario as networks (parameters as in `ytterby.world.path.run_path`)."""

    world: World
    scenario: Scenario
    numbers: Numbers
    known_on: dt.date | None
    volumes: Volumes | None

    def fixed(self, ranges: Ranges) -> Ranges:
        """Return ranges with what the scenario sets in their place."""
        given = dict(self.scenario.values)
        return {k: (given[k], given[k], given[k]) if k in given else r for k, r in ranges.items()}

    @functools.cached_property
    def _dated(self) -> tuple[Dated, ...]:
        return dated(self.scenario, self.world.register)

    def operating(self, month: Month, seen: Month) -> dict[str, dt.date]:
        """Return the limbs that operate in a month, each with its first day, as is expected in another month."""
        known = self.known_on or seen.middle
        since = {d.name: d.expected(month.middle, known) for d in self._dated}
        return {name: day for name, day in since.items() if day}

    def of(self, month: Month, limbs: Mapping[str, dt.date]) -> MonthNetwork:
        """Return the network of a month in which `limbs` operate, each from its day on."""
        calibration = calibration_at(month.year_average)
        plan = self._plan(month, limbs)
        numbers = self.numbers(plan.ranges())
        numbers |= self._licensed_shares(plan, month, limbs, numbers)
        network, left = impose(plan, self._unimposed(month, calibration, numbers), calibration, numbers)
        if self.volumes and self.volumes.limb in limbs and str(month) in self.volumes.share:
            network = _capped(network, self.volumes, self.volumes.share[str(month)], calibration)
        network = {**network, "periods": [{"id": str(month), "start": month.days[0].isoformat(), "years": YEARS}]}
        ordinary = calibration.demands.assign(base_t=calibration.demands["base_t"] * YEARS)
        return MonthNetwork(network, tuple(limbs), plan, (*left, *plan.notes), ordinary)

    def check(self, months: Sequence[Month]) -> None:
        """Raise if the scenario names what does not exist, or sets a number that none of the months reads.

        Raises
        ------
        UnknownNameError
            A measure, limb or assumption; the nearest is named.
        """
        whole = make_plan(self.scenario.model_copy(update={"values": {}}), self.world.register)
        known = {*whole.names, *parameters.ranges(month=True), *_wait_names(whole)}
        if known.issuperset(self.scenario.values):
            return
        for month in months:  # rows of assumptions hold for days, and later ones may bear other names
            plan = self._plan(month, self.operating(month, month))
            known |= {*plan.names, *_wait_names(plan)}
        for name in dict(self.scenario.values):
            if name not in known:
                raise UnknownNameError("assumption of these months", name, known)

    def _plan(self, month: Month, limbs: Mapping[str, dt.date]) -> Plan:
        measures = tuple(Imposed(limb=name, start=month.middle) for name in limbs)
        begun = (self.scenario.begins or month.middle) <= month.middle
        scopes = self.scenario.scopes if begun else {}
        asked = self.scenario.model_copy(update={"measures": measures, "scopes": scopes, "values": {}})
        return dataclasses.replace(make_plan(asked, self.world.register), values=self.scenario.values)

    def _unimposed(self, month: Month, calibration: Calibration, numbers: Mapping[str, float]) -> dict[str, Any]:
        """Return the network of a month's quarter, written once."""
        key = (month.year_average, tuple(numbers[name] for name in parameters.ranges()))
        if key not in self._written:
            self._written[key] = calibration.network(numbers)
        return self._written[key]

    @functools.cached_property
    def _written(self) -> dict[tuple[float, tuple[float, ...]], dict[str, Any]]:
        return {}

    def _licensed_shares(
        self, plan: Plan, month: Month, limbs: Mapping[str, dt.date], numbers: Mapping[str, float]
    ) -> dict[str, float]:
        """Return the share of a month's volume that leaves under each licence, by the key of its assumption."""
        found = {}
        for step in plan.steps:
            if step.rule["kind"] != "licence":
                continue
            key = plan.assumption(step, step.rule["share"]).key
            if self.volumes and self.volumes.limb == step.limb and str(month) in self.volumes.share:
                found[key] = self.volumes.share[str(month)]
            elif "wait" in step.rule:
                wait = plan.assumption(step, step.rule["wait"])
                given = dict(self.scenario.values).get(wait.name)
                span = (wait.low, wait.mid, wait.high) if given is None else (given,) * 3
                days = self.numbers(self.fixed({wait.key: span}))[wait.key]
                days *= _CALENDAR_DAYS.get(wait.unit, 1.0)
                found[key] = _served(month, limbs[step.limb], days, numbers[key])
        return found


def _wait_names(plan: Plan) -> set[str]:
    """Return the names of the delays that a plan's licences have, which only months read."""
    licences = [s for s in plan.steps if s.rule["kind"] == "licence" and "wait" in s.rule]
    waits = [plan.assumption(step, step.rule["wait"]) for step in licences]
    return {name for wait in waits for name in (wait.key, wait.name)}


def _served(month: Month, start: dt.date, wait_days: float, share: float) -> float:
    """Return the part of a month's ordinary volume that leaves: all of it before the rule, then none, then `share`.

    Examples
    --------
    >>> _served(Month(2025, 4), dt.date(2025, 4, 4), 63, 0.5), _served(Month(2025, 7), dt.date(2025, 4, 4), 63, 0.5)
    (0.1, 0.5)
    """
    ages = [(day - start).days for day in month.days]
    return sum(1.0 if age < 0 else share if age >= wait_days else 0.0 for age in ages) / len(ages)


def _capped(network: dict[str, Any], volumes: Volumes, share: float, calibration: Calibration) -> dict[str, Any]:
    """Cap exports at what was seen: each lane below 2024's volume, the total above it."""
    licensed = {m["commodity"] for m in network["measures"] if m["instrument"] == "licence"}
    lanes = {
        (c, j): t for (c, i, j), t in calibration.base_flows.items() if c in volumes.goods and i == volumes.exporter
    }
    importers = sorted({j for _, j in lanes})
    added: list[dict[str, Any]] = []
    if share < 1.0:
        added = [
            {
                "id": f"customs:{c}",
                "instrument": "licence",
                "commodity": c,
                "exporter": volumes.exporter,
                "importer": importers,
                "base": [{"from": volumes.exporter, "to": j, "quantity": t} for (k, j), t in lanes.items() if k == c],
                "share": share,
                "rent_to": "importer",
            }
            for c in volumes.goods
            if c not in licensed
        ]
    else:
        added = [
            {
                "id": "customs",
                "instrument": "export_quota",
                "commodity": list(volumes.goods),
                "exporter": volumes.exporter,
                "importer": importers,
                "quantity": share * sum(lanes.values()),
                "per": "total",
                "rent_to": "importer",
            }
        ]
    return {**network, "measures": [*network["measures"], *added]}
