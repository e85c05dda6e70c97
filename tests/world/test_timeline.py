"""Networks between the years of the atlas: on the nodes the same, between them in between."""

from __future__ import annotations

import pytest

from ytterby import atlas
from ytterby.errors import InputError
from ytterby.market import solve
from ytterby.world import World, calibrate
from ytterby.world.calibrate import YEARS, capacity_at
from ytterby.world.parameters import central
from ytterby.world.timeline import calibration_at, network_at


def test_the_base_year_is_the_baseline(world: World) -> None:
    assert network_at(2024.0, central()) == world.network()


@pytest.mark.parametrize("year", YEARS)
def test_capacities_on_the_nodes_are_those_of_the_atlas(year: int) -> None:
    table = atlas.table("capacity")
    assert list(capacity_at(year).values()) == table[f"capacity_{year}"].tolist()


def test_capacity_between_two_nodes_lies_on_the_line_between_them() -> None:
    before, at, after = (capacity_at(year) for year in (2026, 2027.5, 2028))
    for name, level in at.items():
        assert level == pytest.approx(before[name] + 0.75 * (after[name] - before[name]))


def test_demand_grows_by_the_same_rate_in_each_month() -> None:
    months = [calibration_at(2025 + n / 12).demands.set_index("id")["base_t"] for n in range(3)]
    assert (months[1] / months[0]).to_numpy() == pytest.approx((months[2] / months[1]).to_numpy())
    year = calibrate(2025).demands.set_index("id")["base_t"] / calibrate(2024).demands.set_index("id")["base_t"]
    growth = atlas.table("demand").query("end_use == 'ev_motor'")["growth_pct_per_year_to_2030"].iloc[0]
    assert year["ev_motor@CHN:product.ev_motor"] == pytest.approx(1 + growth / 100)


def test_a_network_between_two_nodes_has_an_equilibrium() -> None:
    answer = solve(network_at(2025.25, central()))
    assert answer.residual < 1e-6
    assert set(answer.prices["period"]) == {"2025.25"}


@pytest.mark.parametrize("year", [2023.9, 2030.1])
def test_a_time_outside_of_the_atlas_is_refused(year: float) -> None:
    with pytest.raises(InputError, match="no capacities") as caught:
        network_at(year, central())
    assert caught.value.hint == "valid: 2024 to 2030"
