"""Whose act is it? The subject of a clause, the agent, the possessor, or the official who announces it.

Every mention in the sentence is scored by where it stands to the verb; the best one acts. A country that acts gives
way to its minister or ministry if that one announces the act in the same sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ytterby.signals.mentions import Mention
from ytterby.signals.rules import cues

__all__ = ["Found", "clause_start", "first_named", "joint", "official", "parties", "speakers", "subject"]

_LEAST = 2.0
"""Least score of an actor; below it, the sentence names none."""


@dataclass(frozen=True)
class Found:
    """The actor of a verb, whether it is the direct subject, and who announces the act."""

    actor: Mention | None
    direct: bool
    speaker: Mention | None


def clause_start(masked: str, verb: int) -> tuple[int, bool]:
    """Return where the clause of the verb at `verb` begins, and whether it is subordinate."""
    cue = cues("en")
    begin, subordinate = 0, cue.has("subordinate", masked)
    for m in cue["boundary"].finditer(masked, 0, max(verb - 1, 0)):
        if m.end() <= verb:
            word = m.group().strip(" ,;:")
            reported = word == "that" and cue.has("says_that", masked[: m.start()])
            begin, subordinate = m.end(), not reported and cue.has("subordinate", word)
    if begin == 0 and subordinate:
        comma = masked.find(", ")
        if 0 <= comma < verb:
            begin, subordinate = comma + 2, False
    return begin, subordinate


def official(m: Mention) -> bool:
    """Whether a mention can be an actor: a country, government, body or official, not a news agency."""
    return m.kind in {"person", "body", "government", "country"} or (m.kind == "office" and bool(m.country or m.rank))


def speakers(masked: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the officials whose words the sentence gives."""
    cue = cues("en")
    heard = [m for m in mentions if m.kind not in {"media", "adjective"} and _speaks(masked, m)]
    first = next((m for m in mentions if m.kind != "media"), None)
    if first is not None and first not in heard and first.kind == "person":
        # "Xi visited the region and said": the subject goes on to speak
        more = cue["speaks_later"].search(masked, first.end)
        if more and not any(m is not first and m.kind == "person" and m.start < more.start() for m in mentions):
            heard.insert(0, first)
    return heard


def _speaks(masked: str, m: Mention) -> bool:
    cue = cues("en")
    return cue.has("speaks_after", masked[m.end : m.end + 160]) or cue.has("speaks_before", masked[: m.start])


def subject(masked: str, mentions: Sequence[Mention], verb: int, end: int, form: str) -> Found:
    """Return who acts.

    Parameters
    ----------
    masked
        The sentence with its mentions masked.
    mentions
        The sentence's mentions.
    verb, end
        Code points where the verb begins and where the rule's match ends.
    form
        Of the rule: verb, passive or noun.
    """
    heard = [m for m in speakers(masked, mentions) if official(m)]
    speaker = next((s for s in heard if s.kind in {"person", "body"}), heard[0] if heard else None)
    begin, _ = clause_start(masked, verb)
    best: Mention | None = None
    best_score, direct = _LEAST, False
    for m in mentions:
        if m.kind != "media":
            score, is_direct = _score(masked, m, verb, end, form, begin)
            if score > best_score or (best is None and score == best_score):
                best, best_score, direct = m, score, is_direct
    if best is None:
        return Found(speaker, False, speaker)
    if best.start != verb and best.kind in {"country", "government", "adjective"} and speaker is not None:
        same = not speaker.country or not best.country or speaker.country == best.country
        if same and speaker.kind in {"person", "body"}:
            return Found(replace(speaker, country=best.country or speaker.country), direct, speaker)
    return Found(best, direct, speaker)


def _score(masked: str, m: Mention, verb: int, end: int, form: str, begin: int) -> tuple[float, bool]:
    """How well a mention fits as the actor, and whether it is the direct subject."""
    cue = cues("en")
    prefix = masked[: m.start]
    agent = cue.has("agent", prefix)
    if m.start == verb:
        return 12.0, False
    if m.end <= verb:
        return _score_before(masked, m, verb, end, form, begin)
    if agent and form in {"passive", "noun"}:
        return 7.0 - 0.2 * len(masked[end : m.start].split()), False
    if m.end <= end and m.possessive and form in {"noun", "passive"}:
        return 3.0, False
    if m.kind not in {"media", "adjective"} and _speaks(masked, m):
        return 4.0, False
    if form in {"noun", "passive"} and m.kind == "country" and cue.has("origin", prefix):
        return 2.2, False
    return -2.0, False


def _score_before(masked: str, m: Mention, verb: int, end: int, form: str, begin: int) -> tuple[float, bool]:
    cue = cues("en")
    gap, prefix = masked[m.end : verb], masked[: m.start]
    if m.possessive and cue.has("possessed_act", gap):
        return 12.0, True
    agent = cue.has("agent", prefix)
    marked = cue.has("preposition", prefix) and not cue.has("head_of", prefix)
    direct = form == "verb" and not marked and cue.has("between_subject_and_verb", gap)
    score = 6.0 - 0.12 * len(gap.split()) - (3.0 if m.start < begin else 0.0)
    if agent and form == "passive":
        score += 3.0
    elif marked and not (m.possessive and form != "verb"):
        score -= 4.5
    if direct:
        score += 6.0
    if m.kind == "adjective":
        owned = form in {"noun", "passive"} and cue.has("owned_noun", gap + masked[verb:end])
        score += 0.5 if owned else -4.5
        direct = False
    if m.possessive and not direct:
        score += 1.5 if form in {"noun", "passive"} else -2.5
    elif form == "passive" and not agent:
        score -= 3.0
    return score, direct


def first_named(masked: str, mentions: Sequence[Mention], actor: Mention) -> Mention:
    """Return the first-named of bodies of one government that act together ("the ministry and the customs")."""
    here = actor
    for m in [m for m in mentions if m.end <= actor.start and m.kind != "media"][::-1]:
        beside = cues("en").has("joined", masked[m.end : here.start])
        if (
            not beside
            or m.kind not in {"body", "person"}
            or (m.country and actor.country and m.country != actor.country)
        ):
            break
        here = m
    return here


def joint(masked: str, mentions: Sequence[Mention], actor: Mention) -> list[Mention]:
    """Return the actor with the governments that stand beside it as subjects ("the US, the EU and Japan")."""
    named = [m for m in mentions if m.kind != "media"]
    out = [actor]
    before = [m for m in named if m.end <= actor.start][::-1]
    after = [m for m in named if m.start >= actor.end]
    for beside in (before, after):
        here = actor
        for m in beside:
            gap = masked[m.end : here.start] if m.end <= here.start else masked[here.end : m.start]
            if m.kind == "adjective" or not cues("en").has("joined", gap):
                break
            if beside is before and m.kind != actor.kind and cues("en").has("preposition", masked[: m.start]):
                break
            if m.country and all(m.country != o.country for o in out):
                out.append(m)
            here = m
    return sorted(out, key=lambda m: m.start)


_PARTY = {"person": 0, "body": 1, "office": 2, "government": 3, "country": 4, "adjective": 5}


def parties(masked: str, mentions: Sequence[Mention], verb: int) -> list[Mention]:
    """Return the governments that are parties of a deal or of talks, one mention a country, people first."""
    cue = cues("en")
    begin, _ = clause_start(masked, verb)
    best: dict[str, Mention] = {}
    for m in mentions:
        if m.kind == "media" or not m.country:
            continue
        prefix, rest = masked[: m.start], masked[m.end :]
        if m.kind == "country" and cue.has("venue", prefix):
            continue
        if m.start > verb and cue.has("no_party", masked[verb : m.start]):
            continue
        if m.start < begin and not (m.kind in {"person", "country", "body", "government"} and begin - m.end < 40):
            continue
        if m.kind == "adjective" and not cue.has("party_noun", rest) and not cue.has("party_joint", prefix):
            continue
        if m.country not in best or _PARTY[m.kind] < _PARTY[best[m.country].kind]:
            best[m.country] = m
    ahead = [m for m in best.values() if m.end <= verb]
    sides = ahead if len(ahead) >= 2 else list(best.values())
    return sorted(sides, key=lambda m: m.start)
