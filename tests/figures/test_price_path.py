"""Lines rise from zero, break where a price is missing, and end in words."""

import re
import xml.etree.ElementTree as ET

import numpy as np

from ytterby.figures import price_path

SVG = "{http://www.w3.org/2000/svg}"


def lines(svg, role):
    """Return the points of open lines in a role that are two wide; the legend's is level and comes first."""
    return [
        np.array([float(v) for v in re.findall(r"-?[\d.]+", n.get("d"))]).reshape(-1, 2)
        for n in ET.fromstring(svg).iter(f"{SVG}path")
        if n.get("class") == f"yf-s-{role}" and n.get("stroke-width") == "2"
    ][1:]


def test_heights_are_in_proportion_to_prices(tables):
    table = tables["price_path"]
    for svg in (price_path(table).svg, price_path(table).narrow):
        (scenario,) = lines(svg, "ink")
        prices = table[table["commodity"] == "oxide.Dy"]["scenario"].to_numpy()
        per_dollar = (scenario[0, 1] - scenario[-1, 1]) / (prices[-1] - prices[0])
        zero = scenario[0, 1] + prices[0] * per_dollar
        np.testing.assert_allclose(zero - scenario[:, 1], prices * per_dollar, atol=0.15)
        axis = [
            float(re.findall(r"[\d.]+", n.get("d"))[1])
            for n in ET.fromstring(svg).iter(f"{SVG}path")
            if n.get("class") == "yf-s-axis"
        ]
        assert min(abs(a - zero) for a in axis) < 0.2


def test_the_baseline_is_dashed_and_the_scenario_is_not(tables):
    root = ET.fromstring(price_path(tables["price_path"]).svg)
    wide = [n for n in root.iter(f"{SVG}path") if n.get("stroke-width") == "2"]
    assert all((n.get("stroke-dasharray") is not None) == (n.get("class") == "yf-s-muted") for n in wide)


def test_a_gap_breaks_the_line(tables):
    table = tables["price_path"]
    table.loc[5, "scenario"] = None
    assert [len(run) for run in lines(price_path(table).svg, "ink")] == [5, 6]


def test_the_words_say_where_each_price_ends(tables):
    assert price_path(tables["price_path"]).alt == (
        "Prices over time: Dysprosium oxide in Germany ends at 477 USD/kg in 2026-12, +86% against the baseline."
    )
