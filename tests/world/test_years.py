"""Years from 2024 to 2035: the first is the base year, knowledge and measures come when they come."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from ytterby.canonical import dumps
from ytterby.errors import UnknownNameError, UsageError
from ytterby.market import Equilibrium
from ytterby.world import Imposed, Scenario, World, Years, library
from ytterby.world._course import Solver, contract_payments, plan_of
from ytterby.world.outcome import paid_prices
from ytterby.world.years import baseline_path


def asked(*measures: str, **values: float) -> Scenario:
    return Scenario(name="x", title="", measures=tuple(map(Imposed.parse, measures)), values=values)


@pytest.fixture(scope="module")
def baseline(world: World) -> Years:
    return world.years(None)


@pytest.fixture(scope="module")
def tariff(world: World) -> Years:
    return world.years("magnet_tariff", end=2031)


def test_the_first_year_is_the_baseline(baseline: Years, base: Equilibrium) -> None:
    first = baseline.prices[baseline.prices["year"] == 2024].set_index(["commodity", "region"])
    expected = paid_prices(base)["paid"]
    assert first["baseline"].to_numpy() == pytest.approx(expected[expected > 0].to_numpy(), rel=1e-9)
    flows = baseline.flows[baseline.flows["year"] == 2024]["baseline_t"].sum()
    assert flows == pytest.approx(base.flows["quantity"].sum(), rel=1e-6)
    assert baseline.residual < 1e-6


def test_without_a_scenario_both_sides_are_the_baseline(baseline: Years) -> None:
    assert baseline.prices["baseline"].equals(baseline.prices["scenario"])
    assert (baseline.welfare[["consumer", "producer", "government", "rent"]] == 0.0).all().all()
    assert set(baseline.entries["run"]) == {"baseline"}
    assert baseline.in_force.empty


def test_a_shorter_stretch_is_a_part_of_the_whole(world: World, baseline: Years) -> None:
    part = world.years(None, start=2026, end=2028)
    whole = baseline.prices[baseline.prices["year"].between(2026, 2028)].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.prices, whole)
    assert part.run_id != baseline.run_id


def test_what_is_built_was_wanted_and_stands_from_its_opening(baseline: Years) -> None:
    assert len(baseline.entries)
    assert (baseline.entries["believed_price"] > baseline.entries["incentive_price"]).all()
    assert (baseline.entries["opens"] > baseline.entries["decided"]).all()
    mines = baseline.capacity.query("stage == 'mine' and region == 'AFR'").set_index("year")["baseline_t"]
    songwe = baseline.entries[baseline.entries["project"].str.startswith("Songwe")]
    assert mines[2035] > mines[2030]
    assert mines[2029] == mines[2028] < mines[int(songwe["opens"].min())]


def test_perfect_foresight_is_rolling_foresight_where_nothing_changes(world: World, tariff: Years) -> None:
    """The tariff was public before anybody had to decide."""
    seen = world.years("magnet_tariff", end=2031, foresight="perfect")
    pd.testing.assert_frame_equal(seen.prices, tariff.prices)
    pd.testing.assert_frame_equal(seen.entries, tariff.entries)
    assert seen.run_id != tariff.run_id


def test_a_measure_holds_in_the_years_whose_first_of_july_it_covers(world: World) -> None:
    years = world.years(["USA-S301-MAG-2026@2027-01-01..2028-12-31"], end=2030)
    assert years.in_force["year"].tolist() == [2027, 2028]
    price = years.prices.query("commodity == 'magnet.ndfeb' and region == 'USA'").set_index("year")
    dearer = price["scenario"] > price["baseline"] + 5.0
    assert dearer[dearer].index.tolist() == [2027, 2028]


def test_losses_and_gains_add_up(tariff: Years) -> None:
    w = tariff.welfare
    total = w[["consumer", "producer", "government", "rent"]].sum(axis=1)
    assert w["total"].to_numpy() == pytest.approx(total.to_numpy(), abs=1.0)
    usa = w[(w["region"] == "USA") & (w["year"] == 2027)].iloc[0]
    assert usa["consumer"] < 0.0 < usa["government"]
    assert (w.loc[w["year"] < 2026, "total"] == 0.0).all()


def test_a_plant_delayed_by_a_year_moves_its_tonnes_by_a_year(world: World, baseline: Years) -> None:
    late = world.years(asked(**{"start_delay:mine.clay_brazil@BRA": 1.0}), end=2029)
    names = ["baseline_t", "scenario_t"]
    mines = [y.capacity.query("stage == 'mine' and region == 'BRA'").set_index("year")[names] for y in (baseline, late)]
    for year in range(2025, 2030):
        assert mines[1].loc[year].to_numpy() == pytest.approx(mines[0].loc[year - 1].to_numpy())
    assert next(a for a in late.assumptions if a["name"].startswith("start_delay:"))["value"] == 1.0


def test_the_contract_pays_what_the_price_of_the_year_lacks(world: World) -> None:
    """A floor of 110 USD/kg of NdPr pays 110 less the price, and nothing above it."""
    states = baseline_path(world.register, ())[1]
    contract = asked("USA-MP-2025")
    for state in (states[2], states[-1]):
        plan = plan_of(contract, ("USA-MP-2025:all",), state.year, world.register)
        (payment,) = contract_payments(plan, state).values()
        assert payment == pytest.approx(max(110.0 - (state.price("oxide.NdPr", "USA") or 0.0), 0.0))
    years = world.years(["USA-MP-2025@2026-01-01..2026-12-31"], end=2027)
    output = years.capacity.query("stage == 'separation' and region == 'USA'").set_index("year")
    more = output["scenario_output_t"] - output["baseline_output_t"]
    assert more[2026] > 100.0
    assert more[2025] == more[2027] == 0.0


def test_dearer_technology_shrinks_what_is_built_after_it(world: World) -> None:
    years = world.years(["CHN-A62-2025:all@2027-01-01..2035-12-31"], end=2030)
    magnets = years.capacity[(years.capacity["stage"] == "magnet") & (years.capacity["region"] == "USA")]
    magnets = magnets.set_index("year")[["scenario_t", "baseline_t"]]
    assert magnets.loc[2026, "scenario_t"] == magnets.loc[2026, "baseline_t"]
    part = magnets.loc[2030] - magnets.loc[2026]
    factor = next(a["value"] for a in years.assumptions if "capex_factor" in a["name"])
    assert part["baseline_t"] / part["scenario_t"] == pytest.approx(factor)
    china = years.capacity[(years.capacity["region"] == "CHN")]
    assert china["scenario_t"].equals(china["baseline_t"])


def test_the_record_is_plain_and_the_same_each_time(world: World, tariff: Years) -> None:
    record = json.loads(dumps(tariff.to_dict()))
    assert record["calendar"] == "yearly"
    assert record["scenario"]["foresight"] == "rolling"
    for name, fields in {
        "prices": {"year", "commodity", "region", "baseline", "scenario", "spot", "quantity_t"},
        "flows": {"year", "commodity", "from", "to", "baseline_t", "scenario_t"},
        "shortages": {"year", "end_use", "region", "baseline", "scenario"},
        "capacity": {"year", "stage", "region", "baseline_t", "scenario_t", "baseline_output_t", "scenario_output_t"},
        "new_capacity": {"stage", "region", "baseline_t", "scenario_t"},
        "entries": {"run", "project", "decided", "opens", "incentive_price", "believed_price", "adds"},
        "in_force": {"year", "measure"},
        "welfare": {"year", "region", "consumer", "producer", "government", "rent", "total"},
        "assumptions": {"name", "scope", "value", "low", "high", "unit", "source", "url", "quality", "note"},
        "not_modelled": {"measure", "reason"},
    }.items():
        assert set(record[name][0]) == fields, name
    frame = pd.DataFrame(record["prices"])
    pd.testing.assert_frame_equal(
        frame[["year", "commodity", "region"]], tariff.prices[["year", "commodity", "region"]], check_dtype=False
    )
    assert frame["scenario"].to_numpy() == pytest.approx(tariff.prices["scenario"].to_numpy(), rel=1e-8)


@pytest.mark.parametrize(
    ("start", "end"), [(2023, 2030), (2024, 2036), (2030, 2026)], ids=["too early", "too late", "out of order"]
)
def test_years_that_cannot_be_run_are_told(world: World, start: int, end: int) -> None:
    with pytest.raises(UsageError, match="2024 to 2035"):
        world.years(None, start=start, end=end)


def test_an_unknown_number_is_told_with_the_nearest(world: World) -> None:
    with pytest.raises(UnknownNameError) as caught:
        world.years(asked("USA-S301-MAG-2026", start_dely=1.0))
    assert "start_delay" in str(caught.value.hint)


def test_builders_know_what_was_public_on_the_first_day_of_the_year(world: World) -> None:
    """Floors on magnets, proposed in February 2026: the first decision that knows of them is that of 2027."""
    solver, states, _ = baseline_path(world.register, ())
    floors = asked("USA-CMM-2026@2030-01-01..2035-12-31")
    believing = Solver(world.register, floors, solver.pipeline, states)
    assert [believing.held(2030, dt.date(y, 1, 1)) for y in (2026, 2027)] == [(), ("USA-CMM-2026:all",)]
    assert believing.held(2030, None) == ("USA-CMM-2026:all",)
    assert believing.held(2029, None) == ()


def test_the_premise_of_a_scenario_is_not_known_before_it_begins(world: World) -> None:
    """Announcement 61 was suspended in November 2025; that it revives is the scenario's own idea of December 2026."""
    solver, states, _ = baseline_path(world.register, ())
    revived = Solver(world.register, library()["controls_revived"], solver.pipeline, states)
    limb = "CHN-A61-2025:art1_3_china_origin_items"
    assert [limb in revived.held(2030, dt.date(y, 1, 1)) for y in (2026, 2027)] == [False, True]
    assert limb in revived.held(2030, None)
    shares = []
    for known in (dt.date(2026, 1, 1), None):
        plan = revived.plan(2030, ("CHN-A18-2025:all",), known)
        assert plan is not None
        shares.append(next(a.mid for a in plan.assumptions if a.parameter == "licensed_volume_share"))
    assert shares == [1.117, 0.492]
