"""Demand and supply that depend on other goods' prices, checked as linear systems and by root finding."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fsolve

approx = pytest.approx


def test_two_substitutes_solve_a_linear_system(market):
    """D_1 = 100 - 2 P_1 + P_2 / 2, D_2 = 80 - P_2 + 0.3 P_1: 3 P_1 - P_2 / 2 = 100, 2 P_2 - 0.3 P_1 = 80."""
    answer = (
        market()
        .supply("x", name="wheat", form="linear", intercept=0, slope=1)
        .supply("x", name="corn", commodity="corn", form="linear", intercept=0, slope=1)
        .demand("x", name="d-wheat", form="linear", intercept=100, slope=2, cross={"corn": 0.5})
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=80, slope=1, cross={"wheat": 0.3})
        .solve()
    )
    wheat, corn = np.linalg.solve([[3, -0.5], [-0.3, 2]], [100, 80])
    assert answer.price("x", "wheat") == approx(wheat, rel=1e-6)
    assert answer.price("x", "corn") == approx(corn, rel=1e-6)
    assert answer.demand("d-wheat") == approx(wheat, rel=1e-6)
    assert answer.record["instrument_class"] == "complementarity"


def test_complements_have_negative_cross_terms(market):
    """D_1 = 100 - P_1 - 0.4 P_2, D_2 = 60 - P_2 - 0.4 P_1: 2 P_1 + 0.4 P_2 = 100, 2 P_2 + 0.4 P_1 = 60."""
    answer = (
        market()
        .supply("x", name="wheat", form="linear", intercept=0, slope=1)
        .supply("x", name="corn", commodity="corn", form="linear", intercept=0, slope=1)
        .demand("x", name="d-wheat", form="linear", intercept=100, slope=1, cross={"corn": -0.4})
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=60, slope=1, cross={"wheat": -0.4})
        .solve()
    )
    wheat, corn = np.linalg.solve([[2, 0.4], [0.4, 2]], [100, 60])
    assert answer.price("x", "wheat") == approx(wheat, rel=1e-6)
    assert answer.price("x", "corn") == approx(corn, rel=1e-6)


def test_a_one_sided_cross_price_is_solved_as_written(market):
    """Corn is 20 flat and does not care; wheat D = 100 - P + 0.5 * 20, S = P: 55."""
    answer = (
        market()
        .supply("x", name="wheat", form="linear", intercept=0, slope=1)
        .supply("x", name="corn", commodity="corn", form="marginal_cost", cost=20)
        .demand("x", name="d-wheat", form="linear", intercept=100, slope=1, cross={"corn": 0.5})
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=60, slope=1)
        .solve()
    )
    assert answer.price("x", "wheat") == approx(55, rel=1e-6)
    assert answer.demand("d-corn") == approx(40, rel=1e-6)


def test_cross_demand_is_not_below_zero(market):
    """Corn at 200 flat would take wheat's demand 100 - P - P_corn below 0: nothing is bought, wheat is free."""
    answer = (
        market()
        .supply("x", name="wheat", form="linear", intercept=0, slope=1)
        .supply("x", name="corn", commodity="corn", form="marginal_cost", cost=200)
        .demand("x", name="d-wheat", form="linear", intercept=100, slope=1, cross={"corn": -1})
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=300, slope=1)
        .solve()
    )
    assert answer.demand("d-wheat") == approx(0, abs=1e-6)
    assert answer.price("x", "wheat") == approx(0, abs=1e-6)
    assert answer.price("x", "corn") == approx(200, rel=1e-6)


def test_a_supply_may_depend_on_what_else_the_land_could_grow(market):
    """S_1 = 2 P_1 - P_2 / 2, S_2 = 2 P_2 - P_1 / 2: 3 P_1 - P_2 / 2 = 100, 3 P_2 - P_1 / 2 = 80."""
    answer = (
        market()
        .supply("x", name="wheat", form="linear", intercept=0, slope=2, cross={"corn": -0.5})
        .supply("x", name="corn", commodity="corn", form="linear", intercept=0, slope=2, cross={"wheat": -0.5})
        .demand("x", name="d-wheat", form="linear", intercept=100, slope=1)
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=80, slope=1)
        .solve()
    )
    wheat, corn = np.linalg.solve([[3, -0.5], [-0.5, 3]], [100, 80])
    assert answer.price("x", "wheat") == approx(wheat, rel=1e-6)
    assert answer.price("x", "corn") == approx(corn, rel=1e-6)
    assert answer.supply("wheat") == approx(2 * wheat - 0.5 * corn, rel=1e-6)


def test_isoelastic_cross_elasticities(market):
    """Q_1 = 500 P_1^-1.2 P_2^0.4, Q_2 = 300 P_2^-0.8 P_1^0.3 against supplies 2 P_1 and 3 P_2, by fsolve in logs."""
    answer = (
        market()
        .supply("x", name="wheat", form="linear", intercept=0, slope=2)
        .supply("x", name="corn", commodity="corn", form="linear", intercept=0, slope=3)
        .demand("x", name="d-wheat", form="isoelastic", scale=500, elasticity=1.2, cross={"corn": 0.4})
        .demand(
            "x", name="d-corn", commodity="corn", form="isoelastic", scale=300, elasticity=0.8, cross={"wheat": 0.3}
        )
        .solve()
    )

    def excess(logs):
        one, two = np.exp(logs)
        return [500 * one**-1.2 * two**0.4 - 2 * one, 300 * two**-0.8 * one**0.3 - 3 * two]

    wheat, corn = np.exp(fsolve(excess, [2, 2], xtol=1e-13))
    assert answer.price("x", "wheat") == approx(wheat, rel=1e-6)
    assert answer.price("x", "corn") == approx(corn, rel=1e-6)
    assert answer.demand("d-wheat") == approx(2 * wheat, rel=1e-6)


def test_cross_prices_are_those_of_the_same_region_and_period(market):
    """Corn costs 10 in x and 40 in y, and 20 more in the second period; wheat D = 100 - P + 0.5 P_corn, S = P."""
    network = market(periods=[{"id": "t1"}, {"id": "t2"}])
    for region, base in (("x", 10), ("y", 40)):
        network.supply(region, name=f"wheat-{region}", form="linear", intercept=0, slope=1)
        network.demand(region, name=f"d-{region}", form="linear", intercept=100, slope=1, cross={"corn": 0.5})
        network.demand(region, name=f"c-{region}", commodity="corn", form="linear", intercept=90, slope=1)
        for period, more in (("t1", 0), ("t2", 20)):
            network.supply(
                region,
                name=f"corn-{region}-{period}",
                commodity="corn",
                period=period,
                form="marginal_cost",
                cost=base + more,
            )
    answer = network.solve()
    for region, base in (("x", 10), ("y", 40)):
        for period, more in (("t1", 0), ("t2", 20)):
            expected = (100 + 0.5 * (base + more)) / 2
            assert answer.price(region, "wheat", period=period) == approx(expected, rel=1e-6)


def test_a_tariff_spills_over_to_the_substitute(market):
    """Imports of corn 20 flat; a tariff of 10 makes it 30; wheat D = 100 - P + 0.5 P_corn rises from 55 to 57.5."""
    network = (
        market()
        .supply("home", name="wheat", form="linear", intercept=0, slope=1)
        .supply("abroad", name="corn", commodity="corn", form="marginal_cost", cost=20)
        .route("abroad", "home", commodity="corn")
        .demand("home", name="d-wheat", form="linear", intercept=100, slope=1, cross={"corn": 0.5})
        .demand("home", name="d-corn", commodity="corn", form="linear", intercept=60, slope=1, cross={"wheat": 0.5})
        .measure("import_tariff", commodity="corn", specific=10)
    )
    answer = network.solve()
    assert answer.price("home", "wheat") == approx(57.5, rel=1e-6)
    assert answer.demand("d-corn") == approx(60 - 30 + 28.75, rel=1e-6)
    assert answer.money("import_tariff")[1] == approx(10 * 58.75, rel=1e-6)


@pytest.mark.parametrize("n", [3, 6])
def test_a_full_nonsymmetric_demand_system(market, n):
    """n goods, supplies P_i - 5, D = a - B P with B diagonally dominant and not symmetric: (I + B) P = a + 5."""
    rng = np.random.default_rng(n)
    cross = rng.uniform(-0.4, 0.6, (n, n)) / n
    np.fill_diagonal(cross, 0)
    intercept = rng.uniform(50, 150, n)
    network = market()
    for i in range(n):
        network.supply("x", name=f"s{i}", commodity=f"g{i}", form="linear", intercept=-5, slope=1)
        network.demand(
            "x",
            name=f"d{i}",
            commodity=f"g{i}",
            form="linear",
            intercept=float(intercept[i]),
            slope=1.5,
            cross={f"g{j}": float(cross[i, j]) for j in range(n) if j != i},
        )
    answer = network.solve()
    prices = np.linalg.solve(2.5 * np.eye(n) - cross, intercept + 5)
    assert (prices > 5).all()
    for i in range(n):
        assert answer.price("x", f"g{i}") == approx(prices[i], rel=1e-6)


def test_cross_prices_are_those_of_the_same_segment(market):
    """Licensed corn costs 10, spot corn 50; in each segment wheat has D = 100 - P + P_corn / 2 and S = P."""
    network = market()
    for segment, cost in (("licensed", 10), ("spot", 50)):
        network.supply("x", name=f"w-{segment}", segment=segment, form="linear", intercept=0, slope=1)
        network.supply("x", name=f"c-{segment}", commodity="corn", segment=segment, form="marginal_cost", cost=cost)
        network.demand(
            "x", name=f"d-{segment}", segment=segment, form="linear", intercept=100, slope=1, cross={"corn": 0.5}
        )
        network.demand(
            "x", name=f"e-{segment}", commodity="corn", segment=segment, form="linear", intercept=90, slope=1
        )
    answer = network.solve()
    for segment, cost in (("licensed", 10), ("spot", 50)):
        assert answer.price("x", "wheat", segment=segment) == approx((100 + cost / 2) / 2, rel=1e-6)


@pytest.mark.parametrize("quantity", [10.0, 60.0])
def test_cross_demand_with_a_choke(market, quantity):
    """D = 100 - P + P_corn / 2 with corn at 20, none above 40: 10 units sell at the choke, 60 at 110 - 60 > 40 as well.

    At its choke the demand takes up to 110 - 40 = 70; 60 is less, so the price is 40 for both.
    """
    answer = (
        market()
        .supply("x", form="fixed", quantity=quantity)
        .supply("x", name="corn", commodity="corn", form="marginal_cost", cost=20)
        .demand("x", form="linear", intercept=100, slope=1, cross={"corn": 0.5}, choke=40)
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=60, slope=1)
        .solve()
    )
    assert answer.price("x", "wheat") == approx(40, rel=1e-6)
    assert answer.demand("x") == approx(quantity, rel=1e-6)


def test_cross_demand_below_its_choke(market):
    """80 units: 110 - 80 = 30 < 40."""
    answer = (
        market()
        .supply("x", form="fixed", quantity=80)
        .supply("x", name="corn", commodity="corn", form="marginal_cost", cost=20)
        .demand("x", form="linear", intercept=100, slope=1, cross={"corn": 0.5}, choke=40)
        .demand("x", name="d-corn", commodity="corn", form="linear", intercept=60, slope=1)
        .solve()
    )
    assert answer.price("x", "wheat") == approx(30, rel=1e-6)
