"""`ytterby world sensitivity`: which of the numbers that nobody observes drives a headline?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows
from ytterby.cli._progress import progress_bar
from ytterby.cli._world_scenario import asked_scenario
from ytterby.cli._world_text import records, rounded

if TYPE_CHECKING:
    from ytterby.world.sensitivity import Sensitivity

__all__ = ["sensitivity"]

_MOST = 8
"""Parameters shown for a headline in the terminal."""


def sensitivity(
    *,
    scenario: Annotated[str | None, Parameter(help="A scenario of the library.")] = None,
    measure: Annotated[
        list[str] | None, Parameter(help="MEASURE_ID[:limb][@from[..to]]; may be repeated.", negative=())
    ] = None,
    assume: Annotated[
        list[str] | None, Parameter(help="NAME=VALUE of an assumption or parameter; may be repeated.", negative=())
    ] = None,
    headline: Annotated[
        list[str] | None,
        Parameter(help="ITEM@REGION, a price or a shortage; may be repeated. Default: what moves most.", negative=()),
    ] = None,
    draws: Annotated[int, Parameter(help="Draws of elasticities and assumptions.")] = 200,
    seed: Annotated[int, Parameter(help="Seed of the draws.")] = 1,
    year: Annotated[int | None, Parameter(help="As in `world run`.")] = None,
    fmt: Annotated[Format | None, Parameter(name="--format")] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")
    ] = None,
) -> None:
    """Rank the numbers that nobody observes by how much of a headline's variance over the draws each explains.

    Example: `ytterby world sensitivity --scenario controls_revived --headline oxide.Dy@DEU`
    """
    from ytterby.canonical import dumps
    from ytterby.world import World
    from ytterby.world.sensitivity import Headline
    from ytterby.world.sensitivity import sensitivity as analyse

    asked = asked_scenario(scenario, measure, assume, year)
    wanted = [Headline.parse(h) for h in headline or []]
    with progress_bar(asked.title) as progress:
        found = analyse(
            World.default(asked.year), asked, wanted, draws=draws, seed=seed, workers=None, progress=progress
        )
    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps(found.to_dict(), indent=2) + "\n", output)
    elif chosen == "table":
        write(_text(found), output)
    else:
        write_rows(records(found.drivers), chosen, output)


def _text(found: Sensitivity) -> str:
    parts = [f"{found.scenario.title}: what drives it ({found.draws} draws; run {found.run_id})\n"]
    for value in found.headlines.to_dict("records"):
        rows = found.drivers[found.drivers["headline"] == value["headline"]].head(_MOST)
        mean, low, high = (rounded(value[k]) for k in ("mean", "low", "high"))
        shown = [{k: rounded(v) if isinstance(v, float) else v for k, v in r.items()} for r in records(rows)]
        columns = ["parameter", "index", "margin", "direction", "low", "mid", "high", "unit", "quality", "source"]
        title = f"{value['headline']}: {mean:g} (10-90 %: {low:g} to {high:g})"
        parts.append(rows_text(shown, title=title, columns=columns))
    parts.append(
        "index: share of the variance that goes when the number is known; margin: half its 95 % interval; direction: "
        "whether the headline moves with the number or against it.\n"
    )
    return "\n".join(parts)
