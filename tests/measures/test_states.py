"""The two clocks, on both sides of every boundary that matters."""

import datetime as dt

import pytest

from ytterby.errors import UsageError
from ytterby.measures import Register

REGISTER = Register.default()
A61 = (
    "art1_3_china_origin_items",
    "art1_1_value_threshold_0.1pct",
    "art1_2_foreign_direct_product",
    "art7_compliance_notice",
)
OPERATED = (A61[0], A61[3])
NEVER_OPERATED = (A61[1], A61[2])
PARA2 = "para2_denial_in_principle_GaGeSb_superhard_to_US"


def legal(measure, on, known_on=None, limb="all"):
    state = REGISTER[measure].state(on, known_on).get(limb)
    return state and state.legal


def political(measure, on, known_on=None, limb="all"):
    state = REGISTER[measure].state(on, known_on).get(limb)
    return state and state.political


@pytest.mark.parametrize(
    ("measure", "on", "state"),
    [
        ("CHN-A18-2025", "2025-04-03", None),
        ("CHN-A18-2025", "2025-04-04", "in_force"),
        ("CHN-A18-2025", "2025-11-07", "in_force"),  # never suspended
        ("CHN-A18-2025", "2026-11-24", "in_force"),
        ("CHN-A57-2025", "2025-10-08", None),
        ("CHN-A57-2025", "2025-10-09", "announced"),
        ("CHN-A57-2025", "2025-11-06", "announced"),
        ("CHN-A57-2025", "2025-11-07", "suspended"),
        ("CHN-A57-2025", "2025-11-08", "suspended"),  # the day it was to begin
        ("CHN-A57-2025", "2026-11-09", "suspended"),
        ("CHN-A57-2025", "2026-11-10", "revives_by_text"),
        ("CHN-A62-2025", "2025-10-09", "in_force"),
        ("CHN-A62-2025", "2025-11-07", "suspended"),
        ("CHN-A70-2025", "2025-11-06", None),
        ("CHN-A70-2025", "2025-11-07", "in_force"),
        ("CHN-A70-2025", "2026-11-09", "in_force"),
        ("CHN-A70-2025", "2026-11-10", "unknown"),
        ("CHN-A72-2025", "2025-11-08", None),
        ("CHN-A72-2025", "2025-11-09", "in_force"),
        ("CHN-A72-2025", "2026-11-27", "in_force"),
        ("CHN-A72-2025", "2026-11-28", "unknown"),
        ("USA-BIS-50-2025", "2025-09-28", None),
        ("USA-BIS-50-2025", "2025-09-29", "in_force"),
        ("USA-BIS-50-2025", "2025-11-09", "in_force"),
        ("USA-BIS-50-2025", "2025-11-10", "suspended"),
        ("USA-BIS-50-2025", "2026-11-09", "suspended"),
        ("USA-BIS-50-2025", "2026-11-10", "revives_by_text"),
        ("USA-IEEPA-CHN-2025-02", "2025-01-31", None),
        ("USA-IEEPA-CHN-2025-02", "2025-02-01", "announced"),
        ("USA-IEEPA-CHN-2025-02", "2025-02-04", "in_force"),
        ("USA-IEEPA-CHN-2025-02", "2026-02-20", "in_force"),
        ("USA-IEEPA-CHN-2025-02", "2026-02-21", "repealed"),
        ("USA-SCOTUS-IEEPA-2026", "2026-02-19", None),
        ("USA-SCOTUS-IEEPA-2026", "2026-02-20", "in_force"),
        ("USA-S122-2026", "2026-07-24", "in_force"),
        ("USA-S122-2026", "2026-07-25", "expired"),
        ("CHN-REPORT-PROP-2026", "2026-02-10", None),
        ("CHN-REPORT-PROP-2026", "2026-02-11", "reported"),
        ("CHN-REPORT-PROP-2026", "2027-06-01", "reported"),
        ("CHN-EXQ-2010", "2009-12-28", None),
        ("CHN-EXQ-2010", "2009-12-29", "announced"),
        ("CHN-EXQ-2010", "2010-01-01", "in_force"),
        ("CHN-EXQ-2010", "2010-12-31", "in_force"),
        ("CHN-EXQ-2010", "2011-01-01", "expired"),
        ("CHN-EXQ-H2-2010", "2010-07-07", None),  # dated back to 1 July, public on 8 July
        ("CHN-EXQ-H2-2010", "2010-07-08", "in_force"),
        ("CHN-EXQ-RE", "2014-12-31", "in_force"),
        ("CHN-EXQ-RE", "2015-01-01", "repealed"),
        ("CHN-TCQ-2025", "2025-12-31", "in_force"),
        ("CHN-TCQ-2025", "2026-01-01", "unknown"),
        ("CHN-TCQ-2026", "2026-01-01", "unknown"),
        ("CHN-EMBARGO-JPN-2010", "2010-09-20", None),
        ("CHN-EMBARGO-JPN-2010", "2010-09-21", "de_facto"),
        ("CHN-EMBARGO-JPN-2010", "2010-11-21", "expired"),
        ("IND-IREL-2025", "2026-09-29", "de_facto"),
        ("IND-IREL-2025", "2026-09-30", "unknown"),
        ("MMR-KIA-2024", "2025-03-31", "de_facto"),
        ("MMR-KIA-2024", "2025-04-01", "unknown"),
    ],
)
def test_legal_state_on_the_day_as_known_that_day(measure, on, state):
    assert legal(measure, on) == state


@pytest.mark.parametrize("limb", A61)
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-11-07", ("suspended", None)),
        ("2026-09-24", ("suspended", None)),
        ("2026-11-09", ("suspended", None)),
        ("2026-11-10", ("revives_by_text", "suspended")),
        ("2026-12-01", ("revives_by_text", "suspended")),
        ("2027-01-10", ("revives_by_text", "suspended")),
        ("2027-01-11", ("revives_by_text", "unknown")),
    ],
)
def test_limbs_of_announcement_61_have_a_legal_and_a_political_state(limb, on, expected):
    assert (legal("CHN-A61-2025", on, limb=limb), political("CHN-A61-2025", on, limb=limb)) == expected


@pytest.mark.parametrize("limb", A61)
def test_political_promise_is_invisible_before_it_was_made(limb):
    seen = [political("CHN-A61-2025", "2026-12-01", day, limb=limb) for day in ("2026-09-24", "2026-09-25")]
    assert seen == [None, "suspended"]


@pytest.mark.parametrize("limb", OPERATED)
def test_limbs_that_operated_were_in_force_for_four_weeks(limb):
    days = ("2025-10-08", "2025-10-09", "2025-11-06", "2025-11-07")
    assert [legal("CHN-A61-2025", d, limb=limb) for d in days] == [None, "in_force", "in_force", "suspended"]


@pytest.mark.parametrize("limb", NEVER_OPERATED)
def test_limbs_set_for_december_2025_never_began_but_were_expected_to(limb):
    assert all(
        legal("CHN-A61-2025", dt.date(2025, 10, 1) + dt.timedelta(days=d), limb=limb) != "in_force" for d in range(900)
    )
    assert legal("CHN-A61-2025", "2025-11-30", "2025-10-20", limb=limb) == "announced"
    assert legal("CHN-A61-2025", "2025-12-01", "2025-10-20", limb=limb) == "in_force"
    assert legal("CHN-A61-2025", "2025-12-01", "2025-11-06", limb=limb) == "in_force"
    assert legal("CHN-A61-2025", "2025-12-01", "2025-11-07", limb=limb) == "suspended"


def test_end_of_an_announced_state_reads_the_day_before_what_was_expected_next():
    state = REGISTER["CHN-A61-2025"].state("2025-10-20")[NEVER_OPERATED[0]]
    assert state.to == dt.date(2025, 11, 30)


def test_suspension_was_not_foreseen_the_day_before():
    state = REGISTER["CHN-A61-2025"].state("2025-11-20", known_on="2025-11-06")[OPERATED[0]]
    assert (state.legal, state.to) == ("in_force", None)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2024-12-02", None),
        ("2024-12-03", "in_force"),
        ("2025-11-08", "in_force"),
        ("2025-11-09", "suspended"),
        ("2026-11-27", "suspended"),
        ("2026-11-28", "in_force"),
    ],
)
def test_ban_of_gallium_to_america_sleeps_for_a_year_while_the_military_limb_stays(on, state):
    assert legal("CHN-A46-2024", on, limb=PARA2) == state
    military = legal("CHN-A46-2024", on, limb="para1_US_military_users_uses")
    assert military == (None if state is None else "in_force")


def test_state_that_a_text_sets_after_the_last_known_day_is_not_observed():
    before = REGISTER["CHN-A46-2024"].state("2026-11-27")[PARA2]
    after = REGISTER["CHN-A46-2024"].state("2026-11-28")[PARA2]
    assert (before.observed, after.observed) == (True, False)


@pytest.mark.parametrize(
    ("measure", "limb", "days"),
    [
        ("CHN-A61-2025", A61[0], {"2026-11-09": False, "2026-11-10": True, "2026-11-11": False}),
        ("CHN-A70-2025", "all", {"2026-11-09": False, "2026-11-10": True, "2026-11-11": False}),
        ("CHN-A46-2024", PARA2, {"2026-11-26": False, "2026-11-27": True, "2026-11-28": False}),
        ("CHN-A46-2024", "para1_US_military_users_uses", {"2026-11-26": False, "2026-11-27": False}),
        ("CHN-A72-2025", "all", {"2026-11-26": False, "2026-11-27": True, "2026-11-28": False}),
        ("CHN-A18-2025", "all", {"2026-11-10": False}),
    ],
)
def test_days_on_which_sources_disagree_are_flagged_at_the_limb_they_concern(measure, limb, days):
    found = {day: REGISTER[measure].state(day)[limb].boundary_uncertain for day in days}
    assert found == days


@pytest.mark.parametrize(
    ("on", "known_on", "age"),
    [
        ("2026-09-29", None, 0),
        ("2026-09-30", None, 1),
        ("2026-11-24", None, 56),
        ("2026-12-01", "2026-11-24", 63),
        ("2026-12-01", "2026-08-31", 92),
        ("2025-06-01", None, 0),
        ("2025-06-01", "2026-01-01", 0),
    ],
)
def test_knowledge_age_counts_from_the_earlier_of_vantage_point_and_last_known_day(on, known_on, age):
    assert REGISTER["CHN-A18-2025"].state(on, known_on)["all"].knowledge_age_days == age


def test_practice_is_unknown_beyond_the_vantage_point_and_beyond_the_last_known_day():
    name, limb = "CHN-JPN-DEFACTO-2026", "civil_licences"
    assert legal(name, "2026-06-01", limb=limb) == "reported"
    assert legal(name, "2026-06-01", "2026-05-31", limb=limb) == "unknown"
    assert legal(name, "2026-09-29", limb=limb) == "reported"
    assert legal(name, "2026-09-30", limb=limb) == "unknown"


def test_suspension_of_the_april_batches_is_unknown_once_its_term_is_over():
    for limb in ("batch_2025_04_04", "batch_2025_04_09"):
        assert legal("CHN-CL-2025", "2026-11-10", limb=limb) == "suspended"
        assert legal("CHN-CL-2025", "2026-11-11", limb=limb) == "unknown"
    assert legal("CHN-CL-2025", "2026-11-11", limb="batch_2025_01") == "in_force"


def test_planned_end_is_no_observed_end_when_looked_at_from_before():
    assert legal("CHN-TCQ-2024", "2025-02-01") == "expired"
    assert legal("CHN-TCQ-2024", "2025-02-01", known_on="2024-06-01") == "unknown"


def test_flat_days_are_those_of_the_legal_reading():
    record = REGISTER["CHN-A61-2025"].state("2026-12-01", "2026-11-24")[A61[0]].record()
    assert (record["from"], record["to"], record["known"], record["basis"]) == (
        "2026-11-10",
        None,
        "2025-11-07",
        "legal",
    )
    assert record["readings"]["political"]["to"] == "2027-01-10"


def test_in_force_leaves_out_what_sleeps_and_what_a_text_revives():
    names = REGISTER.in_force("2026-12-01", "2026-11-24")
    assert "CHN-A18-2025:all" in names
    assert not [n for n in names if n.startswith(("CHN-A61", "CHN-A62", "CHN-A57", "USA-BIS-50", "USA-IEEPA"))]
    assert f"CHN-A61-2025:{A61[0]}" in REGISTER.in_force("2025-10-20")


def test_headline_is_the_most_operative_limb():
    assert REGISTER["CHN-A46-2024"].headline("2026-01-01") == {"legal": "in_force", "political": None}
    assert REGISTER["CHN-A61-2025"].headline("2025-10-20") == {"legal": "in_force", "political": None}
    assert REGISTER["CHN-A61-2025"].headline("2025-10-01") == {"legal": None, "political": None}


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "", "2026-02-30"])
def test_what_is_no_day_is_a_usage_error(day):
    with pytest.raises(UsageError, match="is no day"):
        REGISTER["CHN-A18-2025"].state(day)
