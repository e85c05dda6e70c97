"""Rolling horizons: what is believed is solved, its first period happens, goods and capacity are carried over."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.errors import InputError, SolveError, UnknownNameError
from ytterby.market import Network, solve
from ytterby.market.horizon import roll

approx = pytest.approx
TABLES = ("prices", "price_paid", "supply", "demand", "flows", "processes", "stocks", "firms", "measures")


def harvests(*quantities, stock=None, interest=0.0, **more):
    """Fixed supplies, one a period, demand 100 − P: without a stock the price is 100 − harvest."""
    names = [f"t{n + 1}" for n in range(len(quantities))]
    return Network.parse(
        {
            "interest": interest,
            "periods": [{"id": name} for name in names],
            "supplies": [
                {
                    "id": f"s-{name}",
                    "commodity": "wheat",
                    "region": "home",
                    "period": name,
                    "curve": {"form": "fixed", "quantity": quantity},
                }
                for name, quantity in zip(names, quantities, strict=True)
            ],
            "demands": [
                {
                    "id": "d",
                    "commodity": "wheat",
                    "region": "home",
                    "curve": {"form": "linear", "intercept": 100, "slope": 1},
                }
            ],
            "stocks": [{"id": "k", "commodity": "wheat", "region": "home", **(stock or {})}],
            **more,
        }
    )


def chain(**more):
    """Ore is mined abroad and shipped; a plant at home makes metal and slag of it; both ends keep stocks."""
    record = {
        "interest": 0.05,
        "periods": [{"id": "t1"}, {"id": "t2", "years": 2}, {"id": "t3"}, {"id": "t4", "years": 0.5}, {"id": "t5"}],
        "supplies": [
            {
                "id": "mine",
                "commodity": "ore",
                "region": "abroad",
                "curve": {"form": "marginal_cost", "cost": 5, "slope": 0.5, "capacity": 60},
            },
            {
                "id": "old",
                "commodity": "metal",
                "region": "home",
                "period": ["t1", "t4"],
                "curve": {"form": "fixed", "quantity": 30},
            },
        ],
        "demands": [
            {
                "id": f"d{n}",
                "commodity": "metal",
                "region": "home",
                "period": f"t{n}",
                "curve": {"form": "inverse_linear", "intercept": 80 + 15 * n, "slope": 1.5},
            }
            for n in range(1, 6)
        ],
        "routes": [{"id": "sea", "commodity": "ore", "from": "abroad", "to": "home", "cost": 2, "slope": 0.05}],
        "processes": [
            {
                "id": "plant",
                "region": "home",
                "inputs": {"ore": 1.2},
                "outputs": {"metal": 1.0, "slag": 0.2},
                "cost": 3,
                "slope": 0.1,
                "capacity": 50,
            }
        ],
        "stocks": [
            {
                "id": "yard",
                "commodity": "ore",
                "region": "abroad",
                "carrying_cost": 0.3,
                "capacity": 40,
                "period": ["t1", "t2", "t4"],
                "initial": 4,
            },
            {
                "id": "vault",
                "commodity": "metal",
                "region": "home",
                "carrying_cost": 0.5,
                "initial": 8,
                "terminal_value": 60,
            },
        ],
        "measures": [
            {"id": "duty", "instrument": "import_tariff", "importer": "home", "specific": 4, "period": ["t3", "t4"]},
            {
                "id": "strike",
                "instrument": "activity",
                "match": {"supply": "mine"},
                "capacity_factor": 0.4,
                "period": "t3",
            },
            {
                "id": "later",
                "instrument": "activity",
                "match": {"process": "plant"},
                "cost_delta": 1,
                "available_from": "t2",
            },
            {
                "id": "reserve",
                "instrument": "stockpile",
                "commodity": "metal",
                "region": "home",
                "path": [{"period": "t1", "buy": 3}, {"period": "t3", "release": 3}],
            },
        ],
    }
    return Network.parse({**record, **more})


def same(mine, other, *, abs_=1e-7):
    """Check that two tables hold the same rows, whatever their order."""
    keys = [c for c in ("id", "route", "commodity", "region", "segment", "from", "to", "period") if c in other]
    mine, other = (f.astype(dict.fromkeys(keys, "string")).fillna(dict.fromkeys(keys, "")) for f in (mine, other))
    assert list(mine.columns) == list(other.columns)
    assert len(mine) == len(other)
    both = mine.merge(other, on=keys, validate="1:1")
    assert len(both) == len(mine)
    for column in set(other) - set(keys):
        pd.testing.assert_series_equal(
            both[f"{column}_x"].astype(float),
            both[f"{column}_y"].astype(float),
            check_names=False,
            rtol=1e-7,
            atol=abs_,
        )


def at(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    (row,) = frame.to_dict("records")
    return row


def by_period(frame, column="price"):
    return frame[column].tolist()


# What is known from the start


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("window", [None, 5, 9])
def test_with_everything_known_and_all_periods_in_the_window_it_is_perfect_foresight(name, window):
    same(getattr(roll(chain(), window=window), name), getattr(solve(chain()), name))


@settings(max_examples=25, deadline=None)
@given(
    quantities=st.lists(st.integers(0, 95), min_size=1, max_size=5),
    interest=st.sampled_from([0.0, 0.07]),
    cost=st.integers(1, 12),
    initial=st.integers(0, 30),
    worth=st.integers(0, 90),
)
def test_perfect_foresight_of_any_harvests(quantities, interest, cost, initial, worth):
    stock = {"carrying_cost": cost, "initial": initial, "terminal_value": worth}
    network = harvests(*quantities, interest=interest, stock=stock)
    path, whole = roll(network), solve(network)
    for name in ("prices", "stocks", "demand"):
        same(getattr(path, name), getattr(whole, name), abs_=1e-6)


def test_the_columns_are_those_of_an_equilibrium_and_a_forecast_names_its_vintage():
    path, whole = roll(harvests(60, 20, 40), window=2), solve(harvests(60, 20, 40))
    for name in TABLES:
        assert list(getattr(path, name)) == list(getattr(whole, name))
    seen = path.forecasts[["vintage", "period"]].to_records(index=False).tolist()
    assert seen == [("t1", "t1"), ("t1", "t2"), ("t2", "t2"), ("t2", "t3"), ("t3", "t3")]
    now = path.forecasts[path.forecasts.vintage == path.forecasts.period]
    assert by_period(now) == by_period(path.prices)
    assert 0 <= path.residual <= 1e-6


@pytest.mark.parametrize("name", TABLES)
def test_firms_segments_and_rights_of_some_periods_keep_their_meaning_in_a_window(name):
    here = {"commodity": "wheat", "region": "home"}
    steep = {"form": "linear", "intercept": 90, "slope": 1}
    network = Network.parse(
        {
            "periods": [{"id": "t1", "start": "2026-01-01"}, {"id": "t2", "start": "2027-01-01"}, {"id": "t3"}],
            "supplies": [
                {"id": "a", "commodity": "wheat", "region": "abroad", "curve": {"form": "marginal_cost", "cost": 8}},
                {**here, "id": "b", "curve": {"form": "marginal_cost", "cost": 20, "slope": 1}, "period": "t2"},
            ],
            "demands": [{**here, "id": "d", "curve": steep}, {**here, "id": "bread", "period": "t3", "curve": steep}],
            "routes": [{"id": "sea", "commodity": "wheat", "from": "abroad", "to": "home", "slope": 0.1}],
            "stocks": [{**here, "id": "k", "carrying_cost": 1, "period": ["t1", "t3"]}],
            "firms": [{"id": "A", "supplies": ["a"]}, {"id": "B", "supplies": ["b"]}],
            "measures": [
                {"id": "q", "instrument": "export_quota", "exporter": "abroad", "quantity": 30, "period": ["t1", "t3"]}
            ],
        }
    )
    apart = network.model_copy(update={"stocks": ()})
    same(getattr(roll(apart, window=1), name), getattr(solve(apart), name))
    # firms with market power over stored goods are refused
    bread = network.demands[1].model_copy(update={"segment": "mill"})
    stored = network.model_copy(update={"firms": (), "demands": (network.demands[0], bread)})
    same(getattr(roll(stored), name), getattr(solve(stored), name))


# Storage


def test_two_periods_by_hand():
    """(40 + x + 4) 1.1 = 80 − x: x = 31.6 / 2.1."""
    path = roll(harvests(60, 20, stock={"carrying_cost": 4}, interest=0.1))
    held = (80 - 44 * 1.1) / 2.1
    assert by_period(path.stocks, "quantity") == approx([held, 0], abs=1e-8)
    assert by_period(path.prices) == approx([40 + held, 80 - held])


@settings(max_examples=25, deadline=None)
@given(
    quantities=st.lists(st.integers(1, 95), min_size=2, max_size=5),
    interest=st.sampled_from([0.0, 0.1]),
    cost=st.integers(1, 9),
)
def test_a_window_of_two_periods_against_its_closed_form(quantities, interest, cost):
    """With A in hand and h to come: (100 − A + x + c)(1 + i) = 100 − h − x, or nothing is held."""
    path = roll(harvests(*quantities, interest=interest, stock={"carrying_cost": cost}), window=2)
    held, stocks, prices = 0.0, [], []
    for n, quantity in enumerate(quantities):
        hand = held + quantity
        to_come = quantities[n + 1] if n + 1 < len(quantities) else 100.0
        gain = (100 - to_come) - (100 - min(hand, 100) + cost) * (1 + interest)
        held = max(0.0, min(hand, _held(hand, to_come, cost, interest))) if gain > 0 else 0.0
        if n + 1 == len(quantities):
            held = 0.0
        stocks.append(held)
        prices.append(max(0.0, 100 - hand + held))
    assert by_period(path.stocks, "quantity") == approx(stocks, abs=1e-6)
    assert by_period(path.prices) == approx(prices, abs=1e-6)


def _held(hand, to_come, cost, interest):
    """Where A exceeds 100 the price is zero until less than 100 is left: the kink comes first."""
    inner = ((100 - to_come) - (100 - hand + cost) * (1 + interest)) / (2 + interest)
    if 100 - hand + inner >= 0:
        return inner
    return (100 - to_come) - cost * (1 + interest)


def test_a_window_of_one_period_holds_nothing_unless_the_terminal_value_pays():
    assert by_period(roll(harvests(60, 20, 50), window=1).stocks, "quantity") == approx([0, 0, 0], abs=1e-8)
    path = roll(harvests(60, 20, 50, stock={"terminal_value": 66, "carrying_cost": 5}, interest=0.1), window=1)
    # 66 / 1.1 − 5 = 55 a unit: 15 of 60 are kept, then 35 are in hand at 65, and all are sold; 5 of 50 at the end
    assert by_period(path.stocks, "quantity") == approx([15, 0, 5], abs=1e-7)
    assert by_period(path.prices) == approx([55, 65, 55])


def test_what_is_left_may_be_worth_the_last_price_that_was_believed():
    """80 in the first period; in the second as much is kept as makes it 80 again; at the end all is sold."""
    path = roll(harvests(20, 60, 20), window=1, terminal="last_believed")
    assert by_period(path.stocks, "quantity") == approx([0, 40, 0], abs=1e-7)
    assert by_period(path.prices) == approx([80, 80, 40])


def test_the_last_believed_price_is_discounted():
    path = roll(harvests(20, 60, 20, stock={"carrying_cost": 2}, interest=0.25), window=1, terminal="last_believed")
    assert by_period(path.prices) == approx([80, 80 / 1.25 - 2, 80 - 22])


def test_goods_come_out_of_a_store_that_is_closed_in_the_next_period():
    """Open in t1 and t3: what is held over t1 is there in t2, and must be used or lost there."""
    network = harvests(60, 20, 60, 20, stock={"period": ["t1", "t3"], "carrying_cost": 1})
    path = roll(network)
    assert path.stocks.period.tolist() == ["t1", "t3"]
    assert by_period(path.stocks, "quantity") == approx([19.5, 19.5], abs=1e-7)
    assert by_period(path.prices) == approx([59.5, 60.5, 59.5, 60.5])


def test_a_store_that_opens_later_brings_its_initial_goods_then():
    path = roll(harvests(60, 60, 60, stock={"period": ["t2", "t3"], "initial": 10}), window=1)
    assert by_period(path.prices) == approx([40, 30, 40])


@pytest.mark.parametrize("window", [1, 2, 3, None])
@pytest.mark.parametrize("terminal", ["own", "last_believed"])
def test_goods_are_conserved_and_only_free_ones_are_disposed_of(window, terminal):
    path = roll(chain(), window=window, terminal=terminal)
    pile = {"t1": 3.0, "t3": -3.0}
    before = {"ore": 4.0, "metal": 8.0}
    for period in ("t1", "t2", "t3", "t4", "t5"):
        now = {
            name: frame[frame.period == period].set_index(frame.columns[0])
            for name, frame in ((n, getattr(path, n)) for n in ("supply", "demand", "flows", "processes", "stocks"))
        }
        level, sea = now["processes"].level["plant"], now["flows"].quantity["sea"]
        held = now["stocks"].quantity
        ore, metal = held.get("yard", 0.0), held["vault"]
        old = now["supply"].quantity.get("old", 0.0)
        used = now["demand"].quantity.sum() + metal + pile.get(period, 0.0)
        left = {
            ("ore", "abroad"): now["supply"].quantity["mine"] + before["ore"] - sea - ore,
            ("ore", "home"): sea - 1.2 * level,
            ("metal", "home"): level + old + before["metal"] - used,
        }
        for (commodity, region), quantity in left.items():
            assert quantity >= -1e-6
            price = at(path.prices, commodity=commodity, region=region, period=period)["price"]
            assert min(quantity, price) == approx(0, abs=1e-6)
        before = {"ore": ore, "metal": metal}


# News


def test_a_ban_that_nobody_expected_changes_nothing_before_it_is_known():
    ban = {"id": "ban", "instrument": "export_ban", "commodity": "ore", "period": ["t4", "t5"]}
    calm = chain()
    shock = Network.parse({**calm.model_dump(by_alias=True, exclude_none=True), "measures": [ban]})
    shock = calm.model_copy(update={"measures": (*calm.measures, *shock.measures)})
    quiet, surprised = roll(calm), roll([calm, calm, shock, shock, shock])
    warned = roll(shock)
    for name in TABLES:
        early = [
            f[f.period.isin(["t1", "t2"])].reset_index(drop=True)
            for f in (getattr(quiet, name), getattr(surprised, name))
        ]
        pd.testing.assert_frame_equal(*early)
    price = {
        n: at(p.prices, commodity="metal", period="t3")["price"] for n, p in (("quiet", quiet), ("hit", surprised))
    }
    assert price["hit"] > price["quiet"] + 1  # goods are held back as soon as it is known
    assert at(surprised.flows, period="t4")["quantity"] == 0
    assert (
        at(warned.stocks, id="vault", period="t2")["quantity"]
        > at(surprised.stocks, id="vault", period="t2")["quantity"] + 1
    )


def test_beliefs_may_be_a_function_of_the_period_and_forecasts_are_revised():
    good, bad = harvests(50, 50, 50, stock={"capacity": 0}), harvests(50, 50, 30, stock={"capacity": 0})
    path = roll(lambda t: bad if t >= 1 else good)
    last = path.forecasts[path.forecasts.period == "t3"]
    assert dict(zip(last.vintage, last.price, strict=True)) == approx({"t1": 50, "t2": 70, "t3": 70})


# Mistakes


def test_mistakes_are_named():
    network = harvests(60, 20)
    with pytest.raises(InputError, match="at least one period"):
        roll(network, window=0)
    with pytest.raises(InputError, match="expected 'own' or 'last_believed', found 'none'"):
        roll(network, terminal="none")
    with pytest.raises(InputError, match="2, one for each period"):
        roll([network])
    with pytest.raises(InputError, match="one for each period; found 0"):
        roll([])
    with pytest.raises(InputError, match="other periods than the first"):
        roll([network, harvests(60)])


def test_a_store_with_goods_in_it_cannot_vanish():
    full = harvests(60, 20)
    with pytest.raises(InputError, match="units are held in 'k'"):
        roll([full, full.model_copy(update={"stocks": ()})])


def test_a_period_that_does_not_exist_is_found_whatever_the_window():
    wrong = chain(measures=[{"id": "m", "instrument": "export_ban", "period": "t9"}])
    with pytest.raises(UnknownNameError, match="unknown period 't9'"):
        roll(wrong, window=1)


def test_a_window_without_equilibrium_is_named():
    need = {"id": "d", "commodity": "wheat", "region": "home", "curve": {"form": "fixed", "quantity": 50}}
    with pytest.raises(SolveError, match="window from 't2'"):
        roll(harvests(60, 20, demands=[need]), window=1)
