"""`ytterby world ladder`: what would each step of an escalation be worth to each side?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows
from ytterby.cli._progress import progress_bar
from ytterby.cli._world_text import records

if TYPE_CHECKING:
    from ytterby.world.ladder import LadderOutcome

__all__ = ["account_rows", "ladder", "payoff_rows", "rate_text", "stable_text", "step_rows"]


def ladder(
    *,
    draws: Annotated[int, Parameter(help="Draws of elasticities and assumptions for the bands.")] = 0,
    seed: Annotated[int, Parameter(help="Seed of the draws.")] = 1,
    fmt: Annotated[Format | None, Parameter(name="--format")] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")
    ] = None,
) -> int:
    """Climb the escalation ladder: gains of China and the allied bloc, best replies (exit 1: a floor is not attained).

    Gains are those of the rare-earth market alone, in million USD a year against the truce. CSV and Parquet hold those
    of the sides by step.

    Examples: `ytterby world ladder`, `ytterby world ladder --draws 20 --format json`
    """
    from ytterby.canonical import dumps
    from ytterby.errors import UsageError
    from ytterby.world import World
    from ytterby.world.ladder import declared, run_ladder

    if draws < 0:
        raise UsageError(f"the number of draws is {draws}; expected 0 (none) or more")
    asked = declared()
    with progress_bar(asked.title) as progress:
        found = run_ladder(World.default(), asked, draws=draws, seed=seed, workers=None, progress=progress)
    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps(found.to_dict(), indent=2) + "\n", output)
    elif chosen == "table":
        write(_text(found), output)
    else:
        write_rows(records(found.gains), chosen, output)
    return int((found.steps["floors_attained"] < found.steps["floors"]).any())


def _text(o: LadderOutcome) -> str:
    parts = [
        f"{o.title} (from: {o.start}; run {o.run_id})\nMillion USD a year against the start, rare-earth market alone\n"
    ]
    if o.unsolved:
        parts.append(
            f"{o.unsolved} of {o.draws} draws have a state without an equilibrium; the bands are of the others.\n"
        )
    parts.append(rows_text(step_rows(o), title="Steps, cumulative"))
    parts.append(rows_text(account_rows(o), title="Whose gains"))
    parts.append(rows_text(payoff_rows(o), title="All states: gains of both sides, * best reply to the other's rung"))
    parts.append(stable_text(o) + "\n")
    parts.append(
        rows_text([_rate_row(r) for r in records(o.rates)], title="Rare-earth responses so far, within 180 days")
    )
    parts.append("What to know\n" + "".join(f"- {note}\n" for note in o.notes))
    parts.append("Not modelled\n" + "".join(f"- {n['measure']}: {n['reason']}\n" for n in o.not_modelled))
    return "\n".join(parts)


def step_rows(o: LadderOutcome) -> list[dict[str, Any]]:
    """Return a row a step: who moved, what each side gains, what the move brought, and the other side's best reply."""
    gains = {(g["step"], g["side"]): g for g in records(o.gains)}
    rows = []
    for s in records(o.steps):
        row = {"step": s["step"], "move": s["title"], "by": o.sides.get(s["by"]), "public": s["day"]}
        row |= {title: _gain(gains[s["step"], side]) for side, title in o.sides.items()}
        row["mover"] = _signed(s["move_gain"])
        row["loses most"] = None if s["loses_most"] is None else f"{s['loses_most']} {_signed(s['loses'])}"
        row["floors"] = f"{s['floors_attained']} of {s['floors']}" if s["floors"] else None
        row["best reply"] = _reply(o, s)
        rows.append(row)
    return rows


def _reply(o: LadderOutcome, step: Mapping[str, Any]) -> str | None:
    if step["reply"] is None:
        return None
    share = "" if step["reply_share"] is None else f" in {step['reply_share']:.0%} of draws"
    to = f"{step['reply']} {_signed(step['reply_gain'])}" if step["reply_gain"] else "none, stays"
    return f"{o.sides[step['reply_by']]}: {to}{share}"


def account_rows(o: LadderOutcome) -> list[dict[str, Any]]:
    """Return a row a step and side: what consumers, producers, treasury and permit holders gain."""
    names = {"consumer": "consumers", "producer": "producers", "government": "treasury", "rent": "rent"}
    return [
        {
            "step": g["step"],
            "side": o.sides[g["side"]],
            **{name: "no data" if g[a] is None else _signed(g[a]) for a, name in names.items()},
            "sum": _signed(g["gain"]),
        }
        for g in records(o.gains)
        if g["step"]
    ]


def payoff_rows(o: LadderOutcome) -> list[dict[str, Any]]:
    """Return a row a rung of the first side, a column a rung of the second: gains of both, best replies starred."""
    first, second = list(o.sides)[:2]
    cells: dict[str, dict[str, dict[str, str]]] = {}
    for p in records(o.payoffs):
        if p["side"] in (first, second):
            star = "*" if p["best"] else ""
            cells.setdefault(p[first], {}).setdefault(p[second], {})[p["side"]] = f"{_signed(p['gain'])}{star}"
    head = f"{o.sides[first]} / {o.sides[second]}"
    return [
        {head: rung, **{other: f"{c[first]} / {c[second]}" for other, c in row.items()}} for rung, row in cells.items()
    ]


def stable_text(o: LadderOutcome) -> str:
    """Return in words which pairs of rungs are best replies to each other."""
    if not o.stable:
        return "No pair of rungs is a best reply to the other."
    pairs = "; ".join(" and ".join(f"{o.sides[s]}: {rung}" for s, rung in pair.items()) for pair in o.stable)
    return f"Best replies to each other, by these payoffs alone: {pairs}."


def rate_text(r: Mapping[str, Any]) -> str:
    """Return a probability with its interval, or why there is none."""
    if r["probability"] is None:
        return f"{r['refused']}: no probability"
    return f"{r['probability']:.0%} ({r['low']:.0%} to {r['high']:.0%})"


def _rate_row(r: Mapping[str, Any]) -> dict[str, Any]:
    return {k: r[k] for k in ("trigger", "responder", "n", "hits")} | {"probability": rate_text(r)}


def _gain(g: Mapping[str, Any]) -> str | None:
    if g["low"] is None:
        return _signed(g["gain"])
    return f"{_signed(g['gain'])} ({_signed(g['low'])} to {_signed(g['high'])})"


def _signed(value: float | None) -> str | None:
    """Return a gain with its sign and one decimal; what rounds to nothing has none."""
    if value is None:
        return None
    told = f"{value:+,.1f}"
    return "0.0" if float(told.replace(",", "")) == 0 else told
