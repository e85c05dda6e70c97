"""Who gains what, how measures' money is counted, which class a network is of, and whether its flows are unique."""

from __future__ import annotations

import json

import pytest

approx = pytest.approx


@pytest.fixture
def pair(market):
    """Abroad supplies P, home demands 100 - P, freight 10: 45 traded."""
    return (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
    )


def test_every_region_has_all_parts_of_welfare(pair):
    answer = pair.measure("import_tariff", specific=10).solve()
    assert set(answer.record["welfare"]["by_region"]) == {"abroad", "home"}
    for region in ("abroad", "home"):
        assert set(answer.record["welfare"]["by_region"][region]) >= {
            "consumer",
            "producer",
            "government",
            "rent",
            "total",
        }


def test_welfare_is_what_goods_are_worth_less_what_they_cost(pair):
    """Trade of 40 under a tariff of 10: value 100 * 40 - 40^2 / 2, cost 40^2 / 2 and freight 400."""
    answer = pair.measure("import_tariff", specific=10).solve()
    assert answer.welfare() == approx(4000 - 800 - 800 - 400, rel=1e-6)
    assert answer.welfare("consumer") == approx(800, rel=1e-6)
    assert answer.welfare("producer") == approx(800, rel=1e-6)
    assert answer.welfare("government") == approx(400, rel=1e-6)


def test_money_and_quantities_grow_with_the_length_of_the_period(market):
    def over(years):
        return (
            market(periods=[{"id": "t", "years": years}])
            .supply("abroad", form="linear", intercept=0, slope=1)
            .demand("home", form="linear", intercept=100, slope=1)
            .route("abroad", "home", cost=10, slope=0.1, power=2)
            .measure("import_tariff", specific=10)
            .solve()
        )

    one, three = over(1), over(3)
    assert three.price("home") == approx(one.price("home"), rel=1e-6)
    assert three.flow("abroad-home") == approx(3 * one.flow("abroad-home"), rel=1e-6)
    assert three.money("import_tariff")[1] == approx(3 * one.money("import_tariff")[1], rel=1e-6)
    for part in ("consumer", "producer", "government", "total"):
        assert three.welfare(part) == approx(3 * one.welfare(part), rel=1e-6)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda n: n, "qp"),
        (lambda n: n.measure("import_tariff", specific=3), "qp"),
        (lambda n: n.measure("export_quota", quantity=10), "qp"),
        (lambda n: n.measure("export_ban"), "qp"),
        (lambda n: n.stock("home"), "qp"),
        (lambda n: n.process("p", "home", {"wheat": 1}, {"flour": 0.8, "bran": 0.2}, cost=1), "qp"),
        (
            lambda n: n.measure("price_floor", commodity="wheat", members="home", price=60, upheld_by="purchase"),
            "qp",
        ),
        (lambda n: n.firm("f", ["abroad"]), "qp"),
        (lambda n: n.demand("home", name="i", form="isoelastic", scale=10, elasticity=2), "convex"),
        (lambda n: n.supply("home", name="i", form="power", cost=1, scale=2, exponent=0.7), "convex"),
        (lambda n: n.supply("home", name="i", form="isoelastic", scale=2, elasticity=0.7), "convex"),
        (lambda n: n.route("abroad", "home", name="r2", cost=1, slope=1, power=2), "convex"),
        (lambda n: n.measure("import_tariff", ad_valorem=0.1), "complementarity"),
        (lambda n: n.measure("export_tax", ad_valorem=0.1), "complementarity"),
        (
            lambda n: n.measure(
                "price_floor", commodity="wheat", members="home", price=60, upheld_by="adjustable_tariff"
            ),
            "complementarity",
        ),
        (
            lambda n: n.measure(
                "price_floor", commodity="wheat", members="abroad", price=60, upheld_by="deficiency_payment"
            ),
            "complementarity",
        ),
    ],
)
def test_the_class_of_instruments_is_named(pair, build, expected):
    assert build(pair).solve().record["instrument_class"] == expected


def test_flows_over_flat_parallel_paths_are_not_unique(market):
    """Two exporters and two importers, every freight 5: any split of the four flows clears."""
    network = market()
    for region in ("p", "q"):
        network.supply(region, form="linear", intercept=0, slope=1)
    for region in ("a", "b"):
        network.demand(region, form="linear", intercept=100, slope=1)
        for source in ("p", "q"):
            network.route(source, region, cost=5)
    assert network.solve().record["unique_flows"] is False


def test_flows_over_rising_freights_are_unique(market):
    network = market()
    for region in ("p", "q"):
        network.supply(region, form="linear", intercept=0, slope=1)
    for region in ("a", "b"):
        network.demand(region, form="linear", intercept=100, slope=1)
        for source in ("p", "q"):
            network.route(source, region, cost=5, slope=0.01)
    assert network.solve().record["unique_flows"] is True


def test_flows_of_a_tree_are_unique_even_over_flat_freights(market):
    network = market().supply("p", form="linear", intercept=0, slope=1)
    for region in ("a", "b"):
        network.demand(region, form="linear", intercept=100, slope=1).route("p", region, cost=5)
    assert network.solve().record["unique_flows"] is True


def test_flat_freights_that_differ_leave_one_cheapest_pattern(market):
    """p is near a, q near b by 3: the pattern p-a, q-b is the only cheapest one."""
    network = market()
    for region in ("p", "q"):
        network.supply(region, form="linear", intercept=0, slope=1)
    for region in ("a", "b"):
        network.demand(region, form="linear", intercept=100, slope=1)
    network.route("p", "a", cost=2).route("q", "b", cost=2).route("p", "b", cost=5).route("q", "a", cost=5)
    answer = network.solve()
    assert answer.record["unique_flows"] is True
    assert answer.flow("p-b") == approx(0, abs=1e-6)


def test_two_equal_flat_routes_are_not_unique(market):
    answer = (
        market()
        .supply("p", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .route("p", "a", name="one", cost=5)
        .route("p", "a", name="two", cost=5)
        .solve()
    )
    assert answer.record["unique_flows"] is False
    assert answer.flow("one") + answer.flow("two") == approx(47.5, rel=1e-6)


def test_the_same_network_gives_the_same_bytes(pair):
    network = pair.measure("import_tariff", ad_valorem=0.1).measure("import_quota", quantity=30)
    first, second = (json.dumps(network.copy().solve().record) for _ in range(2))
    assert first == second


def test_the_paid_price_is_the_price_weighed_by_what_is_bought(pair):
    answer = pair.solve()
    record = answer.one("price_paid", region="home")
    assert record["price"] == approx(55, rel=1e-6)
    assert record["commodity"] == "wheat"
    assert record["period"] == answer.one("prices", region="home")["period"]
