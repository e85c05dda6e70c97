"""What happens from 2024 to 2035: plants that come, prices that call for more, measures as they are known and in force?

Each year is an equilibrium of its own capacities and demand; what is decided in one year stands in later ones. A
scenario is set beside the baseline, which has no measure beyond those of 2024.

>>> from ytterby.world import World
>>> years = World.default().years(None, end=2026)
>>> years.prices.query("commodity == 'oxide.NdPr' and region == 'CHN'")["baseline"].round(1).tolist()
[48.7, 48.1, 49.3]
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

import ytterby
from ytterby import atlas
from ytterby.canonical import run_id
from ytterby.errors import UnknownNameError, UsageError
from ytterby.world import _years_tables as tables
from ytterby.world import parameters
from ytterby.world._course import Solver, State, follow, plan_of
from ytterby.world._memory import uncollected
from ytterby.world.calibrate import YEARS
from ytterby.world.impose import Plan
from ytterby.world.limits import limits
from ytterby.world.path import Foresight
from ytterby.world.pipeline import LAST, Decision, Pipeline, central, document, numbers
from ytterby.world.scenario import Scenario

if TYPE_CHECKING:
    from ytterby.measures import Register

__all__ = ["Years", "baseline_path", "run_years"]

_REPORTED = 2030
_DEARER = (
    "The same money builds less of what comes in the years in which it holds; the prices at which projects are decided "
    "stay as they are."
)


@dataclass(frozen=True)
class Years:
    """The result of a scenario from year to year.

    Attributes
    ----------
    run_id
        Hash of all that the result depends on.
    start, end
        First and last year that is told; the path always begins in 2024 and looks ahead to 2035.
    foresight
        `rolling`: a year's decisions know what the register knew on its first day; `perfect`: all that comes.
    assumptions
        Every number of the pipeline, of demand and of measures: ``name, scope, value, low, high, unit, source, url,
        quality, note``.
    in_force
        ``year, measure``: what the scenario has hold in a year.
    prices
        ``year, commodity, region, baseline, scenario, spot, quantity_t``, as in `Outcome`.
    flows
        ``year, commodity, from, to, baseline_t, scenario_t``.
    shortages
        ``year, end_use, region, baseline, scenario``: the part of what the year would use at the prices of 2024 (at
        base value) that is not bought.
    capacity
        ``year, stage, region, baseline_t, scenario_t, baseline_output_t, scenario_output_t``, in the unit of the
        stage's processes: t REO, t of feed, metal, magnets, swarf.
    new_capacity
        ``stage, region, baseline_t, scenario_t``: capacity of 2030 less that of 2024, for China and all others.
    entries
        ``run, project, decided, opens, incentive_price, believed_price, adds``: what was decided in the baseline and
        in the scenario; the price is that believed before the year's own decisions.
    floors
        ``year, measure, region, commodity, attained``: price floors, and whether they are held.
    welfare
        ``year, region, consumer, producer, government, rent, total``: change against the baseline in thousand USD a
        year; region ``*`` is the sum. What is spent on building is not in it.
    not_modelled
        ``{measure, reason}``.
    residual
        Worst relative residual of all equilibria.
    """

    run_id: str
    name: str
    title: str
    question: str
    start: int
    end: int
    foresight: Foresight
    measures: tuple[str, ...]
    assumptions: list[dict[str, Any]]
    in_force: pd.DataFrame
    prices: pd.DataFrame
    flows: pd.DataFrame
    shortages: pd.DataFrame
    capacity: pd.DataFrame
    new_capacity: pd.DataFrame
    entries: pd.DataFrame
    floors: pd.DataFrame
    welfare: pd.DataFrame
    not_modelled: list[dict[str, str]]
    residual: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types."""
        tables = (
            "in_force",
            "prices",
            "flows",
            "shortages",
            "capacity",
            "new_capacity",
            "entries",
            "floors",
            "welfare",
        )
        return {
            "run_id": self.run_id,
            "calendar": "yearly",
            "scenario": {
                "name": self.name,
                "title": self.title,
                "question": self.question,
                "start": self.start,
                "end": self.end,
                "foresight": self.foresight,
                "measures": list(self.measures),
            },
            "assumptions": self.assumptions,
            **{name: _records(getattr(self, name)) for name in tables},
            "not_modelled": self.not_modelled,
            "residual": self.residual,
        }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False, name=None)]


@uncollected()
def run_years(
    register: Register,
    scenario: Scenario | None,
    *,
    start: int,
    end: int,
    foresight: Foresight,
    progress: Callable[[int, int], None] | None = None,
) -> Years:
    """Return what a scenario does from year to year; see `World.years`."""
    if not YEARS[0] <= start <= end <= LAST:
        raise UsageError(f"years {start} to {end}; expected years in order from {YEARS[0]} to {LAST}")
    if foresight not in ("rolling", "perfect"):
        raise UsageError(f"foresight '{foresight}'", hint="valid: rolling, perfect")
    own, rest = _values(scenario)
    base_solver, base, base_decisions = baseline_path(register, tuple(sorted(own.items())))
    solver, hit, decisions = base_solver, base, base_decisions
    if progress:
        progress(1, 2 if scenario else 1)
    if scenario is not None:
        scenario = scenario.model_copy(update={"values": rest})
        solver = Solver(register, scenario, base_solver.pipeline, base)
        _refuse_unknown(solver, scenario)
        hit, decisions = follow(solver, solver.pipeline.projects, foresight, end)
        if progress:
            progress(2, 2)
    told = [(b, h) for b, h in zip(base, hit, strict=False) if start <= b.year <= end]
    prices = tables.by_year(told, tables.prices_of)
    return Years(
        run_id=run_id(
            calendar="yearly",
            scenario=scenario.model_dump(mode="json") if scenario else None,
            years=(start, end),
            foresight=foresight,
            numbers=base_solver.pipeline.numbers,
            parameters=parameters.central(),
            atlas=atlas.version(),
            version=ytterby.__version__,
        ),
        name=scenario.name if scenario else "baseline",
        title=scenario.title if scenario else "No measures beyond those of 2024",
        question=scenario.question if scenario else "",
        start=start,
        end=end,
        foresight=foresight,
        measures=tuple(map(str, scenario.measures)) if scenario else (),
        assumptions=[*_numbers(own), *_assumptions(solver, told)],
        in_force=tables.frame_of(
            [{"year": h.year, "measure": limb} for _, h in told for limb in h.limbs], "year measure"
        ),
        prices=prices,
        flows=tables.by_year(told, tables.flows_of),
        shortages=tables.by_year(told, tables.shortages_of),
        capacity=tables.by_year(told, tables.capacity_of),
        new_capacity=tables.new_capacity_of(base, hit, min(end, _REPORTED)),
        entries=tables.entries_of({"baseline": base_decisions, **({"scenario": decisions} if scenario else {})}, end),
        floors=tables.by_year(told, tables.floors_of),
        welfare=tables.by_year(told, tables.welfare_of),
        not_modelled=_not_modelled(solver, scenario, told, prices),
        residual=max(s.equilibrium.residual for pair in told for s in pair),
    )


@functools.lru_cache(maxsize=4)
def baseline_path(
    register: Register, values: tuple[tuple[str, float], ...]
) -> tuple[Solver, tuple[State, ...], tuple[Decision, ...]]:
    """Return the baseline's solver, states and decisions: one path for any foresight, as nothing changes in it."""
    pipeline = Pipeline.of(central(dict(values)))
    solver = Solver(register, None, pipeline)
    states, decisions = follow(solver, pipeline.projects, "perfect")
    return solver, states, decisions


def _values(scenario: Scenario | None) -> tuple[dict[str, float], dict[str, float]]:
    """Return a scenario's values for the yearly model, and those for measures and parameters."""
    own: dict[str, float] = {}
    rest: dict[str, float] = {}
    given = scenario.model_dump()["values"] if scenario else {}
    for name, value in given.items():
        (own if name.partition(":")[0] in numbers() else rest)[name] = value
    return own, rest


def _whole(solver: Solver, scenario: Scenario) -> Plan:
    """Return the plan of all limbs of a scenario at once, for what it needs and leaves out."""
    return plan_of(scenario, tuple(m.name for m in solver.limbs), _REPORTED, solver.register)


def _refuse_unknown(solver: Solver, scenario: Scenario) -> None:
    """Raise if a value is of nothing that any limb needs, or a limb or scope is unknown."""
    whole = _whole(solver, scenario)
    known = {*whole.ranges(), *(a.name for a in whole.assumptions)}
    for name in scenario.model_dump()["values"]:
        if name not in known:
            raise UnknownNameError("assumption of this scenario", name, known | set(numbers()))


def _numbers(own: dict[str, float]) -> list[dict[str, Any]]:
    rows = []
    for n in numbers().values():
        fixed = own.get(n.name)
        low, mid, high = (n.low, n.mid, n.high) if fixed is None else (fixed,) * 3
        rows.append(
            {"name": n.name, "scope": "", "value": mid, "low": low, "high": high, "unit": n.unit,
             "source": n.source, "url": n.url, "quality": n.quality, "note": n.note}
        )  # fmt: skip
    delay = numbers()["start_delay"]
    rows += [
        {"name": name, "scope": "", "value": value, "low": value, "high": value, "unit": delay.unit,
         "source": "set by the scenario", "url": "", "quality": "estimate", "note": ""}
        for name, value in own.items()
        if name not in numbers()
    ]  # fmt: skip
    return rows


def _assumptions(solver: Solver, told: Iterable[tuple[State, State]]) -> list[dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {}
    for _, h in told:
        if not h.limbs:
            continue
        plan = solver.plan(h.year, h.limbs)
        ranges = plan.ranges() if plan else {}
        for a in plan.assumptions if plan else ():
            low, mid, high = ranges[a.key]
            found[a] = {
                "name": a.name, "scope": a.scope, "value": mid, "low": low, "high": high, "unit": a.unit,
                "source": a.source, "url": a.url, "quality": a.quality, "note": a.note,
            }  # fmt: skip
    return [found[a] for a in sorted(found, key=lambda a: (a.key, str(a.valid_from)))]


def _not_modelled(
    solver: Solver, scenario: Scenario | None, told: Iterable[tuple[State, State]], prices: pd.DataFrame
) -> list[dict[str, str]]:
    said: dict[tuple[str, str], None] = {}
    if scenario is not None:
        whole = _whole(solver, scenario)
        said |= dict.fromkeys(scenario.left_out.items())
        for _, h in told:
            said |= dict.fromkeys(h.not_modelled)
        later = {s.measure for s in whole.steps if s.rule["kind"] == "later_capacity"}
        said |= {(m, _DEARER if m in later else note): None for m, note in whole.notes}
        never = {m.name for m in solver.limbs} - {limb for _, h in told for limb in h.limbs}
        said |= {(limb, "holds in none of these years by the register; name days (@from..to) to have it hold"): None
                 for limb in sorted(never)}  # fmt: skip
        # what a floor pays for comes within these years
        kinds = {str(step.rule["kind"]) for step in whole.steps} - {"floor"}
        said |= dict.fromkeys(("model", text) for text in limits(kinds, prices))
    said |= dict.fromkeys(("model", text) for text in document()["limits"])
    return [{"measure": m, "reason": r} for m, r in said]
