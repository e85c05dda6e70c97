"""In which state is a limb held to be on a day, and what does its outcome come to in that state?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from ytterby.measures import LimbState, Register
from ytterby.obligations._case import Case
from ytterby.obligations._decide import gravity
from ytterby.obligations._load import state_meanings
from ytterby.obligations._model import LimbRule, Outcome, RuleFile, StateMeaning

__all__ = ["BOUNDARY", "Held", "both_in", "day_of", "outcome_in", "states_of", "taken"]

BOUNDARY = "boundary_day"


@dataclass(frozen=True, slots=True)
class Held:
    """In which state a limb is held to be, and what that means."""

    legal: str | None
    political: str | None
    meaning: StateMeaning
    age: int | None


def states_of(
    file: RuleFile,
    limb: LimbRule,
    case: Case,
    book: Register,
    known: dt.date,
    assumed: Mapping[str, str],
    readings: Mapping[str, str | float],
) -> dict[str, Held]:
    """Return the state under each reading of the boundary day; one alone, `register`, where the day is not disputed."""
    day = day_of(limb, case, readings)
    given = assumed.get(f"{file.rule}:{limb.limb}")
    state = book[file.rule].state(day, known).get(limb.limb)
    if given is not None:
        return {"register": Held(given, None, state_meanings()[given], state.knowledge_age_days if state else None)}
    found = {"register": _held(file, state, day, known)}
    if state is not None and state.boundary_uncertain:
        for name, step in (("before", -1), ("after", 1)):
            near = book[file.rule].state(day + dt.timedelta(days=step), max(known, day + dt.timedelta(days=step)))
            found[name] = _held(file, near.get(limb.limb), day, known)
    return found


def _held(file: RuleFile, state: LimbState | None, day: dt.date, known: dt.date) -> Held:
    if state is None:
        unknown = StateMeaning(
            operative="no", rank=99, says=f"nothing was known of it for {day} on {known}", outcome="not_applicable"
        )
        return Held(None, None, unknown, None)
    meanings = state_meanings()
    legal, political = state.legal, state.political
    meaning = (
        meanings["hypothetical"] if file.hypothetical else meanings.get(legal or political or "", meanings["unknown"])
    )
    return Held(legal, political, meaning, state.knowledge_age_days)


def outcome_in(file: RuleFile, held: Held, operative: Outcome) -> tuple[Outcome, Outcome | None]:
    """Return the outcome in a state, and what the limb would give if in force where that is another question."""
    meaning = held.meaning
    if meaning.operative == "yes":
        return operative, operative
    if meaning.operative == "no":
        assert meaning.outcome is not None
        silent = file.hypothetical or (held.legal is None and held.political is None)
        return meaning.outcome, None if silent else operative
    # whether it binds is unknown: only an item that it does not touch either way is certain
    return (operative if gravity(operative) > gravity("dormant_if_reactivated") else "incomplete"), operative


def both_in(file: RuleFile, held: Held, operative: Outcome) -> dict[str, Outcome | None]:
    """Return the outcome in a state and what the limb would give if in force, as JSON has them."""
    outcome, if_operative = outcome_in(file, held, operative)
    return {"outcome": outcome, "if_operative": if_operative}


def day_of(limb: LimbRule, case: Case, readings: Mapping[str, str | float]) -> dt.date:
    """Return the day that a limb goes by: the first told, that of the reading before the others."""
    fields = [path.removeprefix("dates.") for path in limb.day]
    if limb.day_reading is not None:
        first = readings[limb.day_reading]
        fields.sort(key=lambda field: field != first)
    told = (getattr(case.facts.dates, field) for field in fields) if case.facts.dates is not None else ()
    return next((day for day in told if day is not None), case.on)


def taken(states: Mapping[str, Held], readings: Mapping[str, str | float]) -> Held:
    """Return the state that the reading of the boundary day takes."""
    return states.get(str(readings[BOUNDARY]), states["register"])
