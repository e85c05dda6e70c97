"""Segments: who may buy what, a price per segment, and what is paid on average.

A demand with a segment buys what is unsegmented or its own. A demand without a segment may buy anything.
"""

from __future__ import annotations

import pytest

approx = pytest.approx


def two_buyers(market):
    return (
        market()
        .demand("x", name="licensed", segment="licensed", form="linear", intercept=100, slope=1)
        .demand("x", name="spot", segment="spot", form="linear", intercept=60, slope=1)
    )


def test_goods_without_a_segment_give_all_segments_one_price(market):
    """60 for buyers 100 - P and 60 - P: P = 50."""
    answer = two_buyers(market).supply("x", form="fixed", quantity=60).solve()
    assert answer.price("x", segment="licensed") == approx(50, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(50, rel=1e-6)
    assert answer.demand("licensed") == approx(50, rel=1e-6)
    assert answer.demand("spot") == approx(10, rel=1e-6)


def test_goods_of_a_segment_serve_it_alone(market):
    """80 for licensed only: 20; 10 for spot only: 50. The two prices part and nothing crosses."""
    answer = (
        two_buyers(market)
        .supply("x", name="a", segment="licensed", form="fixed", quantity=80)
        .supply("x", name="b", segment="spot", form="fixed", quantity=10)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(20, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(50, rel=1e-6)
    assert answer.paid("x", segment="licensed") == approx(20, rel=1e-6)
    assert answer.paid("x", segment="spot") == approx(50, rel=1e-6)


def test_pooled_goods_go_where_they_are_worth_most(market):
    """70 licensed (price 30 alone) and 20 pooled: all pooled goods go to spot at 40, above licensed's 30."""
    answer = (
        two_buyers(market)
        .supply("x", name="a", segment="licensed", form="fixed", quantity=70)
        .supply("x", name="pool", form="fixed", quantity=20)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(30, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(40, rel=1e-6)
    # producers earn 70 * 30 and 20 * 40
    assert answer.welfare("producer") == approx(2100 + 800, rel=1e-6)


def test_pooled_goods_level_the_segments_where_there_are_enough(market):
    """70 licensed and 30 pooled: level at (160 - 100) / 2 = 30."""
    answer = (
        two_buyers(market)
        .supply("x", name="a", segment="licensed", form="fixed", quantity=70)
        .supply("x", name="pool", form="fixed", quantity=30)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(30, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(30, rel=1e-6)


def test_routes_of_a_segment_part_the_prices_abroad(market):
    """Source 10 flat; licensed freight 2; spot freight 2 with room for 5: 12 and 55."""
    answer = (
        two_buyers(market)
        .supply("src", form="marginal_cost", cost=10)
        .route("src", "x", name="r-licensed", segment="licensed", cost=2)
        .route("src", "x", name="r-spot", segment="spot", cost=2, capacity=5)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(12, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(55, rel=1e-6)
    assert answer.flow("r-licensed") == approx(88, rel=1e-6)
    assert answer.flow("r-spot") == approx(5, rel=1e-6)


def test_a_route_without_a_segment_carries_for_all(market):
    answer = two_buyers(market).supply("src", form="marginal_cost", cost=10).route("src", "x", cost=2).solve()
    assert answer.price("x", segment="licensed") == approx(12, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(12, rel=1e-6)
    assert answer.flow("src-x") == approx(88 + 48, rel=1e-6)


def test_goods_bound_at_the_source_stay_bound_on_an_open_route(market):
    """Only licensed goods are made; spot buyers get none through the open route."""
    answer = (
        two_buyers(market)
        .supply("src", segment="licensed", form="marginal_cost", cost=10)
        .route("src", "x", cost=2)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(12, rel=1e-6)
    assert answer.demand("licensed") == approx(88, rel=1e-6)
    assert answer.demand("spot") == approx(0, abs=1e-6)


def test_a_buyer_without_a_segment_takes_the_cheapest(market):
    """80 licensed at 20 for licensed buyers alone; one more buyer 40 - P without a segment joins them.

    100 - P + 40 - P = 80, P = 30 for both, while spot stays at 50 with its own 10.
    """
    answer = (
        two_buyers(market)
        .demand("x", name="anyone", form="linear", intercept=40, slope=1)
        .supply("x", name="a", segment="licensed", form="fixed", quantity=80)
        .supply("x", name="b", segment="spot", form="fixed", quantity=10)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(30, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(50, rel=1e-6)
    assert answer.demand("anyone") == approx(10, rel=1e-6)


def test_a_quota_on_licensed_exports_parts_licensed_from_spot(market):
    """After a control: 30 licensed tonnes at 70 for licensed buyers; spot lives on 4 from a stock at home: 56."""
    answer = (
        two_buyers(market)
        .supply("src", form="marginal_cost", cost=10)
        .supply("x", name="grey", segment="spot", form="fixed", quantity=4)
        .route("src", "x", segment="licensed")
        .measure("export_quota", exporter="src", quantity=30)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(70, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(56, rel=1e-6)
    assert answer.money("export_quota")[0] == approx(1800, rel=1e-6)


@pytest.mark.parametrize("segment", ["spot", "licensed"])
def test_a_tariff_reaches_every_segment(market, segment):
    network = (
        market()
        .supply("src", form="marginal_cost", cost=10)
        .demand("x", segment=segment, form="linear", intercept=100, slope=1)
        .route("src", "x", segment=segment)
        .measure("import_tariff", specific=5)
    )
    answer = network.solve()
    assert answer.price("x", segment=segment) == approx(15, rel=1e-6)
    assert answer.money("import_tariff")[1] == approx(5 * 85, rel=1e-6)
