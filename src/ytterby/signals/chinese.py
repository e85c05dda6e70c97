"""Which signals does a Chinese article report? Its own rules, on characters and clauses, without a parser.

>>> from ytterby.signals.sentences import Sentence
>>> text = "商务部宣布自12月1日起对石墨实施出口管制。"
>>> found = read_article([Sentence(text, 0, len(text))], None, "2023-10-20")
>>> [(s.actor, s.action, s.status, s.effective_date) for s in found]
[('Ministry of Commerce', 'export_licensing', 'announced', '2023-12-01')]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ytterby.signals import dates, fallback
from ytterby.signals.assemble import assembled
from ytterby.signals.chinese_actors import actor_of, find, joint, mask, parties, targets_of
from ytterby.signals.chinese_status import polarity_of, status_of
from ytterby.signals.hits import TRADE, Hit, Match, View, others, symbols, verb_of
from ytterby.signals.lexicon import chosen, commodity_terms, simplified, topic_of
from ytterby.signals.mentions import Mention, Scene
from ytterby.signals.model import Signal, Status, Voice
from ytterby.signals.precedence import strongest
from ytterby.signals.rules import Rule, cues, rules
from ytterby.signals.sentences import Sentence

__all__ = ["read_article"]

_NEWS_DAYS = 45
_QUESTION = re.compile(r"^(?:问|记者)[:：]|请问")
_WTO = Mention(0, 0, "body", "WTO", "WTO", "international_body")
_SAID = Rule("zh.statement", "statement", "verb", re.compile(""), 0.78, status="signalled", official=True)


def read_article(found: Sequence[Sentence], title: str | None, published: str | None) -> tuple[Signal, ...]:
    """Return the signals of the sentences of a Chinese article.

    Parameters
    ----------
    found
        The sentences of its body, in order.
    title
        Its title; it gives the minerals and the country for sentences that name none.
    published
        Day of publication, ISO 8601.
    """
    scene = Scene(published=published)
    quoted = {s.start: s.text for s in found}
    found = [replace(s, text=simplified(s.text)) for s in found]
    title = simplified(title or "")
    whole = "".join(s.text for s in found)
    topic = topic_of(title, whole, chinese=True)
    named = [m for t in (title, whole) for m in find(t, scene) if m.country and m.country != "WTO"]
    scene.country = named[0].country if named else ""
    hits: list[Hit] = []
    views: list[View] = []
    last: Mention | None = None
    for sentence in found:
        if _QUESTION.search(sentence.text):
            continue
        terms = commodity_terms(sentence.text, chinese=True)
        mentions = tuple(find(sentence.text, scene))
        masked = mask(sentence.text, mentions, terms)
        view = View(sentence, masked, mentions, symbols(chosen(terms)), topic, scene)
        views.append(view)
        elsewhere = not view.commodities and cues("zh").has("other_goods", masked)
        if (view.commodities or topic) and not elsewhere:
            hits += _sentence(view, last)
        last = next((m for m in mentions if m.kind in {"person", "body"} and m.country), last)
    if not any(not h.denied for h in hits):
        hits += next((g for v in views if (g := _guess(v))), [])
    signals = assembled(hits, scene, counter=cues("zh").has("counter", whole))
    return tuple(s.model_copy(update={"sentence": quoted[s.start or 0]}) for s in signals)


def _sentence(view: View, last: Mention | None) -> list[Hit]:
    cue = cues("zh")
    found: list[Hit] = []
    for rule in rules("zh"):
        if rule.scope == "sentence" and not view.commodities:
            continue
        for match in rule.pattern.finditer(view.masked):
            if rule.allows(view.masked):
                found += _hits(view, rule, match, last)
    found = strongest(found)
    if cue.has("defence", view.masked):
        # words that defend a policy name it; they do not make it
        found = [h for h in found if h.action not in TRADE | {"easing"}]
    if all(h.background or h.denied or h.action == "visit_inspection" for h in found):
        found += _statement(view, last)
    return found


def _guess(view: View) -> list[Hit]:
    """Return what keywords say of a sentence with a mineral and an official, where no rule found an act."""
    cue = cues("zh")
    match = fallback.guess(view, "zh") if view.commodities else None
    if match is None or any(cue.has(c, view.masked) for c in ("market", "analyst", "deny", "conditional")):
        return []
    actor, _ = actor_of(view.masked, view.mentions, match.verb)
    event, effective = _when(view, match.verb, match.end)
    status = status_of(view, match, effective)
    if actor is None or actor.kind == "country" or _is_background(view, 0, match.end, event, status):
        return []
    targets = targets_of(view, match, actor, ())
    return [
        fallback.hit(
            view,
            match,
            actor,
            status=status,
            polarity=polarity_of(view, match),
            voice=_voice(view),
            targets=targets,
            days=(event, effective),
        )
    ]


def _no_act(view: View, match: Match) -> bool:
    """Whether the words only suppose the act, report a market, or mention another's measure."""
    cue, masked = cues("zh"), view.masked
    if match.rule.action in TRADE and cue.has("conditional", masked[: match.verb]):
        return True
    if cue.has("market", masked) and not any(m.kind in {"body", "person"} for m in view.mentions):
        return True
    if match.rule.action not in {"investment_curb", "statement"} and cue.has("asked", masked[match.begin : match.verb]):
        return True
    if match.rule.action in TRADE and cue.has("exhorted", masked[: match.verb]):
        return True
    answered = cue["answered"].search(masked)
    if match.rule.action in TRADE | {"trade_dispute"} and answered and answered.start() <= match.verb < answered.end():
        return True
    return match.rule.action.startswith("export_") and cue.has("other_measure", masked[match.begin : match.end])


def _hits(view: View, rule: Rule, found: re.Match[str], last: Mention | None) -> list[Hit]:
    masked = view.masked
    verb = verb_of(found)
    match = Match.of(rule, found, max(masked.rfind(c, 0, verb) for c in "，,：:") + 1, False)
    if _no_act(view, match):
        return []
    actors = _actors(view, match, last)
    if not actors:
        return []
    event, effective = _when(view, match.verb, match.end)
    status = status_of(view, match, effective)
    background = _is_background(view, match.begin, match.end, event, status)
    out = []
    for actor, direct in actors:
        sides = [a.country for a, _ in actors if a and actor and a.country != actor.country]
        out.append(
            Hit(
                rule=rule.id, action=rule.action, sentence=view.sentence, start=match.verb, end=match.end, actor=actor,
                direct=direct, status=status, polarity=polarity_of(view, match),
                targets=targets_of(view, match, actor, sides), commodities=view.commodities or view.topic,
                own_mineral=bool(view.commodities), event_date=event, effective_date=effective, voice=_voice(view),
                background=background,
                denied=cues("zh").has("deny", masked[max(match.begin, match.verb - 8) : match.verb]),
                confidence=rule.confidence - (0.0 if view.commodities else 0.1) - (0.15 if actor is None else 0.0),
                bodies=others(view.mentions, actor),
            )
        )  # fmt: skip
    return out


def _actors(view: View, match: Match, last: Mention | None) -> list[tuple[Mention | None, bool]]:
    masked, mentions, rule = view.masked, view.mentions, match.rule
    if rule.form == "parties":
        sides = parties(masked, mentions)
        if rule.action == "agreement" and len(sides) < 2 and "¤" not in masked[: match.end]:
            return []
        return [(m, True) for m in sides]
    if rule.form == "wto":
        ruled = "₩" in masked or any(m.kind == "country" for m in mentions)
        return [(_WTO, True)] if ruled else []
    actor, direct = actor_of(masked, mentions, match.verb)
    if actor is None and view.sentence.start > 0 and cues("zh").has("anaphor", masked):
        actor = last
    if actor is None:
        return [] if rule.official else [(None, False)]
    if rule.action == "visit_inspection" and actor.kind == "country":
        return []
    return [(m, direct) for m in joint(masked, mentions, actor)]


def _when(view: View, verb: int, end: int) -> tuple[str | None, str | None]:
    event = effective = None
    ref = dates.latest(view.scene.published)
    found = dates.find_chinese(view.text, view.scene.published)
    for d in sorted(found, key=lambda d: min(abs(d.start - end), abs(d.end - verb))):
        if cues("zh").has("other_act", view.text[d.end : d.end + 4]):
            continue
        if d.role in {"from", "since"}:
            effective = effective or d.iso
        elif d.role == "on" and (ref is None or d.iso <= ref.isoformat()):
            event = event or d.iso
    return event, effective


def _is_background(view: View, begin: int, end: int, event: str | None, status: Status) -> bool:
    if status == "proposed":
        return False
    ref, day = dates.latest(view.scene.published), dates.latest(event)
    if ref and day and (ref - day).days > _NEWS_DAYS:
        return True
    cue = cues("zh")
    return cue.has("past", view.masked[begin : min(len(view.masked), end)]) or cue.has("recalls", view.masked)


def _voice(view: View) -> Voice:
    cue = cues("zh")
    if cue.has("analyst", view.masked):
        return "analyst"
    if cue.has("sources", view.masked):
        return "sources"
    if any(m.canonical == "Xinhua" for m in view.mentions):
        return "state_media"
    spoken = any(m.kind in {"body", "person"} and cue.has("speaks", view.masked[m.end :]) for m in view.mentions)
    return "official" if spoken else "reporter"


def _statement(view: View, last: Mention | None) -> list[Hit]:
    """Return an official's words on the sector, if the sentence gives any."""
    cue, masked = cues("zh"), view.masked
    if not cue.has("statement", masked) or cue.has("analyst", masked):
        return []
    if not view.commodities and not (view.topic and cue.has("strong", masked)):
        return []
    actor = next((m for m in view.mentions if _states(masked, m, "states")), None)
    if actor is None and cue.has("goes_on", masked):
        actor = last
    if actor is None:
        countries = (m for m in view.mentions if m.kind == "country" and cue.has("country_states", masked[m.end :]))
        actor = next(countries, None)
    if actor is None:
        return []
    event, _ = _when(view, actor.end, actor.end)
    match = Match(_SAID, actor.end, 0, len(masked), "", False)
    return [
        Hit(
            rule=_SAID.id, action="statement", sentence=view.sentence, start=actor.end, end=len(masked), actor=actor,
            direct=True, status="signalled", polarity="neutral", targets=targets_of(view, match, actor, ()),
            commodities=view.commodities or view.topic, own_mineral=bool(view.commodities), event_date=event,
            effective_date=None, voice=_voice(view), background=_is_background(view, 0, 12, event, "signalled"),
            denied=cue.has("denial", masked), confidence=_SAID.confidence, bodies=others(view.mentions, actor),
        )
    ]  # fmt: skip


def _states(masked: str, m: Mention, cue: str) -> bool:
    official = m.kind in {"body", "person"} and bool(m.country) and m.country != "WTO"
    return official and not cues("zh").has("oblique", masked[: m.start]) and cues("zh").has(cue, masked[m.end :])
