"""Is it an equilibrium? Recomputed from prices and quantities alone, whatever the solver says of itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ytterby.market._conditions import Conditions
from ytterby.market._interior import Point

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


def check(conditions: Conditions, point: Point) -> Residuals:
    """Return the worst relative residuals of feasibility, arbitrage and complementarity.

    Each is relative to what passes through its own row, or to the money in its own column. Only what is fainter than
    1e-9 of the largest that hangs together with it counts as if it were that large.
    """
    program = conditions.program
    x, y = point.x, point.y
    n, m = conditions.n, conditions.m
    with np.errstate(divide="ignore", invalid="ignore"):
        F = conditions.value(np.concatenate([x, y, point.v]))
    through = program.through(x)
    faint = program.balance.sizes(through, np.abs(y))
    through = np.maximum(through, faint.row_quantity)
    gap = F[n : n + m] / through
    primal = np.where(program.equality, np.abs(gap), np.maximum(-gap, 0.0)).max(initial=0.0)
    own = np.maximum(np.abs(x), faint.column_quantity)
    beyond = np.maximum(np.maximum(program.lower - x, x - program.upper), 0.0) / own
    primal = max(primal, beyond.max(initial=0.0))

    with np.errstate(divide="ignore"):
        marginal = np.minimum(np.abs(program.marginal(np.maximum(x, 0.0))), 1e300)
    money = np.maximum(np.maximum(program.size.T @ np.abs(y), marginal), faint.column_price)
    away = program.miss(x, F[:n])
    with np.errstate(over="ignore", invalid="ignore"):
        away = np.where(np.isfinite(away), away / np.maximum(own, away), 1.0)
    profit = -np.sign(F[:n]) * np.minimum(np.abs(F[:n]) / money, away)
    limited = np.isfinite(program.upper)
    room_up = np.ones_like(x)
    room_up[limited] = (program.upper[limited] - x[limited]) / np.maximum(program.upper[limited], 1e-300)
    room_down = np.clip((x - program.lower) / np.maximum(1e-9 * np.abs(x), faint.column_quantity), 0.0, 1.0)
    dual = np.where(room_up > 1e-9, np.maximum(profit, 0.0), 0.0).max(initial=0.0)
    loss = np.where(room_down > 0.0, np.maximum(-profit, 0.0), 0.0) * room_down
    slack = np.where(program.equality, 0.0, np.clip(gap, 0.0, 1.0))
    price = np.abs(y) / np.maximum(faint.row_price, np.abs(y))
    negative = np.where(program.equality, 0.0, np.maximum(-y, 0.0)) / np.maximum(faint.row_price, np.abs(y))
    dual = max(dual, negative.max(initial=0.0))
    complementarity = max(loss.max(initial=0.0), (price * slack).max(initial=0.0))
    if point.v.size:
        unit = conditions.rate_unit
        v, rule = point.v / unit, F[n + m :] / unit
        bounds = conditions.lower[n + m :] / unit, conditions.upper[n + m :] / unit
        complementarity = max(complementarity, np.abs(v - np.clip(v - rule, *bounds)).max())
    return Residuals(float(primal), float(dual), float(complementarity))
