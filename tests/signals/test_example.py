"""The article of the README: what it signals, where, and that its tail of other stories' headlines says nothing."""

from pathlib import Path

import pytest

from ytterby.signals import Article, read

EXAMPLE = Path(__file__).parents[2] / "examples" / "li-qiang-jiangxi-2026-02.txt"


@pytest.fixture(scope="module")
def article() -> Article:
    (found,) = read(EXAMPLE)
    return found


def told(article: Article) -> set[tuple[str, str, str, str, bool]]:
    return {(s.actor, s.actor_country, s.action, s.status, s.background) for s in article.signals}


def test_the_inspection_the_words_the_proposal_and_the_bloc_are_news(article):
    assert {t[:4] for t in told(article) if not t[4]} == {
        ("Li Qiang", "CHN", "visit_inspection", "signalled"),
        ("Li Qiang", "CHN", "statement", "signalled"),
        ("Ministry of Commerce", "CHN", "regulation", "proposed"),
        ("JD Vance", "USA", "bloc_formation", "proposed"),
        ("JD Vance", "USA", "price_floor", "proposed"),
    }


def test_the_controls_and_the_investment_limits_that_they_answered_are_history(article):
    assert {t[:4] for t in told(article) if t[4]} == {
        ("Government of China", "CHN", "export_licensing", "in_force"),
        ("Government of the United States", "USA", "investment_curb", "in_force"),
    }
    controls = next(s for s in article.signals if s.action == "export_licensing")
    limits = next(s for s in article.signals if s.action == "investment_curb")
    assert [(r.to, r.kind) for r in controls.relations] == [(limits.id, "response_to")]
    assert limits.target_country == ("CHN",)


def test_no_signal_comes_from_the_list_of_headlines(article):
    text = EXAMPLE.read_text(encoding="utf-8")
    (tail,) = (s for s in article.segments if s.kind == "headline_list")
    assert text[tail.start :].startswith("Trump Signals Possible U.S.–Iran Nuclear Deal")
    assert all(s.end <= tail.start for s in article.signals)


def test_each_signal_quotes_its_sentence_at_its_place_in_the_file(article):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert all(text[s.start : s.end] == s.sentence for s in article.signals)


def test_the_signals_are_linked_to_the_measures_that_they_are_about(article):
    linked = {s.action: s.measure_id for s in article.signals if s.measure_id}
    assert linked == {
        "regulation": "CHN-REPORT-PROP-2026",
        "bloc_formation": "USA-CMM-2026",
        "price_floor": "USA-CMM-2026",
        "export_licensing": "CHN-A18-2025",
        "investment_curb": "USA-AFIP-2025",
    }
    controls = next(s for s in article.signals if s.action == "export_licensing")
    assert "CHN-A61-2025" in controls.measure_candidates
    assert article.proposed_measures == ()


def test_circumstances_are_read_as_far_as_the_text_states_them(article):
    visit = next(s for s in article.signals if s.action == "visit_inspection")
    assert (visit.place, visit.voice, visit.actor_rank, visit.polarity) == (
        "Jiangxi",
        "state_media",
        "head_of_government",
        "neutral",
    )
    proposal = next(s for s in article.signals if s.action == "regulation")
    assert proposal.voice in {"analyst", "sources"}
    assert (article.published, article.published_basis) == ("2026-02", "file_name")
