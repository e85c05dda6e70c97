"""The pages of the regimes are what the rule files and the register say, and the reference shows every kind of test."""

from __future__ import annotations

import functools
import re
import runpy
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from ytterby.obligations import OUTCOMES, rules
from ytterby.obligations._tests import Test
from ytterby.records import load

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "obligations.md").read_text("utf-8")


@functools.cache
def _pages() -> dict[str, str]:
    tool: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "write_regimes.py"))
    return tool["pages"]()  # type: ignore[no-any-return]


def test_every_rule_has_a_page_and_no_other_has() -> None:
    assert {path.stem for path in (ROOT / "docs" / "regimes").glob("*.md")} == {*rules(), "index"}


@pytest.mark.parametrize("name", [*rules(), "index"])
def test_a_page_is_what_the_rule_file_and_the_register_say(name: str) -> None:
    page = (ROOT / "docs" / "regimes" / f"{name}.md").read_text("utf-8")
    assert page == _pages()[name], "run: python tools/write_regimes.py"


@pytest.mark.parametrize("name", [name for name, file in rules().items() if file.limbs])
def test_a_page_shows_each_limb_outcome_question_and_reading(name: str) -> None:
    page, file = _pages()[name], rules()[name]
    for limb in file.limbs:
        assert f"**`{limb.limb}`** {limb.asks}" in page
        for leaf, test in file.leaves(limb.names()).items():
            assert f"| `{leaf}` | {test.asks.replace('|', '/')} |" in page
        for row in limb.outcomes:
            assert f"*{row.outcome.replace('_', ' ')}*" in page
    for reading in file.readings:
        assert f"| `{reading}` |" in page


def test_the_reference_has_an_example_of_each_kind_of_test_that_is_read(tmp_path: Path) -> None:
    (block,) = [b for b in re.findall(r"```yaml\n(.*?)```", REFERENCE, re.S) if "kind:" in b]
    path = tmp_path / "tests.yaml"
    path.write_text(block, "utf-8")
    shown = load(path)
    adapter: TypeAdapter[Any] = TypeAdapter(Test)
    kinds = {adapter.validate_python(test).kind for test in shown.values()}
    classes = get_args(get_args(Test)[0])
    assert kinds == {get_args(kind.model_fields["kind"].annotation)[0] for kind in classes}


def test_the_reference_explains_every_word_of_a_verdict() -> None:
    for word in OUTCOMES:
        assert f"`{word}`" in REFERENCE
