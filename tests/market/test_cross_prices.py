"""Demands and supplies that depend on other prices: against a direct solution of their equations."""

import numpy as np
import pytest
from scipy.optimize import fsolve

from ytterby.market import solve


def two_goods(wheat, corn, supply=None):
    supply = supply or {"form": "linear", "intercept": 0, "slope": 1}
    return {
        "supplies": [
            {"id": f"s.{g}", "commodity": g, "region": "h", "curve": c}
            for g, c in (("wheat", supply), ("corn", {"form": "linear", "intercept": 10, "slope": 2}))
        ],
        "demands": [
            {"id": f"d.{g}", "commodity": g, "region": "h", "curve": c} for g, c in (("wheat", wheat), ("corn", corn))
        ],
    }


def linear(a, b, **more):
    return {"form": "linear", "intercept": a, "slope": b, **more}


def prices(result):
    return {r["commodity"]: r["price"] for r in result["prices"]}


def test_symmetric_linear_cross_prices_are_a_qp():
    r = solve(two_goods(linear(100, 2, cross={"corn": 0.5}), linear(80, 1, cross={"wheat": 0.5}))).to_dict()
    # w: 3 w − 0.5 c = 100; c: 3 c − 0.5 w = 70
    expected = np.linalg.solve([[3, -0.5], [-0.5, 3]], [100, 70])
    assert [prices(r)["wheat"], prices(r)["corn"]] == pytest.approx(list(expected))
    assert r["instrument_class"] == "qp"


def test_one_sided_cross_prices_are_complementarity():
    r = solve(two_goods(linear(100, 2, cross={"corn": 1.5}), linear(80, 1))).to_dict()
    c = 70 / 3
    assert prices(r) == pytest.approx({"corn": c, "wheat": (100 + 1.5 * c) / 3})
    assert r["instrument_class"] == "complementarity"


def test_demand_with_cross_prices_is_cut_at_zero():
    r = solve(two_goods(linear(20, 2, cross={"corn": -1}), linear(80, 1))).to_dict()
    # at corn 70/3 wheat demand is 20 − 70/3 < 0 at any price
    assert {x["id"]: x["quantity"] for x in r["demand"]}["d.wheat"] == 0


def test_isoelastic_cross_prices():
    wheat = {"form": "isoelastic", "scale": 300, "elasticity": 0.5, "cross": {"corn": 0.3}}
    corn = {"form": "isoelastic", "scale": 400, "elasticity": 0.8, "cross": {"wheat": 0.2}}
    r = solve(two_goods(wheat, corn)).to_dict()

    def excess(log_p):
        w, c = np.exp(log_p)
        return [300 * w**-0.5 * c**0.3 - w, 400 * c**-0.8 * w**0.2 - 10 - 2 * c]

    w, c = np.exp(fsolve(excess, np.log([30.0, 20.0]), xtol=1e-12))
    assert prices(r) == pytest.approx({"wheat": w, "corn": c}, rel=1e-7)


@pytest.mark.parametrize("choke", [10.0, 30.0, 60.0])
@pytest.mark.parametrize("form", ["linear", "isoelastic"])
def test_choke_price_with_cross_prices(form, choke):
    corn = linear(80, 1)
    c = 70 / 3
    if form == "linear":
        wheat = linear(100, 2, cross={"corn": 1.5}, choke=choke)
        free = (100 + 1.5 * c) / 3
        wanted = 100 - 2 * choke + 1.5 * c
    else:
        wheat = {"form": "isoelastic", "scale": 300, "elasticity": 0.5, "cross": {"corn": 0.3}, "choke": choke}
        free = (300 * c**0.3) ** (1 / 1.5)
        wanted = 300 * choke**-0.5 * c**0.3
    r = solve(two_goods(wheat, corn)).to_dict()
    p = min(free, choke)
    assert prices(r)["wheat"] == pytest.approx(p, rel=1e-7)
    d = next(x for x in r["demand"] if x["id"] == "d.wheat")
    assert d["quantity"] == pytest.approx(p, rel=1e-7)
    assert d["unserved"] == pytest.approx(max(0.0, wanted - choke) if p == choke else 0.0, abs=1e-5)


def test_supply_and_rigid_demand_with_cross_prices():
    supply = {"form": "linear", "intercept": 5, "slope": 1, "cross": {"corn": -0.4}}
    r = solve(two_goods(linear(40, 0, cross={"corn": 0.5}), linear(80, 1), supply)).to_dict()
    c = 70 / 3
    q = 40 + 0.5 * c
    assert prices(r)["wheat"] == pytest.approx(q - 5 + 0.4 * c)
    assert {x["id"]: x["quantity"] for x in r["demand"]}["d.wheat"] == pytest.approx(q)


def test_a_refinery_of_joint_products_with_non_symmetric_demands():
    """Two recipes of two joint products, each demand moved by the other's price: against the equations' root."""
    net = {
        "supplies": [{"id": "crude", "commodity": "crude", "region": "h", "curve": linear(-10, 1)}],
        "processes": [
            {"id": "mild", "region": "h", "inputs": {"crude": 1}, "outputs": {"petrol": 0.4, "diesel": 0.6}, "cost": 1},
            {"id": "hard", "region": "h", "inputs": {"crude": 1}, "outputs": {"petrol": 0.7, "diesel": 0.2}, "cost": 2},
        ],
        "demands": [
            {"id": "p", "commodity": "petrol", "region": "h", "curve": linear(60, 1, cross={"diesel": 0.6})},
            {"id": "d", "commodity": "diesel", "region": "h", "curve": linear(50, 1, cross={"petrol": 0.1})},
        ],
    }
    r = solve(net).to_dict()

    # crude, petrol, diesel prices; mild, hard levels
    rows = [
        [-1, 0.4, 0.6, 0, 0],
        [-1, 0.7, 0.2, 0, 0],
        [0, 1, -0.6, 0.4, 0.7],
        [0, -0.1, 1, 0.6, 0.2],
        [1, 0, 0, -1, -1],
    ]
    crude, petrol, diesel, mild, hard = np.linalg.solve(rows, [1, 2, 60, 50, 10])
    assert min(mild, hard) > 0
    assert prices(r) == pytest.approx({"crude": crude, "petrol": petrol, "diesel": diesel})
    assert [x["level"] for x in r["processes"]] == pytest.approx([mild, hard])
