"""Which articles tell of the same event? One decision, visit or meeting by one actor within one news cycle.

Articles are assigned in the order in which they come, so that the ids of a stream do not change as it goes on: an
article joins the first event whose lead signal has the same government and act, shares a commodity, and is near in
time or about the same measure; else it opens an event of its own. Prolongations, suspensions, approvals and rulings
are acts of their own and so events of their own.

>>> from ytterby.signals.reading import read_text
>>> one = read_text("China banned exports of antimony to the United States.", id="a", published="2024-12-03")
>>> two = read_text("Beijing has banned antimony shipments to the US.", id="b", published="2024-12-04")
>>> [a.event_cluster for a in clustered([one, two])]
['CHN-export_ban-2024-12-03', 'CHN-export_ban-2024-12-03']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ytterby.signals import dates
from ytterby.signals.model import Action, Article, Signal

__all__ = ["Events", "clustered", "lead"]

_WINDOW = {"statement": 3, "talks": 6, "visit_inspection": 6}
_ACT_WINDOW = 9
_SAME_MEASURE_WINDOW = 30
_RARE_EARTHS = frozenset(
    [
        "Sc",
        "Y",
        "La",
        "Ce",
        "Pr",
        "Nd",
        "Pm",
        "Sm",
        "Eu",
        "Gd",
        "Tb",
        "Dy",
        "Ho",
        "Er",
        "Tm",
        "Yb",
        "Lu",
        "REE",
        "magnets",
    ]
)


@dataclass
class _Event:
    name: str
    signal: Signal
    first: dt.date | None
    last: dt.date | None
    goods: set[str]


def lead(article: Article) -> Signal | None:
    """Return the signal that an article is about: its first act or visit, else its first talks or words."""
    news = [s for s in article.signals if not s.background]
    order = {"talks": 1, "statement": 2}
    return min(
        news,
        key=lambda s: (order.get(s.action, 0), s.start if s.start is not None else 0),
        default=None,
    )


class Events:
    """The events met so far; `assign` names the one of an article."""

    def __init__(self) -> None:
        self._by_act: dict[tuple[str, str], list[_Event]] = {}
        self._names: set[str] = set()

    def assign(self, article: Article) -> Article:
        """Return the article with its `event_cluster`; unchanged where it reports no news."""
        signal = lead(article)
        if signal is None:
            return article
        day = dates.latest(article.published)
        told = {(s.actor_country, s.action): s for s in article.signals if not s.background}
        key = (signal.actor_country, signal.action)
        for event in self._by_act.get(key, ()):
            if _same(event, signal, day):
                event.first = min(filter(None, (event.first, day)), default=None)
                event.last = max(filter(None, (event.last, day)), default=None)
                event.goods |= set(signal.commodities)
                return article.model_copy(update={"event_cluster": event.name})
        other = self._told_second(signal, told, day)
        if other is not None:
            return article.model_copy(update={"event_cluster": other.name})
        event = _Event(self._name(signal, article), signal, day, day, set(signal.commodities))
        self._by_act.setdefault(key, []).append(event)
        return article.model_copy(update={"event_cluster": event.name})

    def _told_second(
        self, signal: Signal, told: dict[tuple[str, Action], Signal], day: dt.date | None
    ) -> _Event | None:
        """Two governments of one deal lead with either side: the same act by the other party is the same event."""
        if signal.action not in {"agreement", "talks", "trade_dispute"}:
            return None
        for (country, action), s in told.items():
            if action == signal.action:
                for event in self._by_act.get((country, action), ()):
                    if _same(event, s, day):
                        return event
        return None

    def _name(self, signal: Signal, article: Article) -> str:
        when = signal.event_date or signal.effective_date or article.published or article.id
        base = name = f"{signal.actor_country}-{signal.action}-{when}"
        number = 2
        while name in self._names:
            name, number = f"{base}-{number}", number + 1
        self._names.add(name)
        return name


def _same(event: _Event, signal: Signal, day: dt.date | None) -> bool:
    held = event.signal
    if held.action == "easing" and held.status != signal.status and "suspended" in {held.status, signal.status}:
        return False
    if held.action in {"statement", "visit_inspection"} and held.actor != signal.actor:
        return False
    if held.polarity != signal.polarity and "neutral" not in {
        held.polarity,
        signal.polarity,
    }:
        return False
    if not _overlap(event.goods, set(signal.commodities)):
        return False
    if held.effective_date and signal.effective_date and _days(held.effective_date, signal.effective_date) > 31:
        return False
    same_measure = held.measure_id is not None and held.measure_id == signal.measure_id
    limit = _WINDOW.get(signal.action, _SAME_MEASURE_WINDOW if same_measure else _ACT_WINDOW)
    if day is None or event.first is None or event.last is None:
        return same_measure or (held.event_date is not None and held.event_date == signal.event_date)
    return (event.first - day).days <= limit and (day - event.last).days <= limit


def _overlap(one: set[str], two: set[str]) -> bool:
    if not one or not two or one & two or "CM" in one | two:
        return True
    return bool(one & _RARE_EARTHS and two & _RARE_EARTHS and {"REE", "magnets"} & (one | two))


def _days(one: str, two: str) -> int:
    a, b = dates.latest(one), dates.latest(two)
    return abs((a - b).days) if a and b else 0


def clustered(articles: Iterable[Article]) -> Iterator[Article]:
    """Yield the articles, each with the name of its event, in the order given."""
    events = Events()
    for article in articles:
        yield events.assign(article)
