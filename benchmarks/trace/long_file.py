"""How much memory does the import of a file of 1 GB take?

python benchmarks/trace/long_file.py --lines 2.8e7
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv

LEVELS = 12
BLOCK = 2_000_000


def write(path: Path, count: int) -> None:
    """Write parent–child lines of the shape of `instance.lines`, block by block."""
    rng = np.random.default_rng(0)
    sizes = np.maximum(1, (count * 0.35 * 0.55 ** np.arange(LEVELS) * 0.45).astype(int))
    first = np.concatenate([[0], np.cumsum(sizes)])
    share = sizes[1:] / sizes[1:].sum()
    per_level = np.diff(np.round(np.concatenate([[0], np.cumsum(share)]) * count).astype(int))
    names = pa.array([f"PN-{number:011d}" for number in range(first[-1])])
    with path.open("wb") as file:
        file.write(b"parent,child,quantity,unit\n")
        for level, lines in enumerate(per_level, 1):
            for much in (len(part) for part in np.array_split(np.arange(lines), max(1, lines // BLOCK))):
                place = rng.random(much)
                parent = first[level] + (place * sizes[level]).astype(int)
                below = np.where(rng.random(much) < 0.7, level - 1, rng.integers(0, level, much))
                near = (place + 0.001 * rng.standard_normal(much)) % 1.0
                child = first[below] + (near * sizes[below]).astype(int)
                columns = [names.take(pa.array(parent)), names.take(pa.array(child)), rng.integers(1, 6, much)]
                table = pa.table([*columns, pa.array(["pcs"] * much)], names=["parent", "child", "quantity", "unit"])
                pcsv.write_csv(table, file, pcsv.WriteOptions(include_header=False, quoting_style="none"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=float, default=2.8e7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.csv"
        # A process of its own: what writing takes is not counted as the import's.
        words = [
            sys.executable,
            "-c",
            f"import long_file as f; f.write(f.Path({str(path)!r}), {int(parser.parse_args().lines)})",
        ]
        subprocess.run(words, check=True, cwd=Path(__file__).parent)
        began = time.perf_counter()
        importing = subprocess.Popen(
            [sys.executable, "-m", "ytterby", "trace", "import", str(path), "-o", f"{folder}/w"]
        )
        _, status, used = os.wait4(importing.pid, 0)
        print(
            f"{path.stat().st_size / 1e9:.2f} GB: {time.perf_counter() - began:.0f} s,"
            f" {used.ru_utime + used.ru_stime:.0f} s of work, peak {used.ru_maxrss / 1e6:.2f} GB, exit {status}"
        )


if __name__ == "__main__":
    main()
