"""What must hold of any bill of materials, stocks and cuts."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from ytterby.exposure import Content, Cut, Plan, Product, Stock, assess

PARTS = ("A", "B", "C")
amounts = st.integers(0, 40).map(float)
maybe = st.none() | amounts
rows = st.fixed_dictionaries(
    {
        "origin": st.sampled_from(["CHN", "AUS", "unknown"]),
        "mass_kg": st.sampled_from([[1.0, 1.0], [0.0, 1.0], [0.5, 2.0]]),
    }
)
cuts = st.lists(
    st.builds(
        lambda name, share, weeks: Cut.parse(f"{name}={share}@{weeks}"),
        st.sampled_from(["Dy:CHN", "Dy", "Dy:AUS:mined"]),
        st.sampled_from([0.3, 0.5, 1]),
        st.sampled_from([3, 6, 8.5]),
    ),
    min_size=1,
    max_size=2,
)


@st.composite
def cases(draw, products=("P", "Q")):
    """Two products over an assembly and three parts, each number small."""
    lines = [{"parent": p, "child": c, "quantity": draw(st.integers(0, 2))} for p in products for c in (*PARTS, "asm")]
    lines += [{"parent": "asm", "child": c, "quantity": draw(st.integers(0, 2))} for c in ("A", "B")]
    items = [{"item": i, "element": "Dy", "step": "mined", **draw(rows)} for i in PARTS]
    group = st.sampled_from([None, "g"])
    stocks = {i: Stock(i, draw(maybe), draw(maybe), draw(maybe), draw(group)) for i in PARTS}
    if draw(st.booleans()):
        stocks["asm"] = Stock("asm", draw(amounts), draw(maybe))
    made = {p: Product(p, draw(st.integers(1, 5)), 100.0, draw(st.integers(1, 9))) for p in products}
    return Content.from_dict({"items": items, "lines": lines}), draw(cuts), Plan(stocks, made)


def total(result, name="margin_at_risk", shared=False):
    return sum(getattr(p.shared if shared else p, name) for p in result.products)


@given(cases())
def test_shared_parts_never_lose_more_margin_than_tied_ones(case):
    content, hits, plan = case
    result = assess(content, hits, plan)
    assert total(result, shared=True) <= total(result) + 1e-6
    assert total(result, shared=True) >= -1e-6


@given(cases(products=("P",)))
def test_one_product_without_groups_loses_the_same_tied_and_shared(case):
    content, hits, plan = case
    alone = Plan({i: replace(s, shared_group=None) for i, s in plan.stocks.items()}, plan.products)
    (hit,) = assess(content, hits, alone).products
    assert hit.units_at_risk == pytest.approx(hit.shared.units_at_risk, abs=1e-6)


@given(cases(), st.sampled_from(PARTS), amounts)
def test_more_stock_never_lowers_the_time_to_survive_or_raises_what_is_at_risk(case, part, more):
    content, hits, plan = case
    held = plan.stocks[part]
    fuller = Plan(plan.stocks | {part: replace(held, stock_units=(held.stock_units or 0.0) + more)}, plan.products)
    before, after = assess(content, hits, plan), assess(content, hits, fuller)
    for old, new in zip(before.products, after.products, strict=True):
        assert new.time_to_survive_weeks[0] >= old.time_to_survive_weeks[0] - 1e-9
        assert new.units_at_risk <= old.units_at_risk + 1e-9
    assert total(after, shared=True) <= total(before, shared=True) + 1e-6


@given(cases())
def test_lost_weeks_are_the_longest_of_the_blocked_parts(case):
    content, hits, plan = case
    result = assess(content, hits, plan)
    for hit in result.products:
        low, high = hit.time_to_survive_weeks
        assert 0 <= low <= high + 1e-9
        assert hit.lost_weeks <= result.horizon_weeks - low + 1e-9
        assert bool(hit.blocked_by) == (hit.lost_weeks > 0) == (low < result.horizon_weeks)
        assert hit.units_at_risk <= hit.lost_weeks * plan.products[hit.product].demand_units_per_week + 1e-9


@given(cases())
def test_what_is_at_risk_is_the_sum_of_its_weeks(case):
    content, hits, plan = case
    result = assess(content, hits, plan, weekly=True)
    for hit in result.products:
        weeks = [w for w in result.weeks if w.product == hit.product]
        assert sum(w.units_at_risk for w in weeks) == pytest.approx(hit.units_at_risk, abs=1e-6)
        assert sum(w.shared.units_at_risk for w in weeks) == pytest.approx(hit.shared.units_at_risk, abs=1e-6)


@given(cases())
def test_the_network_survives_as_long_as_a_linear_program_says(case):
    """Full production of all products to a time t is possible if and only if the program loses nothing until t."""
    content, hits, plan = case
    result = assess(content, hits, plan)
    end = result.network_survives_weeks
    if end == result.horizon_weeks:
        assert total(result, "units_at_risk", shared=True) == pytest.approx(0.0, abs=1e-6)
    else:
        assert total(result, "units_at_risk", shared=True) > 0
    shorter = [replace(c, weeks=min(c.weeks, end)) for c in hits]
    assert total(assess(content, shorter, plan), "units_at_risk", shared=True) == pytest.approx(0.0, abs=1e-5)


def corners(weights, matrix, right, upper):
    """The best corner of {0 <= x <= upper, matrix x <= right} in two dimensions, by trying all of them."""
    a = np.vstack([matrix, np.eye(2), -np.eye(2)])
    b = np.concatenate([right, upper, [0.0, 0.0]])
    best = -np.inf
    for i, j in itertools.combinations(range(len(b)), 2):
        if abs(np.linalg.det(a[[i, j]])) > 1e-12:
            x = np.linalg.solve(a[[i, j]], b[[i, j]])
            if np.all(a @ x <= b + 1e-9):
                best = max(best, float(weights @ x))
    return best


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), amounts), min_size=1, max_size=3), st.integers(1, 9))
def test_the_allocation_is_the_best_corner_of_a_small_case(parts, margin):
    lines = [
        {"parent": p, "child": f"part{n}", "quantity": row[k]}
        for n, row in enumerate(parts)
        for k, p in enumerate("PQ")
    ]
    items = [{"item": f"part{n}", "element": "Dy", "step": "mined", "mass_kg": [1, 1]} for n in range(len(parts))]
    stocks = {f"part{n}": Stock(f"part{n}", row[2]) for n, row in enumerate(parts)}
    plan = Plan(stocks, {"P": Product("P", 4.0, None, float(margin)), "Q": Product("Q", 3.0, None, 4.0)})
    result = assess(Content.from_dict({"items": items, "lines": lines}), [Cut.parse("Dy=1@5")], plan)
    weights, upper = np.array([margin, 4.0]), np.array([20.0, 15.0])
    best = corners(weights, np.array([row[:2] for row in parts], float), np.array([row[2] for row in parts]), upper)
    assert total(result, shared=True) == pytest.approx(float(weights @ upper) - best, abs=1e-6)


masses = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda p: (float(min(p)), float(max(p))))


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.4, 1.0]), masses), min_size=1, max_size=4),
    st.integers(0, 5),
    st.integers(0, 9),
)
def test_the_average_is_the_optimum_of_a_linear_fractional_program(parts, more, room):
    from ytterby.exposure._affected import average

    low = sum(bounds[0] for _, bounds in parts)
    high = sum(bounds[1] for _, bounds in parts)
    total = (min(low + more, high), min(low + more + room, high))
    if total[1] <= 0:
        return
    # Charnes and Cooper: y = x / sum x, scale s = 1 / sum x
    weights = np.array([w for w, _ in parts] + [0.0])
    matrix = [[*(float(k == n) for k in range(len(parts))), -b[1]] for n, (_, b) in enumerate(parts)]
    matrix += [[*(-float(k == n) for k in range(len(parts))), b[0]] for n, (_, b) in enumerate(parts)]
    matrix += [[0.0] * len(parts) + [total[0]], [0.0] * len(parts) + [-total[1]]]
    right = [0.0] * (2 * len(parts)) + [1.0, -1.0]
    sums = [[1.0] * len(parts) + [0.0]]
    found = linprog(weights, A_ub=matrix, b_ub=right, A_eq=sums, b_eq=[1.0])
    assert average(parts, total) == pytest.approx(found.fun, abs=1e-9)
