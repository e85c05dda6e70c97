"""Tariffs, export taxes and subsidies between two countries, by hand.

Home supplies P and demands 100 - P; abroad supplies 10 + P and demands 50 - P; freight is 4. Home's imports are
100 - 2 P_h, abroad's exports 2 P_a - 40. With a wedge t over freight (P_h = P_a + 4 + t) trade clears where
100 - 2 P_a - 8 - 2 t = 2 P_a - 40, so P_a = 33 - t/2, P_h = 37 + t/2 and 26 - t is traded; t = 26 stops trade.
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


def check(answer, *, abroad: float, home: float) -> float:
    """Prices, the four quantities they imply, and the traded quantity, which is returned."""
    assert answer.price("abroad") == approx(abroad, rel=1e-6)
    assert answer.price("home") == approx(home, rel=1e-6)
    assert answer.supply("home") == approx(home, rel=1e-6)
    assert answer.demand("home") == approx(100 - home, rel=1e-6)
    assert answer.supply("abroad") == approx(10 + abroad, rel=1e-6)
    assert answer.demand("abroad") == approx(50 - abroad, rel=1e-6)
    traded = 100 - 2 * home
    assert answer.flow("abroad-home") == approx(traded, rel=1e-5, abs=1e-6)
    return traded


def surplus(home: float, abroad: float) -> dict[str, dict[str, float]]:
    """Surplus areas: consumers (choke - P) Q / 2; home's producers the triangle from price 0."""
    return {
        "home": {"consumer": (100 - home) ** 2 / 2, "producer": home**2 / 2},
        "abroad": {"consumer": (50 - abroad) ** 2 / 2},
    }


def test_free_trade_equalises_prices_up_to_freight(pair):
    answer = pair.solve()
    check(answer, abroad=33, home=37)
    for region, parts in surplus(37, 33).items():
        for part, value in parts.items():
            assert answer.welfare(part, region) == approx(value, rel=1e-6)
    assert answer.welfare("government") == approx(0, abs=1e-6)
    assert answer.welfare("rent") == approx(0, abs=1e-6)
    assert answer.record["measures"] == []


@pytest.mark.parametrize("instrument", ["import_tariff", "export_tax"])
@pytest.mark.parametrize("tax", [2.0, 13.0, 25.0])
def test_a_specific_tax_splits_prices_alike_wherever_it_is_levied(pair, instrument, tax):
    answer = pair.measure(instrument, commodity="wheat", specific=tax).solve()
    traded = check(answer, abroad=33 - tax / 2, home=37 + tax / 2)
    treasury = "home" if instrument == "import_tariff" else "abroad"
    record = answer.measure(instrument)
    assert record["region"] == treasury
    assert record["binding"] is True
    assert record["wedge"] == approx(tax)
    assert record["revenue"] == approx(tax * traded, rel=1e-5)
    assert record["rent"] == approx(0, abs=1e-6)
    other = {"home": "abroad", "abroad": "home"}[treasury]
    assert answer.welfare("government", treasury) == approx(tax * traded, rel=1e-5)
    assert answer.welfare("government", other) == approx(0, abs=1e-6)
    for region, parts in surplus(37 + tax / 2, 33 - tax / 2).items():
        for part, value in parts.items():
            assert answer.welfare(part, region) == approx(value, rel=1e-6)


def test_dead_weight_of_a_tariff_is_the_triangle(pair):
    free = pair.copy().solve()
    taxed = pair.measure("import_tariff", importer="home", specific=10).solve()
    # imports fall from 26 to 16 under a wedge of 10: the triangle is 10 * 10 / 2
    assert free.welfare() - taxed.welfare() == approx(50, rel=1e-5)


def test_the_optimal_tariff_gains_for_home_and_loses_for_both(pair):
    """Home's welfare is (100 - P_h)^2/2 + P_h^2/2 + t M with P_h = 37 + t/2, M = 26 - t.

    Its slope is (P_h - (100 - P_h))/2 + 26 - 2 t = (2 P_h - 100)/2 + 26 - 2 t = -13 + t/2 + 26 - 2 t, nil at t = 26/3.
    """
    best = pair.copy().measure("import_tariff", specific=26 / 3).solve()
    for other in (26 / 3 - 1, 26 / 3 + 1, 0.0):
        beside = pair.copy().measure("import_tariff", specific=other).solve()
        assert beside.welfare("total", "home") < best.welfare("total", "home")
    assert best.welfare() < pair.solve().welfare()


@pytest.mark.parametrize("tax", [26.5, 400.0])
def test_a_prohibitive_tariff_leaves_autarky(pair, tax):
    answer = pair.measure("import_tariff", specific=tax).solve()
    check(answer, abroad=20, home=50)
    assert answer.flow("abroad-home") == approx(0, abs=1e-6)
    assert answer.measure("import_tariff")["revenue"] == approx(0, abs=1e-4)


@pytest.mark.parametrize(("field", "region"), [("exporter", "abroad"), ("importer", "home")])
def test_a_subsidy_is_paid_by_the_one_side_that_it_names(pair, field, region):
    answer = pair.measure("subsidy", specific=6, **{field: region}).solve()
    traded = check(answer, abroad=36, home=34)
    record = answer.measure("subsidy")
    assert record["region"] == region
    assert record["wedge"] == approx(-6)
    assert record["revenue"] == approx(-6 * traded, rel=1e-5)
    assert answer.welfare("government", region) == approx(-6 * traded, rel=1e-5)
    assert answer.welfare("government") == approx(-6 * traded, rel=1e-5)


def test_a_tariff_undoes_a_subsidy_of_the_same_size(pair):
    answer = (
        pair.measure("subsidy", exporter="abroad", specific=6).measure("import_tariff", importer="home", specific=6)
    ).solve()
    traded = check(answer, abroad=33, home=37)
    assert answer.welfare("government", "home") == approx(6 * traded, rel=1e-5)
    assert answer.welfare("government", "abroad") == approx(-6 * traded, rel=1e-5)
    assert answer.measure("import_tariff")["wedge"] == approx(6)
    assert answer.measure("subsidy")["wedge"] == approx(-6)


def test_tariffs_of_several_measures_add_up(pair):
    answer = (
        pair.measure("import_tariff", name="a", importer="home", specific=3)
        .measure("import_tariff", name="b", exporter="abroad", specific=4)
        .measure("export_tax", name="c", exporter="abroad", specific=5)
    ).solve()
    traded = check(answer, abroad=27, home=43)
    for name, tax in (("a", 3), ("b", 4), ("c", 5)):
        assert answer.money(name)[1] == approx(tax * traded, rel=1e-5)


def test_a_tariff_of_nothing_changes_nothing(pair):
    assert pair.copy().measure("import_tariff", specific=0).solve().record["prices"] == pair.solve().record["prices"]


def test_a_tariff_bites_only_the_pair_that_it_names(market):
    """Flat sellers: c offers at 20, b at 22, freight nil. A tariff of 5 on c alone diverts all trade to b at 22."""
    base = (
        market()
        .supply("b", form="marginal_cost", cost=22)
        .supply("c", form="marginal_cost", cost=20)
        .demand("home", form="linear", intercept=100, slope=1)
        .demand("third", form="linear", intercept=60, slope=1)
        .route("b", "home")
        .route("c", "home")
        .route("c", "third")
    )
    free = base.copy().solve()
    assert free.price("home") == approx(20)
    assert free.flow("c-home") == approx(80)
    diverted = base.measure("import_tariff", importer="home", exporter="c", specific=5).solve()
    assert diverted.price("home") == approx(22)
    assert diverted.flow("b-home") == approx(78)
    assert diverted.flow("c-home") == approx(0, abs=1e-6)
    assert diverted.price("third") == approx(20)
    assert diverted.flow("c-third") == approx(40)
    assert diverted.money("import_tariff") == approx((0, 0), abs=1e-6)


def test_a_tariff_on_one_commodity_leaves_the_other(market):
    network = market()
    for good in ("wheat", "corn"):
        network.supply("abroad", name=f"s-{good}", commodity=good, form="linear", intercept=0, slope=1)
        network.demand("home", name=f"d-{good}", commodity=good, form="linear", intercept=100, slope=1)
        network.route("abroad", "home", name=f"r-{good}", commodity=good)
    answer = network.measure("import_tariff", commodity="corn", specific=20).solve()
    assert answer.price("home", "wheat") == approx(50)
    assert answer.price("home", "corn") == approx(60)
    assert answer.price("abroad", "corn") == approx(40)


def test_a_tariff_of_everybody_on_everybody_spares_sales_at_home(pair):
    pair.supply("island", form="linear", intercept=0, slope=1).demand("island", form="linear", intercept=80, slope=1)
    answer = pair.measure("import_tariff", importer="*", exporter="*", specific=4).solve()
    check(answer, abroad=31, home=39)
    assert answer.price("island") == approx(40)
    assert answer.money("import_tariff")[1] == approx(4 * 22, rel=1e-5)
