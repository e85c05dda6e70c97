"""Which fewest answers would settle a comparison? A covering problem, solved greedily and checked.

Each supplier's answers move the item's total by step; wanted is the smallest set that moves it past a threshold: the
low end of some step up to it (if the answers are as high as can be), or the high ends of all steps below it (if they
are as low as can be). Greedy takes the supplier that moves most of what is missing. Sorting the suppliers by the most
that each can move, alone or with others, shows how few could do at best; where greedy needs no more, it is exact.
Else smaller sets are tried one by one while there are not too many.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ytterby.trace._open_questions import Questions

__all__ = ["Decision", "fewest_above", "fewest_below"]

Floats = npt.NDArray[np.float64]

_TRIED = 20_000
"""So many smaller sets are tried at most."""


@dataclass(frozen=True)
class Decision:
    """The smallest set of suppliers that was found.

    Parameters
    ----------
    suppliers
        Names, the one that moves most first.
    share
        Share of the item that their answers would prove: at least, or at most.
    exact
        Whether it is certain that no smaller set would do.
    """

    suppliers: tuple[str, ...]
    share: float
    exact: bool


def fewest_above(asked: Questions, by_supplier: Mapping[str, Sequence[int]], goal: float) -> Decision | None:
    """Return the fewest suppliers whose answers, as high as can be, lift the low end of a step to the goal."""
    found = []
    for step in range(asked.low.shape[1]):

        def missing(names: Sequence[str], step: int = step) -> Floats:
            rows = [row for name in names for row in by_supplier[name]]
            return np.array([goal - asked.totals(high_for=rows)[0][step]])

        decided = _fewest(missing, _most_moved(asked, by_supplier, [step]), lambda gap: bool((gap <= 0).all()))
        if decided is not None:
            found.append((len(decided[0]), not decided[1], step, decided))
    if not found:
        return None
    exact = all(one[3][1] for one in found)
    count, _, step, (names, _) = min(found, key=lambda one: one[:3])
    rows = [row for name in names for row in by_supplier[name]]
    return Decision(names, float(asked.totals(high_for=rows)[0][step] / asked.whole), exact or count == 1)


def fewest_below(asked: Questions, by_supplier: Mapping[str, Sequence[int]], goal: float) -> Decision | None:
    """Return the fewest suppliers whose answers, as low as can be, bring the high ends of all steps below the goal."""

    def highs(names: Sequence[str]) -> Floats:
        return asked.totals(low_for=[row for name in names for row in by_supplier[name]])[1]

    moved = _most_moved(asked, by_supplier, range(asked.low.shape[1]))
    decided = _fewest(lambda names: highs(names) - goal, moved, lambda gap: bool((gap < 0).all()))
    if decided is None:
        return None
    return Decision(decided[0], float(highs(decided[0]).max() / asked.whole), decided[1])


def _most_moved(asked: Questions, by_supplier: Mapping[str, Sequence[int]], steps: Sequence[int]) -> dict[str, Floats]:
    """Return the most that each supplier can move, whatever the others say; the whole part where several make it."""
    width = (asked.high - asked.low)[:, list(steps)]
    for rows in asked.mixed:
        low, high = asked.low[rows][:, list(steps)].min(axis=0), asked.high[rows][:, list(steps)].max(axis=0)
        width[rows] = high - low
    return {name: width[list(rows)].sum(axis=0) for name, rows in by_supplier.items()}


def _fewest(
    missing: Callable[[Sequence[str]], Floats], moved: Mapping[str, Floats], done: Callable[[Floats], bool]
) -> tuple[tuple[str, ...], bool] | None:
    """Return the set and whether it is the smallest; None where even all together do not do."""
    useful = [name for name in moved if (moved[name] > 0).any()]
    if not done(missing(useful)):
        return None
    chosen: list[str] = []
    while not done(missing(chosen)):
        left = [name for name in useful if name not in chosen]
        chosen.append(min(left, key=lambda name: (_gap(missing([*chosen, name])), -moved[name].max(), name)))
    chosen = _without_idle(chosen, missing, done)
    least = _least(missing(()), [moved[name] for name in useful])
    for size in range(least, len(chosen)):
        if math.comb(len(useful), size) > _TRIED:
            return tuple(chosen), False
        for names in itertools.combinations(sorted(useful, key=lambda name: -moved[name].max()), size):
            if done(missing(names)):
                return names, True
    return tuple(chosen), True


def _gap(missing: Floats) -> float:
    return float(np.maximum(missing, 0.0).sum())


def _without_idle(
    chosen: list[str], missing: Callable[[Sequence[str]], Floats], done: Callable[[Floats], bool]
) -> list[str]:
    for name in reversed(chosen):
        rest = [other for other in chosen if other != name]
        if done(missing(rest)):
            chosen = rest
    return chosen


def _least(missing: Floats, moved: Sequence[Floats]) -> int:
    """Return the number of suppliers below which no set can do: per step, those that move most come first."""
    needed = 0
    for step, gap in enumerate(missing.tolist()):
        reach = np.cumsum(sorted((amount[step] for amount in moved), reverse=True))
        enough = np.flatnonzero(reach >= gap * (1 - 1e-12)) if gap > 0 else np.array([-1])
        needed = max(needed, int(enough[0]) + 1 if len(enough) else len(moved))
    return max(needed, 1)
