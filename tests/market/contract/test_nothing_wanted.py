"""Networks in which nobody wants anything, or nobody offers anything."""

from __future__ import annotations

import pytest

from ytterby.errors import UnknownNameError

approx = pytest.approx


@pytest.mark.parametrize(
    "curve",
    [
        {"form": "linear", "intercept": 5, "slope": 1},
        {"form": "marginal_cost", "cost": 3, "slope": 0},
        {"form": "marginal_cost", "cost": 3, "slope": 1, "capacity": 7},
        {"form": "power", "cost": 3, "scale": 2, "exponent": 0.5},
        {"form": "isoelastic", "scale": 2, "elasticity": 0.5},
        {"form": "fixed", "quantity": 9},
    ],
    ids=lambda curve: curve["form"],
)
def test_a_supply_that_nobody_wants_earns_nothing(market, curve):
    answer = (
        market()
        .supply("a", **curve)
        .route("a", "b", cost=1)
        .demand("b", commodity="corn", form="linear", intercept=5, slope=1)
        .solve()
    )
    assert answer.flow("a-b") == approx(0, abs=1e-9)
    assert answer.welfare() == approx(0, abs=1e-6)
    assert answer.welfare("producer") == approx(0, abs=1e-6)


def test_a_process_without_input_or_use_stands_still(market):
    answer = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("a", form="linear", intercept=10, slope=1)
        .process("no-input", "a", {"nothing": 1}, {"wheat": 1})
        .process("no-use", "a", {"wheat": 1}, {"dust": 1}, cost=1)
        .solve()
    )
    assert answer.price("a") == approx(5, rel=1e-6)
    assert answer.level("no-input") == approx(0, abs=1e-9)
    assert answer.level("no-use") == approx(0, abs=1e-9)


def test_an_empty_network_is_in_equilibrium(market):
    answer = market().solve()
    assert answer.record["prices"] == []
    assert answer.record["status"] == "optimal"


def test_a_measure_in_a_network_without_goods_that_it_names_is_an_error_of_name(market):
    with pytest.raises(UnknownNameError):
        market().supply("a", form="fixed", quantity=1).measure("export_ban", commodity="corn").solve()
