"""The marks of the timeline: axis, rows, bars in the look of their state, the lines of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ytterby.figures._canvas import Box, Canvas, box_of, place
from ytterby.figures._frame import PAD, SMALL, LegendItem, legend
from ytterby.figures._scale import Linear, date_ticks
from ytterby.figures._text import text_width, wrap
from ytterby.figures._vocabulary import State, states

__all__ = ["Bar", "Row", "Span", "draw_timeline"]

_NAMES = 236.0
_BAR = 16.0
_POLITICAL = 10.0
_DASHES = {"solid": "", "dashed": "5 3", "dotted": "1.5 2.5"}


@dataclass(frozen=True)
class Span:
    """The days that the picture covers."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Bar:
    """A state from its first to its last day; None is open."""

    state: str
    political: bool
    first: dt.date | None
    last: dt.date | None

    def overlaps(self, start: dt.date, end: dt.date) -> bool:
        """Return whether it has a day in ``[start, end]``."""
        return (self.first or dt.date.min) <= end and start <= (self.last or dt.date.max)


@dataclass(frozen=True)
class Row:
    """A limb of a measure; `head` opens an issuer, `title` a measure."""

    issuer: str
    head: str
    measure: str
    title: str
    limb: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class _Texts:
    title: list[str]
    limb: list[str]
    height: float
    bars: float  # height of the bars' top below that of the row


def draw_timeline(
    canvas: Canvas, y: float, rows: Sequence[Row], span: Span, marks: Sequence[tuple[dt.date, str, str]]
) -> float:
    """Draw the rows from height `y` on; return the height below. `marks` are days with a word and a dash."""
    used = [s for s in states().values() if any(b.state == s.state for r in rows for b in r.bars)]
    items = [_sign(s) for s in used]
    if any(b.political for r in rows for b in r.bars):
        items.append(LegendItem("half height: political, not law", 22, _half))
    y = legend(canvas, y, items) + 2
    left = PAD if canvas.narrow else _NAMES
    right = canvas.width - PAD
    at = Linear(span.start.toordinal(), span.end.toordinal() + 1, left, right)
    texts = [_texts(canvas, r) for r in rows]
    heads = 26.0 * sum(1 for r in rows if r.head)
    axis = y + 17.0 * len(marks) + 16
    bottom = axis + 4 + heads + sum(t.height for t in texts)
    ticks = date_ticks(span.start, span.end, 4 if canvas.narrow else 7)
    for day, _ in ticks:
        canvas.line([(at(day.toordinal()), axis), (at(day.toordinal()), bottom)], stroke="grid")
    tops: list[float] = []
    at_y = axis + 4
    for row, text in zip(rows, texts, strict=True):
        at_y += 26 if row.head else 0
        tops.append(at_y)
        if row.title:
            canvas.line([(PAD, at_y), (right, at_y)], stroke="grid")
        _bars(canvas, row, at_y + text.bars, at, left, right)
        at_y += text.height
    shown = [m for m in marks if span.start <= m[0] <= span.end]
    for i, (day, _, dash) in enumerate(shown):
        x = at(day.toordinal() + 0.5)
        canvas.line([(x, y + 17 * i + 16), (x, bottom)], weight=1.6, dash=dash)
    for i, (day, word, _) in enumerate(shown):
        half = text_width(word, SMALL, bold=True) / 2
        x = min(max(at(day.toordinal() + 0.5), PAD + half), right - half)
        canvas.text(x, y + 17 * i + 12, word, size=SMALL, anchor="middle", bold=True, halo=True)
    _tick_labels(canvas, axis, at, ticks)
    for row, text, top in zip(rows, texts, tops, strict=True):
        if row.head:
            canvas.text(PAD, top - 8, row.head, bold=True, halo=canvas.narrow)
        below = canvas.lines(PAD, top + 3, text.title, halo=canvas.narrow)
        indent = 0 if canvas.narrow else 8
        canvas.lines(PAD + indent, below, text.limb, size=SMALL, role="muted", halo=canvas.narrow)
    return bottom + 8


def _texts(canvas: Canvas, row: Row) -> _Texts:
    room = canvas.width - 2 * PAD if canvas.narrow else _NAMES - PAD - 14
    title = wrap(row.title, room, 13, lines=8) if row.title else []
    limb = wrap(row.limb, room - 8, SMALL, lines=6) if row.limb else []
    words = len(title) * 17 + len(limb) * 16.0
    lanes = (_BAR + 4) * any(not b.political for b in row.bars) + (_POLITICAL + 4) * any(b.political for b in row.bars)
    if canvas.narrow:
        return _Texts(title, limb, words + lanes + 12, words + 5)
    bars = 4.0 + (len(title) * 17 - 2 if title and limb else 0)
    return _Texts(title, limb, max(words + 8, bars + lanes + 4), bars)


def _tick_labels(canvas: Canvas, y: float, at: Linear, ticks: Sequence[tuple[dt.date, str]]) -> None:
    taken: list[Box] = []
    for day, label in ticks:
        x = at(day.toordinal())
        box = box_of(x, y - 4, label, size=SMALL, anchor="middle")
        if at.start - 20 <= box.x and box.x + box.width <= canvas.width and not any(box.meets(t) for t in taken):
            canvas.text(x, y - 4, label, size=SMALL, anchor="middle", role="muted", halo=True)
            taken.append(Box(box.x - 6, box.y, box.width + 12, box.height))


def _bars(canvas: Canvas, row: Row, y: float, at: Linear, left: float, right: float) -> None:
    legal = any(not b.political for b in row.bars)
    for bar in row.bars:
        a = left if bar.first is None else max(at(bar.first.toordinal()), left)
        b = right if bar.last is None else min(at(bar.last.toordinal() + 1), right)
        height = _POLITICAL if bar.political else _BAR
        top = y + (_BAR + 4) * (bar.political and legal)
        b = max(b, a + 2)
        look = states()[bar.state]
        width = text_width(look.label, 11)
        worded = not bar.political and b - a > width + 24
        middle = (a + b) / 2
        plate = Box(middle - width / 2 - 3, top + 2, width + 6, height - 4)
        _fill(canvas, Box(a, top, b - a, height), look, plate if worded else None)
        if bar.last is None:
            _arrow(canvas, right, top + height / 2, height, 1)
        if bar.first is None:
            _arrow(canvas, left, top + height / 2, height, -1)
        if worded:
            if look.fill != "solid":
                canvas.rect(plate, "surface", radius=2)
            role = "surface" if look.fill == "solid" else "ink"
            canvas.text(middle, top + 12, look.label, size=11, anchor="middle", role=role)


def _arrow(canvas: Canvas, x: float, y: float, height: float, way: int) -> None:
    """Draw the sign that a bar runs on."""
    half, tip = height / 2, 6 * way
    canvas.line([(x, y - half), (x + tip, y), (x, y + half)], fill="ink", stroke="none")


def _fill(canvas: Canvas, box: Box, look: State, plate: Box | None = None) -> None:
    """Draw a bar in the look of its state; `plate` is where its word will stand."""
    if look.fill in ("bar", "cross"):
        y = box.y + box.height / 2
        canvas.line([(box.x, y), (box.x + box.width, y)], stroke="axis", weight=3 if look.fill == "bar" else 1.5)
        if look.fill == "cross":
            n = max(1, int(box.width // 14))
            for i in range(n):
                x = box.x + box.width * (i + 0.5) / n
                canvas.path(f"M{place(x - 3)} {place(y - 3)}l6 6m0 -6l-6 6", stroke="axis", weight=1.5)
        return
    paint = {"solid": "china", "empty": "surface", "tint": "band", "question": "surface"}.get(
        look.fill, f"{look.fill}:ink"
    )
    stroke = "china" if look.fill == "solid" else "ink"
    inner = Box(box.x + 0.6, box.y + 0.6, max(box.width - 1.2, 0.8), box.height - 1.2)
    canvas.rect(inner, paint, stroke=stroke, dash=_DASHES[look.outline])
    if look.fill == "question":
        n = max(1, int(box.width // 12))
        for i in range(n):
            x = box.x + box.width * (i + 0.5) / n
            at = (x, box.y + box.height / 2 + 4)
            if plate is None or not plate.meets(box_of(*at, "?", size=11, anchor="middle", bold=True)):
                canvas.text(*at, "?", size=11, anchor="middle", bold=True)


def _sign(state: State) -> LegendItem:
    return LegendItem(state.label, 26, lambda canvas, x, y: _fill(canvas, Box(x, y - 7, 26, 14), state))


def _half(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(Box(x, y - 1, 22, 7), "none", stroke="ink")
    canvas.line([(x, y - 7), (x, y - 1)], stroke="grid")
