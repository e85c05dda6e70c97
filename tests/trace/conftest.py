"""Bills of materials from a few rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from ytterby.trace import Bom, Source
from ytterby.trace.source import declarations_frame, items_frame, lines_frame

Make = Callable[..., Bom]


def make_bom(
    lines: Iterable[tuple[Any, ...]] = (),
    items: Mapping[str, Mapping[str, Any]] | None = None,
    declarations: Iterable[Mapping[str, Any]] = (),
) -> Bom:
    """Return a bill of materials: lines (parent, child, quantity[, unit]), items by name, declarations."""
    table = [
        {"parent": p, "child": c, "quantity": q, "unit": (unit or ("",))[0], "file": "bom.csv", "row": n}
        for n, (p, c, q, *unit) in enumerate(lines, 2)
    ]
    said = [
        {"status": "declared", "file": "declarations.csv", "row": n, **row} for n, row in enumerate(declarations, 2)
    ]
    parts = [{"item": name, **fields} for name, fields in (items or {}).items()]
    return Bom(Source("test", items_frame(parts), lines_frame(table), declarations_frame(said)))


@pytest.fixture(scope="session")
def bom() -> Make:
    return make_bom


def make_random(seed: int, items: int = 300, lines: int = 1500) -> Bom:
    """Return a bill of materials of many levels, with origins, values and a few declared assemblies."""
    rng = np.random.default_rng(seed)
    child = rng.integers(0, items - 1, lines)
    parent = child + 1 + (rng.random(lines) * np.minimum(40, items - 1 - child)).astype(int)
    pairs = [(f"i{p}", f"i{c}", float(q)) for p, c, q in zip(parent, child, rng.integers(1, 5, lines), strict=True)]
    masses = {f"i{n}": {"mass_kg": 1.0, "value_usd": 3.0} for n in range(items)}
    said = [
        {"item": f"i{n}", "element": e, "mass_low_kg": 0.01, "mass_high_kg": 0.02, "mined_in": o, "value_high_usd": 1.0}
        for n in rng.choice(items, items // 5, replace=False)
        for e, o in zip(("Nd", "Dy"), rng.choice(("CHN", "AUS", ""), 2), strict=True)
    ]
    return make_bom(pairs, masses, said)


@pytest.fixture(scope="session")
def random_bom() -> Make:
    return make_random
