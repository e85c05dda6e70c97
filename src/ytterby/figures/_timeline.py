"""What held when, and what is only set aside, planned or unknown?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ytterby.errors import DataError, UnknownNameError
from ytterby.figures._canvas import Canvas
from ytterby.figures._figure import Figure
from ytterby.figures._frame import compose
from ytterby.figures._tables import Kind, need
from ytterby.figures._text import written
from ytterby.figures._timeline_marks import Bar, Row, Span, draw_timeline
from ytterby.figures._vocabulary import name_of, states

__all__ = ["timeline"]

_BASES = ("legal", "political")


@dataclass(frozen=True)
class _Interval:
    issuer: str
    measure: str
    limb: str
    title: str
    bar: Bar


def timeline(
    intervals: pd.DataFrame,
    as_of: dt.date | str,
    *,
    title: str = "Measures and their states",
    source: str | None = None,
    names: Mapping[str, str] | None = None,
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
    today: dt.date | str | None = None,
) -> Figure:
    """Draw the states of measures over time, one row a limb, issuers together, the earliest first.

    Every state has a fill of its own and its word beside or in the bar, so that it reads in grey. A political state
    stands below the legal one, half as high. A bar whose end or start is not known runs off the picture with an arrow.

    Parameters
    ----------
    intervals
        Columns ``measure``, ``limb`` (``all`` for the measure as a whole), ``title``, ``issuer``, ``state``
        (``figures/data/states.csv``), ``basis`` (legal or political), ``from``, ``to`` (inclusive days; missing: open).
    as_of
        The day of knowledge, marked by a line.
    title, source, names
        As in `price_bars`; `names` are those of issuers.
    start, end
        The window; by default all dates, some time around them and `as_of`. Rows outside are left out and counted.
    today
        Another day to mark, where it is not `as_of`.

    Raises
    ------
    UnknownNameError
        A state or basis that is none.
    DataError
        A column is missing, a date is none, or an interval ends before it begins.

    Examples
    --------
    >>> rows = [("M1", "all", "Licence for seven elements", "CHN", "in_force", "legal", "2025-04-04", None),
    ...         ("M2", "all", "Origin rule", "CHN", "suspended", "legal", "2025-11-07", "2026-11-09")]
    >>> columns = ["measure", "limb", "title", "issuer", "state", "basis", "from", "to"]
    >>> timeline(pd.DataFrame(rows, columns=columns), "2026-02-01").alt
    'Measures and their states: on 1 Feb 2026, 2 of 2 rows have a state: 1 in force, 1 suspended.'
    """
    day = _day(as_of, "as_of")
    other = None if today is None else _day(today, "today")
    every = _read(intervals)
    span = _window(every, day, start, end)
    shown = [i for i in every if i.bar.overlaps(span.start, span.end)]
    rows = _rows(shown, names)
    keys = list(dict.fromkeys((i.measure, i.limb) for i in every))
    hidden = len(keys) - len({(i.measure, i.limb) for i in shown})
    notes = [f"{hidden} more rows have no state between {written(span.start)} and {written(span.end)}."]
    marks = [(day, f"as of {written(day)}", "")]
    if other is not None and other != day:
        marks.append((other, f"today, {written(other)}", "4 3"))

    def draw(canvas: Canvas, y: float) -> float:
        return draw_timeline(canvas, y, rows, span, marks)

    return compose(
        title,
        f"State of each measure from {written(span.start)} to {written(span.end)}",
        _alt(title, shown, day),
        source,
        _twin(shown),
        draw,
        notes=notes if hidden else [],
    )


def _day(value: dt.date | str, what: str) -> dt.date:
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    except ValueError:
        raise DataError(f"'{value}' is not a date", where=f"timeline, {what}", hint="write it as 2026-11-23") from None


def _read(intervals: pd.DataFrame) -> list[_Interval]:
    where = "timeline intervals"
    fields: dict[str, Kind] = dict.fromkeys(("measure", "limb", "title", "issuer", "state", "basis"), "text")
    table = need(intervals, {**fields, "from": "date", "to": "date"}, where)
    found = []
    for i, r in enumerate(table.itertuples(index=False, name=None), start=1):
        measure, limb, title, issuer, state, basis, first, last = r
        if state not in states():
            raise UnknownNameError("state", state, states(), where=f"{where}, row {i}")
        if basis not in _BASES:
            raise UnknownNameError("basis", basis, _BASES, where=f"{where}, row {i}")
        if first is not None and last is not None and last < first:
            raise DataError(f"the interval ends ({last}) before it begins ({first})", where=f"{where}, row {i}")
        found.append(_Interval(issuer, measure, limb, title, Bar(state, basis == "political", first, last)))
    begins: dict[str, dt.date] = {}
    for f in found:
        begins[f.measure] = min(begins.get(f.measure, dt.date.max), f.bar.first or dt.date.min)
    return sorted(
        found,
        key=lambda f: (
            f.issuer,
            begins[f.measure],
            f.measure,
            f.limb != "all",
            f.limb,
            f.bar.political,
            f.bar.first or dt.date.min,
            f.bar.last or dt.date.max,
        ),
    )


def _window(every: list[_Interval], day: dt.date, start: dt.date | str | None, end: dt.date | str | None) -> Span:
    known = [d for i in every for d in (i.bar.first, i.bar.last) if d is not None] + [day]
    low, high = min(known), max(known)
    pad = max(dt.timedelta(days=20), (high - low) / 20)
    low = low - pad if start is None else _day(start, "start")
    high = high + pad if end is None else _day(end, "end")
    if not low < high:
        raise DataError(f"the window ends ({high}) before it begins ({low})", where="timeline")
    return Span(low, high)


def _rows(shown: list[_Interval], names: Mapping[str, str] | None) -> list[Row]:
    rows: list[Row] = []
    for key in dict.fromkeys((i.issuer, i.measure, i.limb) for i in shown):
        mine = [i for i in shown if (i.issuer, i.measure, i.limb) == key]
        first = not rows or rows[-1].measure != key[1]
        head = name_of(key[0], names) if not rows or rows[-1].issuer != key[0] else ""
        limb = "" if key[2] == "all" else _limb_words(key[2])
        rows.append(Row(key[0], head, key[1], mine[0].title if first else "", limb, tuple(i.bar for i in mine)))
    return rows


def _limb_words(limb: str) -> str:
    """Return a limb's id as words: ``art1_3_origin`` as "art. 1(3) origin"."""
    text = re.sub(r"^art(\d+)_(\d+)", r"art. \1(\2)", limb)
    return re.sub(r"^(art|para)(\d+)", r"\1. \2", text).replace("_", " ")


def _twin(shown: list[_Interval]) -> pd.DataFrame:
    columns = ["issuer", "measure", "limb", "title", "state", "basis", "from", "to"]
    return pd.DataFrame(
        [
            (
                i.issuer,
                i.measure,
                i.limb,
                i.title,
                i.bar.state,
                _BASES[i.bar.political],
                None if i.bar.first is None else i.bar.first.isoformat(),
                None if i.bar.last is None else i.bar.last.isoformat(),
            )
            for i in shown
        ],
        columns=columns,
        dtype="object",
    )


def _alt(title: str, shown: list[_Interval], day: dt.date) -> str:
    keys = list(dict.fromkeys((i.measure, i.limb) for i in shown))
    if not keys:
        return f"{title}: no data."
    now: dict[str, set[tuple[str, str]]] = {}
    for i in shown:
        if not i.bar.political and i.bar.overlaps(day, day):
            now.setdefault(i.bar.state, set()).add((i.measure, i.limb))
    some = {k for ks in now.values() for k in ks}
    if not some:
        return f"{title}: on {written(day)}, none of {len(keys)} rows has a legal state."
    counts = ", ".join(f"{len(now[s])} {states()[s].label}" for s in states() if s in now)
    return f"{title}: on {written(day)}, {len(some)} of {len(keys)} rows have a state: {counts}."
