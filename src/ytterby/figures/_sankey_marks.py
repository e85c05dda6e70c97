"""The marks of a Sankey: columns with headings, nodes with labels, bands between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ytterby.figures._canvas import Box, Canvas, Point, place
from ytterby.figures._frame import PAD, SMALL, LegendItem, legend
from ytterby.figures._sankey_layout import Link, Node
from ytterby.figures._text import number, percent, text_width, wrap
from ytterby.figures._vocabulary import Stage, stages

__all__ = ["draw_sankey"]

_FULL = 300.0  # height of a hundred percent
_NODE = 9.0
_LINE = 14.0
_CHINA = "CHN"
Side = tuple[float, float]


@dataclass
class _Cursor:
    """How much of a side is taken from above."""

    y: float

    def take(self, height: float) -> Side:
        self.y += height
        return self.y - height, self.y


def draw_sankey(
    canvas: Canvas,
    y: float,
    nodes: Sequence[Node],
    links: Sequence[Link],
    called: Mapping[Node, str],
    units: Mapping[str, str],
) -> float:
    """Draw the columns from height `y` on; return the height below."""
    columns = [s for s in stages().values() if any(n.stage == s.stage for n in nodes)]
    y = legend(canvas, y, _SIGNS) + 6
    reserve = 70.0 if canvas.narrow else 128.0
    step = (canvas.width - 2 * PAD - _NODE - reserve) / max(1, len(columns) - 1)
    xs = {s.stage: PAD + i * step for i, s in enumerate(columns)}
    room = {s.stage: min(step, reserve + _NODE) - _NODE - 8 for s in columns}
    room[columns[-1].stage] = reserve - 4
    top = _headings(canvas, y, columns, nodes, xs, step, units)
    labels = {n: _label(canvas, n, called[n], room[n.stage]) for n in nodes}
    tops: dict[Node, float] = {}
    below = dict.fromkeys(xs, top)
    for n in nodes:
        tops[n] = below[n.stage]
        below[n.stage] += max(n.height * _FULL, len(labels[n]) * _LINE + 2) + 6
    bottom = _bands(canvas, columns, nodes, links, xs, tops, below)
    for n in nodes:
        _node(canvas, n, xs[n.stage], tops[n])
    for n in nodes:
        height = max(n.height * _FULL, len(labels[n]) * _LINE + 2)
        _written(canvas, n, xs[n.stage] + _NODE + 2, tops[n] + (height - len(labels[n]) * _LINE) / 2, labels[n])
    return bottom + 8


def _written(canvas: Canvas, node: Node, x: float, y: float, lines: Sequence[str]) -> None:
    size = 11 if canvas.narrow else SMALL
    names = len(lines) - (0 if canvas.narrow else 1)
    bold = [node.group == _CHINA and i < names for i in range(len(lines))]
    width = max(text_width(t, size, bold=b) for t, b in zip(lines, bold, strict=True))
    canvas.rect(Box(x, y - 1, width + 5, len(lines) * _LINE + 1), "surface", radius=2, opacity=0.8)
    for i, text in enumerate(lines):
        at = y + 11 + i * _LINE
        canvas.text(x + 2.5, at, text, size=size, role="ink" if i < names else "muted", bold=bold[i])


def _headings(
    canvas: Canvas,
    y: float,
    columns: Sequence[Stage],
    nodes: Sequence[Node],
    xs: Mapping[str, float],
    step: float,
    units: Mapping[str, str],
) -> float:
    lowest = y
    for s in columns:
        mine = [n for n in nodes if n.stage == s.stage]
        total = sum(n.out_t for n in mine) or sum(n.in_t for n in mine)
        size, bold = (11, False) if canvas.narrow else (SMALL, True)
        below = canvas.lines(xs[s.stage], y, wrap(s.label, step - 2, size, bold=bold), size=size, bold=bold)
        text = wrap(f"{number(total)} {units.get(s.stage, s.unit)}", step - 2, size, lines=3)
        lowest = max(lowest, canvas.lines(xs[s.stage], below, text, size=size, role="muted"))
    return lowest + 8


def _label(canvas: Canvas, node: Node, name: str, width: float) -> list[str]:
    """Return the lines: name and share, and in a wide picture the tonnes."""
    china = node.group == _CHINA
    tonnes = node.out_t or node.in_t
    if canvas.narrow:
        return [*wrap(name, width, 11, lines=3, bold=china), percent(node.share)]
    lines = wrap(f"{name} {percent(node.share)}", width, SMALL, lines=3, bold=china)
    return [*lines, f"{number(tonnes)} t"]


def _node(canvas: Canvas, node: Node, x: float, top: float) -> None:
    left, right = max(node.left * _FULL, 0.0), max(node.right * _FULL, 0.0)
    if not left:
        left = right
    elif not right:
        right = left
    canvas.line(
        [(x, top), (x + _NODE, top), (x + _NODE, top + max(right, 1)), (x, top + max(left, 1))],
        fill="ink",
        stroke="none",
    )


def _bands(
    canvas: Canvas,
    columns: Sequence[Stage],
    nodes: Sequence[Node],
    links: Sequence[Link],
    xs: Mapping[str, float],
    tops: Mapping[Node, float],
    below: dict[str, float],
) -> float:
    """Draw the bands, those that pass a column in lanes below its nodes; return the lowest height taken."""
    at = {(n.stage, n.group): n for n in nodes}
    order = [s.stage for s in columns]
    place_of = {key: i for i, key in enumerate(at)}
    outs = {n: _Cursor(tops[n]) for n in nodes}
    ins = {n: _Cursor(tops[n]) for n in nodes}

    def down(k: Link) -> tuple[int, int]:
        return order.index(k.stage_to), place_of[k.stage_to, k.target]

    starts: dict[Link, Side] = {}
    for n in nodes:
        for k in sorted((k for k in links if (k.stage_from, k.origin) == (n.stage, n.group)), key=down):
            starts[k] = outs[n].take(k.share * _FULL)
    lanes: dict[Link, list[tuple[float, Side]]] = {k: [] for k in links}
    for stage in order:
        for k in links:
            if order.index(k.stage_from) < order.index(stage) < order.index(k.stage_to):
                upper = below[stage]
                below[stage] += k.share * _FULL
                lanes[k].append((xs[stage], (upper, below[stage])))
    ends: dict[Link, Side] = {}
    for n in nodes:
        mine = [k for k in links if (k.stage_to, k.target) == (n.stage, n.group)]
        for k in sorted(mine, key=lambda k: (-order.index(k.stage_from), place_of[k.stage_from, k.origin])):
            ends[k] = ins[n].take(k.share * _FULL)
    for china in (False, True):
        for k in links:
            if (k.origin == _CHINA) is china:
                stops: list[tuple[float, Side]] = [(xs[k.stage_from] + _NODE, starts[k])]
                for x, side in lanes[k]:
                    stops += [(x, side), (x + _NODE, side)]
                stops.append((xs[k.stage_to], ends[k]))
                canvas.path(
                    _ribbon(stops), fill="china" if china else "rest", stroke="surface", weight=0.7, opacity=0.88
                )
    return max(below.values())


def _ribbon(stops: Sequence[tuple[float, Side]]) -> str:
    """Return the outline of a band through its stops: along the upper edge, back along the lower one."""
    upper = [(x, side[0]) for x, side in stops]
    lower = [(x, side[1]) for x, side in reversed(stops)]
    return f"M{_curve(upper)}L{_curve(lower)}Z"


def _curve(points: Sequence[Point]) -> str:
    out = f"{place(points[0][0])} {place(points[0][1])}"
    for (ax, ay), (bx, by) in pairwise(points):
        half = (ax + bx) / 2
        if ay == by:
            out += f"L{place(bx)} {place(by)}"
        else:
            out += f"C{place(half)} {place(ay)} {place(half)} {place(by)} {place(bx)} {place(by)}"
    return out


def _sign(role: str) -> Callable[[Canvas, float, float], None]:
    return lambda canvas, x, y: canvas.rect(Box(x, y - 6, 20, 12), role)


_SIGNS = (LegendItem("out of China", 20, _sign("china")), LegendItem("out of other regions", 20, _sign("rest")))
