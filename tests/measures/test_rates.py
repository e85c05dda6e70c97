"""Rates of response: counted by hand on a tiny register, intervals against scipy, nothing told below three cases."""

import csv
import datetime as dt
import json
import statistics

import pytest
from scipy.stats import beta

from ytterby.errors import UnknownNameError
from ytterby.measures import Register, response_rates
from ytterby.measures.rates import LEAST, Kind, base_rate, is_act, jeffreys
from ytterby.measures.reactions import Reaction

MEASURE = """\
id: {id}
title: t
issuer: {{jurisdiction: {issuer}, agency: a}}
instrument: {{type: {type}}}
announced: {day}
legal_status: in_force
last_known: 2026-01-01
limbs:
  - id: all
    intervals: [{{state: in_force, from: {day}, known: {day}, known_basis: stated}}]
commodities: {{elements: [{element}]}}
scope: {{origin: [{issuer}], destination: [WORLD], extraterritorial: false}}
sources: [{{title: s, url: u, level: page, seen: full_text}}]
confidence: high
provenance: user
recorded: 2026-01-01
"""
WINDOW = 10


def reaction(day, *, to="CHN", response=None, lag=None, mineral=None, censored=False, access="excerpt", grade="stated"):
    return {
        "trigger_id": f"EVENT:{day}", "trigger_date": day, "trigger_jurisdiction": "USA", "trigger_kind": "tariff",
        "responder": to, "response_id": response or "none", "response_date": "", "lag_days": lag if response else "",
        "grade": grade if response else "none", "mineral_response_id": mineral or "none",
        "mineral_lag_days": lag if mineral else "", "mineral_grade": grade if mineral else "none",
        "rule_re_id": "none", "rule_re_lag": "", "rule_any_id": "none", "rule_any_lag": "", "window_days": WINDOW,
        "censored": censored, "source": "s", "url": "", "access": access, "quality": "reported",
    }  # fmt: skip


ROWS = [
    reaction("2025-01-01", response="CHN-A-2025", lag=4, mineral="CHN-B-2025"),
    reaction("2025-01-05", response="CHN-A-2025", lag=8, grade="inferred"),
    reaction("2025-01-07", access="recall"),
    reaction("2025-01-20", response="CHN-A-2025", lag=1),
    reaction("2025-06-01", response="CHN-A-2025", lag=1, censored=True),
    reaction("2025-01-01", to="EU"),
    reaction("2025-01-02", to="EU"),
]


@pytest.fixture
def register(tmp_path):
    (tmp_path / "measures").mkdir()
    for name, kind, day, element in (
        ("CHN-A-2025", "export_licence", "2025-01-13", "Dy"),
        ("CHN-B-2025", "export_ban", "2025-01-05", "Ga"),
        ("CHN-C-2025", "suspension", "2025-01-25", "Dy"),
        ("EU-D-2025", "stockpile", "2025-01-03", "critical minerals"),
    ):
        issuer = name.split("-")[0]
        text = MEASURE.format(id=name, issuer=issuer, type=kind, day=day, element=element)
        (tmp_path / "measures" / f"{name}.yaml").write_text(text, "utf-8")
    with (tmp_path / "reactions.csv").open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, list(Reaction.model_fields))
        writer.writeheader()
        writer.writerows(ROWS)
    return Register.read(tmp_path)


def of(register, kind: Kind = "rare_earth", **words):
    return [r for r in response_rates(register, **words) if r.response == kind]


def test_rates_by_hand(register):
    china, eu = of(register)
    assert (china.trigger_jurisdiction, china.responder, eu.responder) == ("USA", "CHN", "EU")
    assert (china.n, china.hits, china.stated, china.inferred, china.censored, china.from_memory) == (4, 3, 2, 1, 1, 1)
    assert china.rate == 0.75
    assert (china.lag_q1, china.lag_median, china.lag_q3) == (2.5, 4.0, 6.0)


def test_base_rate_by_hand(register):
    (china, _), (other, _) = of(register), of(register, "other_mineral")
    assert (china.base_from, china.base_to) == (dt.date(2025, 1, 1), dt.date(2025, 1, 20))
    assert china.base_rate == 11 / 20, (
        "days 3 to 13 have the licence of the 13th within ten days; a suspension is no act"
    )
    assert other.base_rate == 5 / 20, "days 1 to 5 have the ban on gallium within ten days"


def test_answers_on_other_minerals_are_counted_apart(register):
    china, _ = of(register, "other_mineral")
    assert (china.n, china.hits, china.lag_median, china.lag_q1) == (4, 1, 4.0, None)


def test_below_three_cases_nothing_is_told(register):
    _, eu = of(register)
    assert (eu.n, eu.refused) == (2, "n < 3")
    told = (eu.rate, eu.low, eu.high, eu.lag_q1, eu.lag_median, eu.lag_q3, eu.base_rate, eu.base_from, eu.base_to)
    assert set(told) == {None}


def test_triggers_are_left_out_by_day_and_by_memory_whatever_their_outcome(register):
    assert [r.n for r in of(register, since="2025-01-02")] == [3, 1]
    assert [(r.n, r.hits, r.from_memory) for r in of(register, verified=True)] == [(3, 3, 0), (2, 0, 0)]
    assert [r.responder for r in of(register, from_="usa", to="EU27")] == ["EU"]


def test_unknown_jurisdiction_is_answered_with_those_there_are(register):
    with pytest.raises(UnknownNameError, match="FRA"):
        response_rates(register, to="FRA")


@pytest.mark.parametrize(("hits", "n"), [(1, 4), (3, 5), (10, 18)])
def test_the_interval_is_that_of_jeffreys(hits, n):
    low, high = jeffreys(hits, n)
    assert low == pytest.approx(beta.ppf(0.05, hits + 0.5, n - hits + 0.5))
    assert high == pytest.approx(beta.ppf(0.95, hits + 0.5, n - hits + 0.5))


def test_the_interval_reaches_the_bounds_at_none_and_all():
    assert jeffreys(0, 5)[0] == 0
    assert jeffreys(5, 5)[1] == 1


def test_every_reaction_is_in_one_pair():
    register = Register.default()
    found = of(register)
    assert sum(r.n + r.censored for r in found) == len(register.reactions)
    for r in found:
        rows = [
            x
            for x in register.reactions
            if (x.trigger_jurisdiction, x.responder, x.censored) == (r.trigger_jurisdiction, r.responder, False)
        ]
        lags = [x.lag_days for x in rows if x.response_id]
        assert (r.n, r.hits, r.stated + r.inferred) == (len(rows), len(lags), len(lags))
        assert (r.rate is None) == (r.n < LEAST)
        if r.rate is not None:
            assert 0 <= r.low <= r.rate <= r.high <= 1
            assert r.lag_median == (statistics.median(lags) if lags else None)


def test_without_triggers_from_memory_no_american_one_was_answered():
    """The explanation says so: their texts were not read."""
    register = Register.default()
    hits = [
        r for r in register.reactions if r.trigger_jurisdiction == "USA" and r.responder == "CHN" and not r.censored
    ]
    assert len({r.trigger_id for r in hits if r.response_id or r.mineral_response_id}) == 5
    found = response_rates(register, from_="USA", to="CHN", verified=True)
    assert [(r.n, r.hits) for r in found] == [(25, 0), (25, 0)]


def test_every_measure_that_answered_is_an_act_of_its_kind():
    """A base rate that left out what counts as an answer would be too low."""
    register = Register.default()
    for r in register.reactions:
        if r.response_id in register:
            assert is_act(register[r.response_id], "rare_earth"), r.response_id
        if r.mineral_response_id in register:
            assert is_act(register[r.mineral_response_id], "other_mineral"), r.mineral_response_id


def test_the_base_rates_are_those_that_the_facts_tell_of_china():
    """Since 2023, of all days with a window that was over: 58 % for rare earths, 94 % for any mineral.

    The 58 % do not have the entity list of June 2026, which the reactions count among rare-earth answers.
    """
    chinese = [m for m in Register.default() if m.issuer.jurisdiction == "CHN"]
    rare_earth = {m.day for m in chinese if is_act(m, "rare_earth") and m.id != "CHN-A23-2026"}
    either = rare_earth | {m.day for m in chinese if is_act(m, "other_mineral")}
    days = dt.date(2023, 1, 1), dt.date(2026, 9, 29) - dt.timedelta(180)
    assert base_rate(rare_earth, *days, 180) == pytest.approx(0.58, abs=0.015)
    assert base_rate(either, *days, 180) == pytest.approx(0.94, abs=0.015)


def test_command_says_what_the_rates_do_not_say(capfd):
    from ytterby.cli import main

    def run(*words):
        with pytest.raises(SystemExit) as caught:
            main(["measures", "rates", *words])
        assert caught.value.code == 0
        return capfd.readouterr().out

    text = run("--to", "CHN")
    assert "not independent" in text
    assert "n < 3" in text
    told = json.loads(run("--from", "USA", "--to", "CHN", "--format", "json"))
    assert any("not independent" in note for note in told["notes"])
    assert [r["n"] for r in told["rates"]] == [45, 45]
    assert run("--from", "USA", "--format", "csv").startswith("trigger_jurisdiction,responder,response,")
