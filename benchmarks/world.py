"""How long does the world take? Calibration, a changed scenario solved again, a run with draws.

    python benchmarks/world.py                 # the magnet tariff, best of 5
    python benchmarks/world.py controls_revived --draws 20 --repeat 3
    python benchmarks/world.py --years         # 2024 to 2035: the baseline, then the scenario beside it

Goal: a changed scenario (edit, parse, solve, tables) in at most 150 ms.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: its threads cost small matrices more than they save

import argparse
import itertools
import time
from collections.abc import Callable

from ytterby.market import solve
from ytterby.world import World
from ytterby.world.calibrate import calibrate
from ytterby.world.impose import make_plan
from ytterby.world.outcome import flow_table, held_permits, paid_prices, price_table, shortage_table, unserved_shares
from ytterby.world.parameters import central
from ytterby.world.scenario import named
from ytterby.world.why import reasons


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", default="magnet_tariff")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--years", action="store_true", help="time 2024 to 2035 alone")
    asked = parser.parse_args()
    scenario = named(asked.scenario)
    world = World.default()
    if asked.years:
        for name in (None, scenario):
            start = time.process_time()
            world.years(name)
            title = name.name if name else "baseline"
            print(f"{time.process_time() - start:10.1f} s   2024 to 2035, {title}, on one core")
        return
    network = world.calibration.network(central())
    base = world.baseline()
    titles = {m.id: m.title for m in world.register}
    rows: list[tuple[str, float]] = [
        ("calibrate the base year", best(lambda: calibrate(), asked.repeat)),
        ("solve the base year", best(lambda: solve(network), asked.repeat)),
    ]

    phases: dict[str, list[float]] = {}
    for _ in range(asked.repeat):
        timings: dict[str, float] = {}
        clock = [time.perf_counter()]
        plan = make_plan(scenario, world.register)
        numbers = {k: mid for k, (_, mid, _) in plan.ranges().items()}
        edited, _ = world._imposed(plan, numbers)
        clock.append(time.perf_counter())
        hit = solve(edited, timings)
        clock.append(time.perf_counter())
        prices = price_table(paid_prices(base), paid_prices(hit, held_permits(edited)), [])
        flows = flow_table(base, hit)
        shortage_table(unserved_shares(hit, world.calibration), [])
        clock.append(time.perf_counter())
        reasons(base, hit, prices, flows, titles)
        clock.append(time.perf_counter())
        spans = dict(
            zip(("edit", "solve", "tables", "why"), (b - a for a, b in itertools.pairwise(clock)), strict=True)
        )
        for name, seconds in (spans | {f"  {k.removesuffix('_s')}": v for k, v in timings.items()}).items():
            phases.setdefault(name, []).append(seconds)
        phases.setdefault("changed scenario, all of it", []).append(clock[-1] - clock[0])
    rows += [(f"{name} ({asked.scenario})", min(phases[name])) for name in phases]
    rows.append((f"run with {asked.draws} draws", best(lambda: world.run(scenario, draws=asked.draws), 1)))
    for name, seconds in rows:
        print(f"{seconds * 1000:10.1f} ms  {name}")


def best(call: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
