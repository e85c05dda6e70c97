"""How long does a brief take from a cold start, and how much memory? And `--help`?

    python benchmarks/brief.py

Goals: the example in at most 8 s and 400 MB, `ytterby --help` in at most 0.3 s. Each command is run in a process of
its own, three times; the best is printed, since anything else that runs can only slow it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "li-qiang-jiangxi-2026-02.txt"


def run(*words: str) -> tuple[float, float]:
    """Return seconds and peak MB of one command, its own memory and not that of processes it starts."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "ytterby", *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"ytterby {' '.join(words)} failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for words, goal in (
            (["--help"], "0.3 s"),
            (["brief", str(EXAMPLE), "-o", str(Path(folder) / "brief.json")], "8 s, 400 MB"),
            (["brief", str(EXAMPLE), "--draws", "0", "-o", str(Path(folder) / "brief.html")], ""),
        ):
            seconds, memory = min(run(*words) for _ in range(3))
            shown = " ".join(Path(w).name if "/" in w else w for w in words)
            print(f"{seconds:6.2f} s  {memory:5.0f} MB  ytterby {shown}" + (f"  (goal {goal})" if goal else ""))


if __name__ == "__main__":
    main()
