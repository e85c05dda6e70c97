"""In which years does a scenario's measure hold, and what was known of it on the first of January of an earlier one?

A measure holds in a year if it does on 1 July. Where the scenario names days they decide; else the register does: what
it has in force, revived by its text or in practice holds; what it has suspended, repealed, expired or only announced
does not; what it never has in force (proposals, reports, practices that nobody observes any more) is the scenario's
question, and holds in every year that begins after it became public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ytterby.measures import Register
from ytterby.world.scenario import Imposed

__all__ = ["each_limb", "holds"]

_HOLDS = frozenset({"in_force", "de_facto", "revives_by_text"})
_ASKED = frozenset({"proposed", "reported", "unknown"})


def each_limb(measures: Iterable[Imposed], register: Register) -> tuple[Imposed, ...]:
    """Return the measures limb by limb (``MEASURE_ID`` stands for all its limbs).

    Raises
    ------
    UnknownNameError
        A measure or limb that does not exist.
    """
    found = []
    for m in measures:
        if ":" in m.limb:
            register.limb(m.limb)
            names = [m.limb]
        else:
            names = [f"{m.limb}:{limb.id}" for limb in register[m.limb].limbs]
        found += [m.model_copy(update={"limb": name}) for name in names]
    return tuple(found)


def holds(imposed: Imposed, register: Register, year: int, known_on: dt.date | None = None) -> bool:
    """Return whether a limb holds in a year, as known on a day (default: all that the register knows).

    Examples
    --------
    >>> register, a61 = Register.default(), Imposed(limb="CHN-A61-2025:art1_3_china_origin_items")
    >>> [holds(a61, register, year) for year in (2025, 2026, 2027)]
    [False, False, True]
    >>> holds(a61, register, 2027, known_on=dt.date(2025, 1, 1))
    False
    """
    measure, limb = register.limb(imposed.limb)
    day = dt.date(year, 7, 1)
    if imposed.start or imposed.end:
        dated = (imposed.start or dt.date.min) <= day <= (imposed.end or dt.date.max)
        return dated and (known_on is None or measure.day <= known_on)
    state = measure.state(day, known_on or register.last_known).get(limb.id)
    if state is None or state.political == "suspended":
        return False
    if state.legal in _HOLDS or state.political == "de_facto":
        return True
    return state.legal in _ASKED and measure.day < dt.date(year, 1, 1)
