"""A stockpile path: the treasury buys or releases given quantities in given periods.

Supply P, demand 100 - P. Buying b: P = (100 + b) / 2; releasing r: P = (100 - r) / 2.
"""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def home(market):
    return (
        market(periods=[{"id": "t1"}, {"id": "t2"}, {"id": "t3"}])
        .supply("home", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
    )


def test_it_lifts_prices_when_it_buys_and_lowers_them_when_it_releases(home):
    answer = home.measure(
        "stockpile",
        commodity="wheat",
        region="home",
        path=[{"period": "t1", "buy": 10}, {"period": "t3", "release": 8}],
    ).solve()
    assert answer.price("home", period="t1") == approx(55, rel=1e-6)
    assert answer.price("home", period="t2") == approx(50, rel=1e-6)
    assert answer.price("home", period="t3") == approx(46, rel=1e-6)
    assert answer.supply("home", period="t1") == approx(55, rel=1e-6)
    assert answer.demand("home", period="t1") == approx(45, rel=1e-6)
    assert answer.demand("home", period="t3") == approx(54, rel=1e-6)
    assert answer.measure("stockpile", period="t1")["revenue"] == approx(-550, rel=1e-6)
    assert answer.measure("stockpile", period="t3")["revenue"] == approx(46 * 8, rel=1e-6)
    assert answer.welfare("government", "home") == approx(-550 + 46 * 8, rel=1e-6)


def test_a_release_beyond_all_wants_brings_the_price_to_nothing(home):
    answer = home.measure(
        "stockpile", commodity="wheat", region="home", path=[{"period": "t2", "release": 130}]
    ).solve()
    assert answer.price("home", period="t2") == approx(0, abs=1e-6)
    assert answer.demand("home", period="t2") == approx(100, rel=1e-6)


def test_private_storage_undoes_a_release_that_is_foreseen(home):
    """Released 30 in t1, free private storage: the three periods share it, 10 each, P = 45 throughout."""
    answer = (
        home.stock("home")
        .measure("stockpile", commodity="wheat", region="home", path=[{"period": "t1", "release": 30}])
        .solve()
    )
    for period in ("t1", "t2", "t3"):
        assert answer.price("home", period=period) == approx(45, rel=1e-6)
    assert answer.stock("home", period="t1") == approx(20, rel=1e-6)
    assert answer.stock("home", period="t2") == approx(10, rel=1e-6)
