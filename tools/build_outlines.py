"""Build `src/ytterby/atlas/data/outlines.json` from Natural Earth's 1:110m countries.

Usage: ``python tools/build_outlines.py COUNTRIES_110M.geojson`` (needs shapely, which Ytterby itself does not).

The source is Natural Earth Admin 0 countries, 1:110m, public domain
(https://www.naturalearthdata.com/downloads/110m-cultural-vectors/), as GeoJSON whose features have a property `name`.
A map centred on 150° E is cut at its far side, 30° W. Longitudes are shifted to -30..330, so that a shape that crosses
180° stays whole and a shape that crosses 30° W (Greenland, Antarctica) is split in two. Shapes of one country (table
`countries`, column `outline`) become one feature with `iso_a3`, `name` and `region`; coordinates are rounded to 0.01°,
about 1 km, which is below the error of the scale.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from shapely import coverage_simplify, get_coordinates, set_precision, unary_union
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from ytterby import atlas
from ytterby.atlas._schema import DATA

WEST = -30.0
PRECISION = 0.01
SIMPLIFY = 0.25
"""Degrees within which a line may move; neighbours move together, so that no gap opens between them."""


def unwrapped(geometry: BaseGeometry) -> BaseGeometry:
    """Return the shape on longitudes -30..330: whole across 180°, split at 30° W."""
    pieces = [translate(geometry, xoff=turn).intersection(box(WEST, -90, WEST + 360, 90)) for turn in (-360, 0, 360)]
    return unary_union([set_precision(piece, 1e-6) for piece in pieces if not piece.is_empty])


def continuous(ring: list[list[float]]) -> list[tuple[float, float]]:
    """Return a ring that goes on beyond 180° where the source jumps to -180°.

    A ring around a pole does not close that way; its jump is led along the pole instead.
    """
    points = [(x, y) for x, y, *_ in ring]
    turned = points[:1]
    for (before, _), (x, y) in pairwise(points):
        turned.append((turned[-1][0] + (x - before + 180) % 360 - 180, y))
    if abs(turned[-1][0] - turned[0][0]) < 1e-6:
        return [*turned[:-1], turned[0]]
    around = points[:1]
    for (before, y0), (x, y) in pairwise(points):
        if abs(x - before) > 180:
            pole = math.copysign(90, y)
            around += [(math.copysign(180, before), y0), (math.copysign(180, before), pole)]
            around += [(math.copysign(180, x), pole), (math.copysign(180, x), y)]
        around.append((x, y))
    return around


def read_shape(geometry: dict[str, Any]) -> MultiPolygon:
    """Return a GeoJSON polygon or multipolygon with continuous rings."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return MultiPolygon([Polygon(continuous(outer), [continuous(hole) for hole in holes]) for outer, *holes in parts])


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape; lines and points, left over where two shapes touch, are dropped."""
    parts = getattr(geometry, "geoms", [geometry])
    return sorted((p for p in parts if isinstance(p, Polygon)), key=lambda p: -p.area)


def ring(coordinates: list[tuple[float, float]]) -> list[list[float]]:
    """Return a ring as [longitude, latitude] pairs of two decimals, no step (along a pole) wider than 90°."""
    points = [[round(x, 2) + 0.0, round(y, 2) + 0.0] for x, y, *_ in coordinates]
    steps = points[:1]
    for before, after in pairwise(points):
        parts = max(1, math.ceil(abs(after[0] - before[0]) / 90))
        steps += [
            [round(b + (a - b) * i / parts, 2) for b, a in zip(before, after, strict=True)] for i in range(1, parts + 1)
        ]
    return steps


def build(source: Path) -> dict[str, object]:
    """Return the feature collection."""
    features = json.loads(source.read_text("utf-8"))["features"]
    shapes = {f["properties"]["name"]: read_shape(f["geometry"]) for f in features}
    rows = [row for row in atlas.rows("countries") if row["outline"]]
    names = [name for row in rows for name in row["outline"].split("; ")]
    if sorted(names) != sorted(shapes):
        raise SystemExit(f"source and table differ: {sorted(set(names) ^ set(shapes))}")
    whole = [unary_union([unwrapped(shapes[n].buffer(0)) for n in row["outline"].split("; ")]) for row in rows]
    built = []
    for row, geometry in zip(rows, coverage_simplify(whole, SIMPLIFY), strict=True):
        exact = set_precision(geometry, PRECISION)
        parts = [p for p in polygons(exact) if p.area > 0]
        rings = [[ring(list(r.coords)) for r in (p.exterior, *p.interiors)] for p in map(Polygon.normalize, parts)]
        built.append(
            {
                "type": "Feature",
                "properties": {"iso_a3": row["country_iso3"], "name": row["name"], "region": row["region"]},
                "geometry": {"type": "MultiPolygon", "coordinates": rings},
            }
        )
        xs = get_coordinates(MultiPolygon(parts))[:, 0]
        if xs.min() < WEST or xs.max() > WEST + 360:
            raise SystemExit(f"{row['country_iso3']} reaches out of the map")
    return {
        "type": "FeatureCollection",
        "source": "Natural Earth 1:110m Admin 0 countries, public domain",
        "url": "https://www.naturalearthdata.com/downloads/110m-cultural-vectors/",
        "central_meridian": 150,
        "bbox": [WEST, -90, WEST + 360, 90],
        "features": built,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    text = json.dumps(build(Path(sys.argv[1])), ensure_ascii=False, separators=(",", ":"))
    (DATA / "outlines.json").write_text(text.replace('{"type":"Feature"', '\n{"type":"Feature"') + "\n", "utf-8")
