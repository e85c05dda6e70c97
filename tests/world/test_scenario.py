"""Words of a measure in a scenario, and the library."""

from __future__ import annotations

import datetime as dt

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby import atlas
from ytterby.cli.schema import schema_of
from ytterby.errors import UnknownNameError, UsageError
from ytterby.measures import Register
from ytterby.world import Imposed, World, library
from ytterby.world.assumptions import rows
from ytterby.world.scenario import named

LIMBS = st.from_regex(r"[A-Z]{3}-[A-Z0-9-]{1,12}(:[a-z0-9_.]{1,20})?", fullmatch=True)
DAYS = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


@given(LIMBS, DAYS, DAYS)
def test_words_of_a_measure_read_back_as_they_were_written(limb: str, a: dt.date | None, b: dt.date | None) -> None:
    start, end = (b, a) if a and b and b < a else (a, b)
    imposed = Imposed(limb=limb, start=start, end=end)
    assert Imposed.parse(str(imposed)) == imposed


@given(st.text(max_size=30).filter(lambda words: "@" in words or any(c.isspace() for c in words) or not words))
def test_words_with_odd_dates_or_spaces_are_refused_with_the_form_or_read(words: str) -> None:
    limb, at, days = words.partition("@")
    if limb and not any(c.isspace() for c in limb) and at and days in ("", ".."):
        assert Imposed.parse(words) == Imposed(limb=limb)
    else:
        with pytest.raises(UsageError, match="cannot read the measure") as error:
            Imposed.parse(words)
        assert "expected MEASURE_ID" in str(error.value)


@pytest.mark.parametrize(
    "words",
    ["CHN-A18-2025@2026-13-01", "CHN-A18-2025@2026-06-01..2026-01-01", "CHN-A18-2025@yesterday", "@2026-01-01", ""],
)
def test_dates_that_are_none_or_run_backwards_are_refused(words: str) -> None:
    with pytest.raises(UsageError):
        Imposed.parse(words)


def test_an_unknown_scenario_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="controls_revived"):
        named("control_revived")


@pytest.mark.parametrize("name", sorted(library()))
def test_every_scenario_names_measures_scopes_and_values_that_exist(name: str) -> None:
    register, scenario = Register.default(), library()[name]
    assert scenario.title
    assert scenario.question.endswith("?")
    for m in scenario.measures:
        if ":" in m.limb:
            register.limb(m.limb)
        else:
            assert register[m.limb]
    known = {(a.name, a.scope) for a in rows()}
    assert set(scenario.scopes.items()) <= known
    assert set(scenario.values) <= {word for a in rows() for word in (a.name, a.key)}
    assert set(scenario.leaves) <= set(atlas.table("regions")["region"])
    assert set(scenario.left_out) <= {m.limb for m in scenario.measures}


def test_the_schema_of_a_scenario_takes_the_librarys() -> None:
    schema = schema_of("scenario")
    for scenario in library().values():
        jsonschema.validate(scenario.model_dump(mode="json"), schema)


def test_a_bloc_is_without_the_members_that_leave() -> None:
    with_all, without = (
        World.default().network(library()[name])["measures"] for name in ("bloc_floor_oxides", "member_leaves")
    )
    members = [
        {r for m in measures if m["instrument"] == "price_floor" for r in m["members"]}
        for measures in (with_all, without)
    ]
    assert members[0] - members[1] == {"MYS"}
