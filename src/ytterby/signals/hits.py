"""What does one rule find in one sentence, before the article is put together?"""

from __future__ import annotations

from dataclasses import dataclass

from ytterby.signals.mentions import Mention
from ytterby.signals.model import Action, Polarity, Status, Voice
from ytterby.signals.sentences import Sentence

__all__ = ["Hit"]


@dataclass(frozen=True)
class Hit:
    """A rule's match: the act, its actor and everything that its sentence says about it.

    `start` and `end` are code points in the sentence; `actor` is None where the sentence names none; `subordinate`
    tells that the act stands in an "after", "as" or "since" clause; `direct` that the actor is its grammatical subject.
    """

    rule: str
    action: Action
    sentence: Sentence
    start: int
    end: int
    actor: Mention | None
    direct: bool
    status: Status
    polarity: Polarity
    targets: tuple[str, ...]
    commodities: tuple[str, ...]
    own_mineral: bool
    event_date: str | None
    effective_date: str | None
    voice: Voice
    background: bool
    subordinate: bool
    denied: bool
    confidence: float
    bodies: tuple[str, ...] = ()
    place: str | None = None
    occasion: str | None = None
    answers: bool = False
    also: tuple[int, ...] = ()
