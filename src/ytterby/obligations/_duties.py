"""Which duties do these measures put on whom, and do they bind on that day?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ytterby.measures import Register
from ytterby.obligations._load import rules, state_meanings
from ytterby.obligations._model import Duty, DutyRule, RuleFile, State, StateMeaning

__all__ = ["duties"]


def duties(
    measure_ids: Iterable[str],
    register: Register,
    on: str | dt.date,
    known_on: str | dt.date | None = None,
) -> list[Duty]:
    """Return the duties of the measures, in the order asked for, each with the state of its limb on `on`.

    A duty that rests on several limbs speaks through the one whose state binds most. A limb that nobody knew of on
    `known_on` gives no duty; a measure without a rule file gives none either (see `rules` for those that have one).

    Parameters
    ----------
    measure_ids
        Ids of the register; a repeated id counts once.
    register
        Where the states come from.
    on
        The day for which the duties are asked.
    known_on
        The day whose knowledge is used; `on` by default.

    Raises
    ------
    UnknownNameError
        A measure is not in the register.

    Examples
    --------
    >>> from ytterby.measures import Register
    >>> found = duties(["CHN-A61-2025"], Register.default(), "2026-02-11")
    >>> [(d.limb, d.operative, d.state_says, d.if_operative) for d in found if d.kind == "notice"]
    [('art7_compliance_notice', 'no', 'suspended, not repealed', 'notice_duty')]
    """
    found = []
    for measure_id in dict.fromkeys(measure_ids):
        states = register[measure_id].state(on, known_on)
        limbs = {name: State(legal=s.legal, political=s.political) for name, s in states.items()}
        file = rules().get(measure_id)
        if file is not None:
            found += [duty for rule in file.duties if (duty := _duty(file, rule, limbs)) is not None]
    return found


def _duty(file: RuleFile, rule: DutyRule, limbs: dict[str, State]) -> Duty | None:
    held = [limb for limb in rule.limbs if limb in limbs]
    if not held:
        return None
    limb = min(held, key=lambda name: _meaning(limbs[name]).rank)
    state = limbs[limb]
    rule = file.worded(rule)
    meaning = state_meanings()["hypothetical"] if file.hypothetical else _meaning(state)
    return Duty(
        who=rule.who,
        what=rule.what,
        kind=rule.kind,
        items=rule.items,
        rule=file.rule,
        limb=limb,
        state=state,
        operative=meaning.operative,
        state_says=meaning.says,
        if_operative=rule.outcome,
        article=rule.article,
        where=rule.where,
        form=rule.form,
        deadline=rule.deadline,
        sources=[file.sources[key] for key in rule.sources],
        note=rule.note,
    )


def _meaning(state: State) -> StateMeaning:
    """Return what the legal state means; a limb without one is a practice and goes by the political one."""
    meanings = state_meanings()
    return meanings.get(state.legal or state.political or "unknown", meanings["unknown"])
