"""The calendar of months.

>>> [str(m) for m in Month.parse("2025-11").until(Month.parse("2026-02"))]
['2025-11', '2025-12', '2026-01', '2026-02']
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from ytterby.errors import UsageError

__all__ = ["Month"]


@dataclass(frozen=True, order=True)
class Month:
    """A month.

    Examples
    --------
    >>> m = Month.parse("2025-12")
    >>> str(m.later(1)), m.middle.isoformat(), m.year_average
    ('2026-01', '2025-12-15', 2025.375)
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month of ``YYYY-MM``.

        Raises
        ------
        UsageError
            The text is no month.
        """
        try:
            day = dt.date.fromisoformat(f"{text}-01")
        except ValueError:
            raise UsageError(f"'{text}' is no month", hint="write YYYY-MM, e.g. 2025-04") from None
        return cls(day.year, day.month)

    def later(self, months: int) -> Month:
        """Return the month that is so many months later."""
        years, number = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, number + 1)

    def until(self, end: Month) -> list[Month]:
        """Return the months from this one to `end`, both included."""
        return [self.later(n) for n in range((end.year - self.year) * 12 + end.number - self.number + 1)]

    @property
    def days(self) -> list[dt.date]:
        """The month's days."""
        return [dt.date(self.year, self.number, d + 1) for d in range(calendar.monthrange(self.year, self.number)[1])]

    @property
    def middle(self) -> dt.date:
        """The 15th, the day that stands for the month."""
        return dt.date(self.year, self.number, 15)

    @property
    def year_average(self) -> float:
        """The middle of its quarter, on a scale on which a year's average is its number (mid-2024 is 2024.0)."""
        return self.year + ((self.number - 1) // 3 - 1.5) / 4

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
