"""Who and what is named in an English sentence: countries, public bodies, officials, news agencies?

>>> scene = Scene(published="2023-10-20")
>>> [(m.kind, m.canonical, m.country) for m in find("China's Ministry of Commerce met Mines Minister Ann Bo.", scene)]
[('body', 'Ministry of Commerce', 'CHN'), ('person', 'Ann Bo', '')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from ytterby.signals.lexicon import Automaton, Person, bodies, countries, fold, people
from ytterby.signals.naming import (
    Mention,
    governments,
    ministries,
    ministry_of,
    named,
    pattern,
    same_ministry,
    titled,
    words,
)

__all__ = ["Mention", "Scene", "find", "ministry_of", "named", "remember"]


@dataclass
class Scene:
    """What the article has told so far.

    Its date, its main country, the people by surname, the ministry named last, the subject of the last sentence, and
    whether that sentence only recalled something.
    """

    published: str | None = None
    country: str = ""
    surnames: dict[str, Mention] = field(default_factory=dict)
    ministry: Mention | None = None
    subject: Mention | None = None
    history: bool = False


@cache
def _automata() -> tuple[Automaton, Automaton]:
    """Return the names as they are written, and the bodies written in lower case."""
    names: dict[str, Any] = {}
    lower: dict[str, Any] = {}
    for c in countries().values():
        for term in c.terms:
            names[term] = Mention(0, 0, "country", c.government, c.iso3, "government_unspecified")
        for term in c.adjectives:
            names.setdefault(term, Mention(0, 0, "adjective", c.government, c.iso3, "government_unspecified"))
    for b in bodies():
        mention = Mention(0, 0, "body" if b.country and b.rank else "media", b.canonical, b.country, b.rank)
        for term in b.terms:
            (lower if term.islower() else names)[term] = mention
    for p in people():
        for term in p.terms:
            held = names.get(term)
            names[term] = (*held, p) if isinstance(held, tuple) else (p,)
    return Automaton(names), Automaton(lower)


def _person(start: int, end: int, held: tuple[Person, ...], published: str | None) -> Mention:
    day = published or "9999"
    p = next((p for p in held if p.since <= day and (not p.until or day < p.until)), held[-1])
    return Mention(start, end, "person", p.canonical, p.country, p.rank, body=ministry_of(p.office))


def find(text: str, scene: Scene) -> list[Mention]:
    """Return the mentions in a sentence, in order and without overlap.

    A possessor or adjective right before a body, title or government gives it its country ("China's commerce
    ministry", "Japanese officials"). People whom the tables do not list are taken from a title and a name.
    """
    exact, lower = _automata()
    spans: list[Mention] = []
    for start, end, value in exact.found(text, whole_words=True):
        known = isinstance(value, tuple)
        spans.append(_person(start, end, value, scene.published) if known else replace(value, start=start, end=end))
    spans += [replace(v, start=s, end=e) for s, e, v in lower.found(fold(text), whole_words=True)]
    spans += same_ministry(text, scene.ministry) + ministries(text) + titled(text, scene.surnames) + governments(text)
    for surname, mention in scene.surnames.items():
        spans += [
            replace(mention, start=m.start(), end=m.end(), possessive=False)
            for m in re.finditer(rf"(?<![\w-]){re.escape(surname)}(?![\w-])", text)
        ]
    found = _with_countries(text, _merged(text, _disjoint(spans)))
    return [replace(m, possessive=True) if text[m.end : m.end + 2] in {"'s", "’s"} else m for m in found]


_ORDER = {"person": 0, "media": 1, "body": 1, "country": 2, "adjective": 2, "government": 3, "office": 4}


def _disjoint(spans: Iterable[Mention]) -> list[Mention]:
    """Return the spans without overlap: people before bodies before countries, the longer before the shorter."""
    kept: list[Mention] = []
    for m in sorted(spans, key=lambda m: (_ORDER[m.kind], m.start - m.end, m.start, not m.country)):
        if all(m.end <= k.start or m.start >= k.end for k in kept):
            kept.append(m)
    return sorted(kept, key=lambda m: m.start)


def _merged(text: str, found: list[Mention]) -> list[Mention]:
    """Join what is one noun phrase: country and body, body and spokesperson, title and name."""
    out: list[Mention] = []
    for m in found:
        one = _as_one(out[-1], text[out[-1].end : m.start], m) if out else None
        if one is None:
            out.append(m)
        else:
            out[-1] = one
    return out


def _as_one(before: Mention, gap: str, m: Mention) -> Mention | None:
    """Return the mention that two neighbours make together, or None if they stay apart."""
    touching = re.fullmatch(r"(?:['’]s?)?\s", gap) is not None
    owner = before.country and before.kind in {"country", "adjective"} and pattern("owner_gap").fullmatch(gap)
    if m.kind == "office" and before.kind == "body" and touching:
        rank = "spokesperson" if m.rank == "spokesperson" else before.rank
        return replace(before, end=m.end, rank=rank, body=before.canonical)
    if m.kind == "government" and before.kind == "body" and touching:
        return replace(before, end=m.end)
    if m.kind in {"body", "government", "office"} and owner:
        own = m.kind == "body" and m.country and not _general(m)
        return named(replace(m, start=before.start, country=m.country if own else before.country))
    if m.kind == "person" and re.fullmatch(r",?\s", gap):
        spokesperson = before.rank == "spokesperson"
        if before.kind == "office" or (before.kind == "body" and (spokesperson or not m.country)):
            rank = "spokesperson" if spokesperson else m.rank or before.rank
            country, body = m.country or before.country, before.body or m.body
            return replace(m, start=before.start, country=country, rank=rank, body=body)
    if m.kind == "body" and before.kind == "office" and pattern("for_gap").fullmatch(gap):
        return replace(m, start=before.start, rank=before.rank or m.rank, body=m.canonical)
    if m.kind == "government" and before.kind == "person" and touching:
        return named(replace(m, start=before.start, country=before.country))
    if m.kind == "person" and owner and not m.country:
        return replace(m, start=before.start, country=before.country)
    return None


def _general(m: Mention) -> bool:
    """Whether a ministry bears a name that many countries' ministries share."""
    return m.country == "CHN" and m.canonical.startswith(("Ministry of", "Department of"))


def _with_countries(text: str, found: list[Mention]) -> list[Mention]:
    """Give bodies and officials the country that follows them ("the mines ministry of Zimbabwe")."""
    out = list(found)
    for i, m in enumerate(found[:-1]):
        following = found[i + 1]
        if m.country or m.kind in {"media", "country", "adjective"} or following.kind != "country":
            continue
        if pattern("of_gap").fullmatch(text[m.end : following.start]):
            out[i] = replace(m, country=following.country)
    return [named(m) for m in out]


def remember(found: Iterable[Mention], scene: Scene, text: str) -> None:
    """Keep the surnames of the people named, for later sentences ("Li was quoted as saying")."""
    found = list(found)
    scene.subject = next((m for m in found if m.country and m.kind not in {"media", "adjective"}), scene.subject)
    for m in found:
        if m.kind == "body" and m.country and m.rank == "ministry":
            scene.ministry = m
        parts = m.canonical.split(" ")
        if m.kind != "person" or len(parts) < 2:
            continue
        surname = parts[0] if m.country in words()["family_name_first"] else parts[-1]
        if len(surname) > 1 and surname in text[m.start : m.end].split(" "):
            scene.surnames.setdefault(surname, m)
