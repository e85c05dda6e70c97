"""How does an equilibrium move as more is taken away at a place, and where does what binds change on the way?

With t the extra quantity and e the rows that feel it, the conditions are lower ≤ z ≤ upper ⟂ F(z) − t·e. Let A be the
entries of z between their bounds; while no bound begins or ceases to hold, the path solves

    F'(z)_AA · dz_A/dt = e_A,    dz/dt = 0 elsewhere,

which is constant where F is linear. It ends at the least t at which an entry of A meets a bound, or F of one at a bound
falls to zero (the ratio test); then A is chosen anew. Entries that are at a bound with F = 0 may stay or leave: those
are chosen so that the direction keeps every sign, a linear complementarity problem in them, solved by active sets.
Where F bends, steps are corrected by Newton's method, and the ratio test is repeated from there.

Proximal terms keep the system solvable. Where quantities are not unique they choose the least movement; where a price
jumps (all that flows is full, and the next source costs more) they make the jump a steep but finite slope.

References
----------
Best (1996), An algorithm for the solution of the parametric quadratic programming problem, in Applied Mathematics and
Parallel Computing, Physica.
Facchinei and Pang (2003), Finite-Dimensional Variational Inequalities and Complementarity Problems, ch. 5.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ytterby.market._barrier import balanced_units
from ytterby.market._conditions import Conditions

__all__ = ["Change", "Path", "Stretch", "Tangent"]

_EVEN = 1e-8
"""Scaled distance from a bound, or F, up to which it is nil."""
_PROX = 1e-10
_NOISE = 1e-10
"""Movement, relative to the largest, up to which an entry stands still."""
_TIES = 1e-9
_TURNS = 400
_PASSES = 60
_STRIDE = 0.25
"""Longest step on curves, in quantities that pass through the place."""
_FARTHEST = 10.0
"""Extra quantity, likewise, at which the path ends."""
_STEEPEST = 1e12
_SMALL = 1e-6
"""Step, likewise, on which a curve is straight."""
_CLIFF = 1e-3
"""Slope, relative to the steepest that the proximal term allows, from which a price jumps."""
_CORRECTIONS = 12
_EXACT = 1e-11


@dataclass(frozen=True)
class Change:
    """Entry `index` of z begins (`holds`) or ceases to be at its upper or lower bound."""

    index: int
    upper: bool
    holds: bool


@dataclass(frozen=True)
class Stretch:
    """A part of the path on which nothing begins or ceases to bind; `slope` is dz/dt, and z stands, at its start."""

    start: float
    end: float
    z: np.ndarray
    slope: np.ndarray
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Tangent:
    """The linear system of the entries between their bounds: `status` is −1 at the lower, 1 at the upper, 0 between.

    `J` is the derivative of F, `A` that of the free entries in balanced units with the proximal term, `lu` its factors.
    """

    status: np.ndarray
    free: np.ndarray
    J: sp.csr_matrix
    A: sp.csc_matrix
    lu: Any
    units: tuple[np.ndarray, np.ndarray]

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        """Return d with F' d = rhs among the free entries, zero elsewhere; without the proximal term if that helps."""
        (sz, sf), free = self.units, self.free
        b = rhs[free] / sf[free]
        d = self.lu.solve(b)
        left = b - self.A @ d + _PROX * d
        better = d + self.lu.solve(left)
        if np.abs(b - self.A @ better + _PROX * better).max(initial=0.0) < np.abs(left).max(initial=0.0):
            d = better
        out = np.zeros(len(rhs))
        out[free] = d * sz[free]
        return out

    def adjoint(self, index: int) -> np.ndarray:
        """Return the derivatives of entry `index` of z by the right-hand sides of the conditions."""
        (sz, sf), free = self.units, self.free
        out = np.zeros(len(sz))
        out[free] = self.lu.solve(np.where(free == index, sz[free], 0.0), "T") / sf[free]
        return out


class Path:
    """The path from z on; `e` is the extra need per unit of t by entry of z.

    Attributes
    ----------
    tangent, slope
        The linear system and dz/dt at the start; None where no direction keeps all signs.
    through, typical
        What passes through the place per unit of t, and the same or a typical quantity of the network if that is more.
    """

    def __init__(self, c: Conditions, z: np.ndarray, e: np.ndarray) -> None:
        self.c, self.z, self.e = c, z, e
        self.units, self.scales = balanced_units(c, z, 1.0), c.scales(z)
        self.bends = bool(c.program.curved.any()) or bool(c.terms)
        self._straight = None if self.bends else self._pair(self._derivative(z))
        self.through = float(self.scales[1][e > 0.0].max()) / float(e.max())
        self.typical = max(self.through, c.units.quantity / float(e.max()))
        F = c.value(z)
        status = np.where(z <= c.lower, -1, np.where(z >= c.upper, 1, 0))
        status[c.positive] = 0
        found = self._direction(z, *self._settled(z, F, status))
        self.tangent: Tangent | None = None
        self.slope: np.ndarray | None = None
        if found is not None:
            self.tangent, self.slope = found

    def cliff(self, index: int) -> float:
        """Return the slope of entry `index` of z from which only the proximal term holds it."""
        sz, sf = self.units
        return _CLIFF / _PROX * float(sz[index]) * float((self.e / sf).max())

    def stretches(self) -> Iterator[Stretch]:
        """Yield the stretches of the path; the last one has no end, or its end is that of the path."""
        z, t, tangent, slope = self.z, 0.0, self.tangent, self.slope
        for _ in range(_TURNS):
            if tangent is None or slope is None:
                return
            if self.bends:
                end, new, hits, last = self._along_curve(z, t, tangent, slope)
            else:
                step, hits = self._ratio_test(z, t, tangent, slope)
                step, last = max(step, 0.0), slope
                end, new = t + step, z + step * slope if np.isfinite(step) else z
            if not end <= _FARTHEST * self.typical:
                yield Stretch(t, np.inf, z, slope)
                return
            before = tangent.status
            after = before.copy()
            after[hits] = np.where(before[hits] != 0, 0, np.where(last[hits] < 0.0, -1, 1))
            after, loose = self._settled(new, self.c.value(new) - end * self.e, after)
            loose[hits] = True
            found = self._direction(new, after, loose)
            if found is None:
                yield Stretch(t, end, z, slope, _changes(before, after, hits))
                return
            starts = self._starts(new, tangent, slope, *found)
            yield Stretch(t, end, z, slope, _changes(before, found[0].status, hits, starts))
            (tangent, slope), z, t = found, new, end

    def _starts(self, z: np.ndarray, old: Tangent, before: np.ndarray, new: Tangent, after: np.ndarray) -> np.ndarray:
        """Return the columns at their lower bound that stood still and now rise, whether they were held or not."""
        (was, _, noise), (now, _, room) = self._scaled(old, before), self._scaled(new, after)
        rises = self._near(z)[0] & (np.abs(was) <= noise) & (now > room)
        return np.flatnonzero(rises[: self.c.n])

    def _settled(self, z: np.ndarray, F: np.ndarray, status: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the status where F leaves no doubt, and which entries may be at their bound or not."""
        c, sf = self.c, self.scales[1]
        low, high = self._near(z)
        held = (low & (F / sf > _EVEN)) | (high & (F / sf < -_EVEN)) | (c.lower >= c.upper)
        return np.where(held & (status == 0), np.where(low, -1, 1), status), (low | high) & ~held

    def _near(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        c, sz = self.c, self.scales[0]
        return ((z - c.lower) / sz <= _EVEN) & ~c.positive, (c.upper - z) / sz <= _EVEN

    def _derivative(self, z: np.ndarray) -> sp.csr_matrix:
        """Return F'(z); a curve that is vertical at zero has the slope that it has a little beyond."""
        c, (sz, sf) = self.c, self.units
        own = np.zeros(len(z))
        least = np.where(c.program.curved, _SMALL * self.scales[0][: c.n], 0.0)
        own[: c.n] = c.program.curvature(np.maximum(z[: c.n], least))
        return sp.csr_matrix(c.coupling(z) + sp.diags(np.minimum(own, _STEEPEST * sf / sz)))

    def _pair(self, J: sp.csr_matrix) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Return J, and J in balanced units with the proximal term."""
        sz, sf = self.units
        return J, sp.csr_matrix(sp.diags(1.0 / sf) @ J @ sp.diags(sz) + _PROX * sp.eye(len(sz)))

    def _tangent(self, z: np.ndarray, status: np.ndarray, J: sp.csr_matrix | None = None) -> Tangent | None:
        J, balanced = self._straight or self._pair(self._derivative(z) if J is None else J)
        free = np.flatnonzero(status == 0)
        A = balanced[free][:, free].tocsc()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return Tangent(status, free, J, A, splu(A, permc_spec="MMD_AT_PLUS_A"), self.units)
            except RuntimeError:
                return None

    def _direction(self, z: np.ndarray, status: np.ndarray, loose: np.ndarray) -> tuple[Tangent, np.ndarray] | None:
        """Return the tangent and dz/dt with every sign kept, or None; `loose` entries may change their status."""
        low = self._near(z)[0]
        for n in range(_PASSES):
            tangent = self._tangent(z, status)
            if tangent is None:
                return None
            slope = tangent.solve(self.e)
            moved, gains, room = self._scaled(tangent, slope)
            if not np.isfinite(room):
                return None
            leaves = (status == 0) & np.where(low, moved < -room, moved > room)
            enters = ((status < 0) & (gains < -room)) | ((status > 0) & (gains > room))
            wrong = np.flatnonzero(loose & (leaves | enters))
            if not wrong.size:
                return tangent, slope
            if n > _PASSES // 3:
                wrong = wrong[:1]
            status = status.copy()
            status[wrong] = np.where(status[wrong] != 0, 0, np.where(low[wrong], -1, 1))
        return None

    def _scaled(self, tangent: Tangent, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return dz/dt and dF/dt in natural units, and up to what size they are noise."""
        sz, sf = self.scales
        moved, gains = slope / sz, (tangent.J @ slope - self.e) / sf
        return moved, gains, _NOISE * max(float(np.abs(moved).max(initial=0.0)), float((self.e / sf).max()))

    def _ratio_test(self, z: np.ndarray, t: float, tangent: Tangent, slope: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the step at which a first bound begins or ceases to hold, and the entries of z whose bound it is."""
        c, status = self.c, tangent.status
        moved, gains, room = self._scaled(tangent, slope)
        step = np.full(len(z), np.inf)
        down, up = (status == 0) & (moved < -room) & ~c.positive, (status == 0) & (moved > room)
        step[down] = (c.lower - z)[down] / slope[down]
        step[up] = (c.upper - z)[up] / slope[up]
        turning = (((status < 0) & (gains < -room)) | ((status > 0) & (gains > room))) & (c.lower < c.upper)
        F = (c.value(z) - t * self.e) / self.scales[1]
        step[turning] = -F[turning] / gains[turning]
        least = float(step.min(initial=np.inf))
        if not np.isfinite(least):
            return np.inf, np.zeros(0, dtype=np.intp)
        return least, np.flatnonzero(step <= least + _TIES * abs(least))

    def _along_curve(
        self, z: np.ndarray, t: float, tangent: Tangent, slope: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        """Return (t, z, entries, dz/dt) where the first bound changes: the ratio test from corrected points."""
        none = np.zeros(0, dtype=np.intp)
        while t <= _FARTHEST * self.typical:
            step, hits = self._ratio_test(z, t, tangent, slope)
            if step > _STRIDE * self.typical:
                step, hits = _STRIDE * self.typical, none
            if hits.size and abs(step) <= _SMALL * self.typical:
                return t + step, z + step * slope, hits, slope
            new = self._corrected(z + step * slope, t + step, tangent.status)
            if new is None:
                break
            z, t = new, t + step
            found = self._tangent(z, tangent.status)
            if found is None:
                break
            tangent, slope = found, found.solve(self.e)
        return np.inf, z, none, slope

    def _corrected(self, z: np.ndarray, t: float, status: np.ndarray) -> np.ndarray | None:
        """Return the point at t with the same entries at their bounds, by Newton's method; None if it finds none."""
        c = self.c
        guarded = c.positive.copy()
        guarded[: c.n] |= c.program.curved
        for _ in range(_CORRECTIONS):
            F = c.value(z) - t * self.e
            if not np.isfinite(F[status == 0]).all():
                return None
            if float(np.abs(F / self.scales[1])[status == 0].max(initial=0.0)) <= _EXACT:
                return z
            F, own, rows = c.eased(z, F)
            diagonal = np.concatenate([own, np.zeros(len(z) - c.n)])
            tangent = self._tangent(z, status, sp.csr_matrix(sp.diags(rows) @ c.coupling(z) + sp.diags(diagonal)))
            if tangent is None:
                return None
            new = z + tangent.solve(np.where(status == 0, -F, 0.0))
            z = np.where(guarded & (z > 0.0), np.maximum(new, 0.1 * z), new)
        return None


def _changes(
    before: np.ndarray, after: np.ndarray, hits: np.ndarray, starts: Sequence[int] | np.ndarray = ()
) -> tuple[Change, ...]:
    """Return what changes at an event: of the entries that met it (if none of them stays changed, of all); starts."""
    changed = np.flatnonzero(before != after)
    met = np.intersect1d(changed, hits)
    out = []
    for i in (met if met.size else changed).tolist():
        if before[i]:
            out.append(Change(i, bool(before[i] > 0), False))
        if after[i]:
            out.append(Change(i, bool(after[i] > 0), True))
    out += [x for i in starts if (x := Change(int(i), False, False)) not in out]
    return tuple(out)
