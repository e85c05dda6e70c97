"""Who is named in a Chinese sentence, who of them acts, and at whom is the act aimed?

>>> [(m.kind, m.canonical) for m in find("美国总统特朗普会见日本经济产业省官员", Scene())]
[('person', 'Donald Trump'), ('body', 'Ministry of Economy, Trade and Industry')]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from ytterby.signals.hits import Match, View
from ytterby.signals.lexicon import Automaton, CommodityTerm, Person, bodies, countries, country_name, people
from ytterby.signals.mentions import Mention, Scene, ministry_of
from ytterby.signals.rules import cues

__all__ = ["actor_of", "find", "joint", "mask", "parties", "targets_of"]

_SHORT = {"中": "CHN", "美": "USA", "日": "JPN", "欧": "EU", "澳": "AUS", "韩": "KOR", "印": "IND", "乌": "UKR"}
_PARTY = {"person": 0, "body": 1, "country": 2}


@cache
def _automaton() -> Automaton:
    words: dict[str, Any] = {}
    for c in countries().values():
        for t in c.terms_zh:
            words[t] = Mention(0, 0, "country", c.government, c.iso3, "government_unspecified")
    for b in bodies():
        for t in b.terms_zh:
            words[t] = Mention(0, 0, "body" if b.rank else "media", b.canonical, b.country, b.rank)
    for p in people():
        for t in p.terms_zh:
            held = words.get(t)
            words[t] = (*held, p) if isinstance(held, tuple) else (p,)
    return Automaton(words)


def find(text: str, scene: Scene) -> list[Mention]:
    """Return the countries, bodies and officials named in a Chinese sentence, in order.

    A country right before a body or a titled name belongs to it; a body before its official too.
    """
    found: list[Mention] = []
    for start, end, value in _automaton().found(text, whole_words=False):
        m = _person(start, end, value, scene) if isinstance(value, tuple) else replace(value, start=start, end=end)
        before = found[-1] if found else None
        gap = text[before.end : start] if before else ""
        near = before is not None and (not gap or (len(gap) <= 10 and cues("zh").has("title", gap)))
        if before and near and before.kind == "country" and m.kind in {"body", "person"}:
            found[-1] = replace(m, start=before.start, country=before.country if m.kind == "body" else m.country)
        elif before and near and before.kind == "body" and m.kind == "person":
            rank = "spokesperson" if "发言人" in gap else m.rank
            found[-1] = replace(m, start=before.start, body=before.canonical, rank=rank)
        else:
            found.append(m)
    return [_spokesperson(text, m) for m in found]


def _person(start: int, end: int, held: tuple[Person, ...], scene: Scene) -> Mention:
    day = scene.published or "9999"
    person = next((p for p in held if p.since <= day and (not p.until or day < p.until)), held[-1])
    return Mention(start, end, "person", person.canonical, person.country, person.rank, body=ministry_of(person.office))


def _spokesperson(text: str, m: Mention) -> Mention:
    """Let a ministry's unnamed spokesperson be the ministry speaking."""
    if m.kind == "body" and cues("zh").has("spokesperson", text[m.end : m.end + 6]):
        return replace(m, rank="spokesperson", body=m.canonical)
    return m


def mask(text: str, mentions: Sequence[Mention], terms: Sequence[CommodityTerm]) -> str:
    """Return the sentence with minerals as §, countries as ¤, bodies and officials as @ and the WTO as ₩."""
    out = list(text)
    for m in mentions:
        if m.kind != "media":
            sign = "₩" if m.country == "WTO" else "¤" if m.kind == "country" else "@"
            out[m.start : m.end] = sign * (m.end - m.start)
    for t in terms:
        if not set("@₩¤") & set(out[t.start : t.end]):
            out[t.start : t.end] = "§" * (t.end - t.start)
    return "".join(out)


def actor_of(masked: str, mentions: Sequence[Mention], verb: int) -> tuple[Mention | None, bool]:
    """Return the last unmarked mention before the verb, and whether it is the subject.

    Of bodies that act together the first-named counts; a country gives way to its body or official in the sentence.
    """
    cue = cues("zh")
    before = [m for m in mentions if m.end <= verb and m.kind != "media" and m.country != "WTO"]
    plain = [m for m in before if _unmarked(masked, m)]
    if plain:
        index = len(plain) - 1
        while index and cue.has("enumerated", masked[plain[index - 1].end : plain[index].start]):
            index -= 1
        actor = plain[index]
        return (_speaker(masked, mentions, plain, actor) if actor.kind == "country" else actor), True
    later = [m for m in mentions if m.start >= verb and m.kind in {"body", "person"} and m.country != "WTO"]
    speaker = next((m for m in later if cue.has("speaks", masked[m.end :])), None)
    if speaker is not None:
        return speaker, False
    return next((m for m in before if m.kind == "country" and not cue.has("aimed", masked[: m.start])), None), False


def _unmarked(masked: str, m: Mention) -> bool:
    cue = cues("zh")
    prefix = masked[: m.start]
    if cue.has("oblique", prefix) and not cue.has("agent", prefix):
        return False
    return m.kind != "country" or not (cue.has("modifies", masked[m.end :]) or cue.has("counted", prefix))


def _speaker(masked: str, mentions: Sequence[Mention], plain: Sequence[Mention], actor: Mention) -> Mention:
    own = [m for m in mentions if m.kind in {"body", "person"} and m.country == actor.country]
    spoken = [m for m in own if m in plain and cues("zh").has("speaks", masked[m.end :])]
    last = [m for m in own if m.end >= len(masked) - 8]
    first = [m for m in own if m in plain]
    return next(iter((*spoken, *last, *first)), actor)


def joint(masked: str, mentions: Sequence[Mention], actor: Mention) -> list[Mention]:
    """Return the actor with the other governments that are enumerated with it (美国、欧盟和日本)."""
    out = [actor]
    before = [m for m in mentions if m.end <= actor.start][::-1]
    after = [m for m in mentions if m.start >= actor.end]
    for beside in (before, after):
        here = actor
        for m in beside:
            gap = masked[m.end : here.start] if m.end <= here.start else masked[here.end : m.start]
            if not cues("zh").has("joined", gap):
                break
            if m.country and all(m.country != o.country for o in out):
                out.append(m)
            here = m
    return sorted(out, key=lambda m: m.start)


def parties(masked: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the governments that are parties of a deal or of talks, one mention a country (中美 names two)."""
    cue = cues("zh")
    best: dict[str, Mention] = {}
    for m in mentions:
        if m.kind == "media" or not m.country or m.country == "WTO" or cue.has("venue", masked[: m.start]):
            continue
        if m.kind == "country" and cue.has("modifies", masked[m.end :]):
            continue
        if m.country not in best or _PARTY.get(m.kind, 9) < _PARTY.get(best[m.country].kind, 9):
            best[m.country] = m
    pair = cue["pair"].search(masked)
    for c in pair.group() if pair else "":
        code = _SHORT[c]
        best.setdefault(code, Mention(0, 0, "country", country_name(code), code, "government_unspecified"))
    return list(best.values())


_AIM_AFTER = {
    "tariff": "aim_goods",
    "investigation": "aim_goods",
    "investment_curb": "aim_firm",
    "trade_dispute": "aim_respondent",
    "export_ban": "aim_user",
    "export_licensing": "aim_user",
    "export_quota": "aim_user",
    "easing": "aim_user",
}


def targets_of(view: View, match: Match, actor: Mention | None, sides: Sequence[str]) -> tuple[str, ...]:
    """Return the countries at which an act is aimed: marked by 对 and the like, or by what follows them."""
    if match.rule.form == "parties":
        return tuple(dict.fromkeys(sides))
    own = actor.country if actor else ""
    found: list[str] = []
    for m in view.mentions:
        if m.kind == "country" and m.country and m.country not in {own, "WTO", *found} and _aimed(view, match, m):
            found.append(m.country)
    return tuple(found)


def _aimed(view: View, match: Match, m: Mention) -> bool:
    cue, action = cues("zh"), match.rule.action
    before, after = view.masked[: m.start], view.masked[m.end : m.end + 10]
    if action == "statement":
        return cue.has("aim_addressee", before)
    if cue.has("aimed", before):
        return True
    if action in {"tariff", "investigation"} and cue.has("aim_origin", before):
        return True
    return action in _AIM_AFTER and cue.has(_AIM_AFTER[action], after)
