"""One sample of every figure, small enough to read, real enough to be drawn."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from ytterby.figures import (
    Figure,
    flow_map,
    predicted_observed,
    price_bars,
    price_path,
    sankey,
    shortage_bars,
    timeline,
)

PRICES = pd.DataFrame(
    [
        ("oxide.Dy", "DEU", 257.0, 411.0, 310.0, 540.0, 0.92),
        ("oxide.La", "DEU", 0.97, 0.96, 0.9, 1.0, 0.7),
        ("oxide.NdPr", "CHN", 48.7, 41.2, 36.0, 46.0, 0.97),
        ("magnet.ndfeb_hd", "USA", 58.0, 103.0, 71.0, 172.0, 0.99),
        ("oxide.Y", "JPN", 6.0, None, None, None, None),
    ],
    columns=["commodity", "region", "baseline", "scenario", "low", "high", "sign_share"],
)
SHORTAGES = pd.DataFrame(
    [
        ("ev_motor", "DEU", 0.23, 0.08, 0.41, 6.0),
        ("ev_motor", "USA", 0.11, 0.0, 0.2, 1.0),
        ("wind_turbine", "DEU", 0.34, 0.2, 0.52, 12.4),
        ("semiconductor", "TWN", None, None, None, None),
        ("defence", "USA", 0.0, 0.0, 0.04, None),
    ],
    columns=["end_use", "region", "share", "low", "high", "weeks_of_cover"],
)
FLOWS = pd.DataFrame(
    [
        ("magnet.ndfeb", "CHN", "DEU", 5355.0, 730.0),
        ("magnet.ndfeb", "CHN", "USA", 3650.0, 365.0),
        ("magnet.ndfeb", "CHN", "VNM", 3192.0, 3192.0),
        ("magnet.ndfeb", "VNM", "JPN", 375.0, 900.0),
        ("magnet.ndfeb", "CHN", "BRA", 450.0, 200.0),
        ("magnet.ndfeb", "MYS", "USA", 0.0, 250.0),
        ("magnet.ndfeb", "CHN", "CHN", 70000.0, 70000.0),
        ("oxide.NdPr", "MYS", "JPN", 3000.0, 3000.0),
    ],
    columns=["commodity", "from", "to", "baseline_t", "scenario_t"],
)
REGIONS = pd.DataFrame(
    [
        ("CHN", "China", 35.0, 105.0),
        ("DEU", "Germany", 50.8, 10.3),
        ("USA", "United States", 39.5, -98.4),
        ("VNM", "Viet Nam", 20.9, 106.6),
        ("JPN", "Japan", 36.0, 138.5),
        ("BRA", "Brazil", -13.5, -48.7),
        ("MYS", "Malaysia", 3.8, 103.3),
    ],
    columns=["region", "name", "lat", "lon"],
)
OUTLINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"iso_a3": "CHN", "region": "CHN"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[75, 40], [90, 48], [120, 52], [132, 46], [120, 25], [100, 22], [75, 40]]],
            },
        },
        {
            "type": "Feature",
            "properties": {"iso_a3": "USA", "region": "USA"},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[[236, 48], [290, 45], [280, 26], [245, 32], [236, 48]]]],
            },
        },
    ],
}
LINKS = pd.DataFrame(
    [
        ("mine", "separation", "CHN", "CHN", 270.0),
        ("mine", "separation", "USA", "CHN", 33.0),
        ("mine", "separation", "AUS", "MYS", 29.0),
        ("mine", "separation", "MMR", "CHN", 27.0),
        ("separation", "metal", "CHN", "CHN", 80.0),
        ("separation", "metal", "MYS", "JPN", 5.0),
        ("separation", "product", "CHN", "catalysts", 60.0),
        ("metal", "magnet", "CHN", "CHN", 70.0),
        ("metal", "magnet", "JPN", "JPN", 5.0),
        ("magnet", "product", "CHN", "ev_motor", 100.0),
        ("magnet", "product", "CHN", "wind_turbine", 60.0),
        ("magnet", "product", "JPN", "ev_motor", 12.0),
    ],
    columns=["stage_from", "stage_to", "from", "to", "t"],
)
INTERVALS = pd.DataFrame(
    [
        ("CHN-A61-2025", "art1_1_value", "Extraterritorial control", "CHN", "announced", "legal", "2025-10-09",
         "2025-11-06"),
        ("CHN-A61-2025", "art1_1_value", "Extraterritorial control", "CHN", "suspended", "legal", "2025-11-07",
         "2026-11-09"),
        ("CHN-A61-2025", "art1_1_value", "Extraterritorial control", "CHN", "revives_by_text", "legal",
         "2026-11-10", None),
        ("CHN-A61-2025", "art1_1_value", "Extraterritorial control", "CHN", "suspended", "political",
         "2026-11-10", "2027-01-10"),
        ("CHN-A18-2025", "all", "Licence for seven elements", "CHN", "in_force", "legal", "2025-04-04", None),
        ("CHN-Q-2026", "all", "Total-control quota", "CHN", "unknown", "legal", "2026-01-01", None),
        ("USA-BILL", "all", "Strategic reserve bill", "USA", "proposed", "legal", "2026-01-15", None),
        ("USA-OLD", "all", "Older rule", "USA", "repealed", "legal", None, "2025-02-01"),
        ("USA-OLDER", "all", "Still older rule", "USA", "expired", "legal", "2024-06-01", "2025-06-01"),
        ("JPN-X", "all", "Practice", "JPN", "de_facto", "legal", "2025-06-01", None),
        ("JPN-Y", "all", "Hearsay", "JPN", "reported", "legal", "2025-06-01", None),
    ],
    columns=["measure", "limb", "title", "issuer", "state", "basis", "from", "to"],
)  # fmt: skip
PATHS = pd.DataFrame(
    [
        ("oxide.Dy", "DEU", f"2026-{m:02d}", 257.0, 257.0 + 20 * (m - 1), 250.0 + 10 * (m - 1), 260.0 + 40 * (m - 1))
        for m in range(1, 13)
    ]
    + [
        ("oxide.Tb", "JPN", "2026-01", 812.0, None, None, None),
        ("oxide.Tb", "JPN", "2026-02", None, 900.0, None, None),
    ],
    columns=["commodity", "region", "period", "baseline", "scenario", "low", "high"],
)
POINTS = pd.DataFrame(
    [
        ("paid", "oxide.Dy", "DEU", "2025", 233.0, 240.0, 200.0, 300.0, "USD/kg"),
        ("spot", "oxide.Dy", "DEU", "2025-05", 850.0, 300.0, None, None, "USD/kg"),
        ("spot", "oxide.Tb", "DEU", "2025-05", 3000.0, 2900.0, 1000.0, 4000.0, "USD/kg"),
        ("spot", "oxide.Tb", "DEU", "2025-06", 3000.0, 2950.0, None, None, "USD/kg"),
        ("exports", "magnet.ndfeb", "USA", "2025-05", 46.4, 157.0, None, None, "t"),
        ("exports", "magnet.ndfeb", "JPN", "2025-07", 12_000_000.0, None, None, None, "t"),
    ],
    columns=["group", "item", "region", "period", "observed", "predicted", "low", "high", "unit"],
)
DRAW: dict[str, tuple[pd.DataFrame, Callable[[pd.DataFrame], Figure]]] = {
    "flow_map": (
        FLOWS,
        lambda t: flow_map(
            t,
            REGIONS,
            OUTLINES,
            commodity=t["commodity"].iloc[0] if len(t.get("commodity", ())) else None,
            source="a source",
        ),
    ),
    "flow_map of one year": (
        FLOWS[["from", "to", "baseline_t"]].rename(columns={"baseline_t": "t"}),
        lambda t: flow_map(t, REGIONS, OUTLINES),
    ),
    "sankey": (LINKS, lambda t: sankey(t, source="a source")),
    "price_bars": (PRICES, lambda t: price_bars(t, source="a source")),
    "shortage_bars": (SHORTAGES, lambda t: shortage_bars(t, source="a source")),
    "timeline": (INTERVALS, lambda t: timeline(t, "2026-11-23", today="2026-12-24", source="a source")),
    "predicted_observed": (POINTS, lambda t: predicted_observed(t, source="a source")),
    "price_path": (PATHS, lambda t: price_path(t, source="a source")),
}


@pytest.fixture(params=list(DRAW))
def sample(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, Callable[[pd.DataFrame], Figure]]:
    """A table and the function that draws it."""
    return DRAW[request.param]


@pytest.fixture(params=list(DRAW))
def figure(request: pytest.FixtureRequest) -> Figure:
    """A drawn sample."""
    table, draw = DRAW[request.param]
    return draw(table)


@pytest.fixture
def every_figure() -> list[Figure]:
    """All samples."""
    return [draw(table) for table, draw in DRAW.values()]


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """The tables behind the samples, by figure."""
    return {name: table.copy() for name, (table, _) in DRAW.items()}


@pytest.fixture
def land() -> tuple[pd.DataFrame, dict[str, object]]:
    """Regions and outlines for a flow map."""
    return REGIONS.copy(), OUTLINES
