"""Which numbers does a measure need that its text does not give, who says so, and for which days?

`data/assumptions.csv` has one row a number: measure, parameter, scope, low, mid, high, unit, days for which it holds,
source, quality and access. Nothing undisclosed comes from code.

>>> from ytterby.world.assumptions import find
>>> a = find("CHN-A61-2025", "compliance_cost", "foreign-made magnets and assemblies")
>>> a.low, a.mid, a.high, a.unit
(0.1, 0.5, 2.0, 'pct of item value')
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any

from ytterby.errors import DataError, UnknownNameError
from ytterby.world import _files

__all__ = ["Assumption", "find", "rows"]

_FILE = "assumptions.csv"
_FIELDS = (
    "measure_id", "parameter", "scope", "low", "mid", "high", "unit", "valid_from", "valid_to", "source", "url",
    "quality", "access", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Assumption:
    """One number that the law does not say, with its range and its source.

    Attributes
    ----------
    measure, parameter, scope
        What it belongs to; `name` joins the first two (and a position among several scopes is told by `scope`).
    low, mid, high
        The range; draws are triangular on it.
    """

    measure: str
    parameter: str
    scope: str
    low: float
    mid: float
    high: float
    unit: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    source: str
    url: str
    quality: str
    access: str
    note: str

    @property
    def name(self) -> str:
        """``MEASURE.parameter``, the word that ``--assume`` takes."""
        return f"{self.measure}.{self.parameter}"

    @property
    def key(self) -> str:
        """Name and scope, unique in a run."""
        return f"{self.name} ({self.scope})" if self.scope else self.name

    def record(self, used: tuple[float, float, float]) -> dict[str, Any]:
        """Return the assumption as a result prints it, with the (low, value, high) that the result used."""
        low, value, high = used
        return {
            "name": self.name,
            "scope": self.scope,
            "value": value,
            "low": low,
            "high": high,
            "unit": self.unit,
            "source": self.source,
            "url": self.url,
            "quality": self.quality,
            "note": self.note,
        }


def _at(line: int, field: str) -> str:
    return _files.where(_FILE, f"line {line}", f"field {field}")


@functools.cache
def rows() -> tuple[Assumption, ...]:
    """Return all assumptions, validated (numbers, ``low <= mid <= high``, a source or a note on the estimate)."""
    found = []
    for line, r in _files.rows(_FILE, _FIELDS):
        numbers: dict[str, float] = {}
        for name in ("low", "mid", "high"):
            try:
                numbers[name] = float(r[name])
            except ValueError:
                raise DataError(f"'{r[name]}' is no number", where=_at(line, name)) from None
        days: dict[str, dt.date | None] = {}
        for name in ("valid_from", "valid_to"):
            try:
                days[name] = dt.date.fromisoformat(r[name]) if r[name] else None
            except ValueError:
                raise DataError(f"'{r[name]}' is no day", where=_at(line, name)) from None
        low, mid, high = numbers.values()
        if not low <= mid <= high:
            raise DataError(f"low <= mid <= high does not hold: {low}, {mid}, {high}", where=_at(line, "mid"))
        if not r["source"]:
            raise DataError("no source", where=_at(line, "source"))
        found.append(
            Assumption(
                r["measure_id"], r["parameter"], r["scope"], low, mid, high, r["unit"],
                days["valid_from"], days["valid_to"],
                r["source"], r["url"], r["quality"], r["access"], r["note"],
            )
        )  # fmt: skip
    return tuple(found)


def find(measure: str, parameter: str, scope: str | None = None, on: dt.date | None = None) -> Assumption:
    """Return the assumption for a measure's parameter.

    Parameters
    ----------
    measure, parameter
        Measure id and parameter name.
    scope
        The row's scope; may be left out where one row fits.
    on
        A day; of several rows, those that hold on that day are taken, and of these the latest.

    Raises
    ------
    UnknownNameError
        If there is none; the nearest names are in the hint.
    """
    named = [a for a in rows() if a.measure == measure and a.parameter == parameter]
    if not named:
        raise UnknownNameError(
            "assumption", f"{measure}.{parameter}", {a.name for a in rows()}, where=_files.where(_FILE)
        )
    fit = [a for a in named if scope is None or a.scope == scope]
    if not fit:
        raise UnknownNameError(
            f"scope of {measure}.{parameter}", str(scope), {a.scope for a in named}, where=_files.where(_FILE)
        )
    if on is not None:
        holds = [a for a in fit if (a.valid_from or on) <= on <= (a.valid_to or on)]
        fit = holds or fit
    return max(fit, key=lambda a: (a.valid_from or dt.date.min, a.scope))
