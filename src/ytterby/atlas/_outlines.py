"""Country outlines for a map centred on 150° E."""

from __future__ import annotations

import functools
import json
from typing import Any

from ytterby.atlas._schema import DATA

__all__ = ["outlines"]


@functools.cache
def _text() -> str:
    return (DATA / "outlines.json").read_text(encoding="utf-8")


def outlines() -> dict[str, Any]:
    """Return the outlines of the countries as GeoJSON, cut for a map centred on 150° E.

    Longitudes run from -30 to 330, so that neither the Pacific nor an arc across it is cut; Greenland and Antarctica,
    which cross 30° W, are split there. Each feature is a MultiPolygon with the properties ``iso_a3``, ``name`` and
    ``region`` (the region of the model that the country belongs to). Boundaries are those of the source and no
    statement about anybody's claims.

    Returns
    -------
    dict
        A FeatureCollection, fresh at each call, with ``source``, ``url``, ``central_meridian`` and ``bbox`` beside its
        features. A point of longitude l is drawn at l + 360 if l < -30, else at l.

    Notes
    -----
    Natural Earth Admin 0 countries, 1:110m, public domain; `tools/build_outlines.py` makes the file from it.

    Examples
    --------
    >>> found = outlines()
    >>> found["central_meridian"], found["bbox"]
    (150, [-30.0, -90, 330.0, 90])
    >>> sorted({f["properties"]["iso_a3"] for f in found["features"] if f["properties"]["region"] == "EUX"})[:3]
    ['AUT', 'BEL', 'BGR']
    """
    collection: dict[str, Any] = json.loads(_text())
    return collection
