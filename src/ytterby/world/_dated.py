"""When does a limb operate that a scenario imposes, and since when is that known?

>>> from ytterby.measures import Register
>>> from ytterby.world.scenario import Imposed, Scenario
>>> asked = Scenario(name="x", title="", measures=(Imposed.parse("USA-S301-MAG-2026"),))
>>> (tariff,) = dated(asked, Register.default())
>>> days = [dt.date(year, 7, 1) for year in (2025, 2026)]
>>> [str(tariff.since(day, known_on=day)) for day in days]
['None', '2026-01-01']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ytterby.measures import Measure, Register
from ytterby.measures.states import Reading
from ytterby.world.impose import limbs_of
from ytterby.world.scenario import Imposed, Scenario

__all__ = ["Dated", "dated"]

_OPERATE = frozenset({"in_force", "de_facto"})
"""Legal and political states in which a measure acts on the market."""


@dataclass(frozen=True)
class Dated:
    """A limb that a scenario imposes, and when: on its own days, as the register has it, and from the scenario's on."""

    measure: Measure
    limb: str
    start: dt.date | None
    end: dt.date | None
    begins: dt.date | None

    @classmethod
    def of(cls, measure: Measure, limb: str, imposed: Imposed, begins: dt.date | None) -> Dated:
        """Return when a limb operates that a scenario imposes."""
        if imposed.start or imposed.end:
            return cls(measure, limb, imposed.start or measure.day, imposed.end, None)
        (own,) = (x for x in measure.limbs if x.id == limb)
        ever = any(i.state in _OPERATE for i in own.intervals)
        return cls(measure, limb, None, None, begins or (None if ever else measure.day))

    @property
    def name(self) -> str:
        """The limb's full name, ``MEASURE_ID:limb``."""
        return f"{self.measure.id}:{self.limb}"

    def since(self, on: dt.date, known_on: dt.date) -> dt.date | None:
        """Return the day from which it operates on a day as known on another, or None where it does not."""
        return self._since(on, known_on, self._readings(on, known_on))

    def expected(self, on: dt.date, known_on: dt.date) -> dt.date | None:
        """Return the same as expected on a day: what was still observed then goes on until somebody knows of an end.

        The register reads what rests on observation alone as unknown on any day after the last that was seen; that is
        no knowledge of an end.

        Examples
        --------
        >>> from ytterby.measures import Register
        >>> asked = Scenario(name="x", title="", measures=(Imposed.parse("IND-IREL-2025"),))
        >>> (told,) = dated(asked, Register.default())
        >>> july, august = dt.date(2025, 7, 15), dt.date(2025, 8, 15)
        >>> str(told.since(august, known_on=july)), str(told.expected(august, known_on=july))
        ('None', '2025-06-13')
        """
        then, last = (self._readings(day, known_on) for day in (on, min(on, known_on)))
        passed = [r is not None and r.derived == "last_known_passed" for r in then]
        return self._since(on, known_on, [s if p else r for r, s, p in zip(then, last, passed, strict=True)])

    def _readings(self, on: dt.date, known_on: dt.date) -> Sequence[Reading | None]:
        """Return the legal and the political reading."""
        state = self.measure.state(on, known_on).get(self.limb)
        return (state.legal_reading, state.political_reading) if state else (None, None)

    def _since(self, on: dt.date, known_on: dt.date, readings: Sequence[Reading | None]) -> dt.date | None:
        if self.start:
            return self.start if self.measure.day <= known_on and self.start <= on <= (self.end or on) else None
        legal, political = readings
        main = legal or political
        if main and {r.state for r in readings if r} & _OPERATE and not (political and political.state == "suspended"):
            return main.from_
        return self.begins if self.begins and self.measure.day <= known_on and self.begins <= on else None


def dated(scenario: Scenario, register: Register) -> tuple[Dated, ...]:
    """Return the limbs of a scenario, each with its days.

    Raises
    ------
    UnknownNameError
        A measure or limb that does not exist.
    """
    found = []
    for imposed in scenario.measures:
        measure, limbs = limbs_of(imposed.limb, register)
        found += [Dated.of(measure, limb, imposed, scenario.begins) for limb in limbs]
    return tuple(found)
