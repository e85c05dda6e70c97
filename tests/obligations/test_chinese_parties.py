"""Control and watch lists by name, bans by country and use, the catch-all, reports, the reported proposal."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import MOTOR, OXIDE, changed, outcome, verdict

from ytterby.measures import Register
from ytterby.obligations._load import rules
from ytterby.obligations._names import lists_naming

DAY = "2026-09-01"
CONTROL = ["CHN-A11-2026", "CHN-A20-2026", "CHN-A23-2026", "CHN-A27-2026", "CHN-A30-2026"]
WATCH = ["CHN-A12-2026", "CHN-A28-2026"]


def to(name: str | None = None, lists: list[str] | None = None, **changes: Any) -> dict[str, Any]:
    party = {"role": "end_user", "country": "JPN", "owners": [], "military": False, "name": name, "lists": lists}
    return changed(OXIDE, **{"destination": "JPN", "parties": [party], **changes})


ABROAD: dict[str, Any] = {"exporter": "DEU", "ship_from": "DEU"}
FOREIGN: dict[str, Any] = {"item__foreign_made": True, "nodes__0__contents__0__origin": {"separated": {"EST": [1, 1]}}}
"""Separated in Estonia."""


@pytest.mark.parametrize("rule", CONTROL)
def test_the_control_lists_of_2026_bar_exports_and_transfers_abroad(rule: str) -> None:
    assert outcome(to("X", [rule]), DAY, rule) == "prohibited"
    assert outcome(to("X", [rule], **ABROAD), DAY, rule) == "prohibited"
    assert outcome(to("X", [rule], **FOREIGN, **ABROAD), DAY, rule) == "not_applicable"
    assert outcome(to("X", [rule], item__foreign_made=..., nodes__0__contents__0__origin=..., **ABROAD), DAY, rule) == (
        "incomplete"
    )
    assert outcome(to("X", []), DAY, rule) == "not_applicable"
    assert outcome(to("X", None), DAY, rule) == "incomplete"
    assert outcome(to("X", ["CHN-UEL-2020"]), DAY, rule) == "not_applicable"
    assert outcome(to("X", [rule], destination="CHN"), DAY, rule) == "not_applicable"


@pytest.mark.parametrize("rule", CONTROL + WATCH)
def test_the_day_of_an_order_on_both_clocks(rule: str) -> None:
    first = Register.default()[rule].day
    facts = to("X", [rule])
    expected = "prohibited" if rule in CONTROL else "licence_required"
    before = first.replace(day=first.day - 1)
    assert outcome(facts, before.isoformat(), rule) == "not_applicable"
    assert outcome(facts, first.isoformat(), rule) == expected
    assert outcome(facts, first.isoformat(), rule, known_on=before.isoformat()) == "not_applicable"


@pytest.mark.parametrize("rule", WATCH)
def test_the_watch_lists_ask_for_a_licence_out_of_china_alone(rule: str) -> None:
    found = verdict(to("X", [rule]), DAY, rule)
    assert found.outcome == "licence_required"
    (duty,) = found.filings
    assert duty.form is not None
    assert "risk assessment" in duty.form
    assert "does not run" in (duty.deadline or "")
    assert outcome(to("X", [rule], **ABROAD), DAY, rule) == "not_applicable"
    assert outcome(to("X", []), DAY, rule) == "not_applicable"


def test_a_name_on_a_list_counts_as_listed_and_a_similar_one_is_a_question() -> None:
    assert outcome(to("IHI AEROSPACE CO., LTD."), DAY, "CHN-A11-2026") == "prohibited"
    assert outcome(to("mp materials", []), DAY, "CHN-A23-2026") == "prohibited"
    assert outcome(to("TDK Corporation"), DAY, "CHN-A12-2026") == "licence_required"
    near = verdict(to("IHI Aerospace Bearings Co., Ltd."), DAY, "CHN-A11-2026")
    assert near.outcome == "incomplete"
    assert any("is like 'IHI Aerospace Co., Ltd.'" in reason["fact"] for reason in near.reasons)
    assert outcome(to("IHI Aerospace Bearings Co., Ltd.", []), DAY, "CHN-A11-2026") == "not_applicable"


def test_the_names_are_of_limbs_of_the_register() -> None:
    counts = {"CHN-A11-2026:all": 20, "CHN-A23-2026:all": 10, "CHN-A30-2026:all": 14, "CHN-CL-2025:batch_2025_01": 28}
    for where in counts:
        measure, _, limb = where.partition(":")
        assert limb in {own.id for own in Register.default()[measure].limbs}
    assert lists_naming("Anduril Industries") == {"CHN-CL-2025:batch_2025_01"}


def test_holdings_in_listed_parties_do_not_count_here() -> None:
    facts = to("X", [])
    facts["parties"][0]["owners"] = [{"name": "Y", "lists": ["CHN-A11-2026"], "share": [0.5, 0.5]}]
    assert outcome(facts, DAY, "CHN-A11-2026") == "not_applicable"


def test_the_batches_of_2025_by_name_and_as_told() -> None:
    def of(facts: dict[str, Any], on: str = DAY) -> list[str]:
        limbs = ("batch_2025_01", "batch_2025_04_04", "batch_2025_04_09")
        return [outcome(facts, on, "CHN-CL-2025", limb) for limb in limbs]

    anduril = to("Anduril Industries", ["CHN-CL-2025"], destination="USA")
    assert of(anduril) == ["prohibited", "dormant_if_reactivated", "dormant_if_reactivated"]
    assert verdict(anduril, DAY, "CHN-CL-2025", "batch_2025_04_04").if_operative == "not_applicable"
    cubic = to("Cubic Corporation", destination="USA")
    assert of(cubic, "2025-04-10") == ["incomplete", "prohibited", "incomplete"]
    assert verdict(cubic, DAY, "CHN-CL-2025", "batch_2025_04_04").if_operative == "prohibited"
    assert of(to("X", ["CHN-CL-2025"], destination="USA"), "2025-04-10") == ["prohibited"] * 3
    assert of(to("X", [], destination="USA"), "2025-04-10") == ["not_applicable"] * 3
    assert of(anduril, "2025-01-01") == ["not_applicable"] * 3


def test_whether_the_orders_of_2025_reach_abroad_is_a_question() -> None:
    facts = to("Anduril Industries", [], destination="USA", **ABROAD)
    assert outcome(facts, DAY, "CHN-CL-2025", "batch_2025_01") == "incomplete"
    for bound, expected in ((True, "prohibited"), (False, "not_applicable")):
        told = changed(facts, parameters={"order_binds_abroad": bound})
        assert outcome(told, DAY, "CHN-CL-2025", "batch_2025_01") == expected


def test_what_is_on_no_list_of_ours_is_never_taken_as_civil() -> None:
    rotor = to("X", ["CHN-A11-2026"], item={"description": "rotor", "form": "assembly"})
    assert outcome(rotor, DAY, "CHN-A11-2026") == "incomplete"
    assert outcome(changed(rotor, item__control_code="9A012.b"), DAY, "CHN-A11-2026") == "prohibited"
    assert outcome(changed(rotor, parameters={"dual_use": False}), DAY, "CHN-A11-2026") == "not_applicable"


US = changed(OXIDE, destination="USA", parties__0__country="USA")
PARA1, PARA2 = "para1_US_military_users_uses", "para2_denial_in_principle_GaGeSb_superhard_to_US"
A46, A1 = "CHN-A46-2024", "CHN-A1-2026"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "not_applicable"),
        ({"parties__0__military": True}, "prohibited"),
        ({"end_use": ["radars for the US Navy"]}, "prohibited"),
        ({"end_use": ["drones"]}, "incomplete"),
        ({"end_use": ...}, "incomplete"),
        ({"parties__0__military": ...}, "incomplete"),
        ({"destination": "JPN", "parties__0__military": True}, "prohibited"),
        ({"parties__0__military": True, "exporter": "KOR", "ship_from": "KOR"}, "prohibited"),
        ({"parties__0__military": True, **ABROAD, **FOREIGN},
         "not_applicable"),
        ({"destination": "DEU", "parties__0__country": "DEU", "parties__0__military": True}, "not_applicable"),
    ],
)  # fmt: skip
def test_us_military_users_and_uses(changes: dict[str, Any], expected: str) -> None:
    assert outcome(changed(US, **changes), DAY, A46, PARA1) == expected


def test_the_days_of_the_first_paragraph() -> None:
    facts = changed(US, parties__0__military=True)
    assert outcome(facts, "2024-12-02", A46, PARA1) == "not_applicable"
    assert outcome(facts, "2024-12-03", A46, PARA1) == "prohibited"


def material(description: str, form: str, element: str, **more: Any) -> dict[str, Any]:
    nodes = [{"id": "x", "contents": [{"element": element, "form": form}]}]
    return changed(US, item={"description": description, "form": form, "foreign_made": False}, nodes=nodes, **more)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (material("gallium metal", "metal", "Ga"), "denial_in_principle"),
        (material("germanium metal", "metal", "Ge", exporter="KOR", ship_from="KOR"), "denial_in_principle"),
        (material("antimony metal", "metal", "Sb"), "denial_in_principle"),
        (material("antimony oxide, 99.8 %", "oxide", "Sb"), "not_applicable"),
        (material("natural flake graphite", "powder", "graphite"), "case_by_case"),
        (material("dysprosium metal", "metal", "Dy"), "not_applicable"),
        (material("gallium metal", "metal", "Ga", destination="DEU", parties__0__country="DEU"), "not_applicable"),
    ],
)
def test_four_materials_to_the_united_states(facts: dict[str, Any], expected: str) -> None:
    assert outcome(facts, "2025-11-08", A46, PARA2) == expected
    asleep = verdict(facts, "2025-11-09", A46, PARA2)
    assert (asleep.outcome, asleep.if_operative) == ("dormant_if_reactivated", expected)
    assert outcome(facts, "2024-12-02", A46, PARA2) == "not_applicable"


JAPAN = to("Y", [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "not_applicable"),
        ({"parties__0__military": True}, "prohibited"),
        ({"end_use": ["build-up of military strength"]}, "prohibited"),
        ({"end_use": ["fighter jets"]}, "prohibited"),
        ({"end_use": ["satellites"]}, "incomplete"),
        ({"parties__0__military": True, "exporter": "DEU", "ship_from": "DEU"}, "prohibited"),
        ({"parties__0__military": True, "destination": "USA", "parties__0__country": "USA"}, "not_applicable"),
    ],
)
def test_japanese_military_users_and_uses(changes: dict[str, Any], expected: str) -> None:
    assert outcome(changed(JAPAN, **changes), DAY, A1) == expected
    assert outcome(changed(JAPAN, **changes), "2026-01-05", A1) == "not_applicable"


def test_drone_items_to_the_united_states() -> None:
    drone = changed(US, item__description="terbium magnets for drones", item__form="magnet", nodes__0__contents=[
        {"element": "Tb", "form": "magnet"}])  # fmt: skip
    rule = "CHN-A34-2026"
    assert outcome(drone, "2026-08-04", rule) == "not_applicable"
    assert outcome(drone, "2026-08-05", rule) == "case_by_case"
    assert outcome(changed(drone, destination="DEU", parties__0__country="DEU"), DAY, rule) == "not_applicable"
    assert outcome(changed(drone, item__description="terbium magnets"), DAY, rule) == "not_applicable"
    engine = changed(drone, item={"description": "drone engine", "form": "assembly"})
    assert outcome(engine, DAY, rule) == "incomplete"
    assert outcome(changed(engine, item__control_code="9A612"), DAY, rule) == "case_by_case"


def test_the_catch_all_of_the_law() -> None:
    rule = "CHN-ECL-2020"
    assert outcome(OXIDE, DAY, rule) == "not_applicable"
    assert outcome(changed(OXIDE, end_use=["ballistic missiles"]), DAY, rule) == "licence_required"
    assert outcome(changed(OXIDE, end_use=["army radios"]), DAY, rule) == "incomplete"
    assert outcome(changed(OXIDE, end_use=["ballistic missiles"], **ABROAD), DAY, rule) == "not_applicable"


def test_the_reporting_of_rare_earth_exports_has_expired() -> None:
    rule = "CHN-EXREP-2023"
    for day, expected in (
        ("2023-11-06", "not_applicable"), ("2023-11-07", "report_required"),
        ("2025-10-31", "report_required"), ("2025-11-01", "not_applicable"),
    ):  # fmt: skip
        assert outcome(OXIDE, day, rule) == expected
    assert outcome(changed(OXIDE, **ABROAD), "2025-01-01", rule) == "not_applicable"


PROPOSAL, ASSUMED = "CHN-REPORT-PROP-2026", {"CHN-REPORT-PROP-2026:all": "in_force"}


def test_the_reported_proposal_answers_only_when_assumed() -> None:
    found = verdict(MOTOR, DAY, PROPOSAL)
    assert (found.outcome, found.if_operative) == ("dormant_if_reactivated", None)
    assert outcome(MOTOR, DAY, PROPOSAL, assume=ASSUMED) == "report_required"


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(0, "report_required"), (0.01, "report_required"), (0.0175, "not_applicable"), (0.5, "not_applicable")],
)
def test_the_threshold_of_the_proposal_is_a_reading(threshold: float, expected: str) -> None:
    # Chinese Nd for 5 and Dy for 2 of 400 dollars: 1.75 %
    assert outcome(MOTOR, DAY, PROPOSAL, assume=ASSUMED, readings={"report_threshold": threshold}) == expected


def test_without_values_any_content_is_reported_and_a_share_is_open() -> None:
    facts = changed(
        MOTOR, nodes__0__value_usd=..., nodes__1__contents__0__value_usd=..., nodes__1__contents__1__value_usd=...
    )
    assert outcome(facts, DAY, PROPOSAL, assume=ASSUMED) == "report_required"
    assert outcome(facts, DAY, PROPOSAL, assume=ASSUMED, readings={"report_threshold": 0.01}) == "incomplete"


def test_who_what_and_when_of_the_proposal_stand_in_the_filing() -> None:
    third = {"report_who": "exporters_to_third_countries", "report_what": "content_and_use", "report_when": "yearly"}
    home = changed(MOTOR, exporter="CHN", ship_from="CHN")
    assert outcome(home, DAY, PROPOSAL, assume=ASSUMED) == "report_required"
    assert outcome(home, DAY, PROPOSAL, assume=ASSUMED, readings=third) == "not_applicable"
    (filing,) = verdict(MOTOR, DAY, PROPOSAL, assume=ASSUMED, readings=third).record()["filings"]
    assert filing["who"].startswith("company outside China")
    assert "content, origin and end use" in filing["what"]
    assert filing["deadline"] == "once a year"


def test_each_limb_of_a_judged_rule_is_one_of_the_register() -> None:
    for rule, file in rules().items():
        if file.limbs:
            assert {limb.limb for limb in file.limbs} == {limb.id for limb in Register.default()[rule].limbs}, rule
