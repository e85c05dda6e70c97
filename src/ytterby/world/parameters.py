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
from types import MappingProxyType

import numpy as np
import pandas as pd

from ytterby import atlas
from ytterby.errors import DataError
from ytterby.world import _files

__all__ = ["central", "draw", "names_for", "ranges", "table", "triangular"]

_FILE = "parameters.csv"
_FIELDS = (
    "name", "role", "applies_to", "atlas_item", "atlas_scope", "low", "mid", "high", "unit", "source", "quality",
    "note",
)  # fmt: skip
_MONTH = "month"
"""Role of what only a month's network needs."""

_ROLES = frozenset({"activity", "choke", "demand", _MONTH, "new_route", "route", "stock", "substitution"})


def _place(i: object, field: str) -> str:
    return _files.where(_FILE, f"line {i}", f"field {field}")


@functools.cache
def _table() -> pd.DataFrame:
    read = _files.rows(_FILE, _FIELDS)
    frame = pd.DataFrame([r for _, r in read], index=[line for line, _ in read]).replace("", None)
    for name in ("low", "mid", "high"):
        number = pd.to_numeric(frame[name], errors="coerce")
        for line in frame.index[frame[name].notna() & number.isna()]:
            raise DataError(f"'{frame.loc[line, name]}' is no number", where=_place(line, name))
        frame[name] = number
    known = atlas.table("elasticities").set_index(["item", "scope"])
    for i, row in frame[frame.atlas_item.notna()].iterrows():
        key = (row.atlas_item, row.atlas_scope)
        if key not in known.index:
            raise DataError(
                f"no row {key} in the atlas table 'elasticities'", where=_place(i, "atlas_item, atlas_scope")
            )
        found = known.loc[[key]].iloc[0]
        frame.loc[i, ["low", "mid", "high"]] = [found.low, found.central, found.high]
        frame.loc[i, ["source", "quality"]] = [found.source, found.quality]
    for i, row in frame.iterrows():
        if not row.low <= row.mid <= row.high:
            raise DataError(
                f"low <= mid <= high does not hold: {row.low}, {row.mid}, {row.high}", where=_place(i, "low, mid, high")
            )
        if row.role not in _ROLES:
            raise DataError(f"unknown role '{row.role}'", where=_place(i, "role"), hint=f"valid: {sorted(_ROLES)}")
        if pd.isna(row.source):
            raise DataError("no source", where=_place(i, "source"))
    words = [(r, w) for r, a in zip(frame.role, frame.applies_to.fillna(""), strict=True) for w in a.split()]
    if len(set(words)) < len(words):
        twice = next(x for x in words if words.count(x) > 1)
        raise DataError(f"two parameters play the role '{twice[0]}' for '{twice[1]}'", where=_files.where(_FILE))
    return frame.set_index("name", drop=False)


def table() -> pd.DataFrame:
    """Return all parameters with low, mid, high, unit, what they are used for, source and quality."""
    return _table().copy()


@functools.cache
def names_for(role: str) -> Mapping[str, str]:
    """Return which parameter plays a role for what: word (a process, commodity or kind of either) to parameter name.

    Examples
    --------
    >>> names_for("activity")["magnet"], names_for("choke")["magnet"]
    ('conversion_cost_slope', 'choke_multiple_magnet')
    """
    rows = _table()[_table()["role"] == role]
    return MappingProxyType({w: str(n) for n, words in rows["applies_to"].dropna().items() for w in words.split()})


def ranges(*, month: bool = False) -> dict[str, tuple[float, float, float]]:
    """Return (low, mid, high) of the parameters of any network by name, or of those that only a month's needs.

    Examples
    --------
    >>> sorted(ranges(month=True))
    ['price_belief', 'stock_cover', 'stock_release_premium']
    """
    return dict(_ranges(month))


@functools.cache
def _ranges(month: bool) -> Mapping[str, tuple[float, float, float]]:
    rows = _table()
    rows = rows[(rows["role"] == _MONTH) == month]
    return {r["name"]: (r["low"], r["mid"], r["high"]) for r in rows.to_dict("records")}


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
