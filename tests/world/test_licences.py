"""Licences: who holds one pays the ordinary price, who does not pays scarcity."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ytterby.market import Equilibrium, solve
from ytterby.world import Outcome, World
from ytterby.world._edits import Context, Record
from ytterby.world._licences import licence, military, remark
from ytterby.world.calibration import Calibration
from ytterby.world.outcome import held_permits, paid_prices
from ytterby.world.parameters import central

RULE = {
    "kind": "licence",
    "commodities": ["oxide.Y", "oxide.Dy", "metal.Dy", "magnet.ndfeb_hd", "magnet.smco"],
    "exporter": "CHN",
    "military_share": 0.0,
}


def _given(spec: Any) -> float:
    return float(spec)


@pytest.fixture
def context(calibration: Calibration) -> Context:
    return Context(calibration, "TEST:all", frozenset(), _given, _given)


@pytest.fixture(scope="session")
def licensed(world: World) -> Callable[[float], tuple[Record, Equilibrium]]:
    solved: dict[float, tuple[Record, Equilibrium]] = {}

    def run(share: float) -> tuple[Record, Equilibrium]:
        if share not in solved:
            context = Context(world.calibration, "TEST:all", frozenset(), _given, _given)
            network = licence(world.calibration.network(central()), {**RULE, "share": share}, context)
            solved[share] = network, solve(network)
        return solved[share]

    return run


def test_splitting_buyers_keeps_what_they_want_at_every_price(calibration: Calibration, context: Context) -> None:
    before = calibration.network(central())
    after = licence(before, {**RULE, "share": 0.4}, context)
    total: dict[str, list[float]] = {}
    for d in after["demands"]:
        part = total.setdefault(d["id"].partition("|")[0], [0.0, 0.0])
        part[0] += d["curve"]["intercept"]
        part[1] += d["curve"]["slope"]
    for d in before["demands"]:
        assert total[d["id"]] == pytest.approx([d["curve"]["intercept"], d["curve"]["slope"]])


def test_licensed_users_pay_about_the_ordinary_price_and_others_several_times_it(
    licensed: Any, base: Equilibrium
) -> None:
    _, hit = licensed(0.5)
    before = base.prices.set_index(["commodity", "region"])["price"]
    p = hit.price_paid.set_index(["commodity", "region", "segment"])["price"]
    for region in ("DEU", "USA", "KOR"):
        ordinary = before["magnet.smco", region]
        permit = hit.measures.set_index(["id", "region"])["wedge"]["TEST:all:magnet.smco", region]
        assert p["magnet.smco", region, "licensed"] - permit < 1.05 * ordinary
        assert p["magnet.smco", region, "spot"] > 2 * ordinary


def test_a_lane_carries_at_most_what_is_licensed(licensed: Any, base: Equilibrium) -> None:
    _, hit = licensed(0.5)
    for commodity in ("oxide.Y", "magnet.ndfeb_hd", "metal.Dy"):
        before, after = (
            e.flows[(e.flows["commodity"] == commodity) & (e.flows["from"] == "CHN")].groupby("to")["quantity"].sum()
            for e in (base, hit)
        )
        assert (after <= 0.5 * before.reindex(after.index) + 1e-6).all()


def test_a_tighter_licence_never_lowers_the_price_at_the_margin_nor_raises_use(licensed: Any) -> None:
    scarce, used = [], []
    for share in (0.9, 0.7, 0.5, 0.3):
        network, hit = licensed(share)
        paid = paid_prices(hit, held_permits(network))
        scarce.append(paid["scarce"]["magnet.ndfeb_hd", "DEU"])
        d = hit.demand[hit.demand["id"].str.contains("@DEU:magnet.smco")]
        used.append(d["quantity"].sum())
    assert all(b >= a * (1 - 1e-6) for a, b in itertools.pairwise(scarce))
    assert all(b <= a * (1 + 1e-6) for a, b in itertools.pairwise(used))


def test_defence_users_get_none_of_what_is_not_licensed_to_them(licensed: Any) -> None:
    network, hit = licensed(0.5)
    segments = {d["segment"] for d in network["demands"] if d["id"].startswith("defence@DEU:magnet.smco")}
    assert segments == {"military"}
    d = hit.demand.set_index("id")["quantity"]
    assert d["defence@IND:magnet.smco|military"] < 6.6


def test_at_the_base_volume_licences_bind_for_nobody_but_military_users(licensed: Any, base: Equilibrium) -> None:
    network, hit = licensed(1.1)
    assert not [m for m in network["measures"] if m["id"].startswith("TEST")]
    assert {d.get("segment") for d in network["demands"]} == {None, "military"}
    before, after = (paid_prices(e)["paid"] for e in (base, hit))
    assert after["magnet.ndfeb_hd", "CHN"] == pytest.approx(before["magnet.ndfeb_hd", "CHN"], rel=0.01)


def test_a_licence_that_does_not_bind_is_remarked_on(context: Context) -> None:
    said = remark({**RULE, "share": 1.117}, context)
    assert said is not None
    assert "112 %" in said
    assert remark({**RULE, "share": 0.5}, context) is None
    assert remark({"kind": "tariff"}, context) is None


def test_permits_of_a_lane_leave_out_military_use(calibration: Calibration, context: Context) -> None:
    network = licence(calibration.network(central()), {**RULE, "share": 0.5}, context)
    permit = next(m for m in network["measures"] if m["id"] == "TEST:all:magnet.smco")
    quantity = next(b["quantity"] for b in permit["base"] if b["to"] == "IND")
    use = calibration.use["magnet.smco", "IND"]
    assert quantity == pytest.approx(30.0 * (1 - 6.6 / use), rel=1e-6)


def test_a_ban_for_military_users_leaves_civil_users_their_goods(world: World, base: Equilibrium) -> None:
    context = Context(world.calibration, "TEST:all", frozenset(), _given, _given)
    rule = {"commodities": ["magnet.smco"], "exporter": "CHN", "importer": "JPN", "change": -1.0}
    network = military(world.calibration.network(central()), rule, context)
    barred = [d for d in network["demands"] if d.get("segment") == "military"]
    assert [d["id"] for d in barred] == ["defence@JPN:magnet.smco|military"]
    hit = solve(network)
    civil = hit.demand[hit.demand["id"].str.contains("@JPN:magnet.smco") & ~hit.demand["id"].str.startswith("defence")]
    before = base.demand[base.demand["id"].isin(civil["id"])]
    assert civil["quantity"].sum() == pytest.approx(before["quantity"].sum(), rel=0.02)


def test_the_price_paid_leaves_permits_with_those_who_hold_them(licensed: Any) -> None:
    network, hit = licensed(0.5)
    held = held_permits(network)
    with_, without = paid_prices(hit, held), paid_prices(hit)
    assert (with_["paid"] <= without["paid"] + 1e-9).all()
    # India has all its SmCo magnets from China and does not send any on: what is bought is licensed
    rent = hit.measures.set_index(["id", "region"])["rent"]["TEST:all:magnet.ndfeb_hd", "IND"]
    f = hit.flows[(hit.flows["commodity"] == "magnet.ndfeb_hd") & (hit.flows["from"] == "IND")]
    moved = with_["quantity_t"]["magnet.ndfeb_hd", "IND"] + f["quantity"].sum()
    gap = without["paid"]["magnet.ndfeb_hd", "IND"] - with_["paid"]["magnet.ndfeb_hd", "IND"]
    assert gap * moved == pytest.approx(rent, rel=1e-6)


def test_the_truce_moves_little_and_the_revival_moves_much(outcome: Callable[[str], Outcome]) -> None:
    def rise(name: str) -> float:
        p = outcome(name).prices.set_index(["commodity", "region"])
        return float(p["scenario"]["magnet.ndfeb_hd", "DEU"] / p["baseline"]["magnet.ndfeb_hd", "DEU"] - 1)

    assert abs(rise("truce_holds")) < 0.01
    assert rise("controls_revived") > 0.1
