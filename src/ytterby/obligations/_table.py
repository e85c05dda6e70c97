"""How is a table of shipments read? A row each; columns are the fields of FACTS by dotted path.

A cell of a list or an object is JSON; in Parquet a column may be nested as well. An empty cell is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from ytterby.errors import DataError, InputError, UnknownNameError
from ytterby.obligations.facts import Facts

__all__ = ["Codes", "Problem", "Told", "chunks", "joined", "read_table", "told_by_rows"]

Codes = npt.NDArray[np.int64]

Problem = tuple[int, str | None, str]
"""Row of the file, column and what is the matter."""
_NUMBERS = frozenset({"value_usd", "mass_kg", "share", "origin", "parameters"})
_LISTS = frozenset({"end_use", "lists"})


def read_table(path: Path) -> pd.DataFrame:
    """Return the table of a CSV or Parquet file as it stands there, text in CSV.

    Raises
    ------
    InputError
        No such file, or one that is neither.
    UnknownNameError
        A column is no field of FACTS.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path))
    try:
        if path.suffix.lower() == ".parquet":
            table = pd.read_parquet(path, dtype_backend="pyarrow")
        else:
            table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False)
    except Exception as error:  # parsers have many exceptions of their own
        raise DataError(f"cannot be read as a table: {str(error).splitlines()[0]}", where=path.name) from None
    for column in table.columns:
        if column != "id" and str(column).split(".")[0] not in Facts.model_fields:
            raise UnknownNameError("column", str(column), ["id", *Facts.model_fields], where=path.name)
    if not len(table):
        raise DataError("the table has no rows", where=path.name)
    return table


@dataclass(frozen=True)
class Told:
    """What the rows of a table tell of one field of FACTS: the different values, and the number of each row's."""

    codes: Codes
    values: list[Any]


def told_by_rows(table: pd.DataFrame, first: int) -> tuple[dict[str, Told], list[Problem]]:
    """Return what rows tell of each field, equal cells once read, and what is the matter with rows from `first` on."""
    columns = [(str(name), str(name).split(".")) for name in table.columns if name != "id"]
    cells = [table[name].tolist() for name, _ in columns]
    broken = np.zeros(len(table), dtype=bool)
    found = {}
    for field in Facts.model_fields:
        mine = [k for k, (_, path) in enumerate(columns) if path[0] == field]
        codes = joined([_alike(cells[k]) for k in mine], len(table))
        values = []
        for code, at in enumerate(np.unique(codes, return_index=True)[1].tolist()):
            try:
                facts = Facts.model_validate(_nested([columns[k] for k in mine], [cells[k][at] for k in mine]))
                values.append(getattr(facts, field))
            except (_CellError, ValidationError):
                values.append(None)
                broken |= codes == code
        found[field] = Told(codes, values)
    problems: list[Problem] = []
    for k in np.flatnonzero(broken).tolist():
        try:
            Facts.model_validate(_nested(columns, [column[k] for column in cells]))
        except _CellError as error:
            problems.append((first + k, error.column, error.message))
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in wrong["loc"])
            message = f"{wrong['msg'][0].lower()}{wrong['msg'][1:]}"
            if wrong["type"] != "unknown_field":
                message += f"; found {str(wrong['input'])[:60]!r}"
            problems.append((first + k, where or None, message))
    return found, problems


def joined(codes: Sequence[Codes], count: int) -> Codes:
    """Return a number for each of `count` rows, the same where all codes are, in the order of appearance."""
    found = np.zeros(count, dtype=np.int64)
    for code in codes:
        if len(code) and code.max() > 0:
            found = pd.factorize(found * (int(code.max()) + 1) + code)[0].astype(np.int64)
    return found


def _alike(cells: Sequence[Any]) -> Codes:
    """Return a number for each cell, the same where the cell is."""
    keys = np.array([cell if isinstance(cell, str) else f"\0{cell!r}" for cell in cells], dtype=object)
    return pd.factorize(keys)[0].astype(np.int64)


class _CellError(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message


def _nested(columns: list[tuple[str, list[str]]], row: Sequence[Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for (name, path), cell in zip(columns, row, strict=True):
        value = _cell(name, path, cell)
        if value is None:
            continue
        at = facts
        for part in path[:-1]:
            inner = at.setdefault(part, {})
            if not isinstance(inner, dict):
                raise _CellError(name, f"'{part}' has a column of its own already")
            at = inner
        if path[-1] in at:
            raise _CellError(name, "the field is told twice")
        at[path[-1]] = value
    result: dict[str, Any] = _lists(facts)
    for k, node in enumerate(result.get("nodes") or ()):
        if isinstance(node, dict):
            node.setdefault("id", f"node {k}")
    return result


def _cell(name: str, path: list[str], cell: Any) -> Any:
    if not isinstance(cell, str):
        return _plain(cell)
    text = cell.strip()
    if not text:
        return None
    if text[0] in "[{":
        try:
            return json.loads(text)
        except ValueError as error:
            raise _CellError(name, f"not JSON: {error}") from None
        except RecursionError:
            raise _CellError(name, "lists lie too deep in each other") from None
    if _NUMBERS & set(path):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [text] if path[-1] in _LISTS else text


def _plain(cell: Any) -> Any:
    """Return a cell of Parquet without what is null in its objects; in lists null stays (no bound)."""
    if isinstance(cell, Mapping):
        return {str(k): v for k, v in ((k, _plain(v)) for k, v in cell.items()) if v is not None} or None
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    if isinstance(cell, list | tuple):
        if cell and all(isinstance(v, tuple) and len(v) == 2 and isinstance(v[0], str) for v in cell):
            return _plain(dict(cell))  # a map
        return [_plain(v) for v in cell]
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return None
    return cell


def _lists(value: Any) -> Any:
    """Return objects whose keys are all numbers as lists in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


def chunks(table: pd.DataFrame, size: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield the table in pieces with the number of their first row."""
    for begin in range(0, len(table), size):
        yield begin, table.iloc[begin : begin + size]
