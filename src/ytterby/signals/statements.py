"""Which officials speak about the sector without making a measure?"""

from __future__ import annotations

import re

from ytterby.signals.actors import clause_start, official, speakers
from ytterby.signals.circumstances import is_background, occasion_of, voice_of, when
from ytterby.signals.hits import Hit, Match, View, others
from ytterby.signals.rules import Rule, cues
from ytterby.signals.targets import targets_of

__all__ = ["statement"]

_SAID = Rule("statement.said", "statement", "verb", re.compile(""), 0.75, status="signalled", official=True)


def statement(view: View) -> list[Hit]:
    """Return an official's words on the sector, if the sentence gives any.

    A sentence without a mineral counts where it protests, urges, denies or warns about trade in the article's minerals.
    """
    cue, masked = cues("en"), view.masked
    if not cue.has("statement", masked):
        return []
    strong = cue.has("strong", masked)
    named = any(cue.has(c, masked) for c in ("this_policy", "depends")) or (strong and cue.has("policy", masked))
    if not view.commodities and not (view.topic and named):
        return []
    if cue.has("geology", masked) and not strong:
        return []
    if cue.has("analyst", masked) and not cue.has("briefing", masked):
        return []
    heard = [m for m in speakers(masked, view.mentions) if official(m)]
    order = {"person": 0, "country": 2}
    actor = min(heard, key=lambda m: (order.get(m.kind, 1), m.start), default=None)
    if actor is None or (actor.kind == "country" and not strong):
        return []
    event, _ = when(view, actor.start, actor.end)
    _, subordinate = clause_start(masked, actor.end)
    match = Match(_SAID, actor.end, 0, actor.end, "", False)
    spoken = Match(_SAID, actor.end, 0, len(masked), "", subordinate)
    return [
        Hit(
            rule=_SAID.id, action="statement", sentence=view.sentence, start=actor.end, end=len(masked), actor=actor,
            direct=True, status="signalled", polarity="neutral", targets=targets_of(view, spoken, actor, ()),
            commodities=view.commodities or view.topic, own_mineral=bool(view.commodities), event_date=event,
            effective_date=None, voice=voice_of(view), background=is_background(view, match, event, "signalled"),
            denied=cue.has("denial", masked), confidence=_SAID.confidence - (0.0 if view.commodities else 0.15),
            bodies=others(view.mentions, actor), occasion=occasion_of(masked),
        )
    ]  # fmt: skip
