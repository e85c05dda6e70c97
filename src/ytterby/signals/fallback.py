"""What act is meant where no rule found one? A last look by keywords at a sentence with a mineral and an official.

It catches acts told in words that no rule foresees. It is unsure, says so in its confidence, and is never used beside
another find of the article.
"""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from ytterby.signals.hits import Hit, Match, View, others
from ytterby.signals.lexicon import load_yaml
from ytterby.signals.mentions import Mention
from ytterby.signals.model import Action, Polarity, Status, Voice
from ytterby.signals.rules import Rule

__all__ = ["guess", "hit"]

_CONFIDENCE = 0.5


@cache
def _groups(language: str) -> tuple[tuple[Action, re.Pattern[str]], ...]:
    return tuple((cast(Action, action), re.compile(words)) for action, words in load_yaml("keywords.yaml")[language])


def guess(view: View, language: str) -> Match | None:
    """Return the first act whose words occur in the sentence, as a match over the whole of it."""
    for action, words in _groups(language):
        found = words.search(view.masked)
        if found:
            return Match(rule_for(action), found.start(), 0, found.end(), found.group(), False)
    return None


def rule_for(action: Action) -> Rule:
    """Return the rule that a guess stands for."""
    return Rule(f"keyword.{action}", action, "noun", re.compile(""), _CONFIDENCE)


def hit(
    view: View,
    match: Match,
    actor: Mention,
    *,
    status: Status,
    polarity: Polarity,
    voice: Voice,
    targets: tuple[str, ...],
    days: tuple[str | None, str | None],
) -> Hit:
    """Return a guess as a find; `days` are those of the act and of its effect."""
    return Hit(
        rule=match.rule.id, action=match.rule.action, sentence=view.sentence, start=match.verb, end=match.end,
        actor=actor, direct=False, status=status, polarity=polarity, targets=targets, commodities=view.commodities,
        own_mineral=True, event_date=days[0], effective_date=days[1], voice=voice, background=False, denied=False,
        confidence=match.rule.confidence, bodies=others(view.mentions, actor),
    )  # fmt: skip
