"""Announcement 62 of 2025 and the technology catalogue: by any means, to foreigners in China too."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import changed, outcome, verdict

A62, CATALOGUE, DAY = "CHN-A62-2025", "CHN-TECH-2023", "2025-10-20"
KNOWHOW: dict[str, Any] = {
    "exporter": "CHN",
    "ship_from": "CHN",
    "destination": "DEU",
    "transfer": {"kind": "technology", "means": "e-mail", "recipient": "German magnet maker"},
    "item": {"description": "process parameters for solvent extraction of rare earths", "form": "technology"},
    "parties": [{"role": "recipient", "country": "DEU", "lists": [], "owners": [], "military": False}],
    "end_use": ["rare-earth separation plant"],
}
"""Parameters of a separation process, mailed from China to Germany."""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"transfer__means": "shared folder in the cloud"},
        {"transfer__means": "plant visit with explanation"},
        {"transfer__kind": "service", "item__form": "service", "item__description": "training in magnet making"},
        {"transfer__kind": "service", "item__description": "repair of a magnet production line"},
        {"transfer__means": "employment at a foreign smelter", "exporter": "DEU", "ship_from": "DEU",
         "parties": [{"role": "engineer", "country": "CHN"}]},
        {"item": {"description": "drawings", "form": "technology", "control_code": "1E902.a"}},
        {"item__description": "strip casting of NdFeB alloys"},
        {"exporter": "JPN"},
    ],
)  # fmt: skip
def test_needs_a_licence(changes: dict[str, Any]) -> None:
    assert outcome(changed(KNOWHOW, **changes), DAY, A62) == "licence_required"


INSIDE = changed(
    KNOWHOW,
    destination="CHN",
    transfer__recipient="Japanese engineers in Ganzhou",
    parties=[{"role": "recipient", "country": "JPN"}],
)


def test_inside_china_to_a_foreigner_by_the_second_form() -> None:
    found = verdict(INSIDE, DAY, A62)
    assert found.outcome == "licence_required"
    assert [d.form for d in found.filings if d.kind == "licence"] == ["Annex 2, statement on provision within China"]
    abroad = verdict(KNOWHOW, DAY, A62)
    (form,) = [d.form for d in abroad.filings if d.kind == "licence"]
    assert form is not None
    assert form.startswith("Annex 1")


def test_inside_china_to_a_chinese_firm_is_outside_and_to_an_unknown_one_is_open() -> None:
    home = changed(INSIDE, transfer__recipient="Chinese smelter", parties=[{"role": "recipient", "country": "CHN"}])
    assert outcome(home, DAY, A62) == "not_applicable"
    assert outcome(changed(INSIDE, transfer__recipient="Acme", parties=...), DAY, A62) == "incomplete"


def test_foreign_technology_from_a_foreigner_abroad_is_outside() -> None:
    facts = changed(KNOWHOW, exporter="AUS", ship_from="AUS")
    assert outcome(facts, DAY, A62) == "not_applicable"
    assert outcome(changed(facts, parties=...), DAY, A62) == "incomplete"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"item__description": "patent application for rare-earth separation"}, "exempt"),
        ({"item__description": "basic scientific research on rare-earth extraction"}, "exempt"),
        ({"item__description": "rare-earth separation, not in the public domain"}, "licence_required"),
        ({"item__description": "paper on rare-earth separation"}, "incomplete"),
        ({"transfer__means": "posted online without authorisation"}, "prohibited"),
        ({"transfer__means": "posted online without authorisation",
          "item__description": "rare-earth separation now in the public domain"}, "prohibited"),
        ({"parameters": {"permission": False}}, "prohibited"),
        ({"transfer__means": "freight forwarder for an unlicensed export", "exporter": "SGP", "ship_from": "SGP"},
         "prohibited"),
        ({"item__description": "accounting software", "transfer__recipient": "German bank", "end_use": ["offices"]},
         "not_applicable"),
        ({"item__description": "process parameters", "end_use": ..., "transfer__recipient": ...}, "incomplete"),
    ],
)  # fmt: skip
def test_exemptions_prohibitions_and_what_stays_open(changes: dict[str, Any], expected: str) -> None:
    assert outcome(changed(KNOWHOW, **changes), DAY, A62) == expected


PUMP = changed(
    KNOWHOW,
    transfer={"kind": "goods", "means": "sea", "recipient": "German plant"},
    item={"description": "steel pump", "form": "equipment"},
    end_use=["cooling of a dairy"],
)


def test_goods_outside_the_lists_by_what_the_exporter_knows() -> None:
    assert outcome(PUMP, DAY, A62) == "not_applicable"
    assert outcome(changed(PUMP, end_use=["rare-earth separation plant"]), DAY, A62) == "licence_required"
    assert outcome(changed(PUMP, end_use=...), DAY, A62) == "incomplete"
    assert outcome(changed(PUMP, end_use=["rare-earth separation plant"], exporter="DEU", ship_from="DEU"),
                   DAY, A62) == "not_applicable"  # fmt: skip


def test_the_days_of_announcement_62_on_both_clocks() -> None:
    assert outcome(KNOWHOW, "2025-10-08", A62) == "not_applicable"
    assert outcome(KNOWHOW, "2025-10-09", A62) == "licence_required"
    assert outcome(KNOWHOW, "2025-11-06", A62) == "licence_required"
    assert outcome(KNOWHOW, "2025-11-07", A62) == "dormant_if_reactivated"
    assert outcome(KNOWHOW, "2025-11-07", A62, known_on="2025-11-06") == "licence_required"
    late = verdict(KNOWHOW, "2026-12-01", A62, known_on="2026-11-24")
    assert (late.outcome, late.if_operative) == ("incomplete", "licence_required")
    assert outcome(KNOWHOW, "2026-12-01", A62, assume={"CHN-A62-2025:all": "in_force"}) == "licence_required"


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("solvent extraction and separation of rare earths", "prohibited"),
        ("production of rare-earth metals by electrolysis", "prohibited"),
        ("sintering of NdFeB magnets", "prohibited"),
        ("rare-earth mining and beneficiation", "licence_required"),
        ("rare-earth processing", "incomplete"),
        ("accounting", "not_applicable"),
    ],
)
def test_the_catalogue_does_not_sleep(description: str, expected: str) -> None:
    facts = changed(KNOWHOW, item__description=description, end_use=["x"], transfer__recipient="a firm")
    assert outcome(facts, "2026-03-01", CATALOGUE) == expected
    assert outcome(facts, "2023-12-20", CATALOGUE) == "not_applicable"


def test_the_catalogue_is_about_technology_out_of_china() -> None:
    assert outcome(changed(KNOWHOW, destination="CHN"), "2026-03-01", CATALOGUE) == "not_applicable"
    assert outcome(changed(KNOWHOW, exporter="JPN", ship_from="JPN"), "2026-03-01", CATALOGUE) == "not_applicable"
    assert outcome(PUMP, "2026-03-01", CATALOGUE) == "not_applicable"
