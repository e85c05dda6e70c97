"""Each check finds what it is there to find, in the row where it is."""

import csv
import io

import pytest

from ytterby import atlas
from ytterby.atlas import _check
from ytterby.atlas._schema import DATA


@pytest.fixture
def changed(tmp_path):
    """Give a function that changes cells of one table and returns the findings."""

    def check(name, where, values):
        rows = list(csv.DictReader(io.StringIO((DATA / f"{name}.csv").read_text(encoding="utf-8"))))
        lines = [i + 2 for i, row in enumerate(rows) if all(row[k] == v for k, v in where.items())]
        assert lines
        rows[lines[0] - 2].update(values)
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return lines[0], atlas.read(tmp_path, validate=False).check()

    return check


def test_the_shipped_atlas_has_no_findings():
    assert atlas.check() == []


@pytest.mark.parametrize(
    ("name", "where", "values", "field", "message"),
    [
        (
            "capacity",
            {"process": "mine.loparite"},
            {"unit_variable_cost_usd_per_kg": "0"},
            "unit_variable_cost_usd_per_kg",
            "must be above 0",
        ),
        ("capacity", {"process": "mine.sichuan"}, {"capacity_2024": "60000"}, "output_2024", "above capacity"),
        ("processes", {"process": "metal.Dy", "role": "cost"}, {"item": "oxide.Dy"}, "item", "usd_per_kg is the item"),
        ("commodities", {"commodity": "oxide.Dy"}, {"base_price_usd_per_kg": ""}, "base_price_usd_per_kg", "missing"),
        ("processes", {"process": "metal.Dy", "role": "input"}, {"low": "1.3"}, "low", "rising order"),
        ("costs", {"kind": "transaction", "item": "any"}, {"high": "1"}, "low", "low 0.5, central 1.5, high 1"),
        ("demand", {"end_use": "defence"}, {"elasticity_low": "-3"}, "elasticity_high", "rising order"),
        ("prices", {"product": "Dy"}, {"price_low": "9999"}, "price_low", "rising order"),
        ("anchors", {"anchor": "Dy contained"}, {"ratio": "1.2"}, "ratio", "expected 1.079"),
        ("regions", {"region": "LAO"}, {"lat": "25.8", "lon": "98.3"}, "lat", "LAO stands on the point of MMR"),
        ("region_groups", {"group": "G7", "region": "EUX"}, {"extent": "whole"}, "extent", "members say otherwise"),
        ("region_groups", {"group": "G7", "region": "EUX"}, {"members": "ITA NOR"}, "members", "NOR not in region EUX"),
        (
            "balance",
            {"commodity": "oxide.Dy", "region": "CHN"},
            {"stock_change_t": "1"},
            "residual_t",
            "does not close",
        ),
        ("flows", {"method": "anchor"}, {"url": ""}, "url", "access is excerpt, but not to what"),
        ("price_check", {"process": "metal.Dy"}, {"margin_usd_per_kg": "5"}, "margin_usd_per_kg", "the row has 5"),
    ],
)
def test_a_wrong_cell_is_found_where_it_is(changed, name, where, values, field, message):
    line, findings = changed(name, where, values)
    mine = [f for f in findings if f.table == name and f.field == field and message in f.message]
    assert mine, findings
    assert mine[0].row == line


def test_a_country_that_is_a_region_must_be_its_own(changed):
    _, findings = changed("countries", {"country_iso3": "MDG"}, {"region": "AFR"})
    mine = [(f.table, f.field) for f in findings if f.message.startswith("MDG should be its own only country")]
    assert mine == [("regions", "region")]


def test_more_use_than_there_is_breaks_the_balance_of_its_node(changed):
    where = {"end_use": "ev_motor", "region": "DEU", "commodity": "magnet.ndfeb_hd"}
    _, findings = changed("demand", where, {"quantity_t": "99999"})
    assert [(f.table, f.field) for f in findings] == [("balance", "final_use_t")]
    assert "magnet.ndfeb_hd in DEU: the other tables give" in findings[0].message


def test_a_flow_to_itself_and_a_node_without_a_row_are_found(changed):
    _, findings = changed("flows", {"from": "MMR", "to": "CHN"}, {"to": "MMR"})
    assert ("flows", "to", "a region does not trade with itself") in {(f.table, f.field, f.message) for f in findings}
    _, findings = changed("flows", {"from": "MMR", "to": "CHN"}, {"to": "CAN"})
    assert "no row for ore.clay_seasia in CAN, which the other tables move" in {f.message for f in findings}


@pytest.mark.parametrize(
    ("process", "item", "value", "element"),
    [
        ("sep.bayan_obo", "oxide.NdPr", "0.25", "NdPr"),  # the assay is 24.7 per cent
        ("sep.mount_weld_hre", "oxide.Dy", "0.003", "Dy"),  # 0.25 per cent
        ("sep.loparite", "inter.La", "0.4", "REO"),  # more oxide than feed
        ("finish.La", "oxide.La", "1.1", "La"),
        ("metal.Dy", "oxide.Dy", "1.0", "Dy"),  # a tonne of metal needs 1.148 t of oxide
        ("metal.LaCe", "oxide.Ce", "0.4", "REO"),
        ("recycle.swarf_ndfeb", "oxide.NdPr", "0.4", "NdPr"),  # the blank had 0.36
        ("recycle.swarf_hd", "oxide.Tb", "0.004", "Tb"),
    ],
)
def test_no_process_may_give_more_of_an_element_than_it_takes(changed, process, item, value, element):
    _, findings = changed(
        "processes", {"process": process, "item": item}, {"coefficient": value, "low": "", "high": ""}
    )
    messages = [f.message for f in findings if f.table == "processes"]
    assert any(m.startswith(f"{process} gives") and f" t {element} per t" in m for m in messages), findings


def test_recoveries_are_below_one_and_not_idle():
    """Recovered NdPr by ore lies between 80 and 95 per cent of the assay, so the mass check has teeth."""
    assays = _check._assays(atlas.default(), {e["element"]: e["commodity_group"] for e in atlas.rows("elements")})
    for row in atlas.rows("ore_deposits"):
        process = "sep." + row["commodity"].removeprefix("ore.")
        found = [r for r in atlas.rows("processes") if (r["process"], r["item"]) == (process, "oxide.NdPr")]
        recovery = found[0]["coefficient"] / assays[row["deposit_id"]]["NdPr"]
        assert 0.8 < recovery < 0.95


def test_a_broken_table_gives_all_its_faults_and_no_others(changed):
    line, findings = changed("regions", {"region": "LAO"}, {"lat": "99", "lon": "east"})
    assert [(f.table, f.row, f.field) for f in findings] == [("regions", line, "lat"), ("regions", line, "lon")]


def _square(west, name="CHN", region="CHN"):
    ring = [[west, 0.0], [west + 10, 0.0], [west + 10, 10.0], [west, 0.0]]
    return {"properties": {"iso_a3": name, "region": region}, "geometry": {"coordinates": [[ring]]}}


def test_outlines_that_leave_the_map_or_jump_or_lack_a_region_are_found(monkeypatch):
    features = [_square(325.0), _square(0.0)]
    features[1]["geometry"]["coordinates"][0][0][1][0] = 200.0
    monkeypatch.setattr(_check, "outlines", lambda: {"bbox": [-30, -90, 330, 90], "features": features})
    messages = [f.message for f in atlas.check()]
    assert messages[:2] == ["CHN leaves the map", "CHN jumps across the map"]
    assert "no outline for USA" in messages
    del features[0]["geometry"]["coordinates"][0][0][-1]
    assert "a ring of CHN does not close" in [f.message for f in atlas.check()]
