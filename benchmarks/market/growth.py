"""How do time and memory grow with regions, elements and years, here and elsewhere?

    python benchmarks/market/growth.py -o growth.json         # about a quarter of an hour
    python benchmarks/market/growth.py --from growth.json --svg growth.svg --write docs/reference/speed.md

One number is varied at a time, the others are those of `run.py`: 12 elements, 40 regions, one year.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from instance import Size
from page import conditions, seconds, table, write
from race import OURS, machine, race

SIZES = {"regions": (10, 20, 40, 80), "elements": (3, 6, 12, 24), "years": (1, 3, 5, 10)}
RACED = {"regions": 40, "elements": 12, "years": 3}
"""The largest of each at which the peers are run."""
NAMES = (OURS, "PIQP", "Clarabel", "linopy + HiPO", "cvxpy + Clarabel")
MEASURES = {"total_s": "Seconds", "peak_mb": "Peak memory, MB"}


def measure(limit: float, repeat: int, largest: int | None) -> list[dict[str, Any]]:
    """Return a row for each number that is varied, its value and the contestant."""
    known: dict[tuple[str, Size], dict[str, Any]] = {}
    rows = []
    for varied, values in SIZES.items():
        for value in values:
            size = replace(Size(), **{varied: value})
            if largest is not None and size.variables > largest:
                continue
            for name in NAMES if value <= RACED[varied] else (OURS,):
                if (name, size) not in known:
                    print(f"{varied} {value}: {name} ... ", end="", file=sys.stderr, flush=True)
                    known[name, size] = race(name, size, limit if name != OURS else 20 * limit, repeat)
                    print(known[name, size].get("total_s", known[name, size]["status"]), file=sys.stderr)
                found = {k: known[name, size].get(k) for k in ("status", *MEASURES)}
                rows.append({"varied": varied, "value": value, "variables": size.variables, "name": name, **found})
    return rows


def render(measured: Mapping[str, Any], image: str) -> str:
    """Return the picture and its twin, a table for each measure, as Markdown."""
    rows = measured["rows"]
    cells = {(r["varied"], r["value"], r["name"]): r for r in rows}
    sizes = list(dict.fromkeys((r["varied"], r["value"], r["variables"]) for r in rows))
    parts = [image] if image else []
    for key, title in MEASURES.items():
        body = [
            [f"{value} {varied}" if value > 1 else "1 year", f"{variables:,}"]
            + [_cell(cells.get((varied, value, name)), key) for name in NAMES]
            for varied, value, variables in sizes
        ]
        parts.append(table([title, "variables", *NAMES], body).rstrip("\n"))
    return "\n\n".join([*parts, conditions(measured)]) + "\n"


def _cell(row: Mapping[str, Any] | None, key: str) -> str:
    if row is None:
        return ""
    if row["total_s"] is None:
        return str(row["status"])
    return seconds(row[key]) if key == "total_s" else f"{row[key]:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, metavar="N", help="leave out sizes of more than so many variables")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds that a peer may take; default: 120")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each, of which the best counts; default: 1")
    parser.add_argument("-o", "--output", type=Path, help="write what was measured as JSON")
    parser.add_argument("--from", dest="before", type=Path, help="measure nothing: take such a JSON")
    parser.add_argument("--svg", type=Path, help="draw the picture")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put picture and table into a page of the docs")
    asked = parser.parse_args()
    if asked.before:
        measured = json.loads(asked.before.read_text(encoding="utf-8"))
    else:
        measured = {
            "command": shlex.join(["python", "benchmarks/market/growth.py", *sys.argv[1:]]),
            "day": dt.date.today().isoformat(),
            "machine": machine(),
            "rows": measure(asked.limit, asked.repeat, asked.largest),
        }
    if asked.output:
        asked.output.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    image = ""
    if asked.svg:
        # here, so that the measuring process is small: a child's peak memory begins at its parent's
        from picture import figure

        drawn = figure(measured["rows"])
        asked.svg.write_text(drawn.svg + "\n", encoding="utf-8")
        image = f"![{drawn.alt}]({os.path.relpath(asked.svg, asked.write.parent if asked.write else Path())})"
    text = render(measured, image)
    if asked.write:
        write(asked.write, "growth", text)
    else:
        print(text)


if __name__ == "__main__":
    main()
