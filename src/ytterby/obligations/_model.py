"""The records of this room: what a rule file holds (law as data), and the duty that comes out of it on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from ytterby.errors import UnknownNameError
from ytterby.obligations._lists import Entry
from ytterby.obligations._tests import FactTest, PartyTest, ReadingTest, ShareTest, Test
from ytterby.records import Record

__all__ = [
    "OUTCOMES",
    "TIERS",
    "Duty",
    "DutyRule",
    "Kind",
    "LimbRule",
    "Outcome",
    "OutcomeRow",
    "ReadingRule",
    "RuleFile",
    "Source",
    "State",
    "StateMeaning",
    "Tier",
]

Tier = Literal["full_text", "excerpt", "relay", "none"]
"""How the source was seen: read in full, in excerpt, through a third party that copied it, or not seen at all."""
TIERS: dict[Tier, str] = {
    "full_text": "text read",
    "excerpt": "excerpt read",
    "relay": "copy of the text read",
    "none": "text not read",
}
"""That in words."""

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
    "incomplete",
    "dormant_if_reactivated",
    "exempt",
    "not_applicable",
]
"""Words of a verdict, gravest first."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Operative = Literal["yes", "no", "unknown"]
Text = Annotated[str, Field(min_length=1)]


class Source(Record):
    """Where a duty is written, and how that text was seen."""

    title: Text
    url: str | None
    tier: Tier


class DutyRule(Record):
    """One duty as the rule file states it, before anybody asks for a day."""

    limbs: Annotated[tuple[Text, ...], Field(min_length=1)]
    who: Text
    kind: Kind
    what: Text
    items: Text
    article: Text
    where: Text | None = None
    form: Text | None = None
    deadline: Text | None = None
    working_days: int | None = Field(
        None, description="The deadline in working days after the export, where it is one."
    )
    outcome: Outcome
    also_for: tuple[Outcome, ...] = Field((), description="Graver outcomes with which the duty is owed as well.")
    when: tuple[str, ...] = Field((), description="Tests; the duty is not filed where the facts deny one of them.")
    sources: Annotated[tuple[Text, ...], Field(min_length=1)]
    note: Text | None = None


class ReadingRule(Record):
    """A disputed reading of the law: the question, the readings with their reasons, and which holds by default.

    A reading without `values` is a number.
    """

    asks: Text
    default: str | float
    values: dict[str, Text] = Field(default_factory=dict)
    note: Text | None = None


class OutcomeRow(Record):
    """What follows where all the tests of `when` hold (always, where there are none)."""

    outcome: Outcome
    when: tuple[str, ...] = ()
    note: Text | None = None


class LimbRule(Record):
    """How a limb is judged: it applies where all tests of `applies` hold; the first row that holds gives the outcome.

    `day`: the fact whose day decides in which state the limb is (the first that is told), else the day asked for;
    `day_reading`: the disputed reading whose value names the field of ``dates`` that comes first. `note`: what else
    must be asked, whatever the outcome.
    """

    limb: Text
    asks: Text
    day: tuple[str, ...] = ()
    day_reading: str | None = None
    applies: tuple[str, ...] = ()
    outcomes: Annotated[tuple[OutcomeRow, ...], Field(min_length=1)]
    note: Text | None = None

    def names(self) -> Iterator[str]:
        """Yield the names of the tests, in the order in which they are asked."""
        yield from self.applies
        for row in self.outcomes:
            yield from row.when


class RuleFile(Record):
    """The law of one measure: `rule` is its id in the register, `sources` are named in tests and duties.

    `hypothetical` marks a rule that nobody has written: it binds nobody, whatever is reported about it, and answers
    only where its state is assumed. `tests` that other rules need too stand in ``data/common.yaml``.
    """

    rule: Text
    title: Text | None = None
    hypothetical: bool = False
    sources: dict[str, Source]
    readings: dict[str, ReadingRule] = Field(default_factory=dict)
    lists: dict[str, tuple[Entry, ...]] = Field(default_factory=dict)
    tests: dict[str, Test] = Field(default_factory=dict)
    limbs: tuple[LimbRule, ...] = ()
    duties: tuple[DutyRule, ...] = ()

    def test(self, name: str) -> Test:
        """Return a test of this file or one common to all; UnknownNameError names the nearest."""
        from ytterby.obligations._load import common

        found = self.tests.get(name) or common().tests.get(name)
        if found is None:
            raise UnknownNameError("test", name, [*self.tests, *common().tests], where=f"{self.rule}.yaml")
        return found

    def entries(self, lists: Iterable[str]) -> tuple[Entry, ...]:
        """Return the entries of lists: ``NAME`` in this file, ``MEASURE_ID#NAME`` in another."""
        return tuple(entry for _, entry in self.owned_entries(lists))

    def owned_entries(self, lists: Iterable[str]) -> list[tuple[RuleFile, Entry]]:
        """Return the entries of lists, each with the rule file whose tests it may name."""
        from ytterby.obligations._load import rules

        found: list[tuple[RuleFile, Entry]] = []
        for name in lists:
            measure, mark, own = name.rpartition("#")
            file = rules().get(measure) if mark else self
            if file is None or own not in file.lists:
                known = [f"{f.rule}#{n}" for f in rules().values() for n in f.lists]
                raise UnknownNameError("list", name, [*self.lists, *known], where=f"{self.rule}.yaml")
            found += [(file, entry) for entry in file.lists[own]]
        return found

    def leaves(self, names: Iterable[str]) -> dict[str, Test]:
        """Return the single questions that tests are made of, by name, in the order in which they are asked."""
        found: dict[str, Test] = {}
        for name in names:
            test = self.test(name)
            found |= self.leaves(test.names()) if test.names() else {name: test}
        return found

    def worded(self, duty: DutyRule, readings: Mapping[str, str | float] | None = None) -> DutyRule:
        """Return a duty with the readings that stand in it by name (``{report_who}``) in words; else the defaults."""
        changed = {}
        for field in ("who", "what", "where", "form", "deadline"):
            text = getattr(duty, field)
            for name, rule in self.readings.items():
                value = str((readings or {}).get(name, rule.default))
                text = text.replace(f"{{{name}}}", rule.values.get(value, value)) if text else text
            changed[field] = text
        return duty.model_copy(update=changed)

    def readings_of(self, limb: LimbRule) -> list[str]:
        """Return the names of the disputed readings that a limb turns on."""
        found: dict[str, None] = {limb.day_reading: None} if limb.day_reading else {}
        for test in self.leaves(limb.names()).values():
            if isinstance(test, ReadingTest):
                found[test.reading] = None
            elif isinstance(test, FactTest | ShareTest | PartyTest):
                numbers = [v for v in dict(test).values() if isinstance(v, str) and v.startswith("reading:")]
                found |= dict.fromkeys(v.removeprefix("reading:") for v in numbers)
                if isinstance(test, ShareTest) and test.parts_where is not None:
                    found |= {
                        t.reading: None for t in self.leaves([test.parts_where]).values() if isinstance(t, ReadingTest)
                    }
        return list(found)


class StateMeaning(Record):
    """What a legal state means for a duty: whether it binds, how that is said, and the verdict while it does not."""

    operative: Operative
    rank: int
    says: Text
    outcome: Outcome | None = None


class State(Record):
    """The legal and the political state of a limb, in the words of the register."""

    legal: str | None
    political: str | None


class Duty(Record):
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
