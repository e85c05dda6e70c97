"""Capacity entry: decided when the believed price exceeds the incentive price, there after the lead time, once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.errors import InputError, UnknownNameError
from ytterby.market import Network
from ytterby.market.horizon import Entry, roll

approx = pytest.approx


def by_period(frame, column="price"):
    return frame[column].tolist()


def growing(*tops, capacity=40.0, **more):
    """P = top − Q and 40 units a year at a cost of 10: the price is top − 40."""
    names = [f"t{n + 1}" for n in range(len(tops))]
    return Network.parse(
        {
            "periods": [{"id": name} for name in names],
            "supplies": [
                {
                    "id": "mine",
                    "commodity": "ore",
                    "region": "home",
                    "curve": {"form": "marginal_cost", "cost": 10, "capacity": capacity},
                }
            ],
            "demands": [
                {
                    "id": f"d-{name}",
                    "commodity": "ore",
                    "region": "home",
                    "period": name,
                    "curve": {"form": "inverse_linear", "intercept": top, "slope": 1},
                }
                for name, top in zip(names, tops, strict=True)
            ],
            **more,
        }
    )


def project(ident="new", price=35.0, **more):
    return Entry(
        **{"id": ident, "activity": "mine", "commodity": "ore", "region": "home"} | {"size": 10} | more,
        incentive_price=price,
    )


RISING = growing(60, 70, 80, 90, 100)  # prices 20, 30, 40, 50, 60


def test_a_rising_price_triggers_a_project_when_it_passes_the_incentive_price():
    """Who looks at the present price alone decides at 40 in t3, and opens a period later."""
    path = roll(RISING, window=1, entries=[project(lead_time=1)])
    assert path.entries.to_dict("records") == [
        {
            "id": "new",
            "activity": "mine",
            "size": 10.0,
            "incentive_price": 35.0,
            "believed_price": approx(40),
            "decided": "t3",
            "opens": "t4",
        }
    ]
    assert by_period(path.prices) == approx([20, 30, 40, 40, 50])
    assert by_period(path.supply, "quantity") == approx([40, 40, 40, 50, 50])
    assert list(path.measures.id) == []


def test_who_sees_the_price_coming_decides_earlier():
    path = roll(RISING, entries=[project(lead_time=2)])
    assert path.entries[["decided", "opens"]].to_numpy().tolist() == [["t1", "t3"]]
    assert by_period(path.prices) == approx([20, 30, 30, 40, 50])


def test_an_average_over_more_periods_waits_or_goes_before():
    """Opening in t1 at 20, 30, 40 is 30 on average; opening in t2 it is 40."""
    path = roll(RISING, entries=[project(average_over=3)])
    assert path.entries[["decided", "opens"]].to_numpy().tolist() == [["t2", "t2"]]
    assert path.entries.believed_price.tolist() == approx([40])


@pytest.mark.parametrize("price", [60.0, 61.0])
def test_nobody_enters_at_the_incentive_price_or_below(price):
    path = roll(RISING, entries=[project(price=price)])
    assert path.entries.empty
    assert by_period(path.prices) == approx([20, 30, 40, 50, 60])


def test_of_two_projects_the_cheaper_goes_first_and_may_leave_no_room():
    both = [project("dear", 33.0), project("cheap", 25.0)]
    path = roll(RISING, window=1, entries=both)
    # t2: 30, the cheap one opens: 20, 20 | t3: 30 | t4: 40 > 33, the dear one: 30 | t5: 40
    assert path.entries[["id", "opens"]].to_numpy().tolist() == [["cheap", "t2"], ["dear", "t4"]]
    assert by_period(path.prices) == approx([20, 20, 30, 30, 40])
    sudden = roll(growing(60, 80), window=1, entries=both)
    assert sudden.entries.id.tolist() == ["cheap"]  # 40 calls for both, 30 for one
    assert roll(RISING, window=1, entries=both[::-1]).entries.equals(path.entries)


def test_a_project_comes_once_and_stays():
    path = roll(growing(100, 100, 50), window=1, entries=[project()])
    assert path.entries.id.tolist() == ["new"]
    assert by_period(path.prices) == approx([50, 50, 10])
    assert by_period(path.supply, "quantity") == approx([50, 50, 40])


def test_a_ramp_brings_capacity_by_and_by():
    path = roll(growing(100, 100, 100), entries=[project(ramp=(0.2, 0.7, 1.0))])
    assert by_period(path.supply, "quantity") == approx([42, 47, 50])


def test_a_limit_on_the_total_keeps_projects_out():
    entries = [project("a", 20, max_total=50), project("b", 21, max_total=50), project("c", 22, size=5)]
    assert roll(growing(100), entries=entries).entries.id.tolist() == ["a", "c"]


def test_a_project_that_would_open_after_the_last_period_is_not_judged():
    assert roll(growing(100, 100), entries=[project(lead_time=2)]).entries.empty


def test_a_process_may_be_built_from_nothing_and_stocks_wait_for_it():
    plant = {"id": "plant", "region": "home", "inputs": {"ore": 1}, "outputs": {"metal": 1}, "cost": 5, "capacity": 0}
    record = growing(0, 0, 0).model_dump(by_alias=True, exclude_none=True)
    metal = {
        "id": "m",
        "commodity": "metal",
        "region": "home",
        "curve": {"form": "linear", "intercept": 50, "slope": 1},
    }
    network = Network.parse({**record, "processes": [plant], "demands": [metal]})
    entry = Entry(
        id="line", activity="plant", commodity="metal", region="home", incentive_price=20, size=12, lead_time=1
    )
    path = roll(network, entries=[entry])
    assert by_period(path.processes, "level") == approx([0, 12, 12])
    metal_price = path.prices[path.prices.commodity == "metal"]
    assert by_period(metal_price) == approx([50, 38, 38])


def test_a_measure_on_the_whole_capacity_meets_the_new_part_too():
    half = {"id": "half", "instrument": "activity", "match": {"supply": "mine"}, "capacity_factor": 0.5}
    path = roll(growing(100, 100, measures=[half]), entries=[project(lead_time=1)])
    assert by_period(path.supply, "quantity") == approx([20, 25])
    assert path.measures.id.unique().tolist() == ["half"]


@settings(max_examples=20, deadline=None)
@given(
    tops=st.lists(st.integers(20, 120), min_size=1, max_size=5),
    price=st.integers(11, 70),
    lead=st.integers(0, 2),
)
def test_the_first_price_above_triggers_whatever_the_path(tops, price, lead):
    path = roll(growing(*tops), window=1, entries=[project(price=price, lead_time=lead)])
    prices = [max(10, top - 40) if top >= 10 else top for top in tops]
    wanted = [f"t{n + 1}" for n, p in enumerate(prices) if p > price and n + lead < len(tops)][:1]
    assert path.entries.decided.tolist() == wanted


def test_mistakes_are_named():
    network = growing(60, 70)
    with pytest.raises(UnknownNameError, match="did you mean 'mine'"):
        roll(network, entries=[project(activity="mines")])
    with pytest.raises(UnknownNameError, match="unknown commodity 'oer'"):
        roll(network, entries=[project(commodity="oer")])
    with pytest.raises(UnknownNameError, match="unknown region 'hone'"):
        roll(network, entries=[project(region="hone")])
    with pytest.raises(UnknownNameError, match="unknown segment 'spot'"):
        roll(network, entries=[project(segment="spot")])
    with pytest.raises(InputError, match="stands twice"):
        roll(network, entries=[project(), project()])
    with pytest.raises(InputError, match="no capacity"):
        roll(growing(60, capacity=None), entries=[project()])
    with pytest.raises(ValueError, match="rises to 1"):
        project(ramp=(0.5, 0.2))
