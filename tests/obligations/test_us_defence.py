"""The US clause on magnets, tantalum and tungsten: stages, days, exceptions, and what is no defence contract."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import Facts_, changed, outcome, verdict

RULE, OLD, NEW = "USA-DFARS-7052", "melted_or_produced", "mining_to_production"
ON = "2026-11-24"

MAGNET: Facts_ = {
    "exporter": "JPN",
    "ship_from": "JPN",
    "destination": "USA",
    "dates": {"contract": "2026-05-01", "delivery": "2027-03-01"},
    "item": {"description": "sintered NdFeB magnet", "form": "magnet", "foreign_made": True},
    "nodes": [
        {
            "id": "magnet",
            "form": "magnet",
            "contents": [
                {
                    "element": "Nd",
                    "form": "magnet",
                    "mass_kg": [0.3, 0.3],
                    "origin": {
                        "mined": {"AUS": [1, 1]},
                        "separated": {"MYS": [1, 1]},
                        "metal": {"JPN": [1, 1]},
                        "magnet": {"JPN": [1, 1]},
                    },
                }
            ],
        }
    ],
    "parties": [{"role": "end_user", "name": "Prime Ltd", "country": "USA", "military": False}],
    "end_use": ["actuator under a US DoD contract"],
}
"""A magnet with no step in a covered country, for a contract of the US Department of Defense."""
CHINESE = {"CHN": [1, 1]}


def origin(step: str, country: str = "CHN", facts: Facts_ = MAGNET) -> Facts_:
    return changed(facts, **{f"nodes__0__contents__0__origin__{step}": {country: [1, 1]}})


def judged(facts: Facts_, limb: str = NEW, on: str = ON, **options: Any) -> str:
    return outcome(facts, on, RULE, limb, **options)


@pytest.mark.parametrize("country", ["CHN", "PRK", "RUS", "IRN"])
@pytest.mark.parametrize(
    ("step", "old", "new"),
    [
        ("mined", "not_applicable", "prohibited"),
        ("separated", "not_applicable", "prohibited"),
        ("metal", "prohibited", "prohibited"),
        ("magnet", "prohibited", "prohibited"),
    ],
)
def test_the_stages_of_each_limb(step: str, country: str, old: str, new: str) -> None:
    facts = origin(step, country)
    assert judged(changed(facts, dates__delivery="2026-12-31"), OLD) == old
    assert judged(facts) == new


def test_a_chain_outside_the_covered_countries_is_not_caught() -> None:
    assert judged(MAGNET) == "not_applicable"
    assert judged(changed(MAGNET, dates__delivery="2026-12-31"), OLD) == "not_applicable"


def test_the_last_day_of_the_old_limb_and_the_first_of_the_new() -> None:
    facts = origin("mined")
    last, first = (changed(facts, dates__delivery=day) for day in ("2026-12-31", "2027-01-01"))
    assert (verdict(last, ON, RULE, NEW).outcome, verdict(last, ON, RULE, NEW).if_operative) == (
        "dormant_if_reactivated",
        "prohibited",
    )
    assert judged(first) == "prohibited"
    # known since 30 May 2024, and not before
    assert judged(first, on="2024-05-30") == "prohibited"
    assert verdict(first, "2024-05-29", RULE, NEW).state.legal is None


def test_the_day_of_delivery_or_of_the_contract_is_a_reading() -> None:
    facts = origin("mined")
    found = verdict(facts, ON, RULE, NEW)
    assert found.day.isoformat() == "2027-03-01"
    assert found.readings["dfars_date"]["outcomes"] == {
        "delivery": {"outcome": "prohibited", "if_operative": "prohibited"},
        "contract": {"outcome": "dormant_if_reactivated", "if_operative": "prohibited"},
    }
    by_contract = verdict(facts, ON, RULE, NEW, readings={"dfars_date": "contract"})
    assert (by_contract.day.isoformat(), by_contract.outcome) == ("2026-05-01", "dormant_if_reactivated")


def test_where_the_day_of_the_reading_is_not_told_the_other_is_taken_then_the_day_asked_about() -> None:
    no_delivery = changed(origin("mined"), dates__delivery=...)
    assert verdict(no_delivery, ON, RULE, NEW).day.isoformat() == "2026-05-01"
    assert verdict(changed(no_delivery, dates=...), "2027-01-01", RULE, NEW).outcome == "prohibited"


def test_dysprosium_is_followed_by_the_careful_reading_alone() -> None:
    facts = changed(origin("separated"), nodes__0__contents__0__element="Dy")
    assert judged(facts) == "prohibited"
    assert judged(facts, readings={"dfars_ndfeb_elements": "named"}) == "not_applicable"


@pytest.mark.parametrize(
    ("element", "form", "step", "old", "new"),
    [
        ("Sm", "magnet", "recycled", "not_applicable", "prohibited"),
        ("Co", "magnet", "mined", "not_applicable", "prohibited"),
        ("Nd", "magnet", "recycled", "not_applicable", "not_applicable"),
        ("Ta", "metal", "metal", "prohibited", "prohibited"),
        ("Ta", "metal", "mined", "not_applicable", "prohibited"),
        ("W", "alloy", "metal", "prohibited", "prohibited"),
        ("W", "powder", "recycled", "not_applicable", "prohibited"),
        ("Ta", "oxide", "metal", "not_applicable", "not_applicable"),
        ("Nd", "oxide", "separated", "not_applicable", "not_applicable"),
    ],
)
def test_materials_and_recycled_feed(element: str, form: str, step: str, old: str, new: str) -> None:
    facts = changed(
        origin(step),
        item__form=form,
        item__description="goods",
        nodes__0__form=form,
        nodes__0__contents__0__element=element,
        nodes__0__contents__0__form=form,
    )
    if form != "magnet":
        facts = changed(facts, nodes__0__contents__0__origin__magnet=...)
    assert judged(changed(facts, dates__delivery="2026-12-31"), OLD) == old
    assert judged(facts) == new


def test_an_untold_step_is_incomplete_and_named() -> None:
    found = verdict(changed(MAGNET, nodes__0__contents__0__origin__separated=...), ON, RULE, NEW)
    assert found.outcome == "incomplete"
    assert "nodes.0.contents.0.origin.separated" in [m.fact for m in found.missing if m.deciding]


def test_a_part_from_a_covered_country_is_enough_and_a_possible_part_is_unknown() -> None:
    share = "nodes__0__contents__0__origin__mined"
    assert judged(changed(MAGNET, **{share: {"AUS": [0.9, 0.9], "CHN": [0.1, 0.1]}})) == "prohibited"
    assert judged(changed(MAGNET, **{share: {"AUS": [0.9, 1], "CHN": [0, 0.1]}})) == "incomplete"


ACTUATOR = changed(MAGNET, item__form="assembly", item__description="actuator", nodes__0__form="assembly")


@pytest.mark.parametrize(
    ("made_in", "expected"), [("CHN", "prohibited"), ("China", "prohibited"), ("JPN", "not_applicable"),
                              ("Cathay", "incomplete"), (None, "incomplete")]
)  # fmt: skip
def test_the_end_item_made_in_a_covered_country(made_in: str | None, expected: str) -> None:
    assert judged(changed(ACTUATOR, parameters={"made_in": made_in})) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"below_simplified_acquisition_threshold": True}, "exempt"),
        ({"contract_value_usd": 350000}, "exempt"),
        ({"contract_value_usd": 350001}, "prohibited"),
        ({"acquired_outside_usa": True, "used_outside_usa": True}, "exempt"),
        ({"acquired_outside_usa": True, "used_outside_usa": False}, "prohibited"),
        ({"nonavailability_determination": True}, "exempt"),
        ({"nonavailability_determination": False}, "prohibited"),
        ({}, "prohibited"),
    ],
)
def test_exceptions_hold_where_they_are_told(parameters: dict[str, Any], expected: str) -> None:
    facts = changed(origin("magnet"), parameters=parameters)
    assert judged(facts) == expected
    assert judged(changed(facts, dates__delivery="2026-12-31"), OLD) == expected


def test_an_exception_that_nobody_claims_does_not_hide_the_prohibition_but_is_named() -> None:
    found = verdict(origin("magnet"), ON, RULE, NEW)
    assert (found.outcome, found.could_be) == ("prohibited", ("prohibited", "exempt"))
    assert "parameters.nonavailability_determination" in [m.fact for m in found.missing]


CAUGHT = changed(origin("magnet", facts=ACTUATOR), parameters={"made_in": "JPN", "cots": True})


@pytest.mark.parametrize(
    ("facts", "old", "new"),
    [
        (CAUGHT, "exempt", "incomplete"),  # how much of the weight is covered material counts from 2027
        (changed(CAUGHT, parameters__covered_material_weight_share=0.49), "exempt", "exempt"),
        (changed(CAUGHT, parameters__covered_material_weight_share=0.5), "exempt", "prohibited"),
        (changed(CAUGHT, item__description="motor"), "exempt", "exempt"),
        (changed(origin("magnet"), parameters={"cots": True}), "exempt", "prohibited"),  # a bare magnet from 2027
        (
            changed(CAUGHT, nodes__0__contents__0__element="W", nodes__0__contents__0__form="alloy",
                    parameters__tungsten_weight_share=0.5),
            "prohibited", "prohibited",
        ),
    ],
)  # fmt: skip
def test_off_the_shelf_and_what_changes_in_2027(facts: Facts_, old: str, new: str) -> None:
    if facts["nodes"][0]["contents"][0]["element"] == "W":
        facts = changed(origin("metal", facts=facts), parameters__covered_material_weight_share=0.6)
    assert judged(changed(facts, dates__delivery="2026-12-31"), OLD) == old
    assert judged(facts) == new


def test_an_electronic_device_is_excused_and_a_bare_magnet_is_none() -> None:
    assert judged(changed(CAUGHT, parameters={"made_in": "CHN", "electronic_device": True})) == "exempt"
    assert judged(changed(CAUGHT, parameters={}, item__description="radio")) == "exempt"
    assert judged(changed(origin("magnet"), parameters={"electronic_device": True})) == "prohibited"


def test_recycled_magnets_milled_and_sintered_in_the_usa() -> None:
    told = {"recycled": True, "milled_in_usa": True, "sintered_in_usa": True}
    facts = changed(origin("metal"), parameters=told)
    assert judged(facts) == "exempt"
    assert judged(changed(facts, parameters__sintered_in_usa=False)) == "prohibited"
    smco = changed(facts, nodes__0__contents__0__element="Sm")
    assert judged(smco) == "prohibited"
    by_origin = origin("recycled", "USA", origin("magnet", "USA", origin("metal")))
    assert judged(by_origin) == "exempt"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"end_use": ["passenger cars"]}, "not_applicable"),
        ({"end_use": ["missile"]}, "incomplete"),
        ({"end_use": ["pumps"]}, "incomplete"),  # neither clearly civil nor told to be for the department
        ({"end_use": ...}, "incomplete"),
        ({"end_use": ["passenger cars"], "parties": ...}, "incomplete"),
        ({"end_use": ["passenger cars"], "parties__0__military": True}, "prohibited"),
        ({"end_use": ["passenger cars"], "parties__0__name": "U.S. Army"}, "prohibited"),
        ({"end_use": ["passenger cars"], "parameters": {"dod_contract": True}}, "prohibited"),
        ({"end_use": ["pumps"], "parameters": {"dod_contract": False}}, "not_applicable"),
        ({"end_use": ["pumps"], "parameters": {"customer": "Department of War"}}, "prohibited"),
    ],
)
def test_only_contracts_of_the_us_department_of_defense(changes: dict[str, Any], expected: str) -> None:
    assert judged(changed(origin("magnet"), **changes)) == expected


def test_a_country_that_is_told_by_a_name_nobody_knows_is_no_permission() -> None:
    assert judged(changed(ACTUATOR, parameters={"made_in": ["JPN", "CHN"]})) == "prohibited"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"exception": "domestic nonavailability determination"}, "exempt"),
        ({"nonavailability_determination_issued": True}, "exempt"),
        ({"nonavailability_determination_issued": False}, "prohibited"),
        ({"not_cots": True}, "prohibited"),
        ({"simplified_acquisition_threshold_usd": 350000, "contract_value_usd": 400000}, "prohibited"),
    ],
)
def test_parameters_are_read_by_what_their_names_and_words_say(parameters: dict[str, Any], expected: str) -> None:
    assert judged(changed(origin("magnet"), parameters=parameters)) == expected
