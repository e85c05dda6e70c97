"""One question sheet a supplier: a workbook in the columns of the declarations, to be filled in and read back.

A row stands for one element in one part; its last row without element speaks of all others. What is known so far is
filled in, so that a sheet that comes back as it went says nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ytterby.errors import UsageError
from ytterby.trace.ask import Asked, SupplierAsked
from ytterby.trace.bom import Bom
from ytterby.trace.readers import safe_cell
from ytterby.trace.source import DECLARATION_COLUMNS, STATES, UNANSWERED

__all__ = ["COLUMNS", "write_sheets"]

COLUMNS = ("item", "name", *(name for name in DECLARATION_COLUMNS if name not in ("item", "file", "row")))
"""Columns of a question sheet: those of the declarations, and the name of the part."""

_HELP = (
    ("What is asked", "Which rare earths one unit of each part holds, how much, and where each was made."),
    ("element", "One row an element. The row without element speaks of all other rare earths."),
    ("mass_low_kg, mass_high_kg", "Kilograms in one unit of the part, least and most; the same twice if exact."),
    ("value_low_usd, value_high_usd", "What that is worth in US dollars, if you can tell."),
    ("mined_in … magnet_in", "Country of each step by three letters (ISO 3166-1), or shares: CHN 60 %; AUS 40 %."),
    ("technology_from", "Country from which the technology of the last step comes."),
    ("status", f"One of: {', '.join(STATES)}."),
    ("", "Put 'declared' where the row is filled in; for an element that is not there, 'declared' and 0 kg."),
    ("", "If no other rare earth is in the part, put 'declared' into its row without element."),
    ("declared_on", "The day of your answer, YYYY-MM-DD."),
    ("split_low, split_high", "Leave as they are: they are the buyer's shares of supply."),
)


def write_sheets(bom: Bom, asked: Asked, folder: Path) -> list[Path]:
    """Write a workbook for every supplier that is asked, and return the files.

    Parameters
    ----------
    bom
        The bill of materials that was asked about.
    asked
        Whom to ask.
    folder
        Is made if need be; a file that is there is written over.

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    declared = bom.source.declarations
    files, taken = [], set[str]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for supplier in asked.suppliers:
            name = stem = re.sub(r"[^\w-]+", "-", supplier.supplier).strip("-") or "supplier"
            while name.casefold() in taken:
                name = f"{stem}-{supplier.rank}"
            taken.add(name.casefold())
            files.append(folder / f"{name}.xlsx")
            _write(files[-1], supplier, list(_rows(declared, supplier, asked.elements)))
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", where=str(folder)) from error
    return files


def _rows(declared: pd.DataFrame, supplier: SupplierAsked, elements: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a sheet: what is known, then the elements that are not."""
    for part in supplier.parts:
        said = declared[declared["item"] == part.item]
        mine = said[said["supplier"].fillna("").isin(("", supplier.supplier))]
        known = mine[~mine["status"].isin(UNANSWERED) & (mine["element"].fillna("") != "")]
        for _, row in known.iterrows():
            yield {**_told(row), "name": part.name, "supplier": supplier.supplier}
        open_ = mine[mine["status"].isin(UNANSWERED)]
        if not len(open_) and len(mine):
            continue
        status = str(open_["status"].iloc[0]) if len(open_) else "not_asked"
        blank: dict[str, Any] = {"item": part.item, "name": part.name, "status": status, "supplier": supplier.supplier}
        if len(mine):
            blank |= _told(mine[["split_low", "split_high"]].iloc[0])
        forms = {str(e): str(f) for e, f in zip(open_["element"].fillna(""), open_["form"].fillna(""), strict=True)}
        for element in (*(e for e in elements if e not in set(known["element"])), ""):
            yield {**blank, "element": element, "form": forms.get(element, "")}


def _told(row: pd.Series[Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.dropna().items()}


def _write(path: Path, supplier: SupplierAsked, rows: Sequence[dict[str, Any]]) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = "declarations"
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([safe_cell(row.get(name)) for name in COLUMNS])
    for number, name in enumerate(COLUMNS, 1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 34 if name == "name" else max(12, len(name) + 2)
    sheet.freeze_panes = "D2"
    states = DataValidation(type="list", formula1=f'"{",".join(STATES)}"', allow_blank=True)
    place = get_column_letter(COLUMNS.index("status") + 1)
    states.add(f"{place}2:{place}{len(rows) + 200}")
    sheet.add_data_validation(states)
    help_ = book.create_sheet("how to answer")
    help_.append(["To", safe_cell(supplier.supplier)])
    for line in _HELP:
        help_.append(list(line))
    help_.column_dimensions["A"].width, help_.column_dimensions["B"].width = 32, 110
    book.save(path)
