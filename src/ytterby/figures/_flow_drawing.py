"""The marks of the flow map: land, arcs, numbers, names, and the list that the numbers point to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ytterby.figures._arcs import Arc, free_spot
from ytterby.figures._canvas import Box, Canvas, Point, box_of, place
from ytterby.figures._frame import PAD, SMALL, LegendItem, legend
from ytterby.figures._projection import MapView, rings, thinned
from ytterby.figures._scale import linear_ticks
from ytterby.figures._text import change, number, text_width, wrap

__all__ = ["Flow", "draw_map"]

_LEAST = 0.7
_BADGE = 8.5
_SPOTS = (0.6, 0.55, 0.65, 0.5, 0.7, 0.45, 0.75, 0.4, 0.8, 0.35, 0.85, 0.3, 0.25)
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
            return "ink"
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
    widest = 9.0 if canvas.narrow else 13.0
    per_tonne = widest / flows[0].most
    view = MapView(PAD / 2, y, canvas.width - PAD)
    room = Box(view.left, y, view.width, view.height)
    clip = canvas.clip("map", room)
    active = {end for f in flows for end in (f.origin, f.target)}
    _land(canvas, view, outlines, active, clip)
    spots = {r: view(*points[r]) for r in sorted(active)}
    arcs = [
        Arc.between(spots[f.origin], spots[f.target], roof=room.y + 4, floor=room.y + room.height - 4) for f in flows
    ]
    for flow, arc in reversed(list(zip(flows[top:], arcs[top:], strict=True))):
        canvas.path(arc.d, stroke="muted", weight=max(_LEAST, flow.most * per_tonne), opacity=0.45)
    for flow, arc in zip(flows[:top], arcs[:top], strict=True):
        _arc(canvas, flow, arc, per_tonne)
    for x, at in spots.values():
        canvas.circle(x, at, 2.6, "ink", stroke="surface", weight=1)
    taken = [Box(x - 3, at - 3, 6, 6) for x, at in spots.values()]
    _badges(canvas, arcs[:top], taken, room)
    _names(canvas, flows[:top], spots, called, taken, room)
    y = legend(canvas, y + view.height + 6, _signs(per_tonne, widest, compared=compared)) + 4
    return _list(canvas, y, flows[:top], called, compared=compared)


def _land(canvas: Canvas, view: MapView, outlines: Mapping[str, Any], active: set[str], clip: str) -> None:
    calm: list[str] = []
    lively: list[str] = []
    for feature in outlines["features"]:
        properties = feature.get("properties", {})
        data = []
        for ring in rings(feature["geometry"]):
            if max(lat for _, lat in ring) < view.south:
                continue
            line = thinned([view(lon, lat) for lon, lat in ring], 0.35)
            if len(line) > 3:
                data.append("M" + "L".join(f"{place(x)} {place(v)}" for x, v in line[:-1]) + "Z")
        (lively if properties.get("region") in active else calm).extend(data)
    for role, data in (("land", calm), ("land_active", lively)):
        if data:
            canvas.path("".join(data), fill=role, stroke="surface", weight=0.5, extra=clip)


def _arc(canvas: Canvas, flow: Flow, arc: Arc, per_tonne: float) -> None:
    outer = max(_LEAST, flow.most * per_tonne)
    inner = min(flow.before, flow.after) * per_tonne
    length = 5 + outer * 0.9
    stem, _ = arc.cut(length + 3)
    canvas.path(stem.d, stroke="surface", weight=outer + 1.6)
    if flow.role == "ink":
        canvas.path(stem.d, stroke="ink", weight=outer)
    else:
        dash = "5 3" if flow.role == "loss" else ""
        canvas.path(stem.d, stroke=flow.role, weight=max(outer, 1.4), dash=dash)
        if inner > 0:
            canvas.path(stem.d, stroke="ink", weight=max(inner, _LEAST / 2))
    canvas.line(arc.head(length, 5 + outer * 1.25, tip=3), fill=flow.role, stroke="surface", weight=0.8)


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


def _names(
    canvas: Canvas,
    flows: Sequence[Flow],
    spots: Mapping[str, Point],
    called: Mapping[str, str],
    taken: list[Box],
    room: Box,
) -> None:
    """Write the names of regions where there is room, the busiest first."""
    busy: dict[str, float] = {}
    for f in flows:
        for end in (f.origin, f.target):
            busy[end] = busy.get(end, 0) + f.most
    for region in sorted(busy, key=lambda r: (-busy[r], r)):
        x, y = spots[region]
        text = called[region]
        for dx, dy, anchor in (
            (6, 4, "start"),
            (-6, 4, "end"),
            (0, -8, "middle"),
            (0, 17, "middle"),
            (5, -6, "start"),
            (5, 14, "start"),
            (-5, -6, "end"),
            (-5, 14, "end"),
        ):
            box = box_of(x + dx, y + dy, text, size=SMALL, anchor=anchor)
            if box.inside(room) and not any(box.meets(t) for t in taken):
                canvas.text(x + dx, y + dy, text, size=SMALL, anchor=anchor, halo=True)
                taken.append(box)
                break


def _signs(per_tonne: float, widest: float, *, compared: bool) -> list[LegendItem]:
    steps = [t for t in linear_ticks(0, widest / per_tonne, 2) if 0 < t * per_tonne <= widest * 1.01]

    def width(t: float) -> LegendItem:
        def draw(c: Canvas, x: float, y: float) -> None:
            c.line([(x, y), (x + 26, y)], stroke="ink", weight=t * per_tonne)

        return LegendItem(f"{number(t)} t", 26, draw)

    def edge(role: str, dash: str) -> LegendItem:
        def draw(c: Canvas, x: float, y: float) -> None:
            c.line([(x, y), (x + 32, y)], stroke=role, weight=9, dash=dash)
            c.line([(x, y), (x + 32, y)], stroke="ink", weight=3.5)

        return LegendItem({"loss": "lost (dashed)", "gain": "added (plain edge)"}[role], 32, draw)

    changes = [edge("loss", "5 3"), edge("gain", "")] if compared else []
    return [width(t) for t in (steps or [widest / per_tonne])[-2:]] + changes


def _list(canvas: Canvas, y: float, flows: Sequence[Flow], called: Mapping[str, str], *, compared: bool) -> float:
    """Write the numbered flows out, in two columns where there is room; return the y below."""
    columns = 1 if canvas.narrow else 2
    gap = 26.0
    width = (canvas.width - 2 * PAD - gap * (columns - 1)) / columns
    side = 54 if compared else 0
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
                words = "new" if flow.move is None else change(flow.move)
                canvas.text(x + width, at + 2 + SMALL, words, size=SMALL, anchor="end", role=flow.role, bold=True)
            at = max(below + 4, at + 22)
        lowest = max(lowest, at)
    return lowest + 4
