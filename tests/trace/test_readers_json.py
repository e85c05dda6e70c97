"""Bills of materials in JSON: Catena-X, CycloneDX, OMTS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ytterby.errors import InputError
from ytterby.trace.readers import read
from ytterby.trace.source import Source

SAMPLES = Path(__file__).parent / "samples"


def _lines(source: Source) -> list[tuple[str, str, float, str]]:
    return sorted(
        (parent[-9:], child[-9:], quantity, unit)
        for parent, child, quantity, unit in source.lines[["parent", "child", "quantity", "unit"]].to_numpy()
    )


def _write(folder: Path, data: Any, name: str = "data.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_catena_x_as_built_is_joined_from_its_single_levels() -> None:
    source = read(SAMPLES / "catena_x_as_built.json")
    assert source.format == "catena_x"
    assert _lines(source) == [
        ("000000001", "000000002", 1.0, "pcs"),
        ("000000001", "000000003", 0.25, "kg"),
        ("000000002", "000000004", 48.0, "pcs"),
        ("000000002", "000000005", 48.0, "pcs"),
    ]
    assert source.lines["split_high"].tolist()[-2:] == [1.0, 1.0]
    items = source.items.set_index("item")
    assert items["name"].dropna().tolist() == ["Drive unit (DU-100)"]
    assert items["supplier"].tolist()[1] == "BPNL0000000ROTOR"
    told = {p.column: p.message for p in source.problems}
    place = "/https:~1~1catenax.io~1schema~1TestDataContainer~11.0.0/0"
    aspect = "urn:samm:io.catenax.single_level_bom_as_built:3.0.0#SingleLevelBomAsBuilt"
    assert "no quantity" in told[f"{place}/{aspect}/0/childItems/2/quantity"]
    assert "each may have any share" in told[None]
    assert sum("is not described" in message for message in told.values()) == 4


def test_catena_x_as_planned_in_its_older_words() -> None:
    source = read(SAMPLES / "catena_x_as_planned.json")
    assert _lines(source) == [("rn:uuid:a", "rn:uuid:b", 2.5, "kg"), ("rn:uuid:a", "rn:uuid:c", 4.0, "pcs")]


def test_an_answer_of_an_item_relationship_service_is_read(tmp_path: Path) -> None:
    link = {"childCatenaXId": "urn:b", "quantity": {"quantityNumber": 3, "measurementUnit": "unit:piece"}}
    data = {"relationships": [{"catenaXId": "urn:a", "linkedItem": link}, {"catenaXId": "urn:a", "linkedItem": {}}]}
    source = read(_write(tmp_path, data))
    assert _lines(source) == [("urn:a", "urn:b", 3.0, "pcs")]
    assert [(p.column, p.message) for p in source.problems] == [
        ("/relationships/1/linkedItem", "a child without catenaXId; it is left out")
    ]


def test_catena_x_without_a_bill_of_materials_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no SingleLevelBomAsBuilt"):
        read(_write(tmp_path, {"catenaXId": "urn:a"}))


def test_cyclonedx_gives_nested_components_and_dependencies_once() -> None:
    source = read(SAMPLES / "cyclonedx.json")
    assert source.format == "cyclonedx"
    assert sorted(source.lines[["parent", "child", "quantity", "unit"]].itertuples(index=False, name=None)) == [
        ("board", "autopilot@4.5", 1.0, "pcs"),
        ("board", "lost", 1.0, "pcs"),
        ("drone", "board", 1.0, "pcs"),
        ("drone", "motor", 4.0, "pcs"),
        ("motor", "grease", 0.0005, "kg"),
        ("motor", "magnet", 14.0, "pcs"),
    ]
    assert source.items.set_index("item").loc["magnet", ["name", "supplier"]].tolist() == ["Arc magnet", "Halbach AG"]
    assert [(p.column, p.message.split(";")[0]) for p in source.problems] == [
        ("/dependencies/2/dependsOn/1", "'lost' is not among the components"),
        ("/dependencies/0/dependsOn/1", "components without a quantity are read as one piece (told once)"),
    ]


def test_cyclonedx_without_dependencies_hangs_its_components_under_the_product(tmp_path: Path) -> None:
    data = json.loads((SAMPLES / "cyclonedx.json").read_text(encoding="utf-8"))
    del data["dependencies"]
    data["components"].append({"name": "Flight controller", "bom-ref": "board", "publisher": "Other"})
    source = read(_write(tmp_path, data))
    pairs = set(source.lines[["parent", "child"]].itertuples(index=False, name=None))
    assert {
        ("drone", "motor"),
        ("drone", "board"),
        ("drone", "autopilot@4.5"),
        ("motor", "magnet"),
        ("motor", "grease"),
    } == pairs
    assert ("/components/3", "'board' stands at /components/1 too; both are read as one") in [
        (p.column, p.message) for p in source.problems
    ]


def test_omts_gives_goods_makers_and_composition() -> None:
    source = read(SAMPLES / "graph.omts")
    assert source.format == "omts"
    assert _lines(source) == [("motor", "lot-7", 0.12, "kg"), ("motor", "magnet", 48.0, "pcs")]
    magnet = source.items.set_index("item").loc["magnet"]
    assert (magnet["name"], magnet["hs"], magnet["supplier"]) == ("Magnet", "8505.11", "Halbach AG")
    assert [(p.column, p.message.split(";")[0]) for p in source.problems] == [
        ("/edges/4", "the line ended on 2025-12-31, before the snapshot of 2026-05-01"),
        ("/edges/5", "'shaft' is not among the nodes"),
        ("/edges/5/quantity", "no quantity of 'shaft' in 'motor'"),
    ]


def test_an_omts_workbook_gives_its_goods(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Metadata"
    for name in ("Organizations", "Supply Relationships", "Goods"):
        book.create_sheet(name)
    for row in [
        ["id", "name *", "commodity_code", "unit"],
        ["g1", "Magnet", "850511", "pcs"],
        [None, "Motor"],
        [None, None, "1"],
    ]:
        book["Goods"].append(row)
    book.save(tmp_path / "omts.xlsx")
    source = read(tmp_path / "omts.xlsx")
    assert source.format == "omts"
    assert source.items["item"].tolist() == ["g1", "Motor"]
    assert [(p.row, p.message.split(";")[0]) for p in source.problems] == [
        (None, "the OMTS workbook has no bill of materials"),
        (4, "a good without id and name"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"bomFormat": "CycloneDX", ', "no JSON"),
        ('{"catenaXId": ' + "[" * 200_000, "nested too deep"),
        ('["bomFormat", "CycloneDX"]', "is an object"),
        ('{"omts_version": "1", "nodes": {}}', "lists 'nodes' and 'edges'"),
    ],
)
def test_broken_json_is_a_clear_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(_write(tmp_path, text))
