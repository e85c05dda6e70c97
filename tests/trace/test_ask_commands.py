"""`ytterby trace example`, `ask` and `obligations`: the records and files that others rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
import yaml

from ytterby.cli import main
from ytterby.cli.schema import schema_of
from ytterby.obligations import Facts, judge


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(tmp_path)

    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as caught:
            main(["trace", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err
        return out if code == 0 else err

    call("example", "-o", ".")
    return call


BOM = ("bom.csv", "--items", "items.csv", "--declarations", "declarations.csv")


def test_ask_tells_ranks_parts_and_what_would_decide(run: Any) -> None:
    record = json.loads(run("ask", *BOM, "--item", "MOT-100", "--element", "Dy", "--element", "Nd", "--format", "json"))
    assert (record["item"], record["elements"], record["verdict"]) == ("MOT-100", ["Dy", "Nd"], "undecided")
    assert [s["rank"] for s in record["suppliers"]] == list(range(1, len(record["suppliers"]) + 1))
    narrows = [s["narrows"] for s in record["suppliers"]]
    assert narrows == sorted(narrows, reverse=True)
    assert record["decide"]["above"]["suppliers"] == ["Viet Terra Magnets"]
    assert record["decide"]["below"]["exact"] is True


def test_an_answered_sheet_is_read_beside_the_declarations(run: Any, tmp_path: Path) -> None:
    before = run("ask", *BOM, "--sheets", "questions", "--format", "json")
    assert json.loads(run("ask", *BOM, "--declarations", "questions/Keramkap.xlsx", "--format", "json")) == json.loads(
        before
    )
    book = openpyxl.load_workbook(tmp_path / "questions" / "Keramkap.xlsx")
    sheet = book["declarations"]
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            name = sheet.cell(1, cell.column).value
            if name in ("mass_low_kg", "mass_high_kg"):
                cell.value = 0
            elif name == "status":
                cell.value = "declared"
    book.save(tmp_path / "questions" / "Keramkap.xlsx")
    after = json.loads(run("ask", *BOM, "--declarations", "questions/Keramkap.xlsx", "--format", "json"))
    assert "Keramkap" not in {s["supplier"] for s in after["suppliers"]}


def test_facts_are_written_for_each_item_that_is_shipped(run: Any, tmp_path: Path) -> None:
    where = ("--on", "2026-11-24", "--destination", "USA")
    rows = json.loads(run("obligations", *BOM, *where, "-o", "facts", "--format", "json"))
    assert [row["item"] for row in rows] == ["EDU-210", "MOT-100", "INV-200", "PMP-351"]
    for row in rows:
        written = yaml.safe_load((tmp_path / row["file"]).read_text(encoding="utf-8"))
        assert written == row["facts"]
        jsonschema.validate(written, schema_of("facts"))
        judged = judge(Facts.model_validate(row["facts"]), "2026-11-24").record()
        assert (row["verdicts"], row["summary"]) == (judged["verdicts"], judged["summary"])
    chosen = run("obligations", *BOM, *where, "--item", "RSG-122", "--item", "MAG-T1", "--format", "json")
    assert [row["item"] for row in json.loads(chosen)] == ["RSG-122", "MAG-T1"]


def test_what_a_bill_does_not_tell_comes_from_a_file(run: Any, tmp_path: Path) -> None:
    (tmp_path / "shipment.yaml").write_text(
        "exporter: USA\ndestination: DEU\nitem: {control_code: 3A001}\ntransfer: {means: sea freight}\n"
        "end_use: [infantry radios]\nparties: [{role: end_user, name: Army, military: true}]\n",
        encoding="utf-8",
    )
    words = ("--on", "2026-11-24", "--destination", "JPN", "--item", "MOT-100", "--facts", "shipment.yaml")
    (row,) = json.loads(run("obligations", *BOM, *words, "--format", "json"))
    facts = row["facts"]
    assert (facts["exporter"], facts["destination"], facts["end_use"]) == ("USA", "JPN", ["infantry radios"])
    assert (facts["item"]["control_code"], facts["item"]["description"]) == (
        "3A001",
        "Traction motor, permanent magnet, 800 V",
    )
    assert facts["transfer"] == {"kind": "goods", "means": "sea freight"}
    (row,) = json.loads(run("obligations", *BOM, *words, "--exporter", "AUT", "--format", "json"))
    assert row["facts"]["exporter"] == "AUT"


def test_assumed_states_are_taken_for_each_item(run: Any) -> None:
    limb = "CHN-A61-2025:art1_2_foreign_direct_product"
    words = ("--on", "2026-11-24", "--destination", "USA", "--item", "MOT-100", "--assume", f"{limb}=in_force")
    (row,) = json.loads(run("obligations", *BOM, *words, "--format", "json"))
    (found,) = (v for v in row["verdicts"] if f"{v['rule']}:{v['limb']}" == limb)
    assert found["state"]["legal"] == "in_force"


def test_words_that_are_off_are_told(run: Any) -> None:
    assert "the file is there already" in run("example", "-o", ".", code=2)
    assert "'yesterday' is no day" in run("obligations", *BOM, "--on", "yesterday", "--destination", "USA", code=2)
    assert "is no country" in run("obligations", *BOM, "--on", "2026-11-24", "--destination", "usa", code=2)
    assert "did you mean 'MOT-100'" in run("ask", *BOM, "--item", "MOT-10", code=3)
    assert "is no share" in run("ask", *BOM, "--threshold", "10", code=2)
