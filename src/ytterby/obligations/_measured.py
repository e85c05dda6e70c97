"""A number of the law against one of the goods, told as a parameter by any sensible name or in the description."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ytterby.obligations._answers import Answer, untold
from ytterby.obligations._case import Asked, Case, Number, within

if TYPE_CHECKING:
    from ytterby.obligations._model import RuleFile

__all__ = ["MeasuredTest", "ends_of"]

_STATED = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*(\d+(?:\.\d+)?)")
_BELOW, _ABOVE = ("<", "<=", "≤"), (">", ">=", "≥")


class MeasuredTest(Asked):
    """A property of the goods in a range.

    `name`: the parameter that is asked for. `also`: patterns of other names under which it may be told, and what the
    number is multiplied by. `said`: patterns of the description with the number as their group. `percent`: a number of
    at most 1 is a share. Several numbers that differ are an interval.
    """

    sees: ClassVar[Literal["matter", "origin", "amounts"]] = "matter"
    kind: Literal["measured"]
    name: str
    also: dict[str, float] = Field(default_factory=dict)
    said: dict[str, float] = Field(default_factory=dict)
    percent: bool = False
    least: Number | None = None
    more_than: Number | None = None
    most: Number | None = None
    less_than: Number | None = None

    def ask(self, case: Case, file: RuleFile) -> Answer:  # noqa: ARG002
        told: list[tuple[str, tuple[float, float]]] = []
        for name, value in (case.facts.parameters or {}).items():
            factor = self.factor(name)
            if factor is not None and (ends := ends_of(value)) is not None:
                told.append((f"parameters.{name} is {value}", self._scaled(ends, factor)))
        if not told:
            text = " ".join(thing.text for thing in case.shipment.things)
            for pattern, factor in self.said.items():
                for match in re.finditer(pattern, text, re.IGNORECASE):
                    number = float(next(group for group in match.groups() if group))
                    told.append((f"'{match[0]}'", self._scaled((number, number), factor)))
        field = f"parameters.{self.name}"
        if not told:
            return untold(field)
        low, high = min(ends[0] for _, ends in told), max(ends[1] for _, ends in told)
        return within(case, self, low, high, "; ".join(fact for fact, _ in told), (field,))

    def factor(self, name: str) -> float | None:
        """Return what a number told under this name is multiplied by; None where the name means something else."""
        plain = re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
        if plain == self.name:
            return 1.0
        return next((factor for pattern, factor in self.also.items() if re.fullmatch(pattern, plain)), None)

    def _scaled(self, ends: tuple[float, float], factor: float) -> tuple[float, float]:
        if self.percent and ends[1] <= 1:
            factor = 100.0
        return ends[0] * factor, ends[1] * factor


def ends_of(value: Any) -> tuple[float, float] | None:
    """Return the least and the most that a told number can be; None where it is no number.

    >>> ends_of([1, None]), ends_of("> 99.5 %")
    ((1.0, inf), (99.5, inf))
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), float(value)
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, int | float | None) for v in value):
        return (0.0 if value[0] is None else float(value[0])), (math.inf if value[1] is None else float(value[1]))
    if isinstance(value, str) and (match := _STATED.match(value)):
        number = float(match[2])
        return (0.0 if match[1] in _BELOW else number), (math.inf if match[1] in _ABOVE else number)
    return None
