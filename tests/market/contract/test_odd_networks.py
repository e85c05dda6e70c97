"""Networks that look wrong and are not: loops, disconnected parts, sizes far apart, measures on nothing."""

from __future__ import annotations

import pytest

from ytterby.errors import SolveError

approx = pytest.approx


def test_a_fixed_demand_exactly_at_capacity_is_served(market):
    answer = (
        market().supply("x", form="marginal_cost", cost=1, capacity=10).demand("x", form="fixed", quantity=10).solve()
    )
    assert answer.demand("x") == approx(10, rel=1e-6)


def test_a_loop_of_free_goods_is_harmless(market):
    """Two processes that turn each good into the other at no cost and no loss: price and demand stay right."""
    answer = (
        market()
        .supply("x", commodity="a", form="marginal_cost", cost=20)
        .process("ab", "x", {"a": 1}, {"b": 1})
        .process("ba", "x", {"b": 1}, {"a": 1})
        .demand("x", commodity="b", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x", "a") == approx(20, rel=1e-6)
    assert answer.price("x", "b") == approx(20, rel=1e-6)
    assert answer.demand("x") == approx(80, rel=1e-6)
    assert answer.level("ab") - answer.level("ba") == approx(80, rel=1e-5)


def test_routes_in_a_ring_at_no_cost_are_harmless(market):
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .route("a", "b")
        .route("b", "c")
        .route("c", "a")
        .solve()
    )
    assert answer.price("b") == approx(50, rel=1e-6)
    assert answer.demand("b") == approx(50, rel=1e-6)


def test_a_loop_that_makes_something_from_nothing_is_refused_or_makes_the_good_free(market):
    """1 a makes 2 b at no cost, 1 b makes 1 a: goods without end, price 0, all wants served."""
    network = (
        market()
        .supply("x", commodity="a", form="marginal_cost", cost=20)
        .process("ab", "x", {"a": 1}, {"b": 2})
        .process("ba", "x", {"b": 1}, {"a": 1})
        .demand("x", commodity="b", form="linear", intercept=100, slope=1)
    )
    try:
        answer = network.solve()
    except SolveError:
        return
    assert answer.price("x", "b") == approx(0, abs=1e-6)
    assert answer.demand("x") == approx(100, rel=1e-6)


def test_disconnected_regions_have_prices_of_their_own(market):
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=40, slope=1)
        .supply("b", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .demand("c", form="linear", intercept=10, slope=1)
        .supply("d", form="linear", intercept=5, slope=1)
        .solve()
    )
    assert answer.price("a") == approx(20, rel=1e-6)
    assert answer.price("b") == approx(50, rel=1e-6)
    assert answer.demand("c") == approx(0, abs=1e-6)
    assert answer.price("d") == approx(0, abs=1e-6)


@pytest.mark.parametrize("money", [1e-9, 1e-4, 1.0, 1e5, 1e9])
@pytest.mark.parametrize("mass", [1e-9, 1e-4, 1.0, 1e5, 1e9])
def test_scales_of_a_thousand_million_are_solved_right(market, money, mass):
    """Supply and demand in units of `mass` at prices of `money`: 45 traded at 45 and 55."""
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=0, slope=money / mass)
        .demand("home", form="inverse_linear", intercept=100 * money, slope=money / mass)
        .route("abroad", "home", cost=10 * money)
        .measure("import_quota", quantity=40 * mass, rent_to="importer")
        .solve()
    )
    assert answer.flow("abroad-home") == approx(40 * mass, rel=1e-5)
    assert answer.price("home") == approx(60 * money, rel=1e-5)
    assert answer.price("abroad") == approx(40 * money, rel=1e-5)


def test_sizes_far_apart_in_one_network(market):
    """A market of 1e9 tonnes at 0.01 beside one of 1 kg at 1e6."""
    answer = (
        market()
        .supply("x", name="sand", commodity="sand", form="marginal_cost", cost=0, slope=1e-11)
        .demand("x", name="d-sand", commodity="sand", form="inverse_linear", intercept=0.02, slope=1e-11)
        .supply("x", name="gem", commodity="gem", form="marginal_cost", cost=0, slope=1e9)
        .demand("x", name="d-gem", commodity="gem", form="inverse_linear", intercept=2e6, slope=1e9)
        .solve()
    )
    assert answer.price("x", "sand") == approx(0.01, rel=1e-5)
    assert answer.supply("sand") == approx(1e9, rel=1e-5)
    assert answer.price("x", "gem") == approx(1e6, rel=1e-5)
    assert answer.supply("gem") == approx(1e-3, rel=1e-5)


def test_a_measure_on_nothing_that_trades_is_harmless(market):
    """The names exist but no route links them."""
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=40, slope=1)
        .demand("b", form="linear", intercept=40, slope=1)
        .measure("import_tariff", importer="b", exporter="a", specific=3)
        .measure("export_quota", importer="b", exporter="a", quantity=3)
        .measure("price_floor", commodity="wheat", members="b", price=20, upheld_by="adjustable_tariff")
        .solve()
    )
    assert answer.price("a") == approx(20, rel=1e-6)
