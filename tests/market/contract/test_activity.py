"""Edits of supplies and processes: cost, capacity, yield and the first day."""

from __future__ import annotations

import pytest

approx = pytest.approx


@pytest.fixture
def works(market):
    """Two mines (10 flat, up to 30; 20 flat, up to 50) and two smelters (2 and 4 flat) of two owners; metal 100 - P."""
    return (
        market()
        .supply(
            "x", name="mine-a", commodity="ore", owner="A", stage="mine", form="marginal_cost", cost=10, capacity=30
        )
        .supply(
            "x", name="mine-b", commodity="ore", owner="B", stage="mine", form="marginal_cost", cost=20, capacity=50
        )
        .process("melt-a", "x", {"ore": 1}, {"metal": 1}, cost=2, owner="A", stage="metal", capacity=60)
        .process("melt-b", "x", {"ore": 1}, {"metal": 1}, cost=4, owner="B", stage="metal", capacity=60)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
    )


def test_before_any_edit(works):
    """Ore 20 up to 80: metal at 24 wants 76: melt-a 60, melt-b 16, mine-a 30, mine-b 46."""
    answer = works.solve()
    assert answer.price("x", "metal") == approx(24, rel=1e-6)
    assert answer.level("melt-b") == approx(16, rel=1e-6)
    assert answer.supply("mine-b") == approx(46, rel=1e-6)


@pytest.mark.parametrize(
    ("match", "edit", "ore", "metal"),
    [
        ({"process": "melt-b"}, {"cost_delta": 3}, 20, 27),
        ({"process": "melt-b"}, {"cost_factor": 2}, 20, 28),
        ({"process": ["melt-a", "melt-b"]}, {"cost_delta": 3}, 20, 27),
        ({"supply": "mine-b"}, {"cost_delta": 3}, 23, 27),
        ({"supply": "mine-b"}, {"cost_factor": 1.5}, 30, 34),
        ({"owner": "B"}, {"cost_delta": 3}, 23, 30),
        ({"stage": "mine"}, {"cost_delta": -4}, 16, 20),
        ({"region": "x"}, {"cost_delta": 1}, 21, 26),
        ({"stage": "metal", "owner": "B"}, {"cost_delta": 1}, 20, 25),
        ({"supply": "mine-b"}, {"capacity_factor": 0.4}, 48, 50),
        ({"supply": "mine-a"}, {"capacity_factor": 0}, 48, 50),
        ({"process": "melt-b"}, {"capacity_factor": 0.1}, 20, 34),
        ({"region": "elsewhere"}, {"cost_delta": 50}, 20, 24),
    ],
)
def test_an_edit_changes_what_it_matches_and_nothing_else(works, match, edit, ore, metal):
    """Prices by hand: the marginal mine and smelter set them, or demand where capacity is short.

    Mines cut to 50 of ore: metal 100 - 50, all by the cheaper smelter, ore 50 - 2. Smelter b cut to 6: metal 100 - 66.
    """
    if match.get("region") == "elsewhere":
        works.supply("elsewhere", commodity="ore", form="marginal_cost", cost=1)
    answer = works.measure("activity", match=match, **edit).solve()
    assert answer.price("x", "ore") == approx(ore, rel=1e-6)
    assert answer.price("x", "metal") == approx(metal, rel=1e-6)


def test_a_better_yield_makes_more_of_the_same_input(market):
    """Yield 0.5 to 0.6: per metal, ore 20 / 0.6 and cost 3 / 0.6."""
    network = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=20)
        .process("melt", "x", {"ore": 1}, {"metal": 0.5}, cost=3)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
    )
    assert network.copy().solve().price("x", "metal") == approx(46, rel=1e-6)
    answer = network.measure("activity", match={"process": "melt"}, yield_factor=1.2).solve()
    price = 23 / 0.6
    assert answer.price("x", "metal") == approx(price, rel=1e-6)
    assert answer.level("melt") == approx((100 - price) / 0.6, rel=1e-6)


def test_a_yield_applies_to_all_joint_products(market):
    answer = (
        market()
        .supply("x", commodity="ore", form="fixed", quantity=10)
        .process("sep", "x", {"ore": 1}, {"light": 0.8, "heavy": 0.2})
        .demand("x", name="light", commodity="light", form="linear", intercept=100, slope=1)
        .demand("x", name="heavy", commodity="heavy", form="linear", intercept=50, slope=1)
        .measure("activity", match={"process": "sep"}, yield_factor=1.1)
        .solve()
    )
    assert answer.demand("light") == approx(8.8, rel=1e-6)
    assert answer.demand("heavy") == approx(2.2, rel=1e-6)


def test_a_process_is_available_from_its_day_on(market):
    answer = (
        market(
            periods=[
                {"id": "2024", "start": "2024-01-01", "years": 1},
                {"id": "2025", "start": "2025-01-01", "years": 1},
                {"id": "2026", "start": "2026-01-01", "years": 1},
            ]
        )
        .process("old", "x", {}, {"wheat": 1}, cost=30)
        .process("new", "x", {}, {"wheat": 1}, cost=12)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("activity", match={"process": "new"}, available_from="2025-01-01")
        .solve()
    )
    assert answer.price("x", period="2024") == approx(30, rel=1e-6)
    assert answer.price("x", period="2025") == approx(12, rel=1e-6)
    assert answer.price("x", period="2026") == approx(12, rel=1e-6)


def test_an_edit_may_hold_for_one_period(market):
    """A strike in the second year halves the mine."""
    answer = (
        market(periods=[{"id": "a"}, {"id": "b"}])
        .supply("x", form="marginal_cost", cost=10, capacity=40)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("activity", match={"supply": "x"}, capacity_factor=0.5, period="b")
        .solve()
    )
    assert answer.price("x", period="a") == approx(60, rel=1e-6)
    assert answer.price("x", period="b") == approx(80, rel=1e-6)


def test_edits_of_several_measures_add_up(market):
    """Cost 10, one measure adds 3, another 4: 17."""
    answer = (
        market()
        .supply("x", form="marginal_cost", cost=10)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("activity", name="a", match={"supply": "x"}, cost_delta=3)
        .measure("activity", name="b", match={"region": "x"}, cost_delta=4)
        .solve()
    )
    assert answer.price("x") == approx(17, rel=1e-6)


def test_a_cost_added_to_a_linear_supply_shifts_it_up(market):
    """Q = P - 6 against 100 - P: 53."""
    answer = (
        market()
        .supply("x", form="linear", intercept=0, slope=1)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("activity", match={"supply": "x"}, cost_delta=6)
        .solve()
    )
    assert answer.price("x") == approx(53, rel=1e-6)


def test_a_capacity_factor_scales_a_fixed_supply(market):
    """Reading: what a fixed supply can do is its quantity."""
    answer = (
        market()
        .supply("x", form="fixed", quantity=40)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("activity", match={"supply": "x"}, capacity_factor=0.5)
        .solve()
    )
    assert answer.price("x") == approx(80, rel=1e-6)


@pytest.mark.parametrize("kind", ["supply", "process"])
def test_a_cost_factor_multiplies_the_whole_marginal_cost(market, kind):
    """10 + q becomes 20 + 2 q: 100 - q = 20 + 2 q."""
    network = market().demand("x", form="linear", intercept=100, slope=1)
    if kind == "supply":
        network.supply("x", form="marginal_cost", cost=10, slope=1)
    else:
        network.process("x", "x", {}, {"wheat": 1}, cost=10, slope=1)
    answer = network.measure("activity", match={kind: "x"}, cost_factor=2).solve()
    assert answer.price("x") == approx(100 - 80 / 3, rel=1e-6)


@pytest.mark.parametrize("kind", ["supply", "process"])
def test_a_capacity_factor_leaves_the_cost_below_the_capacity_as_it_is(market, kind):
    """10 + q up to 80, halved to 40: price 60, and the producer keeps (60 - 10) 40 - 40^2 / 2."""
    network = market().demand("x", form="linear", intercept=100, slope=1)
    if kind == "supply":
        network.supply("x", form="marginal_cost", cost=10, slope=1, capacity=80)
    else:
        network.process("x", "x", {}, {"wheat": 1}, cost=10, slope=1, capacity=80)
    answer = network.measure("activity", match={kind: "x"}, capacity_factor=0.5).solve()
    assert answer.price("x") == approx(60, rel=1e-6)
    assert answer.welfare("producer") == approx(2000 - 800, rel=1e-6)


@pytest.mark.parametrize(
    ("curve", "price"),
    [
        ({"form": "linear", "intercept": 0, "slope": 1}, 200 / 3),
        ({"form": "marginal_cost", "cost": 10, "slope": 1}, 70),
        ({"form": "isoelastic", "scale": 1, "elasticity": 1}, 200 / 3),
        ({"form": "power", "cost": 10, "scale": 1, "exponent": 1}, 70),
    ],
)
def test_a_capacity_factor_on_a_curve_without_capacity_scales_what_is_offered_at_each_price(market, curve, price):
    """Half of P against 100 - P, or half of P - 10."""
    answer = (
        market()
        .supply("x", **curve)
        .demand("x", form="linear", intercept=100, slope=1)
        .measure("activity", match={"supply": "x"}, capacity_factor=0.5)
        .solve()
    )
    assert answer.price("x") == approx(price, rel=1e-6)
