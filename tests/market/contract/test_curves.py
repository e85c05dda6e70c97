"""Every supply and demand curve against a partner curve, by formula or by root finding."""

from __future__ import annotations

import math

import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

approx = pytest.approx

SUPPLIES = {
    "linear through zero": ({"form": "linear", "intercept": 0, "slope": 2}, lambda p: 2 * p),
    "linear from a price": ({"form": "linear", "intercept": -30, "slope": 2}, lambda p: max(2 * p - 30, 0)),
    "linear from a quantity": ({"form": "linear", "intercept": 15, "slope": 0.5}, lambda p: 15 + 0.5 * p),
    "marginal cost": ({"form": "marginal_cost", "cost": 12, "slope": 0.4}, lambda p: max((p - 12) / 0.4, 0)),
    "marginal cost to capacity": (
        {"form": "marginal_cost", "cost": 12, "slope": 0.1, "capacity": 40},
        lambda p: min(max((p - 12) / 0.1, 0), 40),
    ),
    "power, rising fast": (
        {"form": "power", "cost": 5, "scale": 8, "exponent": 0.5},
        lambda p: 8 * max(p - 5, 0) ** 0.5,
    ),
    "power, rising slowly": (
        {"form": "power", "cost": 5, "scale": 0.5, "exponent": 1.5},
        lambda p: 0.5 * max(p - 5, 0) ** 1.5,
    ),
    "power without cost": ({"form": "power", "cost": 0, "scale": 3, "exponent": 0.8}, lambda p: 3 * p**0.8),
    "isoelastic, inelastic": ({"form": "isoelastic", "scale": 10, "elasticity": 0.3}, lambda p: 10 * p**0.3),
    "isoelastic, elastic": ({"form": "isoelastic", "scale": 0.1, "elasticity": 2}, lambda p: 0.1 * p**2),
    "fixed": ({"form": "fixed", "quantity": 37}, lambda _: 37.0),
}
DEMANDS = {
    "linear": ({"form": "linear", "intercept": 100, "slope": 1}, lambda p: max(100 - p, 0)),
    "inverse linear": ({"form": "inverse_linear", "intercept": 80, "slope": 0.5}, lambda p: max((80 - p) / 0.5, 0)),
    "isoelastic, elastic": ({"form": "isoelastic", "scale": 3000, "elasticity": 1.6}, lambda p: 3000 * p**-1.6),
    "isoelastic, unit": ({"form": "isoelastic", "scale": 900, "elasticity": 1}, lambda p: 900 / p),
    "isoelastic, inelastic": ({"form": "isoelastic", "scale": 90, "elasticity": 0.25}, lambda p: 90 * p**-0.25),
    "fixed": ({"form": "fixed", "quantity": 33}, lambda _: 33.0),
}


@pytest.mark.parametrize("years", [1, 0.25])
@pytest.mark.parametrize("demand", DEMANDS)
@pytest.mark.parametrize("supply", SUPPLIES)
def test_supply_meets_demand_where_the_curves_cross(market, supply, demand, years):
    (offer, offered), (want, wanted) = SUPPLIES[supply], DEMANDS[demand]
    answer = market(periods=[{"id": "t", "years": years}]).supply("x", **offer).demand("x", **want).solve()
    price = answer.price("x")
    if offered(1e-12) >= wanted(1e-12):
        assert price == approx(0, abs=1e-6)
    else:
        assert price == approx(brentq(lambda p: offered(p) - wanted(p), 1e-12, 1e6, xtol=1e-13, rtol=1e-14), rel=1e-6)
        assert answer.supply("x") == approx(wanted(price) * years, rel=1e-5)
    assert answer.demand("x") == approx(wanted(price) * years, rel=1e-5)
    assert answer.unserved("x") == approx(0, abs=1e-6)


@pytest.mark.parametrize("supply", SUPPLIES)
def test_producer_surplus_is_the_integral_of_supply_over_prices(market, supply):
    offer, offered = SUPPLIES[supply]
    answer = market().supply("x", **offer).demand("x", form="linear", intercept=100, slope=1).solve()
    kinks = [p for p in (5, 12, 15, 16) if p < answer.price("x")]
    area, _ = quad(offered, 0, answer.price("x"), points=kinks, limit=200)
    assert answer.welfare("producer") == approx(area, rel=1e-5)


@pytest.mark.parametrize("demand", ["linear", "inverse linear", "isoelastic, elastic"])
def test_consumer_surplus_is_the_integral_of_demand_over_higher_prices(market, demand):
    want, wanted = DEMANDS[demand]
    answer = market().supply("x", form="marginal_cost", cost=0, slope=0.5).demand("x", **want).solve()
    top = {"linear": 100, "inverse linear": 80}.get(demand, math.inf)
    area, _ = quad(wanted, answer.price("x"), top, limit=200)
    assert answer.welfare("consumer") == approx(area, rel=1e-6)


@pytest.mark.parametrize("demand", ["isoelastic, unit", "isoelastic, inelastic", "fixed"])
def test_where_the_first_units_are_worth_any_price_consumer_surplus_is_null(market, demand):
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=1, slope=0.5)
        .demand("x", **DEMANDS[demand][0])
        .supply("y", form="linear", intercept=0, slope=1)
        .demand("y", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.welfare("consumer") is None
    assert answer.welfare("total") is None
    assert answer.welfare("consumer", "x") is None
    assert answer.welfare("total", "x") is None
    assert answer.welfare("producer", "x") == approx((answer.price("x") - 1) * answer.supply("x") / 2, rel=1e-5)
    assert answer.welfare("consumer", "y") == approx(1250, rel=1e-6)
    assert answer.welfare("total", "y") == approx(2500, rel=1e-6)


CHOKED = {
    "linear": ({"form": "linear", "intercept": 100, "slope": 1}, lambda p: 100 - p),
    "inverse linear": ({"form": "inverse_linear", "intercept": 100, "slope": 1}, lambda p: 100 - p),
    "isoelastic, unit": ({"form": "isoelastic", "scale": 1800, "elasticity": 1}, lambda p: 1800 / p),
    "isoelastic, inelastic": ({"form": "isoelastic", "scale": 120, "elasticity": 0.2}, lambda p: 120 * p**-0.2),
    "fixed": ({"form": "fixed", "quantity": 70}, lambda _: 70.0),
}


@pytest.mark.parametrize("demand", CHOKED)
def test_below_its_choke_a_demand_is_its_curve(market, demand):
    want, wanted = CHOKED[demand]
    answer = market().supply("x", form="marginal_cost", cost=10).demand("x", choke=30, **want).solve()
    assert answer.price("x") == approx(10, rel=1e-6)
    assert answer.demand("x") == approx(wanted(10), rel=1e-6)
    assert answer.unserved("x") == approx(0, abs=1e-6)


@pytest.mark.parametrize("demand", CHOKED)
def test_at_its_choke_a_demand_buys_what_there_is(market, demand):
    """20 units against a demand for more than 20 at its choke of 30: price 30, 20 bought."""
    want, wanted = CHOKED[demand]
    assert wanted(30) > 20
    answer = market().supply("x", form="fixed", quantity=20).demand("x", choke=30, **want).solve()
    assert answer.price("x") == approx(30, rel=1e-6)
    assert answer.demand("x") == approx(20, rel=1e-6)
    assert answer.welfare("producer") == approx(600, rel=1e-6)
    assert answer.welfare("consumer") == approx(0, abs=1e-4)


@pytest.mark.parametrize("demand", CHOKED)
def test_above_its_choke_nobody_buys(market, demand):
    answer = market().supply("x", form="marginal_cost", cost=31).demand("x", choke=30, **CHOKED[demand][0]).solve()
    assert answer.demand("x") == approx(0, abs=1e-6)
    assert answer.supply("x") == approx(0, abs=1e-6)
    assert 30 - 1e-6 <= answer.price("x") <= 31 + 1e-6


@pytest.mark.parametrize("demand", CHOKED)
def test_a_choke_bounds_the_consumer_surplus(market, demand):
    """Price 10: the surplus is the integral of demand from 10 to 30."""
    want, wanted = CHOKED[demand]
    answer = market().supply("x", form="marginal_cost", cost=10).demand("x", choke=30, **want).solve()
    assert answer.welfare("consumer") == approx(quad(wanted, 10, 30)[0], rel=1e-6)
    assert answer.welfare() == approx(quad(wanted, 10, 30)[0], rel=1e-6)


def test_a_choke_above_where_demand_ends_changes_nothing(market):
    answer = (
        market().supply("x", form="fixed", quantity=10).demand("x", form="linear", intercept=100, slope=1, choke=500)
    )
    assert answer.solve().price("x") == approx(90, rel=1e-6)


@pytest.mark.parametrize("years", [1, 2])
def test_what_a_fixed_demand_does_not_get_is_unserved(market, years):
    answer = (
        market(periods=[{"id": "t", "years": years}])
        .supply("x", form="marginal_cost", cost=4, slope=0, capacity=25)
        .demand("x", form="fixed", quantity=40, choke=100)
        .solve()
    )
    assert answer.price("x") == approx(100, rel=1e-6)
    assert answer.demand("x") == approx(25 * years, rel=1e-6)
    assert answer.unserved("x") == approx(15 * years, rel=1e-6)


def test_a_fixed_demand_priced_out_is_unserved_in_full(market):
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=120, slope=0)
        .demand("x", form="fixed", quantity=40, choke=100)
        .solve()
    )
    assert answer.demand("x") == approx(0, abs=1e-6)
    assert answer.unserved("x") == approx(40, rel=1e-6)


def test_fixed_demands_are_served_in_the_order_of_their_chokes(market):
    """30 units for 20 (choke 90), 20 (choke 60), 20 (choke 40): the second gets 10 at its choke."""
    network = market().supply("x", form="fixed", quantity=30)
    for choke in (40, 60, 90):
        network.demand("x", name=f"d{choke}", form="fixed", quantity=20, choke=choke)
    answer = network.solve()
    assert answer.price("x") == approx(60, rel=1e-6)
    assert [answer.demand(f"d{choke}") for choke in (90, 60, 40)] == approx([20, 10, 0], abs=1e-5)
    assert [answer.unserved(f"d{choke}") for choke in (90, 60, 40)] == approx([0, 10, 20], abs=1e-5)


def test_linear_demand_of_slope_nothing_is_a_fixed_quantity(market):
    answer = (
        market().supply("x", form="marginal_cost", cost=2, slope=1).demand("x", form="linear", intercept=7, slope=0)
    )
    assert answer.solve().price("x") == approx(9, rel=1e-6)


def test_inverse_linear_demand_of_slope_nothing_buys_any_quantity_at_its_price(market):
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=2, slope=0.5)
        .demand("x", form="inverse_linear", intercept=12, slope=0)
        .solve()
    )
    assert answer.price("x") == approx(12, rel=1e-6)
    assert answer.demand("x") == approx(20, rel=1e-6)
    assert answer.welfare("consumer") == approx(0, abs=1e-5)


def test_linear_supply_of_slope_nothing_is_a_fixed_quantity(market):
    answer = (
        market().supply("x", form="linear", intercept=20, slope=0).demand("x", form="linear", intercept=50, slope=1)
    )
    assert answer.solve().price("x") == approx(30, rel=1e-6)


def test_nothing_is_made_below_the_first_units_cost(market):
    answer = (
        market()
        .supply("x", form="linear", intercept=-60, slope=1)
        .demand("x", form="linear", intercept=50, slope=1)
        .solve()
    )
    assert answer.supply("x") == approx(0, abs=1e-6)
    assert 50 - 1e-6 <= answer.price("x") <= 60 + 1e-6


def test_many_curves_of_all_forms_in_one_market(market):
    """All supplies and all demands at once: one price, by root finding on the sums."""
    network = market()
    for i, (offer, _) in enumerate(SUPPLIES.values()):
        network.supply("x", name=f"s{i}", **offer)
    for i, (want, _) in enumerate(DEMANDS.values()):
        network.demand("x", name=f"d{i}", **want)
    answer = network.solve()
    price = brentq(
        lambda p: sum(f(p) for _, f in SUPPLIES.values()) - sum(f(p) for _, f in DEMANDS.values()),
        1e-6,
        1e4,
        xtol=1e-13,
    )
    assert answer.price("x") == approx(price, rel=1e-6)
    for i, (_, offered) in enumerate(SUPPLIES.values()):
        assert answer.supply(f"s{i}") == approx(offered(price), rel=1e-5, abs=1e-5)
    for i, (_, wanted) in enumerate(DEMANDS.values()):
        assert answer.demand(f"d{i}") == approx(wanted(price), rel=1e-5, abs=1e-5)
