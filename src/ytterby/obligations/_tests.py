"""The kinds of test that a rule file may ask of the facts. Each is a record of YAML that answers yes, no or unknown.

A test names one `kind`; docs/reference/obligations.md has an example of each. Whatever was not told is unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ytterby.obligations._answers import Answer, every, opposite, some, untold
from ytterby.obligations._case import Asked, Case, Number, within, words_of
from ytterby.obligations._measured import MeasuredTest, ends_of
from ytterby.obligations._parties import PartyTest
from ytterby.obligations._shares import HoldsTest, ListedTest, MadeInTest, ShareTest
from ytterby.obligations._stages import MassTest, StageTest
from ytterby.obligations._words import speaks
from ytterby.obligations.facts import Facts, countries

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["FactTest", "MeasuredTest", "PartyTest", "ReadingTest", "ShareTest", "Test", "WordsTest", "texts_of"]


class FactTest(Asked):
    """A field of the facts: one of the words or countries given, a number or day in a range, true or false."""

    kind: Literal["fact"]
    path: str
    also: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    least: Number | None = None
    more_than: Number | None = None
    most: Number | None = None
    less_than: Number | None = None
    from_: dt.date | None = Field(None, alias="from")
    before: dt.date | None = None
    is_: bool | None = Field(None, alias="is")
    detail: bool = False
    untold: Literal["unknown", "no"] = "unknown"

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        told = ((path, _at(case.facts, path)) for path in (self.path, *self.also))
        path, value = next(((path, value) for path, value in told if value is not None), (self.path, None))
        if value is None:
            answer = untold(self.path)
            if self.untold == "no":
                return Answer(False, answer.fact)
            return Answer(None, answer.fact, answer.missing, self.detail)
        fact = f"{path} is {value}"
        if self.is_ is not None:
            yes = _truth(value)
            return Answer(yes is self.is_, fact) if yes is not None else Answer(None, fact, (path,))
        if self.among:
            return self._among(path, value, fact)
        if self.from_ is not None or self.before is not None:
            after = self.from_ is None or value >= self.from_
            return Answer(after and (self.before is None or value < self.before), fact)
        ends = ends_of(value)
        if ends is None:
            return Answer(None, fact, (path,))
        return within(case, self, *ends, fact, (path,))

    def _among(self, path: str, value: Any, fact: str) -> Answer:
        words, codes = words_of(self.among), countries()
        told = [str(v) for v in (value if isinstance(value, list | tuple) else (value,))]
        named = {name: code for code, name in codes.items()}
        said = {named.get(word, word) for word in told}
        if said & words:
            return Answer(True, fact)
        # a parameter is free: what should be a country and is none that is known says nothing
        strange = bool(words & set(codes)) and not said <= set(codes)
        return Answer(None, fact, (path,)) if strange else Answer(False, fact)


class WordsTest(Asked):
    """Free words of the facts: whether any of the fields speaks of what a vocabulary is about."""

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "matter"
    kind: Literal["words"]
    paths: tuple[str, ...]
    speak_of: str
    untold: Literal["unknown", "no", "detail"] = "unknown"

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        answers = []
        for path in self.paths:
            value = _listed_as(case) if path == "nodes.listed_as" else _at(case.facts, path)
            if value is None:
                fact = f"{path} is not told"
                answers.append(
                    Answer(False, fact) if self.untold == "no" else Answer(None, fact, (path,), self.untold == "detail")
                )
                continue
            texts = texts_of(value)
            answers += [_spoken(path, text, self.speak_of) for text in texts]
            if not texts:
                answers.append(Answer(False, f"{path}: none"))
        return some(answers)


class DayTest(Asked):
    """The day: whether the first day told of `paths`, or else the day asked about, lies in a range."""

    kind: Literal["day"]
    paths: tuple[str, ...] = ()
    from_: dt.date | None = Field(None, alias="from")
    before: dt.date | None = None

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        told = next((day for path in self.paths if (day := _at(case.facts, path)) is not None), case.on)
        after = self.from_ is None or told >= self.from_
        return Answer(after and (self.before is None or told < self.before), f"the day is {told}")


class ReadingTest(Asked):
    """A disputed reading: whether it is the one given."""

    kind: Literal["reading"]
    reading: str
    is_: str | float = Field(alias="is")

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        value = case.readings[self.reading]
        return Answer(value == self.is_, f"reading {self.reading}={value}")


class _Joined(Asked):
    of: Annotated[tuple[str, ...], Field(min_length=1)]

    def names(self) -> tuple[str, ...]:
        return self.of


class AllTest(_Joined):
    """Whether all of the named tests hold."""

    kind: Literal["all"]

    def ask(self, case: Case, file: RuleFile) -> Answer:
        return every(case.ask(file, name) for name in self.of)


class AnyTest(_Joined):
    """Whether any of the named tests holds."""

    kind: Literal["any"]

    def ask(self, case: Case, file: RuleFile) -> Answer:
        return some(case.ask(file, name) for name in self.of)


class NoneTest(_Joined):
    """Whether none of the named tests holds."""

    kind: Literal["none"]

    def ask(self, case: Case, file: RuleFile) -> Answer:
        return opposite(some(case.ask(file, name) for name in self.of))


Test = Annotated[
    FactTest | MeasuredTest | WordsTest | ListedTest | MadeInTest | HoldsTest | ShareTest | StageTest | MassTest
    | PartyTest | DayTest | ReadingTest | AllTest | AnyTest | NoneTest,
    Field(discriminator="kind"),
]  # fmt: skip


def _listed_as(case: Case) -> list[str] | None:
    return [thing.node.listed_as for thing in case.shipment.nodes() if thing.node and thing.node.listed_as] or None


def _at(facts: Facts, path: str) -> Any:
    value: Any = facts
    for part in path.split("."):
        if value is None:
            return None
        value = value.get(part) if isinstance(value, dict) else getattr(value, part)
    return value


def texts_of(value: Any) -> tuple[str, ...]:
    """Return the words of a field; of free parameters the name and what is told, without those told to be false.

    >>> texts_of({"cots_item": True, "waiver": False, "exception": "electronic device"})
    ('cots item', 'exception electronic device')
    """
    if isinstance(value, dict):
        told = ((name, v) for name, v in value.items() if v is not None and _truth(v) is not False)
        return tuple(re.sub(r"_+", " ", name) + ("" if _truth(v) else f" {v}") for name, v in told)
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else (str(value),)


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(str(value).casefold())


def _spoken(path: str, text: str, vocabulary: str) -> Answer:
    said = speaks(text, vocabulary)
    return Answer(said, f"{path}: '{text}'", () if said is not None else (path,))
