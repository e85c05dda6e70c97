"""What holds of every verdict: no wrong clearance, shares and thresholds that rise, bounds, and the order of things."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.obligations.shipments import MOTOR, OXIDE, Facts_, changed, outcome
from tests.obligations.test_eu import MRI, SWARF, WASHER
from tests.obligations.test_us_defence import origin
from tests.obligations.test_us_exports import MACHINE, held

from ytterby.obligations import Facts, RuleFile, judge, rules
from ytterby.obligations._decide import gravity

SHARE = ("CHN-A61-2025", "art1_1_value_threshold_0.1pct")
FORCE = {f"{file.rule}:{limb.limb}": "in_force" for file in rules().values() for limb in file.limbs}
FORCE_61 = {"assume": {":".join(SHARE): "in_force"}}
CONTROL = {"role": "end_user", "name": "Z", "country": "JPN", "lists": ["CHN-CL-2025"], "owners": [], "military": True}
BASES: dict[str, tuple[Facts_, str]] = {
    "motor": (MOTOR, "2026-11-24"),
    "motor to an army": (changed(MOTOR, end_use=["army vehicles"], parties__0__military=True), "2026-11-24"),
    "motor in a chain of owners": (
        changed(
            MOTOR,
            parties__0__owners=[
                {"name": "A", "lists": [], "share": [1, 1],
                 "owners": [{"name": "B", "lists": ["CHN-CL-2025"], "share": [0.5, 0.5], "owners": []}]}
            ],
        ),
        "2026-11-24",
    ),
    "oxide": (OXIDE, "2026-11-24"),
    "oxide to a listed party": (changed(OXIDE, destination="JPN", parties=[CONTROL]), "2026-11-24"),
    "gallium": (
        changed(OXIDE, item={"description": "gallium metal", "form": "metal"}, destination="USA",
                nodes__0__form="metal", nodes__0__contents=[{"element": "Ga", "form": "metal", "mass_kg": [5, 5]}]),
        "2026-11-24",
    ),
    "ore": (
        changed(OXIDE, item={"description": "bastnaesite", "form": "concentrate", "control_code": "1C914.a"},
                nodes__0__form="concentrate"),
        "2026-11-24",
    ),
    "holmium": (
        changed(OXIDE, item={"description": "holmium oxide", "form": "oxide"}, nodes__0__contents__0__element="Ho"),
        "2026-11-24",
    ),
    "technology": (
        {
            "exporter": "CHN", "ship_from": "CHN", "destination": "MYS",
            "transfer": {"kind": "technology", "means": "e-mail", "recipient": "a separation plant"},
            "item": {"description": "solvent extraction flow sheet for rare earths", "form": "technology"},
            "parties": [{"role": "recipient", "name": "Y", "country": "MYS", "lists": [], "owners": []}],
            "end_use": ["rare-earth separation"],
        },
        "2026-11-24",
    ),
    "magnet for the US DoD, from the mine": (
        changed(origin("mined"), dates__contract=..., parameters={"made_in": "CHN"}), "2027-03-01",
    ),
    "magnet for the US DoD, melted": (changed(origin("metal"), dates__delivery="2026-12-31"), "2026-12-31"),
    "magnet in an assembly for the US DoD": (
        changed(origin("magnet"), item__form="assembly", nodes__0__form="assembly", dates__delivery="2027-01-01"),
        "2027-01-01",
    ),
    "re-export": (changed(MACHINE, destination="IRN"), "2026-11-24"),
    "re-export of technology": (
        changed(MACHINE, transfer__kind="technology", item__form="technology",
                nodes__0__contents__0__value_usd=[10, 10]),
        "2026-11-24",
    ),
    "affiliate": (held((0.25, ["Entity List"]), (0.25, ["Entity List"])), "2026-11-24"),
    "washing machine": (changed(WASHER, parameters={"label_owed": True}), "2027-12-01"),
    "MRI": (MRI, "2029-05-24"),
    "electric car": (
        changed(WASHER, item__description="electric car", parameters={"large_company": True},
                end_use=["electric vehicle motors"]),
        "2029-05-24",
    ),
    "scrap": (SWARF, "2026-11-24"),
    "oxide to a US military user": (
        changed(OXIDE, destination="USA", parties=[{**CONTROL, "country": "USA", "lists": ["CHN-A23-2026"]}]),
        "2026-09-01",
    ),
    "oxide to a party on the watch list": (
        changed(OXIDE, destination="JPN", parties=[{**CONTROL, "name": "TDK Corporation", "lists": ["CHN-A12-2026"]}]),
        "2026-09-01",
    ),
}  # fmt: skip


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each key at any depth."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        if isinstance(value, dict):
            yield (*at, key)
        yield from paths(child, (*at, key))


def without(facts: Facts_, path: tuple[Any, ...]) -> Facts_:
    made = copy.deepcopy(facts)
    at: Any = made
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return made


def outcomes(facts: Facts_, on: str, **options: Any) -> dict[tuple[str, str], tuple[str, str | None]]:
    judged = judge(Facts.model_validate(facts), on, **options)
    return {(v.rule, v.limb): (v.outcome, v.if_operative) for v in judged.verdicts}


def cleared(before: str | None, after: str | None) -> bool:
    duty = before is not None and gravity(before) < gravity("incomplete")
    return duty and after in ("exempt", "not_applicable")


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("assume", [{}, FORCE], ids=["as it is", "all in force"])
def test_no_fact_taken_away_alone_ends_a_duty(name: str, assume: dict[str, str]) -> None:
    facts, on = BASES[name]
    before = outcomes(facts, on, assume=assume)
    for path in paths(facts):
        try:
            after = outcomes(without(facts, path), on, assume=assume)
        except ValidationError:  # a node needs its id
            assert path[-1] == "id"
            continue
        for limb, now in before.items():
            for old, new in zip(now, after[limb], strict=True):
                assert not cleared(old, new), f"{limb}: {old} became {new} without {path}"


@given(st.data())
def test_no_facts_taken_away_together_end_a_duty(data: st.DataObject) -> None:
    facts, on = BASES[data.draw(st.sampled_from(sorted(BASES)))]
    less = facts
    for _ in range(data.draw(st.integers(2, 5))):
        left = [path for path in paths(less) if path[-1] != "id"]
        if left:
            less = without(less, data.draw(st.sampled_from(left)))
    before, after = outcomes(facts, on, assume=FORCE), outcomes(less, on, assume=FORCE)
    for limb, (old, _) in before.items():
        assert not cleared(old, after[limb][0]), limb


def test_the_bases_meet_a_duty_of_every_regime() -> None:
    met = {
        rule
        for facts, on in BASES.values()
        for (rule, _), (word, _) in outcomes(facts, on, assume=FORCE).items()
        if gravity(word) < gravity("incomplete")
    }
    judged = {file.rule for file in rules().values() if file.limbs}
    assert {rule for rule in judged if not rule.startswith("CHN")} <= met


VALUES = st.floats(0, 400, allow_nan=False)


def dysprosium(low: float, high: float) -> Facts_:
    return changed(MOTOR, nodes__1__contents__1__value_usd=[low, high])


@given(VALUES, VALUES)
def test_a_higher_share_never_lessens_the_outcome(a: float, b: float) -> None:
    less, more = (outcome(dysprosium(v, v), "2026-11-24", *SHARE, **FORCE_61) for v in sorted((a, b)))
    assert gravity(more) <= gravity(less)


@given(VALUES, VALUES, VALUES)
def test_an_interval_gives_a_verdict_only_where_each_point_in_it_gives_it(a: float, b: float, c: float) -> None:
    low, inside, high = sorted((a, b, c))
    whole = outcome(dysprosium(low, high), "2026-11-24", *SHARE, **FORCE_61)
    points = {outcome(dysprosium(v, v), "2026-11-24", *SHARE, **FORCE_61) for v in (low, inside, high)}
    assert points == {whole} if whole != "incomplete" else len(points) > 1


THRESHOLD = RuleFile.model_validate(
    {
        "rule": SHARE[0],
        "sources": {},
        "readings": {"line": {"asks": "?", "default": 0.001}},
        "lists": {"dy": [{"entry": "Dy", "elements": ["Dy"], "forms": ["metal"], "origin_steps": ["metal"]}]},
        "tests": {
            "share": {"kind": "share", "asks": "?", "lists": ["dy"], "countries": ["CHN"], "least": "reading:line"}
        },
        "limbs": [{"limb": SHARE[1], "asks": "?", "applies": ["share"], "outcomes": [{"outcome": "licence_required"}]}],
    }
)


@given(VALUES, VALUES, st.floats(0, 1), st.floats(0, 1))
def test_a_lower_threshold_never_lessens_the_outcome(a: float, b: float, one: float, other: float) -> None:
    facts = Facts.model_validate(dysprosium(*sorted((a, b))))
    words = [
        judge(facts, "2026-11-24", rules={SHARE[0]: THRESHOLD}, readings={"line": line}, **FORCE_61).verdicts[0].outcome
        for line in sorted((one, other))
    ]
    assert gravity(words[0]) <= gravity(words[1])


def shuffled(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(child, data) for key, child in data.draw(st.permutations(list(value.items())))}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [shuffled(child, data) for child in data.draw(st.permutations(value))]
    return value


@given(st.data())
def test_the_order_of_nodes_contents_parties_and_owners_does_not_matter(data: st.DataObject) -> None:
    facts, on = BASES[data.draw(st.sampled_from(sorted(BASES)))]
    civil = {"role": "broker", "name": "W", "country": "DEU", "lists": [], "owners": [], "military": False}
    facts = changed(facts, parties=[*facts.get("parties", []), civil])
    assert outcomes(shuffled(facts, data), on) == outcomes(facts, on)
