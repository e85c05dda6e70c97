"""Bills of materials from a few rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

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
