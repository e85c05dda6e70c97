"""Must this shipment be licensed, reported, notified, under which rule, and why? A verdict per limb, with its reasons.

A limb gives an outcome by its tests (`_decide`); its state on the day, as known on a day, says whether that binds. A
suspended limb is ``dormant_if_reactivated`` and says what it would give; a limb of which nobody can say whether it
binds is ``incomplete`` and says what it gives if it does. Not legal advice: it finds what a lawyer should look at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.measures import STATES, Register, as_day
from ytterby.obligations._case import Case
from ytterby.obligations._decide import Missing, decide, flips, gravity, missing_facts
from ytterby.obligations._held import BOUNDARY, Held, both_in, day_of, outcome_in, states_of, taken
from ytterby.obligations._load import common
from ytterby.obligations._load import rules as shipped
from ytterby.obligations._model import DutyRule, LimbRule, Outcome, RuleFile, State, StateMeaning
from ytterby.obligations._tests import FactTest, MeasuredTest, WordsTest, texts_of
from ytterby.obligations._words import speaks
from ytterby.obligations.facts import Facts
from ytterby.obligations.filings import filings_of

__all__ = ["Judgement", "Law", "Verdict", "judge"]

_BOUNDARY_VALUES = {
    "register": "as the register has it",
    "before": "as on the day before",
    "after": "as on the day after",
}


@dataclass(frozen=True)
class Verdict:
    """What one limb says of one shipment. Reasons, missing facts and what would flip it are worked out when read."""

    rule: str
    limb: str
    outcome: Outcome
    if_operative: Outcome | None
    could_be: tuple[Outcome, ...]
    state: State
    meaning: StateMeaning
    day: dt.date
    knowledge_age_days: int | None
    file: RuleFile
    limb_rule: LimbRule
    case: Case
    states: Mapping[str, Held]
    states_by: Callable[[Mapping[str, str | float]], Mapping[str, Held]]

    @cached_property
    def readings(self) -> dict[str, dict[str, Any]]:
        """The disputed readings that the limb turns on: value, default, question, and the outcome under each."""
        found = {name: self._by_reading(name) for name in self.file.readings_of(self.limb_rule)}
        if len(self.states) > 1:
            found[BOUNDARY] = {
                "value": self.case.readings[BOUNDARY],
                "default": "register",
                "asks": "In which state is the limb on a day that sources dispute?",
                "outcomes": {
                    name: both_in(self.file, held, self.if_operative or "incomplete")
                    for name, held in self.states.items()
                },
            }
        return found

    @cached_property
    def reasons(self) -> list[dict[str, Any]]:
        """The state of the limb, then each test in the order in which it is asked, up to what settled it."""
        said = f"{self.meaning.says} on {self.day}" if self.state.legal or self.state.political else self.meaning.says
        found = [_reason("state", "Does the limb bind on the day?", self.meaning.operative, said, None, ())]
        for name, test in self.file.leaves(self.limb_rule.names()).items():
            answer = self.case.ask(self.file, name)
            found.append(_reason(name, test.asks, answer.word, answer.fact, test.article, self._sources(test.sources)))
        return found

    @cached_property
    def missing(self) -> list[Missing]:
        """What was not told, ranked by whether it could change the outcome."""
        return missing_facts(self.file, self.limb_rule, self.case)

    @cached_property
    def would_flip(self) -> list[dict[str, Any]]:
        """The answers whose opposite would give another outcome (were the limb in force)."""
        return [
            {
                "test": name,
                "asks": self.file.test(name).asks,
                "answer": answer.word,
                "fact": answer.fact,
                "outcome": other,
            }
            for name, answer, other in flips(self.file, self.limb_rule, self.case)
        ]

    @cached_property
    def filings(self) -> list[DutyRule]:
        """What must be filed under the outcome, or would have to be if the limb were in force."""
        return [filing.duty for filing in filings_of(self)]

    def record(self, drafts: Mapping[int, str] | None = None) -> dict[str, Any]:
        """Return the verdict in the format of ``ytterby obligations judge``; `drafts` names the file of a filing."""
        return {
            "rule": self.rule,
            "limb": self.limb,
            "outcome": self.outcome,
            "if_operative": self.if_operative,
            "could_be": list(self.could_be),
            "state": self.state.model_dump(),
            "state_says": self.meaning.says,
            "day": self.day.isoformat(),
            "reasons": self.reasons,
            "missing": [
                {"fact": m.fact, "asks": m.asks, "deciding": m.deciding, "could_give": list(m.could_give)}
                for m in self.missing
            ],
            "would_flip": self.would_flip,
            "filings": [filing.record((drafts or {}).get(k)) for k, filing in enumerate(filings_of(self))],
            "readings": self.readings,
            "knowledge_age_days": self.knowledge_age_days,
            "note": self.limb_rule.note,
        }

    def _by_reading(self, name: str) -> dict[str, Any]:
        rule, now = self.file.readings[name], str(self.case.readings[name])
        outcomes = {}
        for value in rule.values or {now: ""}:
            case = (
                self.case
                if value == now
                else Case(self.case.facts, {**self.case.readings, name: value}, self.case.on, self.case.shipment)
            )
            operative, _ = decide(self.limb_rule, lambda test, asked=case: asked.ask(self.file, test))  # type: ignore[misc]
            states = self.states_by({**self.case.readings, name: value})
            held = taken(states, self.case.readings)
            outcomes[value] = both_in(self.file, held, operative)
        return {"value": self.case.readings[name], "default": rule.default, "asks": rule.asks, "outcomes": outcomes}

    def _sources(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        return [self.file.sources[key].model_dump() for key in keys if key in self.file.sources]


@dataclass(frozen=True)
class Judgement:
    """All verdicts on one shipment, gravest first within the order of rules, and the gravest outcome."""

    facts: Facts
    on: dt.date
    known_on: dt.date
    verdicts: tuple[Verdict, ...]
    unread: tuple[str, ...]

    @property
    def summary(self) -> Outcome:
        """The gravest outcome of all verdicts."""
        return min((v.outcome for v in self.verdicts), key=gravity, default="not_applicable")

    def record(self, drafts: Mapping[tuple[str, str], Mapping[int, str]] | None = None) -> dict[str, Any]:
        """Return the judgement in the format of ``ytterby obligations judge``; `drafts` are those of `write_drafts`."""
        return {
            "on": self.on.isoformat(),
            "known_on": self.known_on.isoformat(),
            "verdicts": [verdict.record((drafts or {}).get((verdict.rule, verdict.limb))) for verdict in self.verdicts],
            "summary": self.summary,
            "unread": list(self.unread),
        }


def judge(
    facts: Facts,
    on: dt.date | str,
    *,
    known_on: dt.date | str | None = None,
    assume: Mapping[str, str] | None = None,
    readings: Mapping[str, str | float] | None = None,
    rules: Mapping[str, RuleFile] | None = None,
    register: Register | None = None,
) -> Judgement:
    """Return the verdict of each limb of each rule on one shipment.

    Parameters
    ----------
    facts
        What is known of the shipment; whatever is missing is unknown.
    on
        The day of the law that is asked about. A limb that goes by another day (delivery, contract) says so.
    known_on
        The day whose knowledge is used; `on` by default.
    assume
        ``MEASURE_ID:limb`` → a legal state that is taken instead of the register's.
    readings
        Disputed readings by name; the others keep their default.
    rules
        The rules; the shipped ones by default (see `read_rules`).
    register
        Where states come from; the shipped one by default.

    Raises
    ------
    UnknownNameError
        A limb, state, reading or value of a reading does not exist; the nearest are named.
    InputError
        `on` lies before the first day on which any rule was known.

    Examples
    --------
    >>> facts = Facts.model_validate({"exporter": "CHN", "ship_from": "CHN", "destination": "DEU",
    ...     "item": {"form": "oxide"}, "nodes": [{"id": "x", "contents": [{"element": "Dy", "form": "oxide"}]}]})
    >>> [v.outcome for v in judge(facts, "2026-03-01").verdicts if v.rule == "CHN-A18-2025"]
    ['licence_required']
    """
    law = Law.of(rules or shipped(), register or Register.default(), as_day(on), known_on, readings or {}, assume or {})
    case = Case(facts, law.readings, law.on)
    found = tuple(law.verdict(file, limb, case) for file, limb in law.limbs)
    return Judgement(facts, law.on, law.known_on, found, _unread(law.rules, facts))


@dataclass(frozen=True)
class Law:
    """The rules on a day as known on a day, with the readings and states that are taken."""

    rules: Mapping[str, RuleFile]
    register: Register
    on: dt.date
    known_on: dt.date
    readings: Mapping[str, str | float]
    assumed: Mapping[str, str]

    @classmethod
    def of(
        cls,
        rules: Mapping[str, RuleFile],
        register: Register,
        on: dt.date,
        known_on: dt.date | str | None,
        readings: Mapping[str, str | float],
        assumed: Mapping[str, str],
    ) -> Law:
        """Return the law that is asked for, its names and days checked."""
        known = on if known_on is None else as_day(known_on)
        first = min(register[rule].day for rule in rules if rule in register)
        if on < first:
            raise InputError(f"no rule was known on {on}; the first is of {first}", where="--on")
        return cls(dict(rules), register, on, known, _readings(rules, readings), _assumed(rules, assumed))

    @property
    def limbs(self) -> list[tuple[RuleFile, LimbRule]]:
        """All limbs that are judged, with their files."""
        return [(file, limb) for file in self.rules.values() for limb in file.limbs]

    def verdict(self, file: RuleFile, limb: LimbRule, case: Case) -> Verdict:
        """Return what one limb says of a case."""
        return _verdict(file, limb, case, self.register, self.known_on, self.assumed)

    def held(self, file: RuleFile, limb: LimbRule, case: Case) -> Held:
        """Return in which state a limb is held to be on the day that it goes by."""
        states = states_of(file, limb, case, self.register, self.known_on, self.assumed, case.readings)
        return taken(states, case.readings)


def _verdict(
    file: RuleFile, limb: LimbRule, case: Case, book: Register, known: dt.date, assumed: Mapping[str, str]
) -> Verdict:
    operative, could_be = decide(limb, lambda name: case.ask(file, name))
    states_by = partial(states_of, file, limb, case, book, known, assumed)
    states = states_by(case.readings)
    held = taken(states, case.readings)
    outcome, if_operative = outcome_in(file, held, operative)
    return Verdict(
        rule=file.rule,
        limb=limb.limb,
        outcome=outcome,
        if_operative=if_operative,
        could_be=could_be,
        state=State(legal=held.legal, political=held.political),
        meaning=held.meaning,
        day=day_of(limb, case, case.readings),
        knowledge_age_days=held.age,
        file=file,
        limb_rule=limb,
        case=case,
        states=states,
        states_by=states_by,
    )


def _readings(law: Mapping[str, RuleFile], given: Mapping[str, str | float]) -> dict[str, str | float]:
    known = {name: rule for file in law.values() for name, rule in file.readings.items()}
    chosen: dict[str, str | float] = {name: rule.default for name, rule in known.items()}
    chosen[BOUNDARY] = "register"
    for name, value in given.items():
        if name not in chosen:
            raise UnknownNameError("reading", name, chosen, where="--reading")
        values = _BOUNDARY_VALUES if name == BOUNDARY else known[name].values
        if values and value not in values:
            raise UnknownNameError(f"value of the reading {name}", str(value), values, where="--reading")
        if not values:
            try:
                value = float(value)
            except ValueError:
                raise UsageError(f"the reading {name} takes a number, not '{value}'", where="--reading") from None
        chosen[name] = value
    return chosen


def _assumed(law: Mapping[str, RuleFile], given: Mapping[str, str]) -> dict[str, str]:
    judged = [f"{file.rule}:{limb.limb}" for file in law.values() for limb in file.limbs]
    found = {}
    for name, state in given.items():
        full = name
        if name not in judged:
            alone = [limb for limb in judged if limb.partition(":")[0] == name]
            if len(alone) != 1:
                raise UnknownNameError("limb", name, alone or judged, where="--assume")
            full = alone[0]
        if state not in STATES:
            raise UnknownNameError("state", state, STATES, where="--assume")
        found[full] = state
    return found


def _unread(law: Mapping[str, RuleFile], facts: Facts) -> tuple[str, ...]:
    """Return the parameters of the facts that no rule asks for: a misspelt one would be told in vain."""
    tests = [t for tests in (common().tests, *(file.tests for file in law.values())) for t in tests.values()]
    asked = {path for t in tests if isinstance(t, FactTest) for path in (t.path, *t.also)}
    asked |= {path for t in tests if isinstance(t, WordsTest) for path in t.paths}
    measured = [t for t in tests if isinstance(t, MeasuredTest)]
    said = {t.speak_of for t in tests if isinstance(t, WordsTest) and "parameters" in t.paths}
    return tuple(
        f"parameters.{name}"
        for name, value in (facts.parameters or {}).items()
        if f"parameters.{name}" not in asked
        and all(t.factor(name) is None for t in measured)
        and not any(speaks(text, vocabulary) is not False for text in texts_of({name: value}) for vocabulary in said)
    )


def _reason(
    test: str, asks: str, answer: str, fact: str, article: str | None, sources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {"test": test, "asks": asks, "answer": answer, "fact": fact, "article": article, "source": list(sources)}
