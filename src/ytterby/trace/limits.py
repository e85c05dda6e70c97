"""How much can a part hold if nobody says? Physical upper limits by class of commodity, from a sourced table.

A class is found by the part's HS code (the longest match) or, failing that, by its form. `data/content_limits.csv` has
the highest share of all rare earths together in the mass of a part of the class; a part of no class can be rare earth
from end to end.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

__all__ = ["Limit", "limit_of", "limits"]


@dataclass(frozen=True)
class Limit:
    """The highest share of rare earths in the mass of parts of a class."""

    name: str
    matches: str
    key: str
    share_high: float
    source: str
    quality: str
    note: str


@lru_cache(maxsize=1)
def limits() -> tuple[Limit, ...]:
    """Return the table of limits.

    Examples
    --------
    >>> max(limit.share_high for limit in limits())
    0.36
    """
    with (files("ytterby.trace") / "data" / "content_limits.csv").open(encoding="utf-8") as f:
        return tuple(
            Limit(
                row["class"],
                row["matches"],
                row["key"],
                float(row["share_high"]),
                row["source"],
                row["quality"],
                row["note"],
            )
            for row in csv.DictReader(f)
        )


@lru_cache(maxsize=65536)
def limit_of(hs: str, form: str) -> Limit | None:
    """Return the limit for a part with this HS code and form; None if it is of no class.

    Examples
    --------
    >>> limit_of("8505.11.00", "").name, limit_of("", "magnet").share_high, limit_of("7318.15", "")
    ('permanent magnet of metal', 0.36, None)
    """
    digits = "".join(c for c in hs if c.isdigit())
    by_hs = [limit for limit in limits() if limit.matches == "hs" and digits.startswith(limit.key)]
    if by_hs:
        return max(by_hs, key=lambda limit: len(limit.key))
    return next((limit for limit in limits() if limit.matches == "form" and limit.key == form.casefold()), None)
