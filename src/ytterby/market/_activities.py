"""Supplies, demands, processes and stocks as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ytterby.market._curves import (
    Fixed,
    FixedSupply,
    InverseLinear,
    IsoelasticDemand,
    IsoelasticSupply,
    LinearDemand,
    LinearSupply,
    MarginalCost,
    Power,
    Value,
)

__all__ = ["UNEDITED", "Edit", "demand_pieces", "supply_pieces"]

Piece = Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """What `activity` measures change of one supply or process in one period.

    A unit of activity costs ``factor`` times as much plus ``delta``, gives ``yield_`` times as much, and ``capacity``
    of it is left; where there is no capacity the whole curve is scaled by it.
    """

    delta: float = 0.0
    factor: float = 1.0
    capacity: float = 1.0
    yield_: float = 1.0


UNEDITED = Edit()


def supply_pieces(curve: Value, years: float, edit: Edit, *, forced: bool = True) -> tuple[float, list[Piece]]:
    """Return a supply's constant quantity and its columns in one period.

    Parameters
    ----------
    curve
        The supply curve, a rate per year.
    years
        Length of the period.
    edit
        Changes by `activity` measures.
    forced
        Whether quantities offered at any price are a constant; if not they are a column of no cost that a
        production quota may hold back.
    """
    if edit.capacity == 0.0:
        return 0.0, []
    d, f, y = edit.delta, edit.factor, edit.yield_
    size = edit.capacity * y * years
    if isinstance(curve, FixedSupply):
        return _free(curve.quantity * size, forced)
    if isinstance(curve, MarginalCost):
        slope = f * curve.slope / (y * y * years)
        if curve.capacity is None:
            upper, slope = np.inf, slope / edit.capacity
        else:
            upper = curve.capacity * size
        return 0.0, [{"lin": (f * curve.cost + d) / y, "quad": slope, "upper": upper}] if upper > 0 else []
    if isinstance(curve, LinearSupply):
        a, b = size * (curve.intercept - curve.slope * d / f), size * y * curve.slope / f
        if b == 0.0:
            return _free(max(a, 0.0), forced)
        if a <= 0.0:
            return 0.0, [{"lin": -a / b, "quad": 1.0 / b}]
        if forced:
            return 0.0, [{"lin": -a / b, "quad": 1.0 / b, "lower": a}]
        return 0.0, [*_free(a, forced)[1], {"quad": 1.0 / b}]
    if isinstance(curve, IsoelasticSupply):
        if curve.elasticity == 0.0 or curve.scale == 0.0:
            return _free(curve.scale * size, forced)
        return 0.0, [{"lin": d / y, "coef": f / y, "scale": curve.scale * size, "expo": 1.0 / curve.elasticity}]
    assert isinstance(curve, Power)
    coef = {"coef": f / y, "scale": curve.scale * size, "expo": 1.0 / curve.exponent}
    if curve.exponent == 1.0:
        coef = {"quad": f / (y * curve.scale * size)}
    return 0.0, [{"lin": (f * curve.cost + d) / y, **coef}]


def _free(quantity: float, forced: bool) -> tuple[float, list[Piece]]:
    if forced or quantity == 0.0:
        return quantity, []
    return 0.0, [{"upper": quantity}]


def demand_pieces(curve: Value, years: float) -> tuple[float, Piece | None, Piece | None]:
    """Return a demand's constant quantity, its block at the choke price, and its part below (each may be nothing)."""
    if isinstance(curve, Fixed):
        return _rigid(curve.quantity * years, curve.choke)
    if isinstance(curve, IsoelasticDemand):
        a, e, choke = curve.scale * years, curve.elasticity, curve.choke
        if a == 0.0 or e == 0.0:
            return _rigid(a, choke)
        tail = {"coef": -1.0, "scale": a, "expo": -1.0 / e}
        if choke is None:
            return 0.0, None, tail
        if choke == 0.0:
            return 0.0, None, None
        block = a * choke**-e
        return 0.0, {"lin": -choke, "upper": block}, {**tail, "off": block}
    assert isinstance(curve, LinearDemand | InverseLinear)
    choke = curve.choke
    if isinstance(curve, InverseLinear):
        if curve.slope == 0.0:
            top = curve.intercept if choke is None else min(curve.intercept, choke)
            return 0.0, None, {"lin": -top} if top >= 0.0 else None
        a, b = curve.intercept / curve.slope * years, years / curve.slope
    else:
        a, b = curve.intercept * years, curve.slope * years
        if b == 0.0:
            return _rigid(max(a, 0.0), choke)
    if a <= 0.0:
        return 0.0, None, None
    if choke is None or b * choke >= a * (1.0 - 1e-12):
        return 0.0, None, {"lin": -a / b, "quad": 1.0 / b}
    below: Piece | None = {"lin": -choke, "quad": 1.0 / b} if choke > 0.0 else None
    return 0.0, {"lin": -choke, "upper": a - b * choke}, below


def _rigid(quantity: float, choke: float | None) -> tuple[float, Piece | None, Piece | None]:
    if quantity == 0.0:
        return 0.0, None, None
    if choke is None:
        return quantity, None, None
    return 0.0, {"lin": -choke, "upper": quantity}, None
