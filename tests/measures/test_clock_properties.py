"""What must hold of the two clocks for every measure, day and vantage point."""

import datetime as dt
from itertools import pairwise

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.measures import Measure, Register, register

REGISTER = Register.default()
MEASURES = list(REGISTER)
DAYS = st.dates(dt.date(1998, 1, 1), dt.date(2028, 12, 31))
# most days are like their neighbours: half of the days drawn lie at a boundary of some interval
EDGES = sorted(
    {
        day + dt.timedelta(days=shift)
        for m in MEASURES
        for limb in m.limbs
        for i in (*limb.intervals, *limb.overtaken)
        for day in (i.from_, i.to, i.known, getattr(i, "to_known", None), getattr(i, "superseded_known", None))
        if day is not None
        for shift in (-1, 0, 1)
    }
)
ANY_DAY = st.one_of(DAYS, st.sampled_from(EDGES))
CASES = settings(max_examples=300, deadline=None)


def as_written_down_on(measure: Measure, day: dt.date) -> Measure | None:
    """Return the measure as a record written on `day` would be: without what became public later."""
    data = measure.model_dump(by_alias=True)
    limbs = []
    for limb in data["limbs"]:
        intervals = []
        for i in limb["intervals"]:
            if i["known"] > day:
                continue
            open_end = i["to_known"] is None or i["to_known"] > day
            # a practice that had not ended then was seen to go on; no record of it says until when
            seen = {"last_known": i["last_known"] or dt.date.max} if i["state"] == "de_facto" else {}
            intervals.append({**i, "to": None, "to_known": None, **seen} if open_end else i)
        # then nobody knew yet that it would be overtaken
        intervals += [
            {k: v for k, v in o.items() if not k.startswith("superseded")} | {"to_known": o["to"] and o["known"]}
            for o in limb["overtaken"]
            if o["known"] <= day < o["superseded_known"]
        ]
        if intervals:
            limbs.append({**limb, "intervals": intervals, "overtaken": ()})
    return Measure.model_validate({**data, "limbs": limbs}) if limbs else None


def readings(measure, on, known_on):
    return {name: (s.legal_reading, s.political_reading) for name, s in measure.state(on, known_on).items()}


@CASES
@given(st.sampled_from(MEASURES), ANY_DAY, ANY_DAY)
def test_what_became_public_later_does_not_change_what_was_known(measure, on, known_on):
    then = as_written_down_on(measure, known_on)
    assert readings(measure, on, known_on) == (readings(then, on, known_on) if then else {})


@CASES
@given(st.sampled_from(MEASURES), ANY_DAY, ANY_DAY)
def test_reading_holds_on_the_day_asked_about_and_was_known_by_then(measure, on, known_on):
    for state in measure.state(on, known_on).values():
        for reading in (state.legal_reading, state.political_reading):
            if reading is not None:
                assert reading.from_ <= on
                assert reading.to is None or on <= reading.to
                assert reading.known <= known_on


@CASES
@given(st.sampled_from(MEASURES), ANY_DAY, ANY_DAY, ANY_DAY)
def test_limb_once_known_on_a_day_stays_known_on_that_day(measure, on, a, b):
    early, late = sorted((a, b))
    assert set(measure.state(on, early)) <= set(measure.state(on, late))


@CASES
@given(st.sampled_from(MEASURES), ANY_DAY, st.integers(0, 400))
def test_limb_once_seen_is_never_clear_afterwards(measure, on, days):
    before = {name for name, s in measure.state(on).items() if s.legal is not None}
    after = measure.state(on + dt.timedelta(days=days))
    assert all(after[name].legal is not None for name in before)


@CASES
@given(st.sampled_from(MEASURES), ANY_DAY)
def test_hindsight_agrees_with_a_plain_look_into_the_file(measure, on):
    """Second route: the YAML as plain data, no models, no clocks but the first."""
    path = register._SHIPPED / "measures" / f"{measure.id}.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = measure.state(on, known_on="2030-01-01")
    for limb in data["limbs"]:
        for basis in ("legal", "political"):
            rows = [i for i in limb["intervals"] if i["basis"] == basis]
            plain = [i for i in rows if i["from"] <= on and (i.get("to") is None or on <= i["to"])]
            if plain and not (plain[0].get("last_known") and on > plain[0]["last_known"]):
                reading = getattr(found[limb["id"]], f"{basis}_reading")
                assert (reading.state, reading.from_, reading.to) == (
                    plain[0]["state"],
                    plain[0]["from"],
                    plain[0].get("to"),
                )
                assert len(plain) == 1


def test_intervals_of_one_basis_of_one_limb_never_overlap():
    for measure in MEASURES:
        for limb in measure.limbs:
            for basis in ("legal", "political"):
                rows = sorted((i for i in limb.intervals if i.basis == basis), key=lambda i: i.from_)
                for a, b in pairwise(rows):
                    assert a.to is not None, (measure.id, limb.id)
                    assert a.to < b.from_, (measure.id, limb.id)
