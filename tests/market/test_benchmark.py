"""The benchmark's market is what it says it is, its page is made of its results, and peers agree with the kernel."""

import importlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ytterby.market import Network, solve

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks" / "market"
PAGE = ROOT / "docs" / "reference" / "speed.md"


@pytest.fixture
def part(monkeypatch):
    """Return a module of the benchmark by name."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.mark.parametrize(("years", "count"), [(1, 96_480), (10, 988_800)])
def test_the_full_size_has_the_variables_that_the_page_states(part, years, count):
    assert part("instance").Size(years=years).variables == count


@pytest.mark.parametrize("years", [1, 3])
def test_the_network_has_a_column_for_each_variable_but_those_banned(part, years):
    instance = part("instance")
    size = instance.Size(elements=3, stages=3, regions=5, years=years)
    columns = instance.quadratic(instance.generate(size)).lin.size
    banned = size.elements * size.stages * (size.regions - 1) if years > 1 else 0
    assert columns == size.variables - banned


def test_the_same_seed_gives_the_same_market_and_another_one_another(part):
    instance = part("instance")
    size = instance.Size(elements=2, stages=2, regions=3)
    first, again, other = (instance.record(instance.generate(s)) for s in (size, size, replace(size, seed=1)))
    assert first == again
    assert first != other


def test_linked_years_hold_stocks_and_quotas_bind(part):
    instance = part("instance")
    found = solve(Network.parse(instance.record(instance.generate(instance.Size(4, 5, 12, years=3)))))
    assert (found.stocks.groupby("period").quantity.max().iloc[:2] > 1e-3).all()
    assert found.measures.groupby("period").binding.sum().gt(3).all()


@pytest.mark.parametrize("kind", [{}, {"sloped": False}, {"years": 2}])
def test_direct_solvers_find_the_welfare_of_the_kernel(part, kind):
    instance, peers = part("instance"), part("peers")
    market = instance.generate(replace(instance.Size(elements=3, stages=4, regions=8), **kind))
    welfare = solve(instance.record(market)).welfare["total"]
    for name in ("PIQP", "Clarabel"):
        assert peers.PEERS[name].call(instance.quadratic(market))["objective"] == pytest.approx(-welfare, rel=1e-6)


def test_isoelastic_demands_pass_through_the_middle_of_the_linear_ones(part):
    instance = part("instance")
    size = instance.Size(elements=2, stages=2, regions=3)
    straight, bent = (instance.record(instance.generate(replace(size, isoelastic=b)))["demands"] for b in (False, True))
    for a, b in zip((d["curve"] for d in straight), (d["curve"] for d in bent), strict=True):
        price = 0.5 * a["intercept"] / a["slope"]
        assert np.isclose(b["scale"] * price ** -b["elasticity"], 0.5 * a["intercept"])


def test_a_program_survives_its_file(part, tmp_path):
    instance = part("instance")
    kept = instance.quadratic(instance.generate(instance.Size(elements=2, stages=2, regions=3)))
    instance.save(kept, tmp_path / "program.npz")
    read = instance.load(tmp_path / "program.npz")
    assert (read.K != kept.K).nnz == 0
    assert all(np.array_equal(getattr(read, n), getattr(kept, n)) for n in kept._fields if n != "K")


def test_the_page_shows_what_was_measured(part):
    page, picture = PAGE.read_text(encoding="utf-8"), ROOT / "docs" / "_static" / "market_growth.svg"
    market, growth = (json.loads((FOLDER / f"{n}.json").read_text(encoding="utf-8")) for n in ("market", "growth"))
    drawn = part("picture").figure(growth["rows"])
    image = f"![{drawn.alt}](../_static/{picture.name})"
    for name, text in (("market", part("run").render(market)), ("growth", part("growth").render(growth, image))):
        assert f"<!-- {name} -->\n\n{text}\n<!-- end of {name} -->" in page
    assert picture.read_text(encoding="utf-8") == drawn.svg + "\n"
