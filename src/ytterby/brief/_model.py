"""The records of a brief: what `ytterby brief --format json` prints and `ytterby schema brief` describes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from ytterby.obligations import Duty
from ytterby.signals import Segment, Signal

__all__ = [
    "Assumption",
    "Brief",
    "BriefArticle",
    "BriefMeasure",
    "Case",
    "Change",
    "Flow",
    "Interval",
    "LimbState",
    "MeasureState",
    "NotModelled",
    "Outlook",
    "Price",
    "Scenario",
    "Shortage",
    "SourceUse",
]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class BriefArticle(_Record):
    """The article that the brief is about."""

    title: str | None
    published: str | None
    url: str | None
    language: str
    segments: tuple[Segment, ...]


class MeasureState(_Record):
    """The legal and the political state, in the words of the register."""

    legal: str | None
    political: str | None


class LimbState(_Record):
    """One limb of a measure on the day of the brief, as known on that day."""

    limb: str
    state: MeasureState
    from_: str | None = Field(alias="from", description="first day of the state")
    to: str | None = Field(description="last day of the state; null is open")
    known: str | None = Field(description="day from which this was public")
    by: str | None = Field(default=None, description="what set the state")
    boundary_uncertain: bool


class Interval(_Record):
    """One state of a limb, as the register has it to its last known day; the brief's own day cuts nothing off."""

    limb: str
    state: str
    basis: Literal["legal", "political"]
    from_: str = Field(alias="from")
    to: str | None
    known: str


class BriefMeasure(_Record):
    """A measure that the article speaks of; one with several limbs bears the state of the limb that binds most."""

    id: str
    title: str
    issuer: str
    announced: str | None
    state: MeasureState
    limbs: tuple[LimbState, ...]
    history: tuple[Interval, ...] = Field(default=(), description="all intervals that the register knows")
    relation: Literal["mentioned", "proposed", "answers"]
    answers: tuple[str, ...] = Field(
        description="measures of this brief that it answered, by the article or the register"
    )
    source: str | None
    url: str | None


class Change(_Record):
    """What the register knows beyond `as_of`: a limb whose state changes, or a measure announced since."""

    date: str
    measure: str
    limb: str | None
    title: str
    text: str
    known: str | None


class Assumption(_Record):
    """A number that neither the law nor the article gives; low and high are the range that the draws cover."""

    name: str
    scope: str | None = Field(default=None, description="whom or what it is about")
    value: float | str | None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    source: str | None = None
    url: str | None = None
    quality: str | None = None
    note: str | None = None


class Price(_Record):
    """A price paid in USD/kg without and with the scenario; low and high are the 10th and 90th percentile of draws."""

    commodity: str
    region: str
    baseline: float | None
    scenario: float | None
    low: float | None
    high: float | None
    sign_share: float | None = Field(
        description="share of the draws in which the change has the sign of the central run"
    )
    spot: float | None = Field(default=None, description="highest price of a segment, where buyers are split")


class Flow(_Record):
    """A flow in t a year without and with the scenario."""

    commodity: str
    from_: str = Field(alias="from")
    to: str
    baseline_t: float | None
    scenario_t: float | None


class Shortage(_Record):
    """The part of an end use's base-year use, by value, that is not bought at the scenario's prices.

    Negative where more is used; null where there is no data. `weeks_of_cover` is how long stocks would fill the gap.
    """

    end_use: str
    region: str
    share: float | None
    low: float | None
    high: float | None
    weeks_of_cover: float | None
    sign_share: float | None = None
    scarcest: str | None = Field(default=None, description="the material with the largest gap")
    label: str = Field(description="EV, wind, phone, semiconductor or military")
    note: str | None = Field(default=None, description="'no data' where the model has none")


class NotModelled(_Record):
    """A measure, or a part of it, that the scenario leaves out, and why."""

    measure: str
    reason: str


class Scenario(_Record):
    """What would follow if the measures held: one scenario of the world's library that the article itself raises."""

    name: str
    title: str
    question: str
    year: int
    because: str = Field(description="why the article raises it")
    run_id: str
    measures: tuple[str, ...]
    draws: int
    assumptions: tuple[Assumption, ...]
    prices: tuple[Price, ...]
    flows: tuple[Flow, ...]
    shortages: tuple[Shortage, ...]
    why: tuple[str, ...]
    not_modelled: tuple[NotModelled, ...]
    residual: float


class Case(_Record):
    """One past move, whether the answer came within the horizon, and by which measure."""

    id: str
    date: str
    hit: bool
    by: str | None


class Outlook(_Record):
    """How often such a move was answered within a horizon; refused where the record is too thin."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    move: str | None = Field(default=None, description="what counts as such a move")
    response: str
    jurisdiction: str | None = None
    horizon_days: int | None = None
    n: int | None = None
    hits: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str | None = Field(default=None, description="what low and high are")
    base_rate: float | None = Field(default=None, description="share of all days that such an answer followed")
    base_since: str | None = None
    refused: str | None = None
    cases: tuple[Case, ...] = ()
    signal: str | None = Field(default=None, description="the signal that is such a move")

    @model_serializer(mode="wrap")
    def _either(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write a refused outlook with its reason and an answered one with its numbers, never both."""
        row: dict[str, Any] = handler(self)
        if self.refused is None:
            return {k: v for k, v in row.items() if k != "refused"}
        return {k: v for k, v in row.items() if v is not None}


class SourceUse(_Record):
    """A source and what the brief uses it for."""

    title: str
    url: str | None
    used_for: str


class Brief(_Record):
    """What an article signals, what the law is, what would follow and who would have to act."""

    run_id: str
    as_of: str
    as_of_basis: str = Field(description="why this day")
    known_to: str = Field(description="last day of which the register knows anything")
    article: BriefArticle
    headline: str
    bottom_line: tuple[str, ...]
    signals: tuple[Signal, ...]
    measures: tuple[BriefMeasure, ...]
    since_then: tuple[Change, ...]
    scenarios: tuple[Scenario, ...]
    outlook: tuple[Outlook, ...]
    obligations: tuple[Duty, ...]
    sources: tuple[SourceUse, ...]
    limits: tuple[str, ...]
