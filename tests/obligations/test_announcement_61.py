"""China's Announcement 61: each limb on both sides of each boundary and day, on both clocks."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import MOTOR, OXIDE, changed, outcome, verdict

RULE = "CHN-A61-2025"
SHARE, TECHNOLOGY, ORIGIN, NOTICE = (
    "art1_1_value_threshold_0.1pct",
    "art1_2_foreign_direct_product",
    "art1_3_china_origin_items",
    "art7_compliance_notice",
)
ON = "2026-11-24"
FORCE = {"assume": {f"{RULE}:{limb}": "in_force" for limb in (SHARE, TECHNOLOGY, ORIGIN, NOTICE)}}


def operative(facts: dict[str, Any], limb: str = SHARE, **options: Any) -> str:
    return outcome(facts, ON, RULE, limb, **FORCE, **options)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([0.4, 0.4], "licence_required"),  # 0.1 % exactly: "and above"
        ([0.399, 0.399], "not_applicable"),
        ([0.2, 0.6], "incomplete"),
        ([0.2, None], "incomplete"),
        ([0, 0], "not_applicable"),
    ],
)
def test_the_share_of_value_on_both_sides_of_the_threshold(value: list[float | None], expected: str) -> None:
    assert operative(changed(MOTOR, nodes__1__contents__1__value_usd=value)) == expected


def test_an_interval_over_the_threshold_names_the_values_that_would_decide() -> None:
    facts = changed(MOTOR, nodes__1__contents__1__value_usd=[0.2, 0.6])
    found = verdict(facts, ON, RULE, SHARE, **FORCE)
    assert found.could_be == ("licence_required", "not_applicable")
    assert [m.fact for m in found.missing if m.deciding] == ["nodes.1.contents.1.value_usd"]


def test_inputs_outside_part_i_do_not_count() -> None:
    assert operative(changed(MOTOR, nodes__1__contents__1__element="Pr", nodes__1__contents__1__part=...)) == (
        "not_applicable"
    )


def test_part_i_follows_from_element_and_form_where_nobody_says_it() -> None:
    assert operative(changed(MOTOR, nodes__1__contents__1__part=...)) == "licence_required"
    # samarium oxide is no item of Part I, and a magnet does not tell which input went into it
    facts = changed(MOTOR, nodes__1__contents__1__part=..., nodes__1__contents__1__form="magnet")
    assert operative(facts) == "incomplete"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ({"separated": {"FRA": [1, 1]}, "metal": {"JPN": [1, 1]}}, "not_applicable"),
        ({"separated": {"CHN": [1, 1]}, "metal": {"JPN": [1, 1]}}, "licence_required"),
        ({"mined": {"MMR": [1, 1]}}, "incomplete"),
        ({"separated": {"CHN": [0, 0.1], "FRA": [0.9, 1]}, "metal": {"JPN": [1, 1]}}, "not_applicable"),
        ({"separated": {"CHN": [0.1, 0.9]}, "metal": {"JPN": [1, 1]}}, "incomplete"),
        (..., "incomplete"),
    ],
)
def test_only_chinese_inputs_count_by_the_steps_that_make_them(origin: Any, expected: str) -> None:
    facts = changed(MOTOR, nodes__1__contents__1__value_usd=[1, 1], nodes__1__contents__1__origin=origin)
    assert operative(facts) == expected


def test_a_car_with_the_same_magnets_is_below_and_its_motor_is_not() -> None:
    car = changed(
        MOTOR, item__description="car", nodes__0__value_usd=[40000, 40000], nodes__1__contents__1__value_usd=[8, 8]
    )
    assert operative(car) == "not_applicable"
    assert operative(car, readings={"a61_denominator": "listed_part"}) == "licence_required"
    readings = verdict(car, ON, RULE, SHARE, **FORCE).readings["a61_denominator"]
    assert {name: r["outcome"] for name, r in readings["outcomes"].items()} == {
        "shipped_item": "not_applicable",
        "listed_part": "licence_required",
    }


def test_the_press_reading_reaches_goods_without_a_listed_magnet() -> None:
    facts = changed(MOTOR, item__description="lamp", item__form="product", nodes__0__form="product")
    facts["nodes"][1] |= {"id": "film", "form": "compound"}
    assert operative(facts) == "incomplete"  # whether a magnet holds the dysprosium was not told
    assert operative(changed(facts, nodes__1__contents__1__element="Gd", nodes__1__contents__1__part="I")) == (
        "not_applicable"
    )
    assert (
        operative(changed(facts, nodes__1__contents__1__element="Gd"), readings={"a61_scope": "press"})
        == "licence_required"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"destination": "CHN"}, "not_applicable"),
        ({"destination": ...}, "incomplete"),
        ({"exporter": "CHN", "ship_from": "CHN"}, "not_applicable"),
        ({"item__foreign_made": False}, "not_applicable"),
        ({"item__foreign_made": ...}, "incomplete"),
        ({"end_use": ["tank turrets for the army"]}, "denial_in_principle"),
        ({"end_use": ...}, "incomplete"),
        ({"end_use": ["logic chips at 7 nm"]}, "case_by_case"),
        ({"end_use": ["logic chips at 28 nm"]}, "licence_required"),
        ({"end_use": ["memory of 256 layers"]}, "case_by_case"),
        ({"end_use": ["emergency medical aid"]}, "exempt_with_report"),
        ({"end_use": ["disaster relief"], "parties__0__military": True}, "denial_in_principle"),
        ({"parties__0__lists": ["CHN-A12-2026"]}, "denial_in_principle"),
        ({"parties__0__lists": ...}, "incomplete"),
        ({"parties": ...}, "incomplete"),
        ({"parties": []}, "licence_required"),
        # a detail nobody told can make the duty graver, not smaller
        ({"parties__0__owners": ...}, "licence_required"),
        ({"parties__0__military": ...}, "licence_required"),
    ],
)
def test_where_to_by_whom_and_for_what(changes: dict[str, Any], expected: str) -> None:
    assert operative(changed(MOTOR, **changes)) == expected


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ([{"lists": ["CHN-A30-2026"], "share": [0.5, 0.5]}], "denial_in_principle"),
        ([{"lists": ["CHN-A30-2026"], "share": [0.4999, 0.4999]}], "licence_required"),
        ([{"lists": ["CHN-A30-2026"], "share": [0.4, 0.6]}], "incomplete"),
        ([{"lists": ["CHN-A30-2026"], "share": [0.25, 0.25]}] * 2, "denial_in_principle"),
        (
            [{"lists": [], "share": [1, 1], "owners": [{"lists": ["CHN-A30-2026"], "share": 0.6}]}],
            "denial_in_principle",
        ),
        ([{"lists": [], "share": [1, 1]}], "licence_required"),
        ([{"lists": ["A LIST OF MY OWN"], "share": [1, 1]}], "incomplete"),
    ],
)
def test_holdings_from_half_on_count(owners: list[dict[str, Any]], expected: str) -> None:
    assert operative(changed(MOTOR, parties__0__owners=owners)) == expected


def test_shares_of_several_listed_owners_are_a_disputed_reading() -> None:
    facts = changed(MOTOR, parties__0__owners=[{"lists": ["CHN-A30-2026"], "share": [0.25, 0.25]}] * 2)
    assert operative(facts, readings={"a61_ownership": "single"}) == "licence_required"


def test_technology_of_any_step() -> None:
    facts = changed(MOTOR, nodes__1__contents__0__technology=MOTOR["nodes"][1]["contents"][1]["technology"])
    assert operative(facts, TECHNOLOGY) == "not_applicable"
    assert operative(changed(facts, nodes__1__contents__1__technology__magnet="CHN"), TECHNOLOGY) == "licence_required"
    assert operative(changed(facts, nodes__1__contents__1__technology__magnet=None), TECHNOLOGY) == "incomplete"


@pytest.mark.parametrize(
    ("left", "reading", "expected"),
    [
        (None, "caught", "licence_required"),
        ("2025-10-08", "caught", "licence_required"),
        ("2025-10-08", "not_caught", "not_applicable"),
        ("2025-10-09", "not_caught", "licence_required"),
        (None, "not_caught", "incomplete"),
    ],
)
def test_chinese_goods_between_third_countries_and_the_day_they_left(left: Any, reading: str, expected: str) -> None:
    facts = changed(OXIDE, exporter="NLD", ship_from="NLD", dates={"left_china": left})
    assert outcome(facts, "2025-10-20", RULE, ORIGIN, readings={"a61_left_before": reading}) == expected


@pytest.mark.parametrize(
    ("on", "known_on", "limb", "expected"),
    [
        ("2025-10-08", None, ORIGIN, ("not_applicable", None)),
        ("2025-10-09", None, ORIGIN, ("licence_required", "licence_required")),
        ("2025-11-06", None, ORIGIN, ("licence_required", "licence_required")),
        ("2025-11-07", None, ORIGIN, ("dormant_if_reactivated", "licence_required")),
        ("2025-11-07", "2025-11-06", ORIGIN, ("licence_required", "licence_required")),
        ("2026-11-09", None, ORIGIN, ("dormant_if_reactivated", "licence_required")),
        ("2026-11-24", None, ORIGIN, ("incomplete", "licence_required")),
        ("2025-11-30", None, SHARE, ("dormant_if_reactivated", "licence_required")),
        ("2025-12-01", "2025-10-20", SHARE, ("licence_required", "licence_required")),
    ],
)
def test_the_days_of_the_limbs_on_both_clocks(
    on: str, known_on: str | None, limb: str, expected: tuple[str, str | None]
) -> None:
    facts = MOTOR if limb == SHARE else changed(OXIDE, exporter="NLD", ship_from="NLD")
    found = verdict(facts, on, RULE, limb, known_on=known_on)
    assert (found.outcome, found.if_operative) == expected


def test_the_disputed_day_of_revival_gives_each_answer() -> None:
    found = verdict(MOTOR, "2026-11-10", RULE, SHARE)
    assert {name: r["outcome"] for name, r in found.readings["boundary_day"]["outcomes"].items()} == {
        "register": "incomplete",
        "before": "dormant_if_reactivated",
        "after": "incomplete",
    }
    assert outcome(MOTOR, "2026-11-10", RULE, SHARE, readings={"boundary_day": "before"}) == "dormant_if_reactivated"
    assert "boundary_day" not in verdict(MOTOR, "2026-11-12", RULE, SHARE).readings


def test_a_suspended_limb_is_dormant_even_where_it_would_not_apply() -> None:
    found = verdict(changed(MOTOR, destination="CHN"), "2026-02-11", RULE, SHARE)
    assert (found.outcome, found.if_operative) == ("dormant_if_reactivated", "not_applicable")


def test_notices_and_the_declaration_of_the_last_destination() -> None:
    assert operative(MOTOR, NOTICE) == "notice_duty"
    assert operative(OXIDE, NOTICE) == "declaration_duty"
    assert operative(changed(OXIDE, destination="CHN"), NOTICE) == "not_applicable"


def test_what_is_filed_where_and_when() -> None:
    (licence,) = verdict(MOTOR, ON, RULE, SHARE, **FORCE).record()["filings"]
    assert (licence["kind"], licence["owed"]) == ("licence", True)
    assert "ecomp.mofcom.gov.cn" in licence["where"]
    dormant = verdict(MOTOR, "2026-02-11", RULE, SHARE).record()["filings"]
    assert [(f["kind"], f["owed"]) for f in dormant] == [("licence", False)]


def test_what_would_flip_the_verdict() -> None:
    found = verdict(MOTOR, ON, RULE, SHARE, **FORCE).would_flip
    outcomes = {flip["test"]: flip["outcome"] for flip in found}
    assert outcomes["to_china"] == outcomes["share_of_chinese_inputs"] == "not_applicable"
    assert (outcomes["listed_party"], outcomes["relief"]) == ("denial_in_principle", "exempt_with_report")
