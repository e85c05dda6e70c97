"""Write a page and a picture for each scenario of the library, and their index.

Usage: ``python tools/write_scenarios.py [NAME ...]``; without a name all are written. A test of the world fails while a
page is older than the data and assumptions that it rests on.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markdown_tables import NONE, console, markdown_table, money, percent, signed, whole_percent

from ytterby import atlas
from ytterby.errors import SolveError
from ytterby.figures import price_bars, shortage_bars, stack
from ytterby.measures import Register
from ytterby.world import Outcome, Scenario, World, Years, library
from ytterby.world import _words as words
from ytterby.world.gains import ACCOUNTS, BLOC, grouped
from ytterby.world.sensitivity import headlines

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "scenarios"
PICTURES = DOCS / "_static" / "scenarios"
DRAWS, SEED = 20, 1
LAST = 2030

GOODS = ("oxide.NdPr", "oxide.Dy", "oxide.Tb", "oxide.Y", "magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco")
PLACES = ("CHN", "USA", "DEU", "JPN")
USES = {
    "ev_motor": "electric vehicles",
    "wind_turbine": "wind turbines",
    "consumer_electronics": "phones and other consumer electronics",
    "semiconductor": "semiconductor industry",
    "defence": "military",
}
OTHER_USES = {
    "appliances_hvac": "appliances and air conditioning",
    "auto_other": "other motors in vehicles",
    "batteries_metallurgy": "batteries and metallurgy",
    "glass_polishing": "glass and polishing",
    "industrial_motor_robotics": "industrial motors and robots",
    "phosphors_ceramics": "phosphors and ceramics",
}
OUTSIDE = "WLD_exCHN"
STAGES = {
    "oxides of NdPr, Dy, Tb": ("oxide.NdPr", "oxide.Dy", "oxide.Tb"),
    "metals of NdPr, Dy, Tb": ("metal.NdPr", "metal.Dy", "metal.Tb"),
    "NdFeB magnets": ("magnet.ndfeb", "magnet.ndfeb_hd"),
    "motors (t of magnets in them)": (
        "product.ev_motor",
        "product.industrial_motor_robotics",
        "product.auto_other",
        "product.appliances_hvac",
    ),
}
LATER = (
    " The baseline is that of the same year; each draw is held against its central values, so what a parameter does to "
    "the baseline of a later year is in the band and in the sign."
)


def command(name: str) -> str:
    """Return the command that a scenario's page is made by."""
    return f"ytterby world run --scenario {name} --draws {DRAWS} --seed {SEED}"


def yearly_command(name: str) -> str:
    """Return the command of a page's new capacity."""
    return f"ytterby world run --scenario {name} --calendar yearly --end {LAST}"


@functools.cache
def outcome(name: str) -> Outcome:
    """Return a scenario of the library with draws, run once."""
    scenario = library()[name]
    return World.default(scenario.year).run(scenario, draws=DRAWS, seed=SEED, workers=None)


@functools.cache
def years(name: str) -> Years:
    """Return a scenario of the library from year to year, run once."""
    return World.default().years(name, end=LAST)


def page(o: Outcome) -> str:
    """Return a scenario's page as Markdown."""
    scenario = library()[o.name]
    parts = [
        f"# {o.title}",
        o.question,
        console(command(o.name)),
        f"Run `{o.run_id}`: capacities and demand of {o.year}, central values and {o.draws} draws. *low* and *high* "
        "are the 10th and 90th percentile of the draws, *sign* is the share of draws in which the change has the sign "
        "of the central one. The central run takes every middle value; where a range is lopsided it may lie at an edge "
        "of the band or outside. Prices are those paid, volume-weighted, in USD/kg; quantities are t a year."
        + (LATER if o.year > 2024 else ""),
        f"```{{image}} ../_static/scenarios/{o.name}.svg\n:alt: {o.title}, prices and shortages\n```",
        "## Headlines",
        headline_table(o),
        *(["\n".join(f"- {w}" for w in o.why)] if o.why else []),
        "## What is imposed",
        imposed(scenario),
        "## Numbers that the law does not say",
        assumed(o),
        "## Prices",
        prices(o),
        *(["## Floors", floors(o)] if _floors(o) else []),
        "## Shortages by end use",
        shortages(o),
        "## Who gains and who loses",
        gains(o),
        "## New capacity by 2030",
        new_capacity(o.name),
        "## Trade",
        trade(o),
        "## Leakage downstream",
        leakage(o),
        "## What is not modelled",
        "\n".join(f"- {_measure(n['measure'])}: {n['reason']}" for n in o.not_modelled),
    ]
    return "\n\n".join(parts) + "\n"


def headline_table(o: Outcome) -> str:
    """Return what the scenario is quoted by, with how robust the sign of each is."""
    price = o.prices.set_index(["commodity", "region"])
    short = o.shortages.set_index(["end_use", "region"])
    rows = []
    for h in headlines(o):
        key = (h.item, h.region)
        if key in price.index:
            p = price.loc[key]
            name = f"{words.upper(words.commodity(h.item))} in {words.region(h.region, article=True)}"
            rows.append((name, "USD/kg", *_compared(p), whole_percent(p["sign_share"])))
        else:
            s = short.loc[key]
            name = f"Use lost outside China: {(USES | OTHER_USES).get(h.item, h.item)}"
            rows.append(
                (
                    name,
                    "share",
                    *(percent(s[k]) for k in ("baseline", "share", "low", "high")),
                    whole_percent(s["sign_share"]),
                )
            )
    if not rows:
        return "Nothing moves outside China."
    return markdown_table("headline | unit | baseline: | scenario: | low: | high: | sign:", rows)


def imposed(scenario: Scenario) -> str:
    """Return the measures with their sources, and what the scenario sets otherwise."""
    rows = []
    for m in scenario.measures:
        measure = _register()[m.limb.partition(":")[0]]
        sources = ", ".join(f"[{s.title}]({s.url})" if s.url else s.title for s in measure.sources[:2])
        rows.append(
            (f"`{m}`", measure.title, measure.issuer.jurisdiction, measure.legal_status.replace("_", " "), sources)
        )
    text = markdown_table("limb | measure | issuer | status | sources", rows)
    said = [f"`{k}` takes the row *{v}*." for k, v in scenario.scopes.items()]
    said += [f"`{k}` is set to {v:g}." for k, v in dict(scenario.values).items()]
    said += [f"{words.upper(words.region(r, article=True))} is not a member of the bloc." for r in scenario.leaves]
    notes = "".join(f"\n- {s}" for s in said)
    return text + (f"\n{notes}" if notes else "")


def assumed(o: Outcome) -> str:
    """Return the assumptions with range and source."""
    if not o.assumptions:
        return "None."
    rows = []
    for a in o.assumptions:
        source = f"[{a['source']}]({a['url']})" if str(a["url"]).startswith("http") else a["source"]
        numbers = (f"{a[k]:g}" for k in ("low", "value", "high"))
        rows.append((f"`{a['name']}`", a["scope"], *numbers, a["unit"], a["quality"], source))
    return (
        markdown_table("name | scope | low: | used: | high: | unit | quality | source", rows)
        + "\n\nThe model's own parameters are in [assumptions](../reference/assumptions.md)."
    )


def prices(o: Outcome) -> str:
    """Return prices of the goods that are quoted, in China, the United States, Germany and Japan."""
    table = o.prices.set_index(["commodity", "region"])
    rows = []
    for c in GOODS:
        for r in PLACES:
            if (c, r) not in table.index:
                continue
            p = table.loc[(c, r)]
            change = _change(p)
            spot = "" if p["spot"] is None else words.number(p["spot"])
            base, now, low, high = _compared(p)
            rows.append(
                (
                    words.commodity(c),
                    words.region(r),
                    base,
                    now,
                    change,
                    low,
                    high,
                    spot,
                    whole_percent(p["sign_share"]),
                )
            )
    text = markdown_table("good | where | baseline: | scenario: | change: | low: | high: | spot: | sign:", rows)
    return (
        text
        + "\n\n*spot*: what those pay who have no licence and compete for the rest; empty where there is one price."
    )


def floors(o: Outcome) -> str:
    """Return where floors are held, and by which levy on imports."""
    rows = []
    found = _floors(o)
    for c in dict.fromkeys(f["commodity"] for f in found):
        here = [f for f in found if f["commodity"] == c]
        held, missed = ([f for f in here if bool(f["attained"]) is yes] for yes in (True, False))
        levies = [f["wedge"] for f in held if f["wedge"] is not None and f["wedge"] > 0]
        levy = f"{words.number(min(levies))} to {words.number(max(levies))}" if levies else "none"
        rows.append((words.commodity(c), levy, str(len(held)), _places(missed)))
    return markdown_table("good | levy, USD/kg: | held in members: | not attained in", rows)


def shortages(o: Outcome) -> str:
    """Return use lost outside China and by place for the five end uses that are always asked for."""
    table = o.shortages.set_index(["end_use", "region"])
    rows = []
    for use, name in USES.items():
        s = table.loc[(use, OUTSIDE)] if (use, OUTSIDE) in table.index else None
        if s is None:
            rows.append((name, *[NONE] * 10))
            continue
        weeks = NONE if s["weeks_of_cover"] is None else words.number(s["weeks_of_cover"])
        scarce = (
            "none" if s["scarcest"] is None else f"{words.commodity(s['scarcest'])} ({percent(s['scarcest_share'])})"
        )
        here = [percent(table["share"][use, r]) if (use, r) in table.index else NONE for r in PLACES]
        band = f"{percent(s['low'])} to {percent(s['high'])}"
        rows.append(
            (
                name,
                percent(s["baseline"]),
                percent(s["share"]),
                band,
                whole_percent(s["sign_share"]),
                *here,
                scarce,
                weeks,
            )
        )
    places = " | ".join(f"{r}:" for r in PLACES)
    head = f"end use | outside China, baseline: | scenario: | band: | sign: | {places} | scarcest | weeks of cover:"
    text = markdown_table(head, rows)
    return (
        text + "\n\nShare of what is used at the prices of 2024, at base value, that is not bought (negative: more is "
        "used); places as in the scenario. *Weeks of cover*: how long known stocks of magnets would fill alone what "
        "the scenario adds; no data where no stock is known or it adds less than 1 %."
    )


def gains(o: Outcome) -> str:
    """Return gains by group and for the regions that gain or lose most, in million USD a year."""
    rows = [(g["group"], *(money(g[a]) for a in ACCOUNTS)) for g in grouped(o.gains).to_dict("records")]
    known = o.gains[o.gains["region"] != "CHN"].dropna(subset=["total"]).astype({"total": float})
    known = known[known["total"].abs() >= 0.5]
    most = known.loc[known["total"].abs().sort_values(ascending=False, kind="stable").index].head(6)
    rows += [(words.region(r["region"]), *(money(r[a]) for a in ACCOUNTS)) for r in most.to_dict("records")]
    text = markdown_table("who | users: | producers: | treasuries: | holders of permits: | all:", rows)
    return (
        f"Million USD a year against the baseline. First groups (the bloc is the atlas' group `{BLOC}`), then up to "
        f"six other regions whose sum moves most.\n\n{text}\n\nA user's loss ends at the price it would pay for the "
        "material: lost output of cars or weapons is not in it."
    )


def new_capacity(name: str) -> str:
    """Return what is built by 2030 with and without the measures, and the projects that they bring or put off."""
    try:
        y = years(name)
    except SolveError as error:
        said = f"No data: some year of this scenario has no equilibrium that the kernel can verify ({error.message})."
        return f"{console(yearly_command(name))}\n\n{said}"
    rows = []
    for r in y.new_capacity.to_dict("records"):
        before, after = r["baseline_t"], r["scenario_t"]
        where = "China" if r["region"] == "CHN" else "all others"
        rows.append((r["stage"], where, f"{before:,.0f}", f"{after:,.0f}", signed(after - before)))
    text = markdown_table("stage | where | baseline, t: | scenario, t: | change:", rows)
    e = y.entries[y.entries["opens"] <= LAST]
    runs = [e[e["run"] == run] for run in ("baseline", "scenario")]
    without, with_them = (dict(zip(run["project"], run["opens"], strict=True)) for run in runs)
    said = []
    for project in sorted({*without, *with_them}):
        opens = [str(found.get(project, f"not by {LAST}")) for found in (with_them, without)]
        if opens[0] != opens[1]:
            said.append(f"- {project} opens: {opens[0]} with the measures, {opens[1]} without.")
    return (
        f"{console(yearly_command(y.name))}\n\nRun `{y.run_id}`: capacity of {LAST} over that of 2024 in the calendar "
        f"of years, in the unit of the stage, central values. {_operates(y)} What is spent on building is in no gain."
        f"\n\n{text}" + ("\n\nProjects that prices decide:\n\n" + "\n".join(said) if said else "")
    )


def trade(o: Outcome) -> str:
    """Return the flows that change most."""
    f = o.flows.assign(change=o.flows["scenario_t"] - o.flows["baseline_t"])
    f = f.loc[f["change"].abs().sort_values(ascending=False, kind="stable").index].head(12)
    rows = [
        (words.commodity(r["commodity"]), words.region(r["from"]), words.region(r["to"]),
         *(f"{r[k]:,.0f}" for k in ("baseline_t", "scenario_t")), signed(r["change"]))
        for r in f.to_dict("records")
    ]  # fmt: skip
    return markdown_table("good | from | to | baseline, t: | scenario, t: | change: ", rows)


def leakage(o: Outcome) -> str:
    """Return by stage what the bloc imports from outside and what China exports: where trade goes instead."""
    bloc = set(atlas.group(BLOC))
    into = o.flows[o.flows["to"].isin(bloc) & ~o.flows["from"].isin(bloc)]
    out = o.flows[(o.flows["from"] == "CHN") & (o.flows["to"] != "CHN")]
    rows, change = [], {}
    for stage, goods in STAGES.items():
        cells: list[str] = []
        for name, table in (("bloc", into), ("China", out)):
            here = table[table["commodity"].isin(goods)]
            before, after = here["baseline_t"].sum(), here["scenario_t"].sum()
            change[stage, name] = after - before
            cells += [f"{before:,.0f}", f"{after:,.0f}", signed(after - before)]
        rows.append((stage, *cells))
    text = markdown_table(
        "stage | bloc imports, baseline: | scenario: | change: | China exports, baseline: | scenario: | change:", rows
    )
    lost, gained = change["NdFeB magnets", "bloc"], change["motors (t of magnets in them)", "bloc"]
    said = ""
    if lost < -1.0 and gained > 1.0:
        said = f"\n\nOf each tonne of magnets that the bloc no longer imports, {gained / -lost:.2f} t come in motors."
    return f"Tonnes a year; the bloc's imports are those from outside of it.\n\n{text}{said}"


def picture(o: Outcome) -> str:
    """Return prices and shortages as one SVG."""
    p = o.prices[o.prices["commodity"].isin(GOODS) & o.prices["region"].isin(PLACES[:3])]
    s = o.shortages[o.shortages["end_use"].isin(USES) & (o.shortages["region"] == OUTSIDE)]
    source = f"Ytterby, run {o.run_id}"
    figures = [
        price_bars(p, title=f"Prices: {o.title}", source=source),
        shortage_bars(s, title="Use lost outside China", source=source),
    ]
    return stack(figures, title=o.title) + "\n"


def index(outcomes: Sequence[Outcome]) -> str:
    """Return the index of the pages with what each scenario does at a glance."""
    rows = []
    for o in outcomes:
        price = o.prices.set_index(["commodity", "region"])
        hd = price.loc[("magnet.ndfeb_hd", "DEU")]
        dy = price.loc[("oxide.Dy", "DEU")] if ("oxide.Dy", "DEU") in price.index else None
        ev = o.shortages.set_index(["end_use", "region"]).loc[("ev_motor", OUTSIDE)]
        g = grouped(o.gains).set_index("group")["total"]
        change = [NONE if p is None else _change(p) for p in (hd, dy)]
        totals = [money(g[k]) for k in ("China", "allied bloc", "world")]
        rows.append((f"[{o.title}]({o.name}.md)", *change, percent(ev["share"] - ev["baseline"]), *totals))
    what = "magnets with Dy or Tb, Germany: | Dy oxide, Germany: | EV use lost outside China over the baseline:"
    table = markdown_table(f"scenario | {what} | gain of China: | of the bloc: | of the world:", rows)
    tree = "```{toctree}\n:hidden:\n\n" + "\n".join(o.name for o in outcomes) + "\n```"
    return (
        "# Scenarios\n\nA page for each scenario of the library, written by `python tools/write_scenarios.py` from "
        f"`ytterby world run --scenario NAME --draws {DRAWS} --seed {SEED}`. Gains are in million USD a year. What the "
        "model is for, and how far its record carries, is on the [model card](../reference/model-card.md).\n\n"
        f"{table}\n\n{tree}\n"
    )


@functools.cache
def _register() -> Register:
    return Register.default()


def _operates(y: Years) -> str:
    if y.in_force.empty:
        return "No measure operates in these years."
    spans = y.in_force.groupby("measure", sort=False)["year"].agg(["min", "max"])
    return "Operating: " + "; ".join(f"`{m}` {first} to {last}" for m, first, last in spans.itertuples()) + "."


def _floors(o: Outcome) -> list[dict[str, Any]]:
    rows = o.scenario.measures[["region", "commodity", "wedge", "attained"]].to_dict("records")
    return [{k: None if pd.isna(v) else v for k, v in r.items()} for r in rows if r["attained"] is not None]


def _places(floors: Iterable[dict[str, Any]]) -> str:
    return ", ".join(words.region(f["region"]) for f in floors) or "none"


def _measure(name: str) -> str:
    return {"model": "The model", "draws": "The draws"}.get(name, f"`{name}`")


def _compared(row: pd.Series) -> list[str]:
    return [words.number(row[k]) for k in ("baseline", "scenario", "low", "high")]


def _change(row: pd.Series) -> str:
    change = row["scenario"] / row["baseline"] - 1
    return "0.0 %" if abs(change) < 5e-4 else words.percent(change)


def main(names: Sequence[str]) -> None:
    """Write the pages that are named, or all with their index."""
    FOLDER.mkdir(exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for name in names or library():
        (FOLDER / f"{name}.md").write_text(page(outcome(name)), "utf-8")
        (PICTURES / f"{name}.svg").write_text(picture(outcome(name)), "utf-8")
    if not names:
        (FOLDER / "index.md").write_text(index([outcome(n) for n in library()]), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
