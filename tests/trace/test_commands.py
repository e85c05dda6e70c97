"""`ytterby trace`: the records and exit codes that others rely on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from ytterby.cli import main
from ytterby.cli.schema import schema_of

BOM = """parent,child,quantity,unit
drive,motor,2,
drive,housing,1,pcs
motor,magnet,8,
motor,magnet,2,
motor,coil,500,g
"""
ITEMS = (
    "item,name,form,mass_kg,value_usd,supplier,hs\ndrive,,,50,1000,,\nmagnet,,magnet,0.3,12,,8505.11\ncoil,,,0.5,,,\n"
)
SAID = (
    "item,element,form,mass_low_kg,mass_high_kg,value_low_usd,value_high_usd,mined_in,separated_in,metal_in,magnet_in,"
    "technology_from,status,declared_on\n"
    "magnet,Nd,metal,0.08,0.09,4,5,CHN 60 %; AUS 40 %,CHN,CHN,JPN,,declared,2026-01-01\n"
    "magnet,Dy,metal,0.01,0.01,3,3,,CHN,CHN,JPN,,declared,2026-06-01\n"
    "housing,,,,,,,,,,,,declared,\ncoil,,,,,,,,,,,,declared,\n"
)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, text in (("bom", BOM), ("items", ITEMS), ("declarations", SAID)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    where = {name: str(tmp_path / f"{name}.csv") for name in ("bom", "items", "declarations")}
    return [where["bom"], "--items", where["items"], "--declarations", where["declarations"]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["trace", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err
        return out if code == 0 else err

    return call


def test_content_is_the_record_of_the_contract(run: Any, files: list[str]) -> None:
    record = json.loads(run("content", *files, "--format", "json"))
    jsonschema.validate(record, schema_of("content"))
    read = {"format": "native_bom_csv", "parts": 5, "lines": 5, "roots": ["drive"]}
    assert record["read"] == read | {"elements": ["Dy", "Nd"]}
    (row,) = [
        r
        for r in record["items"]
        if (r["item"], r["element"], r["step"], r["origin"]) == ("drive", "Nd", "mined", "CHN")
    ]
    assert row["mass_kg"] == [0.96, 1.08]
    assert row["value_usd"] == [48, 60]
    assert (row["share"], row["of"]) == ([0.048, 0.06], 1000)
    assert row["remainder_kg"] == 48.2
    assert (record["unknown"], record["problems"]) == ([], [])


def test_content_of_one_item_has_only_its_rows(run: Any, files: list[str]) -> None:
    record = json.loads(run("content", *files, "--item", "magnet", "--format", "json"))
    assert {row["item"] for row in record["items"]} == {"magnet"}


def test_later_declarations_do_not_count(run: Any, files: list[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("content", *files, "--on", "2026-03-01", "--format", "csv"))))
    assert {row["element"] for row in rows} == {"Nd"}
    assert "is no day" in run("content", *files, "--on", "March", code=2)


def test_the_table_has_the_roots(run: Any, files: list[str]) -> None:
    text = run("content", *files)
    assert "native_bom_csv: 5 parts, 5 lines, roots drive" in text
    assert not any(line.startswith("motor ") for line in text.splitlines())
    assert [line.split()[1] for line in text.splitlines() if line.startswith("drive ")] == ["Nd", "Dy"]


def test_explode_lists_quantities(run: Any, files: list[str]) -> None:
    rows = json.loads(run("explode", *files[:3], "--format", "json"))
    assert rows == [
        {"item": "motor", "quantity": 2},
        {"item": "housing", "quantity": 1},
        {"item": "magnet", "quantity": 20},
        {"item": "coil", "quantity": 2},
    ]


def test_paths_are_listed(run: Any, files: list[str]) -> None:
    (path,) = json.loads(run("paths", *files, "--element", "Dy", "--format", "json"))
    assert path == {"items": ["drive", "motor", "magnet"], "quantity": 20, "mass_kg": [0.2, 0.2]}
    assert "unknown element 'Xx'" in run("paths", *files, "--element", "Xx", code=3)


def test_a_cycle_is_bad_input(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "bom.csv"
    path.write_text("parent,child,quantity\na,b,1\nb,a,1\n", encoding="utf-8")
    for command in ("content", "explode"):
        assert "cycle: a in b in a" in run(command, str(path), code=3)
    assert "cycle" in run("import", str(path), "-o", str(tmp_path / "ws"), code=3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bom.csv"]


def test_a_workspace_says_what_the_files_say(run: Any, files: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    assert "nothing is written" in run("import", *files, "--dry-run")
    assert not folder.exists()
    assert "5 parts, 5 lines, 4 declarations, 0 problems" in run("import", *files, "-o", str(folder))
    assert len(pd.read_parquet(folder / "lines.parquet")) == 5
    plain = run("content", *files, "--format", "json")
    assert run("content", str(folder), "--format", "json") == plain
    assert "--replace" in run("import", *files, "-o", str(folder), code=2)
    run("import", *files, "-o", str(folder), "--replace")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bom.csv", "declarations.csv", "items.csv", "workspace"]


def test_problems_can_stop_an_import(run: Any, files: list[str], tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(BOM + "motor,screw,-4,\n", encoding="utf-8")
    assert "1 problems; nothing is written" in run("import", *files, "--strict", "-o", str(tmp_path / "ws"), code=3)
    assert not (tmp_path / "ws").exists()
    assert "a negative quantity" in run("import", *files, "-o", str(tmp_path / "ws"))
    record = json.loads(run("content", str(tmp_path / "ws"), "--format", "json"))
    assert [(p["file"], p["row"], p["column"]) for p in record["problems"]] == [("bom.csv", 7, "quantity")]


@pytest.mark.parametrize("name", ["bom", "declarations", "content"])
def test_schemas_are_printed(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(name))
