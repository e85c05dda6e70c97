"""Small networks found by random search that methods once failed on, or took long for; all are in equilibrium now."""

import json
from pathlib import Path

import pytest

from ytterby.market import Network, _newton, solve
from ytterby.market._barrier import barrier
from ytterby.market._compile import compile_network
from ytterby.market._complement import complement

CASES = {path.stem: path for path in Path(__file__).parent.glob("cases/*.json")}
CREEPING = sorted(name for name in CASES if name.startswith("creeping"))


def read(name):
    return json.loads(CASES[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(CASES))
def test_hard_networks_are_in_equilibrium(faults, name):
    network = read(name)
    result = solve(network).to_dict()
    assert result["residual"] <= 1e-6
    assert faults(network, result) == []


@pytest.mark.parametrize("name", CREEPING)
def test_a_continuation_that_creeps_gives_way(monkeypatch, name):
    """Levies make what binds flip back and forth at every step; to the end it would take 500 searches and more."""
    searches = []
    newton = _newton.newton
    monkeypatch.setattr(_newton, "newton", lambda *a, **options: searches.append(1) or newton(*a, **options))
    solve(read(name))
    assert 0 < len(searches) < 250


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_path_inside_the_bounds_ends_without_a_warning(name):
    """It ends where a gap is too small to be divided by."""
    points = list(barrier(complement(compile_network(Network.parse(read(name)))).conditions))
    assert points
