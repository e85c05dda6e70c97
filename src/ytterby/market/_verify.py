"""Is it an equilibrium? Recomputed from prices and quantities alone, whatever the solver says of itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ytterby.market._interior import Point, Units
from ytterby.market._program import Program

__all__ = ["Residuals", "check"]


@dataclass(frozen=True)
class Residuals:
    """Worst relative violations.

    Attributes
    ----------
    primal
        Unmet need at a place (or excess over a cap), relative to what passes through it.
    dual
        Unit profit left on the table, relative to the prices around the column.
    complementarity
        Unit loss borne or price of a surplus, relative likewise, weighted by the share of use.
    """

    primal: float
    dual: float
    complementarity: float

    @property
    def worst(self) -> float:
        """The largest of them."""
        return max(self.primal, self.dual, self.complementarity)


def check(program: Program, point: Point) -> Residuals:
    """Return the worst relative residuals of feasibility, arbitrage and complementarity."""
    x, y, K = point.x, point.y, program.K
    units = Units.of(program)
    through = np.maximum(0.5 * (abs(K) @ np.abs(x) + np.abs(program.k)), 1e-6 * units.quantity)
    gap = (K @ x - program.k) / through
    primal = np.where(program.equality, np.abs(gap), np.maximum(-gap, 0.0)).max(initial=0.0)
    below, above = program.lower - x, x - program.upper
    size = np.maximum(np.abs(x), 1e-6 * units.quantity)
    primal = max(primal, (np.maximum(np.maximum(below, above), 0.0) / size).max(initial=0.0))

    marginal = program.marginal(np.maximum(x, 0.0))
    value = K.T @ y
    per_unit = np.maximum(abs(K).T @ np.abs(y), np.abs(marginal))
    money = np.maximum(per_unit, 1e-6 * units.price * program.weight)
    profit = (value - marginal) / money
    limited = np.isfinite(program.upper)
    room_up = np.ones_like(x)
    room_up[limited] = (program.upper[limited] - x[limited]) / np.maximum(program.upper[limited], 1e-300)
    room_down = (x - program.lower) / np.maximum(x, 1e-6 * units.quantity)
    dual = np.where(room_up > 1e-9, np.maximum(profit, 0.0), 0.0).max(initial=0.0)
    slack = np.where(program.equality, 0.0, np.clip(gap, 0.0, 1.0))
    price = np.abs(y) / np.maximum(program.row_weight * units.price, np.abs(y))
    loss = np.maximum(-profit, 0.0) * np.clip(room_down, 0.0, 1.0)
    negative = np.where(program.equality, 0.0, np.maximum(-y, 0.0)) / (units.price * program.row_weight)
    dual = max(dual, negative.max(initial=0.0))
    return Residuals(float(primal), float(dual), float(max(loss.max(initial=0.0), (price * slack).max(initial=0.0))))
