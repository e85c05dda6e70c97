"""What is asked: a scenario of the library, measures, assumed values and a year as one scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ytterby.world import Scenario

__all__ = ["asked_scenario"]


def asked_scenario(
    name: str | None, measures: list[str] | None, assume: list[str] | None, year: int | None
) -> Scenario:
    """Return the scenario of the library, with what is added to it, or one made of measures.

    Raises
    ------
    UsageError
        Neither a name nor a measure, or an assumption that cannot be read.
    UnknownNameError
        There is no such scenario.
    """
    import math

    from ytterby.errors import UsageError
    from ytterby.world.scenario import Imposed, Scenario, named

    if not (name or measures):
        raise UsageError("name a --scenario or at least one --measure", hint="`ytterby world scenarios` lists them")
    values: dict[str, float] = {}
    for words in assume or []:
        key, _, number = words.partition("=")
        try:
            values[key] = float(number)
        except ValueError:
            values[key] = math.nan
        if not math.isfinite(values[key]):
            raise UsageError(f"cannot read '{words}'", hint="expected NAME=VALUE with a number")
    added = tuple(Imposed.parse(m) for m in measures or [])
    in_year = {} if year is None else {"year": year}
    if name:
        base = named(name)
        changed = {"measures": (*base.measures, *added), "values": dict(base.values) | values, **in_year}
        return base.model_copy(update=changed)
    title = ", ".join(map(str, added))
    return Scenario(name="custom", title=title, measures=added, values=values, **in_year)
