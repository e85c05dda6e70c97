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
    apart = _apart(asked, by_supplier)
    for step in range(asked.low.shape[1]):

        def missing(names: Sequence[str], step: int = step) -> Floats:
            rows = [row for name in names for row in by_supplier[name]]
            return np.array([goal - asked.totals(high_for=rows)[0][step]])

        moved = _most_moved(asked, by_supplier, [step])
        decided = _fewest(missing, moved, apart, lambda gap: bool((gap <= 0).all()))
        if decided is not None:
            found.append((len(decided[0]), not decided[1], step, decided))
    if not found:
        return None
    exact = all(one[3][1] for one in found)
    count, _, step, (names, _) = min(found, key=lambda one: one[:3])
    rows = [row for name in names for row in by_supplier[name]]
    return Decision(names, _share(asked, asked.totals(high_for=rows)[0][step]), exact or count == 1)


def fewest_below(asked: Questions, by_supplier: Mapping[str, Sequence[int]], goal: float) -> Decision | None:
    """Return the fewest suppliers whose answers, as low as can be, bring the high ends of all steps below the goal."""

    def highs(names: Sequence[str]) -> Floats:
        return asked.totals(low_for=[row for name in names for row in by_supplier[name]])[1]

    moved = _most_moved(asked, by_supplier, range(asked.low.shape[1]))
    apart = _apart(asked, by_supplier)
    decided = _fewest(lambda names: highs(names) - goal, moved, apart, lambda gap: bool((gap < 0).all()))
    if decided is None:
        return None
    return Decision(decided[0], _share(asked, highs(decided[0]).max()), decided[1])


def _share(asked: Questions, total: float) -> float:
    return min(1.0, float(total / asked.whole))


def _apart(asked: Questions, by_supplier: Mapping[str, Sequence[int]]) -> frozenset[str]:
    """Return the suppliers that make no part together with others: what each moves does not depend on the rest."""
    shared = {row for rows in asked.mixed for row in rows.tolist()}
    return frozenset(name for name, rows in by_supplier.items() if not shared.intersection(rows))


def _most_moved(asked: Questions, by_supplier: Mapping[str, Sequence[int]], steps: Sequence[int]) -> dict[str, Floats]:
    """Return the most that each supplier can move, whatever the others say; the whole part where several make it."""
    width = (asked.high - asked.low)[:, list(steps)]
    for rows in asked.mixed:
        low, high = asked.low[rows][:, list(steps)].min(axis=0), asked.high[rows][:, list(steps)].max(axis=0)
        width[rows] = high - low
    return {name: width[list(rows)].sum(axis=0) for name, rows in by_supplier.items()}


def _fewest(
    missing: Callable[[Sequence[str]], Floats],
    moved: Mapping[str, Floats],
    apart: frozenset[str],
    done: Callable[[Floats], bool],
) -> tuple[tuple[str, ...], bool] | None:
    """Return the set and whether it is the smallest; None where even all together do not do.

    Parameters
    ----------
    missing
        What the answers of some suppliers leave to be moved, by step.
    moved
        The most that each supplier can move; for those `apart`, what it moves.
    apart
        Suppliers whose moves add up to those of any others.
    done
        Whether what is missing is little enough.
    """
    useful = sorted((name for name in moved if (moved[name] > 0).any()), key=lambda name: (-moved[name].max(), name))
    if not done(missing(useful)):
        return None
    chosen = _without_idle(_greedy(missing, moved, apart, done, useful), missing, done)
    least = _least(missing(()), [moved[name] for name in useful])
    for size in range(least, len(chosen)):
        if math.comb(len(useful), size) > _TRIED:
            return tuple(chosen), False
        for names in itertools.combinations(useful, size):
            if done(missing(names)):
                return names, True
    return tuple(chosen), True


def _greedy(
    missing: Callable[[Sequence[str]], Floats],
    moved: Mapping[str, Floats],
    apart: frozenset[str],
    done: Callable[[Floats], bool],
    useful: Sequence[str],
) -> list[str]:
    """Return suppliers one by one, each the one that leaves least missing."""
    alone = [name for name in useful if name in apart]
    together = [name for name in useful if name not in apart]
    chosen: list[str] = []
    gap = missing(chosen)
    moves = np.array([moved[name] for name in alone]).reshape(len(alone), len(gap))
    while not done(gap):
        best = [(_left(missing([*chosen, name])), -float(moved[name].max()), name) for name in together]
        if alone:
            # Where several leave as little, the first of them moves most.
            at = int(np.maximum(gap - moves, 0.0).sum(axis=1).argmin())
            best.append((_left(gap - moves[at]), -float(moves[at].max()), alone[at]))
        name = min(best)[2]
        chosen.append(name)
        if name in apart:
            at = alone.index(name)
            del alone[at]
            moves = np.delete(moves, at, axis=0)
        else:
            together.remove(name)
        gap = missing(chosen)
    return chosen


def _left(missing: Floats) -> float:
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
