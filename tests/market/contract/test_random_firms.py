"""Random oligopolies: against a programme by Clarabel, against root finding, and properties of market power.

Linear Cournot with conduct t is the optimum of the concave programme
sum_j (a_j Q_j - b_j Q_j^2 / 2) - sum_ij (t_i b_j q_ij^2 / 2 + freight_ij q_ij) - sum_i (c_i Q_i + g_i Q_i^2 / 2).
"""

from __future__ import annotations

from itertools import pairwise

import clarabel
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from ytterby.errors import UnsupportedError

approx = pytest.approx
quick = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def oligopoly(market, rng, firms: int, markets: int, conduct: np.ndarray, tariff: np.ndarray | None = None):
    a, b = rng.uniform(80, 160, markets), rng.uniform(0.3, 2, markets)
    c, g = rng.uniform(5, 40, firms), rng.uniform(0.05, 1, firms)
    freight = rng.uniform(0, 20, (firms, markets))
    network = market()
    for i in range(firms):
        network.supply(f"o{i}", name=f"s{i}", form="marginal_cost", cost=c[i], slope=g[i])
        network.firm(f"f{i}", [f"s{i}"], float(conduct[i]))
        for j in range(markets):
            network.route(f"o{i}", f"m{j}", cost=freight[i, j])
    for j in range(markets):
        network.demand(f"m{j}", form="inverse_linear", intercept=a[j], slope=b[j])
        if tariff is not None:
            network.measure("import_tariff", name=f"t{j}", importer=f"m{j}", specific=float(tariff[j]))
    return network, (a, b, c, g, freight + (0 if tariff is None else tariff))


def by_clarabel(parts, conduct: np.ndarray) -> np.ndarray:
    a, b, c, g, freight = parts
    firms, markets = freight.shape
    n = firms * markets
    sums = sp.kron(np.ones((1, firms)), sp.identity(markets))
    outputs = sp.kron(sp.identity(firms), np.ones((1, markets)))
    own = sp.diags(np.kron(conduct, b))
    curved = (sums.T @ sp.diags(b) @ sums + outputs.T @ sp.diags(g) @ outputs + own).tocsc()
    linear = (freight + c[:, None] - a[None, :]).ravel()
    options = clarabel.DefaultSettings()
    options.verbose = False
    options.tol_gap_abs = options.tol_gap_rel = options.tol_feas = 1e-11
    cones = [clarabel.NonnegativeConeT(n)]
    found = clarabel.DefaultSolver(
        sp.triu(curved).tocsc(), linear, (-sp.identity(n)).tocsc(), np.zeros(n), cones, options
    ).solve()
    return np.array(found.x).reshape(firms, markets)


@pytest.mark.parametrize("seed", range(10))
def test_linear_cournot_is_the_optimum_of_its_programme(market, seed):
    rng = np.random.default_rng(seed)
    firms, markets = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    conduct = rng.choice([0.0, 0.3, 1.0], firms)
    network, parts = oligopoly(market, rng, firms, markets, conduct, rng.uniform(0, 8, markets))
    answer = network.solve()
    expected = by_clarabel(parts, conduct)
    for i in range(firms):
        for j in range(markets):
            assert answer.sales(f"f{i}", f"m{j}") == approx(expected[i, j], rel=1e-4, abs=1e-4)
    for j in range(markets):
        price = parts[0][j] - parts[1][j] * expected[:, j].sum()
        assert answer.price(f"m{j}") == approx(price, rel=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_isoelastic_cournot_is_the_root_of_its_conditions(market, seed):
    rng = np.random.default_rng(50 + seed)
    firms = int(rng.integers(2, 7))
    elasticity, conduct = float(rng.uniform(1.2, 4)), float(rng.choice([0.4, 1.0]))
    cost, slope = rng.uniform(8, 14, firms), rng.uniform(0.01, 0.3, firms)
    network = market().demand("x", form="isoelastic", scale=2000, elasticity=elasticity)
    for i in range(firms):
        network.supply("x", name=f"s{i}", form="marginal_cost", cost=cost[i], slope=slope[i])
        network.firm(f"f{i}", [f"s{i}"], conduct)
    answer = network.solve()

    def conditions(q):
        # Fischer-Burmeister of q >= 0 and marginal cost less marginal revenue >= 0
        total = q.sum()
        price = (2000 / total) ** (1 / elasticity)
        gap = cost + slope * q - price * (1 - conduct * q / total / elasticity)
        return q + gap - np.hypot(q, gap)

    start = np.array([answer.sales(f"f{i}", "x") for i in range(firms)]) * rng.uniform(0.7, 1.3, firms) + 0.01
    found = root(conditions, start, tol=1e-12)
    assert found.success
    for i in range(firms):
        assert answer.sales(f"f{i}", "x") == approx(found.x[i], rel=1e-5, abs=1e-5)


@quick
@given(st.integers(0, 10**6))
def test_more_market_power_means_dearer_goods_and_less_welfare(market, seed):
    rng = np.random.default_rng(seed)
    firms, markets = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    state = rng.bit_generator.state
    answers = []
    for conduct in (0.0, 0.5, 1.0):
        rng.bit_generator.state = state
        answers.append(oligopoly(market, rng, firms, markets, np.full(firms, conduct))[0].solve())
    for soft, hard in pairwise(answers):
        assert hard.welfare() <= soft.welfare() * (1 + 1e-7)
        assert hard.welfare("consumer") <= soft.welfare("consumer") * (1 + 1e-7)


@quick
@given(st.integers(0, 10**6))
def test_a_merger_of_two_firms_raises_the_price(market, seed):
    """Flat equal costs: n - 1 instead of n sellers."""
    rng = np.random.default_rng(seed)
    n, cost = int(rng.integers(2, 8)), float(rng.uniform(5, 40))
    before, after = (market().demand("x", form="inverse_linear", intercept=100, slope=1.3) for _ in range(2))
    for i in range(n):
        for network in (before, after):
            network.supply("x", name=f"s{i}", form="marginal_cost", cost=cost)
        before.firm(f"f{i}", [f"s{i}"])
    after.firm("merged", ["s0", "s1"])
    for i in range(2, n):
        after.firm(f"f{i}", [f"s{i}"])
    assert before.solve().price("x") == approx((100 + n * cost) / (n + 1), rel=1e-6)
    assert after.solve().price("x") == approx((100 + (n - 1) * cost) / n, rel=1e-6)


@pytest.mark.parametrize("rate", [0.1, 0.4])
def test_a_share_of_value_on_cournot_imports_is_solved_right_or_refused(market, rate):
    """The foreign firm sells at cif value v with (1 + rate) v = P: it earns P / (1 + rate) a unit.

    Where the tax is on the firm's price (its marginal revenue is of P / (1 + rate)), the two conditions are
    100 - 2 h - f = 10 and (100 - h - 2 f) / (1 + rate) = 10. Where customs take the marginal cost for the value, the
    second is 100 - h - 2 f = 10 (1 + rate), which is the same equation.
    """
    network = (
        market()
        .supply("home", form="marginal_cost", cost=10)
        .supply("abroad", form="marginal_cost", cost=10)
        .firm("H", ["home"])
        .firm("F", ["abroad"])
        .demand("home", form="inverse_linear", intercept=100, slope=1)
        .route("abroad", "home")
        .measure("import_tariff", importer="home", ad_valorem=rate)
    )
    try:
        answer = network.solve()
    except UnsupportedError:
        return
    home, foreign = np.linalg.solve([[2, 1], [1, 2]], [90, 100 - 10 * (1 + rate)])
    assert answer.sales("H", "home") == approx(home, rel=1e-6)
    assert answer.sales("F", "home") == approx(foreign, rel=1e-6)
