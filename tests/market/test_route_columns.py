"""The routes of a network are columns that read, compare, travel and fail like a tuple of routes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from ytterby.errors import InputError, UnknownNameError
from ytterby.market import Network, Route, solve, validate
from ytterby.market._window import cut_window

RECORDS: list[dict[str, Any]] = [
    {"id": "sea", "commodity": "wheat", "from": "abroad", "to": "home", "cost": 10},
    {"id": "rail", "commodity": "wheat", "from": "abroad", "to": "home", "cost": 12.5, "slope": 1, "capacity": 3},
    {"id": "back", "commodity": "flour", "from": "home", "to": "abroad", "period": ["1"], "segment": "food"},
]


def network_of(routes: Any) -> Network:
    return Network.parse({"routes": routes})


def test_each_route_is_what_its_record_says():
    assert tuple(network_of(RECORDS).routes) == tuple(Route(**r) for r in RECORDS)


@pytest.mark.parametrize(
    "routes",
    [
        tuple(RECORDS),
        [Route(**r) for r in RECORDS],
        [RECORDS[0], *(Route(**r) for r in RECORDS[1:])],
        [{**RECORDS[0], "cost": "10"}, *RECORDS[1:]],
        network_of(RECORDS).routes,
        (r for r in RECORDS),
    ],
    ids=["tuple", "values", "mixed", "numbers as text", "columns", "generator"],
)
def test_however_they_are_given_they_are_the_same(routes):
    assert network_of(routes) == network_of(RECORDS)


def test_they_equal_and_hash_like_a_tuple():
    routes = network_of(RECORDS).routes
    assert routes == tuple(Route(**r) for r in RECORDS)
    assert routes != network_of(RECORDS[::-1]).routes
    assert hash(routes) == hash(tuple(routes))
    assert repr(routes) == repr(tuple(routes))


def test_they_are_indexed_like_a_tuple():
    routes = network_of(RECORDS).routes
    assert (routes[-1].id, [r.id for r in routes[1:]], len(routes)) == ("back", ["rail", "back"], 3)
    with pytest.raises(IndexError):
        routes[3]


def test_they_survive_pickling_copying_and_dumping():
    network = network_of(RECORDS)
    assert pickle.loads(pickle.dumps(network)) == network
    assert network.model_copy(deep=True) == network
    assert Network.parse(network.model_dump()) == network
    assert Network.model_validate_json(network.model_dump_json(by_alias=True)) == network


def test_a_dump_leaves_out_what_is_not_set():
    (dumped,) = network_of(RECORDS[:1]).model_dump(by_alias=True, exclude_unset=True)["routes"]
    assert dumped == RECORDS[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": float("nan")}, "cost"),
        ({"cost": float("inf")}, "cost"),
        ({"capacity": float("inf")}, "capacity"),
        ({"slope": -1}, "slope"),
        ({"capacity": -1}, "capacity"),
        ({"cost": 10**400}, "cost"),
        ({"cost": None}, "cost"),
        ({"to": None}, "to"),
        ({"period": [3.5, None]}, "period"),
        ({"costs": 1}, "did you mean 'cost'"),
        ({3: 1}, "3"),
    ],
    ids=repr,
)
def test_a_fault_is_found_at_its_route(change, message):
    with pytest.raises(InputError, match=r"routes\[1\] 'rail'") as caught:
        network_of([RECORDS[0], {**RECORDS[1], **change}, RECORDS[2]])
    assert message in str(caught.value)


def test_a_missing_word_is_named():
    with pytest.raises(InputError, match=r"routes\[0\] 'sea'.*'to' is missing"):
        network_of([{k: v for k, v in RECORDS[0].items() if k != "to"}])


def test_a_record_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"routes\[1\]"):
        network_of([RECORDS[0], 7])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"from": "abrod"}, r"routes\[1\] 'rail' from: unknown region 'abrod'"),
        ({"to": "abrod"}, r"routes\[1\] 'rail' to: unknown region 'abrod'"),
        ({"commodity": "weat"}, r"routes\[1\] 'rail' commodity: unknown commodity 'weat'"),
        ({"period": "2"}, r"routes\[1\] 'rail' period: unknown period '2'"),
    ],
    ids=repr,
)
def test_an_unknown_name_is_found_at_the_first_route_that_has_it(pair, change, error):
    spoilt = {**RECORDS[1], **change}
    with pytest.raises(UnknownNameError, match=error):
        validate(Network.parse({**pair, "routes": [RECORDS[0], spoilt, {**spoilt, "id": "third"}]}))


def test_a_window_keeps_the_periods_within_it(pair):
    periods = [{"id": str(n)} for n in range(4)]
    routes = [RECORDS[0], {**RECORDS[1], "period": ["0", "2"]}, {**RECORDS[1], "id": "late", "period": "3"}]
    network = Network.parse({**pair, "periods": periods, "routes": routes})
    assert [r.period for r in cut_window(network, 1, 2, {}).routes] == ["*", ("2",), ()]


def test_routes_given_to_a_copy_as_a_tuple_are_solved(pair):
    network = Network.parse({**pair, "routes": RECORDS[:2]})
    changed = network.model_copy(update={"routes": tuple(network.routes)[:1]})
    assert solve(changed).flows.route.tolist() == ["sea"]


@pytest.fixture
def pair() -> dict[str, Any]:
    return {
        "supplies": [
            {
                "id": "farm",
                "commodity": "wheat",
                "region": "abroad",
                "curve": {"form": "linear", "intercept": 0, "slope": 1},
            }
        ],
        "demands": [
            {
                "id": "mill",
                "commodity": "wheat",
                "region": "home",
                "curve": {"form": "linear", "intercept": 100, "slope": 1},
            }
        ],
    }
