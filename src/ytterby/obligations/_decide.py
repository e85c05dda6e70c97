"""Which outcome follows from a limb's tests, what is missing, and what would change it?

The rows of a limb are read from the top: the first that holds gives the outcome. A row of which it is unknown whether
it holds leaves its outcome possible. One possible outcome is the verdict; several make it ``incomplete``. There is one
exception: a detail that nobody told (`Answer.detail`, e.g. who owns the buyer) and that could only make a certain duty
graver does not hide that duty; it stands under `missing` with what it could give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ytterby.obligations._answers import Answer, every
from ytterby.obligations._case import Case
from ytterby.obligations._model import OUTCOMES, LimbRule, Outcome, RuleFile
from ytterby.obligations._tests import ReadingTest

__all__ = ["Missing", "decide", "flips", "gravity", "missing_facts", "possible"]

Ask = Callable[[str], Answer]
T = TypeVar("T")
_RANK = {outcome: k for k, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that was not told and the question that it answers.

    `deciding`: whether its answer alone changes which outcomes are possible; `could_give`: those, gravest first.
    """

    fact: str
    asks: str
    deciding: bool
    could_give: tuple[Outcome, ...]


def gravity(outcome: Outcome) -> int:
    """Return the rank of an outcome: 0 is the gravest."""
    return _RANK[outcome]


def possible(limb: LimbRule, ask: Ask) -> tuple[Outcome, ...]:
    """Return the outcomes that the answers leave possible, gravest first."""
    within = every(ask(name) for name in limb.applies)
    if within.value is False:
        return ("not_applicable",)
    found: set[Outcome] = set() if within.value else {"not_applicable"}
    for row in limb.outcomes:
        holds = every(ask(name) for name in row.when)
        if holds.value is not False:
            found.add(row.outcome)
        if holds.value:
            break
    else:
        found.add("not_applicable")
    return tuple(sorted(found, key=gravity))


def decide(limb: LimbRule, ask: Ask) -> tuple[Outcome, tuple[Outcome, ...]]:
    """Return the outcome of a limb were it in force, and all outcomes that are possible."""
    found = possible(limb, ask)
    if len(found) == 1:
        return found[0], found
    certain = possible(limb, lambda name: _told(ask(name)))
    if len(certain) == 1 and gravity(certain[0]) < gravity("incomplete"):
        return certain[0], found
    return "incomplete", found


def missing_facts(file: RuleFile, limb: LimbRule, case: Case) -> list[Missing]:
    """Return what was not told, those first that can change the outcome, the gravest of them first."""
    now = possible(limb, _asker(case, file))
    rows = []
    for name, test in file.leaves(limb.names()).items():
        answer = case.ask(file, name)
        if answer.value is None:
            ends = tuple(_supposing(case, file, limb, name, value) for value in (True, False))
            reached = sorted({outcome for end in ends for outcome in end}, key=gravity)
            deciding = any(end != now for end in ends)
            gravest = gravity(reached[0])
            rows += [
                (not deciding, gravest, Missing(fact, test.asks, deciding, tuple(reached))) for fact in answer.missing
            ]
    found: dict[str, Missing] = {}
    for _, _, row in sorted(rows, key=lambda r: r[:2]):
        found.setdefault(row.fact, row)
    return list(found.values())


def flips(file: RuleFile, limb: LimbRule, case: Case) -> Iterator[tuple[str, Answer, Outcome]]:
    """Yield each single question whose opposite answer would give another outcome: name, answer, that outcome."""
    now, _ = decide(limb, _asker(case, file))
    for name in file.leaves(limb.names()):
        answer = case.ask(file, name)
        if answer.value is not None and not isinstance(file.test(name), ReadingTest):
            other = _supposed(case, name, not answer.value, lambda: decide(limb, _asker(case, file))[0])
            if other != now:
                yield name, answer, other


def _asker(case: Case, file: RuleFile) -> Ask:
    return lambda name: case.ask(file, name)


def _supposing(case: Case, file: RuleFile, limb: LimbRule, name: str, value: bool) -> tuple[Outcome, ...]:
    return _supposed(case, name, value, lambda: possible(limb, _asker(case, file)))


def _supposed(case: Case, name: str, value: bool, then: Callable[[], T]) -> T:
    case.supposed = {name: Answer(value, "supposed")}
    try:
        return then()
    finally:
        case.supposed = {}


def _told(answer: Answer) -> Answer:
    return Answer(False, answer.fact) if answer.value is None and answer.detail else answer
