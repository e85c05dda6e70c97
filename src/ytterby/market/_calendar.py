"""Does a period begin on or after a day?"""

from __future__ import annotations

import datetime as dt

from ytterby.errors import InputError

__all__ = ["starts_by"]


def starts_by(start: dt.date | None, day: str, measure: str) -> bool:
    """Return whether a period that begins on `start` lies on or after `day` (an ISO date).

    Examples
    --------
    >>> starts_by(dt.date(2027, 1, 1), "2026-12-01", "m")
    True
    """
    where = f"measure '{measure}' available_from"
    try:
        first = dt.date.fromisoformat(day)
    except ValueError:
        raise InputError(f"expected the id of a period or a date YYYY-MM-DD, found '{day}'", where=where) from None
    if start is None:
        raise InputError("a date needs periods with a 'start'", where=where)
    return start >= first
