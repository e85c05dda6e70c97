"""Whom to ask: intervals by hand, against the roll-up and against every draw; the fewest answers, exactly."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.trace import Bom
from ytterby.trace._decide import fewest_above, fewest_below
from ytterby.trace._open_questions import Questions
from ytterby.trace.ask import ask
from ytterby.trace.example import copy_example
from ytterby.trace.source import declarations_frame

CHN = {"mined_in": "CHN", "separated_in": "CHN", "metal_in": "CHN", "magnet_in": "CHN"}


def nd(item: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"item": item, "element": "Nd", "value_low_usd": low, "value_high_usd": high, "mass_high_kg": high, **more}


def test_what_an_answer_could_take_off_is_weight_times_width(bom: Any) -> None:
    items = {"p": {"value_usd": 1000}, "a": {"value_usd": 50, "supplier": "A"}, "b": {"value_usd": 9, "supplier": "B"}}
    said = [nd("a", 1, 4, **CHN), nd("b", 2, 2), {"item": "b", "element": "Dy", "status": "refused"}]
    found = ask(bom([("p", "a", 10), ("p", "b", 3)], items, said), threshold=0.02)
    assert [(s.supplier, pytest.approx(s.narrows)) for s in found.suppliers] == [("A", 0.03), ("B", 0.027)]
    assert found.share == (pytest.approx(0.01), pytest.approx((10 * 4 + 3 * 9) / 1000))
    assert [(p.item, p.units, p.status, p.asked_for) for s in found.suppliers for p in s.parts] == [
        ("a", 10, "declared", "amount"),
        ("b", 3, "declared, refused", "amount and origin"),
    ]
    assert found.verdict == "undecided"


def test_elements_of_one_part_share_its_value(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "a": {"value_usd": 8}, "b": {"value_usd": 5}}
    said = [{"item": "a", "status": "no_answer"}, *(nd("b", 0, 0) | {"element": e} for e in ("Nd", "Dy", "Tb"))]
    assert ask(bom([("p", "a", 2), ("p", "b", 1)], items, said)).share == (0, pytest.approx(0.16))


def test_the_known_origin_leaves_only_the_amount_and_the_known_amount_only_the_origin(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "a": {"value_usd": 8, "supplier": "A"}, "b": {"value_usd": 9, "supplier": "B"}}
    said = [nd("a", 1, 2, **CHN), nd("b", 3, 3)]
    found = ask(bom([("p", "a", 1), ("p", "b", 1)], items, said))
    assert {p.item: p.asked_for for s in found.suppliers for p in s.parts} == {"a": "amount", "b": "origin"}


def test_what_is_known_of_an_origin_is_no_question(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "a": {"value_usd": 8}}
    found = ask(bom([("p", "a", 1)], items, [nd("a", 1, 1, **CHN)]))
    assert (found.verdict, found.suppliers, found.above, found.below) == ("at_or_above", (), None, None)
    elsewhere = ask(bom([("p", "a", 1)], items, [nd("a", 1, 1, **dict.fromkeys(CHN, "AUS"))]))
    assert (elsewhere.verdict, elsewhere.share) == ("below", (0, 0))


def test_an_answered_assembly_is_asked_in_place_of_its_parts(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "m": {"value_usd": 40, "supplier": "M"}, "a": {"value_usd": 8, "supplier": "A"}}
    found = ask(bom([("p", "m", 1), ("m", "a", 2)], items, [nd("m", 1, 3, **CHN), nd("a", 0, 8)]))
    assert [(s.supplier, [p.item for p in s.parts]) for s in found.suppliers] == [("M", ["m"])]


def test_a_part_without_supplier_is_asked_of_who_delivers_its_assembly(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "m": {"value_usd": 40, "supplier": "M"}, "a": {"value_usd": 8}}
    found = ask(bom([("p", "m", 1), ("m", "a", 2)], items))
    assert [(s.supplier, [(p.item, p.through, p.status) for p in s.parts]) for s in found.suppliers] == [
        ("M", [("a", "m", "not_asked")])
    ]


def test_each_of_two_suppliers_is_asked_and_weighs_as_its_greatest_share(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "a": {"value_usd": 8}}
    x = nd("a", 4, 4, supplier="X", split_low=0.5, split_high=0.7, **dict.fromkeys(CHN, "AUS"))
    y = nd("a", 4, 4, supplier="Y", split_low=0.3, split_high=0.5)
    found = ask(bom([("p", "a", 1)], items, [x, y]), threshold=0.01)
    assert [(s.supplier, pytest.approx(s.narrows)) for s in found.suppliers] == [("Y", 0.02)]
    assert found.share == (0, pytest.approx(0.02))
    assert found.above is not None
    assert found.above.suppliers == ("Y",)
    assert found.above.share == pytest.approx(0.3 * 0.04)


def test_a_value_that_is_not_known_is_bounded_by_that_of_the_assembly(bom: Any) -> None:
    items = {"p": {"value_usd": 100}, "m": {"value_usd": 12}}
    found = ask(bom([("p", "m", 2), ("m", "a", 3)], items))
    assert found.share == (0, pytest.approx(0.24))


def test_a_share_of_mass_knows_the_limit_of_the_class(bom: Any) -> None:
    items = {"p": {"mass_kg": 10.0}, "a": {"mass_kg": 1.0, "hs": "8505.11"}, "b": {"mass_kg": 1.0}}
    said = [{"item": "b", "status": "declared"}]
    assert ask(bom([("p", "a", 1), ("p", "b", 1)], items, said), measure="mass").share == (0, pytest.approx(0.036))


def test_words_that_are_off_are_told(bom: Any) -> None:
    made = bom([("p", "a", 1)], {"p": {"mass_kg": 1.0}})
    with pytest.raises(InputError, match="the value of 'p' is not known"):
        ask(made)
    with pytest.raises(UsageError, match="no share"):
        ask(made, threshold=0)
    with pytest.raises(UnknownNameError, match="unknown element 'Neo'"):
        ask(made, elements=["Neo"], measure="mass")


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Questions, dict[str, list[int]], float]:
    """Suppliers with a question each; the first two or three may make one part together."""
    count, steps = draw(st.integers(1, 6)), draw(st.integers(1, 2))
    together = draw(st.sampled_from([0, 2, 3])) if count >= 3 else 0
    ends = st.integers(0, 12)
    pairs = np.array([[sorted((draw(ends), draw(ends))) for _ in range(steps)] for _ in range(count)], dtype=float)
    least, most = np.ones(count), np.ones(count)
    least[:together], most[:together] = 0.2, 0.8
    item = np.arange(count)
    item[:together] = 0
    names = tuple(f"s{n}" if n < together else "" for n in range(count))
    asked = Questions(item, names, np.ones(count), least, most, pairs[:, :, 0], pairs[:, :, 1], pairs[:, 0], 100.0)
    return asked, {f"s{n}": [n] for n in range(count)}, draw(st.integers(1, 40)) + 0.5


@given(intervals())
def test_the_fewest_answers_are_the_fewest(case: tuple[Questions, dict[str, list[int]], float]) -> None:
    asked, by_supplier, goal = case
    low, high = asked.totals()
    if (low >= goal).any() or (high < goal).all():
        return
    names = list(by_supplier)

    def smallest(works: Any) -> int | None:
        for size in range(len(names) + 1):
            if any(works([by_supplier[n][0] for n in chosen]) for chosen in itertools.combinations(names, size)):
                return size
        return None

    above, below = fewest_above(asked, by_supplier, goal), fewest_below(asked, by_supplier, goal)
    for found, expected in (
        (above, smallest(lambda rows: bool((asked.totals(high_for=rows)[0] >= goal).any()))),
        (below, smallest(lambda rows: bool((asked.totals(low_for=rows)[1] < goal).all()))),
    ):
        assert (None if found is None else len(found.suppliers)) == expected
        assert found is None or found.exact


@pytest.fixture(scope="module")
def drive_unit(tmp_path_factory: pytest.TempPathFactory) -> Bom:
    folder: Path = tmp_path_factory.mktemp("example")
    copy_example(folder)
    return Bom.read(folder / "bom.csv", folder / "items.csv", folder / "declarations.csv")


@pytest.mark.parametrize("step", ["mined", "separated", "metal", "magnet", "technology"])
@pytest.mark.parametrize("element", ["Nd", "Dy", "Y"])
def test_one_element_is_bounded_as_the_roll_up_bounds_it(drive_unit: Bom, element: str, step: str) -> None:
    for measure in ("value", "mass"):
        found = ask(drive_unit, elements=[element], step=step, measure=measure)  # type: ignore[arg-type]
        rows = {row["element"]: row for row in drive_unit.content().share("CHN", step=step)}
        bounds = rows[element]["value_usd" if measure == "value" else "mass_kg"]
        assert [share * found.of for share in found.share] == pytest.approx(bounds)


def test_the_answers_that_would_settle_the_drive_unit_do(drive_unit: Bom) -> None:
    found = ask(drive_unit)
    assert found.verdict == "undecided"
    assert found.below is not None
    asked = {part.item for s in found.suppliers if s.supplier in found.below.suppliers for part in s.parts}
    declarations = drive_unit.source.declarations
    rows = declarations["item"].isin(asked) & (declarations["supplier"] != "Hakone Magnetics")
    answered = declarations[~rows]
    none = [{"item": item, "status": "declared", "file": "x", "row": 1} for item in sorted(asked - {"MAG-T1"})]
    mag = {"item": "MAG-T1", "supplier": "Terra Cebu Magnets", "split_low": 0.3, "split_high": 0.5}
    none.append({**mag, "status": "declared", "file": "x", "row": 1})
    source = replace(drive_unit.source, declarations=pd.concat([answered, declarations_frame(none)]))
    settled = ask(Bom(source))
    assert settled.verdict == "below"
    assert settled.share[1] <= found.below.share
