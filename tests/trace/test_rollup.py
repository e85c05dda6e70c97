"""The roll-up against other ways to the same numbers, and against worlds drawn from the declarations."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_triangular

from ytterby.errors import InputError
from ytterby.trace import _cores
from ytterby.trace._gather import by_numba, by_scipy
from ytterby.trace.explode import weights
from ytterby.trace.mix import highest_mix, lowest_mix
from ytterby.trace.paths import paths, sensitivities
from ytterby.trace.rollup import carriers, roll, start
from ytterby.trace.statements import statements

ELEMENTS = ("Nd", "Dy")
ORIGINS = ("CHN", "AUS", "")


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a bill of materials without a cycle, masses, and declarations by one or two suppliers."""
    count = draw(st.integers(2, 7))
    names = [f"i{n}" for n in range(count)]
    lines = [
        (names[p], names[c], draw(st.sampled_from([0.5, 1, 2, 3])))
        for c, p in itertools.combinations(range(count), 2)
        if draw(st.booleans())
    ] or [(names[1], names[0], 2)]
    leaves = set(names) - {line[0] for line in lines}
    used = sorted({n for line in lines for n in line[:2]})
    masses = {n: {"mass_kg": draw(st.sampled_from([1.0, 2.0])) if n in leaves else None} for n in used}
    said = []
    for name in sorted(leaves & set(used)):
        for supplier in draw(st.sampled_from([("",), ("X", "Y"), ()])):
            least, most = draw(st.sampled_from([(0.0, 1.0), (0.5, 0.5), (0.25, 0.75)]))
            for element in ELEMENTS:
                low = draw(st.sampled_from([0.0, 0.1, 0.2]))
                row = {"item": name, "element": element, "mass_low_kg": low}
                row |= {"mass_high_kg": low + draw(st.sampled_from([0.0, 0.1])), "supplier": supplier}
                row |= {"split_low": least, "split_high": most} if supplier else {}
                row |= {"mined_in": draw(st.sampled_from(ORIGINS)), "status": draw(st.sampled_from(STATUS))}
                said.append(row)
    return {"lines": lines, "items": masses, "declarations": said}


STATUS = ("declared", "declared", "below_limit", "partial", "refused")


def drawn_world(case: dict[str, Any], rng: np.random.Generator) -> dict[str, dict[tuple[str, str], float]]:
    """Return what each item holds by (element, origin) in one world that the declarations allow, rolled up plainly."""
    held: dict[str, dict[tuple[str, str], float]] = {}
    declared = sorted({row["item"] for row in case["declarations"]})
    leaves = set(case["items"]) - {line[0] for line in case["lines"]}
    for item in leaves:
        mass = case["items"][item]["mass_kg"]
        rows = [row for row in case["declarations"] if row["item"] == item]
        suppliers = sorted({row["supplier"] for row in rows})
        share = dict(zip(suppliers, _split(rows, suppliers, rng), strict=True))
        held[item] = {}
        if item not in declared:
            cut = mass * rng.uniform(0, 1)
            for element in ELEMENTS:
                origin = rng.choice(["CHN", "AUS"])
                held[item][element, origin] = cut * (rng.choice([0, 1]) if rng.random() < 0.5 else rng.random()) / 2
        for supplier in suppliers:
            mine = [row for row in rows if row["supplier"] == supplier]
            lows = {r["element"]: r["mass_low_kg"] if r["status"] in ("declared", "partial") else 0.0 for r in mine}
            for row in mine:
                left = mass - sum(lows.values())
                low = lows[row["element"]]
                high = row["mass_high_kg"] if row["status"] in ("declared", "below_limit") else low + left
                amount = rng.choice([low, high, rng.uniform(low, high)])
                origin = row["mined_in"] if row["status"] != "refused" or row["mined_in"] else ""
                key = row["element"], origin or str(rng.choice(["CHN", "AUS"]))
                held[item][key] = held[item].get(key, 0.0) + share[supplier] * amount
    for item in sorted(set(case["items"]) - leaves):  # names rise with the level
        held[item] = {}
        for parent, child, quantity in case["lines"]:
            if parent == item:
                for key, amount in held[child].items():
                    held[item][key] = held[item].get(key, 0.0) + quantity * amount
    return held


def _split(rows: list[dict[str, Any]], suppliers: list[str], rng: np.random.Generator) -> list[float]:
    if len(suppliers) < 2:
        return [1.0] * len(suppliers)
    bounds = {row["supplier"]: (row["split_low"], row["split_high"]) for row in rows}
    (a, b), (c, d) = (bounds[s] for s in suppliers)
    low, high = max(a, 1 - d), min(b, 1 - c)
    x = float(rng.choice([low, high, rng.uniform(low, high)]))
    return [x, 1 - x]


@settings(max_examples=120, deadline=None)
@given(case=cases(), seed=st.integers(0, 2**32 - 1))
def test_bounds_contain_every_world_that_the_declarations_allow(bom: Any, case: dict[str, Any], seed: int) -> None:
    content = bom(**case).content()
    found = {(r["item"], r["element"], r["origin"]): r["mass_kg"] for r in content.rows() if r["step"] == "mined"}
    rng = np.random.default_rng(seed)
    for _ in range(5):
        for item, held in drawn_world(case, rng).items():
            for element in ELEMENTS:
                for origin in ("CHN", "AUS", "*"):
                    amount = sum(v for (e, o), v in held.items() if e == element and origin in (o, "*"))
                    # An origin that nobody names has no row: it may be the unknown part.
                    unnamed = (0.0, found.get((item, element, "unknown"), (0.0, 0.0))[1])
                    low, high = found.get((item, element, origin), unnamed)
                    assert low - 1e-9 <= amount <= high + 1e-9, (item, element, origin)


@settings(max_examples=80, deadline=None)
@given(case=cases(), share=st.floats(0, 1))
def test_an_unanswered_part_may_be_of_one_element_all_that_its_sure_ones_leave(
    bom: Any, case: dict[str, Any], share: float
) -> None:
    content = bom(**case).content()
    for gap in content.unknown():
        rows = [row for row in case["declarations"] if row["item"] == gap["item"]]
        if len({row["supplier"] for row in rows}) > 1:
            continue  # the share of each supplier counts too: the worlds drawn above have it
        sure = sum(row["mass_low_kg"] for row in rows if row["status"] in ("declared", "partial"))
        amount = share * (case["items"][gap["item"]]["mass_kg"] - sure)
        others = [gap["other_rare_earths"]] if gap["other_rare_earths"] else []
        for low, high in [*gap["could_be"].values(), *others]:
            assert low <= amount <= high + 1e-12


@pytest.mark.parametrize("worth", [_cores.WORTH, 0])
@settings(max_examples=60, deadline=None)
@given(case=cases(), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_do_not_matter(bom: Any, worth: int, case: dict[str, Any], order: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_cores, "WORTH", worth)
        _check_order_and_names(bom, case, order)


def _check_order_and_names(bom: Any, case: dict[str, Any], order: Any) -> None:
    other = {name: f"x{n}" for n, name in enumerate(order.sample(sorted(case["items"]), len(case["items"])))}
    lines = [(other[p], other[c], q) for p, c, q in order.sample(case["lines"], len(case["lines"]))]
    said = [{**r, "item": other[r["item"]]} for r in order.sample(case["declarations"], len(case["declarations"]))]
    renamed = bom(lines, {other[n]: v for n, v in case["items"].items()}, said).content()
    content = bom(**case).content()
    for item in case["items"]:
        one, two = content.rows([item]), renamed.rows([other[item]])
        assert [{**r, "item": ""} for r in two] == [
            {**r, "item": "", "mass_kg": pytest.approx(r["mass_kg"], rel=1e-12), "value_usd": r["value_usd"]}
            | {"remainder_kg": r["remainder_kg"] if r["remainder_kg"] is None else pytest.approx(r["remainder_kg"])}
            for r in one
        ]


@pytest.mark.parametrize("way", [by_scipy, by_numba])
def test_the_kernel_gives_what_a_dense_solution_gives(random_bom: Any, way: Any) -> None:
    made = random_bom(1)
    structure, said = made.structure, statements(made.source, made.structure)
    everything = np.arange(len(structure.names))
    for element in ELEMENTS:
        rolled = roll(structure, said, carriers(structure, said)[0], way)[element]
        low, high = start(said, element, everything).swapaxes(0, 1)
        own = said.own[element]
        matrix = structure.quantity.toarray()
        matrix[own.items[own.answered]] = 0
        for bounds, plain in ((rolled.low, low), (rolled.high, high)):
            flat = plain.reshape(len(everything), -1)
            expected = solve_triangular(np.eye(len(everything)) - matrix, flat, lower=True).reshape(plain.shape)
            full = np.zeros_like(expected)
            full[rolled.items] = bounds
            np.testing.assert_allclose(full, expected, rtol=1e-12, atol=0)


def test_numba_and_scipy_agree(random_bom: Any) -> None:
    made = random_bom(2)
    said = statements(made.source, made.structure)
    places = carriers(made.structure, said)[0]
    one, two = (roll(made.structure, said, places, way)["Nd"] for way in (by_scipy, by_numba))
    np.testing.assert_array_equal(one.items, two.items)
    np.testing.assert_allclose(one.high, two.high, rtol=1e-12)
    assert len(one.clashes) == len(two.clashes) > 0


def test_the_adjoint_gives_what_the_roll_up_gives(random_bom: Any) -> None:
    made = random_bom(3)
    structure, said = made.structure, statements(made.source, made.structure)
    rolled = roll(structure, said, carriers(structure, said)[0])["Nd"]
    own = said.own["Nd"]
    for root in structure.roots.tolist():
        parts, weight = weights(structure, root, own.items[own.answered])
        low, high = start(said, "Nd", parts).swapaxes(0, 1)
        at = np.searchsorted(rolled.items, root)
        np.testing.assert_allclose(np.tensordot(weight, high, 1), rolled.high[at], rtol=1e-12)
        np.testing.assert_allclose(np.tensordot(weight, low, 1), rolled.low[at], rtol=1e-12)


def test_one_item_gives_what_all_give(random_bom: Any) -> None:
    made = random_bom(4, items=60, lines=200)
    everything = made.content()
    for item in made.structure.names[[0, 30, -1]]:
        assert made.content(item=item).rows([item]) == everything.rows([item])


def test_paths_come_out_best_first_and_add_up(random_bom: Any) -> None:
    made = random_bom(5, items=25, lines=45)
    structure, said = made.structure, statements(made.source, made.structure)
    root = max(set(structure.roots.tolist()) - set(said.own["Nd"].items.tolist()))
    found = paths(structure, said, "Nd", root, top=10**6)
    highs = [path.mass_kg[1] for path in found]
    assert highs == sorted(highs, reverse=True)
    assert len({path.items for path in found}) == len(found) > 3
    rolled = roll(structure, said, carriers(structure, said)[0])["Nd"]
    at = np.searchsorted(rolled.items, root)
    assert sum(highs) == pytest.approx(rolled.high[at, 0, 0], rel=1e-12)
    assert [p.items for p in paths(structure, said, "Nd", root, top=3)] == [p.items for p in found[:3]]
    parts = sensitivities(structure, said, "Nd", root)
    assert sum(part.mass_kg[1] for part in parts) == pytest.approx(rolled.high[at, 0, 0], rel=1e-12)
    assert sum(part.width_kg for part in parts) == pytest.approx(np.ptp([rolled.low[at, 0, 0], rolled.high[at, 0, 0]]))


def test_a_bill_that_explodes_to_trillions_of_paths_shows_its_best(bom: Any) -> None:
    lines = [(f"{p}/{k}", f"{p + 1}/{c}", 1 + (k + c) % 3) for p in range(13) for k in range(13) for c in range(13)]
    lines += [("top", f"0/{k}", 1) for k in range(13)]
    said = [{"item": f"13/{k}", "element": "Nd", "mass_low_kg": 1, "mass_high_kg": 1} for k in range(13)]
    made = bom(lines, {}, said)
    best = made.paths("Nd", top=3)
    assert [path.quantity for path in best] == [3.0**13] * 3
    units = dict.fromkeys(range(13), 1)
    for _ in range(13):
        units = {c: sum(units[k] * (1 + (k + c) % 3) for k in range(13)) for c in range(13)}
    found = made.explode()
    assert [found[f"13/{c}"] for c in range(13)] == pytest.approx(list(units.values()), rel=1e-12)


@settings(max_examples=200, deadline=None)
@given(
    content=st.lists(st.lists(st.floats(0, 10), min_size=2, max_size=2), min_size=2, max_size=4),
    data=st.data(),
)
def test_the_worst_mix_is_at_a_vertex_of_the_splits(content: list[list[float]], data: st.DataObject) -> None:
    count = len(content)
    least = np.array(data.draw(st.lists(st.sampled_from([0, 0.1, 0.2]), min_size=count, max_size=count)))
    most = np.maximum(least, data.draw(st.lists(st.sampled_from([0.5, 0.7, 1]), min_size=count, max_size=count)))
    # A vertex has all shares but one at a bound.
    vertices = []
    for free in range(count):
        for ends in itertools.product((0, 1), repeat=count - 1):
            share = np.insert(
                [(least, most)[e][k] for k, e in zip(np.delete(range(count), free), ends, strict=True)], free, 0
            )
            share[free] = 1 - share.sum()
            if least[free] - 1e-12 <= share[free] <= most[free] + 1e-12:
                vertices.append(share @ np.array(content))
    np.testing.assert_allclose(highest_mix(np.array(content), least, most), np.max(vertices, axis=0), atol=1e-9)
    np.testing.assert_allclose(lowest_mix(np.array(content), least, most), np.min(vertices, axis=0), atol=1e-9)


def test_compiled_loops_number_and_roll_up_as_others_do(random_bom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = random_bom(9)
    expected = {e: plain.content().rolled(e) for e in plain.content().elements}
    monkeypatch.setattr(_cores, "WORTH", 0)
    monkeypatch.setattr(_cores, "SMALL", 3)
    made = random_bom(9)
    one, two = plain.structure, made.structure
    np.testing.assert_array_equal(one.first, two.first)
    assert list(one.names[one.order]) == list(two.names[two.order])
    there = two.names.get_indexer(one.names)
    np.testing.assert_array_equal(two.quantity.toarray()[np.ix_(there, there)], one.quantity.toarray())
    for element, rolled in expected.items():
        again = made.content().rolled(element)
        np.testing.assert_array_equal(np.sort(there[rolled.items]), again.items)
        np.testing.assert_allclose(again.at(there[rolled.items]), rolled.bounds, rtol=1e-12)
        assert {there[c.item] for c in rolled.clashes} == {c.item for c in again.clashes}


def test_compiled_loops_find_a_cycle_and_keep_alternatives(bom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [("p", "a", 2), ("p", "b", 1), ("b", "c", 3), ("q", "p", 1)]
    said = [{"item": x, "element": "Nd", "mass_low_kg": n, "mass_high_kg": n + 1} for n, x in enumerate("ac")]

    def rolled() -> list[dict[str, Any]]:
        made = bom(lines, {}, said)
        made.source.lines["alternative"] = ["x", "x", "", ""]
        return made.content().rows()

    expected = rolled()
    monkeypatch.setattr(_cores, "WORTH", 0)
    assert rolled() == expected
    with pytest.raises(InputError, match="cycle: a in b in a"):
        _ = bom([("a", "b", 1), ("b", "a", 1), ("c", "a", 1)]).structure
