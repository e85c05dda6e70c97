"""The tables of the documentation: what is measured, beside what it should be at most."""

from __future__ import annotations

import json
import math
import platform
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

__all__ = ["measured", "write"]

_LARGE, _WIDE, _DENSE = ("ytterby", 1e7, 204), ("ytterby", 1e6, 612), ("dense", 1, 612)
_ROWS = (
    ("1 M lines × 612 columns, cold", _WIDE, "cold", 1.5),
    ("the same, warm", _WIDE, "warm", None),
    ("10 M lines × 204 columns, cold", _LARGE, "cold", 8.0),
    ("the same, of which numbering the text", _LARGE, "build", None),
    ("the same, warm", _LARGE, "warm", 0.6),
    ("the same, peak memory", _LARGE, "peak_gb", 4.0),
    ("weights of every part of one product at 10 M lines, p95", _LARGE, "product", 0.05),
    ("one changed declaration at 1 M lines × 612, p95", _WIDE, "change", 0.02),
    ("the same at 10 M lines × 204", _LARGE, "change", 0.02),
    ("dense bill, 169 lines that explode to 16.8 million parts: explode", _DENSE, "explode", 0.01),
    ("the same: number, read declarations and roll up all", _DENSE, "content", 0.01),
)
_PEERS = (
    ("scipy", "scipy, level by level over all items"),
    ("polars", "polars, level by level"),
    ("duckdb", "DuckDB, level by level"),
    ("networkx", "networkx, in topological order"),
)
_PACKAGES = ("numba", "numpy", "pandas", "pyarrow", "scipy", "duckdb", "polars", "networkx")


def measured(name: str, lines: float, columns: int) -> dict[str, float]:
    """Run a contestant in a process of its own and return what it found."""
    script = str(Path(__file__).with_name("run.py"))
    words = [sys.executable, script, "--lines", str(lines), "--columns", str(columns), "--only", name, "--inside"]
    found: dict[str, float] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return found


def write(page: Path, repeat: int) -> None:
    """Measure all cases, the best of several runs each, and put the tables between the marks of a page."""
    ours = {case: _best(case, repeat) for case in (_WIDE, _LARGE, _DENSE)}
    peers = {name: _best((name, 1e6, 612), repeat) for name, _ in _PEERS}
    for name, found in peers.items():
        if not math.isclose(found["sum"], ours[_WIDE]["sum"], rel_tol=1e-9):
            raise SystemExit(f"{name} found another sum: {found['sum']} in place of {ours[_WIDE]['sum']}")
    rows = [_row(title, ours[case], key, goal) for title, case, key, goal in _ROWS]
    race = [
        ("Ytterby, first time (with the search for carriers)", ours[_WIDE]["roll"]),
        ("Ytterby, again", ours[_WIDE]["warm"]),
        *((title, peers[name]["roll"]) for name, title in _PEERS),
    ]
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    text = (
        f"Measured on {date.today()} with `python benchmarks/trace/run.py --repeat {repeat} --write {page}` on two"
        f" cores, best of {repeat}, Python {platform.python_version()}, {packages}.\n\n"
        "| What | Measured | Work of all cores | Goal | met |\n| --- | --: | --: | --: | --: |\n"
        + "".join(rows)
        + "\n| 1 M lines × 612 columns, roll-up alone | Seconds |\n"
        + "| --- | --: |\n"
        + "".join(f"| {title} | {_seconds(time)} |\n" for title, time in race)
    )
    old = page.read_text(encoding="utf-8")
    before, mark, rest = old.partition("<!-- bills -->\n")
    _, end, after = rest.partition("<!-- end of bills -->\n")
    if not mark or not end:
        raise SystemExit(f"{page}: no marks '<!-- bills -->' and '<!-- end of bills -->', each a line of its own")
    page.write_text(f"{before}{mark}\n{text}\n{end}{after}", encoding="utf-8")


def _best(case: tuple[str, float, int], repeat: int) -> dict[str, float]:
    runs = [measured(*case) for _ in range(repeat)]
    return {key: (max if key == "peak_gb" else min)(run[key] for run in runs) for key in runs[0]}


def _row(title: str, found: dict[str, float], key: str, goal: float | None) -> str:
    met = "" if goal is None else "yes" if found[key] <= goal else "no"
    times = (_amount(key, value) for value in (found[key], found.get(f"{key}_cpu"), goal))
    return f"| {' | '.join([title, *times, met])} |\n"


def _amount(key: str, value: float | None) -> str:
    if value is None:
        return ""
    if key == "peak_gb":
        return f"{value:.2g} GB"
    return f"{_seconds(value * 1000)} ms" if value < 0.1 else f"{_seconds(value)} s"


def _seconds(value: float) -> str:
    return f"{value:.{max(0, 1 - math.floor(math.log10(value)))}f}"
