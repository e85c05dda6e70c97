"""The records of this room: what a rule file holds, and the duty that comes out of it on a day."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Duty", "DutyRule", "Kind", "Outcome", "RuleFile", "Source", "State", "StateMeaning", "Tier"]

Tier = Literal["full_text", "excerpt", "relay", "none"]
"""How the source was seen: read in full, in excerpt, through a third party that copied it, or not seen at all."""

Kind = Literal["licence", "report", "notice", "declaration", "prohibition"]

Outcome = Literal[
    "prohibited",
    "denial_in_principle",
    "case_by_case",
    "licence_required",
    "report_required",
    "subject_to_regime",
    "exempt_with_report",
    "notice_duty",
    "declaration_duty",
]
"""Words of the verdict that a duty leads to, gravest first."""

Operative = Literal["yes", "no", "unknown"]
Text = Annotated[str, Field(min_length=1)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """Where a duty is written, and how that text was seen."""

    title: Text
    url: str | None
    tier: Tier


class DutyRule(_Record):
    """One duty as the rule file states it, before anybody asks for a day."""

    limbs: Annotated[list[Text], Field(min_length=1)]
    who: Text
    kind: Kind
    what: Text
    items: Text
    article: Text
    where: Text | None = None
    form: Text | None = None
    deadline: Text | None = None
    outcome: Outcome
    sources: Annotated[list[Text], Field(min_length=1)]
    note: Text | None = None


class RuleFile(_Record):
    """The duties of one measure; `rule` is its id in the register, `sources` are named in the duties.

    `hypothetical` marks a rule that nobody has written: it binds nobody, whatever is reported about it.
    """

    rule: Text
    hypothetical: bool = False
    sources: dict[str, Source]
    duties: Annotated[list[DutyRule], Field(min_length=1)]


class StateMeaning(_Record):
    """What a legal state means for a duty: whether it binds, and how that is said."""

    operative: Operative
    rank: int
    says: Text


class State(_Record):
    """The legal and the political state of a limb, in the words of the register."""

    legal: str | None
    political: str | None


class Duty(_Record):
    """Who must do what under which rule, and whether that binds on the day asked for.

    `operative` says whether the duty binds by law (``unknown`` is not a permission), `state_says` why in words, and
    `if_operative` the word of the verdict that holds when it binds.
    """

    who: str
    what: str
    kind: Kind
    items: str
    rule: str
    limb: str
    state: State
    operative: Operative
    state_says: str
    if_operative: Outcome
    article: str
    where: str | None
    form: str | None
    deadline: str | None
    sources: list[Source]
    note: str | None
