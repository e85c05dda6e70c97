"""The workbooks of the Responsible Minerals Initiative: AMRT, EMRT and CMRT, filled in by a supplier.

Each mineral's answers become one row a product and element: not in the product, in it with a mass that nobody asked
for, or no answer. Rare earths that are answered as a group are all of them. The countries of the smelters are the
origin of separation, those of the mines the origin of mining, if the supplier says that its list is complete; else
origin is unknown. A declaration for a whole company names no product; it stands under the item `company:NAME`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ytterby import atlas
from ytterby.trace.readers._collect import Collector
from ytterby.trace.readers._data import rows
from ytterby.trace.readers._grid import Grid, Row, column_letter
from ytterby.trace.readers._numbers import number
from ytterby.trace.readers._open import Opened
from ytterby.trace.readers._origins import origin, origins
from ytterby.trace.source import Source

__all__ = ["read", "recognises"]

_QUESTION = re.compile(r"\s*(\d)\s*[).]\s*\S")
_COMPLETE = re.compile(r"all (of )?the smelters|identified all|all smelters", re.IGNORECASE)
_MINE = "mine.*country|country.*mine|location.*mine"


@dataclass
class _Mineral:
    """The answers about one mineral."""

    name: str
    row: int
    answers: dict[int, str] = field(default_factory=dict)
    smelters: list[str] = field(default_factory=list)
    mines: list[str] = field(default_factory=list)
    plants: set[str] = field(default_factory=set)
    mined: set[str] = field(default_factory=set)
    unplaced: bool = False
    mines_unplaced: bool = False

    @property
    def separated_in(self) -> str:
        """Return the countries of the smelters, if each has one."""
        return "" if self.unplaced else origins(self.smelters)

    @property
    def mined_in(self) -> str:
        """Return the countries of the mines, if each smelter names its mines."""
        return "" if self.mines_unplaced or self.plants - self.mined else origins(self.mines)


@dataclass
class _Form:
    """The sheet `Declaration`."""

    company: str = ""
    scope: str = ""
    day: str = ""
    minerals: dict[str, _Mineral] = field(default_factory=dict)
    complete: int = 0
    """Number of the question whether the list of smelters is complete."""


def recognises(opened: Opened) -> bool:
    """Whether the workbook has the sheets of a reporting template."""
    names = {name.strip().casefold() for name in opened.sheets}
    return opened.kind == "workbook" and {"declaration", "smelter list"} <= names


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Read the answers, smelters, mines and products of a reporting template."""
    sheets = {name.strip().casefold(): name for name in opened.sheets}
    kind = "amrt" if "minerals scope" in sheets else "emrt" if "mine list" in sheets else "cmrt"
    found = list(Grid(opened, sheets["declaration"]).rows())
    title = " ".join(cell for _, cells in found[:6] for cell in cells).casefold()
    for name, words in (("amrt", "additional minerals"), ("emrt", "extended minerals"), ("cmrt", "conflict minerals")):
        kind = name if words in title or name in title.split() else kind
    out = Collector(opened.path.name, kind)
    form = _form(out, found)
    for name, mines in (("smelter list", False), ("mine list", True)):
        if name in sheets:
            _smelters(out, form, Grid(opened, sheets[name]), mines_only=mines)
    products = _products(out, Grid(opened, sheets["product list"])) if "product list" in sheets else []
    if not re.match(r"b\.?\s|product", form.scope.casefold()) or not products:
        name = f"company:{form.company or 'unknown'}"
        out.problem(
            f"the declaration is about the whole company, not about products; it stands under the item '{name}'",
            column="Declaration Scope or Class",
        )
        products = [(name, "", 0)]
    for item, label, row in products:
        out.item(item, row=row or None, name=label, supplier=form.company)
        for mineral in form.minerals.values():
            _declare(out, kind, form, mineral, item)
    return out.source()


def _form(out: Collector, found: Sequence[Row]) -> _Form:
    form = _Form()
    question = 0
    for row, cells in found:
        texts = _distinct(cells)
        if not texts:
            continue
        label, value = texts[0], texts[1] if len(texts) > 1 else ""
        plain = label.casefold()
        if plain.startswith("company name"):
            form.company = value
        elif plain.startswith("declaration scope"):
            form.scope = value
        elif plain.startswith("effective date"):
            form.day = _day(out, value, row)
        elif asked := _QUESTION.match(label):
            question = int(asked[1])
            if _COMPLETE.search(label):
                form.complete = question
        elif re.match(r"[A-Z]\.\s", label) or "company level" in plain:
            question = 0
        elif question:
            name = _mineral_name(label)
            if name and not re.match(r"answer|comment", name, re.IGNORECASE):
                mineral = form.minerals.setdefault(name.casefold(), _Mineral(name, row))
                mineral.answers[question] = value
    if not form.minerals:
        out.problem("the sheet Declaration has no answers about minerals", column="Declaration")
    return form


def _distinct(cells: Sequence[str]) -> list[str]:
    """Return what stands in a row from left to right; a cell that is merged over several columns once."""
    texts = [cell.strip() for cell in cells]
    return [text for n, text in enumerate(texts) if text and (n == 0 or text != texts[n - 1])]


def _mineral_name(label: str) -> str:
    return re.sub(r"\s*[(（]\*[)）]|\*|:\s*$", "", label).strip()


def _day(out: Collector, text: str, row: int) -> str:
    for form in ("%Y-%m-%d", "%d-%b-%Y", "%d-%B-%Y", "%d.%m.%Y"):
        try:
            return dt.datetime.strptime(text.strip(), form).date().isoformat()
        except ValueError:
            continue
    if text:
        out.problem(f"'{text}' is no day; it is not read", row=row, column="Effective Date")
    return ""


def _header(found: Iterable[Row], needed: str) -> tuple[int, list[str]]:
    for row, cells in found:
        if any(needed in cell.casefold() for cell in cells) and len([c for c in cells if c]) > 1:
            return row, [" ".join(cell.split()).casefold() for cell in cells]
    return 0, []


def _smelters(out: Collector, form: _Form, grid: Grid, *, mines_only: bool) -> None:
    head, names = _header(grid.sample, "metal")

    def column(words: str) -> int | None:
        return next((n for n, name in enumerate(names) if re.search(words, name)), None)

    metal, mine = column(r"^metal"), column(_MINE)
    if metal is None:
        out.problem(f"the sheet '{grid.sheet}' has no column for the metal; it is not read", column=grid.sheet)
        return
    country = next((n for n, name in enumerate(names) if "country" in name and n != mine), None)
    plants = [n for n in (column(r"smelter name|name of smelter"), column("look-up")) if n is not None]
    scrap = column("100%")
    for row, cells in grid.rows(out.problem):
        name = _mineral_name(_cell(cells, metal))
        if row <= head or not name:
            continue
        mineral = form.minerals.get(name.casefold())
        if mineral is None:
            out.problem(f"'{name}' is not among the minerals declared", row=row, column=column_letter(metal))
            continue
        plant = next((text for n in plants if (text := _cell(cells, n))), f"row {row}")
        mined_at = country if mines_only and mine is None else mine
        if not mines_only:
            mineral.unplaced |= not _place(out, mineral.smelters, cells, country, row)
            if _cell(cells, scrap).casefold() != "yes":
                mineral.plants.add(plant)
        if _cell(cells, mined_at):
            mineral.mines_unplaced |= not _place(out, mineral.mines, cells, mined_at, row)
            mineral.mined.add(plant)


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index].strip() if index is not None and index < len(cells) else ""


def _place(out: Collector, places: list[str], cells: Sequence[str], index: int | None, row: int) -> bool:
    """Add the countries in a cell; return whether all of it is known."""
    text = _cell(cells, index)
    if not text:
        return False
    whole = [text] if origin(text) else [part.strip() for part in re.split(r"[;/]|,", text) if part.strip()]
    known = [part for part in whole if origin(part)]
    places += known
    if len(known) < len(whole):
        missing = next(part for part in whole if not origin(part))
        out.problem(f"'{missing}' is no country that is known", row=row, column=column_letter(index or 0))
    return len(known) == len(whole)


def _products(out: Collector, grid: Grid) -> list[tuple[str, str, int]]:
    head, names = _header(grid.sample, "product number")
    number_at = next((n for n, name in enumerate(names) if "product number" in name), None)
    if number_at is None:
        return []
    name_at = next((n for n, name in enumerate(names) if "product name" in name), len(names))
    found = []
    for row, cells in grid.rows(out.problem):
        item = _cell(cells, number_at)
        if row > head and item:
            found.append((item, _cell(cells, name_at), row))
    return found


@cache
def _minerals() -> dict[str, tuple[str, ...]]:
    table = atlas.table("elements")
    every = tuple(table["element"])
    known = {
        word: every if element == "RE" else (element,)
        for words, element in rows("minerals")
        for word in words.split("|")
    }
    known |= {name: (element,) for name, element in zip(table["name"], table["element"], strict=True)}
    known |= {word: (element,) for element, words in rows("element_words") for word in words.split("|")}
    return known | {element.casefold(): (element,) for element in every}


def _declare(out: Collector, kind: str, form: _Form, mineral: _Mineral, item: str) -> None:
    status, high = _status(kind, mineral.answers)
    present = status == "partial"
    whole = _is_complete(kind, form, mineral)
    separated, mined = (mineral.separated_in, mineral.mined_in) if present and whole else ("", "")
    if present and mineral.smelters and not whole:
        out.problem(
            f"smelters of {mineral.name} are named in {origins(mineral.smelters)}, but the list is not said to be"
            " complete: its origin is not known",
            row=mineral.row,
            column=mineral.name,
        )
    elements = _minerals().get(mineral.name.casefold())
    if elements is None:
        out.problem(f"'{mineral.name}' is no mineral that is known", row=mineral.row, column=mineral.name)
        elements = (mineral.name,)
    for element in elements:
        out.declaration(
            item,
            row=mineral.row,
            element=element,
            form="",
            mass_low_kg=None if high is None and not present else 0.0,
            mass_high_kg=high,
            mined_in=mined,
            separated_in=separated,
            status=status,
            declared_on=form.day,
            supplier=form.company,
        )


def _status(kind: str, answers: Mapping[int, str]) -> tuple[str, float | None]:
    """Return the state of an answer and, if the product holds none, a high bound of 0."""
    asked = [answers.get(1, "")] if kind == "amrt" else [answers.get(1, ""), answers.get(2, "")]
    words = [answer.strip().casefold() for answer in asked]
    if "no" in words:
        return "declared", 0.0
    if any(word.startswith("not declaring") for word in words):
        return "refused", None
    if kind == "amrt" and answers.get(2, "").casefold() == "did not survey" and words != ["yes"]:
        return "not_asked", None
    return ("partial", None) if all(word == "yes" for word in words) else ("no_answer", None)


def _is_complete(kind: str, form: _Form, mineral: _Mineral) -> bool:
    if kind == "amrt":
        share = number(mineral.answers.get(2, ""))
        return share == 1.0
    return bool(form.complete) and mineral.answers.get(form.complete, "").strip().casefold().startswith("yes")
