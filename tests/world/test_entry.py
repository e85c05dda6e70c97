"""Who builds: on a market small enough to know the answer, and against the market kernel's own rolling horizon."""

from __future__ import annotations

import dataclasses

import pytest

from ytterby.market import Network, solve
from ytterby.market.horizon import Entry, roll
from ytterby.world._entry import Worth, decide
from ytterby.world.pipeline import Decision, Project

PIT = Project(
    id="pit 1", name="pit", adds={"mine@AUS": 10.0}, good="ore", chain=(), at="AUS", incentive_price=35.0,
    not_before=2025, lead=1, ramp=(1.0,),
)  # fmt: skip
PITS = tuple(dataclasses.replace(PIT, id=f"pit {n}", incentive_price=30.0 + n) for n in range(1, 7))


def at(price: float | None) -> Worth:
    """Return a market with one price whatever is built."""
    return lambda _project, _taken: price


def falling(price: float) -> Worth:
    """Return a market whose price falls by 10 with each pit."""
    return lambda _project, taken: price - 10.0 * len(taken)


@pytest.mark.parametrize(("believed", "count"), [(34.9, 0), (35.0, 0), (35.1, 1)])
def test_a_project_comes_above_its_incentive_price_and_not_below(believed: float, count: int) -> None:
    found = decide([PIT], (), 2026, at(believed))
    assert [(d.decided, d.opens, d.believed_price) for d in found] == [(2026, 2027, believed)] * count


def test_each_project_knows_those_before_it() -> None:
    """The price falls by 10 a pit: of six that would pay alone three come, the cheapest."""
    found = decide(PITS, (), 2026, falling(55.0))
    assert [d.project.id for d in found] == ["pit 1", "pit 2", "pit 3"]
    again = decide(PITS, found, 2027, falling(55.0))
    assert again == found


@pytest.mark.parametrize("intercept", [20.0, 36.0, 47.0, 60.0, 80.0, 200.0])
def test_bisection_finds_what_asking_one_after_the_other_finds(intercept: float) -> None:
    taken: tuple[Decision, ...] = ()
    for p in PITS:
        if intercept - 10.0 * len(taken) > p.incentive_price:
            taken = (*taken, Decision(p, 2026, 2027, 0.0))
    found = decide(PITS, (), 2026, falling(intercept))
    assert [d.project.id for d in found] == [d.project.id for d in taken]


def test_a_project_is_not_decided_before_it_must_be_nor_for_after_the_last_year() -> None:
    far = dataclasses.replace(PIT, not_before=2030, lead=3)
    decided = [y for y in range(2024, 2036) if decide([far], (), y, at(99.0))]
    assert decided == list(range(2027, 2033))


def test_nobody_builds_where_nobody_buys() -> None:
    assert decide([PIT], (), 2026, at(None)) == ()


def test_the_kernels_rolling_horizon_decides_the_same() -> None:
    """One market, two programs: years solved one by one here, a window over all of them there."""
    years = range(2026, 2032)

    def network(pits: float, periods: list[int]) -> Network:
        return Network.parse(
            {
                "periods": [{"id": str(y)} for y in periods],
                "supplies": [
                    {"id": "mine", "commodity": "ore", "region": "AUS",
                     "curve": {"form": "marginal_cost", "cost": 10, "capacity": 40 + pits}}
                ],
                "demands": [
                    {"id": f"use {y}", "commodity": "ore", "region": "AUS", "period": str(y),
                     "curve": {"form": "inverse_linear", "intercept": 60 + 10 * (y - 2026), "slope": 1}}
                    for y in periods
                ],
            }
        )  # fmt: skip

    projects = [dataclasses.replace(PIT, id=f"pit {n}", incentive_price=31.0 + 7 * n) for n in range(3)]

    def worth(p: Project, taken: tuple[Decision, ...], year: int) -> float:
        opens = year + p.lead
        pits = sum(10.0 for d in taken if d.opens <= opens)
        return float(solve(network(pits, [opens])).prices.price[0])

    taken: tuple[Decision, ...] = ()
    for year in years:
        taken = decide(
            [p for p in projects if year + p.lead <= years[-1]], taken, year, lambda p, d, year=year: worth(p, d, year)
        )
    entries = [
        Entry(id=p.id, activity="mine", commodity="ore", region="AUS", incentive_price=p.incentive_price, size=10.0,
              lead_time=1)
        for p in projects
    ]  # fmt: skip
    path = roll(network(0.0, list(years)), entries=entries)
    assert len(taken) == 3
    assert [(d.project.id, str(d.decided), str(d.opens)) for d in taken] == [
        tuple(row) for row in path.entries[["id", "decided", "opens"]].to_numpy().tolist()
    ]


@pytest.mark.parametrize(("floor", "opens"), [(None, []), (50.0, []), (70.0, [2027])], ids=["none", "low", "high"])
def test_a_floor_that_is_attained_brings_a_plant(floor: float | None, opens: list[int]) -> None:
    """Oxide comes in at 45; the plant at home pays from 60 on."""
    plant = dataclasses.replace(PIT, adds={"plant@USA": 20.0}, good="oxide", at="USA", incentive_price=60.0)

    def worth(p: Project, taken: tuple[Decision, ...]) -> float:
        built = sum(d.project.adds["plant@USA"] for d in taken)
        network = {
            "supplies": [
                {"id": "abroad", "commodity": "oxide", "region": "CHN",
                 "curve": {"form": "marginal_cost", "cost": 40, "slope": 0.01}},
                {"id": "plant", "commodity": "oxide", "region": "USA",
                 "curve": {"form": "marginal_cost", "cost": 55, "capacity": built}},
            ],
            "demands": [{"id": "use", "commodity": "oxide", "region": "USA",
                         "curve": {"form": "inverse_linear", "intercept": 145, "slope": 1}}],
            "routes": [{"id": "sea", "commodity": "oxide", "from": "CHN", "to": "USA", "cost": 4}],
            "measures": [] if floor is None else [
                {"id": "floor", "instrument": "price_floor", "commodity": "oxide", "members": ["USA"],
                 "price": floor, "upheld_by": "adjustable_tariff"}],
        }  # fmt: skip
        prices = solve(network).prices.set_index("region")["price"]
        return float(prices[p.at])

    assert [d.opens for d in decide([plant], (), 2026, worth)] == opens
