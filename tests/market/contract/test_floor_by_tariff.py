"""A price floor upheld by an adjustable tariff: the least levy, per importing member, on imports from outside alone.

Home supplies P and demands 100 - P (autarky 50); abroad supplies 10 + P and demands 50 - P; freight 4. Free trade at
home 37; a levy t gives P_h = 37 + t / 2 and imports 26 - t.
"""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def pair(market):
    return (
        market()
        .supply("home", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .supply("abroad", form="linear", intercept=10, slope=1)
        .demand("abroad", form="linear", intercept=50, slope=1)
        .route("abroad", "home", cost=4)
    )


def floor(network, price, members="home", commodity="wheat", **rest):
    return network.measure(
        "price_floor", commodity=commodity, members=members, price=price, upheld_by="adjustable_tariff", **rest
    )


@pytest.mark.parametrize("price", [0.0, 20.0, 36.0, 36.999])
def test_below_the_free_trade_price_it_asks_for_nothing(pair, price):
    answer = floor(pair, price).solve()
    assert answer.price("home") == approx(37, rel=1e-6)
    record = answer.measure("price_floor")
    assert record["region"] == "home"
    assert record["attained"] is True
    assert record["binding"] is False
    assert record["wedge"] == approx(0, abs=1e-5)
    assert record["revenue"] == approx(0, abs=1e-4)


@pytest.mark.parametrize("price", [37.01, 38.0, 43.0, 49.0, 49.9])
def test_between_free_trade_and_autarky_the_levy_holds_it_exactly(pair, price):
    answer = floor(pair, price).solve()
    levy = 2 * (price - 37)
    assert answer.price("home") == approx(price, rel=1e-6)
    assert answer.price("abroad") == approx(33 - levy / 2, rel=1e-6)
    assert answer.flow("abroad-home") == approx(26 - levy, rel=1e-5)
    record = answer.measure("price_floor")
    assert record["attained"] is True
    assert record["binding"] is True
    assert record["wedge"] == approx(levy, rel=1e-4)
    assert record["revenue"] == approx(levy * (26 - levy), rel=1e-4)
    assert record["rent"] == approx(0, abs=1e-5)
    assert answer.welfare("government", "home") == approx(levy * (26 - levy), rel=1e-4)
    assert answer.record["instrument_class"] == "complementarity"


@pytest.mark.parametrize("price", [50.5, 60.0, 99.0, 1000.0])
def test_above_the_autarky_price_it_is_not_attained_and_the_autarky_price_holds(pair, price):
    answer = floor(pair, price).solve()
    assert answer.price("home") == approx(50, rel=1e-6)
    assert answer.price("abroad") == approx(20, rel=1e-6)
    assert answer.flow("abroad-home") == approx(0, abs=1e-5)
    record = answer.measure("price_floor")
    assert record["attained"] is False
    assert record["wedge"] is None
    assert record["revenue"] == approx(0, abs=1e-4)


@pytest.mark.parametrize("price", [41.0, 47.0])
def test_the_levy_as_a_plain_tariff_gives_the_same_equilibrium_and_a_smaller_one_misses_the_floor(pair, price):
    held = floor(pair.copy(), price).solve()
    levy = held.measure("price_floor")["wedge"]
    same = pair.copy().measure("import_tariff", importer="home", specific=levy).solve()
    for region in ("home", "abroad"):
        assert same.price(region) == approx(held.price(region), rel=1e-6)
    for part in ("consumer", "producer", "government", "total"):
        assert same.welfare(part, "home") == approx(held.welfare(part, "home"), rel=1e-5)
    less = pair.measure("import_tariff", importer="home", specific=levy - 0.1).solve()
    assert less.price("home") < price - 0.01


def test_the_levy_comes_on_top_of_a_standing_tariff(pair):
    """Floor 42 needs a wedge of 10 in all; 3 of it stands already."""
    answer = floor(pair.measure("import_tariff", specific=3), 42).solve()
    assert answer.price("home") == approx(42, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(7, rel=1e-5)
    assert answer.money("price_floor")[1] == approx(7 * 16, rel=1e-5)
    assert answer.money("import_tariff")[1] == approx(3 * 16, rel=1e-5)


def test_a_floor_that_a_standing_tariff_holds_already_needs_no_levy(pair):
    answer = floor(pair.measure("import_tariff", specific=12), 42).solve()
    assert answer.price("home") == approx(43, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(0, abs=1e-5)
    assert answer.measure("price_floor")["attained"] is True


def test_under_a_quota_the_levy_is_nil_where_the_quota_holds_the_floor(pair):
    """A quota of 10 gives 45 at home; a floor of 44 is held, one of 46 needs imports of 8 and a levy of 18."""
    quota = pair.measure("import_quota", quantity=10, rent_to="importer")
    held = floor(quota.copy(), 44).solve()
    assert held.price("home") == approx(45, rel=1e-6)
    assert held.measure("price_floor")["wedge"] == approx(0, abs=1e-5)
    binding = floor(quota, 46).solve()
    assert binding.price("home") == approx(46, rel=1e-6)
    assert binding.flow("abroad-home") == approx(8, rel=1e-5)
    assert binding.measure("price_floor")["wedge"] == approx(18, rel=1e-5)
    assert binding.measure("import_quota")["rent"] == approx(0, abs=1e-4)


@pytest.fixture
def club(market):
    """Abroad's marginal cost is q / 2; m demands 100 - P at freight 5, n demands 80 - P at freight 10.

    At one floor 60 both buy 40 + 20, abroad's price is 30, and the levies are 60 - 35 and 60 - 40.
    """
    return (
        market()
        .supply("abroad", form="marginal_cost", cost=0, slope=0.5)
        .demand("m", form="linear", intercept=100, slope=1)
        .demand("n", form="linear", intercept=80, slope=1)
        .route("abroad", "m", cost=5)
        .route("abroad", "n", cost=10)
    )


def test_each_member_has_a_levy_of_its_own(club):
    answer = floor(club, 60, ["m", "n"]).solve()
    records = answer.measures("price_floor")
    assert set(records) == {"m", "n"}
    assert answer.price("m") == approx(60, rel=1e-6)
    assert answer.price("n") == approx(60, rel=1e-6)
    assert records["m"]["wedge"] == approx(25, rel=1e-5)
    assert records["n"]["wedge"] == approx(20, rel=1e-5)
    assert records["m"]["revenue"] == approx(1000, rel=1e-5)
    assert records["n"]["revenue"] == approx(400, rel=1e-5)
    assert records["m"]["attained"] is True
    assert records["n"]["attained"] is True
    assert answer.welfare("government", "m") == approx(1000, rel=1e-5)
    assert answer.welfare("government", "n") == approx(400, rel=1e-5)


def test_one_member_may_attain_it_while_the_other_cannot(club):
    """Floor 90: n makes P / 4 itself and has an autarky price of 64; m buys 10 with abroad at 5, levy 90 - 10."""
    answer = floor(club.supply("n", form="linear", intercept=0, slope=0.25), 90, ["m", "n"]).solve()
    records = answer.measures("price_floor")
    assert answer.price("m") == approx(90, rel=1e-6)
    assert answer.flow("abroad-m") == approx(10, rel=1e-5)
    assert records["m"]["wedge"] == approx(80, rel=1e-5)
    assert records["m"]["attained"] is True
    assert answer.flow("abroad-n") == approx(0, abs=1e-5)
    assert answer.price("n") == approx(64, rel=1e-6)
    assert records["n"]["attained"] is False
    assert records["n"]["wedge"] is None


def test_who_is_no_member_trades_freely(club):
    """Only m has the floor of 80: it buys 20; n buys q with 80 - q = (20 + q) / 2 + 10, q = 40, P_n = 40."""
    answer = floor(club, 80, "m").solve()
    assert answer.price("m") == approx(80, rel=1e-6)
    assert answer.flow("abroad-n") == approx(40, rel=1e-5)
    assert answer.price("n") == approx(40, rel=1e-5)
    assert set(answer.measures("price_floor")) == {"m"}


def test_trade_between_members_bears_no_levy(market):
    """Member n makes wheat at 30 flat, up to 20, ships to member m at 5; abroad offers at 10 flat, freight 5.

    Floor 40 at m (demand 100 - P): imports 60 in all, 20 of them from n, 40 from abroad under a levy of 25.
    n's own price is 40 - 5 = 35: n imports nothing from outside (no route), so there is nothing to levy.
    """
    answer = floor(
        market()
        .supply("n", form="marginal_cost", cost=30, slope=0, capacity=20)
        .supply("abroad", form="marginal_cost", cost=10, slope=0)
        .demand("m", form="linear", intercept=100, slope=1)
        .route("n", "m", cost=5)
        .route("abroad", "m", cost=5),
        40,
        ["m", "n"],
    ).solve()
    assert answer.price("m") == approx(40, rel=1e-6)
    assert answer.flow("n-m") == approx(20, rel=1e-6)
    assert answer.flow("abroad-m") == approx(40, rel=1e-6)
    assert answer.price("n") == approx(35, rel=1e-6)
    record = answer.measure("price_floor", region="m")
    assert record["wedge"] == approx(25, rel=1e-6)
    assert record["revenue"] == approx(1000, rel=1e-6)
    assert record["attained"] is True


def test_a_member_behind_another_member_gets_the_floor_by_free_trade(market):
    """n is landlocked behind m at freight 3: m's levy holds 40 at m, n pays 43 without any levy of its own."""
    answer = floor(
        market()
        .supply("abroad", form="marginal_cost", cost=20, slope=0)
        .demand("m", form="linear", intercept=100, slope=1)
        .demand("n", form="linear", intercept=100, slope=1)
        .route("abroad", "m")
        .route("m", "n", cost=3),
        40,
        ["m", "n"],
    ).solve()
    assert answer.price("m") == approx(40, rel=1e-6)
    assert answer.price("n") == approx(43, rel=1e-6)
    assert answer.flow("abroad-m") == approx(117, rel=1e-6)
    assert answer.measure("price_floor", region="m")["wedge"] == approx(20, rel=1e-6)
    assert answer.measure("price_floor", region="m")["revenue"] == approx(20 * 117, rel=1e-6)


def test_the_dearest_import_falls_away_first(market):
    """Outsiders at 20 (up to 15) and 30, flat, freight nil, under a floor of 35.

    One levy per member on all outsiders: the marginal seller (30) needs 5; the cheap one keeps its scarcity rent.
    """
    answer = floor(
        market()
        .supply("x", form="marginal_cost", cost=20, slope=0, capacity=15)
        .supply("y", form="marginal_cost", cost=30, slope=0)
        .demand("m", form="linear", intercept=100, slope=1)
        .route("x", "m")
        .route("y", "m"),
        35,
        "m",
    ).solve()
    assert answer.price("m") == approx(35, rel=1e-6)
    assert answer.flow("x-m") == approx(15, rel=1e-6)
    assert answer.flow("y-m") == approx(50, rel=1e-6)
    assert answer.price("x") == approx(30, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(5, rel=1e-5)
    assert answer.measure("price_floor")["revenue"] == approx(5 * 65, rel=1e-5)


@pytest.fixture
def chain(market):
    """Abroad oxide is 10 and metal 15, flat; freights 0 and 2. Home makes oxide at P = 2 q, smelts at 5 + L / 10.

    Free trade: home's oxide is 10 (own 5, imports 15), L = 20 as 10 + 5 + 2 = 17; metal demand 100 - 17 = 83.
    """
    return (
        market()
        .supply("abroad", name="oxide-abroad", commodity="oxide", form="marginal_cost", cost=10)
        .process("smelter-abroad", "abroad", {"oxide": 1}, {"metal": 1}, cost=5)
        .supply("home", name="oxide-home", commodity="oxide", form="marginal_cost", cost=0, slope=2)
        .process("smelter-home", "home", {"oxide": 1}, {"metal": 1}, cost=5, slope=0.1)
        .demand("home", commodity="metal", form="linear", intercept=100, slope=1)
        .route("abroad", "home", name="oxide-in", commodity="oxide")
        .route("abroad", "home", name="metal-in", commodity="metal", cost=2)
    )


def test_a_floor_on_oxide_leaks_to_imported_metal(chain):
    """Floor 11 on oxide: 11 + 5 + L / 10 = 17 leaves L = 10; own oxide 5.5, imports 4.5 under a levy of 1."""
    free = chain.copy().solve()
    assert free.level("smelter-home") == approx(20, rel=1e-6)
    assert free.flow("metal-in") == approx(63, rel=1e-6)
    answer = floor(chain, 11, "home", "oxide").solve()
    assert answer.price("home", "oxide") == approx(11, rel=1e-6)
    assert answer.price("home", "metal") == approx(17, rel=1e-6)
    assert answer.level("smelter-home") == approx(10, rel=1e-5)
    assert answer.flow("oxide-in") == approx(4.5, rel=1e-5)
    assert answer.flow("metal-in") == approx(73, rel=1e-6)
    assert answer.measure("price_floor")["wedge"] == approx(1, rel=1e-5)


def test_a_floor_that_drives_the_next_stage_out_is_not_attained(chain):
    """Without imports of oxide the smelter takes what home makes: 17 = 2 L + 5 + L / 10, P = 24 / 2.1 = 11.43 < 12."""
    answer = floor(chain, 12, "home", "oxide").solve()
    assert answer.price("home", "oxide") == approx(24 / 2.1, rel=1e-6)
    assert answer.level("smelter-home") == approx(12 / 2.1, rel=1e-6)
    assert answer.flow("oxide-in") == approx(0, abs=1e-5)
    assert answer.measure("price_floor")["attained"] is False
    assert answer.measure("price_floor")["wedge"] is None


def test_floors_on_both_stages_close_the_leak(chain):
    """Oxide 13, metal 20: 13 + 5 + L / 10 = 20, L = 20; own oxide 6.5, imports 13.5; metal demand 80, 60 imported."""
    answer = floor(floor(chain, 13, "home", "oxide", name="on-oxide"), 20, "home", "metal", name="on-metal").solve()
    assert answer.price("home", "oxide") == approx(13, rel=1e-6)
    assert answer.price("home", "metal") == approx(20, rel=1e-6)
    assert answer.level("smelter-home") == approx(20, rel=1e-5)
    assert answer.flow("oxide-in") == approx(13.5, rel=1e-5)
    assert answer.flow("metal-in") == approx(60, rel=1e-5)
    assert answer.measure("on-oxide")["wedge"] == approx(3, rel=1e-5)
    assert answer.measure("on-metal")["wedge"] == approx(3, rel=1e-5)
    assert answer.money("on-oxide")[1] == approx(3 * 13.5, rel=1e-5)
    assert answer.money("on-metal")[1] == approx(180, rel=1e-5)


def test_one_floor_may_name_several_commodities(market):
    """Two goods from abroad at 20 and 35 flat; one floor of 30 for both binds on the first alone."""
    network = market()
    for good, cost in (("a", 20), ("b", 35)):
        network.supply("abroad", name=f"s-{good}", commodity=good, form="marginal_cost", cost=cost)
        network.demand("home", name=f"d-{good}", commodity=good, form="linear", intercept=100, slope=1)
        network.route("abroad", "home", name=f"r-{good}", commodity=good)
    answer = floor(network, 30, "home", ["a", "b"]).solve()
    assert answer.price("home", "a") == approx(30, rel=1e-6)
    assert answer.price("home", "b") == approx(35, rel=1e-6)
    assert answer.money("price_floor")[1] == approx(10 * 70, rel=1e-5)


def test_a_floor_holds_in_its_periods_and_its_money_is_of_the_period(market):
    answer = floor(
        market(periods=[{"id": "t1", "years": 1}, {"id": "t2", "years": 2}])
        .supply("abroad", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home"),
        30,
        "home",
        period="t2",
    ).solve()
    assert answer.price("home", period="t1") == approx(20, rel=1e-6)
    assert answer.price("home", period="t2") == approx(30, rel=1e-6)
    assert answer.measure("price_floor", period="t2")["revenue"] == approx(10 * 140, rel=1e-5)


def test_home_sales_of_a_member_that_imports_nothing_are_no_business_of_the_levy(market):
    """A member that makes all it needs at 20 < 30 imports nothing: not attained, no levy, price unchanged."""
    answer = floor(
        market()
        .supply("home", form="marginal_cost", cost=20)
        .supply("abroad", form="marginal_cost", cost=25)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home"),
        30,
        "home",
    ).solve()
    assert answer.price("home") == approx(20, rel=1e-6)
    record = answer.measure("price_floor")
    assert record["attained"] is False
    assert record["wedge"] is None
    assert record["revenue"] == approx(0, abs=1e-5)
