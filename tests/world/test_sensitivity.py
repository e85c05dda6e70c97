"""Sensitivity: indices agree with theory, and the ranking tells ranges and sources."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from ytterby.errors import UnknownNameError, UsageError
from ytterby.world import Outcome, World, library, parameters
from ytterby.world.sensitivity import Headline, Sensitivity, first_order, headlines, sensitivity

TARIFF = library()["magnet_tariff"]


def _variance(low: float, mid: float, high: float) -> float:
    return (low**2 + mid**2 + high**2 - low * mid - low * high - mid * high) / 18


def test_a_linear_function_of_the_draws_has_the_indices_of_its_variances() -> None:
    ranges = {"a": (0.0, 1.0, 4.0), "b": (1.0, 2.0, 3.0), "c": (0.0, 5.0, 10.0), "fixed": (2.0, 2.0, 2.0)}
    weight = {"a": 2.0, "b": -3.0, "c": 0.25, "fixed": 7.0}
    x = pd.DataFrame(parameters.draw(ranges, 400, seed=3))
    y = sum(weight[k] * x[k] for k in ranges)
    parts = {k: weight[k] ** 2 * _variance(*ranges[k]) for k in ranges}
    found = first_order(x, y)
    for name, part in parts.items():
        assert found["index"][name] == pytest.approx(part / sum(parts.values()), abs=0.06)
    assert found["index"]["fixed"] == 0.0
    assert (found["margin"][["a", "b"]] > 0.0).all()


def test_the_function_of_ishigami() -> None:
    x = pd.DataFrame(np.random.default_rng(5).uniform(-math.pi, math.pi, (4000, 3)), columns=["x1", "x2", "x3"])
    y = np.sin(x["x1"]) + 7 * np.sin(x["x2"]) ** 2 + 0.1 * x["x3"] ** 4 * np.sin(x["x1"])
    assert first_order(x, y)["index"].to_list() == pytest.approx([0.314, 0.442, 0.0], abs=0.04)


def test_what_plays_no_part_has_an_index_of_about_nothing() -> None:
    x = pd.DataFrame(np.random.default_rng(7).random((400, 2)), columns=["works", "idle"])
    found = first_order(x, x["works"] ** 2)
    assert abs(found["index"]["idle"]) < 0.05
    assert found["index"]["works"] > 0.95


def test_a_headline_that_does_not_vary_is_driven_by_nothing() -> None:
    x = pd.DataFrame(np.random.default_rng(7).random((100, 2)), columns=["a", "b"])
    assert (first_order(x, pd.Series(110.0, index=x.index)) == 0.0).all().all()


@pytest.fixture(scope="module")
def found(world: World) -> Sensitivity:
    wanted = [Headline("magnet.ndfeb_hd", "USA"), Headline("ev_motor", "WLD_exCHN")]
    return sensitivity(world, TARIFF, wanted, draws=100, seed=2)


def test_drivers_are_ranked_with_range_quality_and_source(found: Sensitivity) -> None:
    assert found.headlines["headline"].to_list() == ["magnet.ndfeb_hd@USA", "ev_motor@WLD_exCHN"]
    for _, rows in found.drivers.groupby("headline"):
        assert rows["rank"].to_list() == list(range(1, len(rows) + 1))
        assert rows["index"].is_monotonic_decreasing
    d = found.drivers
    assert (d["low"] < d["high"]).all(), "what does not vary is not ranked"
    assert d[["unit", "quality", "source"]].astype(bool).all().all()


def test_the_elasticity_of_demand_drives_use_lost_and_raises_it(found: Sensitivity) -> None:
    first = found.drivers.query("headline == 'ev_motor@WLD_exCHN' and rank == 1").iloc[0]
    assert (first["parameter"], first["direction"]) == ("demand_elasticity_scale", "+")
    assert first["index"] > 0.5


def test_headlines_are_what_moves_most_outside_china(world: World) -> None:
    o: Outcome = world.run(TARIFF)
    told = [str(h) for h in headlines(o)]
    assert told[0] == "magnet.ndfeb_hd@USA"
    assert len(told) == len(set(told)) <= 7
    assert not any(t.endswith("@CHN") for t in told)


def test_what_cannot_be_asked(world: World) -> None:
    with pytest.raises(UnknownNameError, match=r"magnet\.ndfeb_hd@UAS"):
        sensitivity(world, TARIFF, [Headline("magnet.ndfeb_hd", "UAS")], draws=100)
    with pytest.raises(UsageError, match="expected 100 or more"):
        sensitivity(world, TARIFF, draws=99)
    with pytest.raises(UsageError, match="ITEM@REGION"):
        Headline.parse("oxide.Dy")
