"""Draw the picture of the README out of a brief: what a scenario does to magnet trade and to prices.

ytterby brief examples/li-qiang-jiangxi-2026-02.txt --format json -o brief.json
python docs/readme_picture.py brief.json docs/_static/readme.svg
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pandas as pd

from ytterby import atlas
from ytterby.errors import InputError, UnknownNameError
from ytterby.figures import flow_map, price_bars, stack

GOODS = "magnet.ndfeb_hd"
PRICES = ("oxide.Dy", "oxide.Tb", "oxide.NdPr", "magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco")


def picture(brief: dict[str, Any], *, scenario: str | None = None, prices_in: str | None = None) -> str:
    """Return the SVG for a brief's record.

    Parameters
    ----------
    brief
        What ``ytterby brief --format json`` writes.
    scenario
        Its name; the first of the brief where none is given.
    prices_in
        A region whose prices are drawn below the map.
    """
    found = {s["name"]: s for s in brief["scenarios"]}
    if not found:
        raise InputError("the brief has no scenario to draw", where="scenarios")
    if scenario is not None and scenario not in found:
        raise UnknownNameError("scenario", scenario, found)
    chosen = found[scenario] if scenario is not None else next(iter(found.values()))
    title = chosen.get("title") or chosen["name"].replace("_", " ")
    source = f"Ytterby, run {chosen.get('run_id') or brief['run_id']}"
    flows = pd.DataFrame(
        [f for f in chosen["flows"] if f["commodity"] == GOODS],
        columns=["commodity", "from", "to", "baseline_t", "scenario_t"],
    ).fillna({"baseline_t": 0.0, "scenario_t": 0.0})
    headline = f"Trade in magnets with dysprosium or terbium: {title}"
    figures = [flow_map(flows, atlas.table("regions"), atlas.outlines(), title=headline, source=source)]
    if prices_in is not None:
        rows = [p for c in PRICES for p in chosen["prices"] if (p["commodity"], p["region"]) == (c, prices_in)]
        columns = ["commodity", "region", "baseline", "scenario", "low", "high", "sign_share"]
        figures.append(price_bars(pd.DataFrame(rows, columns=columns), title=f"Prices: {title}", source=source))
    return stack(figures, title=headline)


def main() -> None:
    """Read the brief, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("brief", type=Path, help="a brief as JSON")
    parser.add_argument("output", type=Path, help="the SVG to write")
    parser.add_argument("--scenario", help="name of the scenario; default: the first of the brief")
    parser.add_argument("--prices-in", metavar="REGION", help="draw the prices in a region below the map, e.g. DEU")
    given = parser.parse_args()
    brief = json.loads(given.brief.read_text(encoding="utf-8"))
    given.output.write_text(picture(brief, scenario=given.scenario, prices_in=given.prices_in) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
