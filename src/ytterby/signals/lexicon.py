"""Which words name a mineral, a country, a public body or an official?

The vocabularies are tables in ``data/``: `commodities.csv`, `countries.csv`, `bodies.csv`, `people.csv` (officials
with the days of their office) and `cues.yaml`. They are read once, checked, and turned into Aho-Corasick automata.

>>> [t.symbols for t in commodity_terms("Dysprosium and gallium need permits.")]
[('Dy',), ('Ga',)]
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from ytterby.errors import DataError
from ytterby.signals.model import Rank

__all__ = [
    "Body",
    "CommodityTerm",
    "Country",
    "Person",
    "bodies",
    "chosen",
    "commodity_terms",
    "countries",
    "country_name",
    "fold",
    "load_yaml",
    "people",
    "simplified",
    "table",
    "topic_of",
]

_DATA = "ytterby.signals.data"
Kind = Literal["mineral", "product", "weak", "case", "other"]


@dataclass(frozen=True)
class Country:
    """A country or bloc: its code, its name in running text, and the words that stand for it."""

    iso3: str
    name: str
    terms: tuple[str, ...]
    adjectives: tuple[str, ...]
    terms_zh: tuple[str, ...]

    @property
    def government(self) -> str:
        """Canonical name of the government as an actor."""
        return self.iso3 if self.iso3 in {"G7", "WTO"} else f"Government of {self.name}"


@dataclass(frozen=True)
class Body:
    """A public body; `country` is empty for media and chambers, which are never actors."""

    canonical: str
    country: str
    rank: str
    terms: tuple[str, ...]
    terms_zh: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """An official and the days of the office."""

    canonical: str
    country: str
    rank: str
    office: str
    since: str
    until: str
    terms: tuple[str, ...]
    terms_zh: tuple[str, ...]


@dataclass(frozen=True)
class CommodityTerm:
    """A word for a mineral in a text: code points `start` to `end`; `kind` says how sure it is about minerals."""

    start: int
    end: int
    symbols: tuple[str, ...]
    kind: Kind


def fold(text: str) -> str:
    """Return `text` in lower case, code point by code point, so that offsets stay the same.

    Typographic apostrophes and no-break spaces become the plain ones.

    >>> len(fold("İstanbul’s")) == len("İstanbul’s")
    True
    """
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lower.translate(_PLAIN)


_PLAIN = str.maketrans({"’": "'", "‘": "'", "‑": "-", "–": "-", "\u00a0": " ", "“": '"', "”": '"'})


@cache
def _traditional() -> dict[int, str]:
    return {ord(r["traditional"]): r["simplified"] for r in table("traditional.csv", ("traditional", "simplified"))}


def simplified(text: str) -> str:
    """Return a Chinese text in simplified characters, one for one, so that offsets stay the same.

    The table holds the characters of the vocabularies alone (from OpenCC's TSCharacters, Apache-2.0).

    >>> simplified("商務部對稀土實施出口管制")
    '商务部对稀土实施出口管制'
    """
    return text.translate(_traditional())


def table(name: str, fields: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of a vocabulary table.

    Raises
    ------
    DataError
        If a column or a cell is missing; file and line are named.
    """
    where = f"signals/data/{name}"
    text = files(_DATA).joinpath(name).read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != fields:
        raise DataError(
            f"columns are {reader.fieldnames}, expected {list(fields)}",
            where=f"{where}, line 1",
        )
    rows = []
    for row in reader:
        if None in row or None in row.values():
            raise DataError(
                f"a row needs {len(fields)} cells",
                where=f"{where}, line {reader.line_num}",
            )
        rows.append(row)
    return rows


def load_yaml(name: str) -> Any:
    """Return a YAML file of the room's data."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(files(_DATA).joinpath(name).read_text(encoding="utf-8"), Loader=loader)


def _cells(cell: str) -> tuple[str, ...]:
    return tuple(t for t in cell.split("|") if t)


@cache
def countries() -> dict[str, Country]:
    """Return the countries and blocs by code."""
    rows = table("countries.csv", ("iso3", "name", "terms", "adjectives", "terms_zh"))
    return {
        r["iso3"]: Country(
            r["iso3"],
            r["name"],
            _cells(r["terms"]),
            _cells(r["adjectives"]),
            _cells(r["terms_zh"]),
        )
        for r in rows
    }


def country_name(code: str) -> str:
    """Return the government of a country as an actor's canonical name.

    >>> country_name("USA")
    'Government of the United States'
    """
    found = countries().get(code)
    return found.government if found else code


def _ranked(name: str, line: int, rank: str) -> str:
    if rank and rank not in get_args(Rank):
        raise DataError(
            f"unknown rank '{rank}'",
            where=f"signals/data/{name}, line {line}, field rank",
        )
    return rank


@cache
def bodies() -> tuple[Body, ...]:
    """Return the public bodies, news agencies (without country) among them."""
    rows = table("bodies.csv", ("canonical", "country", "rank", "terms", "terms_zh"))
    return tuple(
        Body(
            r["canonical"],
            r["country"],
            _ranked("bodies.csv", i, r["rank"]),
            _cells(r["terms"]),
            _cells(r["terms_zh"]),
        )
        for i, r in enumerate(rows, 2)
    )


@cache
def people() -> tuple[Person, ...]:
    """Return the officials, one row an office."""
    rows = table(
        "people.csv",
        ("canonical", "country", "rank", "office", "from", "to", "terms", "terms_zh"),
    )
    return tuple(
        Person(
            r["canonical"],
            r["country"],
            _ranked("people.csv", i, r["rank"]),
            r["office"],
            r["from"],
            r["to"],
            _cells(r["terms"]),
            _cells(r["terms_zh"]),
        )
        for i, r in enumerate(rows, 2)
    )


class Automaton:
    """Leftmost-longest matches of many strings, with the entry each stands for."""

    def __init__(self, entries: dict[str, Any]) -> None:
        import ahocorasick_rs

        self._words = list(entries)
        self._values = list(entries.values())
        self._machine = ahocorasick_rs.AhoCorasick(self._words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def found(self, text: str, *, whole_words: bool) -> Iterator[tuple[int, int, Any]]:
        """Yield start, end and entry of each match; with `whole_words` only between word boundaries."""
        for index, start, end in self._machine.find_matches_as_indexes(text):
            if whole_words and (
                (start and (text[start - 1].isalnum() or text[start - 1] in "_@"))
                or (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())
            ):
                continue
            yield start, end, self._values[index]


@cache
def _commodity_automata() -> tuple[Automaton, Automaton, Automaton]:
    latin: dict[str, Any] = {}
    exact: dict[str, Any] = {}
    chinese: dict[str, Any] = {}
    for i, row in enumerate(table("commodities.csv", ("symbol", "language", "term", "kind")), 2):
        if row["kind"] not in get_args(Kind):
            raise DataError(
                f"unknown kind '{row['kind']}'",
                where=f"signals/data/commodities.csv, line {i}, field kind",
            )
        value = (tuple(row["symbol"].split("+")), row["kind"])
        if row["language"] == "zh":
            chinese[row["term"]] = value
        elif row["kind"] == "case":
            exact[row["term"]] = value
        else:
            latin[fold(row["term"])] = value
    return Automaton(latin), Automaton(exact), Automaton(chinese)


_HOMONYM = re.compile(
    r"gallium nitride|gallium arsenide|silicon carbide|bipolar|rock band|the band|magnet school|chick magnet"
    r"|tourist magnet|magnets? for (?:talent|investment|tourists|investors)|fridge magnets?|lithium orotate"
)


def commodity_terms(text: str, *, chinese: bool = False) -> list[CommodityTerm]:
    """Return the words for minerals in `text`, in order, without homonyms such as gallium nitride."""
    latin, exact, zh = _commodity_automata()
    found = []
    if chinese:
        found = [CommodityTerm(s, e, v[0], v[1]) for s, e, v in zh.found(text, whole_words=False)]
    else:
        folded = fold(text)
        barred = [m.span() for m in _HOMONYM.finditer(folded)]
        for machine, source in ((latin, folded), (exact, text)):
            for s, e, v in machine.found(source, whole_words=True):
                if not any(a <= s < b for a, b in barred):
                    found.append(CommodityTerm(s, e, v[0], v[1]))
    return sorted(found, key=lambda t: (t.start, -t.end))


def chosen(terms: Sequence[CommodityTerm]) -> list[CommodityTerm]:
    """Return the terms that count: "minerals" only where no other stands, copper and the like only beside another.

    >>> [t.symbols for t in chosen(commodity_terms("copper and raw materials such as lithium"))]
    [('Cu',), ('Li',)]
    """
    sure = [t for t in terms if t.kind not in {"weak", "other"}]
    if sure:
        return [t for t in terms if t.kind != "weak"]
    return [t for t in terms if t.kind == "weak"]


def topic_of(title: str, text: str, *, chinese: bool = False) -> tuple[str, ...]:
    """Return the minerals that the title names, else those of the text, the most frequent first, at most four.

    >>> topic_of("Export permits for graphite", "Some products need permits; gallium does already.")
    ('graphite',)
    """
    for source in (title, text):
        counts = Counter(s for t in chosen(commodity_terms(source, chinese=chinese)) for s in t.symbols)
        if counts:
            return tuple(s for s, _ in counts.most_common(4))
    return ()
