r"""How much of each part do the products need, and how much is there by then?

For products that draw $e_i$ units a week of item $i$, the cumulative need of a child is what is missing of its parents,

    n_i = e_i c + sum_parents q (n_parent - A_parent)^+ ,

with $c$ the weeks of production made so far and $A_i(t) = S_i + \int_0^t r_i$ what there has been of the item: its
stock, what comes in spite of the cuts, and what others bring. The need is convex and piecewise linear in $c$ and,
between two points of the grid, in time, so that Newton's method from the right ends at a root after finitely many
steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ytterby.exposure._parts import Network

__all__ = ["ROUNDING", "Chain", "Floats", "Pool", "uses"]

Floats = npt.NDArray[np.float64]
ROUNDING = 1e-9
"""What is missing below this part of the need is the rounding of sums."""


def uses(network: Network, demand: Mapping[str, float]) -> dict[str, float]:
    """Return the units of each part a week that full production takes."""
    needed = {item: demand.get(item, 0.0) for item in network.parts}
    for item, part in network.parts.items():
        for child, quantity in part.children.items():
            needed[child] += quantity * needed[item]
    return needed


@dataclass(frozen=True)
class Pool:
    """Bought parts that stand in for each other, or one alone, and what there is of them.

    Parameters
    ----------
    items
        The parts.
    available
        Units until each point of the grid; infinite where nothing limits it.
    """

    items: tuple[str, ...]
    available: Floats


@dataclass(frozen=True)
class Chain:
    """What some products need, and what there is for them.

    Parameters
    ----------
    network
        The parts.
    demand
        Units a week by product.
    grid
        Weeks, from 0 to the end.
    own
        By made item, units that there are of itself until each point of the grid.
    pools
        What limits production.
    """

    network: Network
    demand: Mapping[str, float]
    grid: Floats
    own: Mapping[str, Floats]
    pools: Sequence[Pool]

    def needs(
        self, made: Floats, rate: Floats, own: Mapping[str, Floats], inflow: Mapping[str, Floats]
    ) -> list[tuple[Floats, Floats]]:
        """Return what is needed of each pool, and how fast that grows.

        Parameters
        ----------
        made
            Weeks of production.
        rate
            How fast they grow.
        own, inflow
            What there is of each made item, and how fast that grows.
        """
        need = {item: self.demand.get(item, 0.0) * made for item in self.network.parts}
        slope = {item: self.demand.get(item, 0.0) * rate for item in self.network.parts}
        for item, part in self.network.parts.items():
            if part.children:
                short = need[item] > own[item]
                missing = np.where(short, need[item] - own[item], 0.0)
                faster = np.where(short, slope[item] - inflow[item], 0.0)
                for child, quantity in part.children.items():
                    need[child] = need[child] + quantity * missing
                    slope[child] = slope[child] + quantity * faster
        return [
            (sum((need[i] for i in pool.items), np.zeros_like(made)), sum((slope[i] for i in pool.items), 0 * made))
            for pool in self.pools
        ]

    def shortfalls(self) -> list[Floats]:
        """Return how many units of each pool full production lacks at each point of the grid (negative: are left)."""
        still = {item: np.zeros_like(self.grid) for item in self.own}
        needs = self.needs(self.grid, np.ones_like(self.grid), self.own, still)
        return [_lack(need, pool.available) for (need, _), pool in zip(needs, self.pools, strict=True)]

    def short_times(self) -> list[tuple[float, float]]:
        """Return for each pool when it first runs out (infinite: not) and for how many weeks it falls short.

        A pool falls short while what full production lacks of it rises above what it lacked before.
        """
        times = []
        for index, lack in enumerate(self.shortfalls()):
            first, short, most = np.inf, 0.0, 0.0
            for cell in np.flatnonzero(lack[1:] > 0):
                if lack[cell + 1] <= most:
                    continue
                begins = self._crossing(index, int(cell), most)
                first = min(first, begins)
                short += float(self.grid[cell + 1]) - begins
                most = float(lack[cell + 1])
            times.append((first, short))
        return times

    def _crossing(self, index: int, cell: int, level: float) -> float:
        """Return when, within a cell of the grid, a pool's shortfall rises above a level."""
        start, end = self.grid[cell], self.grid[cell + 1]
        length = end - start
        inflow = {i: np.array([(a[cell + 1] - a[cell]) / length]) for i, a in self.own.items()}
        pool = self.pools[index].available
        comes = (pool[cell + 1] - pool[cell]) / length
        t = float(end)
        while True:
            own = {i: a[cell] + inflow[i] * (t - start) for i, a in self.own.items()}
            need, slope = self.needs(np.array([t]), np.ones(1), own, inflow)[index]
            lack = _lack(need, pool[cell] + comes * np.array([t - start]))[0] - level
            speed = float(slope[0]) - comes
            if lack <= 0 or speed <= 0:
                return t
            step = lack / speed
            if t - step <= start:
                return float(start)
            if step <= ROUNDING * t:
                return t - float(step)
            t -= float(step)

    def lost(self) -> Floats:
        """Return the weeks of production that are lost until each point of the grid, made as early as can be."""
        made = self.grid.copy()
        still = {item: np.zeros_like(made) for item in self.own}
        moved = True
        while moved:
            needs = self.needs(made, np.ones_like(made), self.own, still)
            best = made
            for (need, slope), pool in zip(needs, self.pools, strict=True):
                lack = _lack(need, pool.available)
                best = np.minimum(best, made - np.where(lack > 0, lack, 0.0) / np.where(slope > 0, slope, 1.0))
            moved = bool(np.any(best < made))
            made = best
        loss: Floats = np.maximum.accumulate(self.grid - np.maximum(made, 0.0))
        return loss


def _lack(need: Floats, available: Floats) -> Floats:
    """Return need less what there is; a difference that is rounding is none."""
    lack = need - available
    return np.where(np.abs(lack) <= ROUNDING * need, 0.0, lack)
