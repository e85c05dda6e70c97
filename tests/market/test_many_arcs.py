"""Large markets: prices first, years apart, hubs, changed scenarios.

The oracle is the interior-point method on the same program, its last digits by the primal-dual active-set method;
for a changed scenario it is the network compiled anew, and solved from nothing.
"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.errors import InputError, SolveError, UnknownNameError
from ytterby.market import Network, solve
from ytterby.market import _equilibrate as methods
from ytterby.market._compile import Compiled, compile_network
from ytterby.market._conditions import conditions_of
from ytterby.market._interior import Point, interior
from ytterby.market._newton import newton
from ytterby.market._presolve import reduce_program
from ytterby.market._program import COLUMN_FIELDS, Program
from ytterby.market._proximal import proximal
from ytterby.market._recompile import recompile
from ytterby.market._start import first_point

TARIFF = {"id": "duty", "instrument": "import_tariff", "importer": "r1", "ad_valorem": 0.1}
TAX = {"id": "tax", "instrument": "export_tax", "exporter": ["r0", "r2"], "commodity": "ore0", "specific": 0.3}
PAIRS = {"id": "pairs", "instrument": "import_quota", "importer": "r2", "quantity": 0.01, "per": "pair"}
LICENCE = {
    "id": "permit",
    "instrument": "licence",
    "exporter": "r0",
    "base": [{"from": "r0", "to": "r1", "quantity": 1}],
}
LICENCE |= {"share": 0.5, "commodity": "metal1", "allocation": "tradeable"}
BAN = {"id": "ban", "instrument": "export_ban", "exporter": "r1"}
FLOOR = {"id": "floor", "instrument": "price_floor", "commodity": "ore0", "price": 1, "members": ["r1"]}
FLOOR |= {"upheld_by": "adjustable_tariff"}
CUT = {"id": "cut", "instrument": "production_quota", "commodity": "ore0", "quantity": 1}


def chain(seed: int, *, regions: int, goods: int = 2, years: int = 1, sloped: bool = True) -> dict[str, Any]:
    """Ore, metal and a by-product, made and traded between all regions, with quotas; stored where there are years."""
    rng = np.random.default_rng(seed)
    names, stages = [f"r{i}" for i in range(regions)], ("ore", "metal")
    periods = [str(2024 + t) for t in range(years)]
    net: dict[str, Any] = {k: [] for k in ("supplies", "demands", "routes", "processes", "stocks", "measures")}
    net |= {"periods": [{"id": p} for p in periods], "interest": 0.05}
    for g in range(goods):
        size, price = 10 ** rng.uniform(1, 3), 10 ** rng.uniform(0, 2)
        steep = price / size
        for r in names:
            curve = {"form": "marginal_cost", "cost": price * rng.uniform(0.2, 1), "slope": steep * rng.uniform(5, 40)}
            net["supplies"].append({"id": f"s{g}{r}", "commodity": f"ore{g}", "region": r, "curve": curve})
            recipe = {"inputs": {f"ore{g}": 1.1}, "outputs": {f"metal{g}": 1.0, f"metal{(g + 1) % goods}": 0.05}}
            cost = {"cost": price * rng.uniform(0.1, 0.5), "slope": steep * rng.uniform(2, 20)}
            net["processes"].append({"id": f"p{g}{r}", "region": r, **recipe, **cost})
            for t, p in enumerate(periods):
                q = size * rng.uniform(0.01, 0.05) * 1.3**t
                curve = {"form": "linear", "intercept": q, "slope": 0.1 * q / price}
                demand = {"commodity": f"metal{g}", "region": r, "curve": curve, "period": p}
                net["demands"].append({"id": f"d{g}{r}{p}", **demand})
            if years > 1:
                store = {"carrying_cost": 0.02 * price, "capacity": 0.02 * size}
                net["stocks"].append({"id": f"k{g}{r}", "commodity": f"metal{g}", "region": r, **store})
        for s in stages:
            for a in names:
                for b in names:
                    if a != b:
                        ends = {"commodity": f"{s}{g}", "from": a, "to": b}
                        cost = {"cost": price * rng.uniform(0.02, 0.2), "slope": 0.5 * steep * sloped}
                        net["routes"].append({"id": f"{s}{g}{a}{b}", **ends, **cost})
            quota = {"exporter": names[0], "commodity": f"{s}{g}", "quantity": 0.002 * size}
            net["measures"].append({"id": f"q{s}{g}", "instrument": "export_quota", **quota})
    return net


def program_of(record: dict[str, Any]) -> Program:
    return reduce_program(compile_network(Network.parse(record)).program).program


def exact(p: Program, near: Point) -> Point:
    conditions = conditions_of(p)
    z, left = newton(conditions, conditions.join(near))
    assert left < 1e-9
    return conditions.split(z)


def cost_of(p: Program, x: np.ndarray) -> float:
    return float((p.weight * (p.lin + 0.5 * p.quad * x)) @ x)


def assert_same(p: Program, found: Point, other: Point) -> None:
    assert cost_of(p, found.x) == pytest.approx(cost_of(p, other.x), rel=1e-9)
    passing = 0.5 * (abs(p.K) @ np.abs(other.x))
    used = passing > 1e-4 * passing.max()
    np.testing.assert_allclose(found.y[used], other.y[used], rtol=1e-8, atol=1e-10 * np.abs(other.y).max())


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 3))
def test_prices_first_agrees_with_the_interior_point(seed: int, regions: int, years: int) -> None:
    p = program_of(chain(seed, regions=regions, years=years))
    found = proximal(p, Point(np.zeros(p.K.shape[1]), np.full(p.K.shape[0], 1.0)))
    assert found is not None
    assert_same(p, exact(p, found), exact(p, interior(p)))


@pytest.mark.parametrize("years", [1, 2])
def test_a_large_market_begins_near_its_equilibrium(years: int) -> None:
    p = program_of(chain(3, regions=36, years=years))
    assert p.K.shape[1] > 5_000
    start, right = first_point(p), exact(p, interior(p))
    assert start is not None
    used = right.y > 0.0
    assert np.median(np.abs(start.y - right.y)[used] / right.y[used]) < 0.1
    found = proximal(p, start)
    assert found is not None
    assert_same(p, exact(p, found), right)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_thrown_away_has_no_price_at_all(seed: int) -> None:
    """A price of rounding's size beside a surplus is no equilibrium, however little it is beside the other prices."""
    p = program_of(chain(seed, regions=8, years=2))
    found = proximal(p, Point(np.zeros(p.K.shape[1]), np.full(p.K.shape[0], 1.0)))
    assert found is not None
    surplus = (p.K @ found.x - p.k) / p.through(found.x)
    thrown = ~p.equality & (surplus > 1e-6)
    assert thrown.any()
    assert not found.y[thrown].any()


def test_a_small_market_has_no_short_way() -> None:
    assert first_point(program_of(chain(3, regions=4))) is None


def test_a_year_that_lives_on_stocks_is_left_to_the_whole() -> None:
    record = chain(5, regions=36, years=2)
    for e in record["supplies"] + record["processes"]:
        e["period"] = "2024"  # in the second year nothing is made
    eq = solve(record)
    held = eq.stocks[eq.stocks.period == "2024"].quantity.sum()
    bought = eq.demand[eq.demand.id.str.endswith("2025")].quantity.sum()
    assert 0.0 < bought == pytest.approx(held, rel=1e-6)
    assert eq.residual < 1e-6


@pytest.mark.parametrize("sloped", [True, False])
def test_large_markets_are_verified(monkeypatch: pytest.MonkeyPatch, sloped: bool) -> None:
    record = chain(7, regions=36, sloped=sloped)
    eq = solve(record)
    monkeypatch.setattr(methods, "first_point", lambda _: None)
    slow = solve(record)
    assert eq.residual < 1e-7
    assert eq.welfare["total"] == pytest.approx(slow.welfare["total"], rel=1e-9)
    np.testing.assert_allclose(eq.demand.quantity, slow.demand.quantity, rtol=1e-6, atol=1e-6)


def test_an_infeasible_large_market_is_named() -> None:
    record = chain(7, regions=36)
    record["demands"].append(
        {"id": "must", "commodity": "ore0", "region": "r0", "curve": {"form": "fixed", "quantity": 1.0}}
    )
    record["supplies"] = [{**e, "curve": {**e["curve"], "capacity": 0.01}} for e in record["supplies"]]
    with pytest.raises(SolveError, match="cannot be served"):
        solve(record)


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.floats(0.1, 3.0))
def test_a_start_changes_the_way_and_not_the_result(seed: int, factor: float) -> None:
    record = chain(seed, regions=4, years=2)
    base = solve(record)
    changed = {**record, "measures": [{**m, "quantity": m["quantity"] * factor} for m in record["measures"]]}
    warm, cold = solve(changed, start=base), solve(changed)
    np.testing.assert_allclose(warm.prices.price, cold.prices.price, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(warm.demand.quantity, cold.demand.quantity, rtol=1e-6, atol=1e-9)


def test_a_start_is_found_again_by_the_names_of_periods() -> None:
    record = chain(1, regions=3, years=3)
    base = solve(record)
    later = {**record, "periods": record["periods"][1:]}
    later["demands"] = [d for d in record["demands"] if d["period"] != "2024"]
    c = compile_network(Network.parse(later))
    assert base.warm is not None
    start = base.warm.point(c, 0)
    rows = base.prices.set_index(["commodity", "region", "period"]).price
    place = c.layout.places[("metal0", "r1", "")]
    weight = c.program.row_weight[2 * place : 2 * place + 2]
    expected = [rows["metal0", "r1", y] for y in ("2025", "2026")]
    # values of rows are discounted to the first period, which is another one here
    np.testing.assert_allclose(start.y[2 * place : 2 * place + 2] / weight * 1.05, expected, rtol=1e-9)


def changed(
    network: Network, measures: list[dict[str, Any]], *, factor: float = 1.0, keep: int | None = None
) -> Network:
    """Return the network with more measures, its own quotas times a factor, and only some of them."""
    own = [m.model_copy(update={"quantity": factor * m.quantity}) for m in network.measures[:keep]]
    more = Network.parse({"measures": measures}).measures
    return network.model_copy(update={"measures": (*own, *more)})


def assert_equal(a: Compiled, b: Compiled) -> None:
    for name in (*COLUMN_FIELDS, "k", "equality", "row_weight", "n_nodes"):
        np.testing.assert_array_equal(getattr(a.program, name), getattr(b.program, name))
    for name in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(a.program.K, name), getattr(b.program.K, name))
    np.testing.assert_array_equal(a.imposed.tax, b.imposed.tax)
    assert [(cap.row, cap.t, cap.quantity) for cap in a.imposed.caps] == [
        (cap.row, cap.t, cap.quantity) for cap in b.imposed.caps
    ]
    assert a.layout.places == b.layout.places
    assert a.layout.network is b.layout.network


@pytest.fixture(scope="module")
def base() -> Network:
    return Network.parse(chain(2, regions=4, years=2))


@pytest.mark.parametrize(
    ("measures", "kwargs"),
    [
        ([], {"factor": 0.5}),
        ([], {"keep": 1}),
        ([], {"keep": 0}),
        ([TARIFF], {}),
        ([TAX, PAIRS], {"factor": 2.0}),
        ([LICENCE], {"keep": 2}),
    ],
)
def test_edited_arrays_are_those_compiled_anew(base: Network, measures: list[Any], kwargs: dict[str, Any]) -> None:
    before = compile_network(base)
    network = changed(base, measures, **kwargs)
    edited = recompile(network, before)
    assert edited is not None
    assert_equal(edited, compile_network(network))
    back = recompile(base, edited)
    assert back is not None
    assert_equal(back, before)


def test_routes_that_share_a_capacity_keep_their_rows() -> None:
    record = chain(2, regions=3)
    record["routes"] = [{**r, "capacity": 5.0, "power": 0 if i % 2 else 1} for i, r in enumerate(record["routes"])]
    record["demands"] += [
        {**d, "id": d["id"] + s, "segment": s} for d in record["demands"] for s in ("civil", "military")
    ]
    base = Network.parse(record)
    network = changed(base, [TAX, PAIRS], factor=0.5)
    edited = recompile(network, compile_network(base))
    assert edited is not None
    assert_equal(edited, compile_network(network))


@pytest.mark.parametrize("measure", [BAN, FLOOR, CUT, {**TAX, "segment": "civil"}, {**PAIRS, "quantity": 0}])
def test_what_changes_columns_is_compiled_anew(base: Network, measure: dict[str, Any]) -> None:
    assert recompile(changed(base, [measure]), compile_network(base)) is None


def test_other_entries_are_compiled_anew(base: Network) -> None:
    before = compile_network(base)
    assert recompile(base.model_copy(update={"supplies": base.supplies[1:]}), before) is None
    assert recompile(base.model_copy(update={"interest": 0.1}), before) is None


def test_a_mistake_in_a_changed_measure_is_named(base: Network) -> None:
    start = solve(base)
    with pytest.raises(UnknownNameError, match="r9"):
        solve(changed(base, [{**TARIFF, "importer": "r9"}]), start=start)
    with pytest.raises(InputError, match="'duty' stands twice"):
        solve(changed(base, [TARIFF, TARIFF]), start=start)


@pytest.mark.parametrize(
    ("measures", "factor"),
    [([], 0.5), ([], 3.0), ([{**TARIFF, "ad_valorem": None, "specific": 1.0}], 1.0), ([TAX, PAIRS], 0.8), ([BAN], 1.0)],
)
def test_a_large_scenario_is_the_same_from_a_start(large: Network, measures: list[Any], factor: float) -> None:
    start = solve(large)
    network = changed(large, measures, factor=factor)
    warm, cold = solve(network, start=start), solve(network)
    assert warm.residual < 1e-8
    assert warm.welfare["total"] == pytest.approx(cold.welfare["total"], rel=1e-8)
    used = cold.prices.price > 1e-6 * cold.prices.price.max()
    np.testing.assert_allclose(warm.prices.price[used], cold.prices.price[used], rtol=1e-8)
    np.testing.assert_allclose(warm.demand.quantity, cold.demand.quantity, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(warm.measures.rent, cold.measures.rent, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def large() -> Network:
    return Network.parse(chain(11, regions=36))


def test_a_start_from_another_process_serves_as_well(base: Network) -> None:
    eq = solve(base)
    sent = pickle.loads(pickle.dumps(eq))
    assert "".join(sent.to_json()) == "".join(eq.to_json())
    network = changed(base, [], factor=0.7)
    near, far = solve(network, start=eq), solve(network, start=sent)
    np.testing.assert_allclose(near.prices.price, far.prices.price, rtol=1e-9)
    again = pickle.loads(pickle.dumps(sent))
    assert again.warm is not None
