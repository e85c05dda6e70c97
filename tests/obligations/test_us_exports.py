"""US export rules: the share of US content, and parties held by listed ones; each limit from both sides."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import Facts_, changed, outcome, verdict

from ytterby.obligations import Facts, judge

EAR, BIS = "USA-EAR-DEMIN", "USA-BIS-50-2025"
ON = "2026-11-24"

MACHINE: Facts_ = {
    "exporter": "DEU",
    "ship_from": "DEU",
    "destination": "CHN",
    "transfer": {"kind": "goods"},
    "item": {"description": "machine tool", "form": "equipment", "foreign_made": True},
    "nodes": [
        {
            "id": "machine",
            "form": "equipment",
            "value_usd": [1000, 1000],
            "contents": [{"element": "Dy", "value_usd": [250, 250], "us_licence_required": True}],
        }
    ],
    "parties": [{"role": "end_user", "name": "X", "country": "CHN", "lists": [], "owners": [], "military": False}],
    "end_use": ["industrial machining"],
}
"""A German machine with controlled US content for a quarter of its value, to China."""
VALUE = "nodes__0__contents__0__value_usd"


@pytest.mark.parametrize(
    ("destination", "value", "expected"),
    [
        ("CHN", [250, 250], "not_applicable"),  # exactly 25 % does not exceed it
        ("CHN", [250.01, 250.01], "subject_to_regime"),
        ("CHN", [200, 300], "incomplete"),
        ("IRN", [100, 100], "not_applicable"),  # exactly 10 %
        ("IRN", [100.01, 100.01], "subject_to_regime"),
        ("CUB", [100.01, 100.01], "subject_to_regime"),
        ("IND", [100.01, 100.01], "not_applicable"),
        ("IND", [250.01, 250.01], "subject_to_regime"),
        ("USA", [900, 900], "not_applicable"),  # no re-export
    ],
)
def test_the_levels_of_de_minimis(destination: str, value: list[float], expected: str) -> None:
    assert outcome(changed(MACHINE, destination=destination, **{VALUE: value}), ON, EAR) == expected


def test_content_counts_only_where_it_needs_a_licence() -> None:
    facts = changed(MACHINE, **{VALUE: [900, 900]})
    assert outcome(facts, ON, EAR) == "subject_to_regime"
    assert outcome(changed(facts, nodes__0__contents__0__us_licence_required=False), ON, EAR) == "not_applicable"
    assert outcome(changed(facts, nodes__0__contents__0__us_licence_required=...), ON, EAR) == "incomplete"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"item__control_code": "9A610.x"}, "subject_to_regime"),
        ({"nodes__0__listed_as": "9A515"}, "subject_to_regime"),
        ({"item__control_code": "9A610.x", "destination": "IND"}, "not_applicable"),
        ({"item__control_code": "5E002", "destination": "IND"}, "subject_to_regime"),
        ({"parameters": {"no_de_minimis": True}}, "subject_to_regime"),
        ({"parameters": {"us_content_category": "600-series"}}, "subject_to_regime"),
        ({"parameters": {"de_minimis_threshold": 0}}, "subject_to_regime"),
        ({"parameters": {"de_minimis_threshold": 0.25}}, "not_applicable"),
        ({"parameters": {"content_kind": "9A610 parts"}}, "subject_to_regime"),
        ({"item__description": "encryption module"}, "incomplete"),
        ({"item__description": "encryption module", VALUE: [0, 0]}, "not_applicable"),
        ({"end_use": ["fighter aircraft"]}, "incomplete"),
        ({"end_use": ...}, "incomplete"),
        ({"end_use": ..., "destination": "IND"}, "not_applicable"),
    ],
)
def test_content_of_which_no_share_is_let_go(changes: dict[str, Any], expected: str) -> None:
    assert outcome(changed(MACHINE, **{VALUE: [10, 10], **changes}), ON, EAR) == expected


def test_technology_needs_a_report_before_a_small_share_is_relied_on() -> None:
    technology = changed(MACHINE, transfer__kind="technology", **{VALUE: [10, 10]})
    assert outcome(technology, ON, EAR) == "report_required"
    assert [d.kind for d in verdict(technology, ON, EAR).filings] == ["report"]
    assert outcome(changed(technology, nodes__0__contents=[]), ON, EAR) == "not_applicable"


def test_what_is_us_made_or_leaves_the_united_states_is_subject_without_any_share() -> None:
    assert outcome(changed(MACHINE, item__foreign_made=False), ON, EAR) == "subject_to_regime"
    assert outcome(changed(MACHINE, item__foreign_made=...), ON, EAR) == "incomplete"
    assert outcome(changed(MACHINE, ship_from="USA"), ON, EAR) == "subject_to_regime"


def test_a_share_below_the_level_reminds_of_the_direct_product_rules() -> None:
    assert "734.9" in verdict(MACHINE, ON, EAR).record()["note"]


def test_a_parameter_that_a_rule_reads_by_its_words_is_not_unread() -> None:
    facts = changed(MACHINE, parameters={"content_kind": "9A610 parts", "colour": "red"})
    assert judge(Facts.model_validate(facts), ON).unread == ("parameters.colour",)


def held(*owners: tuple[float | None, list[str] | None], **changes: Any) -> Facts_:
    told = [
        {"name": f"O{k}", "lists": lists, "share": None if share is None else [share, share], "owners": []}
        for k, (share, lists) in enumerate(owners)
    ]
    return changed(MACHINE, exporter="USA", ship_from="USA", parties__0__owners=told, **changes)


FORCE = {"assume": {f"{BIS}:all": "in_force"}}
LISTED = ["Entity List"]


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ([(0.5, LISTED)], "licence_required"),  # exactly 50 %
        ([(0.499, LISTED)], "not_applicable"),
        ([(0.25, LISTED), (0.25, [BIS])], "licence_required"),  # in aggregate
        ([(0.25, LISTED), (0.24, LISTED)], "not_applicable"),
        ([(None, LISTED)], "incomplete"),
        ([(0.6, None)], "incomplete"),
        ([(0.6, [])], "not_applicable"),
        ([(0.6, ["USA-1260H-2026"])], "not_applicable"),
        ([(0.6, ["some list"])], "incomplete"),
        ([], "not_applicable"),
    ],
)
def test_holdings_by_listed_owners(owners: list[tuple[float | None, list[str] | None]], expected: str) -> None:
    assert outcome(held(*owners), ON, BIS, **FORCE) == expected


def test_a_chain_of_holdings_counts_where_each_link_is_half_or_more() -> None:
    def chain(top: float, below: float) -> Facts_:
        upper = [{"name": "top", "lists": LISTED, "share": [top, top]}]
        return changed(held((below, [])), parties__0__owners__0__owners=upper)

    assert outcome(chain(0.5, 0.5), ON, BIS, **FORCE) == "licence_required"
    assert outcome(chain(0.49, 1.0), ON, BIS, **FORCE) == "not_applicable"
    assert outcome(changed(held((1.0, [])), parties__0__owners__0__owners=...), ON, BIS, **FORCE) == "incomplete"


def test_only_items_subject_to_the_ear() -> None:
    german = changed(held((0.5, LISTED)), exporter="DEU", ship_from="DEU", nodes__0__contents=[])
    assert outcome(german, ON, BIS, **FORCE) == "incomplete"
    assert outcome(changed(german, parameters={"subject_to_ear": False}), ON, BIS, **FORCE) == "not_applicable"
    assert outcome(changed(german, item__control_code="EAR99"), ON, BIS, **FORCE) == "licence_required"


@pytest.mark.parametrize(
    ("on", "known_on", "expected"),
    [
        ("2025-09-29", None, "licence_required"),
        ("2025-11-09", None, "licence_required"),
        ("2025-11-10", None, "dormant_if_reactivated"),
        ("2025-11-10", "2025-11-09", "licence_required"),
        ("2026-11-09", None, "dormant_if_reactivated"),
        ("2026-11-10", None, "incomplete"),
        ("2026-11-24", None, "incomplete"),
    ],
)
def test_the_days_of_the_affiliates_rule_on_both_clocks(on: str, known_on: str | None, expected: str) -> None:
    found = verdict(held((0.5, LISTED)), on, BIS, known_on=known_on)
    assert (found.outcome, found.if_operative) == (expected, "licence_required")
