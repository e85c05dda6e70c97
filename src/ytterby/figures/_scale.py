"""Scales from data to user units and the round numbers at which their ticks stand."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from ytterby.figures._text import MONTHS

__all__ = ["Linear", "date_ticks", "linear_ticks", "log_ticks", "ratio_ticks"]


@dataclass(frozen=True)
class Linear:
    """``start + (value - low) / (high - low) * (end - start)``.

    Examples
    --------
    >>> Linear(0, 10, 100, 200)(5)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of `value`."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def linear_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round ticks that cover ``[low, high]``, zero among them where it lies inside; at most `most` steps.

    Examples
    --------
    >>> linear_ticks(-12, 87)
    [-20.0, 0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    >>> linear_ticks(0, 0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        low, high = min(low, 0.0), max(high, 0.0) or low + 1.0
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    for step in (power * m for m in (1, 2, 2.5, 5, 10, 20)):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= most + 1:
            return [round(i * step, 12) + 0.0 for i in range(first, last + 1)]
    raise AssertionError("a step of twenty powers covers any range")


def ratio_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round ratios inside ``[low, high]`` for a logarithmic axis, 1 among them; the range must hold 1.

    Examples
    --------
    >>> ratio_ticks(0.4, 11)
    [0.5, 1.0, 2.0, 5.0, 10.0]
    >>> ratio_ticks(0.06, 11, 4)
    [0.1, 1.0, 10.0]
    """
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    ticks = [1.0]
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [t for e in decades for s in steps if low <= (t := round(s * 10.0**e, 12)) <= high]
        if len(ticks) <= most:
            return ticks
    skip = math.ceil(len(ticks) / most)
    return [t for t in ticks if round(math.log10(t)) % skip == 0]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers inside ``[low, high]`` for a logarithmic axis: the finest of 1-2-5, 1-3, decades that fits.

    Examples
    --------
    >>> log_ticks(12, 120)
    [20.0, 50.0, 100.0]
    >>> log_ticks(3, 40000, 5)
    [10.0, 100.0, 1000.0, 10000.0]
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [t for e in decades for s in steps if low <= (t := round(s * 10.0**e, 12)) <= high]
        if len(ticks) <= most:
            break
    return ticks[:: math.ceil(len(ticks) / most)] if ticks else ticks


def date_ticks(start: dt.date, end: dt.date, most: int) -> list[tuple[dt.date, str]]:
    """Return ticks at the starts of years, quarters or months inside ``[start, end]``, at most `most`, with labels.

    Examples
    --------
    >>> [t for _, t in date_ticks(dt.date(2024, 12, 1), dt.date(2025, 8, 1), 4)]
    ['Jan 2025', 'Apr', 'Jul']
    """
    for months in (1, 3, 6, 12, 24, 60, 120, 240, 600):
        ticks = []
        for index in range(start.year * 12 - start.year * 12 % months, (end.year + 1) * 12, months):
            day = dt.date(index // 12, index % 12 + 1, 1)
            if start <= day <= end:
                ticks.append(day)
        if len(ticks) <= most:
            break
    labelled = []
    for i, day in enumerate(ticks):
        if months >= 12:
            label = str(day.year)
        else:
            month = MONTHS[day.month - 1]
            label = f"{month} {day.year}" if i == 0 or day.month == 1 else month
        labelled.append((day, label))
    return labelled
