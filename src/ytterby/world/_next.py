"""What would bind next, in words: the first limit that a good's price meets as more of it is wanted in a region."""

from __future__ import annotations

from ytterby.errors import UnknownNameError, UsageError
from ytterby.market import Equilibrium, Next
from ytterby.world import _words as words
from ytterby.world._tracing import CLEAN

__all__ = ["next_limit"]

_CHANGES = {
    "full": "the full capacity of {}",
    "not_full": "room in {}",
    "starts": "the start of {}",
    "stops": "the end of {}",
    "binds": "the limit of {}",
    "eased": "the end of the scarcity of {}",
    "choke_price": "the highest price that {} pay",
    "served": "all that {} want at their highest price",
    "priced_out": "the last purchase of {}",
    "used_up": "the end of the surplus of {}",
    "in_surplus": "a surplus of {}",
    "shut": "the end of all imports under {}",
}
_RULES = {
    "licence": "permits for {}",
    "price_floor": "the price floor on {}",
    "export_ban": "the export ban on {}",
}


def next_limit(hit: Equilibrium, region: str, commodity: str) -> list[str]:
    """Return a sentence on the first limit that bears on a price as more is wanted; nothing where none is met."""
    try:
        found = hit.why(region, commodity, steps=1).next
    except (UnknownNameError, UsageError):
        return []  # bought in segments alone, or solved by another process
    if not found:
        return []
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return [
        f"If more were wanted there, the next change is {_CHANGES[first.change].format(_entry(first))}{more}: with "
        f"{words.number(first.extra)} t more a year, at {words.number(first.price)} USD/kg."
    ]


def _entry(x: Next) -> str:
    if x.kind == "process":
        return _process(x.id.partition("|")[0].removesuffix(CLEAN))
    good = words.commodity((x.commodity or "").removesuffix(CLEAN)) or "all goods together"
    place = words.region(x.region or "", article=True)
    if x.kind == "route" or x.to is not None:
        lane = f"{good} from {place} to {words.region(x.to or '', article=True)}"
        return f"shipments of {lane}" if x.kind == "route" else _RULES.get(x.kind, "the quota on {}").format(lane)
    at = f"{good} in {place}" if place else good
    if x.kind == "supply":
        return f"sales of {at} from stocks"
    if x.kind == "demand":
        return f"buyers of {at}"
    return at if x.kind == "place" else _RULES.get(x.kind, "the quota on {}").format(at)


def _process(name: str) -> str:
    recipe, _, place = name.partition("@")
    kind, _, good = recipe.partition(".")
    where = words.region(place, article=True)
    if kind == "substitute":
        return f"other materials in the place of {words.commodity(good)} in {where}"
    if kind == "motor":
        return f"making of {words.commodity(f'product.{good}')} in {where}"
    if kind.startswith("untrace:"):
        traced = recipe.removeprefix("untrace:").removesuffix(CLEAN)
        return f"use of {words.commodity(traced)} in {where} that need not be free of Chinese material"
    return words.process(name)
