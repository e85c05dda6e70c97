"""How do months follow each other? Each is an equilibrium, begun with the stocks that the month before left.

A month is at rates of a twelfth of a year and as its 15th day: a measure operates if it is in force on that day as far
as was known then.

**Stocks.** Users hold some weeks of use (`ytterby.world.cover`), one stock a good and region. What they hold at the end
of a month is a demand of its own, the demand for storage of Working (1949) and Brennan (1958): at the price v that they
take for normal they hold the target S*, and the stock is empty where the price is a premium above it,

    P = v (1 + premium (1 - S / S*)),

so that a stock is drawn down when goods are short and filled up when they come again. The normal price is last month's
belief, moved by a part of what it differed from the price paid; where a change is known to come next month, it is the
price believed for then: that of the next month's equilibrium from the stocks of today.

**Licences.** The share that leaves is that of the assumption's row which holds on the day; what is applied for after
the rule's first day waits for the processing delay. Where licences are short, stocks cannot be filled with licensed
goods.

References
----------
Working (1949), The theory of price of storage, American Economic Review 39.
Brennan (1958), The supply of storage, American Economic Review 48.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ytterby.errors import SolveError
from ytterby.market import Equilibrium, solve
from ytterby.measures import Measure
from ytterby.world import parameters
from ytterby.world._storage import held_at_end, with_stocks
from ytterby.world.calibration import Calibration
from ytterby.world.cover import Cover, cover
from ytterby.world.impose import Plan, impose, limbs_of, make_plan
from ytterby.world.month import Month
from ytterby.world.outcome import held_permits, paid_prices
from ytterby.world.scenario import Imposed, Scenario
from ytterby.world.timeline import calibration_at

if TYPE_CHECKING:
    from ytterby.world.model import World

__all__ = ["Numbers", "Path", "Ranges", "Volumes", "path_ranges", "run_path"]

Ranges = Mapping[str, tuple[float, float, float]]
Numbers = Callable[[Ranges], dict[str, float]]
"""From (low, mid, high) by name to a value by name."""

_YEARS = 1.0 / 12.0
_OPERATE = frozenset({"in_force", "de_facto"})
"""Legal and political states in which a measure acts on the market."""


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


@dataclass(frozen=True, eq=False)
class Path:
    """The equilibria of some months, one after the other; each tuple has one entry a month.

    Attributes
    ----------
    months
        The months.
    equilibria
        The period of each bears the month's name.
    permits
        Permits whose holders are the importers (see `ytterby.world.outcome.held_permits`).
    ordinary
        The calibration's demands with ``base_t`` at the month's use in t at base prices.
    held
        Tonnes held at the end by (commodity, region).
    operates
        The limbs that operate.
    plans
        What they do and which assumptions that needs.
    cover
        What is held in ordinary times.
    not_modelled
        What could not be modelled, as (measure, reason), each once.
    """

    months: tuple[Month, ...]
    equilibria: tuple[Equilibrium, ...]
    permits: tuple[Mapping[str, str], ...]
    ordinary: tuple[pd.DataFrame, ...]
    held: tuple[Mapping[tuple[str, str], float], ...]
    operates: tuple[tuple[str, ...], ...]
    plans: tuple[Plan, ...]
    cover: Cover
    not_modelled: tuple[tuple[str, str], ...]


def central(ranges: Ranges) -> dict[str, float]:
    """Return the middle of each range."""
    return {k: mid for k, (_, mid, _) in ranges.items()}


def run_path(
    world: World,
    scenario: Scenario,
    months: Sequence[Month],
    *,
    numbers: Numbers = central,
    known_on: dt.date | None = None,
    volumes: Volumes | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Return the months of a scenario, each solved with what was known then.

    Parameters
    ----------
    world, scenario
        What is imposed on what. A measure with days of its own holds on them; another as the register has it, and from
        the day on which the scenario `begins` (if the register never has it in force: from its announcement on).
        The rows of assumptions that a scenario names hold from that day on, before it those of the day.
    months
        Months that follow each other.
    numbers
        How values are taken from the ranges of parameters and assumptions.
    known_on
        The day whose knowledge of the register all months have; default each month its own.
    volumes
        Exports that were seen, in place of the licensed share that the assumptions give.
    progress
        Called with (done, of) after each month.

    Raises
    ------
    UnknownNameError
        A measure, limb or assumption that does not exist.
    SolveError
        A month has no equilibrium; `where` names it.
    """
    make_plan(scenario, world.register)  # names that do not exist are told before the first month
    return _Runner(world, scenario, tuple(months), numbers, known_on, volumes).run(progress)


def path_ranges(path: Path) -> dict[str, tuple[float, float, float]]:
    """Return (low, mid, high) of everything that a path took from a range, by name."""
    found = parameters.ranges(month=True)
    for plan in path.plans:
        found |= plan.ranges()
    return found


@dataclass(frozen=True)
class _Dated:
    """A limb that a scenario imposes, and when: on its own days, as the register has it, and from the scenario's on."""

    measure: Measure
    limb: str
    start: dt.date | None
    end: dt.date | None
    begins: dt.date | None

    @classmethod
    def of(cls, measure: Measure, limb: str, imposed: Imposed, begins: dt.date | None) -> _Dated:
        if imposed.start or imposed.end:
            return cls(measure, limb, imposed.start or measure.day, imposed.end, None)
        (own,) = (x for x in measure.limbs if x.id == limb)
        ever = any(i.state in _OPERATE for i in own.intervals)
        return cls(measure, limb, None, None, begins or (None if ever else measure.day))

    @property
    def name(self) -> str:
        return f"{self.measure.id}:{self.limb}"

    def since(self, on: dt.date, known_on: dt.date) -> dt.date | None:
        """Return the day from which it operates on a day as known on another, or None where it does not."""
        if self.start:
            return self.start if self.measure.day <= known_on and self.start <= on <= (self.end or on) else None
        state = self.measure.state(on, known_on).get(self.limb)
        if state and {state.legal, state.political} & _OPERATE and state.political != "suspended":
            return state.from_
        return self.begins if self.begins and self.measure.day <= known_on and self.begins <= on else None


@dataclass(frozen=True)
class _Runner:
    world: World
    scenario: Scenario
    months: tuple[Month, ...]
    numbers: Numbers
    known_on: dt.date | None
    volumes: Volumes | None

    def run(self, progress: Callable[[int, int], None] | None) -> Path:
        prices = self.world.calibration.prices
        own = self.numbers(self._fixed(parameters.ranges(month=True)))
        ordinary = cover(self.world.calibration, own["stock_cover"])
        target = {k: t for k, t in ordinary.target.items() if prices.get(k, 0.0) > 0.0}
        held: Mapping[tuple[str, str], float] = target
        normal = {k: float(prices[k]) for k in target}
        found: dict[str, list[Any]] = {}
        left: dict[tuple[str, str], None] = {}
        for n, month in enumerate(self.months):
            limbs, coming = self._operating(month, month), self._operating(month.later(1), month)
            value = normal
            if limbs != coming:
                believed = self._solve(month.later(1), coming, held, target, normal, own)[1]
                value = normal | {k: p for k, p in believed["scarce"].items() if k in normal and p > 0.0}
            answer, paid, permits, uses, plan, left_out = self._solve(month, limbs, held, target, value, own)
            left |= dict.fromkeys([*left_out, *plan.notes])
            held = held_at_end(answer)
            now = paid["paid"].to_dict()
            normal = {k: v + own["price_belief"] * (now.get(k, v) - v) for k, v in normal.items()}
            one = {"equilibria": answer, "permits": permits, "ordinary": uses, "held": held, "operates": tuple(limbs)}
            for name, entry in (one | {"plans": plan}).items():
                found.setdefault(name, []).append(entry)
            if progress:
                progress(n + 1, len(self.months))
        return Path(
            months=self.months,
            cover=ordinary,
            not_modelled=tuple(left),
            **{name: tuple(rows) for name, rows in found.items()},
        )

    def _fixed(self, ranges: Ranges) -> Ranges:
        given = dict(self.scenario.values)
        return {k: (given[k], given[k], given[k]) if k in given else r for k, r in ranges.items()}

    @functools.cached_property
    def _dated(self) -> tuple[_Dated, ...]:
        found = []
        for imposed in self.scenario.measures:
            measure, limbs = limbs_of(imposed.limb, self.world.register)
            found += [_Dated.of(measure, limb, imposed, self.scenario.begins) for limb in limbs]
        return tuple(found)

    def _operating(self, month: Month, seen: Month) -> dict[str, dt.date]:
        """Return the limbs that operate in a month, each with its first day, as far as is known in another month."""
        known = self.known_on or seen.middle
        since = {d.name: d.since(month.middle, known) for d in self._dated}
        return {name: day for name, day in since.items() if day}

    def _solve(
        self,
        month: Month,
        limbs: Mapping[str, dt.date],
        held: Mapping[tuple[str, str], float],
        target: Mapping[tuple[str, str], float],
        value: Mapping[tuple[str, str], float],
        own: Mapping[str, float],
    ) -> tuple[Equilibrium, pd.DataFrame, dict[str, str], pd.DataFrame, Plan, list[tuple[str, str]]]:
        calibration = calibration_at(month.year_average)
        measures = tuple(Imposed(limb=name, start=month.middle) for name in limbs)
        begun = (self.scenario.begins or month.middle) <= month.middle
        scopes = self.scenario.scopes if begun else {}
        asked = self.scenario.model_copy(update={"measures": measures, "scopes": scopes, "values": {}})
        plan = dataclasses.replace(make_plan(asked, self.world.register), values=self.scenario.values)
        numbers = self.numbers(plan.ranges())
        numbers |= self._licensed_shares(plan, month, limbs, numbers)
        network, left = impose(plan, calibration.network(numbers), calibration, numbers)
        if self.volumes and self.volumes.limb in limbs and str(month) in self.volumes.share:
            network = _capped(network, self.volumes, self.volumes.share[str(month)], calibration)
        network["periods"] = [{"id": str(month), "start": month.days[0].isoformat(), "years": _YEARS}]
        network = with_stocks(network, _YEARS, held, target, value, own["stock_release_premium"])
        try:
            answer = solve(network)
        except SolveError as error:
            error.where = ", ".join(filter(None, [f"month {month}", error.where]))
            raise
        permits = held_permits(network)
        return (
            answer,
            paid_prices(answer, permits),
            permits,
            calibration.demands.assign(base_t=calibration.demands["base_t"] * _YEARS),
            plan,
            left,
        )

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
                days = self.numbers(self._fixed({wait.key: (wait.low, wait.mid, wait.high)}))[wait.key]
                days *= _CALENDAR_DAYS.get(wait.unit, 1.0)
                found[key] = _served(month, limbs[step.limb], days, numbers[key])
        return found


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
