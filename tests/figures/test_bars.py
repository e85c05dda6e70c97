"""Bars are as long as their numbers say, start where they must, and say so in words."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.errors import DataError
from ytterby.figures import price_bars, shortage_bars
from ytterby.figures._canvas import Box, box_of

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [n.text for n in ET.fromstring(svg).iter(f"{SVG}text")]


def bars(svg):
    """Return (left, right) of every bar in drawing order; the legend's are 12 high, bars 14."""
    return [
        (float(n.get("x")), float(n.get("x")) + float(n.get("width")))
        for n in ET.fromstring(svg).iter(f"{SVG}rect")
        if n.get("height") == "14"
    ]


def whiskers(svg):
    """Return (low, high) of every range line in drawing order, the legend's left out."""
    found = re.findall(r'd="M([\d.]+) [\d.]+V[\d.]+M[\d.]+ [\d.]+H([\d.]+)M[^"]*"[^>]*stroke-width="1.8"', svg)
    return [(float(a), float(b)) for a, b in found][1:]


def test_price_bars_are_as_long_as_the_change_and_start_at_the_baseline(tables):
    table = tables["price_bars"].dropna()
    for svg in (price_bars(table).svg, price_bars(table).narrow):
        moved = (table["scenario"] / table["baseline"] - 1).to_numpy()
        found = np.array(bars(svg))
        zero = np.array([b[0] if m > 0 else b[1] for b, m in zip(found, moved, strict=True)])
        assert np.ptp(zero) < 0.2
        length = np.where(moved > 0, found[:, 1], -found[:, 0]) - np.where(moved > 0, zero, -zero)
        per_unit = length[0] / moved[0]
        np.testing.assert_allclose(length, np.abs(moved) * per_unit, atol=0.25)
        ends = np.array(whiskers(svg))
        band = (table[["low", "high"]].to_numpy() / table[["baseline"]].to_numpy() - 1) * per_unit + zero[0]
        np.testing.assert_allclose(ends, band, atol=0.5)


def test_beyond_a_tripling_price_bars_are_as_long_as_the_logarithm_of_the_ratio(tables):
    table = tables["price_bars"].dropna()
    table.loc[0, ["scenario", "high"]] = [2570.0, 5000.0]
    svg = price_bars(table).svg
    logs = np.log(table["scenario"] / table["baseline"]).to_numpy()
    found = np.array(bars(svg))
    np.testing.assert_allclose(
        found[:, 1] - found[:, 0], np.abs(logs) * (found[0, 1] - found[0, 0]) / logs[0], atol=0.3
    )
    assert "×10" in texts(svg)


def test_prices_are_written_out(tables):
    said = texts(price_bars(tables["price_bars"]).svg)
    for words in ("+60%", "257 → 411 USD/kg", "+21% to +110%; sign in 92% of draws", "−15%", "Dysprosium oxide"):
        assert words in said


def test_a_price_without_data_says_so_and_has_no_bar(tables):
    figure = price_bars(tables["price_bars"])
    assert len(bars(figure.svg)) == 4
    assert texts(figure.svg).count("no data") == 2
    assert figure.table["change_pct"].isna().tolist() == [False] * 4 + [True]


def test_no_sign_is_claimed_for_a_price_that_stays(tables):
    table = tables["price_bars"].iloc[:1].assign(scenario=257.0)
    said = texts(price_bars(table).svg)
    assert "0%" in said
    assert "+21% to +110%" in said
    assert not any("sign in" in t for t in said)


def test_without_draws_no_range_is_spoken_of(tables):
    nothing = {"low": np.nan, "high": np.nan}
    for figure in (
        price_bars(tables["price_bars"].assign(sign_share=np.nan, **nothing)),
        shortage_bars(tables["shortage_bars"].assign(**nothing)),
    ):
        for svg in (figure.svg, figure.narrow):
            assert not any("draws" in t for t in texts(svg))
            assert whiskers(svg) == []


def test_a_price_that_was_zero_has_no_percentage():
    row = {"commodity": "inter.La", "region": "CHN", "baseline": 0.0, "scenario": 2.0, "low": 1.0, "high": 3.0}
    figure = price_bars(pd.DataFrame([{**row, "sign_share": 1.0}]))
    assert "from zero" in texts(figure.svg)
    assert bars(figure.svg) == []


def test_a_price_that_falls_to_zero_among_large_rises_stays_in_the_picture(tables):
    table = tables["price_bars"].dropna()
    table.loc[0, ["scenario", "high"]] = [1e6, 2e6]
    table.loc[1, ["scenario", "low"]] = 0.0
    svg = price_bars(table).svg
    assert all(140 <= a <= b <= 480 for a, b in bars(svg))
    assert "−100%" in texts(svg)


def test_of_many_prices_those_that_move_most_are_drawn_and_the_rest_counted():
    rows = [("oxide.Dy", f"R{i:02d}", 100.0, 100.0 + i, None, None, None) for i in range(40)]
    columns = ["commodity", "region", "baseline", "scenario", "low", "high", "sign_share"]
    figure = price_bars(pd.DataFrame(rows, columns=columns), most=10)
    assert len(bars(figure.svg)) == 10
    assert [t for t in texts(figure.svg) if t in {"R30", "R29", "R39"}] == ["R30", "R39"]
    assert "30 rows that move less are in the table only." in texts(figure.svg)
    assert len(figure.table) == 40


def test_shortage_bars_start_at_zero_and_are_as_long_as_the_share(tables):
    table = tables["shortage_bars"]
    known = table["share"].dropna().to_numpy()
    for svg in (shortage_bars(table).svg, shortage_bars(table).narrow):
        found = np.array(bars(svg))
        assert np.ptp(found[:, 0]) == 0
        length = found[:, 1] - found[:, 0]
        np.testing.assert_allclose(length, known * length[0] / known[0], atol=0.2)
        ends = np.array(whiskers(svg)) - found[0, 0]
        bands = table[["low", "high"]].dropna().to_numpy() * length[0] / known[0]
        np.testing.assert_allclose(ends, bands, atol=0.3)
        assert "0%" in texts(svg)


def test_shortages_say_no_data_in_words(tables):
    for svg in (shortage_bars(tables["shortage_bars"]).svg, shortage_bars(tables["shortage_bars"]).narrow):
        said = texts(svg)
        assert "no data" in said
        assert any("stock cover: no data" in t for t in said)
        assert any("stocks cover 12.4 weeks" in t for t in said)
        assert any("stocks cover 1 week" in t and "weeks" not in t for t in said)


def test_when_nobody_goes_without_the_words_say_so(tables):
    table = tables["shortage_bars"].assign(share=0.0)
    assert shortage_bars(table).alt == "Shortages by end use: no end use with data falls short."


def test_where_more_is_used_the_bar_runs_the_other_way_and_says_more(tables):
    table = tables["shortage_bars"]
    table.loc[1, ["share", "low"]] = [-0.05, -0.1]
    svg = shortage_bars(table).svg
    (zero, germany), (more, start), *_ = bars(svg)
    assert start == pytest.approx(zero, abs=0.1)
    assert (start - more) / (germany - zero) == pytest.approx(0.05 / 0.23, abs=0.01)
    assert {"5% more", "uses more", "−10% to 20%"} <= set(texts(svg))


def test_a_row_without_a_region_is_drawn_without_one(tables):
    table = tables["shortage_bars"].astype({"region": "object"})
    table.loc[3, "region"] = None
    assert "None" not in " ".join(texts(shortage_bars(table).svg))


@pytest.mark.parametrize(("bad", "where"), [(1.2, "row 2"), ("much", "row 2, column share"), (float("inf"), "row 2")])
def test_a_share_that_is_none_is_refused_with_its_row(tables, bad, where):
    table = tables["shortage_bars"].astype({"share": "object"})
    table.loc[1, "share"] = bad
    with pytest.raises(DataError, match=f"shortage_bars, {where}"):
        shortage_bars(table)


price = st.one_of(st.none(), st.just(0.0), st.floats(0.1, 1e5))  # of La oxide to Tb metal, with room to spare
row = st.tuples(st.sampled_from(["oxide.Dy", "magnet.ndfeb_hd", "C"]), st.sampled_from(["USA", "R"]),
                price, price, price, price, st.one_of(st.none(), st.floats(0, 1)))  # fmt: skip


def assert_legible(svg):
    root = ET.fromstring(svg)
    frame = Box(0, 0, float(root.get("width")), float(root.get("height")))
    boxes = []
    for n in root.findall(f"./{SVG}text"):
        box = box_of(
            float(n.get("x")), float(n.get("y")), n.text, size=float(n.get("font-size")),
            anchor=n.get("text-anchor", "start"), bold=n.get("font-weight") == "700",
        )  # fmt: skip
        assert box.inside(frame), n.text
        assert not any(box.meets(b) for b in boxes), n.text
        boxes.append(box)
    for left, right in bars(svg):
        assert 0 <= left <= right <= frame.width
    assert "nan" not in svg
    assert not re.search(r"\binf\b", svg)


@settings(max_examples=80, deadline=None)
@given(st.lists(row, min_size=1, max_size=6))
def test_any_prices_can_be_drawn_within_the_frame_without_covered_labels(rows):
    columns = ["commodity", "region", "baseline", "scenario", "low", "high", "sign_share"]
    names = {"R": "A region with rather a long name", "C": "A commodity whose name is longer still than that one"}
    figure = price_bars(pd.DataFrame(rows, columns=columns), names=names, unit="USD per kg of contained oxide")
    assert_legible(figure.svg)
    assert_legible(figure.narrow)


part = st.one_of(st.none(), st.floats(-3, 1))
uses = ["ev_motor", "consumer_electronics", "industrial_motor_robotics", "a_use_with_a_name_of_many_words_that_runs_on"]
need = st.tuples(st.sampled_from(uses),
                 st.sampled_from(["USA", "R"]), part, part, part, st.one_of(st.none(), st.floats(0, 1e4)))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(need, min_size=1, max_size=6))
def test_any_shortages_can_be_drawn_within_the_frame_without_covered_labels(rows):
    columns = ["end_use", "region", "share", "low", "high", "weeks_of_cover"]
    figure = shortage_bars(pd.DataFrame(rows, columns=columns), names={"R": "A region with rather a long name"})
    assert_legible(figure.svg)
    assert_legible(figure.narrow)
