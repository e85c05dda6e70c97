"""How long do users' stocks last? Weeks of use held in ordinary times, by end use, good and region.

`data/cover.csv` has one row a sector, with range and source (the atlas table `stocks`; an open estimate where it has
none). The row that fits best holds: that of the end use before ``*``, of the commodity before its kind, of the region
before a group that it is in, before ``WLD``.

>>> weeks("ev_motor", "magnet.ndfeb_hd", "DEU")
(5.0, 5.5, 6.0)
>>> weeks("ev_motor", "magnet.ndfeb_hd", "FRA")
(3.0, 3.5, 4.0)
>>> weeks("phosphors_ceramics", "ore.bayan_obo", "CHN") is None
True
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ytterby import atlas
from ytterby.errors import DataError
from ytterby.world import _files
from ytterby.world.calibration import Calibration

__all__ = ["Cover", "cover", "weeks"]

_FILE = "cover.csv"
_FIELDS = ("end_use", "goods", "region", "low", "mid", "high", "source", "url", "quality", "note")
_ALL, _WORLD = "*", "WLD"
_PROCESSING = ""
"""End use of what goes on into another stage."""

WEEKS_A_YEAR = 52.0


@functools.cache
def _rows() -> Mapping[tuple[str, str, str], tuple[float, float, float]]:
    found: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for line, r in _files.rows(_FILE, _FIELDS):
        try:
            low, mid, high = (float(r[n]) for n in ("low", "mid", "high"))
        except ValueError:
            raise DataError("a number is none", where=_files.where(_FILE, f"line {line}", "low, mid, high")) from None
        if not 0.0 <= low <= mid <= high:
            raise DataError(
                f"0 <= low <= mid <= high does not hold: {low}, {mid}, {high}",
                where=_files.where(_FILE, f"line {line}"),
            )
        key = (r["end_use"], r["goods"], r["region"])
        if key in found:
            raise DataError(f"two rows for {key}", where=_files.where(_FILE, f"line {line}"))
        if not r["source"]:
            raise DataError("no source", where=_files.where(_FILE, f"line {line}", "field source"))
        found[key] = (low, mid, high)
    return MappingProxyType(found)


@functools.cache
def _places(region: str) -> tuple[str, ...]:
    groups = [name for name in sorted({r for _, _, r in _rows()} - {_WORLD, region}) if region in atlas.group(name)]
    return (region, *groups, _WORLD)


@functools.cache
def weeks(end_use: str, commodity: str, region: str) -> tuple[float, float, float] | None:
    """Return (low, mid, high) weeks of use that a sector holds, or None where it is taken to hold nothing."""
    rows = _rows()
    for use in (end_use, _ALL):
        for goods in (commodity, commodity.partition(".")[0]):
            for place in _places(region):
                if (found := rows.get((use, goods, place))) is not None:
                    return found
    return None


@dataclass(frozen=True)
class Cover:
    """Stocks of ordinary times.

    Attributes
    ----------
    target
        Tonnes held by (commodity, region), over all sectors there, at 2024's use.
    use
        Tonnes used in 2024 by (commodity, region), where something is held.
    sectors
        Weeks of use held and tonnes used in 2024 by (end use, commodity, region); makers of metals and magnets are not
        among them.
    """

    target: Mapping[tuple[str, str], float]
    use: Mapping[tuple[str, str], float]
    sectors: Mapping[tuple[str, str, str], tuple[float, float]]


def cover(calibration: Calibration, position: float) -> Cover:
    """Return the stocks that users hold in ordinary times.

    Parameters
    ----------
    calibration
        The base year.
    position
        Where in their ranges all weeks lie: 0 low, 0.5 mid, 1 high; one number moves them together.

    Examples
    --------
    >>> from ytterby.world import calibrate
    >>> held = cover(calibrate(), 0.5)
    >>> weeks, tonnes = held.sectors["ev_motor", "magnet.ndfeb_hd", "DEU"]
    >>> weeks, round(tonnes)
    (5.5, 2761)
    """
    demand = atlas.table("demand")
    target: dict[tuple[str, str], float] = {}
    sectors: dict[tuple[str, str, str], tuple[float, float]] = {}
    final: dict[tuple[str, str], float] = {}
    columns = (demand[c].tolist() for c in ("end_use", "commodity", "region", "quantity_t"))
    for use, commodity, region, tonnes in zip(*columns, strict=True):
        final[commodity, region] = final.get((commodity, region), 0.0) + tonnes
        held = _at(weeks(use, commodity, region), position)
        if held > 0.0 and tonnes > 0.0:
            sectors[use, commodity, region] = (held, tonnes)
            target[commodity, region] = target.get((commodity, region), 0.0) + held * tonnes / WEEKS_A_YEAR
    for (commodity, region), tonnes in calibration.use.items():
        passed_on = tonnes - final.get((commodity, region), 0.0)
        held = _at(weeks(_PROCESSING, commodity, region), position)
        if held > 0.0 and passed_on > 0.0:
            target[commodity, region] = target.get((commodity, region), 0.0) + held * passed_on / WEEKS_A_YEAR
    use = {k: calibration.use[k] for k in target}
    return Cover(MappingProxyType(target), MappingProxyType(use), MappingProxyType(sectors))


def _at(found: tuple[float, float, float] | None, position: float) -> float:
    if found is None:
        return 0.0
    low, mid, high = found
    return low + (mid - low) * 2 * position if position <= 0.5 else mid + (high - mid) * (2 * position - 1)
