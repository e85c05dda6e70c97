"""How fast is the roll-up, beside other ways to the same numbers? Each in a process of its own, one after the other.

    python benchmarks/trace/run.py --lines 1e6 --columns 612
    python benchmarks/trace/run.py --lines 1e7 --columns 204 --only ytterby

Every contestant gets the same lines and the same content of the leaves and gives the bounds of every item, in the order
of levels; its first result is compared with Ytterby's. Peers do the first element only, with all its columns, and their
time is multiplied by the 17 elements. With `--write PAGE` the cases of the documentation are measured and its tables
written.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import instance
import numpy as np
import numpy.typing as npt
import page
import pandas as pd

from ytterby.trace import Bom, Content, Source, updated
from ytterby.trace.build import build
from ytterby.trace.explode import weights
from ytterby.trace.rollup import roll, start
from ytterby.trace.source import declarations_frame, items_frame
from ytterby.trace.structure import Structure
from ytterby.trace.workspace import save

Floats = npt.NDArray[np.float64]


def ytterby(table: pd.DataFrame, columns: int) -> dict[str, Any]:
    began, worked = time.perf_counter(), time.process_time()
    structure, _ = build(table, items_frame(()))
    built, work = time.perf_counter(), time.process_time() - worked
    said = instance.statements(structure, columns)
    content = Content(Source("benchmark", items_frame(()), table), structure, said)
    ready, worked = time.perf_counter(), time.process_time()
    for element in content.elements:
        content.rolled(element)
    done, work = time.perf_counter(), work + time.process_time() - worked
    times = {"build": built - began, "roll": done - ready, "cold": built - began + done - ready, "cold_cpu": work}
    found = times | _single(content) | {"sum": float(content.rolled("Nd").bounds[:, 1, 0, 0].sum())}
    places = content.places
    del content
    warm = [_timed(lambda: [roll(structure, said, place) for place in places]) for _ in range(5)]
    return found | {"warm": min(warm)[0], "warm_cpu": min(cpu for _, cpu in warm)}


def _single(content: Content) -> dict[str, float]:
    structure, rng = content.structure, np.random.default_rng(0)
    weights(structure, int(structure.roots[0]))
    products = [_timed(lambda root=root: weights(structure, int(root))) for root in structure.roots[:50]]
    leaves = rng.choice(np.flatnonzero(structure.is_leaf), 41)
    row = {"element": "Nd", "mass_low_kg": 0.1, "mass_high_kg": 0.2, "mined_in": "CHN", "status": "declared"}
    rows = [declarations_frame([{**row, "item": structure.names[leaf], "file": "", "row": 1}]) for leaf in leaves]
    changes = [_timed(lambda one=one: updated(content, one)) for one in rows][1:]
    return _p95("product", products) | _p95("change", changes)


def _p95(name: str, times: list[tuple[float, float]]) -> dict[str, float]:
    wall, cpu = np.quantile(times, 0.95, axis=0).tolist()
    return {name: wall, f"{name}_cpu": cpu}


def _timed(call: Any) -> tuple[float, float]:
    """Return the seconds and the seconds of all cores that a call takes."""
    began, worked = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - worked


def dense(table: pd.DataFrame, columns: int) -> dict[str, Any]:
    del table, columns
    source = instance.dense()

    def content() -> None:
        made = Bom(source).content()
        for element in made.elements:
            made.rolled(element)

    made = Bom(source)
    exploded = min(_timed(lambda: made.explode("A")) for _ in range(50))
    contents = [_timed(content) for _ in range(50)]
    found = {"explode": exploded[0], "explode_cpu": exploded[1], "content": min(contents)[0]}
    units = sum(made.explode("A").values())
    return found | {"content_cpu": min(cpu for _, cpu in contents), "sum": units}


def _leaves(structure: Structure, columns: int) -> Floats:
    said = instance.statements(structure, columns)
    everything = np.arange(len(structure.names))
    return start(said, "Nd", everything).reshape(len(everything), -1)


def _peer(solve: Any) -> Any:
    def run(table: pd.DataFrame, columns: int) -> dict[str, Any]:
        structure, _ = build(table, items_frame(()))
        seconds, total = solve(structure, _leaves(structure, columns), structure.level)
        return {"roll": seconds * 17, "sum": total}

    return run


def scipy_levels(structure: Structure, rows: Floats, _: Any) -> tuple[float, float]:
    began = time.perf_counter()
    matrix = structure.quantity
    for begin, end in zip(structure.first[1:-1], structure.first[2:], strict=True):
        rows[begin:end] += matrix[begin:end, :begin] @ rows[:begin]
    return time.perf_counter() - began, float(rows[:, rows.shape[1] // 2].sum())


def networkx(structure: Structure, rows: Floats, _: Any) -> tuple[float, float]:
    import networkx as nx

    coo = structure.quantity.tocoo()
    began = time.perf_counter()
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(zip(coo.row.tolist(), coo.col.tolist(), coo.data.tolist(), strict=True))
    for item in reversed(list(nx.topological_sort(graph))):
        for child, edge in graph[item].items():
            rows[item] += edge["weight"] * rows[child]
    return time.perf_counter() - began, float(rows[:, rows.shape[1] // 2].sum())


def duckdb(structure: Structure, rows: Floats, level: Any) -> tuple[float, float]:
    import duckdb as db

    lines, names, x = _frames(structure, rows, level)
    began = time.perf_counter()
    con = db.connect()
    con.register("lines_in", lines)
    con.register("x_in", x)
    con.execute("create table l as select * from lines_in")
    con.execute("create table x as select * from x_in")
    sums = ", ".join(f"sum(l.q * x.{n}) as {n}" for n in names)
    for height in range(1, int(level.max()) + 1):
        con.execute(
            f"insert into x select l.parent as item, {sums} from l join x on l.child = x.item"
            f" where l.level = {height} group by l.parent"
        )
    total = con.execute(f"select sum({names[len(names) // 2]}) from x").fetchone()
    return time.perf_counter() - began, float(total[0]) if total else 0.0


def polars(structure: Structure, rows: Floats, level: Any) -> tuple[float, float]:
    import polars as pl

    lines, names, x = _frames(structure, rows, level)
    left, known = pl.from_pandas(lines), pl.from_pandas(x)
    began = time.perf_counter()
    for height in range(1, int(level.max()) + 1):
        part = left.filter(pl.col("level") == height).join(known, left_on="child", right_on="item")
        sums = part.group_by("parent").agg([(pl.col(n) * pl.col("q")).sum() for n in names])
        known = pl.concat([known, sums.rename({"parent": "item"})], how="vertical_relaxed")
    return time.perf_counter() - began, float(known[names[len(names) // 2]].sum())


def _frames(structure: Structure, rows: Floats, level: Any) -> tuple[pd.DataFrame, list[str], pd.DataFrame]:
    coo = structure.quantity.tocoo()
    lines = pd.DataFrame({"parent": coo.row, "child": coo.col, "q": coo.data, "level": level[coo.row]})
    names = [f"c{n}" for n in range(rows.shape[1])]
    held = np.flatnonzero(rows.any(axis=1))
    x = pd.DataFrame(rows[held], columns=names)
    x.insert(0, "item", held.astype(np.int32))
    return lines, names, x


def csv(table: pd.DataFrame, columns: int) -> dict[str, Any]:
    del columns
    return _read(table[["parent", "child", "quantity", "unit"]])


def _shown(way: str) -> Any:
    return lambda table, _: _read(instance.shown(len(table), way))


def _read(table: pd.DataFrame) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.csv"
        table.to_csv(path, index=False)
        began, worked = time.perf_counter(), time.process_time()
        bom = Bom.read(path)
        parts = len(bom.structure.names)
        save(bom.source, Path(folder) / "workspace")
        cpu = time.process_time() - worked
        return {"cold": time.perf_counter() - began, "cpu": cpu, "sum": parts}


CONTESTANTS = {
    "ytterby": ytterby,
    "scipy": _peer(scipy_levels),
    "duckdb": _peer(duckdb),
    "polars": _peer(polars),
    "networkx": _peer(networkx),
    "dense": dense,
    "csv": csv,
    "levels": _shown("levels"),
    "indented": _shown("indented"),
    "pairs": _shown("pairs"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=float, default=1e6)
    parser.add_argument("--columns", type=int, choices=(204, 612), default=612)
    parser.add_argument("--only", nargs="*", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="measure all and put the tables into a page of the docs"
    )
    parser.add_argument("--repeat", type=int, default=2, help="of which the best counts, with --write")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        result = CONTESTANTS[args.only[0]](instance.lines(int(args.lines)), args.columns)
        result["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps(result))
        return
    if args.write:
        page.write(args.write, args.repeat)
        return
    for name in args.only:
        found = page.measured(name, args.lines, args.columns)
        print(name.ljust(10), ", ".join(f"{key} {value:.4g}" for key, value in found.items()))


if __name__ == "__main__":
    main()
