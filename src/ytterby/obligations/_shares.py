"""Tests of what goods hold: on a list, of an origin or technology, and how much of the value that is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Literal

from ytterby.obligations._answers import Answer, every, some, untold
from ytterby.obligations._case import Asked, Case, Number, group_of, percent, within
from ytterby.obligations._lists import Entry
from ytterby.obligations._shipment import Thing, amount_ends, origin_within, share_within
from ytterby.obligations.facts import Content

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["HoldsTest", "ListedTest", "MadeInTest", "ShareTest"]


class ListedTest(Asked):
    """The shipped item: whether it is on one of the lists (``NAME`` of this file, ``MEASURE_ID#NAME`` of another).

    `kind_only`: whether it is of a kind on the list, the tests by number that an entry names apart.
    """

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "matter"
    kind: Literal["listed"]
    lists: tuple[str, ...]
    kind_only: bool = False

    def ask(self, case: Case, file: RuleFile) -> Answer:
        return some(
            entry.matches(thing) if self.kind_only else _under(case, owner, entry, thing)
            for owner, entry in file.owned_entries(self.lists)
            for thing in case.shipment.things
        )


class MadeInTest(Asked):
    """The shipped item: whether it falls under an entry and was itself made in one of the countries."""

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "origin"
    kind: Literal["made_in"]
    lists: tuple[str, ...]
    countries: tuple[str, ...]

    def ask(self, case: Case, file: RuleFile) -> Answer:
        item = case.facts.item
        foreign = item.foreign_made if item else None
        if foreign is False:
            return Answer(True, "item.foreign_made is false")
        group = group_of(self.countries)
        answers = [
            every([match, entry.made_in(thing, group)])
            for owner, entry in file.owned_entries(self.lists)
            for thing in case.shipment.things
            if (match := _under(case, owner, entry, thing)).value is not False
        ]
        answer = some(answers)
        if foreign and answer.value is not True:
            return Answer(False, "item.foreign_made is true")
        return answer if answers else untold("item.foreign_made")


class HoldsTest(Asked):
    """The contents: whether any of them is on a list (or one of the elements), with this origin or technology."""

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "origin"
    kind: Literal["holds"]
    lists: tuple[str, ...] = ()
    elements: frozenset[str] = frozenset()
    countries: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    technology_from: tuple[str, ...] = ()
    us_licence_required: bool | None = None

    def ask(self, case: Case, file: RuleFile) -> Answer:
        answers = []
        for thing in case.shipment.things:
            answers += [self._of(file, path, content) for path, content in thing.contents()]
            if not thing.told:
                answers.append(untold(f"{thing.path}.contents" if thing.node else "nodes"))
        return some(answers)

    def _of(self, file: RuleFile, path: str, content: Content) -> Answer:
        asked = [_on(file, self.lists, self.elements, path, content)]
        if amount_ends(content)[1] == 0:
            return Answer(False, f"{path}: none")
        if self.countries and asked[0].value is not False:
            asked.append(origin_within(path, content, self.steps, group_of(self.countries)))
        if self.technology_from:
            asked.append(_technology(path, content, group_of(self.technology_from)))
        if self.us_licence_required is not None:
            told = content.us_licence_required
            field = f"{path}.us_licence_required"
            asked.append(
                untold(field) if told is None else Answer(told is self.us_licence_required, f"{field} is {told}")
            )
        return every(asked)


class ShareTest(Asked):
    r"""A share of value or mass: contents on a list, of an origin, against the whole item.

    s = Σ aᵢ·oᵢ / w with aᵢ the amount of content i, oᵢ the share of it that comes from the countries and w the amount
    of the item; bounds are the least numerator over the most whole, and the other way round. A node's contents include
    those of its parts, so a numerator is the greater of what the node tells and what its parts tell together.
    """

    kind: Literal["share"]
    lists: tuple[str, ...] = ()
    elements: frozenset[str] = frozenset()
    countries: tuple[str, ...] = ()
    us_licence_required: bool | None = None
    least: Number | None = None
    more_than: Number | None = None
    most: Number | None = None
    less_than: Number | None = None
    basis: Literal["value"] = "value"
    parts_of: tuple[str, ...] = ()
    parts_where: str | None = None

    def ask(self, case: Case, file: RuleFile) -> Answer:
        whole = [self._of(case, file, thing) for thing in case.shipment.things]
        if self.parts_where is None or not case.ask(file, self.parts_where).value:
            return some(whole)
        entries = file.entries(self.parts_of)
        matches = [(some(entry.matches(t) for entry in entries), t) for t in case.shipment.nodes()]
        parts = [every([match, self._of(case, file, t)]) for match, t in matches if match.value is not False]
        surely = any(match.value for match, _ in matches)
        return some(parts if surely else [*whole, *parts])

    def _of(self, case: Case, file: RuleFile, thing: Thing) -> Answer:
        missing: list[str] = []
        low, high = self._amount(case, file, thing, missing)
        if high == 0:
            return Answer(False, f"{thing.path}: nothing that counts")
        whole = thing.node.value_usd if thing.node else None
        if whole is None:
            missing.append(f"{thing.path}.value_usd" if thing.node else "nodes")
        least, most = whole or (None, None)
        floor = 0.0 if most is None or most == 0 else low / most
        ceiling = min(1.0, high / least) if least else 1.0
        if whole is not None and least != most:
            missing.append(f"{thing.path}.value_usd")
        fact = f"{thing.path}: {percent(floor)} to {percent(ceiling)} of the value"
        return within(case, self, min(floor, 1.0), max(floor, ceiling), fact, tuple(dict.fromkeys(missing)))

    def _amount(self, case: Case, file: RuleFile, thing: Thing, missing: list[str]) -> tuple[float, float]:
        below = [self._amount(case, file, part, missing) for part in thing.parts]
        low, high = sum(pair[0] for pair in below), sum(pair[1] for pair in below)
        contents = thing.node.contents if thing.node else None
        if contents is None:
            if not below:
                missing.append(f"{thing.path}.contents" if thing.node else "nodes")
                return 0.0, math.inf
            return low, high
        own = [
            self._counted(case, file, f"{thing.path}.contents.{k}", content, missing)
            for k, content in enumerate(contents)
        ]
        return max(low, sum(pair[0] for pair in own)), max(high, sum(pair[1] for pair in own))

    def _counted(
        self, case: Case, file: RuleFile, path: str, content: Content, missing: list[str]
    ) -> tuple[float, float]:
        read = (content.element, content.form, content.part, content.us_licence_required)
        known = case.remembered.get((id(self), id(file), path, read))
        if known is None:
            known = case.remembered[id(self), id(file), path, read] = self._counts(file, path, content)
        counts, steps = known
        if counts.value is False or content.value_usd == (0.0, 0.0) or amount_ends(content)[1] == 0:
            return 0.0, 0.0
        share: tuple[float, float] = (1.0, 1.0)
        if self.countries:
            bounds = [share_within(content, step, group_of(self.countries)) for step in steps]
            share = (
                max((b[0] for b in bounds if b), default=0.0),
                max((b[1] if b else 1.0 for b in bounds), default=1.0),
            )
            if share[1] == 0:
                return 0.0, 0.0
            missing += [f"{path}.origin.{s}" for s, b in zip(steps, bounds, strict=True) if b is None and share[0] < 1]
        value = content.value_usd
        if value is None or None in value or value[0] != value[1]:
            missing.append(f"{path}.value_usd")
        missing += counts.missing
        low, high = value or (None, None)
        return (low or 0.0) * share[0] * (counts.value is True), (math.inf if high is None else high) * share[1]

    def _counts(self, file: RuleFile, path: str, content: Content) -> tuple[Answer, list[str]]:
        """Return whether a content counts, and the steps that make its origin."""
        counts = _on(file, self.lists, self.elements, path, content)
        if self.us_licence_required is not None and counts.value is not False:
            told = content.us_licence_required
            field = f"{path}.us_licence_required"
            counts = every([counts, untold(field) if told is None else Answer(told is self.us_licence_required, field)])
        entries = file.entries(self.lists) if self.countries else ()
        steps = {s for e in entries if e.covers(path, content).value is not False for s in e.origin_steps}
        return counts, sorted(steps)


def _under(case: Case, owner: RuleFile, entry: Entry, thing: Thing) -> Answer:
    """Whether a thing falls under an entry, the tests that the entry names included; a stated code settles it."""
    match = entry.matches(thing)
    if match.value is False or not entry.where or entry.code_of(thing):
        return match
    return every([match, *(case.ask(owner, name) for name in entry.where)])


def _on(file: RuleFile, lists: tuple[str, ...], elements: frozenset[str], path: str, content: Content) -> Answer:
    if lists:
        return some(entry.covers(path, content) for entry in file.entries(lists))
    return Entry(entry="", elements=elements).of_element(path, content)


def _technology(path: str, content: Content, group: frozenset[str]) -> Answer:
    told = {step: country for step, country in (content.technology or {}).items() if country is not None}
    for step, country in told.items():
        if country in group:
            return Answer(True, f"{path}: technology of {step} from {country}")
    if len(told) == 5:
        return Answer(False, f"{path}: technology from elsewhere")
    return Answer(None, f"{path}: technology of some steps is not told", (f"{path}.technology",))
