"""Outlines draw a map centred on 150° E without a line across it."""

from itertools import pairwise

import pytest

from ytterby import atlas

FEATURES = atlas.outlines()["features"]
BY_CODE = {f["properties"]["iso_a3"]: f for f in FEATURES}


def rings(feature):
    return [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]


def span(feature):
    xs = [x for ring in rings(feature) for x, _ in ring]
    return min(xs), max(xs)


def inside(feature, x, y):
    """Cast a ray: a point is inside if it crosses the rings an odd number of times."""
    return (
        sum(
            (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
            for ring in rings(feature)
            for (x1, y1), (x2, y2) in pairwise(ring)
        )
        % 2
        == 1
    )


def test_no_segment_is_longer_than_half_the_world():
    assert max(abs(b[0] - a[0]) for f in FEATURES for ring in rings(f) for a, b in pairwise(ring)) <= 180


def test_rings_close_and_stay_on_the_map():
    for feature in FEATURES:
        for ring in rings(feature):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert all(-30 <= x <= 330 and -90 <= y <= 90 for x, y in ring)


def test_every_region_of_the_model_is_drawn_by_its_countries():
    regions = {row["region"] for row in atlas.rows("regions")}
    assert {f["properties"]["region"] for f in FEATURES} == regions
    table = {row["country_iso3"]: row for row in atlas.rows("countries") if row["outline"]}
    assert list(table) == [f["properties"]["iso_a3"] for f in FEATURES]
    for code, feature in BY_CODE.items():
        assert feature["properties"]["region"] == table[code]["region"]
        assert feature["properties"]["name"] == table[code]["name"]


@pytest.mark.parametrize("region", [r["region"] for r in atlas.rows("regions") if r["kind"] == "country"])
def test_the_point_of_a_country_is_in_or_near_its_outline(region):
    row = next(r for r in atlas.rows("regions") if r["region"] == region)
    x, y = row["lon"] + 360 * (row["lon"] < -30), row["lat"]
    near = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert any(inside(BY_CODE[region], *point) for point in near)


def test_russia_is_whole_across_180():
    west, east = span(BY_CODE["RUS"])
    assert 15 < west < 30
    assert 185 < east < 195
    assert inside(BY_CODE["RUS"], 179.0, 67.0)
    assert inside(BY_CODE["RUS"], 182.0, 66.5)


def test_greenland_and_antarctica_are_split_at_30_west():
    for code in ("GRL", "ATA"):
        assert span(BY_CODE[code]) == (-30.0, 330.0)
    assert inside(BY_CODE["GRL"], -25.0, 75.0)
    assert inside(BY_CODE["GRL"], 320.0, 75.0)
    assert inside(BY_CODE["ATA"], 180.0, -88.0)
    for code in ("ISL", "SEN", "BRA", "MAR"):
        west, east = span(BY_CODE[code])
        assert east - west < 60


def test_the_americas_lie_east_of_asia():
    assert span(BY_CODE["USA"])[0] > span(BY_CODE["JPN"])[1]
    assert span(BY_CODE["BRA"])[1] > 320


def test_the_file_is_drawn_anew_for_each_reader():
    atlas.outlines()["features"].clear()
    assert len(atlas.outlines()["features"]) == len(FEATURES)
