"""The base year closes by two routes: the table, and the sums of the tables that it came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby import atlas


def frames():
    """Return the recomputed balance by pandas: joins and group sums instead of loops."""
    recipe = atlas.table("processes").merge(atlas.table("capacity"), on="process", suffixes=("", "_site"))
    recipe["moved"] = recipe["coefficient"] * recipe["output_2024"]
    flows = atlas.table("flows")
    made = recipe[recipe["role"] == "output"].groupby(["item", "region"])["moved"].sum()
    used = recipe[recipe["role"] == "input"].groupby(["item", "region"])["moved"].sum()
    return {
        "production_t": made,
        "intermediate_use_t": used,
        "exports_t": flows.groupby(["commodity", "from"])["t"].sum(),
        "imports_t": flows.groupby(["commodity", "to"])["t"].sum(),
        "final_use_t": atlas.table("demand").groupby(["commodity", "region"])["quantity_t"].sum(),
    }


def test_loops_and_joins_give_the_same_balance():
    names = ("processes", "capacity", "flows", "demand")
    found = atlas.material_balance(*(atlas.rows(name) for name in names))
    for term, series in frames().items():
        for node, value in series.items():
            assert found[node][term] == pytest.approx(value, abs=1e-9)


def test_the_table_is_within_half_a_tonne_of_the_sums():
    table = atlas.table("balance").set_index(["commodity", "region"])
    for term, series in frames().items():
        difference = table[term].sub(series.reindex(table.index, fill_value=0.0))
        assert difference.abs().max() < 0.5


def test_each_row_of_the_table_closes():
    b = atlas.table("balance")
    left = b["production_t"] + b["imports_t"] - b["exports_t"] - b["intermediate_use_t"] - b["final_use_t"]
    left -= b["stock_change_t"] + b["unsold_t"] + b["residual_t"]
    assert left.abs().max() < 0.1


def test_what_the_world_exports_it_imports():
    b = atlas.table("balance").groupby("commodity")[["imports_t", "exports_t"]].sum()
    np.testing.assert_allclose(b["imports_t"], b["exports_t"], atol=0.5)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.floats(0, 1e6)), max_size=20))
def test_trade_alone_sums_to_nothing_over_regions(moves):
    rows = [{"from": a, "to": b, "commodity": "oxide.Dy", "t": t} for a, b, t in moves]
    found = atlas.material_balance([], [], rows, [])
    net = sum(terms["imports_t"] - terms["exports_t"] for terms in found.values())
    assert net == pytest.approx(0, abs=1e-6 * max([1.0, *(t for _, _, t in moves)]))
