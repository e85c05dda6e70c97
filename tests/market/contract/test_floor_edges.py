"""Floors where there is nothing to levy, to buy or to top up."""

from __future__ import annotations

import pytest

from ytterby.errors import UnsupportedError

approx = pytest.approx


def test_a_payment_to_members_without_producers_is_nothing(market):
    """Metal is made abroad alone (20 flat): members a and b pay 20 and nobody is topped up."""
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("a", form="linear", intercept=100, slope=1)
        .demand("b", form="linear", intercept=60, slope=1)
        .route("abroad", "a")
        .route("abroad", "b")
        .measure("price_floor", commodity="wheat", members=["a", "b"], price=50, upheld_by="deficiency_payment")
        .solve()
    )
    assert answer.price("a") == approx(20, rel=1e-6)
    assert answer.price("b") == approx(20, rel=1e-6)
    assert answer.money("price_floor") == approx((0, 0), abs=1e-5)


def test_a_payment_reaches_the_members_that_produce(market):
    """a makes P, b only buys: demand 100 - P each, freight nil. Floor 80: a makes 80, price 60, payment 20 on 80."""
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .route("a", "b")
        .measure("price_floor", commodity="wheat", members=["a", "b"], price=80, upheld_by="deficiency_payment")
        .solve()
    )
    assert answer.price("a") == approx(60, rel=1e-6)
    assert answer.price("b") == approx(60, rel=1e-6)
    assert answer.supply("a") == approx(80, rel=1e-6)
    assert answer.money("price_floor")[1] == approx(-20 * 80, rel=1e-5)


def test_a_purchase_in_a_member_that_makes_nothing_buys_imports_at_the_floor(market):
    """Abroad P = q, freight nil, demand 100 - P: at 60 abroad ships 60, 40 are eaten, 20 bought."""
    answer = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
        .measure("price_floor", commodity="wheat", members="home", price=60, upheld_by="purchase")
        .solve()
    )
    assert answer.price("home") == approx(60, rel=1e-6)
    assert answer.money("price_floor")[1] == approx(-1200, rel=1e-5)


@pytest.mark.parametrize("upheld_by", ["adjustable_tariff", "purchase", "deficiency_payment"])
def test_a_floor_in_a_member_without_market_is_harmless(market, upheld_by):
    """b neither makes, buys nor imports wheat; a's 50 stands at or above the floor of 45."""
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .demand("b", commodity="corn", form="linear", intercept=10, slope=1)
        .measure("price_floor", commodity="wheat", members=["a", "b"], price=45, upheld_by=upheld_by)
        .solve()
    )
    assert answer.price("a") == approx(50, rel=1e-6)
    assert answer.money("price_floor") == approx((0, 0), abs=1e-5)


def test_a_floor_on_all_regions_levies_nothing_for_all_trade_is_between_members(market):
    answer = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
        .measure("price_floor", commodity="wheat", members="*", price=70, upheld_by="adjustable_tariff")
        .solve()
    )
    assert answer.price("home") == approx(55, rel=1e-6)
    assert answer.money("price_floor") == approx((0, 0), abs=1e-5)


def test_two_floors_on_one_good_of_one_member_are_refused_by_name(market):
    """Which of two levies holds the price is not said; refused with the names, not solved as one of many splits."""
    network = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
    )
    for name, price in (("low", 60), ("high", 70)):
        network.measure(
            "price_floor", name=name, commodity="wheat", members="home", price=price, upheld_by="adjustable_tariff"
        )
    with pytest.raises(UnsupportedError, match="'low' and 'high'"):
        network.solve()


def test_a_floor_with_storage_lifts_the_price_of_earlier_periods(market):
    """Imports 20 flat in both years; a floor of 40 in the second; storage at 5 a year, freight nil, no interest.

    Stocks bought at 20 in t1 cost 25 in t2 and undersell the floor: held for all of t2's demand 100 - 25 = 75, so t2 is
    without imports at a price of 25: not attained.
    """
    answer = (
        market(periods=[{"id": "t1"}, {"id": "t2"}])
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
        .stock("home", carrying_cost=5)
        .measure(
            "price_floor",
            commodity="wheat",
            members="home",
            price=40,
            upheld_by="adjustable_tariff",
            period="t2",
        )
        .solve()
    )
    assert answer.price("home", period="t1") == approx(20, rel=1e-6)
    assert answer.price("home", period="t2") == approx(25, rel=1e-6)
    assert answer.stock("home", period="t1") == approx(75, rel=1e-5)
    record = answer.measure("price_floor", period="t2")
    assert record["attained"] is False
    assert record["wedge"] is None


def test_a_floor_with_a_small_store_is_held_by_the_levy_on_the_rest(market):
    """As before with room for 30: t2 buys 60 at 40, 30 of it from the store, 30 imported under a levy of 20."""
    answer = (
        market(periods=[{"id": "t1"}, {"id": "t2"}])
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
        .stock("home", carrying_cost=5, capacity=30)
        .measure(
            "price_floor",
            commodity="wheat",
            members="home",
            price=40,
            upheld_by="adjustable_tariff",
            period="t2",
        )
        .solve()
    )
    assert answer.price("home", period="t2") == approx(40, rel=1e-6)
    assert answer.stock("home", period="t1") == approx(30, rel=1e-6)
    assert answer.measure("price_floor", period="t2")["revenue"] == approx(600, rel=1e-5)


def test_a_payment_tops_up_fixed_and_intercept_supplies_too(market):
    """Fixed 30 and 10 + P of one region against 100 - P; floor 45: supply 30 + 55 = 85, price 15, payment 30 on 85."""
    answer = (
        market()
        .supply("x", name="fixed", form="fixed", quantity=30)
        .supply("x", name="rising", form="linear", intercept=10, slope=1)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("price_floor", commodity="wheat", members="x", price=45, upheld_by="deficiency_payment")
        .solve()
    )
    assert answer.price("x") == approx(15, rel=1e-6)
    assert answer.supply("rising") == approx(55, rel=1e-6)
    assert answer.money("price_floor")[1] == approx(-30 * 85, rel=1e-5)
    # producers get 45 on all: 45 * 30 and 45 * 10 + 45^2 / 2
    assert answer.welfare("producer") == approx(1350 + 450 + 1012.5, rel=1e-5)


def test_a_payment_to_a_fixed_supply_alone(market):
    """Fixed 80 against 100 - P: price 20; floor 50 pays 30 on each of 80."""
    answer = (
        market()
        .supply("x", form="fixed", quantity=80)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("price_floor", commodity="wheat", members="x", price=50, upheld_by="deficiency_payment")
        .solve()
    )
    assert answer.price("x") == approx(20, rel=1e-6)
    assert answer.money("price_floor")[1] == approx(-2400, rel=1e-5)
    assert answer.welfare("producer") == approx(50 * 80, rel=1e-5)


def test_a_payment_tops_up_a_by_product_as_well(market):
    """Separation of free ore, cost 10 a level, makes 0.5 a and 0.5 b; a's demand 100 - P, b's 20 - P.

    Floor 30 on b: 0.5 P_a + 0.5 * 30 = 10 would ask P_a < 0, so a falls to 0 and the level rises until b's payment
    alone earns the cost: it earns 15 > 10 whatever the level: held by capacity 100. P_a = 50, b thrown away beyond 20.
    """
    answer = (
        market()
        .process("sep", "x", {}, {"a": 0.5, "b": 0.5}, cost=10, capacity=100)
        .demand("x", name="a", commodity="a", form="linear", intercept=100, slope=1)
        .demand("x", name="b", commodity="b", form="linear", intercept=20, slope=1)
        .measure("price_floor", commodity="b", members="x", price=30, upheld_by="deficiency_payment")
        .solve()
    )
    assert answer.level("sep") == approx(100, rel=1e-6)
    assert answer.price("x", "a") == approx(50, rel=1e-6)
    assert answer.price("x", "b") == approx(0, abs=1e-5)
    assert answer.money("price_floor")[1] == approx(-30 * 50, rel=1e-5)
