"""Which country does a name or code mean? As ISO 3166-1 alpha-3, which origins are named by."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ytterby import atlas
from ytterby.trace.readers._data import rows

__all__ = ["origin", "origins"]


def origin(text: str) -> str | None:
    """Return the alpha-3 code of a country by its name or code; None if it is not known.

    Examples
    --------
    >>> origin("China"), origin("MYS"), origin("VIET NAM"), origin("Korea, Republic of"), origin("Atlantis")
    ('CHN', 'MYS', 'VNM', 'KOR', None)
    """
    return _countries().get(" ".join(text.split()).casefold())


def origins(names: Iterable[str]) -> str:
    """Return countries in the form of a declaration: any mix of them.

    Examples
    --------
    >>> origins(["China", "Japan", "China"])
    'CHN; JPN'
    """
    found = {code for name in names if (code := origin(name))}
    return "; ".join(sorted(found))


@cache
def _countries() -> dict[str, str]:
    table = atlas.table("countries")
    known = {code.casefold(): code for code in table["country_iso3"]}
    known |= {name.casefold(): code for name, code in zip(table["name"], table["country_iso3"], strict=True)}
    return known | {word: code for code, words in rows("country_words") for word in words.split("|")}
