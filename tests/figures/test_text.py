"""Numbers are written for people, and lines fit where they stand."""

import datetime as dt
import math

from hypothesis import given
from hypothesis import strategies as st

from ytterby.figures._scale import date_ticks, linear_ticks, ratio_ticks
from ytterby.figures._text import change, number, percent, text_width, wrap

words = st.lists(st.text("abcdefgh-", min_size=1, max_size=30), min_size=1, max_size=12).map(" ".join)


@given(words, st.floats(30, 300))
def test_wrapped_lines_fit_and_keep_every_letter(text, width):
    lines = wrap(text, width, 12, lines=1000)
    assert all(text_width(line, 12) <= width for line in lines)
    letters = [c for c in text if c.isalnum()]
    assert [c for line in lines for c in line if c.isalnum()] == letters


@given(words, st.floats(30, 300), st.integers(1, 3))
def test_no_more_lines_than_asked_for_and_an_ellipsis_where_text_is_left_out(text, width, most):
    lines = wrap(text, width, 12, lines=most)
    assert len(lines) <= most
    assert all(text_width(line, 12) <= width for line in lines)
    assert lines[-1].endswith("…") == (wrap(text, width, 12, lines=1000) != lines)


@given(st.floats(-1e12, 1e12))
def test_a_number_has_no_exponent_and_reads_back_within_a_percent(value):
    shown = number(value)
    assert "e" not in shown
    if abs(value) >= 0.001:
        figure, _, word = shown.replace(",", "").replace("−", "-").partition(" ")
        back = float(figure) * {"": 1, "million": 1e6, "billion": 1e9}[word]
        assert math.isclose(back, value, rel_tol=0.006)


@given(st.floats(1e-6, 1))
def test_a_positive_share_never_reads_as_none(share):
    assert percent(share) != "0%"


@given(st.floats(-1, 100))
def test_a_change_has_its_sign(share):
    assert change(share)[0] == ("0" if abs(share) < 0.0005 else "×" if share >= 10 else "+" if share > 0 else "−")


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(3, 8))
def test_linear_ticks_cover_the_range_in_equal_steps_through_zero(low, extent, most):
    ticks = linear_ticks(low, low + extent, most)
    slack = extent * 1e-6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + extent - slack
    assert 2 <= len(ticks) <= most + 2
    assert ticks[0] > slack or ticks[-1] < -slack or min(abs(t) for t in ticks) <= slack


@given(st.floats(1e-6, 1), st.floats(1, 1e9), st.integers(3, 8))
def test_ratio_ticks_lie_in_the_range_and_hold_one(low, high, most):
    ticks = ratio_ticks(low, high, most)
    assert 1.0 in ticks
    assert ticks == sorted(ticks)
    assert all(low <= t <= high for t in ticks)
    assert len(ticks) <= most + 1


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.integers(10, 20000), st.integers(3, 8))
def test_date_ticks_lie_in_the_span_and_are_few(start, days, most):
    end = start + dt.timedelta(days=days)
    ticks = date_ticks(start, end, most)
    assert len(ticks) <= most
    assert all(start <= day <= end for day, _ in ticks)
