"""Does a table have the columns and types that a picture needs?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from ytterby.errors import DataError, nearest

__all__ = ["Kind", "need", "number_or_none", "sums"]

Kind = Literal["text", "label", "number", "share", "date"]


def need(table: pd.DataFrame, fields: Mapping[str, Kind], where: str) -> pd.DataFrame:
    """Return the named columns of `table` in that order, checked and typed, with a fresh row number.

    Texts must be there, labels may be missing (empty); numbers may be missing (NaN) but not infinite; a share lies in
    [0, 1]; dates may be missing (None) and may be ISO texts.

    Raises
    ------
    DataError
        A column is missing or a value is not what its column holds; the message names row and column.
    """
    out: dict[str, list[Any]] = {}
    for field, kind in fields.items():
        if field not in table.columns:
            close = nearest(field, map(str, table.columns))
            hint = f"did you mean '{close[0]}'?" if close else f"columns found: {', '.join(map(str, table.columns))}"
            raise DataError(f"column '{field}' is missing", where=where, hint=hint)
        out[field] = [
            _typed(v, kind, f"{where}, row {i}, column {field}") for i, v in enumerate(table[field].tolist(), start=1)
        ]
    typed = {f: pd.Series(v, dtype="float64" if fields[f] in ("number", "share") else "object") for f, v in out.items()}
    return pd.DataFrame(typed)


def _typed(value: Any, kind: Kind, where: str) -> Any:
    missing = bool(pd.isna(value))
    if kind == "label":
        return "" if missing else str(value)
    if kind == "text":
        if missing or not str(value):
            raise DataError("a text is missing", where=where)
        return str(value)
    if missing:
        return None if kind == "date" else float("nan")
    if kind == "date":
        try:
            return value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(str(value))
        except ValueError:
            raise DataError(f"'{value}' is not a date", where=where, hint="write it as 2026-11-23") from None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DataError(f"'{value}' is not a number", where=where) from None
    if number in (float("inf"), float("-inf")):
        raise DataError("a number is infinite", where=where, hint="leave it out to say that it is unknown")
    if kind == "share" and not 0 <= number <= 1:
        raise DataError(f"{number:g} is not a share", where=where, hint="shares lie between 0 and 1")
    return number


def number_or_none(value: Any) -> float | None:
    """Return a float, or None for what is unknown."""
    return None if pd.isna(value) else float(value)


def sums(table: pd.DataFrame, by: list[str], values: list[str]) -> pd.DataFrame:
    """Return `values` added up by `by`, groups in order of appearance."""
    return table.groupby(by, sort=False, as_index=False)[values].sum()
