"""Past answers are counted without looking ahead, with their misses, and not at all below three cases."""

import datetime as dt

from ytterby.signals import outlook, read_text
from ytterby.signals.lexicon import load_yaml

VISIT = "Chinese Premier Li Qiang inspected a rare earth magnet plant in Ganzhou."


def visit():
    return read_text(VISIT, published="2026-02-11").signals


def records(as_of, **words):
    return outlook(visit(), as_of, published="2026-02-11", **words)


def of(found, move, response="tightening"):
    return [r for r in found if r["move"] == move and r["response"] == response]


WIDE = "inspection or sector meeting by a head of state or government"
NARROW = "inspection by a head of state or government"


def test_the_visit_of_2019_that_nothing_followed_is_counted():
    for r in of(records("2026-11-24"), WIDE):
        (case,) = (c for c in r["cases"] if c["id"] == "L017")
        assert (case["date"], case["hit"]) == ("2019-05-20", False)


def test_hits_and_n_are_those_of_the_cases():
    for r in records("2026-11-24"):
        if "refused" not in r:
            assert (r["n"], r["hits"]) == (len(r["cases"]), sum(c["hit"] for c in r["cases"]))
            assert 0 <= r["low"] <= r["rate"] <= r["high"] <= 1


def test_below_three_cases_it_refuses_and_says_why():
    (refusal,) = of(records("2026-11-24"), NARROW)
    assert refusal["n"] == 2
    assert "at least 3" in refusal["refused"]
    assert "hits" not in refusal


def test_the_event_that_the_article_reports_is_not_its_own_precedent():
    cases = {c["id"] for r in records("2026-11-24") for c in r["cases"]}
    assert "L046" not in cases


def test_a_window_that_was_open_on_the_day_counts_neither_way():
    day = dt.date(2024, 1, 31)
    for r in records(day):
        for c in r["cases"]:
            assert dt.date.fromisoformat(c["date"]) + dt.timedelta(days=r["horizon_days"] or 30) <= day


def test_no_case_after_the_facts_end_is_counted():
    limit = dt.date.fromisoformat(str(load_yaml("outlook.yaml")["limit"]))
    for r in records("2030-01-01"):
        assert all(dt.date.fromisoformat(c["date"]) <= limit for c in r["cases"])


def test_answers_to_foreign_measures_come_from_the_register():
    text = "The United States imposed a 25% tariff on Chinese graphite."
    signals = read_text(text, published="2026-06-01").signals
    found = outlook(signals, "2026-11-24", published="2026-06-01")
    assert found
    assert {r["jurisdiction"] for r in found} == {"CHN"}
    assert {r["response"] for r in found} == {"rare_earth_answer", "mineral_answer"}


def test_background_signals_have_no_outlook():
    signals = [s.model_copy(update={"background": True}) for s in visit()]
    assert outlook(signals, "2026-11-24") == []
