"""Arcs are as wide as their tonnes, whole across the Pacific, and named under the map."""

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby import atlas
from ytterby.errors import DataError, UnknownNameError
from ytterby.figures import flow_map
from ytterby.figures._canvas import box_of
from ytterby.figures._projection import MapView, equal_earth

SVG = "{http://www.w3.org/2000/svg}"


def arcs(svg, role):
    """Return (width, points) of the curves in a role: start, control point, end."""
    out = []
    for n in ET.fromstring(svg).iter(f"{SVG}path"):
        if n.get("class") == f"yf-s-{role}" and "Q" in n.get("d"):
            x = [float(v) for v in re.findall(r"-?[\d.]+", n.get("d"))]
            out.append((float(n.get("stroke-width")), [(x[0], x[1]), (x[2], x[3]), (x[4], x[5])]))
    return out


def texts(svg):
    return [n.text for n in ET.fromstring(svg).iter(f"{SVG}text")]


def test_width_is_in_proportion_to_tonnes(land):
    flows = pd.DataFrame({"from": ["CHN", "CHN", "CHN"], "to": ["DEU", "USA", "JPN"], "t": [1000.0, 500.0, 250.0]})
    figure = flow_map(flows, *land)
    for svg in (figure.svg, figure.narrow):
        widths = [w for w, _ in arcs(svg, "flow")]
        assert widths[1] == pytest.approx(widths[0] / 2, abs=0.06)
        assert widths[2] == pytest.approx(widths[0] / 4, abs=0.06)


def test_what_is_lost_is_dashed_and_what_is_added_is_not(land, tables):
    svg = flow_map(tables["flow_map"], *land, commodity="magnet.ndfeb").svg
    for role, dashed in (("loss", True), ("gain", False)):
        curves = [
            n for n in ET.fromstring(svg).iter(f"{SVG}path") if n.get("class") == f"yf-s-{role}" and "Q" in n.get("d")
        ]
        assert curves
        assert all((n.get("stroke-dasharray") is not None) is dashed for n in curves)
    assert {"−86%", "+140%", "new", "0%"} <= set(texts(svg))


def test_core_and_edge_are_the_lesser_and_the_greater_of_the_two(land):
    flows = pd.DataFrame({"from": ["CHN"], "to": ["DEU"], "baseline_t": [1000.0], "scenario_t": [400.0]})
    svg = flow_map(flows, *land).svg
    (core, _), (edge, _) = arcs(svg, "flow")[0], arcs(svg, "loss")[0]
    assert core == pytest.approx(0.4 * edge, abs=0.06)


def test_arcs_cross_the_pacific_in_one_piece(land):
    flows = pd.DataFrame({"from": ["CHN", "BRA", "JPN"], "to": ["USA", "CHN", "BRA"], "t": [3.0, 2.0, 1.0]})
    figure = flow_map(flows, *land)
    for svg, width in ((figure.svg, 720), (figure.narrow, 360)):
        found = arcs(svg, "flow")
        assert len(found) == 3
        for _, (start, bend, end) in found:
            assert all(0 <= x <= width for x, _ in (start, bend, end))
        (_, (china, _, usa)), (_, (brazil, _, _)), _ = found
        assert china[0] < usa[0] < brazil[0]


def test_there_and_back_do_not_lie_on_each_other(land):
    flows = pd.DataFrame({"from": ["CHN", "USA"], "to": ["USA", "CHN"], "t": [2.0, 2.0]})
    (_, one), (_, two) = arcs(flow_map(flows, *land).svg, "flow")
    assert abs(one[1][1] - two[1][1]) > 20


def test_the_table_holds_what_is_drawn_and_what_is_added_up(land, tables):
    flows = tables["flow_map"]
    figure = flow_map(pd.concat([flows, flows]), *land, commodity=["magnet.ndfeb", "oxide.NdPr"], top=3)
    twin = figure.table.set_index(["from", "to"])
    assert twin.loc[("CHN", "DEU"), "baseline_t"] == 2 * 5355
    assert ("CHN", "CHN") not in twin.index
    assert figure.table["number"].dropna().tolist() == [1, 2, 3]
    for number, row in zip("123", figure.table.itertuples(), strict=False):
        assert number in texts(figure.svg)
        assert f"{row.baseline_t:,.0f} → {row.scenario_t:,.0f} t" in texts(figure.svg)
    assert any("140,000 t that stay" in t for t in texts(figure.svg))


def test_two_regions_on_one_spot_and_very_unlike_tonnes_can_be_drawn(land):
    regions, outlines = land
    regions = pd.concat([regions, pd.DataFrame([("XXX", "Twin", 35.0, 105.0)], columns=regions.columns)])
    flows = pd.DataFrame({"from": ["CHN", "CHN"], "to": ["XXX", "DEU"], "t": [1e-6, 1e9]})
    figure = flow_map(flows, regions, outlines)
    assert "nan" not in figure.svg
    assert "<0.001 t" in texts(figure.svg)


def test_a_region_without_a_place_is_named(land):
    flows = pd.DataFrame({"from": ["CHN"], "to": ["DEX"], "t": [1.0]})
    with pytest.raises(UnknownNameError, match=r"unknown region 'DEX'(?s:.*)'DEU'"):
        flow_map(flows, *land)


def test_an_unknown_commodity_is_named(land, tables):
    with pytest.raises(UnknownNameError, match=r"unknown commodity 'magnet.ndfe'(?s:.*)'magnet.ndfeb'"):
        flow_map(tables["flow_map"], *land, commodity="magnet.ndfe")


def test_a_commodity_can_only_be_chosen_where_there_is_a_column(land):
    with pytest.raises(DataError, match="column 'commodity' is missing"):
        flow_map(pd.DataFrame({"from": ["CHN"], "to": ["DEU"], "t": [1.0]}), *land, commodity="magnet.ndfeb")


@pytest.mark.parametrize("bad", [-1.0, None])
def test_a_quantity_that_is_none_is_refused_with_its_row(land, bad):
    flows = pd.DataFrame({"from": ["CHN", "CHN"], "to": ["DEU", "USA"], "t": [1.0, bad]})
    with pytest.raises(DataError, match="row 2, column t"):
        flow_map(flows, *land)


def test_the_atlas_can_be_drawn_for_every_commodity():
    flows, regions, outlines = atlas.table("flows"), atlas.table("regions"), atlas.outlines()
    for commodity in sorted(set(flows["commodity"])):
        figure = flow_map(flows[["commodity", "from", "to", "t"]], regions, outlines, commodity=commodity)
        top = min(10, len(figure.table))
        for svg in (figure.svg, figure.narrow):
            assert sum(t.isdigit() for t in texts(svg)) >= 2 * top, commodity
            assert len(svg) < 130_000


codes = st.sampled_from(["CHN", "DEU", "USA", "VNM", "JPN", "BRA", "MYS", "AUS", "CAN", "EUX", "FRA", "GBR", "EST"])
tonnes = st.floats(0, 1e7)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(codes, codes, tonnes, tonnes), min_size=1, max_size=25))
def test_no_label_on_any_map_covers_another(rows):
    flows = pd.DataFrame(rows, columns=["from", "to", "baseline_t", "scenario_t"])
    figure = flow_map(flows, atlas.table("regions"), {"features": []})
    for svg in (figure.svg, figure.narrow):
        boxes = []
        for n in ET.fromstring(svg).findall(f"./{SVG}text"):
            box = box_of(
                float(n.get("x")), float(n.get("y")), n.text, size=float(n.get("font-size")),
                anchor=n.get("text-anchor", "start"), bold=n.get("font-weight") == "700",
            )  # fmt: skip
            assert not any(box.meets(b) for b in boxes), n.text
            boxes.append(box)


def test_the_projection_keeps_areas():
    step = 1e-4
    areas = []
    for lon, lat in itertools.product((-20, 60, 150, 200, 300), (-50, 0, 30, 70)):
        (x0, y0), (x1, _), (_, y1) = equal_earth(lon, lat), equal_earth(lon + step, lat), equal_earth(lon, lat + step)
        areas.append((x1 - x0) * (y1 - y0) / (math.radians(step) ** 2 * math.cos(math.radians(lat))))
    assert areas == pytest.approx([1.0] * len(areas), rel=1e-4)


@pytest.mark.parametrize(("lon", "lat"), [(0, 0), (150, 45), (-98.4, 39.5)])
def test_the_projection_turns_back(lon, lat):
    """Newton's method on the published polynomial gives the place again."""
    x, y = equal_earth(lon, lat)
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = y
    for _ in range(20):
        t -= (t * (a1 + a2 * t**2 + a3 * t**6 + a4 * t**8) - y) / (a1 + 3 * a2 * t**2 + 7 * a3 * t**6 + 9 * a4 * t**8)
    back = math.degrees(math.asin(2 * math.sin(t) / math.sqrt(3)))
    turn = math.degrees(x * math.sqrt(3) * (a1 + 3 * a2 * t**2 + 7 * a3 * t**6 + 9 * a4 * t**8) / (2 * math.cos(t)))
    assert back == pytest.approx(lat, abs=1e-9)
    assert (turn + 150 - lon) % 360 == pytest.approx(0, abs=1e-9) or (turn + 150 - lon) % 360 == pytest.approx(360)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(-29, 329), st.floats(-50, 75)), min_size=1, max_size=8))
def test_the_window_holds_every_place(places):
    view = MapView.around(places, 10, 20, 700, tall=0.6)
    assert 200 < view.height <= 0.6 * 700 + 1e-6
    for place in places:
        x, y = view(*place)
        assert 10 <= x <= 710
        assert 20 <= y <= 20 + view.height
