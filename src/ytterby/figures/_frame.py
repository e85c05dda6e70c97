"""What every picture has around its marks: title, subtitle, legend, notes, source; or the words "no data"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from ytterby.figures._canvas import NARROW, WIDE, Box, Canvas
from ytterby.figures._figure import Figure
from ytterby.figures._text import text_width, wrap

__all__ = ["PAD", "SMALL", "LegendItem", "compose", "legend"]

PAD = 12.0
SMALL = 12.0


@dataclass(frozen=True)
class LegendItem:
    """A sign and its word; `draw` gets the canvas, the left edge and the middle height of the sign."""

    label: str
    width: float
    draw: Callable[[Canvas, float, float], None]


def legend(canvas: Canvas, y: float, items: Sequence[LegendItem]) -> float:
    """Write signs with their words in as many lines as they need; return the y below."""
    x = PAD
    if not items:
        return y
    for item in items:
        width = item.width + 6 + text_width(item.label, SMALL)
        if x > PAD and x + width > canvas.width - PAD:
            x, y = PAD, y + 20
        item.draw(canvas, x, y + 8)
        canvas.text(x + item.width + 6, y + 12, item.label, size=SMALL, role="muted")
        x += width + 16
    return y + 24


def compose(
    title: str,
    subtitle: str,
    alt: str,
    source: str | None,
    table: pd.DataFrame,
    draw: Callable[[Canvas, float], float],
    *,
    notes: Sequence[str] = (),
) -> Figure:
    """Return the figure whose marks `draw` puts on a canvas from a y on, returning the y below them.

    A table without rows gives a picture that says "no data" and is not handed to `draw`.
    """
    pictures = []
    for width in (WIDE, NARROW):
        canvas = Canvas(width)
        room = width - 2 * PAD
        size = 16 if canvas.narrow else 17
        y = canvas.lines(PAD, PAD, wrap(title, room, size, lines=6, bold=True), size=size, bold=True)
        y = canvas.lines(PAD, y + 2, wrap(subtitle, room, 13, lines=6), role="muted") + 8
        if table.empty:
            canvas.rect(Box(PAD, y, room, 80), "none", stroke="axis", dash="4 3")
            canvas.text(width / 2, y + 45, "no data", anchor="middle", size=14)
            y += 88
        else:
            y = draw(canvas, y)
        for note in notes if not table.empty else ():
            y = canvas.lines(PAD, y + 2, wrap(note, room, SMALL, lines=8), size=SMALL, role="muted")
        if source:
            y = canvas.lines(PAD, y + 4, wrap(f"Source: {source}", room, SMALL, lines=8), size=SMALL, role="muted")
        pictures.append(canvas.svg(title, alt, y + PAD / 2))
    return Figure(title, alt, source or "", table, *pictures)
