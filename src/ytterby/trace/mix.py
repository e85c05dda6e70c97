"""Which mix of suppliers is the worst? Bounds of an item that several suppliers make, exact for every column.

With shares of supply s_k in [a_k, b_k] that add up to 1, the highest content is max Σ s_k·h_k and the lowest
min Σ s_k·l_k. Either is a linear programme with one equation: give each supplier its least share and the rest to
those with the highest (lowest) content first. That is a sort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Mixed", "highest_mix", "lowest_mix"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mixed:
    """What each supplier of an item says of one element.

    Parameters
    ----------
    suppliers
        Names.
    least, most
        Bounds of each one's share of the supply.
    low, high
        suppliers × (mass, value) × slots; high bounds as they are, not as excess.
    """

    suppliers: tuple[str, ...]
    least: Floats
    most: Floats
    low: Floats
    high: Floats

    @property
    def lowest(self) -> Floats:
        """Return the low bounds of the worst mix."""
        flat = self.low.reshape(len(self.low), -1)
        return lowest_mix(flat, self.least, self.most).reshape(self.low.shape[1:])

    @property
    def highest(self) -> Floats:
        """Return the high bounds of the worst mix."""
        flat = self.high.reshape(len(self.high), -1)
        return highest_mix(flat, self.least, self.most).reshape(self.high.shape[1:])


def highest_mix(content: Floats, least: Floats, most: Floats) -> Floats:
    """Return max over s of Σ s_k·content_k, per column.

    Parameters
    ----------
    content
        Suppliers × columns, not negative; infinite where not bounded.
    least, most
        Bounds of each supplier's share; the least add up to at most 1, the most to at least 1.

    Examples
    --------
    >>> highest_mix(np.array([[1.0], [3.0]]), np.array([0.2, 0.1]), np.array([1.0, 0.5]))
    array([2.])
    """
    return _mix(content, np.argsort(-content, axis=0, kind="stable"), least, most)


def lowest_mix(content: Floats, least: Floats, most: Floats) -> Floats:
    """Return min over s of Σ s_k·content_k, per column; see `highest_mix`."""
    return _mix(content, np.argsort(content, axis=0, kind="stable"), least, most)


def _mix(content: Floats, ranks: npt.NDArray[np.int64], least: Floats, most: Floats) -> Floats:
    room = (most - least)[ranks]
    before = np.cumsum(room, axis=0) - room
    share = least[ranks] + np.clip(1 - least.sum() - before, 0, room)
    ranked = np.take_along_axis(content, ranks, axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(share > 0, share * ranked, 0.0).sum(axis=0))
