"""Bans stop what they name and nothing else; licences let a share of base flows pass."""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def star(market):
    """One source at marginal cost q, buyers a and b with demand 100 - P each, freight nil: P = 200 / 3."""
    return (
        market()
        .supply("src", form="marginal_cost", cost=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .route("src", "a")
        .route("src", "b")
    )


def test_a_ban_on_one_buyer_floods_the_other(star):
    answer = star.measure("export_ban", commodity="wheat", exporter="src", importer="a").solve()
    assert answer.flow("src-a") == approx(0, abs=1e-7)
    assert answer.flow("src-b") == approx(50, rel=1e-6)
    assert answer.price("b") == approx(50, rel=1e-6)
    assert answer.demand("a") == approx(0, abs=1e-7)


def test_a_ban_on_all_buyers_leaves_the_source_alone(star):
    star.demand("src", form="linear", intercept=30, slope=1)
    answer = star.measure("export_ban", exporter="src").solve()
    assert answer.price("src") == approx(15, rel=1e-6)
    assert answer.flow("src-a") == approx(0, abs=1e-7)
    assert answer.flow("src-b") == approx(0, abs=1e-7)


def test_a_banned_good_goes_around_through_a_third_region(star):
    """From b on to a costs 8: with x to a and y to b, 100 - x = P + 8, 100 - y = P, P = x + y: P = 64."""
    star.route("b", "a", cost=8)
    answer = star.measure("export_ban", exporter="src", importer="a").solve()
    assert answer.price("src") == approx(64, rel=1e-6)
    assert answer.price("a") == approx(72, rel=1e-6)
    assert answer.flow("b-a") == approx(28, rel=1e-6)
    assert answer.flow("src-b") == approx(64, rel=1e-6)


def test_a_ban_in_one_period_only(market):
    answer = (
        market(periods=[{"id": "t1"}, {"id": "t2"}])
        .supply("src", form="marginal_cost", cost=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .route("src", "a")
        .measure("export_ban", exporter="src", period="t2")
        .solve()
    )
    assert answer.flow("src-a", period="t1") == approx(50, rel=1e-6)
    assert answer.flow("src-a", period="t2") == approx(0, abs=1e-7)


def test_a_ban_of_a_segment_stops_that_segments_shipments_alone(market):
    """Military and civil buyers, 100 - P each, both fed by routes of their own segment; banned to the military."""
    answer = (
        market()
        .supply("src", form="marginal_cost", cost=0, slope=1)
        .demand("a", name="civil", segment="civil", form="linear", intercept=100, slope=1)
        .demand("a", name="military", segment="military", form="linear", intercept=100, slope=1)
        .route("src", "a", name="r-civil", segment="civil")
        .route("src", "a", name="r-military", segment="military")
        .measure("export_ban", exporter="src", importer="a", segment="military")
        .solve()
    )
    assert answer.flow("r-military") == approx(0, abs=1e-7)
    assert answer.demand("military") == approx(0, abs=1e-6)
    assert answer.demand("civil") == approx(50, rel=1e-6)
    assert answer.price("a", segment="civil") == approx(50, rel=1e-6)


def test_ring_fenced_permits_are_bound_to_their_pair(star):
    """Base 60 to a and 40 to b, share 0.5: 30 and 20. Prices 70 and 80; source at 50; rents 20 * 30 and 30 * 20."""
    answer = star.measure(
        "licence",
        exporter="src",
        base=[{"from": "src", "to": "a", "quantity": 60}, {"from": "src", "to": "b", "quantity": 40}],
        share=0.5,
        allocation="ring_fenced",
    ).solve()
    assert answer.flow("src-a") == approx(30, rel=1e-6)
    assert answer.flow("src-b") == approx(20, rel=1e-6)
    assert answer.price("a") == approx(70, rel=1e-6)
    assert answer.price("b") == approx(80, rel=1e-6)
    assert answer.price("src") == approx(50, rel=1e-6)
    assert answer.money("licence")[0] == approx(20 * 30 + 30 * 20, rel=1e-6)
    assert answer.money("licence")[1] == approx(0, abs=1e-6)


def test_tradeable_permits_go_to_those_who_pay_most(star):
    """50 permits for both: 25 each at 75; source at 50; one permit price, 25."""
    answer = star.measure(
        "licence",
        exporter="src",
        base=[{"from": "src", "to": "a", "quantity": 60}, {"from": "src", "to": "b", "quantity": 40}],
        share=0.5,
        allocation="tradeable",
    ).solve()
    assert answer.flow("src-a") == approx(25, rel=1e-6)
    assert answer.flow("src-b") == approx(25, rel=1e-6)
    assert answer.price("a") == approx(75, rel=1e-6)
    assert answer.price("b") == approx(75, rel=1e-6)
    assert answer.money("licence")[0] == approx(25 * 50, rel=1e-6)
    wedges = [row["wedge"] for row in answer.record["measures"]]
    assert wedges == approx([25] * len(wedges), rel=1e-6)


def test_tradeable_permits_are_worth_no_less_than_ring_fenced_ones(star):
    base = [{"from": "src", "to": "a", "quantity": 70}, {"from": "src", "to": "b", "quantity": 10}]
    totals = {
        allocation: star.copy().measure("licence", exporter="src", base=base, share=0.6, allocation=allocation).solve()
        for allocation in ("ring_fenced", "tradeable")
    }
    assert totals["tradeable"].welfare() > totals["ring_fenced"].welfare() + 1


def test_ample_permits_are_free(star):
    base = [{"from": "src", "to": "a", "quantity": 400}, {"from": "src", "to": "b", "quantity": 400}]
    answer = star.measure("licence", exporter="src", base=base, share=0.9).solve()
    assert answer.price("a") == approx(200 / 3, rel=1e-6)
    assert answer.money("licence")[0] == approx(0, abs=1e-4)
    assert all(row["binding"] is False for row in answer.record["measures"])


def test_a_pair_of_the_licence_without_base_gets_no_permit(star):
    """The licence names all importers; b has no base flow, so nothing may go there (ring-fenced: 0 of its 0)."""
    answer = star.measure(
        "licence", exporter="src", base=[{"from": "src", "to": "a", "quantity": 60}], share=0.5
    ).solve()
    assert answer.flow("src-a") == approx(30, rel=1e-6)
    assert answer.flow("src-b") == approx(0, abs=1e-7)


def test_a_licence_for_one_importer_leaves_the_others_free(star):
    """Only a needs permits (10): b buys q with 100 - q = 10 + q, q = 45, P = 55."""
    answer = star.measure(
        "licence", exporter="src", importer="a", base=[{"from": "src", "to": "a", "quantity": 20}], share=0.5
    ).solve()
    assert answer.flow("src-a") == approx(10, rel=1e-6)
    assert answer.flow("src-b") == approx(45, rel=1e-6)
    assert answer.price("b") == approx(55, rel=1e-6)
    assert answer.money("licence")[0] == approx((90 - 55) * 10, rel=1e-6)


def test_no_licence_at_all_is_a_ban(star):
    base = [{"from": "src", "to": "a", "quantity": 60}, {"from": "src", "to": "b", "quantity": 40}]
    by_licence = star.copy().measure("licence", exporter="src", importer="a", base=base[:1], share=0).solve()
    by_ban = star.measure("export_ban", exporter="src", importer="a").solve()
    assert by_licence.price("b") == approx(by_ban.price("b"), rel=1e-6)
    assert by_licence.flow("src-a") == approx(0, abs=1e-7)


def test_permits_are_rates_a_year(market):
    answer = (
        market(periods=[{"id": "m", "years": 0.25}])
        .supply("src", form="marginal_cost", cost=0, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .route("src", "a")
        .measure("licence", exporter="src", base=[{"from": "src", "to": "a", "quantity": 60}], share=0.5)
        .solve()
    )
    assert answer.flow("src-a") == approx(7.5, rel=1e-6)
    assert answer.price("a") == approx(70, rel=1e-6)
    assert answer.money("licence")[0] == approx(40 * 7.5, rel=1e-6)


def test_the_gap_that_a_ban_leaves_is_its_wedge(market):
    """Autarky prices 50 and 20 with freight 4: 26 a unit would be gained; nobody earns it."""
    answer = (
        market()
        .supply("home", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .supply("abroad", form="linear", intercept=10, slope=1)
        .demand("abroad", form="linear", intercept=50, slope=1)
        .route("abroad", "home", cost=4)
        .measure("export_ban", exporter="abroad", importer="home")
        .solve()
    )
    assert answer.price("home") == approx(50, rel=1e-6)
    assert answer.price("abroad") == approx(20, rel=1e-6)
    record = answer.measure("export_ban")
    assert record["binding"] is True
    assert record["wedge"] == approx(26, rel=1e-6)
    assert answer.money("export_ban") == approx((0, 0), abs=1e-6)


def test_a_ban_on_trade_that_would_not_pay_does_not_bind(market):
    answer = (
        market()
        .supply("home", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .supply("abroad", form="marginal_cost", cost=70)
        .demand("abroad", form="linear", intercept=75, slope=1)
        .route("abroad", "home")
        .measure("export_ban", exporter="abroad", importer="home")
        .solve()
    )
    assert answer.measure("export_ban")["binding"] is False
    assert answer.price("home") == approx(50, rel=1e-6)


@pytest.mark.parametrize("instrument", ["import_tariff", "export_quota", "export_ban"])
def test_a_measure_may_be_meant_for_a_list_of_segments(market, instrument):
    """Spot and military shipments are hit, licensed ones are not: 10 flat, buyers 100 - P of each kind."""
    network = market().supply("src", form="marginal_cost", cost=10)
    for segment in ("licensed", "spot", "military"):
        network.demand("x", name=segment, segment=segment, form="linear", intercept=100, slope=1)
        network.route("src", "x", name=f"r-{segment}", segment=segment)
    field = {"import_tariff": {"specific": 5}, "export_quota": {"quantity": 8, "per": "pair"}, "export_ban": {}}
    answer = network.measure(instrument, segment=["spot", "military"], **field[instrument]).solve()
    assert answer.price("x", segment="licensed") == approx(10, rel=1e-6)
    if instrument == "import_tariff":
        assert answer.price("x", segment="spot") == approx(15, rel=1e-6)
        assert answer.price("x", segment="military") == approx(15, rel=1e-6)
    else:
        left = 8 if instrument == "export_quota" else 0
        assert answer.flow("r-spot") + answer.flow("r-military") == approx(left, rel=1e-6, abs=1e-6)
        assert answer.flow("r-licensed") == approx(90, rel=1e-6)
