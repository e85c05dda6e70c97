"""How are many shipments judged at once? Each question is asked once for all shipments that agree in what it reads.

What a test reads of the facts is watched while it is asked: two shipments that agree in all that was read have the
same answer. Tests of goods see their matter (elements and forms), their origin too, or all amounts (`Asked.sees`).
Shipments with the same answers to all questions of a limb have the same verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ytterby.obligations._answers import Answer
from ytterby.obligations._case import Case
from ytterby.obligations._shipment import Shipment
from ytterby.obligations.facts import Facts
from ytterby.records import Record

if TYPE_CHECKING:
    from ytterby.obligations._model import LimbRule, RuleFile
    from ytterby.obligations._tests import Test

__all__ = ["FIELDS", "Result", "Rows", "grouped"]

Codes = npt.NDArray[np.int64]
Part = str
FIELDS: tuple[Part, ...] = tuple(Facts.model_fields)
_MATTER, _ORIGIN = "matter", "origin"
_AMOUNTS = frozenset({"value_usd", "mass_kg"})
_SOURCES = frozenset({"origin", "technology", "us_licence_required"})


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


class Rows:
    """Shipments with, for each part of their facts, a number that is the same where that part is the same."""

    def __init__(self, facts: Sequence[Facts]) -> None:
        self.facts = facts
        self._codes: dict[frozenset[Part], Codes] = {}
        for field in FIELDS:
            self._number(field, [_plain(getattr(row, field)) for row in facts])
        self._number(_ORIGIN, [_seen(row, _AMOUNTS) for row in facts])
        self._number(_MATTER, [_seen(row, _AMOUNTS | _SOURCES) for row in facts])

    def codes(self, parts: frozenset[Part]) -> Codes:
        """Return a number for each row that is the same where all these parts are."""
        if parts not in self._codes:
            self._codes[parts] = _joined([self._codes[frozenset([part])] for part in sorted(parts)], len(self.facts))
        return self._codes[parts]

    def _number(self, part: Part, keys: Iterable[Hashable]) -> None:
        numbers: dict[Hashable, int] = {}
        self._codes[frozenset([part])] = np.array([numbers.setdefault(k, len(numbers)) for k in keys], dtype=np.int64)


class _Watched(Case):
    """A case that knows what a test reads."""

    def __init__(self, facts: Facts, readings: Mapping[str, str | float], on: dt.date) -> None:
        self._read: set[Part] = set()
        self._sees = ["amounts"]
        super().__init__(facts, readings, on, Shipment(facts))

    def watch(self, file: RuleFile, name: str) -> tuple[Answer, frozenset[Part]]:
        """Return the answer to a test and the parts of the facts that it read."""
        self._read = set()
        self.answers.clear()
        return self.ask(file, name), frozenset(self._read)

    def ask(self, file: RuleFile, name: str) -> Answer:
        self._sees.append(file.test(name).sees)
        try:
            return super().ask(file, name)
        finally:
            self._sees.pop()

    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name == "facts":
            return _Reader(value, self._read)
        if name == "shipment":
            sees = self._sees[-1]
            self._read |= {_MATTER} if sees == "matter" else {_ORIGIN} if sees == "origin" else {"item", "nodes"}
        return value


class _Reader:
    """Facts that note which of their parts are read."""

    def __init__(self, facts: Facts, read: set[Part]) -> None:
        self._facts, self._read = facts, read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._facts, name)


def grouped(
    rows: Rows,
    readings: Mapping[str, str | float],
    on: dt.date,
    limbs: Sequence[tuple[RuleFile, LimbRule]],
    judge: Callable[[RuleFile, LimbRule, Case], Result],
    known: dict[Any, Result],
) -> list[list[Result]]:
    """Return for each limb the result of each row. `known` keeps results by the answers that gave them."""
    cases = [_Watched(facts, readings, on) for facts in rows.facts]
    leaves = {(file.rule, name): test for file, limb in limbs for name, test in file.leaves(limb.names()).items()}
    files = {file.rule: file for file, _ in limbs}
    answered: dict[int, tuple[Codes, list[Any]]] = {}
    for (rule, name), test in leaves.items():
        if id(test) not in answered:
            answered[id(test)] = _answers(rows, cases, files[rule], name)
    found = []
    for file, limb in limbs:
        asked: list[Test] = list(file.leaves(limb.names()).values())
        dated = [rows.codes(frozenset(["dates"]))] if limb.day else []  # the day that the limb goes by
        codes = _joined([*(answered[id(test)][0] for test in asked), *dated], len(rows.facts))
        first = np.unique(codes, return_index=True)[1]
        results = []
        for at in first.tolist():
            facts = rows.facts[at]
            said = [answered[id(test)][1][answered[id(test)][0][at]] for test in asked]
            told = tuple([(value, detail) for value, detail, _ in said])
            key = (file.rule, limb.limb, told, repr(facts.dates) if limb.day else None)
            if key not in known:
                case = Case(facts, readings, on)
                case.answers = {
                    id(test): Answer(value, "", (), detail) for test, (value, detail) in zip(asked, told, strict=True)
                }
                known[key] = judge(file, limb, case)
            result = known[key]
            if len(result.could_be) > 1:  # where one outcome is possible, nothing that is missing changes it
                missing = dict.fromkeys(path for value, _, paths in said if value is None for path in paths)
                result = replace(result, missing=tuple(missing))
            results.append(result)
        found.append([results[code] for code in codes.tolist()])
    return found


def _answers(rows: Rows, cases: Sequence[_Watched], file: RuleFile, name: str) -> tuple[Codes, list[Any]]:
    """Return for each row the number of its answer, and the answers by number."""
    out = np.full(len(cases), -1, dtype=np.int64)
    numbers: dict[Any, int] = {}
    left = np.arange(len(cases))
    while len(left):
        _, parts = cases[left[0]].watch(file, name)
        codes = rows.codes(parts)[left]
        by_code: dict[int, int] = {}
        for code, at in zip(*np.unique(codes, return_index=True), strict=True):
            answer, read = cases[left[at]].watch(file, name)
            said = (answer.value, answer.detail, answer.missing)
            number = numbers.setdefault(said, len(numbers))
            if read == parts:
                by_code[int(code)] = number
            else:
                out[left[at]] = number  # which parts are read hangs on what they say: this one speaks for itself
        table = np.full(int(codes.max()) + 1, -1, dtype=np.int64)
        table[list(by_code)] = list(by_code.values())
        settled = table[codes]
        out[left] = np.where(settled >= 0, settled, out[left])
        left = left[out[left] < 0]
    return out, list(numbers)


def _joined(codes: Sequence[Codes], count: int) -> Codes:
    joined = np.zeros(count, dtype=np.int64)
    for code in codes:
        if len(code) and code.max() > 0:
            joined = pd.factorize(joined * (int(code.max()) + 1) + code)[0].astype(np.int64)
    return joined


def _plain(value: Any) -> Hashable:
    """Return a part of the facts as what can be told apart quickly: records and lists as tuples."""
    if isinstance(value, Record):
        return tuple([_plain(inner) for inner in vars(value).values()])
    if isinstance(value, tuple):
        return tuple([_plain(inner) for inner in value])
    return repr(value) if isinstance(value, dict | list | float) else (type(value), value)


def _seen(facts: Facts, hidden: frozenset[str]) -> Hashable:
    """Return what is said of goods, with amounts only as: untold, none, from none up, some."""
    said: list[Hashable] = [_plain(facts.item), facts.nodes is None]
    for node in facts.nodes or ():
        contents = node.contents
        said.append((node.id, node.parent, node.listed_as, node.form, contents is None))
        for content in contents or ():
            said += [
                _origin(value) if name == "origin" else _plain(value)
                for name, value in vars(content).items()
                if name not in hidden
            ]
            said.append(_amount(content.mass_kg or content.value_usd))
    return tuple(said)


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
