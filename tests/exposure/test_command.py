"""The command as others call it."""

import json

import jsonschema
import pytest

from ytterby.canonical import dumps
from ytterby.cli import main
from ytterby.cli.schema import schema_of
from ytterby.trace import Bom
from ytterby.trace.workspace import save

CONTENT = {
    "read": {"roots": ["P"]},
    "items": [
        {"item": "A", "element": "Dy", "step": "mined", "origin": "CHN", "mass_kg": [1, 1]},
        {"item": "B", "element": "Dy", "step": "mined", "origin": "unknown", "mass_kg": [0, 1]},
    ],
    "lines": [{"parent": "P", "child": "A", "quantity": 2}, {"parent": "P", "child": "B", "quantity": 1}],
}


@pytest.fixture
def call(tmp_path, capsys):
    (tmp_path / "content.json").write_text(json.dumps(CONTENT))
    (tmp_path / "stocks.csv").write_text("item,stock_units,inbound_units_per_week\nA,800,200\n")
    (tmp_path / "products.csv").write_text(
        "product,demand_units_per_week,revenue_usd_per_unit,margin_usd_per_unit\nP,100,900,90\n"
    )
    given = [w for n in ("content.json", "stocks.csv", "products.csv") for w in (f"--{n.split('.')[0]}", tmp_path / n)]

    def run(*words):
        with pytest.raises(SystemExit) as done:
            main(["exposure", *map(str, given), *map(str, words)])
        return done.value.code, *capsys.readouterr()

    return run


def test_a_cut_that_stops_a_product_is_a_finding(call):
    code, out, err = call("--cut", "Dy:CHN=1@12", "--format", "json")
    assert code == 1
    (row,) = json.loads(out)
    assert row == {
        "product": "P",
        "time_to_survive_weeks": [4.0, 4.0],
        "lost_weeks": 8.0,
        "units_at_risk": 800.0,
        "revenue_at_risk": 720_000.0,
        "margin_at_risk": 72_000.0,
        "blocked_by": ["A"],
        "surely_blocked_by": ["A"],
        "shared": {"units_at_risk": 800.0, "revenue_at_risk": 720_000.0, "margin_at_risk": 72_000.0},
        "unassessed": ["B"],
    }
    assert "not judged" in err
    jsonschema.validate(row, schema_of("exposure"))


def test_a_cut_that_the_stock_outlasts_is_none(call):
    code, out, _ = call("--cut", "Dy:CHN=1@3", "--cut", "Nd=1@9", "--format", "json")
    assert (code, json.loads(out)[0]["blocked_by"]) == (0, [])


def test_weeks_show_when_it_is_lost(call):
    code, out, _ = call("--cut", "Dy:CHN=1@5.5", "--weeks", "--format", "csv")
    lines = out.splitlines()
    assert code == 1
    assert lines[0].startswith("product,week,units_at_risk,revenue_at_risk,margin_at_risk")
    assert [line.split(",")[2] for line in lines[1:]] == ["0.0"] * 4 + ["100.0", "50.0"]


def test_the_table_sums_up(call):
    _, out, _ = call("--cut", "Dy:CHN=1@12")
    assert "margin at risk: 72,000 USD with each stock tied to its product" in out
    assert "survive 4 weeks" in out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "there is no cut"),
        (("--cut", "Dy=2"), 2, "no share"),
        (("--cut", "Dx=1"), 3, "did you mean"),
        (("--cut", "Dy=1", "--run", "nowhere.json"), 3, "there is no such file"),
    ],
)
def test_a_call_that_cannot_be_answered_says_why(call, words, code, says):
    found, _, err = call(*words)
    assert (found, says in err) == (code, True)


def test_a_bill_of_materials_stands_in_for_a_content_and_gives_the_quantities(tmp_path, capsys):
    files = {
        "bom.csv": "parent,child,quantity,unit\nmotor,rotor,1,pcs\nrotor,magnet,4,pcs\nrotor,magnet,4,pcs\n",
        "items.csv": "item,form,mass_kg,hs\nmotor,product,20,\nrotor,assembly,6,\nmagnet,magnet,0.05,8505.11\n",
        "declarations.csv": "item,element,form,mass_low_kg,mass_high_kg,mined_in,status\n"
        "magnet,Dy,magnet,0.001,0.0012,CHN,declared\n",
        "stocks.csv": "item,stock_units\nmagnet,4000\n",
        "products.csv": "product,demand_units_per_week\nmotor,100\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    rolled = Bom.read(tmp_path / "bom.csv", tmp_path / "items.csv", tmp_path / "declarations.csv").content().to_dict()
    (tmp_path / "content.json").write_text(dumps(rolled))
    (tmp_path / "bare.json").write_text(dumps({k: v for k, v in rolled.items() if k != "lines"}))
    tables = [f"--{n.split('.')[0]}={tmp_path / n}" for n in ("items.csv", "declarations.csv")]
    answers = []
    for given in (
        [f"--content={tmp_path / 'bom.csv'}", *tables],
        [f"--content={tmp_path / 'content.json'}"],
        [f"--content={tmp_path / 'bare.json'}", f"--bom={tmp_path / 'bom.csv'}"],
    ):
        plan = [f"--{n}={tmp_path / n}.csv" for n in ("stocks", "products")]
        with pytest.raises(SystemExit) as done:
            main(["exposure", *given, *plan, "--cut=Dy:CHN:mined=1@12", "--format=json"])
        assert done.value.code == 1
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0]["time_to_survive_weeks"] == [5.0, 5.0]
    assert answers[0][0]["revenue_at_risk"] is None


def test_a_workspace_is_rolled_up_like_the_files_it_was_made_of(tmp_path, call):
    (tmp_path / "bom.csv").write_text("parent,child,quantity\nP,A,2\n")
    said = "item,element,mass_low_kg,mass_high_kg,mined_in\nA,Dy,1,1,CHN\n"
    (tmp_path / "declarations.csv").write_text(said)
    source = Bom.read(tmp_path / "bom.csv", declarations=tmp_path / "declarations.csv").source
    (tmp_path / "content.json").unlink()
    save(source, tmp_path / "content.json")
    code, out, _ = call("--cut", "Dy:CHN=1@12", "--format", "json")
    assert (code, json.loads(out)[0]["lost_weeks"]) == (1, 8.0)
