"""Which numbers does the model need that nobody observes, and in which range do they lie?

Elasticities and curvatures come from the atlas (table `elasticities`, mostly estimates) and from
`data/parameters.csv`, each with low, mid and high. `mid` gives the central run; draws take every parameter from a
triangular distribution.

>>> from ytterby.world.parameters import central
>>> central()["origin_substitution_magnet"]
4.0
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pandas as pd

from ytterby import atlas
from ytterby.errors import DataError

__all__ = ["central", "draw", "table", "triangular"]


@functools.cache
def _table() -> pd.DataFrame:
    frame = pd.read_csv(files("ytterby.world").joinpath("data/parameters.csv").open(encoding="utf-8"))
    known = atlas.table("elasticities").set_index(["item", "scope"])
    for i, row in frame[frame.atlas_item.notna()].iterrows():
        key = (row.atlas_item, row.atlas_scope)
        if key not in known.index:
            raise DataError(f"no row {key} in the atlas table 'elasticities'", where="world/data/parameters.csv")
        found = known.loc[[key]].iloc[0]
        frame.loc[i, ["low", "mid", "high"]] = [found.low, found.central, found.high]
        frame.loc[i, ["source", "quality"]] = [found.source, found.quality]
    bad = frame[~((frame.low <= frame.mid) & (frame.mid <= frame.high))]
    if len(bad):
        raise DataError(f"low <= mid <= high does not hold for {list(bad.name)}", where="world/data/parameters.csv")
    return frame.set_index("name", drop=False)


def table() -> pd.DataFrame:
    """Return all parameters with low, mid, high, unit, what they are used for, source and quality."""
    return _table().copy()


def central() -> dict[str, float]:
    """Return the central value of every parameter."""
    return {str(k): float(v) for k, v in _table().mid.items()}


def triangular(u: float, low: float, mid: float, high: float) -> float:
    """Return the quantile `u` of the triangular distribution on [low, high] with mode `mid`.

    Examples
    --------
    >>> triangular(0.5, 0, 1, 2)
    1.0
    >>> triangular(0.3, 5, 5, 5)
    5.0
    """
    if high == low:
        return float(low)
    cut = (mid - low) / (high - low)
    if u < cut:
        return float(low + np.sqrt(u * (high - low) * (mid - low)))
    return float(high - np.sqrt((1 - u) * (high - low) * (high - mid)))


def draw(ranges: Mapping[str, tuple[float, float, float]], n: int, seed: int) -> list[dict[str, float]]:
    """Return `n` joint draws of named (low, mid, high) ranges.

    A Latin hypercube (every parameter's range is covered evenly by the n draws) with triangular margins.

    Parameters
    ----------
    ranges
        Name to (low, mid, high).
    n
        Number of draws.
    seed
        Same seed, same draws.

    Examples
    --------
    >>> draws = draw({"e": (0.0, 1.0, 2.0)}, n=4, seed=1)
    >>> len(draws), all(0 <= d["e"] <= 2 for d in draws)
    (4, True)
    """
    from scipy.stats import qmc  # half a second to import; only draws need it

    names = sorted(ranges)
    u = qmc.LatinHypercube(d=len(names), rng=np.random.default_rng(seed)).random(n)
    return [{k: triangular(u[i, j], *ranges[k]) for j, k in enumerate(names)} for i in range(n)]
