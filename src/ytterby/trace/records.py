"""The shapes of the native tables and of the content, as JSON Schemas that `ytterby schema` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["BomRow", "ContentRecord", "DeclarationRow"]

State = Literal[
    "declared", "below_limit", "range", "partial", "no_answer", "not_asked", "refused", "stale", "contradicted"
]
Bounds = tuple[float | None, float | None]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class BomRow(_Record):
    """A row of a native bill of materials: so much of the child in one unit of the parent."""

    parent: str = Field(description="The assembly; empty for a row that only names a root.")
    child: str = Field(description="The part.")
    quantity: float = Field(ge=0, description="Per one parent; repeated pairs add up.")
    unit: str = Field(
        "", description="Pieces unless it is a mass (g, kg, lb, …) of the child or `% of parent`, a share of its mass."
    )


class DeclarationRow(_Record):
    """A row of native declarations: what one unit of an item holds, says a supplier."""

    item: str
    element: str = Field("", description="Symbol of the element; empty where the row speaks of the item as a whole.")
    form: str = Field("", description="Rows of one item and element add up when their forms differ.")
    mass_low_kg: float | None = Field(None, ge=0)
    mass_high_kg: float | None = Field(None, ge=0)
    value_low_usd: float | None = Field(None, ge=0)
    value_high_usd: float | None = Field(None, ge=0)
    mined_in: str = Field("", description="ISO 3166-1 alpha-3, `unknown` or empty, or shares: `CHN 60 %; AUS 40 %`.")
    separated_in: str = ""
    metal_in: str = ""
    magnet_in: str = ""
    technology_from: str = ""
    status: State = "declared"
    declared_on: str = Field("", description="Day, YYYY-MM-DD.")
    supplier: str = Field("", description="Who delivers the item, where several do.")
    split_low: float | None = Field(None, ge=0, le=1, description="Least share of the supply of the item.")
    split_high: float | None = Field(None, ge=0, le=1, description="Greatest share of the supply of the item.")


class Read(_Record):
    """What was read."""

    format: str
    parts: int
    lines: int
    roots: list[str]
    elements: list[str] = Field(default_factory=list, description="The elements that are rolled up.")


class ContentRow(_Record):
    """Bounds for one item, element, step and origin, per unit of the item."""

    item: str
    element: str
    step: Literal["mined", "separated", "metal", "magnet", "technology"]
    origin: str = Field(description="ISO 3166-1 alpha-3; `unknown` for the part of unknown origin; `*` for the total.")
    mass_kg: Bounds = Field(description="[low, high]; a high of null is unbounded.")
    value_usd: Bounds
    share: Bounds | None = Field(description="Of the item's value; null where that is not known.")
    of: float | None = Field(description="Value of the item in USD.")
    remainder_kg: float | None = Field(description="What the item's mass leaves after the low masses of its elements.")


class Gap(_Record):
    """An item of which a supplier did not say what it holds."""

    item: str
    status: Literal["no_answer", "not_asked", "refused", "stale"]
    could_be: dict[str, Bounds] = Field(description="Element -> [low, high] kg in one unit of the item.")
    other_rare_earths: Bounds | None = Field(
        None, description="[low, high] kg of each rare earth that is not among `read.elements`; null: known elsewhere."
    )
    supplier: str | None = None
    basis: str | None = Field(None, description="Where the high bound comes from.")


class Fault(_Record):
    """What is wrong with the input, and where."""

    file: str
    row: int | None
    column: str | None
    message: str


class ContentRecord(_Record):
    """What each item holds: `ytterby trace content`."""

    read: Read
    items: list[ContentRow]
    unknown: list[Gap]
    problems: list[Fault]
