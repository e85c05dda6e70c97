"""What must not matter: units of money and goods, names, order of entries, the process that computes."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys

import numpy as np
import pytest

approx = pytest.approx
REGIONS = ("a", "b", "c")


def rich(rng: np.random.Generator) -> dict:
    """Three regions, ore -> metal over two periods, with a levy on value, a tax, a floor, a quota and stocks."""
    net: dict = {key: [] for key in ("supplies", "demands", "routes", "processes", "stocks", "firms", "measures")}
    net["interest"] = 0.04
    net["periods"] = [{"id": "t1", "years": 1.0}, {"id": "t2", "years": 0.5}]
    for region in REGIONS:
        linear = {"form": "marginal_cost", "cost": float(rng.uniform(2, 30)), "slope": float(rng.uniform(0.1, 1))}
        bent = {"form": "isoelastic", "scale": float(rng.uniform(1, 5)), "elasticity": float(rng.uniform(0.5, 1.5))}
        want = {"form": "inverse_linear", "intercept": float(rng.uniform(90, 180)), "slope": float(rng.uniform(0.5, 2))}
        net["supplies"].append({"id": f"s-{region}", "commodity": "ore", "region": region, "curve": linear})
        net["supplies"].append({"id": f"i-{region}", "commodity": "ore", "region": region, "curve": bent})
        net["demands"].append({"id": f"d-{region}", "commodity": "metal", "region": region, "curve": want})
        recipe = {"inputs": {"ore": float(rng.uniform(0.9, 1.5))}, "outputs": {"metal": 1.0}}
        net["processes"].append({"id": f"p-{region}", "region": region, **recipe, "cost": 4.0, "slope": 0.2})
        stock = {"carrying_cost": 1.0, "initial": 3.0, "terminal_value": 20.0, "capacity": 10.0}
        net["stocks"].append({"id": f"k-{region}", "commodity": "metal", "region": region, **stock})
        for other in REGIONS:
            for good in ("ore", "metal") if other != region else ():
                route = {"id": f"r-{good}-{region}-{other}", "commodity": good, "from": region, "to": other}
                net["routes"].append(
                    {**route, "cost": float(rng.uniform(1, 9)), "slope": float(rng.uniform(0.02, 0.2))}
                )
    net["measures"] = [
        {"id": "duty", "instrument": "import_tariff", "importer": "a", "commodity": "metal", "ad_valorem": 0.15},
        {"id": "tax", "instrument": "export_tax", "exporter": "b", "commodity": "ore", "specific": 2.0},
        {"id": "floor", "instrument": "price_floor", "commodity": "ore", "members": ["a", "c"], "price": 25.0},
        {"id": "quota", "instrument": "export_quota", "exporter": "b", "commodity": "metal", "quantity": 6.0},
    ]
    net["measures"][2]["upheld_by"] = "adjustable_tariff"
    return net


def solved(market, net: dict):
    built = market()
    built.network |= copy.deepcopy(net)
    return built.solve()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("money", "mass"), [(1e3, 1.0), (1.0, 1e-3), (7.3, 1e4)])
def test_units_of_money_and_mass(market, seed, money, mass):
    net = rich(np.random.default_rng(seed))
    other = copy.deepcopy(net)
    price = money / mass
    for e in other["supplies"]:
        if e["curve"]["form"] == "isoelastic":
            e["curve"]["scale"] *= mass / price ** e["curve"]["elasticity"]
        else:
            e["curve"]["cost"] *= price
            e["curve"]["slope"] *= price / mass
    for e in other["demands"]:
        e["curve"]["intercept"] *= price
        e["curve"]["slope"] *= price / mass
    for e in other["routes"] + other["processes"]:
        e["cost"] *= price
        e["slope"] *= price / mass
    for e in other["stocks"]:
        e["carrying_cost"] *= price
        e["terminal_value"] *= price
        e["initial"] *= mass
        e["capacity"] *= mass
    other["measures"][1]["specific"] *= price
    other["measures"][2]["price"] *= price
    other["measures"][3]["quantity"] *= mass
    one, two = solved(market, net), solved(market, other)
    for mine, theirs in zip(one.record["prices"], two.record["prices"], strict=True):
        assert theirs["price"] == approx(mine["price"] * price, rel=1e-5)
    for mine, theirs in zip(one.record["demand"], two.record["demand"], strict=True):
        assert theirs["quantity"] == approx(mine["quantity"] * mass, rel=1e-5)
    for mine, theirs in zip(one.record["measures"], two.record["measures"], strict=True):
        assert theirs["binding"] == mine["binding"]
        assert theirs["attained"] == mine["attained"]
        assert theirs["revenue"] == approx(mine["revenue"] * money, rel=1e-4, abs=1e-4 * money)
        assert theirs["rent"] == approx(mine["rent"] * money, rel=1e-4, abs=1e-4 * money)
    assert two.welfare("producer") == approx(one.welfare("producer") * money, rel=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_names_and_order_of_entries(market, seed):
    rng = np.random.default_rng(seed)
    net = rich(rng)
    text = json.dumps(net)
    for old, new in (("a", "Zürich"), ("b", "7"), ("c", "a b")):
        text = text.replace(f'"{old}"', json.dumps(new))
    other = json.loads(text)
    for table in ("supplies", "demands", "routes", "processes", "stocks", "measures"):
        other[table] = [other[table][i] for i in rng.permutation(len(other[table]))]
    names = {"a": "Zürich", "b": "7", "c": "a b"}
    one, two = solved(market, net), solved(market, other)
    for row in one.record["prices"]:
        twin = two.price(names[row["region"]], row["commodity"], period=row["period"])
        assert twin == approx(row["price"], rel=1e-6)
    for row in one.record["measures"]:
        region = row["region"] and names[row["region"]]
        twin = two.measure(row["id"], region=region, period=row["period"])
        assert twin["revenue"] == approx(row["revenue"], rel=1e-5, abs=1e-4)


def test_a_period_cut_in_two_equal_halves_is_the_same_year(market):
    """Nothing stored, no interest: two half-years trade together what one year trades, at its prices."""
    net = rich(np.random.default_rng(9))
    net["stocks"] = []
    net["interest"] = 0.0
    whole, halves = copy.deepcopy(net), copy.deepcopy(net)
    whole["periods"] = [{"id": "y", "years": 1}]
    halves["periods"] = [{"id": "h1", "years": 0.5}, {"id": "h2", "years": 0.5}]
    one, two = solved(market, whole), solved(market, halves)
    for row in one.record["prices"]:
        for period in ("h1", "h2"):
            assert two.price(row["region"], row["commodity"], period=period) == approx(row["price"], rel=1e-5)
    for row in one.record["flows"]:
        parts = sum(two.flow(row["route"], period=period) for period in ("h1", "h2"))
        assert parts == approx(row["quantity"], rel=1e-4, abs=1e-4)
    for name in ("duty", "tax", "floor"):
        assert two.money(name)[1] == approx(one.money(name)[1], rel=1e-4, abs=1e-3)
    assert two.welfare() == approx(one.welfare(), rel=1e-6)


def test_a_demand_cut_in_two_parts_is_the_same_demand(market):
    """100 - P is 60 - 0.6 P and 40 - 0.4 P."""
    answer = (
        market()
        .supply("x", form="linear", intercept=0, slope=1)
        .demand("x", name="one", form="linear", intercept=60, slope=0.6)
        .demand("x", name="two", form="linear", intercept=40, slope=0.4)
        .solve()
    )
    assert answer.price("x") == approx(50, rel=1e-6)
    assert answer.demand("one") == approx(30, rel=1e-6)


def test_other_processes_of_other_hash_seeds_write_the_same_bytes(tmp_path):
    path = tmp_path / "network.json"
    path.write_text(json.dumps(rich(np.random.default_rng(1))), encoding="utf-8")
    outputs = {
        subprocess.run(
            [sys.executable, "-m", "ytterby", "market", "solve", str(path), "--format", "json"],
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            timeout=120,
            check=False,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["status"] == "optimal"
