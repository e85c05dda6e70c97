"""Buyers that nothing can reach: at their choke they buy nothing; without one there may be no price that clears."""

from __future__ import annotations

import json

import pytest

from ytterby.errors import SolveError

approx = pytest.approx
CUTS = ["no route", "ban", "quota", "route capacity", "process capacity"]


def cut_off(market, cut: str, **curve):
    network = market().demand("home", form=curve.pop("form"), **curve)
    if cut == "process capacity":
        return (
            network.supply("home", commodity="ore", form="marginal_cost", cost=1)
            .process("mill", "home", {"ore": 1}, {"wheat": 1}, cost=1)
            .measure("activity", match={"process": "mill"}, capacity_factor=0)
        )
    network.supply("abroad", form="marginal_cost", cost=1, slope=0.1)
    if cut != "no route":
        network.route("abroad", "home", capacity=0 if cut == "route capacity" else None)
    if cut == "ban":
        network.measure("export_ban", exporter="abroad")
    if cut == "quota":
        network.measure("import_quota", importer="home", quantity=0)
    return network


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("elasticity", [0.5, 1.0, 2.0])
def test_isoelastic_demand_without_choke_that_cannot_be_served_has_no_equilibrium(market, cut, elasticity):
    """It buys something at every finite price, so that no price clears; never an answer that is no number."""
    if cut == "process capacity":
        network = cut_off(market, cut, form="isoelastic", scale=100, elasticity=elasticity)
        network.network["processes"][0]["capacity"] = 5
    else:
        network = cut_off(market, cut, form="isoelastic", scale=100, elasticity=elasticity)
    with pytest.raises(SolveError) as caught:
        network.solve()
    assert "wheat" in str(caught.value)
    assert "home" in str(caught.value)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    "curve",
    [
        {"form": "isoelastic", "scale": 100, "elasticity": 2.0, "choke": 40},
        {"form": "isoelastic", "scale": 100, "elasticity": 0.5, "choke": 40},
        {"form": "fixed", "quantity": 7, "choke": 40},
        {"form": "linear", "intercept": 100, "slope": 1, "choke": 40},
        {"form": "inverse_linear", "intercept": 40, "slope": 1},
        {"form": "linear", "intercept": 40, "slope": 1},
    ],
    ids=lambda curve: f"{curve['form']}{curve.get('elasticity', '')}",
)
def test_buyers_with_a_choke_buy_nothing_at_a_price_no_lower(market, cut, curve):
    network = cut_off(market, cut, **curve)
    if cut == "process capacity":
        network.network["processes"][0]["capacity"] = 5
    answer = network.solve()
    assert answer.demand("home") == approx(0, abs=1e-6)
    assert answer.price("home") >= 40 - 1e-4
    json.dumps(answer.record, allow_nan=False)
    if curve["form"] == "fixed":
        assert answer.unserved("home") == approx(7, rel=1e-6)
