"""Stocks over periods: (P_t + carrying_cost * years_t) (1 + interest)^years_t >= P_t+1, equal where stock is held.

Two periods, supplies fixed at 60 and 20 a year, demand 100 - P: without storage 40 and 80. With x held (years 1)
P_1 = 40 + x and P_2 = 80 - x.
"""

from __future__ import annotations

import pytest
from scipy.optimize import brentq, linprog

approx = pytest.approx


def harvest(market, *, interest=0.0, years=(1, 1), supplies=(60, 20)):
    names = [f"t{i + 1}" for i in range(len(years))]
    network = market(
        interest=interest, periods=[{"id": name, "years": span} for name, span in zip(names, years, strict=True)]
    )
    for name, quantity in zip(names, supplies, strict=True):
        network.supply("home", name=f"s-{name}", period=name, form="fixed", quantity=quantity)
    return network.demand("home", form="linear", intercept=100, slope=1)


def test_without_a_stock_periods_are_apart(market):
    answer = harvest(market).solve()
    assert answer.price("home", period="t1") == approx(40, rel=1e-6)
    assert answer.price("home", period="t2") == approx(80, rel=1e-6)


@pytest.mark.parametrize("interest", [0.0, 0.1])
@pytest.mark.parametrize("cost", [0.0, 4.0])
def test_storage_raises_the_price_by_its_cost_and_interest(market, interest, cost):
    """(40 + x + cost)(1 + i) = 80 - x, x = (80 - (40 + cost)(1 + i)) / (2 + i)."""
    answer = harvest(market, interest=interest).stock("home", carrying_cost=cost).solve()
    held = (80 - (40 + cost) * (1 + interest)) / (2 + interest)
    assert answer.stock("home", period="t1") == approx(held, rel=1e-6)
    assert answer.stock("home", period="t2") == approx(0, abs=1e-6)
    assert answer.price("home", period="t1") == approx(40 + held, rel=1e-6)
    assert answer.price("home", period="t2") == approx(80 - held, rel=1e-6)


@pytest.mark.parametrize(("interest", "cost"), [(0.0, 40.5), (1.1, 0.0), (0.5, 20.0)])
def test_storage_that_does_not_pay_is_not_done(market, interest, cost):
    answer = harvest(market, interest=interest).stock("home", carrying_cost=cost).solve()
    assert answer.stock("home", period="t1") == approx(0, abs=1e-6)
    assert answer.price("home", period="t1") == approx(40, rel=1e-6)
    assert answer.price("home", period="t2") == approx(80, rel=1e-6)


def test_a_full_store_leaves_a_gap(market):
    answer = harvest(market).stock("home", carrying_cost=1, capacity=7).solve()
    assert answer.stock("home", period="t1") == approx(7, rel=1e-6)
    assert answer.price("home", period="t1") == approx(47, rel=1e-6)
    assert answer.price("home", period="t2") == approx(73, rel=1e-6)


def test_goods_cannot_be_borrowed_from_the_future(market):
    """Scarce first, plenty later: 80 and 40, nothing to hold."""
    answer = harvest(market, supplies=(20, 60)).stock("home", carrying_cost=0).solve()
    assert answer.stock("home", period="t1") == approx(0, abs=1e-6)
    assert answer.price("home", period="t1") == approx(80, rel=1e-6)
    assert answer.price("home", period="t2") == approx(40, rel=1e-6)


def test_rates_are_scaled_by_the_periods_length_and_stocks_are_levels(market):
    """Two years, then half a year. With x held 2 (100 - P_1) = 120 - x and (100 - P_2) / 2 = 10 + x:

    P_1 = 40 + x / 2, P_2 = 80 - 2 x and (P_1 + 4 * 2)(1.1)^2 = P_2; the cost and the interest are those of two years.
    """
    answer = harvest(market, interest=0.1, years=(2, 0.5)).stock("home", carrying_cost=4).solve()
    held = (80 - 48 * 1.21) / (2 + 1.21 / 2)
    assert answer.stock("home", period="t1") == approx(held, rel=1e-6)
    assert answer.price("home", period="t1") == approx(40 + held / 2, rel=1e-6)
    assert answer.price("home", period="t2") == approx(80 - 2 * held, rel=1e-6)
    assert answer.supply("s-t1", period="t1") == approx(120)
    assert answer.supply("s-t2", period="t2") == approx(10)
    assert answer.demand("home", period="t1") == approx(120 - held, rel=1e-6)
    assert answer.demand("home", period="t2") == approx(10 + held, rel=1e-6)


def test_a_stores_capacity_is_a_level_whatever_the_periods_length(market):
    answer = harvest(market, years=(2, 2)).stock("home", capacity=7).solve()
    assert answer.stock("home", period="t1") == approx(7, rel=1e-6)
    assert answer.price("home", period="t1") == approx(40 + 3.5, rel=1e-6)


def test_an_initial_stock_is_spread_over_time(market):
    """30 in store, supplies 20 and 20, demand 100 - P, no cost: 70 in all, 35 each, price 65; 15 held over."""
    answer = harvest(market, supplies=(20, 20)).stock("home", initial=30).solve()
    for period in ("t1", "t2"):
        assert answer.price("home", period=period) == approx(65, rel=1e-6)
    assert answer.stock("home", period="t1") == approx(15, rel=1e-6)


def test_an_initial_stock_is_a_level_in_a_long_period(market):
    """One period of two years, 20 a year and 30 in store: 70 for two years, 35 a year, price 65."""
    answer = harvest(market, years=(2,), supplies=(20,)).stock("home", initial=30).solve()
    assert answer.price("home") == approx(65, rel=1e-6)
    assert answer.demand("home") == approx(70, rel=1e-6)
    assert answer.stock("home") == approx(0, abs=1e-6)


def test_what_is_left_at_the_end_is_worth_its_terminal_value_less_the_last_carrying_cost(market):
    """One period, supply 60, demand 100 - P, terminal value 70, carrying cost 5: P = 65, 35 eaten, 25 left."""
    answer = harvest(market, years=(1,), supplies=(60,)).stock("home", carrying_cost=5, terminal_value=70).solve()
    assert answer.price("home") == approx(65, rel=1e-6)
    assert answer.stock("home") == approx(25, rel=1e-6)


def test_the_last_carrying_cost_is_of_the_whole_period(market):
    """Two years at 5 a year: P = 70 - 10; 2 (100 - 60) = 80 of 120 eaten, 40 left."""
    answer = harvest(market, years=(2,), supplies=(60,)).stock("home", carrying_cost=5, terminal_value=70).solve()
    assert answer.price("home") == approx(60, rel=1e-6)
    assert answer.stock("home") == approx(40, rel=1e-6)


def test_a_terminal_value_below_the_price_keeps_nothing(market):
    answer = harvest(market, years=(1,), supplies=(60,)).stock("home", terminal_value=39).solve()
    assert answer.stock("home") == approx(0, abs=1e-6)
    assert answer.price("home") == approx(40, rel=1e-6)


def test_the_terminal_value_is_discounted_like_a_price_one_period_on(market):
    """The arbitrage rule with the terminal value as the next price: (P + 0)(1.25) = 70, P = 56.

    The contract does not say from which day the terminal value counts; the end of the last period is read here.
    """
    answer = harvest(market, interest=0.25, years=(1,), supplies=(60,)).stock("home", terminal_value=70).solve()
    assert answer.price("home") == approx(56, rel=1e-6)


def test_prices_rise_at_the_rate_of_interest_over_many_periods(market):
    """A stock of 100 and nothing else, demand 100 - P, interest 10 %, five years: Hotelling's path.

    P_t = p 1.1^t while demand lasts; p is the root of sum of (100 - p 1.1^t) = 100.
    """
    answer = harvest(market, interest=0.1, years=(1,) * 5, supplies=(0,) * 5).stock("home", initial=100).solve()
    start = brentq(lambda p: sum(max(100 - p * 1.1**t, 0) for t in range(5)) - 100, 1, 100)
    for t in range(5):
        assert answer.price("home", period=f"t{t + 1}") == approx(start * 1.1**t, rel=1e-6)
    left = 100.0
    for t in range(5):
        left -= 100 - start * 1.1**t
        assert answer.stock("home", period=f"t{t + 1}") == approx(left, rel=1e-5, abs=1e-5)


def test_two_stores_fill_the_cheaper_first(market):
    answer = (
        harvest(market)
        .stock("home", name="cheap", carrying_cost=1, capacity=5)
        .stock("home", name="dear", carrying_cost=9)
    ).solve()
    assert answer.stock("cheap", period="t1") == approx(5, rel=1e-6)
    # 40 + x + 9 = 80 - x
    assert answer.stock("dear", period="t1") == approx(15.5 - 5, rel=1e-6)


def test_goods_may_be_stored_abroad_and_shipped_when_dear(market):
    """Supply abroad only in t1 (60), buyers at home at freight 2 in both periods; stored abroad at cost 3.

    P_h2 = P_h1 + 3; (100 - P_1) + (100 - P_1 - 3) = 60, P_1 = 68.5.
    """
    answer = (
        market(periods=[{"id": "t1"}, {"id": "t2"}])
        .supply("abroad", period="t1", form="fixed", quantity=60)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=2)
        .stock("abroad", carrying_cost=3)
        .solve()
    )
    assert answer.price("home", period="t1") == approx(68.5, rel=1e-6)
    assert answer.price("home", period="t2") == approx(71.5, rel=1e-6)
    assert answer.stock("abroad", period="t1") == approx(28.5, rel=1e-6)


def test_a_store_of_some_periods_only(market):
    """The store is open in t1 alone: what it holds at the end of t1 is used in t2."""
    answer = harvest(market, years=(1, 1, 1), supplies=(60, 60, 0)).stock("home", period=["t2", "t3"]).solve()
    assert answer.price("home", period="t1") == approx(40, rel=1e-6)
    assert answer.price("home", period="t2") == approx(70, rel=1e-6)
    assert answer.price("home", period="t3") == approx(70, rel=1e-6)


def test_a_years_path_agrees_with_a_linear_programme(market):
    """Twelve months, fixed supplies, buyers in steps of willingness to pay, a store with cost and room: HiGHS' cost.

    Value of each month's steps (90, 60, 30 for 2 units a year-month each) less carrying cost.
    """
    harvests = [0, 0, 1, 8, 9, 6, 2, 1, 0, 0, 3, 4]
    steps = [(90, 2), (60, 2), (30, 2)]
    n = len(harvests)
    network = market(periods=[{"id": f"m{t:02d}", "years": 1} for t in range(n)])
    for t, quantity in enumerate(harvests):
        network.supply("home", name=f"s{t:02d}", period=f"m{t:02d}", form="fixed", quantity=quantity)
    for value, quantity in steps:
        network.demand("home", name=f"d{value}", form="fixed", quantity=quantity, choke=value)
    answer = network.stock("home", carrying_cost=3, capacity=9, initial=2).solve()
    # columns: eaten (t, step), held (t)
    cost = [-value for _ in range(n) for value, _ in steps] + [3.0] * n
    rows, limits = [], []
    for t in range(n):
        row = [0.0] * len(cost)
        for k in range(len(steps)):
            row[t * len(steps) + k] = 1
        row[n * len(steps) + t] = 1
        if t:
            row[n * len(steps) + t - 1] = -1
        rows.append(row)
        limits.append(harvests[t] + (2 if t == 0 else 0))
    bounds = [(0, quantity) for _ in range(n) for _, quantity in steps] + [(0, 9)] * n
    best = linprog(cost, A_ub=rows, b_ub=limits, bounds=bounds)
    assert answer.welfare() == approx(-best.fun, rel=1e-6)
