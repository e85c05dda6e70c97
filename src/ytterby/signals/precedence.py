"""Which finds of one sentence are one act, and which give way? The groups stand in ``data/precedence.yaml``."""

from __future__ import annotations

from functools import cache
from typing import Any

from ytterby.signals.hits import Hit
from ytterby.signals.lexicon import load_yaml

__all__ = ["strongest"]


@cache
def _table() -> dict[str, Any]:
    raw = load_yaml("precedence.yaml")
    return {
        "same_act": [frozenset(g) for g in raw["same_act"]],
        "eased": frozenset(raw["eased"]),
        "outranks": {k: frozenset(v) for k, v in raw["outranks"].items()},
        "outranks_same_actor": {k: frozenset(v) for k, v in raw["outranks_same_actor"].items()},
    }


def strongest(found: list[Hit]) -> list[Hit]:
    """Return the finds of a sentence that stand: of overlapping ones the surest, and none that another outranks."""
    kept: list[Hit] = []
    for h in sorted(found, key=lambda h: (h.action != "easing", -h.confidence, h.start)):
        clash = [k for k in kept if k.rule != h.rule and h.start < k.end and k.start < h.end]
        if any(_absorbs(k, h) for k in clash):
            continue
        if any(k.action == h.action and k.actor == h.actor and k.status == h.status for k in kept):
            continue
        kept.append(h)
    kept = _one_dispute(kept)
    kept = [h for h in kept if not any(_outranks(k, h) for k in kept)]
    return sorted(kept, key=lambda h: (h.start, h.rule))


_RULINGS = {"dispute.ruling", "dispute.panel"}


def _one_dispute(found: list[Hit]) -> list[Hit]:
    """Keep the government that complains or the WTO that rules, whichever the verb belongs to."""
    complains = any(h.rule == "dispute.complaint" and h.direct for h in found)
    rules = any(h.rule in _RULINGS for h in found)
    return [
        h
        for h in found
        if not (h.rule in _RULINGS and complains) and not (h.rule == "dispute.complaint" and rules and not complains)
    ]


def _absorbs(k: Hit, h: Hit) -> bool:
    if k.action == "easing":
        return h.action in _table()["eased"]
    pair = {k.action, h.action}
    return len(pair) == 2 and any(pair <= group for group in _table()["same_act"])


def _outranks(k: Hit, h: Hit) -> bool:
    if k is h or k.denied:
        return False
    if h.action in _table()["outranks"].get(k.action, ()):
        return True
    return k.actor == h.actor and h.action in _table()["outranks_same_actor"].get(k.action, ())
