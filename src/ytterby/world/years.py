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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

import ytterby
from ytterby import atlas
from ytterby.canonical import run_id
from ytterby.errors import UnknownNameError, UsageError
from ytterby.world import parameters
from ytterby.world._course import Foresight, Solver, State, follow
from ytterby.world._tracing import CLEAN
from ytterby.world.calibrate import YEARS
from ytterby.world.outcome import flow_table, price_table, unserved_shares
from ytterby.world.pipeline import LAST, Decision, Pipeline, central, document, numbers
from ytterby.world.scenario import Scenario

if TYPE_CHECKING:
    from ytterby.measures import Register

__all__ = ["Years", "run_years"]

_GROUPS = ("consumer", "producer", "government", "rent", "total")
_HOME, _ABROAD = "CHN", "WLD_exCHN"
_REPORTED = 2030


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
    welfare: pd.DataFrame
    not_modelled: list[dict[str, str]]
    residual: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types."""
        tables = ("in_force", "prices", "flows", "shortages", "capacity", "new_capacity", "entries", "welfare")
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


def run_years(register: Register, scenario: Scenario | None, *, start: int, end: int, foresight: Foresight) -> Years:
    """Return what a scenario does from year to year; see `World.years`."""
    if not YEARS[0] <= start <= end <= LAST:
        raise UsageError(f"years {start} to {end}; expected years in order from {YEARS[0]} to {LAST}")
    if foresight not in ("rolling", "perfect"):
        raise UsageError(f"foresight '{foresight}'", hint="valid: rolling, perfect")
    own, rest = _values(scenario)
    base_solver, base, base_decisions = _baseline(register, foresight, tuple(sorted(own.items())))
    solver, hit, decisions = base_solver, base, base_decisions
    if scenario is not None:
        scenario = scenario.model_copy(update={"values": rest})
        solver = Solver(register, scenario, base_solver.pipeline, base)
        _refuse_unknown(solver, scenario)
        hit, decisions = follow(solver, solver.pipeline.projects, foresight)
    told = [(b, h) for b, h in zip(base, hit, strict=True) if start <= b.year <= end]
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
        in_force=_frame([{"year": h.year, "measure": limb} for _, h in told for limb in h.limbs], "year measure"),
        prices=_by_year(told, _prices),
        flows=_by_year(told, lambda b, h: flow_table(b.equilibrium, h.equilibrium)),
        shortages=_by_year(told, _shortages),
        capacity=_by_year(told, _capacity),
        new_capacity=_new_capacity(base, hit, min(end, _REPORTED)),
        entries=_entries({"baseline": base_decisions, **({"scenario": decisions} if scenario else {})}),
        welfare=_by_year(told, _welfare),
        not_modelled=_not_modelled(solver, scenario, told),
        residual=max(s.equilibrium.residual for pair in told for s in pair),
    )


@functools.lru_cache(maxsize=4)
def _baseline(
    register: Register, foresight: Foresight, values: tuple[tuple[str, float], ...]
) -> tuple[Solver, tuple[State, ...], tuple[Decision, ...]]:
    """Return the baseline's path, which many scenarios are set beside; with one knowledge all foresight is the same."""
    pipeline = Pipeline.of(central(dict(values)))
    solver = Solver(register, None, pipeline)
    states, decisions = follow(solver, pipeline.projects, foresight)
    return solver, states, decisions


def _values(scenario: Scenario | None) -> tuple[dict[str, float], dict[str, float]]:
    """Return a scenario's values for the yearly model, and those for measures and parameters."""
    own: dict[str, float] = {}
    rest: dict[str, float] = {}
    given = scenario.model_dump()["values"] if scenario else {}
    for name, value in given.items():
        (own if name.partition(":")[0] in numbers() else rest)[name] = value
    return own, rest


def _refuse_unknown(solver: Solver, scenario: Scenario) -> None:
    """Raise if a value is of nothing that any limb needs, or a limb or scope is unknown."""
    whole = solver.plan(_REPORTED, tuple(m.limb for m in solver.limbs))
    known = {*whole.ranges(), *(a.name for a in whole.assumptions)}
    for name in scenario.model_dump()["values"]:
        if name not in known:
            raise UnknownNameError("assumption of this scenario", name, known | set(numbers()))


def _frame(rows: Sequence[dict[str, Any]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def _by_year(told: Iterable[tuple[State, State]], table: Callable[[State, State], pd.DataFrame]) -> pd.DataFrame:
    frames = []
    for b, h in told:
        frame = table(b, h)
        frame.insert(0, "year", b.year)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _prices(b: State, h: State) -> pd.DataFrame:
    return price_table(b.paid, h.paid, []).drop(columns=["low", "high", "sign_share"])


def _shortages(b: State, h: State) -> pd.DataFrame:
    base, hit = (unserved_shares(s.equilibrium, s.calibration)["share"] for s in (b, h))
    return pd.DataFrame({"baseline": base, "scenario": hit.reindex(base.index)}).reset_index()


def _capacity(b: State, h: State) -> pd.DataFrame:
    columns = {}
    for name, s in (("baseline", b), ("scenario", h)):
        stage = _stage_of(s)
        columns[f"{name}_t"] = _sum(stage, s.capacity)
        columns[f"{name}_output_t"] = _sum(stage, _levels(s))
    table = pd.DataFrame(columns).fillna(0.0).sort_index()
    table.index.names = ["stage", "region"]
    return table[["baseline_t", "scenario_t", "baseline_output_t", "scenario_output_t"]].reset_index()


def _stage_of(s: State) -> dict[str, tuple[str, str]]:
    a = s.calibration.activities
    rows = zip(a["id"], a["stage"], a["region"], a["capacity_t"], strict=True)
    return {i: (stage, region) for i, stage, region, c in rows if c != float("inf")}


def _sum(stage: dict[str, tuple[str, str]], amounts: Any) -> pd.Series:
    sums: dict[tuple[str, str], float] = {}
    for name, amount in amounts.items():
        if name in stage:
            sums[stage[name]] = sums.get(stage[name], 0.0) + amount
    return pd.Series(sums)


def _levels(s: State) -> dict[str, float]:
    """Return output by activity: segments and clean variants of one together."""
    levels: dict[str, float] = {}
    table = s.equilibrium.tables["processes"]
    for name, level in zip(table["id"], table["level"], strict=True):
        plain = name.partition("|")[0].removesuffix(CLEAN)
        levels[plain] = levels.get(plain, 0.0) + level
    return levels


def _new_capacity(base: Sequence[State], hit: Sequence[State], year: int) -> pd.DataFrame:
    last = year - YEARS[0]
    found = {}
    for name, states in (("baseline_t", base), ("scenario_t", hit)):
        stage = _stage_of(states[last])
        added: dict[tuple[str, str], float] = {}
        for activity, c in states[last].capacity.items():
            if activity in stage:
                key = (stage[activity][0], _HOME if stage[activity][1] == _HOME else _ABROAD)
                added[key] = added.get(key, 0.0) + c - states[0].capacity[activity]
        found[name] = pd.Series(added)
    table = pd.DataFrame(found).fillna(0.0)
    table.index.names = ["stage", "region"]
    return table.reset_index()


def _entries(runs: dict[str, tuple[Decision, ...]]) -> pd.DataFrame:
    rows = [
        {
            "run": run,
            "project": d.project.id,
            "decided": d.decided,
            "opens": d.opens,
            "incentive_price": d.project.incentive_price,
            "believed_price": d.believed_price,
            "adds": dict(d.project.adds),
        }
        for run, decisions in runs.items()
        for d in decisions
    ]
    return _frame(rows, "run project decided opens incentive_price believed_price adds")


def _welfare(b: State, h: State) -> pd.DataFrame:
    base, hit = (s.equilibrium.welfare for s in (b, h))
    pairs = [("*", base, hit)]
    pairs += [
        (r, base["by_region"].get(r, {}), hit["by_region"].get(r, {}))
        for r in sorted({*base["by_region"], *hit["by_region"]})
    ]
    rows = [{"region": r, **{g: _change(x.get(g, 0.0), y.get(g, 0.0)) for g in _GROUPS}} for r, x, y in pairs]
    return _frame(rows, "region " + " ".join(_GROUPS))


def _change(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


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
        ranges = plan.ranges()
        for a in plan.assumptions:
            low, mid, high = ranges[a.key]
            found[a] = {
                "name": a.name, "scope": a.scope, "value": mid, "low": low, "high": high, "unit": a.unit,
                "source": a.source, "url": a.url, "quality": a.quality, "note": a.note,
            }  # fmt: skip
    return [found[a] for a in sorted(found, key=lambda a: (a.key, str(a.valid_from)))]


def _not_modelled(
    solver: Solver, scenario: Scenario | None, told: Iterable[tuple[State, State]]
) -> list[dict[str, str]]:
    said: dict[tuple[str, str], None] = {}
    if scenario is not None:
        whole = solver.plan(_REPORTED, tuple(m.limb for m in solver.limbs))
        said |= dict.fromkeys(scenario.left_out.items())
        for _, h in told:
            said |= dict.fromkeys(h.not_modelled)
        said |= dict.fromkeys(whole.notes)
        never = {m.limb for m in solver.limbs} - {limb for _, h in told for limb in h.limbs}
        said |= {(limb, "holds in none of these years by the register; name days (@from..to) to have it hold"): None
                 for limb in sorted(never)}  # fmt: skip
    said |= {("model", text): None for text in document()["limits"]}
    return [{"measure": m, "reason": r} for m, r in said]
