"""The Chinese lists of gallium to lithium: descriptions, numbers on both sides of their limits, days on both clocks."""

from __future__ import annotations

from typing import Any

import pytest
from tests.obligations.shipments import OXIDE, changed, outcome, verdict

YES, NO, OPEN, NEAR = "licence_required", "not_applicable", "incomplete", "declaration_duty"
DAY = "2026-03-01"
A55, A56, A57, A58 = ("CHN-A55-2025", "CHN-A56-2025", "CHN-A57-2025", "CHN-A58-2025")


def goods(description: str, form: str, elements: str = "", **parameters: Any) -> dict[str, Any]:
    contents = [{"element": element, "form": None} for element in elements.split()]
    return changed(
        OXIDE,
        item={"description": description, "form": form},
        nodes=[{"id": "x", "contents": contents}],
        parameters=parameters,
        end_use=["civil industry"],
    )


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        ("CHN-A23-2023", goods("gallium metal", "metal", "Ga"), YES),
        ("CHN-A23-2023", goods("GaAs wafers", "product", "Ga As"), YES),
        ("CHN-A23-2023", goods("gallium nitride powder", "powder", "Ga N"), YES),
        ("CHN-A23-2023", goods("germanium lenses", "product", "Ge"), YES),
        ("CHN-A23-2023", goods("germanium dioxide", "oxide", "Ge"), YES),
        ("CHN-A23-2023", goods("GaN power devices", "product", "Ga N"), OPEN),
        ("CHN-A23-2023", goods("phosphor with gallium oxide", "phosphor", "Ga"), NO),
        ("CHN-A23-2023", goods("silicon wafers", "product", "Si"), NO),
        ("CHN-A33-2024", goods("antimony ingot", "metal", "Sb"), YES),
        ("CHN-A33-2024", goods("stibnite ore", "ore", "Sb"), YES),
        ("CHN-A33-2024", goods("antimony trioxide", "oxide", "Sb", purity=99.99), YES),
        ("CHN-A33-2024", goods("antimony trioxide", "oxide", "Sb", purity_percent=99.98), NO),
        ("CHN-A33-2024", goods("antimony trioxide, 99.8 %", "oxide", "Sb"), NO),
        ("CHN-A33-2024", goods("antimony trioxide", "oxide", "Sb", purity=0.9999), YES),
        ("CHN-A33-2024", goods("antimony trioxide", "oxide", "Sb"), OPEN),
        ("CHN-A33-2024", goods("Sb2O3 powder", "powder", "Sb", purity=99.5), NO),
        ("CHN-A33-2024", goods("trimethylantimony", "compound", "Sb", purity=99.9995), YES),
        ("CHN-A33-2024", goods("trimethylantimony", "compound", "Sb", purity=99.999), NO),
        ("CHN-A33-2024", goods("InSb wafer, single crystal", "product", "In Sb", dislocations_per_cm2=49), YES),
        ("CHN-A33-2024", goods("InSb wafer", "product", "In Sb", dislocations_per_cm2=50, purity=99.9), NO),
        ("CHN-A33-2024", goods("cubic press", "equipment", cylinder_diameter_mm=500), YES),
        ("CHN-A33-2024", goods("cubic press", "equipment", cylinder_diameter_mm=499, design_pressure_gpa=4.9), NO),
        ("CHN-A33-2024", goods("cubic press", "equipment", cylinder_diameter_mm=499, design_pressure_gpa=5), YES),
        ("CHN-A33-2024", goods("MPCVD reactor", "equipment", microwave_power_kw=10), YES),
        ("CHN-A33-2024", goods("MPCVD reactor of 6 kW", "equipment"), NO),
        ("CHN-A33-2024", goods("diamond window", "product", diameter_inch=3, transmittance=65), YES),
        ("CHN-A33-2024", goods("diamond window", "product", diameter_inch=2.9, transmittance=70), NO),
        ("CHN-A39-2023", goods("natural flake graphite", "powder"), YES),
        ("CHN-A39-2023", goods("spherical graphite", "powder"), YES),
        ("CHN-A39-2023", goods("synthetic graphite part", "product", purity=99.95, strength=31, density=1.74), YES),
        ("CHN-A39-2023", goods("synthetic graphite part", "product", purity=99.95, strength=31, density=1.7), NO),
        ("CHN-A39-2023", goods("synthetic graphite part", "product", purity=99.9, strength=31, density=1.74), OPEN),
        ("CHN-A39-2023", goods("synthetic graphite", "powder", purity=99.9, strength=31, density=1.74), NO),
        ("CHN-A39-2023", goods("synthetic graphite", "powder", purity=99.95, strength=30, density=1.74), NO),
        ("CHN-A39-2023", goods("graphite block", "product"), OPEN),
        ("CHN-A39-2023", goods("furnace electrodes of synthetic graphite", "product"), NO),
        ("CHN-A39-2023", goods("lithium battery with graphite anode", "product"), NO),
        ("CHN-A10-2025", goods("tungsten carbide powder", "powder", "W C"), YES),
        ("CHN-A10-2025", goods("ammonium paratungstate", "compound", "W"), YES),
        ("CHN-A10-2025", goods("cemented tungsten carbide inserts", "product", "W C"), NO),
        ("CHN-A10-2025", goods("tungsten bar", "metal", "W", tungsten_percent=99.9, diameter_mm=100, length_mm=50), NO),
        ("CHN-A10-2025", goods("bismuth ingot", "metal", "Bi"), YES),
        ("CHN-A10-2025", goods("bismuth oxide", "oxide", "Bi"), NO),
        ("CHN-A10-2025", goods("indium ingot", "metal", "In"), NO),
        ("CHN-A10-2025", goods("ITO target", "target", "In Sn"), NO),
        ("CHN-A10-2025", goods("indium phosphide wafer", "product", "In P"), YES),
        ("CHN-A10-2025", goods("tellurium metal", "metal", "Te"), YES),
        ("CHN-A10-2025", goods("CdTe wafers", "product", "Cd Te"), YES),
    ],
)  # fmt: skip
def test_lists_in_force(rule: str, facts: dict[str, Any], expected: str) -> None:
    assert outcome(facts, DAY, rule) == expected


MISSILE_BAR = changed(
    goods("tungsten bar", "metal", "W", tungsten_percent=97, diameter_mm=120, length_mm=50), end_use=["missile parts"]
)
HEAVY = {"density": 17.6, "elastic_limit_mpa": 801, "uts_mpa": 1271, "elongation_percent": 8.1}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({}, YES), ({"tungsten_percent": 96.9}, NO), ({"diameter_mm": 119}, OPEN), ({"length_mm": 49}, NO)],
)
def test_large_tungsten_for_missiles(parameters: dict[str, Any], expected: str) -> None:
    facts = changed(MISSILE_BAR, parameters={**MISSILE_BAR["parameters"], **parameters})
    assert outcome(facts, DAY, "CHN-A10-2025") == expected


@pytest.mark.parametrize("name", [None, *HEAVY])
def test_heavy_alloy_meets_all_four_numbers(name: str | None) -> None:
    facts = goods("W-Ni-Fe heavy alloy", "alloy", "W Ni Fe", **HEAVY)
    if name is not None:
        facts["parameters"][name] = {"density": 17.5, "elastic_limit_mpa": 800, "uts_mpa": 1270}.get(name, 8)
    assert outcome(facts, DAY, "CHN-A10-2025") == (YES if name is None else NO)


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        (A55, goods("synthetic diamond micropowder", "powder", d50_um=50), YES),
        (A55, goods("synthetic diamond micropowder", "powder", d50_um=51), NEAR),
        (A55, goods("diamond wire", "product", wire_diameter_um=45, grain_size_um=8, breaking_force_n=16), YES),
        (A55, goods("diamond wire", "product", wire_diameter_um=46, grain_size_um=8, breaking_force_n=16), NEAR),
        (A55, goods("grinding wheel", "product", hardness_hrb=30, grain_size_um=5, speed_m_s=40), YES),
        (A55, goods("grinding wheel", "product", hardness_hrb=30, grain_size_um=5, speed_m_s=39), NEAR),
        (A55, goods("DCPCVD equipment", "equipment"), YES),
        (A55, goods("steel wire", "product"), NO),
        (A56, goods("centrifugal extractor", "equipment"), YES),
        (A56, goods("impurity-removal plant for leach liquor", "equipment", capacity_m3_per_day=5000), YES),
        (A56, goods("impurity-removal plant for leach liquor", "equipment", capacity_m3_per_day=4999), NEAR),
        (A56, goods("extraction tank, mixing chamber 0.5 m3", "equipment"), YES),
        (A56, goods("extraction tank", "equipment", volume_m3=14.2), YES),
        (A56, goods("extraction tank", "equipment", volume_m3=14.3), NEAR),
        (A56, goods("extraction tank", "equipment"), OPEN),
        (A56, goods("roasting kiln", "equipment", diameter_m=2, length_m=30, temperature_c=850), YES),
        (A56, goods("roasting kiln", "equipment", diameter_m=2, length_m=30, temperature_c=851), NEAR),
        (A56, goods("electrolytic cell", "equipment", current_ka=6), YES),
        (A56, goods("electrolytic cell", "equipment", current_ka=30), YES),
        (A56, goods("electrolytic cell", "equipment", current_a=5999), NEAR),
        (A56, goods("electrolytic cell of 31 kA", "equipment"), NEAR),
        (A56, goods("magnetic field press", "equipment", field_t=1.5), YES),
        (A56, goods("jet mill", "equipment", particle_size_um=5), YES),
        (A56, goods("jet mill", "equipment", particle_size_um=6), NEAR),
        (A56, goods("monazite ore", "ore", "Ce La Nd"), YES),
        (A56, goods("P507 extractant", "compound"), YES),
        (A56, goods("equipment for rare-earth separation", "equipment"), OPEN),
        (A56, goods("iron ore", "ore", "Fe"), NO),
        (A56, goods("milking machine", "equipment"), NO),
        (A57, goods("holmium oxide", "oxide", "Ho"), YES),
        (A57, goods("NdFeB magnet with holmium", "magnet", "Nd Ho"), YES),
        (A57, goods("NdFeB magnet", "magnet", "Nd"), NO),
        (A57, goods("erbium-doped fibre", "product", "Er"), YES),
        (A57, goods("europium phosphor", "phosphor", "Eu"), YES),
        (A57, goods("dysprosium oxide", "oxide", "Dy"), NO),
        (A57, goods("ytterbium thermal-barrier coating material", "product", "Yb"), YES),
        (A58, goods("lithium-ion battery pack", "product", energy_density_wh_kg=300), YES),
        (A58, goods("lithium-ion battery pack", "product", wh_per_kg=299), NEAR),
        (A58, goods("LFP battery pack, 200 Wh/kg", "assembly"), NEAR),
        (A58, goods("lithium-ion cells", "product"), OPEN),
        (A58, goods("LFP cathode material", "powder", compaction_density=2.5, capacity_mah_g=156), YES),
        (A58, goods("LFP cathode material", "powder", compaction_density=2.5, capacity_mah_g=155), NEAR),
        (A58, goods("artificial graphite anode material", "powder"), YES),
        (A58, goods("lead scrap", "scrap", "Pb"), NO),
    ],
)  # fmt: skip
def test_suspended_lists_say_what_they_would_give(rule: str, facts: dict[str, Any], expected: str) -> None:
    asleep = verdict(facts, DAY, rule)
    assert (asleep.outcome, asleep.if_operative) == ("dormant_if_reactivated", expected)
    assert outcome(facts, DAY, rule, assume={f"{rule}:all": "in_force"}) == expected


@pytest.mark.parametrize(
    ("rule", "facts", "first"),
    [
        ("CHN-A23-2023", goods("gallium metal", "metal", "Ga"), ("2023-07-31", "2023-08-01")),
        ("CHN-A33-2024", goods("antimony ingot", "metal", "Sb"), ("2024-09-14", "2024-09-15")),
        ("CHN-A39-2023", goods("natural flake graphite", "powder"), ("2023-11-30", "2023-12-01")),
        ("CHN-A10-2025", goods("tellurium metal", "metal", "Te"), ("2025-02-03", "2025-02-04")),
    ],
)
def test_first_days(rule: str, facts: dict[str, Any], first: tuple[str, str]) -> None:
    assert outcome(facts, first[0], rule) in ("not_applicable", "dormant_if_reactivated")
    assert outcome(facts, first[1], rule) == YES
    assert outcome(changed(facts, destination="CHN"), first[1], rule) == NO


@pytest.mark.parametrize("rule", [A55, A56, A57, A58])
def test_the_october_lists_never_began_and_may_be_back(rule: str) -> None:
    facts = goods("x", "oxide", "Ho")
    facts["item"]["control_code"] = {A55: "2C902.a", A56: "2B902.d", A57: "1C909.b", A58: "3A001"}[rule]
    assert outcome(facts, "2025-10-08", rule) == NO
    assert outcome(facts, "2025-11-08", rule) == "dormant_if_reactivated"
    assert outcome(facts, "2025-11-08", rule, known_on="2025-11-06") == YES
    late = verdict(facts, "2026-12-01", rule, known_on="2026-11-24")
    assert (late.outcome, late.if_operative) == (OPEN, YES)
    assert any("2026" not in duty.what and duty.kind == "licence" for duty in late.filings)
