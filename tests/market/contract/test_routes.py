"""Routes: marginal cost = cost + slope * Q^power up to capacity; transport problems against linear programmes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, linprog

approx = pytest.approx


@pytest.mark.parametrize("years", [1, 3])
@pytest.mark.parametrize("power", [0.5, 1, 2, 3.5])
def test_freight_rises_with_the_yearly_flow_to_a_power(market, power, years):
    """Abroad P = q, home P = 100 - Q: 100 - 2 Q = 3 + 0.4 Q^power."""
    answer = (
        market(periods=[{"id": "t", "years": years}])
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=3, slope=0.4, power=power)
        .solve()
    )
    rate = brentq(lambda q: 100 - 2 * q - 3 - 0.4 * q**power, 0, 60, xtol=1e-13)
    assert answer.flow("abroad-home") == approx(rate * years, rel=1e-6)
    assert answer.price("abroad") == approx(rate, rel=1e-6)
    assert answer.price("home") == approx(100 - rate, rel=1e-6)
    # the carrier keeps the area between the marginal freight and its curve: Q * 0.4 Q^p - 0.4 Q^(p + 1) / (p + 1)
    carrier = 0.4 * rate ** (power + 1) * power / (power + 1)
    total = years * (rate**2 / 2 + rate**2 / 2 + carrier)
    assert answer.welfare() == approx(total, rel=1e-6)


def test_a_full_route_leaves_a_gap(market):
    answer = (
        market()
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=3, capacity=12)
        .solve()
    )
    assert answer.flow("abroad-home") == approx(12, rel=1e-6)
    assert answer.price("abroad") == approx(12, rel=1e-6)
    assert answer.price("home") == approx(88, rel=1e-6)
    assert answer.welfare() == approx(72 + 72 + (88 - 12 - 3) * 12, rel=1e-6)


def test_a_routes_capacity_is_a_rate_a_year(market):
    answer = (
        market(periods=[{"id": "t", "years": 0.5}])
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", capacity=12)
        .solve()
    )
    assert answer.flow("abroad-home") == approx(6, rel=1e-6)
    assert answer.price("home") == approx(88, rel=1e-6)


def test_two_rising_routes_share_the_flow(market):
    """Source 10 flat, home 60 flat in demand: sea 5 + q / 2 and air 20 + q: 45 / 0.5 = 90 by sea, 30 by air."""
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=10)
        .demand("home", form="inverse_linear", intercept=60, slope=0)
        .route("abroad", "home", name="sea", cost=5, slope=0.5)
        .route("abroad", "home", name="air", cost=20, slope=1)
        .solve()
    )
    assert answer.flow("sea") == approx(90, rel=1e-6)
    assert answer.flow("air") == approx(30, rel=1e-6)


def test_goods_pass_through_a_hub_when_that_is_cheaper(market):
    answer = (
        market()
        .supply("abroad", form="marginal_cost", cost=10)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=9)
        .route("abroad", "hub", cost=3)
        .route("hub", "home", cost=4)
        .solve()
    )
    assert answer.price("hub") == approx(13, rel=1e-6)
    assert answer.price("home") == approx(17, rel=1e-6)
    assert answer.flow("abroad-home") == approx(0, abs=1e-6)
    assert answer.flow("hub-home") == approx(83, rel=1e-6)


def test_trade_goes_one_way_only(market):
    """Routes both ways between regions of different price: only from cheap to dear."""
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=40, slope=1)
        .supply("b", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .route("a", "b", cost=2)
        .route("b", "a", cost=2)
        .solve()
    )
    # 2 P_a - 40 = 100 - 2 (P_a + 2), P_a = 34
    assert answer.price("a") == approx(34, rel=1e-6)
    assert answer.flow("a-b") == approx(28, rel=1e-6)
    assert answer.flow("b-a") == approx(0, abs=1e-6)


def test_price_gaps_within_freight_leave_trade_at_nothing(market):
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=80, slope=1)
        .supply("b", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=100, slope=1)
        .route("a", "b", cost=10.5)
        .route("b", "a", cost=0)
        .solve()
    )
    assert answer.price("a") == approx(40, rel=1e-6)
    assert answer.price("b") == approx(50, rel=1e-6) or answer.flow("b-a") > 0


def test_dantzigs_transport_problem(market):
    """Dantzig (1963), chapter 3-3, as in the GAMS library's TRNSPORT: the cost is 153.675 thousand dollars."""
    plants = {"seattle": 350, "san-diego": 600}
    markets = {"new-york": 325, "chicago": 300, "topeka": 275}
    distance = {
        ("seattle", "new-york"): 2.5,
        ("seattle", "chicago"): 1.7,
        ("seattle", "topeka"): 1.8,
        ("san-diego", "new-york"): 2.5,
        ("san-diego", "chicago"): 1.8,
        ("san-diego", "topeka"): 1.4,
    }
    network = market()
    for plant, capacity in plants.items():
        network.supply(plant, form="marginal_cost", cost=0, capacity=capacity)
    for place, quantity in markets.items():
        network.demand(place, form="fixed", quantity=quantity)
    for (plant, place), thousand_miles in distance.items():
        network.route(plant, place, cost=90 * thousand_miles / 1000)
    answer = network.solve()
    cost = sum(
        90 * thousand_miles / 1000 * answer.flow(f"{plant}-{place}")
        for (plant, place), thousand_miles in distance.items()
    )
    assert cost == approx(153.675, rel=1e-6)
    # published duals: topeka 0.126, chicago 0.153, new-york 0.225 above the price at san-diego
    level = answer.price("san-diego")
    assert answer.price("new-york") - level == approx(0.225, rel=1e-5)
    assert answer.price("chicago") - level == approx(0.153, rel=1e-5)
    assert answer.price("topeka") - level == approx(0.126, rel=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_random_transport_problems_cost_what_highs_says(market, seed):
    rng = np.random.default_rng(seed)
    sources, sinks = 5, 7
    capacity, want = rng.uniform(20, 40, sources), rng.uniform(5, 14, sinks)
    cost = rng.uniform(1, 30, (sources, sinks))
    network = market()
    for i in range(sources):
        network.supply(f"s{i}", form="marginal_cost", cost=0, capacity=float(capacity[i]))
    for j in range(sinks):
        network.demand(f"d{j}", form="fixed", quantity=float(want[j]), choke=1000)
    for i in range(sources):
        for j in range(sinks):
            network.route(f"s{i}", f"d{j}", cost=float(cost[i, j]))
    answer = network.solve()
    spent = sum(cost[i, j] * answer.flow(f"s{i}-d{j}") for i in range(sources) for j in range(sinks))
    takes = np.kron(np.eye(sources), np.ones(sinks))
    gives = np.kron(np.ones(sources), np.eye(sinks))
    best = linprog(cost.ravel(), A_ub=takes, b_ub=capacity, A_eq=gives, b_eq=want)
    assert spent == approx(best.fun, rel=1e-6)
    assert all(answer.unserved(f"d{j}") == approx(0, abs=1e-6) for j in range(sinks))
