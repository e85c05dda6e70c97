"""The years of a scenario: run them, and show what operates, prices, new capacity, who builds, who gains."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows
from ytterby.cli._world_text import records, rounded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from ytterby.world import Scenario, Years
    from ytterby.world.path import Foresight

__all__ = ["run_years", "write_years", "years_text"]

_PRICES = (
    ("oxide.NdPr", "CHN"),
    ("oxide.NdPr", "USA"),
    ("oxide.Dy", "CHN"),
    ("oxide.Dy", "DEU"),
    ("oxide.Tb", "CHN"),
    ("magnet.ndfeb_hd", "CHN"),
    ("magnet.ndfeb_hd", "USA"),
    ("magnet.ndfeb_hd", "DEU"),
)
_USES = ("ev_motor", "wind_turbine", "industrial_motor_robotics", "consumer_electronics", "defence")
_WELFARE = ("*", "CHN", "USA", "JPN", "DEU")


def run_years(
    asked: Scenario | None,
    start: str | None,
    end: str | None,
    foresight: Foresight,
    progress: Callable[[int, int], None] | None,
) -> Years:
    """Return the years of a scenario, or of the baseline alone."""
    from ytterby.world import World

    first, last = (_year(words, default) for words, default in ((start, 2024), (end, 2035)))
    return World.default().years(asked, start=first, end=last, foresight=foresight, progress=progress)


def _year(words: str | None, default: int) -> int:
    from ytterby.errors import UsageError

    if words is None:
        return default
    if not words.isdecimal():
        raise UsageError(f"'{words}' is no year", hint="the yearly calendar takes years, e.g. 2027")
    return int(words)


def write_years(y: Years, fmt: Format | None, output: Path | None) -> int:
    """Write the result; return 1 if a floor is not attained in some year, else 0."""
    from ytterby.canonical import dumps

    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps(y.to_dict(), indent=2) + "\n", output)
    elif chosen == "table":
        write(years_text(y), output)
    else:
        write_rows(records(y.prices), chosen, output)
    return int(not all(y.floors["attained"]))


def years_text(y: Years) -> str:
    """Return what a person reads of the years."""
    years = list(range(y.start, y.end + 1))
    head = f"{y.title} ({y.start} to {y.end}, {y.foresight} foresight; run {y.run_id})\n{y.question}\n"
    parts = [head.replace("\n\n", "\n")]
    if y.measures:
        parts.append("Operates\n" + "".join(f"- {line}\n" for line in _spans(y.in_force, years)))
    parts.append(rows_text(_prices(y, years), title="Price paid, USD/kg (baseline > scenario where they differ)"))
    parts.append(
        rows_text(
            _uses(y, years),
            title="Use lost outside China, share of what would be used at prices of 2024 (baseline > scenario)",
        )
    )
    added = [{k: rounded(v) if isinstance(v, float) else v for k, v in r.items()} for r in records(y.new_capacity)]
    parts.append(rows_text(added, title=f"New capacity {min(y.end, 2030)} over 2024, t a year (unit of the stage)"))
    if built := _built(y):
        parts.append(rows_text(built, title="Projects that prices decide"))
    if y.measures:
        parts.append(rows_text(_welfare(y), title="Gains and losses against the baseline, million USD a year"))
    parts.append("Not modelled\n" + "".join(f"- {n['measure']}: {n['reason']}\n" for n in y.not_modelled))
    return "\n".join(parts)


def _spans(in_force: pd.DataFrame, years: list[int]) -> list[str]:
    """Return for each limb the stretches of years in which it operates."""
    found = []
    for limb in dict.fromkeys(in_force["measure"]):
        here = set(in_force.loc[in_force["measure"] == limb, "year"])
        spans = [list(g) for on, g in groupby(years, key=here.__contains__) if on]
        found.append(f"{limb}: " + ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]} to {s[-1]}" for s in spans))
    return found or ["nothing: no measure operates in these years"]


def _pairs(table: pd.DataFrame, keys: list[str], form: str) -> dict[Any, str]:
    """Return ``baseline > scenario`` by key, one number where they read the same."""
    found = {}
    for r in table.to_dict("records"):
        one, two = format(r["baseline"], form), format(r["scenario"], form)
        found[tuple(r[k] for k in keys)] = one if one == two else f"{one} > {two}"
    return found


def _prices(y: Years, years: list[int]) -> list[dict[str, Any]]:
    price = _pairs(y.prices, ["year", "commodity", "region"], ".4g")
    return [{"year": t, **{f"{c} {r}": price.get((t, c, r)) for c, r in _PRICES}} for t in years]


def _uses(y: Years, years: list[int]) -> list[dict[str, Any]]:
    share = _pairs(y.shortages[y.shortages["region"] == "WLD_exCHN"], ["year", "end_use"], ".1%")
    return [{"year": t, **{u: share.get((t, u)) for u in _USES}} for t in years]


def _built(y: Years) -> list[dict[str, Any]]:
    """Return each project with the year in which it opens in the baseline and in the scenario."""
    opens: dict[str, dict[str, Any]] = {}
    for e in y.entries.to_dict("records"):
        row = opens.setdefault(e["project"], {"project": e["project"], "incentive_price": e["incentive_price"]})
        row[f"{e['run']}_decided"], row[f"{e['run']}_opens"] = e["decided"], e["opens"]
    runs = ("baseline", "scenario") if y.measures else ("baseline",)
    names = ["project", "incentive_price", *(f"{run}_{what}" for run in runs for what in ("decided", "opens"))]
    return [{n: row.get(n) for n in names} for row in opens.values()]


def _welfare(y: Years) -> list[dict[str, Any]]:
    last = min(y.end, 2030)
    table = y.welfare[(y.welfare["year"] == last) & y.welfare["region"].isin(_WELFARE)]
    groups = [c for c in table.columns if c not in ("year", "region")]
    return [
        {"year": last, "region": r["region"], **{g: None if r[g] is None else rounded(r[g] / 1000) for g in groups}}
        for r in table.to_dict("records")
    ]
