"""The generated market that every contestant solves: a chain of goods, traded on every route, under export quotas.

`Size` says how large; `Instance` holds its numbers as arrays, from which a modeller builds in its own way; `record` is
the same as a network (`ytterby-network/1`), and `quadratic` as the arrays of one quadratic program. Same size, same
numbers, whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

__all__ = [
    "INTEREST",
    "LOSS",
    "SIDE",
    "Instance",
    "Quadratic",
    "Size",
    "generate",
    "load",
    "quadratic",
    "record",
    "save",
]

LOSS = 1.1
"""Input per unit of output at each stage."""
SIDE = 0.05
"""By-product of each process, at the next stage of the next element, per unit of output."""
INTEREST = 0.05
GROWTH = 0.07


@dataclass(frozen=True)
class Size:
    """How large the market is, and how hard.

    Attributes
    ----------
    elements, stages, regions
        A good is an element at a stage; each is traded between all regions.
    years
        Linked by stocks of every good in every region where there is more than one. Demand grows; one large exporter's
        goods are banned for the year in the middle; the quotas are halved in the last third.
    quotas
        Export quotas, at most one a good.
    sloped
        Whether trade costs rise with the quantity on the route. If not, fewer quantities are unique.
    isoelastic
        Whether demand is isoelastic instead of linear, which is no quadratic program.
    """

    elements: int = 12
    stages: int = 5
    regions: int = 40
    years: int = 1
    quotas: int = 60
    sloped: bool = True
    isoelastic: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.elements < 2 or self.stages < 2 or self.regions < 2 or self.years < 1:
            raise ValueError("a market has at least two elements, stages and regions, and one year")

    @property
    def variables(self) -> int:
        """Quantities to be found, a ban not counted: what is mined, used, processed, shipped and stored."""
        pairs, goods = self.elements * self.regions, self.elements * self.stages
        shipped = goods * self.regions * (self.regions - 1)
        stored = goods * self.regions * (self.years > 1)
        return self.years * (pairs * 2 + pairs * (self.stages - 1) + shipped + stored)


@dataclass(frozen=True, eq=False)
class Instance:
    """The numbers of a market; T years, S stages, E elements, R regions, Q quotas.

    Attributes
    ----------
    supply_cost, supply_slope
        Marginal cost of the first stage and its rise with quantity, (E, R).
    demand_most, demand_slope
        Quantity of the last stage that is bought at price 0, and its fall with price, (T, E, R) and (E, R).
    process_cost, process_slope
        From a stage to the next, (S − 1, E, R).
    route_cost, route_slope
        From region to region, (E, R, R), and (E,).
    carrying_cost, stock_capacity
        For each year end, (E,).
    quota_good, quota_exporter, quota
        Stage and element, (Q, 2); region, (Q,); quantity, (T, Q).
    banned
        Region and year of the export ban; none in a single year.
    """

    size: Size
    supply_cost: np.ndarray
    supply_slope: np.ndarray
    demand_most: np.ndarray
    demand_slope: np.ndarray
    process_cost: np.ndarray
    process_slope: np.ndarray
    route_cost: np.ndarray
    route_slope: np.ndarray
    carrying_cost: np.ndarray
    stock_capacity: np.ndarray
    quota_good: np.ndarray
    quota_exporter: np.ndarray
    quota: np.ndarray
    banned: tuple[int, int] | None

    @property
    def discount(self) -> np.ndarray:
        """Return the weight of each year's money."""
        return (1.0 + INTEREST) ** -np.arange(self.size.years)


def generate(size: Size) -> Instance:
    """Return the numbers of a market of this size."""
    T, S, E, R = size.years, size.stages, size.elements, size.regions
    rng = np.random.default_rng(size.seed)
    volume, price = 10 ** rng.uniform(2, 5, E), 10 ** rng.uniform(0.5, 3, E)
    place = rng.uniform(0, 1, (R, 2))
    distance = np.linalg.norm(place[:, None] - place[None], axis=2)
    low, high = np.array([(0.2, 1.0), (5.0, 40.0), (0.01, 0.05), *[(0.1, 0.5), (2.0, 20.0)] * (S - 1)]).T
    drawn = np.moveaxis(rng.uniform(low, high, (E, R, len(low))), 2, 0)
    p, steep = price[:, None], (price / volume)[:, None]
    bought = volume[:, None] * drawn[2]
    count = min(size.quotas, S * E)
    stage, element = np.divmod(np.arange(count), E)
    cost, slope = p * drawn[0], steep * drawn[1]
    last_third = np.arange(T) >= 2 * T // 3 if T > 1 else np.zeros(T, dtype=bool)
    largest = int(((4 * p - cost) / slope / volume[:, None]).sum(axis=0).argmax())
    return Instance(
        size=size,
        supply_cost=cost,
        supply_slope=slope,
        demand_most=1.5 * bought * (1.0 + GROWTH) ** np.arange(T)[:, None, None],
        demand_slope=0.5 * bought / (4 * p),
        process_cost=p * drawn[3::2],
        process_slope=steep * drawn[4::2],
        route_cost=price[:, None, None] * (0.02 + 0.2 * distance),
        route_slope=0.5 * price / volume * size.sloped,
        carrying_cost=0.01 * price,
        stock_capacity=0.02 * volume,
        quota_good=np.stack([stage, element], axis=1),
        quota_exporter=np.arange(count) % R,
        quota=0.005 * volume[element] * np.where(last_third, 0.5, 1.0)[:, None],
        banned=(largest, T // 2) if T > 1 else None,
    )


def record(instance: Instance) -> dict[str, Any]:
    """Return the market as a plain network record."""
    i, size = instance, instance.size
    years = [str(2024 + t) for t in range(size.years)]
    regions = [f"R{r:02d}" for r in range(size.regions)]
    goods = [[f"s{s}.e{e:02d}" for e in range(size.elements)] for s in range(size.stages)]
    net: dict[str, Any] = {n: [] for n in ("supplies", "demands", "processes", "routes", "stocks", "measures")}
    for e in range(size.elements):
        for r, region in enumerate(regions):
            cost = {"cost": float(i.supply_cost[e, r]), "slope": float(i.supply_slope[e, r])}
            supply = {"id": f"m.{e}.{region}", "commodity": goods[0][e], "region": region}
            net["supplies"].append({**supply, "curve": {"form": "marginal_cost", **cost}})
            for t, year in enumerate(years):
                demand = {"id": f"d.{e}.{region}.{year}", "commodity": goods[-1][e], "region": region, "period": year}
                net["demands"].append({**demand, "curve": _demand(i, t, e, r)})
            for s in range(size.stages - 1):
                recipe = {
                    "inputs": {goods[s][e]: LOSS},
                    "outputs": {goods[s + 1][e]: 1.0, goods[s + 1][(e + 1) % size.elements]: SIDE},
                }
                cost = {"cost": float(i.process_cost[s, e, r]), "slope": float(i.process_slope[s, e, r])}
                net["processes"].append({"id": f"p{s}.{e}.{region}", "region": region, **recipe, **cost})
            if size.years > 1:
                held = {"carrying_cost": float(i.carrying_cost[e]), "capacity": float(i.stock_capacity[e])}
                for s in range(size.stages):
                    place = {"id": f"k{s}.{e}.{region}", "commodity": goods[s][e], "region": region}
                    net["stocks"].append({**place, **held})
        for s in range(size.stages):
            for a, source in enumerate(regions):
                for b, target in enumerate(regions):
                    if a != b:
                        way = {"id": f"r{s}.{e}.{a}.{b}", "commodity": goods[s][e], "from": source, "to": target}
                        slope = {"slope": float(i.route_slope[e])} if size.sloped else {}
                        net["routes"].append({**way, "cost": float(i.route_cost[e, a, b]), **slope})
    for k, (s, e) in enumerate(i.quota_good):
        for quantity in np.unique(i.quota[:, k]):
            when = [y for y, q in zip(years, i.quota[:, k], strict=True) if q == quantity]
            limit = {"exporter": regions[i.quota_exporter[k]], "quantity": float(quantity), "period": when}
            quota = {"id": f"q{k}.{when[0]}", "instrument": "export_quota", "commodity": goods[s][e]}
            net["measures"].append({**quota, **limit})
    if i.banned is not None:
        region, t = i.banned
        ban = {"exporter": regions[region], "period": years[t]}
        net["measures"].append({"id": "ban", "instrument": "export_ban", **ban})
    return {"format": "ytterby-network/1", "interest": INTEREST, "periods": [{"id": y} for y in years], **net}


def _demand(i: Instance, t: int, e: int, r: int) -> dict[str, Any]:
    """Return a demand curve; the isoelastic one meets the linear one at half its highest quantity."""
    most, slope = float(i.demand_most[t, e, r]), float(i.demand_slope[e, r])
    if not i.size.isoelastic:
        return {"form": "linear", "intercept": most, "slope": slope}
    middle = 0.5 * most / slope
    return {"form": "isoelastic", "scale": 0.5 * most * middle**0.4, "elasticity": 0.4, "choke": 8 * middle}


class Quadratic(NamedTuple):
    """Least lin·x + Σ quad·x²/2 with K·x ≥ k, or = where `equality`, and lower ≤ x ≤ upper."""

    lin: np.ndarray
    quad: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    K: sp.csr_matrix
    k: np.ndarray
    equality: np.ndarray

    def cost(self, x: np.ndarray) -> float:
        """Return what a solution costs."""
        return float(self.lin @ x + 0.5 * self.quad @ x**2)


def quadratic(instance: Instance) -> Quadratic:
    """Return the program that the network compiles to."""
    # here, so that the peers' memory is their own
    from ytterby.market import Network
    from ytterby.market._compile import compile_network

    p = compile_network(Network.parse(record(instance))).program
    return Quadratic(p.weight * p.lin, p.weight * p.quad, p.lower, p.upper, p.K, p.k, p.equality)


def save(q: Quadratic, path: Path) -> None:
    """Write the arrays, so that another process need not compile them."""
    K = {"data": q.K.data, "indices": q.K.indices, "indptr": q.K.indptr, "shape": np.array(q.K.shape)}
    np.savez(path, **{f"K_{name}": values for name, values in K.items()}, **{**q._asdict(), "K": np.zeros(0)})


def load(path: Path) -> Quadratic:
    """Read what `save` wrote."""
    with np.load(path) as file:
        K = sp.csr_matrix((file["K_data"], file["K_indices"], file["K_indptr"]), shape=tuple(file["K_shape"]))
        return Quadratic(**{**{name: file[name] for name in Quadratic._fields}, "K": K})
