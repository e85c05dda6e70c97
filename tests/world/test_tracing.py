"""Content rules by traced and clean copies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ytterby.market import Equilibrium, solve
from ytterby.world import Calibration, Outcome, World
from ytterby.world._edits import Context, Record
from ytterby.world._tracing import CLEAN, clean_shares, traced
from ytterby.world.impose import impositions
from ytterby.world.outcome import trade
from ytterby.world.parameters import central

RULES = {
    "reporting": impositions()["CHN-REPORT-PROP-2026"]["all"][0],
    "content": impositions()["CHN-A61-2025"]["art1_1_value_threshold_0.1pct"][0],
}


def _edit(world: World, rule: dict[str, Any], cost_pct: float, share: float | None) -> Record:
    rule = {**rule, "cost_pct": cost_pct}
    if share is not None:
        rule["third_country_share"] = share
    carriers = frozenset(rule["carriers"])
    context = Context(world.calibration, "TEST:all", carriers, float, float)
    return traced(world.calibration.network(central()), rule, context)


@pytest.mark.parametrize("name", sorted(RULES))
def test_without_a_rule_the_copies_leave_the_base_year_alone(world: World, base: Equilibrium, name: str) -> None:
    rule = RULES[name]
    network = _edit(world, rule, 0.0, 1.0 if "third_country_share" in rule else None)
    assert any(p["id"].endswith(CLEAN) for p in network["processes"])
    hit = solve(network)
    before, after = trade(base), trade(hit)
    np.testing.assert_allclose(after.reindex(before.index).fillna(0.0), before, rtol=1e-5, atol=1e-5)
    bought = base.demand.set_index("id")["quantity"]
    np.testing.assert_allclose(hit.demand.set_index("id")["quantity"][bought.index], bought, rtol=1e-6, atol=1e-7)
    p0, p1 = (e.price_paid.set_index(["commodity", "region"]) for e in (base, hit))
    traded = p0.index[p0["quantity"] > 1e-3].intersection(p1.index[p1["quantity"] > 1e-3])
    assert len(traded) > 200
    np.testing.assert_allclose(p1["price"][traded], p0["price"][traded], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(RULES))
def test_clean_shares_are_shares(calibration: Calibration, name: str) -> None:
    shares = clean_shares(calibration, frozenset(RULES[name]["carriers"]), "CHN")
    assert shares
    assert all(0.0 < v <= 1.0 for v in shares.values())
    assert not [k for k in shares if k[1] == "CHN"]


def test_clean_shares_by_hand_for_ndpr(calibration: Calibration) -> None:
    """Malaysia separates Australian ore alone; Japan's NdPr is clean as far as its sources are."""
    carriers = frozenset(RULES["reporting"]["carriers"])
    shares = clean_shares(calibration, carriers, "CHN")
    assert shares["oxide.NdPr", "MYS"] == pytest.approx(1.0)
    arrivals = {i: t for (c, i, j), t in calibration.base_flows.items() if c == "oxide.NdPr" and j == "JPN" and t > 0}
    made = calibration.base_supply["oxide.NdPr", "JPN"] - sum(arrivals.values())
    clean = sum(t * shares.get(("oxide.NdPr", i), 0.0) for i, t in arrivals.items() if i != "CHN")
    assert shares["oxide.NdPr", "JPN"] == pytest.approx(clean / (made + sum(arrivals.values())), rel=1e-6)


def test_goods_that_come_from_china_alone_have_no_clean_copy(calibration: Calibration) -> None:
    shares = clean_shares(calibration, frozenset(RULES["content"]["carriers"]), "CHN")
    for region in ("IND", "KOR", "TWN"):
        only_china = {i for (c, i, j), t in calibration.base_flows.items() if c == "magnet.smco" and j == region and t}
        assert only_china == {"CHN"}
        assert ("magnet.smco", region) not in shares


def test_the_copies_add_no_capacity(world: World) -> None:
    network = _edit(world, RULES["reporting"], 0.0, None)
    services = {
        s["id"].removeprefix("service:"): s["curve"] for s in network["supplies"] if s["id"].startswith("service:")
    }
    plain = {p["id"]: p for p in world.calibration.network(central())["processes"]}
    assert services
    for name, curve in services.items():
        assert curve["capacity"] == plain[name]["capacity"]
        variants = [p for p in network["processes"] if p["id"].removesuffix(CLEAN) == name]
        assert len(variants) == 2
        assert all(v["capacity"] is None for v in variants)
        assert all(v["inputs"][f"service:{name}"] == 1.0 for v in variants)


def test_a_split_lane_has_the_marginal_cost_of_the_whole_at_base_flow(world: World) -> None:
    network = _edit(world, RULES["reporting"], 0.0, None)
    lanes = {x["id"]: x for x in network["routes"]}
    whole = {x["id"]: x for x in world.calibration.network(central())["routes"]}
    split = [i for i in whole if i in lanes and i + CLEAN in lanes]
    assert split
    for i in split:
        parts = 1 / lanes[i]["slope"] + 1 / lanes[i + CLEAN]["slope"]
        assert 1 / parts == pytest.approx(whole[i]["slope"])


def test_taxes_meet_both_copies(world: World) -> None:
    network = _edit(world, RULES["reporting"], 0.0, None)
    copies = {c for p in network["processes"] for c in p["outputs"] if c.endswith(CLEAN)}
    for m in network["measures"]:
        goods = [m["commodity"]] if isinstance(m["commodity"], str) else m["commodity"]
        assert all(c + CLEAN in goods for c in goods if c + CLEAN in copies), m["id"]


def test_declaring_makes_traced_goods_dearer_abroad_and_clean_sources_gain(world: World, base: Equilibrium) -> None:
    hit = solve(_edit(world, RULES["reporting"], 5.0, None))
    price = {e: x.prices.set_index(["commodity", "region"])["price"] for e, x in (("base", base), ("hit", hit))}
    assert price["hit"]["magnet.ndfeb_hd", "DEU"] > 1.03 * price["base"]["magnet.ndfeb_hd", "DEU"]
    before, after = (trade(e)["oxide.NdPr"] for e in (base, hit))
    assert after["MYS", "JPN"] > before["MYS", "JPN"]
    assert after["CHN", "JPN"] < before["CHN", "JPN"]


def test_a_rule_between_third_countries_does_not_meet_what_china_ships(world: World) -> None:
    network = _edit(world, RULES["content"], 10.0, 0.5)
    before = {x["id"]: x["cost"] for x in world.calibration.network(central())["routes"]}
    dearer = {x["id"] for x in network["routes"] if x["id"] in before and x["cost"] > before[x["id"]] + 1e-9}
    assert dearer
    assert not [i for i in dearer if i.startswith("CHN>")]
    assert not [i for i in dearer if re.search(r">CHN:", i)]
    permits = [m for m in network["measures"] if m["id"].startswith("TEST")]
    assert permits
    assert all("CHN" not in (b["from"], b["to"]) for m in permits for b in m["base"])


def test_the_reporting_rule_of_the_library_moves_prices_by_less_than_two_per_cent(
    outcome: Callable[[str], Outcome],
) -> None:
    p = outcome("reporting_rule").prices
    change = (p["scenario"] / p["baseline"] - 1)[p["quantity_t"] > 1.0]
    assert change.abs().max() < 0.02
    assert change.max() > 0
