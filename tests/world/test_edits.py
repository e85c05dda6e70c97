"""Each kind of edit, on the world with sign checks and on a hand-made network with closed forms."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from ytterby.market import Equilibrium, solve
from ytterby.world import Outcome, World
from ytterby.world._edits import EDITS, Context, NotModelledError, commodities, members
from ytterby.world.calibration import Calibration
from ytterby.world.parameters import central


@pytest.fixture
def context(calibration: Calibration) -> Context:
    return Context(calibration, "TEST:all", frozenset(), _given, _given)


def _given(spec: Any) -> float:
    return float(spec)


@pytest.fixture(scope="session")
def edited(world: World) -> Callable[..., Equilibrium]:
    def run(kind: str, **rule: Any) -> Equilibrium:
        calibration = world.calibration
        context = Context(calibration, "TEST:all", frozenset(), _given, _given)
        return solve(EDITS[kind](calibration.network(central()), rule, context))

    return run


def price(equilibrium: Equilibrium, commodity: str, region: str) -> float:
    rows = equilibrium.prices.set_index(["commodity", "region"])["price"]
    return float(rows[commodity, region])


def flow(equilibrium: Equilibrium, commodity: str, origin: str, destination: str) -> float:
    f = equilibrium.flows
    mask = (f["commodity"] == commodity) & (f["from"] == origin) & (f["to"] == destination)
    return float(f.loc[mask, "quantity"].sum())


def test_names_expand_kinds_and_groups_each_once_in_the_atlas_order(context: Context) -> None:
    assert commodities(["magnet"], context) == ["magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco"]
    assert commodities(["oxide.Dy"], context) == ["oxide.Dy"]
    eu = members(["DEU", "EU27"], context)
    assert sorted(eu) == sorted(set(eu))
    assert "DEU" in eu
    assert "GBR" not in eu


def test_a_ban_stops_the_flow_and_makes_the_good_dearer_there(edited: Any, base: Equilibrium) -> None:
    hit = edited("ban", commodities=["oxide.NdPr"], exporter="MYS", importer="JPN")
    assert flow(base, "oxide.NdPr", "MYS", "JPN") > 1
    assert flow(hit, "oxide.NdPr", "MYS", "JPN") == pytest.approx(0.0, abs=1e-9)
    assert price(hit, "oxide.NdPr", "JPN") > price(base, "oxide.NdPr", "JPN")


def test_a_ban_of_a_group_leaves_trade_within_the_group_alone(
    edited: Any, calibration: Calibration, base: Equilibrium
) -> None:
    hit = edited("ban", commodities=["magnet"], exporter="EU27")
    eu = members("EU27", Context(calibration, "", frozenset(), _given, _given))
    f = hit.flows[hit.flows["commodity"].str.startswith("magnet.") & hit.flows["from"].isin(eu)]
    assert f.loc[~f["to"].isin(eu), "quantity"].sum() == pytest.approx(0.0, abs=1e-9)
    assert f.loc[f["to"].isin(eu), "quantity"].sum() > 0


@pytest.mark.parametrize("change", [-0.2, -0.6])
def test_a_cut_in_volume_caps_each_lane_at_its_share(edited: Any, base: Equilibrium, change: float) -> None:
    hit = edited("volume", commodities=["oxide.Y"], exporter="CHN", importer="JPN", change=change)
    cap = (1 + change) * flow(base, "oxide.Y", "CHN", "JPN")
    assert flow(hit, "oxide.Y", "CHN", "JPN") == pytest.approx(cap, rel=1e-6)


def test_a_tighter_cut_never_lowers_the_importers_price_nor_raises_its_use(edited: Any) -> None:
    prices, used = [], []
    for change in (0.0, -0.25, -0.5, -0.75, -1.0):
        hit = edited("volume", commodities=["oxide.Y"], exporter="CHN", importer="JPN", change=change)
        prices.append(price(hit, "oxide.Y", "JPN"))
        d = hit.demand[hit.demand["id"].str.endswith("@JPN:oxide.Y")]
        used.append(d["quantity"].sum())
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(prices))
    assert all(b <= a + 1e-9 for a, b in itertools.pairwise(used))
    assert prices[-1] > 1.5 * prices[0]


def test_a_quota_holds_the_sum_of_exports(edited: Any, base: Equilibrium) -> None:
    goods = ["oxide", "metal"]

    def exports(e: Equilibrium) -> float:
        f = e.flows[e.flows["commodity"].str.startswith(("oxide.", "metal.")) & (e.flows["from"] == "CHN")]
        return float(f["quantity"].sum())

    quota = 0.75 * exports(base)
    hit = edited("quota", commodities=goods, exporter="CHN", tonnes=quota)
    assert exports(hit) == pytest.approx(quota, rel=1e-6)
    own = hit.measures[hit.measures["id"] == "TEST:all"].iloc[0]
    assert own["binding"]
    assert own["wedge"] > 0
    # one right per tonne drives out the cheapest tonnes first
    assert flow(hit, "oxide.Ce", "CHN", "USA") < flow(base, "oxide.Ce", "CHN", "USA")
    assert flow(hit, "oxide.Tb", "CHN", "JPN") == pytest.approx(flow(base, "oxide.Tb", "CHN", "JPN"), rel=0.1)


def test_a_tariff_is_borne_by_both_sides_and_is_a_share_of_fob(
    edited: Any, base: Equilibrium, calibration: Calibration
) -> None:
    hit = edited("tariff", commodities=["magnet.smco"], importer="USA", exporter="CHN", rate_pct=25)
    levy = hit.measures[hit.measures["id"].str.startswith("TEST")].iloc[0]
    assert levy["wedge"] == pytest.approx(0.25 * calibration.fob("magnet.smco", "CHN"))
    rise = price(hit, "magnet.smco", "USA") - price(base, "magnet.smco", "USA")
    fall = price(base, "magnet.smco", "CHN") - price(hit, "magnet.smco", "CHN")
    assert 0 < rise < levy["wedge"]
    assert fall > 0
    assert flow(hit, "magnet.smco", "CHN", "USA") < flow(base, "magnet.smco", "CHN", "USA")
    assert flow(hit, "magnet.smco", "JPN", "USA") > flow(base, "magnet.smco", "JPN", "USA")


def test_an_export_tax_is_a_share_of_fob_before_tax(edited: Any, calibration: Calibration) -> None:
    hit = edited("export_tax", commodities=["oxide.Y"], exporter="CHN", rate_pct=10)
    levies = hit.measures[hit.measures["id"].str.startswith("TEST")]
    assert levies["wedge"].to_list() == pytest.approx([0.1 * calibration.fob("oxide.Y", "CHN")] * len(levies))


def test_support_raises_output_by_what_a_lower_cost_does(edited: Any, base: Equilibrium) -> None:
    hit = edited("support", process="sep.monazite_sand", region="IND", commodity="oxide.NdPr", usd_per_kg=20)
    level = {e: x.processes.set_index("id")["level"]["sep.monazite_sand@IND"] for e, x in (("b", base), ("h", hit))}
    assert level["h"] > level["b"]


def test_support_of_a_process_that_does_not_run_says_so(context: Context, calibration: Calibration) -> None:
    rule = {"process": "sep.monazite_sand", "region": "CAN", "commodity": "oxide.NdPr", "usd_per_kg": 1}
    with pytest.raises(NotModelledError, match="does not run in CAN"):
        EDITS["support"](calibration.network(central()), rule, context)


def test_an_output_cut_caps_the_process_at_its_share(edited: Any, base: Equilibrium) -> None:
    hit = edited("output_cut", process="mine.clay_seasia", region="MMR", change=-0.37)
    level = hit.processes.set_index("id")["level"]["mine.clay_seasia@MMR"]
    assert level == pytest.approx(0.63 * 27000, rel=1e-6)
    assert price(hit, "oxide.Dy", "CHN") > price(base, "oxide.Dy", "CHN")


def test_an_output_quota_above_base_output_does_not_bind(edited: Any, base: Equilibrium) -> None:
    names = ["mine.bayan_obo", "mine.sichuan", "mine.clay_china"]
    loose = edited("output_quota", processes=names, region="CHN", tonnes=280_000)
    tight = edited("output_quota", processes=names, region="CHN", tonnes=240_000)
    mined = [e.processes.set_index("id")["level"][[f"{n}@CHN" for n in names]].sum() for e in (base, loose, tight)]
    assert mined[1] == pytest.approx(mined[0], rel=1e-6)
    assert mined[2] == pytest.approx(240_000, rel=1e-6)
    assert price(tight, "oxide.NdPr", "CHN") > price(base, "oxide.NdPr", "CHN")


def test_later_capacity_is_not_modelled_in_the_base_year(context: Context, calibration: Calibration) -> None:
    rule = {"stages": ["magnet"], "regions": "WLD_exCHN", "capex_factor": 1.4}
    with pytest.raises(NotModelledError, match="later year"):
        EDITS["later_capacity"](calibration.network(central()), rule, context)


def test_dearer_plants_are_smaller_by_what_the_same_money_builds() -> None:
    later = World.default(2028).calibration
    network = later.network(central())
    context = Context(later, "TEST:all", frozenset(), _given, _given)
    rule = {"stages": ["magnet"], "regions": "WLD_exCHN", "capex_factor": 1.4}
    hit = {p["id"]: p["capacity"] for p in EDITS["later_capacity"](network, rule, context)["processes"]}
    grown = 0
    for p in network["processes"]:
        then = later.capacity_2024.get(p["id"], 0.0)
        if p["stage"] == "magnet" and p["region"] != "CHN" and p["capacity"] > then:
            assert hit[p["id"]] == pytest.approx(then + (p["capacity"] - then) / 1.4)
            grown += 1
        else:
            assert hit[p["id"]] == p["capacity"]
    assert grown > 3


def test_floors_downstream_carry_what_the_oxide_floors_add_by_recipe(
    context: Context, calibration: Calibration
) -> None:
    rule = {
        "members": ["USA", "JPN"],
        "prices": {"oxide.NdPr": 110},
        "downstream": {"processes": ["metal.NdPr", "magnet.ndfeb"], "share": 1},
    }
    network = EDITS["floor"](calibration.network(central()), rule, context)
    floors = {m["commodity"]: m["price"] for m in network["measures"] if m["instrument"] == "price_floor"}
    per_metal = calibration.recipes["metal.NdPr"][0]["oxide.NdPr"]
    per_magnet = calibration.recipes["magnet.ndfeb"][0]["metal.NdPr"]
    gap = 110 - calibration.fob("oxide.NdPr", "CHN")
    assert floors["oxide.NdPr"] == 110
    assert floors["metal.NdPr"] == pytest.approx(calibration.fob("metal.NdPr", "CHN") + per_metal * gap)
    assert floors["magnet.ndfeb"] == pytest.approx(
        calibration.fob("magnet.ndfeb", "CHN") + per_magnet * per_metal * gap
    )
    alone = EDITS["floor"](
        calibration.network(central()), {**rule, "downstream": {**rule["downstream"], "share": 0}}, context
    )
    assert [m["commodity"] for m in alone["measures"] if m["instrument"] == "price_floor"] == ["oxide.NdPr"]


def test_where_a_floor_is_attained_nobody_inside_pays_less_and_the_levy_is_the_gap(
    outcome: Callable[[str], Outcome],
) -> None:
    o = outcome("bloc_floor")
    m = o.scenario.measures
    m = m[m["attained"].notna()]
    price_there = o.scenario.prices.set_index(["commodity", "region"])["price"]
    held = m[m["attained"].astype(bool) & (m["wedge"] > 0)]
    assert len(held) > 10
    for commodity, rows in held.groupby("commodity"):
        prices = pd.Series([price_there[commodity, r] for r in rows["region"]])
        assert prices.max() - prices.min() < 1e-4 * prices.max(), "where the levy is positive the price is the floor"
    missed = m[~m["attained"].astype(bool)]
    assert missed["wedge"].isna().all()


def test_a_floor_on_oxides_alone_pushes_magnet_buying_to_china(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("bloc_floor_oxides")
    f = o.flows[(o.flows["commodity"] == "magnet.ndfeb_hd") & (o.flows["from"] == "CHN")]
    inside = f[f["to"].isin(["USA", "DEU", "JPN", "KOR"])]
    assert inside["scenario_t"].sum() > inside["baseline_t"].sum()
