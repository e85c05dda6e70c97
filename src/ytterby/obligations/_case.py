"""One shipment under one set of readings, and what every kind of test has: what rule files ask, and whom they ask."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from ytterby.errors import UnknownNameError
from ytterby.obligations._answers import Answer, every
from ytterby.obligations._shipment import Shipment
from ytterby.obligations.facts import Facts, countries
from ytterby.records import Record, load

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["Asked", "Case", "Limits", "Number", "group_of", "lists_of", "percent", "within", "words_of"]

Number = float | str
"""A number, or ``reading:NAME`` where a disputed reading gives it."""


class _Groups(Record):
    countries: dict[str, frozenset[str]]
    lists: dict[str, frozenset[str]]


@cache
def _groups() -> _Groups:
    return _Groups.model_validate(load(Path(str(files(__package__) / "data" / "groups.yaml"))))


@cache
def group_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return the countries that codes and names of groups stand for."""
    found: set[str] = set()
    for name in names:
        if name in _groups().countries:
            found |= _groups().countries[name]
        elif name in countries():
            found.add(name)
        else:
            raise UnknownNameError("country or group", name, [*_groups().countries, *countries()])
    return frozenset(found)


@cache
def lists_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return the measures that ids and names of groups of lists stand for."""
    return frozenset(measure for name in names for measure in _groups().lists.get(name, (name,)))


@cache
def words_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return words, with the countries of a group in the place of its name."""
    return frozenset(word for name in names for word in _groups().countries.get(name, (name,)))


class Case:
    """One shipment under one set of readings: what the tests are asked of. Each test is asked once.

    `on` is the day that is asked about. `supposed` holds answers to tests by name that stand in for what the facts say,
    to see what they would change. `remembered` holds what tests found that hangs on a few words of the facts alone; the
    cases of a table share it.
    """

    def __init__(
        self, facts: Facts, readings: Mapping[str, str | float], on: dt.date, shipment: Shipment | None = None
    ) -> None:
        self.facts = facts
        self.on = on
        self.readings = readings
        self.shipment = shipment or Shipment(facts)
        self.supposed: Mapping[str, Answer] = {}
        self.answers: dict[int, Answer] = {}
        self.remembered: dict[Hashable, Any] = {}

    def ask(self, file: RuleFile, name: str) -> Answer:
        """Return the answer to a named test of a rule file, or what was supposed of it."""
        if name in self.supposed:
            return self.supposed[name]
        test = file.test(name)
        if self.supposed and test.names():  # made of others, which may be supposed
            return test.ask(self, file)
        answer = self.answers.get(id(test))
        if answer is None:
            supposed, self.supposed = self.supposed, {}  # a question is answered by the facts alone
            try:
                answer = self.answers[id(test)] = test.ask(self, file)
            finally:
                self.supposed = supposed
        return answer

    def number(self, value: Number) -> float:
        """Return a number, or the one that a reading gives."""
        return float(self.readings[value.removeprefix("reading:")]) if isinstance(value, str) else value


class Asked(Record, ABC):
    """What every test has: the question in words, the article that asks it and the sources."""

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "amounts"
    """What a test sees of goods: only elements and forms, their origin too, or all amounts."""

    asks: str
    article: str | None = None
    sources: tuple[str, ...] = ()
    note: str | None = None

    @abstractmethod
    def ask(self, case: Case, file: RuleFile) -> Answer:
        """Return the answer that the facts of a case give."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the tests that this one is made of."""
        return ()


class Limits(Protocol):
    """A test by number: at least, more than, at most, less than."""

    @property
    def least(self) -> Number | None: ...
    @property
    def more_than(self) -> Number | None: ...
    @property
    def most(self) -> Number | None: ...
    @property
    def less_than(self) -> Number | None: ...


def within(case: Case, test: Limits, low: float, high: float, fact: str, missing: tuple[str, ...]) -> Answer:
    """Return whether an interval lies within the limits of a test; a rounding error is no crossing."""
    answers = []
    for limit, from_below, closed in (
        (test.least, True, True),
        (test.more_than, True, False),
        (test.most, False, True),
        (test.less_than, False, False),
    ):
        if limit is None:
            continue
        line = case.number(limit)
        slack = 1e-12 * max(1.0, abs(line))
        ends = (low, high) if from_below else (-high, -low)
        edge = (line if from_below else -line) + (-slack if closed else slack)
        inside = [end >= edge if closed else end > edge for end in ends]
        answers.append(
            Answer(True, fact) if inside[0] else Answer(None, fact, missing) if inside[1] else Answer(False, fact)
        )
    return every(answers)


def percent(share: float) -> str:
    """Return a share in words."""
    return "all" if share == 1 else f"{100 * share:.4g} %"
