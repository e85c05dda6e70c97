"""How long do the verdicts of 100,000 shipments take, where all differ and where they are of a dozen items?

python benchmarks/obligations.py [SHIPMENTS]
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

COUNTRIES = ["CHN", "DEU", "FRA", "JPN", "KOR", "USA", "VNM", "AUT", "IND", "MEX"]
ITEMS = [
    ("dysprosium oxide, 99.9 %", "oxide", "Dy"),
    ("sintered NdFeB magnet segment", "magnet", "Dy"),
    ("samarium-cobalt magnet", "magnet", "Sm"),
    ("servo motor rotor", "assembly", "Tb"),
    ("yttrium target", "target", "Y"),
    ("polishing slurry", "slurry", "Ce"),
    ("gallium metal", "metal", "Ga"),
    ("magnet production line documents", "technology", None),
]
USES = ["electric motors", "wind turbines", "infantry radios", "14 nm logic", "medical imaging", None]
COMMAND = [sys.executable, "-m", "ytterby", "obligations", "batch"]
PARTIES: list[list[dict[str, object]]] = [
    [],
    [{"role": "end_user", "country": "DEU", "lists": [], "owners": []}],
    [{"role": "buyer", "lists": ["CHN-CL-2025"]}],
    [{"role": "end_user", "military": True, "lists": []}],
]


def shipments(count: int) -> pd.DataFrame:
    """Return made-up shipments; values, masses and shares of origin differ from row to row."""
    draw = random.Random(1)
    rows = []
    for k in range(count):
        name, form, element = draw.choice(ITEMS)
        home, use, party = draw.choice(COUNTRIES), draw.choice(USES), draw.choice(PARTIES)
        value, share = round(draw.uniform(1, 5000), 2), round(draw.random(), 3)
        content = [] if element is None else [
            {"element": element, "form": draw.choice([form, "metal", None]),
             "value_usd": [round(value * share / 100, 4), round(value * share / 50, 4)],
             "origin": {draw.choice(["separated", "metal", "magnet"]): {"CHN": [share / 2, share]}},
             "technology": draw.choice([None, {"magnet": "CHN"}])},
            {"element": "Nd", "form": "metal", "mass_kg": [0, round(draw.uniform(0, 3), 3)]},
        ]  # fmt: skip
        rows.append({
            "id": f"S{k:06d}", "exporter": home, "ship_from": home, "destination": draw.choice(COUNTRIES),
            "dates.export": f"2026-11-{draw.randint(1, 28):02d}", "item.description": name, "item.form": form,
            "item.foreign_made": draw.choice(["true", "false", ""]), "nodes.0.id": "item",
            "nodes.0.value_usd": value, "nodes.0.contents": json.dumps(content),
            "parties": "" if use is None else json.dumps(party), "end_use": use or "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def plain_shipments(count: int) -> pd.DataFrame:
    """Return shipments as an exporter has them: a dozen items at their list prices, many orders, four customers."""
    draw = random.Random(2)
    made = shipments(12).drop(columns=["id", "dates.export"]).to_dict("records")
    rows = [
        {"id": f"S{k:06d}", "dates.export": f"2026-11-{draw.randint(1, 28):02d}", **draw.choice(made),
         "destination": draw.choice(COUNTRIES[:4])}
        for k in range(count)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def main(count: int) -> None:
    for words, made in (("different", shipments), ("of a dozen items", plain_shipments)):
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "shipments.csv"
            made(count).to_csv(table, index=False)
            wall, cpu = measured([*COMMAND, str(table), "--on", "2026-11-24", "-o", str(Path(folder) / "v.parquet")])
        print(f"{count:,} shipments, {words}: {wall:.1f} s, {cpu:.1f} s of processor time")


def measured(command: list[str]) -> tuple[float, float]:
    """Return the least time on the clock and of the processors of two runs."""
    times = []
    for _ in range(2):
        used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)  # how grave the verdicts are is its exit code
        wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime))
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
