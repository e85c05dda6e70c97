"""The headline and the bottom line: three to five sentences made by rule from the records, none written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from ytterby.brief import _scenarios as scenarios
from ytterby.brief import _words as words
from ytterby.brief._model import BriefMeasure, Outlook, Price, Scenario, Shortage
from ytterby.obligations import Duty
from ytterby.signals import Signal

__all__ = ["bottom_line", "headline", "price_sentence", "quiet_sentence", "shortage_sentence"]

HORIZON = 90
"""Days within which the bottom line looks for an answer."""

_NO_CHANGE = " Nothing in the article changes what anybody owes on that day."
_FIRMNESS = {
    "ended": "decided",
    "suspended": "decided",
    "in_force": "decided",
    "announced": "decided",
    "proposed": "proposed",
    "signalled": "signalled",
}
_LEAD = {"decided": "Decided", "proposed": "Only proposed", "signalled": "Signalled, with no rule attached"}
_HEADLINE = {"decided": "A decision", "proposed": "Proposals, no new rule", "signalled": "A signal, no new rule"}


def headline(signals: Sequence[Signal], measures: Sequence[BriefMeasure]) -> str:
    """Return the one line that says how firm the news is and where the law stands."""
    news = [s for s in signals if not s.background]
    if not news:
        return "History only: no new policy signal" if signals else "No policy signal on critical minerals found"
    firmest = min((_FIRMNESS[s.status] for s in news), key=list(_LEAD).index)
    parts = [f"{len(names)} {state}" for state, names in _by_state(measures).items()]
    if parts:
        number, state = parts[0].split(" ", 1)
        parts[0] = f"{words.count(int(number), 'measure')} {state}"
    else:
        parts = list(dict.fromkeys(words.say("actions", s.action) for s in news if _FIRMNESS[s.status] == firmest))
    law = f": {', '.join(parts)}"
    return f"{_HEADLINE[firmest]}{law}"


def bottom_line(
    signals: Sequence[Signal],
    measures: Sequence[BriefMeasure],
    found: Sequence[Scenario],
    obligations: Sequence[Duty],
    outlook: Sequence[Outlook],
    day: str,
) -> list[str]:
    """Return the sentences that an adviser would keep if only these could be kept."""
    if not signals:
        return [
            "The article reports no policy signal on rare earths or other critical minerals that the rules know.",
            "No scenario was run and no duty follows from it.",
        ]
    lines = [_news(signals)]
    if measures:
        lines.append(_law(signals, measures, day))
    lines += [_consequence(s) for s in _telling(found)]
    if obligations:
        lines.append(_duties(obligations, measures))
    answered = [o for o in outlook if o.refused is None]
    if answered and len(lines) < 5:
        lines.append(past_sentence(min(answered, key=lambda o: abs((o.horizon_days or 0) - HORIZON))))
    return lines


def _news(signals: Sequence[Signal]) -> str:
    news = [s for s in signals if not s.background]
    if not news:
        return f"The article recalls {words.count(len(signals), 'earlier measure')} and reports nothing new."
    parts = []
    for firmness in dict.fromkeys(_FIRMNESS[s.status] for s in news):
        held = [s for s in news if _FIRMNESS[s.status] == firmness]
        acts: dict[str, list[str]] = {}
        for s in held:
            acts.setdefault(f"{s.actor}, {words.region(s.actor_country)}", []).append(words.say("actions", s.action))
        said = [f"{words.listing(list(dict.fromkeys(done)))} ({actor})" for actor, done in acts.items()]
        parts.append(f"{_LEAD[firmness]}: {'; '.join(said)}.")
    return " ".join(parts)


def _by_state(measures: Sequence[BriefMeasure]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for m in sorted(measures, key=lambda m: words.binding(m.state.legal or m.state.political)):
        key = m.state.legal or m.state.political
        word = (
            "only proposed"
            if m.relation == "proposed" and key in ("proposed", "reported")
            else words.say("states", key)
        )
        found.setdefault(word, []).append(words.measure(m.id, m.title))
    return found


def _law(signals: Sequence[Signal], measures: Sequence[BriefMeasure], day: str) -> str:
    if len(measures) == 1:
        (state, ids), *_ = _by_state(measures).items()
        text = f"On {words.day(day)}, {words.names(ids)}, the one measure that it touches, is {state}."
        return text + _NO_CHANGE * _leaves_law(signals)
    parts = [
        f"{len(ids)} {'is' if len(ids) == 1 else 'are'} {state} ({words.names(ids)})"
        for state, ids in _by_state(measures).items()
    ]
    text = (
        f"On {words.day(day)}, of the {words.count(len(measures), 'measure')} that it touches, {words.listing(parts)}."
    )
    return text + _NO_CHANGE * _leaves_law(signals)


def _leaves_law(signals: Sequence[Signal]) -> bool:
    return not any(_FIRMNESS[s.status] == "decided" and not s.background for s in signals)


def _telling(found: Sequence[Scenario]) -> list[Scenario]:
    """Return the first scenario and the one that leaves an end use shortest, where it is another."""
    if not found:
        return []
    hardest = max(found, key=lambda s: max((scenarios.worst(s, label).share or 0.0) for label in words.five()))
    return [found[0]] if hardest is found[0] else [found[0], hardest]


def _consequence(scenario: Scenario) -> str:
    prices = scenarios.main_prices(scenario, rows=1)
    known = [w for label in words.five() if (w := scenarios.worst(scenario, label)).share is not None]
    parts = [price_sentence(prices[0], scenario.draws) if prices else quiet_sentence(scenario)]
    hardest = max(known, key=lambda w: w.share or 0.0, default=None)
    if hardest is not None and (hardest.share or 0.0) >= scenarios.MOVES:
        parts.append(f"among the five end uses {shortage_sentence(hardest)}")
    elif hardest is not None:
        parts.append(f"none of the end uses with data forgoes {words.percent(scenarios.MOVES)} of its use")
    return f"In the scenario “{scenario.title}”, {'; '.join(parts)}."


def quiet_sentence(scenario: Scenario) -> str:
    """Return that no price of a main buyer moves much, and the one that moves most."""
    small = scenarios.main_prices(scenario, rows=1, floor=0.0)
    most = f"; the most is {price_sentence(small[0], scenario.draws)}" if small and scenarios.moved(small[0]) else ""
    return f"no price of a main buyer moves by {words.percent(scenarios.MOVES)}{most}"


def price_sentence(price: Price, draws: int) -> str:
    """Return a price's change with its range and the share of draws with its sign.

    Examples
    --------
    >>> p = Price(commodity="oxide.Dy", region="DEU", baseline=257, scenario=354.66, low=288, high=488, sign_share=1)
    >>> price_sentence(p, 16)
    'dysprosium oxide in Germany +38% (+12% to +90%; rises in all 16 draws)'
    """
    delta = scenarios.moved(price)
    text = f"{words.commodity(price.commodity)} in {words.the(price.region)} {words.move(delta)}"
    low, high = words.change(price.baseline, price.low), words.change(price.baseline, price.high)
    verb = "rises" if delta >= 0 else "falls"
    if low is None or high is None or price.sign_share is None:
        return f"{text} (central run, no draws)"
    return f"{text} ({words.moves(low, high)}; {verb} in {words.of_all(price.sign_share, draws)} draws)"


def shortage_sentence(shortage: Shortage) -> str:
    """Return how much of its base-year use an end use forgoes, with its range and the weeks that stocks would fill.

    Examples
    --------
    >>> s = Shortage(end_use="ev_motor", region="DEU", share=0.12, low=0.05, high=0.2, weeks_of_cover=6, label="EV")
    >>> shortage_sentence(s)
    'electric vehicles in Germany forgo 12% of their use (5% to 20%; stocks would fill the gap for 6 weeks)'
    """
    if shortage.share is None:
        return f"{words.end_use(shortage.label)}: no data"
    inner = [words.span(shortage.low, shortage.high)] if shortage.low is not None else []
    if shortage.weeks_of_cover is not None:
        inner.append(f"stocks would fill the gap for {words.weeks(shortage.weeks_of_cover)} weeks")
    note = f" ({'; '.join(inner)})" if inner else ""
    where = words.the(shortage.region)
    return f"{words.end_use(shortage.label)} in {where} forgo {words.percent(shortage.share)} of their use{note}"


def _duties(obligations: Sequence[Duty], measures: Sequence[BriefMeasure]) -> str:
    names = {m.id: words.measure(m.id, m.title) for m in measures}
    heavy = [d for d in obligations if d.operative == "yes" and d.kind in ("licence", "prohibition", "report")]
    owed = [f"{d.who} – {d.what} ({names.get(d.rule, d.rule)})" for d in heavy[:2]]
    rest = len([d for d in obligations if d.operative == "yes"]) - len(owed)
    further = f", and {words.count(rest, 'further duty', 'further duties')}" if rest and owed else ""
    bound = f"{words.count(rest, 'duty', 'duties')} bind on that day"
    parts = [f"Owed on that day: {'; '.join(owed)}{further}" if owed else bound]
    dormant = sum(d.operative == "no" for d in obligations)
    if dormant:
        more = words.count(dormant, "more duty", "more duties")
        parts.append(f"{more} would bind only if a suspended or proposed rule took hold")
    unknown = sum(d.operative == "unknown" for d in obligations)
    if unknown:
        parts.append(f"whether {words.count(unknown, 'more duty', 'more duties')} bind is not known")
    text = "; ".join(parts)
    return f"{words.large(text)}."


def past_sentence(o: Outlook) -> str:
    """Return how many past moves of a kind were answered, with the range and what any day would give.

    Examples
    --------
    >>> past_sentence(Outlook(move="inspection by a minister", response="tightening", jurisdiction="CHN",
    ...     horizon_days=90, n=4, hits=1, low=0.05, high=0.65, base_rate=0.17, base_since="2009-01-01"))
    'Of 4 past cases of “inspection by a minister”, 1 was followed by any tightening by China within 90 days
     (5% to 65%); of all days since 2009, 17% were.'
    """
    was = "was" if o.hits == 1 else "were"
    who = f" by {words.the(o.jurisdiction)}" if o.jurisdiction else ""
    answer = f"{words.say('responses', o.response)}{who} within {o.horizon_days} days"
    text = f"Of {o.n} past cases of “{o.move}”, {o.hits or 'none'} {was} followed by {answer}"
    text += f" ({words.span(o.low, o.high)})"
    if o.base_rate is not None and o.base_since is not None:
        text += f"; of all days since {o.base_since[:4]}, {words.percent(o.base_rate)} were"
    return f"{text}."
