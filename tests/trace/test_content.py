"""What is in a product, by hand: each state, origins, forms, suppliers, assemblies, shares."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.trace import Bom
from ytterby.trace.workspace import save

KG = {"mass_low_kg": 0.2, "mass_high_kg": 0.3}


def rows(content: Any, item: str, element: str = "Nd", step: str = "mined") -> dict[str, list[float]]:
    found = content.rows([item])
    return {r["origin"]: r["mass_kg"] for r in found if (r["element"], r["step"]) == (element, step)}


def total(content: Any, item: str, element: str = "Nd") -> list[float]:
    return rows(content, item, element).get("*", [0, 0])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"status": "declared", **KG}, [0.2, 0.3]),
        ({"status": "declared", "mass_low_kg": 0.2}, [0.2, 1.0]),
        ({"status": "declared"}, [0.0, 1.0]),
        ({"status": "range", **KG}, [0.2, 0.3]),
        ({"status": "range", "mass_high_kg": 0.3}, [0.0, 0.3]),
        ({"status": "below_limit", **KG}, [0.0, 0.3]),
        ({"status": "partial", **KG}, [0.2, 1.0]),
        ({"status": "contradicted", **KG}, [0.2, 0.3]),
        ({"status": "no_answer", **KG}, [0.0, 1.0]),
        ({"status": "not_asked"}, [0.0, 1.0]),
        ({"status": "refused"}, [0.0, 1.0]),
        ({"status": "stale", **KG}, [0.0, 1.0]),
    ],
)
def test_each_state_gives_its_bounds(bom: Any, said: dict[str, Any], expected: list[float]) -> None:
    content = bom([("p", "a", 2)], {"a": {"mass_kg": 1.0}}, [{"item": "a", "element": "Nd", **said}]).content()
    assert total(content, "a") == expected
    assert total(content, "p") == [2 * bound for bound in expected]


def test_the_remainder_is_what_all_declared_masses_leave(bom: Any) -> None:
    said = [
        {"item": "a", "element": "Nd", "mass_low_kg": 0.3, "mass_high_kg": 0.4},
        {"item": "a", "element": "Pr", "status": "partial", "mass_low_kg": 0.1},
        {"item": "a", "element": "Dy", "status": "no_answer"},
    ]
    content = bom([("p", "a", 1)], {"a": {"mass_kg": 1.0}}, said).content()
    assert total(content, "a", "Pr") == pytest.approx([0.1, 0.7])
    assert total(content, "a", "Dy") == pytest.approx([0.0, 0.6])
    assert content.rows(["a"])[0]["remainder_kg"] == pytest.approx(0.6)


def test_an_element_without_a_row_is_none_unless_the_item_has_an_unanswered_state(bom: Any) -> None:
    nd = {"item": "a", "element": "Nd", **KG}
    elsewhere = {"item": "b", "element": "Dy", **KG}
    lines, items = [("p", "a", 1), ("p", "b", 1)], {"a": {"mass_kg": 1.0}}
    assert total(bom(lines, items, [nd, elsewhere]).content(), "a", "Dy") == [0, 0]
    asked = {"item": "a", "element": "", "status": "refused"}
    content = bom(lines, items, [nd, elsewhere, asked]).content()
    assert total(content, "a", "Dy") == pytest.approx([0, 0.8])
    unknown = content.to_dict()["unknown"]
    assert [(u["item"], u["status"]) for u in unknown] == [("a", "refused")]
    assert unknown[0]["could_be"] == {"Dy": [0.0, pytest.approx(0.8)]}


def test_a_leaf_without_rows_was_not_asked_and_can_be_anything_up_to_its_mass(bom: Any) -> None:
    items = {"a": {"mass_kg": 1.0}, "magnet": {"mass_kg": 1.0, "hs": "8505.11"}}
    content = bom([("p", "a", 1), ("p", "magnet", 2), ("p", "b", 1)], items).content()
    could_be = {u["item"]: u["could_be"]["Tb"] for u in content.to_dict()["unknown"]}
    assert could_be == {"a": [0.0, 1.0], "magnet": [0.0, 0.36], "b": [0.0, None]}
    assert total(content, "p", "Tb") == [0.0, None]


def test_the_mass_of_an_assembly_closes_what_its_parts_leave_open(bom: Any) -> None:
    said = [{"item": "b", "element": "Nd", "mined_in": "CHN", **KG}]
    content = bom([("q", "p", 3), ("p", "a", 1), ("p", "b", 1)], {"p": {"mass_kg": 5.0}}, said).content()
    assert rows(content, "a") == {"*": [0, None], "CHN": [0, None], "unknown": [0, None]}
    assert rows(content, "q") == {
        "*": [pytest.approx(0.6), 15],
        "CHN": [pytest.approx(0.6), 15],
        "unknown": [0, pytest.approx(15 - 0.6)],
    }


def test_rows_of_other_forms_add_up_and_rows_of_one_form_contradict_each_other(bom: Any) -> None:
    a = {"item": "a", "element": "Nd", "form": "metal", "mass_low_kg": 0.1, "mass_high_kg": 0.2, "mined_in": "CHN"}
    b = {**a, "form": "oxide", "mass_high_kg": 0.3, "mined_in": "AUS"}
    content = bom([("p", "a", 1)], {}, [a, b]).content()
    assert rows(content, "p") == {"*": [0.2, 0.5], "CHN": [0.1, 0.2], "AUS": [0.1, 0.3]}
    assert content.problems == ()
    content = bom([("p", "a", 1)], {}, [a, {**b, "form": "metal", "mass_low_kg": 0.25}]).content()
    assert rows(content, "p") == {"*": [0.1, 0.3], "CHN": [0, 0.2], "AUS": [0, 0.3]}
    assert [(p.file, p.row, p.column) for p in content.problems] == [("declarations.csv", 3, "element")]
    assert "contradicted" in content.problems[0].message


def test_an_answer_makes_the_unanswered_row_void(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", "status": "no_answer"}, {"item": "a", "element": "Nd", **KG}]
    content = bom([("p", "a", 1)], {}, said).content()
    assert total(content, "a") == [0.2, 0.3]
    assert content.to_dict()["unknown"] == []


def test_a_row_on_an_assembly_replaces_what_its_parts_say(bom: Any) -> None:
    lines = [("p", "m", 1), ("m", "a", 2)]
    said = [{"item": "a", "element": e, **KG} for e in ("Nd", "Dy")]
    own = {"item": "m", "element": "Nd", "mass_low_kg": 0.5, "mass_high_kg": 0.8}
    content = bom(lines, {}, [*said, own]).content()
    assert total(content, "p") == [0.5, 0.8]
    assert total(content, "p", "Dy") == [0.4, 0.6]
    assert content.problems == ()


def test_an_assembly_that_its_parts_contradict_is_told(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", **KG}, {"item": "m", "element": "Nd", "mass_low_kg": 1, "mass_high_kg": 1}]
    content = bom([("p", "m", 1), ("m", "a", 2)], {}, said).content()
    assert total(content, "p") == [1, 1]
    (problem,) = content.problems
    assert (problem.file, problem.row) == ("declarations.csv", 3)
    assert "[1, 1] kg by its own declaration, [0.4, 0.6] kg by its parts" in problem.message


def test_origins_that_do_not_meet_are_a_conflict_too(bom: Any) -> None:
    said = [
        {"item": "a", "element": "Nd", "mined_in": "CHN", **KG},
        {"item": "m", "element": "Nd", "mined_in": "AUS", **KG},
    ]
    content = bom([("m", "a", 1)], {}, said).content()
    assert [p.message.split(" is ")[0] for p in content.problems] == ["m: Nd mined in AUS"]


def test_an_assembly_that_did_not_answer_is_what_its_parts_say(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", **KG}, {"item": "m", "element": "Nd", "status": "refused"}]
    content = bom([("m", "a", 1)], {"m": {"mass_kg": 9.0}}, said).content()
    assert total(content, "m") == [0.2, 0.3]
    assert [(u["item"], u["status"]) for u in content.to_dict()["unknown"]] == [("m", "refused")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CHN", {"*": [2, 4], "CHN": [2, 4], "USA": [1, 1]}),
        ("", {"*": [2, 4], "USA": [1, 1 + 4], "unknown": [2, 4]}),
        ("unknown", {"*": [2, 4], "USA": [1, 1 + 4], "unknown": [2, 4]}),
        ("CHN 60 %; AUS 40 %", {"*": [2, 4], "CHN": [1.2, 2.4], "AUS": [0.8, 1.6], "USA": [1, 1]}),
        ("CHN:0.6;AUS:0.4", {"*": [2, 4], "CHN": [1.2, 2.4], "AUS": [0.8, 1.6], "USA": [1, 1]}),
        ("CHN:0.5", {"*": [2, 4], "CHN": [1, 4], "USA": [1, 1 + 2], "unknown": [1, 2]}),
        ("CHN;AUS", {"*": [2, 4], "CHN": [0, 4], "AUS": [0, 4], "USA": [1, 1]}),
    ],
)
def test_an_amount_of_unknown_origin_counts_in_the_high_bound_of_every_origin(
    bom: Any, text: str, expected: dict[str, list[float]]
) -> None:
    said = [
        {"item": "a", "element": "Nd", "mass_low_kg": 2, "mass_high_kg": 4, "mined_in": text},
        {"item": "b", "element": "Nd", "mass_low_kg": 1, "mass_high_kg": 1, "mined_in": "USA"},
    ]
    found = rows(bom([("p", "a", 1), ("p", "b", 1)], {}, said).content(), "p")
    expected["*"] = [3, 5]
    assert {k: pytest.approx(v) for k, v in expected.items()} == found


def test_two_suppliers_are_mixed_at_their_worst(bom: Any) -> None:
    nd = {"item": "a", "element": "Nd", "mass_low_kg": 1, "mass_high_kg": 1}
    x = {**nd, "supplier": "X", "mined_in": "CHN", "split_low": 0.5, "split_high": 0.7}
    y = {**nd, "supplier": "Y", "mined_in": "AUS", "split_low": 0.2, "split_high": 0.6, "mass_high_kg": 3}
    content = bom([("p", "a", 1)], {}, [x, y]).content()
    found = rows(content, "p")
    assert found["CHN"] == pytest.approx([0.5, 0.7])
    assert found["AUS"] == pytest.approx([0.3, 1.5])
    assert found["*"] == pytest.approx([1.0, 0.5 + 0.5 * 3])
    assert content.problems == ()


def test_what_named_suppliers_cannot_deliver_comes_from_one_not_asked(bom: Any) -> None:
    x = {"item": "a", "element": "Nd", **KG, "supplier": "X", "split_low": 0.6, "split_high": 0.8}
    content = bom([("p", "a", 1)], {"a": {"mass_kg": 1.0}}, [x]).content()
    assert total(content, "p") == pytest.approx([0.6 * 0.2, 0.6 * 0.3 + 0.4 * 1.0])
    assert [p.column for p in content.problems] == ["split_high"]


def test_a_supplier_without_answer_may_deliver_anything(bom: Any) -> None:
    x = {"item": "a", "element": "Nd", **KG, "supplier": "X", "split_low": 0.5, "split_high": 0.5}
    y = {"item": "a", "element": "", "status": "no_answer", "supplier": "Y", "split_low": 0.5, "split_high": 0.5}
    content = bom([("p", "a", 1)], {"a": {"mass_kg": 1.0}}, [x, y]).content()
    assert total(content, "p") == pytest.approx([0.1, 0.65])
    assert [(u["item"], u["supplier"]) for u in content.to_dict()["unknown"]] == [("a", "Y")]


def test_a_declaration_of_a_later_day_is_not_known_yet(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", **KG, "declared_on": "2026-03-01"}]
    made = bom([("p", "a", 1)], {"a": {"mass_kg": 1.0}}, said)
    assert total(made.content(on="2026-03-01"), "a") == [0.2, 0.3]
    assert total(made.content(on="2026-02-28"), "a") == [0.0, 1.0]


def test_value_and_share_of_the_items_value(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", **KG, "value_low_usd": 6, "value_high_usd": 8, "mined_in": "CHN"}]
    items = {"p": {"value_usd": 100.0}, "a": {"value_usd": 10.0}}
    content = bom([("q", "p", 1), ("p", "a", 2)], items, said).content()
    by_item = {r["item"]: r for r in content.share("CHN", "p", "mined")}
    assert by_item["p"]["value_usd"] == [12, 16]
    assert (by_item["p"]["share"], by_item["p"]["of"]) == ([0.12, 0.16], 100)
    (root,) = content.share("CHN", step="mined")
    assert (root["item"], root["share"], root["of"]) == ("q", None, None)


def test_repeated_pairs_add_up_and_masses_become_units(bom: Any) -> None:
    lines = [("p", "a", 2), ("p", "a", 1), ("p", "b", 500, "g"), ("p", "c", 10, "% of parent"), ("b", "a", 1)]
    made = bom(lines, {"p": {"mass_kg": 10.0}, "b": {"mass_kg": 0.25}, "c": {"mass_kg": 0.5}})
    assert made.explode() == {"a": 5, "b": 2, "c": 2}
    assert made.problems == ()


def test_a_mass_of_a_part_of_unknown_weight_bounds_what_comes_from_it(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", **KG}]
    made = bom([("p", "a", 0.5, "kg"), ("p", "b", 1), ("b", "a", 1)], {}, said)
    content = made.content()
    assert total(content, "p") == pytest.approx([0.2, 0.3 + 0.5])
    assert made.explode("p") == {"a": None, "b": 1}
    assert [(p.row, p.column) for p in content.problems] == [(2, "unit")]


def test_a_cycle_is_named(bom: Any) -> None:
    with pytest.raises(InputError, match="cycle: a in c in b in a"):
        bom([("p", "a", 1), ("a", "b", 1), ("b", "c", 1), ("c", "a", 1)]).explode("p")


def test_several_roots_are_told_and_one_must_be_named_to_explode(bom: Any) -> None:
    made = bom([("p", "a", 2), ("q", "a", 3)])
    assert made.content().read["roots"] == ["p", "q"]
    assert made.explode("q") == {"a": 3}
    with pytest.raises(UsageError, match="2 roots: p, q"):
        made.explode()
    with pytest.raises(UnknownNameError, match="unknown item 'r'"):
        made.explode("r")


def test_the_order_of_rows_does_not_matter(bom: Any) -> None:
    lines = [("p", "a", 2), ("p", "b", 1), ("b", "a", 3)]
    said = [{"item": "a", "element": "Nd", **KG}, {"item": "b", "element": "Dy", **KG}]
    one, other = bom(lines, {}, said).content(), bom(lines[::-1], {}, said[::-1]).content()
    for item in "pab":
        assert one.rows([item]) == other.rows([item])


def test_what_is_not_in_the_bill_is_told(bom: Any) -> None:
    content = bom([("p", "magnet", 2)], {}, [{"item": "magnit", "element": "Nd", **KG}]).content()
    assert [(p.row, p.column) for p in content.problems] == [(2, "item")]
    assert "did you mean 'magnet'" in content.problems[0].message


def test_what_holds_nothing_has_no_rows(bom: Any) -> None:
    said = [{"item": "a", "element": "Nd", **KG}, {"item": "b", "element": ""}]
    made = bom([("p", "a", 1), ("p", "b", 1)], {}, said)
    assert made.content(item="b").to_dict(["b"])["items"] == []
    nothing = bom([("p", "b", 1)], {}, said[1:]).content()
    assert (nothing.rows(), nothing.to_dict()["unknown"]) == ([], [])


def test_bounds_are_finite_or_null(bom: Any) -> None:
    content = bom([("p", "a", 1)]).content()
    bounds = [b for r in content.rows() for b in (*r["mass_kg"], *r["value_usd"])]
    assert all(b is None or math.isfinite(b) for b in bounds)


def test_lines_tell_the_units_of_each_child_and_add_up(bom: Any) -> None:
    content = bom([("p", "a", 2), ("p", "a", 1), ("q", "b", 4)]).content()
    whole = [
        {"parent": "p", "child": "a", "quantity": 3.0},
        {"parent": "q", "child": "b", "quantity": 4.0},
    ]
    assert sorted(content.to_dict()["lines"], key=lambda r: r["parent"]) == whole
    assert content.to_dict(["p"])["lines"] == whole[:1]


def test_an_item_that_is_listed_and_declared_but_in_no_line_is_a_root(bom: Any) -> None:
    said = [{"item": name, "element": "Nd", **KG} for name in ("a", "spare")]
    lines = [("p", "a", 2), ("q", "p", 1, "kg"), ("q", "b", 1)]
    items = {"a": {}, "spare": {"mass_kg": 1.0}, "listed only": {}}
    content, without = bom(lines, items, said).content(), bom(lines, {}, said).content()
    assert content.read["roots"] == ["q", "spare"]
    assert total(content, "spare") == [0.2, 0.3]
    assert [p.message for p in without.problems if "spare" in p.message] == ["'spare' is not in the bill of materials"]
    assert [r for r in content.rows() if r["item"] != "spare"] == without.rows()
    assert content.lines() == without.lines()


def test_an_item_that_only_declarations_name_is_told(tmp_path: Any) -> None:
    (tmp_path / "bom.csv").write_text("parent,child,quantity\np,a,1\n")
    (tmp_path / "said.csv").write_text("item,element,mass_low_kg,mass_high_kg\nspare,Nd,1,1\n")
    made = Bom.read(tmp_path / "bom.csv", declarations=tmp_path / "said.csv")
    assert made.content().read["roots"] == ["p"]
    assert [p.message for p in made.content().problems] == ["'spare' is not in the bill of materials"]


OLD = {
    "item": "a",
    "element": "Nd",
    "mass_low_kg": 0.1,
    "mass_high_kg": 0.1,
    "declared_on": "2026-01-01",
    "file": "one",
}
NEW = {**OLD, "mass_low_kg": 0.3, "mass_high_kg": 0.3, "declared_on": "2026-06-01", "file": "two"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, [0.3, 0.3]),
        ({"file": "one"}, [0.1, 0.3]),
        ({"declared_on": "2026-01-01"}, [0.1, 0.3]),
        ({"declared_on": ""}, [0.1, 0.3]),
        ({"form": "oxide"}, [0.4, 0.4]),
        ({"status": "no_answer"}, [0.1, 0.1]),
        ({"element": "Dy"}, [0.1, 0.1]),
    ],
)
@pytest.mark.parametrize("first", [0, 1])
def test_a_later_answer_in_another_file_takes_the_place_of_the_earlier_one(
    bom: Any, change: dict[str, Any], expected: list[float], first: int
) -> None:
    made = bom([("p", "a", 1)], {}, [OLD, {**NEW, **change}][:: 1 - 2 * first])
    assert total(made.content(), "a") == pytest.approx(expected)
    assert any("contradicted" in p.message for p in made.content().problems) == (expected == [0.1, 0.3])
    assert total(made.content(on="2026-05-31"), "a")[0] == pytest.approx(0.1)


def test_another_suppliers_later_answer_takes_no_ones_place(bom: Any) -> None:
    said = [{**row, "supplier": name, "split_low": 0.5, "split_high": 0.5} for row, name in ((OLD, "X"), (NEW, "Y"))]
    assert total(bom([("p", "a", 1)], {}, said).content(), "a") == pytest.approx([0.2, 0.2])


def test_a_workspace_takes_later_answers_of_a_file_of_the_same_name(tmp_path: Any) -> None:
    (tmp_path / "bom.csv").write_text("parent,child,quantity\np,a,1\n")
    head = "item,element,mass_low_kg,mass_high_kg,declared_on\n"
    (tmp_path / "said.csv").write_text(f"{head}a,Nd,0.1,0.1,2026-01-01\n")
    save(Bom.read(tmp_path / "bom.csv", declarations=tmp_path / "said.csv").source, tmp_path / "w")
    (tmp_path / "said.csv").write_text(f"{head}a,Nd,0.3,0.3,2026-06-01\na,Nd,x,,2026-07-01\n")
    made = Bom.read(tmp_path / "w", declarations=tmp_path / "said.csv")
    assert set(made.source.declarations["file"]) == {"said.csv", "said.csv (2)"}
    assert [p.file for p in made.source.problems] == ["said.csv (2)"]
    assert total(made.content(on="2026-03-01"), "a") == [0.1, 0.1]


def test_a_rare_earth_that_nobody_names_is_bounded_by_what_the_limit_and_the_mass_leave(bom: Any) -> None:
    said = [{"item": "m", "element": "Nd", **KG}, {"item": "m", "element": "", "status": "partial"}]
    said += [{"item": "m", "element": "Dy", "status": "refused"}]
    items = {"m": {"mass_kg": 1.0, "hs": "8505.11"}, "a": {"mass_kg": 2.0}}
    lines = [("p", "m", 1), ("p", "a", 1), ("p", "b", 1)]
    unknown = {u["item"]: u["other_rare_earths"] for u in bom(lines, items, said).content().to_dict()["unknown"]}
    assert unknown == {"m": [0.0, pytest.approx(0.16)], "a": [0.0, 2.0], "b": [0.0, None]}
    content = bom([("p", "a", 1)], {"a": {"mass_kg": 2.0}}).content().to_dict()
    assert [u["other_rare_earths"] for u in content["unknown"]] == [None], "all are rolled up where none is named"
