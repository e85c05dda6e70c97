"""Signals are tied to the measures that they are about, or a proposal is drafted."""

import pytest

from ytterby.measures import Register
from ytterby.signals import linked, read_text


@pytest.mark.parametrize(
    ("text", "published", "measure"),
    [
        (
            "Some graphite products will require export permits from Dec. 1, China's commerce ministry said.",
            "2023-10-20",
            "CHN-A39-2023",
        ),
        (
            "China said it will impose export controls on gallium and germanium from August 1.",
            "2023-07-04",
            "CHN-A23-2023",
        ),
        ("China on Tuesday banned exports of gallium and antimony to the United States.", "2024-12-03", "CHN-A46-2024"),
        ("商务部会同海关总署4日发布公告，对钐、钆等7类中重稀土相关物项实施出口管制。", "2025-04-04", "CHN-A18-2025"),
        (
            "Donald Trump and Anthony Albanese signed a critical minerals agreement on Monday.",
            "2025-10-21",
            "USA-AUS-2025",
        ),
        ("The Union Cabinet approved a scheme for rare earth magnets on Wednesday.", "2025-11-26", "IND-REPM-2025"),
        ("A World Trade Organization panel ruled against China's rare earth export quotas.", "2014-03-27", "WTO-DS431"),
    ],
)
def test_the_measure_is_found(text, published, measure):
    signals = linked(read_text(text, published=published)).signals
    assert measure in {s.measure_id for s in signals}


@pytest.mark.parametrize(
    ("text", "published", "measure"),
    [
        (
            "China has banned exports of all dual-use items, including rare earths, to military users in Japan, "
            "the commerce ministry said.",
            None,
            "CHN-A1-2026",
        ),
        (
            "China's commerce ministry has granted general licences for exports of rare earth magnets to two makers.",
            "2026-02-04",
            "CHN-GENLIC-2025",
        ),
        (
            "Malaysia will maintain its ban on exports of raw rare earths, Minister Zafrul Aziz told parliament.",
            "2025-08-14",
            "MYS-RAWBAN-2024",
        ),
    ],
)
def test_the_words_of_a_title_decide_between_measures_that_dates_do_not_tell_apart(text, published, measure):
    assert measure in {s.measure_id for s in linked(read_text(text, published=published)).signals}


def test_a_new_case_is_not_the_one_that_ended_years_ago():
    text = "Japan requested consultations with China at the World Trade Organization over export curbs on dysprosium."
    assert {s.measure_id for s in linked(read_text(text, published="2026-03-20")).signals} == {None}


def test_a_rule_in_force_is_not_taken_for_another_that_is_only_proposed():
    text = "工业和信息化部部长李乐成表示，将打击稀土走私。"
    signals = linked(read_text(text, published="2026-03-10")).signals
    assert signals
    assert "CHN-REPORT-PROP-2026" not in {s.measure_id for s in signals}


def test_no_measure_that_came_later_is_taken():
    text = "China is considering export controls on gallium, sources said."
    (signal,) = linked(read_text(text, published="2019-06-01")).signals
    assert all(Register.default()[m].day.year <= 2019 for m in signal.measure_candidates)


def test_a_proposal_that_the_register_lacks_is_drafted():
    text = "Chile's government proposed a law that would ban exports of raw lithium."
    article = linked(read_text(text, published="2024-05-02"))
    (draft,) = article.proposed_measures
    (signal,) = (s for s in article.signals if s.id == draft.signal)
    assert draft.id.startswith("DRAFT-CHL-")
    assert signal.measure_id == draft.id
    assert (draft.issuer, draft.commodities, draft.state, draft.sentence) == ("CHL", ("Li",), "proposed", text)
    assert draft.id not in Register.default()


def test_the_same_proposal_has_the_same_draft_id():
    text = "Chile's government proposed a law that would ban exports of raw lithium."
    first, second = (linked(read_text(text, published="2024-05-02")).proposed_measures for _ in range(2))
    assert first == second


def test_measures_of_other_governments_and_other_minerals_do_not_fit():
    text = "Zimbabwe has banned exports of lithium, a government notice shows."
    (signal,) = linked(read_text(text, published="2022-12-21")).signals
    assert signal.measure_id is None
