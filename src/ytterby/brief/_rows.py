"""The rows that a reader sees: states, changes, duties, past answers, prices, shortages and flows, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ytterby.brief import _scenarios as scenarios
from ytterby.brief import _words as words
from ytterby.brief._bottom_line import price_sentence, quiet_sentence, shortage_sentence
from ytterby.brief._model import Brief, BriefMeasure, Change, LimbState, Outlook, Scenario
from ytterby.signals import Signal

__all__ = ["change_rows", "duty_groups", "limb_rows", "past_rows", "quoted", "summary", "suspended_by", "view"]


def quoted(signals: Sequence[Signal]) -> list[tuple[Signal, str]]:
    """Return signals with their acts in words; acts of one actor that stand in one sentence share its quote."""
    groups: dict[tuple[str | None, ...], list[Signal]] = {}
    for s in signals:
        groups.setdefault((s.actor, s.sentence, s.status, s.voice, s.measure_id), []).append(s)
    return [
        (group[0], words.listing(list(dict.fromkeys(words.say("actions", s.action) for s in group))))
        for group in groups.values()
    ]


class _LimbRow(NamedTuple):
    part: str
    state: str
    from_: str | None
    to: str | None
    known: str | None


def limb_rows(measure: BriefMeasure, state: Callable[[str | None], str]) -> list[_LimbRow]:
    """Return one row for all limbs that agree, so that four limbs with one fate take one line."""
    rows: dict[tuple[Any, ...], list[LimbState]] = {}
    for limb in measure.limbs:
        rows.setdefault((limb.state.legal, limb.state.political, limb.from_, limb.to, limb.known), []).append(limb)
    return [
        _LimbRow(
            part="" if len(rows) == 1 else words.listing([words.limb(limb.limb) for limb in group]),
            state=_both(legal, political, state),
            from_=from_,
            to=to,
            known=known,
        )
        for (legal, political, from_, to, known), group in rows.items()
    ]


def _both(legal: str | None, political: str | None, state: Callable[[str | None], str]) -> str:
    if political is None or political == legal:
        return state(legal)
    if legal is None:
        return f"{state(political)} (practice; no text)"
    return f"{state(legal)} in law; {state(political)} by statement"


def suspended_by(measures: Sequence[BriefMeasure]) -> list[str]:
    """Return one line for each act that set the state of several measures."""
    acts: dict[tuple[str, str | None, str | None], list[str]] = {}
    for m in measures:
        for limb in m.limbs:
            if limb.by is not None and limb.state.legal == "suspended":
                names = acts.setdefault((limb.by, limb.from_, limb.to), [])
                if (name := words.measure(m.id, m.title)) not in names:
                    names.append(name)
    return [
        f"{words.names(names)}: suspended by {by}, from {words.day(start)}"
        + (f" to {words.day(end)}." if end else "; no end was known that day.")
        for (by, start, end), names in acts.items()
    ]


class _ChangeRow(NamedTuple):
    date: str
    title: str
    text: str
    known: str | None


def change_rows(changes: Sequence[Change]) -> list[_ChangeRow]:
    """Return the changes by day, what changes alike on one line."""
    rows: dict[tuple[str, str, str | None], list[str]] = {}
    for c in changes:
        titles = rows.setdefault((c.date, c.text, c.known), [])
        name = words.measure(c.measure, c.title) if c.limb else c.title
        if name not in titles:
            titles.append(name)
    return [_ChangeRow(date, words.names(titles), text, known) for (date, text, known), titles in rows.items()]


class _DutyRow(NamedTuple):
    who: str
    what: str
    rule: str
    article: str
    state: str


class _DutyGroup(NamedTuple):
    title: str
    duties: list[_DutyRow]


def duty_groups(brief: Brief, state: Callable[[str | None], str]) -> list[_DutyGroup]:
    titles = {
        "yes": "Owed on that day",
        "unknown": "State unknown: treat as open, not as free",
        "no": "Owed only if the rule takes hold",
    }
    names = {m.id: words.measure(m.id, m.title) for m in brief.measures}
    groups = []
    for operative, title in titles.items():
        rows = [
            _DutyRow(d.who, d.what, names.get(d.rule, d.rule), d.article, state(d.state.legal or d.state.political))
            for d in brief.obligations
            if d.operative == operative
        ]
        if rows:
            groups.append(_DutyGroup(title, rows))
    return groups


class _Past(NamedTuple):
    """What followed such moves before: one block of rows a move and answer, horizons side by side."""

    horizons: list[int]
    rows: list[list[str]]
    refused: list[str]


def past_rows(found: Sequence[Outlook]) -> _Past:
    horizons = sorted({o.horizon_days for o in found if o.refused is None and o.horizon_days is not None})
    answers: dict[tuple[str, str], dict[int, Outlook]] = {}
    refused: list[str] = []
    for o in found:
        move = words.large(o.move or "such a move")
        answer = words.say("responses", o.response) + (f" by {words.the(o.jurisdiction)}" if o.jurisdiction else "")
        if o.refused is not None:
            refused.append(f"{move}, answered by {answer}: no rate is given; {o.refused}.")
        elif o.horizon_days is not None:
            answers.setdefault((move, answer), {})[o.horizon_days] = o
    rows, before = [], ""
    for (move, answer), by_horizon in answers.items():
        told = [by_horizon.get(h) for h in horizons]
        rows.append([move if move != before else "", answer, *(f"{o.hits} of {o.n}" if o else "no rate" for o in told)])
        rows.append(["", "range of the share", *(words.span(o.low, o.high) if o else "" for o in told)])
        since = next((o.base_since[:4] for o in told if o and o.base_since), None)
        if since is not None:
            shares = ("" if o is None or o.base_rate is None else words.percent(o.base_rate) for o in told)
            rows.append(["", f"any day since {since}", *shares])
        before = move
    return _Past(horizons, rows, list(dict.fromkeys(refused)))


class _PriceRow(NamedTuple):
    good: str
    where: str
    without: str
    with_: str
    change: str
    range: str
    sign: str
    china: str


class _ShortageRow(NamedTuple):
    label: str
    outside: str
    where: str
    share: str
    range: str
    cover: str
    scarcest: str


def _in_china(scenario: Scenario, commodity: str) -> str:
    found = scenarios.china_price(scenario, commodity)
    return "no data" if found is None else words.move(scenarios.moved(found))


def _shortage_row(scenario: Scenario, label: str) -> _ShortageRow:
    whole, w = scenarios.outside(scenario, label), scenarios.worst(scenario, label)
    if w.share is None:
        return _ShortageRow(label, "no data", "", "no data", "", "no data", "")
    return _ShortageRow(
        label=label,
        outside="no data" if whole is None or whole.share is None else words.percent(whole.share),
        where=words.large(words.region(w.region)),
        share=words.percent(w.share),
        range=words.span(w.low, w.high),
        cover=words.weeks(w.weeks_of_cover),
        scarcest=words.large(words.commodity(w.scarcest)) if w.scarcest and w.share > 0 else "",
    )


class _FlowRow(NamedTuple):
    good: str
    from_: str
    to: str
    without: str
    with_: str


def summary(scenario: Scenario) -> str:
    """Return the scenario in one sentence: prices that cost most, the same inside China, the hardest hit end uses."""
    top = scenarios.main_prices(scenario, rows=2)
    inside = [p for good in top[:1] if (p := scenarios.china_price(scenario, good.commodity))]
    lines = [price_sentence(p, scenario.draws) for p in (*top, *inside)] or [quiet_sentence(scenario)]
    short = [w for label in words.five() if ((w := scenarios.worst(scenario, label)).share or 0.0) >= scenarios.MOVES]
    lines += [shortage_sentence(w) for w in sorted(short, key=lambda w: -(w.share or 0.0))[:2]]
    text = "; ".join(lines)
    return f"{words.large(text)}."


class _View(NamedTuple):
    prices: list[_PriceRow]
    shortages: list[_ShortageRow]
    flows: list[_FlowRow]


def view(scenario: Scenario) -> _View:
    """Return the rows of a scenario that are printed."""
    prices = [
        _PriceRow(
            good=words.large(words.commodity(p.commodity)),
            where=words.large(words.region(p.region)),
            without=words.price(p.baseline),
            with_=words.price(p.scenario),
            change=words.move(scenarios.moved(p)),
            range=words.moves(words.change(p.baseline, p.low), words.change(p.baseline, p.high)),
            sign="no draws" if p.sign_share is None else words.of_all(p.sign_share, scenario.draws),
            china=_in_china(scenario, p.commodity),
        )
        for p in scenarios.main_prices(scenario)
    ]
    shortages = [_shortage_row(scenario, label) for label in words.five()]
    flows = [
        _FlowRow(
            good=words.large(words.commodity(f.commodity)),
            from_=words.large(words.region(f.from_)),
            to=words.large(words.region(f.to)),
            without="no data" if f.baseline_t is None else words.number(f.baseline_t),
            with_="no data" if f.scenario_t is None else words.number(f.scenario_t),
        )
        for f in scenarios.main_flows(scenario)
    ]
    return _View(prices, shortages, flows)
