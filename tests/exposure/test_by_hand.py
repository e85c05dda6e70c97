"""Cases whose answer is a line of arithmetic."""

import pytest

from ytterby.exposure import Content, Cut, Plan, Product, Stock, assess


def held(item, element="Dy", origin="CHN", step="mined", mass=(0.1, 0.1)):
    return {"item": item, "element": element, "step": step, "origin": origin, "mass_kg": list(mass)}


def content(rows, lines):
    named = [{"parent": p, "child": c, "quantity": q} for p, c, q in lines]
    return Content.from_dict({"items": rows, "lines": named})


def one(rows, lines, stocks, cuts, demand=100.0):
    plan = Plan({s.item: s for s in stocks}, {"P": Product("P", demand, 1000.0, 100.0)})
    return assess(content(rows, lines), [Cut.parse(c) for c in cuts], plan).products[0]


def test_one_part_lasts_its_stock_over_its_use():
    hit = one([held("A")], [("P", "A", 2)], [Stock("A", 800.0)], ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (4.0, 4.0)
    assert (hit.lost_weeks, hit.units_at_risk, hit.revenue_at_risk, hit.margin_at_risk) == (8, 800, 800_000, 80_000)
    assert hit.blocked_by == ("A",)


def test_two_parts_lose_the_most_of_both_and_never_the_sum():
    stocks = [Stock("A", 600.0), Stock("B", 400.0)]
    hit = one([held("A"), held("B")], [("P", "A", 1), ("P", "B", 1)], stocks, ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (4.0, 4.0)
    assert (hit.lost_weeks, hit.units_at_risk) == (8.0, 800.0)
    assert hit.blocked_by == ("B", "A")


def test_a_part_without_the_element_does_not_count():
    stocks = [Stock("A", 600.0), Stock("B", 0.0, 0.0)]
    hit = one([held("A"), held("B", element="Nd")], [("P", "A", 1), ("P", "B", 1)], stocks, ["Dy:CHN=1@12"])
    assert (hit.lost_weeks, hit.blocked_by) == (6.0, ("A",))


def test_alternatives_that_just_suffice_block_nothing():
    hit = one([held("A")], [("P", "A", 3)], [Stock("A", 0.0, 300.0, 300.0)], ["Dy:CHN=1@26"])
    assert (hit.time_to_survive_weeks, hit.lost_weeks, hit.blocked_by) == ((26.0, 26.0), 0.0, ())


def test_alternatives_stretch_the_stock_and_save_units_after_it():
    hit = one([held("A")], [("P", "A", 1)], [Stock("A", 600.0, 100.0, 40.0)], ["Dy:CHN=1@20"])
    assert hit.time_to_survive_weeks == (10.0, 10.0)
    assert hit.lost_weeks == 10.0
    assert hit.units_at_risk == pytest.approx(600.0)


def test_half_a_cut_takes_half_of_what_comes_in():
    hit = one([held("A")], [("P", "A", 1)], [Stock("A", 400.0, 100.0)], ["Dy=0.5@20"])
    assert hit.time_to_survive_weeks == (8.0, 8.0)
    assert hit.units_at_risk == pytest.approx(600.0)


def test_inbound_that_is_not_told_is_what_is_used():
    told, untold = (
        one([held("A")], [("P", "A", 2)], [Stock("A", 800.0, inbound)], ["Dy=0.5@20"]) for inbound in (200.0, None)
    )
    assert told == untold


def test_a_cut_shorter_than_the_stock_blocks_nothing():
    hit = one([held("A")], [("P", "A", 1)], [Stock("A", 2000.0)], ["Dy:CHN=1@12"])
    assert (hit.time_to_survive_weeks, hit.lost_weeks, hit.units_at_risk, hit.blocked_by) == ((12, 12), 0, 0, ())


def test_a_cut_as_long_as_the_stock_blocks_nothing():
    hit = one([held("A")], [("P", "A", 0.1)], [Stock("A", 0.3)], ["Dy:CHN=1@3"], demand=1.0)
    assert hit.lost_weeks == 0.0


def test_a_cut_elsewhere_blocks_nothing():
    hit = one([held("A", origin="AUS")], [("P", "A", 1)], [Stock("A", 0.0)], ["Dy:CHN=1@12"])
    assert hit.lost_weeks == 0.0


def test_a_cut_for_good_is_followed_for_a_year():
    hit = one([held("A")], [("P", "A", 1)], [Stock("A", 200.0)], ["Dy=1"])
    assert (hit.time_to_survive_weeks, hit.lost_weeks) == ((2.0, 2.0), 50.0)


def test_weeks_may_have_parts():
    hit = one([held("A")], [("P", "A", 1)], [Stock("A", 125.0)], ["Dy=1@2.5"])
    assert (hit.time_to_survive_weeks, hit.lost_weeks) == ((1.25, 1.25), 1.25)


def test_what_has_no_origin_may_be_hit_or_not():
    hit = one([held("A", origin="unknown", mass=(0.1, 0.1))], [("P", "A", 1)], [Stock("A", 300.0)], ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (3.0, 12.0)
    assert (hit.lost_weeks, hit.blocked_by, hit.surely_blocked_by) == (9.0, ("A",), ())


def test_an_item_that_no_one_answered_for_may_be_hit():
    record = {"items": [], "unknown": [{"item": "A", "status": "no_answer", "could_be": {"Dy": [0.0, 0.2]}}]}
    record["lines"] = [{"parent": "P", "child": "A", "quantity": 1}]
    plan = Plan({"A": Stock("A", 300.0)}, {"P": Product("P", 100.0)})
    hit = assess(Content.from_dict(record), [Cut.parse("Dy:CHN=1@12")], plan).products[0]
    assert hit.time_to_survive_weeks == (3.0, 12.0)
    assert assess(Content.from_dict(record), [Cut.parse("Sm=1@12")], plan).products[0].lost_weeks == 0.0


def test_an_assembly_is_made_of_its_parts_when_its_own_stock_is_gone():
    rows = [held("rotor"), held("magnet")]
    lines = [("P", "rotor", 1), ("rotor", "magnet", 8)]
    hit = one(rows, lines, [Stock("rotor", 50.0), Stock("magnet", 2000.0)], ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (3.0, 3.0)
    assert hit.blocked_by == ("magnet",)


def test_a_stocked_assembly_whose_parts_are_not_stocked_is_bought():
    rows = [held("rotor"), held("magnet")]
    lines = [("P", "rotor", 1), ("rotor", "magnet", 8)]
    hit = one(rows, lines, [Stock("rotor", 250.0)], ["Dy:CHN=1@12"])
    assert (hit.time_to_survive_weeks, hit.blocked_by) == ((2.5, 2.5), ("rotor",))


def test_finished_products_are_sold_first():
    rows = [held("P"), held("A")]
    hit = one(rows, [("P", "A", 1)], [Stock("P", 300.0), Stock("A", 400.0)], ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (7.0, 7.0)


def test_a_carrier_without_a_row_may_have_any_stock():
    rows = [held("A"), held("B")]
    hit = one(rows, [("P", "A", 1), ("P", "B", 1)], [Stock("A", 500.0)], ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (0.0, 5.0)
    assert hit.blocked_by == ("B", "A")


def test_what_might_hold_it_and_is_not_stocked_is_named_and_not_judged():
    rows = [held("A"), held("B", origin="*", mass=(0.0, 0.2))]
    hit = one(rows, [("P", "A", 1), ("P", "B", 1)], [Stock("A", 500.0)], ["Dy:CHN=1@12"])
    assert hit.time_to_survive_weeks == (5.0, 5.0)
    assert hit.unassessed == ("B",)


def test_cuts_of_different_length_do_not_add_up():
    rows = [held("A"), held("B", element="Nd")]
    stocks = [Stock("A", 200.0), Stock("B", 1000.0)]
    hit = one(rows, [("P", "A", 1), ("P", "B", 1)], stocks, ["Dy:CHN=1@6", "Nd:CHN=1@12"])
    assert (hit.lost_weeks, hit.units_at_risk) == (4.0, 400.0)
    assert hit.blocked_by == ("A", "B")


def test_a_stock_that_two_products_use_is_divided_by_use_or_given_to_the_better_margin():
    rows = [held("A")]
    products = {"rich": Product("rich", 100.0, 900.0, 50.0), "poor": Product("poor", 100.0, 900.0, 10.0)}
    plan = Plan({"A": Stock("A", 1000.0)}, products)
    cut = Cut.parse("Dy=1@10")
    result = assess(content(rows, [("rich", "A", 1), ("poor", "A", 1)]), [cut], plan, weekly=True)
    assert [p.time_to_survive_weeks for p in result.products] == [(5.0, 5.0)] * 2
    assert [p.margin_at_risk for p in result.products] == [25_000.0, 5_000.0]
    assert [p.shared.units_at_risk for p in result.products] == pytest.approx([0.0, 1000.0], abs=1e-6)
    assert result.network_survives_weeks == 5.0
    first = [w.shared.units_at_risk for w in result.weeks if w.product == "poor"]
    assert first == pytest.approx([100.0] * 10, abs=1e-6)


def test_parts_of_a_group_stand_in_for_each_other():
    rows = [held("A"), held("B")]
    stocks = [Stock("A", 100.0, shared_group="g"), Stock("B", 900.0, shared_group="g")]
    hit = one(rows, [("P", "A", 1), ("P", "B", 1)], stocks, ["Dy=1@10"])
    assert hit.time_to_survive_weeks == (1.0, 5.0)
    assert (hit.units_at_risk, hit.shared.units_at_risk) == pytest.approx((900.0, 500.0))


def test_a_group_that_would_give_a_product_less_than_its_own_stock_does_not_shorten_its_time():
    stocks = {"A": Stock("A", 500.0, shared_group="g"), "B": Stock("B", 100.0, shared_group="g")}
    plan = Plan(stocks, {"P": Product("P", 100.0), "Q": Product("Q", 100.0)})
    result = assess(content([held("A"), held("B")], [("P", "A", 1), ("Q", "B", 1)]), [Cut.parse("Dy=1@10")], plan)
    assert [p.time_to_survive_weeks for p in result.products] == [(5.0, 5.0), (1.0, 3.0)]


def test_a_line_below_its_demand_plans_for_the_better_margin():
    rows = [held("A")]
    products = {
        "rich": Product("rich", 100.0, 900.0, 50.0, "line"),
        "poor": Product("poor", 100.0, 900.0, 10.0, "line"),
    }
    plan = Plan({"A": Stock("A", 600.0)}, products, {"line": 150.0})
    assert plan.planned() == {"rich": 100.0, "poor": 50.0}
    result = assess(content(rows, [("rich", "A", 1), ("poor", "A", 1)]), [Cut.parse("Dy=1@10")], plan)
    assert [p.time_to_survive_weeks[0] for p in result.products] == pytest.approx([4.0, 4.0])
    assert [p.shared.units_at_risk for p in result.products] == pytest.approx([400.0, 500.0], abs=1e-6)


def test_a_groups_capacity_limits_what_others_bring_of_its_items():
    products = {"P": Product("P", 100.0)}
    stocks = [Stock("A", 0.0, None, 100.0, "fab"), Stock("B", 0.0, None, 100.0, "fab")]
    plan = Plan({s.item: s for s in stocks}, products, {"fab": 120.0})
    rows = content([held("A"), held("B")], [("P", "A", 1), ("P", "B", 1)])
    hit = assess(rows, [Cut.parse("Dy=1@10")], plan).products[0]
    assert hit.units_at_risk == pytest.approx(400.0)
