"""`ytterby world`: what will it do to prices, flows, shortages?"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows
from ytterby.cli._progress import progress_bar
from ytterby.cli._world_scenario import asked_scenario
from ytterby.cli._world_text import GOODS, PLACES, by_place, outcome_text, records, rounded, side_by_side

if TYPE_CHECKING:
    from ytterby.market import Equilibrium
    from ytterby.world import Outcome, Scenario, World

__all__ = ["app"]

app = App(
    name="world",
    help="What will it do to prices, flows, shortages? The rare-earth model.",
    help_epilogue="Example: `ytterby world run --scenario controls_revived`",
)

# their help stands here, so that the list of commands needs none of their modules
for _name, _help in {
    "backtest": "Try the model on an episode of the past: predicted beside observed.",
    "ladder": "Let two sides answer each other's measures: gains at each step, best replies, past rates.",
    "sensitivity": "Which numbers drive a scenario's headlines, over the draws?",
}.items():
    app.command(f"ytterby.cli._world_{_name}:{_name}", name=_name, help=_help)

_BASE_YEAR = 2024

Year = Annotated[
    int | None,
    Parameter(help="2024 (or what the scenario says), or a later year's capacities and grown demand, up to 2030."),
]
Measures = Annotated[
    list[str] | None,
    Parameter(name="--measure", help="MEASURE_ID[:limb][@from[..to]]; may be repeated.", negative=()),
]
Assumed = Annotated[
    list[str] | None,
    Parameter(name="--assume", help="NAME=VALUE of an assumption or parameter; may be repeated.", negative=()),
]
Draws = Annotated[int, Parameter(help="Draws of elasticities and assumptions for the bands.")]
Seed = Annotated[int, Parameter(help="Seed of the draws.")]
Fmt = Annotated[Format | None, Parameter(name="--format")]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")]


@app.command
def baseline(
    *,
    check: Annotated[bool, Parameter(help="Compare prices, stage shares, totals and flows with sources.")] = False,
    year: Year = None,
    fmt: Fmt = None,
    output: Out = None,
) -> int:
    """Solve the base year; with --check, beside what sources say of it (exit 1 where it is outside tolerance).

    Example: `ytterby world baseline --check --format csv -o base-year.csv`
    """
    from ytterby.canonical import dumps
    from ytterby.errors import UsageError
    from ytterby.world import World

    year = _BASE_YEAR if year is None else year
    world = World.default(year)
    chosen = infer_format(fmt, output, "table")
    if check:
        if year != _BASE_YEAR:
            raise UsageError("the base year is 2024; a later year has nothing to be checked against")
        return _write_check(world, chosen, output)
    base = world.baseline()
    if chosen == "json":
        write(dumps(base.to_dict(), indent=2) + "\n", output)
    else:
        rows = records(base.prices.drop(columns=["segment", "period"]))
        if chosen == "table":
            rows = by_place(rows)
        write_rows(rows, chosen, output, title=f"Prices of {year}, USD/kg")
    return 0


def _write_check(world: World, fmt: str, output: Path | None) -> int:
    from ytterby.world.base_year import compare_base_year, unexplained_wedges

    found = compare_base_year(world.calibration, world.baseline())
    rows = [dataclasses.asdict(c) for c in found]
    outside = [c for c in found if not c.within]
    if fmt == "table":
        shown = [{**r, "reported": rounded(r["reported"]), "model": rounded(r["model"])} for r in rows]
        for r in shown:
            r["deviation"] = f"{r['deviation']:+.1f} pts" if r["kind"] == "share" else f"{r['deviation']:+.1%}"
        columns = ["item", "role", "reported", "model", "unit", "deviation", "within"]
        text = rows_text(
            [r for r in shown if r["kind"] != "flow"], title="Base year 2024 against sources", columns=columns
        )
        flows = [c for c in found if c.kind == "flow"]
        worst = max(flows, key=lambda c: abs(c.deviation))
        text += f"\n{len(flows)} flows above 100 t: the largest deviation is {worst.deviation:+.2%} ({worst.item}).\n"
        wedges = unexplained_wedges(world.calibration)
        if len(wedges):
            cells = records(wedges[["id", "base_t", "price_to", "wedge", "wedge_share"]])
            text += "\n" + rows_text(cells, title="Not explained: wedge above 15 % of the price")
        text += f"\n{len(outside)} of {len(found)} comparisons are outside tolerance.\n"
        write(text, output)
    else:
        write_rows(rows, fmt, output)
    return 1 if outside else 0


@app.command
def scenarios(*, fmt: Fmt = None, output: Out = None) -> None:
    """List the scenarios that ship with Ytterby.

    Example: `ytterby world scenarios`
    """
    from ytterby.world import library

    rows = [
        {"name": s.name, "title": s.title, "question": s.question, "measures": [str(m) for m in s.measures]}
        for s in library().values()
    ]
    write_rows(rows, infer_format(fmt, output, "table"), output, columns=["name", "title", "question"])


@app.command
def assumptions(*, measure: str | None = None, fmt: Fmt = None, output: Out = None) -> None:
    """List the numbers that the law does not say and the model's parameters, with range and source.

    Example: `ytterby world assumptions --measure CHN-A18-2025`
    """
    from ytterby.world.assumptions import rows
    from ytterby.world.parameters import table
    from ytterby.world.pipeline import numbers

    found = [
        {"name": a.name, "scope": a.scope, "low": a.low, "mid": a.mid, "high": a.high, "unit": a.unit,
         "valid_from": a.valid_from, "valid_to": a.valid_to, "source": a.source, "url": a.url, "quality": a.quality,
         "note": a.note}
        for a in rows()
        if measure in (None, a.measure)
    ]  # fmt: skip
    if measure is None:
        found += [
            {"name": r["name"], "scope": r["applies_to"], "low": r["low"], "mid": r["mid"], "high": r["high"],
             "unit": r["unit"], "valid_from": None, "valid_to": None, "source": r["source"], "url": "",
             "quality": r["quality"], "note": r["note"]}
            for r in table().to_dict("records")
        ]  # fmt: skip
        found += [
            {**dataclasses.asdict(n), "scope": "yearly calendar", "valid_from": None, "valid_to": None}
            for n in numbers().values()
        ]
    columns = ["name", "scope", "low", "mid", "high", "unit", "quality"]
    write_rows(found, infer_format(fmt, output, "table"), output, columns=columns)


@app.command
def network(
    *,
    scenario: Annotated[str | None, Parameter(help="A scenario of the library.")] = None,
    measure: Measures = None,
    assume: Assumed = None,
    year: Year = None,
    output: Out = None,
) -> None:
    """Print the calibrated network (ytterby-network/1), or a scenario's; `ytterby market solve` takes it.

    Example: `ytterby world network -o base.json && ytterby market solve base.json`
    """
    import json

    from ytterby.world import World

    asked = asked_scenario(scenario, measure, assume, year) if scenario or measure else None
    world = World.default(asked.year if asked else _BASE_YEAR if year is None else year)
    # not rounded: nine digits would move a calibrated equilibrium
    write(json.dumps(world.network(asked), ensure_ascii=False, indent=1) + "\n", output)


@app.command
def run(
    *,
    scenario: Annotated[str | None, Parameter(help="A scenario of the library (see `world scenarios`).")] = None,
    measure: Measures = None,
    assume: Assumed = None,
    known_on: Annotated[str | None, Parameter(help="Refuse measures that were not public on this day.")] = None,
    draws: Draws = 0,
    seed: Seed = 1,
    year: Year = None,
    calendar: Annotated[
        Literal["monthly", "yearly"] | None,
        Parameter(help="Run months, or years with plants that come, one after the other instead of one year."),
    ] = None,
    start: Annotated[str | None, Parameter(help="First month (YYYY-MM; default 2025-01) or year (2024).")] = None,
    end: Annotated[
        str | None,
        Parameter(help="Last month (default 2026-12, or eleven months after a scenario begins) or year (2035)."),
    ] = None,
    foresight: Annotated[
        Literal["rolling", "perfect"],
        Parameter(help="What months, or those who build in years, know: what was known then, or all that comes."),
    ] = "rolling",
    fmt: Fmt = None,
    output: Out = None,
) -> int:
    """Impose measures and show prices, flows, shortages and why (exit 1: a floor is not attained).

    Without `--calendar` a measure holds for the whole of `--year`, whatever its days. The monthly calendar has stocks,
    waiting for licences, and measures from and to their days; with `--known-on` all months know the register of that
    day, without it each knows its own. The yearly calendar lets plants come, each year knowing the register of its
    first day; without a scenario it shows the baseline.

    Examples: `ytterby world run --scenario bloc_floor --draws 20`,
    `ytterby world run --measure USA-S301-MAG-2026 --assume USA-S301-MAG-2026.tariff_rate=50`,
    `ytterby world run --measure CHN-A18-2025 --calendar monthly --start 2025-01 --end 2025-12`,
    `ytterby world run --scenario magnet_tariff --calendar yearly`
    """
    from ytterby.canonical import dumps

    if calendar == "yearly":
        from ytterby.cli._world_years import run_years, write_years
        from ytterby.errors import UsageError

        if draws or known_on or year is not None:
            raise UsageError("the yearly calendar has no --draws, --known-on or --year", hint="leave them out")
        named = asked_scenario(scenario, measure, assume, None) if scenario or measure or assume else None
        with progress_bar(named.title if named else "Baseline") as progress:
            found = run_years(named, start, end, foresight, progress)
        return write_years(found, fmt, output)
    asked = asked_scenario(scenario, measure, assume, year)
    if calendar == "monthly":
        return _run_months(asked, start or "2025-01", end, known_on, foresight, draws, seed, fmt, output)
    outcome = _run(asked, draws, seed, known_on)
    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps(outcome.to_dict(), indent=2) + "\n", output)
    elif chosen == "table":
        write(outcome_text(outcome), output)
    else:
        write_rows(records(outcome.prices), chosen, output)
    return _finding(outcome)


@app.command
def compare(
    *names: str,
    draws: Draws = 0,
    seed: Seed = 1,
    year: Year = None,
    fmt: Fmt = None,
    output: Out = None,
) -> int:
    """Put scenarios of the library side by side.

    Example: `ytterby world compare controls_revived bloc_floor escalation`
    """
    from ytterby.canonical import dumps
    from ytterby.errors import UsageError

    if not names:
        raise UsageError("name at least one scenario", hint="`ytterby world scenarios` lists them")
    outcomes = [_run(asked_scenario(n, None, None, year), draws, seed, None) for n in names]
    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps({"scenarios": [o.to_dict() for o in outcomes]}, indent=2) + "\n", output)
    else:
        rows = side_by_side(outcomes)
        if chosen == "table":
            rows = [r for r in rows if (r["item"] in GOODS and r["region"] in PLACES) or r["region"] == "WLD_exCHN"]
        write_rows(rows, chosen, output, title="Prices paid in USD/kg; shortages as a share of use")
    return max(_finding(o) for o in outcomes)


@app.command
def ensemble(
    folder: Annotated[Path, Parameter(help="Where the draws go; a run that was stopped goes on there.")],
    /,
    *,
    scenario: Annotated[str | None, Parameter(help="A scenario of the library.")] = None,
    measure: Measures = None,
    assume: Assumed = None,
    draws: Annotated[int, Parameter(help="Draws of elasticities and assumptions.")] = 1000,
    seed: Seed = 1,
    workers: Annotated[int | None, Parameter(help="Processes; default one a core.")] = None,
    year: Year = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """Run many draws of a scenario, keep each in Parquet, and show the spread of prices and shortages.

    Example: `ytterby world ensemble draws/controls --scenario controls_revived --draws 1000`
    """
    from ytterby import atlas
    from ytterby.canonical import run_id
    from ytterby.market.ensemble import read_ensemble, run_ensemble
    from ytterby.world import World
    from ytterby.world.draws import Draws, spread
    from ytterby.world.impose import make_plan

    asked = asked_scenario(scenario, measure, assume, year)
    world = World.default(asked.year)
    plan = make_plan(asked, world.register)
    task = Draws.of(world, plan, draws, seed)
    label = run_id(scenario=asked.model_dump(mode="json"), draws=draws, seed=seed, atlas=atlas.version())
    with progress_bar(asked.title) as progress:
        run_ensemble(task.rows, range(draws), folder, label=label, workers=workers, progress=progress)
    rows = records(spread(read_ensemble(folder)))
    chosen = infer_format(fmt, output, "table")
    if chosen == "table":
        rows = [r for r in rows if r["region"] == "WLD_exCHN" or (r["item"] in GOODS and r["region"] in PLACES)]
    write_rows(rows, chosen, output, title=f"{asked.title}: {draws} draws (run {label})")


def _run(asked: Scenario, draws: int, seed: int, known_on: str | None) -> Outcome:
    from ytterby.errors import InputError
    from ytterby.measures import as_day
    from ytterby.world import World

    world = World.default(asked.year)
    if known_on is not None:
        day = as_day(known_on)
        for m in asked.measures:
            measure = world.register[m.limb.partition(":")[0]]
            if measure.day > day:
                raise InputError(f"{measure.id} was not public on {day}; it became known on {measure.day}")
    with progress_bar(asked.title) as progress:
        return world.run(asked, draws=draws, seed=seed, workers=None, progress=progress)


def _run_months(
    asked: Scenario,
    start: str,
    end: str | None,
    known_on: str | None,
    foresight: Literal["rolling", "perfect"],
    draws: int,
    seed: int,
    fmt: Format | None,
    output: Path | None,
) -> int:
    from ytterby.canonical import dumps
    from ytterby.cli._world_months import months_text
    from ytterby.world import World

    with progress_bar(asked.title) as progress:
        found = World.default().months(
            asked,
            start=start,
            end=end,
            known_on=known_on,
            foresight=foresight,
            draws=draws,
            seed=seed,
            workers=None,
            progress=progress,
        )
    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps(found.to_dict(), indent=2) + "\n", output)
    elif chosen == "table":
        write(months_text(found), output)
    else:
        write_rows(records(found.prices), chosen, output)
    return max(_attained(e) for e in found.path.equilibria)


def _finding(outcome: Outcome) -> int:
    return _attained(outcome.scenario)


def _attained(equilibrium: Equilibrium) -> int:
    """Return 1 if a floor is not attained."""
    return int(any(a is False for a in equilibrium.tables["measures"]["attained"]))
