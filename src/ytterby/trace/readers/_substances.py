"""Which rare-earth element does a substance hold, in which form, and how much of its mass is it?

Known by CAS number or name: metals, oxides and a few compounds (`data/substances.csv`). A substance whose name has a
rare earth but which is not in the table holds between none and all of its mass of it.

>>> substance("1313-97-9", "")
Substance(element='Nd', form='oxide', low=0.857356, high=0.857356)
>>> substance("", "Neodymium naphthenate")
Substance(element='Nd', form='compound', low=0.0, high=1.0)
>>> substance("7439-89-6", "Iron") is None
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ytterby import atlas
from ytterby.trace.readers._data import rows

__all__ = ["Substance", "is_magnet", "substance", "untold"]

_UNTOLD = re.compile(
    r"proprietary|confidential|trade secret|not (to )?declare|undisclosed|wildcard|\bmisc|\bother\b|unknown"
    r"|vertraulich|保密",
    re.IGNORECASE,
)
_MAGNET = re.compile(
    r"magnet(?!ic|ism|it|o)|ndfeb|nd-fe-b|nd2fe14b|smco|sm-co|neodym\w*[- ]iron[- ]bor|磁钢|磁体|磁石", re.IGNORECASE
)


@dataclass(frozen=True)
class Substance:
    """What a substance holds of a rare-earth element: between `low` and `high` of its mass."""

    element: str
    form: str
    low: float
    high: float


def substance(cas: str, name: str) -> Substance | None:
    """Return the rare earth in a substance, or None if it holds none."""
    by_cas, by_name, elements = _tables()
    number = re.sub(r"[^\d-]", "", cas).lstrip("0")
    if number in by_cas:
        return by_cas[number]
    plain = re.sub(r"\s*[(\[].*?[)\]]", "", name).strip().casefold()
    if plain in by_name:
        return by_name[plain]
    words = re.findall(r"[^\W\d_]+", name.casefold())
    for word in words:
        if word in elements:
            return Substance(elements[word], "compound", 0.0, 1.0)
    return None


def untold(name: str) -> bool:
    """Whether a substance's name says that it is not told."""
    return bool(_UNTOLD.search(name))


def is_magnet(name: str) -> bool:
    """Whether a material's name says that it is a permanent magnet.

    Examples
    --------
    >>> is_magnet("NdFeB N42SH"), is_magnet("Ring magnet"), is_magnet("Magnetic steel"), is_magnet("Magnesium")
    (True, True, False, False)
    """
    return bool(_MAGNET.search(name))


@cache
def _tables() -> tuple[dict[str, Substance], dict[str, Substance], dict[str, str]]:
    by_cas: dict[str, Substance] = {}
    by_name: dict[str, Substance] = {}
    for cas, name, element, form, formula, share, *_ in rows("substances"):
        by_cas[cas] = known = Substance(element, form, float(share), float(share))
        for word in (name, formula):
            by_name.setdefault(word.casefold(), known)
    elements = dict(atlas.table("elements")[["name", "element"]].itertuples(index=False, name=None))
    for element, words in rows("element_words"):
        elements |= dict.fromkeys(words.split("|"), element)
    return by_cas, by_name, elements
