"""Bills of materials in tables: by level, by indentation, by pairs; in CSV and XLSX; with their traps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ytterby.cli import main
from ytterby.errors import InputError, UnknownNameError
from ytterby.trace.readers import columns, read
from ytterby.trace.source import Source

SAMPLES = Path(__file__).parent / "samples"


def _lines(source: Source) -> list[tuple[str, str, float, str]]:
    return sorted(source.lines[["parent", "child", "quantity", "unit"]].itertuples(index=False, name=None))


def _write(folder: Path, text: str, encoding: str = "utf-8", name: str = "bom.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _book(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "bom.xlsx"
    book.save(path)
    return path


GERMAN = [
    ("DU-100", "INV-1", 1.0, "pcs"),
    ("DU-100", "MOT-1", 1.0, "pcs"),
    ("DU-100", "ROT-1", 2.0, "pcs"),
    ("INV-1", "MAG-1", 1.0, "pcs"),
    ("INV-1", "MAG-1", 2.0, "pcs"),
    ("MOT-1", "HAR-7", 0.125, "kg"),
    ("MOT-1", "ROT-1", 1.0, "pcs"),
    ("ROT-1", "MAG-1", 48.0, "pcs"),
    ("ROT-1", "SH-1", 1.0, "pcs"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_levels_are_read_in_every_encoding_and_an_assembly_that_is_shown_twice_is_read_once(
    tmp_path: Path, encoding: str
) -> None:
    text = (SAMPLES / "levels_german.csv").read_text(encoding="utf-8")
    source = read(_write(tmp_path, text, encoding))
    assert source.format == "levels_csv"
    assert source.problems == ()
    assert _lines(source) == GERMAN
    items = source.items.set_index("item")
    assert items.loc["MAG-1", "mass_kg"] == pytest.approx(0.0255)
    assert items.loc["DU-100", "mass_kg"] == pytest.approx(78.5)
    assert items.loc["MOT-1", "name"] == "Motor"
    assert source.lines.set_index("child").loc["HAR-7", "row"] == 9


def test_tabs_and_a_workbook_say_the_same(tmp_path: Path) -> None:
    text = (SAMPLES / "levels_german.csv").read_text(encoding="utf-8")
    tabs = read(_write(tmp_path, text.replace(";", "\t")))
    assert _lines(tabs) == GERMAN
    cells = [line.split(";") for line in text.splitlines()]
    rows: list[list[Any]] = [
        [
            float(c.replace(".", "").replace(",", ".")) if n > 2 and i in (0, 4, 6) and c else c
            for i, c in enumerate(row)
        ]
        for n, row in enumerate(cells)
    ]
    book = read(_book(tmp_path, Sheet=rows))
    assert book.format == "levels_xlsx"
    assert _lines(book) == GERMAN


def test_indentation_is_a_structure_and_the_header_says_for_how_many() -> None:
    source = read(SAMPLES / "indented.csv")
    assert _lines(source) == [
        ("E-500", "E-510", 1.0, "pcs"),
        ("E-500", "E-520", 1.0, "pcs"),
        ("E-510", "G-1", pytest.approx(0.0025), "kg"),
        ("E-510", "M-9", 0.5, "pcs"),
        ("E-510", "M-9", 1.0, "pcs"),
        ("E-520", "C-1", 4.0, "pcs"),
    ]
    assert source.items.set_index("item").loc["M-9", "supplier"] == "Halbach AG"


@pytest.mark.parametrize("mark", ["..", "- ", "> "])
def test_dots_dashes_and_arrows_indent_as_well(tmp_path: Path, mark: str) -> None:
    rows = ["Part,Qty", "A,1", f"{mark}B,2", f"{mark}{mark}C,3", f"{mark}D,4"]
    assert _lines(read(_write(tmp_path, "\n".join(rows)))) == [
        ("A", "B", 2.0, "pcs"),
        ("A", "D", 4.0, "pcs"),
        ("B", "C", 3.0, "pcs"),
    ]


@pytest.mark.parametrize(
    "levels",
    [("0", "1", "2", "1"), (".1", "..2", "...3", "..2"), ("1", "1.1", "1.1.1", "1.2"), ("+", "++", "+++", "++")],
)
def test_levels_are_written_in_many_ways(tmp_path: Path, levels: tuple[str, ...]) -> None:
    rows = [f"{level},{part},{n}" for level, part, n in zip(levels, "ABCD", (1, 2, 3, 4), strict=True)]
    assert _lines(read(_write(tmp_path, "\n".join(["Level,Part No.,Qty", *rows])))) == [
        ("A", "B", 2.0, "pcs"),
        ("A", "D", 4.0, "pcs"),
        ("B", "C", 3.0, "pcs"),
    ]


def test_pairs_in_chinese_with_a_batch_size() -> None:
    source = read(SAMPLES / "pairs_chinese.csv")
    assert source.format == "parent_child_csv"
    assert source.problems == ()
    assert _lines(source) == [
        ("A-1", "B-1", 1.0, "pcs"),
        ("B-1", "C-1", 16.0, "pcs"),
        ("B-1", "C-2", pytest.approx(0.003), "kg"),
    ]


def test_a_workbook_of_pairs_with_its_items_a_title_and_a_header_in_two_rows(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        Cover=[["Released by", "N. N."]],
        BOM=[
            ["Bill of materials of the fan", None, None, None],
            [],
            ["Parent", "Component", None, None],
            [None, "Number", "Qty", "Unit"],
            ["FAN", "ROTOR", 1, "ea"],
            ["ROTOR", 4711, 4, "ea"],
            ["ROTOR", 4711, 2, "ea"],
        ],
        Items=[["Item", "Weight (g)", "HS code"], [4711, 12.5, "85051110"]],
    )
    book = openpyxl.load_workbook(path)
    book["BOM"].merge_cells("B3:D3")
    book["BOM"].merge_cells("A3:A4")
    book.save(path)
    source = read(path)
    assert source.format == "parent_child_xlsx"
    assert _lines(source) == [
        ("FAN", "ROTOR", 1.0, "pcs"),
        ("ROTOR", "4711", 2.0, "pcs"),
        ("ROTOR", "4711", 4.0, "pcs"),
    ]
    assert source.lines["row"].tolist() == [5, 6, 7]
    items = source.items.set_index("item")
    assert (items.loc["4711", "mass_kg"], items.loc["4711", "hs"]) == (0.0125, "85051110")


def test_every_bad_row_is_told_with_its_place_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    text = """Parent;Child;Menge;ME;Gewicht (g)
A;B;1,5;kg;
A;C;-2;Stk;
A;D;zwei;Stk;
A;E;1;Zork;
A;;1;Stk;
A;F;;Stk;
A;A;1;Stk;
A;G;1;Stk;10
A;H;1;Stk;
H;G;1;Stk;12
"""
    source = read(_write(tmp_path, text))
    assert _lines(source) == [
        ("A", "B", 1.5, "kg"),
        ("A", "G", 1.0, "pcs"),
        ("A", "H", 1.0, "pcs"),
        ("H", "G", 1.0, "pcs"),
    ]
    assert [(p.row, p.column, p.message.split(";")[0]) for p in source.problems if "no number" not in p.message] == [
        (3, "Menge", "negative quantity -2 of 'C' in 'A'"),
        (4, "Menge", "no quantity of 'D' in 'A'"),
        (5, "Menge", "unknown unit 'Zork'"),
        (6, "Child", "no child"),
        (7, "Menge", "no quantity of 'F' in 'A'"),
        (8, "Menge", "item 'A' is its own part"),
        (11, "mass_kg", "item 'G': mass_kg is '0.012' here and '0.01' in row 9"),
    ]
    assert all(p.file == "bom.csv" for p in source.problems)


def test_a_row_that_jumps_levels_is_left_out_with_all_below_it(tmp_path: Path) -> None:
    text = "Level,Part,Qty\n0,A,1\n1,B,1\n3,C,1\n4,D,1\n2,E,1\nx,F,1\n1,,1\n2,G,1\n1,H,1\n"
    source = read(_write(tmp_path, text))
    assert _lines(source) == [("A", "B", 1.0, "pcs"), ("A", "H", 1.0, "pcs"), ("B", "E", 1.0, "pcs")]
    assert [p.row for p in source.problems] == [4, 5, 7, 8, 8, 9]


def test_parts_of_an_assembly_that_differ_where_it_is_shown_again_are_told(tmp_path: Path) -> None:
    text = "Level,Part,Qty\n0,A,1\n1,B,1\n2,C,1\n1,D,1\n2,B,3\n3,C,2\n0,R,1\n1,B,1\n"
    source = read(_write(tmp_path, text))
    assert ("B", "C", 1.0, "pcs") in _lines(source)
    assert ("R", "B", 1.0, "pcs") in _lines(source)
    assert [(p.row, p.message) for p in source.problems] == [
        (6, "the parts of 'B' differ from those under row 3, which are kept")
    ]


def test_percent_of_the_parent_stays_so_until_all_masses_are_known(tmp_path: Path) -> None:
    text = "Parent,Child,Qty,Unit\nM,ALLOY,20,g\nALLOY,Nd,30,%\nALLOY,B,1,wt%\nALLOY,Dy,500,ppm\nM,TAPE,1 %,\n"
    source = read(_write(tmp_path, text))
    assert source.problems == ()
    assert _lines(source) == [
        ("ALLOY", "B", 1.0, "%"),
        ("ALLOY", "Dy", pytest.approx(0.05), "%"),
        ("ALLOY", "Nd", 30.0, "%"),
        ("M", "ALLOY", 0.02, "kg"),
        ("M", "TAPE", 1.0, "%"),
    ]


@pytest.mark.parametrize(
    ("column", "words"),
    [("Alternative", ("", "x", "")), ("Alt. Item Group", ("A1", "A1", "")), ("Substitute", ("main", "yes", "no"))],
)
def test_alternatives_share_in_unknown_parts(tmp_path: Path, column: str, words: tuple[str, ...]) -> None:
    rows = [f"P,{child},1,{word}" for child, word in zip(("M-CN", "M-JP", "NUT"), words, strict=True)]
    source = read(_write(tmp_path, "\n".join([f"Parent,Child,Qty,{column}", *rows])))
    lines = source.lines.set_index("child")
    assert lines.loc["M-CN", "alternative"] == lines.loc["M-JP", "alternative"]
    assert lines.loc[["M-CN", "M-JP"], ["split_low", "split_high"]].to_numpy().tolist() == [[0, 1], [0, 1]]
    assert lines.loc["NUT", ["split_low"]].isna().all()
    assert "M-CN, M-JP" in source.problems[0].message


def test_a_number_that_may_be_a_thousand_or_a_fraction_is_told(tmp_path: Path) -> None:
    path = _write(tmp_path, 'Parent,Child,Qty\nA,B,"1,234"\nA,C,2\n')
    source = read(path)
    assert source.lines["quantity"].tolist() == [1234, 2]
    assert "nothing in the file tells its decimal mark" in source.problems[0].message
    mapping = _write(tmp_path, 'decimal: ","', name="map.yaml")
    assert read(path, mapping).lines["quantity"].tolist() == [1.234, 2]


def test_the_guess_is_shown_and_a_mapping_puts_it_right(tmp_path: Path) -> None:
    path = _write(tmp_path, "Assembly,Thing,How many,Quantity\nA,B,2,EA\nA,C,3,EA\n")
    guess = {row["header"]: row["taken_for"] for row in columns(path)}
    assert guess == {"Assembly": "parent", "Thing": "-", "How many": "-", "Quantity": "quantity"}
    with pytest.raises(InputError, match="Assembly → parent, Quantity → quantity"):
        read(path)
    mapping = _write(tmp_path, "item: Thing\nquantity: C\nunit: '=kg'\n", name="map.yaml")
    assert _lines(read(path, mapping)) == [("A", "B", 2.0, "kg"), ("A", "C", 3.0, "kg")]
    assert [row["because"] for row in columns(path, mapping)][:3] == [
        "header word 'assembly' (en)",
        "mapping file",
        "mapping file",
    ]


def test_a_mapping_with_an_unknown_field_or_column_names_the_nearest(tmp_path: Path) -> None:
    path = _write(tmp_path, "Assembly,Part,Anzahl\nA,B,2\n")
    with pytest.raises(UnknownNameError, match="quantity"):
        read(path, _write(tmp_path, "quantitty: Anzahl", name="a.yaml"))
    with pytest.raises(UnknownNameError, match="Anzahl"):
        read(path, _write(tmp_path, "quantity: Anzal", name="b.yaml"))


def test_fifty_columns_of_noise_do_not_hide_the_structure(tmp_path: Path) -> None:
    noise = [f"Attr {n}" for n in range(50)]
    header = [*noise[:25], "Lvl", "Find No", "Item", "Part Number", "Rev", "Total Qty", "Qty", "UoM", *noise[25:]]
    rows = [
        [*map(str, range(25)), level, n, n, part, "A", "99", qty, "EA", *map(str, range(25))]
        for n, (level, part, qty) in enumerate([("0", "P", "1"), ("1", "Q", "2"), ("2", "R", "5")])
    ]
    text = "\n".join(",".join(map(str, row)) for row in [header, *rows])
    assert _lines(read(_write(tmp_path, text))) == [("P", "Q", 2.0, "pcs"), ("Q", "R", 5.0, "pcs")]


def test_columns_without_a_header_are_told_by_what_they_hold(tmp_path: Path) -> None:
    text = "0,AX-1,1\n1,AX-2,2\n2,AX-3,3\n1,AX-4,4\n2,AX-5,1\n"
    path = _write(tmp_path, text)
    assert [row["because"].split(":")[0] for row in columns(path)] == ["content"] * 3
    assert ("AX-1", "AX-4", 4.0, "pcs") in _lines(read(path))


def test_parts_without_a_row_for_their_product_get_it_from_the_mapping(tmp_path: Path) -> None:
    path = _write(tmp_path, "Level,Part,Qty\n1,A,2\n2,B,3\n1,C,4\n")
    source = read(path)
    assert _lines(source) == [("A", "B", 3.0, "pcs")]
    assert [(p.row, p.message.split(";")[0]) for p in source.problems] == [
        (4, "no row has the level above 1: 2 rows are read as products of their own")
    ]
    source = read(path, _write(tmp_path, "root: FAN", name="map.yaml"))
    assert _lines(source) == [("A", "B", 3.0, "pcs"), ("FAN", "A", 2.0, "pcs"), ("FAN", "C", 4.0, "pcs")]
    assert source.problems == ()


def test_a_row_with_more_cells_than_the_header_is_left_out_with_what_is_below_it(tmp_path: Path) -> None:
    source = read(_write(tmp_path, "Level,Part,Qty\n0,A,1\n1,B,1,5\n2,C,1\n1,D,1\n"))
    assert _lines(source) == [("A", "D", 1.0, "pcs")]
    assert source.problems[0].message == "4 cells where the header has 3; the row is left out"
    assert [p.row for p in source.problems] == [3, 3, 4]


def test_a_mapping_holds_for_the_sheet_that_has_its_columns(tmp_path: Path) -> None:
    path = _book(tmp_path, Cover=[["Title", "x"]], List=[["Top", "Thing", "Anzahl"], ["A", "B", 2], ["A", "C", 3]])
    mapping = _write(tmp_path, "parent: Top\nitem: Thing\n", name="map.yaml")
    assert _lines(read(path, mapping)) == [("A", "B", 2.0, "pcs"), ("A", "C", 3.0, "pcs")]
    with pytest.raises(UnknownNameError, match="Topp"):
        read(path, _write(tmp_path, "parent: Topp\nitem: Thing\n", name="map.yaml"))


@pytest.mark.parametrize("header", ["level,item,name,quantity", "LEVEL,Item,Supplier,Qty"])
def test_a_structure_with_the_words_of_our_own_list_of_items_is_not_taken_for_one(tmp_path: Path, header: str) -> None:
    source = read(_write(tmp_path, f"{header}\n0,A,x,1\n1,B,y,2\n"))
    assert _lines(source) == [("A", "B", 2.0, "pcs")]


def test_a_batch_or_a_flag_beside_our_own_columns_is_not_passed_over(tmp_path: Path) -> None:
    text = "parent,child,quantity,unit,batch size,substitute\nA,B,200,pcs,100,\nA,C,200,pcs,100,x\n"
    source = read(_write(tmp_path, text))
    assert _lines(source) == [("A", "B", 2.0, "pcs"), ("A", "C", 2.0, "pcs")]
    assert source.lines["split_high"].tolist() == [1, 1]


def test_the_command_shows_the_guess(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["trace", "columns", str(SAMPLES / "levels_german.csv")])
    assert caught.value.code == 0
    assert "Gewicht [g]  mass       header word 'gewicht' (de)" in capfd.readouterr().out


def test_header_words_stand_once_in_the_vocabulary() -> None:
    from ytterby.trace.readers._columns import FIELDS, _words

    assert {field for _, field, _, _ in _words().values()} == set(FIELDS)
