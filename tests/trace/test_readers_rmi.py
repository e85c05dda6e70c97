"""The workbooks AMRT, EMRT and CMRT: answers, smelters, mines, products."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ytterby.trace.readers import read
from ytterby.trace.source import Source

HEADER = [
    "Smelter Identification Number Input Column",
    "Metal (*)",
    "Smelter Look-up (*)",
    "Smelter Name (1)",
    "Smelter Country (*)",
    "Location (Country) of Mine(s)",
    "Does 100% of the smelter's feedstock originate from recycled or scrap sources?",
]


def _workbook(folder: Path, title: str, questions: list[list[Any]], **more: Any) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Declaration"
    rows: list[list[Any]] = [
        [None, title],
        [],
        [None, "Company Information"],
        [None, "Company Name (*):", None, "Halbach AG"],
        [None, "Declaration Scope or Class (*):", None, more.get("scope", "B. Product (or List of Products)")],
        [None, "Effective Date (*):", None, "11-Mar-2026"],
        *questions,
        [None, "A. Have you established a responsible minerals sourcing policy?", None, "Yes"],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("B4:C4")
    sheet.merge_cells("D4:F4")
    lists = {"Smelter List": [["To begin:"], [], [], HEADER, *more.get("smelters", [])]}
    lists["Product List"] = [
        [],
        ["Respondent's Product Number (*)", "Respondent's Product Name"],
        *more.get("products", []),
    ]
    if "mines" in more:
        lists["Mine List"] = [[], ["Metal", "Name of smelter sourcing from this mine", "Mine Country"], *more["mines"]]
    for name, found in lists.items():
        new = book.create_sheet(name)
        for row in found:
            new.append(row)
    path = folder / "template.xlsx"
    book.save(path)
    return path


def _question(number: int, text: str, **answers: str | int) -> list[list[Any]]:
    head = [None, f"{number}) {text} (*)", None, "Answer", None, "Comments"]
    return [head, *([None, f"{name.replace('_', ' ')} (*)", None, answer] for name, answer in answers.items())]


def _amrt(folder: Path, survey: str | int, mine: str = "China", **more: Any) -> Path:
    asked = "Is any specified mineral intentionally added or used?"
    questions = [
        *_question(1, asked, Rare_Earth_Elements="Yes", Zinc="No", Neodym="Unknown"),
        *_question(2, "What percentage of suppliers responded?", Rare_Earth_Elements=survey, Zinc="", Neodym=""),
    ]
    smelters = [
        [None, "Rare Earth Elements", "Baotou", None, "CHINA", mine, "No"],
        [None, "Rare Earth Elements", "Smelter not listed", "Kuantan", "Malaysia", "Australia", "No"],
        [None, "Rare Earth Elements", "Smelter not listed", "Scrapyard", "Japan", None, "Yes"],
    ]
    title = "Additional Minerals Reporting Template (AMRT)"
    return _workbook(folder, title, questions, smelters=smelters, products=[["M-9", "Ring magnet"], ["M-10"]], **more)


def _rows(source: Source, item: str, element: str) -> dict[str, Any]:
    table = source.declarations.query("item == @item and element == @element")
    (row,) = table.to_dict("records")
    return row


def test_an_amrt_gives_a_row_a_product_and_element_with_the_countries_of_its_smelters(tmp_path: Path) -> None:
    source = read(_amrt(tmp_path, 1))
    assert source.format == "amrt"
    assert source.items[["item", "supplier"]].to_numpy().tolist() == [["M-9", "Halbach AG"], ["M-10", "Halbach AG"]]
    dysprosium = _rows(source, "M-9", "Dy")
    assert (dysprosium["status"], dysprosium["mass_low_kg"]) == ("partial", 0.0)
    assert dysprosium["separated_in"] == "CHN; JPN; MYS"
    assert dysprosium["mined_in"] == "AUS; CHN"
    assert dysprosium["declared_on"] == "2026-03-11"
    zinc = _rows(source, "M-10", "Zn")
    assert (zinc["status"], zinc["mass_high_kg"]) == ("declared", 0.0)
    assert source.declarations["status"].value_counts().to_dict() == {"partial": 32, "declared": 2, "no_answer": 2}
    assert source.problems == ()


def test_smelters_of_a_list_that_is_not_complete_do_not_tell_the_origin(tmp_path: Path) -> None:
    source = read(_amrt(tmp_path, "Greater than 75%"))
    assert _rows(source, "M-9", "Dy")["separated_in"] == ""
    assert "named in CHN; JPN; MYS, but the list is not said to be complete" in source.problems[0].message


def test_a_declaration_for_the_company_stands_under_its_name(tmp_path: Path) -> None:
    source = read(_amrt(tmp_path, 1, scope="A. Company"))
    assert source.items["item"].tolist() == ["company:Halbach AG"]
    assert "about the whole company" in source.problems[0].message


def test_mines_are_known_when_each_smelter_names_its_own_here_or_in_the_mine_list(tmp_path: Path) -> None:
    assert _rows(read(_amrt(tmp_path, 1, mine="")), "M-9", "Dy")["mined_in"] == ""
    mines = [["Rare Earth Elements", "Baotou", "Myanmar"], ["Unobtainium", "Kuantan", "China"]]
    source = read(_amrt(tmp_path, 1, mine="", mines=mines))
    assert _rows(source, "M-9", "Dy")["mined_in"] == "AUS; MMR"
    assert [(p.row, p.column, p.message) for p in source.problems] == [
        (4, "A", "'Unobtainium' is not among the minerals declared")
    ]


def test_a_country_that_is_none_is_told_and_leaves_the_origin_unknown(tmp_path: Path) -> None:
    source = read(_amrt(tmp_path, 1, mine="Atlantis"))
    assert _rows(source, "M-9", "Dy")["mined_in"] == ""
    assert _rows(source, "M-9", "Dy")["separated_in"] == "CHN; JPN; MYS"
    assert [(p.row, p.column, p.message) for p in source.problems] == [
        (5, "F", "'Atlantis' is no country that is known")
    ]


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("Yes", "Yes", "partial"),
        ("Yes", "No", "declared"),
        ("No", "", "declared"),
        ("Unknown", "", "no_answer"),
        ("Not declaring", "", "refused"),
        ("", "", "no_answer"),
    ],
)
def test_answers_of_a_cmrt_and_an_emrt_become_states(tmp_path: Path, first: str, second: str, state: str) -> None:
    for title, kind in (
        ("Conflict Minerals Reporting Template (CMRT)", "cmrt"),
        ("Extended Minerals Reporting Template (EMRT)", "emrt"),
    ):
        questions = [
            *_question(1, "Is any mineral intentionally added?", Tin=first, Cobalt="Yes"),
            *_question(2, "Does any mineral remain in the product?", Tin=second, Cobalt="Yes"),
            *_question(7, "Have you identified all of the smelters?", Tin="No", Cobalt="Yes, 100%"),
        ]
        smelters = [[None, "Cobalt", "Umicore", None, "FINLAND"]]
        source = read(_workbook(tmp_path, title, questions, smelters=smelters, products=[["P-1"]]))
        assert source.format == kind
        assert _rows(source, "P-1", "Sn")["status"] == state
        assert _rows(source, "P-1", "Co")["separated_in"] == "FIN"
