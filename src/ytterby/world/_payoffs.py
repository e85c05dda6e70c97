"""Which move is a side's best reply? Arithmetic on what every state of a game changes in every region.

A state's gains are a table by region of four accounts (consumers, producers, treasury, rent), each less that of the
start. An account is None where a surplus has no bound (see `ytterby.world.gains`): then its change is not told, and the
whole is the sum of the accounts that have one.

>>> now = {"A": {"consumer": None, "producer": 2.0, "government": 0.5, "rent": 0.0}}
>>> sums(now, ["A"])
{'consumer': None, 'producer': 2.0, 'government': 0.5, 'rent': 0.0}
>>> whole(sums(now, ["A"]))
2.5
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ytterby.world import gains
from ytterby.world.outcome import BAND

__all__ = ["ACCOUNTS", "Accounts", "Gains", "Game", "State", "best_reply", "largest_loss", "states", "sums", "whole"]

ACCOUNTS = tuple(a for a in gains.ACCOUNTS if a != "total")
Accounts = Mapping[str, float | None]
Gains = Mapping[str, Accounts]
State = tuple[int, int]
"""How many moves each of the two sides has taken."""


def sums(now: Gains, regions: Iterable[str]) -> dict[str, float | None]:
    """Return each account summed over regions; None where one of them has no bound."""
    places = list(regions)
    found: dict[str, float | None] = {}
    for account in ACCOUNTS:
        told = [v for v in (now[r][account] for r in places) if v is not None]
        found[account] = sum(told) if len(told) == len(places) else None
    return found


def whole(accounts: Accounts) -> float:
    """Return the sum of the accounts that have one."""
    return sum(v for v in accounts.values() if v is not None)


def largest_loss(now: Gains) -> tuple[str, float] | None:
    """Return the region that loses most and what it gains (a negative number); None where nobody loses."""
    by_region = {r: whole(sums(now, [r])) for r in now}
    region = min(by_region, key=lambda r: by_region[r])
    return (region, by_region[region]) if by_region[region] < 0 else None


def best_reply(payoffs: Sequence[float], tolerance: float) -> int:
    """Return the number of the move that pays most; of moves within the tolerance of the most, the first.

    >>> best_reply([18.0, 24.0, 23.9], tolerance=0.0), best_reply([1.0, 1.0001], tolerance=0.01)
    (1, 0)
    """
    most = max(payoffs)
    return next(n for n, payoff in enumerate(payoffs) if payoff >= most - tolerance)


@dataclass(frozen=True, eq=False)
class Game:
    """Two sides, and what every state changes against the start.

    Attributes
    ----------
    sides
        Name to regions; the first two play, what follows only gains or loses.
    central
        Gains of every state at central values.
    draws
        The same in every draw of the numbers.
    tolerance
        By player, the difference of payoffs below which two moves are equal.
    """

    sides: Mapping[str, Sequence[str]]
    central: Mapping[State, Gains]
    draws: Sequence[Mapping[State, Gains]]
    tolerance: Mapping[str, float]

    @property
    def players(self) -> tuple[str, str]:
        """The two sides that move."""
        first, second = list(self.sides)[:2]
        return first, second

    def accounts(self, state: State, side: str) -> dict[str, float | None]:
        """Return what a side gains in a state, by account."""
        return sums(self.central[state], self.sides[side])

    def gain(self, state: State, side: str) -> float:
        """Return what a side gains in a state."""
        return whole(self.accounts(state, side))

    def drawn(self, state: State, side: str) -> np.ndarray:
        """Return what a side gains in a state, by draw."""
        return np.array([whole(sums(d[state], self.sides[side])) for d in self.draws])

    def band(self, state: State, side: str) -> tuple[float | None, float | None, float | None]:
        """Return the 10th and 90th percentile of the draws, and the share of them with the sign of the central gain."""
        drawn = self.drawn(state, side)
        if not len(drawn):
            return None, None, None
        low, high = np.percentile(drawn, BAND)
        return float(low), float(high), float((np.sign(drawn) == np.sign(self.gain(state, side))).mean())

    def options(self, state: State, side: str) -> list[State]:
        """Return the states among which a side can choose while the other stays, its lowest rung first."""
        own = self.players.index(side)
        return sorted(s for s in self.central if s[1 - own] == state[1 - own])

    def reply(self, state: State, side: str) -> State:
        """Return the state that a side's best move leads to."""
        options = self.options(state, side)
        return options[best_reply([self.gain(s, side) for s in options], self.tolerance[side])]

    def reply_share(self, state: State, side: str) -> float | None:
        """Return the share of draws in which the same move is the best."""
        if not self.draws:
            return None
        options = self.options(state, side)
        best = options.index(self.reply(state, side))
        drawn = zip(*(self.drawn(s, side) for s in options), strict=True)
        return float(np.mean([best_reply(payoffs, self.tolerance[side]) == best for payoffs in drawn]))

    def stable(self) -> list[State]:
        """Return the states that no side would leave: Nash equilibria in pure strategies."""
        return sorted(s for s in self.central if all(self.reply(s, side) == s for side in self.players))


def states(rungs: tuple[int, int]) -> list[State]:
    """Return every pair of rungs, the start first.

    >>> states((1, 1))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    first, second = rungs
    return list(itertools.product(range(first + 1), range(second + 1)))
