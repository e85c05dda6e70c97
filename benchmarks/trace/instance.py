"""Bills of materials of any size for the benchmarks: many levels, parts used in many places, few of them carriers."""

from __future__ import annotations

import itertools
import string
from typing import Any

import numpy as np
import pandas as pd

from ytterby.trace.layout import Layout
from ytterby.trace.source import RARE_EARTHS, STEPS, Source, declarations_frame, items_frame, lines_frame
from ytterby.trace.statements import Dark, Own, Statements
from ytterby.trace.structure import Structure


def lines(count: int, levels: int = 12, seed: int = 0, family: float = 0.001) -> pd.DataFrame:
    """Return parent–child lines; each level has fewer items than the one below, children are mostly one below.

    Parameters
    ----------
    count, levels
        Number of lines and levels.
    seed
        Of the random numbers.
    family
        How far apart, as a share of their level, the parts of one assembly stand: products share parts with their like.
    """
    rng = np.random.default_rng(seed)
    sizes = np.maximum(1, (count * 0.35 * 0.55 ** np.arange(levels) * 0.45).astype(int))
    first = np.concatenate([[0], np.cumsum(sizes)])
    share = sizes[1:] / sizes[1:].sum()
    per_level = np.diff(np.round(np.concatenate([[0], np.cumsum(share)]) * count).astype(int))
    parents, children = [], []
    for level, much in enumerate(per_level, 1):
        place = rng.random(much)
        parents.append(first[level] + (place * sizes[level]).astype(int))
        below = np.where(rng.random(much) < 0.7, level - 1, rng.integers(0, level, much))
        near = (place + family * rng.standard_normal(much)) % 1.0
        children.append(first[below] + (near * sizes[below]).astype(int))
    names = np.char.add("P-", np.arange(first[-1]).astype(str))
    rank = rng.permutation(count)
    text = pd.Series(names, dtype="str")
    return pd.DataFrame(
        {
            "parent": text.take(np.concatenate(parents)[rank]).reset_index(drop=True),
            "child": text.take(np.concatenate(children)[rank]).reset_index(drop=True),
            "quantity": rng.integers(1, 6, count).astype(float),
            "unit": pd.Series("", index=range(count), dtype="str"),
            "alternative": pd.Series("", index=range(count), dtype="str"),
            "file": pd.Series("bom.csv", index=range(count), dtype="str"),
            "row": np.arange(2, count + 2),
        }
    )


def shown(count: int, way: str, seed: int = 0) -> pd.DataFrame:
    """Return a bill of materials as it is shown in a table: every assembly once, small parts again and again.

    Parameters
    ----------
    count
        Number of rows.
    way
        ``"levels"``, ``"indented"`` or ``"pairs"``.
    seed
        Of the random numbers.
    """
    rng = np.random.default_rng(seed)
    steps = np.where(rng.random(count) < 0.35, 1, -np.maximum(0, rng.integers(-5, 4, count)))
    level = np.zeros(count, dtype=np.int64)
    above: list[int] = [0]
    parent = np.zeros(count, dtype=np.int64)
    for row, step in enumerate(steps.tolist()[1:], 1):
        level[row] = deep = max(1, min(9, level[row - 1] + step))
        parent[row] = above[deep - 1]
        above[deep:] = [row]
    made = np.append(level[1:] > level[:-1], False)
    part = rng.integers(0, count * 3 // 20, count)
    names = np.where(made, np.char.add("A-", np.arange(count).astype(str)), np.char.add("P-", part.astype(str)))
    first = {
        "levels": lambda: {"Level": level, "Part Number": names},
        "indented": lambda: {"Part Number": np.char.add(np.array(["  " * n for n in range(10)])[level], names)},
        "pairs": lambda: {"Assembly": np.where(level > 0, names[parent], ""), "Component": names},
    }[way]()
    amounts = {"Qty": rng.integers(1, 9, count), "UoM": "pcs", "Weight [g]": np.where(made, np.nan, part % 997 / 10)}
    supplier = np.char.add("S-", (part % 300).astype(str))
    return pd.DataFrame({**first, "Description": np.char.add("part ", names), **amounts, "Supplier": supplier})


def dense() -> Source:
    """Return a bill of 169 lines of which one product holds 16.8 million parts, with one declaration.

    Each of 14 parts goes into all above it, the lowest of them holds 12 more of the same kind: reported as
    odoo/odoo#149287, where its overview takes more than ten minutes.
    """
    names = string.ascii_uppercase
    pairs = [*itertools.combinations(names[:14], 2), *itertools.combinations(names[13:], 2)]
    rows = [
        {"parent": p, "child": c, "quantity": 1.0, "file": "bom.csv", "row": n} for n, (p, c) in enumerate(pairs, 2)
    ]
    said = {"item": "Z", "element": "Nd", "mass_low_kg": 0.1, "mass_high_kg": 0.2, "mined_in": "CHN"}
    declared = declarations_frame([{**said, "status": "declared", "file": "declarations.csv", "row": 2}])
    return Source("benchmark", items_frame([{"item": n, "mass_kg": 1.0} for n in names]), lines_frame(rows), declared)


def statements(structure: Structure, columns: int, carriers: float = 0.02, seed: int = 0) -> Statements:
    """Return declarations of some leaves for all rare earths.

    Parameters
    ----------
    structure
        The bill of materials.
    columns
        Bounds per item over all 17 elements: 204 (totals and one step) or 612 (totals and four steps, one origin each).
    carriers
        Share of leaves that hold rare earths.
    """
    rng = np.random.default_rng(seed)
    steps = {36: list(STEPS)[:4], 12: list(STEPS)[:1]}[columns // len(RARE_EARTHS)]
    layout = Layout(RARE_EARTHS, dict.fromkeys(steps, ("CHN",)))
    leaves = np.flatnonzero(structure.is_leaf)
    own = {}
    for element in RARE_EARTHS:
        chosen = np.sort(rng.choice(leaves, max(1, int(carriers * len(leaves))), replace=False))
        low = rng.random((len(chosen), 2, layout.size))
        flags = np.ones(len(chosen), dtype=bool)
        own[element] = Own(chosen, low, low * 1.2, flags, np.zeros(len(chosen), dtype=np.int64))
    none = np.zeros(0, dtype=np.int64)
    whole: Any = np.full(len(structure.names), np.inf)
    empty = np.zeros(0)
    table = pd.DataFrame({"item_id": none, "at": none, "file": "", "row": none})
    dark = Dark(none, empty, empty, empty)
    return Statements(layout, own, dark, whole, whole, np.ones(len(whole)), (), (), table)
