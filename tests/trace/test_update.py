"""One changed declaration gives what a whole roll-up gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ytterby.trace import Bom, Content, updated
from ytterby.trace.source import declarations_frame

ROW = {"element": "Nd", "status": "declared", "file": "declarations.csv", "row": 900}


def whole(content: Content) -> Content:
    return Bom(content.source).content(content.on)


def agree(one: Content, two: Content) -> None:
    for element in two.elements:
        this, that = one.rolled(element), two.rolled(element)
        here = np.isin(this.items, that.items)
        assert not this.bounds[~here].any()
        np.testing.assert_array_equal(this.items[here], that.items)
        np.testing.assert_allclose(this.bounds[here], that.bounds, rtol=1e-12)
        assert {c.item for c in this.clashes} == {c.item for c in that.clashes}
    assert sorted(map(str, one.unknown())) == sorted(map(str, two.unknown()))
    assert set(one.problems) == set(two.problems)


CHANGES = [
    {"mass_low_kg": 0.3, "mass_high_kg": 0.5, "mined_in": "AUS"},
    {"mass_low_kg": 0.0, "mass_high_kg": 0.0},
    {"status": "refused"},
    {"status": "partial", "mass_low_kg": 0.1, "element": "Dy"},
    {"element": ""},
    {"element": "Tb", "mass_low_kg": 0.1, "mass_high_kg": 0.1},
    {"mass_low_kg": 0.1, "mass_high_kg": 0.1, "mined_in": "MMR"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_an_update_gives_what_a_whole_roll_up_gives(random_bom: Any, change: dict[str, Any]) -> None:
    content = random_bom(7, items=80, lines=250).content()
    for element in content.elements:
        content.rolled(element)
    names = content.structure.names
    for item in (names[0], names[3], names[len(names) // 2], names[0]):
        content = updated(content, declarations_frame([{**ROW, **change, "item": item}]))
        agree(content, whole(content))


def test_an_update_leaves_the_content_it_comes_from_as_it_is(random_bom: Any) -> None:
    content = random_bom(8, items=40, lines=120).content()
    before = content.rolled("Nd").bounds.copy()
    item = content.structure.names[0]
    after = updated(content, declarations_frame([{**ROW, "item": item, "mass_low_kg": 0.9, "mass_high_kg": 0.9}]))
    assert (content.rolled("Nd").bounds == before).all()
    assert after.rows([item]) != content.rows([item])


def test_suppliers_of_the_new_rows_are_mixed(bom: Any) -> None:
    first = {"item": "a", "element": "Nd", "mass_low_kg": 1, "mass_high_kg": 1}
    content = bom([("p", "a", 2)], {}, [first]).content()
    content.rolled("Nd")
    split = {"split_low": 0.5, "split_high": 0.5}
    rows = [{**ROW, **first, **split, "supplier": s, "mass_high_kg": high} for s, high in (("X", 1), ("Y", 3))]
    (row,) = updated(content, declarations_frame(rows)).share("*", "p", "mined")
    assert row["mass_kg"] == [2, 4]
