"""Which fields has a signal, and which has an article that was read?

The words of `Action`, `Status`, `Polarity` and `Rank` are those of the taxonomy (``data/taxonomy.yaml``); a test
holds the two together.

>>> Relation(to="s2", kind="response_to").kind
'response_to'
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Action",
    "Article",
    "Basis",
    "IsoDate",
    "Polarity",
    "ProposedMeasure",
    "Rank",
    "Relation",
    "Segment",
    "Signal",
    "Status",
    "Voice",
]

Action = Literal[
    "visit_inspection",
    "statement",
    "talks",
    "agreement",
    "bloc_formation",
    "export_licensing",
    "export_ban",
    "export_quota",
    "easing",
    "production_quota",
    "regulation",
    "tariff",
    "investigation",
    "trade_dispute",
    "price_floor",
    "subsidy",
    "stockpile",
    "investment_curb",
]
Status = Literal["signalled", "proposed", "announced", "in_force", "suspended", "ended"]
Polarity = Literal["tighten", "loosen", "neutral"]
Rank = Literal[
    "head_of_state",
    "head_of_government",
    "deputy_head",
    "cabinet",
    "minister",
    "ministry",
    "agency",
    "spokesperson",
    "legislature",
    "bloc",
    "international_body",
    "government_unspecified",
]
Voice = Literal["official", "state_media", "sources", "analyst", "reporter"]
Basis = Literal["given", "markup", "url", "dateline", "file_name"]
"""How the day of publication is known: from the caller or record, markup, address, text, or file name."""
IsoDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A date of ISO 8601, as precise as the text is: ``2026-02-10``, ``2026-02`` or ``2026``."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Segment(_Record):
    """A stretch of the article's text: the story, a list of other stories' headlines, or boilerplate."""

    start: int = Field(ge=0, description="first code point in the article's text as given")
    end: int = Field(ge=0, description="code point after the last one")
    kind: Literal["body", "headline_list", "boilerplate"]


class Relation(_Record):
    """How a signal is tied to another signal of the same article, in the text's own words."""

    to: str = Field(description="id of the other signal")
    kind: Literal["response_to", "after", "denies"]


class Signal(_Record):
    """One policy signal: who does what about which minerals, how firmly, and the sentence that says so."""

    id: str = Field(description="s1, s2, … in the order of the text; unique in the article")
    actor: str = Field(description="canonical name of the person, else the body, else 'Government of …'")
    actor_country: str = Field(description="ISO 3166-1 alpha-3, or EU, G7, WTO")
    actor_rank: Rank
    action: Action
    status: Status
    polarity: Polarity
    target_country: tuple[str, ...] = Field(description="countries that the text names as aim or addressee")
    commodities: tuple[str, ...] = Field(description="element symbols, or REE, magnets, CM, graphite, superhard")
    event_date: IsoDate | None = Field(description="day of the act, as far as the text states it")
    effective_date: IsoDate | None = Field(description="day from which the measure holds, if the text states it")
    place: str | None
    bodies: tuple[str, ...] = Field(description="other official bodies and institutes named in the sentence")
    occasion: str | None
    voice: Voice = Field(
        description="who speaks in the text: an official, state media, sources, analysts, the reporter"
    )
    background: bool = Field(description="earlier history that the text only recalls")
    sentence: str = Field(description="the sentence that says so, as it stands in the text")
    start: int | None = Field(description="first code point of the sentence; null where it has no place in the source")
    end: int | None
    measure_id: str | None = Field(description="the measure of the register (or the draft) that it is about")
    measure_candidates: tuple[str, ...] = Field(description="measures that fit, best first")
    relations: tuple[Relation, ...]
    rule: str = Field(description="id of the rule that found it")
    confidence: float = Field(ge=0, le=1)


class ProposedMeasure(_Record):
    """A measure that the article proposes and the register does not have: a draft for a person to accept or reject."""

    id: str = Field(description="DRAFT-<issuer>-<hash of the text and the act>")
    title: str
    issuer: str
    agency: str
    instrument: Action
    commodities: tuple[str, ...]
    state: Literal["proposed", "announced"]
    announced: IsoDate | None
    effective: IsoDate | None
    destination: tuple[str, ...]
    sentence: str
    signal: str = Field(description="id of the signal that it rests on")


class Article(_Record):
    """An article that was read: its segments and the signals found in its body."""

    id: str
    title: str | None
    published: IsoDate | None
    published_basis: Basis | None = Field(description="how the day of publication is known")
    url: str | None
    language: str = Field(description="ISO 639-1, or 'und' where it is none of the known ones")
    relevant: bool = Field(description="it reports at least one signal as news, not as background")
    relevance: float = Field(ge=0, le=1)
    event_cluster: str | None
    segments: tuple[Segment, ...]
    signals: tuple[Signal, ...]
    proposed_measures: tuple[ProposedMeasure, ...]
