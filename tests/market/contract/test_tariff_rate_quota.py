"""The three regimes of a tariff-rate quota.

Abroad supplies P, home demands 100 - P, freight 10; in-quota tariff 5, over-quota tariff 30. With a wedge w over
freight, trade is (90 - w) / 2: 42.5 at w = 5 and 30 at w = 30. So a quota above 42.5 is not filled (wedge 5, no rent);
between 30 and 42.5 it is filled exactly (wedge 90 - 2 quota, rent wedge - 5); below 30 trade is 30 and rent 25.
"""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def pair(market):
    return (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
    )


@pytest.mark.parametrize(
    ("quota", "traded", "wedge"),
    [(1000, 42.5, 5), (43, 42.5, 5), (40, 40, 10), (36, 36, 18), (31, 31, 28), (20, 30, 30), (1, 30, 30), (0, 30, 30)],
)
def test_specific_rates_in_each_regime(pair, quota, traded, wedge):
    answer = pair.measure(
        "tariff_rate_quota",
        importer="home",
        quota=quota,
        in_quota={"specific": 5},
        over_quota={"specific": 30},
        rent_to="importer",
    ).solve()
    assert answer.flow("abroad-home") == approx(traded, rel=1e-6)
    assert answer.price("abroad") == approx(traded, rel=1e-6)
    assert answer.price("home") == approx(100 - traded, rel=1e-6)
    record = answer.measure("tariff_rate_quota")
    inside = min(quota, traded)
    assert record["region"] == "home"
    assert record["wedge"] == approx(wedge, rel=1e-5)
    assert record["rent"] == approx((wedge - 5) * inside, rel=1e-5, abs=1e-4)
    assert record["revenue"] == approx(5 * inside + 30 * (traded - inside), rel=1e-5)
    assert answer.welfare("government", "home") == approx(record["revenue"], rel=1e-5)
    assert answer.welfare("rent", "home") == approx(record["rent"], rel=1e-5, abs=1e-4)
    # consumers Q^2 / 2, producers Q^2 / 2, and all of the wedge stays with somebody
    assert answer.welfare() == approx(traded**2 + wedge * traded, rel=1e-5)


@pytest.mark.parametrize("base", ["cif", "fob"])
@pytest.mark.parametrize("quota", [60.0, 38.0, 10.0])
def test_ad_valorem_rates_in_each_regime(pair, quota, base):
    """Rates 10 % and 60 %. cif: 100 - Q = (1 + r)(Q + 10), Q = (90 - 10 r) / (2 + r); fob: 90 - Q = (1 + r) Q."""

    def trade(rate: float) -> float:
        return (90 - 10 * rate) / (2 + rate) if base == "cif" else 90 / (2 + rate)

    answer = pair.measure(
        "tariff_rate_quota",
        quota=quota,
        in_quota={"ad_valorem": 0.1},
        over_quota={"ad_valorem": 0.6},
        base=base,
    ).solve()
    traded = min(max(quota, trade(0.6)), trade(0.1))
    assert trade(0.6) < 38 < trade(0.1)
    value = traded + (10 if base == "cif" else 0)
    inside = min(quota, traded)
    assert answer.flow("abroad-home") == approx(traded, rel=1e-6)
    assert answer.price("home") == approx(100 - traded, rel=1e-6)
    record = answer.measure("tariff_rate_quota")
    assert record["wedge"] == approx(100 - traded - 10 - traded, rel=1e-5)
    assert record["revenue"] == approx(value * (0.1 * inside + 0.6 * (traded - inside)), rel=1e-5)
    assert record["rent"] == approx((90 - 2 * traded - 0.1 * value) * inside, rel=1e-5, abs=1e-4)


def test_the_quota_is_a_rate_a_year(market):
    answer = (
        market(periods=[{"id": "half", "start": "2024-01-01", "years": 0.5}])
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
        .measure("tariff_rate_quota", quota=36, in_quota={"specific": 5}, over_quota={"specific": 30})
        .solve()
    )
    assert answer.flow("abroad-home") == approx(18, rel=1e-6)
    assert answer.measure("tariff_rate_quota")["rent"] == approx(13 * 18, rel=1e-5)


def test_equal_rates_make_it_a_tariff(pair):
    answer = pair.measure("tariff_rate_quota", quota=12, in_quota={"specific": 10}, over_quota={"specific": 10}).solve()
    assert answer.flow("abroad-home") == approx(40, rel=1e-6)
    assert answer.money("tariff_rate_quota") == approx((0, 400), rel=1e-5, abs=1e-4)


def test_a_rate_that_is_left_out_in_quota_is_free_entry(pair):
    answer = pair.measure("tariff_rate_quota", quota=38, in_quota={"specific": 0}, over_quota={"specific": 90}).solve()
    assert answer.flow("abroad-home") == approx(38, rel=1e-6)
    assert answer.money("tariff_rate_quota") == approx((14 * 38, 0), rel=1e-5, abs=1e-4)


def test_a_rent_that_the_exporter_keeps_is_part_of_the_value(pair):
    """38 at 10 % of cif in quota: 62 = 1.1 (38 + r + 10), r = 62 / 1.1 - 48; home levies 10 % of 62 / 1.1."""
    answer = pair.measure(
        "tariff_rate_quota",
        quota=38,
        in_quota={"ad_valorem": 0.1},
        over_quota={"ad_valorem": 0.6},
        rent_to="exporter",
    ).solve()
    rent = 62 / 1.1 - 48
    record = answer.measure("tariff_rate_quota")
    assert answer.price("home") == approx(62, rel=1e-6)
    assert record["wedge"] == approx(14, rel=1e-5)
    assert record["rent"] == approx(38 * rent, rel=1e-5)
    assert record["revenue"] == approx(38 * 6.2 / 1.1, rel=1e-5)
    assert answer.welfare("rent", "abroad") == approx(38 * rent, rel=1e-5)


@pytest.mark.parametrize(("per", "inside"), [("importer", (10, 10)), ("exporter", (20,)), ("total", (20,))])
def test_the_quota_per_importer_exporter_or_in_all(market, per, inside):
    """Abroad 20 flat; two importers 100 - P. Rates 5 and 30, per importer 10, per exporter or total 20 for both.

    All pay the over-quota rate at the margin: price 50, 50 traded each; the rent is 25 on what is inside.
    """
    network = market().supply("abroad", form="marginal_cost", cost=20)
    for region in ("a", "b"):
        network.demand(region, form="linear", intercept=100, slope=1).route("abroad", region)
    answer = network.measure(
        "tariff_rate_quota", quota=inside[0], per=per, in_quota={"specific": 5}, over_quota={"specific": 30}
    ).solve()
    for region in ("a", "b"):
        assert answer.price(region) == approx(50, rel=1e-6)
    rent, revenue = answer.money("tariff_rate_quota")
    assert rent == approx(25 * 20, rel=1e-5)
    assert revenue == approx(5 * 20 + 30 * 80, rel=1e-5)
