"""What answered what, after how many days, and says who? The action–reaction graph.

Two sources are read together: the links that measures carry themselves (`reaction_to`, with the grade ``stated`` or
``inferred`` and the relation), and ``reactions.csv``, which also lists the triggers that stayed without an answer
within a window of days: without them a rate of answers would count the hits alone.

>>> from ytterby.measures import Register
>>> a = Register.default().answers(of="CHN-A18-2025")[0]
>>> a.trigger, a.response, a.lag_days, a.grade
('USA-RECIP-2025-04-02', 'CHN-A18-2025', 2, 'inferred')
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from ytterby.errors import DataError
from ytterby.records import Record, read_text, validate

if TYPE_CHECKING:
    from ytterby.measures.model import Link
    from ytterby.measures.register import Register

__all__ = ["Answer", "Reaction", "Relation", "answers", "is_id", "read", "related"]

Grade = Literal["stated", "inferred", "none"]
_ID = re.compile(r"^(EVENT:[a-z0-9-]+|[A-Z][A-Z0-9]+(-[A-Z0-9]+)+)$")
_ONWARD = {"suspends", "ends", "implements", "eases"}


def is_id(text: str) -> bool:
    """Whether a text has the form of a measure's or an event's id (it may still dangle).

    >>> is_id("CHN-A70-2025"), is_id("EVENT:busan-2025-10-30"), is_id("year end"), is_id("90 FR 50857")
    (True, True, False, False)
    """
    return _ID.match(text) is not None


class Reaction(Record):
    """One trigger and one responder: what answered within the window, if anything did.

    `response_id` is a rare-earth measure tied to the trigger by a source, `mineral_response_id` one on other minerals,
    entities or dual-use goods; `rule_re_id` and `rule_any_id` are the first outward measures within the window whoever
    tied them, coincidence included. None means that there was none. `censored`: the window ends after what is known.
    """

    trigger_id: str
    trigger_date: dt.date
    trigger_jurisdiction: str
    trigger_kind: str
    responder: str
    response_id: str | None
    response_date: dt.date | None
    lag_days: int | None
    grade: Grade
    mineral_response_id: str | None
    mineral_lag_days: int | None
    mineral_grade: Grade
    rule_re_id: str | None
    rule_re_lag: int | None
    rule_any_id: str | None
    rule_any_lag: int | None
    window_days: int = Field(gt=0)
    censored: bool
    source: str
    url: str | None
    access: Literal["full_text", "excerpt", "relay", "recall"]
    quality: Literal["reported", "derived", "estimate"]

    @field_validator("response_id", "mineral_response_id", "rule_re_id", "rule_any_id", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return None if value == "none" else value

    @property
    def verified(self) -> bool:
        """Whether the trigger rests on a source that was read rather than recalled."""
        return self.access != "recall"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of ``ytterby measures reactions``: a trigger, a responder, and the answer or none."""

    trigger: str
    trigger_date: dt.date
    trigger_jurisdiction: str | None
    responder: str
    response: str | None
    response_date: dt.date | None
    lag_days: int | None
    grade: Grade
    relation: str
    basis: str | None
    window_days: int | None
    censored: bool
    verified: bool
    source: str | None
    url: str | None

    def record(self) -> dict[str, Any]:
        """Return the row with dates as ISO 8601; `relation` is `none` where nothing answered."""
        return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Relation:
    """One edge of the graph: `source` stands in `relation` to `target`, `depth` steps from the one asked for."""

    source: str
    relation: str
    target: str
    grade: str
    lag_days: int
    basis: str | None
    url: str | None
    depth: int = 1


def read(path: Path, *, missing_ok: bool = False) -> tuple[Reaction, ...]:
    """Return the rows of a ``reactions.csv``; DataError names file, line and column of the first mistake."""
    if missing_ok and not path.exists():
        return ()
    reader = csv.DictReader(io.StringIO(read_text(path)))
    columns = list(Reaction.model_fields)
    if reader.fieldnames is None or list(reader.fieldnames) != columns:
        odd = sorted(set(reader.fieldnames or []) ^ set(columns))
        raise DataError(
            f"the columns differ: {', '.join(odd) or 'their order'}",
            where=f"{path.name}, line 1",
            hint="expected " + ",".join(columns),
        )
    rows = []
    for raw in reader:
        cells = {k: v if v != "" else None for k, v in raw.items() if k}
        rows.append(validate(Reaction, cells, path, csv_line=reader.line_num))
    return tuple(rows)


def answers(register: Register) -> list[Answer]:
    """Return all links and non-answers of a register, by trigger date, trigger and response."""
    links = {(link.to, m.id): link for m in register for link in m.reaction_to}
    done: set[tuple[str, str]] = set()
    rows: list[Answer] = []
    for r in register.reactions:
        found: list[tuple[str | None, Grade]] = [
            (response, grade)
            for response, grade in ((r.response_id, r.grade), (r.mineral_response_id, r.mineral_grade))
            if response is not None
        ]
        for response, grade in found or [(None, "none")]:
            link = links.get((r.trigger_id, response)) if response else None
            day = _answered_on(register, response, r.trigger_date) if response else None
            if response:
                done.add((r.trigger_id, response))
            rows.append(
                Answer(
                    trigger=r.trigger_id,
                    trigger_date=r.trigger_date,
                    trigger_jurisdiction=r.trigger_jurisdiction,
                    responder=r.responder,
                    response=response,
                    response_date=day,
                    lag_days=(day - r.trigger_date).days if day else None,
                    grade=link.grade if link else grade,
                    relation=link.relation if link else ("response_to" if response else "none"),
                    basis=link.basis if link else None,
                    window_days=r.window_days,
                    censored=r.censored,
                    verified=r.verified or (link is not None and _read(link)),
                    source=r.source,
                    url=(link.url if link else None) or r.url,
                )
            )
    for trigger, response in links:
        if (trigger, response) not in done:
            rows.append(_from_link(register, trigger, response))
    return sorted(rows, key=lambda a: (a.trigger_date, a.trigger, a.response or "~", a.responder))


def _from_link(register: Register, trigger: str, response: str) -> Answer:
    measure = register[response]
    link = next(x for x in measure.reaction_to if x.to == trigger)
    day = register.day(trigger)
    answered = _answered_on(register, response, day)
    event = register.events.get(trigger)
    return Answer(
        trigger=trigger,
        trigger_date=day,
        trigger_jurisdiction=event.actor_jurisdiction if event else register[trigger].issuer.jurisdiction,
        responder=measure.issuer.jurisdiction,
        response=response,
        response_date=answered,
        lag_days=(answered - day).days,
        grade=link.grade,
        relation=link.relation,
        basis=link.basis,
        window_days=None,
        censored=False,
        verified=event is None or event.verified or _read(link),
        source=None,
        url=link.url,
    )


def _answered_on(register: Register, response: str, trigger_day: dt.date) -> dt.date:
    """Return the day of the answer: the first on or after the trigger on which a limb of it became public.

    A list that grows by batches answered with the batch that followed, not with its first.
    """
    if response.startswith("EVENT:"):
        return register.event(response).date
    measure = register[response]
    days = [measure.day, *(min(i.known for i in limb.intervals) for limb in measure.limbs)]
    return min((d for d in days if d >= trigger_day), default=measure.day)


def _read(link: Link) -> bool:
    return link.url is not None and link.access not in (None, "recall")


def related(register: Register, name: str) -> list[Relation]:
    """Return the edges at `name`, its own first, then those reached through acts that suspend, end or implement it."""
    edges = _edges(register)
    found: dict[tuple[str, str, str], Relation] = {}
    queue = deque([(name, 1)])
    visited = {name}
    while queue:
        here, depth = queue.popleft()
        for e in edges:
            if here not in (e.source, e.target) or (depth > 1 and e.relation in _ONWARD and e.source == here):
                continue  # what else a suspension suspends is no relation of the one asked for
            key = (e.source, e.relation, e.target)
            if key not in found:
                found[key] = Relation(e.source, e.relation, e.target, e.grade, e.lag_days, e.basis, e.url, depth)
            # onward only against the arrow: what suspends, ends or implements this, and what that in turn answered
            if e.target == here and e.relation in _ONWARD and e.source not in visited:
                visited.add(e.source)
                queue.append((e.source, depth + 1))
    return sorted(found.values(), key=lambda r: (r.depth, r.source != name, r.target, r.source, r.relation))


def _edges(register: Register) -> list[Relation]:
    edges: dict[tuple[str, str, str], Relation] = {}

    def add(source: str, relation: str, target: str, grade: str, basis: str | None, url: str | None) -> None:
        if source != target and source in register and (target in register or target in register.events):
            lag = (_answered_on(register, source, register.day(target)) - register.day(target)).days
            edges.setdefault((source, relation, target), Relation(source, relation, target, grade, lag, basis, url))

    for measure in register:
        for link in measure.reaction_to:
            add(measure.id, link.relation, link.to, link.grade, link.basis, link.url)
        for limb in measure.limbs:
            for i in limb.intervals:
                if i.by is not None and is_id(i.by):
                    relation = "suspends" if i.state == "suspended" else "ends"
                    note = None if len(measure.limbs) == 1 else f"limb {limb.id}"
                    add(i.by, relation, measure.id, i.known_basis, note, None)
        if measure.ended_by is not None and is_id(measure.ended_by):
            add(measure.ended_by, "ends", measure.id, "stated", None, None)
    return list(edges.values())
