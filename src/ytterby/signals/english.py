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

from ytterby.signals import dates
from ytterby.signals.actors import (
    clause_start,
    joint,
    official,
    parties,
    speakers,
    subject,
)
from ytterby.signals.hits import Hit
from ytterby.signals.lexicon import CommodityTerm, chosen, commodity_terms, fold
from ytterby.signals.mentions import Mention, Scene, find
from ytterby.signals.model import Voice
from ytterby.signals.precedence import strongest
from ytterby.signals.rules import Rule, cues, rules
from ytterby.signals.sentences import Sentence
from ytterby.signals.status import polarity_of, status_of
from ytterby.signals.targets import targets_of

__all__ = ["in_effect", "mask", "read_sentence", "symbols"]

_COMPANY = re.compile(
    r"\b(?:compan(?:y|ies)|firm|firms|miner|miners|explorer|corp|inc|ltd|plc|group|producer|producers|carmaker|automaker|makers?|manufacturers?|shareholders?|investors?|"
    r"analysts?|traders?|users?|buyers?|lawmaker|university|scientists|researchers|executives?|ceo|chief executive|chairman)\b"
)


def mask(text: str, mentions: Sequence[Mention], terms: Sequence[CommodityTerm]) -> str:
    """Return the folded sentence with minerals as §, countries as ¤, actors as @ and the WTO as ₩, offsets kept."""
    out = list(fold(text))
    for t in terms:
        out[t.start : t.end] = "§" * (t.end - t.start)
    for m in mentions:
        if m.kind == "media":
            continue
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
    text = sentence.text
    terms = commodity_terms(text)
    mentions = find(text, scene)
    masked = mask(text, mentions, terms)
    commodities = symbols(chosen(terms))
    if not commodities and not topic:
        return []
    foreign = not commodities and cues("en").has("other_goods", masked) and not re.search(r"investment", masked)
    if foreign and not deal:
        return []
    found: list[Hit] = []
    for rule in rules("en"):
        if (rule.scope == "sentence" and not terms) or (foreign and rule.action != "easing"):
            continue
        for match in rule.pattern.finditer(masked):
            if rule.unless and rule.unless.search(masked):
                continue
            if rule.when and not rule.when.search(masked):
                continue
            found += _hits(
                rule,
                match,
                sentence,
                masked,
                mentions,
                commodities,
                () if foreign else topic,
                scene,
            )
    found = strongest(found)
    heard = [m for m in speakers(masked, mentions) if official(m)]
    if heard and cues("en").has("defence", masked):
        # words that defend or attack a policy name it; they do not make it
        found = [
            h for h in found if h.action not in _TRADE | {"easing"} or (h.direct and h.status in {"in_force", "ended"})
        ]
    if not foreign and all(h.background or h.denied or h.action == "visit_inspection" for h in found):
        found += _statement(sentence, masked, mentions, commodities, topic, scene)
    return found


def symbols(terms: Sequence[CommodityTerm]) -> tuple[str, ...]:
    """Return the commodities of the terms, each once, in order of first mention."""
    return tuple(dict.fromkeys(s for t in terms for s in t.symbols))


_EFFECT = re.compile(
    r"(?i)^(?:it|they|these|those|the (?:new |latest )?(?:measures?|rules?|decree|decision|ban|curbs|restrictions|controls|order|law|regulations?|move|policy|tariffs?|duties|duty|quota))"
    r"(?: \S+){0,5}? (?:takes?|took|will take|comes?|came|will come|enters?|entered|will enter|starts?|started|will start|begins?|began|apply|applies|will apply|runs?|is effective|are effective|will be effective)\b"
)


def in_effect(hits: list[Hit], sentence: Sentence, published: str | None) -> list[Hit]:
    """Give the last measure the day from which a following sentence says that it holds ("It took effect on Tuesday")."""
    if not hits or not _EFFECT.match(sentence.text):
        return hits
    found = [d for d in dates.find(sentence.text, published) if d.role in {"from", "on", "in", "since"}]
    last = hits[-1]
    if not found or last.effective_date or last.action in {"statement", "talks", "visit_inspection", "agreement"}:
        return hits
    day, ref = dates.latest(found[0].iso), dates.latest(published)
    status = last.status
    if ref and day and status in {"announced", "in_force"}:
        status = "announced" if day > ref else "in_force"
    return [*hits[:-1], replace(last, effective_date=found[0].iso, status=status)]


def _verb(match: re.Match[str]) -> int:
    groups = match.re.groupindex
    for name in ("v", "v2", "v3"):
        if name in groups and match.group(name):
            return match.start(name)
    return match.start()


def _hits(
    rule: Rule, match: re.Match[str], sentence: Sentence, masked: str, mentions: list[Mention],
    commodities: tuple[str, ...], topic: tuple[str, ...], scene: Scene,
) -> list[Hit]:  # fmt: skip
    verb = _verb(match)
    begin, subordinate = clause_start(masked, verb)
    end = match.end()
    if _HYPOTHETICAL.search(masked[max(0, begin - 9) : begin]) or masked.startswith("if ", begin):
        return []
    if re.search(r"\b(?:how|why|what)\b", masked[max(0, begin - 6) : verb]):
        return []
    if rule.action in _TRADE and _OTHERS.search(masked[verb:end]) and rule.form == "verb":
        return []
    if _ASKED.search(masked[:verb]) and rule.action != "talks":
        return []
    if rule.action == "easing" and _WISHED.search(masked[begin:verb]):
        return []
    if _PARTICIPLE.search(masked[:verb]) and re.match(r"\w+ed\b", masked[verb:end]):
        return []
    near = masked[begin : min(len(masked), end + 60)]
    denied = bool(cues("en")["deny"].search(masked[max(begin, verb - 45) : verb + 12]))
    event, effective = _dates(sentence.text, masked, scene, verb, end)
    actors: list[tuple[Mention | None, bool]]
    if rule.action in _TRADE and re.match(r"(?:keep|kept|maintain)", masked[verb:end]):
        rule = replace(rule, background=True)
    if rule.form == "parties":
        sides = parties(masked, mentions, verb)
        if rule.action == "agreement" and not _deal(masked, sides, verb):
            return []
        if not sides:
            return []
        actors = [(m, True) for m in (sides if len(sides) <= 3 or rule.action == "agreement" else sides[:1])]
    elif rule.form == "wto":
        actors = [
            (
                next(
                    (m for m in mentions if m.country == "WTO"),
                    Mention(0, 0, "body", "WTO", "WTO", "international_body"),
                ),
                True,
            )
        ]
    else:
        found = subject(masked, mentions, verb, end, rule.form)
        actor = found.actor
        if actor is None and rule.form == "verb" and _COMPANY.search(masked[begin:verb]):
            return []
        if rule.who and (actor is None or actor.country != rule.who):
            return []
        if rule.actors and (actor is None or actor.canonical not in rule.actors):
            return []
        if rule.official and (actor is None or (not official(actor) and not actor.possessive)):
            return []
        if rule.action == "visit_inspection" and (actor is None or actor.kind not in {"person", "body", "office"}):
            return []
        if actor is None and rule.action == "regulation":
            actor = next(
                (m for m in mentions if m.kind == "body" and re.search(r"\bto (?:the )?$", masked[: m.start])),
                None,
            )
        actors = (
            [(m, found.direct) for m in joint(masked, mentions, actor)]
            if actor and rule.form == "verb"
            else [(actor, False)]
        )
    commodities = _near(masked, begin, end, sentence.text) or commodities
    status = status_of(
        rule,
        masked,
        begin,
        verb,
        end,
        match.group(0),
        effective or "",
        event,
        scene.published,
    )
    voice = _voice(masked, mentions)
    out = []
    for actor, direct in actors:
        others = [a for a, _ in actors if a is not None and actor is not None and a.country != actor.country]
        targets = targets_of(rule, masked, mentions, actor, verb, end, others)
        background = rule.background or _background(masked, begin, verb, end, event, subordinate, scene, status)
        out.append(
            Hit(
                rule=rule.id, action=rule.action, sentence=sentence, start=verb, end=end, actor=actor, direct=direct,
                status=status, polarity=polarity_of(rule, masked, match.group(0), verb), targets=targets,
                commodities=commodities or topic, own_mineral=bool(commodities), event_date=event,
                effective_date=effective, voice=voice, background=background, subordinate=subordinate, denied=denied,
                confidence=rule.confidence - (0.1 if not commodities else 0) - (0.1 if actor is None else 0),
                bodies=_bodies(mentions, actor), place=_place(masked, sentence.text, mentions), occasion=_occasion(near),
                answers=subordinate,
            )
        )  # fmt: skip
    return out


_HYPOTHETICAL = re.compile(r"\b(?:if|unless|whether)\s*$")
_OTHERS = re.compile(
    r"\b(?:over|against|about|ease|easing|eased|lift|lifting|lifted|end|ending|scrap|removal|remove|relax|relaxed|protest\w*|despite|counter|answer|discuss\w*|concerns?) (?:\S+ ){0,5}"
    r"(?:controls?|curbs?|restrictions?|ban|bans|quotas?|tariffs?|duties|dut|licen)"
)
_ASKED = re.compile(
    r"\b(?:urg\w+|call\w* (?:on|upon)|press\w*|ask\w*|demand\w*|want\w*|appeal\w* to|implor\w*|warn\w*|expects?|hopes?|wait\w* for|for)"
    r"\s(?:the\s)?¤+(?:\s[\w@]+){0,2}\s(?:not\s)?(?:to|against)\s(?:\w+\s)?$"
)
_OTHER_ACT = re.compile(
    r"\b(?:announced|imposed|introduced|unveiled|issued|launched|adopted|enacted|published)\s(?:on\s|in\s|last\s|earlier\s)*$"
)
_WISHED = re.compile(
    r"\b(?:wants?|wanted|seeks?|sought|hopes?|hoped|urg\w+|push\w*|press\w*|calls?|called|asks?|asked|demand\w*|need\w*)\b[^,;]{0,70}\bto\s$"
)
_PARTICIPLE = re.compile(
    r"(?:'s|\bits|\btheir|\bnew|\bits newly|\bthe|\bof|\bon|\bover|\bagainst|\bwith|\bfor)\s(?:newly |recently |previously )?$"
)
_CLAUSE_END = re.compile(
    r"[;:]|,\s(?:\w+ing|which|who|while|whereas|as|because|but|although|after|since)\b|\s(?:while|whereas|because|after|although)\s"
)


def _near(masked: str, begin: int, end: int, text: str) -> tuple[str, ...]:
    """The minerals of the act's own clause."""
    stop = _CLAUSE_END.search(masked, end)
    start = max(begin - 60, 0) if begin and masked[begin - 5 : begin].strip() in {"that"} else begin
    terms = commodity_terms(text[start : stop.start() if stop else len(masked)])
    return symbols(chosen(terms))


def _deal(masked: str, sides: list[Mention], verb: int) -> bool:
    """A deal counts if governments are its parties: two, or one that acts itself."""
    lead = masked[max(0, verb - 30) : verb]
    if (
        re.search(r"\bunder (?:the|a|an)\b|as part of", masked[max(0, verb - 60) : verb])
        and "signed by" not in masked[verb : verb + 12]
    ):
        return False
    if len({m.country for m in sides}) >= 2:
        return True
    return len(sides) == 1 and not _COMPANY.search(masked[:verb]) and bool(re.search(r"[@¤]", lead))


_TRADE = {
    "export_licensing",
    "export_ban",
    "export_quota",
    "production_quota",
    "tariff",
    "regulation",
}


def _voice(masked: str, mentions: list[Mention]) -> Voice:
    if cues("en").has("analyst", masked):
        return "analyst"
    if cues("en").has("sources", masked):
        return "sources"
    if any(m.kind == "media" and m.canonical == "Xinhua" for m in mentions):
        return "state_media"
    if speakers(masked, mentions):
        return "official"
    return "reporter"


def _dates(text: str, masked: str, scene: Scene, verb: int, end: int) -> tuple[str | None, str | None]:
    found = dates.find(text, scene.published)
    event = effective = None
    ref = dates.latest(scene.published)
    for d in sorted(found, key=lambda d: min(abs(d.start - end), abs(d.end - verb))):
        told = _OTHER_ACT.search(masked, max(0, d.start - 26), d.start)
        if told and not (verb <= told.start() < end) and told.start() > verb:
            continue
        if d.role in {"from", "since"} and effective is None:
            effective = d.iso
        elif d.role in {"on", "in"} and ref is not None and len(d.iso) == 10 and d.iso > ref.isoformat():
            # an act cannot lie ahead: what will be lifted "on October 16" holds from that day
            effective = effective or d.iso
        elif d.role in {"on", "in"} and event is None:
            event = d.iso
    if effective is None and re.search(r"immediate effect|effective immediately", masked):
        effective = event if event and len(event) == 10 else None
    return event, effective


def _background(
    masked: str,
    begin: int,
    verb: int,
    end: int,
    event: str | None,
    subordinate: bool,
    scene: Scene,
    status: str,
) -> bool:
    window = masked[begin : min(len(masked), end + 50)]
    if status in {"proposed"} and not re.search(r"\blast year\b|\bago\b", window):
        return False
    ref = dates.latest(scene.published)
    day = dates.latest(event)
    if ref and day and (ref - day).days > 45:
        return True
    cue = cues("en")
    if cue.has("past", window) or (cue.has("past_perfect", window) and not cue.has("reported", masked)):
        return True
    lead = re.search(r",? (?:after|as|on news|since|following|when)\b", masked)
    if lead and lead.start() < verb and cue.has("market_move", masked[: lead.start()]):
        return True
    return subordinate and bool(re.search(r"\b(?:after|since|following)\s*$", masked[max(0, begin - 12) : begin]))


_PLACE = re.compile(
    r"\b(?:in|at|near) ((?:[A-Z][\w-]+(?:,? )?){1,4}?)(?= (?:province|region|city|county|prefecture|state)\b|[,.;]|$)"
)
_OCCASION = re.compile(
    r"\b(?:ahead of|before|during|on the sidelines of|at) (?:the )?((?:lunar new year|spring festival|two sessions|national people's congress|g20|g7|apec|asean|quad|davos|munich|summit|national day)[\w ]{0,20}?)(?=[,.;]| (?:in|on|are|is|was|and)\b|$)"
)


def _place(masked: str, text: str, mentions: list[Mention]) -> str | None:
    m = _PLACE.search(text)
    return m.group(1).strip(" ,") if m else None


def _occasion(near: str) -> str | None:
    m = _OCCASION.search(near)
    return m.group(1).strip() if m else None


def _bodies(mentions: list[Mention], actor: Mention | None) -> tuple[str, ...]:
    names = [m.canonical for m in mentions if m.kind == "body" and (actor is None or m.canonical != actor.canonical)]
    return tuple(dict.fromkeys(names))


def _statement(
    sentence: Sentence, masked: str, mentions: list[Mention], commodities: tuple[str, ...], topic: tuple[str, ...],
    scene: Scene,
) -> list[Hit]:  # fmt: skip
    """An official's words on the sector, with no act in the sentence."""
    cue = cues("en")
    if not cue.has("statement", masked):
        return []
    strong = cue.has("strong", masked)
    if not commodities and not (topic and cue.has("policy", masked) and strong):
        return []
    if cue.has("analyst", masked) and not re.search(r"\b(?:told|briefing|press)\b", masked):
        return []
    heard = [m for m in speakers(masked, mentions) if official(m)]
    actor = next((m for m in heard if m.kind == "person"), None) or next(
        (m for m in heard if m.kind != "country"), None
    )
    actor = actor or next(iter(heard), None)
    if actor is None or (actor.kind == "country" and not strong):
        return []
    event, _ = _dates(sentence.text, masked, scene, actor.start, actor.end)
    verb = actor.end
    _, subordinate = clause_start(masked, verb)
    targets = targets_of(_SAID, masked, mentions, actor, verb, len(masked), [])
    return [
        Hit(
            rule=_SAID.id, action="statement", sentence=sentence, start=verb, end=len(masked), actor=actor, direct=True,
            status="signalled", polarity="neutral", targets=targets, commodities=commodities or topic,
            own_mineral=bool(commodities), event_date=event, effective_date=None, voice=_voice(masked, mentions),
            background=_background(masked, 0, verb, verb, event, False, scene, "signalled"), subordinate=subordinate,
            denied=cue.has("denial", masked), confidence=_SAID.confidence - (0 if commodities else 0.15), bodies=_bodies(mentions, actor),
            place=None, occasion=_occasion(masked),
        )
    ]  # fmt: skip


_SAID = Rule(
    "statement.said",
    "statement",
    "verb",
    "topic",
    re.compile(""),
    None,
    None,
    "signalled",
    "neutral",
    True,
    None,
    0.75,
)
