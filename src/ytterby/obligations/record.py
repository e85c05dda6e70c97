"""The format of ``ytterby obligations judge``, as the JSON Schema that ``ytterby schema verdict`` prints."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ytterby.obligations._model import Kind, Outcome, Source, State

__all__ = ["JudgementRecord", "VerdictRecord"]

Word = Literal["yes", "no", "unknown"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReasonRecord(_Record):
    """A question of the rule and what the facts answer; the first one is the state of the limb."""

    test: str
    asks: str
    answer: Word
    fact: str
    article: str | None
    source: list[Source] = Field(description="Where the law asks it; `tier` says whether that text was read.")


class MissingRecord(_Record):
    """A fact that was not told."""

    fact: str = Field(description="Field of FACTS, by dotted path.")
    asks: str
    deciding: bool = Field(description="Whether its answer alone changes which outcomes are possible.")
    could_give: list[Outcome]


class FlipRecord(_Record):
    """An answer whose opposite would give another outcome, were the limb in force."""

    test: str
    asks: str
    answer: Word
    fact: str
    outcome: Outcome


class FilingRecord(_Record):
    """What must be filed under the outcome, or would have to be if the limb were in force."""

    who: str
    what: str
    kind: Kind
    where: str | None
    form: str | None
    deadline: str | None = Field(description="In the words of the rule.")
    due: dt.date | None = Field(
        description="The last day, where the rule counts working days and the day of export was told: Monday to "
        "Friday, public holidays not left out."
    )
    article: str
    owed: bool = Field(description="False while the limb does not surely bind.")
    draft: str | None = Field(description="File with a draft for a lawyer, where one was written.")


class BothRecord(_Record):
    """An outcome, and what the limb would give if in force where that is another question."""

    outcome: Outcome
    if_operative: Outcome | None


class ReadingRecord(_Record):
    """A disputed reading of the law: the one taken, the default and the outcome under each."""

    value: str | float
    default: str | float
    asks: str
    outcomes: dict[str, BothRecord]


class VerdictRecord(_Record):
    """What one limb of one measure says of the shipment."""

    rule: str = Field(description="Id of the measure in the register.")
    limb: str = Field(description="Id of the limb, without that of the measure.")
    outcome: Outcome
    if_operative: Outcome | None = Field(description="What the limb gives were it in force; null where it cannot be.")
    could_be: list[Outcome] = Field(description="All outcomes that the facts leave possible, were it in force.")
    state: State
    state_says: str
    day: dt.date = Field(description="The day of the law that was asked about.")
    reasons: list[ReasonRecord]
    missing: list[MissingRecord] = Field(description="Ranked by whether they could change the outcome.")
    would_flip: list[FlipRecord]
    filings: list[FilingRecord]
    readings: dict[str, ReadingRecord]
    knowledge_age_days: int | None = Field(description="Days from the last one on which the state was looked up.")
    note: str | None = Field(description="What else must be asked, whatever the outcome.")


class JudgementRecord(_Record):
    """The verdicts of all rules on one shipment."""

    on: dt.date
    known_on: dt.date
    verdicts: list[VerdictRecord]
    summary: Outcome = Field(description="The gravest outcome of all verdicts.")
    unread: list[str] = Field(description="Parameters that were told and that no rule asks for.")
