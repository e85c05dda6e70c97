"""The picture of how cost grows with size: a panel for each number that is varied, for time and for memory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from page import seconds

from ytterby.figures import Figure
from ytterby.figures._canvas import Box, Canvas
from ytterby.figures._frame import PAD, SMALL, compose
from ytterby.figures._scale import Linear, ratio_ticks
from ytterby.figures._text import number, text_width

__all__ = ["figure"]

STYLES = {
    "Ytterby": ("ink", "", 3.0),
    "PIQP": ("gain", "7 3", 1.8),
    "Clarabel": ("loss", "2 3", 1.8),
    "linopy + HiPO": ("china", "9 3 2 3", 1.8),
    "cvxpy + Clarabel": ("muted", "4 2", 1.8),
}
"""Role, dash and weight of each line."""
MEASURES = {"total_s": "Seconds, build and solve", "peak_mb": "Peak memory, MB"}


def figure(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw a panel for each number that is varied, and for time and memory."""
    frame = pd.DataFrame([r for r in rows if r["total_s"] is not None])
    frame = frame.groupby("varied", sort=False).filter(lambda part: part.value.max() > part.value.min())
    ours = frame[frame.name == "Ytterby"]
    growth = []
    for varied, part in ours.groupby("varied", sort=False):
        least, most = part.loc[part.value.idxmin()], part.loc[part.value.idxmax()]
        words = f"{varied} from {least.value} to {most.value}, {seconds(least.total_s)} to {seconds(most.total_s)} s"
        growth.append(words)
    return compose(
        "What a larger market costs",
        "Both scales are logarithmic; the others stay at 12 elements, 40 regions, one year. Lower is better.",
        f"Time and peak memory of Ytterby and its peers by size, one line each. Ytterby: {'; '.join(growth)}.",
        None,
        frame,
        lambda canvas, y: _draw(canvas, y, frame),
    )


def _draw(canvas: Canvas, y: float, frame: pd.DataFrame) -> float:
    gap, high = 16.0, 150.0
    columns = 1 if canvas.narrow else 2
    width = (canvas.width - 2 * PAD - gap * (columns - 1)) / columns
    for varied, part in frame.groupby("varied", sort=False):
        for i, key in enumerate(MEASURES):
            x = PAD + i % columns * (width + gap)
            canvas.text(x, y + SMALL, f"{MEASURES[key]}, by {varied}", size=SMALL, bold=True)
            _panel(canvas, part, key, Box(x, y + 24, width, high), (frame[key].min(), frame[key].max()))
            if i % columns == columns - 1:
                y += high + 60
    return y


def _panel(canvas: Canvas, part: pd.DataFrame, key: str, box: Box, reach: tuple[float, float]) -> None:
    """Draw one panel; `reach` is what the vertical scale covers."""
    bottom, room = box.y + box.height, max(text_width(n, SMALL) for n in STYLES) + 12
    left, right = box.x + 40, box.x + box.width - room
    low, high = 10 ** math.floor(math.log10(reach[0])), 10 ** math.ceil(math.log10(reach[1]))
    up, across = (
        Linear(math.log10(low), math.log10(high), bottom, box.y),
        Linear(math.log10(part.value.min()), math.log10(part.value.max()), left + 8, right - 8),
    )
    scale = max(low, min(1.0, high))  # `ratio_ticks` wants 1 inside
    for tick in [scale * t for t in ratio_ticks(low / scale, high / scale, 5)]:
        at = up(math.log10(tick))
        canvas.line([(left, at), (right, at)], stroke="axis" if tick == low else "grid")
        canvas.text(left - 6, at + 4, number(tick), size=SMALL, anchor="end", role="muted")
    for value in sorted(set(part.value)):
        canvas.text(across(math.log10(value)), bottom + 16, f"{value}", size=SMALL, anchor="middle", role="muted")
    ends = []
    for name, (role, dash, weight) in STYLES.items():
        line = part[part.name == name].sort_values("value")
        points = [(across(math.log10(v)), up(math.log10(m))) for v, m in zip(line.value, line[key], strict=True)]
        if len(points) > 1:
            canvas.line(points, stroke=role, weight=weight, dash=dash)
        for point in points:
            canvas.circle(*point, weight + 0.8, role)
        if points:
            ends.append((points[-1][1], points[-1][0], name))
    last = box.y - 14.0
    for at, x, name in sorted(ends):
        last = max(at + 4, last + 14)
        if x < right - 8:
            canvas.line([(x + 5, at), (right + 4, last - 4)], stroke="axis", weight=0.6)
        canvas.text(right + 8, last, name, size=SMALL, role=STYLES[name][0], bold=name == "Ytterby")
