"""How are the user's tables read? CSV row by row, each cell checked, errors with file, row and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ytterby.errors import InputError, UnknownNameError

__all__ = ["Row", "read_rows"]


@dataclass(frozen=True)
class Row:
    """One row of a table; the header is row 1, as a spreadsheet counts.

    Parameters
    ----------
    file, number
        Where the row stands.
    cells
        Text by column, without the blanks around it; what is not there is empty.
    decimal
        The sign before decimals.
    """

    file: str
    number: int
    cells: dict[str, str]
    decimal: str = "."

    def place(self, column: str) -> str:
        """Return where a cell stands, for a message."""
        return f"{self.file}, row {self.number}, column {column}"

    def text(self, column: str) -> str | None:
        """Return a cell's text; None where it is empty."""
        return self.cells.get(column) or None

    def name(self, column: str) -> str:
        """Return a cell that must not be empty."""
        text = self.text(column)
        if text is None:
            raise InputError(f"'{column}' is empty; a name is expected", where=self.place(column))
        return text

    def amount_or_none(self, column: str, *, negative: bool = False) -> float | None:
        """Return a cell as a number; None where it is empty."""
        text = self.text(column)
        if text is None:
            return None
        try:
            value = float(text.replace(self.decimal, "."))
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (value < 0 and not negative):
            expected = "a number" if negative else "a number that is not negative"
            raise InputError(f"'{text}' found; {expected} is expected", where=self.place(column))
        return value

    def amount(self, column: str) -> float:
        """Return a cell that must hold a number that is not negative."""
        value = self.amount_or_none(column)
        if value is None:
            raise InputError(f"'{column}' is empty; a number is expected", where=self.place(column))
        return value


def read_rows(path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[Row]:
    """Yield the rows of a CSV file; empty ones are left out.

    The file is UTF-8, with or without a byte-order mark. Where a semicolon parts the header's names, it parts the
    cells and a comma stands before decimals, as spreadsheets of much of Europe write it.

    Raises
    ------
    InputError
        If the file cannot be read, a required column is missing, or a row has more cells than the header.
    UnknownNameError
        If there is a column of an unknown name.
    """
    file = path.name
    try:
        with path.open(encoding="utf-8-sig", newline="") as f:
            head = f.readline()
            semicolon = ";" in head and "," not in head
            f.seek(0)
            reader = csv.reader(f, delimiter=";" if semicolon else ",", strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(header, file, required, optional)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                number = reader.line_num
                if len(cells) > len(header):
                    raise InputError(
                        f"{len(cells)} cells found; the header has {len(header)}", where=f"{file}, row {number}"
                    )
                found = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
                yield Row(file, number, found, "," if semicolon else ".")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("the text is not UTF-8", where=str(path)) from error
    except csv.Error as error:
        raise InputError(f"the CSV is broken: {error}", where=str(path)) from error


def _check_header(header: list[str], file: str, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    for number, name in enumerate(header):
        if name not in required + optional:
            raise UnknownNameError("column", name, required + optional, where=f"{file}, row 1")
        if name in header[:number]:
            raise InputError(f"the column '{name}' comes twice", where=f"{file}, row 1")
    missing = [name for name in required if name not in header]
    if missing:
        raise InputError(
            f"the column '{missing[0]}' is missing",
            where=f"{file}, row 1",
            hint="the columns are " + ",".join(required + optional),
        )
