"""Supply and demand curves: the forms of `ytterby-network/1`, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "DemandCurve",
    "Fixed",
    "InverseLinear",
    "IsoelasticDemand",
    "IsoelasticSupply",
    "LinearDemand",
    "LinearSupply",
    "MarginalCost",
    "Power",
    "SupplyCurve",
    "cross_of",
]

NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Cross = Annotated[dict[str, float], Field(default_factory=dict, json_schema_extra={"default": {}})]


class Value(BaseModel):
    """Base of all records: frozen, no unknown fields, no NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True, coerce_numbers_to_str=True
    )


class LinearSupply(Value):
    """Q = intercept + slope·P + Σ cross_c·P_c, not below 0 (units per year)."""

    form: Literal["linear"]
    intercept: float
    slope: NonNegative
    cross: Cross


class MarginalCost(Value):
    """P = cost + slope·Q up to `capacity` (units per year)."""

    form: Literal["marginal_cost"]
    cost: float
    slope: NonNegative = 0.0
    capacity: NonNegative | None = None


class Power(Value):
    """P = cost + (Q/scale)^(1/exponent)."""

    form: Literal["power"]
    cost: float = 0.0
    scale: Positive
    exponent: Positive


class IsoelasticSupply(Value):
    """Q = scale·P^elasticity."""

    form: Literal["isoelastic"]
    scale: NonNegative
    elasticity: NonNegative


class FixedSupply(Value):
    """Q = quantity whatever the price; a surplus is disposed of at no cost."""

    form: Literal["fixed"]
    quantity: NonNegative


class LinearDemand(Value):
    """Q = intercept − slope·P + Σ cross_c·P_c, not below 0; nothing above `choke`."""

    form: Literal["linear"]
    intercept: float
    slope: NonNegative
    choke: NonNegative | None = None
    cross: Cross


class InverseLinear(Value):
    """P = intercept − slope·Q; nothing above `choke`."""

    form: Literal["inverse_linear"]
    intercept: float
    slope: NonNegative
    choke: NonNegative | None = None


class IsoelasticDemand(Value):
    """Q = scale·P^−elasticity·Π P_c^cross_c; nothing above `choke`."""

    form: Literal["isoelastic"]
    scale: NonNegative
    elasticity: NonNegative
    choke: NonNegative | None = None
    cross: Cross


class Fixed(Value):
    """Q = quantity up to the price `choke`; without it the quantity must be served."""

    form: Literal["fixed"]
    quantity: NonNegative
    choke: NonNegative | None = None


SupplyCurve = Annotated[
    LinearSupply | MarginalCost | Power | IsoelasticSupply | FixedSupply, Field(discriminator="form")
]
DemandCurve = Annotated[LinearDemand | InverseLinear | IsoelasticDemand | Fixed, Field(discriminator="form")]


def cross_of(curve: Value) -> Mapping[str, float]:
    """Return what other prices do to the quantity of a curve, by commodity."""
    return curve.cross if isinstance(curve, LinearSupply | LinearDemand | IsoelasticDemand) else {}
