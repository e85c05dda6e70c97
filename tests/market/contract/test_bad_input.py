"""Bad input: a named error with the place and the nearest valid name, or the right answer."""

from __future__ import annotations

import copy
import math

import pytest

from ytterby.errors import InputError, SolveError, UnknownNameError, YtterbyError

approx = pytest.approx


@pytest.fixture
def pair(market):
    return (
        market(periods=[{"id": "2024", "start": "2024-01-01", "years": 1}])
        .supply("abroad", form="linear", intercept=0, slope=1)
        .demand("home", form="linear", intercept=100, slope=1)
        .route("abroad", "home", cost=10)
        .process("mill", "home", {"wheat": 1}, {"flour": 0.8}, cost=3)
        .demand("home", name="flour", commodity="flour", form="linear", intercept=50, slope=1)
        .stock("home", carrying_cost=1)
        .firm("firm", ["abroad"], 0.0)
        .measure("import_tariff", importer="home", specific=5)
        .measure("import_quota", importer="home", quantity=50)
        .measure("tariff_rate_quota", importer="home", quota=5, in_quota={"specific": 1}, over_quota={"specific": 2})
        .measure("licence", exporter="abroad", base=[{"from": "abroad", "to": "home", "quantity": 90}], share=0.9)
        .measure("activity", match={"process": "mill"}, cost_delta=1)
        .measure("stockpile", commodity="wheat", region="home", path=[{"period": "2024", "buy": 1}])
        .measure("production_quota", commodity="wheat", region="abroad", quantity=99)
    )


def spoil(network: dict, path: tuple, value) -> dict:
    network = copy.deepcopy(network)
    place = network
    for key in path[:-1]:
        place = place[key]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return network


def broken(market, network: dict):
    built = market()
    built.network = network
    return built


NUMBERS = [
    ("supplies", 0, "curve", "intercept"),
    ("supplies", 0, "curve", "slope"),
    ("demands", 0, "curve", "intercept"),
    ("demands", 0, "curve", "slope"),
    ("routes", 0, "cost"),
    ("processes", 0, "cost"),
    ("processes", 0, "inputs", "wheat"),
    ("processes", 0, "outputs", "flour"),
    ("stocks", 0, "carrying_cost"),
    ("periods", 0, "years"),
    ("interest",),
    ("measures", 0, "specific"),
    ("measures", 1, "quantity"),
    ("measures", 2, "quota"),
    ("measures", 2, "in_quota", "specific"),
    ("measures", 3, "share"),
    ("measures", 3, "base", 0, "quantity"),
    ("measures", 4, "cost_delta"),
    ("measures", 5, "path", 0, "buy"),
    ("measures", 6, "quantity"),
]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "many", [1]], ids=repr)
@pytest.mark.parametrize("path", NUMBERS, ids=lambda path: ".".join(map(str, path)))
def test_a_number_that_is_none_is_named(market, pair, path, value):
    with pytest.raises(InputError) as caught:
        broken(market, spoil(pair.network, path, value)).solve()
    assert str(path[-1]) in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("routes", 0, "capacity"), -1),
        (("processes", 0, "capacity"), -1),
        (("stocks", 0, "capacity"), -1),
        (("stocks", 0, "initial"), -1),
        (("measures", 1, "quantity"), -1),
        (("measures", 2, "quota"), -1),
        (("measures", 6, "quantity"), -1),
        (("measures", 3, "share"), -0.1),
        (("measures", 3, "base", 0, "quantity"), -5),
        (("processes", 0, "inputs", "wheat"), -1),
        (("processes", 0, "outputs", "flour"), -1),
        (("supplies", 0, "curve", "slope"), -1),
        (("demands", 0, "curve", "slope"), -1),
        (("routes", 0, "slope"), -1),
        (("routes", 0, "power"), -1),
        (("periods", 0, "years"), 0),
        (("periods", 0, "years"), -1),
        (("firms", 0, "conduct"), -0.5),
        (("measures", 5, "path", 0, "buy"), -1),
    ],
    ids=lambda v: ".".join(map(str, v)) if isinstance(v, tuple) else repr(v),
)
def test_a_number_that_cannot_be_is_named(market, pair, path, value):
    with pytest.raises(InputError) as caught:
        broken(market, spoil(pair.network, path, value)).solve()
    assert str(path[-1]) in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "near"),
    [
        (("measures", 0, "importer"), "hme", "home"),
        (("measures", 0, "importer"), ["home", "hme"], "home"),
        (("measures", 0, "exporter"), "abraod", "abroad"),
        (("measures", 0, "commodity"), "weat", "wheat"),
        (("measures", 6, "region"), "abrod", "abroad"),
        (("measures", 6, "commodity"), "weat", "wheat"),
        (("measures", 5, "region"), "hom", "home"),
        (("measures", 5, "commodity"), "whaet", "wheat"),
        (("measures", 3, "base", 0, "to"), "hoem", "home"),
        (("measures", 0, "period"), "2042", "2024"),
        (("measures", 5, "path", 0, "period"), "204", "2024"),
        (("supplies", 0, "period"), "2025", "2024"),
        (("routes", 0, "period"), ["2042"], "2024"),
        (("firms", 0, "supplies"), ["abrood"], "abroad"),
        (("measures", 4, "match"), {"process": "mil"}, "mill"),
        (("measures", 4, "match"), {"supply": "abrod"}, "abroad"),
        (("measures", 0, "instrument"), "import_tarif", "import_tariff"),
        (("measures", 1, "per"), "pairs", "pair"),
        (("measures", 1, "rent_to"), "exporters", "exporter"),
        (("supplies", 0, "curve", "form"), "liner", "linear"),
    ],
    ids=lambda v: ".".join(map(str, v)) if isinstance(v, tuple) else repr(v),
)
def test_an_unknown_name_is_answered_with_the_nearest(market, pair, path, value, near):
    with pytest.raises(InputError) as caught:
        broken(market, spoil(pair.network, path, value)).solve()
    assert f"'{near}'" in str(caught.value)


@pytest.mark.parametrize(
    ("path", "near"),
    [
        (("supplies", 0, "comodity"), "commodity"),
        (("routes", 0, "capasity"), "capacity"),
        (("measures", 0, "specifik"), "specific"),
        (("demands", 0, "curve", "slop"), "slope"),
        (("suplies",), "supplies"),
        (("periods", 0, "year"), "years"),
    ],
    ids=lambda v: ".".join(map(str, v)) if isinstance(v, tuple) else v,
)
def test_an_unknown_field_is_answered_with_the_nearest(market, pair, path, near):
    with pytest.raises(InputError) as caught:
        broken(market, spoil(pair.network, path, 1)).solve()
    assert path[-1] in str(caught.value)
    assert near in str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        ("supplies", 0, "id"),
        ("supplies", 0, "commodity"),
        ("supplies", 0, "region"),
        ("supplies", 0, "curve"),
        ("demands", 0, "curve", "form"),
        ("demands", 0, "curve", "intercept"),
        ("routes", 0, "from"),
        ("routes", 0, "to"),
        ("processes", 0, "region"),
        ("measures", 0, "instrument"),
        ("measures", 1, "quantity"),
        ("measures", 2, "over_quota"),
        ("measures", 3, "share"),
        ("measures", 4, "match"),
        ("periods", 0, "id"),
    ],
    ids=lambda path: ".".join(map(str, path)),
)
def test_a_missing_field_is_named(market, pair, path):
    with pytest.raises(InputError) as caught:
        broken(market, spoil(pair.network, path, KeyError)).solve()
    assert path[-1] in str(caught.value)


@pytest.mark.parametrize(
    "table", ["supplies", "demands", "routes", "processes", "stocks", "firms", "measures", "periods"]
)
def test_an_id_given_twice_is_named(market, pair, table):
    network = copy.deepcopy(pair.network)
    network[table].append(copy.deepcopy(network[table][0]))
    with pytest.raises(InputError) as caught:
        broken(market, network).solve()
    assert network[table][0]["id"] in str(caught.value)


def test_another_format_is_refused(market, pair):
    with pytest.raises(InputError, match="ytterby-network/1"):
        broken(market, spoil(pair.network, ("format",), "ytterby-network/9")).solve()


@pytest.mark.parametrize("network", [[], "text", None, 3, {"supplies": {}}, {"supplies": [3]}, {"measures": [None]}])
def test_what_is_no_network_is_refused(market, network):
    with pytest.raises(InputError):
        broken(market, network).solve()


def test_a_tariff_needs_a_rate_and_one_only(market):
    base = (
        market()
        .supply("a", form="linear", intercept=0, slope=1)
        .demand("b", form="linear", intercept=9, slope=1)
        .route("a", "b")
    )
    for rate in ({}, {"specific": 1, "ad_valorem": 0.1}):
        with pytest.raises(InputError, match="specific"):
            base.copy().measure("import_tariff", **rate).solve()


def test_a_supply_in_two_firms_is_refused(market):
    network = (
        market()
        .supply("x", form="marginal_cost", cost=1)
        .demand("x", form="linear", intercept=9, slope=1)
        .firm("f", ["x"])
        .firm("g", ["x"])
    )
    with pytest.raises(YtterbyError) as caught:
        network.solve()
    assert "'x'" in str(caught.value)


def test_a_fixed_demand_without_choke_that_cannot_be_served_has_no_solution(market):
    network = market().supply("x", form="marginal_cost", cost=1, capacity=10).demand("x", form="fixed", quantity=11)
    with pytest.raises(SolveError) as caught:
        network.solve()
    assert caught.value.exit_code == 4
    assert "x" in str(caught.value)


@pytest.mark.parametrize("blocker", ["no route", "ban", "quota", "capacity"])
def test_what_stops_a_fixed_demand_is_found(market, blocker):
    network = market().supply("src", form="marginal_cost", cost=1).demand("home", form="fixed", quantity=11)
    if blocker != "no route":
        network.route("src", "home", capacity=5 if blocker == "capacity" else None)
    if blocker == "ban":
        network.measure("export_ban", exporter="src")
    if blocker == "quota":
        network.measure("import_quota", importer="home", quantity=5)
    with pytest.raises(SolveError) as caught:
        network.solve()
    assert "wheat" in str(caught.value)
    assert "home" in str(caught.value)


@pytest.mark.parametrize(
    "add",
    [
        lambda n: n.stock("x", terminal_value=50).supply("x", form="marginal_cost", cost=10),
        lambda n: n.supply("x", form="marginal_cost", cost=10).measure(
            "price_floor", commodity="wheat", members="x", price=50, upheld_by="purchase"
        ),
        lambda n: (
            n.supply("x", form="marginal_cost", cost=10)
            .route("x", "y")
            .demand("y", form="inverse_linear", intercept=30, slope=0)
        ),
        lambda n: (
            n.supply("x", form="marginal_cost", cost=10)
            .route("x", "y")
            .route("y", "x")
            .measure("subsidy", importer="y", specific=5)
        ),
        lambda n: n.supply("x", form="marginal_cost", cost=-5),
    ],
    ids=["terminal value", "purchase", "flat demand", "subsidised round trip", "negative cost"],
)
def test_gain_without_end_is_unbounded(market, add):
    """A flat supply below a buyer of any quantity, or a subsidy that pays for sailing in circles."""
    network = market().demand("x", name="local", form="linear", intercept=100, slope=1)
    with pytest.raises(YtterbyError) as caught:
        add(network).solve()
    assert caught.value.exit_code in (3, 4)


def test_an_unknown_name_error_is_raised_for_unknown_names(market, pair):
    with pytest.raises(UnknownNameError):
        broken(market, spoil(pair.network, ("measures", 0, "importer"), "hme")).solve()


def test_a_stock_open_in_no_period_is_named(market):
    base = market().supply("a", form="linear", intercept=0, slope=1).demand("a", form="linear", intercept=9, slope=1)
    with pytest.raises(InputError, match="never"):
        base.stock("a", name="never", period=[], initial=1).solve()
