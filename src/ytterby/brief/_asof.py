"""On which day does the brief stand? The article's own day, else the latest one that it gives, said plainly."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ytterby.brief import _words as words
from ytterby.errors import UsageError
from ytterby.measures import Register
from ytterby.signals import Article

__all__ = ["AsOf", "choose"]

_BASIS = {
    "markup": " (by the page's own data)",
    "url": " (by its address)",
    "dateline": " (by its dateline)",
    "file_name": " (by the file's name)",
}


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day of the brief and why it is that day."""

    day: dt.date
    basis: str


def choose(as_of: str | dt.date | None, article: Article, register: Register) -> AsOf:
    """Return the day on which the brief stands.

    In this order: the day asked for; the day on which the article was published; where only a month or year is known,
    or nothing, the latest day that the article must have known, i.e. of an act that it reports or of the announcement
    of a measure that it speaks of; the register's last known day. Never the day on which the program runs: the same
    article gives the same brief tomorrow.

    Raises
    ------
    UsageError
        `as_of` is no ISO date.
    """
    if as_of is not None:
        return AsOf(_day(as_of), "as asked for")
    found = sorted({*_acts(article), *_announcements(article, register)})
    published = article.published
    if published is not None:
        first, last = _span(published)
        says = f"the article's date is {words.day(published)}" + _BASIS.get(article.published_basis or "", "")
        if first == last:
            return AsOf(last, says)
        within = [(day, what) for day, what in found if first <= day <= last]
        if within:
            day, what = within[-1]
            return AsOf(day, f"{says}; the latest of what it speaks of is {what}, {words.day(day.isoformat())}")
        return AsOf(last, f"{says}, taken at its end")
    if found:
        day, what = found[-1]
        return AsOf(day, f"the article bears no date; the latest of what it speaks of is {what}")
    return AsOf(register.last_known, "the article bears no date; this is the register's last known day")


def _acts(article: Article) -> Iterable[tuple[dt.date, str]]:
    for signal in article.signals:
        if signal.event_date is not None:
            yield _span(signal.event_date)[0], f"an act by {signal.actor}"


def _announcements(article: Article, register: Register) -> Iterable[tuple[dt.date, str]]:
    for signal in article.signals:
        if signal.measure_id is not None and signal.measure_id in register:
            measure = register[signal.measure_id]
            if measure.announced is not None and measure.announced <= measure.last_known:
                yield measure.announced, words.measure(measure.id, measure.title)


def _day(value: str | dt.date) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"'{value}' is no date", where="--as-of", hint="write it as YYYY-MM-DD") from None


def _span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of an ISO day, month or year."""
    parts = [int(p) for p in text.split("-")]
    year = parts[0]
    if len(parts) == 3:
        day = dt.date(*parts)
        return day, day
    months = (parts[1], parts[1]) if len(parts) == 2 else (1, 12)
    return dt.date(year, months[0], 1), dt.date(year, months[1], calendar.monthrange(year, months[1])[1])
