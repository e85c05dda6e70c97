from pathlib import Path

import pytest

from ytterby.errors import UnknownNameError, YtterbyError
from ytterby.measures import Register
from ytterby.obligations import Facts, duties, judge, rules
from ytterby.obligations._load import read_rule_file, state_meanings

REGISTER = Register.default()
GOOD = """
rule: CHN-A18-2025
sources:
  text: {title: T, url: null, tier: relay}
duties:
- limbs: [all]
  who: exporter
  kind: licence
  what: licence
  items: items
  article: art. 1
  outcome: licence_required
  sources: [text]
"""


def of(measure: str, on: str, known_on: str | None = None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for duty in duties([measure], REGISTER, on, known_on):
        found.setdefault(duty.operative, set()).add(duty.limb)
    return found


def test_every_rule_file_names_measures_and_limbs_of_the_register() -> None:
    for measure_id, file in rules().items():
        known = {limb.id for limb in REGISTER[measure_id].limbs}
        for duty in file.duties:
            assert set(duty.limbs) <= known, measure_id


def test_a_duty_in_force_binds_a_suspended_one_does_not_and_says_so() -> None:
    assert of("CHN-A18-2025", "2026-02-11") == {"yes": {"all"}}
    found = duties(["CHN-A61-2025"], REGISTER, "2026-02-11")
    assert found
    for duty in found:
        assert duty.operative == "no"
        assert "suspended" in duty.state_says
        assert duty.state.legal == "suspended"


def test_the_two_clocks_are_those_of_the_register() -> None:
    assert of("CHN-A62-2025", "2025-11-06") == {"yes": {"all"}}
    assert of("CHN-A62-2025", "2025-11-07") == {"no": {"all"}}
    assert of("CHN-A62-2025", "2025-11-07", "2025-11-06") == {"yes": {"all"}}
    assert of("CHN-A62-2025", "2025-10-08") == {}


def test_a_limb_that_a_text_revives_is_unknown_not_a_permission() -> None:
    found = duties(["CHN-A61-2025"], REGISTER, "2026-12-01", "2026-11-24")
    assert {d.operative for d in found} == {"unknown"}
    assert {d.state.political for d in found} == {"suspended"}


def test_a_duty_on_several_limbs_speaks_through_the_one_that_binds_most() -> None:
    prohibition = next(d for d in duties(["CHN-A61-2025"], REGISTER, "2025-10-20") if d.kind == "prohibition")
    assert (prohibition.limb, prohibition.operative) == ("art1_3_china_origin_items", "yes")


def test_the_day_of_the_mining_limb_of_the_us_clause() -> None:
    assert of("USA-DFARS-7052", "2026-12-31")["no"] == {"mining_to_production"}
    assert "mining_to_production" in of("USA-DFARS-7052", "2027-01-01")["yes"]


def test_a_rule_that_nobody_wrote_binds_nobody_and_says_so() -> None:
    (duty,) = duties(["CHN-REPORT-PROP-2026"], REGISTER, "2026-02-11")
    assert (duty.operative, duty.if_operative) == ("no", "report_required")
    assert "nothing is owed" in duty.state_says


def test_an_expired_duty_is_listed_as_expired() -> None:
    assert {d.state_says for d in duties(["CHN-EXREP-2023"], REGISTER, "2026-02-11")} == {"expired"}


def test_the_word_clear_never_stands_in_a_duty() -> None:
    for duty in duties(list(rules()), REGISTER, "2026-12-01", "2026-11-24"):
        words = " ".join(str(v) for v in duty.model_dump().values()).lower().replace("unclear", "")
        assert " clear" not in words


def test_every_state_of_the_register_has_a_meaning() -> None:
    from ytterby.measures import STATES

    assert set(STATES) <= set(state_meanings())


def test_an_unknown_measure_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="CHN-A61-2025"):
        duties(["CHN-A61-2052"], REGISTER, "2026-02-11")


def test_a_measure_without_rules_gives_none_and_a_repeated_one_counts_once() -> None:
    assert duties(["CHN-TCM-2025"], REGISTER, "2026-02-11") == []
    assert len(duties(["CHN-A1-2026"] * 3, REGISTER, "2026-02-11")) == 1


def written(text: str, folder: Path) -> Path:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert read_rule_file(written(GOOD, tmp_path)).duties[0].who == "exporter"


@pytest.mark.parametrize(
    ("broken", "line", "message"),
    [
        (GOOD.replace("  who: exporter\n", ""), 6, "field duties.0.who: the field is missing"),
        (GOOD.replace("  what: licence\n", "  what: licence\n  whom: x\n"), 10, "field duties.0.whom"),
        (GOOD.replace("kind: licence", "kind: permit"), 8, "field duties.0.kind"),
        (GOOD.replace("tier: relay", "tier: seen"), 4, "field sources.text.tier"),
        (GOOD.replace("sources: [text]", "sources: [txt]"), 13, "unknown source 'txt'"),
        (GOOD + "  who: another\n", 14, "the key 'who' stands twice"),
        (GOOD.replace("items: items", "items: {"), 12, "expected"),
        (GOOD + "limbs: [{limb: all, asks: A, applies: [to_chine], outcomes: [{outcome: exempt}]}]\n", 14, "to_china"),
        (GOOD + "tests: {a: {kind: all, asks: A, of: [to_chine]}}\n", 14, "did you mean 'to_china'"),
    ],
)
def test_a_broken_file_names_file_line_and_field(broken: str, line: int, message: str, tmp_path: Path) -> None:
    with pytest.raises(YtterbyError) as caught:
        read_rule_file(written(broken, tmp_path))
    assert f"x.yaml, line {line}" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("day", ["2025-10-20", "2026-02-11", "2026-11-24"])
def test_a_duty_and_the_verdict_on_its_limb_say_the_same_of_its_state(day: str) -> None:
    verdicts = {(v.rule, v.limb): v for v in judge(Facts(), day).verdicts}
    found = duties(rules(), REGISTER, day)
    assert len(found) > 30
    for duty in found:
        verdict = verdicts[duty.rule, duty.limb]
        assert (duty.state, duty.operative) == (verdict.state, verdict.meaning.operative), duty
        assert duty.state_says == verdict.meaning.says
