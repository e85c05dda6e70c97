"""How are officials, ministries and governments named, when no table lists them?

>>> rank_of("mines minister"), [m.canonical for m in ministries("the mining ministry and the Ministry of Trade")]
('minister', ['Ministry of Mines', 'Ministry of Trade'])
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from ytterby.signals.lexicon import countries, country_name, load_yaml

__all__ = [
    "Mention",
    "governments",
    "ministries",
    "ministry_of",
    "named",
    "pattern",
    "rank_of",
    "same_ministry",
    "titled",
    "words",
]

Kind = Literal["country", "adjective", "body", "person", "government", "media", "office"]


@dataclass(frozen=True)
class Mention:
    """A named actor or country at code points `start` to `end` of a sentence.

    `body` is the ministry for which a spokesperson speaks; `possessive` tells that "'s" follows.
    """

    start: int
    end: int
    kind: Kind
    canonical: str
    country: str
    rank: str
    possessive: bool = False
    body: str = ""


@cache
def words() -> Mapping[str, Any]:
    """Return the lists of ``data/names_en.yaml``."""
    found: Mapping[str, Any] = load_yaml("names_en.yaml")
    return found


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of ``data/names_en.yaml``."""
    return re.compile(words()[name])


@cache
def _titles() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    ranks = load_yaml("titles.yaml")
    every = "|".join(t for row in ranks["titles"] for t in row["words"])
    modifiers = "|".join(ranks["modifiers"])
    title = rf"(?<![\w-])(?P<title>(?:(?:{modifiers})(?:,? and |, | ))*(?:{every}))(?![\w-])"
    by_rank = tuple(
        (re.compile(r"\b(?:" + "|".join(row["words"]) + r")\b", re.IGNORECASE), row["rank"]) for row in ranks["titles"]
    )
    return re.compile(title, re.IGNORECASE), by_rank


def rank_of(title: str) -> str:
    """Return the rank that a title has, e.g. ``minister`` for ``mines minister``; empty if it has none."""
    return next((rank for found, rank in _titles()[1] if found.search(title)), "")


def titled(text: str, known: Mapping[str, Mention]) -> list[Mention]:
    """Return titles, and the names that follow them ("Mines Minister Polite Kambamura").

    Parameters
    ----------
    text
        The sentence.
    known
        People by surname, whom the article has named before.
    """
    found = []
    for m in _titles()[0].finditer(text):
        rank = rank_of(m.group("title"))
        name = pattern("name_after_title").match(text, m.end())
        parts = name.group("name").split(" ") if name else []
        while parts and parts[-1] in words()["not_names"]:
            parts.pop()
        if name and parts and parts[0] not in words()["not_names"] and not _is_country(parts):
            canonical = " ".join(parts).rstrip(".'’").removesuffix("'s").removesuffix("’s")
            start = name.start("name")
            end = start + len(canonical)
            held = known.get(canonical)
            new = Mention(start, end, "person", canonical, "", rank)
            found.append(replace(held, start=start, end=end) if held else new)
        found.append(Mention(m.start("title"), m.end(), "office", m.group("title"), "", rank))
    return found


@cache
def _country_words() -> frozenset[str]:
    return frozenset(t for c in countries().values() for t in (*c.terms, *c.adjectives))


def _is_country(parts: list[str]) -> bool:
    return " ".join(parts) in _country_words() or parts[0] in _country_words()


def ministries(text: str) -> list[Mention]:
    """Return ministries and departments named by their field."""
    found = []
    for m in pattern("ministry").finditer(text):
        if m.group("of"):
            name = f"Ministry of {m.group('of')}"
        elif m.group("dept"):
            name = m.group("dept")
        elif m.group("first"):
            name = f"Ministry of {_capitals(m.group('first').lower())}"
        else:
            field, _, noun = m.group("adj").rpartition(" ")
            name = f"{noun.capitalize()} of {_capitals(field)}"
        found.append(named(Mention(m.start(), m.end(), "body", name, "", "ministry")))
    return found


def _capitals(field: str) -> str:
    small = {"and", "of", "for", "the"}
    return " ".join(w if w.lower() in small else w[:1].upper() + w[1:] for w in field.split(" "))


def same_ministry(text: str, last: Mention | None) -> list[Mention]:
    """Return "the ministry" as the one that the article named last."""
    if last is None:
        return []
    found = re.finditer(r"\b[Tt]he (?:ministry|department|commission)\b(?! (?:of|for)\b)", text)
    return [replace(last, start=m.start(), end=m.end(), possessive=False) for m in found]


def governments(text: str) -> list[Mention]:
    """Return governments, officials and assemblies named without their country."""
    found = [
        Mention(m.start(), m.end(), "body", m.group()[:1].upper() + m.group()[1:], "", "legislature")
        for m in pattern("assembly").finditer(text)
    ]
    for m in pattern("government").finditer(text):
        rank = "legislature" if pattern("legislators").search(m.group()) else "government_unspecified"
        found.append(Mention(m.start(), m.end(), "government", "", "", rank))
    return found


def named(m: Mention) -> Mention:
    """Give a ministry the name that it has in its country, and a government the canonical one."""
    if m.kind == "government" and m.rank == "legislature" and m.country == "USA":
        return replace(m, kind="body", canonical="US Congress")
    if m.kind == "government":
        return replace(m, canonical=country_name(m.country) if m.country else "")
    if m.kind == "body":
        names = _by_country()
        return replace(m, canonical=names.get((m.canonical, m.country)) or names.get((m.canonical, "*")) or m.canonical)
    return m


@cache
def _by_country() -> dict[tuple[str, str], str]:
    return {(general, country): name for general, country, name in words()["by_country"]}


def ministry_of(office: str) -> str:
    """Return the ministry for which the holder of an office speaks; empty for other officials.

    >>> ministry_of("foreign ministry spokesperson"), ministry_of("premier")
    ('Ministry of Foreign Affairs', '')
    """
    if "spokesperson" not in office:
        return ""
    return next((name for word, name in words()["spokespeople"].items() if word in office), "")
