"""How are many shipments judged at once? Each question is asked once for all shipments that agree in what it reads.

What a test reads of the facts is watched while it is asked: two shipments that agree in all that was read have the
same answer. Tests of goods see their matter (elements and forms), their origin too, or all amounts (`Asked.sees`).
Shipments with the same answers to all questions of a limb have the same verdict.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ytterby.obligations._answers import Answer
from ytterby.obligations._case import Case
from ytterby.obligations._decide import decide
from ytterby.obligations._held import Held, outcome_in
from ytterby.obligations._shipment import Shipment
from ytterby.obligations._table import Codes, Told, joined
from ytterby.obligations.facts import Facts, Node
from ytterby.obligations.judge import Law
from ytterby.records import Record

if TYPE_CHECKING:
    from ytterby.obligations._model import LimbRule, Outcome, RuleFile

__all__ = ["Found", "Result", "Rows", "grouped"]

Part = str
Parts = frozenset[Part]
_MATTER, _ORIGIN, _NODES = "matter", "origin", "nodes"
_DATES = frozenset({"dates"})
_AMOUNTS = frozenset({"value_usd", "mass_kg"})
_SOURCES = frozenset({"origin", "technology", "us_licence_required"})
_SEEN: dict[str, Parts] = {
    "matter": frozenset({"item", _MATTER}),
    "origin": frozenset({"item", _ORIGIN}),
    "amounts": frozenset({"item", _NODES}),
}


@dataclass(frozen=True)
class Result:
    """What a limb says of a shipment, as far as a table of many tells it.

    `missing`: what was not told, where several outcomes are possible; not ranked as in a verdict of its own.
    """

    outcome: str
    if_operative: str | None
    could_be: tuple[str, ...]
    legal: str | None
    political: str | None
    knowledge_age_days: int | None
    missing: tuple[str, ...] = ()


Said = tuple[bool | None, bool, tuple[str, ...]]
"""What counts of an answer: its value, whether it is only a detail, and what is missing."""


@dataclass
class Found:
    """What was found of some shipments under a law and holds of others too; kept between the pieces of a table."""

    law: Law
    parts: dict[Part, dict[Hashable, int]] = field(default_factory=dict)
    said: dict[Said, int] = field(default_factory=dict)
    answers: dict[int, dict[Parts, dict[tuple[int, ...], int]]] = field(default_factory=dict)
    outcomes: dict[Hashable, tuple[Outcome, tuple[Outcome, ...]]] = field(default_factory=dict)
    states: dict[Hashable, Held] = field(default_factory=dict)
    results: dict[Hashable, Result] = field(default_factory=dict)
    remembered: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._said: list[Answer] = []

    def number(self, answer: Answer) -> int:
        """Return the number of an answer."""
        number = self.said.setdefault((answer.value, answer.detail, answer.missing), len(self.said))
        if number == len(self._said):
            self._said.append(Answer(answer.value, "", answer.missing, answer.detail))
        return number

    def answer(self, number: int) -> Answer:
        """Return the answer of a number, without the fact that it rests on."""
        return self._said[number]


class Rows:
    """Shipments with, for each part of their facts, a number that is the same where that part is the same."""

    def __init__(self, told: Mapping[str, Told], found: Found) -> None:
        self._told, self._found = told, found
        self._codes: dict[Parts, Codes] = {}
        self._cases: dict[int, _Watched] = {}
        for name, column in told.items():
            if name == _NODES:
                seen = [_seen(nodes) for nodes in column.values]
                self._number(_MATTER, column, [matter for matter, _ in seen])
                self._number(_ORIGIN, column, seen)
                self._codes[frozenset([name])] = column.codes
            else:
                self._number(name, column, [_plain(value) for value in column.values])
        self._count = len(column.codes)

    def __len__(self) -> int:
        return self._count

    def codes(self, parts: Parts) -> Codes:
        """Return a number for each row that is the same where all these parts are."""
        if parts not in self._codes:
            self._codes[parts] = joined([self._codes[frozenset([part])] for part in sorted(parts)], len(self))
        return self._codes[parts]

    def key(self, parts: Parts, row: int) -> tuple[int, ...]:
        """Return what a row has in these parts, told apart from the rows of all pieces of the table."""
        return tuple([int(self._codes[frozenset([part])][row]) for part in sorted(parts)])

    def case(self, row: int) -> _Watched:
        """Return a row as a case."""
        if row not in self._cases:
            values = {name: column.values[column.codes[row]] for name, column in self._told.items()}
            self._cases[row] = _Watched(Facts.model_construct(**values), row, self, self._found)
        return self._cases[row]

    def _number(self, part: Part, column: Told, keys: Sequence[Hashable]) -> None:
        numbers = self._found.parts.setdefault(part, {})
        table = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
        self._codes[frozenset([part])] = table[column.codes]


class _Watched(Case):
    """A case that knows what a test reads."""

    def __init__(self, facts: Facts, row: int, rows: Rows, found: Found) -> None:
        self._read: set[Part] = set()
        self._sees = ["amounts"]
        self._row, self._rows, self._found = row, rows, found
        super().__init__(facts, found.law.readings, found.law.on, Shipment(facts))
        self.remembered = found.remembered

    def watch(self, file: RuleFile, name: str) -> tuple[int, Parts]:
        """Return the number of the answer to a test and the parts of the facts that it read."""
        test = file.test(name)
        known = self._found.answers.setdefault(id(test), {})
        for parts, told in known.items():
            number = told.get(self._rows.key(parts, self._row))
            if number is not None:
                self._read |= parts
                return number, parts
        outer, self._read = self._read, set()
        self._sees.append(test.sees)
        answer = test.ask(self, file)
        self._sees.pop()
        read = frozenset(self._read)
        self._read = outer | read
        number = self._found.number(answer)
        if _NODES not in read:  # amounts are seldom the same twice
            known.setdefault(read, {})[self._rows.key(read, self._row)] = number
        return number, read

    def ask(self, file: RuleFile, name: str) -> Answer:
        return self._found.answer(self.watch(file, name)[0])

    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name == "facts":
            return _Reader(value, self._read)
        if name == "shipment":
            self._read |= _SEEN[self._sees[-1]]
        return value


class _Reader:
    """Facts that note which of their parts are read."""

    def __init__(self, facts: Facts, read: set[Part]) -> None:
        self._facts, self._read = facts, read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._facts, name)


def grouped(rows: Rows, found: Found) -> tuple[list[Result], Codes]:
    """Return the different results, and for each row and limb the number of its result."""
    law = found.law
    answered: dict[int, Codes] = {}
    results: dict[Result, int] = {}
    numbers = np.empty((len(rows), len(law.limbs)), dtype=np.int64)
    for k, (file, limb) in enumerate(law.limbs):
        leaves = file.leaves(limb.names())
        for name, test in leaves.items():
            if id(test) not in answered:
                answered[id(test)] = _answers(rows, found, file, name)
        asked = [answered[id(test)] for test in leaves.values()]
        dated = [rows.codes(_DATES)] if limb.day else []  # the day that the limb goes by
        codes = joined([*asked, *dated], len(rows))
        first = np.unique(codes, return_index=True)[1]
        told = np.array([*asked, *dated], dtype=np.int64)[:, first].T.tolist()
        table = []
        for row, key in zip(first.tolist(), map(tuple, told), strict=True):
            result = found.results.get((k, key))
            if result is None:
                said = dict(zip(map(id, leaves.values()), map(found.answer, key), strict=False))
                result = found.results[k, key] = _result(rows, found, file, limb, said, row)
            table.append(results.setdefault(result, len(results)))
        numbers[:, k] = np.array(table)[codes]
    return list(results), numbers


def _result(rows: Rows, found: Found, file: RuleFile, limb: LimbRule, said: dict[int, Answer], row: int) -> Result:
    day = (file.rule, limb.limb, rows.key(_DATES, row) if limb.day else ())
    if day not in found.states:
        found.states[day] = found.law.held(file, limb, rows.case(row))
    held = found.states[day]
    key = (file.rule, limb.limb, tuple([(answer.value, answer.detail) for answer in said.values()]))
    if key not in found.outcomes:
        case = Case(Facts(), found.law.readings, found.law.on)
        case.answers = said
        found.outcomes[key] = decide(limb, lambda name: case.ask(file, name))
    operative, could_be = found.outcomes[key]
    outcome, if_operative = outcome_in(file, held, operative)
    result = Result(outcome, if_operative, could_be, held.legal, held.political, held.age)
    if len(could_be) > 1:  # where one outcome is possible, nothing that is missing changes it
        missing = dict.fromkeys(path for answer in said.values() if answer.value is None for path in answer.missing)
        result = replace(result, missing=tuple(missing))
    return result


def _answers(rows: Rows, found: Found, file: RuleFile, name: str) -> Codes:
    """Return for each row the number of its answer."""
    out = np.full(len(rows), -1, dtype=np.int64)
    known = found.answers.setdefault(id(file.test(name)), {})
    left, tried = np.arange(len(rows)), list(known)
    while len(left):
        parts = tried.pop() if tried else None
        asked = parts is None
        if parts is None:
            parts = rows.case(left[0]).watch(file, name)[1]
        codes = rows.codes(parts)[left]
        first = np.unique(codes, return_index=True)
        table = np.full(int(codes.max()) + 1, -1, dtype=np.int64)
        for code, at in zip(*(ends.tolist() for ends in first), strict=True):
            row = left[at]
            if asked:
                number, read = rows.case(row).watch(file, name)
                if read == parts:
                    table[code] = number
                else:
                    out[row] = number  # which parts are read hangs on what they say: this one speaks for itself
            else:
                table[code] = known[parts].get(rows.key(parts, row), -1)
        out[left] = np.where(table[codes] >= 0, table[codes], out[left])
        left = left[out[left] < 0]
    return out


def _plain(value: Any) -> Hashable:
    """Return a part of the facts as what can be told apart quickly: records and lists as tuples."""
    if isinstance(value, Record):
        return tuple([_plain(inner) for inner in vars(value).values()])
    if isinstance(value, tuple):
        return tuple([_plain(inner) for inner in value])
    return repr(value) if isinstance(value, dict | list | float) else (type(value), value)


def _seen(nodes: tuple[Node, ...] | None) -> tuple[Hashable, Hashable]:
    """Return what is said of the matter of goods, and of where it comes from.

    Of amounts that is only: untold, none, from none up, some.
    """
    if nodes is None:
        return None, None
    matter: list[Hashable] = []
    sources: list[Hashable] = []
    for node in nodes:
        contents = node.contents
        matter.append((node.id, node.parent, node.listed_as, node.form, contents is None))
        for content in contents or ():
            for name, value in vars(content).items():
                if name in _SOURCES:
                    sources.append(_origin(value) if name == "origin" else _plain(value))
                elif name not in _AMOUNTS:
                    matter.append(value)
            matter.append(_amount(content.mass_kg or content.value_usd))
    return tuple(matter), tuple(sources)


def _origin(origin: Mapping[str, Mapping[str, tuple[float, float]] | None] | None) -> Hashable:
    """Return what is told of the steps; the share of a single country only as none, some or all of it."""
    return repr(
        origin
        and {
            step: shares
            if not shares or len(shares) > 1
            else [(c, low > 0, low >= 1, high == 0, high >= 1) for c, (low, high) in shares.items()]
            for step, shares in origin.items()
        }
    )


def _amount(pair: tuple[float | None, float | None] | None) -> Hashable:
    return None if pair is None or pair == (None, None) else (not pair[0], pair[1] == 0)
