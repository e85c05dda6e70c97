"""How does a price run over the periods, without and with the measures?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ytterby.figures._canvas import Box, Canvas
from ytterby.figures._figure import Figure
from ytterby.figures._frame import PAD, SMALL, LegendItem, compose, legend
from ytterby.figures._scale import Linear, linear_ticks
from ytterby.figures._tables import need, number_or_none
from ytterby.figures._text import change, number, text_width, wrap
from ytterby.figures._vocabulary import name_of

__all__ = ["price_path"]

_HIGH = 130.0


@dataclass(frozen=True)
class _Point:
    period: str
    baseline: float | None
    scenario: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class _Panel:
    commodity: str
    region: str
    points: tuple[_Point, ...]

    def last(self) -> tuple[_Point, float] | None:
        """Return the last period with both prices, and the relative change there."""
        for p in reversed(self.points):
            if p.baseline and p.scenario is not None:
                return p, p.scenario / p.baseline - 1
        return None


def price_path(
    prices: pd.DataFrame,
    *,
    title: str = "Prices over time",
    source: str | None = None,
    unit: str = "USD/kg",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw each price as a small panel of its own, from zero: dashed without, solid with the measures, and the range.

    Parameters
    ----------
    prices
        Columns ``commodity``, ``region``, ``period`` (in their order), ``baseline``, ``scenario``, ``low``, ``high``.
        Where a price is missing its line has a gap.
    title, source, unit, names
        As in `price_bars`.

    Raises
    ------
    DataError
        A column is missing or a value is not a number.

    Examples
    --------
    >>> rows = [("oxide.Dy", "DEU", "2026", 257.0, 257.0, None, None),
    ...         ("oxide.Dy", "DEU", "2027", 250.0, 400.0, 300.0, 500.0)]
    >>> columns = ["commodity", "region", "period", "baseline", "scenario", "low", "high"]
    >>> price_path(pd.DataFrame(rows, columns=columns)).alt
    'Prices over time: Dysprosium oxide in Germany ends at 400 USD/kg in 2027, +60% against the baseline.'
    """
    table = need(
        prices,
        {
            "commodity": "text",
            "region": "text",
            "period": "text",
            "baseline": "number",
            "scenario": "number",
            "low": "number",
            "high": "number",
        },
        "price_path",
    )
    found: dict[tuple[str, str], list[_Point]] = {}
    for r in table.itertuples(index=False, name=None):
        found.setdefault((r[0], r[1]), []).append(_Point(r[2], *map(number_or_none, r[3:7])))
    panels = [_Panel(c, r, tuple(points)) for (c, r), points in found.items()]
    return compose(
        title,
        f"{unit}; every panel has a scale of its own, from zero",
        _alt(title, panels, unit, names),
        source,
        table,
        lambda canvas, y: _draw(canvas, y, panels, names),
    )


def _alt(title: str, panels: Sequence[_Panel], unit: str, names: Mapping[str, str] | None) -> str:
    words = []
    for panel in panels:
        if last := panel.last():
            point, move = last
            who = f"{name_of(panel.commodity, names)} in {name_of(panel.region, names)}"
            price = f"{number(point.scenario or 0)} {unit} in {point.period}"
            words.append(f"{who} ends at {price}, {change(move)} against the baseline")
    if not words:
        return f"{title}: no data."
    more = f"; and {len(words) - 3} more" if len(words) > 3 else ""
    return f"{title}: {'; '.join(words[:3])}{more}."


def _draw(canvas: Canvas, y: float, panels: Sequence[_Panel], names: Mapping[str, str] | None) -> float:
    y = legend(canvas, y, _SIGNS) + 6
    columns = 1 if canvas.narrow else min(3, len(panels))
    gap = 28.0
    width = (canvas.width - 2 * PAD - gap * (columns - 1)) / columns
    heads = [wrap(f"{name_of(p.commodity, names)}, {name_of(p.region, names)}", width, 13, lines=3) for p in panels]
    for first in range(0, len(panels), columns):
        rows = list(zip(panels, heads, strict=True))[first : first + columns]
        head = 17 * max(len(h) for _, h in rows)
        for i, (panel, lines) in enumerate(rows):
            x = PAD + i * (width + gap)
            canvas.lines(x, y, lines)
            _panel(canvas, panel, Box(x, y + head + 10, width, _HIGH))
        y += head + _HIGH + 38
    return y


def _panel(canvas: Canvas, panel: _Panel, box: Box) -> None:
    values = [v for p in panel.points for v in (p.baseline, p.scenario, p.low, p.high) if v is not None]
    bottom = box.y + box.height
    if not values:
        canvas.text(box.x, box.y + 20, "no data", size=SMALL, role="muted")
        return
    ticks = linear_ticks(0, max(values), 4)
    labels = [number(t) for t in ticks]
    left = box.x + max(text_width(t, SMALL) for t in labels) + 6
    up = Linear(ticks[0], ticks[-1], bottom, box.y)
    for tick, label in zip(ticks, labels, strict=True):
        canvas.line([(left, up(tick)), (box.x + box.width, up(tick))], stroke="axis" if tick == 0 else "grid")
        canvas.text(left - 6, up(tick) + 4, label, size=SMALL, anchor="end", role="muted")
    n = len(panel.points)
    inset = 8.0
    across = Linear(0, max(1, n - 1), left + inset, box.x + box.width - inset)
    at = [across(i) if n > 1 else (left + box.x + box.width) / 2 for i in range(n)]
    for run in _runs([p.low is not None and p.high is not None for p in panel.points]):
        upper = [(at[i], up(panel.points[i].high or 0)) for i in run]
        lower = [(at[i], up(panel.points[i].low or 0)) for i in reversed(run)]
        canvas.line([*upper, *lower], fill="band", stroke="axis", weight=0.8)
    _line(canvas, at, [p.baseline for p in panel.points], up, "muted", "5 3")
    _line(canvas, at, [p.scenario for p in panel.points], up, "ink", "")
    _periods(canvas, panel, at, bottom, box)


def _line(
    canvas: Canvas, at: Sequence[float], values: Sequence[float | None], up: Linear, role: str, dash: str
) -> None:
    for run in _runs([v is not None for v in values]):
        points = [(at[i], up(values[i] or 0)) for i in run]
        if len(points) > 1:
            canvas.line(points, stroke=role, weight=2, dash=dash)
        else:
            canvas.circle(*points[0], 3, "surface" if dash else role, stroke=role, weight=1.5)


def _runs(there: Sequence[bool]) -> list[list[int]]:
    """Return the indices of unbroken stretches."""
    runs: list[list[int]] = []
    for i, yes in enumerate(there):
        if yes and i and there[i - 1]:
            runs[-1].append(i)
        elif yes:
            runs.append([i])
    return runs


def _periods(canvas: Canvas, panel: _Panel, at: Sequence[float], bottom: float, box: Box) -> None:
    """Name the first and last period, and those between for which there is room."""
    right = -1.0
    widths = [text_width(p.period, SMALL) for p in panel.points]
    last = len(at) - 1
    middle = [min(max(x, box.x + w / 2), box.x + box.width - w / 2) for x, w in zip(at, widths, strict=True)]
    stop = middle[last] - widths[last] / 2
    for i, point in enumerate(panel.points):
        left = middle[i] - widths[i] / 2
        if (left > right + 8 and middle[i] + widths[i] / 2 < stop - 8) or i == last:
            canvas.text(middle[i], bottom + 16, point.period, size=SMALL, anchor="middle", role="muted")
            right = middle[i] + widths[i] / 2


def _range(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(Box(x, y - 6, 24, 12), "band", stroke="axis", weight=0.8)


_SIGNS = (
    LegendItem("baseline", 26, lambda c, x, y: c.line([(x, y), (x + 26, y)], stroke="muted", weight=2, dash="5 3")),
    LegendItem("scenario", 26, lambda c, x, y: c.line([(x, y), (x + 26, y)], stroke="ink", weight=2)),
    LegendItem("low to high over the draws", 24, _range),
)
