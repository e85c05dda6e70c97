"""Predicted over observed: every point in its panel, the farthest in the words."""

import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from ytterby.errors import DataError
from ytterby.figures import predicted_observed

POINTS = pd.DataFrame(
    [
        ("paid", "oxide.Dy", "DEU", "2025", 233.0, 240.0, 200.0, 300.0, "USD/kg"),
        ("spot", "oxide.Dy", "DEU", "2025-05", 850.0, 300.0, None, None, "USD/kg"),
        ("spot", "oxide.Tb", "DEU", "2025-05", 3000.0, 2900.0, 1000.0, 4000.0, "USD/kg"),
        ("exports", "magnet.ndfeb", "USA", "2025-05", 46.4, 157.0, None, None, "t"),
        ("exports", "magnet.ndfeb", "JPN", "2025-07", 232.0, None, None, None, "t"),
    ],
    columns=["group", "item", "region", "period", "observed", "predicted", "low", "high", "unit"],
)
SVG = "{http://www.w3.org/2000/svg}"


def test_each_point_with_both_numbers_is_drawn_and_the_others_stay_in_the_table():
    figure = predicted_observed(POINTS)
    for svg in (figure.svg, figure.narrow):
        assert len(ET.fromstring(svg).findall(f"./{SVG}circle")) == 4
    assert len(figure.table) == len(POINTS)


def test_the_words_count_what_is_near_and_name_the_farthest():
    assert "2 of 4 points lie within a factor of two" in predicted_observed(POINTS).alt
    assert "NdFeB magnets, United States, 2025-05, predicted 157, observed 46.4 t" in predicted_observed(POINTS).alt


def test_a_perfect_prediction_lies_on_the_line():
    row = POINTS.iloc[[0]].assign(observed=100.0, predicted=100.0)
    root = ET.fromstring(predicted_observed(row).svg)
    (point,) = root.findall(f"./{SVG}circle")
    line = next(p for p in root.findall(f"./{SVG}path") if p.get("stroke-dasharray"))
    (x1, y1), (x2, y2) = (map(float, c.split()) for c in line.get("d")[1:].split("L"))
    share = (float(point.get("cx")) - x1) / (x2 - x1)
    assert float(point.get("cy")) == pytest.approx(y1 + share * (y2 - y1), abs=0.2)


def test_the_farthest_is_named_with_a_line_where_its_neighbours_leave_no_room_beside_it():
    """The edge is to its right, and a point to its left, above and below."""
    seen = [("magnet.ndfeb", 1000.0, 100.0), ("oxide.Dy", 900.0, 100.0), ("oxide.Dy", 1000.0, 108.0)]
    rows = [
        ("exports", item, "DEU", "2025-05", observed, predicted, None, None, "t")
        for item, observed, predicted in [*seen, ("oxide.Dy", 920.0, 93.0)]
    ]

    def drawn(n: int) -> tuple[list[str | None], int]:
        root = ET.fromstring(predicted_observed(pd.DataFrame(rows[:n], columns=POINTS.columns)).svg)
        lines = [p for p in root.findall(f"./{SVG}path") if "yf-s-muted" in (p.get("class") or "")]
        return [t.text for t in root.findall(f"./{SVG}text")], len(lines)

    assert drawn(1)[1] == 0
    assert "NdFeB magnets, 2025-05" in drawn(4)[0]
    assert drawn(4)[1] > 0


def test_without_any_number_it_says_so():
    figure = predicted_observed(POINTS.assign(predicted=None))
    assert figure.alt.endswith("no data.")
    assert "no data" in figure.svg


def test_a_text_for_a_number_is_refused_with_its_place():
    with pytest.raises(DataError, match="row 1, column observed"):
        predicted_observed(pd.DataFrame(POINTS.to_dict("records")).assign(observed="many"))
