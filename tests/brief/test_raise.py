"""Which scenarios an article raises."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from ytterby.brief._raise import _Condition, _rules, raised
from ytterby.measures import Register
from ytterby.world import library


def names(*found: Any) -> list[str]:
    return [r.scenario for r in found]


def test_every_rule_names_a_scenario_of_the_library_and_measures_of_the_register() -> None:
    register = Register.default()
    for rule in _rules():
        assert rule.scenario in library()
        for condition in rule.any:
            assert set(condition.measures) <= set(register.ids)
            assert set(condition.together) <= set(library())


def test_a_signal_has_to_fit_in_every_field_that_is_given(make_signal: Any) -> None:
    ban = make_signal(1, "x", action="export_ban", commodities=("Dy",))
    assert names(*raised([ban], [])) == ["controls_revived"]
    assert raised([make_signal(1, "x", action="export_ban", commodities=("Ga",))], []) == []
    assert raised([make_signal(1, "x", action="export_ban", commodities=("Dy",), actor_country="IND")], []) == []


def test_a_licence_aimed_at_japan_raises_the_slow_walk_too(make_signal: Any) -> None:
    aimed = make_signal(1, "x", action="export_ban", commodities=("REE",), target_country=("JPN",))
    assert names(*raised([aimed], [])) == ["controls_revived", "japan_slow_walk"]


def test_escalation_needs_all_three() -> None:
    two = ["CHN-A61-2025", "USA-CMM-2026"]
    assert "escalation" not in names(*raised([], two))
    assert "escalation" in names(*raised([], [*two, "CHN-REPORT-PROP-2026"]))


@pytest.mark.parametrize("text", ["{}", "{measures: [X], together: [y]}", "{measure: [X]}"])
def test_a_condition_says_exactly_one_thing(text: str) -> None:
    with pytest.raises(ValidationError):
        _Condition.model_validate(yaml.safe_load(text))
