"""The page of the network's format says what the models say."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any, get_args

import pytest

from ytterby.market import Demand, Network, Supply

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "network.md"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "write_network_reference.py"))


def test_the_reference_page_is_in_step_with_the_models(tool):
    text = PAGE.read_text(encoding="utf-8")
    assert tool["page"](text) == text, "run: python tools/write_network_reference.py"


def test_every_meaning_is_of_a_field_that_some_model_has(tool):
    assert set(tool["read_meanings"]()) - tool["fields_of_the_format"]() == set()


@pytest.mark.parametrize(("model", "field"), [(Network, "measures"), (Supply, "curve"), (Demand, "curve")])
def test_every_instrument_and_curve_has_a_section(model, field):
    kinds = model.model_fields[field].annotation
    while not get_args(kinds)[0].__module__.startswith("ytterby"):
        kinds = get_args(kinds)[0]
    headings = PAGE.read_text(encoding="utf-8").splitlines()
    for kind in get_args(kinds):
        tag = kind.model_fields.get("instrument") or kind.model_fields["form"]
        assert f"### `{get_args(tag.annotation)[0]}`" in headings
