"""Whose name stands on a list of parties? The names that the orders give (``data/listed_names.csv``).

A name counts as listed where it is the same but for case, punctuation and the words for the kind of company. A name
that is only like a listed one is a question, not an answer.

>>> sorted(lists_naming("MP MATERIALS CORP")), similar_name("MP Materials Magnetics", frozenset(["CHN-A23-2026"]))
(['CHN-A23-2026:all'], 'MP Materials Corp.')
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["lists_naming", "similar_name"]

_KIND = re.compile(
    r"\b(?:co|company|corp|corporation|inc|incorporated|ltd|limited|llc|lp|plc|ag|gmbh|mbh|sa|spa|srl|bv|nv|as|uab|kk|the)\b"
)


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    """Each listed name: as it stands, made plain, and the list (``MEASURE_ID:limb``) that names it."""
    text = (files(__package__) / "data" / "listed_names.csv").read_text(encoding="utf-8")
    return tuple(
        (row["name"], _plain(name), f"{row['measure']}:{row['limb']}")
        for row in csv.DictReader(text.splitlines())
        for name in (row["name"], *row["also"].split("|"))
        if name
    )


@lru_cache(maxsize=100_000)
def lists_naming(name: str) -> frozenset[str]:
    """Return the lists (``MEASURE_ID:limb``) that name a party."""
    plain = _plain(name)
    return frozenset(where for _, own, where in _rows() if own == plain)


@lru_cache(maxsize=100_000)
def similar_name(name: str, lists: frozenset[str]) -> str | None:
    """Return a listed name that is like a party's: the words of the one begin the other."""
    words = _plain(name).split()
    for listed, own, where in _rows():
        other = own.split()
        n = min(len(words), len(other))
        if n > 1 and words[:n] == other[:n] and {where, where.partition(":")[0]} & lists:
            return listed
    return None


def _plain(name: str) -> str:
    text = re.sub(r"[.'’]", "", name.casefold())
    text = re.sub(r"[\W_]+", " ", text)
    return " ".join(_KIND.sub(" ", text).split())
