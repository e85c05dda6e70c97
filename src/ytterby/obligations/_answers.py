"""Yes, no or unknown: answers to tests of law, with the fact they rest on and what is missing.

>>> yes, unknown = Answer(True, "exporter is CHN"), Answer(None, "destination is not told", ("destination",))
>>> every([yes, unknown]).value is None, some([yes, unknown]).value
(True, True)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Answer", "every", "opposite", "some", "untold"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a test: `value` is None where the facts do not decide.

    `fact` says what the facts hold, `missing` names the fields that would decide. `detail` marks an unknown that is
    only a detail nobody told (see `lenient`), against one that the facts leave open in so many words.
    """

    value: bool | None
    fact: str
    missing: tuple[str, ...] = ()
    detail: bool = False

    @property
    def word(self) -> str:
        """The answer as the verdict prints it."""
        return "unknown" if self.value is None else "yes" if self.value else "no"


def untold(path: str) -> Answer:
    """Return unknown, since the field was not told."""
    return Answer(None, f"{path} is not told", (path,))


def every(answers: Iterable[Answer]) -> Answer:
    """Return Kleene's and: no where one says no, else unknown where one is unknown, else yes."""
    return _joined(answers, decisive=False)


def some(answers: Iterable[Answer]) -> Answer:
    """Return Kleene's or: yes where one says yes, else unknown where one is unknown, else no."""
    return _joined(answers, decisive=True)


def opposite(answer: Answer) -> Answer:
    """Return Kleene's not."""
    value = None if answer.value is None else not answer.value
    return Answer(value, answer.fact, answer.missing, answer.detail)


def _joined(answers: Iterable[Answer], *, decisive: bool) -> Answer:
    asked = []
    for answer in answers:  # what comes after a decisive one need not be asked
        if answer.value is decisive:
            return answer
        asked.append(answer)
    unknown = [a for a in asked if a.value is None]
    if unknown:
        missing = tuple(dict.fromkeys(path for a in unknown for path in a.missing))
        # a detail nobody told is taken as a no: one of them settles an "and", all of them an "or"
        detail = any(a.detail for a in unknown) if not decisive else all(a.detail for a in unknown)
        return Answer(None, _facts(unknown), missing, detail)
    return Answer(not decisive, _facts(asked))


def _facts(answers: list[Answer]) -> str:
    return "; ".join(dict.fromkeys(a.fact for a in answers if a.fact))
