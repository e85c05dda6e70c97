"""Cells that a spreadsheet program must not take for formulas."""

from __future__ import annotations

from typing import Any

__all__ = ["plain_cell", "safe_cell"]

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """Return a value for a cell of a CSV file or spreadsheet; text that would be read as a formula gets a quote first.

    Numbers stay numbers, also when they are negative.

    Examples
    --------
    >>> safe_cell("=HYPERLINK(A1)"), safe_cell("-12 V"), safe_cell(-12.5), safe_cell("magnet")
    ("'=HYPERLINK(A1)", "'-12 V", -12.5, 'magnet')
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \u00a0").startswith(_STARTS) else value


def plain_cell(text: str) -> str:
    """Return the text that `safe_cell` was given.

    Examples
    --------
    >>> plain_cell("'-12 V"), plain_cell("'s-Hertogenbosch")
    ('-12 V', "'s-Hertogenbosch")
    """
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text
