"""On which day does an article say that it was written? The line of place and day that opens an agency's report.

>>> dateline("GENEVA, 20 March 2026 (Reuters) - Japan requested consultations.")
'2026-03-20'
>>> dateline("On 20 March 2026, Japan requested consultations.") is None
True
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable

__all__ = ["dateline"]

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WORDS = [form for name in sorted(_MONTHS, key=len, reverse=True) for form in (name.capitalize(), name.upper())]
_M = r"(?:" + "|".join(_WORDS) + r")"
_PLACE = r"(?:(?:[A-Z][\w.'/-]*+|\([A-Z][\w ]*+\)),? ?[-\u2013\u2014:|]? ?){0,6}"
_ENGLISH = re.compile(
    rf"{_PLACE}(?:(?P<m1>{_M})\.? (?P<d1>\d{{1,2}}), (?P<y1>(?:19|20)\d\d)"
    rf"|(?P<d2>\d{{1,2}}) (?P<m2>{_M})\.?,? (?P<y2>(?:19|20)\d\d))"
    r"(?: ?\([\w ./]{1,30}\)| ?/[\w ]{1,20}/)?(?:\.? ?[-\u2013\u2014]+ |\. |: |\s*$)",
)
_CHINESE = re.compile(r"[（(]?[\u4e00-\u9fff]{0,12}?(\d{4})年(\d{1,2})月(\d{1,2})日(?:电|讯|消息|[)）]|\s|$)")
_OPENING = 2
"""Lines that can hold it: the first, or the one after a title."""


def dateline(text: str) -> str | None:
    """Return the day of an article's dateline (ISO 8601), or None where its first lines have none in full.

    A day inside a sentence is no dateline, nor is one without its year.

    Parameters
    ----------
    text
        The article as given, with or without a title line.
    """
    return next((day for line in _lines(text) if (day := _day(line)) is not None), None)


def _lines(text: str) -> Iterable[str]:
    shown = (line.strip() for line in text.splitlines())
    return [line for line in shown if line][:_OPENING]


def _day(line: str) -> str | None:
    if found := _CHINESE.match(line):
        return _iso(*map(int, found.groups()))
    if found := _ENGLISH.match(line):
        year, month, day = (found[f"{part}1"] or found[f"{part}2"] for part in "ymd")
        return _iso(int(year), _MONTHS[month.lower()], int(day))
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
