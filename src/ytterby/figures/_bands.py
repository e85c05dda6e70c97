"""The sign for a range: a line from low to high with a stroke at either end, paper around it where it crosses a bar."""

from __future__ import annotations

from ytterby.figures._canvas import Canvas, place
from ytterby.figures._frame import LegendItem

__all__ = ["BAND_SIGN", "band"]


def band(canvas: Canvas, low: float, high: float, y: float) -> None:
    """Draw a range from `low` to `high` at height `y`."""
    a, b, top, middle, foot = (place(v) for v in (low, high, y - 5, y, y + 5))
    d = f"M{a} {top}V{foot}M{a} {middle}H{b}M{b} {top}V{foot}"
    canvas.path(d, stroke="surface", weight=4.5)
    canvas.path(d, stroke="ink", weight=1.8)


BAND_SIGN = LegendItem("low to high over the draws", 24, lambda c, x, y: band(c, x + 1, x + 23, y))
