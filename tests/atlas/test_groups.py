"""Groups stand for lists of regions of the model."""

import pytest

from ytterby import atlas
from ytterby.errors import UnknownNameError

REGIONS = [row["region"] for row in atlas.rows("regions")]


def test_the_union_is_its_four_regions():
    assert set(atlas.group("EU27")) == {"DEU", "FRA", "EST", "EUX"}
    row = next(r for r in atlas.rows("region_groups") if (r["group"], r["region"]) == ("EU27", "EUX"))
    assert len(row["members"].split()) + 3 == 27


def test_a_region_is_its_own_group():
    assert atlas.group("KOR") == ("KOR",)


def test_a_region_that_belongs_in_part_does_not_act_for_the_group():
    assert "ROW" not in atlas.group("MSP")
    assert "EUX" not in atlas.group("G7")
    assert set(atlas.group("G7")) == {"USA", "CAN", "JPN", "GBR", "DEU", "FRA"}


def test_groups_keep_the_order_of_the_regions_and_name_none_twice():
    for name, regions in atlas.groups().items():
        assert list(regions) == [r for r in REGIONS if r in regions], name
        assert atlas.group(name) == regions


def test_the_wide_bloc_holds_the_core_and_leaves_china_out():
    core, wide = set(atlas.group("AlliedCore")), set(atlas.group("AlliedWide"))
    assert core < wide
    assert "CHN" not in wide
    assert set(atlas.group("MSP")) < wide


def test_the_world_is_all_regions():
    assert list(atlas.group("WLD")) == REGIONS
    assert list(atlas.group("WLD_exCHN")) == [r for r in REGIONS if r != "CHN"]


def test_membership_agrees_with_the_facts_on_the_bloc():
    facts = {row["actor"] for row in atlas.rows("bloc") if row["record_type"] == "msp_member"}
    named = {c for r in atlas.rows("region_groups") if r["group"] == "MSP" for c in r["members"].split()}
    assert facts - {"EU27"} <= named
    union = {c for r in atlas.rows("region_groups") if r["group"] == "EU27" for c in r["members"].split()}
    assert named - facts <= union
    signed = {r["counterparty"] for r in atlas.rows("bloc") if r["record_type"] == "bilateral_framework"} - {None}
    framework = {c for r in atlas.rows("region_groups") if r["group"] == "US_frameworks" for c in r["members"].split()}
    assert framework == signed | {"USA"}


def test_an_unknown_group_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'EU27'"):
        atlas.group("EU28")
