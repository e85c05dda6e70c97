"""Random markets with segments, over routes and periods, against a linear programme with the segments written out.

Goods lie in a pool or are bound to a segment. Pooled goods may become anybody's; a route without segment moves goods as
they are; a route of a segment moves pooled goods, which are bound from then on, and goods of its segment. Buyers of a
segment take the pool's or their own; buyers without one take anything. All costs and values are steps.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

approx = pytest.approx
SLOTS = (None, "licensed", "spot")


def segmented(rng: np.random.Generator, periods: int) -> dict:
    def segment():
        return SLOTS[int(rng.integers(3))]

    net: dict = {"supplies": [], "demands": [], "routes": [], "stocks": []}
    net["periods"] = [{"id": f"t{t}", "years": float(rng.choice([0.5, 1, 2]))} for t in range(periods)]
    regions = ("x", "y", "z")
    for k in range(7):
        curve = {"form": "marginal_cost", "cost": float(rng.uniform(1, 40)), "capacity": float(rng.uniform(3, 15))}
        entry = {"id": f"s{k}", "commodity": "dy", "region": regions[k % 3], "segment": segment(), "curve": curve}
        net["supplies"].append(entry)
    for k in range(8):
        curve = {"form": "fixed", "quantity": float(rng.uniform(3, 15)), "choke": float(rng.uniform(20, 120))}
        entry = {"id": f"d{k}", "commodity": "dy", "region": regions[k % 3], "segment": segment(), "curve": curve}
        net["demands"].append(entry)
    for k, (source, to) in enumerate(product(regions, regions)):
        if source != to:
            entry = {"id": f"r{k}", "commodity": "dy", "from": source, "to": to, "segment": segment()}
            net["routes"].append({**entry, "cost": float(rng.uniform(0, 10)), "capacity": float(rng.uniform(2, 12))})
    return net


def best(net: dict) -> float:
    """Greatest value less cost, by HiGHS; columns (value, [balances], limit)."""
    values: list[float] = []
    flows: list[dict] = []
    limits: list[float] = []
    caps: dict = {}

    def add(value, moves, limit=np.inf):
        values.append(value)
        flows.append(moves)
        limits.append(limit)

    for t, period in enumerate(net["periods"]):
        years = period["years"]
        for region in ("x", "y", "z"):
            for bound in SLOTS[1:]:
                add(0, {(region, None, t): -1, (region, bound, t): 1})
        for e in net["supplies"]:
            add(-e["curve"]["cost"], {(e["region"], e["segment"], t): 1}, e["curve"]["capacity"] * years)
        for e in net["demands"]:
            limit = ("d", e["id"], t)
            caps[limit] = e["curve"]["quantity"] * years
            for slot in (e["segment"],) if e["segment"] else SLOTS:
                add(e["curve"]["choke"], {(e["region"], slot, t): -1, limit: -1})
        for e in net["routes"]:
            limit = ("r", e["id"], t)
            caps[limit] = e["capacity"] * years
            for slot in SLOTS if e["segment"] is None else (e["segment"],):
                add(-e["cost"], {(e["from"], slot, t): -1, (e["to"], slot, t): 1, limit: -1})
    rows = sorted({key for moves in flows for key in moves}, key=repr)
    number = {key: i for i, key in enumerate(rows)}
    matrix = np.zeros((len(rows), len(values)))
    for j, moves in enumerate(flows):
        for key, amount in moves.items():
            matrix[number[key], j] -= amount
    right = [caps.get(key, 0.0) for key in rows]
    found = linprog(-np.array(values), A_ub=matrix, b_ub=right, bounds=[(0, limit) for limit in limits])
    return -found.fun


@pytest.mark.parametrize("periods", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_welfare_is_that_of_the_programme_with_segments_written_out(market, seed, periods):
    net = segmented(np.random.default_rng(seed), periods)
    built = market()
    built.network |= net
    answer = built.solve()
    assert answer.welfare() == approx(best(net), rel=1e-6)
    for row in answer.record["demand"]:
        demand = next(e for e in net["demands"] if e["id"] == row["id"])
        years = next(p["years"] for p in net["periods"] if p["id"] == row["period"])
        assert row["quantity"] + row["unserved"] == approx(demand["curve"]["quantity"] * years, rel=1e-6)
        price = answer.price(demand["region"], "dy", segment=demand["segment"], period=row["period"])
        if row["unserved"] > 1e-5:
            assert price >= demand["curve"]["choke"] - 1e-4
        if row["quantity"] > 1e-5:
            assert price <= demand["curve"]["choke"] + 1e-4
