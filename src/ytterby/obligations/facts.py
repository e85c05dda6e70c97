"""What is shipped, by whom, to whom, and what is in it? What a verdict is made from; anything may be missing.

>>> Facts.model_validate({"destination": "USA", "nodes": [{"id": "magnet", "value_usd": [19, 21]}]}).nodes[0].value_usd
(19.0, 21.0)
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Facts", "Node", "Party"]

Form = Literal[
    "ore", "concentrate", "oxide", "compound", "metal", "alloy", "powder", "target", "magnet", "slurry", "phosphor",
    "catalyst", "assembly", "product", "scrap", "equipment", "technology", "service",
]  # fmt: skip
Country = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 3166-1 alpha-3.")]
Step = Literal["mined", "separated", "metal", "magnet", "recycled"]
Activity = Literal["mining", "separation", "metal", "magnet", "recycling"]


def _rising(pair: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    if None not in pair and pair[0] > pair[1]:  # type: ignore[operator]
        raise ValueError("the low end is above the high end")
    return pair


Amount = Annotated[float, Field(ge=0)]
Bounds = Annotated[tuple[Amount | None, Amount | None], AfterValidator(_rising)]
"""[low, high]; null where there is no bound."""
Portion = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[tuple[Portion, Portion], AfterValidator(_rising)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Dates(_Record):
    """Days that a rule may ask for."""

    left_china: dt.date | None = None
    contract: dt.date | None = None
    delivery: dt.date | None = None
    export: dt.date | None = None


class Transfer(_Record):
    """How it leaves."""

    kind: Literal["goods", "technology", "software", "service"] | None = None
    means: str | None = None
    recipient: str | None = None


class Item(_Record):
    """What is shipped."""

    description: str | None = None
    form: Form | None = None
    control_code: str | None = None
    hs: str | None = None
    foreign_made: bool | None = Field(None, description="Whether it was made outside the country whose law is asked.")


class InNode(_Record):
    """An element in a node."""

    element: str
    form: Form | None = None
    part: Literal["I", "II"] | None = Field(None, description="Part of Annex 1 to China's Announcement 61 of 2025.")
    value_usd: Bounds | None = None
    mass_kg: Bounds | None = None
    origin: dict[Step, dict[Country, Share]] = Field(default_factory=dict, description="Shares of the mass by step.")
    technology: dict[Activity, Country] = Field(default_factory=dict)
    us_licence_required: bool | None = None


class Node(_Record):
    """The item or a part in it."""

    id: str
    parent: str | None = None
    listed_as: str | None = None
    form: Form | None = None
    value_usd: Bounds | None = None
    contents: tuple[InNode, ...] = ()


class Owner(_Record):
    """Who owns a party."""

    name: str
    lists: tuple[str, ...] = ()
    share: Share | None = None


class Party(_Record):
    """Who takes part, and on which lists; lists are ids of measures."""

    role: str | None = None
    name: str | None = None
    country: Country | None = None
    lists: tuple[str, ...] = ()
    owners: tuple[Owner, ...] = ()
    military: bool | None = None


class Facts(_Record):
    """Facts about one shipment."""

    exporter: Country | None = None
    ship_from: Country | None = None
    destination: Country | None = None
    dates: Dates = Dates()
    transfer: Transfer = Transfer()
    item: Item = Item()
    nodes: tuple[Node, ...] = ()
    parties: tuple[Party, ...] = ()
    end_use: tuple[str, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
