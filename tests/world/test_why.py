"""Reasons are read off the equilibria: each number in a sentence is a number of the result."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from ytterby import atlas
from ytterby.measures import Register
from ytterby.world import Outcome, World, _words
from ytterby.world.why import reasons, why

CHECKED = ["controls_revived", "truce_holds", "reporting_rule", "bloc_floor", "myanmar_stops", "magnet_tariff"]


@pytest.mark.parametrize("name", CHECKED)
def test_sentences_speak_of_things_by_name_and_end_properly(outcome: Callable[[str], Outcome], name: str) -> None:
    told = outcome(name).why
    assert told
    assert len(told) < 25
    ids = [*atlas.table("commodities")["commodity"], *atlas.table("processes")["process"].unique()]
    for sentence in told:
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert not [i for i in ids if re.search(rf"\b{re.escape(i)}\b", sentence)], sentence
        assert not re.search(r"\b[A-Z]{3}-[A-Z0-9]+-\d{4}\b", sentence), "measures by their title"
        assert "nan" not in sentence
        assert "e+0" not in sentence
        assert "None" not in sentence


def test_every_commodity_region_and_process_has_a_name() -> None:
    table = atlas.table("commodities")
    traded = table.loc[~table["commodity"].str.startswith("product."), "commodity"]
    for c in traded:
        assert _words.commodity(c) != c
    for r in atlas.table("regions")["region"]:
        assert _words.region(r) != r
        assert "(" not in _words.region(r)
    for p in atlas.table("processes")["process"].unique():
        assert not re.search(r"[a-z]\.[a-z]|_", _words.process(f"{p}@CHN"))


def test_the_largest_diversion_is_that_of_the_flow_table(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("controls_revived")
    f = o.flows[o.flows["commodity"] == "magnet.ndfeb_hd"]
    change = (f["scenario_t"] - f["baseline_t"]).sum()
    worst = f.loc[(f["scenario_t"] - f["baseline_t"]).idxmin()]
    sentence = next(s for s in o.why if s.startswith("World trade in NdFeB magnets with Dy or Tb"))
    assert f"falls by {-change:,.0f} t" in sentence
    assert f"{_words.region(worst['from'])}–{_words.region(worst['to'])}" in sentence


def test_permits_are_worth_what_the_equilibrium_says(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("controls_revived")
    m = o.scenario.measures
    m = m[m["id"].str.startswith("CHN-A18") & (m["rent"] > 0)]
    worth = m.groupby(m["id"].str.rpartition(":")[2])["rent"].sum()
    top = worth.idxmax()
    assert o.why[0].startswith(_words.upper(_words.commodity(top)))
    assert f"{_words.number(worth[top] / 1000)} million USD a year" in o.why[0]
    assert "(Announcement 18 of 2025)" in o.why[0]


def test_a_tariff_sentence_tells_both_prices(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("magnet_tariff")
    p = o.prices.set_index(["commodity", "region"])
    change = (p["scenario"] - p["baseline"])["magnet.ndfeb_hd"]
    assert f"rises by {_words.number(change['USA'])} USD/kg there" in o.why[0]
    assert f"falls by {_words.number(-change['CHN'])} USD/kg in China" in o.why[0]


def test_floors_count_members_as_the_measures_table_does(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("bloc_floor")
    m = o.scenario.measures
    m = m[m["attained"].notna()]
    rows = m[m["id"].str.endswith(":magnet.ndfeb")]
    held = rows["attained"].astype(bool).sum()
    assert f"NdFeB magnets without heavy rare earths in {held} of {len(rows)} members" in " ".join(o.why)


def test_where_nothing_changes_it_says_so(world: World) -> None:
    base = world.baseline()
    empty = pd.DataFrame(columns=["commodity", "region", "baseline", "scenario", "spot", "quantity_t"])
    flows = pd.DataFrame(columns=["commodity", "from", "to", "baseline_t", "scenario_t"])
    titles = {m.id: m.title for m in Register.default()}
    assert reasons(base, base, empty, flows, titles) == ["Nothing changes: what is imposed does not bind in this year."]


def test_a_little_change_is_told_as_little(outcome: Callable[[str], Outcome]) -> None:
    assert any(s.startswith("Little moves") for s in outcome("reporting_rule").why)


def test_why_of_a_place_tells_price_arrivals_and_what_binds(world: World, outcome: Callable[[str], Outcome]) -> None:
    o = outcome("magnet_tariff")
    told = why(o.baseline, o.scenario, "USA", "magnet.ndfeb_hd")
    assert told[0].startswith("NdFeB magnets with Dy or Tb in the United States: 61.1 to ")
    assert any(s.startswith("Arrivals from China: −") for s in told)
    assert why(o.baseline, o.baseline, "USA", "magnet.ndfeb_hd")[0].endswith("(+0.0 %).")


def test_why_of_a_place_ends_with_what_would_bind_next(outcome: Callable[[str], Outcome]) -> None:
    o = outcome("magnet_tariff")
    first = o.scenario.why("USA", "magnet.ndfeb_hd", steps=1).next[0]
    told = why(o.baseline, o.scenario, "USA", "magnet.ndfeb_hd")[-1]
    assert told.startswith("If more were wanted there, the next change is ")
    extra, price = _words.number(first.extra), _words.number(first.price)
    assert told.endswith(f": with {extra} t more a year, at {price} USD/kg.")
    names = [*atlas.table("commodities")["commodity"], first.id]
    assert not [n for n in names if n in told]
    # goods that are bought in segments alone, or nowhere, have no sentence
    assert not why(o.baseline, o.scenario, "USA", "no such good")
