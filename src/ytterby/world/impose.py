"""How does a measure of the register become edits of the network?

`data/impositions.yaml` says it limb by limb; numbers that the law does not give come from `assumptions`; what has no
entry, or no effect that the network can carry, is listed with the reason.

>>> from ytterby.measures import Register
>>> from ytterby.world.scenario import library
>>> plan = make_plan(library()["bloc_floor"], Register.default())
>>> [a.scope for a in plan.assumptions if a.parameter == "floor_price"]
['Dy oxide, bloc scenario', 'NdPr oxide, bloc scenario', 'Tb oxide, bloc scenario']
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ytterby.errors import DataError, UnknownNameError
from ytterby.measures import Measure, Register
from ytterby.world import _files, parameters
from ytterby.world._edits import EDITS, Context, NotModelledError, Record
from ytterby.world._licences import licence, military, remark
from ytterby.world._tracing import traced
from ytterby.world.assumptions import Assumption, find
from ytterby.world.calibration import Calibration
from ytterby.world.scenario import Scenario

__all__ = ["Plan", "Step", "impose", "impositions", "limbs_of", "make_plan"]

_KINDS = {**EDITS, "licence": licence, "military": military, "traced": traced}


Rules = Mapping[str, Mapping[str, Any]]

_LANES = ({"commodities", "exporter"}, {"importer"})
_FIELDS: Mapping[str, tuple[set[str], set[str]]] = {
    "ban": _LANES,
    "export_tax": (_LANES[0] | {"rate_pct"}, _LANES[1]),
    "floor": ({"members", "prices"}, {"downstream"}),
    "later_capacity": ({"regions", "stages", "capex_factor"}, set()),
    "licence": (_LANES[0] | {"share", "military_share"}, _LANES[1] | {"wait"}),
    "military": (_LANES[0] | {"importer", "change"}, set()),
    "output_cut": ({"process", "region", "change"}, set()),
    "output_quota": ({"processes", "region", "tonnes"}, set()),
    "quota": (_LANES[0] | {"tonnes"}, _LANES[1]),
    "support": ({"process", "region", "commodity", "usd_per_kg"}, set()),
    "tariff": (_LANES[0] | {"rate_pct"}, _LANES[1]),
    "traced": ({"origin", "carriers", "goods"}, {"cost_pct", "third_country_share", "third_country_change"}),
    "volume": (_LANES[0] | {"change"}, _LANES[1] | {"rent_to"}),
}
"""Fields that a rule of each kind must have, and those that it may have."""


@functools.cache
def impositions() -> Rules:
    """Return the rules of `data/impositions.yaml` by measure, then limb; ``note`` is what a measure's rules leave out.

    Raises
    ------
    DataError
        A rule of unknown kind, or one that lacks a field or has one too many.
    """
    rules: Rules = _files.document("impositions.yaml")
    for measure, limbs in rules.items():
        for limb, entries in limbs.items():
            for n, rule in enumerate(entries if limb != "note" else (), start=1):
                place = _files.where("impositions.yaml", f"{measure}:{limb}", f"rule {n}")
                kind = rule.get("kind")
                if kind not in _FIELDS:
                    raise DataError(
                        f"unknown kind '{kind}'", where=f"{place}, field kind", hint=f"valid: {sorted(_FIELDS)}"
                    )
                must, may = _FIELDS[kind]
                if missing := sorted(must - set(rule)):
                    raise DataError(f"a rule of kind '{kind}' needs it", where=f"{place}, field {missing[0]}")
                if odd := sorted(set(rule) - must - may - {"kind"}):
                    raise DataError(f"a rule of kind '{kind}' has no such field", where=f"{place}, field {odd[0]}")
    return rules


@functools.cache
def _reasons() -> Mapping[str, str]:
    reasons: Mapping[str, str] = _files.document("reasons.yaml")
    return reasons


@dataclass(frozen=True)
class Step:
    """One rule of one limb, ready to be carried out."""

    id: str
    measure: str
    limb: str
    rule: Mapping[str, Any]
    day: dt.date


@dataclass(frozen=True)
class Plan:
    """What a scenario does to the network, before any number is drawn.

    Attributes
    ----------
    steps
        Rules in the order in which they are carried out.
    assumptions
        The numbers that the rules need, each with its range and source.
    notes
        What the rules leave out, by measure, as ``(measure, note)``.
    not_modelled
        Limbs without a rule, as ``(measure, reason)``.
    """

    steps: tuple[Step, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[tuple[str, str], ...]
    not_modelled: tuple[tuple[str, str], ...]
    scopes: Mapping[str, str]
    values: Mapping[str, float]
    register: Register
    leaves: frozenset[str] = frozenset()

    def assumption(self, step: Step, spec: Mapping[str, Any]) -> Assumption:
        """Return the row of assumptions that a rule's number takes."""
        measure = spec.get("of", step.measure)
        scope = self.scopes.get(f"{measure}.{spec['parameter']}", spec.get("scope"))
        return find(measure, spec["parameter"], scope, on=step.day)

    @property
    def names(self) -> set[str]:
        """Names by which a scenario may set the numbers that are drawn."""
        return {*parameters.ranges(), *(a.key for a in self.assumptions), *(a.name for a in self.assumptions)}

    def ranges(self) -> dict[str, tuple[float, float, float]]:
        """Return (low, mid, high) of everything that is drawn: the model's parameters and the plan's assumptions."""
        known = parameters.ranges()
        known |= {a.key: (a.low, a.mid, a.high) for a in self.assumptions}
        by_name = {a.key: a.name for a in self.assumptions}
        fixed = {}
        for key in known:
            for name in (key, by_name.get(key, key)):
                if name in self.values:
                    fixed[key] = (self.values[name],) * 3
        return {**known, **fixed}


def make_plan(scenario: Scenario, register: Register) -> Plan:
    """Return the plan of a scenario: its rules, the assumptions they need, and what cannot be modelled.

    Raises
    ------
    UnknownNameError
        A measure, limb or assumption that does not exist; the nearest is named.
    """
    steps: list[Step] = []
    left: list[tuple[str, str]] = list(scenario.left_out.items())
    notes: dict[str, str] = {}
    for imposed in scenario.measures:
        measure, limbs = limbs_of(imposed.limb, register)
        entry = impositions().get(measure.id, {})
        for limb in limbs:
            name = f"{measure.id}:{limb}"
            rules = entry.get(limb)
            if not rules:
                left.append((name, _reasons().get(measure.instrument.type, _reasons()["default"])))
                continue
            if "note" in entry:
                notes[measure.id] = " ".join(entry["note"].split())
            for n, rule in enumerate(rules, start=1):
                day = imposed.start or measure.effective or measure.day
                steps.append(Step(name if len(rules) == 1 else f"{name}.{n}", measure.id, name, rule, day))
    # licences split the buyers of what is there; content rules then copy goods, routes and processes
    steps.sort(key=lambda s: s.rule["kind"] == "traced")
    plan = Plan(tuple(steps), (), tuple(notes.items()), tuple(left), scenario.scopes, scenario.values, register)
    needed: dict[str, Assumption] = {}
    for step in steps:
        for spec in _numbers(step.rule):
            found = plan.assumption(step, spec)
            needed[found.key] = found
    plan = Plan(
        plan.steps, tuple(needed[k] for k in sorted(needed)), plan.notes, plan.not_modelled,
        plan.scopes, plan.values, register, frozenset(scenario.leaves),
    )  # fmt: skip
    for name in scenario.values:
        if name not in plan.names:
            raise UnknownNameError("assumption of this scenario", name, plan.names)
    return plan


def limbs_of(name: str, register: Register) -> tuple[Measure, list[str]]:
    """Return a measure and its limbs that a name (``MEASURE_ID[:limb]``) means: one of them, or all.

    Raises
    ------
    UnknownNameError
        A measure or limb that does not exist.
    """
    if ":" in name:
        measure, limb = register.limb(name)
        return measure, [limb.id]
    measure = register[name]
    return measure, [limb.id for limb in measure.limbs]


def _numbers(rule: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(rule, Mapping):
        if "parameter" in rule:
            yield rule
        else:
            for name, value in rule.items():
                if name != "wait":  # a year's run compares two states: nobody waits in it
                    yield from _numbers(value)


def impose(
    plan: Plan, network: Record, calibration: Calibration, numbers: Mapping[str, float]
) -> tuple[Record, list[tuple[str, str]]]:
    """Return the network with the plan's measures on it, and what could not be modelled as (measure, reason).

    Parameters
    ----------
    network
        A network that `Calibration.network` wrote.
    numbers
        Values by assumption key (see `Plan.ranges`).
    """
    left = list(plan.not_modelled)
    carriers = frozenset(c for s in plan.steps if s.rule["kind"] == "traced" for c in s.rule["carriers"])
    for step in plan.steps:
        context = Context(
            calibration=calibration,
            id=step.id,
            carriers=carriers,
            number=functools.partial(_number, plan, step, numbers),
            parameter=functools.partial(_parameter, plan, step),
            leaves=plan.leaves,
        )
        try:
            network = _KINDS[step.rule["kind"]](network, step.rule, context)
        except NotModelledError as reason:
            left.append((step.id, str(reason)))
        if said := remark(step.rule, context):
            left.append((step.id, said))
    return network, left


def _number(plan: Plan, step: Step, numbers: Mapping[str, float], spec: Mapping[str, Any]) -> float:
    return numbers[plan.assumption(step, spec).key]


def _parameter(plan: Plan, step: Step, name: str) -> float:
    """Return a number that the register itself gives for the step's day."""
    measure = plan.register[step.measure]
    for p in measure.parameters:
        if (
            p.name == name
            and isinstance(p.value, int | float)
            and (p.from_ or step.day) <= step.day <= (p.to or step.day)
        ):
            return float(p.value)
    raise NotModelledError(f"the register gives no {name} for {step.day}")
