"""What stands in the record of a brief."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ytterby.brief import Brief, brief, to_json
from ytterby.errors import InputError, UsageError
from ytterby.measures import Register
from ytterby.signals import Article

Make = Callable[..., Brief]
ONE_MEASURE = ("CHN-A18-2025", "CHN-A61-2025", "CHN-A62-2025", "CHN-REPORT-PROP-2026", "USA-CMM-2026")


def record(found: Brief) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(to_json(found))
    return loaded


def test_json_has_the_fields_of_the_contract(found: Brief) -> None:
    got = record(found)
    assert {
        "run_id",
        "as_of",
        "article",
        "signals",
        "measures",
        "scenarios",
        "outlook",
        "obligations",
        "sources",
        "limits",
    } <= got.keys()
    assert {"title", "published", "url", "language", "segments"} <= got["article"].keys()
    assert {"id", "title", "state", "relation"} <= got["measures"][0].keys()
    assert got["measures"][0]["state"].keys() == {"legal", "political"}
    scenario = got["scenarios"][0]
    assert {"commodity", "region", "baseline", "scenario", "low", "high", "sign_share"} <= scenario["prices"][0].keys()
    assert {"commodity", "from", "to", "baseline_t", "scenario_t"} == scenario["flows"][0].keys()
    assert {"end_use", "region", "share", "low", "high", "weeks_of_cover"} <= scenario["shortages"][0].keys()
    assert {"why", "not_modelled", "residual", "assumptions", "measures", "name"} <= scenario.keys()
    assert {"who", "what", "rule", "state", "article"} <= got["obligations"][0].keys()
    assert {"title", "url", "used_for"} == got["sources"][0].keys()


def test_json_is_valid_by_its_own_schema(found: Brief) -> None:
    jsonschema.validate(record(found), Brief.model_json_schema(by_alias=True, mode="serialization"))
    jsonschema.validate(record(found), Brief.model_json_schema(by_alias=True, mode="validation"))


def test_a_brief_is_read_back_from_its_json_unchanged(found: Brief) -> None:
    assert to_json(Brief.model_validate_json(to_json(found))) == to_json(found)


def test_same_article_same_bytes_and_same_run_id(make: Make) -> None:
    assert to_json(make()) == to_json(make())


@pytest.mark.parametrize("other", [{"as_of": "2026-02-12"}, {"draws": 4}, {"seed": 2}])
def test_the_run_id_depends_on_day_draws_and_seed(make: Make, other: dict[str, Any]) -> None:
    assert make().run_id != make(**other).run_id


def test_measures_bear_the_relation_and_the_state_of_that_day(found: Brief) -> None:
    by_id = {m.id: m for m in found.measures}
    assert set(by_id) == set(ONE_MEASURE)
    assert by_id["CHN-A18-2025"].state.legal == "in_force"
    assert by_id["CHN-A61-2025"].state.legal == "suspended"
    assert (by_id["CHN-REPORT-PROP-2026"].relation, by_id["USA-CMM-2026"].relation) == ("proposed", "proposed")
    assert by_id["CHN-A61-2025"].relation == "answers"
    assert "CHN-A18-2025" in by_id["CHN-A61-2025"].answers


def test_the_register_is_asked_as_of_the_day_not_with_hindsight(make: Make) -> None:
    early = {m.id: m.state.legal for m in make(as_of="2025-11-06").measures}
    assert early == {"CHN-A18-2025": "in_force", "CHN-A61-2025": "in_force", "CHN-A62-2025": "in_force"}


def test_what_the_register_learned_later_stands_apart(found: Brief) -> None:
    assert found.since_then
    assert all(c.date > found.as_of or (c.known or "") > found.as_of for c in found.since_then)
    assert any(c.measure == "CHN-A61-2025" and "revives by its text" in c.text for c in found.since_then)
    assert list(found.since_then) == sorted(found.since_then, key=lambda c: c.date)


def test_the_article_raises_the_scenarios(found: Brief) -> None:
    assert [s.name for s in found.scenarios] == ["controls_revived", "reporting_rule", "bloc_floor", "escalation"]


def test_an_article_about_something_else_raises_none(make: Make, make_article: Any, make_signal: Any) -> None:
    graphite = make_signal(1, "x", action="export_licensing", status="in_force", commodities=("graphite",))
    assert make(make_article((graphite,))).scenarios == ()


def test_all_five_end_uses_are_listed_in_each_scenario(found: Brief) -> None:
    for scenario in found.scenarios:
        assert {"EV", "wind", "phone", "semiconductor", "military"} <= {s.label for s in scenario.shortages}
        (missing,) = [s for s in scenario.shortages if s.label == "semiconductor"]
        assert (missing.share, missing.note) == (None, "no data")


def test_a_number_that_is_none_is_null_in_json(found: Brief) -> None:
    rows = record(found)["scenarios"][0]["shortages"]
    assert any(row["weeks_of_cover"] is None and row["share"] is not None for row in rows)


def test_an_unsolved_scenario_is_named_in_the_limits_and_left_out(make: Make, make_world: Any) -> None:
    found = make(world=make_world(unsolved=("bloc_floor",)))
    assert "bloc_floor" not in {s.name for s in found.scenarios}
    assert any("was not computed" in line and "no equilibrium" in line for line in found.limits)


def test_the_bottom_line_has_three_to_five_sentences_with_ranges_and_draws(found: Brief) -> None:
    assert 3 <= len(found.bottom_line) <= 5
    text = " ".join(found.bottom_line)
    assert "all 16 draws" in text
    assert "suspended" in text
    assert "Nothing in the article changes what anybody owes" in text


def test_a_decision_is_called_a_decision(make: Make, make_article: Any, make_signal: Any) -> None:
    act = make_signal(1, "x", action="export_licensing", status="in_force", measure_id="CHN-A18-2025")
    found = make(make_article((act,)))
    assert found.headline.startswith("A decision")
    assert "Nothing in the article changes" not in " ".join(found.bottom_line)


def test_history_alone_is_called_history(make: Make, make_article: Any, make_signal: Any) -> None:
    old = make_signal(1, "x", action="export_licensing", status="in_force", background=True, measure_id="CHN-A18-2025")
    assert make(make_article((old,))).headline == "History only: no new policy signal"


def test_an_article_without_a_signal_gives_a_brief_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "football.txt"
    path.write_text("A quiet Sunday\n\nThe home team won by two goals to one in the rain.", encoding="utf-8")
    found = brief(path)
    assert found.headline == "No policy signal on critical minerals found"
    assert (found.signals, found.measures, found.scenarios, found.obligations, found.outlook) == ((), (), (), (), ())
    assert found.as_of == Register.default().last_known.isoformat()


def test_obligations_come_with_state_and_never_say_clear(found: Brief) -> None:
    assert {o.rule for o in found.obligations} >= {"CHN-A18-2025", "CHN-A61-2025", "CHN-REPORT-PROP-2026"}
    assert all(o.operative == "no" for o in found.obligations if o.rule == "CHN-A61-2025")


def test_each_source_stands_once(found: Brief) -> None:
    urls = [s.url for s in found.sources if s.url]
    assert len(urls) == len(set(urls))
    assert found.sources[0].used_for.startswith("signals and quotes")


class TestAsOf:
    def day(self, make: Make, article: Article, **options: Any) -> tuple[str, str]:
        found = make(article, **options)
        return found.as_of, found.as_of_basis

    def test_asked_for(self, make: Make, make_article: Any) -> None:
        assert self.day(make, make_article(), as_of="2026-03-01") == ("2026-03-01", "as asked for")

    def test_published(self, make: Make, make_article: Any) -> None:
        assert self.day(make, make_article(published="2026-02-13"))[0] == "2026-02-13"

    def test_a_month_takes_the_latest_that_it_speaks_of_within_the_month(self, make: Make, make_article: Any) -> None:
        day, basis = self.day(make, make_article(published="2026-02", published_basis="file_name"))
        assert (day, "the reporting rule" in basis, "file's name" in basis) == ("2026-02-11", True, True)

    def test_a_month_before_all_of_it_is_taken_at_its_end(self, make: Make, make_article: Any) -> None:
        assert self.day(make, make_article(published="2028-02"))[0] == "2028-02-29"

    def test_without_a_date_the_latest_of_what_it_speaks_of(self, make: Make, make_article: Any) -> None:
        day, basis = self.day(make, make_article(published=None, published_basis=None))
        assert (day, "bears no date" in basis) == ("2026-02-11", True)

    def test_no_date_at_all(self, make: Make, make_article: Any) -> None:
        bare = make_article((), published=None, published_basis=None)
        assert self.day(make, bare)[0] == Register.default().last_known.isoformat()

    def test_a_day_that_is_none(self, make: Make) -> None:
        with pytest.raises(UsageError, match="no date"):
            make(as_of="2026-02-31")


def test_more_than_one_article_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text('{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n', encoding="utf-8")
    with pytest.raises(InputError, match="more than one article"):
        brief(path)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"caf\xe9 \xff"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"odd\.txt"):
        brief(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        brief(tmp_path / "nowhere.txt")


def test_a_scenario_of_measures_not_yet_known_is_left_out_and_named(make: Make) -> None:
    found = make(as_of="2025-01-01")
    assert found.scenarios == ()
    assert any("CHN-A18-2025" in line and "were not known on that day" in line for line in found.limits)


def test_a_measure_that_nobody_knew_on_that_day_is_named(make: Make) -> None:
    found = make(as_of="2026-02-10")
    assert "CHN-REPORT-PROP-2026" not in {m.id for m in found.measures}
    assert "The article speaks of the reporting rule, which was not known on the day of the brief." in found.limits


def test_a_decision_without_a_measure_names_the_act(make: Make, make_article: Any, make_signal: Any) -> None:
    act = make_signal(
        1, "x", action="agreement", status="announced", actor="Government of Ukraine", actor_country="UKR"
    )
    assert make(make_article((act,))).headline == "A decision: agreement"


def test_progress_names_each_phase_and_counts_the_solves(make: Make) -> None:
    phases: list[str] = []
    make(progress=phases.append)
    assert phases[:2] == ["reading the article", "looking up the law"]
    assert any(phase.startswith("scenario 4 of 4: ") and phase.endswith("solve 17 of 17") for phase in phases)
    assert phases[-1] == "asking the record"
