"""The brief as Markdown: one template whose words every other format renders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from ytterby.brief import _scenarios as scenarios
from ytterby.brief import _words as words
from ytterby.brief._bottom_line import price_sentence, quiet_sentence, shortage_sentence
from ytterby.brief._model import Brief, BriefMeasure, Change, LimbState, Outlook, Scenario

__all__ = ["escape", "link", "to_markdown"]

_MARKS = re.compile(r"([\\`*_\[\]<>|~#])")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def to_markdown(brief: Brief) -> str:
    """Return the brief as Markdown (CommonMark with tables), without figures.

    Text that comes from the article is escaped: it can neither make a heading nor a link nor steer a terminal.
    """
    return render(brief, figure=lambda *_: "", state=words_only)


def render(brief: Brief, *, figure: Callable[..., str], state: Callable[[str | None], str]) -> str:
    """Return the Markdown of a brief.

    Parameters
    ----------
    brief
        The brief.
    figure
        Called with the kind of a figure and the scenario's name; returns Markdown that stands for it, or nothing.
    state
        Says a state of the register.
    """
    text = _template().render(
        brief=brief,
        news=[s for s in brief.signals if not s.background],
        background=[s for s in brief.signals if s.background],
        changes=_changes(brief.since_then),
        suspended_by=_suspended_by(brief.measures),
        duty_groups=_duty_groups(brief, state),
        past=_past(brief.outlook),
        view=_view,
        limbs=lambda m: _limb_rows(m, state),
        figure=lambda *a: figure(*a),
        status=lambda s: state(s.status),
        voice=_voice,
        quote=lambda s: f"“{escape(s.sentence).strip()}”",
        value=_value,
        link=link,
        day=words.day,
        say=words.say,
        region=words.region,
        listing=words.listing,
        name=lambda key: next((words.measure(m.id, m.title) for m in brief.measures if m.id == key), key),
        names=lambda keys: words.names(
            [next((words.measure(m.id, m.title) for m in brief.measures if m.id == key), key) for key in keys]
        ),
        upper=words.large,
        code=code,
        summary=_summary,
        counted=words.count,
    )
    return _spaced(text)


_KINDS = (("|", "table"), ("#", "heading"), ("- ", "item"), ("  > ", "quote"), ("```", "fence"))


def _spaced(text: str) -> str:
    """Return Markdown with one blank line between blocks of different kinds, and nowhere two."""
    kept: list[str] = []
    before, fenced = "", False
    for line in text.splitlines():
        kind = next((kind for mark, kind in _KINDS if line.startswith(mark)), "text")
        if line and not fenced and before and (kind == "heading" or kind != before) and kept[-1:] != [""]:
            kept.append("")
        if line or fenced or kept[-1:] != [""]:
            kept.append(line)
        fenced = fenced != (kind == "fence")
        before = kind if line else before
    return "\n".join(kept).strip() + "\n"


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    env = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    env.filters["md"] = escape
    env.filters["within"] = lambda days: f"{days} days"
    text = (files(__package__) / "data" / "templates" / "brief.md.j2").read_text(encoding="utf-8")
    return env.from_string(text)


def escape(text: str) -> str:
    r"""Return text as inline Markdown that shows exactly that text, on one line, without invisible characters.

    Examples
    --------
    >>> print(escape("# a *bold*\n<b>claim</b> \x1b[31m| x"))
    \# a \*bold\* \<b\>claim\</b\> \[31m\| x
    """
    shown = "".join(
        " " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or unicodedata.category(c) not in _INVISIBLE
    )
    return _MARKS.sub(r"\\\1", re.sub(r" {2,}", " ", shown))


def code(text: str) -> str:
    """Return text as inline code, one line, without backticks of its own."""
    return f"`{' '.join(text.replace('`', '').split())}`"


def link(title: str, url: str | None) -> str:
    """Return a Markdown link, or the bare title where there is no web address.

    Examples
    --------
    >>> link("MOFCOM", "https://www.mofcom.gov.cn/a b"), link("MOFCOM", "javascript:alert(1)")
    ('[MOFCOM](<https://www.mofcom.gov.cn/a%20b>)', 'MOFCOM')
    """
    if url is None or not re.match(r"https?://", url):
        return escape(title)
    safe = "".join(c for c in url.replace(" ", "%20") if c not in "<>\\" and unicodedata.category(c) not in _INVISIBLE)
    return f"[{escape(title)}](<{safe}>)"


def words_only(state: str | None) -> str:
    """Return a state in the words of a reader."""
    return words.say("states", state)


def _voice(signal: Any) -> str:
    return f"Said by {words.say('voices', signal.voice)}."


def _value(value: float | str | None) -> str:
    if value is None:
        return "not set"
    return escape(value) if isinstance(value, str) else words.number(float(value))


class _LimbRow(NamedTuple):
    part: str
    state: str
    from_: str | None
    to: str | None
    known: str | None


def _limb_rows(measure: BriefMeasure, state: Callable[[str | None], str]) -> list[_LimbRow]:
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


def _suspended_by(measures: Sequence[BriefMeasure]) -> list[str]:
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


def _changes(changes: Sequence[Change]) -> list[_ChangeRow]:
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


def _duty_groups(brief: Brief, state: Callable[[str | None], str]) -> list[_DutyGroup]:
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


def _past(found: Sequence[Outlook]) -> _Past:
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
        cover="no data" if w.weeks_of_cover is None else words.number(w.weeks_of_cover, 2),
        scarcest=words.large(words.commodity(w.scarcest)) if w.scarcest and w.share > 0 else "",
    )


class _FlowRow(NamedTuple):
    good: str
    from_: str
    to: str
    without: str
    with_: str


def _summary(scenario: Scenario) -> str:
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


def _view(scenario: Scenario) -> _View:
    """Return the rows of a scenario that are printed."""
    prices = [
        _PriceRow(
            good=words.large(words.commodity(p.commodity)),
            where=words.large(words.region(p.region)),
            without=words.price(p.baseline),
            with_=words.price(p.scenario),
            change=words.move(scenarios.moved(p)),
            range=words.moves(words.change(p.baseline, p.low), words.change(p.baseline, p.high)),
            sign="no draws" if p.sign_share is None else words.percent(p.sign_share),
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
