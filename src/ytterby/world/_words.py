"""Words of a reader for commodities, regions, processes, measures and amounts (`data/names.yaml`).

>>> commodity("magnet.ndfeb_hd"), region("KOR"), region("USA", article=True)
('NdFeB magnets with Dy or Tb', 'South Korea', 'the United States')
>>> process("sep.clay_seasia@MYS"), percent(-0.512), number(1123.4), number(0.4567)
('separation of South-east Asian clay in Malaysia', '−51 %', '1,120', '0.457')
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from ytterby import atlas
from ytterby.world import _files

__all__ = ["commodity", "listing", "moves", "number", "percent", "process", "region", "signed", "title", "upper"]


@functools.cache
def _names() -> dict[str, Any]:
    names: dict[str, Any] = _files.document("names.yaml")
    return names


@functools.cache
def _places() -> dict[str, str]:
    table = atlas.table("regions")
    own: dict[str, str] = _names()["regions"]
    return dict(zip(table["region"], table["name"], strict=True)) | own


def commodity(name: str) -> str:
    """Return what a commodity is called in a sentence."""
    found: dict[str, str] = _names()["commodities"]
    return found.get(name, name)


def region(name: str, *, article: bool = False) -> str:
    """Return a region's name, with its article where a sentence needs one."""
    place = _places().get(name, name)
    return f"the {place}" if article and name in _names()["the"] else place


def process(name: str) -> str:
    """Return what a process at a place (``sep.clay_seasia@MYS``) does."""
    recipe, _, place = name.partition("@")
    kind, _, good = recipe.partition(".")
    words: dict[str, tuple[str, str]] = {
        "mine": ("mining of", f"ore.{good}"),
        "sep": ("separation of", f"ore.{good}"),
        "finish": ("finishing of", f"oxide.{good}"),
        "recycle": ("recycling of", f"scrap.{good}"),
    }
    does, thing = words.get(kind, ("making of", recipe))
    said = _names()["processes"].get(recipe) or f"{does} {commodity(thing)}"
    return f"{said} in {region(place, article=True)}"


def title(words: str) -> str:
    """Return a measure's name in a sentence: its number, where that stands before a colon, else the whole title.

    Examples
    --------
    >>> title("Announcement 18 of 2025: seven medium/heavy rare earths"), title("Section 301: permanent magnets 25%")
    ('Announcement 18 of 2025', 'Section 301, permanent magnets 25%')
    """
    head, colon, rest = words.partition(": ")
    return head if not colon or " of 20" in head else f"{head}, {rest}"


def number(value: float) -> str:
    """Return a number with three significant digits."""
    rounded = float(f"{value:.3g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:.3g}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Return a signed share in per cent."""
    digits = 0 if abs(share) >= 0.0095 else 1
    return f"{share * 100:+.{digits}f} %".replace("-", "−")


def moves(change: float) -> str:
    """Return a change as a verb and its size.

    Examples
    --------
    >>> moves(7.25), moves(-0.2)
    ('rises by 7.25', 'falls by 0.2')
    """
    return f"{'falls' if change < 0 else 'rises'} by {number(abs(change))}"


def signed(tonnes: float) -> str:
    """Return a signed change in tonnes."""
    return f"{tonnes:+,.0f} t".replace("-", "−")


def listing(words: Iterable[str]) -> str:
    """Return words as a list in a sentence."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def upper(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]
