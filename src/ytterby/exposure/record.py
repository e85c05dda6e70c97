"""The public record of an exposure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Exposed", "Shared", "Week"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shared(_Record):
    """What is at risk where parts are shared for the greatest margin (negative: more is made than planned)."""

    units_at_risk: float
    revenue_at_risk: float | None = Field(description="USD; null where the revenue of a unit is unknown")
    margin_at_risk: float | None = Field(description="USD; null where the margin of a unit is unknown")


class Exposed(_Record):
    """What the cuts do to one product, each stock being tied to its item and, by use, to its product."""

    product: str
    time_to_survive_weeks: tuple[float, float] = Field(
        description="[low, high] weeks until it cannot be made in full; at most until the last cut ends"
    )
    lost_weeks: float = Field(description="weeks in which it cannot be made in full: the most over the blocked parts")
    units_at_risk: float = Field(description="units that cannot be made, at the worst")
    revenue_at_risk: float | None = Field(description="USD; null where the revenue of a unit is unknown")
    margin_at_risk: float | None = Field(description="USD; null where the margin of a unit is unknown")
    blocked_by: tuple[str, ...] = Field(description="parts that run out before the cut ends, the first one first")
    surely_blocked_by: tuple[str, ...] = Field(description="those that run out whatever is not known turns out to be")
    shared: Shared
    unassessed: tuple[str, ...] = Field(description="items without a row among the stocks that might hold what is cut")


class Week(_Record):
    """What is at risk in one week; the first is 1."""

    product: str
    week: int
    units_at_risk: float
    revenue_at_risk: float | None
    margin_at_risk: float | None
    shared: Shared
