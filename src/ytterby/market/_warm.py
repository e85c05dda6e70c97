"""What one solve leaves for the next: quantities by (kind, entry, period) and prices by place.

A changed scenario has mostly the same columns and rows; what is new starts at zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ytterby.market._compile import Compiled
from ytterby.market._interior import Point

__all__ = ["Warm", "keep"]


@dataclass(frozen=True)
class Warm:
    """Sorted column keys with quantities, and values of places by period."""

    keys: np.ndarray
    x: np.ndarray
    places: dict[tuple[str, str, str], np.ndarray]
    v: np.ndarray

    def point(self, c: Compiled, rates: int) -> Point:
        """Return the start for another network's columns and rows."""
        p = c.program
        keys = _keys(c)
        at = np.clip(np.searchsorted(self.keys, keys), 0, max(len(self.keys) - 1, 0))
        known = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), dtype=bool)
        x = np.where(known, self.x[at] if len(self.x) else 0.0, 0.0)
        periods = len(c.layout.years)
        y = np.zeros(p.K.shape[0])
        for place, number in c.layout.places.items():
            values = self.places.get(place)
            if values is not None and len(values) == periods:
                y[number * periods : (number + 1) * periods] = values
        return Point(x, y, self.v if len(self.v) == rates else np.zeros(rates))


def keep(c: Compiled, point: Point) -> Warm:
    """Return what a solve leaves for the next one."""
    keys = _keys(c)
    order = np.argsort(keys, kind="stable")
    periods = len(c.layout.years)
    values = point.y[: c.program.n_nodes].reshape(-1, periods)
    return Warm(keys[order], point.x[order], {k: values[n] for k, n in c.layout.places.items()}, point.v)


def _keys(c: Compiled) -> np.ndarray:
    p = c.program
    most = max(len(c.layout.years), 1)
    keys: np.ndarray = (p.entry.astype(np.int64) * most + p.t) * 16 + p.kind
    return keys
