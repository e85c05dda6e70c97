"""How firm is an act in a Chinese sentence, and does it tighten or loosen? The same tables, by Chinese cues."""

from __future__ import annotations

from typing import cast

from ytterby.signals import dates
from ytterby.signals.hits import Match, View
from ytterby.signals.model import Polarity, Status
from ytterby.signals.rules import cues
from ytterby.signals.status import ENACTED, NEUTRAL, fixed

__all__ = ["polarity_of", "status_of"]

_BACK = 40
"""Code points before the verb in which a threat or a plan governs it, across commas."""


def status_of(view: View, match: Match, effective: str | None) -> Status:
    """Return the status of an act from its rule, the cue words around it and its dates."""
    known = fixed(match)
    if known is not None:
        return known
    cue, masked, action = cues("zh"), view.masked, match.rule.action
    before = masked[match.begin : match.verb]
    back = masked[max(0, match.verb - _BACK) : match.verb]
    if action == "agreement":
        return "proposed" if cue.has("deal_ahead", before + match.text[:4]) else "announced"
    tentative = cue.has("proposed", before + match.text[:6]) or cue.has("conditional", before)
    ref, day = dates.latest(view.scene.published), dates.latest(effective)
    if action == "easing":
        ahead = None if ref is None or day is None else day > ref
        return _easing(match, before, tentative, ahead)
    if cue.has("signalled", back + match.text[:4]):
        return "signalled"
    if cue.has("planned", back) and not cue.has("made_public", masked[: match.verb]):
        return "proposed"
    if tentative and not cue.has("decided", before):
        return "proposed"
    if cue.has("from_now", masked):
        return "in_force"
    if ref and day:
        return "announced" if day > ref else "in_force"
    if cue.has("future", before + match.text[:1]):
        return "announced"
    if cue.has("in_force", masked[match.begin : match.end + 12]):
        return "in_force"
    head = before + match.text[:6]
    if action in {"export_licensing", "export_ban"} and cue.has("announces", head):
        return "announced" if "宣布" in head and action == "export_licensing" else "in_force"
    return "in_force" if match.rule.id.endswith("crackdown") else ENACTED[action]


def _easing(match: Match, before: str, tentative: bool, ahead: bool | None) -> Status:
    cue, matched = cues("zh"), match.text
    if match.rule.status == "licence":
        if cue.has("licence_promised", before + matched[:4]):
            return "announced"
        return "signalled" if tentative else "in_force"
    if tentative:
        return "proposed"
    if cue.has("reopened", matched):
        return "announced" if "将" in before else "in_force"
    if not cue.has("end", matched):
        return "announced"
    if ahead is not None:
        return "announced" if ahead else "ended"
    return "announced" if cue.has("end_promised", before) and not cue.has("done", before) else "ended"


def polarity_of(view: View, match: Match) -> Polarity:
    """Return whether an act in a Chinese sentence tightens, loosens or does neither."""
    cue, masked, action = cues("zh"), view.masked, match.rule.action
    if match.rule.polarity is not None:
        return cast(Polarity, match.rule.polarity)
    if action in {"easing", "trade_dispute"}:
        return "loosen"
    if action in NEUTRAL:
        return "neutral"
    if action == "agreement":
        return "loosen" if cue.has("deal_loosens", masked[match.verb :]) else "neutral"
    if action in {"export_quota", "production_quota"}:
        return "loosen" if cue.has("quota_up", masked) and not cue.has("quota_down", masked) else "tighten"
    if action == "regulation":
        return "neutral" if cue.has("rule_supports", masked) and not cue.has("rule_tightens", masked) else "tighten"
    return "tighten"
