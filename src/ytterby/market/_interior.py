"""The convex core: PIQP on the quadratic model, repeated where curves are not linear.

References
----------
Schwan, Jiang, Kuhn, Jones (2023), PIQP: A proximal interior-point quadratic programming solver, CDC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import piqp
import scipy.sparse as sp

from ytterby.errors import SolveError
from ytterby.market._program import Program

__all__ = ["Point", "Units", "interior"]


@dataclass(frozen=True)
class Point:
    """Quantities of columns, values of rows (prices times the period's discount factor), rates that uphold a rule."""

    x: np.ndarray
    y: np.ndarray
    v: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Units:
    """Typical quantity and price of a network; the solver works in them."""

    quantity: float
    price: float

    @classmethod
    def of(cls, program: Program) -> Units:
        """Return the medians of the quantities and prices that the data name."""
        return cls(*program.typical)


class _Quadratic:
    """PIQP set up once for a program; its linear and quadratic costs may be updated."""

    def __init__(self, program: Program, units: Units) -> None:
        self.program, self.units = program, units
        self.solver = piqp.SparseSolver()
        s = self.solver.settings
        s.eps_abs, s.eps_rel = 1e-9, 1e-10
        s.eps_duality_gap_abs, s.eps_duality_gap_rel = 1e-9, 1e-10
        s.max_iter = 300
        self.ready = False
        eq = program.equality
        self.A, self.G = sp.csc_matrix(program.K[eq]), sp.csc_matrix(program.K[~eq])

    def solve(self, lin: np.ndarray, quad: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Point:
        """Minimise Σ lin·x + quad·x²/2 on the program's rows."""
        program, u, eq = self.program, self.units, self.program.equality
        P = sp.csc_matrix(sp.diags(quad * u.quantity / u.price))
        c = lin / u.price
        k = program.k / u.quantity
        bounds = lower / u.quantity, upper / u.quantity
        if not self.ready:
            inf = np.full(int((~eq).sum()), np.inf)
            A, b = (self.A, k[eq]) if eq.any() else (None, None)
            self.solver.setup(P, c, A, b, self.G, k[~eq], inf, *bounds)
            self.ready = True
        else:
            self.solver.update(P=P, c=c, x_l=bounds[0], x_u=bounds[1])
        status = self.solver.solve()
        result = self.solver.result
        x, y = np.array(result.x), np.empty(len(k))
        if status != piqp.PIQP_SOLVED and not self._close():
            raise SolveError(f"the solver stopped: {status.name.removeprefix('PIQP_').lower()}")
        y[~eq] = np.array(result.z_l)
        y[eq] = -np.array(result.y)
        return Point(x * u.quantity, y * u.price)

    def _close(self) -> bool:
        """Whether Newton's method may go on from where the solver stopped; its result is verified apart."""
        info = self.solver.result.info
        if info.status not in (piqp.PIQP_MAX_ITER_REACHED, piqp.PIQP_NUMERICS):
            return False
        off, gap = max(info.primal_res_rel, info.dual_res_rel), abs(info.duality_gap_rel)
        # with levies the gap can stand still between two solutions that are as good
        return bool((off < 1e-5 and gap < 1e-5) or off < 1e-7)


def interior(program: Program, start: Point | None = None) -> Point:
    """Return the equilibrium of a convex program to about six digits (`refine` gives the rest).

    Curves that are not linear are replaced by their tangents at the last point; a step is kept short enough that the
    surplus rises (the constraints are linear, so every point between two feasible ones is feasible).
    """
    units = Units.of(program)
    model = _Quadratic(program, units)
    curved = np.flatnonzero(program.curved)
    if not curved.size:
        return model.solve(program.weight * program.lin, program.weight * program.quad, program.lower, program.upper)
    x = _first_guess(program, units) if start is None else start.x
    feasible = False
    lower, upper = program.lower.copy(), program.upper.copy()
    for _ in range(60):
        at = np.zeros(program.K.shape[1])
        at[curved] = np.maximum(x[curved], 1e-9 * units.quantity)
        quad, lin = program.weight * program.quad, program.weight * program.lin
        hess, grad = program.curvature(at), program.marginal(at)
        hess[curved] = np.clip(hess[curved], 1e-9 * units.price / units.quantity, 1e9 * units.price / units.quantity)
        quad[curved], lin[curved] = hess[curved], grad[curved] - hess[curved] * at[curved]
        steep = curved[(program.coef[curved] < 0.0)]
        if feasible:
            lower[steep] = np.maximum(program.lower[steep], 0.1 * (at[steep] + program.off[steep]) - program.off[steep])
        point = model.solve(lin, quad, lower, upper)
        if not feasible:
            x, feasible = point.x, True
            y = point.y
            continue
        step = point.x - x
        length = _length(program, x, step)
        x, y = x + length * step, point.y
        change = np.abs(program.marginal(np.maximum(x, 0.0))[curved] - (lin + quad * x)[curved])
        if length == 1.0 and change.max() <= 1e-6 * units.price:
            break
    return Point(x, y)


def _first_guess(program: Program, units: Units) -> np.ndarray:
    """Return where each curve meets the typical price."""
    x = np.zeros(program.K.shape[1])
    c = np.flatnonzero(program.curved)
    rest = np.maximum(units.price - program.lin[c] * (program.coef[c] > 0), 0.05 * units.price)
    x[c] = program.scale[c] * (rest / np.abs(program.coef[c])) ** (1.0 / program.expo[c]) - program.off[c]
    return np.clip(x, 0.0, None)


def _length(program: Program, x: np.ndarray, step: np.ndarray) -> float:
    """Return the largest of 1, 1/2, 1/4 … that does not raise the cost along the step."""

    def slope(length: float) -> float:
        return float(program.marginal(np.maximum(x + length * step, 0.0)) @ step)

    length = 1.0
    scale = np.abs(program.marginal(np.maximum(x, 0.0)) * step).sum() + 1e-300
    for _ in range(30):
        end = slope(length)
        if end <= 1e-9 * scale or end <= 0.5 * abs(slope(0.0)):
            return length
        length /= 2.0
    return length
