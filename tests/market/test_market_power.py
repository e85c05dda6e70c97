"""Firms that know their effect on the price: Cournot in closed form."""

import pytest

from ytterby.errors import UnsupportedError
from ytterby.market import solve


def market(costs, demand, conduct=1.0, **more):
    supplies = [
        {"id": f"s{i}", "commodity": "dy", "region": "h", "curve": {"form": "marginal_cost", "cost": c}}
        for i, c in enumerate(costs)
    ]
    return {
        "supplies": supplies,
        "demands": [{"id": "d", "commodity": "dy", "region": "h", "curve": demand}],
        "firms": [{"id": f"f{i}", "supplies": [f"s{i}"], "conduct": conduct} for i in range(len(costs))],
        **more,
    }


LINEAR = {"form": "inverse_linear", "intercept": 100, "slope": 2}


@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_linear_cournot_of_equal_firms(n):
    r = solve(market([10] * n, LINEAR)).to_dict()
    assert r["prices"][0]["price"] == pytest.approx((100 + n * 10) / (n + 1))
    assert [f["quantity"] for f in r["firms"]] == pytest.approx([90 / (2 * (n + 1))] * n)
    assert r["instrument_class"] == "qp"


def test_a_firm_too_costly_stays_out():
    r = solve(market([10, 20, 80], LINEAR)).to_dict()
    # two sell: p = (100 + 30)/3 < 80
    assert r["prices"][0]["price"] == pytest.approx(130 / 3)
    assert r["firms"][2]["quantity"] == 0


@pytest.mark.parametrize("conduct", [0.0, 0.25, 1.0])
def test_conduct_between_price_taking_and_cournot(conduct):
    r = solve(market([10, 10], LINEAR, conduct)).to_dict()
    # p − 10 = θ·2·q, p = 100 − 4 q
    q = 90 / (4 + 2 * conduct)
    assert r["prices"][0]["price"] == pytest.approx(100 - 4 * q)


@pytest.mark.parametrize(("n", "e"), [(1, 1.5), (2, 0.8), (5, 0.4), (10, 0.3)])
def test_isoelastic_cournot_marks_up_by_the_lerner_rule(n, e):
    r = solve(market([10] * n, {"form": "isoelastic", "scale": 500, "elasticity": e})).to_dict()
    p = 10 / (1 - 1 / (n * e))
    assert r["prices"][0]["price"] == pytest.approx(p, rel=1e-7)
    assert sum(f["quantity"] for f in r["firms"]) == pytest.approx(500 * p**-e, rel=1e-7)
    assert r["instrument_class"] == "complementarity"


def test_unequal_isoelastic_firms_share_by_their_margins():
    costs, e = [8, 10, 12], 0.9
    r = solve(market(costs, {"form": "isoelastic", "scale": 500, "elasticity": e})).to_dict()
    p = sum(costs) / (3 - 1 / e)
    assert r["prices"][0]["price"] == pytest.approx(p, rel=1e-7)
    total = 500 * p**-e
    assert [f["quantity"] for f in r["firms"]] == pytest.approx([e * (1 - c / p) * total for c in costs], rel=1e-6)


def test_a_fringe_limits_the_leader():
    net = market([10], LINEAR)
    net["supplies"].append(
        {"id": "fringe", "commodity": "dy", "region": "h", "curve": {"form": "linear", "intercept": 0, "slope": 0.1}}
    )
    r = solve(net).to_dict()
    # the leader takes the fringe's quantity as given: p − 10 = 2 q, q + 0.1 p = (100 − p)/2
    p = (50 + 5) / (0.5 + 0.5 + 0.1)
    assert r["prices"][0]["price"] == pytest.approx(p)


def test_sales_to_each_market_are_set_apart():
    net = market([10, 10], LINEAR)
    net["demands"].append(
        {"id": "x", "commodity": "dy", "region": "a", "curve": {"form": "inverse_linear", "intercept": 70, "slope": 1}}
    )
    net["routes"] = [{"id": "r", "commodity": "dy", "from": "h", "to": "a", "cost": 6}]
    net["measures"] = [{"id": "t", "instrument": "import_tariff", "importer": "a", "ad_valorem": 0.25}]
    r = solve(net).to_dict()
    p = {x["region"]: x["price"] for x in r["prices"]}
    assert p["h"] == pytest.approx(40)
    # a: each firm's p/1.25 − 16 = q/1.25, p = 70 − 2 q
    assert p["a"] == pytest.approx((70 + 2 * 20) / 3)
    got = {(f["id"], f["region"]): f["quantity"] for f in r["firms"]}
    assert got["f0", "h"] == pytest.approx(15)
    assert got["f1", "a"] == pytest.approx((70 - p["a"]) / 2)
    tax = p["a"] - p["a"] / 1.25
    assert r["measures"][0]["wedge"] == pytest.approx(tax)
    assert r["welfare"]["government"] == pytest.approx(tax * (70 - p["a"]))


def test_market_power_over_an_input_is_refused_with_the_reason():
    net = market([10], LINEAR)
    net["processes"] = [{"id": "p", "region": "h", "inputs": {"dy": 1}, "outputs": {"magnet": 1}}]
    with pytest.raises(UnsupportedError, match="the process 'p' uses it"):
        solve(net)
    net["firms"][0]["conduct"] = 0.0
    assert solve(net).prices.price[0] == pytest.approx(10)


def test_market_power_over_a_fixed_demand_is_refused():
    with pytest.raises(UnsupportedError, match="no bound"):
        solve(market([10], {"form": "fixed", "quantity": 5, "choke": 90}))


def test_a_choke_price_matters_to_a_firm_only_where_it_binds():
    free = solve(market([10, 10], LINEAR | {"choke": 90}))
    assert free.prices.price[0] == pytest.approx(40)
    with pytest.raises(UnsupportedError, match="choke price of 'd'"):
        solve(market([10, 10], LINEAR | {"choke": 30}))
