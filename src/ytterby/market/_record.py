"""The result of `ytterby market solve` as a schema."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ytterby.market._curves import Value

__all__ = ["EquilibriumRecord"]


class Price(Value):
    """What a unit costs at a place in a period; `segment` null: buyers without a segment."""

    commodity: str
    region: str
    segment: str | None
    period: str
    price: float | None


class PricePaid(Price):
    """Volume-weighted price over the buyers of a segment (``*``: over all buyers); null where nobody bought."""

    quantity: float


class Quantity(Value):
    """A quantity of one entry in a period: supplied, or held at its end."""

    id: str
    period: str
    quantity: float


class Bought(Quantity):
    """What a demand buys, and what it would buy at its choke price but does not get."""

    unserved: float


class Flow(Value):
    """What a route carries in a period."""

    route: str
    commodity: str
    from_: str = Field(alias="from")
    to: str
    period: str
    quantity: float


class Level(Value):
    """The level of a process in a period."""

    id: str
    period: str
    level: float


class Sales(Value):
    """What a firm sells in a region."""

    id: str
    commodity: str
    region: str
    period: str
    quantity: float


class Effect(Value):
    """What a measure does: `wedge` is the full gap per unit that it causes."""

    id: str
    region: str | None
    commodity: str | None
    period: str
    binding: bool | None
    wedge: float | None
    rent: float | None
    revenue: float | None
    attained: bool | None


class Surplus(Value):
    """Surplus by group in money, discounted to the first period; null where it has no bound."""

    consumer: float | None
    producer: float | None
    government: float | None
    rent: float | None
    total: float | None


class Welfare(Surplus):
    """Surplus by group, over all and by region."""

    by_region: dict[str, Surplus]


class EquilibriumRecord(Value):
    """An equilibrium: prices, quantities, the work of each measure, welfare, and the residual of its verification."""

    status: Literal["optimal"]
    prices: tuple[Price, ...]
    price_paid: tuple[PricePaid, ...]
    supply: tuple[Quantity, ...]
    demand: tuple[Bought, ...]
    flows: tuple[Flow, ...]
    processes: tuple[Level, ...]
    stocks: tuple[Quantity, ...]
    firms: tuple[Sales, ...]
    measures: tuple[Effect, ...]
    welfare: Welfare
    unique_flows: bool
    instrument_class: Literal["qp", "convex", "complementarity"]
    residual: float = Field(description="worst relative residual of feasibility, arbitrage, complementarity, welfare")
