"""Which question is put to the world? A scenario is the baseline plus measures, with dates and stated assumptions.

>>> from ytterby.world.scenario import Imposed, library
>>> Imposed.parse("CHN-A18-2025:all@2026-03-01..2026-12-31").limb
'CHN-A18-2025:all'
>>> library()["bloc_floor"].title
'The allied bloc holds price floors'
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ytterby.errors import DataError, UnknownNameError, UsageError
from ytterby.world import _files

__all__ = ["Imposed", "Scenario", "library", "named"]

_FILE = "scenarios.yaml"
_WORDS = re.compile(r"(?P<limb>[^@\s]+)(@(?P<start>\d{4}-\d\d-\d\d)?(\.\.(?P<end>\d{4}-\d\d-\d\d)?)?)?")


class Imposed(BaseModel):
    """A limb of a measure, and the days on which the scenario has it operate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limb: str
    start: dt.date | None = None
    end: dt.date | None = None

    @classmethod
    def parse(cls, words: str) -> Imposed:
        """Return what ``MEASURE_ID[:limb][@from[..to]]`` means.

        Raises
        ------
        UsageError
            The words have another form, or the dates are none.
        """
        found = _WORDS.fullmatch(words)
        form = "expected MEASURE_ID[:limb][@YYYY-MM-DD[..YYYY-MM-DD]], e.g. CHN-A18-2025:all@2026-03-01"
        if not found:
            raise UsageError(f"cannot read the measure '{words}'", hint=form)
        try:
            start, end = (dt.date.fromisoformat(t) if t else None for t in (found["start"], found["end"]))
        except ValueError as error:
            raise UsageError(f"cannot read the dates of '{words}': {error}", hint=form) from None
        if start and end and end < start:
            raise UsageError(f"'{words}' ends before it starts", hint=form)
        return cls(limb=found["limb"], start=start, end=end)

    def __str__(self) -> str:
        if not (self.start or self.end):
            return self.limb
        return f"{self.limb}@{self.start or ''}" + (f"..{self.end}" if self.end else "")


class Scenario(BaseModel):
    """A question: baseline plus `measures`, with the rows of assumptions it takes and the values it sets.

    Attributes
    ----------
    scopes
        Assumption name (``MEASURE.parameter``) to the scope whose row it takes.
    values
        Assumption or parameter name to a value that replaces its range.
    left_out
        Limb to the reason why a part of it is not imposed; goes into the result's `not_modelled`.
    leaves
        Regions that are not among the members of a bloc, whatever its rule says.
    year
        The year in which the question is asked; 2024 for the capacities of the base year.
    begins
        In a calendar of months, the day from which measures without days of their own hold, whatever the register says;
        before it they are as the register has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    question: str = ""
    measures: tuple[Imposed, ...]
    scopes: Mapping[str, str] = Field(default_factory=dict)
    values: Mapping[str, float] = Field(default_factory=dict)
    left_out: Mapping[str, str] = Field(default_factory=dict)
    leaves: tuple[str, ...] = ()
    year: int = 2024
    begins: dt.date | None = None


@functools.cache
def library() -> Mapping[str, Scenario]:
    """Return the scenarios that ship with Ytterby, by name."""
    found = {}
    for name, record in _files.document(_FILE).items():
        try:
            measures = tuple(Imposed.parse(m) for m in record["measures"])
            found[name] = Scenario(name=name, **{**record, "measures": measures})
        except KeyError as error:
            raise DataError("a scenario needs it", where=_files.where(_FILE, name, f"field {error.args[0]}")) from None
        except UsageError as error:
            raise DataError(error.message, where=_files.where(_FILE, name, "field measures"), hint=error.hint) from None
        except ValidationError as error:
            first = error.errors()[0]
            place = _files.where(_FILE, name, f"field {'.'.join(map(str, first['loc']))}")
            raise DataError(first["msg"], where=place) from None
    return MappingProxyType(found)


def named(name: str) -> Scenario:
    """Return a scenario of the library; an unknown name is an error that names the nearest."""
    if name not in library():
        raise UnknownNameError("scenario", name, library())
    return library()[name]
