"""The illustrative PIES model: joint refinery products, step supplies, non-symmetric cross elasticities of demand.

Data: W. W. Hogan, Energy policy models for Project Independence, Computers & Operations Research 2 (1975), 251-271,
tables 1 to 7. Results with capital and steel limited, rounded as published with the model in MCPLIB (Dirkse and Ferris,
Optimization Methods and Software 5 (1995), 319-345, after Josephy 1979). Hogan's own tables 8 and 9 are of a linear
approximation of demand and lie within 3 % of the equilibrium.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

approx = pytest.approx

COAL = {  # region, increment: capacity, cost, capital, steel
    ("i1", "L"): (300, 5, 1, 1),
    ("i1", "M"): (300, 6, 5, 2),
    ("i1", "H"): (400, 8, 10, 3),
    ("i2", "L"): (200, 4, 1, 1),
    ("i2", "M"): (300, 5, 5, 4),
    ("i2", "H"): (600, 7, 6, 5),
}
OIL = {
    ("k1", "L"): (1100, 1, 0, 0),
    ("k1", "H"): (1200, 1.5, 10, 4),
    ("k2", "L"): (1300, 1.25, 0, 0),
    ("k2", "H"): (1100, 1.5, 15, 2),
}
COAL_FREIGHT = {("i1", "j1"): 1.0, ("i1", "j2"): 2.5, ("i2", "j1"): 0.75, ("i2", "j2"): 2.75}
OIL_FREIGHT = {("k1", "r1"): 2, ("k1", "r2"): 3, ("k2", "r1"): 4, ("k2", "r2"): 2}
REFINED_FREIGHT = {("r1", "j1"): 1, ("r1", "j2"): 1.2, ("r2", "j1"): 1, ("r2", "j2"): 1.5}
REFINERY = {"r1": (0.6, 0.4, 6.5), "r2": (0.5, 0.5, 5.0)}
BASE = {"coal": (12, 1000), "light": (16, 1200), "heavy": (12, 1000)}
ELASTICITY = {
    "coal": {"coal": -0.75, "light": 0.1, "heavy": 0.2},
    "light": {"coal": 0.1, "light": -0.5, "heavy": 0.2},
    "heavy": {"coal": 0.2, "light": 0.1, "heavy": -0.5},
}
RESOURCES = {"capital": 35000, "steel": 12000}
HOGAN = {  # tables 8 (no limit) and 9 (capital and steel limited): demands of j1, j2
    False: {"light": (1252, 1266), "heavy": (1041, 1055), "coal": (1102, 998)},
    True: {"light": (1205, 1229), "heavy": (996, 1020), "coal": (996, 910)},
}
MCPLIB_PRICES = {"coal": (11.7, 13.7), "light": (15.8, 16.0), "heavy": (11.9, 12.4)}
MCPLIB_DEMANDS = {"coal": (1016, 828 + 84), "light": (22 + 1179, 1223), "heavy": (998, 830 + 180)}


def pies(market, limited: bool):
    network = market()
    for resource, limit in RESOURCES.items():
        network.supply(
            "nation",
            name=resource,
            commodity=resource,
            form="marginal_cost",
            cost=0,
            capacity=limit if limited else 1e9,
        )
        for region in ("i1", "i2", "k1", "k2"):
            network.route("nation", region, name=f"{resource}-{region}", commodity=resource)
    for good, mines in (("coal", COAL), ("crude", OIL)):
        for (region, step), (capacity, cost, capital, steel) in mines.items():
            inputs = {name: use for name, use in (("capital", capital), ("steel", steel)) if use}
            network.process(f"{region}{step}", region, inputs, {good: 1}, cost=cost, capacity=capacity)
    for (source, sink), cost in COAL_FREIGHT.items():
        network.route(source, sink, commodity="coal", cost=cost)
    for (source, sink), cost in OIL_FREIGHT.items():
        network.route(source, sink, commodity="crude", cost=cost)
    for refinery, (light, heavy, cost) in REFINERY.items():
        network.process(refinery, refinery, {"crude": 1}, {"light": light, "heavy": heavy}, cost=cost)
    for (source, sink), cost in REFINED_FREIGHT.items():
        for good in ("light", "heavy"):
            network.route(source, sink, name=f"{good}-{source}-{sink}", commodity=good, cost=cost)
    for good, (_, quantity) in BASE.items():
        own = -ELASTICITY[good][good]
        cross = {other: e for other, e in ELASTICITY[good].items() if other != good}
        scale = quantity / np.prod([BASE[other][0] ** e for other, e in ELASTICITY[good].items()])
        for user in ("j1", "j2"):
            network.demand(
                user, name=f"{good}-{user}", commodity=good, form="isoelastic", scale=scale, elasticity=own, cross=cross
            )
    return network


def least_cost(wants: dict[tuple[str, str], float], limited: bool) -> float:
    """Cheapest way to serve given demands, by HiGHS."""
    columns: list[tuple[float, float, dict]] = []
    for good, mines in (("coal", COAL), ("crude", OIL)):
        for (region, _), (capacity, cost, capital, steel) in mines.items():
            columns.append((cost, capacity, {(good, region): 1, "capital": -capital, "steel": -steel}))
    for good, freight in (("coal", COAL_FREIGHT), ("crude", OIL_FREIGHT)):
        for (source, sink), cost in freight.items():
            columns.append((cost, np.inf, {(good, source): -1, (good, sink): 1}))
    for refinery, (light, heavy, cost) in REFINERY.items():
        moves = {("crude", refinery): -1, ("light", refinery): light, ("heavy", refinery): heavy}
        columns.append((cost, np.inf, moves))
    for (source, sink), cost in REFINED_FREIGHT.items():
        columns += [(cost, np.inf, {(good, source): -1, (good, sink): 1}) for good in ("light", "heavy")]
    rows = sorted({row for _, _, moves in columns for row in moves}, key=repr)
    need = [(-RESOURCES[row] if limited else -1e9) if isinstance(row, str) else wants.get(row, 0.0) for row in rows]
    matrix = np.array([[-moves.get(row, 0.0) for _, _, moves in columns] for row in rows])
    found = linprog(
        [cost for cost, _, _ in columns],
        A_ub=matrix,
        b_ub=-np.array(need),
        bounds=[(0, capacity) for _, capacity, _ in columns],
    )
    return found.fun if found.status == 0 else np.inf


def test_the_equilibrium_with_limits_is_the_published_one(market):
    answer = pies(market, limited=True).solve()
    for good in BASE:
        for k, user in enumerate(("j1", "j2")):
            assert answer.price(user, good) == approx(MCPLIB_PRICES[good][k], abs=0.051), (good, user)
            assert answer.demand(f"{good}-{user}") == approx(MCPLIB_DEMANDS[good][k], abs=1.5), (good, user)


@pytest.mark.parametrize("limited", [False, True])
def test_hogans_approximation_lies_near(market, limited):
    answer = pies(market, limited).solve()
    for good, quantities in HOGAN[limited].items():
        for user, quantity in zip(("j1", "j2"), quantities, strict=True):
            assert answer.demand(f"{good}-{user}") == approx(quantity, rel=0.03), (good, user)


@pytest.mark.parametrize("limited", [False, True])
def test_demand_is_on_its_curve_and_supply_is_cheapest_at_the_margin(market, limited):
    answer = pies(market, limited).solve()
    wants = {}
    for user in ("j1", "j2"):
        ratio = {good: answer.price(user, good) / BASE[good][0] for good in BASE}
        for good, (_, quantity) in BASE.items():
            wanted = quantity * np.prod([ratio[other] ** e for other, e in ELASTICITY[good].items()])
            assert answer.demand(f"{good}-{user}") == approx(wanted, rel=1e-6)
            wants[good, user] = wanted
    step = 1e-3
    cost = least_cost(wants, limited)
    for place in wants:
        more = least_cost({**wants, place: wants[place] + step}, limited) - cost
        less = cost - least_cost({**wants, place: wants[place] - step}, limited)
        price = answer.price(place[1], place[0])
        assert less / step - 1e-4 <= price <= more / step + 1e-4, place
