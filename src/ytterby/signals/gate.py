"""Is an article worth reading? One pass over its text tells, before any sentence is split.

An article passes if it names a mineral (or magnets) and a word of policy. The gate is meant to reject nearly all of
the news at a few microseconds an article; it decides nothing else.

>>> passes("Oil prices held steady as traders weighed inventory data.")
False
>>> passes("Beijing will require permits to export antimony.")
True
"""

from __future__ import annotations

from functools import cache

from ytterby.signals.lexicon import Automaton, fold, load_yaml, simplified, table

__all__ = ["passes"]


@cache
def _automata() -> tuple[Automaton, Automaton]:
    minerals: dict[str, bool] = {}
    for row in table("commodities.csv", ("symbol", "language", "term", "kind")):
        minerals[fold(row["term"])] = True
    policy: dict[str, bool] = {}
    for words in load_yaml("gate.yaml")["policy"].values():
        for word in words:
            policy[fold(word)] = True
    return Automaton(minerals), Automaton(policy)


def passes(text: str) -> bool:
    """Whether `text` names a mineral and a word of policy."""
    minerals, policy = _automata()
    folded = fold(text if text.isascii() else simplified(text))
    return any(_inside(folded, minerals)) and any(True for _ in policy.found(folded, whole_words=False))


def _inside(folded: str, minerals: Automaton) -> list[bool]:
    for start, _, _ in minerals.found(folded, whole_words=False):
        if not folded[start].isascii() or start == 0 or not folded[start - 1].isalnum():
            return [True]
    return []
