"""A record with values changed, dropped or added: the command answers or says why, never with a traceback."""

import contextlib
import copy
import io
import json
import math
import random
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ytterby.cli import main

RICH = {
    "interest": 0.05,
    "periods": [{"id": "1", "start": "2024-01-01"}, {"id": "2", "years": 2}],
    "supplies": [
        {
            "id": "s",
            "commodity": "ore",
            "region": "a",
            "segment": None,
            "curve": {"form": "marginal_cost", "cost": 1, "slope": 0.1, "capacity": 40},
        },
        {
            "id": "t",
            "commodity": "ore",
            "region": "b",
            "segment": None,
            "curve": {"form": "isoelastic", "scale": 3, "elasticity": 0.5},
            "period": "1",
        },
        {"id": "u", "commodity": "metal", "region": "c", "segment": None, "curve": {"form": "fixed", "quantity": 2}},
    ],
    "demands": [
        {
            "id": "d",
            "commodity": "metal",
            "region": "b",
            "segment": None,
            "curve": {"form": "linear", "intercept": 20, "slope": 1, "choke": 18},
        },
        {
            "id": "e",
            "commodity": "metal",
            "region": "c",
            "segment": None,
            "curve": {"form": "isoelastic", "scale": 9, "elasticity": 0.7, "choke": 50},
        },
        {
            "id": "f",
            "commodity": "ore",
            "region": "a",
            "segment": None,
            "curve": {"form": "inverse_linear", "intercept": 9, "slope": 1},
        },
    ],
    "routes": [
        {"id": "r", "commodity": "ore", "from": "a", "to": "b", "cost": 1, "slope": 0.1},
        {"id": "q", "commodity": "metal", "from": "b", "to": "c", "cost": 0.5, "capacity": 3, "power": 2, "slope": 0.2},
        {"id": "o", "commodity": "metal", "from": "c", "to": "b", "cost": 2},
    ],
    "processes": [
        {
            "id": "p",
            "region": "b",
            "inputs": {"ore": 2},
            "outputs": {"metal": 1},
            "cost": 3,
            "slope": 0.1,
            "capacity": 9,
        }
    ],
    "stocks": [{"id": "k", "commodity": "metal", "region": "b", "carrying_cost": 0.1, "initial": 1}],
    "measures": [
        {"id": "t", "instrument": "import_tariff", "importer": "b", "ad_valorem": 0.1},
        {"id": "x", "instrument": "export_quota", "exporter": "a", "quantity": 12, "commodity": "ore"},
        {"id": "b", "instrument": "export_ban", "exporter": "c", "importer": "b"},
        {"id": "f", "instrument": "price_floor", "commodity": "metal", "members": ["c"], "price": 12},
    ],
}
ODD = [None, -1, 0, 1e-9, 1e9, 1e300, math.nan, math.inf, "x", "", [], {}, True, "*", ["a"], "2"]


def leaves(value, path=()):
    """Yield the path of every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from leaves(part, (*path, key))


def spoiled(seed):
    """Return the rich network with one to three values changed, dropped or added."""
    draw, network = random.Random(seed), copy.deepcopy(RICH)
    for _ in range(draw.randint(1, 3)):
        path = draw.choice(list(leaves(network)))
        place = network
        for key in path[:-1]:
            place = place[key]
        kind = draw.random()
        if kind < 0.15:
            del place[path[-1]]
        elif kind < 0.2 and isinstance(place, dict):
            place["odd"] = 1
        else:
            place[path[-1]] = copy.deepcopy(draw.choice(ODD))
    return network


@given(st.integers(0, 10**6))
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_of_the_command_it_answers_or_says_why(monkeypatch, seed):
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(spoiled(seed)).encode())))
        patch.setattr(sys, "stdout", out)
        with contextlib.redirect_stderr(err), pytest.raises(SystemExit) as end:
            main(["market", "solve", "-", "--format", "json"])
    assert end.value.code in (0, 1, 3, 4)
    out.seek(0)
    if end.value.code > 1:
        assert err.getvalue().startswith("error: ")
        assert out.read() == ""
    else:
        record = json.loads(out.read())
        assert record["residual"] <= 1e-6
        assert all(r["price"] is None or 0 <= r["price"] < 1e12 for r in record["prices"])
