"""Pictures below each other, and the README's picture made of a brief."""

import json
import runpy
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ytterby.errors import InputError, UnknownNameError
from ytterby.figures import stack

SVG = "{http://www.w3.org/2000/svg}"
SCRIPT = Path(__file__).parents[2] / "docs" / "readme_picture.py"


def test_a_stack_is_one_picture_with_all_marks_and_words(every_figure):
    for narrow in (False, True):
        svg = stack(every_figure, title="All & more", narrow=narrow)
        root = ET.fromstring(svg)
        parts = [ET.fromstring(f.narrow if narrow else f.svg) for f in every_figure]
        assert svg.count("<svg") == svg.count("<style") == 1
        assert float(root.get("height")) == pytest.approx(sum(float(p.get("height")) + 12 for p in parts) - 12, abs=0.1)
        said = [n.text for n in root.iter(f"{SVG}text")]
        assert said == [n.text for p in parts for n in p.iter(f"{SVG}text")]
        assert root[0].text == "All & more"
        assert all(f.alt in root[1].text for f in every_figure)
        ids = [n.get("id") for n in root.iter() if n.get("id")]
        assert len(ids) == len(set(ids))
        classes = {c for n in root.iter() for c in n.get("class", "").split()} - {"yfig"}
        assert all(f".{c}{{" in svg for c in classes)


def test_a_stack_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        stack([], title="none")


@pytest.fixture
def brief(tables):
    flows = tables["flow_map"].replace("magnet.ndfeb", "magnet.ndfeb_hd").to_dict("records")
    prices = json.loads(tables["price_bars"].to_json(orient="records"))
    scenario = {"name": "controls_revived", "flows": flows, "prices": prices}
    return {"run_id": "0123456789ab", "scenarios": [scenario, {**scenario, "name": "bloc_floor", "title": "A floor"}]}


def test_the_readme_picture_is_made_of_a_brief_by_one_command(tmp_path, monkeypatch, brief):
    (tmp_path / "brief.json").write_text(json.dumps(brief), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "brief.json"), str(tmp_path / "out.svg")])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    said = [n.text for n in ET.parse(tmp_path / "out.svg").iter(f"{SVG}text")]
    assert "Trade in magnets with dysprosium or terbium: controls revived" in said
    assert "5,355 → 730 t" in said
    assert "Source: Ytterby, run 0123456789ab" in said


def test_the_readme_picture_takes_prices_and_names_a_scenario_that_is_not_there(brief):
    picture = runpy.run_path(str(SCRIPT))["picture"]
    with_prices = picture(brief, scenario="bloc_floor", prices_in="DEU")
    assert "Prices: A floor" in with_prices
    assert "257 → 411 USD/kg" in with_prices
    with pytest.raises(UnknownNameError, match=r"unknown scenario 'bloc_flor'(?s:.*)'bloc_floor'"):
        picture(brief, scenario="bloc_flor")
    with pytest.raises(InputError, match="no scenario"):
        picture({"run_id": "x", "scenarios": []})
