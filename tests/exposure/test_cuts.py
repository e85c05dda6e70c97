"""How a cut is written, and which part of an item's supply it takes."""

import pytest

from ytterby import atlas
from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.exposure import Content, Cut
from ytterby.exposure._affected import affected
from ytterby.exposure.cut import _commodities


def row(origin, low, high, step="mined", element="Dy"):
    return {"item": "A", "element": element, "step": step, "origin": origin, "mass_kg": [low, high]}


def taken(rows, *cuts, unknown=()):
    return affected(Content.from_dict({"items": rows, "unknown": list(unknown)}), "A", [Cut.parse(c) for c in cuts])


def test_commodities_stand_for_elements_at_a_step():
    assert Cut.parse("oxide.NdPr:CHN=0.5").elements == ("Nd", "Pr")
    assert Cut.parse("oxide.NdPr:CHN=0.5").step == "separated"
    assert Cut.parse("oxide.Dy:MMR:mined=1").step == "mined"
    assert Cut.parse("magnet.ndfeb_hd=1").elements == ("Dy", "Tb")
    assert Cut.parse("Dy:*:metal=1").origins is None
    assert {"DEU", "FRA"} < set(Cut.parse("Dy:EU27=1").origins)


def test_the_table_of_commodities_names_only_those_of_the_atlas():
    elements = {r["element"] for r in atlas.rows("elements")}
    named = {name: spec for name, spec in _commodities().items() if name not in elements}
    assert set(named) <= {r["commodity"] for r in atlas.rows("commodities")}
    assert {e for symbols, _ in named.values() for e in symbols} <= elements


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("Dy", UsageError, "without its share"),
        ("Dy:CHN:mined:x=1", UsageError, "part too many"),
        ("Dy=60", UsageError, "60 % is 0.6"),
        ("Dy=nan", UsageError, "no share"),
        ("Dy=0.5@", UsageError, "no number of weeks"),
        ("Dy=0.5@-3", UsageError, "no number of weeks"),
        ("dy=1", UnknownNameError, "did you mean 'Dy'"),
        ("oxide.Dx=1", UnknownNameError, "did you mean 'oxide.Dy'"),
        ("Dy:CHNN=1", UnknownNameError, "did you mean 'CHN'"),
        ("Dy:CHN:mine=1", UnknownNameError, "did you mean 'mined'"),
        ("ore.bayan_obo=1", InputError, "does not tell from which ore"),
    ],
)
def test_a_cut_that_cannot_be_read_says_why(text, error, says):
    with pytest.raises(error, match=says):
        Cut.parse(text)


def test_a_part_from_two_origins_loses_the_part_of_one():
    rows = [row("*", 4, 4), row("CHN", 3, 3), row("AUS", 1, 1)]
    assert taken(rows, "Dy:CHN=1") == (0.75, 0.75)
    assert taken(rows, "Dy:CHN=0.4") == pytest.approx((0.3, 0.3))
    assert taken(rows, "Dy:CHN=1", "Dy:AUS=0.5") == (0.875, 0.875)


def test_bounds_on_the_masses_are_bounds_on_the_part():
    rows = [row("*", 3, 5), row("CHN", 1, 2), row("AUS", 2, 3)]
    assert taken(rows, "Dy:CHN=1") == (0.25, 0.5)


def test_what_might_not_be_there_might_not_be_cut():
    assert taken([row("*", 0, 2)], "Dy=0.5") == (0.0, 0.5)


def test_an_origin_that_is_unknown_may_be_any():
    rows = [row("*", 4, 4), row("AUS", 1, 4), row("unknown", 0, 3)]
    assert taken(rows, "Dy:CHN=1") == (0.0, 0.75)


def test_without_a_step_an_origin_counts_at_any_step():
    rows = [row("AUS", 1, 1), row("CHN", 1, 1, step="separated")]
    assert taken(rows, "Dy:CHN=0.6") == (0.6, 0.6)
    assert taken(rows, "Dy:CHN:mined=0.6") == (0.0, 0.0)


def test_a_step_that_the_content_does_not_tell_is_unknown():
    assert taken([row("AUS", 1, 1)], "Dy:CHN:metal=1") == (0.0, 1.0)


def test_half_at_two_steps_may_be_the_same_half():
    rows = [row("CHN", 1, 1), row("AUS", 1, 1)]
    rows += [row("CHN", 1, 1, step="metal"), row("JPN", 1, 1, step="metal")]
    assert taken(rows, "Dy:CHN=1") == (0.5, 1.0)


def test_the_scarcest_element_counts():
    rows = [row("CHN", 1, 1), row("CHN", 1, 1, element="Nd")]
    assert taken(rows, "Dy=0.5", "Nd=0.2") == (0.5, 0.5)


def test_the_same_supply_cut_twice_loses_the_larger_share():
    assert taken([row("CHN", 1, 1)], "Dy:CHN=0.5", "Dy=0.2") == (0.5, 0.5)


def test_an_unanswered_item_may_hold_what_it_could():
    unknown = [{"item": "A", "status": "not_asked", "could_be": {"Nd": [0.0, 0.1]}}]
    assert taken([], "Nd=0.5", unknown=unknown) == (0.0, 0.5)
    assert taken([], "Dy=0.5", unknown=unknown) == (0.0, 0.0)


def test_value_counts_where_mass_is_not_known():
    rows = [
        {"item": "A", "element": "Dy", "step": "mined", "origin": o, "mass_kg": None, "value_usd": [v, v]}
        for o, v in (("CHN", 3.0), ("AUS", 1.0))
    ]
    assert taken(rows, "Dy:CHN=1") == (0.75, 0.75)
