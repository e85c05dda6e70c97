"""What do the facts say of the goods? Elements, forms, origin and shares of a shipped item, in three values.

The shipped item is the node without a parent (each of them where there are several); an item without nodes is known
by its form and description alone. What a node holds includes what its parts hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ytterby.obligations._answers import Answer, some, untold
from ytterby.obligations._matter import denied_in, named_in, symbol
from ytterby.obligations._words import speaks, vocabularies
from ytterby.obligations.facts import Content, Facts, Item, Node

__all__ = ["Shipment", "Thing", "amount_ends", "origin_within", "share_within"]

_AFTER_HEAD = re.compile(
    r"\b(?:for|with|containing|holding|including|used|to|in|from|that|which)\b|[,;:(]", re.IGNORECASE
)
"""Where the words for the thing itself end: "magnets for rotors" are magnets."""


@dataclass(frozen=True)
class Thing:
    """A shipped item or a part in it: its node if there is one, what else is said of it, and the parts below it."""

    path: str
    node: Node | None
    item: Item | None
    parts: tuple[Thing, ...]

    @property
    def form(self) -> str | None:
        """The form, told of the item or of its node; words such as "rotor" tell of an assembly."""
        told = (self.item.form if self.item else None) or (self.node.form if self.node else None)
        finished = self.head and speaks(self.head, "finished_goods") and not speaks(self.head, "plain_material")
        return told or ("assembly" if finished else None)

    @cached_property
    def text(self) -> str:
        """All words said of it."""
        said = (self.item.description if self.item else None, self.node.listed_as if self.node else None)
        return " ".join(word for word in said if word)

    @cached_property
    def head(self) -> str:
        """The words for the thing itself, without what it is for or made of."""
        return _AFTER_HEAD.split(self.text, maxsplit=1)[0].strip()

    @property
    def codes(self) -> tuple[str, ...]:
        """Control codes said of it."""
        said = (self.item.control_code if self.item else None, self.node.listed_as if self.node else None)
        return tuple(code.upper() for code in said if code)

    @property
    def told(self) -> bool:
        """Whether its contents were told, by itself or by its parts."""
        own = self.node is not None and self.node.contents is not None
        return own or (bool(self.parts) and all(part.told for part in self.parts))

    def nodes(self) -> Iterator[Thing]:
        """Yield it and all parts below it."""
        yield self
        for part in self.parts:
            yield from part.nodes()

    def contents(self) -> Iterator[tuple[str, Content]]:
        """Yield each content of it and of its parts with the path of the field."""
        for thing in self.nodes():
            for k, content in enumerate((thing.node.contents if thing.node else None) or ()):
                yield f"{thing.path}.contents.{k}", content

    def holds_any(self, elements: frozenset[str]) -> Answer:
        """Return whether it holds one of the elements (all it may hold where `elements` is empty: yes)."""
        if not elements:
            return Answer(True, "any element")
        wanted = "/".join(sorted(elements))
        answers = [_present(path, content, elements) for path, content in self.contents()]
        if self.told:
            return some([*answers, Answer(False, f"{self.path} holds no {wanted}")])
        if named := named_in(self.text) & elements:
            return Answer(True, f"'{self.text}' names {', '.join(sorted(named))}")
        if elements <= denied_in(self.text):
            return Answer(False, f"'{self.text}' rules out {wanted}")
        return some([*answers, untold(f"{self.path}.contents")])

    def is_form(self, forms: Iterable[str], perhaps: Iterable[str] = ()) -> Answer:
        """Return whether its form is one of `forms`; unknown where it is one of `perhaps`."""
        form = self.form
        if form is None:
            said = [word for word in forms if word in self.text.casefold() or self._speaks_of_form(word)]
            return Answer(True, f"'{self.text}'") if said else untold(f"{self._owner}.form")
        if form in forms:
            return Answer(True, f"form is {form}")
        if form in perhaps:
            return Answer(None, f"form {form} may or may not fall under the entry", (f"{self._owner}.control_code",))
        return Answer(False, f"form is {form}")

    def _speaks_of_form(self, form: str) -> bool:
        vocabulary = f"form_{form}"
        return vocabulary in vocabularies() and bool(speaks(self.text, vocabulary))

    @property
    def _owner(self) -> str:
        return "item" if self.item is not None else self.path


class Shipment:
    """The goods of one FACTS file."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        nodes, item = facts.nodes or (), facts.item or Item()
        ids = {node.id for node in nodes}
        below: dict[str | None, list[int]] = {}
        for k, node in enumerate(nodes):
            below.setdefault(node.parent if node.parent in ids else None, []).append(k)
        self.things: tuple[Thing, ...] = tuple(_thing(nodes, below, k, item) for k in below.get(None, ())) or (
            Thing("nodes", None, item, ()),
        )

    def nodes(self) -> Iterator[Thing]:
        """Yield each shipped item and each part."""
        for thing in self.things:
            yield from thing.nodes()


def _thing(nodes: tuple[Node, ...], below: Mapping[str | None, list[int]], k: int, item: Item | None) -> Thing:
    parts = tuple(_thing(nodes, below, n, None) for n in below.get(nodes[k].id, ()))
    return Thing(f"nodes.{k}", nodes[k], item, parts)


def _present(path: str, content: Content, elements: frozenset[str]) -> Answer:
    if content.element is None:
        return untold(f"{path}.element")
    name = symbol(content.element)
    if name is None:
        return Answer(None, f"'{content.element}' is no known element", (f"{path}.element",))
    if name not in elements:
        return Answer(False, f"{path} is {name}")
    low, high = amount_ends(content)
    if high == 0:
        return Answer(False, f"{path}: none of {name}")
    if low == 0:
        return Answer(None, f"{path}: {name} from 0", (f"{path}.mass_kg",))
    return Answer(True, f"{path}: {name}")


def amount_ends(content: Content) -> tuple[float, float]:
    """Return the least and the most that there can be of a content; one of which no amount is told is there."""
    pair = content.mass_kg or content.value_usd
    if pair is None or pair == (None, None):
        return math.inf, math.inf
    return pair[0] or 0.0, math.inf if pair[1] is None else pair[1]


def share_within(content: Content, step: str, group: frozenset[str]) -> tuple[float, float] | None:
    """Return the bounds of the share of a content whose `step` was done in a country of the group; None if untold."""
    shares = (content.origin or {}).get(step)  # type: ignore[call-overload]
    if not shares:
        return None
    inside = [pair for country, pair in shares.items() if country in group]
    low = min(1.0, sum(pair[0] for pair in inside))
    room = max(low, 1.0 - sum(pair[0] for country, pair in shares.items() if country not in group))
    # what was not named may have been done in any country that was not named
    return low, min(room, sum(pair[1] for pair in inside)) if group <= set(shares) else room


def origin_within(path: str, content: Content, steps: Iterable[str], group: frozenset[str]) -> Answer:
    """Return whether any of the steps was done, in part at least, in a country of the group."""
    answers = []
    for step in steps:
        share = share_within(content, step, group)
        if share is None:
            answers.append(untold(f"{path}.origin.{step}"))
        elif share[0] > 0:
            answers.append(Answer(True, f"{path}: {step} in {'/'.join(sorted(group))}"))
        elif share[1] == 0:
            answers.append(Answer(False, f"{path}: {step} elsewhere"))
        else:
            answers.append(Answer(None, f"{path}: {step} perhaps in part", (f"{path}.origin.{step}",)))
    return some(answers)
