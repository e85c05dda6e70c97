"""How is a result written so that the same inputs give the same bytes, and by which id is it cited?

Results are rounded to nine significant digits, keys keep their order, and a run id is a hash over all that the
result depends on.

>>> dumps({"price": 0.1 + 0.2})
'{"price": 0.3}'
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

__all__ = ["DIGITS", "Table", "chunks", "dumps", "plain_cell", "rounded", "run_id", "safe_cell"]

DIGITS = 9
"""Significant digits of every number that leaves the program."""
_BLOCK = 4096
"""Rows of a table that are written at once."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program takes for the start of a formula."""


@dataclass(frozen=True)
class Table:
    """Rows as columns of one length; `chunks` writes them as a list of objects."""

    columns: Mapping[str, Sequence[Any]]


def rounded(value: Any) -> Any:
    """Return `value` as plain JSON types with floats rounded to `DIGITS` significant digits.

    Dates become ISO 8601, NaN and infinities become ``None`` (unknown), numpy scalars and arrays, pydantic models
    and dataclass-like objects with ``model_dump`` become their plain counterparts.

    Examples
    --------
    >>> rounded({"a": 1 / 3, "b": float("nan"), "c": -0.0})
    {'a': 0.333333333, 'b': None, 'c': 0.0}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): rounded(v) for k, v in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return rounded(value.model_dump(mode="json", by_alias=True))
    if hasattr(value, "tolist"):
        return rounded(value.tolist())
    return [rounded(v) for v in value]


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Return `value` as canonical JSON text (see `rounded`); without `indent`, on one line."""
    return json.dumps(rounded(value), ensure_ascii=False, indent=indent)


def chunks(record: Mapping[str, Any], *, indent: int = 2) -> Iterator[str]:
    """Yield the text that `dumps` gives for a record, piece by piece; a value may be a `Table` of many rows.

    Examples
    --------
    >>> record = {"status": "optimal", "flows": Table({"route": ["sea"], "quantity": [1 / 3]})}
    >>> "".join(chunks(record)) == dumps({**record, "flows": [{"route": "sea", "quantity": 1 / 3}]}, indent=2)
    True
    """
    between, end = "{\n", "{}"
    for key, value in record.items():
        yield f"{between}{' ' * indent}{encode_basestring(key)}: "
        if isinstance(value, Table):
            yield from _rows(value, indent)
        else:
            yield dumps(value, indent=indent).replace("\n", "\n" + " " * indent)
        between, end = ",\n", "\n}"
    yield end


def _rows(table: Table, indent: int) -> Iterator[str]:
    outer, inner = "\n" + " " * 2 * indent, "\n" + " " * 3 * indent
    names = [encode_basestring(name).replace("%", "%%") for name in table.columns]
    row = "{" + ",".join(f"{inner}{name}: %s" for name in names) + outer + "}"
    count = len(next(iter(table.columns.values()), ()))
    for first in range(0, count, _BLOCK):
        texts = [[_text(v) for v in column[first : first + _BLOCK]] for column in table.columns.values()]
        yield ("," if first else "[") + outer
        yield f",{outer}".join(row % values for values in zip(*texts, strict=True))
    yield "\n" + " " * indent + "]" if count else "[]"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(rounded(value))
    return dumps(value)


def run_id(**parts: Any) -> str:
    """Return the id of a result: twelve hex digits of SHA-256 over everything that it depends on.

    Parameters
    ----------
    **parts
        Inputs, measures and dates, assumptions, seed, model and data versions, by name. Order does not matter.

    Examples
    --------
    >>> run_id(a=1, b="x") == run_id(b="x", a=1)
    True
    """
    text = json.dumps(rounded(parts), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def safe_cell(value: Any) -> Any:
    """Return a value for a cell of a CSV file or spreadsheet; text that would be read as a formula gets a quote first.

    Numbers stay numbers, also when they are negative.

    Examples
    --------
    >>> safe_cell("=HYPERLINK(A1)"), safe_cell("-12 V"), safe_cell(-12.5), safe_cell("magnet")
    ("'=HYPERLINK(A1)", "'-12 V", -12.5, 'magnet')
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \u00a0").startswith(_FORMULA) else value


def plain_cell(text: str) -> str:
    """Return the text that `safe_cell` was given.

    Examples
    --------
    >>> plain_cell("'-12 V"), plain_cell("'s-Hertogenbosch")
    ('-12 V', "'s-Hertogenbosch")
    """
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text
