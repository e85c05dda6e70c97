"""Which periods and regions an entry or a measure is meant for."""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def years(market):
    """Three years: abroad 20 flat in all, home demand 100 - P."""
    return (
        market(periods=[{"id": "2024"}, {"id": "2025"}, {"id": "2026"}])
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
    )


@pytest.mark.parametrize(
    ("period", "hit"),
    [("*", {"2024", "2025", "2026"}), ("2025", {"2025"}), (["2024", "2026"], {"2024", "2026"})],
)
def test_a_measure_holds_in_its_periods_alone(years, period, hit):
    answer = years.measure("import_tariff", specific=5, period=period).solve()
    for name in ("2024", "2025", "2026"):
        assert answer.price("home", period=name) == approx(25 if name in hit else 20, rel=1e-6)
    revenue = {row["period"]: row["revenue"] for row in answer.record["measures"] if row["revenue"]}
    assert set(revenue) == hit
    assert all(value == approx(375, rel=1e-6) for value in revenue.values())


def test_supplies_demands_and_routes_hold_in_their_periods(market):
    answer = (
        market(periods=[{"id": "a"}, {"id": "b"}])
        .supply("abroad", form="marginal_cost", cost=20)
        .supply("abroad", name="cheap", period="b", form="marginal_cost", cost=10, capacity=30)
        .demand("home", form="linear", intercept=100, slope=1)
        .demand("home", name="more", period=["b"], form="fixed", quantity=7, choke=500)
        .route("abroad", "home", period="a", cost=1)
        .route("abroad", "home", name="new", period="b", cost=3)
        .solve()
    )
    assert answer.price("home", period="a") == approx(21, rel=1e-6)
    assert answer.price("home", period="b") == approx(23, rel=1e-6)
    assert answer.demand("home", period="b") == approx(77, rel=1e-6)
    assert answer.demand("more", period="b") == approx(7, rel=1e-6)
    assert answer.supply("cheap", period="b") == approx(30, rel=1e-6)
    assert answer.supply("abroad", period="b") == approx(54, rel=1e-6)
    assert sum(row["quantity"] for row in answer.record["supply"] if row["id"] == "cheap") == approx(30, rel=1e-6)


def test_processes_hold_in_their_periods(market):
    answer = (
        market(periods=[{"id": "a"}, {"id": "b"}])
        .process("old", "x", {}, {"wheat": 1}, cost=30)
        .process("new", "x", {}, {"wheat": 1}, cost=12, period="b")
        .demand("x", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x", period="a") == approx(30, rel=1e-6)
    assert answer.price("x", period="b") == approx(12, rel=1e-6)
    assert answer.level("new", period="b") == approx(88, rel=1e-6)


@pytest.fixture
def world(market):
    """Exporters p (10 flat) and q (12 flat), importers a, b, c with demand 100 - P, free routes between all."""
    network = market()
    for region, cost in (("p", 10), ("q", 12)):
        network.supply(region, form="marginal_cost", cost=cost)
    for region in ("a", "b", "c"):
        network.demand(region, form="linear", intercept=100, slope=1)
        for source in ("p", "q"):
            network.route(source, region)
    return network


@pytest.mark.parametrize(
    ("importer", "exporter", "prices"),
    [
        ("*", "*", (11, 11, 11)),
        ("a", "*", (11, 10, 10)),
        (["a", "b"], "*", (11, 11, 10)),
        ("*", "p", (11, 11, 11)),
        (["c"], ["p", "q"], (10, 10, 11)),
        ("*", "q", (10, 10, 10)),
        (["a", "b", "c"], ["p"], (11, 11, 11)),
    ],
)
def test_regions_by_name_by_list_and_all(world, importer, exporter, prices):
    answer = world.measure("import_tariff", importer=importer, exporter=exporter, specific=1).solve()
    assert [answer.price(region) for region in ("a", "b", "c")] == approx(prices, rel=1e-6)


def test_defaults_are_everywhere_and_everything(world):
    explicit = world.copy().measure("import_tariff", commodity="*", importer="*", exporter="*", specific=1, period="*")
    assert world.measure("import_tariff", specific=1).solve().record == explicit.solve().record


def test_a_tariff_that_is_too_high_for_one_exporter_diverts_to_the_other(world):
    answer = world.measure("import_tariff", exporter="p", specific=3).solve()
    for region in ("a", "b", "c"):
        assert answer.price(region) == approx(12, rel=1e-6)
        assert answer.flow(f"q-{region}") == approx(88, rel=1e-6)


def test_a_quota_does_not_count_what_a_region_sells_to_itself(market):
    """Quota of 5 on all trade; each of two regions makes and eats its own."""
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .supply("b", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=60, slope=1)
        .route("b", "a")
        .measure("export_quota", quantity=5)
        .solve()
    )
    # a: 100 - P = P + 5, b: P = 60 - P + 5
    assert answer.price("a") == approx(47.5, rel=1e-6)
    assert answer.price("b") == approx(32.5, rel=1e-6)
    assert answer.demand("a") == approx(52.5, rel=1e-6)


def test_a_ban_on_all_trade_leaves_each_region_to_itself(market):
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .supply("b", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=60, slope=1)
        .route("b", "a")
        .measure("export_ban")
        .solve()
    )
    assert answer.price("a") == approx(50, rel=1e-6)
    assert answer.price("b") == approx(30, rel=1e-6)


def test_without_periods_there_is_one_year(market):
    answer = market().supply("x", form="fixed", quantity=30).demand("x", form="linear", intercept=50, slope=1).solve()
    assert answer.price("x") == approx(20, rel=1e-6)
    assert answer.supply("x") == approx(30, rel=1e-6)
