"""Levies on the value of goods whose freight rises with a power of the flow: one more term of the conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ytterby.market._program import Program

__all__ = ["FreightTerm"]


@dataclass(frozen=True)
class FreightTerm:
    """The shares of the curved part of freight: F_row += factor·(z_column / scale)^expo.

    Attributes
    ----------
    row, column
        Where it stands and the flow it rises with, shape (terms,).
    factor, scale, expo
        Share times the curve's coefficient, and the curve's own scale and power.
    """

    row: np.ndarray
    column: np.ndarray
    factor: np.ndarray
    scale: np.ndarray
    expo: np.ndarray

    def __call__(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return (rows, values, (rows, columns, derivatives))."""
        u = np.maximum(z[self.column] / self.scale, 1e-12)
        values = self.factor * u**self.expo
        return self.row, values, (self.row, self.column, values * self.expo / (u * self.scale))

    def moved_to(self, position: np.ndarray, program: Program) -> FreightTerm:
        """Return the term where entry i of z stands at `position[i]`; what is gone carries nothing."""
        stays = (position[self.row] >= 0) & (position[self.column] >= 0)
        column = position[self.column[stays]]
        return FreightTerm(
            position[self.row[stays]], column, self.factor[stays], program.scale[column], program.expo[column]
        )
