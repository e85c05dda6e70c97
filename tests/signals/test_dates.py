"""Dates are resolved against the day of publication, and no act lies after it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.signals import read_text
from ytterby.signals.dates import find, find_chinese, latest


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("from December 1", "2023-10-20", [("2023-12-01", "from")]),
        ("from January 1", "2023-10-20", [("2024-01-01", "from")]),
        ("on Friday", "2023-10-20", [("2023-10-20", "on")]),
        ("on Thursday", "2023-10-20", [("2023-10-19", "on")]),
        ("from this Friday", "2023-11-28", [("2023-12-01", "from")]),
        ("From December firms need permits", "2023-10-24", [("2023-12-01", "from")]),
        ("effective from 4 April 2025", "2025-04-04", [("2025-04-04", "from")]),
        ("last year", "2026-02-11", [("2025", "on")]),
        ("in March", "2012-08-22", [("2012-03", "in")]),
        ("until November 10, 2026", "2025-11-08", [("2026-11-10", "until")]),
        ("since 2020", "2023-10-24", [("2020", "since")]),
        ("30,184 tonnes and 2027 tonnes", "2012-03-14", []),
    ],
)
def test_english_dates(text, published, expected):
    assert [(d.iso, d.role) for d in find(text, published)] == expected


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("自12月1日起实施", "2023-10-20", [("2023-12-01", "from")]),
        ("商务部20日宣布", "2023-10-20", [("2023-10-20", "on")]),
        ("25日宣布", "2023-10-20", [("2023-09-25", "on")]),
        ("自2025年1月1日起", "2024-12-19", [("2025-01-01", "from")]),
        ("去年", "2026-02-11", [("2025", "on")]),
        ("至2026年11月10日", "2025-11-07", [("2026-11-10", "until")]),
        ("1月15日，工信部公开征求意见", "2021-01-15", [("2021-01-15", "on")]),
    ],
)
def test_chinese_dates(text, published, expected):
    assert [(d.iso, d.role) for d in find_chinese(text, published)] == expected


def test_impossible_days_are_left_out():
    assert find("on February 30, 2024", "2024-03-05") == []
    assert find_chinese("自2月30日起", "2024-03-05") == []


@given(st.dates(dt.date(2009, 1, 1), dt.date(2027, 12, 31)), st.integers(1, 12), st.integers(1, 28))
def test_the_day_of_an_act_is_never_after_publication(published, month, day):
    text = f"China on {dt.date(2024, month, day):%B} {day} banned exports of antimony to the United States."
    for signal in read_text(text, published=published.isoformat()).signals:
        assert signal.event_date is None or latest(signal.event_date) <= published


def test_a_following_sentence_gives_the_day_from_which_a_measure_holds():
    text = "China issued regulations on rare earths. The rules take effect on October 1."
    (signal,) = read_text(text, published="2024-06-30").signals
    assert (signal.effective_date, signal.status) == ("2024-10-01", "announced")


def test_without_a_day_of_publication_relative_dates_stay_unknown():
    (signal,) = read_text("China on Friday banned exports of antimony.").signals
    assert signal.event_date is None
