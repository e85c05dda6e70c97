"""What is in force, suspended or only proposed on the day of the brief, and what does the register know since then?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from ytterby.brief import _words as words
from ytterby.brief._model import BriefMeasure, Change, Interval, LimbState, MeasureState
from ytterby.measures import LimbState as Asked
from ytterby.measures import Measure, Register
from ytterby.signals import Article, ProposedMeasure, Signal

__all__ = ["measures_of", "since"]

_ALSO = {"dual-use", "critical minerals"}
"""What a measure may name instead of rare earths and still bear on them."""

_RELATION = {
    "response_to": "answers",
    "implements": "implements",
    "extends": "extends",
    "eases": "eases",
    "after": "comes after",
}


def measures_of(article: Article, register: Register, day: dt.date) -> list[BriefMeasure]:
    """Return the measures that the article's signals are about, news before history, each with its state on `day`.

    A measure of which nobody knew on `day` is left out. A draft of a measure that the register does not have comes as
    the article states it.
    """
    ordered = sorted(article.signals, key=lambda s: s.background)
    ids = list(dict.fromkeys(i for s in ordered for i in _about(s, register, day)))
    drafts = {draft.id: draft for draft in article.proposed_measures}
    found = []
    for measure_id in ids:
        if measure_id in register:
            states = register[measure_id].state(day)
            if states:
                found.append(_registered(register[measure_id], states, article, register, ids))
        elif measure_id in drafts:
            found.append(_draft(drafts.pop(measure_id)))
    return found + [_draft(draft) for draft in drafts.values()]


def _about(signal: Signal, register: Register, day: dt.date) -> Iterable[str]:
    """Yield the measure that a signal is about, and for a measure that is law those that fit its words as well.

    Words such as "last year's export controls" mean several announcements; of these the ones that had ended by `day`
    are left out. A proposal is about one measure or none.
    """
    if signal.measure_id is not None:
        yield signal.measure_id
    if signal.status in ("in_force", "suspended", "announced"):
        for other in signal.measure_candidates:
            states = register[other].state(day).values() if other in register else ()
            if any(s.legal not in ("expired", "repealed") for s in states):
                yield other


def _registered(
    measure: Measure, states: dict[str, Asked], article: Article, register: Register, ids: Sequence[str]
) -> BriefMeasure:
    limbs = tuple(_limb(s, register) for s in states.values())
    foremost = min(limbs, key=lambda limb: words.binding(limb.state.legal or limb.state.political))
    answers = tuple(link.to for link in measure.reaction_to if link.to in ids and link.to != measure.id)
    page = next((s for s in measure.sources if s.level == "page"), measure.sources[0] if measure.sources else None)
    return BriefMeasure(
        id=measure.id,
        title=measure.title,
        issuer=measure.issuer.jurisdiction,
        announced=measure.announced.isoformat() if measure.announced else None,
        state=foremost.state,
        limbs=limbs,
        history=tuple(
            Interval(
                limb=limb.id,
                state=i.state,
                basis=i.basis,
                from_=i.from_.isoformat(),
                to=i.to.isoformat() if i.to else None,
                known=i.known.isoformat(),
            )
            for limb in measure.limbs
            for i in limb.intervals
        ),
        relation=_relation(measure.id, foremost.state.legal, article, bool(answers)),
        answers=answers,
        source=page.title if page else None,
        url=page.url if page else None,
    )


def _relation(measure_id: str, legal: str | None, article: Article, answers: bool) -> str:
    about = [s for s in article.signals if measure_id in (s.measure_id, *s.measure_candidates)]
    if legal in ("proposed", "reported") or any(s.measure_id == measure_id and s.status == "proposed" for s in about):
        return "proposed"
    if answers or any(r.kind in ("response_to", "after") for s in about for r in s.relations):
        return "answers"
    return "mentioned"


def _limb(state: Asked, register: Register) -> LimbState:
    reading = state.legal_reading or state.political_reading
    by = reading.by if reading else None
    return LimbState(
        limb=state.limb,
        state=MeasureState(legal=state.legal, political=state.political),
        from_=state.from_.isoformat(),
        to=state.to.isoformat() if state.to else None,
        known=state.known.isoformat(),
        by=_name(by, register) if by else None,
        boundary_uncertain=state.boundary_uncertain,
    )


def _name(key: str, register: Register) -> str:
    return words.measure(key, register[key].title) if key in register else key


def _draft(draft: ProposedMeasure) -> BriefMeasure:
    state = MeasureState(legal=draft.state, political=None)
    limb = LimbState(
        limb="all", state=state, from_=draft.announced, to=None, known=draft.announced, boundary_uncertain=False
    )
    return BriefMeasure(
        id=draft.id,
        title=draft.title,
        issuer=draft.issuer,
        announced=draft.announced,
        state=state,
        limbs=(limb,),
        relation="proposed",
        answers=(),
        source="the article; not in the register",
        url=None,
    )


def since(measures: Sequence[BriefMeasure], register: Register, day: dt.date) -> list[Change]:
    """Return what the register knows beyond `day`: new states of these measures, and new measures on rare earths.

    New measures are those announced after `day` that are tied to one of `measures`, or come from an issuer of one and
    name rare earths or magnets. By date.
    """
    ids = {m.id for m in measures}
    issuers = {m.issuer for m in measures}
    changes = [c for m in measures if m.id in register for c in _new_states(register[m.id], day)]
    for measure in register:
        if measure.id in ids or measure.announced is None or not day < measure.announced <= measure.last_known:
            continue
        tied = [link for link in measure.reaction_to if link.to in ids]
        touches = measure.rare_earths or _ALSO & set(measure.elements)
        if tied or (measure.issuer.jurisdiction in issuers and touches):
            changes.append(
                Change(
                    date=measure.announced.isoformat(),
                    measure=measure.id,
                    limb=None,
                    title=measure.title,
                    text=words.listing([f"{_RELATION[link.relation]} {_name(link.to, register)}" for link in tied])
                    or "new measure",
                    known=measure.announced.isoformat(),
                )
            )
    return sorted(changes, key=lambda c: (c.date, c.measure, c.limb or "", c.text))


def _new_states(measure: Measure, day: dt.date) -> Iterable[Change]:
    for limb in measure.limbs:
        for interval in limb.intervals:
            if interval.from_ <= day and interval.known <= day:
                continue
            end = f" to {words.day(interval.to.isoformat())}" if interval.to else ""
            basis = "" if interval.basis == "legal" else " (political statement, no legal text seen)"
            planned = " (not observed)" if interval.basis == "legal" and interval.from_ > measure.last_known else ""
            yield Change(
                date=interval.from_.isoformat(),
                measure=measure.id,
                limb=limb.id,
                title=measure.title,
                text=f"{words.say('states', interval.state)}{end}{basis}{planned}",
                known=interval.known.isoformat(),
            )
