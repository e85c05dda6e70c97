"""`ytterby world backtest`: how good was it, on episodes of the past?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows
from ytterby.cli._progress import progress_bar
from ytterby.cli._world_text import records

if TYPE_CHECKING:
    from ytterby.world.backtest import BackTest

__all__ = ["backtest"]

_POINT = ["group", "commodity", "region", "period", "observed", "no_change", "predicted", "low", "high", "unit"]
_SCORE = ["group", "points", "goal", "value", "met", "log_rmse", "no_change_log_rmse"]

_NAMES = {
    "magnet.ndfeb*": "NdFeB magnets",
    "oxide.REO": "Rare earths",
    "WLD_exCHN": "outside China",
    "exports": "Exports",
    "fob_china": "China, domestic and FOB",
    "paid": "Paid",
    "price_china": "China",
    "price_ratio": "Outside over inside China",
    "spot_europe": "Spot in Europe",
    "unit_value": "Unit value",
}


def backtest(
    episode: str,
    /,
    *,
    draws: Annotated[int, Parameter(help="Draws of parameters and assumptions for the bands (licensing_2025).")] = 0,
    seed: Annotated[int, Parameter(help="Seed of the draws.")] = 1,
    fit: Annotated[bool, Parameter(help="Fit the parameters anew on the years before the test.", negative=())] = False,
    fmt: Annotated[Format | None, Parameter(name="--format")] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")
    ] = None,
    figure: Annotated[Path | None, Parameter(help="Draw predicted against observed into an SVG file.")] = None,
) -> int:
    """Try the model on an episode of the past: predicted beside observed (exit 1: a goal is missed).

    Episodes: quota_2010_2012, scare_2019, licensing_2025.

    Examples: `ytterby world backtest licensing_2025 --draws 50 --figure licensing.svg`,
    `ytterby world backtest quota_2010_2012 --fit --format csv`
    """
    from ytterby.canonical import dumps
    from ytterby.world import backtest as past

    chosen = infer_format(fmt, output, "table")
    if fit:
        return _write_fit(episode, chosen, output)
    with progress_bar(episode) as progress:
        found = past.backtest(episode, draws=draws, seed=seed, workers=None, progress=progress)
    if figure is not None:
        write(_figure(found), figure)
    if chosen == "table":
        write(_text(found), output)
    elif chosen == "json":
        write(dumps(found.to_dict(), indent=2) + "\n", output)
    else:
        write_rows(records(found.points), chosen, output)
    return 0 if found.met else 1


def _write_fit(episode: str, fmt: str, output: Path | None) -> int:
    from ytterby.errors import UsageError
    from ytterby.world.backtest import FIT_EPISODE, fit_table

    if episode != FIT_EPISODE:
        raise UsageError(f"nothing is fitted on '{episode}'", hint=f"the parameters are fitted on {FIT_EPISODE}")
    write_rows(fit_table(), fmt, output, title="Fitted on 2010 to 2012")
    return 0


def _figure(found: BackTest) -> str:
    from ytterby.figures import predicted_observed

    table = found.points.rename(columns={"commodity": "item"})
    source = "; ".join(dict.fromkeys(s.partition(",")[0] for s in found.points["source"]))
    return predicted_observed(table, title=found.episode.title, source=f"Ytterby; {source}", names=_NAMES).svg


def _text(found: BackTest) -> str:
    e = found.episode
    points = [{k: _round(v) for k, v in r.items()} for r in records(found.points)]
    columns = _POINT if found.draws else [c for c in _POINT if c not in ("low", "high")]
    parts = [
        f"{e.title}\n{e.question}\n",
        rows_text(points, title="Predicted beside observed", columns=columns),
        rows_text(
            [{k: _round(v) for k, v in r.items()} for r in records(found.scores)],
            title="Goals",
            columns=_SCORE,
        ),
    ]
    missed = [r for r in records(found.scores) if r["met"] is False]
    if missed:
        parts.append("Missed, and why\n" + "".join(f"- {r['group']}, {r['goal']}: {r['reason']}\n" for r in missed))
    told = (f"Given: {e.given}", f"No change: {e.no_change}", f"Parameters frozen on {e.frozen}.", *e.notes)
    parts.append("What to know\n" + "".join(f"- {n}\n" for n in told))
    return "\n".join(parts)


def _round(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return None if value != value else float(f"{value:.3g}") if abs(value) < 1000 else round(value)
