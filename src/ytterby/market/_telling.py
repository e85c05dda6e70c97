"""What an equilibrium knows about a price, in sentences with the network's own ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from ytterby.market._named import Named
from ytterby.market._path import Change
from ytterby.market._program import KINDS
from ytterby.market._solved import Solved

if TYPE_CHECKING:
    from ytterby.market._binding import Constraint
    from ytterby.market._formation import Part
    from ytterby.market._why import Next, Why

__all__ = ["change_of", "tell"]

_FEW = 3
_PARTS = 6
_SHOWN = 0.005
"""Share of a further unit, or of the price, below which nothing is told."""
_ACTIVITY = {(True, True): "full", (True, False): "not_full", (False, True): "stops", (False, False): "starts"}
_CHANGES = {
    "demand": _ACTIVITY | {(False, True): "priced_out"},
    "demand_block": {
        (True, True): "served",
        (True, False): "choke_price",
        (False, True): "priced_out",
        (False, False): "starts",
    },
    "place": {(False, True): "in_surplus", (False, False): "used_up"},
    "rule": {(True, True): "shut", (True, False): "binds", (False, True): "eased", (False, False): "binds"},
    "choke": {(False, True): "served", (False, False): "choke_price"},
}
_TEXT = {
    "full": "{} is full",
    "not_full": "{} is no longer full",
    "starts": "{} starts",
    "stops": "{} stops",
    "binds": "{} begins to bind",
    "eased": "{} no longer binds",
    "choke_price": "{} meets its choke price and begins to give way",
    "served": "{} gets all that it wants at its choke price",
    "priced_out": "{} is priced out",
    "used_up": "the surplus of {} is used up",
    "in_surplus": "{} comes into surplus",
    "shut": "{} keeps all imports out",
}
_PART = {
    "marginal_cost": "marginal cost of supply '{id}'",
    "willingness_to_pay": "what '{id}' would pay",
    "freight": "freight on route '{id}'",
    "processing": "cost of process '{id}'",
    "storage": "storage in '{id}'",
    "input": "'{commodity}' in '{region}' as a further input",
    "by_product": "'{commodity}' in '{region}' as a joint product",
    "capacity": "rent of the full route '{id}'",
    "mark_up": "mark-up on '{id}'",
    "price": "price of '{commodity}' in '{region}'",
    "other": "other prices that '{id}' depends on",
}


def change_of(s: Solved, x: Change, at: Named) -> str:
    """Return the word for what changes; see `Next.change`."""
    n = s.complement.conditions.n
    if x.index < n:
        kind = KINDS[s.compiled.program.kind[x.index]]
    else:
        kind = {"place": "place", "demand": "choke", "route": "place"}.get(at.kind, "rule")
    return _CHANGES.get(kind, _ACTIVITY)[(x.upper, x.holds)]


def tell(w: Why) -> Iterator[str]:
    """Yield sentences: the price, who gives way, what the price is made of, what binds, what would bind next."""
    segment = f" for '{w.segment}'" if w.segment else ""
    at = f"'{w.commodity}' in '{w.region}'{segment}"
    yield f"{at} costs {_number(w.price)} in period '{w.period}'; {_moves(w.slope)}."
    if w.sources:
        told = [f"{x.kind} '{x.id}' ({x.share:.0%})" for x in w.sources if abs(x.share) >= _SHOWN][:_FEW]
        yield f"A unit a year more comes from {', '.join(told)}."
    if w.parts:
        yield f"The price is made of {_made(w)}."
    for x in sorted((x for x in w.binding if _pull(x) > _SHOWN * w.price), key=_pull, reverse=True)[:_FEW]:
        eased = "one lower" if x.kind == "price_floor" else "one unit more"
        yield (
            f"{_upper(_name(x.kind))} '{x.id}'{_where(x)} binds, at {_number(x.value)} a unit; {eased} would move the "
            f"price here by {_number(x.effect or 0.0)}."
        )
    for _, group in groupby(w.next, key=lambda x: (x.extra, x.change)):
        yield _next(list(group))
    if w.end == "no_more":
        yield "Beyond that nothing more is to be had at any price."
    elif w.end == "none":
        yield f"No {'further ' if w.next else ''}constraint that bears on this price is met."
    elif w.end == "unknown":
        yield "What would bind beyond that was not found."


def _pull(x: Constraint) -> float:
    """Return by how much the price would move if a tenth more could pass, or a floor's levy were a tenth lower."""
    return 0.1 * abs(x.effect or 0.0) * (x.value if x.kind == "price_floor" else x.quantity)


def _made(w: Why) -> str:
    """Return the parts of the price, small ones together."""
    large = sorted(w.parts, key=lambda p: -abs(p.amount))[:_PARTS]
    told = [_part(p) for p in w.parts if p in large]
    rest = [p.amount for p in w.parts if p not in large]
    return ", ".join(told) + (f", {_number(sum(rest))} in {len(rest)} smaller parts" if rest else "")


def _next(group: list[Next]) -> str:
    x = group[0]
    what, *others = (Named(y.kind, y.id, y.commodity, y.region, y.to, y.period).words for y in group)
    more = f" (with {others[0]}{f' and {len(others) - 1} more' if len(others) > 1 else ''})" if others else ""
    when = f"With {_number(x.extra)} more a year" if x.extra else "At once"
    return (
        f"{when}, at a price of {_number(x.price)}, {_TEXT[x.change].format(what)}{more}; "
        f"from there on {_moves(x.slope)}."
    )


def _moves(slope: float | None) -> str:
    if slope is None:
        return "the price jumps"
    if slope == 0.0:
        return "a unit a year more leaves the price as it is"
    return f"a unit a year more {'raises' if slope > 0 else 'lowers'} it by {_number(abs(slope))}"


def _part(p: Part) -> str:
    text = _PART.get(p.kind, _name(p.kind) + " '{id}'")
    return f"{_number(p.amount)} {text.format(**asdict(p))}"


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name(kind: str) -> str:
    return kind.replace("_", " ")


def _where(x: Constraint) -> str:
    if x.to is not None:
        return f" from '{x.region}' to '{x.to}'"
    return f" in '{x.region}'" if x.region is not None else ""
