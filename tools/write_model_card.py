"""Write the part of the model card that the model decides, between the page's markers: data vintage and weak numbers.

Usage: ``python tools/write_model_card.py`` takes some minutes: two hundred draws of two scenarios. A test of the world
fails while the card is older than the data and assumptions that it rests on.
"""

from __future__ import annotations

from pathlib import Path

from markdown_tables import console, markdown_table

from ytterby import atlas
from ytterby.world import World, library
from ytterby.world.sensitivity import sensitivity

CARD = Path(__file__).parents[1] / "docs" / "reference" / "model-card.md"
BEGIN = "<!-- begin: written by tools/write_model_card.py -->"
END = "<!-- end -->"
CARD_DRAWS, CARD_SEED = 200, 1
CARD_SCENARIOS = ("controls_revived", "bloc_floor")


def card() -> str:
    """Return the card with the part between the markers written anew."""
    text = CARD.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{CARD}: the markers are missing")
    parts = [vintage(), *map(_drivers, CARD_SCENARIOS)]
    return f"{before}{BEGIN}\n\n" + "\n\n".join(parts) + f"\n\n{END}{after}"


def vintage() -> str:
    """Return what data the model rests on, and the ids of the runs behind the rankings."""
    register = World.default().register
    ids = [(n, World.default(library()[n].year).run_id(n, draws=CARD_DRAWS, seed=CARD_SEED)) for n in CARD_SCENARIOS]
    lines = [
        "## Data vintage",
        "",
        f"- Atlas `{atlas.version()}`; base year 2024.",
        f"- Register of {len(list(register))} measures; texts read up to {register.last_known}.",
        *(f"- Draws behind the ranking of `{name}`: run `{found}`." for name, found in ids),
    ]
    return "\n".join(lines)


def _drivers(name: str) -> str:
    scenario = library()[name]
    found = sensitivity(World.default(scenario.year), scenario, draws=CARD_DRAWS, seed=CARD_SEED, workers=None)
    # an index within its own margin of zero is noise
    clear = found.drivers[found.drivers["index"] > found.drivers["margin"]]
    order = clear.groupby("parameter")["index"].sum().sort_values(ascending=False, kind="stable").index
    rows = []
    for parameter in order:
        here = clear[clear["parameter"] == parameter].to_dict("records")
        first = here[0]
        source = f"[{first['source']}]({first['url']})" if first["url"].startswith("http") else first["source"]
        drives = "; ".join(f"`{r['headline']}` {r['direction']}{r['index']:.2f} (± {r['margin']:.2f})" for r in here)
        numbers = (f"{first[k]:g}" for k in ("low", "mid", "high"))
        rows.append((f"`{parameter}`", *numbers, first["unit"], first["quality"], source, drives))
    told = found.headlines.to_dict("records")
    spread = [(f"`{h['headline']}`", *(_number(h[k]) for k in ("mean", "low", "high"))) for h in told]
    return "\n\n".join(
        [
            f"## Weak numbers by influence: {scenario.title}",
            console(f"ytterby world sensitivity --scenario {name} --draws {CARD_DRAWS} --seed {CARD_SEED}"),
            markdown_table("number | low: | mid: | high: | unit | quality | source | drives", rows),
            markdown_table("headline | mean: | 10 %: | 90 %:", spread),
        ]
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


if __name__ == "__main__":
    CARD.write_text(card(), "utf-8")
