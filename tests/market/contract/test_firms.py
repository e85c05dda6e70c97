"""Market power: each firm's sales to each market are its own quantity; conduct 0 takes prices, 1 is Cournot.

With inverse demand P(Q), firm i sells in market j until P_j + conduct_i q_ij P_j'(Q_j) = MC_i + freight.
The quantities of others, a competitive fringe included, are taken as given.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

approx = pytest.approx


def oligopoly(market, costs, conduct=1.0, **demand):
    network = market()
    for i, cost in enumerate(costs):
        network.supply("x", name=f"s{i}", form="marginal_cost", cost=cost)
        network.firm(f"f{i}", [f"s{i}"], conduct)
    return network.demand("x", **demand)


LINEAR = {"form": "inverse_linear", "intercept": 100, "slope": 1}


@pytest.mark.parametrize("form", [LINEAR, {"form": "linear", "intercept": 100, "slope": 1}])
@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_n_equal_cournot_firms(market, n, form):
    """q = (100 - 10) / (n + 1) each; P = 100 - n q."""
    answer = oligopoly(market, [10.0] * n, **form).solve()
    quantity = 90 / (n + 1)
    assert answer.price("x") == approx(100 - n * quantity, rel=1e-6)
    for i in range(n):
        assert answer.sales(f"f{i}", "x") == approx(quantity, rel=1e-6)
        assert answer.supply(f"s{i}") == approx(quantity, rel=1e-6)
    assert answer.welfare("consumer") == approx((n * quantity) ** 2 / 2, rel=1e-6)
    assert answer.welfare("producer") + answer.welfare("rent") == approx(n * quantity**2, rel=1e-6)


@pytest.mark.parametrize("conduct", [0.0, 0.25, 0.7, 1.0])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_conduct_between_price_taking_and_cournot(market, n, conduct):
    """P - conduct q = 10: 100 - n q - conduct q = 10. With rising cost 10 + q also for price takers: + q."""
    network = market()
    for i in range(n):
        network.supply("x", name=f"s{i}", form="marginal_cost", cost=10, slope=1).firm(f"f{i}", [f"s{i}"], conduct)
    answer = network.demand("x", **LINEAR).solve()
    quantity = 90 / (n + conduct + 1)
    assert answer.price("x") == approx(100 - n * quantity, rel=1e-6)
    for i in range(n):
        assert answer.sales(f"f{i}", "x") == approx(quantity, rel=1e-6)


def test_a_duopoly_of_different_costs(market):
    """q_i = (100 - 2 c_i + c_j) / 3: 30 and 24 for costs 14 and 20 (28 + ...)."""
    answer = oligopoly(market, [14.0, 20.0], **LINEAR).solve()
    one, two = (100 - 2 * 14 + 20) / 3, (100 - 2 * 20 + 14) / 3
    assert answer.sales("f0", "x") == approx(one, rel=1e-6)
    assert answer.sales("f1", "x") == approx(two, rel=1e-6)
    assert answer.price("x") == approx((100 + 14 + 20) / 3, rel=1e-6)


def test_a_firm_too_dear_stays_out(market):
    """A monopoly at cost 10 sells 45 at 55; a rival at 60 does not enter."""
    answer = oligopoly(market, [10.0, 60.0], **LINEAR).solve()
    assert answer.price("x") == approx(55, rel=1e-6)
    assert answer.sales("f0", "x") == approx(45, rel=1e-6)
    assert answer.supply("s1") == approx(0, abs=1e-6)


def test_one_firm_of_two_supplies_is_a_monopoly(market):
    """Plants at 10 + q and 10 + q: marginal cost 10 + Q / 2; 100 - 2 Q = 10 + Q / 2, Q = 36."""
    answer = (
        market()
        .supply("x", name="a", form="marginal_cost", cost=10, slope=1)
        .supply("x", name="b", form="marginal_cost", cost=10, slope=1)
        .firm("f", ["a", "b"])
        .demand("x", **LINEAR)
        .solve()
    )
    assert answer.sales("f", "x") == approx(36, rel=1e-6)
    assert answer.price("x") == approx(64, rel=1e-6)
    assert answer.supply("a") == approx(18, rel=1e-6)


def test_cournot_beside_a_price_taking_fringe(market):
    """Firm at 10 flat, fringe P = q_f; quantities of others are given: P - q = 10, P = 100 - q - P, q = 100 - 2 P.

    So P - 100 + 2 P = 10, P = 110 / 3.
    """
    answer = (
        market()
        .supply("x", name="a", form="marginal_cost", cost=10)
        .supply("x", name="fringe", form="linear", intercept=0, slope=1)
        .firm("f", ["a"])
        .demand("x", **LINEAR)
        .solve()
    )
    price = 110 / 3
    assert answer.price("x") == approx(price, rel=1e-6)
    assert answer.sales("f", "x") == approx(100 - 2 * price, rel=1e-6)
    assert answer.supply("fringe") == approx(price, rel=1e-6)


def test_a_capacity_holds_a_cournot_firm(market):
    """Duopoly at 10 with room for 12 in one: the other best-responds (90 - 12) / 2 = 39, P = 49."""
    answer = (
        market()
        .supply("x", name="small", form="marginal_cost", cost=10, capacity=12)
        .supply("x", name="large", form="marginal_cost", cost=10)
        .firm("S", ["small"])
        .firm("L", ["large"])
        .demand("x", **LINEAR)
        .solve()
    )
    assert answer.sales("S", "x") == approx(12, rel=1e-6)
    assert answer.sales("L", "x") == approx(39, rel=1e-6)
    assert answer.price("x") == approx(49, rel=1e-6)


def test_two_firms_in_three_markets_over_routes(market):
    """Marginal cost c_i + g_i Q_i, freight t_ij, demand P_j = a_j - b_j Q_j; six first-order conditions, linear.

    a_j - b_j (q_1j + q_2j) - b_j q_ij = c_i + g_i sum_j q_ij + t_ij.
    """
    a, b = np.array([100.0, 80.0, 120.0]), np.array([1.0, 0.5, 2.0])
    c, g = np.array([10.0, 14.0]), np.array([0.2, 0.1])
    freight = np.array([[1.0, 5.0, 3.0], [4.0, 2.0, 6.0]])
    network = market()
    for i in range(2):
        network.supply(f"o{i}", name=f"s{i}", form="marginal_cost", cost=c[i], slope=g[i]).firm(f"f{i}", [f"s{i}"])
        for j in range(3):
            network.route(f"o{i}", f"m{j}", cost=freight[i, j])
    for j in range(3):
        network.demand(f"m{j}", form="inverse_linear", intercept=a[j], slope=b[j])
    answer = network.solve()
    matrix, right = np.zeros((6, 6)), np.zeros(6)
    for i in range(2):
        for j in range(3):
            row = 3 * i + j
            matrix[row, [j, 3 + j]] += b[j]
            matrix[row, row] += b[j]
            matrix[row, 3 * i : 3 * i + 3] += g[i]
            right[row] = a[j] - c[i] - freight[i, j]
    expected = np.linalg.solve(matrix, right).reshape(2, 3)
    assert (expected > 0).all()
    for i in range(2):
        for j in range(3):
            assert answer.sales(f"f{i}", f"m{j}") == approx(expected[i, j], rel=1e-6)
    for j in range(3):
        assert answer.price(f"m{j}") == approx(a[j] - b[j] * expected[:, j].sum(), rel=1e-6)


def test_cournot_firms_ship_both_ways(market):
    """Brander and Krugman (1983): two equal countries, a firm each, cost 10, freight 6: both sell in both.

    At home q, abroad e: 100 - (q + e) - q = 10 and 100 - (q + e) - e = 16: q = 32, e = 26, P = 42.
    """
    answer = (
        market()
        .supply("a", form="marginal_cost", cost=10)
        .supply("b", form="marginal_cost", cost=10)
        .firm("A", ["a"])
        .firm("B", ["b"])
        .demand("a", **LINEAR)
        .demand("b", **LINEAR)
        .route("a", "b", cost=6)
        .route("b", "a", cost=6)
        .solve()
    )
    for firm, home, away in (("A", "a", "b"), ("B", "b", "a")):
        assert answer.sales(firm, home) == approx(32, rel=1e-6)
        assert answer.sales(firm, away) == approx(26, rel=1e-6)
    for region in ("a", "b"):
        assert answer.price(region) == approx(42, rel=1e-6)


@pytest.mark.parametrize("tariff", [0.0, 9.0, 24.0])
def test_a_tariff_on_a_foreign_duopolist(market, tariff):
    """Home firm cost 10, foreign cost 10 + tariff: q_f = (100 - 2 (10 + t) + 10) / 3 = 30 - 2 t / 3."""
    answer = (
        market()
        .supply("home", form="marginal_cost", cost=10)
        .supply("abroad", form="marginal_cost", cost=10)
        .firm("H", ["home"])
        .firm("F", ["abroad"])
        .demand("home", **LINEAR)
        .route("abroad", "home")
        .measure("import_tariff", importer="home", specific=tariff)
        .solve()
    )
    foreign = 30 - 2 * tariff / 3
    assert answer.sales("F", "home") == approx(foreign, rel=1e-6)
    assert answer.sales("H", "home") == approx(30 + tariff / 3, rel=1e-6)
    assert answer.price("home") == approx(40 + tariff / 3, rel=1e-6)
    assert answer.money("import_tariff")[1] == approx(tariff * foreign, rel=1e-5)


@pytest.mark.parametrize("elasticity", [1.5, 3.0])
@pytest.mark.parametrize("n", [2, 5])
def test_isoelastic_cournot(market, n, elasticity):
    """Shares 1 / n: P (1 - 1 / (n e)) = 10, Q = 1000 P^-e."""
    answer = oligopoly(market, [10.0] * n, form="isoelastic", scale=1000, elasticity=elasticity).solve()
    price = 10 / (1 - 1 / (n * elasticity))
    assert answer.price("x") == approx(price, rel=1e-6)
    for i in range(n):
        assert answer.sales(f"f{i}", "x") == approx(1000 * price**-elasticity / n, rel=1e-6)


def test_isoelastic_duopoly_of_different_costs(market):
    """P (1 - s_i / e) = c_i with s_1 + s_2 = 1: P (2 - 1 / e) = c_1 + c_2."""
    answer = oligopoly(market, [10.0, 13.0], form="isoelastic", scale=1000, elasticity=1.25).solve()
    price = 23 / (2 - 1 / 1.25)
    total = 1000 * price**-1.25
    assert answer.price("x") == approx(price, rel=1e-6)
    assert answer.sales("f0", "x") == approx(total * 1.25 * (1 - 10 / price), rel=1e-6)
    assert answer.record["instrument_class"] == "complementarity"


def test_different_conducts_side_by_side(market):
    """Firm A is Cournot at 10, B half so at 12, C takes prices at 5 + 2 q: three linear conditions."""
    answer = (
        market()
        .supply("x", name="a", form="marginal_cost", cost=10)
        .supply("x", name="b", form="marginal_cost", cost=12)
        .supply("x", name="c", form="marginal_cost", cost=5, slope=2)
        .firm("A", ["a"], 1.0)
        .firm("B", ["b"], 0.5)
        .firm("C", ["c"], 0.0)
        .demand("x", **LINEAR)
        .solve()
    )
    expected = np.linalg.solve([[2, 1, 1], [1, 1.5, 1], [1, 1, 3]], [90, 88, 95])
    assert (expected > 0).all()
    for firm, quantity in zip("ABC", expected, strict=True):
        assert answer.sales(firm, "x") == approx(quantity, rel=1e-6)
    assert answer.price("x") == approx(100 - expected.sum(), rel=1e-6)


def test_two_demands_in_one_region_are_one_market(market):
    """100 - P and 60 - P together: dQ / dP = -2, so P - q / 2 = 10 with Q = 160 - 2 P: monopoly P = 45, q = 70."""
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=10)
        .firm("M", ["x"])
        .demand("x", name="d1", form="linear", intercept=100, slope=1)
        .demand("x", name="d2", form="linear", intercept=60, slope=1)
        .solve()
    )
    assert answer.price("x") == approx(45, rel=1e-6)
    assert answer.sales("M", "x") == approx(70, rel=1e-6)


def test_sales_are_totals_of_the_period(market):
    """A monopoly over two years: 45 a year at 55."""
    answer = (
        market(periods=[{"id": "t", "years": 2}])
        .supply("x", form="marginal_cost", cost=10)
        .firm("M", ["x"])
        .demand("x", **LINEAR)
        .solve()
    )
    assert answer.sales("M", "x") == approx(90, rel=1e-6)
    assert answer.price("x") == approx(55, rel=1e-6)


def test_a_price_taking_firm_is_no_firm(market):
    network = market().supply("x", form="marginal_cost", cost=10, slope=0.3).demand("x", **LINEAR)
    alone = network.copy().solve()
    named = network.firm("f", ["x"], 0.0).solve()
    assert named.price("x") == approx(alone.price("x"), rel=1e-6)
    assert named.sales("f", "x") == approx(alone.supply("x"), rel=1e-6)


def test_cournot_on_a_power_cost_agrees_with_a_root_finder(market):
    """Two firms with marginal cost 5 + (q / 8)^2: 100 - 2 q - q = 5 + (q / 8)^2."""
    network = market()
    for i in range(2):
        network.supply("x", name=f"s{i}", form="power", cost=5, scale=8, exponent=0.5).firm(f"f{i}", [f"s{i}"])
    answer = network.demand("x", **LINEAR).solve()
    quantity = brentq(lambda q: 100 - 3 * q - 5 - (q / 8) ** 2, 0, 40, xtol=1e-13)
    assert answer.sales("f0", "x") == approx(quantity, rel=1e-6)
    assert answer.price("x") == approx(100 - 2 * quantity, rel=1e-6)


def test_isoelastic_cournot_in_two_markets_by_fsolve(market):
    """Firms at 10 and 12, freight 3 to the other's market; Q = 1000 P^-2 in both: P (1 - s / 2) = cost."""
    network = market()
    for i, cost in enumerate((10.0, 12.0)):
        network.supply(f"r{i}", name=f"s{i}", form="marginal_cost", cost=cost, slope=0.1).firm(f"f{i}", [f"s{i}"])
        network.demand(f"r{i}", form="isoelastic", scale=1000, elasticity=2)
    answer = network.route("r0", "r1", cost=3).route("r1", "r0", cost=3).solve()

    def conditions(q):
        q = q.reshape(2, 2)
        total = q.sum(axis=0)
        price = np.sqrt(1000 / total)
        out = np.empty((2, 2))
        for i in range(2):
            marginal = (10.0, 12.0)[i] + 0.1 * q[i].sum()
            for j in range(2):
                out[i, j] = price[j] * (1 - q[i, j] / total[j] / 2) - marginal - (0 if i == j else 3)
        return out.ravel()

    expected = fsolve(conditions, np.full(4, 2.0), xtol=1e-13).reshape(2, 2)
    assert (expected > 0).all()
    for i in range(2):
        for j in range(2):
            assert answer.sales(f"f{i}", f"r{j}") == approx(expected[i, j], rel=1e-5)


def test_a_firm_of_two_goods_has_power_in_each(market):
    """Monopoly of wheat (cost 10, 100 - P) and of corn (cost 20, 80 - P): 55 and 50."""
    answer = (
        market()
        .supply("x", name="w", form="marginal_cost", cost=10)
        .supply("x", name="c", commodity="corn", form="marginal_cost", cost=20)
        .firm("M", ["w", "c"])
        .demand("x", name="dw", form="linear", intercept=100, slope=1)
        .demand("x", name="dc", commodity="corn", form="linear", intercept=80, slope=1)
        .solve()
    )
    assert answer.price("x", "wheat") == approx(55, rel=1e-6)
    assert answer.price("x", "corn") == approx(50, rel=1e-6)
    assert answer.sales("M", "x", commodity="wheat") == approx(45, rel=1e-6)
    assert answer.sales("M", "x", commodity="corn") == approx(30, rel=1e-6)


def test_a_firm_in_some_periods_only(market):
    """The mine opens in the second year: price takers at 40 before, then a duopolist at 10 beside them below 40."""
    answer = (
        market(periods=[{"id": "a"}, {"id": "b"}])
        .supply("x", name="old", form="marginal_cost", cost=40)
        .supply("x", name="new", form="marginal_cost", cost=10, period="b", capacity=20)
        .firm("N", ["new"])
        .demand("x", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x", period="a") == approx(40, rel=1e-6)
    assert answer.price("x", period="b") == approx(40, rel=1e-6)
    assert answer.sales("N", "x", period="b") == approx(20, rel=1e-6)
