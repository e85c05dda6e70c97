"""The pages of the scenario library and the model card say what the library says, and are of today's data."""

from __future__ import annotations

import functools
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from ytterby.cli._world_scenario import asked_scenario
from ytterby.world import World, library
from ytterby.world.gains import grouped

ROOT = Path(__file__).parents[2]
STALE = "run: python tools/write_scenarios.py {}"


@functools.cache
def _tool(name: str) -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / name))


@functools.cache
def _page(name: str) -> str:
    return (ROOT / "docs" / "scenarios" / f"{name}.md").read_text("utf-8")


def _section(name: str, title: str) -> list[list[str]]:
    """Return the rows of the tables in a page's section, without their headings."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", _page(name), re.DOTALL | re.MULTILINE)
    assert found, f"{name} has no section '{title}'"
    rows = [line.strip("| ").split(" | ") for line in found[1].splitlines() if line.startswith("| ")]
    return rows[1:]


def test_every_scenario_has_its_page_and_its_picture_and_no_other_has() -> None:
    folder = ROOT / "docs" / "scenarios"
    assert {p.stem for p in folder.glob("*.md")} == {*library(), "index"}
    pictures = {p.stem: p.stat().st_size for p in (ROOT / "docs" / "_static" / "scenarios").glob("*.svg")}
    assert set(pictures) == set(library())
    assert max(pictures.values()) < 60_000


@pytest.mark.parametrize("name", library())
def test_a_page_is_of_todays_data_and_assumptions(name: str) -> None:
    tool, scenario = _tool("write_scenarios.py"), library()[name]
    run = World.default(scenario.year).run_id(name, draws=tool["DRAWS"], seed=tool["SEED"])
    assert f"Run `{run}`" in _page(name), STALE.format(name)


@pytest.mark.parametrize("name", library())
def test_a_page_has_the_librarys_question_command_and_measures(name: str) -> None:
    tool, scenario, text = _tool("write_scenarios.py"), library()[name], _page(name)
    assert text.startswith(f"# {scenario.title}\n\n{scenario.question}\n")
    assert f"$ {tool['command'](name)}\n" in text
    assert f"$ {tool['yearly_command'](name)}\n" in text
    assert f"`ytterby world run --scenario {name} " in f"`{tool['command'](name)}"
    assert [row[0] for row in _section(name, "What is imposed")] == [f"`{m}`" for m in scenario.measures]
    for row in _section(name, "What is imposed"):
        assert "](http" in row[4], f"{row[0]} has no link to a source"


@pytest.mark.parametrize("name", library())
def test_the_five_end_uses_that_are_always_asked_for_are_on_every_page(name: str) -> None:
    rows = _section(name, "Shortages by end use")
    assert [row[0].split()[0] for row in rows] == ["electric", "wind", "phones", "semiconductor", "military"]
    assert all(cell for row in rows for cell in row), "an empty cell where 'no data' should stand"


def test_the_numbers_of_a_page_are_what_the_model_gives() -> None:
    tool, name = _tool("write_scenarios.py"), "magnet_tariff"
    o = World.default().run(asked_scenario(name, None, None, None))
    central = [[*row[:5]] for row in _section(name, "Prices")]
    bare = [line.strip("| ").split(" | ") for line in tool["prices"](_banded(o)).splitlines() if line.startswith("| ")]
    assert central == [row[:5] for row in bare[1:]], STALE.format(name)
    told = {row[0]: row[1:] for row in _section(name, "Who gains and who loses")}
    for g in grouped(o.gains).to_dict("records"):
        assert told[g["group"]] == [tool["money"](g[a]) for a in tool["ACCOUNTS"]], STALE.format(name)
    assert (
        _section(name, "Trade")
        == [line.strip("| ").split(" | ") for line in tool["trade"](o).splitlines() if line.startswith("| ")][1:]
    ), STALE.format(name)


def _banded(o: Any) -> Any:
    """Return the outcome of a central run with its own values as bands, so that a page's tables can be written."""
    import dataclasses

    p = o.prices.assign(low=o.prices["scenario"], high=o.prices["scenario"], sign_share=1.0)
    return dataclasses.replace(o, prices=p)


def test_the_index_links_every_page() -> None:
    text = _page("index")
    for name, scenario in library().items():
        assert f"[{scenario.title}]({name}.md)" in text


def test_the_model_card_is_of_todays_data_and_assumptions() -> None:
    text = (ROOT / "docs" / "reference" / "model-card.md").read_text("utf-8")
    tool = _tool("write_model_card.py")
    assert tool["vintage"]() in text, "run: python tools/write_model_card.py"
    for name in tool["CARD_SCENARIOS"]:
        assert f"## Weak numbers by influence: {library()[name].title}\n" in text
    for page in ("back-tests.md", "base-year.md", "../scenarios/index.md"):
        assert f"]({page})" in text
