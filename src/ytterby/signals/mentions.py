"""Who and what is named in an English sentence: countries, public bodies, officials, minerals, news agencies?

>>> scene = Scene(published="2023-10-20")
>>> [(m.kind, m.canonical, m.country) for m in find("China's Ministry of Commerce met Mines Minister Ann Bo.", scene)]
[('body', 'Ministry of Commerce', 'CHN'), ('person', 'Ann Bo', '')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from ytterby.signals.lexicon import (
    Automaton,
    Person,
    bodies,
    countries,
    country_name,
    fold,
    load_yaml,
    people,
)

__all__ = ["Mention", "Scene", "find", "ministry_of", "named", "remember"]

Kind = Literal["country", "adjective", "body", "person", "government", "media", "office"]


@dataclass(frozen=True)
class Mention:
    """A named actor or country at code points `start` to `end` of a sentence."""

    start: int
    end: int
    kind: Kind
    canonical: str
    country: str
    rank: str
    possessive: bool = False
    body: str = ""


@dataclass
class Scene:
    """What the article has told so far: its date, its countries, and the people by surname."""

    published: str | None = None
    country: str = ""
    surnames: dict[str, Mention] = field(default_factory=dict)
    ministry: Mention | None = None


@cache
def _automaton() -> tuple[Automaton, Automaton]:
    names: dict[str, Any] = {}
    for c in countries().values():
        for term in c.terms:
            names[term] = Mention(0, 0, "country", c.government, c.iso3, "government_unspecified")
        for term in c.adjectives:
            names.setdefault(
                term,
                Mention(0, 0, "adjective", c.government, c.iso3, "government_unspecified"),
            )
    folded: dict[str, Any] = {}
    for b in bodies():
        kind: Kind = "body" if b.country and b.rank else "media"
        for term in b.terms:
            mention = Mention(0, 0, kind, b.canonical, b.country, b.rank)
            if term.islower():
                folded[term] = mention
            else:
                names[term] = mention
    for p in people():
        for term in p.terms:
            held = names.get(term)
            known: tuple[Person, ...] = held if isinstance(held, tuple) else ()
            names[term] = (*known, p)
    return Automaton(names), Automaton(folded)


@cache
def _titles() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    ranks = load_yaml("titles.yaml")
    words = "|".join(t for row in ranks["titles"] for t in row["words"])
    modifiers = "|".join(ranks["modifiers"])
    pattern = re.compile(
        rf"(?<![\w-])(?P<title>(?:(?:{modifiers})(?:,? and |, | ))*(?:{words}))(?![\w-])",
        re.IGNORECASE,
    )
    by_rank = tuple(
        (re.compile(r"\b(?:" + "|".join(r["words"]) + r")\b", re.IGNORECASE), r["rank"]) for r in ranks["titles"]
    )
    return pattern, by_rank


def rank_of(title: str) -> str:
    """Return the rank that a title has, e.g. ``minister`` for ``mines minister``."""
    for pattern, rank in _titles()[1]:
        if pattern.search(title):
            return rank
    return ""


_NAME = (
    r"[A-ZÀ-Þ][\w'’.À-ÿ-]*(?:\s(?:(?:bin|binti|al|de|da|dos|del|van|von|der|den|la|le|el)\b|[A-ZÀ-Þ][\w'’.À-ÿ-]*)){0,4}"
)
_AFTER_TITLE = re.compile(rf",?\s(?P<name>{_NAME})")
_NOT_NAMES = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "For",
        "To",
        "From",
        "And",
        "But",
        "Or",
        "As",
        "It",
        "He",
        "She",
        "They",
        "We",
        "I",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Of",
        "Said",
        "Also",
        "That",
        "This",
        "Will",
        "Would",
        "Has",
        "Have",
        "Had",
        "Is",
        "Was",
        "Are",
        "Were",
        "With",
        "After",
        "Before",
    ]
)
_MINISTRY = re.compile(
    r"\b[Mm]inistry (?:of|for) (?P<of>[A-Z][\w-]+(?:(?:, | and |, and | & | )[A-Z][\w-]+)*)"
    r"|\b(?P<dept>Department (?:of|for) (?:the )?[A-Z][\w-]+(?:(?:, | and |, and | & )[A-Z][\w-]+)*)"
    r"|\b(?P<adj>(?i:(?:trade and industry|industry and trade|natural resources|foreign affairs|mines and energy|"
    r"energy and mines|land and resources|economy and trade|external affairs|home affairs|"
    r"commerce|trade|mines|mining|industry|energy|foreign|finance|economy|economic|resources|environment|science|"
    r"defen[cs]e|interior|heavy industries|investment|planning|steel) (?:ministry|department)))\b"
)
_GOVERNMENT = re.compile(
    r"\b(?:the |its |his |their )?(?:government|authorities|officials|administration|cabinet|lawmakers|legislators|senators|congressmen|"
    r"regulators?|customs|ruling junta|junta|presidency|supreme court|court|"
    r"central government|federal government|state council)\b(?! bonds?\b)",
    re.IGNORECASE,
)
_ASSEMBLY = re.compile(
    r"\b(?:National Assembly|Parliament|parliament|Senate|senate|Congress|Diet|Legislative Assembly|House of Assembly|Duma|Majlis|Bundestag)\b"
)
_LEGISLATURE = re.compile(r"lawmakers|legislators|senators|congressmen", re.IGNORECASE)


def _cased(ministry: str) -> str:
    small = {"and", "of", "for", "the"}
    return " ".join(w if w.lower() in small else w[:1].upper() + w[1:] for w in ministry.split(" "))


def _holder(known: tuple[Person, ...], published: str | None) -> Person:
    day = published or "9999"
    for person in known:
        if person.since <= day and (not person.until or day < person.until):
            return person
    return known[-1]


def find(text: str, scene: Scene) -> list[Mention]:
    """Return the mentions in a sentence, in order and without overlap.

    A possessor or adjective right before a body, title or government gives it its country ("China's commerce
    ministry", "Japanese officials"). People whom the gazetteer does not know are taken from a title and a name
    ("Mines Minister Polite Kambamura").
    """
    spans: list[Mention] = []
    exact, lower = _automaton()
    for s, e, value in exact.found(text, whole_words=True):
        if isinstance(value, tuple):
            p = _holder(value, scene.published)
            spans.append(
                Mention(
                    s,
                    e,
                    "person",
                    p.canonical,
                    p.country,
                    p.rank,
                    body=ministry_of(p.office),
                )
            )
        else:
            spans.append(replace(value, start=s, end=e))
    folded = fold(text)
    spans += [replace(v, start=s, end=e) for s, e, v in lower.found(folded, whole_words=True)]
    spans += _ministries(text)
    spans += _persons(text, scene)
    spans += [
        Mention(
            m.start(),
            m.end(),
            "body",
            m.group()[:1].upper() + m.group()[1:],
            "",
            "legislature",
        )
        for m in _ASSEMBLY.finditer(text)
    ]
    spans += [
        Mention(
            m.start(),
            m.end(),
            "government",
            "",
            "",
            "legislature" if _LEGISLATURE.search(m.group()) else "government_unspecified",
        )
        for m in _GOVERNMENT.finditer(text)
    ]
    return _joined(text, _disjoint(spans), scene)


def _ministries(text: str) -> list[Mention]:
    found = []
    for m in _MINISTRY.finditer(text):
        if m.group("of"):
            name = f"Ministry of {m.group('of')}"
        elif m.group("dept"):
            name = m.group("dept")
        else:
            stem, _, noun = m.group("adj").rpartition(" ")
            name = f"{noun.capitalize()} of {_cased(stem)}"
        found.append(Mention(m.start(), m.end(), "body", name, "", "ministry"))
    return found


def _persons(text: str, scene: Scene) -> list[Mention]:
    found = []
    for m in _titles()[0].finditer(text):
        title = m.group("title")
        rank = rank_of(title)
        name = _AFTER_TITLE.match(text, m.end())
        words = name.group("name").split(" ") if name else []
        while words and words[-1] in _NOT_NAMES:
            words.pop()
        if name and words and words[0] not in _NOT_NAMES and not _named_otherwise(words):
            canonical = " ".join(words).rstrip(".'’").removesuffix("'s").removesuffix("’s")
            start = name.start("name")
            end = start + len(canonical)
            known = scene.surnames.get(canonical)
            if known is not None:
                found.append(replace(known, start=start, end=end))
            else:
                found.append(Mention(start, end, "person", canonical, "", rank))
        found.append(Mention(m.start("title"), m.end(), "office", title, "", rank))
    for surname, mention in scene.surnames.items():
        for m in re.finditer(rf"(?<![\w-]){re.escape(surname)}(?![\w-])", text):
            found.append(replace(mention, start=m.start(), end=m.end(), possessive=False))
    return found


def _named_otherwise(words: list[str]) -> bool:
    known = {t for c in countries().values() for t in (*c.terms, *c.adjectives)}
    return " ".join(words) in known or words[0] in known


_ORDER = {
    "person": 0,
    "media": 1,
    "body": 1,
    "country": 2,
    "adjective": 2,
    "government": 3,
    "office": 4,
}


def _disjoint(spans: Iterable[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for m in sorted(
        spans,
        key=lambda m: (
            _ORDER[m.kind],
            m.end - m.start <= 0,
            -(m.end - m.start),
            m.start,
            not m.country,
        ),
    ):
        if all(m.end <= k.start or m.start >= k.end for k in kept):
            kept.append(m)
    return sorted(kept, key=lambda m: m.start)


def _joined(text: str, found: list[Mention], scene: Scene) -> list[Mention]:
    """Give bodies, titles and governments the country that stands right before or after them."""
    out: list[Mention] = []
    for m in found:
        before = out[-1] if out else None
        gap = text[before.end : m.start] if before else ""
        owner = (
            before is not None
            and before.country
            and before.kind in {"country", "adjective"}
            and bool(
                re.fullmatch(
                    r"(?:['’]s?)?\s(?:own |new |central |federal |state |top |senior |former |transitional |then-|interim )*",
                    gap,
                )
            )
        )
        if before and m.kind in {"body", "government", "office"} and (owner or _same_np(before, gap, m)):
            country = m.country if m.kind == "body" and m.country and not _generic(m) else before.country
            if m.kind == "office" and before.kind == "body":
                rank = "spokesperson" if m.rank == "spokesperson" else before.rank
                out[-1] = replace(before, end=m.end, rank=rank, body=before.canonical)
            else:
                out[-1] = named(replace(m, start=before.start, country=country))
            continue
        if before and m.kind == "person" and before.kind in {"office", "body"} and re.fullmatch(r",?\s", gap):
            if before.kind == "office" or before.rank == "spokesperson" or not m.country:
                rank = "spokesperson" if before.rank == "spokesperson" else m.rank or before.rank
                out[-1] = replace(
                    m,
                    start=before.start,
                    country=m.country or before.country,
                    rank=rank,
                    body=before.body or m.body,
                )
                continue
        if (
            before
            and m.kind == "body"
            and before.kind == "office"
            and re.fullmatch(r"\s(?:for|of|from|at) (?:the )?", gap)
        ):
            out[-1] = replace(m, start=before.start, rank=before.rank or m.rank, body=m.canonical)
            continue
        if before and before.kind == "person" and m.kind == "government" and re.fullmatch(r"(?:'s|’s)?\s", gap):
            out[-1] = named(replace(m, start=before.start, country=before.country))
            continue
        if before and m.kind == "person" and owner and not m.country:
            out[-1] = replace(m, start=before.start, country=before.country)
            continue
        out.append(m)
    for i, m in enumerate(out):
        if m.country or m.kind not in {"body", "government", "office", "person"}:
            continue
        after = re.match(r"\s(?:of|in|for) (?:the )?", text[m.end :])
        following = out[i + 1] if i + 1 < len(out) else None
        if after and following and following.kind == "country" and following.start == m.end + after.end():
            out[i] = named(replace(m, country=following.country))
    return [named(m) if m.kind in {"body", "government"} else m for m in _possessives(text, out)]


def ministry_of(office: str) -> str:
    """The ministry for which a spokesperson speaks."""
    if "spokesperson" not in office:
        return ""
    names = {
        "commerce": "Ministry of Commerce",
        "foreign": "Ministry of Foreign Affairs",
        "industry": "Ministry of Industry and Information Technology",
        "NDRC": "National Development and Reform Commission",
    }
    return next((name for word, name in names.items() if word in office), "")


def _same_np(before: Mention, gap: str, m: Mention) -> bool:
    return before.kind == "body" and bool(re.fullmatch(r"['’]s?\s|\s", gap)) and m.kind == "office"


def _generic(m: Mention) -> bool:
    """A ministry whose name many countries share."""
    return m.canonical.startswith(("Ministry of", "Department of")) and m.country == "CHN"


def _possessives(text: str, found: list[Mention]) -> list[Mention]:
    return [replace(m, possessive=True) if text[m.end : m.end + 2] in {"'s", "’s"} else m for m in found]


_BY_COUNTRY = {
    ("Ministry of Trade", "JPN"): "Ministry of Economy, Trade and Industry",
    ("Ministry of Industry", "JPN"): "Ministry of Economy, Trade and Industry",
    ("Ministry of Economy", "JPN"): "Ministry of Economy, Trade and Industry",
    ("Ministry of Trade", "KOR"): "Ministry of Trade, Industry and Energy",
    ("Ministry of Industry", "KOR"): "Ministry of Trade, Industry and Energy",
    ("Ministry of Industry", "CHN"): "Ministry of Industry and Information Technology",
    ("Ministry of Trade", "CHN"): "Ministry of Commerce",
    ("Ministry of Foreign", "*"): "Ministry of Foreign Affairs",
    ("Ministry of Mining", "*"): "Ministry of Mines",
    ("Department of Trade", "CHN"): "Ministry of Commerce",
    ("Senate", "USA"): "US Congress",
    ("Congress", "USA"): "US Congress",
    ("Parliament", "EU"): "European Parliament",
}


def named(m: Mention) -> Mention:
    """Give a ministry the name that it has in its country, and a government the canonical one."""
    if m.kind == "government" and m.rank == "legislature" and m.country == "USA":
        return replace(m, kind="body", canonical="US Congress")
    if m.kind == "government":
        return replace(m, canonical=country_name(m.country) if m.country else "")
    if m.kind == "body":
        name = _BY_COUNTRY.get((m.canonical, m.country)) or _BY_COUNTRY.get((m.canonical, "*")) or m.canonical
        return replace(m, canonical=name)
    return m


def remember(found: Iterable[Mention], scene: Scene, text: str) -> None:
    """Keep the surnames of the people named, for later sentences ("Li was quoted as saying")."""
    for m in found:
        if m.kind == "body" and m.rank in {"ministry", "agency"}:
            scene.ministry = m
        if m.kind != "person":
            continue
        parts = m.canonical.split(" ")
        if len(parts) < 2:
            continue
        surname = parts[0] if m.country in {"CHN", "KOR", "VNM", "MYS"} else parts[-1]
        written = text[m.start : m.end].split(" ")
        if len(surname) > 1 and (surname in written):
            scene.surnames.setdefault(surname, m)
