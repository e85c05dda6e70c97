"""What is the network at a time between the years of which the atlas knows capacities?

Demand grows day by day at the atlas' rate; capacities lie on straight lines between 2024, 2026, 2028 and 2030.

>>> from ytterby.world.parameters import central
>>> network_at(2025.5, central())["periods"]
[{'id': '2025.5', 'start': '2025-07-02', 'years': 1}]
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from ytterby.world.calibrate import calibrate
from ytterby.world.calibration import Calibration

__all__ = ["calibration_at", "network_at"]


@functools.lru_cache(maxsize=64)
def calibration_at(year: float) -> Calibration:
    """Return the calibration at a time from 2024 to 2030 (2025.5 is the middle of 2025); quantities are rates a year.

    Raises
    ------
    InputError
        A time outside of these years.
    """
    return calibrate(year)


def network_at(year: float, numbers: Mapping[str, float]) -> dict[str, Any]:
    """Return the network (``ytterby-network/1``) at a time from 2024 to 2030, for given parameters.

    Parameters
    ----------
    year
        E.g. 2025.5 for the middle of 2025.
    numbers
        Values of all parameters of `ytterby.world.parameters`.

    Raises
    ------
    InputError
        A time outside of these years.
    """
    return calibration_at(year).network(numbers)
