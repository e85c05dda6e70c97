"""Curves near the ends of their range, against root finding."""

from __future__ import annotations

import pytest
from scipy.optimize import brentq

approx = pytest.approx


@pytest.mark.parametrize("exponent", [0.05, 0.2, 3.0, 8.0])
@pytest.mark.parametrize("elasticity", [0.05, 0.1, 0.3, 5.0])
def test_power_supply_and_isoelastic_demand_of_any_bend(market, exponent, elasticity):
    """10 (P - 2)^exponent = 50 (P / 20)^-elasticity."""
    scale = 50 * 20**elasticity
    answer = (
        market()
        .supply("x", form="power", cost=2, scale=10, exponent=exponent)
        .demand("x", form="isoelastic", scale=scale, elasticity=elasticity)
        .solve()
    )
    price = brentq(
        lambda p: 10 * (p - 2) ** exponent - 50 * (p / 20) ** -elasticity, 2 + 1e-12, 1e9, xtol=1e-14, rtol=1e-14
    )
    assert answer.price("x") == approx(price, rel=1e-6)
    assert answer.demand("x") == approx(50 * (price / 20) ** -elasticity, rel=1e-5)


@pytest.mark.parametrize("power", [0.2, 0.5, 4.0, 8.0])
def test_freight_of_any_power(market, power):
    """40 flat in demand above 10 flat in supply: 30 = 1 + 0.5 Q^power."""
    answer = (
        market()
        .supply("a", form="marginal_cost", cost=10)
        .demand("b", form="inverse_linear", intercept=40, slope=0)
        .route("a", "b", cost=1, slope=0.5, power=power)
        .solve()
    )
    assert answer.flow("a-b") == approx(58 ** (1 / power), rel=1e-5)


@pytest.mark.parametrize("tiny", [1e-6, 1e-9])
def test_a_trickle_beside_a_flood(market, tiny):
    """A second source a million times smaller is found right."""
    answer = (
        market()
        .supply("x", name="flood", form="linear", intercept=0, slope=1)
        .supply("x", name="trickle", form="linear", intercept=0, slope=tiny)
        .demand("x", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x") == approx(100 / (2 + tiny), rel=1e-7)
    assert answer.supply("trickle") == approx(50 * tiny, rel=1e-3)


@pytest.mark.parametrize("slope", [1e-7, 1e7])
def test_nearly_flat_and_nearly_fixed_supply(market, slope):
    """P = 10 + slope q against 100 - q."""
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=10, slope=slope)
        .demand("x", form="inverse_linear", intercept=100, slope=1)
        .solve()
    )
    quantity = 90 / (1 + slope)
    assert answer.supply("x") == approx(quantity, rel=1e-5)
    assert answer.price("x") == approx(100 - quantity, rel=1e-6)


@pytest.mark.parametrize("rate", [1.0, 5.0, 50.0])
def test_very_high_shares_of_value(market, rate):
    """1 flat; home 100 - P: P = 1 + rate while below 100."""
    answer = (
        market()
        .supply("a", form="marginal_cost", cost=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .route("a", "b")
        .measure("import_tariff", ad_valorem=rate)
        .solve()
    )
    assert answer.price("b") == approx(1 + rate, rel=1e-6)
    assert answer.money("import_tariff")[1] == approx(rate * (99 - rate), rel=1e-5)


def test_many_periods(market):
    """A stock of 600 over 60 months, interest 5 % a year: prices rise 1.05^(1/12) a month, the stock is used up."""
    months = 60
    answer = (
        market(interest=0.05, periods=[{"id": f"m{t:02d}", "years": 1 / 12} for t in range(months)])
        .demand("x", form="linear", intercept=400, slope=1)
        .stock("x", initial=600)
        .solve()
    )
    growth = 1.05 ** (1 / 12)
    start = brentq(lambda p: sum(max(400 - p * growth**t, 0) / 12 for t in range(months)) - 600, 1, 400)
    for t in (0, 17, months - 1):
        assert answer.price("x", period=f"m{t:02d}") == approx(start * growth**t, rel=1e-6)


def test_a_hundred_sellers_and_buyers_in_one_place(market):
    """Steps of cost 1, 2, ..., 100 and worth 100, 99, ..., 1, one unit each: 50 trade at a price between 50 and 51."""
    network = market()
    for k in range(1, 101):
        network.supply("x", name=f"s{k}", form="marginal_cost", cost=k, capacity=1)
        network.demand("x", name=f"d{k}", form="fixed", quantity=1, choke=101 - k)
    answer = network.solve()
    assert 50 - 1e-6 <= answer.price("x") <= 51 + 1e-6
    assert sum(answer.supply(f"s{k}") for k in range(1, 101)) == approx(50, rel=1e-6)
    assert answer.welfare() == approx(sum(101 - 2 * k for k in range(1, 51)), rel=1e-6)
