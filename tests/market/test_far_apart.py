"""Sizes far apart: what is tiny or never met counts for what it is; what is beyond doubles is named."""

import json
from pathlib import Path

import numpy as np
import pytest

from ytterby.market import PRECISION, Network, solve
from ytterby.market._compile import compile_network
from ytterby.market._diagnose import _linear_program
from ytterby.market._interior import Point
from ytterby.market._sizes import explain_spread
from ytterby.market._verify import check

CASES = Path(__file__).parent / "cases" / "scales"


def case(name):
    return json.loads((CASES / name).read_text())


@pytest.mark.parametrize("size", [1e-10, 1e-6, 1e6, 1e10])
def test_who_is_tiny_or_huge_beside_others_still_acts_on_its_own_curve(size):
    """At a price near 5 (or 0 or 10, where the newcomer is huge) each sells and buys what its curve says."""
    line = {"commodity": "w", "region": "a"}
    network = {
        "supplies": [line | {"id": "s", "curve": {"form": "linear", "intercept": 0, "slope": 1}}],
        "demands": [
            line | {"id": "d", "curve": {"form": "linear", "intercept": 10, "slope": 1}},
            line | {"id": "e", "curve": {"form": "linear", "intercept": 8 * size, "slope": size}},
        ],
    }
    result = solve(network)
    price = (10 + 8 * size) / (2 + size)
    assert result.prices.price[0] == pytest.approx(price, rel=1e-9)
    assert result.supply.quantity[0] == pytest.approx(price, rel=1e-9)
    assert result.demand.quantity.tolist() == pytest.approx([10 - price, 6 * size / (2 + size)], rel=2 * PRECISION)


@pytest.mark.parametrize(
    ("name", "price", "quantity"),
    [
        ("0", {("magnet", "aa"): [1, 1], ("oxide", "cc"): [30.7, 30.7]}, {"s0": [0.0565, 0.226], "d4": [0, 0]}),
        ("1", {("magnet", "cc"): [6.464, 3.232, 0.808]}, {"k0": [74.491, 74.273, 74.164]}),
        ("2", {("magnet", "bb"): [0, 0, 0]}, {"d0": [0.0505, 0.101, 0.202]}),
        ("3", {("magnet", "cc"): [0], ("ore", "cc"): [0.177]}, {"k0": [11.3], "d0": [22.7]}),
        ("4", {("magnet", "bb"): [91.6 / 35.6]}, {"s2": [91.6], "d0": [91.6]}),
        ("5", {("magnet", "bb"): [1e-9]}, {"s0": [1.5 * 1e-9**0.3], "k0": [0.778]}),
        ("6", {("magnet", "cc"): [0, 0], ("ore", "bb"): [0.11, 0.11]}, {"d2": [0.582, 0.1455]}),
        ("7", {("magnet", "aa"): [72]}, {"p0": [72 * 0.123 * 0.5 / 26.7]}),
    ],
)
def test_a_limit_or_choke_price_that_is_never_met_says_nothing(name, price, quantity):
    """Answers by hand: what is far larger or smaller is not met, or has nothing to do with the rest."""
    result = solve(case(f"{name}.json")).to_dict()
    tables = (row for table in ("supply", "demand", "stocks", "processes") for row in result[table])
    got = {}
    for row in tables:
        got.setdefault(row["id"], []).append(row.get("quantity", row.get("level")))
    for (commodity, region), values in price.items():
        rows = [r["price"] for r in result["prices"] if (r["commodity"], r["region"]) == (commodity, region)]
        assert rows == pytest.approx(values, rel=1e-8, abs=1e-12)
    for name_, values in quantity.items():
        assert got[name_] == pytest.approx(values, rel=1e-6, abs=1e-12)


def test_what_is_wrong_for_a_small_place_is_wrong_beside_a_large_one():
    """A millionth of what passes in all is the whole of what passes here."""
    network = Network.parse(
        {
            "supplies": [{"id": g, "commodity": g, "region": "a", "curve": {"form": "fixed", "quantity": q}} for g, q in
                         (("w", 1e-3), ("huge", 1e9))],
            "demands": [{"id": "d" + g, "commodity": g, "region": "a",
                         "curve": {"form": "linear", "intercept": 2 * q, "slope": q}} for g, q in
                        (("w", 1e-3), ("huge", 1e9))],
        }
    )  # fmt: skip
    solved = solve(network).solved
    conditions, point = solved.complement.conditions, solved.point
    assert check(conditions, point).worst < 1e-12
    wrong = Point(point.x.copy(), point.y)
    wrong.x[point.x < 1.0] *= 1.01
    assert check(conditions, wrong).worst > PRECISION


@pytest.mark.parametrize(("goods", "together"), [(("w", "w"), True), (("w", "v"), False)])
def test_sizes_that_no_double_can_hold_together_are_named_with_their_entries(goods, together):
    """Costs of 10¹² and 10⁻⁶ in one market are too far apart to tell; in two markets they are nobody's business."""
    network = {
        "supplies": [
            {"id": name, "commodity": good, "region": "a", "curve": {"form": "marginal_cost", "cost": cost}}
            for name, good, cost in zip(("dear", "cheap"), goods, (1e12, 1e-6), strict=True)
        ]
    }
    spread = explain_spread(compile_network(Network.parse(network)))
    text = "prices that hang together lie too far apart to be solved as one: those of supply 'dear' and supply 'cheap'"
    assert (spread is not None) is together
    if together:
        assert spread.message == f"{text}, by a factor of 1e18"


def test_a_diagnosis_gives_up_where_coefficients_have_overflowed() -> None:
    answer = _linear_program(np.ones(1), A_ub=np.array([[np.inf]]), b_ub=np.ones(1), method="highs")
    assert answer.status != 0
