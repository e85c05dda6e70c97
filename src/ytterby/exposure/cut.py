"""Which supply is cut, by how much, for how long?

A cut is written ``COMMODITY[:ORIGIN[:STEP]]=SHARE[@WEEKS]``. The commodity is an element (``Dy``) or a commodity of
the atlas that stands for elements at a step (``oxide.Dy``: dysprosium as separated; the table is
``data/commodities.csv``). The origin is counted at the step; without a step, at any of them.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from ytterby import atlas
from ytterby.errors import InputError, UnknownNameError, UsageError

__all__ = ["STEPS", "Cut"]

STEPS = ("mined", "separated", "metal", "magnet")
"""Steps at which an origin is counted, from the mine on."""
_ANY = ("", "*", "WLD")
_SPELLING = "COMMODITY[:ORIGIN[:STEP]]=SHARE[@WEEKS], e.g. Dy:CHN:separated=0.8@26"


@dataclass(frozen=True)
class Cut:
    """A part of a supply that does not come for some weeks.

    Parameters
    ----------
    name
        The supply as the user wrote it, e.g. ``"Dy:CHN"``.
    elements
        Symbols of the elements that are cut.
    share
        Part of that supply that is cut, 0 to 1.
    weeks
        How long; None: for good.
    origins
        ISO 3166-1 alpha-3 of the countries whose supply is cut; None: all.
    step
        The step at which the origin is counted; None: at any.
    start_week
        Weeks from now until it begins.

    Examples
    --------
    >>> Cut.parse("magnet.ndfeb_hd:CHN=0.5@26")
    Cut(name='magnet.ndfeb_hd:CHN', elements=('Dy', 'Tb'), share=0.5, weeks=26.0, origins=frozenset({'CHN'}),
        step='magnet', start_week=0.0)
    """

    name: str
    elements: tuple[str, ...]
    share: float
    weeks: float | None = None
    origins: frozenset[str] | None = None
    step: str | None = None
    start_week: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Cut:
        """Read a cut as it is written on the command line.

        Raises
        ------
        UsageError
            If the words are not in that order, or a number is none.
        UnknownNameError
            If there is no such commodity, country or step.
        """
        where = f"--cut {text}"
        name, _, amount = text.partition("=")
        share, at, weeks = amount.partition("@")
        parts = [part.strip() for part in name.split(":")]
        if not amount or len(parts) > 3:
            raise UsageError("a cut without its share, or with a part too many", where=where, hint=_SPELLING)
        elements, step = elements_of(parts[0], where)
        return cls(
            name=name.strip(),
            elements=elements,
            share=_number(share, where, "share", most=1.0),
            weeks=_number(weeks, where, "number of weeks") if at else None,
            origins=_origins(parts[1], where) if len(parts) > 1 else None,
            step=_step(parts[2], where) or step if len(parts) > 2 else step,
        )


def elements_of(commodity: str, where: str | None = None) -> tuple[tuple[str, ...], str | None]:
    """Return the elements that a commodity stands for, and its step (None for an element).

    Examples
    --------
    >>> elements_of("oxide.EuGd")
    (('Eu', 'Gd'), 'separated')
    """
    known = _commodities()
    if commodity in known:
        return known[commodity]
    if commodity.startswith("ore."):
        raise InputError(
            f"'{commodity}' is an ore, and a content does not tell from which ore an element came",
            where=where,
            hint="cut the element where it is mined, e.g. Dy:MMR:mined=1",
        )
    raise UnknownNameError("element or commodity", commodity, known, where=where)


@functools.cache
def _commodities() -> dict[str, tuple[tuple[str, ...], str | None]]:
    with (Path(__file__).parent / "data" / "commodities.csv").open(encoding="utf-8", newline="") as f:
        known: dict[str, tuple[tuple[str, ...], str | None]] = {
            row["commodity"]: (tuple(row["elements"].split()), row["step"]) for row in csv.DictReader(f)
        }
    return {row["element"]: ((row["element"],), None) for row in atlas.rows("elements")} | known


def _origins(text: str, where: str) -> frozenset[str] | None:
    if text in _ANY:
        return None
    countries = {row["country_iso3"] for row in atlas.rows("countries")}
    if text in countries:
        return frozenset({text})
    groups: dict[str, set[str]] = {}
    for row in atlas.rows("region_groups"):
        groups.setdefault(row["group"], set()).update((row["members"] or row["region"]).split())
    if text not in groups:
        raise UnknownNameError("origin", text, countries | set(groups), where=where)
    return frozenset(groups[text])


def _step(text: str, where: str) -> str | None:
    if text in _ANY:
        return None
    if text not in STEPS:
        raise UnknownNameError("step", text, STEPS, where=where)
    return text


def _number(text: str, where: str, what: str, most: float = float("inf")) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (0 <= value <= most and value < float("inf")):
        expected = "a number from 0 to 1 (60 % is 0.6)" if most == 1 else "a number that is not negative"
        raise UsageError(f"'{text}' is no {what}: {expected} is expected", where=where, hint=_SPELLING)
    return value
