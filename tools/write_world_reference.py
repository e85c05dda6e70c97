"""Write the parts of the world's reference pages that the model decides, between each page's markers.

Usage: ``python tools/write_world_reference.py`` (a test of the world fails while a page is out of step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ytterby.world import World
from ytterby.world.assumptions import rows
from ytterby.world.base_year import TOLERANCE, Comparison, compare_base_year, unexplained_wedges
from ytterby.world.parameters import table

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
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


PAGES: dict[str, Callable[[], str]] = {"base-year.md": base_year, "assumptions.md": assumptions}


if __name__ == "__main__":
    for name in PAGES:
        written = page(name)
        (FOLDER / name).write_text(written, "utf-8")
