"""Facts for the law: nodes on every level, forms, list parts, shares by step."""

from __future__ import annotations

from typing import Any

import pytest

from ytterby.errors import UsageError
from ytterby.obligations import Facts
from ytterby.trace.facts import facts_of, shippable

LINES = [("car", "motor", 1), ("motor", "magnet", 8), ("motor", "screw", 4), ("car", "target", 1), ("car", "magnet", 1)]
ITEMS = {
    "car": {"value_usd": 40000},
    "motor": {"value_usd": 400, "form": "assembly", "hs": "8501", "name": "A motor", "shipped": "yes"},
    "magnet": {"value_usd": 20, "form": "Magnet", "mass_kg": 0.25},
    "screw": {"form": "fastener"},
    "target": {"value_usd": 90, "form": "target"},
}
SAID = [
    {
        "item": "magnet",
        "element": "Dy",
        "form": "metal",
        "mass_low_kg": 0.008,
        "mass_high_kg": 0.01,
        "value_low_usd": 2,
        "value_high_usd": 3,
        "mined_in": "MMR; CHN",
        "metal_in": "CHN",
        "technology_from": "CHN",
    },
    {"item": "magnet", "element": "Nd", "form": "magnet", "mass_low_kg": 0.06, "mass_high_kg": 0.06},
    {"item": "target", "element": "Dy", "form": "target", "mass_low_kg": 0.001, "mass_high_kg": 0.001},
    {"item": "screw"},
]
WHERE = {"on": "2026-11-24", "destination": "USA"}


def contents(facts: dict[str, Any], node: str) -> dict[str, dict[str, Any]]:
    (found,) = [n for n in facts["nodes"] if n["id"] == node]
    return {row["element"]: row for row in found["contents"]}


def test_every_level_that_can_hold_a_rare_earth_is_a_node(bom: Any) -> None:
    facts = facts_of(bom(LINES, ITEMS, SAID), "car", **WHERE)
    assert [(n["id"], n["parent"], n["form"], n["value_usd"]) for n in facts["nodes"]] == [
        ("car", None, None, [40000, 40000]),
        ("motor", "car", "assembly", [400, 400]),
        ("magnet", "car", "magnet", [20, 20]),
        ("target", "car", "target", [90, 90]),
    ]
    assert Facts.model_validate(facts).dates.export is not None


def test_contents_have_value_mass_origin_by_step_and_technology(bom: Any) -> None:
    dy = contents(facts_of(bom(LINES, ITEMS, SAID), "motor", **WHERE), "motor")["Dy"]
    assert (dy["value_usd"], dy["mass_kg"]) == ([16, 24], [pytest.approx(0.064), pytest.approx(0.08)])
    assert (dy["form"], dy["part"]) == ("metal", "I")
    assert dy["origin"]["metal"] == {"CHN": [pytest.approx(0.8), 1]}
    assert dy["origin"]["mined"] == {"CHN": [0, 1], "MMR": [0, 1]}


def test_a_form_is_known_only_where_all_parts_agree(bom: Any) -> None:
    facts = facts_of(bom(LINES, ITEMS, SAID), "car", **WHERE)
    assert [contents(facts, n)["Dy"]["part"] for n in ("car", "motor", "magnet", "target")] == [None, "I", "I", "II"]
    assert contents(facts, "magnet")["Nd"]["part"] is None


def test_the_root_and_what_is_marked_are_shipped(bom: Any) -> None:
    assert shippable(bom(LINES, ITEMS, SAID)) == ["car", "motor"]


def test_later_declarations_do_not_count(bom: Any) -> None:
    said = [{**row, "declared_on": "2026-12-01"} for row in SAID]
    facts = facts_of(bom(LINES, ITEMS, said), "motor", **WHERE)
    assert contents(facts, "magnet")["Dy"]["mass_kg"] == [0, pytest.approx(0.09)]
    assert contents(facts, "magnet")["Dy"]["form"] is None


def test_a_country_is_three_letters(bom: Any) -> None:
    with pytest.raises(UsageError, match="'us' is no country"):
        facts_of(bom(LINES, ITEMS, SAID), "car", on="2026-11-24", destination="us")
