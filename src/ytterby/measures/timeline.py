"""Which states followed each other? Every interval as a row; hindsight, so the second clock is a column.

>>> from ytterby.measures import Register
>>> [(r["state"], r["from"], r["to"]) for r in Register.default().timeline(issuer="USA") if r["id"] == "USA-S122-2026"]
[('in_force', '2026-02-24', '2026-07-24')]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from ytterby.measures.model import Interval, Limb, Measure, OvertakenInterval

__all__ = ["rows"]


def rows(measures: Iterable[Measure], first: dt.date, final: dt.date) -> list[dict[str, Any]]:
    """Return the intervals that touch the days from `first` to `final`, by first day, id, limb and basis.

    Intervals that a later act undid before they began carry `overtaken` true; those that begin after the measure's
    last known day carry `planned` true.
    """
    found = [
        _row(measure, limb, interval)
        for measure in measures
        for limb in measure.limbs
        for interval in _intervals(limb)
        if interval.from_ <= final and (interval.to is None or interval.to >= first)
    ]
    return sorted(found, key=lambda r: (r["from"], r["id"], r["limb"], r["basis"], r["known"]))


def _intervals(limb: Limb) -> tuple[Interval | OvertakenInterval, ...]:
    return (*limb.intervals, *limb.overtaken)


def _row(measure: Measure, limb: Limb, interval: Interval | OvertakenInterval) -> dict[str, Any]:
    overtaken = isinstance(interval, OvertakenInterval)
    to_known = None if isinstance(interval, OvertakenInterval) else interval.to_known
    superseded = interval.superseded_known if isinstance(interval, OvertakenInterval) else None
    return {
        "id": measure.id,
        "limb": limb.id,
        "state": interval.state,
        "basis": interval.basis,
        "from": interval.from_.isoformat(),
        "to": interval.to.isoformat() if interval.to else None,
        "known": interval.known.isoformat(),
        "known_basis": interval.known_basis,
        "to_known": to_known.isoformat() if to_known else None,
        "by": interval.by,
        "overtaken": overtaken,
        "superseded_known": superseded.isoformat() if superseded else None,
        "planned": interval.from_ > measure.last_known,
        "issuer": measure.issuer.jurisdiction,
        "title": measure.title,
    }
