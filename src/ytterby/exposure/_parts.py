"""Which parts must be there for a product to be made, and which of them can a cut reach?

From each product the bill of materials is walked down along the items that can hold what is cut. An item below which
something has a row among the stocks is *made*: what is missing of it is made of its children. Everything else where
the walk ends is *bought*: an item with a row, or a carrier without one. What suppliers hold below a bought item is
their business.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ytterby.errors import InputError
from ytterby.exposure._affected import affected
from ytterby.exposure.content import Bounds, Content
from ytterby.exposure.cut import Cut

__all__ = ["Network", "Part", "network"]


@dataclass(frozen=True)
class Part:
    """An item that is needed, made or bought.

    Parameters
    ----------
    item
        Its id.
    children
        Units of each part in one of it; empty: it is bought.
    taken
        By phase, bounds of the part of its supply that the cuts take.
    """

    item: str
    children: Mapping[str, float]
    taken: tuple[Bounds, ...]

    @property
    def made(self) -> bool:
        """Whether what is missing is made here."""
        return bool(self.children)


@dataclass(frozen=True)
class Network:
    """The parts that a cut can reach, parents before children, and what could not be judged.

    Parameters
    ----------
    parts
        By item.
    unassessed
        By product, the items without a row among the stocks that might hold what is cut.
    """

    parts: Mapping[str, Part]
    unassessed: Mapping[str, tuple[str, ...]]

    def above(self) -> dict[str, set[str]]:
        """Return each part with all that it goes into."""
        found = {item: {item} for item in self.parts}
        for item, part in self.parts.items():
            for child in part.children:
                found[child] |= found[item]
        return found

    def below(self, product: str) -> list[str]:
        """Return the parts of a product, itself first, parents before children."""
        reached = {product}
        for item, part in self.parts.items():
            if item in reached:
                reached.update(part.children)
        return [item for item in self.parts if item in reached]


def network(
    content: Content, products: Sequence[str], listed: Collection[str], phases: Sequence[Sequence[Cut]]
) -> Network:
    """Return the parts that the products need and that cuts can reach.

    Parameters
    ----------
    content
        What the items hold.
    products
        What is made.
    listed
        The items that have a row among the stocks.
    phases
        The cuts in force, phase by phase.
    """
    lines = content.lines if content.lines is not None else _flat(products, listed)
    order = _children_first(products, lines)
    suspects = _suspects(content, products, listed, lines, phases)
    found: dict[str, Part] = {}
    taken: dict[str, tuple[Bounds, ...]] = {}
    stocked: dict[str, bool] = {}
    guesses: dict[str, frozenset[str]] = {}
    for item in order:
        below = [c for c, quantity in lines.get(item, {}).items() if quantity != 0 and _reached(taken[c])]
        taken[item] = suspects.get(item) or _taken(content, item, [taken[c] for c in below], phases)
        stocked_below = any(stocked[c] for c in below)
        stocked[item] = item in listed or stocked_below
        guesses[item] = frozenset()
        children: dict[str, float] = {}
        if below and (stocked_below or item not in listed):
            children = {c: lines[item][c] for c in below if c in found}
            guesses[item] = frozenset().union(*(guesses[c] for c in below))
        judged = item in listed or any(low > 0 for low, _ in taken[item])
        if _reached(taken[item]) and (children or judged):
            found[item] = Part(item, children, taken[item])
        elif _reached(taken[item]):
            guesses[item] = guesses[item] or frozenset({item})
    _check_quantities(found)
    wanted = {product for product in products if product in found}
    parts: dict[str, Part] = {}
    for item in reversed(order):
        if item in wanted:
            parts[item] = found[item]
            wanted.update(found[item].children)
    return Network(parts, {p: tuple(sorted(guesses[p])) for p in products})


def _suspects(
    content: Content,
    products: Sequence[str],
    listed: Collection[str],
    lines: Mapping[str, Mapping[str, float]],
    phases: Sequence[Sequence[Cut]],
) -> dict[str, tuple[Bounds, ...]]:
    """Return what cuts take of stocked parts where the content tells of their product alone.

    The only stocked part of a product is as exposed as the product; of several, each might be the carrier.
    """
    found: dict[str, tuple[Bounds, ...]] = {}
    for product in products:
        below = _children_first([product], lines)[:-1]
        parts = [item for item in below if item in listed]
        own = _taken(content, product, (), phases)
        if not _reached(own) or any(item in content.bounds or item in content.open_items for item in below):
            continue
        for item in parts:
            bounds = own if len(parts) == 1 else tuple((0.0, high) for _, high in own)
            found[item] = tuple(
                (max(a[0], b[0]), max(a[1], b[1])) for a, b in zip(bounds, found.get(item, bounds), strict=True)
            )
    return found


def _check_quantities(parts: Mapping[str, Part]) -> None:
    for item, part in parts.items():
        for child, quantity in part.children.items():
            if math.isnan(quantity):
                raise InputError(
                    f"it is not known how many units of '{child}' go into one of '{item}'",
                    where="bill of materials",
                    hint=f"give the quantity in pieces, or the mass of one '{child}' among the items",
                )


def _reached(taken: Sequence[Bounds]) -> bool:
    return any(high > 0 for _, high in taken)


def _taken(
    content: Content, item: str, below: Sequence[tuple[Bounds, ...]], phases: Sequence[Sequence[Cut]]
) -> tuple[Bounds, ...]:
    """Return what the content says of the item itself or, where it says nothing, what its children say."""
    known = item in content.bounds or item in content.open_items
    own = tuple(affected(content, item, cuts) for cuts in phases) if known else ()
    if _reached(own) or not below:
        return own or ((0.0, 0.0),) * len(phases)
    return tuple((max(taken[k][0] for taken in below), max(taken[k][1] for taken in below)) for k in range(len(phases)))


def _flat(products: Sequence[str], listed: Collection[str]) -> dict[str, dict[str, float]]:
    """Return one unit of each stocked part for the only product, where nothing tells what goes into what."""
    parts = [item for item in listed if item not in products]
    if not parts:
        return {}
    if len(products) > 1:
        raise InputError(
            "the content does not tell which product holds which part",
            where="--content",
            hint="give the bill of materials with --bom, or in place of the content",
        )
    return {products[0]: dict.fromkeys(parts, 1.0)}


def _children_first(products: Sequence[str], lines: Mapping[str, Mapping[str, float]]) -> list[str]:
    order: dict[str, None] = {}
    for product in products:
        stack = [(product, False)]
        while stack:
            item, leave = stack.pop()
            if leave:
                order[item] = None
            elif item not in order:
                stack.append((item, True))
                stack.extend((child, False) for child in lines.get(item, ()))
    return list(order)
