"""The tables, rules and patterns keep their schema, and the words are those of the taxonomy."""

from typing import get_args

import pytest

from ytterby.errors import DataError
from ytterby.signals import lexicon, rules
from ytterby.signals.model import Action, Polarity, Rank, Status


@pytest.fixture(scope="module")
def taxonomy():
    return lexicon.load_yaml("taxonomy.yaml")


def test_the_words_of_the_records_are_those_of_the_taxonomy(taxonomy):
    assert set(get_args(Action)) == set(taxonomy["action_types"])
    assert set(get_args(Status)) == set(taxonomy["statuses"])
    assert set(get_args(Polarity)) == set(taxonomy["polarity"])
    assert list(get_args(Rank)) == taxonomy["actor_ranks"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_act_has_a_rule_but_the_statement_and_ids_are_unique(language):
    found = rules.rules(language)
    assert {r.action for r in found} == set(get_args(Action)) - {"statement"}
    assert len({r.id for r in found}) == len(found)
    assert all(0 < r.confidence < 1 for r in found)


def test_countries_of_bodies_and_people_are_listed():
    known = set(lexicon.countries()) | {"WTO", ""}
    assert {b.country for b in lexicon.bodies()} <= known
    assert {p.country for p in lexicon.people()} <= known - {""}


def test_terms_of_office_do_not_end_before_they_begin():
    assert all(not p.until or p.since < p.until for p in lexicon.people())


def test_of_one_office_holder_the_day_decides_the_rank():
    from ytterby.signals.mentions import Scene, find

    (then,) = find("Liu He", Scene(published="2019-05-20"))
    assert then.rank == "deputy_head"


def test_every_gated_mineral_is_in_the_vocabulary_and_passes():
    from ytterby.signals.gate import passes

    for term in ("rare earth", "gallium", "稀土", "镓"):
        assert passes(f"The ministry will control exports of {term}. 出口管制")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"id": "x", "action": "boycott", "form": "verb", "pattern": "a", "confidence": 1}, "unknown action 'boycott'"),
        ({"id": "x", "action": "tariff", "form": "verbs", "pattern": "a", "confidence": 1}, "unknown form 'verbs'"),
        ({"id": "x", "action": "tariff", "form": "verb", "pattern": "(", "confidence": 1}, "not a regular expression"),
        ({"id": "x", "action": "tariff", "form": "verb", "confidence": 1}, "a rule needs pattern"),
        (
            {"id": "x", "action": "tariff", "form": "verb", "pattern": "a", "confidence": 1, "tone": 2},
            "unknown field 'tone'",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_file_and_field(monkeypatch, rule, message):
    monkeypatch.setattr(rules, "load_yaml", {"rules_en.yaml": {"rules": [rule]}}.__getitem__)
    rules.rules.cache_clear()
    with pytest.raises(DataError) as caught:
        rules.rules("en")
    rules.rules.cache_clear()
    assert message in caught.value.message
    assert "rules_en.yaml, rule x" in caught.value.where


def test_a_broken_table_is_named_with_its_line(monkeypatch, tmp_path):
    (tmp_path / "countries.csv").write_text("iso3,name\nCHN\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "files", {lexicon._DATA: tmp_path}.__getitem__)
    with pytest.raises(DataError) as caught:
        lexicon.table("countries.csv", ("iso3", "name"))
    assert "countries.csv, line 2" in caught.value.where
