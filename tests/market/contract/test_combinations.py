"""Several instruments at once, each case by hand or by a root finder."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

from ytterby.errors import UnsupportedError

approx = pytest.approx


def test_goods_in_transit_pay_at_every_border(market):
    """Abroad 20 flat; to the hub a duty of 2, from the hub home a duty of 3; freights 1 and 4: 30 at home."""
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("hub", form="linear", intercept=50, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "hub", cost=1)
        .route("hub", "home", cost=4)
        .measure("import_tariff", name="hub", importer="hub", specific=2)
        .measure("import_tariff", name="home", importer="home", specific=3)
        .solve()
    )
    assert answer.price("hub") == approx(23, rel=1e-6)
    assert answer.price("home") == approx(30, rel=1e-6)
    assert answer.money("hub")[1] == approx(2 * (27 + 70), rel=1e-6)
    assert answer.money("home")[1] == approx(3 * 70, rel=1e-6)


def test_shares_of_value_compound_along_a_chain_of_borders(market):
    """20 flat, 10 % at the hub on 21, 20 % at home on hub price + 4."""
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "hub", cost=1)
        .route("hub", "home", cost=4)
        .measure("import_tariff", name="hub", importer="hub", ad_valorem=0.1)
        .measure("import_tariff", name="home", importer="home", ad_valorem=0.2)
        .solve()
    )
    hub = 1.1 * 21
    home = 1.2 * (hub + 4)
    assert answer.price("hub") == approx(hub, rel=1e-6)
    assert answer.price("home") == approx(home, rel=1e-6)
    assert answer.money("hub")[1] == approx(0.1 * 21 * (100 - home), rel=1e-5)
    assert answer.money("home")[1] == approx(0.2 * (hub + 4) * (100 - home), rel=1e-5)


def test_a_subsidy_larger_than_freight_makes_goods_cheaper_abroad(market):
    """Freight 2, subsidy 9: P_h = P_a - 7; 100 - P_a + 7 = P_a, P_a = 53.5, P_h = 46.5."""
    answer = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=2)
        .measure("subsidy", exporter="abroad", specific=9)
        .solve()
    )
    assert answer.price("abroad") == approx(53.5, rel=1e-6)
    assert answer.price("home") == approx(46.5, rel=1e-6)


def test_a_subsidy_beyond_the_price_gives_goods_away(market):
    """Subsidy 150 on 100 - P and P: price at home 0, abroad 150 = its quantity; 50 of 150 are thrown away at home."""
    answer = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
        .measure("subsidy", exporter="abroad", specific=150)
        .solve()
    )
    assert answer.price("home") == approx(0, abs=1e-5)
    assert answer.price("abroad") == approx(150, rel=1e-6)
    assert answer.flow("abroad-home") == approx(150, rel=1e-6)
    assert answer.demand("home") == approx(100, rel=1e-6)
    assert answer.money("subsidy")[1] == approx(-150 * 150, rel=1e-5)


def test_a_share_of_nothing_is_nothing(market):
    """A glut abroad: price 0 there; a tariff of 50 % on fob is free, on cif it is half the freight."""
    for base, home in (("fob", 8), ("cif", 12)):
        answer = (
            market()
            .supply("abroad", form="fixed", quantity=500)
            .demand("home", form="linear", intercept=100, slope=1)
            .route("abroad", "home", cost=8)
            .measure("import_tariff", ad_valorem=0.5, base=base)
            .solve()
        )
        assert answer.price("abroad") == approx(0, abs=1e-6)
        assert answer.price("home") == approx(home, rel=1e-5)
        assert answer.money("import_tariff")[1] == approx((home - 8) * (100 - home), rel=1e-5, abs=1e-4)


def test_a_floor_over_a_share_of_value_is_the_rest_of_the_gap(market):
    """Imports 20 flat, freight 5, duty 20 % of 25 = 5; floor 42 needs 12 more."""
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=5)
        .measure("import_tariff", ad_valorem=0.2)
        .measure("price_floor", commodity="wheat", members="home", price=42, upheld_by="adjustable_tariff")
        .solve()
    )
    assert answer.price("home") == approx(42, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(12, rel=1e-5)
    assert answer.money("price_floor")[1] == approx(12 * 58, rel=1e-5)
    assert answer.money("import_tariff")[1] == approx(5 * 58, rel=1e-5)


def test_a_floor_over_a_tariff_rate_quota(market):
    """Imports 20 flat; quota 30 at 0, beyond at 15: 35 without floor; floor 50 adds 15 on all 50."""
    network = (
        market()
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
        .measure("tariff_rate_quota", quota=30, in_quota={"specific": 0}, over_quota={"specific": 15})
    )
    plain = network.copy().solve()
    assert plain.price("home") == approx(35, rel=1e-6)
    assert plain.measure("tariff_rate_quota")["rent"] == approx(450, rel=1e-5)
    answer = network.measure(
        "price_floor", commodity="wheat", members="home", price=50, upheld_by="adjustable_tariff"
    ).solve()
    assert answer.price("home") == approx(50, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(15, rel=1e-5)
    assert answer.measure("tariff_rate_quota")["rent"] == approx(450, rel=1e-5)
    assert answer.measure("tariff_rate_quota")["revenue"] == approx(15 * 20, rel=1e-5)


def test_a_production_quota_under_an_export_tax_of_value(market):
    """Source held to 30 of P = q; demand 100 - P at freight 4; tax 20 % of fob = P / 4: P_h = 70 = 1.25 P + 4."""
    answer = (
        market()
        .supply("src", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("src", "home", cost=4)
        .measure("production_quota", commodity="wheat", region="src", quantity=30)
        .measure("export_tax", ad_valorem=0.2, base="fob")
        .solve()
    )
    at_source = 66 / 1.25
    assert answer.price("home") == approx(70, rel=1e-6)
    assert answer.price("src") == approx(at_source, rel=1e-6)
    assert answer.measure("production_quota")["wedge"] == approx(at_source - 30, rel=1e-5)
    assert answer.money("export_tax")[1] == approx(at_source / 4 * 30, rel=1e-5)


def test_retaliation_two_shares_on_two_goods_by_a_root_finder(market):
    """Wheat goes a -> b, corn b -> a; each side taxes the other's good at 30 % and 20 % of cif; separable markets."""
    network = market()
    for good, source, sink in (("wheat", "a", "b"), ("corn", "b", "a")):
        network.supply(source, name=f"s-{good}", commodity=good, form="isoelastic", scale=4, elasticity=0.8)
        network.demand(sink, name=f"d-{good}", commodity=good, form="isoelastic", scale=900, elasticity=1.3)
        network.route(source, sink, name=f"r-{good}", commodity=good, cost=2, slope=0.05)
    answer = (
        network.measure("import_tariff", name="of-b", importer="b", ad_valorem=0.3)
        .measure("import_tariff", name="of-a", importer="a", ad_valorem=0.2)
        .solve()
    )
    for good, sink, rate in (("wheat", "b", 0.3), ("corn", "a", 0.2)):

        def excess(q: float, rate: float = rate) -> float:
            origin = (q / 4) ** (1 / 0.8)
            return (1 + rate) * (origin + 2 + 0.05 * q) - (900 / q) ** (1 / 1.3)

        flow = brentq(excess, 0.1, 200, xtol=1e-12)
        assert answer.flow(f"r-{good}") == approx(flow, rel=1e-6)
        assert answer.price(sink, good) == approx((900 / flow) ** (1 / 1.3), rel=1e-6)


def test_cournot_against_a_quota(market):
    """Home and foreign firm at 10; a quota of 12 on the foreign: home best-responds (90 - 12) / 2 = 39, P = 49.

    The quota's rent is 49 - (10 + 12): what the right to sell one more is worth to the foreign firm, P - q - c.
    """
    answer = (
        market()
        .supply("home", form="marginal_cost", cost=10)
        .supply("abroad", form="marginal_cost", cost=10)
        .firm("H", ["home"])
        .firm("F", ["abroad"])
        .demand("home", form="inverse_linear", intercept=100, slope=1)
        .route("abroad", "home")
        .measure("import_quota", importer="home", quantity=12)
        .solve()
    )
    assert answer.sales("F", "home") == approx(12, rel=1e-6)
    assert answer.sales("H", "home") == approx(39, rel=1e-6)
    assert answer.price("home") == approx(49, rel=1e-6)


def test_a_floor_against_a_cournot_exporter_is_solved_right_or_refused(market):
    """A foreign monopoly at 10 sells 45 at 55; a floor of 70 leaves 30: 70 - 30 = 10 + levy, levy 30."""
    network = (
        market()
        .supply("abroad", form="marginal_cost", cost=10)
        .firm("M", ["abroad"])
        .demand("home", form="inverse_linear", intercept=100, slope=1)
        .route("abroad", "home")
        .measure("price_floor", commodity="wheat", members="home", price=70, upheld_by="adjustable_tariff")
    )
    try:
        answer = network.solve()
    except UnsupportedError:
        return
    assert answer.price("home") == approx(70, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(30, rel=1e-5)


def test_cross_prices_under_a_share_of_value_by_fsolve(market):
    """Both goods imported (P_a = q) under 25 % and 10 % of fob, substitutes with c = 0.4 and 0.2."""
    network = market()
    for good, other, a, c, rate in (("wheat", "corn", 100, 0.4, 0.25), ("corn", "wheat", 80, 0.2, 0.1)):
        network.supply("abroad", name=f"s-{good}", commodity=good, form="linear", intercept=0, slope=1)
        network.demand("home", name=f"d-{good}", commodity=good, form="linear", intercept=a, slope=1, cross={other: c})
        network.route("abroad", "home", name=f"r-{good}", commodity=good, cost=3)
        network.measure("import_tariff", name=f"t-{good}", commodity=good, ad_valorem=rate, base="fob")
    answer = network.solve()

    def excess(p):
        wheat, corn = p
        return [100 - wheat + 0.4 * corn - (wheat - 3) / 1.25, 80 - corn + 0.2 * wheat - (corn - 3) / 1.1]

    wheat, corn = fsolve(excess, [50, 50], xtol=1e-13)
    assert answer.price("home", "wheat") == approx(wheat, rel=1e-6)
    assert answer.price("home", "corn") == approx(corn, rel=1e-6)


def test_licences_by_segment_with_a_share_of_value(market):
    """20 permits for licensed buyers (100 - P): 80; spot buyers (60 - P) pay 30 and 50 % of cif to others: 45."""
    answer = (
        market()
        .supply("src", form="marginal_cost", cost=10)
        .supply("other", form="marginal_cost", cost=30)
        .demand("x", name="licensed", segment="licensed", form="linear", intercept=100, slope=1)
        .demand("x", name="spot", segment="spot", form="linear", intercept=60, slope=1)
        .route("src", "x", segment="licensed")
        .route("other", "x", segment="spot")
        .measure("licence", exporter="src", base=[{"from": "src", "to": "x", "quantity": 40}], share=0.5)
        .measure("import_tariff", importer="x", exporter="other", ad_valorem=0.5)
        .solve()
    )
    assert answer.price("x", segment="licensed") == approx(80, rel=1e-6)
    assert answer.price("x", segment="spot") == approx(45, rel=1e-6)
    assert answer.money("licence")[0] == approx(70 * 20, rel=1e-5)
    assert answer.money("import_tariff")[1] == approx(15 * 15, rel=1e-5)


def test_a_chain_with_a_share_of_value_at_every_stage(market):
    """Ore, oxide and metal each cross a border at 10 % of cif, freight 1; ore P = 2 + q / 10, steps cost 3 and 4.

    The metal's price at home: 1.1 (1.1 (1.1 (2 + q / 10 + 1) + 3 + 1) + 4 + 1) = 100 - q.
    """
    answer = (
        market()
        .supply("a", commodity="ore", form="marginal_cost", cost=2, slope=0.1)
        .route("a", "b", commodity="ore", cost=1)
        .process("to-oxide", "b", {"ore": 1}, {"oxide": 1}, cost=3)
        .route("b", "c", commodity="oxide", cost=1)
        .process("to-metal", "c", {"oxide": 1}, {"metal": 1}, cost=4)
        .route("c", "d", commodity="metal", cost=1)
        .demand("d", commodity="metal", form="linear", intercept=100, slope=1)
        .measure("import_tariff", ad_valorem=0.1)
        .solve()
    )

    def price(q: float) -> float:
        return 1.1 * (1.1 * (1.1 * (2 + q / 10 + 1) + 3 + 1) + 4 + 1)

    flow = brentq(lambda q: 100 - q - price(q), 0, 100, xtol=1e-13)
    assert answer.level("to-metal") == approx(flow, rel=1e-6)
    assert answer.price("d", "metal") == approx(price(flow), rel=1e-6)
    by_region = {row["region"]: row["revenue"] for row in answer.record["measures"]}
    assert by_region["b"] == approx(0.1 * (3 + flow / 10) * flow, rel=1e-5)
    assert sum(by_region.values()) == approx(answer.welfare("government"), rel=1e-6)


@pytest.mark.parametrize("years", [1 / 12, 1, 5])
def test_a_share_of_value_over_time_with_storage(market, years):
    """Two equal periods, harvest 60 and 20 a year abroad, stored abroad; duty 25 % of fob at home.

    P_h = 1.25 P_a in both; demand a year 100 - P_h. With x held over y years: 100 - 1.25 P_1 = 60 - x / y,
    100 - 1.25 P_2 = 20 + x / y, P_2 = P_1 + c y.
    """
    cost = 3.0
    answer = (
        market(periods=[{"id": "t1", "years": years}, {"id": "t2", "years": years}])
        .supply("abroad", name="s1", period="t1", form="fixed", quantity=60)
        .supply("abroad", name="s2", period="t2", form="fixed", quantity=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home")
        .stock("abroad", carrying_cost=cost)
        .measure("import_tariff", ad_valorem=0.25, base="fob")
        .solve()
    )
    one, two = np.linalg.solve([[1.25, 1.25], [-1, 1]], [120, cost * years])
    assert answer.price("abroad", period="t1") == approx(one, rel=1e-6)
    assert answer.price("home", period="t2") == approx(1.25 * two, rel=1e-6)
    assert answer.stock("abroad", period="t1") == approx((60 - (100 - 1.25 * one)) * years, rel=1e-5)
