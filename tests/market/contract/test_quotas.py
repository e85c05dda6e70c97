"""Quotas on exports and imports: how much passes, who keeps the rent, and how `per` splits the limit.

One exporter `src` supplies P (marginal cost q), two importers demand 100 - P and 60 - P, freight nil. Free trade:
P = 160 / 3. Two exporters and two importers where `exporter` and `pair` matter.
"""

from __future__ import annotations

import pytest

approx = pytest.approx

QUOTAS = ["export_quota", "import_quota"]


@pytest.fixture
def pair(market):
    """Abroad supplies P, home demands 100 - P, freight 10: free trade 45 at 45 and 55."""
    return (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
    )


@pytest.fixture
def hub(market):
    return (
        market()
        .supply("src", form="marginal_cost", cost=0, slope=1)
        .demand("big", form="linear", intercept=100, slope=1)
        .demand("small", form="linear", intercept=60, slope=1)
        .route("src", "big")
        .route("src", "small")
    )


@pytest.mark.parametrize("instrument", QUOTAS)
@pytest.mark.parametrize("holder", ["exporter", "importer", "treasury", "dissipated"])
def test_the_rent_is_the_price_gap_and_goes_where_it_is_sent(pair, instrument, holder):
    """A quota of 20: P_a = 20, P_h = 80, rent 80 - 20 - 10 = 50 a unit, 1000 in all."""
    answer = pair.measure(instrument, quantity=20, rent_to=holder).solve()
    assert answer.price("abroad") == approx(20, rel=1e-6)
    assert answer.price("home") == approx(80, rel=1e-6)
    assert answer.flow("abroad-home") == approx(20, rel=1e-6)
    record = answer.measure(instrument)
    assert record["binding"] is True
    assert record["wedge"] == approx(50, rel=1e-6)
    assert record["rent"] == approx(1000, rel=1e-6)
    own = "abroad" if instrument == "export_quota" else "home"
    in_rents = {"exporter": ("abroad", 1000), "importer": ("home", 1000)}.get(holder)
    for region in ("abroad", "home"):
        expected = in_rents[1] if in_rents and in_rents[0] == region else 0
        assert answer.welfare("rent", region) == approx(expected, rel=1e-6, abs=1e-5)
        public = 1000 if holder == "treasury" and region == own else 0
        assert answer.welfare("government", region) == approx(public, rel=1e-6, abs=1e-5)
    # consumers (100 - 80)^2 / 2 and producers 20^2 / 2 whoever keeps the rent; a dissipated rent is lost
    assert answer.welfare("consumer") == approx(200, rel=1e-6)
    assert answer.welfare("producer") == approx(200, rel=1e-6)
    assert answer.welfare() == approx(400 if holder == "dissipated" else 1400, rel=1e-6)


@pytest.mark.parametrize("instrument", QUOTAS)
@pytest.mark.parametrize("quantity", [45.1, 1e6])
def test_a_quota_above_free_trade_does_nothing(pair, instrument, quantity):
    answer = pair.measure(instrument, quantity=quantity).solve()
    assert answer.price("home") == approx(55, rel=1e-6)
    record = answer.measure(instrument)
    assert record["binding"] is False
    assert record["wedge"] == approx(0, abs=1e-6)
    assert record["rent"] == approx(0, abs=1e-5)
    assert record["revenue"] == approx(0, abs=1e-5)


@pytest.mark.parametrize("instrument", QUOTAS)
def test_a_quota_of_nothing_is_autarky(pair, instrument):
    """No trade: nobody at home is served, and the home price is where demand ends, 100; abroad it falls to 0."""
    answer = pair.measure(instrument, quantity=0).solve()
    assert answer.flow("abroad-home") == approx(0, abs=1e-6)
    assert answer.demand("home") == approx(0, abs=1e-6)
    assert answer.price("home") >= 100 - 1e-4
    assert answer.price("abroad") == approx(0, abs=1e-6)
    assert answer.measure(instrument)["rent"] == approx(0, abs=1e-3)


@pytest.mark.parametrize("instrument", QUOTAS)
def test_a_quota_and_the_tariff_of_the_same_trade_leave_the_same_prices(pair, instrument):
    """Trade of 20 under a quota is the trade under a tariff of its rent, 50: Q = (90 - t) / 2."""
    by_quota = pair.copy().measure(instrument, quantity=20).solve()
    by_tariff = pair.measure("import_tariff", specific=50).solve()
    assert by_tariff.flow("abroad-home") == approx(20, rel=1e-6)
    for region in ("home", "abroad"):
        assert by_quota.price(region) == approx(by_tariff.price(region), rel=1e-6)
    assert by_quota.measure(instrument)["rent"] == approx(by_tariff.measure("import_tariff")["revenue"], rel=1e-6)


def test_a_tariff_under_a_quota_takes_part_of_the_rent(pair):
    answer = pair.measure("import_quota", quantity=20).measure("import_tariff", specific=12).solve()
    assert answer.price("home") == approx(80, rel=1e-6)
    assert answer.measure("import_quota")["wedge"] == approx(38, rel=1e-6)
    assert answer.measure("import_quota")["rent"] == approx(38 * 20, rel=1e-6)
    assert answer.measure("import_tariff")["revenue"] == approx(12 * 20, rel=1e-6)


def test_a_total_quota_is_shared_by_the_importers_that_pay_most(hub):
    """Total 30: both importers pay one price p where 160 - 2 p = 30, p = 65 > 60, so small buys nothing: p = 70."""
    answer = hub.measure("export_quota", exporter="src", quantity=30, per="total").solve()
    assert answer.price("big") == approx(70, rel=1e-6)
    assert answer.flow("src-small") == approx(0, abs=1e-6)
    assert answer.price("src") == approx(30, rel=1e-6)
    assert sum(row["rent"] for row in answer.measures("export_quota").values()) == approx(40 * 30, rel=1e-6)


def test_a_total_quota_equalises_the_rent_of_those_who_share_it(hub):
    """Total 50: 160 - 2 p = 50, p = 55; big 45, small 5; src at 50; rent 5."""
    answer = hub.measure("export_quota", exporter="src", quantity=50).solve()
    assert answer.price("big") == approx(55, rel=1e-6)
    assert answer.price("small") == approx(55, rel=1e-6)
    assert answer.flow("src-big") == approx(45, rel=1e-6)
    assert answer.flow("src-small") == approx(5, rel=1e-6)
    assert all(row["wedge"] == approx(5, rel=1e-5) for row in answer.measures("export_quota").values())


def test_an_export_quota_leaves_sales_at_home_free(hub):
    """Sales at home (demand 40 - P at src) do not count: exports 30 at 70 to big; at src q = 30 + 40 - q, P = 35."""
    hub.demand("src", form="linear", intercept=40, slope=1)
    answer = hub.measure("export_quota", exporter="src", quantity=30).solve()
    assert answer.price("src") == approx(35, rel=1e-6)
    assert answer.demand("src") == approx(5, rel=1e-6)
    assert answer.price("big") == approx(70, rel=1e-6)


@pytest.mark.parametrize("instrument", QUOTAS)
def test_per_importer_gives_each_importer_the_whole_quantity(hub, instrument):
    """25 each: big at 75, small at 35, src at 50 would lose on small (60 - 25 = 35 < 50).

    So small buys q with 60 - q = P_src = 25 + q: q = 17.5, P_src = 42.5; big's rent 75 - 42.5 = 32.5, small's nil.
    """
    answer = hub.measure(instrument, quantity=25, per="importer").solve()
    assert answer.flow("src-big") == approx(25, rel=1e-6)
    assert answer.flow("src-small") == approx(17.5, rel=1e-6)
    assert answer.price("src") == approx(42.5, rel=1e-6)
    assert answer.money(instrument)[0] == approx(32.5 * 25, rel=1e-6)


@pytest.fixture
def square(market):
    """Two exporters with marginal cost q and 10 + q, two importers with demand 100 - P and 80 - P, all four routes."""
    return (
        market()
        .supply("x", form="marginal_cost", cost=0, slope=1)
        .supply("y", form="marginal_cost", cost=10, slope=1)
        .demand("a", form="linear", intercept=100, slope=1)
        .demand("b", form="linear", intercept=80, slope=1)
        .route("x", "a")
        .route("x", "b")
        .route("y", "a")
        .route("y", "b")
    )


@pytest.mark.parametrize("instrument", QUOTAS)
def test_per_exporter_holds_each_exporter_to_the_quantity(square, instrument):
    """20 each: 40 in all, one price p with 180 - 2 p = 40, p = 70; rents 70 - 20 and 70 - 30."""
    answer = square.measure(instrument, quantity=20, per="exporter").solve()
    assert answer.supply("x") == approx(20, rel=1e-6)
    assert answer.supply("y") == approx(20, rel=1e-6)
    assert answer.price("a") == approx(70, rel=1e-6)
    assert answer.price("b") == approx(70, rel=1e-6)
    assert answer.money(instrument)[0] == approx(50 * 20 + 40 * 20, rel=1e-6)


@pytest.mark.parametrize("instrument", QUOTAS)
def test_per_pair_holds_each_route_to_the_quantity(square, instrument):
    """12 a pair: a and b get 24 each, at 76 and 56; x and y make 24 each at 24 and 34; rents 52 + 42 + 32 + 22."""
    answer = square.measure(instrument, quantity=12, per="pair").solve()
    for route in ("x-a", "x-b", "y-a", "y-b"):
        assert answer.flow(route) == approx(12, rel=1e-6)
    assert answer.price("a") == approx(76, rel=1e-6)
    assert answer.price("b") == approx(56, rel=1e-6)
    assert answer.money(instrument)[0] == approx(12 * (52 + 42 + 32 + 22), rel=1e-6)


@pytest.mark.parametrize("instrument", QUOTAS)
def test_a_total_quota_over_several_exporters_is_one_limit(square, instrument):
    """40 in all: price 70 for both importers; x and y share so that q = 10 + q': 25 and 15, both at cost 25."""
    answer = square.measure(instrument, quantity=40, per="total").solve()
    assert answer.supply("x") == approx(25, rel=1e-6)
    assert answer.supply("y") == approx(15, rel=1e-6)
    assert answer.price("a") == approx(70, rel=1e-6)
    assert answer.money(instrument)[0] == approx(45 * 40, rel=1e-6)


def test_routes_between_the_same_regions_share_a_pairs_quota(market):
    """Two routes of cost 1 and 3 with room for 5 each; the pair's quota of 8 lets the dear one carry 3."""
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=0, slope=0)
        .demand("a", form="linear", intercept=100, slope=1)
        .route("x", "a", name="sea", cost=1, capacity=5)
        .route("x", "a", name="air", cost=3)
        .measure("import_quota", quantity=8, per="pair")
        .solve()
    )
    assert answer.flow("sea") == approx(5, rel=1e-6)
    assert answer.flow("air") == approx(3, rel=1e-6)
    assert answer.price("a") == approx(92, rel=1e-6)
    assert answer.measure("import_quota")["wedge"] == approx(89, rel=1e-6)


def test_a_production_quota_holds_supply_and_gives_its_rent_at_home(market):
    """Supply P in region x held to 20 of demand 100 - P: price 80, marginal cost 20, rent 60 * 20 in x."""
    answer = (
        market()
        .supply("x", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("x", "home", cost=0)
        .measure("production_quota", commodity="wheat", region="x", quantity=20)
        .solve()
    )
    assert answer.supply("x") == approx(20, rel=1e-6)
    assert answer.price("home") == approx(80, rel=1e-6)
    assert answer.price("x") == approx(80, rel=1e-6)
    record = answer.measure("production_quota")
    assert record["region"] == "x"
    assert record["binding"] is True
    assert record["wedge"] == approx(60, rel=1e-6)
    assert record["rent"] == approx(1200, rel=1e-6)
    assert answer.welfare("producer", "x") + answer.welfare("rent", "x") == approx(200 + 1200, rel=1e-6)
    assert answer.welfare("consumer", "home") == approx(200, rel=1e-6)


def test_a_production_quota_counts_what_processes_make(market):
    """Ore is free, the smelter costs 10 + level and yields half a unit of metal; metal is held to 6.

    Level 12: its marginal cost 22 is 44 a unit of metal; demand 100 - 6 = 94; the right's price 94 - 44 = 50.
    """
    answer = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=0, slope=0)
        .process("smelter", "x", {"ore": 1}, {"metal": 0.5}, cost=10, slope=1)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
        .measure("production_quota", commodity="metal", region="x", quantity=6)
        .solve()
    )
    assert answer.level("smelter") == approx(12, rel=1e-6)
    assert answer.price("x", "metal") == approx(94, rel=1e-6)
    assert answer.measure("production_quota")["wedge"] == approx(50, rel=1e-6)
    assert answer.measure("production_quota")["rent"] == approx(300, rel=1e-6)


def test_a_production_quota_is_one_limit_for_all_producers_of_its_region(market):
    """Marginal costs q and 10 + q held to 30 together: 20 and 10 at cost 20; elsewhere supply is free."""
    answer = (
        market()
        .supply("x", name="one", form="marginal_cost", cost=0, slope=1)
        .supply("x", name="two", form="marginal_cost", cost=10, slope=1)
        .supply("y", form="marginal_cost", cost=50, slope=0)
        .demand("x", form="linear", intercept=100, slope=1)
        .route("y", "x", cost=5)
        .measure("production_quota", commodity="wheat", region="x", quantity=30)
        .solve()
    )
    assert answer.supply("one") == approx(20, rel=1e-6)
    assert answer.supply("two") == approx(10, rel=1e-6)
    assert answer.price("x") == approx(55, rel=1e-6)
    assert answer.supply("y") == approx(15, rel=1e-6)
    assert answer.measure("production_quota")["wedge"] == approx(35, rel=1e-6)


def test_quotas_are_rates_a_year(market):
    """A period of two years lets 2 * 20 pass, at the prices of 20 a year; money is for both years."""
    answer = (
        market(periods=[{"id": "t", "start": "2024-01-01", "years": 2}])
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
        .measure("import_quota", quantity=20, rent_to="importer")
        .solve()
    )
    assert answer.flow("abroad-home") == approx(40, rel=1e-6)
    assert answer.price("home") == approx(80, rel=1e-6)
    assert answer.measure("import_quota")["wedge"] == approx(50, rel=1e-6)
    assert answer.measure("import_quota")["rent"] == approx(2000, rel=1e-6)
    assert answer.welfare("consumer") == approx(400, rel=1e-6)


def test_two_quotas_on_the_same_trade_bind_by_the_smaller(pair):
    answer = pair.measure("export_quota", quantity=20).measure("import_quota", quantity=30).solve()
    assert answer.flow("abroad-home") == approx(20, rel=1e-6)
    assert answer.measure("export_quota")["wedge"] == approx(50, rel=1e-6)
    assert answer.measure("import_quota")["wedge"] == approx(0, abs=1e-6)
    assert answer.measure("import_quota")["binding"] is False
