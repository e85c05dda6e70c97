"""Can the register be relied on, on a day? Stale states, missing sources, dangling references, bad intervals.

>>> from ytterby.measures import Register
>>> sorted({f.kind for f in check(Register.default(), "2026-11-24")})
['source', 'stale', 'unobserved']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from ytterby.measures.reactions import is_id
from ytterby.measures.states import as_day

if TYPE_CHECKING:
    from ytterby.measures.model import Limb, Measure
    from ytterby.measures.register import Register

__all__ = ["KINDS", "Finding", "check"]

KINDS = {
    "stale": "the last known day of the state has passed, or nothing is known of it: it reads `unknown`",
    "unobserved": "the state began after the record's last known day: a text says so, nobody has looked",
    "source": "no source, or none that was read",
    "reference": "a reference to a measure or event that is not in the register",
    "interval": "intervals of one basis of one limb overlap",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what kind, on which measure, limb or event, and what is the matter."""

    kind: Literal["stale", "unobserved", "source", "reference", "interval"]
    id: str
    limb: str | None
    message: str

    def record(self) -> dict[str, Any]:
        """Return the row of ``ytterby measures check``."""
        return asdict(self)


def check(register: Register, on: dt.date | str) -> list[Finding]:
    """Return what is the matter with a register on a day, in the order of `KINDS`, then of ids.

    Records that cannot be read at all raise DataError with file, line and field.
    """
    day = as_day(on)
    found = [
        finding
        for measure in register
        for finding in (
            *_states(measure, day),
            *_sources(measure),
            *_references(register, measure),
            *_intervals(measure),
        )
    ]
    found += _events(register)
    order = list(KINDS)
    return sorted(found, key=lambda f: order.index(f.kind))


def _states(measure: Measure, day: dt.date) -> Iterator[Finding]:
    for name, state in measure.state(day).items():
        for basis, reading in (("legal", state.legal_reading), ("political", state.political_reading)):
            if reading is None:
                continue
            if reading.state == "unknown":
                was = f" ({reading.note})" if reading.note else ""
                yield Finding("stale", measure.id, name, f"{basis} state unknown since {reading.from_}{was}")
            elif reading.from_ > measure.last_known and reading.derived is None:
                yield Finding(
                    "unobserved",
                    measure.id,
                    name,
                    f"{basis} state {reading.state} since {reading.from_} "
                    f"{'by text' if basis == 'legal' else 'as stated'}; last known day {measure.last_known}",
                )


def _sources(measure: Measure) -> Iterator[Finding]:
    if not measure.sources:
        yield Finding("source", measure.id, None, "no source")
    elif all(s.seen == "not_seen" or s.level == "none" for s in measure.sources):
        yield Finding("source", measure.id, None, "sources are pointers only, none was read")


def _references(register: Register, measure: Measure) -> Iterator[Finding]:
    named: list[tuple[str, str | None, str]] = [("reaction_to", None, link.to) for link in measure.reaction_to]
    named += [("ended_by", None, measure.ended_by)] if measure.ended_by else []
    for limb in measure.limbs:
        named += [("by", limb.id, i.by) for i in limb.intervals if i.by]
        named += [("superseded_by", limb.id, o.superseded_by) for o in limb.overtaken]
    for field, limb_id, name in named:
        known = name in register or name in register.events
        if not known and (field == "reaction_to" or is_id(name)):
            yield Finding("reference", measure.id, limb_id, f"{field} names '{name}', which is not in the register")


def _intervals(measure: Measure) -> Iterator[Finding]:
    for limb in measure.limbs:
        for basis in ("legal", "political"):
            rows = sorted((i for i in limb.intervals if i.basis == basis), key=lambda i: i.from_)
            for a, b in pairwise(rows):
                if a.to is None or b.from_ <= a.to:
                    yield Finding("interval", measure.id, limb.id, _overlap(limb, basis, a.from_, b.from_))


def _overlap(limb: Limb, basis: str, first: dt.date, second: dt.date) -> str:
    return f"{basis} intervals from {first} and from {second} of limb {limb.id} overlap"


def _events(register: Register) -> Iterator[Finding]:
    for event in register.events.values():
        if not event.verified:
            yield Finding("source", event.id, None, "written down from memory; no source was read")
    for row in register.reactions:
        for field in ("trigger_id", "response_id", "mineral_response_id", "rule_re_id", "rule_any_id"):
            name = getattr(row, field)
            if name is not None and name not in register and name not in register.events:
                yield Finding("reference", row.trigger_id, None, f"reactions.csv: {field} names '{name}'")
