"""Year after year from 2024: what is decided on what is known, and the equilibrium that follows.

Goods are not carried from year to year, so years are linked by capacity and knowledge alone: the window of all years
that are left falls apart into one network a year, which is solved when somebody asks what its prices would be.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ytterby import atlas
from ytterby.market import Equilibrium, solve
from ytterby.measures import Register
from ytterby.world import parameters
from ytterby.world._dated import Dated, dated
from ytterby.world._edits import Record
from ytterby.world._entry import decide
from ytterby.world.assumptions import find
from ytterby.world.calibrate import YEARS, calibrate
from ytterby.world.calibration import Calibration
from ytterby.world.impose import Plan, impose, make_plan
from ytterby.world.outcome import held_permits, paid_prices
from ytterby.world.path import Foresight
from ytterby.world.pipeline import LAST, Dearer, Decision, Pipeline, Project, document
from ytterby.world.scenario import Imposed, Scenario

__all__ = ["Solver", "State", "contract_payments", "follow", "plan_of"]


@functools.lru_cache(maxsize=128)
def _calibration(year: int, capacity: tuple[tuple[str, float], ...], pace: float) -> Calibration:
    return calibrate(year, dict(capacity), pace_after_2030=pace)


@functools.cache
def _unit_costs() -> Mapping[str, float]:
    """Return unit variable cost by ``process@region``, USD/kg."""
    table = atlas.table("capacity")
    names = table["process"] + "@" + table["region"]
    return dict(zip(names, table["unit_variable_cost_usd_per_kg"].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class State:
    """A year: its capacities, its equilibrium, what holds in it."""

    year: int
    calibration: Calibration
    capacity: Mapping[str, float]
    network: Record
    equilibrium: Equilibrium
    limbs: tuple[str, ...]
    not_modelled: tuple[tuple[str, str], ...]

    @functools.cached_property
    def paid(self) -> Any:
        """Prices paid and quantities bought by (commodity, region): see `paid_prices`."""
        return paid_prices(self.equilibrium, held_permits(self.network))

    @functools.cached_property
    def _prices(self) -> dict[tuple[str, str], float]:
        table = self.equilibrium.tables["prices"]
        price: dict[tuple[str, str], float] = {}
        for c, r, p in zip(table["commodity"], table["region"], table["price"], strict=True):
            price[c, r] = max(p, price.get((c, r), p))
        return price | {k: float(p) for k, p in self.paid["paid"].items()}

    def price(self, commodity: str, region: str) -> float | None:
        """Return the price paid, or where nobody buys that of the place; None without a place."""
        return self._prices.get((commodity, region))

    def margin(self, chain: Iterable[str], region: str) -> float | None:
        """Return what a chain of activities earns per unit at a region's prices, less inputs and unit costs.

        None where an input has no price; a product without one earns nothing.
        """
        net: dict[str, float] = {}
        total = 0.0
        for activity in chain:
            inputs, outputs = self.calibration.recipes[activity.partition("@")[0]]
            total -= _unit_costs()[activity]
            for sign, amounts in ((-1.0, inputs), (1.0, outputs)):
                for c, a in amounts.items():
                    net[c] = net.get(c, 0.0) + sign * a
        for c, a in net.items():
            price = self.price(c, region)
            if price is None and a < 0.0:
                return None
            total += a * (price or 0.0)
        return total


@dataclass(frozen=True, eq=False)
class Solver:
    """Solves years for given numbers; what was solved once is kept.

    Attributes
    ----------
    scenario
        Measures with their days; None for the baseline.
    pipeline
        Capacities by year.
    base
        The baseline's states from 2024 on, for a scenario.
    """

    register: Register
    scenario: Scenario | None
    pipeline: Pipeline
    base: tuple[State, ...] = ()
    known: dict[Any, State] = field(default_factory=dict)
    _held: dict[tuple[int, dt.date | None], tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    @functools.cached_property
    def limbs(self) -> tuple[Dated, ...]:
        """The scenario's measures, limb by limb."""
        return dated(self.scenario, self.register) if self.scenario else ()

    def held(self, year: int, known_on: dt.date | None) -> tuple[str, ...]:
        """Return the limbs that operate on 1 July of a year, as known on a day (None: on that day itself)."""
        if (year, known_on) not in self._held:
            day = dt.date(year, 7, 1)
            asked = self._as_known(known_on)
            limbs = dated(asked, self.register) if asked else ()
            self._held[year, known_on] = tuple(m.name for m in limbs if m.since(day, known_on or day))
        return self._held[year, known_on]

    def _as_known(self, known_on: dt.date | None) -> Scenario | None:
        """Return the scenario without its premise where that is still to come: nobody knows it before it begins."""
        s = self.scenario
        if s is None or s.begins is None or known_on is None or known_on >= s.begins:
            return s
        return s.model_copy(update={"begins": dt.date.max})

    def state(self, year: int, known_on: dt.date | None, decisions: tuple[Decision, ...]) -> State:
        """Return the state of a year with what is decided, as it comes or as it is believed on a day."""
        limbs = self.held(year, known_on)
        capacity = self.pipeline.capacity(year, decisions, self._cuts(year, known_on))
        plan = self.plan(year, limbs, known_on)
        key = (year, tuple(capacity.items()), limbs, plan and plan.assumptions)
        if key not in self.known:
            self.known[key] = self._solve(year, capacity, limbs, plan)
        return self.known[key]

    def plan(self, year: int, limbs: tuple[str, ...], known_on: dt.date | None = None) -> Plan | None:
        """Return the plan of the limbs that hold in a year; rows of assumptions are those of its 1 July."""
        asked = self._as_known(known_on)
        return plan_of(asked, limbs, year, self.register) if asked else None

    def _solve(self, year: int, capacity: Mapping[str, float], limbs: tuple[str, ...], plan: Plan | None) -> State:
        pace = self.pipeline.numbers["demand_pace_after_2030"]
        calibration = _calibration(year, tuple(capacity.items()), pace)
        if plan is None:
            network = calibration.network(parameters.central())
            return State(year, calibration, capacity, network, solve(network), limbs, ())
        base = self.base[year - YEARS[0]]
        numbers = {k: mid for k, (_, mid, _) in plan.ranges().items()} | contract_payments(plan, base)
        network, left = impose(_without_later(plan), calibration.network(numbers), calibration, numbers)
        if network == base.network:
            return dataclasses.replace(base, limbs=limbs, not_modelled=tuple(left))
        return State(year, calibration, capacity, network, solve(network), limbs, tuple(left))

    def _cuts(self, year: int, known_on: dt.date | None) -> tuple[Dearer, ...]:
        """Return what makes new plants dearer up to a year."""
        found: dict[str, tuple[set[int], Any, Plan]] = {}
        for y in range(YEARS[0] + 1, year + 1):
            plan = self.plan(y, self.held(y, known_on), known_on)
            for step in plan.steps if plan else ():
                if plan and step.rule["kind"] == "later_capacity":
                    found.setdefault(step.id, (set(), step, plan))[0].add(y)
        cuts = []
        for years, step, last in found.values():
            factor = last.ranges()[last.assumption(step, step.rule["capex_factor"]).key][1]
            regions = frozenset(atlas.group(step.rule["regions"]))
            cuts.append(Dearer(frozenset(years), frozenset(step.rule["stages"]), regions, factor))
        return tuple(cuts)


def contract_payments(plan: Plan, base: State) -> dict[str, float]:
    """Return what floor contracts pay in a year, by the key of the assumption: what the baseline's price lacks."""
    paid = {}
    for c in document()["contracts"]:
        for a in plan.assumptions:
            if (a.measure, a.scope) == (c["measure"], c["support"]) and a.name not in plan.values:
                price = base.price(c["commodity"], c["region"]) or 0.0
                paid[a.key] = max(find(a.measure, "floor_price", c["floor"]).mid - price, 0.0)
    return paid


def _without_later(plan: Plan) -> Plan:
    """Return the plan without the rules on new capacity, which bear on the pipeline instead."""
    return dataclasses.replace(plan, steps=tuple(s for s in plan.steps if s.rule["kind"] != "later_capacity"))


@functools.lru_cache(maxsize=256)
def _cached_plan(scenario: str, limbs: tuple[str, ...], year: int, register: Register) -> Plan:
    asked = Scenario.model_validate_json(scenario)
    day = dt.date(year, 7, 1)
    measures = tuple(Imposed(limb=limb, start=day) for limb in limbs)
    scopes = asked.scopes if (asked.begins or day) <= day else {}
    bare = make_plan(asked.model_copy(update={"measures": measures, "scopes": scopes, "values": {}}), register)
    known = set(bare.ranges()) | {a.name for a in bare.assumptions}
    return dataclasses.replace(bare, values={k: v for k, v in asked.values.items() if k in known})


def plan_of(scenario: Scenario, limbs: tuple[str, ...], year: int, register: Register) -> Plan:
    """Return the plan of some limbs in a year; values that none of them needs are left out."""
    return _cached_plan(scenario.model_dump_json(), limbs, year, register)


def follow(
    solver: Solver, projects: Iterable[Project], foresight: Foresight, last: int = LAST
) -> tuple[tuple[State, ...], tuple[Decision, ...]]:
    """Return the states of the years from 2024 to the last asked for, and what was decided on the way.

    What is decided in a year is decided on what was known on its first day (`rolling`), or as if all that comes were
    known (`perfect`). A project looks at the prices of the year in which it would open.
    """
    projects = tuple(projects)
    decisions: tuple[Decision, ...] = ()
    states = []
    for year in range(YEARS[0], last + 1):
        known = dt.date(year, 1, 1) if foresight == "rolling" else None

        def worth(p: Project, taken: tuple[Decision, ...], year: int = year, known: dt.date | None = known) -> Any:
            believed = solver.state(year + p.lead, known, taken)
            return believed.margin(p.chain, p.at) if p.good is None else believed.price(p.good, p.at)

        decisions = decide(projects, decisions, year, worth)
        states.append(solver.state(year, None, decisions))
    return tuple(states), decisions
