"""How much do prices move, how sure is that, and what are they then?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from ytterby.figures._bands import BAND_SIGN, band
from ytterby.figures._canvas import Box, Canvas, box_of
from ytterby.figures._figure import Figure
from ytterby.figures._frame import PAD, SMALL, LegendItem, compose, legend
from ytterby.figures._scale import Linear, linear_ticks, ratio_ticks
from ytterby.figures._tables import need, number_or_none
from ytterby.figures._text import change, number, percent, span, text_width, wrap
from ytterby.figures._vocabulary import name_of

__all__ = ["price_bars"]

_RATIO_FROM = 3.0  # beyond +200% a linear axis hides the small changes
_TOO_FAR = 1e6  # how far below the highest ratio the axis reaches
_ZERO = 1e-9  # a price below this has no percentage
_NONE = "no data"
_DRAWS = ", the range and the share of draws with that sign"
_NAME = 160.0  # where the bars begin in a wide picture
_SIDE = 244.0  # width of what is written to their right


@dataclass(frozen=True)
class _Row:
    commodity: str
    region: str
    baseline: float | None
    scenario: float | None
    low: float | None
    high: float | None
    sign_share: float | None

    def ratio(self, value: float | None) -> float | None:
        if value is None or self.baseline is None or self.baseline < _ZERO:
            return None
        return value / self.baseline

    @property
    def move(self) -> float | None:
        ratio = self.ratio(self.scenario)
        return None if ratio is None else ratio - 1

    @property
    def headline(self) -> str:
        if self.move is not None:
            return change(self.move)
        return _NONE if self.baseline is None or self.scenario is None else "from zero"

    def levels(self, unit: str) -> str:
        if self.baseline is None and self.scenario is None:
            return ""
        before, after = (_NONE if v is None else number(v) for v in (self.baseline, self.scenario))
        return f"{before} → {after} {unit}"

    def certainty(self) -> list[str]:
        low, high = self.ratio(self.low), self.ratio(self.high)
        words = []
        if low is not None and high is not None:
            words.append(span(change(low - 1), change(high - 1)))
        if self.sign_share is not None and self.headline not in ("0%", _NONE):
            words.append(f"sign in {percent(self.sign_share)} of draws")
        return words


def price_bars(
    prices: pd.DataFrame,
    *,
    title: str = "Prices in the scenario",
    source: str | None = None,
    unit: str = "USD/kg",
    names: Mapping[str, str] | None = None,
    most: int = 24,
) -> Figure:
    """Draw the change of each price from its baseline as a bar with its range over the draws.

    Bars start at the baseline. The axis is the change in percent; where a price (or an end of a range) more than
    triples, it is the ratio to the baseline on a logarithmic scale, so that lanthanum at 1 and terbium at 800 USD/kg
    can stand in one picture.

    Parameters
    ----------
    prices
        Columns ``commodity``, ``region``, ``baseline``, ``scenario``, ``low``, ``high`` (prices; `low` and `high` bound
        the scenario price over the draws) and ``sign_share`` (share of draws in which the change has the sign of
        the scenario's). Any number may be missing; without baseline or scenario the row says "no data".
    title, source
        Headline and origin of the numbers.
    unit
        Of the prices.
    names
        Names of commodities and regions that differ from ``figures/data/names.csv``.
    most
        Rows drawn; of more, those that move most, in the order given. The table holds all.

    Raises
    ------
    DataError
        A column is missing or a value is not a number.

    Examples
    --------
    >>> row = {"commodity": "oxide.Dy", "region": "DEU", "baseline": 257.0, "scenario": 411.0, "low": 310.0,
    ...        "high": 540.0, "sign_share": 0.92}
    >>> price_bars(pd.DataFrame([row])).alt
    'Prices in the scenario: Dysprosium oxide in Germany +60% (257 → 411 USD/kg; +21% to +110%; sign in 92% of draws).'
    """
    table = need(
        prices,
        {
            "commodity": "text",
            "region": "text",
            "baseline": "number",
            "scenario": "number",
            "low": "number",
            "high": "number",
            "sign_share": "share",
        },
        "price_bars",
    )
    rows = [_Row(str(r[0]), str(r[1]), *map(number_or_none, r[2:7])) for r in table.itertuples(index=False)]
    table["change_pct"] = pd.Series([None if r.move is None else round(100 * r.move, 9) for r in rows], dtype="float64")
    ranked = sorted(range(len(rows)), key=lambda i: (-_size(rows[i]), i))
    shown = [rows[i] for i in sorted(ranked[:most])]
    notes = [f"{len(rows) - most} rows that move less are in the table only."] if len(rows) > most else []
    return compose(
        title,
        f"Change from the baseline; then the price in {unit}" + (_DRAWS if any(r.certainty() for r in rows) else ""),
        _alt(rows, title, unit, names),
        source,
        table,
        lambda canvas, y: _draw(canvas, y, shown, unit, names),
        notes=notes,
    )


def _size(row: _Row) -> float:
    ratio = row.ratio(row.scenario)
    if ratio is None:
        return 0.0
    return abs(math.log(ratio)) if ratio > 0 else math.inf


def _alt(rows: list[_Row], title: str, unit: str, names: Mapping[str, str] | None) -> str:
    moved = sorted((r for r in rows if r.move is not None), key=lambda r: -_size(r))
    if not moved:
        return f"{title}: no data."

    def words(r: _Row) -> str:
        inside = "; ".join(w for w in (r.levels(unit), *r.certainty()) if w)
        return f"{name_of(r.commodity, names)} in {name_of(r.region, names)} {r.headline} ({inside})"

    if len(moved) == 1:
        return f"{title}: {words(moved[0])}."
    up = sum(1 for r in moved if r.headline != "0%" and (r.move or 0) > 0)
    down = sum(1 for r in moved if r.headline != "0%" and (r.move or 0) < 0)
    return f"{title}: of {len(moved)} prices {up} rise and {down} fall; most of all {words(moved[0])}."


def _axis(
    rows: list[_Row], start: float, end: float, most: int
) -> tuple[Callable[[float], float], list[tuple[float, str]]]:
    """Return the place of a ratio to the baseline, and the ticks as (ratio, label)."""
    drawn = [r for r in rows if r.move is not None]
    ratios = [x for r in drawn for v in (r.scenario, r.low, r.high) if (x := r.ratio(v)) is not None]
    low, high = min([1.0, *ratios]), max([1.0, *ratios])
    if high <= _RATIO_FROM:
        ticks = linear_ticks(100 * (low - 1), 100 * (high - 1), 5)
        scale = Linear(ticks[0], ticks[-1], start, end)
        return (lambda r: scale(100 * (r - 1))), [(1 + t / 100, change(t / 100)) for t in ticks]
    floor = max(min([1.0, *(x for x in ratios if x > 0)]), high / _TOO_FAR)
    logs = Linear(math.log(floor), math.log(high), start, end)
    marks = ratio_ticks(floor, high, most)
    return (lambda r: logs(math.log(max(r, floor)))), [(m, f"×{number(m)}") for m in marks]


def _draw(canvas: Canvas, y: float, rows: list[_Row], unit: str, names: Mapping[str, str] | None) -> float:
    left = PAD if canvas.narrow else _NAME
    end = canvas.width - PAD if canvas.narrow else canvas.width - PAD - _SIDE - 6
    at, ticks = _axis(rows, left + 22, end - 24, 5 if canvas.narrow else 7)
    y = legend(canvas, y, _signs(bands=any(r.high is not None for r in rows))) + 4
    top = y + 18
    texts = [_texts(canvas, r, unit, names) for r in rows]
    heights = [_height(canvas, t) for t in texts]
    bottom = top + sum(heights)
    taken = [_label_box(at, r, y, label) for r, label in ticks if r == 1]
    for ratio, label in ticks:
        if not canvas.narrow:
            canvas.line([(at(ratio), top), (at(ratio), bottom)], stroke="grid")
        box = _label_box(at, ratio, y, label)
        if ratio == 1 or not any(box.meets(t) for t in taken):
            canvas.text(at(ratio), y + 12, label, size=SMALL, anchor="middle", role="ink" if ratio == 1 else "muted")
            taken.append(box)
    y = top
    for row, words, height in zip(rows, texts, heights, strict=True):
        _row(canvas, y, height, row, words, at)
        y += height
    if not canvas.narrow:
        canvas.line([(at(1), top), (at(1), bottom)], weight=1.5)
    return bottom + 8


def _label_box(at: Callable[[float], float], ratio: float, y: float, label: str) -> Box:
    box = box_of(at(ratio), y + 12, label, size=SMALL, anchor="middle")
    return Box(box.x - 2, box.y, box.width + 4, box.height)


@dataclass(frozen=True)
class _Texts:
    """What is written in a row: the name, the region below it, the prices beside the change, the small print."""

    name: list[str]
    region: list[str]
    beside: str
    small: list[str]

    @property
    def left(self) -> float:
        """The height of name and region."""
        return len(self.name) * 17 + len(self.region) * 16.0


def _texts(canvas: Canvas, row: _Row, unit: str, names: Mapping[str, str] | None) -> _Texts:
    commodity, region = name_of(row.commodity, names), name_of(row.region, names)
    levels = row.levels(unit)
    if canvas.narrow:
        room = canvas.width - 2 * PAD
        name = wrap(f"{commodity}, {region}", room - text_width(row.headline, 13, bold=True) - 10, 13, lines=4)
        small = [levels, *_joined(row.certainty(), room)]
        return _Texts(name, [], "", [line for t in small for line in wrap(t, room, SMALL)])
    fits = text_width(row.headline, 13, bold=True) + 8 + text_width(levels, SMALL) <= _SIDE
    small = [*([] if fits else [levels]), *_joined(row.certainty(), _SIDE)]
    return _Texts(
        wrap(commodity, _NAME - PAD, 13, lines=4),
        wrap(region, _NAME - PAD, SMALL, lines=3),
        levels if fits else "",
        [line for t in small for line in wrap(t, _SIDE, SMALL)],
    )


def _joined(words: list[str], width: float) -> list[str]:
    """Return the words in one line if they fit, else one a line."""
    line = "; ".join(words)
    return [line] if words and text_width(line, SMALL) <= width else words


def _height(canvas: Canvas, texts: _Texts) -> float:
    if canvas.narrow:
        return texts.left + 22 + len(texts.small) * 16 + 12
    return max(texts.left, 17 + len(texts.small) * 16) + 10


def _row(canvas: Canvas, y: float, height: float, row: _Row, texts: _Texts, at: Callable[[float], float]) -> None:
    edge = canvas.width - PAD
    canvas.line([(PAD, y), (edge, y)], stroke="grid")
    if canvas.narrow:
        bar = canvas.lines(PAD, y + 4, texts.name)
        canvas.text(edge, y + 4 + 13, row.headline, anchor="end", bold=True)
        canvas.lines(PAD, bar + 20, texts.small, size=SMALL, role="muted")
        middle = bar + 11
        canvas.line([(at(1), middle - 10), (at(1), middle + 10)], weight=1.5)
    else:
        below = canvas.lines(PAD, y + 5, texts.name)
        canvas.lines(PAD, below, texts.region, size=SMALL, role="muted")
        x = edge - _SIDE
        canvas.text(x, y + 5 + 13, row.headline, bold=True)
        canvas.text(x + text_width(row.headline, 13, bold=True) + 8, y + 5 + 13, texts.beside, size=SMALL)
        canvas.lines(x, y + 5 + 17, texts.small, size=SMALL, role="muted")
        middle = y + height / 2
    _bar(canvas, row, at, middle)


def _bar(canvas: Canvas, row: _Row, at: Callable[[float], float], middle: float) -> None:
    ratio = row.ratio(row.scenario)
    if ratio is None:
        left = canvas.width / 2 > at(1)
        x, anchor = (at(1) + 6, "start") if left else (at(1) - 6, "end")
        canvas.text(x, middle + 4, row.headline, size=SMALL, anchor=anchor, role="muted", halo=True)
        return
    x, zero = at(ratio), at(1)
    fill, stroke = ("gain", "gain") if ratio >= 1 else ("hatch:loss", "loss")
    canvas.rect(Box(min(x, zero), middle - 7, abs(x - zero), 14), fill, stroke=stroke)
    low, high = row.ratio(row.low), row.ratio(row.high)
    if low is not None and high is not None:
        band(canvas, at(low), at(high), middle)


def _signs(*, bands: bool) -> list[LegendItem]:
    def up(c: Canvas, x: float, y: float) -> None:
        c.rect(Box(x, y - 6, 20, 12), "gain", stroke="gain")

    def down(c: Canvas, x: float, y: float) -> None:
        c.rect(Box(x, y - 6, 20, 12), "hatch:loss", stroke="loss")

    def base(c: Canvas, x: float, y: float) -> None:
        c.line([(x + 2, y - 8), (x + 2, y + 8)], weight=1.5)

    return [
        LegendItem("baseline", 4, base),
        LegendItem("dearer", 20, up),
        LegendItem("cheaper", 20, down),
        *([BAND_SIGN] if bands else []),
    ]
