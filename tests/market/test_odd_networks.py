"""Odd and broken networks: a named error or a right answer, never a traceback, never a number that is wrong."""

import math

import pytest

from ytterby.errors import InputError, SolveError
from ytterby.market import _levies, solve


def supply(name, region="a", good="w", segment=None, **curve):
    return {"id": name, "commodity": good, "region": region, "segment": segment, "curve": {"form": "linear", **curve}}


def demand(name, region="b", good="w", segment=None, **curve):
    return {"id": name, "commodity": good, "region": region, "segment": segment, "curve": {"form": "linear", **curve}}


def route(name, start, end, cost=1, good="w", **more):
    return {"id": name, "commodity": good, "from": start, "to": end, "cost": cost, **more}


def measure(instrument, **fields):
    return {"id": "m", "instrument": instrument, **fields}


def prices(result):
    return {(r["commodity"], r["region"]): r["price"] for r in result.to_dict()["prices"]}


BAN = measure("export_ban", exporter="a")


@pytest.mark.parametrize(
    ("seller", "wedge"),
    [
        ([supply("s", form="marginal_cost", cost=40, slope=1)], 10 - 1),  # b pays 50, and shipping costs 1
        ([supply("s", form="marginal_cost", cost=49.5, slope=1)], 0),  # would not have been sold without the ban either
        ([supply("s", form="fixed", quantity=9)], 49),  # is thrown away
        ([], 0),  # there is nothing to be sold
    ],
)
def test_a_ban_costs_what_its_first_unit_would_have_earned(seller, wedge):
    """Nobody buys at a, so no price is formed there: what a seller asks stands for it."""
    network = {
        "supplies": [*seller, supply("own", "b", form="linear", intercept=0, slope=1)],
        "demands": [demand("d", intercept=100, slope=1)],
        "stocks": [{"id": "k", "commodity": "w", "region": "a"}],
        "routes": [route("r", "a", "b")],
        "measures": [BAN],
    }
    row = solve(network).to_dict()["measures"][0]
    assert row["wedge"] == pytest.approx(wedge)
    assert row["binding"] is (wedge > 0)


def test_what_a_banned_good_would_cost_counts_its_inputs():
    """Ore at 10 makes w for 5 a unit at a, or w comes from c at 30 and 2 of freight: the cheaper is asked, 15."""
    network = {
        "supplies": [
            supply("ore", good="ore", form="marginal_cost", cost=10),
            supply("far", "c", form="marginal_cost", cost=30),
            supply("own", "b", form="linear", intercept=0, slope=1),
        ],
        "processes": [{"id": "p", "region": "a", "inputs": {"ore": 1}, "outputs": {"w": 1}, "cost": 5}],
        "demands": [demand("d", intercept=100, slope=1)],
        "routes": [route("r", "a", "b"), route("r2", "c", "a", 2)],
        "measures": [BAN],
    }
    assert solve(network).measures.wedge.tolist() == [pytest.approx(50 - 1 - 15)]


@pytest.mark.parametrize(
    "network",
    [
        {},
        {
            "supplies": [supply("s", intercept=0, slope=1)],
            "routes": [route("r", "a", "b")],
            "stocks": [{"id": "k", "commodity": "w", "region": "b"}],
        },
        {"supplies": [supply("s", form="isoelastic", scale=2, elasticity=0.5)]},
        {"processes": [{"id": "p", "region": "a", "inputs": {"w": 1}, "outputs": {"x": 1}, "cost": 1}]},
        {
            "supplies": [supply("s", intercept=0, slope=1), supply("t", "b", intercept=1, slope=1)],
            "routes": [route("r", "a", "b")],
            "measures": [measure("import_tariff", ad_valorem=0.2)],
        },
        {
            "supplies": [supply("s", intercept=0, slope=1), supply("t", "b", intercept=0, slope=1)],
            "routes": [route("r", "a", "b")],
            "measures": [measure("import_quota", quantity=3)],
        },
    ],
)
def test_where_nobody_wants_anything_nothing_happens(network):
    result = solve(network)
    assert not any(prices(result).values())
    assert not result.flows.quantity.any()
    assert not result.processes.level.any()


def test_a_fixed_supply_that_nobody_wants_is_thrown_away():
    result = solve(
        {
            "supplies": [supply("s", form="fixed", quantity=5)],
            "stocks": [{"id": "k", "commodity": "w", "region": "a", "initial": 2}],
        }
    )
    assert prices(result) == {("w", "a"): 0}
    assert result.supply.quantity.tolist() == [5]


PAIR = {
    "supplies": [supply("s", intercept=0, slope=1)],
    "demands": [demand("d", intercept=10, slope=1)],
    "routes": [route("r", "a", "b"), route("back", "b", "a")],
}
FREE = supply("s", form="marginal_cost", cost=0)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (PAIR | {"measures": [measure("subsidy", specific=5)]}, "gain without end in route 'r', route 'back'"),
        (PAIR | {"measures": [measure("subsidy", ad_valorem=0.9)]}, "gain without end in route 'r', route 'back'"),
        (PAIR | {"measures": [measure("subsidy", ad_valorem=2)]}, "subsidies pay the whole value of what route 'r'"),
        (PAIR | {"routes": [route("r", "a", "b", -2), route("back", "b", "a")]}, "gain without end in route 'r'"),
        (
            {
                "supplies": [supply("s", form="marginal_cost", cost=1)],
                "demands": [demand("d", "a", intercept=10, slope=1)],
                "measures": [
                    measure("price_floor", commodity="w", members="a", price=5, upheld_by="deficiency_payment")
                ],
            },
            "gain without end in supply 's'",
        ),
        (
            {"supplies": [FREE], "demands": [demand("d", "a", form="isoelastic", scale=3, elasticity=2)]},
            "gain without end in supply 's', demand 'd'",
        ),
        (
            {"demands": [demand("d", "a", form="fixed", quantity=1, choke=9)], "routes": PAIR["routes"]}
            | {"processes": [{"id": "p", "region": "b", "inputs": {"w": 1}, "outputs": {"x": 1}}]}
            | {"measures": [measure("subsidy", importer="b", exporter="a", specific=9)]}
            | {"routes": [route("r", "a", "b", capacity=3), route("back", "b", "a")]},
            "nothing can reach route 'r', route 'back'",
        ),
        (
            {"processes": [{"id": "p", "region": "a", "inputs": {}, "outputs": {}, "cost": -1}]},
            "gain without end in process 'p'",
        ),
    ],
)
def test_a_gain_without_end_is_called_so(network, words):
    with pytest.raises(SolveError, match=words):
        solve(network)


def test_a_process_that_earns_by_itself_runs_at_its_capacity():
    process = {"id": "p", "region": "a", "inputs": {}, "outputs": {}, "cost": -1, "capacity": 4}
    assert solve({"processes": [process]}).processes.level.tolist() == [4]


CROSS = {"supplies": [supply("s", intercept=0, slope=1)]}


@pytest.mark.parametrize(
    ("wants", "others", "expected"),
    [
        # nobody offers x, which is worth 10 to its buyers: Q = 10 − P + 10 = P
        ({"cross": {"x": 1}}, [demand("e", "a", "x", intercept=10, slope=1)], (10, 10)),
        ({"cross": {"x": -0.5}}, [demand("e", "a", "x", intercept=10, slope=1)], (2.5, 10)),
        # each depends on the other: Px = 10 + Pw/2, and 2 Pw = 10 + Px/2
        ({"cross": {"x": 0.5}}, [demand("e", "a", "x", intercept=10, slope=1, cross={"w": 0.5})], (60 / 7, 100 / 7)),
        # of two buyers of x the one who would pay more counts
        (
            {"cross": {"x": 1}},
            [demand("e", "a", "x", intercept=10, slope=1), demand("f", "a", "x", intercept=6, slope=0.5)],
            (11, 12),
        ),
    ],
)
def test_a_price_of_goods_that_nobody_can_reach_is_what_is_bid_for_them(wants, others, expected):
    network = CROSS | {"demands": [demand("d", "a", intercept=10, slope=1, **wants), *others]}
    result = solve(network)
    assert (prices(result)["w", "a"], prices(result)["x", "a"]) == (
        pytest.approx(expected[0]),
        pytest.approx(expected[1]),
    )
    assert result.residual < 1e-9


def test_bids_for_goods_out_of_reach_come_over_routes_too():
    """x is worth 20 at b, so 18 at a, whence it could be shipped for 2 if there were any: Q = 10 − P + 9."""
    network = CROSS | {
        "demands": [
            demand("d", "a", intercept=10, slope=1, cross={"x": 0.5}),
            demand("e", "b", "x", intercept=20, slope=1),
        ],
        "routes": [route("r", "a", "b", 2, "x")],
    }
    assert prices(solve(network)) == {
        ("w", "a"): pytest.approx(9.5),
        ("x", "a"): pytest.approx(18),
        ("x", "b"): pytest.approx(20),
    }


def test_isoelastic_demands_depend_on_what_is_out_of_reach():
    """Q = 30/P · sqrt(Px) with Px = 16 to its buyers: Q = P gives P² = 120."""
    d = demand("d", "a", form="isoelastic", scale=30, elasticity=1, cross={"x": 0.5})
    result = solve(CROSS | {"demands": [d, demand("e", "a", "x", intercept=16, slope=1)]})
    assert prices(result)["w", "a"] == pytest.approx(math.sqrt(120))


def test_a_price_out_of_reach_without_bound_is_refused():
    e = demand("e", "a", "x", form="isoelastic", scale=1, elasticity=1)
    with pytest.raises(SolveError, match="nothing can reach, and that price has no bound"):
        solve(CROSS | {"demands": [demand("d", "a", intercept=10, slope=1, cross={"x": 1}), e]})


def test_a_demand_that_follows_other_prices_alone_and_is_not_served_is_named():
    d = demand("d", "a", intercept=20, slope=0, cross={"x": 0.1})
    x = [supply("x", "a", "x", intercept=0, slope=1), supply("few", "a", form="fixed", quantity=3)]
    with pytest.raises(SolveError, match="'w' in 'a' cannot be served"):
        solve({"supplies": x, "demands": [d, demand("e", "a", "x", intercept=10, slope=1)]})


def test_a_payment_on_what_cannot_be_made_raises_what_is_bid_for_its_inputs():
    """No ore can be had. A ton of it would give half a ton of w, paid up to 8: 4 − 1 would be bid for it."""
    network = {
        "processes": [{"id": "p", "region": "a", "inputs": {"ore": 1}, "outputs": {"w": 0.5}, "cost": 1}],
        "measures": [measure("price_floor", commodity="w", members="a", price=8, upheld_by="deficiency_payment")],
    }
    assert prices(solve(network)) == {("ore", "a"): pytest.approx(3), ("w", "a"): 0}


def test_what_a_process_gives_none_of_cannot_be_had_from_it():
    x = {"id": "x", "commodity": "x", "region": "a", "curve": {"form": "fixed", "quantity": 3, "choke": 7}}
    network = {
        "supplies": [supply("s", good="ore", intercept=0, slope=1)],
        "demands": [demand("d", "a", intercept=10, slope=1), x],
        "processes": [{"id": "p", "region": "a", "inputs": {"ore": 1}, "outputs": {"w": 1, "x": 0}}],
    }
    assert prices(solve(network)) == {("ore", "a"): pytest.approx(5), ("w", "a"): pytest.approx(5), ("x", "a"): 7}


def test_what_an_idle_route_could_bring_to_two_sorts_of_buyers_costs_their_bid_less_freight():
    """Q = 20 − P and 30 − P meet S = P at 50/3; a's licensed good asks 200, and a first unit ships for 3."""
    network = {
        "supplies": [supply("s", "b", intercept=0, slope=1), supply("dear", intercept=-200, slope=1, segment="lic")],
        "demands": [
            demand("d", intercept=20, slope=1),
            demand("e", intercept=30, slope=1, segment="lic"),
            demand("f", "a", intercept=10, slope=1),
        ],
        "routes": [route("r", "a", "b", 3, capacity=5)],
    }
    found = {(r["region"], r["segment"]): r["price"] for r in solve(network).to_dict()["prices"]}
    assert found == {
        ("a", None): pytest.approx(10),
        ("a", "lic"): pytest.approx(50 / 3 - 3),
        ("b", None): pytest.approx(50 / 3),
        ("b", "lic"): pytest.approx(50 / 3),
    }


def test_a_floor_of_nothing_on_what_nobody_can_have_is_harmless():
    network = {
        "supplies": [supply("s", good="ore", intercept=0, slope=1)],
        "demands": [demand("d", intercept=10, slope=1)],
        "routes": [route("r", "a", "b", 0)],
        "measures": [measure("price_floor", commodity="w", members="b", price=0)],
    }
    result = solve(network)
    assert prices(result)["w", "b"] == pytest.approx(10)
    assert result.measures.wedge.tolist() == [0]


def test_floors_are_held_where_no_derivative_of_prices_is_known(monkeypatch):
    """b buys 100 − P and makes P, a makes P and ships for 10: a floor at p lets p − 10 − v = 100 − 2p come in."""

    def singular(*_args, **_options):
        raise RuntimeError("Factor is exactly singular")

    monkeypatch.setattr(_levies, "splu", singular)
    goods = {f"g{p}": p for p in range(40, 47)}  # so many that levies are sought one by one
    network = {
        "supplies": [supply(f"{r} {g}", r, g, intercept=0, slope=1) for r in "ab" for g in goods],
        "demands": [demand(g, good=g, intercept=100, slope=1) for g in goods],
        "routes": [route(g, "a", "b", 10, g) for g in goods],
        "measures": [measure("price_floor", commodity=g, members="b", price=p) | {"id": g} for g, p in goods.items()],
    }
    result = solve(network)
    assert result.measures.wedge.tolist() == pytest.approx([3 * p - 110 for p in goods.values()])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"supplies": [supply("s", form="marginal_cost", cost=1e40)]}, "supply 's' has a number beyond 1e30"),
        ({"supplies": [supply("s", form="power", scale=1e-80, exponent=1)]}, "supply 's' has a number beyond 1e30"),
        ({"supplies": [supply("s", form="fixed", quantity=1e200)]}, "'w' in 'a' has a number beyond 1e30"),
        ({"interest": 1e9, "periods": [{"id": str(t)} for t in range(5)]}, "worth nothing in the first"),
    ],
)
def test_sizes_beyond_reckoning_are_refused_with_their_entry(change, words):
    with pytest.raises(InputError, match=words):
        solve(PAIR | change)
