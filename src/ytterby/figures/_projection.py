"""Where on a flat map does a place lie? Equal Earth, centred on 150° E, so that the Pacific is whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["CENTRE", "MapView", "equal_earth", "rings", "thinned"]

CENTRE = 150.0
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = math.sqrt(3) / 2


def equal_earth(lon: float, lat: float) -> tuple[float, float]:
    """Return the Equal Earth coordinates of a place, x to the east of 150° E and y to the north.

    ``sin θ = (√3/2) sin φ``, ``x = (2√3/3) λ cos θ / (A₁ + 3A₂θ² + 7A₃θ⁶ + 9A₄θ⁸)``, ``y = θ(A₁ + A₂θ² + A₃θ⁶ + A₄θ⁸)``
    with λ the longitude from the centre. Areas are true; x lies in ±2.707, y in ±1.317.

    Parameters
    ----------
    lon, lat
        Degrees. Longitudes from -30 to 330 are taken as they are, so that both edges of the map keep their side; others
        are turned by full circles.

    References
    ----------
    Šavrič, Patterson, Jenny (2019), The Equal Earth map projection, Int. J. Geographical Information Science 33(3).

    Examples
    --------
    >>> [round(v, 3) for v in equal_earth(150, 0)], [round(v, 3) for v in equal_earth(-30, 0)]
    ([0.0, 0.0], [-2.707, 0.0])
    >>> equal_earth(-100, 40) == equal_earth(260, 40)
    True
    """
    turn = lon - CENTRE
    if not -180 <= turn <= 180:
        turn = (turn + 180) % 360 - 180
    theta = math.asin(_ROOT * math.sin(math.radians(lat)))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    a1, a2, a3, a4 = _A
    x = math.radians(turn) * math.cos(theta) / (_ROOT * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
    y = theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))
    return x, y


@dataclass(frozen=True)
class MapView:
    """A window on the map: from projected coordinates to user units.

    Examples
    --------
    >>> view = MapView.around([(105, 35), (-98.4, 39.5)], 0, 0, 720, tall=0.7)
    >>> [round(v) for v in view(105, 35)], round(view.height)
    ([82, 162], 302)
    """

    left: float
    top: float
    width: float
    west: float
    east: float
    south: float
    north: float

    @classmethod
    def around(
        cls, places: Sequence[tuple[float, float]], left: float, top: float, width: float, *, tall: float
    ) -> MapView:
        """Return the window that holds `places` (longitude, latitude) with a margin.

        It is at least 140 degrees wide, from 0.42 to `tall` times as high as wide, and never leaves the world.
        """
        edge, (floor, roof) = equal_earth(CENTRE + 180, 0)[0], (equal_earth(CENTRE, p)[1] for p in (-56.0, 82.0))
        xs, ys = zip(*(equal_earth(*p) for p in places), strict=True)
        span = max(xs) - min(xs)
        x0, x1 = _grown(min(xs) - 0.09 * span - 0.12, max(xs) + 0.09 * span + 0.12, 2.0, -edge, edge)
        wide = x1 - x0
        y0, y1 = min(ys) - 0.03 * wide - 0.1, max(ys) + 0.08 * wide + 0.1
        y0, y1 = max(y0, floor), min(y1, roof)
        y0, y1 = _grown(y0, y1, min(0.42 * wide, roof - floor), floor, roof)
        if y1 - y0 > tall * wide:
            x0, x1 = _grown(x0, x1, (y1 - y0) / tall, -edge, edge)
        return cls(left, top, width, x0, x1, y0, y1)

    @property
    def _scale(self) -> float:
        return self.width / (self.east - self.west)

    @property
    def height(self) -> float:
        """The height in user units."""
        return (self.north - self.south) * self._scale

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the place of a longitude and latitude in user units."""
        x, y = equal_earth(lon, lat)
        return self.left + (x - self.west) * self._scale, self.top + (self.north - y) * self._scale


def _grown(low: float, high: float, least: float, floor: float, roof: float) -> tuple[float, float]:
    """Return the interval widened about its middle to `least`, then moved and cut to lie between floor and roof."""
    more = max(0.0, least - (high - low)) / 2
    low, high = low - more, high + more
    shift = max(0.0, floor - low) - max(0.0, high - roof)
    return max(low + shift, floor), min(high + shift, roof)


def rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """Yield every ring of a GeoJSON Polygon or MultiPolygon."""
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon


def thinned(points: Sequence[tuple[float, float]], tolerance: float) -> list[tuple[float, float]]:
    """Return the points of a line without those nearer than `tolerance` to the line through the rest.

    Douglas and Peucker (1973). First and last point stay.

    Examples
    --------
    >>> thinned([(0, 0), (1, 0.1), (2, 0), (2, 2)], 0.5)
    [(0, 0), (2, 0), (2, 2)]
    """
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = math.hypot(bx - ax, by - ay)
        best, far = tolerance, -1
        for i in range(first + 1, last):
            px, py = points[i]
            if length:
                off = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
            else:
                off = math.hypot(px - ax, py - ay)
            if off > best:
                best, far = off, i
        if far >= 0:
            keep.add(far)
            spans += [(first, far), (far, last)]
    return [points[i] for i in sorted(keep)]
