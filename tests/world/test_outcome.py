"""Outcomes: bands, shortages, prices paid, ids, and the same bytes for the same question."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ytterby import atlas
from ytterby.canonical import dumps
from ytterby.world import Outcome, Scenario, World
from ytterby.world.outcome import BAND, price_table, shortage_table, unserved_shares
from ytterby.world.scenario import Imposed, library


def _scenario(**fields: object) -> Scenario:
    return Scenario(**{"name": "x", "title": "x", "measures": (Imposed.parse("USA-S301-MAG-2026"),), **fields})


@pytest.fixture(scope="module")
def drawn(world: World) -> Outcome:
    return world.run("magnet_tariff", draws=8, seed=5)


@pytest.fixture(scope="module")
def licensed(world: World) -> Outcome:
    return world.run("controls_revived", draws=4, seed=2)


def test_the_same_question_gives_the_same_bytes(world: World, drawn: Outcome) -> None:
    again = world.run("magnet_tariff", draws=8, seed=5)
    assert dumps(again.to_dict()) == dumps(drawn.to_dict())
    assert again.run_id == drawn.run_id


def test_the_run_id_changes_with_every_input(world: World) -> None:
    asked = [
        world.run(_scenario()),
        world.run(_scenario(measures=(Imposed.parse("USA-S301-MAG-2026@2026-02-01"),))),
        world.run(_scenario(values={"USA-S301-MAG-2026.tariff_rate": 50.0})),
        world.run(_scenario(values={"new_route_share": 0.1})),
        world.run(_scenario(), draws=1),
        world.run(_scenario(), draws=1, seed=2),
        World.default(2026).run(_scenario()),
    ]
    assert len({o.run_id for o in asked}) == len(asked)


def test_bands_are_percentiles_of_the_draws_and_typically_hold_the_central_value(drawn: Outcome) -> None:
    p = drawn.prices[(drawn.prices["scenario"] / drawn.prices["baseline"] - 1).abs() > 0.01]
    assert len(p) > 5
    assert (p["low"] <= p["high"]).all()
    inside = (p["scenario"] >= p["low"] * 0.97) & (p["scenario"] <= p["high"] * 1.03)
    assert inside.mean() > 0.8
    assert p["sign_share"].between(0, 1).all()
    magnets = p[(p["region"] == "USA") & p["commodity"].str.startswith("magnet.")]
    assert (magnets["sign_share"] == 1.0).all(), "a tariff makes magnets dearer in every draw"


def test_bands_by_hand() -> None:
    index = pd.MultiIndex.from_tuples([("x", "A"), ("x", "B")], names=["commodity", "region"])

    def table(a: float, b: float) -> pd.DataFrame:
        return pd.DataFrame({"paid": [a, b], "scarce": [a, 2 * b], "quantity_t": [1.0, 2.0]}, index=index)

    draws = [table(x, 3.0) for x in (9.0, 10.0, 11.0, 12.0)]
    found = price_table(table(10.0, 3.0), table(11.0, 3.0), draws).set_index("region")
    assert found["low"]["A"] == pytest.approx(np.percentile([9, 10, 11, 12], BAND[0]))
    assert found["high"]["A"] == pytest.approx(np.percentile([9, 10, 11, 12], BAND[1]))
    assert found["sign_share"]["A"] == 0.5, "two of four draws rise like the central run"
    assert found["sign_share"]["B"] == 1.0, "no change has the sign of no change"
    assert found["spot"]["A"] is None
    assert found["spot"]["B"] == 6.0


def test_without_draws_there_are_no_bands(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("magnet_tariff")
    for table in (o.prices, o.shortages):
        assert table[["low", "high", "sign_share"]].isna().all().all()


def test_prices_tell_how_much_is_bought(outcome: Callable[[str], Outcome]) -> None:
    p = outcome("magnet_tariff").prices.set_index(["commodity", "region"])
    assert (p["quantity_t"] > 0).all()
    demand = atlas.table("demand")
    use = demand[(demand["commodity"] == "magnet.smco") & (demand["region"] == "DEU")]["quantity_t"].sum()
    assert p["quantity_t"]["magnet.smco", "DEU"] == pytest.approx(use, rel=1e-6)


def test_the_baseline_of_every_scenario_is_the_base_year(outcome: Callable[[str], Outcome]) -> None:
    p = outcome("controls_revived").prices.set_index(["commodity", "region"])
    known = atlas.table("commodities").set_index("commodity")["base_price_china_exvat_usd_per_kg"]
    china = p["baseline"].xs("CHN", level="region")
    both = known[known > 0].index.intersection(china.index)
    np.testing.assert_allclose(china[both], known[both], rtol=1e-6)


def test_shortages_are_shares_of_base_use_by_value_and_add_up(world: World, licensed: Outcome) -> None:
    d = world.calibration.demands
    bought = licensed.scenario.demand
    now = bought.assign(id=bought["id"].str.partition("|")[0]).groupby("id")["quantity"].sum()
    rows = d[(d["end_use"] == "wind_turbine") & (d["region"] != "CHN")]
    value, left = (rows["base_t"] * rows["price"]).sum(), (now[rows["id"]].to_numpy() * rows["price"]).sum()
    told = licensed.shortages.set_index(["end_use", "region"]).loc[("wind_turbine", "WLD_exCHN")]
    assert told["share"] == pytest.approx(1 - left / value, abs=1e-8)
    assert licensed.shortages["share"].between(-1, 1).all()


def test_weeks_of_cover_stretch_the_stock_over_the_gap() -> None:
    index = pd.MultiIndex.from_tuples([("ev_motor", "JPN"), ("ev_motor", "BRA")], names=["end_use", "region"])
    central = pd.DataFrame({"share": [0.25, 0.0], "scarcest": [None, None], "scarcest_share": [0.25, 0.0]}, index=index)
    found = shortage_table(central.assign(share=0.0), central, []).set_index("region")
    assert found["weeks_of_cover"]["JPN"] == pytest.approx(7.5 / 0.25), "Suzuki's stock of 7.5 weeks, a quarter missing"
    assert found["weeks_of_cover"]["BRA"] is None


def test_a_later_years_shortage_stands_beside_that_of_its_baseline() -> None:
    index = pd.MultiIndex.from_tuples([("ev_motor", "JPN")], names=["end_use", "region"])

    def shares(share: float) -> pd.DataFrame:
        return pd.DataFrame({"share": [share], "scarcest": [None], "scarcest_share": [share]}, index=index)

    found = shortage_table(shares(0.10), shares(0.15), [shares(0.12), shares(0.16), shares(0.08)]).iloc[0]
    assert (found["baseline"], found["share"]) == (0.10, 0.15)
    assert (found["low"], found["high"]) == (pytest.approx(0.088), pytest.approx(0.152))
    assert found["sign_share"] == pytest.approx(2 / 3), "more is missing than in the baseline in two of three draws"
    assert found["weeks_of_cover"] == pytest.approx(7.5 / 0.05)


def test_nothing_is_short_in_the_base_year(world: World) -> None:
    shares = unserved_shares(world.baseline(), world.calibration.demands)
    assert shares["share"].abs().max() < 1e-6
    assert shares["scarcest"].isna().all()
    assert all(row["scarcest"] is None for row in shortage_table(shares, shares, []).to_dict("records"))


def test_assumptions_come_with_their_range_source_and_note(licensed: Outcome) -> None:
    names = {a["name"] for a in licensed.assumptions}
    assert {"CHN-A18-2025.licensed_volume_share", "CHN-A18-2025.licence_approval_share"} <= names
    for a in licensed.assumptions:
        assert a["low"] <= a["value"] <= a["high"]
        assert a["source"]


@pytest.mark.parametrize("name", ["truce_holds", "controls_revived", "reporting_rule", "bloc_floor", "myanmar_stops"])
def test_every_result_says_what_it_cannot_say(outcome: Callable[[str], Outcome], name: str) -> None:
    o = outcome(name)
    said = [n["reason"] for n in o.not_modelled]
    assert any("month" in s for s in said)
    assert all(n["measure"] and n["reason"] for n in o.not_modelled)
    if name == "truce_holds":
        assert any("do not bind in volume" in s for s in said)
    if name == "myanmar_stops":
        assert any("upper bounds" in s for s in said), "Dy more than doubles"


def test_days_of_a_scenario_are_said_to_choose_rows_only(world: World) -> None:
    dated = world.run(["USA-S301-MAG-2026@2026-03-01"])
    assert any("whole year" in n["reason"] for n in dated.not_modelled)
    plain = world.run(["USA-S301-MAG-2026"])
    assert not any("whole year" in n["reason"] for n in plain.not_modelled)
    assert dated.prices["scenario"].to_list() == plain.prices["scenario"].to_list()


def test_the_record_is_that_of_the_contract(licensed: Outcome) -> None:
    record = licensed.to_dict()
    assert {"status", "prices", "price_paid", "flows", "measures", "welfare", "residual", "unique_flows"} <= set(record)
    assert {"run_id", "shortages", "why", "not_modelled", "assumptions", "comparison", "draws"} <= set(record)
    assert {"commodity", "region", "baseline", "scenario", "low", "high", "sign_share"} <= set(record["comparison"][0])
    assert {"commodity", "from", "to", "baseline_t", "scenario_t"} <= set(record["trade"][0])
    assert {"end_use", "region", "baseline", "share", "low", "high", "weeks_of_cover"} <= set(record["shortages"][0])


def test_flows_of_a_licensed_world_are_unique(licensed: Outcome) -> None:
    assert licensed.scenario.unique_flows
    assert licensed.residual < 1e-6


@pytest.mark.parametrize("name", sorted(set(library()) - {"escalation", "bloc_floor", "bloc_floor_oxides"}))
def test_every_scenario_without_floors_solves_tightly(outcome: Callable[[str], Outcome], name: str) -> None:
    assert outcome(name).residual < 1e-6


def test_a_world_with_measures_gives_labelled_arrays(world: World) -> None:
    base = world.solve()
    hit = world.with_measure("USA-S301-MAG-2026", from_="2026-01-01").solve()
    delta = hit - base
    assert delta.prices.dims == ("commodity", "region")
    assert delta.prices.attrs["units"] == "USD/kg"
    assert delta.flows.attrs["units"] == "t"
    assert float(delta.prices.sel(commodity="magnet.ndfeb", region="USA")) > 0
    assert float(delta.flows.sel({"commodity": "magnet.ndfeb", "from": "CHN", "to": "USA"})) < 0
    assert hit.measures == ("USA-S301-MAG-2026@2026-01-01",)
    told = delta.why("USA", "magnet.ndfeb")
    assert told[0].startswith("NdFeB magnets without heavy rare earths in the United States: 44.5 to ")
