"""Market power that has no sound method, or no meaning, is refused with the reason."""

from __future__ import annotations

import pytest

from ytterby.errors import InputError, SolveError, UnsupportedError, YtterbyError

approx = pytest.approx


def test_a_firm_that_sells_an_input_to_a_process_is_refused(market):
    """Its buyers are a process, not demands: the contract asks for a final good."""
    network = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=10)
        .firm("f", ["x"])
        .process("smelter", "x", {"ore": 1}, {"metal": 1}, cost=5)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
    )
    with pytest.raises(UnsupportedError) as caught:
        network.solve()
    assert "'f'" in str(caught.value)
    assert "ore" in str(caught.value)


@pytest.mark.parametrize("conduct", [1.5, -0.1])
def test_conduct_is_between_nothing_and_one(market, conduct):
    network = (
        market()
        .supply("x", form="marginal_cost", cost=10)
        .firm("f", ["x"], conduct)
        .demand("x", form="linear", intercept=100, slope=1)
    )
    with pytest.raises(InputError, match="conduct"):
        network.solve()


def test_a_monopoly_on_inelastic_demand_has_no_equilibrium(market):
    """Q = 100 P^-0.5: revenue rises as sales fall to nothing; there is no best quantity."""
    network = (
        market()
        .supply("x", form="marginal_cost", cost=10)
        .firm("f", ["x"])
        .demand("x", form="isoelastic", scale=100, elasticity=0.5)
    )
    with pytest.raises(SolveError):
        network.solve()


def test_a_cournot_firm_on_a_fixed_demand_is_refused_or_prices_at_its_choke(market):
    network = (
        market()
        .supply("x", form="marginal_cost", cost=10)
        .firm("f", ["x"])
        .demand("x", form="fixed", quantity=20, choke=90)
    )
    try:
        answer = network.solve()
    except YtterbyError:
        return
    assert answer.price("x") == approx(90, rel=1e-6)


def test_a_firm_of_no_supplies_is_refused_or_sells_nothing(market):
    network = (
        market()
        .supply("x", form="marginal_cost", cost=10)
        .firm("f", [])
        .demand("x", form="linear", intercept=100, slope=1)
    )
    try:
        answer = network.solve()
    except YtterbyError:
        return
    assert answer.price("x") == approx(10, rel=1e-6)


def test_a_price_taking_firm_may_sell_inputs(market):
    """Conduct 0 changes nothing anywhere in a chain."""
    answer = (
        market()
        .supply("x", commodity="ore", form="marginal_cost", cost=10)
        .firm("f", ["x"], 0.0)
        .process("smelter", "x", {"ore": 1}, {"metal": 1}, cost=5)
        .demand("x", commodity="metal", form="linear", intercept=100, slope=1)
        .solve()
    )
    assert answer.price("x", "metal") == approx(15, rel=1e-6)
