"""How much of each part comes, week by week, in spite of the cuts?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ytterby.exposure._flow import Chain, Floats, Pool, uses
from ytterby.exposure._parts import Network
from ytterby.exposure.cut import Cut
from ytterby.exposure.tables import Plan, Stock

__all__ = ["Supply", "calendar", "phases_of"]


def calendar(cuts: Sequence[Cut], horizon: float) -> Floats:
    """Return the points of time that matter: weeks, and the days on which a cut begins or ends; 0 to the last end."""
    ends = {cut.start_week + (horizon if cut.weeks is None else cut.weeks) for cut in cuts}
    last = max(ends, default=horizon)
    marks = {cut.start_week for cut in cuts} | ends | set(range(int(last) + 1)) | {last}
    return np.array(sorted(float(m) for m in marks if m <= last))


def phases_of(cuts: Sequence[Cut], grid: Floats, horizon: float) -> tuple[list[list[Cut]], list[int]]:
    """Return the different sets of cuts in force, and for each cell of the grid the number of its set."""
    sets: list[list[Cut]] = []
    cells = []
    for middle in (grid[1:] + grid[:-1]) / 2:
        in_force = [
            c for c in cuts if c.start_week <= middle < c.start_week + (horizon if c.weeks is None else c.weeks)
        ]
        if in_force not in sets:
            sets.append(in_force)
        cells.append(sets.index(in_force))
    return sets, cells


@dataclass(frozen=True)
class Supply:
    """What there is of each part.

    Parameters
    ----------
    network
        The parts.
    plan
        Stocks, products and capacities.
    grid, cells
        Points of time, and the phase of each cell between two of them.
    worst
        True: the cuts take as much as they can, and of an unknown stock there is none. False: as little as they can,
        and an unknown stock lasts.
    """

    network: Network
    plan: Plan
    grid: Floats
    cells: Sequence[int]
    worst: bool

    @cached_property
    def demand(self) -> dict[str, float]:
        """Return what is made of each product a week, as planned."""
        return self.plan.planned()

    @cached_property
    def use(self) -> dict[str, float]:
        """Return the units of each part a week that full production takes."""
        return uses(self.network, self.demand)

    @cached_property
    def available(self) -> dict[str, Floats]:
        """Return the units that there are of each part until each point of the grid."""
        use = self.use
        others = self.plan.alternatives()
        lengths = np.diff(self.grid)
        found = {}
        for item, part in self.network.parts.items():
            stock = self.plan.stocks.get(item) or Stock(item)
            usual = stock.inbound_units_per_week
            if usual is None:
                usual = 0.0 if part.children else use[item]
            taken = np.array([part.taken[phase][1 if self.worst else 0] for phase in self.cells])
            comes = np.minimum(usual * (1.0 - taken) + others.get(item, 0.0), use[item])
            held = stock.stock_units
            if held is None:
                held = 0.0 if self.worst or part.children else np.inf
            found[item] = held + np.concatenate([[0.0], np.cumsum(comes * lengths)])
        return found

    def pools(self, *, shared: bool) -> list[Pool]:
        """Return what limits production: each bought part or, `shared`, each group of them."""
        groups: dict[str, list[str]] = {}
        for item, part in self.network.parts.items():
            if not part.children:
                row = self.plan.stocks.get(item)
                group = row.shared_group if shared and row else None
                groups.setdefault(f"group {group}" if group else f"item {item}", []).append(item)
        return [Pool(tuple(items), np.sum([self.available[i] for i in items], axis=0)) for items in groups.values()]

    def of_all(self) -> Chain:
        """Return all products with all that there is, parts of a group standing in for each other."""
        return Chain(self.network, self.demand, self.grid, self._own, self.pools(shared=True))

    def of_product(self, product: str, *, shared: bool) -> Chain:
        """Return one product with its part, by use, of what there is.

        Parameters
        ----------
        product
            Its id.
        shared
            Whether parts of a group stand in for each other.
        """
        demand = {product: self.demand[product]}
        mine = self.network.below(product)
        network = Network({i: self.network.parts[i] for i in mine}, {})
        use = uses(network, demand)
        pools = []
        for pool in self.pools(shared=shared):
            items = tuple(i for i in pool.items if use.get(i, 0.0) > 0)
            if items:
                part = sum(use[i] for i in items) / sum(self.use[i] for i in pool.items)
                pools.append(Pool(items, pool.available * part))
        own = {i: a * use[i] / self.use[i] for i, a in self._own.items() if use.get(i, 0.0) > 0}
        return Chain(network, demand, self.grid, own, pools)

    @cached_property
    def _own(self) -> dict[str, Floats]:
        return {item: self.available[item] for item, part in self.network.parts.items() if part.children}
