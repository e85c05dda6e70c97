"""Floors on a good that nobody can get: nothing is bought, levied or paid."""

from __future__ import annotations

import pytest

approx = pytest.approx


def test_a_payment_where_nothing_is_made_at_all_is_nothing(market):
    answer = (
        market()
        .supply("b", commodity="ore", form="marginal_cost", cost=23, slope=1)
        .demand("d", commodity="metal", form="inverse_linear", intercept=147, slope=2)
        .measure("price_floor", commodity="metal", members=["d", "b"], price=156, upheld_by="deficiency_payment")
        .solve()
    )
    assert answer.demand("d") == approx(0, abs=1e-6)
    assert answer.money("price_floor") == approx((0, 0), abs=1e-5)


def test_a_floor_between_members_where_nothing_is_made_is_harmless(market):
    """Nobody makes metal: no price is determined by trade, nothing is levied, nobody buys."""
    answer = (
        market()
        .supply("b", commodity="ore", form="marginal_cost", cost=9, slope=1)
        .demand("c", commodity="metal", form="inverse_linear", intercept=138, slope=3)
        .route("b", "d", commodity="metal", cost=12)
        .route("d", "c", commodity="metal", cost=7)
        .measure("price_floor", commodity="metal", members=["c", "d"], price=118, upheld_by="adjustable_tariff")
        .solve()
    )
    assert answer.demand("c") == approx(0, abs=1e-6)
    assert answer.money("price_floor") == approx((0, 0), abs=1e-5)
