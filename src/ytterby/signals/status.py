"""How firm is an act, and does it tighten or loosen? The tables of the label guide (version 2).

The cue words stand in ``data/cues_en.yaml``; what is left here is the order in which they decide.
"""

from __future__ import annotations

import re
from typing import cast, get_args

from ytterby.signals import dates
from ytterby.signals.hits import Match, View
from ytterby.signals.model import Action, Polarity, Status
from ytterby.signals.rules import cues

__all__ = ["ENACTED", "NEUTRAL", "fixed", "polarity_of", "status_of"]

ENACTED: dict[Action, Status] = {
    "export_ban": "in_force",
    "export_licensing": "in_force",
    "export_quota": "announced",
    "production_quota": "in_force",
    "regulation": "announced",
    "tariff": "announced",
    "investigation": "in_force",
    "trade_dispute": "in_force",
    "investment_curb": "in_force",
    "easing": "announced",
    "subsidy": "announced",
    "stockpile": "announced",
    "price_floor": "announced",
    "bloc_formation": "announced",
    "agreement": "announced",
}
"""Status of an act that the text tells in the past, without a date and without a cue."""
NEUTRAL: frozenset[Action] = frozenset(
    {"visit_inspection", "statement", "talks", "subsidy", "stockpile", "bloc_formation", "price_floor"}
)
"""Acts that never restrict by themselves."""
_BEGUN = re.compile(r"\b(?:begun|began|begins|started|starts|continued|continues|moved|managed) to\b")
_IN_FORCE_WHEN_TOLD = ("crackdown",)


def fixed(match: Match) -> Status | None:
    """Return the status that the act or its rule has whatever the tense."""
    if match.rule.action in {"visit_inspection", "statement", "talks"}:
        return "signalled"
    return cast(Status, match.rule.status) if match.rule.status in get_args(Status) else None


def status_of(view: View, match: Match, effective: str | None) -> Status:
    """Return the status of an act from its rule, its tense, the cue words around it and its dates."""
    known = fixed(match)
    if known is not None:
        return known
    cue, masked, action = cues("en"), view.masked, match.rule.action
    before = masked[match.begin : match.verb]
    around = masked[match.begin : min(len(masked), match.end + 70)]
    if action == "agreement":
        return _agreement(before + match.text, masked)
    tentative = cue.has("proposed", _firm(masked, match, before))
    tentative = tentative or cue.has("proposed_anywhere", masked)
    threat = cue.has("signalled", before + match.text[:20])
    if action == "easing":
        return _easing(match, before, tentative, threat)
    if threat:
        return "signalled"
    if tentative:
        weighed = action == "trade_dispute" and cue.has("dispute_weighed", before + match.text)
        return "signalled" if weighed else "proposed"
    if cue.has("modal", before):
        return "proposed"
    ref, day = dates.latest(view.scene.published), dates.latest(effective)
    if ref and day:
        return "announced" if day > ref else "in_force"
    if cue.has("immediate", masked):
        return "in_force"
    if match.rule.id == "invest.exceptional" or _ahead(before, match.text):
        return "announced"
    if cue.has("in_force", around):
        return "in_force"
    if cue.has("made_public", masked[match.verb : match.end]):
        return "announced"
    return "in_force" if match.rule.id.endswith(_IN_FORCE_WHEN_TOLD) else ENACTED[action]


def _firm(masked: str, match: Match, before: str) -> str:
    """Return the words of the act, with the "would" of reported speech ("said it would ban") as "will"."""
    said = cues("en").has("said_would", masked[max(0, match.begin - 30) : match.verb + 6])
    words = (before + match.text).replace("may not", "must not")
    return words.replace("would ", "will ", 1) if said else words


def _ahead(before: str, matched: str) -> bool:
    near = _BEGUN.sub("", before[-40:])
    return cues("en").has("future", near) or matched.startswith(("will ", "would ", "to ", "shall "))


def _agreement(head: str, masked: str) -> Status:
    cue = cues("en")
    if cue.has("deal_in_force", masked):
        return "in_force"
    return "proposed" if cue.has("deal_ahead", head) and not cue.has("deal_sure", head) else "announced"


def _easing(match: Match, before: str, tentative: bool, threat: bool) -> Status:
    cue, matched = cues("en"), match.text
    if match.rule.status == "licence":
        if cue.has("licence_promised", before + matched[:25]):
            return "announced"
        return "signalled" if tentative and cue.has("licence_weighed", before + matched) else "in_force"
    if threat:
        return "signalled"
    if cue.has("easing_asked", before[-60:]):
        return "proposed"
    if cue.has("pause", matched):
        return "suspended"
    ahead = _ahead(before, matched)
    if cue.has("end", matched) and not ahead and cue.has("done", matched):
        return "ended"
    return "in_force" if cue.has("reopened", matched) and not ahead else "announced"


def polarity_of(view: View, match: Match) -> Polarity:
    """Return whether an act tightens, loosens or does neither."""
    cue, masked, action = cues("en"), view.masked, match.rule.action
    if match.rule.polarity is not None:
        return cast(Polarity, match.rule.polarity)
    if action in {"easing", "trade_dispute"}:
        return "loosen"
    if action in NEUTRAL:
        return "neutral"
    if action == "agreement":
        return "loosen" if cue.has("deal_loosens", masked[match.verb :]) else "neutral"
    if action in {"export_quota", "production_quota"}:
        near = masked[max(0, match.verb - 10) :]
        up = cue.has("quota_up", near) and not masked.startswith("replac", match.verb)
        return "loosen" if up and not cue.has("quota_down", masked) else "tighten"
    if action == "regulation":
        return "neutral" if cue.has("rule_supports", masked) and not cue.has("rule_tightens", masked) else "tighten"
    return "tighten"
