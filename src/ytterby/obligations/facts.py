"""What is shipped, by whom, to whom, and what is in it? What a verdict is made from; anything may be missing.

A field that is absent or null is unknown; an empty list, 0 and false are known to be none. So a verdict for
``end_use: []`` differs from one without `end_use`.

>>> Facts.model_validate({"destination": "USA", "nodes": [{"id": "magnet", "value_usd": [19, 21]}]}).nodes[0].value_usd
(19.0, 21.0)
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from ytterby.errors import DataError, InputError, nearest
from ytterby.records import Record, load, validate

__all__ = ["FORMS", "MOST_BYTES", "Content", "Facts", "Node", "Owner", "Party", "countries", "read_facts"]

Form = Literal[
    "ore", "concentrate", "oxide", "compound", "metal", "alloy", "powder", "target", "magnet", "slurry", "phosphor",
    "catalyst", "assembly", "product", "scrap", "equipment", "technology", "service",
]  # fmt: skip
FORMS: tuple[str, ...] = get_args(Form)
"""The words for the form of an item, a node or a content."""
Step = Literal["mined", "separated", "metal", "magnet", "recycled"]
Activity = Literal["mining", "separation", "metal", "magnet", "recycling"]
MOST_BYTES = 50_000_000
"""The largest FACTS file that is read, in bytes: one shipment needs kilobytes; many belong in a table."""
_DEEPEST = 100
"""So many levels may lie under the shipped item."""
_LARGEST = 1_000_000
"""So many values may stand in a file, those that aliases repeat counted each time."""


@cache
def countries() -> dict[str, str]:
    """Return the countries of ISO 3166-1 by alpha-3 code (as in pycountry 26.2.16).

    Examples
    --------
    >>> countries()["HKG"]
    'Hong Kong'
    """
    text = (files(__package__) / "data" / "countries.csv").read_text(encoding="utf-8")
    return {row["country"]: row["name"] for row in csv.DictReader(text.splitlines())}


def _country(code: str) -> str:
    if code not in countries():
        word, names = code.casefold(), {name: c for c, name in countries().items()}
        # "GER" is short for Germany before it is a slip for PER
        begun = [n for n, c in names.items() if word and word in (n.casefold()[: len(word)], c.casefold()[: len(word)])]
        near = begun[:3] or nearest(code, names, n=1) or [countries()[c] for c in nearest(code, countries())]
        hint = "; did you mean " + " or ".join(f"'{names[name]}' ({name})" for name in near) + "?" if near else ""
        raise PydanticCustomError(
            "country", "'{code}' is no country by ISO 3166-1 alpha-3{hint}", {"code": code, "hint": hint}
        )
    return code


def _pair(value: Any) -> Any:
    return (value, value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _rising(pair: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    if None not in pair and pair[0] > pair[1]:  # type: ignore[operator]
        raise PydanticCustomError("order", "the low end is above the high end")
    return pair


Country = Annotated[str, AfterValidator(_country)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Bounds = Annotated[tuple[Amount | None, Amount | None], BeforeValidator(_pair), AfterValidator(_rising)]
"""[low, high]; null where there is no bound. One number stands for both ends."""
Portion = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[tuple[Portion, Portion], BeforeValidator(_pair), AfterValidator(_rising)]


Day = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), lt=dt.date(2200, 1, 1))]


class Dates(Record):
    """Days that a rule may ask for."""

    left_china: Day | None = None
    contract: Day | None = None
    delivery: Day | None = None
    export: Day | None = None


class Transfer(Record):
    """How it leaves: `means` in words (sea freight, e-mail, transit through a free zone), `recipient` who gets it."""

    kind: Literal["goods", "technology", "software", "service"] | None = None
    means: str | None = None
    recipient: str | None = None


class Item(Record):
    """What is shipped."""

    description: str | None = None
    form: Form | None = None
    control_code: str | None = None
    hs: Annotated[str | None, Field(coerce_numbers_to_str=True)] = None
    foreign_made: bool | None = Field(None, description="Whether it was made outside the country whose law is asked.")


class Content(Record):
    """An element in a node: all of it, that in the node's parts included."""

    element: str | None = None
    form: Form | None = None
    part: Literal["I", "II"] | None = Field(None, description="Part of Annex 1 to China's Announcement 61 of 2025.")
    value_usd: Bounds | None = None
    mass_kg: Bounds | None = None
    origin: dict[Step, dict[Country, Share] | None] | None = Field(None, description="Shares of the mass by step.")
    technology: dict[Activity, Country | None] | None = None
    us_licence_required: bool | None = None


class Node(Record):
    """The item itself (no parent) or a part in it; its contents include those of its parts."""

    id: str
    parent: str | None = None
    listed_as: str | None = None
    form: Form | None = None
    value_usd: Bounds | None = None
    contents: tuple[Content, ...] | None = None


def _tree(nodes: tuple[Node, ...] | None) -> tuple[Node, ...] | None:
    """Return the nodes if each stands once, none is a part of itself and none lies too deep."""
    above: dict[str, str | None] = {}
    for node in nodes or ():
        if node.id in above:
            raise PydanticCustomError("node", "the node '{name}' stands twice", {"name": node.id})
        above[node.id] = node.parent
    depth: dict[str, int] = {}
    for name in above:
        path: list[str] = []
        at = name
        while at in above and at not in depth:
            if len(path) > len(above):
                raise PydanticCustomError("node", "the node '{name}' is a part of itself", {"name": at})
            path.append(at)
            at = above[at] or ""
        for below in reversed(path):
            depth[below] = depth.get(above[below] or "", 0) + 1
            if depth[below] > _DEEPEST:
                raise PydanticCustomError(
                    "node",
                    "the node '{name}' lies too deep: more than {most} levels",
                    {"name": below, "most": _DEEPEST},
                )
    return nodes


class Owner(Record):
    """Who owns a party, and who owns the owner."""

    name: str | None = None
    lists: tuple[str, ...] | None = None
    share: Share | None = None
    owners: tuple[Owner, ...] | None = None


class Party(Record):
    """Who takes part, and on which lists; lists are ids of measures whose list names the party."""

    role: str | None = None
    name: str | None = None
    country: Country | None = None
    lists: tuple[str, ...] | None = None
    owners: tuple[Owner, ...] | None = None
    military: bool | None = None


class Facts(Record):
    """Facts about one shipment. `parameters` hold numbers and yes/no answers that single rules ask for by name."""

    exporter: Country | None = None
    ship_from: Country | None = None
    destination: Country | None = None
    dates: Dates | None = None
    transfer: Transfer | None = None
    item: Item | None = None
    nodes: Annotated[tuple[Node, ...] | None, AfterValidator(_tree)] = None
    parties: tuple[Party, ...] | None = None
    end_use: tuple[str, ...] | None = None
    parameters: dict[str, Any] | None = None


def read_facts(path: Path) -> Facts:
    """Return the facts of a YAML or JSON file.

    Raises
    ------
    InputError
        There is no such file, or it is larger than 50 MB.
    DataError
        An unknown field (the nearest is named), a value out of its range, a low end above the high end, an unknown
        country, a key that stands twice; with file, line and field.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path))
    if (size := path.stat().st_size) > MOST_BYTES:
        raise InputError(
            f"the file has {size / 1e6:.0f} MB; the facts of one shipment fit in a few kilobytes",
            where=str(path),
            hint="judge many shipments with `ytterby obligations batch SHIPMENTS.csv`",
        )
    data = load(path)
    if _too_large(data):
        raise DataError(f"more than {_LARGEST} values, aliases counted each time", where=path.name)
    return validate(Facts, data, path)


def _too_large(data: Any) -> bool:
    left, count = [data], 0
    while left and count <= _LARGEST:
        value = left.pop()
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else ()
        count += 1 + len(inner)
        left += inner
    return count > _LARGEST
