"""Parameters and assumptions: ranges, roles, draws."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import triang

from ytterby import atlas
from ytterby.errors import UnknownNameError
from ytterby.world import Calibration, assumptions, parameters

RANGES = {"a": (0.0, 1.0, 4.0), "b": (2.0, 2.0, 2.0), "c": (-1.0, 0.0, 0.0)}


def test_conversion_has_the_slope_of_conversion_and_no_other_parameter(calibration: Calibration) -> None:
    a = calibration.activities
    lines = a[a["stage"].isin(["separation", "metal", "magnet"])]
    assert set(lines["parameter"]) == {"conversion_cost_slope"}
    mines = a[a["stage"].isin(["mine", "recycling"])]
    assert mines["parameter"].str.startswith("supply_elasticity_").all()
    assert calibration.demands["choke"].str.startswith("choke_multiple_").all()
    assert calibration.routes["parameter"].str.startswith("origin_substitution_").all()


def test_atlas_parameters_carry_the_atlas_numbers() -> None:
    table, known = parameters.table(), atlas.table("elasticities").set_index(["item", "scope"])
    for r in table[table["atlas_item"].notna()].to_dict("records"):
        row = known.loc[(r["atlas_item"], r["atlas_scope"])]
        assert (r["low"], r["mid"], r["high"]) == (row["low"], row["central"], row["high"])
    assert table["source"].notna().all()


@given(st.floats(0, 1), st.floats(-5, 5), st.floats(0, 5), st.floats(0, 5))
def test_triangular_is_the_quantile_of_the_distribution(u: float, low: float, left: float, right: float) -> None:
    mid, high = low + left, low + left + right
    found = parameters.triangular(u, low, mid, high)
    if high - low < 1e-6:
        assert found == pytest.approx(low, abs=1e-5)
    else:
        expected = triang.ppf(u, (mid - low) / (high - low), loc=low, scale=high - low)
        assert found == pytest.approx(expected, abs=1e-6)


def test_draws_are_the_same_for_a_seed_and_others_for_another() -> None:
    assert parameters.draw(RANGES, 5, 1) == parameters.draw(RANGES, 5, 1)
    assert parameters.draw(RANGES, 5, 1) != parameters.draw(RANGES, 5, 2)
    assert parameters.draw(dict(reversed(RANGES.items())), 5, 1) == parameters.draw(RANGES, 5, 1)


def test_draws_stay_in_their_range_and_cover_it_evenly() -> None:
    draws = parameters.draw(RANGES, 40, 3)
    for name, (low, _, high) in RANGES.items():
        values = np.array([d[name] for d in draws])
        assert ((low <= values) & (values <= high)).all()
    low, mid, high = RANGES["a"]
    quantiles = triang.cdf([d["a"] for d in draws], (mid - low) / (high - low), loc=low, scale=high - low)
    assert sorted(np.floor(quantiles * 40).astype(int)) == list(range(40)), "a Latin hypercube has one draw per cell"


def test_every_assumption_has_a_unit_a_source_and_a_range_that_holds_its_middle() -> None:
    for a in assumptions.rows():
        assert a.unit
        assert a.source
        assert a.low <= a.mid <= a.high
        assert a.quality in {"reported", "derived", "estimate"}
        assert a.access in {"full_text", "excerpt", "relay", "recall", "none"}
        assert not (a.valid_from and a.valid_to) or a.valid_from <= a.valid_to


def test_of_rows_that_hold_on_a_day_the_latest_is_taken() -> None:
    early = assumptions.find("CHN-A18-2025", "effective_export_change", "NdFeB magnets, world", dt.date(2025, 5, 10))
    late = assumptions.find("CHN-A18-2025", "effective_export_change", "NdFeB magnets, world", dt.date(2026, 3, 10))
    assert early.mid < -0.7
    assert late.mid > 0


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        (("CHN-A18-2025", "licensed_volume_shar", None), "licensed_volume_share"),
        (("CHN-A18-2025", "licensed_volume_share", "practice of spring 2026"), "practice of spring 2025"),
    ],
)
def test_an_unknown_assumption_is_told_with_the_nearest(asked: tuple[str, str, str | None], near: str) -> None:
    with pytest.raises(UnknownNameError, match=near):
        assumptions.find(*asked)


def test_licensed_shares_are_the_export_figures_they_say_they_are() -> None:
    """The note's arithmetic, from the monthly rows of the same table."""
    monthly = {
        a.valid_from: 1 + a.mid
        for a in assumptions.rows()
        if a.name == "CHN-A18-2025.effective_export_change" and a.scope == "NdFeB magnets, world"
    }
    spring = assumptions.find("CHN-A18-2025", "licensed_volume_share", "practice of spring 2025")
    truce = assumptions.find("CHN-A18-2025", "licensed_volume_share", "practice under the truce")
    months = [monthly[dt.date(2025, m, 1)] for m in range(4, 10)]
    assert spring.low == pytest.approx(min(months), abs=1e-3)
    assert spring.mid == pytest.approx(np.mean(months[:3]), abs=2e-3)
    assert spring.high == pytest.approx(np.mean(months), abs=2e-3)
    winter = [monthly[dt.date(2026, m, 1)] for m in range(1, 4)]
    assert (truce.low, truce.mid, truce.high) == pytest.approx((min(winter), np.mean(winter), max(winter)), abs=2e-3)
