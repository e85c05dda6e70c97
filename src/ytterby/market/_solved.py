"""A solved network: its arrays, its conditions and the point that meets them, kept for questions about the answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ytterby.market._closed import closed_gaps
from ytterby.market._compile import Compiled
from ytterby.market._complement import Complement
from ytterby.market._interior import Point
from ytterby.market._report import Sums

__all__ = ["Solved"]


@dataclass(frozen=True, eq=False)
class Solved:
    """What an equilibrium was read from.

    Attributes
    ----------
    z
        Quantities of columns, values of rows and rates in one array.
    sums
        Quantities by entry and period, prices by place.
    gaps
        By arc the price at its end less what a unit costs there (see `closed_gaps`).
    """

    compiled: Compiled
    complement: Complement
    point: Point

    @cached_property
    def z(self) -> np.ndarray:
        return np.concatenate([self.point.x, self.point.y, self.point.v])

    @cached_property
    def sums(self) -> Sums:
        return Sums(self.compiled, self.point, self.complement.landing, len(self.complement.rates))

    @cached_property
    def gaps(self) -> np.ndarray:
        return closed_gaps(self.compiled, self.complement, self.sums, self.z)
