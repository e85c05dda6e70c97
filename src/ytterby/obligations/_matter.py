"""Which elements do words and rows of a FACTS file name? Symbols, names and formulas, in one spelling.

>>> symbol("dysprosium"), sorted(named_in("Dy2O3, 99.9 %")), sorted(denied_in("NdFeB with neither Tb nor Dy"))
('Dy', ['Dy', 'O'], ['Dy', 'Tb'])
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

__all__ = ["denied_in", "named_in", "symbol"]

_FORMULA = re.compile(r"\b(?:[A-Z][a-z]?\d*(?:\.\d+)?)+\b")
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
_JOINED = re.compile(r"\b[A-Z][a-z]?\d*(?:[-/–][A-Z][a-z]?\d*)+\b")
_ABSENT = re.compile(
    r"\b(?:no|not|without|neither|free (?:of|from)|excluding)\s+(?:any )?"
    r"\w+(?:\s*(?:,|/|\bor\b|\bnor\b|\band\b)\s*\w+)*"
    r"|(?:\w+/)?\w+[- ]free\b(?! of| from)",
    re.IGNORECASE,
)
_CERTAIN = frozenset(["Sc", "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Er", "Tm", "Yb", "Lu"]) | frozenset(
    ["Ga", "Ge", "Sb", "Te", "Bi", "Mo", "Ta"]
)
"""Symbols that are no words of English when they stand alone (Y, Ho, W, In and others may be)."""


@cache
def _names() -> dict[str, str]:
    text = (files(__package__) / "data" / "elements.csv").read_text(encoding="utf-8")
    names = {}
    for row in csv.DictReader(text.splitlines()):
        for name in (row["symbol"], row["name"], *row["also"].split("|")):
            if name:
                names[name.casefold()] = row["symbol"]
    return names


@cache
def _symbols() -> frozenset[str]:
    return frozenset(_names().values())


@cache
def symbol(name: str) -> str | None:
    """Return the symbol of an element or material given by symbol or name; None where nobody knows the word."""
    return _names().get(name.strip().casefold())


@cache
def named_in(text: str) -> frozenset[str]:
    """Return the elements and materials that a description names, and does not say are absent."""
    return _elements(_ABSENT.sub(" ", text))


@cache
def denied_in(text: str) -> frozenset[str]:
    """Return the elements and materials that a description says are absent."""
    return _elements(" ".join(_ABSENT.findall(text))) - named_in(text)


def _elements(text: str) -> frozenset[str]:
    words = re.findall(r"[A-Za-z]{4,}|[\u4e00-\u9fff]", text)
    found = {name for word in words if (name := _names().get(word.casefold()))}
    for token in _FORMULA.findall(text):
        parts = {part for part, _ in _PART.findall(token)}
        # "In", "As" and "CHIPS" are words; "Dy", "Dy2O3" and "SmCo" are not
        wordlike = token.isalpha() and (len(parts) == 1 or token.isupper())
        if parts <= _symbols() and (token in _CERTAIN or not wordlike):
            found |= parts
    for token in _JOINED.findall(text):  # Mg-Gd-Y
        parts = {part for part, _ in _PART.findall(token)}
        if parts <= _symbols():
            found |= parts
    return frozenset(found)
