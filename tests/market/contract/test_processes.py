"""Processes: recipes with joint products, by-products at price zero, capacity, rising cost, chains."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

approx = pytest.approx


def test_a_by_product_beyond_all_wants_is_free_and_thrown_away(market):
    """Ore P = L. A level makes 0.8 light (demand 100 - P) and 0.2 heavy (demand 1 - P), cost 1 + L / 10.

    Heavy at 0: 0.8 (100 - 0.8 L) = L + 1 + 0.1 L, L = 79 / 1.74 = 45.4; 9.08 heavy made, 1 bought.
    """
    answer = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=0, slope=1)
        .process("separation", "x", {"ore": 1}, {"light": 0.8, "heavy": 0.2}, cost=1, slope=0.1)
        .demand("x", name="light", commodity="light", form="linear", intercept=100, slope=1)
        .demand("x", name="heavy", commodity="heavy", form="linear", intercept=1, slope=1)
        .solve()
    )
    level = 79 / 1.74
    assert answer.level("separation") == approx(level, rel=1e-6)
    assert answer.price("x", "heavy") == approx(0, abs=1e-6)
    assert answer.demand("heavy") == approx(1, rel=1e-6)
    assert answer.price("x", "light") == approx(100 - 0.8 * level, rel=1e-6)
    assert answer.price("x", "ore") == approx(level, rel=1e-6)
    # producers: ore rent L^2 / 2 and the process's rent 0.1 L^2 / 2; consumers: light (0.8 L)^2 / 2 and heavy 1 / 2
    assert answer.welfare("producer") == approx(1.1 * level**2 / 2, rel=1e-6)
    assert answer.welfare("consumer") == approx((0.8 * level) ** 2 / 2 + 0.5, rel=1e-6)


def test_joint_products_share_the_cost_by_what_buyers_pay(market):
    """Heavy P = 200 - 2 Q: 0.8 (100 - 0.8 L) + 0.2 (200 - 0.4 L) = 1.1 L + 1, L = 119 / 1.82."""
    answer = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=0, slope=1)
        .process("separation", "x", {"ore": 1}, {"light": 0.8, "heavy": 0.2}, cost=1, slope=0.1)
        .demand("x", name="light", commodity="light", form="linear", intercept=100, slope=1)
        .demand("x", name="heavy", commodity="heavy", form="inverse_linear", intercept=200, slope=2)
        .solve()
    )
    level = 119 / 1.82
    assert answer.level("separation") == approx(level, rel=1e-6)
    assert answer.price("x", "light") == approx(100 - 0.8 * level, rel=1e-6)
    assert answer.price("x", "heavy") == approx(200 - 0.4 * level, rel=1e-6)


def test_a_scarce_by_product_makes_the_main_product_cheap(market):
    """Only heavy is wanted much: light (demand 5 - P) falls to 0 and heavy pays for everything.

    0.2 (400 - 0.2 L) = L + 1, L = 79 / 1.04; light 60.8 made, 5 bought.
    """
    answer = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=0, slope=1)
        .process("separation", "x", {"ore": 1}, {"light": 0.8, "heavy": 0.2}, cost=1)
        .demand("x", name="light", commodity="light", form="linear", intercept=5, slope=1)
        .demand("x", name="heavy", commodity="heavy", form="linear", intercept=400, slope=1)
        .solve()
    )
    level = 79 / 1.04
    assert answer.level("separation") == approx(level, rel=1e-6)
    assert answer.price("x", "light") == approx(0, abs=1e-6)
    assert answer.price("x", "heavy") == approx(400 - 0.2 * level, rel=1e-6)


@pytest.mark.parametrize(("capacity", "years"), [(10, 1), (10, 3)])
def test_capacity_is_a_rate_a_year_and_earns_the_scarcity(market, capacity, years):
    """Ore 5 flat, cost 2, metal P = 100 - Q a year: held to 10 a year at 90; rent 90 - 7 a unit."""
    answer = (
        market(periods=[{"id": "t", "years": years}])
        .supply("x", commodity="ore", form="marginal_cost", cost=5)
        .process("smelter", "x", {"ore": 1}, {"metal": 1}, cost=2, capacity=capacity)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.level("smelter") == approx(10 * years, rel=1e-6)
    assert answer.price("x", "metal") == approx(90, rel=1e-6)
    assert answer.welfare("producer") == approx(83 * 10 * years, rel=1e-6)


def test_slope_is_a_cost_that_rises_with_the_yearly_level(market):
    """Cost 10 + 2 L a year, ore free: 100 - L = 10 + 2 L, L = 30 a year, 60 in two years."""
    answer = (
        market(periods=[{"id": "t", "years": 2}])
        .process("spring", "x", {}, {"water": 1}, cost=10, slope=2)
        .demand("x", commodity="water", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.level("spring") == approx(60, rel=1e-6)
    assert answer.price("x", "water") == approx(70, rel=1e-6)
    assert answer.welfare("producer") == approx(2 * 2 * 30**2 / 2, rel=1e-6)


def test_the_cheaper_of_two_recipes_runs_first(market):
    """Old 30 flat up to 20, new 10 + L: 100 - Q = price. New alone to 20: 30. Q = 70 at 30: new 20, old 20 -> 40 < 70.

    So both run out of the cheap part: 100 - (20 + n) = 10 + n, n = 35, price 45.
    """
    answer = (
        market()
        .process("old", "x", {}, {"metal": 1}, cost=30, capacity=20)
        .process("new", "x", {}, {"metal": 1}, cost=10, slope=1)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.level("old") == approx(20, rel=1e-6)
    assert answer.level("new") == approx(35, rel=1e-6)
    assert answer.price("x", "metal") == approx(45, rel=1e-6)


def test_inputs_in_fixed_proportion(market):
    """A magnet of 0.3 NdPr and 0.02 Dy, cost 5: NdPr P = q, Dy P = 10 q, magnets P = 100 - Q.

    100 - L = 5 + 0.3 * 0.3 L + 0.02 * 10 * 0.02 L, L = 95 / 1.094.
    """
    answer = (
        market()
        .supply("x", name="ndpr", commodity="NdPr", form="marginal_cost", cost=0, slope=1)
        .supply("x", name="dy", commodity="Dy", form="marginal_cost", cost=0, slope=10)
        .process("sintering", "x", {"NdPr": 0.3, "Dy": 0.02}, {"magnet": 1}, cost=5)
        .demand("x", commodity="magnet", form="linear", intercept=100, slope=1)
        .solve()
    )
    level = 95 / 1.094
    assert answer.level("sintering") == approx(level, rel=1e-6)
    assert answer.price("x", "NdPr") == approx(0.3 * level, rel=1e-6)
    assert answer.price("x", "Dy") == approx(0.2 * level, rel=1e-6)


def test_recycling_returns_part_of_what_is_used(market):
    """Scrap fixed at 20 a year, recycled at cost 3 into 0.5 metal each; mine at 10 + q; demand 100 - P.

    10 of metal from scrap: 100 - 10 - q = 10 + q, q = 40, P = 50; scrap is worth 0.5 * 50 - 3 = 22.
    """
    answer = (
        market()
        .supply("x", name="scrap", commodity="scrap", form="fixed", quantity=20)
        .supply("x", name="mine", commodity="metal", form="marginal_cost", cost=10, slope=1)
        .process("recycling", "x", {"scrap": 1}, {"metal": 0.5}, cost=3)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x", "metal") == approx(50, rel=1e-6)
    assert answer.price("x", "scrap") == approx(22, rel=1e-6)
    assert answer.level("recycling") == approx(20, rel=1e-6)


def test_a_loss_making_process_stands_still(market):
    answer = (
        market()
        .supply("x", name="ore", commodity="ore", form="marginal_cost", cost=60)
        .process("smelter", "x", {"ore": 1}, {"metal": 1}, cost=50)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
        .demand("x", name="ore-buyer", commodity="ore", form="linear", intercept=70, slope=1)
        .solve()
    )
    assert answer.level("smelter") == approx(0, abs=1e-6)
    assert answer.price("x", "ore") == approx(60, rel=1e-6)


def test_a_process_may_use_its_own_product(market):
    """1 seed makes 3 wheat at cost 6: per unit net 2, so wheat costs 3; demand 100 - P: 97, level 48.5."""
    answer = (
        market()
        .process("farm", "x", {"wheat": 1}, {"wheat": 3}, cost=6)
        .demand("x", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x") == approx(3, rel=1e-6)
    assert answer.level("farm") == approx(48.5, rel=1e-6)


def test_a_refinery_agrees_with_a_linear_programme(market):
    """Williams' small refinery in spirit: two crudes, two distillations, one cracker, three products in fixed wants.

    Wants with chokes 50, 40 and 10; the optimum of the same linear programme by HiGHS is the equilibrium's welfare.
    """
    recipes = {
        "distil-light": ({"crude-light": 1}, {"naphtha": 0.5, "oil": 0.3, "residue": 0.2}, 1.0, 45.0),
        "distil-heavy": ({"crude-heavy": 1}, {"naphtha": 0.25, "oil": 0.35, "residue": 0.4}, 1.5, 60.0),
        "crack": ({"oil": 1}, {"naphtha": 0.7, "residue": 0.25}, 4.0, 12.0),
    }
    crudes = {"crude-light": (22.0, 40.0), "crude-heavy": (17.0, 70.0)}
    wants = {"naphtha": (50.0, 35.0), "oil": (40.0, 18.0), "residue": (10.0, 20.0)}
    network = market()
    for crude, (cost, capacity) in crudes.items():
        network.supply("x", name=crude, commodity=crude, form="marginal_cost", cost=cost, capacity=capacity)
    for name, (inputs, outputs, cost, capacity) in recipes.items():
        network.process(name, "x", inputs, outputs, cost=cost, capacity=capacity)
    for good, (choke, quantity) in wants.items():
        network.demand("x", name=good, commodity=good, form="fixed", quantity=quantity, choke=choke)
    answer = network.solve()

    goods = [*crudes, "naphtha", "oil", "residue"]
    columns = [(-cost, capacity, {good: 1.0}) for good, (cost, capacity) in crudes.items()]
    for inputs, outputs, cost, capacity in recipes.values():
        net = {good: outputs.get(good, 0) - inputs.get(good, 0) for good in {*inputs, *outputs}}
        columns.append((-cost, capacity, net))
    columns += [(choke, quantity, {good: -1.0}) for good, (choke, quantity) in wants.items()]
    balance = np.array([[-net.get(good, 0.0) for _, _, net in columns] for good in goods])
    best = linprog(
        [-value for value, _, _ in columns],
        A_ub=balance,
        b_ub=np.zeros(len(goods)),
        bounds=[(0, limit) for _, limit, _ in columns],
    )
    assert answer.welfare() == approx(-best.fun, rel=1e-6)
    for good, multiplier in zip(goods, best.ineqlin.marginals, strict=True):
        assert answer.price("x", good) == approx(-multiplier, rel=1e-5, abs=1e-5)
