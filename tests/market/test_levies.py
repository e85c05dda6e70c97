"""The search of many levies: where the price answers a levy in another way on the two sides of its floor."""

from __future__ import annotations

import pytest

from ytterby.market import _equilibrate, _levies, solve

GOODS = ("a", "b", "c", "d", "e", "f")
"""As many floors as have their levies searched around convex programs."""


def _abroad(good):
    """A supply that is steep but for a flat middle: 40 to 240 units at a price of 50."""
    for name, curve in {
        "first": {"cost": 14.0, "slope": 0.9, "capacity": 40.0},
        "middle": {"cost": 50.0, "slope": 0.0, "capacity": 200.0},
        "last": {"cost": 50.0, "slope": 0.4, "capacity": 1000.0},
    }.items():
        curve = {"form": "marginal_cost", **curve}
        yield {"id": f"{good}.{name}", "commodity": good, "region": "abroad", "curve": curve}


def _floors():
    """A floor of 200 for each good at home, which buys (214 − P) / 0.1."""
    demand = {"form": "linear", "intercept": 2140.0, "slope": 10.0}
    return {
        "supplies": [s for good in GOODS for s in _abroad(good)],
        "demands": [{"id": f"use.{g}", "commodity": g, "region": "home", "curve": demand} for g in GOODS],
        "routes": [{"id": g, "commodity": g, "from": "abroad", "to": "home", "cost": 0.0} for g in GOODS],
        "measures": [
            {
                "id": f"floor.{g}",
                "instrument": "price_floor",
                "commodity": g,
                "members": ["home"],
                "price": 200.0,
                "upheld_by": "adjustable_tariff",
            }
            for g in GOODS
        ],
    }


def test_a_search_that_would_go_round_a_floor_lands_on_it_by_a_chord(monkeypatch):
    # Home buys (214 − P) / 0.1. A levy lifts its price by a fifth of it while the last step is used, by a tenth in the
    # first, and by all of it between: Newton's steps lead from 190 to 60 and back, the levy sought is 150.
    rounds = []
    slopes = _levies._sensitivity

    def counted(*given):
        rounds.append(1)
        return slopes(*given)

    monkeypatch.setattr(_levies, "_sensitivity", counted)
    found = solve(_floors())
    assert found.measures["wedge"].tolist() == pytest.approx([150.0] * len(GOODS))
    assert found.measures["attained"].all()
    assert len(rounds) < 8


def test_many_levies_are_found_by_a_path_inside_the_bounds_before_all_are_followed_at_once(monkeypatch):
    monkeypatch.setattr(_equilibrate, "_by_levies", _nothing)
    monkeypatch.setattr(_equilibrate, "_follow_on", _unasked)
    found = solve(_floors())
    assert found.measures["wedge"].tolist() == pytest.approx([150.0] * len(GOODS))
    assert found.residual < 1e-9


def test_where_no_rough_optimum_is_found_levies_begin_from_a_precise_one(monkeypatch):
    plain = solve(_floors())
    monkeypatch.setattr(_equilibrate, "_rough", _nothing)
    found = solve(_floors())
    assert found.prices["price"].tolist() == pytest.approx(plain.prices["price"].tolist(), rel=1e-9)


def _nothing(*_given):
    return None


def _unasked(*_given):
    raise AssertionError("the path inside the bounds leads there")
