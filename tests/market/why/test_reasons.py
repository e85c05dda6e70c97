"""Why a price is what it is and what would bind next, where pencil and paper tell it too."""

import json
import pickle

import pytest

from ytterby.errors import SolveError, UnknownNameError, UsageError
from ytterby.market import solve


def told(why):
    return [(x.extra, x.price, x.change, x.kind, x.id) for x in why.next]


def near(rows):
    return [(pytest.approx(extra), pytest.approx(p), *rest) for extra, p, *rest in rows]


def test_who_gives_way_to_a_further_unit(countries):
    """The slopes are −1 (mills), 1 (farms) and 1 (plains): a third each, and the price rises by a third."""
    why = solve(countries()).why("home", "wheat")
    assert why.price == pytest.approx(110 / 3)
    assert why.slope == pytest.approx(1 / 3)
    assert {(x.kind, x.id): x.share for x in why.sources} == {
        ("route", "sea"): pytest.approx(1 / 3),
        ("supply", "farms"): pytest.approx(1 / 3),
        ("demand", "mills"): pytest.approx(1 / 3),
    }
    assert why.binding == ()


def test_a_price_is_made_of_cost_freight_and_tariff(supply, demand, countries, quota):
    """Home has 40 of its own and takes 100 − P/10; abroad offers what P − 15 buys: P = 75/1.1."""
    network = countries({"id": "t", "instrument": "import_tariff", "importer": "home", "specific": 5})
    network["supplies"][0] = supply("farms", form="fixed", quantity=40)
    network["demands"][0] = demand("mills", intercept=100, slope=0.1)
    why = solve(network).why("home", "wheat")
    assert [(x.kind, x.id, x.amount) for x in why.parts] == [
        ("freight", "sea", pytest.approx(10)),
        ("import_tariff", "t", pytest.approx(5)),
        ("marginal_cost", "plains", pytest.approx(75 / 1.1 - 15)),
    ]
    parts = "10 freight on route 'sea', 5 import tariff 't', 53.18 marginal cost of supply 'plains'"
    assert why.sentences[2] == f"The price is made of {parts}."
    # a quota stops what comes over the sea: now the mills let go of all of it
    network["measures"].append(quota(20))
    why = solve(network).why("home", "wheat")
    assert [(x.kind, x.id, x.amount) for x in why.parts] == [("willingness_to_pay", "mills", pytest.approx(400))]


def test_a_right_stands_in_the_exporters_price(countries, quota):
    network = countries(quota(10))
    why = solve(network).why("abroad", "wheat")
    assert (why.price, why.slope) == (pytest.approx(10), pytest.approx(1))
    right = why.binding[0]
    # home: 100 − P = P + 10, P = 45; the right is worth 45 − 10 − 10
    assert (right.kind, right.id, right.value, right.quantity, right.worth) == (
        "import_quota",
        "q",
        pytest.approx(25),
        pytest.approx(10),
        pytest.approx(250),
    )
    assert right.effect == pytest.approx(1)  # one more may leave: one more must be grown
    assert solve(network).why("home", "wheat").binding[0].effect == pytest.approx(-1 / 2)


def test_a_quota_ceases_to_bind_where_its_rent_is_used_up(countries, quota):
    """Abroad's price rises by one a unit; at 35 the right is worth nothing, and home and abroad share from there on."""
    why = solve(countries(quota(10))).why("abroad", "wheat")
    assert told(why)[:1] == near([(25, 35, "eased", "import_quota", "q")])
    assert why.next[0].slope == pytest.approx(1 / 3)


def test_a_quota_and_a_capacity_begin_to_bind(countries, quota, taken):
    """110/3 at first; the sea carries 80/3, so the quota of 30 binds at 10 more; farms sell 55 at a price of 55."""
    why = solve(countries(quota(30), capacity=55)).why("home", "wheat")
    assert told(why) == near(
        [
            (10, 40, "binds", "import_quota", "q"),
            (40, 55, "full", "supply", "farms"),
            (85, 100, "priced_out", "demand", "mills"),
        ]
    )
    assert [x.slope for x in why.next] == [pytest.approx(1 / 2), pytest.approx(1), None]
    assert why.end == "no_more"
    with pytest.raises(SolveError):
        solve(taken(countries(quota(30), capacity=55), 85.1))


def test_an_idle_process_starts_at_its_cost(supply, demand, taken):
    """Shops offer flour at a marginal cost of Q, bakers pay 50 − Q; a mill makes it of wheat at 10 for 25."""
    network = {
        "supplies": [supply("farms", cost=10), supply("shops", good="flour", slope=1)],
        "demands": [demand("bakers", good="flour", form="inverse_linear", intercept=50, slope=1)],
        "processes": [{"id": "mill", "region": "home", "inputs": {"wheat": 1}, "outputs": {"flour": 1}, "cost": 25}],
    }
    why = solve(network).why("home", "flour")
    assert why.price == pytest.approx(25)
    # at 35 shops offer 35 and bakers take 15; the mill and what it needs start together
    assert told(why)[:2] == near([(20, 35, "starts", "supply", "farms"), (20, 35, "starts", "process", "mill")])
    assert why.next[0].slope == 0
    started = solve(taken(network, 21, good="flour")).why("home", "flour")
    assert [(x.kind, x.id, x.amount) for x in started.parts] == [
        ("processing", "mill", pytest.approx(25)),
        ("marginal_cost", "farms", pytest.approx(10)),
    ]


def test_flat_costs_in_order_of_merit(supply, demand):
    network = {
        "supplies": [supply(name, cost=cost, capacity=10) for name, cost in (("a", 10), ("b", 12), ("c", 15))],
        "demands": [demand("mills", form="fixed", quantity=8)],
    }
    why = solve(network).why("home", "wheat", steps=9)
    assert (why.price, why.slope) == (pytest.approx(10), 0)
    assert told(why) == near(
        [
            (2, 10, "full", "supply", "a"),
            (2, 12, "starts", "supply", "b"),
            (12, 12, "full", "supply", "b"),
            (12, 15, "starts", "supply", "c"),
            (22, 15, "full", "supply", "c"),
        ]
    )
    assert [x.slope for x in why.next] == [None, 0, None, 0, None]
    assert why.end == "no_more"
    assert "Beyond that nothing more is to be had at any price." in why.sentences


def test_a_stock_empties(supply, demand):
    """80 a crop and demands of 100 − P: half is kept, P = 60; of a unit taken now each year gives half, until 40 is."""
    network = {
        "periods": [{"id": "1"}, {"id": "2"}],
        "supplies": [supply("crop", form="fixed", quantity=80) | {"period": "1"}],
        "demands": [demand("mills")],
        "stocks": [{"id": "silo", "commodity": "wheat", "region": "home"}],
    }
    result = solve(network)
    why = result.why("home", "wheat", "1")
    assert (why.price, why.slope) == (pytest.approx(60), pytest.approx(1 / 2))
    assert told(why)[:1] == near([(80, 100, "priced_out", "demand", "mills")])
    later = result.why("home", "wheat", "2")
    assert {(x.kind, x.id): x.share for x in later.sources} == {
        ("stock", "silo"): pytest.approx(1 / 2),
        ("demand", "mills"): pytest.approx(1 / 2),
    }
    network["demands"] = [demand("now", slope=0.5) | {"period": "1"}, demand("then") | {"period": "2"}]
    # then: P = 100 − k; now: 80 − k = 100 − P/2; so P = 160 − ... the silo is empty where P = 100 in both
    why = solve(network).why("home", "wheat", "1", steps=1)
    assert told(why)[0][:4] in near([(30, 100, "stops", "stock"), (30, 100, "priced_out", "demand")])
    both = solve(network).why("home", "wheat")
    assert both.slope == pytest.approx(2 / 1.5)


def test_a_choke_price_is_reached_and_then_used_up(supply, demand):
    """At a choke price of 70 mills want 30; farms sell P, so at 40 more the price is 70, and 30 more are given up."""
    network = {
        "supplies": [supply("farms", slope=1)],
        "demands": [demand("mills", choke=70), demand("poor", form="fixed", quantity=10, choke=20)],
    }
    assert told(solve(network).why("home", "wheat"))[:2] == near(
        [(40, 70, "choke_price", "demand", "mills"), (70, 70, "priced_out", "demand", "mills")]
    )


def test_a_surplus_is_used_up_before_there_is_a_price(supply, demand):
    network = {"supplies": [supply("crop", form="fixed", quantity=130)], "demands": [demand("mills")]}
    why = solve(network).why("home", "wheat")
    assert (why.price, why.slope, why.parts) == (0, 0, ())
    assert told(why)[:1] == near([(30, 0, "used_up", "place", "wheat@home")])


def test_a_floor_no_longer_needs_its_levy(countries):
    """P = 110/3; held at 44 by a levy of 22, until 22 more a year are taken away."""
    floor = {"id": "f", "instrument": "price_floor", "commodity": "wheat", "members": "home", "price": 44}
    why = solve(countries(floor)).why("home", "wheat")
    assert (why.price, why.slope) == (pytest.approx(44), 0)
    assert told(why)[:1] == near([(22, 44, "eased", "price_floor", "f")])
    assert why.binding[0].effect == pytest.approx(-1)
    assert ("price_floor", pytest.approx(22)) in [(x.kind, x.amount) for x in why.parts]


def test_a_ban_begins_to_bind_where_imports_would_pay(countries, taken):
    """Plains ask 60, and 10 are freight: while home pays less than 70 nobody misses them."""
    ban = {"id": "b", "instrument": "export_ban", "exporter": "abroad"}
    network = countries(ban)
    network["supplies"][1]["curve"] = {"form": "marginal_cost", "cost": 60}
    result = solve(network)
    assert result.measures.binding.tolist() == [False]
    assert told(result.why("home", "wheat"))[:1] == near([(40, 70, "binds", "export_ban", "b")])
    ban = solve(taken(network, 60))
    assert ban.measures.wedge.tolist() == [pytest.approx(10)]
    assert ban.why("home", "wheat").binding[0].effect == pytest.approx(-1 / 2)


def test_by_products_are_counted_against_a_price(supply, demand):
    """Ore at a marginal cost of 2Q gives oxide, worth 500 − 10Q, and thorium, worth 80 − Q, for 5: Q = 575/13."""
    network = {
        "supplies": [supply("mine", good="ore", slope=2)],
        "demands": [
            demand("works", good="oxide", intercept=50, slope=0.1),
            demand("users", good="thorium", intercept=80),
        ],
        "processes": [
            {"id": "line", "region": "home", "inputs": {"ore": 1}, "outputs": {"oxide": 1, "thorium": 1}, "cost": 5}
        ],
    }
    q = 575 / 13
    why = solve(network).why("home", "oxide")
    assert why.price == pytest.approx(500 - 10 * q)
    assert {(x.kind, x.id): x.share for x in why.sources} == {
        ("process", "line"): pytest.approx(10 / 13),
        ("demand", "works"): pytest.approx(3 / 13),
    }
    assert [(x.kind, x.id, x.amount) for x in why.parts] == [
        ("processing", "line", pytest.approx(5)),
        ("by_product", "thorium@home", pytest.approx(q - 80)),
        ("marginal_cost", "mine", pytest.approx(2 * q)),
    ]


def test_names_that_are_not_there_are_told_with_the_nearest(countries):
    result = solve(countries())
    for place, words in {
        ("hom", "wheat"): "did you mean 'home'",
        ("home", "what"): "did you mean 'wheat'",
        ("home", "wheat", "2"): "valid: 1",
    }.items():
        with pytest.raises(UnknownNameError, match=words):
            result.why(*place)
    with pytest.raises(UnknownNameError, match="unknown segment 'x'"):
        result.why("home", "wheat", segment="x")


def test_a_result_from_another_process_has_its_tables_alone(countries, quota):
    result = solve(countries(quota(10)))
    assert result.binding.id.tolist() == ["q"]
    there = pickle.loads(pickle.dumps(result))
    assert there.prices.equals(result.prices)
    with pytest.raises(UsageError, match="tables alone"):
        there.why("home", "wheat")


def test_the_command_tells_in_words_and_as_json(countries, quota, run_cli, tmp_path):
    path = tmp_path / "network.json"
    path.write_text(json.dumps(countries(quota(30), capacity=55)), encoding="utf-8")
    ask = ("market", "why", str(path), "--region", "home", "--commodity")
    done = run_cli(*ask, "wheat")
    assert done.returncode == 0, done.stderr
    assert "With 10 more a year, at a price of 40, import quota 'q' begins to bind" in done.stdout
    done = run_cli(*ask, "wheat", "--format", "json")
    record = json.loads(done.stdout)
    assert record["sentences"] == list(solve(countries(quota(30), capacity=55)).why("home", "wheat").sentences)
    assert [x["id"] for x in record["next"]] == ["q", "farms", "mills"]
    done = run_cli(*ask, "whaet")
    assert (done.returncode, done.stdout) == (3, "")
    assert "did you mean 'wheat'?" in done.stderr
