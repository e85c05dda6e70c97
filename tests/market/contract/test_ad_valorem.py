"""Ad valorem taxes on the two customs values.

fob = exporter's price + export tax + rent kept by the exporter; cif = fob + freight.
Home imports 100 - 2 P_h, abroad exports 2 P_a - 40, freight 4 (see test_trade_taxes).
"""

from __future__ import annotations

import pytest
from scipy.optimize import brentq

approx = pytest.approx

RATE = 0.25


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


def clear(home_of_abroad) -> tuple[float, float, float]:
    """Prices abroad and at home and trade, where the home price is a given function of the price abroad."""
    abroad = brentq(lambda p: (100 - 2 * home_of_abroad(p)) - (2 * p - 40), 0, 60, xtol=1e-13)
    home = home_of_abroad(abroad)
    return abroad, home, 2 * abroad - 40


def check(answer, clearing: tuple[float, float, float]) -> None:
    abroad, home, traded = clearing
    assert traded > 0
    assert answer.price("abroad") == approx(abroad, rel=1e-6)
    assert answer.price("home") == approx(home, rel=1e-6)
    assert answer.flow("abroad-home") == approx(traded, rel=1e-5)


def test_tariff_on_cif_taxes_the_freight(pair):
    """P_h = 1.25 (P_a + 4), so 100 - 2.5 P_a - 10 = 2 P_a - 40 and P_a = 130 / 4.5."""
    answer = pair.measure("import_tariff", ad_valorem=RATE).solve()
    abroad = 130 / 4.5
    check(answer, (abroad, 1.25 * (abroad + 4), 2 * abroad - 40))
    record = answer.measure("import_tariff")
    assert record["region"] == "home"
    assert record["wedge"] == approx(RATE * (abroad + 4), rel=1e-6)
    assert record["revenue"] == approx(RATE * (abroad + 4) * (2 * abroad - 40), rel=1e-5)
    assert answer.welfare("government", "home") == approx(record["revenue"], rel=1e-6)
    assert answer.record["instrument_class"] == "complementarity"


def test_tariff_on_fob_spares_the_freight(pair):
    """P_h = 1.25 P_a + 4, so 100 - 2.5 P_a - 8 = 2 P_a - 40 and P_a = 132 / 4.5."""
    answer = pair.measure("import_tariff", ad_valorem=RATE, base="fob").solve()
    abroad = 132 / 4.5
    check(answer, (abroad, 1.25 * abroad + 4, 2 * abroad - 40))
    assert answer.measure("import_tariff")["wedge"] == approx(RATE * abroad, rel=1e-6)


@pytest.mark.parametrize("base", ["cif", "fob"])
def test_customs_value_counts_a_specific_export_tax(pair, base):
    answer = pair.measure("export_tax", specific=3).measure("import_tariff", ad_valorem=RATE, base=base).solve()
    value = {"cif": lambda p: p + 3 + 4, "fob": lambda p: p + 3}[base]
    clearing = clear(lambda p: p + 3 + 4 + RATE * value(p))
    check(answer, clearing)
    assert answer.money("export_tax")[1] == approx(3 * clearing[2], rel=1e-5)
    assert answer.money("import_tariff")[1] == approx(RATE * value(clearing[0]) * clearing[2], rel=1e-5)


@pytest.mark.parametrize("base", ["cif", "fob"])
@pytest.mark.parametrize("holder", ["exporter", "importer"])
def test_customs_value_counts_a_quota_rent_that_the_exporter_keeps(pair, base, holder):
    """A quota of 10: 2 P_a - 40 = 10 gives P_a = 25 and 100 - 2 P_h = 10 gives P_h = 45.

    Exporter's rent r: cif 45 = 1.25 (25 + r + 4), r = 7; fob 45 = 1.25 (25 + r) + 4, r = 7.8.
    Importer's rent r: cif 45 = 1.25 * 29 + r, r = 8.75; fob 45 = 1.25 * 25 + 4 + r, r = 9.75.
    """
    answer = (
        pair.measure("export_quota", quantity=10, rent_to=holder)
        .measure("import_tariff", ad_valorem=RATE, base=base)
        .solve()
    )
    check(answer, (25, 45, 10))
    rent = {("cif", "exporter"): 7, ("fob", "exporter"): 7.8, ("cif", "importer"): 8.75, ("fob", "importer"): 9.75}
    expected = rent[base, holder]
    assert answer.measure("export_quota")["wedge"] == approx(expected, rel=1e-6)
    assert answer.money("export_quota")[0] == approx(10 * expected, rel=1e-5)
    assert answer.measure("import_tariff")["wedge"] == approx(20 - 4 - expected, rel=1e-6)
    assert answer.welfare("rent") == approx(10 * expected, rel=1e-5)
    assert answer.welfare("government", "home") == approx(10 * (16 - expected), rel=1e-5)


@pytest.mark.parametrize("base", ["cif", "fob"])
def test_an_export_tax_ad_valorem_is_part_of_the_value_that_it_is_a_share_of(pair, base):
    """Fob = P_a + T by the contract's words, so T = rate * fob is P_a * rate / (1 - rate).

    With base cif, T = rate * (P_a + T + 4) is (P_a + 4) * rate / (1 - rate).
    """
    answer = pair.measure("export_tax", ad_valorem=0.2, base=base).solve()
    tax = {"fob": lambda p: p * 0.2 / 0.8, "cif": lambda p: (p + 4) * 0.2 / 0.8}[base]
    clearing = clear(lambda p: p + tax(p) + 4)
    check(answer, clearing)
    record = answer.measure("export_tax")
    assert record["region"] == "abroad"
    assert record["wedge"] == approx(tax(clearing[0]), rel=1e-6)
    assert record["revenue"] == approx(tax(clearing[0]) * clearing[2], rel=1e-5)


@pytest.mark.parametrize("base", ["cif", "fob"])
def test_a_subsidy_ad_valorem_is_a_share_of_the_same_values(pair, base):
    answer = pair.measure("subsidy", importer="home", ad_valorem=RATE, base=base).solve()
    value = {"cif": lambda p: p + 4, "fob": lambda p: p}[base]
    clearing = clear(lambda p: p + 4 - RATE * value(p))
    check(answer, clearing)
    record = answer.measure("subsidy")
    assert record["wedge"] == approx(-RATE * value(clearing[0]), rel=1e-6)
    assert record["revenue"] == approx(-RATE * value(clearing[0]) * clearing[2], rel=1e-5)
    assert record["region"] == "home"


def test_two_tariffs_are_shares_of_one_value_not_of_each_other(pair):
    answer = (
        pair.measure("import_tariff", name="a", ad_valorem=0.1)
        .measure("import_tariff", name="b", ad_valorem=0.15)
        .measure("import_tariff", name="c", specific=2)
        .solve()
    )
    check(answer, clear(lambda p: 1.25 * (p + 4) + 2))


def test_freight_that_rises_with_trade_raises_the_cif_value(market):
    """Abroad Q = P; home Q = 100 - P; freight at the margin 2 + Q / 5: P_h = 1.5 (Q + 2 + Q / 5) = 100 - Q."""
    answer = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=2, slope=0.2)
        .measure("import_tariff", ad_valorem=0.5)
        .solve()
    )
    traded = 97 / 2.8
    assert answer.flow("abroad-home") == approx(traded, rel=1e-6)
    assert answer.price("home") == approx(100 - traded, rel=1e-6)
    assert answer.measure("import_tariff")["wedge"] == approx(0.5 * (2 + 1.2 * traded), rel=1e-6)


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.0])
def test_a_high_share_stops_trade_where_autarky_prices_stand_closer(pair, rate):
    """Autarky prices are 50 and 20; trade stops once 50 <= (1 + rate) * 24."""
    answer = pair.measure("import_tariff", ad_valorem=rate).solve()
    if 24 * (1 + rate) < 50:
        check(answer, clear(lambda p: (1 + rate) * (p + 4)))
    else:
        assert answer.flow("abroad-home") == approx(0, abs=1e-6)
        assert answer.price("home") == approx(50, rel=1e-6)
        assert answer.price("abroad") == approx(20, rel=1e-6)


def test_a_tax_on_a_chain_raises_the_cost_of_the_next_stage(market):
    """Ore supply P = q; the smelter abroad needs 1 ore at cost 5; metal demand at home P = 100 - q.

    A tariff of 20 % on cif with freight 5: 100 - q = 1.2 (q + 5 + 5), q = 88 / 2.2 = 40.
    """
    answer = (
        market()
        .supply("abroad", commodity="ore", form="marginal_cost", cost=0, slope=1)
        .process("smelter", "abroad", {"ore": 1}, {"metal": 1}, cost=5)
        .demand("home", commodity="metal", form="inverse_linear", intercept=100, slope=1)
        .route("abroad", "home", commodity="metal", cost=5)
        .measure("import_tariff", commodity="metal", ad_valorem=0.2)
        .solve()
    )
    assert answer.level("smelter") == approx(40, rel=1e-6)
    assert answer.price("abroad", "ore") == approx(40, rel=1e-6)
    assert answer.price("abroad", "metal") == approx(45, rel=1e-6)
    assert answer.price("home", "metal") == approx(60, rel=1e-6)
    assert answer.money("import_tariff")[1] == approx(0.2 * 50 * 40, rel=1e-5)


def test_three_countries_with_different_shares_agree_with_a_root_finder(market):
    """Exporters with supply 2 P and 3 P - 10, an importer with demand 200 - 4 P; shares 0.3, 0.1; freights 1, 6.

    The importer's price p gives each exporter's price from its arbitrage, and p clears the market.
    """
    answer = (
        market()
        .supply("b", form="linear", intercept=0, slope=2)
        .supply("c", form="linear", intercept=-10, slope=3)
        .demand("a", form="linear", intercept=200, slope=4)
        .route("b", "a", cost=1)
        .route("c", "a", cost=6)
        .measure("import_tariff", name="on-b", importer="a", exporter="b", ad_valorem=0.3)
        .measure("import_tariff", name="on-c", importer="a", exporter="c", ad_valorem=0.1, base="fob")
        .solve()
    )

    def at_origin(p: float) -> tuple[float, float]:
        return p / 1.3 - 1, (p - 6) / 1.1

    def excess(p: float) -> float:
        b, c = at_origin(p)
        return 200 - 4 * p - 2 * b - (3 * c - 10)

    price = brentq(excess, 1, 50, xtol=1e-13)
    b, c = at_origin(price)
    assert answer.price("a") == approx(price, rel=1e-6)
    assert answer.flow("b-a") == approx(2 * b, rel=1e-6)
    assert answer.flow("c-a") == approx(3 * c - 10, rel=1e-6)
