"""The European Union's duties: days that hang on acts, the 0.2 kg of magnets, and a proposal on scrap."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import MOTOR, Facts_, changed, outcome, verdict

CRMA, SCRAP = "EU-CRMA-2024", "EU-MAGSCRAP-2026"
WASHER: Facts_ = changed(
    MOTOR, destination="DEU", item={"description": "washing machine", "form": "product"}, end_use=["households"]
)
MRI: Facts_ = changed(WASHER, item__description="MRI scanner", end_use=["hospitals"])


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        (WASHER, "2026-05-23", "dormant_if_reactivated"),  # no act can be two years old
        (WASHER, "2026-05-24", "incomplete"),
        (changed(WASHER, parameters={"label_owed": True}), "2027-12-01", "declaration_duty"),
        (MRI, "2027-12-01", "dormant_if_reactivated"),
        (MRI, "2029-05-23", "dormant_if_reactivated"),
        (MRI, "2029-05-24", "declaration_duty"),
        (changed(WASHER, destination="GBR"), "2029-05-24", "not_applicable"),
        (changed(WASHER, item__description="military washing machine"), "2026-05-23", "not_applicable"),
        (changed(WASHER, item__description="wooden table"), "2026-05-23", "not_applicable"),
    ],
)
def test_the_label_on_both_sides_of_its_days(facts: Facts_, on: str, expected: str) -> None:
    facts = changed(facts, parameters={"large_company": False, **facts.get("parameters", {})})
    assert outcome(facts, on, CRMA) == expected


def test_the_recycled_share_is_for_more_than_200_grams() -> None:
    on, base = "2027-05-24", changed(WASHER, parameters={"label_owed": False, "recycled_share_owed": True})

    def weighing(**parameters: Any) -> str:
        return outcome(changed(base, parameters={**base["parameters"], "large_company": False, **parameters}), on, CRMA)

    assert weighing(magnet_mass_kg=0.21) == "declaration_duty"
    assert weighing(magnet_mass_kg=0.2) != "declaration_duty"
    heavy = changed(base, parameters={**base["parameters"], "large_company": False})
    heavy["nodes"][1]["contents"][0]["mass_kg"] = [0.25, 0.3]
    assert outcome(heavy, on, CRMA) == "declaration_duty"


def test_a_listed_large_company_assesses_its_supply() -> None:
    facts = changed(WASHER, parameters={"large_company": True}, end_use=["electric vehicle motors"])
    assert outcome(facts, "2026-01-01", CRMA) == "report_required"
    assert outcome(changed(facts, parameters={}), "2026-01-01", CRMA) == "incomplete"


SWARF: Facts_ = {
    "exporter": "DEU", "ship_from": "DEU", "destination": "CHN",
    "item": {"description": "NdFeB magnet swarf", "form": "scrap"},
    "nodes": [{"id": "drum", "form": "scrap", "contents": [{"element": "Nd", "mass_kg": [5, 5]}]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "if_operative"),
    [
        (SWARF, "prohibited"),
        (changed(SWARF, destination="FRA"), "not_applicable"),
        (changed(SWARF, exporter="JPN", ship_from="JPN"), "not_applicable"),
        (changed(SWARF, item={"description": "magnet", "form": "magnet"}, nodes__0__form="magnet"), "not_applicable"),
        (changed(SWARF, destination=...), "incomplete"),
    ],
)
def test_scrap_of_magnets_is_only_proposed(facts: Facts_, if_operative: str) -> None:
    found = verdict(facts, "2026-06-01", SCRAP)
    assert (found.outcome, found.if_operative) == ("dormant_if_reactivated", if_operative)
