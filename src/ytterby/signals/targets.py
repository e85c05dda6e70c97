"""At whom does the text aim the measure? Only countries that it names as aim or addressee."""

from __future__ import annotations

from collections.abc import Sequence

from ytterby.signals.hits import Match, View
from ytterby.signals.mentions import Mention
from ytterby.signals.rules import cues

__all__ = ["targets_of"]

_EXPORT = frozenset({"export_ban", "export_licensing", "export_quota", "easing"})


def targets_of(view: View, match: Match, actor: Mention | None, sides: Sequence[Mention]) -> tuple[str, ...]:
    """Return the countries at which an act of `actor` is aimed, in the order of the text.

    Parameters
    ----------
    view, match
        The sentence and the act in it.
    actor
        Who acts; never its own aim.
    sides
        The other parties of a deal or of talks.
    """
    if match.rule.form == "parties":
        return tuple(dict.fromkeys(m.country for m in sides if m.country))
    own = actor.country if actor else ""
    found: list[str] = []
    for m in view.mentions:
        if not m.country or m.country in {own, "WTO", *found} or m.kind not in {"country", "adjective", "government"}:
            continue
        if _aimed(view, match, m):
            found.append(m.country)
    return tuple(found)


def _aimed(view: View, match: Match, m: Mention) -> bool:
    cue, action, verb = cues("en"), match.rule.action, match.verb
    before, after = view.masked[: m.start], view.masked[m.end : m.end + 40]
    nation = m.kind in {"country", "adjective"}
    if cue.has("no_aim", before):
        return False
    if action in _EXPORT:
        if m.start >= verb - 40 and cue.has("aim_to", before):
            return True
        near = verb - 5 <= m.start and m.end <= match.end + 60
        return near and m.kind == "adjective" and cue.has("aim_firm", after)
    if action in {"tariff", "investigation"}:
        if m.start < verb - 70:
            return False
        return (nation and cue.has("aim_goods", after)) or (m.start >= verb and cue.has("aim_on", before))
    if action == "investment_curb":
        return m.start >= verb - 5 and nation and (cue.has("aim_tied", before) or cue.has("aim_firm", after))
    if action == "trade_dispute":
        if cue.has("aim_respondent", before) or m.possessive or cue.has("aim_goods", after):
            return True
        return match.rule.form == "wto" and cue.has("aim_loser", after)
    if action == "statement":
        return m.start >= verb and cue.has("aim_addressee", before)
    return m.start >= verb and cue.has("aim_counter", before)
