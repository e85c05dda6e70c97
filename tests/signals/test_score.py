"""Scores are those of the label guide, checked by hand on small sets."""

import pytest

from ytterby.errors import InputError
from ytterby.signals import read_items, score


def signal(country="CHN", action="export_ban", **other):
    base = {
        "actor": "Ministry of Commerce",
        "actor_country": country,
        "action": action,
        "status": "in_force",
        "polarity": "tighten",
        "target_country": None,
        "date": None,
        "background": False,
    }
    return base | other


def item(id_, *signals, cluster=None, lang="en"):
    relevant = any(not s["background"] for s in signals)
    return {"id": id_, "relevant": relevant, "signals": list(signals), "event_cluster": cluster, "lang": lang}


def test_micro_f1_counts_sets_of_each_item():
    gold = [item("a", signal(), signal(action="easing")), item("b", signal())]
    said = [item("a", signal(), signal(action="tariff")), item("b")]
    found = score(gold, said)["action"]
    assert (found["both"], found["predicted"], found["gold"]) == (1, 2, 3)
    assert found["f1"] == pytest.approx(2 / 5)


def test_background_is_a_figure_of_its_own():
    gold = [item("a", signal(), signal(action="tariff", background=True))]
    said = [item("a", signal())]
    result = score(gold, said)
    assert result["action"]["f1"] == 1
    assert result["background"]["recall"] == 0


def test_status_counts_over_matched_signals_and_any_of_several_may_match():
    gold = [item("a", signal(action="easing", status="suspended"), signal(action="tariff"))]
    said = [item("a", signal(action="easing", status="announced"), signal(action="easing", status="suspended"))]
    found = score(gold, said)["status"]
    assert (found["matched"], found["agreed"]) == (1, 1)


def test_of_several_predicted_targets_the_labelled_one_counts():
    gold = [item("a", signal(target_country="JPN"))]
    said = [item("a", signal(target_country=["USA", "JPN"]))]
    assert score(gold, said)["tuple"]["f1"] == 1
    assert score(gold, [item("a", signal(target_country=[]))])["tuple"]["f1"] == 0


def test_a_date_agrees_with_the_effective_one_first():
    gold = [item("a", signal(date="2023-12-01"))]
    said = signal(effective_date="2023-12-01", event_date="2023-10-20")
    assert score(gold, [item("a", said)])["date"]["agreement"] == 1
    assert score(gold, [item("a", signal(event_date="2023-10-20"))])["date"]["agreement"] == 0


def test_b_cubed_of_a_split_cluster_by_hand():
    # gold {a, b, c}, said {a, b}, {c}: precision 1, recall (2/3 + 2/3 + 1/3) / 3
    gold = [item(i, signal(), cluster="x") for i in "abc"]
    said = [item(i, signal(), cluster="one" if i < "c" else "two") for i in "abc"]
    found = score(gold, said)["clusters"]
    assert (found["precision"], found["recall"]) == (1, pytest.approx(5 / 9))


def test_items_without_prediction_count_as_misses_and_languages_apart():
    gold = [item("a", signal()), item("b", signal(), lang="zh")]
    result = score(gold, [item("a", signal())])
    assert result["relevance"]["recall"] == 0.5
    assert result["by"]["english"]["relevance"]["f1"] == 1
    assert result["by"]["chinese"]["relevance"]["recall"] == 0


def test_confusions_name_what_was_taken_for_what():
    result = score([item("a", signal())], [item("a", signal(action="export_licensing"))])
    assert result["confusions"] == [{"gold": "export_ban", "predicted": "export_licensing", "items": 1}]


def test_files_that_do_not_belong_together_are_refused():
    with pytest.raises(InputError, match="no predicted id"):
        score([item("a", signal())], [item("b", signal())])


@pytest.mark.parametrize(
    ("line", "message"), [("{", "no JSON"), ("[]", "needs an `id`"), ('{"id": 1}', "list `signals`")]
)
def test_a_broken_line_is_named(tmp_path, line, message):
    path = tmp_path / "gold.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(InputError) as caught:
        read_items(path)
    assert message in caught.value.message
    assert caught.value.where.endswith("gold.jsonl, line 1")
