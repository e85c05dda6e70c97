"""Every measure of the register is imposed or gets a reason; every rule stands on things that exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ytterby import atlas
from ytterby.errors import UnknownNameError
from ytterby.market import Network
from ytterby.market import validate as validate_network
from ytterby.measures import Register
from ytterby.world import Calibration, Scenario, World, library
from ytterby.world._files import document
from ytterby.world.assumptions import find
from ytterby.world.impose import impose, impositions, make_plan
from ytterby.world.scenario import Imposed

REGISTER = Register.default()
RULES = [
    (measure, limb, rule)
    for measure, limbs in impositions().items()
    for limb, rules in limbs.items()
    if limb != "note"
    for rule in rules
]


def alone(limb: str) -> Scenario:
    return Scenario(name="alone", title="", measures=(Imposed.parse(limb),))


def numbers(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "parameter" in value:
            yield value
        else:
            for inner in value.values():
                yield from numbers(inner)


def test_the_register_has_the_measures_that_these_tests_speak_of() -> None:
    assert len(list(REGISTER)) == 122


@pytest.mark.parametrize("measure", [m.id for m in REGISTER])
def test_every_limb_has_a_rule_or_a_reason_of_its_own_kind(measure: str) -> None:
    plan = make_plan(alone(measure), REGISTER)
    limbs = {f"{measure}:{limb.id}" for limb in REGISTER[measure].limbs}
    ruled = {limb for limb in limbs if any(s.id == limb or s.id.startswith(limb + ".") for s in plan.steps)}
    reasons = dict(plan.not_modelled)
    assert ruled | set(reasons) == limbs
    assert not ruled & set(reasons)
    default = document("reasons.yaml")["default"]
    assert all(r and r != default for r in reasons.values()), "a reason must speak of the instrument"


@pytest.mark.parametrize("measure", sorted(impositions()))
def test_every_imposition_makes_a_network_that_the_kernel_takes(world: World, measure: str) -> None:
    limbs = [name for name in impositions()[measure] if name != "note"]
    for limb in limbs:
        plan = make_plan(alone(f"{measure}:{limb}"), REGISTER)
        central = {k: mid for k, (_, mid, _) in plan.ranges().items()}
        before = world.calibration.network(central)
        after, left = impose(plan, before, world.calibration, central)
        validate_network(Network.parse(after))
        # what a rule does not do in this year has a reason, and a rule without one does something
        assert (after != before) != bool(left)


@pytest.mark.parametrize(("measure", "limb"), sorted({(m, limb) for m, limb, _ in RULES}))
def test_every_imposition_names_a_limb_of_the_register(measure: str, limb: str) -> None:
    assert limb in {x.id for x in REGISTER[measure].limbs}


@pytest.mark.parametrize(("measure", "limb", "rule"), RULES)
def test_every_rule_names_goods_processes_regions_and_assumptions_that_exist(
    calibration: Calibration, measure: str, limb: str, rule: Mapping[str, Any]
) -> None:
    kinds = {c.partition(".")[0] for c in calibration.commodities}
    for key in ("commodities", "carriers", "goods"):
        for name in rule.get(key, ()):
            assert name in calibration.commodities or name in kinds, name
    for name in rule.get("prices", {}):
        assert name in calibration.commodities, name
    groups = {*atlas.groups(), *calibration.regions}
    for key in ("exporter", "importer", "members", "region", "regions", "origin"):
        value = rule.get(key, [])
        assert {value} <= groups if isinstance(value, str) else set(value) <= groups
    for name in (rule.get("process"), *rule.get("processes", ()), *rule.get("downstream", {}).get("processes", ())):
        assert name is None or name in calibration.recipes
    for spec in numbers(rule):
        assert set(spec) <= {"parameter", "scope", "of"}
        day = REGISTER[measure].effective or REGISTER[measure].day
        found = find(spec.get("of", measure), spec["parameter"], spec.get("scope"), on=day)
        assert found.low <= found.mid <= found.high


def test_impositions_speak_of_measures_of_the_register() -> None:
    known = {m.id for m in REGISTER}
    assert set(impositions()) <= known
    assert {spec["of"] for _, _, rule in RULES for spec in numbers(rule) if "of" in spec} <= known


def test_the_register_gives_quotas_by_the_scenarios_day(world: World) -> None:
    for year in range(2010, 2015):
        plan = make_plan(alone(f"CHN-EXQ-{year}"), REGISTER)
        central = {k: mid for k, (_, mid, _) in plan.ranges().items()}
        network, left = impose(plan, world.calibration.network(central), world.calibration, central)
        assert not left
        quota = next(m for m in network["measures"] if m["instrument"] == "export_quota")
        known = next(p.value for p in REGISTER[f"CHN-EXQ-{year}"].parameters if p.name == "export_quota")
        assert quota["quantity"] == known


def test_an_assumption_takes_the_row_that_holds_on_the_day() -> None:
    early = alone("USA-IEEPA-CHN-2025-02@2025-02-10")
    late = alone("USA-IEEPA-CHN-2025-02@2025-06-01")
    key = "USA-IEEPA-CHN-2025-02.tariff_rate (all goods from CHN (critical minerals partly exempt))"
    assert make_plan(early, REGISTER).ranges()[key] == (10, 10, 10)
    assert make_plan(late, REGISTER).ranges()[key] == (20, 20, 20)


def test_a_value_replaces_the_range_by_name_or_key() -> None:
    base = library()["bloc_floor_oxides"]
    ranges = make_plan(base, REGISTER).ranges()
    assert ranges["USA-CMM-2026.downstream_floor_share (metals and magnets)"] == (0, 0, 0)
    assert ranges["USA-CMM-2026.floor_price (NdPr oxide, bloc scenario)"] == (75, 110, 130)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        (alone("USA-S301-MAG-2025"), "USA-S301-MAG-2026"),
        (alone("CHN-A61-2025:art1_1"), "art1_1_value_threshold_0.1pct"),
        (
            alone("CHN-A18-2025").model_copy(update={"values": {"CHN-A18-2025.licensed_volume": 0.5}}),
            "CHN-A18-2025.licensed_volume_share",
        ),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(asked: Scenario, near: str) -> None:
    with pytest.raises(UnknownNameError) as error:
        make_plan(asked, REGISTER)
    assert near in str(error.value)


def test_rules_that_trace_come_last() -> None:
    plan = make_plan(library()["escalation"], REGISTER)
    kinds = [s.rule["kind"] == "traced" for s in plan.steps]
    assert kinds == sorted(kinds)
    assert all(isinstance(s.day, dt.date) for s in plan.steps)


def test_what_a_scenario_leaves_out_is_told() -> None:
    plan = make_plan(library()["escalation"], REGISTER)
    assert "USA-CMM-2026:all" in dict(plan.not_modelled)
