"""What is said once for all scenarios of a brief: assumptions, what is left out, and measures by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ytterby.brief import _words as words
from ytterby.brief._model import Assumption, NotModelled, Scenario
from ytterby.measures import Register

__all__ = ["AssumptionRow", "assumption_rows", "imposed", "left_out", "model_limits", "plain"]

_ID = re.compile(r"\b[A-Z]{2,3}\d?-[A-Z0-9]+(?:-[A-Z0-9]+)*\b")


def _name(measure_id: str) -> str:
    register = Register.default()
    return words.measure(measure_id, register[measure_id].title) if measure_id in register else measure_id


def plain(text: str) -> str:
    """Return text with the ids of measures replaced by their names.

    Examples
    --------
    >>> plain("assumption CHN-A18-2025.licence approval share")
    'assumption Announcement 18 of 2025: licence approval share'
    >>> plain("base year 2024")
    'base year 2024'
    """
    register = Register.default()
    text = re.sub(rf"({_ID.pattern})\.(?=\S)", lambda m: f"{m[1]}: " if m[1] in register else m[0], text)
    return _ID.sub(lambda m: _name(m[0]), text)


def imposed(limbs: Iterable[str]) -> str:
    """Return the limbs that a scenario imposes (``MEASURE_ID:limb[@from[..to]]``) by name, measure by measure.

    Examples
    --------
    >>> imposed(["CHN-A18-2025:all", "CHN-A57-2025:all@2026-11-10"])
    'Announcement 18 of 2025; Announcement 57 of 2025 (from 10 Nov 2026)'
    """
    parts: dict[str, list[str]] = {}
    for text in limbs:
        limb, _, days = text.partition("@")
        measure, _, part = limb.partition(":")
        start, _, end = days.partition("..")
        said = [words.limb(part)] if part not in ("", "all") else []
        said += [f"from {words.day(start)}"] if start else []
        said += [f"to {words.day(end)}"] if end else []
        held = parts.setdefault(measure, [])
        if said:
            held.append(" ".join(said))
    return "; ".join(_name(m) + (f" ({words.listing(held)})" if held else "") for m, held in parts.items())


def of_model(left: NotModelled) -> bool:
    """Whether something is left out by the model as a whole rather than of one measure."""
    return left.measure == "model"


def model_limits(found: Sequence[Scenario]) -> list[str]:
    """Return what no scenario models, each once."""
    return list(dict.fromkeys(n.reason for s in found for n in s.not_modelled if of_model(n)))


def left_out(found: Sequence[Scenario]) -> list[tuple[str, str]]:
    """Return what is left out of a measure, as (measure, reason), each once."""
    rows = ((imposed([n.measure]), n.reason) for s in found for n in s.not_modelled if not of_model(n))
    return list(dict.fromkeys(rows))


class AssumptionRow(NamedTuple):
    """An assumption and the scenarios, by number, that stand on it."""

    rule: str
    what: str
    given: Assumption
    scenarios: str


def assumption_rows(found: Sequence[Scenario]) -> list[AssumptionRow]:
    """Return the assumptions of all scenarios, each once; one that two scenarios set apart stands twice."""
    numbers: dict[tuple[str, str | None, float | str | None], tuple[Assumption, list[str]]] = {}
    for n, scenario in enumerate(found, 1):
        for a in scenario.assumptions:
            numbers.setdefault((a.name, a.scope, a.value), (a, []))[1].append(str(n))
    rows = []
    for a, used in numbers.values():
        measure, _, what = a.name.rpartition(".")
        said = what.replace("_", " ") + (f" ({a.scope})" if a.scope else "")
        rows.append(AssumptionRow(_name(measure) if measure else "the model", said, a, ", ".join(used)))
    return rows
