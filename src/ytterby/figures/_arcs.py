"""Curves from place to place, heads on their ends, and spots for signs beside each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ytterby.figures._canvas import Box, Point, place

__all__ = ["Arc", "free_spot"]


@dataclass(frozen=True)
class Arc:
    """A quadratic Bézier curve.

    Examples
    --------
    >>> arc = Arc.between((0, 0), (100, 0), lift=0.2, roof=-99)
    >>> arc.bend, arc.at(0.5)
    ((50.0, -20.0), (50.0, -10.0))
    """

    start: Point
    bend: Point
    end: Point

    @classmethod
    def between(cls, start: Point, end: Point, *, lift: float, roof: float, floor: float = math.inf) -> Arc:
        """Return the arc that rises above the straight line; with a negative `lift`, sinks below it.

        The control point stands off by `lift` times the distance and stays between `roof` and `floor` (page heights).
        """
        (ax, ay), (bx, by) = start, end
        across, down = bx - ax, by - ay
        if across < 0:
            across, down = -across, -down
        x, y = (ax + bx) / 2 + lift * down, (ay + by) / 2 - lift * across
        return cls(start, (x, min(max(y, roof), floor)), end)

    def at(self, t: float) -> Point:
        """Return the point at `t` in [0, 1]."""
        u = 1 - t
        return (
            u * u * self.start[0] + 2 * u * t * self.bend[0] + t * t * self.end[0],
            u * u * self.start[1] + 2 * u * t * self.bend[1] + t * t * self.end[1],
        )

    def cut(self, gap: float) -> tuple[Arc, Point]:
        """Return the arc without its last `gap` units, and the unit vector along which the rest points on."""
        t = 1.0
        while t > 0.2 and math.dist(self.at(t), self.end) < gap:
            t -= 1 / 128
        x, y = self.at(t)
        bend = (self.start[0] + t * (self.bend[0] - self.start[0]), self.start[1] + t * (self.bend[1] - self.start[1]))
        away = math.dist((x, y), self.end) or 1.0
        return Arc(self.start, bend, (x, y)), ((self.end[0] - x) / away, (self.end[1] - y) / away)

    @property
    def d(self) -> str:
        """The SVG path data."""
        (ax, ay), (cx, cy), (bx, by) = self.start, self.bend, self.end
        return f"M{place(ax)} {place(ay)}Q{place(cx)} {place(cy)} {place(bx)} {place(by)}"

    def head(self, length: float, width: float, tip: float = 0) -> list[Point]:
        """Return the triangle that stands on the end of the arc's cut, `tip` short of its end."""
        rest, (ux, uy) = self.cut(length + tip)
        x, y = rest.end
        return [
            (x - uy * width / 2, y + ux * width / 2),
            (x + ux * length, y + uy * length),
            (x + uy * width / 2, y - ux * width / 2),
        ]


def free_spot(wanted: Iterable[Point], size: Point, taken: Sequence[Box], room: Box) -> Point | None:
    """Return the first wanted centre at which a box of `size` meets nothing and lies in `room`.

    If none does, the nearest free spot on widening rings around the first wanted one; None if there is no room at all.
    """
    first: Point | None = None
    for centre in wanted:
        first = first or centre
        if _free(centre, size, taken, room):
            return centre
    if first is None:
        return None
    return next((c for c in _rings(first, room) if _free(c, size, taken, room)), None)


def _rings(centre: Point, room: Box) -> Iterator[Point]:
    for step in range(1, math.ceil((room.width + room.height) / 5)):
        for turn in range(24):
            angle = turn * math.pi / 12
            yield centre[0] + 5 * step * math.cos(angle), centre[1] + 5 * step * math.sin(angle)


def _free(centre: Point, size: Point, taken: Sequence[Box], room: Box) -> bool:
    box = Box(centre[0] - size[0] / 2, centre[1] - size[1] / 2, *size)
    return box.inside(room) and not any(box.meets(t) for t in taken)
