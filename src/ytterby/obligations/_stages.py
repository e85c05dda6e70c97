"""Tests by stage of making: where a material in the goods went through a step, and how much of it there is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from ytterby.obligations._answers import Answer, every, some, untold
from ytterby.obligations._case import Asked, Case, Number, group_of, within
from ytterby.obligations._matter import named_in, symbol
from ytterby.obligations._shipment import Thing, amount_ends, origin_within, share_within
from ytterby.obligations.facts import Content
from ytterby.obligations.facts import Form as FormWord

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["MassTest", "StageTest"]

_MADE_OF_PARTS = frozenset({"assembly", "product", "equipment", "scrap"})
"""Forms that do not tell in which form an element is in them."""


class _Material(Asked):
    elements: frozenset[str]
    forms: tuple[FormWord, ...]
    perhaps_forms: tuple[FormWord, ...] = ()

    def _found(self, case: Case) -> Iterator[tuple[str, Content, Answer]]:
        """Yield each content that may be of the material, with whether it is."""
        for top in case.shipment.things:
            for thing in top.nodes():
                for k, content in enumerate((thing.node.contents if thing.node else None) or ()):
                    path = f"{thing.path}.contents.{k}"
                    is_it = every([self._element(path, content), self._form(path, thing, content)])
                    if amount_ends(content)[1] > 0 and is_it.value is not False:
                        yield path, content, is_it

    def _element(self, path: str, content: Content) -> Answer:
        if content.element is None:
            return untold(f"{path}.element")
        name = symbol(content.element)
        if name is None and not named_in(content.element):
            return Answer(None, f"'{content.element}' is no known element", (f"{path}.element",))
        # a material told by its formula ("NdFeB") holds what the formula names
        named = {name} if name is not None else named_in(content.element)
        return Answer(bool(named & self.elements), f"{path} is {content.element}")

    def _form(self, path: str, thing: Thing, content: Content) -> Answer:
        node = thing.node.form if thing.node else None
        said = {form for form in (content.form, node, thing.form) if form}
        made = [step for step in ("magnet",) if step in self.forms and step in (content.origin or {})]
        if made or said & set(self.forms):
            return Answer(True, f"{path} is {'/'.join(sorted(said & set(self.forms)) or made)}")
        if content.form is None or node is None or said & {*self.perhaps_forms, *_MADE_OF_PARTS}:
            return Answer(None, f"{path}: whether it is {'/'.join(self.forms)} is not told", (f"{path}.form",))
        return Answer(False, f"{path} is {'/'.join(sorted(said))}")

    def _untold(self, case: Case) -> Iterator[Answer]:
        for thing in case.shipment.things:
            if not thing.told:
                yield untold(f"{thing.path}.contents" if thing.node else "nodes")


class StageTest(_Material):
    """The goods: whether they hold a material that went through one of the steps in one of the countries.

    A material is one of the elements in one of the forms. Without `countries`, whether they hold it at all. `wholly`:
    whether all of it went through each of the steps in these countries alone. `detail`: an exception, if claimed.
    """

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "origin"
    kind: Literal["stage"]
    countries: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    wholly: bool = False
    detail: bool = False

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        answer = self._asked(case)
        return Answer(answer.value, answer.fact, answer.missing, answer.value is None and self.detail)

    def _asked(self, case: Case) -> Answer:
        found = list(self._found(case))
        if self.wholly:
            if not found:
                return some([Answer(False, "no such material"), *self._untold(case)])
            return every([*self._untold(case), *(self._all_in(path, content) for path, content, _ in found)])
        answers = [every([is_it, self._step(path, content)]) for path, content, is_it in found]
        return some([*answers, *self._untold(case), Answer(False, "no such material")])

    def _step(self, path: str, content: Content) -> Answer:
        if not self.countries:
            return Answer(True, path)
        return origin_within(path, content, self.steps, group_of(self.countries))

    def _all_in(self, path: str, content: Content) -> Answer:
        answers = []
        for step in self.steps:
            share = share_within(content, step, group_of(self.countries))
            if share is None:
                answers.append(untold(f"{path}.origin.{step}"))
            else:
                told = True if share[0] >= 1 else False if share[1] < 1 else None
                answers.append(Answer(told, f"{path}: {step} told", () if told is not None else (f"{path}.origin",)))
        return every(answers)


class MassTest(_Material):
    """The mass in kilograms of a material of which the elements are a part: at least the mass of these elements."""

    kind: Literal["mass"]
    least: Number | None = None
    more_than: Number | None = None
    most: Number | None = None
    less_than: Number | None = None

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        found = list(self._found(case))
        if not found:
            return some([Answer(False, "no such material"), *self._untold(case)])
        masses = [content.mass_kg[0] or 0.0 for _, content, is_it in found if is_it.value and content.mass_kg]
        fact = f"at least {sum(masses):g} kg of {'/'.join(sorted(self.elements))}"
        return within(case, self, sum(masses), math.inf, fact, (f"{found[0][0]}.mass_kg",))
