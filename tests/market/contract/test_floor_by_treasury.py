"""Price floors that the treasury pays for: purchase lifts the market price, a deficiency payment leaves it.

Home supplies P and demands 100 - P: 50 without a floor.
"""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def home(market):
    return (
        market()
        .supply("home", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
    )


def floor(network, price, upheld_by, members="home", commodity="wheat", **rest):
    return network.measure(
        "price_floor", commodity=commodity, members=members, price=price, upheld_by=upheld_by, **rest
    )


@pytest.mark.parametrize("upheld_by", ["purchase", "deficiency_payment"])
def test_below_the_market_price_it_costs_nothing(home, upheld_by):
    answer = floor(home, 45, upheld_by).solve()
    assert answer.price("home") == approx(50, rel=1e-6)
    record = answer.measure("price_floor")
    assert record["attained"] is True
    assert record["binding"] is False
    assert record["revenue"] == approx(0, abs=1e-4)
    assert answer.welfare("government") == approx(0, abs=1e-4)


@pytest.mark.parametrize("price", [51.0, 60.0, 90.0])
def test_purchase_takes_the_surplus_off_the_market_at_the_floor(home, price):
    """At a floor F: supply F, demand 100 - F, the treasury buys 2 F - 100 at F."""
    answer = floor(home, price, "purchase").solve()
    bought = 2 * price - 100
    assert answer.price("home") == approx(price, rel=1e-6)
    assert answer.supply("home") == approx(price, rel=1e-6)
    assert answer.demand("home") == approx(100 - price, rel=1e-6)
    record = answer.measure("price_floor")
    assert record["attained"] is True
    assert record["binding"] is True
    assert record["revenue"] == approx(-price * bought, rel=1e-5)
    assert answer.welfare("government", "home") == approx(-price * bought, rel=1e-5)
    assert answer.welfare("consumer") == approx((100 - price) ** 2 / 2, rel=1e-5)
    assert answer.welfare("producer") == approx(price**2 / 2, rel=1e-5)


def test_purchase_above_every_buyers_choke_buys_all(home):
    answer = floor(home, 120, "purchase").solve()
    assert answer.price("home") == approx(120, rel=1e-6)
    assert answer.demand("home") == approx(0, abs=1e-5)
    assert answer.measure("price_floor")["revenue"] == approx(-120 * 120, rel=1e-5)


def test_purchase_with_an_open_border_buys_the_worlds_grain_too(home):
    """Abroad P = q at freight 10: at home's 60 abroad sells 50; the treasury buys 60 + 50 - 40 = 70."""
    home.supply("abroad", form="linear", intercept=0, slope=1).route("abroad", "home", cost=10)
    answer = floor(home, 60, "purchase").solve()
    assert answer.flow("abroad-home") == approx(50, rel=1e-6)
    assert answer.measure("price_floor")["revenue"] == approx(-60 * 70, rel=1e-5)


@pytest.mark.parametrize("price", [51.0, 60.0, 90.0])
def test_a_deficiency_payment_tops_up_what_producers_get(home, price):
    """Supply F clears at 100 - F; the treasury pays F - (100 - F) on each of F units."""
    answer = floor(home, price, "deficiency_payment").solve()
    market_price = 100 - price
    top_up = price - market_price
    assert answer.price("home") == approx(market_price, rel=1e-6)
    assert answer.supply("home") == approx(price, rel=1e-6)
    record = answer.measure("price_floor")
    assert record["attained"] is True
    assert record["binding"] is True
    assert abs(record["wedge"]) == approx(top_up, rel=1e-5)
    assert record["revenue"] == approx(-top_up * price, rel=1e-5)
    assert answer.welfare("government", "home") == approx(-top_up * price, rel=1e-5)
    assert answer.welfare("producer", "home") == approx(price**2 / 2, rel=1e-5)
    assert answer.welfare("consumer", "home") == approx(price**2 / 2, rel=1e-5)
    assert answer.record["instrument_class"] == "complementarity"


def test_a_deficiency_payment_with_an_open_border_leaves_the_import_price(home):
    """Imports at 30 flat: the price stays 30, home makes 60, demand 70, imports 10; cost 30 * 60."""
    home.supply("abroad", form="marginal_cost", cost=30).route("abroad", "home")
    answer = floor(home, 60, "deficiency_payment").solve()
    assert answer.price("home") == approx(30, rel=1e-6)
    assert answer.supply("home") == approx(60, rel=1e-6)
    assert answer.flow("abroad-home") == approx(10, rel=1e-6)
    assert answer.measure("price_floor")["revenue"] == approx(-1800, rel=1e-5)


def test_a_deficiency_payment_is_not_paid_to_foreign_producers(home):
    """Abroad P = q, freight nil: members get 60, so home makes 60; price p with 100 - p = 60 + p, p = 20 abroad too."""
    home.supply("abroad", form="linear", intercept=0, slope=1).route("abroad", "home")
    answer = floor(home, 60, "deficiency_payment").solve()
    assert answer.price("home") == approx(20, rel=1e-6)
    assert answer.supply("abroad") == approx(20, rel=1e-6)
    assert answer.measure("price_floor")["revenue"] == approx(-40 * 60, rel=1e-5)


def test_each_members_producers_are_topped_up_to_the_floor(market):
    """m: supply P, demand 100 - P; n: supply 2 P, demand 100 - P; no trade. Floor 60: m sells 60 at 40; n 120 at 0.

    n's 120 exceed the 100 that anybody takes even for nothing: price 0, payment 60 on each of 120.
    """
    answer = floor(
        market()
        .supply("m", form="linear", intercept=0, slope=1)
        .demand("m", form="linear", intercept=100, slope=1)
        .supply("n", form="linear", intercept=0, slope=2)
        .demand("n", form="linear", intercept=100, slope=1),
        60,
        "deficiency_payment",
        ["m", "n"],
    ).solve()
    records = answer.measures("price_floor")
    assert answer.price("m") == approx(40, rel=1e-6)
    assert answer.price("n") == approx(0, abs=1e-5)
    assert answer.supply("n") == approx(120, rel=1e-6)
    assert records["m"]["revenue"] == approx(-20 * 60, rel=1e-5)
    assert records["n"]["revenue"] == approx(-60 * 120, rel=1e-5)


def test_what_processes_make_is_topped_up_as_well(market):
    """Ore P = q; smelting at 5; metal demand 100 - P. Floor 65: ore 60, L = 60, metal at 40; cost 25 * 60."""
    answer = floor(
        market()
        .supply("home", commodity="ore", form="linear", intercept=0, slope=1)
        .process("smelter", "home", {"ore": 1}, {"metal": 1}, cost=5)
        .demand("home", commodity="metal", form="linear", intercept=100, slope=1),
        65,
        "deficiency_payment",
        "home",
        "metal",
    ).solve()
    assert answer.level("smelter") == approx(60, rel=1e-6)
    assert answer.price("home", "metal") == approx(40, rel=1e-6)
    assert answer.price("home", "ore") == approx(60, rel=1e-6)
    assert answer.measure("price_floor")["revenue"] == approx(-25 * 60, rel=1e-5)


@pytest.mark.parametrize(("upheld_by", "cost"), [("purchase", -2 * 60 * 20), ("deficiency_payment", -2 * 20 * 60)])
def test_its_cost_is_of_the_whole_period(market, upheld_by, cost):
    answer = floor(
        market(periods=[{"id": "t", "years": 2}])
        .supply("home", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1),
        60,
        upheld_by,
    ).solve()
    assert answer.measure("price_floor")["revenue"] == approx(cost, rel=1e-5)
    assert answer.supply("home") == approx(120, rel=1e-6)


def test_the_three_ways_rank_as_the_textbook_says(market):
    """A floor of 45 on imports at 30: a levy earns, a payment spares the buyers, a purchase costs most.

    Demand 55, supply 45 at the floor: 10 imported under a levy of 15; the treasury would buy all 200 from abroad.
    """

    def under(upheld_by: str):
        network = (
            market()
            .supply("home", form="linear", intercept=0, slope=1)
            .demand("home", form="linear", intercept=100, slope=1)
            .supply("abroad", form="marginal_cost", cost=30, capacity=200)
            .route("abroad", "home")
        )
        return floor(network, 45, upheld_by).solve()

    levy, payment, purchase = (under(way) for way in ("adjustable_tariff", "deficiency_payment", "purchase"))
    assert levy.measure("price_floor")["revenue"] == approx(150, rel=1e-5)
    assert payment.measure("price_floor")["revenue"] == approx(-15 * 45, rel=1e-5)
    assert purchase.measure("price_floor")["revenue"] == approx(-45 * (45 + 200 - 55), rel=1e-5)
    assert payment.welfare("consumer") > levy.welfare("consumer") == approx(purchase.welfare("consumer"), rel=1e-5)
    assert payment.welfare("producer", "home") == approx(levy.welfare("producer", "home"), rel=1e-5)
    assert payment.welfare() > levy.welfare() > purchase.welfare()
