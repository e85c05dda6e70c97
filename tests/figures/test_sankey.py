"""Bands are as high as their shares, in one order everywhere, and nothing is lost on the way."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from ytterby.errors import DataError, UnknownNameError
from ytterby.figures import sankey

SVG = "{http://www.w3.org/2000/svg}"
FULL = 300


def bands(svg):
    """Return (height at the start, height at the end) of every band."""
    out = []
    for n in ET.fromstring(svg).iter(f"{SVG}path"):
        if n.get("opacity") == "0.88":
            numbers = [float(v) for v in re.findall(r"-?[\d.]+", n.get("d"))]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            half = len(points) // 2
            out.append((points[-1][1] - points[0][1], points[half][1] - points[half - 1][1]))
    return out


def texts(svg):
    return [n.text for n in ET.fromstring(svg).iter(f"{SVG}text")]


def test_a_band_is_as_high_at_both_ends_as_its_share_of_the_stage(tables):
    figure = sankey(tables["sankey"])
    for svg in (figure.svg, figure.narrow):
        found = sorted(round(a, 1) for a, _ in bands(svg))
        assert found == pytest.approx(sorted(FULL * figure.table["share"]), abs=0.15)
        assert all(a == pytest.approx(b, abs=0.15) for a, b in bands(svg))


def test_shares_of_a_stage_add_up_to_one_and_tonnes_are_kept(tables):
    table = tables["sankey"]
    twin = sankey(table).table
    assert twin.groupby("stage_from")["share"].sum().tolist() == pytest.approx([1.0] * 4)
    pd.testing.assert_series_equal(
        twin.groupby("stage_from")["t"].sum(), table.groupby("stage_from")["t"].sum(), check_names=False
    )


def test_regions_are_added_up_by_group_and_china_comes_first(tables):
    twin = sankey(tables["sankey"]).table
    assert set(twin["from"]) == {"CHN", "NAM", "AUS", "SEA", "JPN"}
    assert twin.groupby("stage_from", sort=False)["from"].first().tolist() == ["CHN"] * 4
    assert twin["stage_from"].drop_duplicates().tolist() == ["mine", "separation", "metal", "magnet"]


def test_the_order_of_the_rows_does_not_matter(tables):
    table = tables["sankey"]
    assert sankey(table).svg == sankey(table.iloc[::-1]).svg


def test_names_shares_and_tonnes_are_written_at_the_nodes(tables):
    said = texts(sankey(tables["sankey"]).svg)
    for words in ("China 75%", "270 t", "359 t REO", "172 t magnets", "EV motors 48%", "South-East Asia"):
        assert any(words in t for t in said), words


def test_small_end_uses_are_drawn_as_one():
    rows = [("magnet", "product", "CHN", f"use_{i:02d}", 100.0 - i) for i in range(12)]
    figure = sankey(pd.DataFrame(rows, columns=["stage_from", "stage_to", "from", "to", "t"]), most=5)
    assert figure.table["to"].tolist() == ["use_00", "use_01", "use_02", "use_03", "other"]
    assert figure.table["t"].sum() == sum(100 - i for i in range(12))
    assert any(t.startswith("Other uses") for t in texts(figure.svg))


def test_the_words_give_china_by_stage(tables):
    assert sankey(tables["sankey"]).alt.endswith(
        "China's share by stage: mine 75%, separation 97%, metal 93%, magnet 93%."
    )


def test_a_stage_that_is_none_is_named(tables):
    table = tables["sankey"].replace("metal", "metl")
    with pytest.raises(UnknownNameError, match=r"row 5, column stage_to: unknown stage 'metl'(?s:.*)'metal'"):
        sankey(table)


def test_a_band_up_the_chain_is_refused(tables):
    table = tables["sankey"]
    table.loc[2, ["stage_from", "stage_to"]] = ["metal", "separation"]
    with pytest.raises(DataError, match="row 3: a band from metal to separation does not lead down the chain"):
        sankey(table)
