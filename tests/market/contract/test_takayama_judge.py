"""Takayama and Judge's two goods and three regions, by the dual programme in prices.

T. Takayama, G. G. Judge, Spatial equilibrium and quadratic programming, Journal of Farm Economics 46 (1964), 67-93.
Demand a + B p and supply c + C p with symmetric cross terms: prices minimise p'(C - B)p / 2 - (a - c)'p over
p_to - p_from <= freight, and the multipliers of these rows are the shipments.
"""

from __future__ import annotations

import clarabel
import numpy as np
import pytest
import scipy.sparse as sp

approx = pytest.approx

GOODS = ("one", "two")
REGIONS = ("r1", "r2", "r3")
DEMAND = {"r1": (200, 300), "r2": (100, 200), "r3": (160, 250)}
DEMAND_SLOPE = {"r1": (10, 10), "r2": (5, 20), "r3": (8, 10)}
SUPPLY = (-50, -60)
SUPPLY_SLOPE = {"r1": (10, 15), "r2": (20, 25), "r3": (10, 15)}
FREIGHT = {("r1", "r2"): (2, 3), ("r1", "r3"): (2, 3), ("r2", "r3"): (1, 2)}
DEMAND_CROSS, SUPPLY_CROSS = 1.0, 0.5


def freight(source: str, sink: str, good: int) -> float:
    return FREIGHT.get((source, sink), FREIGHT.get((sink, source), (0, 0)))[good]


def pairs():
    return [(i, j, g) for g in range(2) for i in range(3) for j in range(3) if i != j]


def by_prices(tariff: float) -> tuple[np.ndarray, np.ndarray]:
    """Prices (region, good) and shipments of `pairs`, imports of r1 taxed by `tariff`."""
    curve, linear = np.zeros((6, 6)), np.zeros(6)
    for i, region in enumerate(REGIONS):
        own = [DEMAND_SLOPE[region][g] + SUPPLY_SLOPE[region][g] for g in range(2)]
        cross = -DEMAND_CROSS + SUPPLY_CROSS
        curve[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[own[0], cross], [cross, own[1]]]
        linear[2 * i : 2 * i + 2] = [SUPPLY[g] - DEMAND[region][g] for g in range(2)]
    rows, limits = [], []
    for i, j, g in pairs():
        row = np.zeros(6)
        row[2 * j + g], row[2 * i + g] = 1, -1
        rows.append(row)
        limits.append(freight(REGIONS[i], REGIONS[j], g) + (tariff if REGIONS[j] == "r1" else 0))
    options = clarabel.DefaultSettings()
    options.verbose = False
    options.tol_gap_abs = options.tol_gap_rel = options.tol_feas = 1e-11
    found = clarabel.DefaultSolver(
        sp.triu(curve).tocsc(),
        linear,
        sp.csc_matrix(np.array(rows)),
        np.array(limits, dtype=float),
        [clarabel.NonnegativeConeT(len(rows))],
        options,
    ).solve()
    return np.array(found.x).reshape(3, 2), np.array(found.z)


@pytest.mark.parametrize("tariff", [0.0, 0.5, 4.0])
def test_prices_and_shipments_are_those_of_the_dual_programme(market, tariff):
    network = market()
    for region in REGIONS:
        for g, good in enumerate(GOODS):
            other = GOODS[1 - g]
            network.supply(
                region,
                name=f"s-{region}-{good}",
                commodity=good,
                form="linear",
                intercept=SUPPLY[g],
                slope=SUPPLY_SLOPE[region][g],
                cross={other: SUPPLY_CROSS},
            )
            network.demand(
                region,
                name=f"d-{region}-{good}",
                commodity=good,
                form="linear",
                intercept=DEMAND[region][g],
                slope=DEMAND_SLOPE[region][g],
                cross={other: DEMAND_CROSS},
            )
    for i, j, g in pairs():
        source, sink = REGIONS[i], REGIONS[j]
        network.route(source, sink, name=f"{source}-{sink}-{g}", commodity=GOODS[g], cost=freight(source, sink, g))
    answer = network.measure("import_tariff", importer="r1", specific=tariff).solve()
    prices, shipments = by_prices(tariff)
    for i, region in enumerate(REGIONS):
        for g, good in enumerate(GOODS):
            assert answer.price(region, good) == approx(prices[i, g], rel=1e-6)
            wanted = DEMAND[region][g] - DEMAND_SLOPE[region][g] * prices[i, g] + DEMAND_CROSS * prices[i, 1 - g]
            assert answer.demand(f"d-{region}-{good}") == approx(wanted, rel=1e-5)
            net = sum(
                (1 if REGIONS[j] == region else -1) * amount
                for (k, j, h), amount in zip(pairs(), shipments, strict=True)
                if h == g and region in (REGIONS[j], REGIONS[k])
            )
            imports = sum(
                (1 if row["to"] == region else -1) * row["quantity"]
                for row in answer.record["flows"]
                if row["commodity"] == good and region in (row["from"], row["to"])
            )
            assert imports == approx(net, rel=1e-4, abs=1e-4)
