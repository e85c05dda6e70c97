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
from dataclasses import dataclass, replace

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

    def at(self, points: Sequence[int]) -> Chain:
        """Return the chain on a coarser grid."""
        own = {item: available[points] for item, available in self.own.items()}
        pools = [Pool(pool.items, pool.available[points]) for pool in self.pools]
        return replace(self, grid=self.grid[points], own=own, pools=pools)

    def scarce(self) -> Chain:
        """Return the chain with those pools alone that full production would empty; no plan is limited by others."""
        still = dict.fromkeys(self.own, np.zeros(1))
        need, _ = self.needs(list(self.network.parts), self.grid, 1.0, self.own, still)
        pools = [
            p for p in self.pools if np.any(_lack(sum((need[i] for i in p.items), 0 * self.grid), p.available) > 0)
        ]
        return replace(self, pools=pools)

    def needs(
        self, items: Sequence[str], made: Floats, rate: float, own: Mapping[str, Floats], inflow: Mapping[str, Floats]
    ) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return what is needed of each item, and how fast that grows.

        Parameters
        ----------
        items
            The items and all that they go into, parents first.
        made, rate
            Weeks of production, and how fast they grow.
        own, inflow
            What there is of each made item, and how fast that grows.
        """
        need = {item: self.demand.get(item, 0.0) * made for item in items}
        slope = {item: np.full_like(made, self.demand.get(item, 0.0) * rate) for item in items}
        for item in items:
            if item not in self.own:
                continue
            short = need[item] > own[item]
            missing = np.where(short, need[item] - own[item], 0.0)
            faster = np.where(short, slope[item] - inflow[item], 0.0)
            for child, quantity in self.network.parts[item].children.items():
                if child in need:
                    need[child] += quantity * missing
                    slope[child] += quantity * faster
        return need, slope

    def short_times(self) -> list[tuple[float, float]]:
        """Return for each pool when it first runs out (infinite: not) and for how many weeks it falls short.

        A pool falls short while what full production lacks of it rises above what it lacked before.
        """
        still = dict.fromkeys(self.own, np.zeros(1))
        need, _ = self.needs(list(self.network.parts), self.grid, 1.0, self.own, still)
        above = self.network.above()
        times = []
        for pool in self.pools:
            lack = _lack(sum((need[i] for i in pool.items), np.zeros_like(self.grid)), pool.available)
            most = np.maximum.accumulate(np.maximum(lack, 0.0))
            cells = np.flatnonzero(lack[1:] > most[:-1])
            reached = set().union(*(above[i] for i in pool.items)) if len(cells) else set()
            begins = self._crossings(pool, [i for i in self.network.parts if i in reached], cells, most[cells])
            times.append((float(min(begins, default=np.inf)), float(np.sum(self.grid[cells + 1] - begins))))
        return times

    def _crossings(self, pool: Pool, items: Sequence[str], cells: npt.NDArray[np.int64], level: Floats) -> Floats:
        """Return when, within cells of the grid, what lacks of a pool rises above levels."""
        start, t = self.grid[cells], self.grid[cells + 1]
        lengths = t - start
        made = [i for i in items if i in self.own]
        inflow = {i: (self.own[i][cells + 1] - self.own[i][cells]) / lengths for i in made}
        comes = (pool.available[cells + 1] - pool.available[cells]) / lengths if len(cells) else lengths
        moved = len(cells) > 0
        while moved:
            own = {i: self.own[i][cells] + inflow[i] * (t - start) for i in made}
            need, slope = self.needs(items, t, 1.0, own, inflow)
            lack = _lack(sum((need[i] for i in pool.items), 0 * t), pool.available[cells] + comes * (t - start)) - level
            speed = sum((slope[i] for i in pool.items), 0 * t) - comes
            step = np.where((lack > 0) & (speed > 0), lack / np.where(speed > 0, speed, 1.0), 0.0)
            earlier = np.maximum(t - step, start)
            moved = bool(np.any(t - earlier > ROUNDING * t))
            t = earlier
        return t

    def lost(self) -> Floats:
        """Return the weeks of production that are lost until each point of the grid, made as early as can be."""
        made = self.grid.copy()
        items = list(self.network.parts)
        still = dict.fromkeys(self.own, np.zeros(1))
        moved = True
        while moved:
            need, slope = self.needs(items, made, 1.0, self.own, still)
            best = made
            for pool in self.pools:
                lack = _lack(sum((need[i] for i in pool.items), 0 * made), pool.available)
                speed = sum((slope[i] for i in pool.items), 0 * made)
                best = np.minimum(best, made - np.where(lack > 0, lack, 0.0) / np.where(speed > 0, speed, 1.0))
            moved = bool(np.any(best < made))
            made = best
        loss: Floats = np.maximum.accumulate(self.grid - np.maximum(made, 0.0))
        return loss


def _lack(need: Floats, available: Floats) -> Floats:
    """Return need less what there is; a difference that is rounding is none."""
    lack = need - available
    return np.where(np.abs(lack) <= ROUNDING * need, 0.0, lack)
