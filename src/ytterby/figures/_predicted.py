"""How near was what was predicted to what was observed? Both on logarithmic axes, with the line where they agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ytterby.figures._canvas import Box, Canvas, box_of
from ytterby.figures._figure import Figure
from ytterby.figures._frame import PAD, SMALL, compose
from ytterby.figures._scale import Linear, log_ticks
from ytterby.figures._tables import need, number_or_none
from ytterby.figures._text import number, text_width
from ytterby.figures._vocabulary import name_of

__all__ = ["predicted_observed"]

_R = 4.5
_LARGEST = 440.0
_GAP = 28.0
_LEAST_RANGE = 20.0
_ALWAYS = 3
"""So many of a panel's points, the farthest from the line, are named even where there is no room beside them."""
_BESIDE = ((9.0, 4.0, "start"), (-9.0, 4.0, "end"), (0.0, -9.0, "middle"), (0.0, 17.0, "middle"))
"""Where a label may stand beside a point: from there to its baseline, and which of its ends is held."""
_FURTHER = tuple(
    (far * math.cos(turn), far * math.sin(turn) + 4.0, anchor)
    for far in range(20, 101, 10)
    for turn in (n * math.pi / 8 for n in range(16))
    for anchor in ("start", "middle", "end")
)
"""Where it may stand with a line, the nearest first."""


@dataclass(frozen=True)
class _Point:
    group: str
    item: str
    region: str
    period: str
    observed: float
    predicted: float
    low: float | None
    high: float | None
    unit: str

    @property
    def factor(self) -> float:
        return math.exp(abs(math.log(self.predicted / self.observed)))

    def label(self, *, item: bool = True, region: bool = True) -> str:
        """Return what names the point, without what others in its panel share."""
        return ", ".join(
            [*([self.item] if item else []), *([self.region] if region and self.region else []), self.period]
        )

    def says(self) -> str:
        """Return the point in words."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.label()}, predicted {number(self.predicted)}, observed {number(self.observed)}{unit}"


def predicted_observed(
    points: pd.DataFrame,
    *,
    title: str = "Predicted and observed",
    source: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw what was predicted over what was observed, a panel for each group, with the band of a factor of two.

    Parameters
    ----------
    points
        Columns ``group``, ``item``, ``region``, ``period``, ``observed``, ``predicted``, ``low``, ``high``, ``unit``.
        A point without a number above zero on either side is in the table alone.
    title, source, names
        As in `price_bars`; `names` may name groups, too.

    Raises
    ------
    DataError
        A column is missing or a value is not a number.

    Examples
    --------
    >>> row = {"group": "exports", "item": "oxide.Dy", "region": "DEU", "period": "2025-05", "observed": 850.0,
    ...        "predicted": 400.0, "low": None, "high": None, "unit": "USD/kg"}
    >>> predicted_observed(pd.DataFrame([row])).alt  # doctest: +NORMALIZE_WHITESPACE
    'Predicted and observed: 0 of 1 points lie within a factor of two; the farthest is Dysprosium oxide, Germany,
    2025-05, predicted 400, observed 850 USD/kg.'
    """
    table = need(
        points,
        {
            "group": "text",
            "item": "text",
            "region": "label",
            "period": "text",
            "observed": "number",
            "predicted": "number",
            "low": "number",
            "high": "number",
            "unit": "label",
        },
        "predicted_observed",
    )
    found = []
    for group, item, region, period, observed, predicted, low, high, unit in table.itertuples(index=False, name=None):
        if observed > 0 and predicted > 0:
            words = (group, name_of(item, names), name_of(region, names) if region else "", period)
            found.append(_Point(*words, observed, predicted, number_or_none(low), number_or_none(high), unit))
    drawn = table if found else table.iloc[:0]
    return compose(
        title,
        "logarithmic axes; on the line both agree, in the band they are within a factor of two",
        _alt(title, found),
        source,
        drawn,
        lambda canvas, y: _draw(canvas, y, found, names),
    )


def _alt(title: str, points: Sequence[_Point]) -> str:
    if not points:
        return f"{title}: no data."
    near = sum(p.factor <= 2 for p in points)
    worst = max(points, key=lambda p: p.factor)
    return f"{title}: {near} of {len(points)} points lie within a factor of two; the farthest is {worst.says()}."


def _draw(canvas: Canvas, y: float, points: Sequence[_Point], names: Mapping[str, str] | None) -> float:
    groups = list(dict.fromkeys(p.group for p in points))
    columns = 1 if canvas.narrow or len(groups) == 1 else 2
    width = (canvas.width - 2 * PAD - _GAP * (columns - 1)) / columns
    for first in range(0, len(groups), columns):
        below = y
        for i, group in enumerate(groups[first : first + columns]):
            inside = [p for p in points if p.group == group]
            box = Box(PAD + i * (width + _GAP), y, width, 0)
            below = max(below, _panel(canvas, box, name_of(group, names), inside))
        y = below
    return y


def _panel(canvas: Canvas, room: Box, head: str, points: Sequence[_Point]) -> float:
    numbers = [v for p in points for v in (p.observed, p.predicted, p.low, p.high) if v]
    low, high = _range(numbers)
    ticks = log_ticks(low, high, 5)
    units = ", ".join(dict.fromkeys(p.unit for p in points if p.unit))
    canvas.text(room.x, room.y + 13, f"{head}, {units}" if units else head, bold=True)
    left = room.x + max((text_width(number(t), SMALL) for t in ticks), default=0) + 6
    side = min(room.x + room.width - left, _LARGEST)
    box = Box(left, room.y + 40, side, side)
    bottom = box.y + side
    a, b = math.log(low), math.log(high)
    across, up = Linear(a, b, box.x, box.x + side), Linear(a, b, bottom, box.y)
    band = min(math.log(2), b - a)
    edge = [(a, a), (a, a + band), (b - band, b), (b, b), (b, b - band), (a + band, a)]
    canvas.line([(across(u), up(v)) for u, v in edge], fill="band", stroke="none")
    for tick in ticks:
        at = math.log(tick)
        canvas.line([(box.x, up(at)), (box.x + side, up(at))], stroke="grid")
        canvas.line([(across(at), box.y), (across(at), bottom)], stroke="grid")
        canvas.text(box.x - 6, up(at) + 4, number(tick), size=SMALL, anchor="end", role="muted")
    _ticks_below(canvas, ticks, across, bottom)
    canvas.line([(box.x, box.y), (box.x, bottom), (box.x + side, bottom)], stroke="axis")
    canvas.line([(across(a), up(a)), (across(b), up(b))], stroke="axis", weight=1.2, dash="5 3")
    canvas.text(box.x, box.y - 6, "predicted", size=SMALL, role="muted")
    canvas.text(box.x + side, bottom + 32, "observed", size=SMALL, anchor="end", role="muted")
    places = [(across(math.log(p.observed)), up(math.log(p.predicted))) for p in points]
    for p, (x, _) in zip(points, places, strict=True):
        if p.low and p.high:
            canvas.line([(x, up(math.log(p.low))), (x, up(math.log(p.high)))], stroke="muted", weight=1.4)
    for x, v in places:
        canvas.circle(x, v, _R, "ink", stroke="surface", weight=1)
    _labels(canvas, points, places, Box(box.x, box.y, side, side))
    return bottom + 48


def _range(numbers: Sequence[float]) -> tuple[float, float]:
    """Return an axis around the numbers that is wide enough for the band of a factor of two to be a band."""
    low, high = min(numbers) / 1.6, max(numbers) * 1.6
    more = max(1.0, math.sqrt(_LEAST_RANGE / (high / low)))
    return low / more, high * more


def _ticks_below(canvas: Canvas, ticks: Sequence[float], across: Linear, bottom: float) -> None:
    right = -math.inf
    for tick in ticks:
        x, width = across(math.log(tick)), text_width(number(tick), SMALL)
        if x - width / 2 > right + 6 and x + width / 2 < canvas.width - 2:
            canvas.text(x, bottom + 16, number(tick), size=SMALL, anchor="middle", role="muted")
            right = x + width / 2


def _labels(canvas: Canvas, points: Sequence[_Point], places: Sequence[tuple[float, float]], area: Box) -> None:
    """Name the points, the farthest from the line first, where there is room beside them.

    A name of the few that are farthest may stand further off, with a line to it.
    """
    items, regions = len({p.item for p in points}) > 1, len({p.region for p in points}) > 1
    labels = [p.label(item=items, region=regions) for p in points]
    taken = [Box(x - _R, y - _R, 2 * _R, 2 * _R) for x, y in places]
    for rank, i in enumerate(sorted(range(len(points)), key=lambda i: (-points[i].factor, i))):
        x, y = places[i]
        for dx, dy, anchor in _BESIDE + (_FURTHER if rank < _ALWAYS else ()):
            box = box_of(x + dx, y + dy, labels[i], size=SMALL, anchor=anchor)
            others = [other for n, other in enumerate(taken) if n != i]
            if not box.inside(area) or any(box.meets(other) for other in others):
                continue
            if (dx, dy, anchor) in _FURTHER:
                end = (min(max(x, box.x), box.x + box.width), min(max(y, box.y), box.y + box.height))
                if any(_crosses((x, y), end, other) for other in taken[len(points) :]):
                    continue
                canvas.line([(x, y), end], stroke="muted")
            canvas.text(x + dx, y + dy, labels[i], size=SMALL, anchor=anchor, halo=True)
            taken.append(box)
            break


def _crosses(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Return whether a short line goes through a box."""
    steps = 20
    on = [tuple(a + (b - a) * n / steps for a, b in zip(start, end, strict=True)) for n in range(steps + 1)]
    return any(box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height for x, y in on)
