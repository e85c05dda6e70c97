"""Regional base prices minimise the stated objective, by another optimiser."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from ytterby import atlas
from ytterby.world import Calibration
from ytterby.world._prices import regional_prices
from ytterby.world._trade_costs import base_taxes, freight, tax_on


def _series(values: dict[tuple[str, str], float]) -> pd.Series:
    series = pd.Series(values)
    series.index = pd.MultiIndex.from_tuples(series.index, names=["commodity", "region"])
    return series


def test_a_chain_of_lanes_has_prices_that_differ_by_their_costs() -> None:
    flows = pd.DataFrame(
        {"commodity": "oxide.Y", "from": ["CHN", "JPN"], "to": ["JPN", "USA"], "t": [10, 1], "k": [2, 3]}
    )
    made = _series({("oxide.Y", "CHN"): 20.0})
    found = regional_prices(flows, made, _series({("oxide.Y", "USA"): 1.0}), {"oxide.Y": 6.0}, {"oxide.Y": 5.0})
    assert found["oxide.Y"].to_dict() == pytest.approx({"CHN": 5.0, "JPN": 7.0, "USA": 10.0})


def test_two_ways_to_one_place_are_weighted_by_tonnes() -> None:
    # CHN at 5; JPN free of anchors: directly p = 5 + 4, over KOR p = (5 + 1) + 1; weights 3 and, in series, 1 and 1
    flows = pd.DataFrame(
        {
            "commodity": "x",
            "from": ["CHN", "CHN", "KOR"],
            "to": ["JPN", "KOR", "JPN"],
            "t": [3.0, 1.0, 1.0],
            "k": [4.0, 1.0, 1.0],
        }
    )
    found = regional_prices(flows, _series({("x", "CHN"): 9.0}), _series({("x", "JPN"): 4.0}), {"x": 0.0}, {"x": 5.0})
    in_series = 1 / (1 / 1 + 1 / 1)
    assert found["x", "JPN"] == pytest.approx((3 * 9 + in_series * 7) / (3 + in_series))


def test_where_china_does_not_trade_the_largest_maker_sells_at_fob() -> None:
    flows = pd.DataFrame({"commodity": "x", "from": ["AUS"], "to": ["MYS"], "t": [5.0], "k": [0.2]})
    made = _series({("x", "AUS"): 5.0, ("x", "MYS"): 1.0})
    found = regional_prices(flows, made, _series({("x", "MYS"): 6.0}), {"x": 8.0}, {"x": 7.0})
    assert found["x"].to_dict() == pytest.approx({"AUS": 8.0, "MYS": 8.2})


@pytest.mark.parametrize("commodity", ["magnet.ndfeb", "oxide.NdPr", "oxide.Dy"])
def test_prices_minimise_the_weighted_gaps_that_known_costs_leave(calibration: Calibration, commodity: str) -> None:
    table = atlas.table("commodities").set_index("commodity")
    fob = table["base_price_usd_per_kg"].dropna().to_dict()
    exvat = table["base_price_china_exvat_usd_per_kg"].dropna().to_dict()
    flows = atlas.table("flows")
    flows = flows[flows["commodity"] == commodity].reset_index(drop=True)
    taxes = base_taxes(fob, exvat, list(calibration.regions))
    k = (freight(flows, flows["commodity"].map(fob)) + tax_on(flows, taxes)).to_numpy()
    regions = sorted({*flows["from"], *flows["to"]} - {"CHN"})
    at = {r: n for n, r in enumerate(regions)}
    t = flows["t"].to_numpy() / flows["t"].sum()

    def price(x: np.ndarray, names: pd.Series) -> np.ndarray:
        return np.array([exvat[commodity] if r == "CHN" else x[at[r]] for r in names])

    def objective(x: np.ndarray) -> float:
        return float((t * (price(x, flows["to"]) - price(x, flows["from"]) - k) ** 2).sum())

    found = minimize(objective, np.full(len(regions), exvat[commodity]), method="BFGS", options={"gtol": 1e-12})
    told = calibration.prices[commodity].reindex(regions)
    assert (told > 0.0).all()
    assert objective(told.to_numpy()) == pytest.approx(found.fun, rel=1e-4, abs=1e-10)


def test_wedges_are_what_prices_leave_unexplained(calibration: Calibration) -> None:
    r = calibration.routes
    np.testing.assert_allclose(r["wedge"], r["price_to"] - r["price_from"] - r["known_cost"] - r["tax"], atol=1e-9)
    used = r[r["base_t"] > 0]
    typical = (used["wedge"].abs() / used["price_to"] * used["base_t"]).sum() / used["base_t"].sum()
    assert typical < 0.02, "known costs explain prices to two per cent, by tonnes"


def test_chinas_export_vat_is_the_gap_between_fob_and_domestic_price(calibration: Calibration) -> None:
    assert calibration.fob("oxide.NdPr", "CHN") == pytest.approx(
        1.13 * calibration.prices["oxide.NdPr", "CHN"], rel=1e-3
    )
    assert calibration.fob("magnet.ndfeb", "CHN") == pytest.approx(calibration.prices["magnet.ndfeb", "CHN"])
    assert calibration.fob("magnet.ndfeb", "JPN") == pytest.approx(calibration.prices["magnet.ndfeb", "JPN"])


@pytest.mark.parametrize(
    ("commodity", "origin", "destination", "usd_per_kg"),
    [
        ("magnet.ndfeb", "CHN", "USA", 0.9),
        ("magnet.ndfeb", "CHN", "JPN", 0.5),
        ("magnet.ndfeb", "CHN", "FRA", 0.9),
        ("oxide.La", "CHN", "DEU", 0.3),
        ("oxide.Dy", "CHN", "USA", 4.0),
        ("metal.NdPr", "CHN", "DEU", 0.4),
        ("ore.clay_seasia", "MMR", "CHN", 0.15),
        ("ore.mountain_pass", "USA", "CHN", 0.1),
        ("product.ev_motor", "CHN", "DEU", 0.9),
    ],
)
def test_freight_takes_the_row_of_its_class_and_lane(
    commodity: str, origin: str, destination: str, usd_per_kg: float
) -> None:
    lane = pd.DataFrame({"commodity": [commodity], "from": [origin], "to": [destination]})
    share = 0.015  # transaction cost of the atlas
    found = freight(lane, pd.Series([100.0]))
    assert found.iloc[0] == pytest.approx(usd_per_kg + share * 100.0)
