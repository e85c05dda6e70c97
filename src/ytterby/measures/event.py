"""What did measures answer, or not? Events that are no measures themselves: tariffs, visits, arrests, summits.

>>> from ytterby.measures import Register
>>> event = Register.default().event("EVENT:busan-2025-10-30")
>>> event.actor_jurisdiction, event.kind, event.verified
('CHN', 'summit', True)
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from ytterby.measures.model import Access
from ytterby.records import Record

__all__ = ["Event", "EventSource"]


class EventSource(Record):
    """Where an event comes from; `recall` marks what was written down from memory and not looked up."""

    title: str
    url: str | None = None
    quality: Literal["reported", "derived", "estimate"]
    access: Access


class Event(Record):
    """Something that a measure answered or did not: a tariff, a visit, an arrest, a summit."""

    id: str = Field(pattern=r"^EVENT:[a-z0-9-]+$")
    date: dt.date
    date_end: dt.date | None = None
    date_precision: Literal["day", "month", "approx", "undated_event_set_to_response_day"]
    kind: str
    actor: str
    actor_jurisdiction: str
    targets: tuple[str, ...]
    rank: str
    place: str
    summary: str
    sources: tuple[EventSource, ...] = Field(min_length=1)

    @property
    def verified(self) -> bool:
        """Whether at least one source was read rather than recalled."""
        return any(s.access != "recall" for s in self.sources)
