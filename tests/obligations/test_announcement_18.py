"""Announcement 18 of 2025 on the goods of the ministry's answers, and on its day."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import OXIDE, changed, outcome, verdict

RULE, DAY = "CHN-A18-2025", "2026-03-01"


def goods(description: str | None, form: str | None = None, *contents: tuple[str, str], **more: Any) -> dict[str, Any]:
    told = [{"element": element, "form": kind} for element, kind in contents]
    nodes = [{"id": "x", "contents": told}] if contents else []
    item = {k: v for k, v in {"description": description, "form": form}.items() if v is not None}
    return changed(OXIDE, item=item, nodes=nodes, **more)


@pytest.mark.parametrize(
    ("description", "form", "contents"),
    [
        ("magnet powder for bonding", "powder", [("Dy", "magnet"), ("Nd", "magnet")]),
        ("sintered NdFeB ring magnets, coated and magnetised", "magnet", [("Dy", "magnet")]),
        ("SmCo magnet, cut to blocks", "magnet", [("Sm", "magnet")]),
        ("NdFeB magnets with terbium for rotors", None, []),
        ("magnetic steel with Dy", None, []),
        ("Mg-Gd-Y-Zr alloy ingots", "alloy", []),
        ("Al-Sc alloy with zirconium", "alloy", []),
        ("alloy for lamps", "alloy", [("Yb", "alloy"), ("Lu", "alloy")]),
        ("polishing slurry of CeO2 with Y2O3", "slurry", [("Ce", "oxide"), ("Y", "oxide")]),
        ("grain-boundary diffusion slurry of TbF3", "slurry", [("Tb", "compound")]),
        ("yttrium oxide, phosphor-grade", "oxide", [("Y", "oxide")]),
        ("Y2O3 for phosphors", "powder", [("Y", "oxide")]),
        ("mixed chlorides of samarium and gadolinium", None, []),
        ("yttrium sputtering target", "target", [("Y", "metal")]),
        ("uncalcined catalyst of yttrium hydroxide", "catalyst", [("Y", "compound")]),
        ("scrapped NdFeB magnets with dysprosium", "scrap", [("Dy", "magnet")]),
        ("free sample of dysprosium oxide, 5 g", "oxide", [("Dy", "oxide")]),
        ("offcuts", "scrap", [("Dy", "alloy")]),
        ("motor magnets", None, [("Dy", "magnet")]),
    ],
)
def test_needs_a_licence(description: str, form: str | None, contents: list[tuple[str, str]]) -> None:
    assert outcome(goods(description, form, *contents), DAY, RULE) == "licence_required"


@pytest.mark.parametrize(
    ("description", "form", "contents"),
    [
        ("rotor with surface-mounted NdFeB magnets", "assembly", [("Dy", "magnet")]),
        ("permanent magnet motor with SmCo magnets", None, [("Sm", "magnet")]),
        ("injection-moulded sensor with SmCo magnet", "assembly", [("Sm", "magnet")]),
        ("loudspeaker", "product", [("Dy", "magnet")]),
        ("magnetic toy blocks", "product", [("Tb", "magnet")]),
        ("phone case with magnet", "product", [("Dy", "magnet")]),
        ("red phosphor powder", "powder", [("Y", "oxide"), ("Eu", "oxide")]),
        ("phosphor", "phosphor", [("Y", "oxide")]),
        ("calcined catalyst powder", "catalyst", [("Y", "oxide")]),
        ("xenotime ore", "ore", [("Y", "compound")]),
        ("NdFeB magnet", "magnet", [("Nd", "magnet"), ("Pr", "magnet")]),
        ("NdFeB magnets with neither Tb nor Dy", "magnet", []),
        ("GdFeB magnet", "magnet", [("Gd", "magnet"), ("Fe", "magnet")]),
        ("Lu-Al alloy", "alloy", [("Lu", "alloy"), ("Al", "alloy")]),
        ("Gd-Fe alloy", "alloy", [("Gd", "alloy"), ("Fe", "alloy")]),
        ("CeO2 polishing slurry", "slurry", [("Ce", "oxide")]),
    ],
)
def test_is_outside(description: str, form: str | None, contents: list[tuple[str, str]]) -> None:
    assert outcome(goods(description, form, *contents), DAY, RULE) == "not_applicable"


@pytest.mark.parametrize(
    ("description", "form", "contents"),
    [
        ("catalyst", "catalyst", [("Y", "oxide")]),
        (None, "catalyst", [("Y", "oxide")]),
        ("grinding swarf", "scrap", [("Dy", "scrap")]),
        ("NdFeB magnet", "magnet", []),
        ("motor magnets", "product", [("Dy", "magnet")]),
        ("YAG laser crystal", "product", [("Y", "oxide")]),
        ("gadolinium contrast agent", "product", [("Gd", "compound")]),
        ("gadolinium contrast agent", "compound", [("Gd", "compound")]),
        ("alloy", "alloy", [("Gd", "alloy")]),
        ("alloy", "alloy", [("Lu", "alloy")]),
        ("xenotime concentrate", "concentrate", [("Y", "compound")]),
        (None, None, [("Dy", "oxide")]),
    ],
)
def test_stays_open(description: str | None, form: str | None, contents: list[tuple[str, str]]) -> None:
    found = verdict(goods(description, form, *contents), DAY, RULE)
    assert found.outcome == "incomplete"
    assert found.missing


def test_a_told_code_settles_what_the_description_leaves_open() -> None:
    facts = changed(goods("motor magnets", "product", ("Dy", "magnet")), item__control_code="1C905.a.4")
    assert outcome(facts, DAY, RULE) == "licence_required"


def test_the_tariff_line_never_decides() -> None:
    facts = changed(goods("rotor", "assembly", ("Dy", "magnet")), item__hs="8505111000")
    assert outcome(facts, DAY, RULE) == "not_applicable"


@pytest.mark.parametrize(
    ("share", "reading", "expected"),
    [
        (0.05, "none", "licence_required"),
        (0.1, "mass_0.1_percent", "not_applicable"),
        (0.11, "mass_0.1_percent", "licence_required"),
        ([0.05, 0.2], "mass_0.1_percent", "incomplete"),
        (None, "mass_0.1_percent", "incomplete"),
    ],
)
def test_traces_are_a_matter_of_practice(share: Any, reading: str, expected: str) -> None:
    facts = goods("magnet", "magnet", ("Dy", "magnet"), parameters={"dy_tb_mass_percent": share})
    assert outcome(facts, DAY, RULE, readings={"trace_practice": reading}) == expected


def test_the_day_on_both_clocks() -> None:
    assert outcome(OXIDE, "2025-04-03", RULE) == "not_applicable"
    assert outcome(OXIDE, "2025-04-04", RULE) == "licence_required"
    assert outcome(OXIDE, "2025-04-04", RULE, known_on="2025-04-03") == "not_applicable"
    assert outcome(OXIDE, "2026-11-24", RULE) == "licence_required"


def test_transit_through_a_free_zone_leaves_china_and_a_way_home_does_not() -> None:
    abroad = changed(
        OXIDE, exporter="JPN", ship_from="JPN", transfer__means="transit through a bonded zone in Shanghai"
    )
    assert outcome(abroad, DAY, RULE) == "licence_required"
    assert outcome(changed(OXIDE, destination="CHN"), DAY, RULE) == "not_applicable"
    for place in ("HKG", "MAC", "TWN"):
        assert outcome(changed(OXIDE, destination=place), DAY, RULE) == "licence_required"


def test_the_certificate_is_named_for_returns_alone() -> None:
    sent = verdict(OXIDE, DAY, RULE)
    assert not any("certificate" in duty.what for duty in sent.filings)
    back = verdict(changed(OXIDE, transfer__means="returned after repair"), DAY, RULE)
    assert back.outcome == "licence_required"
    assert any("certificate" in duty.what for duty in back.filings)
