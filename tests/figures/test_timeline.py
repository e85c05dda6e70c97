"""Bars stand on their days, look like their states, and rows are sorted."""

import datetime as dt
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from ytterby.errors import DataError, UnknownNameError
from ytterby.figures import timeline
from ytterby.figures._vocabulary import states

SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = ["measure", "limb", "title", "issuer", "state", "basis", "from", "to"]


def texts(svg):
    return [n.text for n in ET.fromstring(svg).iter(f"{SVG}text")]


def table(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def bars(svg, height=14.8):
    """Return (left, right) of the bars in drawing order, half a stroke given back."""
    return [
        (float(n.get("x")) - 0.6, float(n.get("x")) + float(n.get("width")) + 0.6)
        for n in ET.fromstring(svg).iter(f"{SVG}rect")
        if float(n.get("height")) == height
    ]


def test_bars_stand_on_their_days():
    rows = table(
        ("A", "all", "a", "CHN", "in_force", "legal", "2025-01-01", "2025-06-30"),
        ("B", "all", "b", "CHN", "suspended", "legal", "2025-07-01", "2025-12-31"),
    )
    start, end = dt.date(2024, 7, 1), dt.date(2026, 6, 30)
    figure = timeline(rows, "2025-10-01", start=start, end=end)
    for svg, left, right in ((figure.svg, 236, 708), (figure.narrow, 12, 348)):
        per_day = (right - left) / ((end - start).days + 1)
        (a, b), (c, d) = bars(svg)
        assert a == pytest.approx(left + (dt.date(2025, 1, 1) - start).days * per_day, abs=0.15)
        assert b == pytest.approx(c, abs=0.15)
        assert d == pytest.approx(left + (dt.date(2026, 1, 1) - start).days * per_day, abs=0.15)


def test_open_ends_run_to_the_edge_with_an_arrow():
    rows = table(("A", "all", "a", "CHN", "in_force", "legal", None, None))
    figure = timeline(rows, "2026-01-01", start="2025-01-01", end="2027-01-01")
    assert bars(figure.svg) == [pytest.approx((236, 708), abs=0.15)]
    arrows = [n for n in ET.fromstring(figure.svg).iter(f"{SVG}path") if n.get("d").endswith("Z")]
    assert len(arrows) == 2
    assert figure.table[["from", "to"]].isna().all(axis=None)


def test_rows_are_sorted_by_issuer_then_by_day_whatever_their_order(tables):
    one = timeline(tables["timeline"], "2026-11-23")
    two = timeline(tables["timeline"].sample(frac=1, random_state=3), "2026-11-23")
    assert one.svg == two.svg
    assert one.table["measure"].drop_duplicates().tolist() == [
        "CHN-A18-2025", "CHN-A61-2025", "CHN-Q-2026", "JPN-X", "JPN-Y", "USA-OLD", "USA-OLDER", "USA-BILL",
    ]  # fmt: skip
    assert one.table["issuer"].is_monotonic_increasing


def test_every_state_has_a_look_and_a_word_of_its_own():
    looks = [(s.fill, s.outline) for s in states().values()]
    assert len(set(looks)) == len(looks)
    assert len({s.fill for s in states().values()}) == len(looks)
    assert len({s.label for s in states().values()}) == len(looks)


@pytest.mark.parametrize("state", list(states()))
def test_a_state_that_is_drawn_is_in_the_legend(state):
    rows = table(("A", "all", "a", "CHN", state, "legal", "2025-01-01", "2025-01-02"))
    assert states()[state].label in texts(timeline(rows, "2026-01-01").svg)


def test_every_state_of_the_register_can_be_drawn():
    from ytterby.measures import Register

    found = {interval.state for measure in Register.default() for limb in measure.limbs for interval in limb.intervals}
    assert found <= set(states())


def test_a_political_state_stands_below_the_legal_one_half_as_high(tables):
    svg = timeline(tables["timeline"], "2026-11-23").svg
    (political,) = [n for n in ET.fromstring(svg).iter(f"{SVG}rect") if n.get("height") == "8.8"]
    legal = [n for n in ET.fromstring(svg).iter(f"{SVG}rect") if n.get("height") == "14.8"]
    assert any(float(n.get("y")) + 14.8 < float(political.get("y")) < float(n.get("y")) + 24 for n in legal)
    assert any("political, not law" in t for t in texts(svg))


def test_the_day_of_knowledge_and_another_today_are_marked_and_named(tables):
    said = texts(timeline(tables["timeline"], "2026-11-23", today="2026-12-24").svg)
    assert {"as of 23 Nov 2026", "today, 24 Dec 2026"} <= set(said)
    said = texts(timeline(tables["timeline"], "2026-11-23", today="2026-11-23").svg)
    assert not any(t.startswith("today") for t in said)


def test_the_words_count_the_legal_states_of_the_day(tables):
    assert timeline(tables["timeline"], "2026-11-23").alt == (
        "Measures and their states: on 23 Nov 2026, 6 of 8 rows have a state: 1 in force, 1 revives by its text, "
        "1 proposed, 1 applied de facto, 1 reported, 1 unknown."
    )


def test_rows_outside_of_the_window_are_counted_not_drawn(tables):
    figure = timeline(tables["timeline"], "2026-11-23", start="2026-01-20", end="2027-01-01")
    assert "USA-OLD" not in set(figure.table["measure"])
    assert "2 more rows have no state between 20 Jan 2026 and 1 Jan 2027." in texts(figure.svg)


def test_a_long_title_is_written_in_full(tables):
    rows = tables["timeline"].assign(title="firms that use even trace amounts must declare their plans " * 3)
    for svg in (timeline(rows, "2026-11-23").svg, timeline(rows, "2026-11-23").narrow):
        assert not any("…" in t for t in texts(svg))


@pytest.mark.parametrize(
    ("column", "value", "error", "message"),
    [
        ("state", "in_forc", UnknownNameError, "row 1: unknown state 'in_forc'(?s:.*)'in_force'"),
        ("basis", "moral", UnknownNameError, "row 1: unknown basis 'moral'"),
        ("from", "soon", DataError, "row 1, column from: 'soon' is not a date"),
        ("to", "2001-01-01", DataError, r"row 1: the interval ends \(2001-01-01\) before it begins"),
        ("title", None, DataError, "row 1, column title: a text is missing"),
    ],
)
def test_bad_rows_are_named(tables, column, value, error, message):
    rows = tables["timeline"].astype("object")
    rows.loc[0, column] = value
    with pytest.raises(error, match=message):
        timeline(rows, "2026-11-23")


def test_a_window_that_ends_before_it_begins_is_refused(tables):
    with pytest.raises(DataError, match="the window ends"):
        timeline(tables["timeline"], "2026-11-23", start="2027-01-01", end="2026-01-01")


def test_a_day_that_is_none_is_refused(tables):
    with pytest.raises(DataError, match=r"timeline, as_of: '23\.11\.2026' is not a date"):
        timeline(tables["timeline"], "23.11.2026")
