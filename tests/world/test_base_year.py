"""The base year, recomputed from the atlas' tables and not from the calibration."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ytterby import atlas
from ytterby.market import Equilibrium
from ytterby.world import Calibration, World
from ytterby.world.base_year import TOLERANCE, Comparison, compare_base_year, unexplained_wedges
from ytterby.world.parameters import central


@pytest.fixture(scope="module")
def recipes() -> pd.DataFrame:
    """Net output per unit of each process, by (process, commodity): the atlas' long table, pivoted."""
    table = atlas.table("processes")
    signed = table["coefficient"].where(table["role"] == "output", -table["coefficient"])
    table = table.assign(net=signed)[table["role"] != "cost"]
    return table.pivot_table(index="process", columns="item", values="net", aggfunc="sum", fill_value=0.0)


@pytest.fixture(scope="module")
def comparisons(calibration: Calibration, base: Equilibrium) -> list[Comparison]:
    return compare_base_year(calibration, base)


def test_every_line_runs_at_its_output_of_2024(base: Equilibrium) -> None:
    capacity = atlas.table("capacity").query("output_2024 > 0")
    level = base.processes.set_index("id")["level"]
    found = level.reindex(capacity["process"] + "@" + capacity["region"])
    np.testing.assert_allclose(found, capacity["output_2024"], rtol=1e-6)


def test_lines_that_stood_still_in_2024_stand_still(base: Equilibrium) -> None:
    idle = atlas.table("capacity").query("output_2024 == 0")
    level = base.processes.set_index("id")["level"].reindex(idle["process"] + "@" + idle["region"]).fillna(0.0)
    assert level.abs().max() < 1e-6


def test_every_flow_of_2024_is_reproduced_and_no_other_lane_is_used(base: Equilibrium) -> None:
    keys = ["commodity", "from", "to"]
    known = atlas.table("flows").set_index(keys)["t"]
    found = base.flows.groupby(keys)["quantity"].sum()
    np.testing.assert_allclose(found.reindex(known.index), known, rtol=1e-5, atol=1e-5)
    assert found.drop(known.index).abs().max() < 1e-5


def test_every_user_buys_what_it_used_in_2024(calibration: Calibration, base: Equilibrium) -> None:
    demand = atlas.table("demand").query("quantity_t > 0")
    known = demand.groupby(["end_use", "region"])["quantity_t"].sum()
    d = base.demand[~base.demand["id"].str.startswith("stock@")]
    parts = d["id"].str.extract(r"^(?P<end_use>[^@]+)@(?P<region>[A-Z]+):")
    found = d["quantity"].groupby([parts["end_use"], parts["region"]]).sum()
    np.testing.assert_allclose(found.reindex(known.index), known, rtol=1e-6)


def test_chinese_prices_are_those_of_the_atlas(base: Equilibrium) -> None:
    known = atlas.table("commodities").set_index("commodity")["base_price_china_exvat_usd_per_kg"]
    price = base.prices.query("region == 'CHN'").set_index("commodity")["price"]
    traded = known[known > 0].index.intersection(price.index)
    assert len(traded) > 20
    np.testing.assert_allclose(price[traded], known[traded], rtol=1e-6)


def test_no_trade_earns_more_than_it_costs(calibration: Calibration, base: Equilibrium) -> None:
    """Arbitrage by an independent route: landed price of every open lane against the price there."""
    price = base.prices.set_index(["commodity", "region"])["price"].to_dict()
    moved = base.flows.set_index("route")["quantity"].to_dict()
    taxes = calibration.routes.set_index("id")["tax"].to_dict()
    for r in calibration.network(central())["routes"]:
        quantity, tax = moved[r["id"]], taxes[r["id"]]
        landed = price[r["commodity"], r["from"]] + tax + r["cost"] + r["slope"] * quantity
        there = price[r["commodity"], r["to"]]
        assert landed >= there - 1e-6 * max(1.0, there)
        if quantity > 1e-6:
            assert landed == pytest.approx(there, rel=1e-6, abs=1e-6)


def test_material_balances_in_every_place(base: Equilibrium, recipes: pd.DataFrame) -> None:
    level = base.processes.assign(
        process=lambda x: x["id"].str.partition("@")[0], region=lambda x: x["id"].str.partition("@")[2]
    )
    known = level[level["process"].isin(recipes.index)]
    made = pd.DataFrame(recipes.loc[known["process"]].to_numpy() * known["level"].to_numpy()[:, None])
    made = made.set_axis(recipes.columns, axis=1).assign(region=known["region"].to_numpy())
    net = made.melt("region", var_name="commodity").groupby(["region", "commodity"])["value"].sum()
    f = base.flows
    arrivals = f.groupby([f["to"], f["commodity"]])["quantity"].sum()
    departures = f.groupby([f["from"], f["commodity"]])["quantity"].sum()
    bought = base.demand.assign(
        commodity=lambda x: x["id"].str.rpartition(":")[2], region=lambda x: x["id"].str.extract(r"@([A-Z]+):")[0]
    )
    is_motor = bought["commodity"].str.startswith("product.")
    used = bought[~is_motor].groupby(["region", "commodity"])["quantity"].sum()
    motors = level[level["process"].str.startswith("motor.")]
    demand = atlas.table("demand")
    shares = demand[demand["commodity"].isin(["magnet.ndfeb", "magnet.ndfeb_hd"])]
    in_motors: dict[tuple[str, str], float] = {}
    for process, region, x in motors[["process", "region", "level"]].itertuples(index=False):
        rows = shares[(shares["end_use"] == process.split(".")[1]) & (shares["region"] == region)]
        for c, t in zip(rows["commodity"], rows["quantity_t"] / rows["quantity_t"].sum(), strict=True):
            in_motors[region, c] = in_motors.get((region, c), 0.0) + t * x
    drawn = base.supply.assign(
        commodity=lambda x: x["id"].str.rpartition(":")[2], region=lambda x: x["id"].str.extract(r"@([A-Z]+):")[0]
    )
    drawn_t = drawn.groupby(["region", "commodity"])["quantity"].sum()
    terms = pd.concat(
        [net, arrivals.rename_axis(["region", "commodity"]), -departures.rename_axis(["region", "commodity"]), -used,
         -pd.Series(in_motors).rename_axis(["region", "commodity"]), drawn_t]
    )  # fmt: skip
    left = terms.groupby(level=[0, 1]).sum()
    left = left[~left.index.get_level_values("commodity").str.startswith("product.")]
    price = base.prices.set_index(["region", "commodity"])["price"].reindex(left.index).fillna(0.0)
    assert left.min() > -1e-5, "more is used than there is"
    assert left[price > 1e-6].max() < 1e-5, "what has a price is not thrown away"


def test_flows_of_the_base_year_are_unique_and_the_residual_is_small(base: Equilibrium) -> None:
    assert base.unique_flows
    assert base.residual < 1e-9


def test_every_anchor_rule_names_an_anchor_of_the_atlas(comparisons: list[Comparison]) -> None:
    from ytterby.world import _files

    fields = ("anchor", "quantity", "commodity", "at", "partner", "stage", "scale")
    rules = {r["anchor"] for _, r in _files.rows("checks.csv", fields)}
    assert rules <= set(atlas.table("anchors")["anchor"])
    assert rules <= {c.item for c in comparisons}


def test_what_was_fitted_is_within_tolerance_and_says_so(comparisons: list[Comparison]) -> None:
    for c in comparisons:
        assert c.within == (abs(c.deviation) <= TOLERANCE[c.kind])
    outside = {c.item for c in comparisons if not c.within and c.role == "fitted"}
    assert outside <= {"magnet use in inverter air conditioners (base: all appliances)"}


def test_prices_and_flows_agree_far_better_than_tolerance(comparisons: list[Comparison]) -> None:
    tight = [c for c in comparisons if c.kind in ("price", "flow")]
    assert len(tight) > 100
    assert max(abs(c.deviation) for c in tight) < 1e-6


def test_stage_shares_can_be_recomputed_from_capacity(comparisons: list[Comparison]) -> None:
    capacity = atlas.table("capacity")
    lines = capacity[capacity["process"].isin(["magnet.ndfeb", "magnet.ndfeb_hd"])]
    share = lines.loc[lines["region"] == "CHN", "output_2024"].sum() / lines["output_2024"].sum()
    told = next(c for c in comparisons if c.item == "China share of NdFeB magnets, finished")
    assert told.model == pytest.approx(100 * share, rel=1e-6)


def test_unexplained_wedges_are_small_lanes_listed_largest_first(calibration: Calibration) -> None:
    wedges = unexplained_wedges(calibration)
    assert (wedges["wedge_share"].abs() > 0.15).all()
    assert wedges["base_t"].is_monotonic_decreasing
    whole = calibration.routes["base_t"].sum()
    assert wedges["base_t"].sum() < 0.01 * whole


@pytest.mark.parametrize("year", [2026, 2028, 2030])
def test_later_years_solve_and_use_grows(world: World, year: int) -> None:
    later = World.default(year)
    found = later.baseline()
    assert found.residual < 1e-6
    price, now = (e.prices.query("region == 'CHN'").set_index("commodity")["price"] for e in (found, world.baseline()))
    goods = ["oxide.NdPr", "oxide.Dy", "oxide.Tb", "magnet.ndfeb", "magnet.ndfeb_hd"]
    assert ((price[goods] / now[goods]).between(0.4, 2.5)).all(), "a price of another order than 2024's"
    assert later.calibration.demands["base_t"].sum() > world.calibration.demands["base_t"].sum()


@pytest.mark.parametrize("name", ["base-year.md", "assumptions.md"])
def test_the_reference_page_is_in_step_with_the_model(name: str) -> None:
    root = Path(__file__).parents[2]
    tool = runpy.run_path(str(root / "tools" / "write_world_reference.py"))
    text = (root / "docs" / "reference" / name).read_text("utf-8")
    assert tool["page"](name) == text, "run: python tools/write_world_reference.py"
