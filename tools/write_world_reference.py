"""Write the parts of the world's reference pages that the model decides, between each page's markers.

Usage: ``python tools/write_world_reference.py`` (a test of the world fails while a page is out of step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ytterby.cli._world_ladder import account_rows, payoff_rows, stable_text, step_rows
from ytterby.cli.measures import rate_row
from ytterby.measures import Register, response_rates
from ytterby.world import World
from ytterby.world.assumptions import rows
from ytterby.world.backtest import BackTest, backtest, episodes, fit_table
from ytterby.world.base_year import TOLERANCE, Comparison, compare_base_year, unexplained_wedges
from ytterby.world.ladder import run_ladder
from ytterby.world.parameters import table
from ytterby.world.pipeline import document, numbers

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
BEGIN = "<!-- begin: written by tools/write_world_reference.py -->"
END = "<!-- end -->"


def page(name: str) -> str:
    """Return the page with the part between the markers written anew."""
    text = (FOLDER / name).read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{FOLDER / name}: the markers are missing")
    return f"{before}{BEGIN}\n\n{PAGES[name]()}\n{END}{after}"


def base_year() -> str:
    """Return the comparison of the base year with its sources as Markdown."""
    world = World.default()
    found = compare_base_year(world.calibration, world.baseline())
    outside = [c for c in found if not c.within]
    prices, flows = ([c for c in found if c.kind == kind] for kind in ("price", "flow"))
    rest = [c for c in found if c.kind in ("share", "quantity")]
    parts = [
        f"{len(found)} figures are compared; {len(outside)} are outside tolerance "
        f"({TOLERANCE['price']:.0%} for prices, {TOLERANCE['quantity']:.0%} for totals and flows, "
        f"{TOLERANCE['share']:.0f} points for shares).",
        f"All {len(prices)} Chinese prices and all {len(flows)} flows above 100 t are reproduced to "
        f"{'one in a million' if max(abs(c.deviation) for c in (*prices, *flows)) < 1e-6 else 'more than that'}.",
        "### Totals and shares",
        _comparisons(rest),
        "### Flows whose price gap known costs do not explain",
        _wedges(world),
    ]
    return "\n\n".join(parts) + "\n"


def _comparisons(found: Iterable[Comparison]) -> str:
    lines = ["| what | role | source says | model | unit | deviation | within |", "|---|---|--:|--:|---|--:|---|"]
    for c in found:
        deviation = f"{c.deviation:+.1f} points" if c.kind == "share" else f"{c.deviation:+.1%}"
        cells = (
            c.item,
            c.role,
            _number(c.reported),
            _number(c.model),
            c.unit,
            deviation,
            "yes" if c.within else "**no**",
        )
        lines.append(_row(cells))
    return "\n".join(lines)


def _wedges(world: World) -> str:
    lines = ["| lane | t | price there | not explained | share of price |", "|---|--:|--:|--:|--:|"]
    for w in unexplained_wedges(world.calibration).to_dict("records"):
        numbers = (_number(w[k]) for k in ("base_t", "price_to", "wedge"))
        cells = (f"`{w['id']}`", *numbers, f"{w['wedge_share']:+.0%}")
        lines.append(_row(cells))
    return "\n".join(lines)


def assumptions() -> str:
    """Return the model's parameters and the assumptions that rules take as Markdown."""
    lines = [
        "## Parameters of the model",
        "",
        "| name | low | mid | high | unit | quality | note |",
        "|---|--:|--:|--:|---|---|---|",
    ]
    for r in table().to_dict("records"):
        numbers = (f"{r[k]:g}" for k in ("low", "mid", "high"))
        lines.append(_row((f"`{r['name']}`", *numbers, r["unit"], r["quality"], r["note"])))
    lines += ["", "## Numbers that the law does not say", ""]
    lines += ["| name | scope | low | mid | high | unit | quality | source |", "|---|---|--:|--:|--:|---|---|---|"]
    for a in rows():
        source = f"[{a.source}]({a.url})" if a.url.startswith("http") else a.source
        lines.append(
            _row((f"`{a.name}`", a.scope, f"{a.low:g}", f"{a.mid:g}", f"{a.high:g}", a.unit, a.quality, source))
        )
    return "\n".join([*lines, *_years()]) + "\n"


def _years() -> list[str]:
    """Return the numbers and the projects of the yearly calendar."""
    lines = ["", "## Numbers of the yearly calendar", ""]
    lines += ["| name | low | mid | high | unit | quality | source | note |", "|---|--:|--:|--:|---|---|---|---|"]
    for n in numbers().values():
        source = f"[{n.source}]({n.url})" if n.url else n.source
        cells = (f"`{n.name}`", f"{n.low:g}", f"{n.mid:g}", f"{n.high:g}", n.unit, n.quality, source, n.note)
        lines.append(_row(cells))
    lines += ["", "## Projects that prices decide", ""]
    lines += [
        "| project | plants | adds, t a year | not before | earns | price or margin at |",
        "|---|---|---|--:|---|---|",
    ]
    for p in document()["projects"]:
        adds = ", ".join(f"`{a}` {size:,}" for a, size in p["adds"].items())
        earns = f"price of `{p['price']}`" if "price" in p else "margin of " + ", ".join(f"`{a}`" for a in p["margin"])
        lines.append(_row((p["id"], ", ".join(p["plants"]), adds, str(p["opens"]), earns, p["at"])))
    return lines


def back_tests() -> str:
    """Return the record of every episode as Markdown."""
    return "\n".join([*(_episode(backtest(name)) for name in episodes()), _fit()])


def _episode(found: BackTest) -> str:
    e = found.episode
    lines = [
        f"## {e.title}",
        "",
        e.question,
        "",
        "```console",
        f"$ ytterby world backtest {e.name} --figure docs/_static/backtest_{e.name}.svg",
        "```",
        "",
        f"```{{image}} ../_static/backtest_{e.name}.svg",
        f":alt: {e.title}, predicted against observed",
        "```",
        "",
        "| group | points | goal | reached | met | log-RMSE | of no change |",
        "|---|--:|---|--:|---|--:|--:|",
    ]
    met = {True: "yes", False: "**no**", None: ""}
    for r in found.scores.itertuples(index=False):
        value = "" if r.met is None else f"{r.value:.3g}"
        cells = (r.group, str(r.points), r.goal, value, met[r.met], f"{r.log_rmse:.3g}", f"{r.no_change_log_rmse:.3g}")
        lines.append(_row(cells))
    missed = [r for r in found.scores.itertuples(index=False) if r.met is False]
    if missed:
        lines += ["", *(f"*Missed: {r.group}, {r.goal}.* {r.reason}\n" for r in missed)]
    lines += ["", "| group | item | where | when | observed | no change | predicted | unit | source |"]
    lines += ["|---|---|---|---|--:|--:|--:|---|---|"]
    for p in found.points.itertuples(index=False):
        numbers = (_number(v) for v in (p.observed, p.no_change, p.predicted))
        source = f"[{p.source}]({p.url})" if p.url.startswith("http") else p.source
        lines.append(_row((p.group, f"`{p.commodity}`", p.region, p.period, *numbers, p.unit, source)))
    told = (f"Given to the model: {e.given}", f"No change: {e.no_change}", f"Parameters frozen on {e.frozen}.")
    return "\n".join([*lines, "", *(f"- {n}" for n in (*told, *e.notes)), ""])


def _fit() -> str:
    lines = ["## What is fitted", "", "```console", "$ ytterby world backtest quota_2010_2012 --fit", "```", ""]
    lines += ["| number | value | unit | note |", "|---|--:|---|---|"]
    lines += [_row((f"`{r['name']}`", f"{r['value']:g}", str(r["unit"]), str(r["note"]))) for r in fit_table()]
    return "\n".join(lines) + "\n"


def action_and_reaction() -> str:
    """Return the rates of response and the ladder as Markdown."""
    climbed = run_ladder(World.default())
    parts = [
        "### Rates of response, all pairs",
        _rows([rate_row(r.record()) for r in response_rates(Register.default())]),
        "### Steps",
        "Million USD a year against the start.",
        _rows(step_rows(climbed)),
        "### Whose gains",
        _rows(account_rows(climbed)),
        "### All states",
        "Gains of China / of the bloc; a star marks the best reply to the other side's rung.",
        _rows(payoff_rows(climbed)),
        stable_text(climbed),
    ]
    return "\n\n".join(parts) + "\n"


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(rows[0])
    lines = [_row(names), "|" + "---|" * len(names)]
    for r in rows:
        values = (r[n] for n in names)
        lines.append(_row("-" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in values))
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


PAGES: dict[str, Callable[[], str]] = {
    "../explanation/action-and-reaction.md": action_and_reaction,
    "back-tests.md": back_tests,
    "base-year.md": base_year,
    "assumptions.md": assumptions,
}


if __name__ == "__main__":
    for name in PAGES:
        written = page(name)
        (FOLDER / name).write_text(written, "utf-8")
