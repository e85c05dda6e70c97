"""How fast is the kernel on a large market, and how fast are others on the same one?

    python benchmarks/market/run.py --quick                             # a small market, seconds
    python benchmarks/market/run.py --years 3 10 -o market.json         # everything, about twenty minutes
    python benchmarks/market/run.py --from market.json --write docs/reference/speed.md

Each contestant runs in a process of its own, one after the other, on one market: 12 elements × 5 stages × 40 regions
with all routes and 60 export quotas. Peers: `pip install -e '.[bench]'`; one that is missing is reported as such.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shlex
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from instance import Size
from page import conditions, contest, goals, write
from peers import PEERS
from race import OURS, machine, race

GOALS = {
    "one year": {"build_s": 0.1, "solve_s": 0.8, "changed_s": 0.2, "peak_mb": 250.0, "residual": 1e-6},
    "3 linked years": {"total_s": 15.0},
    "10 linked years": {"total_s": 120.0},
}
"""For the full size."""
RACED_YEARS = 3
"""Longer chains of years are for Ytterby alone: the peers take minutes and gigabytes."""
ONCE = "linopy + HiGHS' default"
"""Known not to finish; tried in the first case only."""


def measure(size: Size, years: list[int], peers: list[str], limit: float, repeat: int) -> list[dict[str, Any]]:
    """Return the cases with what each contestant took, Ytterby's first."""
    others = [p for p in peers if p != ONCE]
    cases = [
        ("one year", size, peers),
        ("one year, flat trade costs", replace(size, sloped=False), others),
        ("one year, isoelastic demands", replace(size, isoelastic=True), []),
        *((f"{n} linked years", replace(size, years=n), others if n <= RACED_YEARS else []) for n in years),
    ]
    out = []
    for name, asked, raced in cases:
        results = {}
        for contestant in (OURS, *raced):
            print(f"{name}: {contestant} ... ", end="", file=sys.stderr, flush=True)
            # Ytterby is waited for: its figure is asked for, however bad
            found = race(contestant, asked, limit if contestant in PEERS else 20 * limit, repeat)
            results[contestant] = found
            took = f"{found['total_s']:.2f} s, " if "total_s" in found else ""
            print(f"{took}{found['status']}", file=sys.stderr)
        full = asked == replace(Size(), years=asked.years, sloped=asked.sloped, isoelastic=asked.isoelastic)
        case = {"name": name, "size": asdict(asked), "variables": asked.variables}
        out.append({**case, "goals": GOALS.get(name, {}) if full else {}, "results": results})
    return out


def render(measured: dict[str, Any]) -> str:
    """Return what was measured as Markdown."""
    raced = [c for c in measured["cases"] if len(c["results"]) > 1]
    parts = [conditions(measured), goals(measured["cases"])]
    parts += [f"**{c['name'].capitalize()}, {c['variables']:,} variables**\n\n{contest(c)}" for c in raced]
    return "\n\n".join(p.rstrip("\n") for p in parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elements", type=int, default=Size.elements)
    parser.add_argument("--stages", type=int, default=Size.stages)
    parser.add_argument("--regions", type=int, default=Size.regions)
    parser.add_argument("--quick", action="store_true", help="a small market: 4 elements × 5 stages × 12 regions")
    parser.add_argument("--years", type=int, nargs="*", default=[3], help="also so many linked years; default: 3")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), metavar="NAME", help="some only")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds that a peer may take; default: 120")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the best counts; default: 3")
    parser.add_argument("-o", "--output", type=Path, help="write what was measured as JSON")
    parser.add_argument("--from", dest="before", type=Path, help="measure nothing: take such a JSON")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into a page of the documentation")
    asked = parser.parse_args()
    if asked.before:
        measured = json.loads(asked.before.read_text(encoding="utf-8"))
    else:
        size = Size(4, 5, 12) if asked.quick else Size(asked.elements, asked.stages, asked.regions)
        measured = {
            "command": shlex.join(["python", "benchmarks/market/run.py", *sys.argv[1:]]),
            "day": dt.date.today().isoformat(),
            "machine": machine(),
            "cases": measure(size, asked.years, asked.peers, asked.limit, asked.repeat),
        }
    if asked.output:
        asked.output.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        write(asked.write, "market", render(measured))
    else:
        print(render(measured))


if __name__ == "__main__":
    main()
