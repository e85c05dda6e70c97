"""Is a thing on a list of controlled items? The description decides; a control code that was stated settles it.

A tariff line (HS) is a reference only and never decides. An entry is met by form and element together, or by words.
"""

from __future__ import annotations

from collections.abc import Iterator

from ytterby.obligations._answers import Answer, every, opposite, some, untold
from ytterby.obligations._matter import named_in, symbol
from ytterby.obligations._shipment import Thing, origin_within
from ytterby.obligations._words import speaks
from ytterby.obligations.facts import Content
from ytterby.obligations.facts import Form as FormWord
from ytterby.records import Record

__all__ = ["Entry"]


class Entry(Record):
    """One entry of a list of controlled items.

    `elements`: it holds one of these; `forms`: it comes in one of these, `perhaps_forms`: the text leaves these open.
    `words`: the vocabulary that its description must speak of; `head_words`: the same of the words for the thing itself
    ("magnets" in "magnets for rotors"); `not_words`: the words for the thing must not speak of it. `partners`: an alloy
    holds one of these besides. `content_forms`: it holds an element in one of these forms. `where`: tests of the rule
    file that must hold as well. `part`: the part of the annex. `holds_magnet`: it holds a listed magnet (assemblies).
    `origin_steps`: the steps that make its origin.
    """

    entry: str
    codes: tuple[str, ...] = ()
    elements: frozenset[str] = frozenset()
    forms: tuple[FormWord, ...] = ()
    perhaps_forms: tuple[FormWord, ...] = ()
    words: str | None = None
    head_words: str | None = None
    not_words: str | None = None
    partners: frozenset[str] = frozenset()
    content_forms: tuple[FormWord, ...] = ()
    where: tuple[str, ...] = ()
    part: str | None = None
    holds_magnet: bool = False
    origin_steps: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()

    def matches(self, thing: Thing) -> Answer:
        """Return whether a shipped item or a part in it falls under the entry."""
        if code := self.code_of(thing):
            return Answer(True, f"control code {code}")
        if thing.node is not None and thing.node.listed_as and thing.node.listed_as.casefold() == self.entry.casefold():
            return Answer(True, f"listed as {self.entry}")
        return every(self._asked(thing))

    def _asked(self, thing: Thing) -> Iterator[Answer]:
        if self.forms or self.perhaps_forms:
            yield thing.is_form(self.forms, self.perhaps_forms)
        if self.words is not None:
            yield _spoken(thing, thing.text, self.words)
        if self.head_words is not None:
            yield _spoken(thing, thing.head, self.head_words)
        if self.not_words is not None and thing.head:
            yield opposite(_spoken(thing, thing.head, self.not_words))
        if self.holds_magnet:
            yield self._holds_magnet(thing)
        elif self.elements:
            yield thing.holds_any(self.elements)
        if self.partners:
            yield self._holds_partner(thing)
        if self.content_forms:
            yield self._holds_form(thing)

    def code_of(self, thing: Thing) -> str | None:
        """Return the control code told of a thing that is the entry's own."""
        return next((code for code in thing.codes if any(_under(code, own) for own in self.codes)), None)

    def covers(self, path: str, content: Content) -> Answer:
        """Return whether a content falls under the entry, by its part of the annex, or by element and form."""
        element = self.of_element(path, content)
        if element.value is False:
            return element
        if content.part is not None and self.part is not None:
            return Answer(content.part == self.part, f"{path} is of part {content.part}")
        if element.value is None:
            return element
        if content.form is None:
            return untold(f"{path}.form")
        if content.form in self.perhaps_forms:
            return Answer(None, f"{path} is {content.form}", (f"{path}.part",))
        return Answer(content.form in self.forms, f"{path} is {content.form}")

    def of_element(self, path: str, content: Content) -> Answer:
        """Return whether a content is one of the entry's elements (yes where it names none)."""
        if not self.elements:
            return Answer(True, path)
        name = symbol(content.element) if content.element is not None else None
        return untold(f"{path}.element") if name is None else Answer(name in self.elements, f"{path} is {name}")

    def made_in(self, thing: Thing, group: frozenset[str]) -> Answer:
        """Return whether the thing itself was made in a country of the group, by the steps that make its origin."""
        answers = [
            origin_within(path, content, self.origin_steps, group)
            for path, content in thing.contents()
            if content.element is None or not self.elements or symbol(content.element) in (*self.elements, None)
        ]
        return some(answers) if answers and self.origin_steps else untold("item.foreign_made")

    def _holds_partner(self, thing: Thing) -> Answer:
        named = named_in(thing.text)
        held = {name for _, c in thing.contents() if c.element and (name := symbol(c.element))}
        wanted = "/".join(sorted(self.partners))
        if found := (named | held) & self.partners:
            return Answer(True, f"with {', '.join(sorted(found))}")
        if self.elements & named and named - self.elements:
            return Answer(False, f"'{thing.text}' names no {wanted}")
        # contents often tell the rare earths alone
        return Answer(None, f"whether it is an alloy with {wanted} is not told", ("item.description",))

    def _holds_form(self, thing: Thing) -> Answer:
        found = [
            path
            for path, content in thing.contents()
            if content.form in self.content_forms and content.element and symbol(content.element) in self.elements
        ]
        if found:
            return Answer(True, f"{found[0]} is {'/'.join(self.content_forms)}")
        return Answer(None, "its nature is not told", ("item.description",))

    def _holds_magnet(self, thing: Thing) -> Answer:
        held = thing.holds_any(self.elements)
        if held.value is False:
            return held
        return every([held, some(self._signs(thing))])

    def _signs(self, thing: Thing) -> Iterator[Answer]:
        for part in thing.nodes():
            if part is not thing and part.form == "magnet":
                yield part.holds_any(self.elements)
        for path, content in thing.contents():
            if content.form == "magnet" and content.element and symbol(content.element) in self.elements:
                yield Answer(True, f"{path} is in a magnet")
        said = speaks(thing.text, "magnet_goods") if thing.text else None
        if said:
            yield Answer(True, f"'{thing.text}'")
        else:
            # what else such an element is doing in the goods was not told
            yield Answer(None, f"{thing.path}: whether a magnet holds it is not told", (f"{thing.path}.contents.form",))


def _spoken(thing: Thing, text: str, vocabulary: str) -> Answer:
    """Whether words tell of something; that they do not counts only where the item was described."""
    described = thing.item is None or bool(thing.item.description)
    said = speaks(text, vocabulary) if text else None
    if said is None or (said is False and not described):
        return Answer(None, f"'{text}'" if text else "item.description is not told", ("item.description",))
    return Answer(said, f"'{text}'")


def _under(code: str, own: str) -> bool:
    """Whether a stated code is the entry's or one below it (1C904.a under 1C904)."""
    code, own = code.replace(" ", ""), own.upper().replace(" ", "")
    return code == own or (code.startswith(own) and not code[len(own)].isdigit())
