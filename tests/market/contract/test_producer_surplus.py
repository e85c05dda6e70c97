"""Producer surplus is the area left of the supply curve from price zero, for prices are never negative."""

from __future__ import annotations

import pytest

approx = pytest.approx


def test_units_offered_at_any_price_gain_the_price_and_no_more(market):
    """Supply 10 + P against demand 50 - P: P = 20, and the area from price 0 to 20 is 10 * 20 + 20^2 / 2 = 400."""
    answer = (
        market()
        .supply("home", form="linear", intercept=10, slope=1)
        .demand("home", form="linear", intercept=50, slope=1)
        .solve()
    )
    assert answer.price("home") == approx(20)
    assert answer.welfare("producer") == approx(400, rel=1e-6)


def test_a_glut_at_price_nothing_gains_nothing(market):
    """Supply 80 + P against demand 50 - P: the price is 0, 50 are bought, nobody earns anything from the rest."""
    answer = (
        market()
        .supply("home", form="linear", intercept=80, slope=1)
        .demand("home", form="linear", intercept=50, slope=1)
        .solve()
    )
    assert answer.price("home") == approx(0, abs=1e-6)
    assert answer.demand("home") == approx(50)
    assert answer.welfare("producer") == approx(0, abs=1e-5)
    assert answer.welfare("consumer") == approx(1250)


@pytest.mark.parametrize("intercept", [-10.0, 0.0])
def test_where_supply_starts_at_a_price_the_surplus_is_the_triangle_above_it(market, intercept):
    """Supply i + P from price -i: surplus (P + i)^2 / 2 with P = (50 - i) / 2."""
    answer = (
        market()
        .supply("home", form="linear", intercept=intercept, slope=1)
        .demand("home", form="linear", intercept=50, slope=1)
        .solve()
    )
    price = (50 - intercept) / 2
    assert answer.price("home") == approx(price)
    assert answer.welfare("producer") == approx((price + intercept) ** 2 / 2)
