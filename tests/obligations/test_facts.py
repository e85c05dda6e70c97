"""The record that a verdict is made from."""

from __future__ import annotations

import jsonschema
import pytest
from pydantic import ValidationError

from ytterby.cli.schema import schema_of
from ytterby.obligations import Facts

FACTS = {
    "exporter": "JPN",
    "destination": "USA",
    "dates": {"export": "2026-11-24"},
    "item": {"description": "motor", "form": "assembly"},
    "nodes": [
        {
            "id": "magnet",
            "parent": "motor",
            "form": "magnet",
            "value_usd": [19, None],
            "contents": [
                {
                    "element": "Dy",
                    "form": "metal",
                    "part": "I",
                    "mass_kg": [0.001, 0.002],
                    "origin": {"mined": {"CHN": [0.2, 1]}},
                    "technology": {"magnet": "CHN"},
                }
            ],
        }
    ],
    "parties": [{"role": "end_user", "owners": [{"name": "X", "lists": ["USA-BIS-50-2025"], "share": [0.4, 0.6]}]}],
}


def test_anything_may_be_missing() -> None:
    assert Facts.model_validate({}).nodes is None


def test_the_schema_says_what_the_model_does() -> None:
    jsonschema.validate(FACTS, schema_of("facts"))
    assert Facts.model_validate(FACTS).nodes[0].contents[0].origin["mined"]["CHN"] == (0.2, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"destination": "us"},
        {"desination": "USA"},
        {"nodes": [{"id": "a", "value_usd": [2, 1]}]},
        {"nodes": [{"id": "a", "contents": [{"element": "Dy", "part": "III"}]}]},
        {"nodes": [{"id": "a", "contents": [{"element": "Dy", "origin": {"mined": {"CHN": [0, 1.2]}}}]}]},
    ],
)
def test_what_is_none_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Facts.model_validate(wrong)


@pytest.mark.parametrize(
    ("code", "meant"), [("GER", "DEU"), ("Germany", "DEU"), ("CHI", "CHN"), ("United States", "USA"), ("jpn", "JPN")]
)
def test_a_country_that_is_none_is_answered_with_the_nearest(code: str, meant: str) -> None:
    with pytest.raises(ValidationError, match=f"did you mean .*'{meant}'"):
        Facts.model_validate({"exporter": code})
