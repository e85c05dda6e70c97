"""The marks of the flow map: land, arcs, numbers, names, and the list that the numbers point to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ytterby.figures._arcs import Arc, free_spot
from ytterby.figures._canvas import Box, Canvas, Point, box_of, place
from ytterby.figures._frame import PAD, SMALL, LegendItem, legend
from ytterby.figures._projection import MapView, rings, thinned
from ytterby.figures._text import change, number, text_width, wrap

__all__ = ["Flow", "draw_map"]

_LEAST = 0.7
_BADGE = 9.0
_SPOTS = (0.6, 0.55, 0.65, 0.5, 0.7, 0.45, 0.75, 0.4, 0.8, 0.35, 0.85, 0.3, 0.25)
_BESIDE = (
    (6, 4, "start"),
    (-6, 4, "end"),
    (0, -8, "middle"),
    (0, 17, "middle"),
    (5, -6, "start"),
    (5, 14, "start"),
    (-5, -6, "end"),
    (-5, 14, "end"),
)  # where a name may stand, seen from its place
_NEUTRAL = 0.005  # changes within half a percent are drawn as none


@dataclass(frozen=True)
class Flow:
    """Tonnes from a region to another, before and after."""

    origin: str
    target: str
    before: float
    after: float

    @property
    def most(self) -> float:
        """The larger of the two."""
        return max(self.before, self.after)

    @property
    def move(self) -> float | None:
        """The relative change; None where there was nothing before."""
        return None if self.before == 0 else self.after / self.before - 1

    @property
    def role(self) -> str:
        """The colour of its change."""
        if abs(self.after - self.before) <= _NEUTRAL * self.most:
            return "flow"
        return "loss" if self.after < self.before else "gain"


def draw_map(
    canvas: Canvas,
    y: float,
    flows: Sequence[Flow],
    top: int,
    points: Mapping[str, Point],
    called: Mapping[str, str],
    outlines: Mapping[str, Any],
    *,
    compared: bool,
) -> float:
    """Draw the map and its list from height `y` on; return the height below."""
    widest = 7.0 if canvas.narrow else 13.0
    per_tonne = widest / flows[0].most
    active = sorted({end for f in flows[:top] for end in (f.origin, f.target)})
    view = MapView.around(
        [points[r] for r in active], PAD / 2, y, canvas.width - PAD, tall=0.75 if canvas.narrow else 0.55
    )
    room = Box(view.left, y, view.width, view.height)
    _land(canvas, view, outlines, set(active), room)
    spots = {r: view(*points[r]) for r in active}
    inside = [f for f in flows if f.origin in spots and f.target in spots]
    arcs = _arcs(inside, spots, room)
    for flow, arc in reversed(list(zip(inside[top:], arcs[top:], strict=True))):
        canvas.path(arc.d, stroke="muted", weight=max(_LEAST, flow.most * per_tonne), opacity=0.45)
    for flow, arc in zip(inside[:top], arcs[:top], strict=True):
        _arc(canvas, flow, arc, per_tonne)
    for x, at in spots.values():
        canvas.circle(x, at, 2.6, "ink", stroke="surface", weight=1)
    taken = [Box(x - 3, at - 3, 6, 6) for x, at in spots.values()]
    busy = _busiest(flows[:top])
    _names(canvas, busy[:1], spots, called, taken, room)
    _badges(canvas, arcs[:top], taken, room)
    _names(canvas, busy[1:], spots, called, taken, room)
    y = legend(canvas, y + view.height + 6, _signs(per_tonne, widest, {f.role for f in flows[:top]})) + 4
    return _list(canvas, y, flows[:top], called, compared=compared)


def _arcs(flows: Sequence[Flow], spots: Mapping[str, Point], room: Box) -> list[Arc]:
    """Return the arcs: flows to the same corner of the map fan out, there and back part."""
    near = room.width / 12
    arcs: list[Arc] = []
    pairs: set[tuple[str, str]] = set()
    for flow in flows:
        start, end = spots[flow.origin], spots[flow.target]
        beside = sum(1 for a in arcs if math.dist(a.start, start) < near and math.dist(a.end, end) < near)
        lift = 0.14 + 0.1 * (beside % 4)
        if (flow.target, flow.origin) in pairs:
            lift = -lift
        pairs.add((flow.origin, flow.target))
        arcs.append(Arc.between(start, end, lift=lift, roof=room.y + 2, floor=room.y + room.height - 2))
    return arcs


def _land(canvas: Canvas, view: MapView, outlines: Mapping[str, Any], active: set[str], room: Box) -> None:
    calm: list[str] = []
    lively: list[str] = []
    for feature in outlines["features"]:
        data = []
        for ring in rings(feature["geometry"]):
            line = thinned([view(lon, lat) for lon, lat in ring], 0.35)
            if len(line) > 3 and _extent(line).meets(room):
                data.append("M" + "L".join(f"{place(x)} {place(y)}" for x, y in line[:-1]) + "Z")
        (lively if feature.get("properties", {}).get("region") in active else calm).extend(data)
    clip = canvas.clip("map", room)
    for role, data in (("land", calm), ("land_active", lively)):
        if data:
            canvas.path("".join(data), fill=role, stroke="surface", weight=0.5, extra=clip)


def _extent(line: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in line], [y for _, y in line]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _arc(canvas: Canvas, flow: Flow, arc: Arc, per_tonne: float) -> None:
    outer = max(_LEAST, flow.most * per_tonne)
    inner = min(flow.before, flow.after) * per_tonne
    length = 5 + outer * 0.65
    stem, _ = arc.cut(length + 3)
    canvas.path(stem.d, stroke="surface", weight=outer + 1.6)
    if flow.role == "flow":
        canvas.path(stem.d, stroke="flow", weight=outer)
    else:
        dash = "5 3" if flow.role == "loss" else ""
        canvas.path(stem.d, stroke=flow.role, weight=max(outer, 1.4), dash=dash)
        if inner > 0:
            canvas.path(stem.d, stroke="surface", weight=min(inner + 1.6, max(outer, 1.4)))
            canvas.path(stem.d, stroke="flow", weight=max(inner, _LEAST / 2))
    canvas.line(arc.head(length, 6 + outer, tip=3), fill=flow.role, stroke="surface", weight=0.8)


def _badges(canvas: Canvas, arcs: Sequence[Arc], taken: list[Box], room: Box) -> None:
    side = 2 * _BADGE + 1
    for i, arc in enumerate(arcs, start=1):
        spot = free_spot((arc.at(t) for t in _SPOTS), (side, side), taken, room)
        if spot is None:
            continue
        x, y = spot
        near = min((arc.at(t) for t in _SPOTS), key=lambda p: (p[0] - x) ** 2 + (p[1] - y) ** 2)
        if abs(near[0] - x) + abs(near[1] - y) > _BADGE:
            canvas.line([near, (x, y)], stroke="ink", weight=0.8)
        badge(canvas, x, y, i)
        taken.append(Box(x - side / 2, y - side / 2, side, side))


def badge(canvas: Canvas, x: float, y: float, i: int) -> None:
    """Draw the number of a flow."""
    canvas.circle(x, y, _BADGE, "ink", stroke="surface", weight=1.2)
    canvas.text(x, y + 4, str(i), size=11, anchor="middle", role="surface", bold=True)


def _busiest(flows: Sequence[Flow]) -> list[str]:
    """Return the ends of flows, those with most tonnes first."""
    busy: dict[str, float] = {}
    for f in flows:
        for end in (f.origin, f.target):
            busy[end] = busy.get(end, 0) + f.most
    return sorted(busy, key=lambda r: (-busy[r], r))


def _names(
    canvas: Canvas,
    wanted: Sequence[str],
    spots: Mapping[str, Point],
    called: Mapping[str, str],
    taken: list[Box],
    room: Box,
) -> None:
    """Write the names of regions where there is room; the list under the map has them all."""
    for region in wanted:
        x, y = spots[region]
        for dx, dy, anchor in _BESIDE:
            box = box_of(x + dx, y + dy, called[region], size=SMALL, anchor=anchor)
            if box.inside(room) and not any(box.meets(t) for t in taken):
                canvas.text(x + dx, y + dy, called[region], size=SMALL, anchor=anchor, halo=True)
                taken.append(box)
                break


def _signs(per_tonne: float, widest: float, roles: set[str]) -> list[LegendItem]:
    large = _round_below(widest / per_tonne)

    def width(t: float) -> LegendItem:
        def draw(c: Canvas, x: float, y: float) -> None:
            c.line([(x, y), (x + 26, y)], stroke="flow", weight=t * per_tonne)

        return LegendItem(f"{number(t)} t", 26, draw)

    def edge(role: str, dash: str) -> LegendItem:
        def draw(c: Canvas, x: float, y: float) -> None:
            c.line([(x, y), (x + 32, y)], stroke=role, weight=9, dash=dash)
            c.line([(x, y), (x + 32, y)], stroke="surface", weight=5.1)
            c.line([(x, y), (x + 32, y)], stroke="flow", weight=3.5)

        return LegendItem({"loss": "lost (dashed)", "gain": "added (plain edge)"}[role], 32, draw)

    changes = [edge(role, dash) for role, dash in (("loss", "5 3"), ("gain", "")) if role in roles]
    return [width(_round_below(large / 3)), width(large), *changes]


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, ... (or 0.5, 0.2, ...) that is not above `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(m * power for m in (1, 2, 5) if m * power <= value * (1 + 1e-9))


def _list(canvas: Canvas, y: float, flows: Sequence[Flow], called: Mapping[str, str], *, compared: bool) -> float:
    """Write the numbered flows out, in two columns where there is room; return the y below."""
    columns = 1 if canvas.narrow else 2
    gap = 26.0
    width = (canvas.width - 2 * PAD - gap * (columns - 1)) / columns
    words = ["new" if f.move is None else change(f.move) for f in flows] if compared else []
    side = max((text_width(w, SMALL, bold=True) + 8 for w in words), default=0)
    values = [f"{number(f.before)} → {number(f.after)} t" if compared else f"{number(f.before)} t" for f in flows]
    value_width = max(text_width(v, SMALL) for v in values)
    room = width - 24 - side - value_width - 10
    per_column = -(-len(flows) // columns)
    lowest = y
    for column in range(columns):
        x, at = PAD + column * (width + gap), y
        for i in range(column * per_column, min(len(flows), (column + 1) * per_column)):
            flow = flows[i]
            badge(canvas, x + _BADGE, at + 10, i + 1)
            text = wrap(f"{called[flow.origin]} → {called[flow.target]}", room, SMALL, lines=3)
            below = canvas.lines(x + 24, at + 2, text, size=SMALL)
            canvas.text(x + width - side, at + 2 + SMALL, values[i], size=SMALL, anchor="end", role="muted")
            if compared:
                role = "ink" if flow.role == "flow" else flow.role
                canvas.text(x + width, at + 2 + SMALL, words[i], size=SMALL, anchor="end", role=role, bold=True)
            at = max(below + 4, at + 22)
        lowest = max(lowest, at)
    return lowest + 4
