"""Which signals does an English sentence report? Rules on the sentence, then actor, status, target and dates.

>>> from ytterby.signals.sentences import Sentence
>>> text = "Zimbabwe has banned the export of unprocessed lithium, a government notice shows."
>>> hits = read_sentence(Sentence(text, 0, len(text)), Scene(published="2022-12-21"), topic=("Li",))
>>> [(h.action, h.actor.canonical, h.status) for h in hits]
[('export_ban', 'Government of Zimbabwe', 'in_force')]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ytterby.signals import fallback
from ytterby.signals.actors import clause_start, first_named, joint, official, parties, speakers, subject
from ytterby.signals.circumstances import goods_of, is_background, occasion_of, place_of, voice_of, when
from ytterby.signals.hits import TRADE, Hit, Match, View, others, symbols, verb_of
from ytterby.signals.lexicon import CommodityTerm, chosen, commodity_terms, fold
from ytterby.signals.mentions import Mention, Scene, find
from ytterby.signals.precedence import strongest
from ytterby.signals.rules import Rule, cues, rules
from ytterby.signals.sentences import Sentence
from ytterby.signals.statements import statement
from ytterby.signals.status import polarity_of, status_of
from ytterby.signals.targets import targets_of

__all__ = ["guess_sentence", "mask", "read_sentence"]

_GOES_ON = re.compile(r"(?:it|they|he|she|the country) (?:later|also|then|has since)\b")
_PRONOUN = re.compile(r"(?:it|they|he|she|the country|the government)\b")
_PARTICIPLE = re.compile(r"\w+(?:ed|en|ne|ut|ought|ld)\b")
_MOST_PARTIES = 3
"""Talks of more governments than this are told of their first one alone."""
WTO = Mention(0, 0, "body", "WTO", "WTO", "international_body")


def mask(text: str, mentions: Sequence[Mention], terms: Sequence[CommodityTerm]) -> str:
    """Return the folded sentence with minerals as §, countries as ¤, actors as @ and the WTO as ₩, offsets kept.

    >>> mask("China bans tin.", find("China bans tin.", Scene()), [])
    '¤¤¤¤¤ bans tin.'
    """
    out = list(fold(text))
    for t in terms:
        out[t.start : t.end] = "§" * (t.end - t.start)
    for m in mentions:
        if m.kind != "media":
            sign = "₩" if m.country == "WTO" else "¤" if m.kind in {"country", "adjective"} else "@"
            out[m.start : m.end] = sign * (m.end - m.start)
    return "".join(out)


def read_sentence(sentence: Sentence, scene: Scene, *, topic: tuple[str, ...], deal: bool = False) -> list[Hit]:
    """Return what the rules find in a sentence.

    Parameters
    ----------
    sentence
        The sentence.
    scene
        What the article has told so far.
    topic
        The minerals that the article is about, for sentences that name none.
    deal
        Whether the article tells of a concession on minerals, so that one on another good is its other half.
    """
    cue = cues("en")
    terms = commodity_terms(sentence.text)
    mentions = find(sentence.text, scene)
    masked = mask(sentence.text, mentions, terms)
    commodities = symbols(chosen(terms))
    if not commodities and not topic:
        return []
    elsewhere = not commodities and cue.has("other_goods", masked) and "investment" not in masked
    if elsewhere and not deal:
        return []
    view = View(sentence, masked, tuple(mentions), commodities, () if elsewhere else topic, scene)
    found: list[Hit] = []
    for rule in rules("en"):
        if (rule.scope == "sentence" and not terms) or (elsewhere and rule.action != "easing"):
            continue
        for match in rule.pattern.finditer(masked):
            if rule.allows(masked):
                found += _hits(view, rule, match)
    found = strongest(found)
    if cue.has("defence", masked) and any(official(m) for m in speakers(masked, mentions)):
        # words that defend or attack a policy name it; they do not make it
        found = [h for h in found if h.action not in TRADE | {"easing"} or _made(h)]
    if not elsewhere and all(h.background or h.denied or h.action == "visit_inspection" for h in found):
        found += statement(view)
    return found


def guess_sentence(sentence: Sentence, scene: Scene) -> list[Hit]:
    """Return what keywords say of a sentence with a mineral and an official, where no rule found an act."""
    cue = cues("en")
    terms = chosen(commodity_terms(sentence.text))
    mentions = find(sentence.text, scene)
    masked = mask(sentence.text, mentions, terms)
    view = View(sentence, masked, tuple(mentions), symbols(terms), (), scene)
    match = fallback.guess(view, "en") if terms else None
    if match is None or any(cue.has(c, masked) for c in ("market_move", "company", "analyst", "deny", "other_goods")):
        return []
    found = subject(masked, mentions, match.verb, match.end, "noun")
    actor = found.speaker or next((m for m in mentions if official(m) and m.country and m.country != "WTO"), None)
    event, effective = when(view, match.verb, match.end)
    status = status_of(view, match, effective)
    if actor is None or is_background(view, match, event, status):
        return []
    targets = targets_of(view, match, actor, ())
    return [
        fallback.hit(
            view,
            match,
            actor,
            status=status,
            polarity=polarity_of(view, match),
            voice=voice_of(view),
            targets=targets,
            days=(event, effective),
        )
    ]


def _made(h: Hit) -> bool:
    return h.rule == "easing.licences_granted" or (h.direct and h.status in {"in_force", "ended"})


def _no_act(view: View, rule: Rule, match: Match) -> bool:
    """Whether the words only suppose, ask for, wish, or mention the act."""
    cue, masked = cues("en"), view.masked
    verb, begin, matched = match.verb, match.begin, masked[match.verb : match.end]
    if cue.has("hypothetical", masked[max(0, begin - 9) : begin]) or masked.startswith("if ", begin):
        return True
    if cue.has("question", masked[max(0, begin - 6) : verb]):
        return True
    if rule.action in TRADE and rule.form == "verb" and cue.has("other_measure", matched):
        return True
    if rule.action != "talks" and cue.has("asked", masked[:verb]):
        return True
    if rule.action in {"easing", "agreement"} and cue.has("wished", masked[begin:verb]):
        return True
    if rule.action == "agreement" and cue.has("minded", masked[begin:verb]):
        return True
    return bool(re.match(r"\w+ed\b", matched)) and cue.has("participle", masked[:verb])


def _hits(view: View, rule: Rule, found: re.Match[str]) -> list[Hit]:
    cue, masked = cues("en"), view.masked
    begin, subordinate = clause_start(masked, verb_of(found))
    match = Match.of(rule, found, begin, subordinate)
    if rule.form == "verb" and cue.has("passive_voice", masked[: match.verb]) and _PARTICIPLE.match(masked, match.verb):
        rule = replace(rule, form="passive")
    if _no_act(view, rule, match):
        return []
    if rule.action in TRADE and cue.has("keeps", masked[match.verb : match.end]):
        rule = replace(rule, background=True)
    actors = _actors(view, rule, match)
    if not actors:
        return []
    event, effective = when(view, match.verb, match.end)
    status = status_of(view, match, effective)
    goods = goods_of(view, match) or view.commodities
    background = rule.background or is_background(view, match, event, status)
    background = background or _told_by_another(view, match.verb)
    background = background or (view.scene.history and bool(_GOES_ON.match(masked)))
    upto = match.verb if rule.form == "passive" else match.verb + 12
    denied = cue.has("deny", masked[max(begin, match.verb - 45) : upto]) or cue.has("denies_that", masked[:begin])
    answers = subordinate and cue.has("after", masked[max(0, begin - 12) : begin])
    out = []
    for actor, direct in actors:
        sides = [a for a, _ in actors if a is not None and actor is not None and a.country != actor.country]
        out.append(
            Hit(
                rule=rule.id, action=rule.action, sentence=view.sentence, start=match.verb, end=match.end, actor=actor,
                direct=direct, status=status, polarity=polarity_of(view, match),
                targets=targets_of(view, match, actor, sides), commodities=goods or view.topic,
                own_mineral=bool(goods), event_date=event, effective_date=effective, voice=voice_of(view),
                background=background, denied=denied,
                confidence=rule.confidence - (0.0 if goods else 0.1) - (0.1 if actor is None else 0.0),
                bodies=others(view.mentions, actor), place=place_of(view.text),
                occasion=occasion_of(masked[begin : min(len(masked), match.end + 60)]), answers=answers,
            )
        )  # fmt: skip
    return out


def _told_by_another(view: View, verb: int) -> bool:
    """Whether the act is "China's decision to" act, in the words of another government's official."""
    owner = next(
        (m for m in view.mentions if m.possessive and cues("en").has("possessed_act", view.masked[m.end : verb])), None
    )
    heard = speakers(view.masked, view.mentions) if owner is not None else []
    return owner is not None and any(official(s) and s.country and s.country != owner.country for s in heard)


def _actors(view: View, rule: Rule, match: Match) -> list[tuple[Mention | None, bool]]:
    """Return who acts, each with whether it is the direct subject; nothing if no government can be the actor."""
    masked, mentions = view.masked, view.mentions
    if rule.form == "parties":
        sides = parties(masked, mentions, match.verb)
        firm = any(m.canonical == "Companies" for m in mentions)
        if rule.action == "agreement" and ((firm and len(sides) < 2) or not _deal(masked, sides, match.verb)):
            return []
        if masked.startswith("ratif", match.verb):
            sides = sides[:1]
        some = sides if len(sides) <= _MOST_PARTIES or rule.action == "agreement" else sides[:1]
        return [(m, True) for m in some]
    if rule.form == "wto":
        return [(next((m for m in mentions if m.country == "WTO"), WTO), True)]
    found = subject(masked, mentions, match.verb, match.end, rule.form)
    actor = found.actor
    if actor is None and _PRONOUN.match(masked, match.begin):
        actor = view.scene.subject
    if actor is None:
        if rule.who or rule.actors or rule.official or rule.action == "visit_inspection":
            return []
        if rule.form == "verb" and cues("en").has("company", masked[match.begin : match.verb]):
            return []
        if rule.action == "regulation":
            # a duty to report to a ministry is that ministry's rule
            actor = next(
                (m for m in mentions if m.kind == "body" and cues("en").has("recipient", masked[: m.start])), None
            )
        return [(actor, False)]
    actor = _at_home(view, actor)
    if (rule.who and actor.country != rule.who) or (rule.actors and actor.canonical not in rule.actors):
        return []
    if rule.official and not official(actor) and not actor.possessive:
        return []
    if rule.action == "visit_inspection" and actor.kind not in {"person", "body", "office"}:
        return []
    if rule.form == "verb":
        cue = cues("en")
        noun = cue.has("noun_or_verb", masked[match.verb : match.end])
        if noun and not found.direct and not cue.has("verb_mark", masked[: match.verb]):
            return []
        if found.direct and actor.kind == "body":
            actor = first_named(masked, mentions, actor)
        return [(m, found.direct) for m in joint(masked, mentions, actor)]
    return [(actor, False)]


def _at_home(view: View, actor: Mention) -> Mention:
    """Give an official whose country is not said the one that the sentence makes its subject."""
    if actor.country:
        return actor
    named = [m for m in view.mentions if m.country and m.kind != "media" and m.country != "WTO"]
    plain = [m for m in named if not cues("en").has("preposition", view.masked[: m.start])]
    home = next(iter(plain), None)
    return replace(actor, country=home.country) if home else actor


def _deal(masked: str, sides: Sequence[Mention], verb: int) -> bool:
    """Whether governments are the parties of a deal: two, or one that acts itself."""
    cue = cues("en")
    named = cue.has("under_a_deal", masked[max(0, verb - 60) : verb])
    if named and not masked.startswith("signed by", verb):
        return False
    if len({m.country for m in sides}) >= 2:
        return True
    acts = bool(re.search(r"[@¤]", masked[max(0, verb - 30) : verb]))
    return len(sides) == 1 and acts and not cue.has("company", masked[:verb])
