"""Declarations and bills of materials in XML: IPC-1752 and Granta; and XML that means harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from ytterby.errors import InputError
from ytterby.trace.readers import read
from ytterby.trace.source import Source

SAMPLES = Path(__file__).parent / "samples"
IPC = (SAMPLES / "ipc1752a_class_d.xml").read_text(encoding="utf-8")


def _said(source: Source, item: str) -> list[tuple[str, str, str, float, float]]:
    table = source.declarations[source.declarations["item"] == item]
    columns = ["element", "form", "status", "mass_low_kg", "mass_high_kg"]
    return [tuple(row) for row in table[columns].itertuples(index=False, name=None)]


def test_a_class_d_declaration_gives_masses_by_element_and_form() -> None:
    source = read(SAMPLES / "ipc1752a_class_d.xml")
    assert source.format == "ipc_1752"
    assert source.problems == ()
    assert source.lines[["parent", "child", "quantity", "row"]].to_numpy().tolist() == [
        ["E-510", "M-9", 2, 12],
        ["E-510", "BK-1", 1, 41],
    ]
    assert _said(source, "M-9") == [
        ("Nd", "magnet", "declared", pytest.approx(0.26 * 0.0098), pytest.approx(0.26 * 0.0098)),
        ("Dy", "magnet", "declared", pytest.approx(0.04 * 0.0098), pytest.approx(0.04 * 0.0098)),
        ("Ce", "oxide", "declared", pytest.approx(1e-4 / 1.22837, rel=1e-5), pytest.approx(1e-4 / 1.22837, rel=1e-5)),
    ]
    items = source.items.set_index("item")
    assert (items.loc["E-510", "name"], items.loc["E-510", "mass_kg"]) == ("Driver", 0.04)
    assert set(source.declarations["supplier"]) == {"Tonwerk GmbH"}
    assert set(source.declarations["declared_on"]) == {"2026-03-02"}


def test_a_declaration_in_full_without_rare_earths_says_none() -> None:
    assert _said(read(SAMPLES / "ipc1752a_class_d.xml"), "BK-1") == [("", "", "declared", 0.0, 0.0)]


def test_what_is_withheld_may_hold_anything() -> None:
    (samarium, rest) = _said(read(SAMPLES / "ipc1752a_class_d.xml"), "S-3")
    assert samarium[:4] == ("Sm", "metal", "partial", pytest.approx(0.005 * 0.002))
    assert rest[:3] == ("", "", "no_answer")


def test_a_class_c_declaration_says_nothing_of_what_is_not_listed() -> None:
    source = read(SAMPLES / "ipc1752b_class_c.xml")
    yttrium, terbium, rest = _said(source, "L-1")
    assert yttrium[:3] == ("Y", "metal", "below_limit")
    assert yttrium[4] == pytest.approx(0.0005)
    assert terbium[:4] == ("Tb", "metal", "partial", 0.0)
    assert rest[:3] == ("", "", "no_answer")


def test_a_mass_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(IPC.replace('value="9800" UOM="mg"', 'value="9800" UOM="zorks"'), encoding="utf-8")
    source = read(path)
    assert [(p.row, p.column) for p in source.problems] == [(19, "Amount")]
    assert {row[2] for row in _said(source, "M-9")} == {"partial", "no_answer"}


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://example.invalid/x">]>',
    ],
)
def test_xml_that_declares_a_dtd_or_entities_is_refused(tmp_path: Path, dtd: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(IPC.replace("<MainDeclaration", f"{dtd}<MainDeclaration", 1), encoding="utf-8")
    with pytest.raises(InputError, match="declares a DTD or entities"):
        read(path)


def test_xml_that_is_cut_off_or_too_deep_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(IPC[: len(IPC) // 2], encoding="utf-8")
    with pytest.raises(InputError, match=r"line \d+: no well-formed XML"):
        read(path)
    path.write_text(IPC[:200].split("<BusinessInfo")[0] + "<a>" * 5000, encoding="utf-8")
    with pytest.raises(InputError, match="deep"):
        read(path)


def test_granta_gives_parts_materials_and_substances() -> None:
    source = read(SAMPLES / "granta_2301.xml")
    assert source.format == "granta"
    lines = source.lines[["parent", "child", "quantity", "unit"]].itertuples(index=False, name=None)
    assert sorted(lines) == [
        ("HOUSING", "aluminium", 100.0, "%"),
        ("PUMP", "HOUSING", 1.0, "pcs"),
        ("PUMP", "ROTOR", 2.0, "pcs"),
        ("ROTOR", "ndfeb-sintered", 25.0, "%"),
        ("ROTOR", "steel", 0.09, "kg"),
    ]
    items = source.items.set_index("item")
    assert items.loc[["ROTOR", "HOUSING", "steel"], "mass_kg"].tolist() == [0.12, 0.5, 1.0]
    assert items.loc["ndfeb-sintered", "form"] == "magnet"
    assert "MANUAL" in items.index
    cerium, rest = _said(source, "HOUSING")
    assert cerium == ("Ce", "metal", "declared", pytest.approx(0.001), pytest.approx(0.001))
    assert rest[:3] == ("", "", "no_answer")
    assert [(p.row, p.message.split(";")[0]) for p in source.problems] == [
        (28, "'aluminium' has no percentage"),
        (34, "negative quantity -1 of 'SEAL' in 'PUMP'"),
    ]


def test_a_granta_part_that_is_shown_twice_is_read_once(tmp_path: Path) -> None:
    text = (SAMPLES / "granta_2301.xml").read_text(encoding="utf-8")
    rotor = text[text.index("<Part>\n") : text.index("</Part>") + 7]
    path = tmp_path / "twice.xml"
    path.write_text(text.replace("<Part><Quantity", rotor + "<Part><Quantity", 1), encoding="utf-8")
    source = read(path)
    assert len(source.lines) == 5
    assert [p for p in source.problems if "differ" in p.message] == []
