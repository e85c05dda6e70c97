import csv

from ytterby.measures import Register

REGISTER = Register.default()
ANSWERS = REGISTER.answers()


def test_lags_are_those_written_down_by_hand_in_the_table():
    """Two routes: days counted from the records against the column of reactions.csv."""
    with (REGISTER.folders[0] / "reactions.csv").open(encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["response_id"] != "none"]
    found = {(a.trigger, a.response): a for a in ANSWERS if a.response}
    assert len(rows) == 10
    for row in rows:
        answer = found[row["trigger_id"], row["response_id"]]
        assert answer.lag_days == int(row["lag_days"]), row["trigger_id"]
        assert answer.grade == row["grade"]


def test_every_link_of_a_measure_is_among_the_answers_once():
    links = sorted((link.to, m.id) for m in REGISTER for link in m.reaction_to)
    pairs = [(a.trigger, a.response) for a in ANSWERS if a.response]
    assert len(pairs) == len(set(pairs))
    assert set(links) <= set(pairs)


def test_triggers_without_an_answer_are_kept():
    none = [a for a in ANSWERS if a.response is None]
    assert len(none) == sum(1 for r in REGISTER.reactions if r.response_id is None and r.mineral_response_id is None)
    assert {(a.grade, a.relation, a.lag_days) for a in none} == {("none", "none", None)}
    assert any(a.censored for a in none)


def test_answers_never_come_before_their_trigger():
    assert [a for a in ANSWERS if a.lag_days is not None and a.lag_days < 0] == []


def test_list_that_grows_by_batches_answered_with_the_batch_that_followed():
    answer = next(a for a in ANSWERS if a.response == "CHN-CL-2025")
    assert (answer.trigger, answer.lag_days) == ("USA-RECIP-2025-04-02", 2)


def test_coincidence_is_no_answer():
    after = [a for a in ANSWERS if a.trigger == "EVENT:li-qiang-ganzhou-2026-02" and a.response]
    assert {a.relation for a in after} == {"after"}


def test_filter_finds_trigger_and_response():
    rows = REGISTER.answers(of="CHN-A61-2025")
    assert {"trigger", "response"} == {"trigger" if a.trigger == "CHN-A61-2025" else "response" for a in rows}
    assert {a.response for a in rows if a.trigger == "CHN-A61-2025"} == {"EU-RESOURCE-2025", "USA-CMM-2026", None}


def test_trigger_from_memory_is_marked_unless_its_link_was_read():
    by = {(a.trigger, a.response): a.verified for a in ANSWERS}
    assert by["EVENT:nor-nobel-2010-10-08", None] is False
    assert by["USA-RECIP-2025-04-02", "CHN-A18-2025"] is True


def test_related_follows_a_suspension_to_what_it_answered_and_no_further():
    related = REGISTER.related("CHN-A61-2025")
    edges = {(r.source, r.relation, r.target): r for r in related}
    assert edges["CHN-A61-2025", "response_to", "USA-BIS-50-2025"].grade == "stated"
    assert edges["CHN-A61-2025", "extends", "CHN-A18-2025"].depth == 1
    assert edges["USA-CMM-2026", "response_to", "CHN-A61-2025"].grade == "inferred"
    assert edges["CHN-A70-2025", "suspends", "CHN-A61-2025"].depth == 1
    assert edges["CHN-A70-2025", "response_to", "EVENT:busan-2025-10-30"].depth == 2
    assert not [r for r in related if r.relation == "suspends" and r.target != "CHN-A61-2025"]


def test_related_of_an_event_shows_what_answered_it():
    related = REGISTER.related("EVENT:busan-2025-10-30")
    assert {r.source for r in related if r.depth == 1} == {"CHN-A70-2025", "CHN-A72-2025"}


def test_ruling_ends_the_tariffs_it_struck():
    ends = {r.target for r in REGISTER.related("USA-SCOTUS-IEEPA-2026") if r.relation == "ends"}
    assert ends == {"USA-IEEPA-CHN-2025-02", "USA-RECIP-2025-04-02"}
