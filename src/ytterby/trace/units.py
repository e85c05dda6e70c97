"""How much of the child does a line mean? Units of quantities: pieces, a mass, or a percentage of the parent's mass.

>>> unit_of("g"), unit_of("Stk"), unit_of("% of parent")
(Unit(kind='mass', factor=0.001), Unit(kind='piece', factor=1.0), Unit(kind='share', factor=0.01))
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

__all__ = ["Unit", "unit_of"]

_PIECES = frozenset(
    [""]
    + "1 each ea item items number pc pce pcs piece pieces unit units st stk stück stueck".split()
    + "c62 h87 个 件 只".split()
)
"""Words for a piece: English, German and Chinese, and UN/ECE Recommendation 20 (C62 one, EA each, H87 piece)."""
_SHARES = frozenset(["%", "percent", "pct", "wt%", "% of parent", "% w/w", "mass%", "p1"])
_MASSES = {"kg": 1.0, "g": 1e-3, "mg": 1e-6, "t": 1e3, "kgm": 1.0, "grm": 1e-3, "tne": 1e3}
"""Masses that need no look-up, with the codes of UN/ECE Recommendation 20."""


@dataclass(frozen=True)
class Unit:
    """A unit of a line's quantity.

    Parameters
    ----------
    kind
        `piece`: units of the child; `mass`: kilograms of the child; `share`: a share of the parent's mass.
    factor
        What one of the unit is in units, kilograms or as a share.
    """

    kind: Literal["piece", "mass", "share"]
    factor: float


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit | None:
    """Return what a unit means, or None if it is neither a piece nor a mass nor a percentage."""
    word = " ".join(text.split())
    fold = word.casefold().rstrip(".")
    if fold in _PIECES:
        return Unit("piece", 1.0)
    if fold in _SHARES:
        return Unit("share", 0.01)
    if fold in _MASSES:
        return Unit("mass", _MASSES[fold])
    return _by_pint(word) or _by_pint(fold)


def _by_pint(word: str) -> Unit | None:
    try:
        return Unit("mass", float(_registry().parse_expression(word).to("kg").magnitude))
    except Exception:
        return None
