"""Which unit does a word mean, and how much of the base unit is it?

Every quantity is given in one of the base units `pcs`, `kg`, `m`, `m2`, `m3`, or in `%` (percent of the parent's mass).
The words of trade (`Stk`, `KGM`, `个`) stand in `data/units.csv`; what is left, pint knows.

>>> unit("lb"), unit("per 100"), unit("kg/Part")
(Unit(base='kg', factor=0.45359237), Unit(base='pcs', factor=0.01), Unit(base='kg', factor=1.0))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ytterby.trace.readers._data import rows

__all__ = ["BASES", "Unit", "unit"]

BASES = {"pcs": "", "kg": "[mass]", "m": "[length]", "m2": "[length] ** 2", "m3": "[length] ** 3"}
"""The base units, and the dimension by which pint knows them."""
_PER = re.compile(r"(?P<unit>.*?)\s*(?:/|每|\b(?:per|pro|pour|por|je)\b)\s*(?P<count>\d+)\s*(?P<of>[^\d/]*)")
_MEASURE = re.compile(r".*(gram|meter|liter|metric_ton|pound|ounce|inch|foot|yard|gallon)")
"""Units of pint that bills of materials measure in: there `rod` or `point` are pieces, and `ton` may be either."""
_PINT = {"m2": "m**2", "m3": "m**3"}
_PER_PART = re.compile(r"\s*/\s*(part|each|pcs?|piece|ea|unit|stk)\.?$")


@dataclass(frozen=True)
class Unit:
    """A unit: `factor` of it is one of its base unit, e.g. 0.001 kg for a gram."""

    base: str
    factor: float


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit | None:
    """Return the unit that a word means; an empty one is pieces; None if nobody knows it.

    ``"pcs per 100"`` and ``"/1000"`` are quantities for that many of the parent.
    """
    word = re.sub(r"\s+", " ", text).strip().casefold().removeprefix("unit:")
    if not word:
        return Unit("pcs", 1.0)
    known = _words().get(word) or _words().get(word.rstrip("."))
    if known is not None:
        return known
    if (per := _PER.fullmatch(word)) and int(per["count"]) > 0:
        whole = unit(per["unit"])
        return Unit(whole.base, whole.factor / int(per["count"])) if whole else None
    if _PER_PART.search(word):
        return unit(_PER_PART.sub("", word))
    return _by_pint(text.strip().removeprefix("unit:"))


@cache
def _words() -> dict[str, Unit]:
    return {word: Unit(base, float(factor)) for word, base, factor, _ in rows("units")}


def _by_pint(text: str) -> Unit | None:
    if not re.fullmatch(r"[^\W\d_][\w µμ²³^*./-]{0,40}", text):
        return None
    registry = _registry()
    for word in (text, text.casefold()):
        try:
            quantity = registry.Quantity(1, word)
        except Exception:  # pint raises by its tokenizer, its registry and Python's own parser
            continue
        if not all(_MEASURE.fullmatch(name) for name, _ in quantity.unit_items()):
            continue
        for base, dimension in BASES.items():
            if dimension and quantity.check(dimension):
                factor = quantity.to(_PINT.get(base, base)).magnitude
                return Unit(base, float(f"{factor:.12g}"))
    return None


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()
