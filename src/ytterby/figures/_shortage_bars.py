"""Which end uses go without, how much, and how long do their stocks last?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ytterby.errors import DataError
from ytterby.figures._bands import BAND_SIGN, band
from ytterby.figures._canvas import Box, Canvas
from ytterby.figures._figure import Figure
from ytterby.figures._frame import PAD, SMALL, LegendItem, compose, legend
from ytterby.figures._scale import Linear, linear_ticks
from ytterby.figures._tables import need, number_or_none
from ytterby.figures._text import number, percent, span, text_width, wrap
from ytterby.figures._vocabulary import name_of

__all__ = ["shortage_bars"]

_NAME = 200.0
_SIDE = 190.0


@dataclass(frozen=True)
class _Row:
    end_use: str
    region: str
    share: float | None
    low: float | None
    high: float | None
    weeks: float | None

    @property
    def value(self) -> str:
        if self.share is None:
            return "no data"
        return percent(self.share) if self.share >= 0 else f"{percent(-self.share)} more"

    @property
    def band(self) -> str:
        if self.share is None or self.low is None or self.high is None:
            return ""
        return span(percent(self.low), percent(self.high))

    @property
    def cover(self) -> str:
        if self.weeks is None:
            return "stock cover: no data"
        return f"stocks cover {number(self.weeks)} week{'' if self.weeks == 1 else 's'}"


def shortage_bars(
    shortages: pd.DataFrame,
    *,
    title: str = "Shortages by end use",
    source: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the share of its base-year use that each end use does without as a bar from zero, with its range.

    Parameters
    ----------
    shortages
        Columns ``end_use``, ``region``, ``share`` (of the base-year use that is not bought; 1 is all of it, negative
        where more is used), ``low``, ``high`` (its range over the draws), ``weeks_of_cover`` (how long stocks fill the
        gap). A missing share reads "no data"; a missing region is left out.
    title, source, names
        As in `price_bars`.

    Raises
    ------
    DataError
        A column is missing, a value is not a number, or a share is above 1.

    Examples
    --------
    >>> row = {"end_use": "ev_motor", "region": "DEU", "share": 0.2, "low": 0.1, "high": 0.4, "weeks_of_cover": None}
    >>> shortage_bars(pd.DataFrame([row, row | {"end_use": "defence", "share": None}]), title="A cut").alt
    'A cut: EV motors in Germany do without 20% of their base-year use (10% to 40%). No data for 1 of 2 rows.'
    """
    table = need(
        shortages,
        {
            "end_use": "text",
            "region": "label",
            "share": "number",
            "low": "number",
            "high": "number",
            "weeks_of_cover": "number",
        },
        "shortage_bars",
    )
    rows = [_Row(str(r[0]), str(r[1]), *map(number_or_none, r[2:6])) for r in table.itertuples(index=False)]
    for i, row in enumerate(rows, start=1):
        if any(v is not None and v > 1 for v in (row.share, row.low, row.high)):
            raise DataError("a share is above 1", where=f"shortage_bars, row {i}", hint="1 is all of the base-year use")
    order = list(dict.fromkeys(r.end_use for r in rows))
    grouped = [(use, [r for r in rows if r.end_use == use]) for use in order]
    return compose(
        title,
        "Share of the base-year use that is not bought"
        + (", with its range over the draws" if any(r.band for r in rows) else ""),
        _alt(rows, title, names),
        source,
        table,
        lambda canvas, y: _draw(canvas, y, grouped, names),
    )


def _alt(rows: list[_Row], title: str, names: Mapping[str, str] | None) -> str:
    known = [r for r in rows if r.share is not None]
    if not known:
        return f"{title}: no data."
    worst = max(known, key=lambda r: r.share or 0.0)
    short = [r for r in known if r.share and r.share > 0]
    who = name_of(worst.end_use, names) + (f" in {name_of(worst.region, names)}" if worst.region else "")
    band = f" ({worst.band})" if worst.band else ""
    if not short:
        text = f"{title}: no end use with data falls short."
    elif len(known) == 1:
        text = f"{title}: {who} do without {worst.value} of their base-year use{band}."
    else:
        lead = f"{len(short)} of {len(known)} rows with data fall short"
        text = f"{title}: {lead}; worst off: {who}, {worst.value} of the base-year use{band}."
    missing = len(rows) - len(known)
    return f"{text} No data for {missing} of {len(rows)} rows." if missing else text


def _draw(canvas: Canvas, y: float, grouped: list[tuple[str, list[_Row]]], names: Mapping[str, str] | None) -> float:
    every = [r for _, rows in grouped for r in rows]
    values = [v for r in every if r.share is not None for v in (r.share, r.low, r.high) if v is not None]
    ticks = linear_ticks(100 * min([0.0, *values]), 100 * max([0.1, *values]), 5)
    left = PAD + 4 if canvas.narrow else _NAME
    left += 16 if ticks[0] < 0 else 0
    end = canvas.width - PAD - (14 if canvas.narrow else _SIDE + 20)
    at = Linear(ticks[0], ticks[-1], left, end)
    y = legend(canvas, y, _signs(every)) + 4
    rows_top = y + 18
    room = canvas.width - 2 * PAD if canvas.narrow else _NAME - PAD - 8
    heads = [
        wrap(name_of(use, names), room if len(rows) == 1 else canvas.width - 2 * PAD, 13, lines=4, bold=True)
        for use, rows in grouped
    ]
    places = [[wrap(name_of(r.region, names), room - 8, SMALL, lines=3) for r in rows] for _, rows in grouped]
    heights = [
        [_height(canvas, r, p, h if len(rows) == 1 else []) for r, p in zip(rows, ps, strict=True)]
        for (_, rows), ps, h in zip(grouped, places, heads, strict=True)
    ]
    blocks = [
        sum(hs) + (17 * len(h) + 5 if canvas.narrow or len(hs) > 1 else 0) for hs, h in zip(heights, heads, strict=True)
    ]
    bottom = rows_top + sum(blocks)
    if not canvas.narrow:
        for tick in ticks:
            canvas.line([(at(tick), rows_top), (at(tick), bottom)], stroke="grid")
    for tick in ticks:
        canvas.text(at(tick), y + 12, f"{number(tick)}%", size=SMALL, anchor="middle", role="muted")
    y = rows_top
    for (_, rows), hs, head, ps, block in zip(grouped, heights, heads, places, blocks, strict=True):
        canvas.line([(PAD, y), (canvas.width - PAD, y)], stroke="grid")
        below = canvas.lines(PAD, y + 5, head, bold=True)
        single = len(rows) == 1 and not canvas.narrow
        inner = y if single else below
        for row, height, place in zip(rows, hs, ps, strict=True):
            indent = 0 if single or canvas.narrow else 8
            words = below if single else inner + (0 if canvas.narrow else 12)
            canvas.lines(PAD + indent, words, place, size=SMALL, role="muted")
            _row(canvas, inner, height, row, at, 16.0 * len(place))
            inner += height
        y += block
    if not canvas.narrow:
        canvas.line([(at(0), rows_top), (at(0), bottom)], weight=1.5)
    return bottom + 8


def _height(canvas: Canvas, row: _Row, place: list[str], head: list[str]) -> float:
    """Return the height of a row below whose name `head` its region stands."""
    if canvas.narrow:
        return 16 * len(place) + (24 if row.share is None else 40)
    _, small = _numbers(row)
    return max(26.0 + 16 * len(small), 10 + 17 * len(head) + 16 * len(place))


def _numbers(row: _Row) -> tuple[str, list[str]]:
    """Return what stands beside the share in a wide picture, and the lines below."""
    if text_width(row.value, 13, bold=True) + 8 + text_width(row.band, SMALL) <= _SIDE:
        return row.band, [row.cover]
    return "", [*wrap(row.band, _SIDE, SMALL), row.cover]


def _row(canvas: Canvas, y: float, height: float, row: _Row, at: Linear, words: float) -> None:
    """Draw bar and numbers of a row; `words` is the height of the region's name above a narrow bar."""
    edge = canvas.width - PAD
    if canvas.narrow:
        canvas.text(edge, y + SMALL, row.value, anchor="end", bold=row.share is not None)
        text = "; ".join(t for t in (row.band, row.cover) if t)
        canvas.text(PAD, y + words + (13 if row.share is None else 32), text, size=SMALL, role="muted")
        middle = y + words + 10
        if row.share is not None:
            canvas.line([(at(0), middle - 9), (at(0), middle + 9)], weight=1.5)
    else:
        x = edge - _SIDE
        canvas.text(x, y + 18, row.value, bold=row.share is not None)
        beside, small = _numbers(row)
        at_x = min(x + max(60.0, text_width(row.value, 13, bold=True) + 8), edge - text_width(beside, SMALL))
        canvas.text(at_x, y + 18, beside, size=SMALL)
        canvas.lines(x, y + 22, small, size=SMALL, role="muted")
        middle = y + min(height, 42) / 2
    if row.share is None:
        if not canvas.narrow:
            canvas.text(at(0) + 8, middle + 4, "no data", size=SMALL, role="muted", halo=True)
        return
    a, b = sorted((at(0), at(100 * row.share)))
    fill, stroke = ("hatch:loss", "loss") if row.share >= 0 else ("gain", "gain")
    canvas.rect(Box(a, middle - 7, b - a, 14), fill, stroke=stroke)
    if row.low is not None and row.high is not None:
        band(canvas, at(100 * row.low), at(100 * row.high), middle)


def _signs(rows: list[_Row]) -> list[LegendItem]:
    def less(c: Canvas, x: float, y: float) -> None:
        c.rect(Box(x, y - 6, 20, 12), "hatch:loss", stroke="loss")

    def added(c: Canvas, x: float, y: float) -> None:
        c.rect(Box(x, y - 6, 20, 12), "gain", stroke="gain")

    more = any((r.share or 0) < 0 for r in rows)
    bands = any(r.band for r in rows)
    items = (LegendItem("does without", 20, less), LegendItem("uses more", 20, added), BAND_SIGN)
    return [item for item, there in zip(items, (True, more, bands), strict=True) if there]
