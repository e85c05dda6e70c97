"""What does one rule find in one sentence, before the article is put together?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ytterby.signals.lexicon import CommodityTerm
from ytterby.signals.mentions import Mention, Scene
from ytterby.signals.model import Action, Polarity, Status, Voice
from ytterby.signals.rules import Rule
from ytterby.signals.sentences import Sentence

__all__ = ["TRADE", "Hit", "Match", "View", "others", "symbols"]

TRADE: frozenset[Action] = frozenset(
    {"export_licensing", "export_ban", "export_quota", "production_quota", "tariff", "regulation"}
)
"""Acts that a sentence may also name without being about their making ("over China's export controls")."""


@dataclass(frozen=True)
class View:
    """A sentence as the rules see it: masked, with its mentions and minerals, in the scene of its article."""

    sentence: Sentence
    masked: str
    mentions: tuple[Mention, ...]
    commodities: tuple[str, ...]
    topic: tuple[str, ...]
    scene: Scene

    @property
    def text(self) -> str:
        """The sentence as it stands in the article."""
        return self.sentence.text


@dataclass(frozen=True)
class Match:
    """Where a rule matched: the verb, the clause around it, and the end of the match."""

    rule: Rule
    verb: int
    begin: int
    end: int
    text: str
    subordinate: bool

    @classmethod
    def of(cls, rule: Rule, found: re.Match[str], begin: int, subordinate: bool) -> Match:
        """Return the match of a rule whose clause begins at `begin`."""
        return cls(rule, verb_of(found), begin, found.end(), found.group(0), subordinate)


def verb_of(found: re.Match[str]) -> int:
    """Return where the act begins in a rule's match: at the first of the groups v to v4 that took part."""
    groups = found.re.groupindex
    return next((found.start(g) for g in ("v", "v2", "v3", "v4") if g in groups and found.group(g)), found.start())


@dataclass(frozen=True)
class Hit:
    """A rule's match: the act, its actor and everything that its sentence says about it.

    `start` and `end` are code points in the sentence; `actor` is None where the sentence names none; `direct` tells
    that the actor is the grammatical subject, `answers` that the act stands in an "after" clause, so that the act of
    the main clause answered it. `also` are the places of the other sentences that tell of it.
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
    denied: bool
    confidence: float
    bodies: tuple[str, ...] = ()
    place: str | None = None
    occasion: str | None = None
    answers: bool = False
    also: tuple[int, ...] = ()


def symbols(terms: Sequence[CommodityTerm]) -> tuple[str, ...]:
    """Return the commodities of the terms, each once, in order of first mention."""
    return tuple(dict.fromkeys(s for t in terms for s in t.symbols))


def others(mentions: Iterable[Mention], actor: Mention | None) -> tuple[str, ...]:
    """Return the names of the other official bodies of a sentence."""
    names = (m.canonical for m in mentions if m.kind == "body" and (actor is None or m.canonical != actor.canonical))
    return tuple(dict.fromkeys(names))
