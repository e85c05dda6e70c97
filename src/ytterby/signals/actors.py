"""Whose act is it? The subject of a clause, the agent, the possessor, or the official who announces it.

Every mention in the sentence is scored by where it stands to the verb; the best one acts. A country that acts gives
way to its minister or ministry if that one announces the act in the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ytterby.signals.mentions import Mention
from ytterby.signals.rules import cues

__all__ = [
    "Found",
    "clause_start",
    "joint",
    "official",
    "parties",
    "speakers",
    "subject",
]

_BOUNDARY = re.compile(
    r"[;:]\s|\s--\s|\s—\s|,\s(?:but|while|whereas|although|though|as|after|because|since|when|where|which|who|whose|amid|following|with|even|so|and (?=@|¤|it |they |he |she ))\s?"
    r"|\s(?:after|because|while|although|though|as|when|if|unless|since|which|who|that|until|before|once|how|why)\s"
)
_SUBORDINATE = re.compile(
    r"(?:after|because|as|since|when|following|amid|before|once|until|while|although|though|which|who|whose)\b"
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|to|from|with|against|for|on|at|over|between|amid|than|into|like|under|near|outside|including|despite|toward|towards|by|via|within|among|through)\s(?:the\s|a\s|an\s|its\s|both\s)?(?:[¤@]+(?:,\s|\sand\s|,\sand\s)(?:the\s)?)*$"
)
_HEAD = re.compile(
    r"\b(?:meeting|session|spokes\w+|leaders|ministers|members|officials|government|head|president|ministry|envoys|negotiators) of\s(?:the\s)?"
    r"(?:[¤@]+(?:,\s|\sand\s|,\sand\s)(?:the\s)?)*$"
)
_AUX = re.compile(
    r"^(?:'s)?(?:,[^,]{0,70},)?\s?(?:(?:on|last|this|earlier|late) (?:\w+ ){0,3})?(?:(?:has|have|had|will|would|may|might|could|can|should|shall|must|is|are|was|were|be|been|being|to|also|now|not|again|"
    r"formally|officially|immediately|temporarily|recently|reportedly|jointly|separately|further|then|just|already|soon|finally|quickly|"
    r"plans?|planned|planning|wants?|intends?|seeks?|sought|aims?|agreed|decided|moved|moves|vowed|threatened|pledged|promised|expected|likely|"
    r"set|ready|prepared|preparing|considering|weighing|mulling|going|due|hopes?|announced|said|says|confirmed|it|they|he|she|that|began|started|continues?|continued|"
    r"proposed|proposes|refused|urged|ordered|asked|on \w+|in \w+|last \w+|this \w+|and|effectively|in effect|has been|in principle)\s?)*$"
)


@dataclass(frozen=True)
class Found:
    """The actor of a verb, whether it is the direct subject, and who announces the act."""

    actor: Mention | None
    direct: bool
    speaker: Mention | None


def clause_start(masked: str, verb: int) -> tuple[int, bool]:
    """Return where the clause of the verb at `verb` begins, and whether it is subordinate."""
    begin, subordinate = 0, bool(_SUBORDINATE.match(masked))
    for m in _BOUNDARY.finditer(masked, 0, max(verb - 1, 0)):
        if m.end() <= verb:
            word = m.group().strip(" ,;:")
            if word == "that" and re.search(cues("en")["speech"].pattern + r"(?: \w+){0,3}$", masked[: m.start()]):
                begin, subordinate = m.end(), False
                continue
            begin, subordinate = m.end(), bool(_SUBORDINATE.match(word))
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
    speech = cues("en")["speech"].pattern
    after = re.compile(
        rf"^(?:'s)?(?: (?:spokesperson|spokesman|spokeswoman|notice|statement|official|officials|data|filing|document|announcement|website|order))?(?:,[^,]{{0,80}},)?\s(?:(?:also|has|have|had|later|earlier|then|in a \w+|on \w+|\w+ly|was|were|again|who) ){{0,4}}(?:{speech})\b"
    )
    before = re.compile(
        rf"(?:according to|(?:{speech}) by|statement (?:by|from)|,? ?(?:said|says|told|quoted)(?: by)?)\s(?:an? |the )?(?:statement |notice |announcement )?(?:by |from |of )?(?:the )?$"
    )
    heard = [
        m
        for m in mentions
        if m.kind not in {"media", "adjective"}
        and (after.match(masked[m.end : m.end + 160]) or before.search(masked[: m.start]))
    ]
    first = next((m for m in mentions if m.kind != "media"), None)
    if first is not None and first not in heard and first.kind == "person":
        # "Xi visited the region and said": the subject goes on to speak
        more = re.search(rf"\sand (?:also |then |later )?(?:{speech})\b", masked[first.end :])
        between = first.end + more.start() if more else 0
        if more and not any(m is not first and m.kind == "person" and m.start < between for m in mentions):
            heard.insert(0, first)
    return heard


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
    begin, _ = clause_start(masked, verb)
    best: Mention | None = None
    best_score = -99.0
    direct = False
    for m in mentions:
        if m.kind == "media":
            continue
        score, is_direct = _score(masked, m, verb, end, form, begin)
        if score > best_score:
            best, best_score, direct = m, score, is_direct
    if best is None or best_score < 2.0:
        best, direct = None, False
    speaker = next((s for s in heard if s.kind in {"person", "body"}), heard[0] if heard else None)
    if best is None and speaker is not None:
        return Found(speaker, False, speaker)
    if best is not None and best.start == verb:
        return Found(best, False, speaker)
    if best is not None and best.kind in {"country", "government", "adjective"} and speaker is not None:
        same = not speaker.country or not best.country or speaker.country == best.country
        if same and speaker.kind in {"person", "body"}:
            return Found(
                replace(speaker, country=best.country or speaker.country),
                direct,
                speaker,
            )
    return Found(best, direct, speaker)


def _score(masked: str, m: Mention, verb: int, end: int, form: str, begin: int) -> tuple[float, bool]:
    inside = m.start >= verb and m.end <= end
    if m.start == verb:
        return 12.0, False
    if m.end <= verb:
        gap = masked[m.end : verb]
        score = 6.0 - 0.12 * len(gap.split())
        if m.start < begin:
            score -= 3.0
        prefix = masked[: m.start]
        agent = bool(re.search(r"\bby (?:the )?$", prefix)) and form == "passive"
        marked = bool(_PREPOSITION.search(prefix)) and not _HEAD.search(prefix)
        is_direct = form == "verb" and not marked and bool(_AUX.match(gap))
        if agent:
            score += 3.0
        elif marked and not (m.possessive and form != "verb"):
            score -= 4.5
        if is_direct:
            score += 6.0
        if m.kind == "adjective":
            head = re.match(
                r"\s(?:export|exports|rare|licen[cs]ing|control|controls|ban|bans|quota|quotas|curbs|restrictions|government|officials|regulators|state|§)",
                gap + masked[verb:end],
            )
            score += 0.5 if (head and form in {"noun", "passive"}) else -4.5
            is_direct = False
        if m.possessive and not is_direct:
            score += 1.5 if form in {"noun", "passive"} else -2.5
        elif form == "passive" and not re.search(r"\bby (?:the )?$", prefix):
            score -= 3.0
        return score, is_direct
    prefix = masked[: m.start]
    if re.search(r"\bby (?:the )?$", prefix) and form in {"passive", "noun"}:
        return 7.0 - 0.2 * len(masked[end : m.start].split()), False
    if inside and m.possessive and form in {"noun", "passive"}:
        return 3.0, False
    if m in speakers(masked, [m]):
        return 4.0, False
    if (
        form in {"noun", "passive"}
        and m.kind != "adjective"
        and re.search(r"\b(?:in|of|from) (?:the )?$", prefix)
        and m.kind == "country"
    ):
        return 2.2, False
    return -2.0, False


def joint(masked: str, mentions: Sequence[Mention], actor: Mention) -> list[Mention]:
    """Return the actor with the governments that stand beside it as subjects ("the US, the EU and Japan")."""
    out = [actor]
    for step in (-1, 1):
        here = actor
        while True:
            beside = [
                m for m in mentions if (m.end <= here.start if step < 0 else m.start >= here.end) and m.kind != "media"
            ]
            if not beside:
                break
            m = beside[-1] if step < 0 else beside[0]
            gap = masked[m.end : here.start] if step < 0 else masked[here.end : m.start]
            if not re.fullmatch(r",?\s(?:and\s|&\s)?(?:the\s)?|\sand\s(?:the\s)?", gap) or m.kind == "adjective":
                break
            if m.country and all(m.country != o.country for o in out):
                out.append(m)
            here = m
    return sorted(out, key=lambda m: m.start)


def parties(masked: str, mentions: Sequence[Mention], verb: int) -> list[Mention]:
    """Return the governments that are parties of a deal or of talks, one mention a country, people first."""
    begin, _ = clause_start(masked, verb)
    best: dict[str, Mention] = {}
    order = {
        "person": 0,
        "body": 1,
        "office": 2,
        "government": 3,
        "country": 4,
        "adjective": 5,
    }
    for m in mentions:
        if m.kind == "media" or not m.country:
            continue
        prefix = masked[: m.start]
        if re.search(r"\b(?:in|from|at|on|near|outside|against|inside)\s(?:the\s)?$", prefix) and m.kind == "country":
            continue
        if m.start < begin and not (m.kind in {"person", "country", "body", "government"} and begin - m.end < 40):
            continue
        if (
            m.kind == "adjective"
            and not re.match(
                r"[\s-](?:and|&|-)?\s?[¤@]|\s(?:officials|leaders|negotiators|ministers|counterpart|premier|president|delegation|presidents)",
                masked[m.end :],
            )
            and not re.search(r"(?:and|&|-|–)\s?$", prefix)
        ):
            continue
        if m.country not in best or order[m.kind] < order[best[m.country].kind]:
            best[m.country] = m
    ahead = [m for m in best.values() if m.end <= verb]
    sides = ahead if len(ahead) >= 2 else list(best.values())
    return sorted(sides, key=lambda m: m.start)
