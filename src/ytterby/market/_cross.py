"""Demands and supplies that depend on other prices too.

A linear demand Q = a − b·P + Σ c_k·P_k is P = (a − Q + Σ c_k·P_k)/b: other prices enter its condition, linearly. An
isoelastic one has P = (Q/A)^(−1/e)·Π P_k^(c_k/e). Where the own price does not matter (b or e is 0) the condition is
one of quantities: Q = a + Σ c_k·P_k. Above its choke price K nobody buys: P = min(K, P(Q)); in the linear form a rate
s ≥ 0 with 0 ≤ s ⟂ s + K − P(Q) ≥ 0 stands for what the buyers would have paid beyond it.

References
----------
Takayama and Judge (1971), Spatial and Temporal Price and Allocation Models, ch. 7-8 (non-symmetric demands).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ytterby.errors import InputError, UnsupportedError
from ytterby.market._activities import Edit
from ytterby.market._curves import IsoelasticDemand, LinearDemand, LinearSupply
from ytterby.market._layout import OPEN, POOL, Layout
from ytterby.market._program import Program

__all__ = [
    "CrossTerm",
    "Crossed",
    "cross_cost",
    "cross_node",
    "cross_piece",
    "crossed_demand",
    "crossed_supply",
    "symmetric",
]


@dataclass(frozen=True)
class Crossed:
    """One demand or supply with cross prices in one period.

    `coefficients` stand beside the other prices in its condition; `scale` is the quantity at zero prices of the linear
    form, the scale of the isoelastic one.
    """

    section: str
    entry: int
    t: int
    column: int
    node: int
    others: tuple[str, ...]
    coefficients: tuple[float, ...]
    choke: float | None
    quantity_type: bool
    scale: float
    elasticity: float | None


def crossed_demand(curve: object, entry: int, t: int, column: int, node: int, years: float) -> Crossed:
    """Return the record of a demand with cross prices; its other rows are found when all places are known."""
    assert isinstance(curve, LinearDemand | IsoelasticDemand)
    names = tuple(curve.cross)
    values = tuple(curve.cross.values())
    if isinstance(curve, IsoelasticDemand):
        flat = curve.elasticity == 0.0
        size = curve.scale * years
        return Crossed("demands", entry, t, column, node, names, values, curve.choke, flat, size, curve.elasticity)
    flat = curve.slope == 0.0
    per = tuple(v * years if flat else v / curve.slope for v in values)
    return Crossed("demands", entry, t, column, node, names, per, curve.choke, flat, curve.intercept * years, None)


def crossed_supply(curve: object, entry: int, t: int, column: int, node: int, years: float, edit: Edit) -> Crossed:
    """Return the record of a supply with cross prices."""
    assert isinstance(curve, LinearSupply)
    flat = curve.slope == 0.0
    per = edit.capacity * edit.yield_ * years
    if not flat:
        per /= edit.capacity * edit.yield_**2 * years * curve.slope / edit.factor
    values = tuple(v * per for v in curve.cross.values())
    return Crossed("supplies", entry, t, column, node, tuple(curve.cross), values, None, flat, 0.0, None)


def cross_node(layout: Layout, where: str, commodity: str, region: str, segment: str | None, t: int) -> int:
    """Return the row of another commodity's price as a buyer of the same region and segment sees it."""
    for slot in (segment or OPEN, OPEN, POOL):
        if (commodity, region, slot) in layout.places:
            return layout.node(commodity, region, slot, t)
    raise InputError(
        f"the cross price of '{commodity}' is asked for in '{region}', where it has no market", where=where
    )


def symmetric(layout: Layout, crossed: Sequence[Crossed]) -> bool:
    """Whether the cross effects are those of one utility: linear demands with c_ij = c_ji, none with a choke price."""
    rates: dict[tuple[str, str, str, int], dict[str, float]] = {}
    for c in crossed:
        if c.elasticity is not None or c.choke is not None or c.quantity_type or c.section != "demands":
            return False
        d = layout.network.demands[c.entry]
        assert isinstance(d.curve, LinearDemand)
        own = rates.setdefault((d.commodity, d.region, d.segment or "", c.t), {})
        for name, value in d.curve.cross.items():
            own[name] = own.get(name, 0.0) + value
    return all(
        abs(rates.get((other, region, segment, t), {}).get(good, 0.0) - value) <= 1e-12 * abs(value)
        for (good, region, segment, t), row in rates.items()
        for other, value in row.items()
    )


@dataclass(frozen=True)
class CrossTerm:
    """The part of isoelastic cross demands that is not linear, over the whole z.

    With u = z_column/scale and Π = Π P_k^power_k, row `row` gets −factor·u^expo·(Π − 1): the column itself stands for
    Π = 1. `given` is the part of Π that does not change. Without column (−1) u is 1. With `choke` K the column stands
    for the line K − K·z/`span`, and the row gets factor·(K − K·z/span − min(K, u^expo·Π)).
    """

    row: int
    column: int
    factor: float
    scale: float
    expo: float
    others: np.ndarray
    price_unit: np.ndarray
    power: np.ndarray
    choke: float | None = None
    span: float = 1.0
    given: float = 1.0

    def __call__(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return (rows, values, derivative triplets)."""
        price = np.maximum(z[self.others] * self.price_unit, 1e-12)
        product = self.given * float(np.prod(price**self.power))
        worth, slope = 1.0, 0.0
        quantity = float(z[self.column]) if self.column >= 0 else self.scale
        if self.column >= 0:
            u = max(quantity / self.scale, 1e-12)
            worth, slope = u**self.expo, self.expo / self.scale * u ** (self.expo - 1.0)
        by_price = -self.factor * worth * product * self.power * self.price_unit / price
        if self.choke is None:
            value, by_quantity = -self.factor * worth * (product - 1.0), -self.factor * slope * (product - 1.0)
        else:
            line = self.choke / self.span
            value = self.factor * (self.choke - line * quantity - min(self.choke, worth * product))
            capped = worth * product >= self.choke
            by_quantity = -self.factor * (line + (0.0 if capped else slope * product))
            by_price = np.zeros_like(by_price) if capped else by_price
        columns, values = self.others, by_price
        if self.column >= 0:
            columns, values = np.append(columns, self.column), np.append(values, by_quantity)
        return np.array([self.row]), np.array([value]), (np.full(len(columns), self.row), columns, values)

    def with_given(self, prices: Mapping[int, float]) -> CrossTerm:
        """Return the term where some of the other prices, by entry of z, are the ones given."""
        known = np.array([i in prices for i in self.others.tolist()], dtype=bool)
        values = np.array([prices[i] for i in self.others[known].tolist()]) * self.price_unit[known]
        given = self.given * float(np.prod(np.maximum(values, 1e-12) ** self.power[known]))
        left = {name: getattr(self, name)[~known] for name in ("others", "price_unit", "power")}
        return replace(self, **left, given=given)

    def moved_to(self, position: np.ndarray, program: Program) -> CrossTerm:
        """Return the term where entry i of z stands at `position[i]`."""
        del program
        column = int(position[self.column]) if self.column >= 0 else -1
        return replace(self, row=int(position[self.row]), column=column, others=position[self.others])


def cross_piece(curve: object, years: float, edit: Edit | None = None) -> dict[str, float]:
    """Return the column of a curve with cross prices, the other prices left to the conditions."""
    if isinstance(curve, LinearSupply):
        e = edit or Edit()
        size = e.capacity * e.yield_ * years
        a = size * (curve.intercept - curve.slope * e.delta / e.factor)
        b = size * e.yield_ * curve.slope / e.factor
        return {"lin": -a, "quad": 1.0} if b == 0.0 else {"lin": -a / b, "quad": 1.0 / b}
    if isinstance(curve, LinearDemand):
        a, b = curve.intercept * years, curve.slope * years
        if b > 0.0:
            return {"lin": -a / b, "quad": 1.0 / b}
        return {"lin": -a, "quad": 1.0} if curve.choke is None else {"lin": -curve.choke}
    assert isinstance(curve, IsoelasticDemand)
    if curve.elasticity > 0.0 and curve.choke:
        return {"lin": -curve.choke, "quad": curve.choke / (2.0 * years * curve.scale * curve.choke**-curve.elasticity)}
    if curve.elasticity > 0.0:
        return {"coef": -1.0, "scale": curve.scale * years, "expo": -1.0 / curve.elasticity}
    if curve.choke is None:
        return {"lin": -curve.scale * years, "quad": 1.0}
    raise UnsupportedError(
        "an isoelastic demand of elasticity 0 with cross prices and a choke price has no method here",
        hint="give it a small elasticity",
    )


def cross_cost(curve: object, x: Crossed, quantity: float, program: Program, others: Sequence[float]) -> float:
    """Return cost (supply) or minus utility (demand) of a quantity at the other prices as they are.

    Utility is the area under the own-price curve; where cross effects are not symmetric no other measure is better
    founded, and where they are it counts a change of the other prices once on each side.
    """
    if isinstance(curve, LinearSupply):
        if x.quantity_type:
            return 0.0
        b = 1.0 / float(program.quad[x.column])
        a = -float(program.lin[x.column]) * b + b * sum(k * p for k, p in zip(x.coefficients, others, strict=True))
        above = max(quantity - max(a, 0.0), 0.0)
        return above * (above - 2.0 * min(a, 0.0)) / (2.0 * b)
    if x.quantity_type:
        return -(x.choke or 0.0) * quantity
    if isinstance(curve, LinearDemand):
        b = 1.0 / float(program.quad[x.column])
        a = -float(program.lin[x.column]) * b + b * sum(k * p for k, p in zip(x.coefficients, others, strict=True))
        block = 0.0 if x.choke is None else min(quantity, max(a - b * x.choke, 0.0))
        rest = quantity - block
        return -((x.choke or 0.0) * block + rest * (a - block - 0.5 * rest) / b)
    assert isinstance(curve, IsoelasticDemand)
    e = curve.elasticity
    size = x.scale * float(np.prod([max(p, 1e-12) ** k for k, p in zip(x.coefficients, others, strict=True)]))
    block = 0.0 if x.choke is None else min(quantity, size * x.choke**-e)
    if e == 1.0:
        tail = size * np.log(quantity / block) if block > 0.0 else np.inf
    else:
        power = 1.0 - 1.0 / e
        low = block**power if block > 0.0 or power > 0.0 else np.inf
        tail = size ** (1.0 / e) * (quantity**power - low) / power
    return -float((x.choke or 0.0) * block + tail)
