"""Which scenarios does the article itself raise? Rules as data (``data/scenarios.yaml``) over signals and measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from ytterby.signals import Signal

__all__ = ["Raised", "raised"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _SignalFits(_Record):
    actor_country: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    target_country: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()

    def fits(self, signal: Signal) -> bool:
        pairs: list[tuple[tuple[str, ...], Iterable[str]]] = [
            (self.actor_country, [signal.actor_country]),
            (self.action, [signal.action]),
            (self.status, [signal.status]),
            (self.target_country, signal.target_country),
            (self.commodities, signal.commodities),
        ]
        return all(not wanted or set(wanted) & set(found) for wanted, found in pairs)


class _Condition(_Record):
    measures: tuple[str, ...] = ()
    signal: _SignalFits | None = None
    together: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(map(bool, (self.measures, self.signal, self.together))) != 1:
            raise ValueError("a condition has exactly one of measures, signal, together")
        return self

    def holds(self, signals: Sequence[Signal], measures: set[str], so_far: set[str]) -> bool:
        if self.measures:
            return bool(measures & set(self.measures))
        if self.signal is not None:
            return any(self.signal.fits(s) for s in signals)
        return set(self.together) <= so_far


class _Rule(_Record):
    scenario: str
    because: str
    any: tuple[_Condition, ...]


class Raised(_Record):
    """A scenario of the library that the article raises, and why."""

    scenario: str
    because: str


@cache
def _rules() -> tuple[_Rule, ...]:
    data: Any = yaml.safe_load((files(__package__) / "data" / "scenarios.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(tuple[_Rule, ...]).validate_python(data)


def raised(signals: Sequence[Signal], measures: Iterable[str]) -> list[Raised]:
    """Return the scenarios that these signals and measures raise, in the order of the rules.

    Examples
    --------
    >>> [r.scenario for r in raised([], ["CHN-A61-2025", "USA-CMM-2026"])]
    ['controls_revived', 'bloc_floor']
    >>> raised([], ["CHN-A39-2023"])
    []
    """
    ids = set(measures)
    found: list[Raised] = []
    for rule in _rules():
        so_far = {r.scenario for r in found}
        if any(condition.holds(signals, ids, so_far) for condition in rule.any):
            found.append(Raised(scenario=rule.scenario, because=rule.because))
    return found
