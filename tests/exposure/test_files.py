"""Files as users give them: read with their quirks, or refused with file, row and column."""

import json

import pytest

from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.exposure import Content, Cut, Plan, assess
from ytterby.exposure.from_run import cuts_of_run, read_run

CONTENT = {
    "items": [{"item": "A", "element": "Dy", "step": "mined", "origin": "CHN", "mass_kg": [1, 1]}],
    "lines": [{"parent": "P", "child": "A", "quantity": 1}],
}
STOCKS = "item,stock_units,inbound_units_per_week,alternative_units_per_week,shared_group\nA,500,,,\n"
PRODUCTS = "product,demand_units_per_week,revenue_usd_per_unit,margin_usd_per_unit\nP,100,10,1\n"


def read(tmp_path, stocks=STOCKS, products=PRODUCTS, groups=None):
    for name, text in (("stocks.csv", stocks), ("products.csv", products), ("groups.csv", groups)):
        if text is not None:
            (tmp_path / name).write_text(text, encoding="utf-8")
    return Plan.read(
        tmp_path / "stocks.csv", tmp_path / "products.csv", None if groups is None else tmp_path / "groups.csv"
    )


def test_byte_order_mark_semicolons_and_decimal_commas_are_read(tmp_path):
    plan = read(tmp_path, "\ufeff" + STOCKS.replace(",", ";").replace("500", "512,5"))
    assert plan.stocks["A"].stock_units == 512.5


def test_empty_cells_and_missing_columns_are_unknown(tmp_path):
    plan = read(tmp_path, "item\nA\n", "product,demand_units_per_week\nP,1\n")
    assert plan.stocks["A"].stock_units is None
    assert plan.products["P"].margin_usd_per_unit is None


def test_capacities_come_with_the_products_or_in_a_file_of_their_own(tmp_path):
    products = "product,demand_units_per_week,group,capacity_units_per_week\nP,100,line,80\n"
    assert read(tmp_path, products=products).planned() == {"P": 80.0}
    products = "product,demand_units_per_week,group\nP,100,line\n"
    assert read(tmp_path, products=products, groups="group,capacity_units_per_week\nline,70\n").planned() == {"P": 70.0}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"stocks": "item,stock\nA,1\n"}, "stocks.csv, row 1: unknown column 'stock'"),
        ({"stocks": "stock_units\n1\n"}, "stocks.csv, row 1: the column 'item' is missing"),
        ({"stocks": ""}, "stocks.csv, row 1: the column 'item' is missing"),
        ({"stocks": "item,stock_units\nA,many\n"}, "stocks.csv, row 2, column stock_units: 'many' found"),
        ({"stocks": "item,stock_units\nA,-1\n"}, "stocks.csv, row 2, column stock_units: '-1' found"),
        ({"stocks": "item,stock_units\nA,inf\n"}, "row 2, column stock_units"),
        ({"stocks": "item,stock_units\nA,1\n\nA,2\n"}, "stocks.csv, row 4, column item: the item 'A' comes twice"),
        ({"stocks": "item,stock_units\n,1\n"}, "row 2, column item: 'item' is empty"),
        ({"stocks": "item,stock_units\nA,1,2\n"}, "stocks.csv, row 2: 3 cells found; the header has 2"),
        ({"stocks": "item,item\nA,1\n"}, "the column 'item' comes twice"),
        ({"products": "product,demand_units_per_week\nP,\n"}, "products.csv, row 2, column demand_units_per_week"),
        ({"products": "product,demand_units_per_week\n"}, "products.csv: there is no product"),
        (
            {"groups": "group,capacity_units_per_week\nline,1\n"},
            "groups.csv, row 2, column group: unknown group 'line'",
        ),
    ],
)
def test_a_table_that_cannot_be_used_says_where(tmp_path, changes, says):
    with pytest.raises(InputError) as found:
        read(tmp_path, **changes)
    assert says in str(found.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"products": PRODUCTS.replace("P,", "PP,")}, "products.csv, row 2, column product: unknown product 'PP'"),
        ({"stocks": STOCKS.replace("A,", "AA,")}, "stocks.csv, row 2, column item: unknown item 'AA'"),
    ],
)
def test_a_name_that_the_content_does_not_have_is_refused_with_the_nearest(tmp_path, changes, says):
    with pytest.raises(UnknownNameError) as found:
        assess(Content.from_dict(CONTENT), [Cut.parse("Dy=1")], read(tmp_path, **changes))
    assert says in str(found.value)
    assert "did you mean" in str(found.value)


def test_a_content_that_tells_no_lines_counts_one_of_each_stocked_part(tmp_path):
    record = {"read": {"roots": ["P"]}, "items": CONTENT["items"]}
    hit = assess(Content.from_dict(record), [Cut.parse("Dy=1@12")], read(tmp_path)).products[0]
    assert hit.time_to_survive_weeks == (5.0, 5.0)


def test_a_content_of_the_product_alone_puts_its_only_stocked_part_under_suspicion(tmp_path):
    record = CONTENT | {"items": [CONTENT["items"][0] | {"item": "P"}]}
    hit = assess(Content.from_dict(record), [Cut.parse("Dy=1@12")], read(tmp_path)).products[0]
    assert (hit.time_to_survive_weeks, hit.blocked_by) == ((5.0, 5.0), ("A",))
    record["lines"] = [*record["lines"], {"parent": "P", "child": "B", "quantity": 1}]
    plan = read(tmp_path, STOCKS + "B,300,,,\n")
    hit = assess(Content.from_dict(record), [Cut.parse("Dy=1@12")], plan).products[0]
    assert (hit.time_to_survive_weeks, hit.blocked_by) == ((3.0, 12.0), ("B", "A"))


def test_several_products_need_the_lines(tmp_path):
    record = {"read": {"roots": ["P", "Q"]}, "items": CONTENT["items"]}
    with pytest.raises(InputError, match="which product holds which part"):
        assess(Content.from_dict(record), [Cut.parse("Dy=1@12")], read(tmp_path, products=PRODUCTS + "Q,1,1,1\n"))


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"items": [{"item": "A"}]}, r"items\[0\].element"),
        ({"items": [{"item": "A", "element": "Dy", "mass_kg": [2, 1]}]}, "low end is above"),
        ({"items": [{"item": "A", "element": "Dy", "mass_kg": ["x", 1]}]}, r"items\[0\].mass_kg"),
        ({"items": [], "lines": [{"parent": "A", "child": "B", "quantity": -1}]}, r"lines\[0\].quantity"),
        (
            {"items": [], "lines": [{"parent": a, "child": b, "quantity": 1} for a, b in ("AB", "BC", "CA")]},
            "A > B > C > A",
        ),
    ],
)
def test_a_content_that_breaks_its_format_says_where(record, says):
    with pytest.raises(InputError, match=says):
        Content.from_dict(record)


def test_what_is_no_content_says_how_to_make_one(tmp_path):
    (tmp_path / "c.json").write_text('{"a": 1}')
    with pytest.raises(InputError, match="ytterby trace content"):
        Content.read(tmp_path / "c.json")


def test_no_cut_or_one_without_end_is_refused(tmp_path):
    for cuts in ([], [Cut.parse("Dy=1@1e6")]):
        with pytest.raises(UsageError):
            assess(Content.from_dict(CONTENT), cuts, read(tmp_path))


RUN = {
    "shortages": [
        {"end_use": "ev_motor", "region": "DEU", "scarcest": "magnet.ndfeb_hd", "scarcest_share": 0.4},
        {"end_use": "defence", "region": "DEU", "scarcest": "magnet.ndfeb_hd", "scarcest_share": 0.6},
        {"end_use": "other", "region": "DEU", "scarcest": "product.other", "scarcest_share": 0.2},
        {"end_use": "ev_motor", "region": "USA", "scarcest": None, "scarcest_share": None},
    ]
}


def test_what_a_run_is_short_of_is_cut_for_a_year(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    run = read_run(tmp_path / "run.json")
    (cut,) = cuts_of_run(run, "DEU")
    assert (cut.elements, cut.step, cut.share, cut.weeks, cut.origins) == (("Dy", "Tb"), "magnet", 0.6, 52.0, None)
    assert [c.share for c in cuts_of_run(run, "DEU", "ev_motor")] == [0.4]
    assert cuts_of_run(run, "USA") == []
    with pytest.raises(UsageError, match="--region"):
        cuts_of_run(run, None)
    with pytest.raises(UnknownNameError, match="DEU"):
        cuts_of_run(run, "DEW")
    with pytest.raises(UnknownNameError, match="ev_motor"):
        cuts_of_run(run, "DEU", "ev_motors")


def test_what_months_are_short_of_is_cut_month_by_month(tmp_path):
    row = {"end_use": "ev_motor", "region": "DEU", "scarcest": "oxide.Dy"}
    shares = {"2025-05": 0.3, "2025-04": 0.0005, "2025-06": 1.2}
    run = {"shortages": [{**row, "month": month, "scarcest_share": share} for month, share in shares.items()]}
    (tmp_path / "run.json").write_text(json.dumps(run))
    cuts = cuts_of_run(read_run(tmp_path / "run.json"), "DEU")
    month = 52 / 12
    assert [(c.share, c.start_week, c.weeks) for c in cuts] == [(0.3, month, month), (1.0, 2 * month, month)]


def test_a_run_id_is_not_looked_up(tmp_path):
    with pytest.raises(InputError, match="a run is read from a file"):
        read_run(tmp_path / "8bf8208748a5")
    (tmp_path / "years.json").write_text(json.dumps({"shortages": [{"year": 2025, "region": "DEU"}]}))
    with pytest.raises(InputError, match="--calendar monthly"):
        read_run(tmp_path / "years.json")


def test_a_quantity_that_is_not_known_is_asked_for_where_it_counts(tmp_path):
    record = CONTENT | {"lines": [{"parent": "P", "child": "A", "quantity": None}]}
    with pytest.raises(InputError, match="how many units of 'A' go into one of 'P'"):
        assess(Content.from_dict(record), [Cut.parse("Dy=1")], read(tmp_path))
    assert assess(Content.from_dict(record), [Cut.parse("Nd=1")], read(tmp_path)).products[0].lost_weeks == 0


@pytest.mark.parametrize(("rest", "reached"), [([0, 0.2], True), ([0, None], True), ([0, 0], False), (None, False)])
def test_an_element_that_no_declaration_names_may_be_in_what_was_not_answered(tmp_path, rest, reached):
    unknown = [
        {"item": "A", "status": "not_asked", "could_be": {"Nd": [0, 1], "Pr": [0, 0]}, "other_rare_earths": rest}
    ]
    record = {"read": {"elements": ["Nd", "Pr"]}, "items": [], "unknown": unknown, "lines": CONTENT["lines"]}
    hits = {e: assess(Content.from_dict(record), [Cut.parse(f"{e}=1@12")], read(tmp_path)) for e in ("Tb", "Nd", "Pr")}
    assert {e: bool(hit.products[0].blocked_by) for e, hit in hits.items()} == {"Tb": reached, "Nd": True, "Pr": False}
