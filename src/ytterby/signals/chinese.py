"""Which signals does a Chinese article report? Its own rules, on characters and clauses, without a parser.

>>> from ytterby.signals.sentences import Sentence
>>> text = "商务部宣布自12月1日起对石墨实施出口管制。"
>>> [(s.actor, s.action, s.status, s.effective_date) for s in read_article([Sentence(text, 0, len(text))], None, "2023-10-20")]
[('Ministry of Commerce', 'export_licensing', 'announced', '2023-12-01')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from ytterby.signals import dates
from ytterby.signals.assemble import assembled
from ytterby.signals.english import symbols
from ytterby.signals.hits import Hit
from ytterby.signals.lexicon import (
    Automaton,
    CommodityTerm,
    bodies,
    chosen,
    commodity_terms,
    countries,
    country_name,
    people,
)
from ytterby.signals.mentions import Mention, Scene, ministry_of
from ytterby.signals.model import Signal, Status, Voice
from ytterby.signals.precedence import strongest
from ytterby.signals.rules import Rule, cues, rules
from ytterby.signals.sentences import Sentence
from ytterby.signals.status import chinese_polarity, chinese_status

__all__ = ["find", "read_article"]

_AIMED = re.compile(r"(?:对|向|针对|输往|运往|给|对于|销往|涉|至)$")
_OBLIQUE = re.compile(
    r"(?:对|向|与|同|和|针对|在|从|自|给|据|被|受|因|比|除|为|输往|运往|赴|访|就|含有|来自|原产于|产自|于)$"
)
_MODIFIES = re.compile(r"(?:的)?(?:实体|企业|公司|产|籍|军|进口|商品|产品|银行|资本|投资者|股东|市场|天然|成分|原产)")
_MINISTER = re.compile(r"(?:[\u4e00-\u9fff]{2,10}?)(?:部长|大臣|总统|总理|首相|主席|部)(?=[\u4e00-\u9fff]{0,8})")
_SPOKES = re.compile(r"^(?:新闻)?发言人")
_SPEAKS = re.compile(
    r"^(?:新闻)?(?:发言人)?[^，。；：]{0,16}?(?:宣布|表示|称|说|指出|强调|透露|公告|回应|通报|发布|公布|介绍|重申|警告|敦促|证实)"
)


@cache
def _automaton() -> Automaton:
    words: dict[str, Any] = {}
    for c in countries().values():
        for t in c.terms_zh:
            words[t] = Mention(0, 0, "country", c.government, c.iso3, "government_unspecified")
    for b in bodies():
        for t in b.terms_zh:
            words[t] = Mention(
                0,
                0,
                "body" if b.country and b.rank else "media",
                b.canonical,
                b.country,
                b.rank,
            )
    for p in people():
        for t in p.terms_zh:
            held = words.get(t)
            words[t] = (*held, p) if isinstance(held, tuple) else (p,)
    return Automaton(words)


def find(text: str, scene: Scene) -> list[Mention]:
    """Return the countries, bodies and officials named in a Chinese sentence, in order.

    >>> [(m.kind, m.canonical) for m in find("美国总统特朗普会见日本经济产业省官员", Scene())]
    [('person', 'Donald Trump'), ('body', 'Ministry of Economy, Trade and Industry')]
    """
    found: list[Mention] = []
    for s, e, value in _automaton().found(text, whole_words=False):
        if isinstance(value, tuple):
            day = scene.published or "9999"
            person = next(
                (p for p in value if p.since <= day and (not p.until or day < p.until)),
                value[-1],
            )
            m = Mention(
                s,
                e,
                "person",
                person.canonical,
                person.country,
                person.rank,
                body=ministry_of(person.office),
            )
        else:
            m = replace(value, start=s, end=e)
        before = found[-1] if found else None
        gap = text[before.end : s] if before else ""
        if before and before.kind == "country" and m.kind in {"body", "person"} and (not gap or _title(gap)):
            if m.kind == "body" and m.country != before.country and m.country != "":
                m = replace(m, country=before.country, canonical=_foreign(m.canonical))
            found[-1] = replace(m, start=before.start)
        elif before and before.kind == "body" and m.kind == "person" and (not gap or _title(gap)):
            rank = "spokesperson" if "发言人" in gap else m.rank
            found[-1] = replace(m, start=before.start, body=before.canonical, rank=rank)
        else:
            found.append(m)
    return [_spokes(text, m) for m in found]


def _title(gap: str) -> bool:
    return len(gap) <= 10 and bool(
        re.fullmatch(
            r"(?:新闻)?(?:国务院)?(?:[\u4e00-\u9fff]{0,7})(?:总统|总理|首相|主席|部长|大臣|副部长|副总理|副总统|国务卿|财长|发言人|防长|主任|代表|委员|外长|秘书|司长|政府)",
            gap,
        )
    )


def _spokes(text: str, m: Mention) -> Mention:
    """A ministry's unnamed spokesperson is the ministry speaking."""
    if m.kind == "body" and _SPOKES.match(text[m.end : m.end + 6]):
        return replace(m, rank="spokesperson", body=m.canonical)
    return m


def _foreign(canonical: str) -> str:
    return canonical


def _mask(text: str, mentions: Sequence[Mention], terms: Sequence[CommodityTerm]) -> str:
    out = list(text)
    for m in mentions:
        if m.kind != "media":
            sign = "₩" if m.country == "WTO" else "¤" if m.kind == "country" else "@"
            out[m.start : m.end] = sign * (m.end - m.start)
    for t in terms:
        if all(c not in "@₩¤" for c in out[t.start : t.end]):
            out[t.start : t.end] = "§" * (t.end - t.start)
    return "".join(out)


def read_article(found: Sequence[Sentence], title: str | None, published: str | None) -> tuple[Signal, ...]:
    """Return the signals of the sentences of a Chinese article."""
    scene = Scene(published=published)
    whole = "".join(s.text for s in found)
    topic = _topic(title or "", whole)
    scene.country = next(
        (m.country for t in (title or "", whole) for m in find(t, scene) if m.country and m.country != "WTO"),
        "",
    )
    if not scene.country and topic:
        scene.country = "CHN" if re.search(r"国务院|工信部|部委", whole) else ""
    hits: list[Hit] = []
    last: Mention | None = None
    for sentence in found:
        new = _sentence(sentence, scene, topic, last)
        hits += new
        named = [m for m in find(sentence.text, scene) if m.kind in {"person", "body"} and m.country]
        last = named[0] if named else last
    return assembled(hits, scene, counter=bool(re.search(r"反制|回应|报复|应对", whole)))


def _topic(title: str, whole: str) -> tuple[str, ...]:
    for source in (title, whole):
        terms = commodity_terms(source, chinese=True)
        counts = Counter(s for t in chosen(terms) for s in t.symbols)
        if counts:
            return tuple(s for s, _ in counts.most_common(4))
    return ()


def _sentence(sentence: Sentence, scene: Scene, topic: tuple[str, ...], last: Mention | None) -> list[Hit]:
    text = sentence.text
    terms = commodity_terms(text, chinese=True)
    mentions = find(text, scene)
    masked = _mask(text, mentions, terms)
    commodities = symbols(chosen(terms))
    if not commodities and not topic:
        return []
    found: list[Hit] = []
    for rule in rules("zh"):
        if rule.scope == "sentence" and not terms:
            continue
        for match in rule.pattern.finditer(masked):
            if (rule.unless and rule.unless.search(masked)) or (rule.when and not rule.when.search(masked)):
                continue
            found += _hits(rule, match, sentence, masked, mentions, commodities, topic, scene, last)
    found = strongest(found)
    if cues("zh").has("defence", masked):
        # words that defend a policy name it; they do not make it
        found = [h for h in found if not h.action.startswith("export_") and h.action != "easing"]
    if all(h.background or h.denied or h.action == "visit_inspection" for h in found):
        found += _statement(sentence, masked, mentions, commodities, topic, scene, last)
    return found


def _hits(
    rule: Rule, match: re.Match[str], sentence: Sentence, masked: str, mentions: list[Mention],
    commodities: tuple[str, ...], topic: tuple[str, ...], scene: Scene, last: Mention | None,
) -> list[Hit]:  # fmt: skip
    verb = next(
        (match.start(g) for g in ("v", "v2", "v3") if g in match.re.groupindex and match.group(g)),
        match.start(),
    )
    end = match.end()
    clause = max(masked.rfind(c, 0, verb) for c in "，,：:") + 1
    if cues("zh").has("conditional", masked[clause:verb]):
        return []
    if cues("zh").has("market", masked) and not any(m.kind in {"body", "person"} for m in mentions):
        return []
    if rule.action.startswith("export_") and re.search(
        r"回应|应对|报复|反制|抗议|批评|撤回|解除|取消|担忧|不满|谴责|要求",
        masked[clause:end],
    ):
        return []
    event, effective = _dates(sentence.text, scene, verb, end)
    actors: list[tuple[Mention | None, bool]]
    if rule.form == "parties":
        sides = _parties(masked, mentions)
        if not sides or (rule.action == "agreement" and len(sides) < 2 and "¤" not in masked[:end]):
            return []
        actors = [(m, True) for m in sides]
    elif rule.form == "wto":
        if "₩" not in masked and not any(m.kind == "country" for m in mentions):
            return []
        actors = [(Mention(0, 0, "body", "WTO", "WTO", "international_body"), True)]
    else:
        actor, direct = _actor(masked, mentions, verb)
        if (
            actor is None
            and last is not None
            and sentence.start > 0
            and re.match(r"(?:该|其|这|此次|公告|通知|会议|他|她|上述)", masked)
        ):
            actor = last
        if rule.official and (actor is None or (actor.kind == "country" and rule.action == "visit_inspection")):
            return []
        actors = [(m, direct) for m in _joint(masked, mentions, actor)] if actor else [(None, False)]
    status = chinese_status(
        rule,
        masked,
        clause,
        verb,
        end,
        match.group(0),
        effective,
        event,
        scene.published,
    )
    background = _background(masked, clause, end, event, scene, status)
    out = []
    for actor, direct in actors:
        others = [a.country for a, _ in actors if a and actor and a.country != actor.country]
        out.append(
            Hit(
                rule=rule.id, action=rule.action, sentence=sentence, start=verb, end=end, actor=actor, direct=direct,
                status=status, polarity=chinese_polarity(rule, masked, verb, end),
                targets=_targets(rule, masked, mentions, actor, others), commodities=commodities or topic,
                own_mineral=bool(commodities), event_date=event, effective_date=effective,
                voice=_voice(masked, mentions), background=background, subordinate=False,
                denied=cues("zh").has("deny", masked[max(clause, verb - 8) : verb]),
                confidence=rule.confidence - (0.1 if not commodities else 0) - (0.15 if actor is None else 0),
                bodies=tuple(dict.fromkeys(m.canonical for m in mentions if m.kind == "body" and (actor is None or m.canonical != actor.canonical))),
                place=None, occasion=None, answers=False,
            )
        )  # fmt: skip
    return out


def _actor(masked: str, mentions: Sequence[Mention], verb: int) -> tuple[Mention | None, bool]:
    """The last unmarked mention before the verb; the body that speaks before it, if it is of the same country."""
    before = [m for m in mentions if m.end <= verb and m.kind != "media" and m.country != "WTO"]
    plain = [
        m
        for m in before
        if (not _OBLIQUE.search(masked[: m.start]) or re.search(r"由$", masked[: m.start]))
        and not (m.kind == "country" and _MODIFIES.match(masked[m.end :]))
        and not (m.kind == "country" and re.search(r"[家名个批]$", masked[: m.start]))
    ]
    speaking = [m for m in plain if m.kind in {"body", "person"} and _SPEAKS.match(masked[m.end :])]
    chosen: Mention | None = None
    if plain:
        # bodies joined by an enumeration comma act together: the first-named one counts
        chosen = plain[-1]
        index = len(plain) - 1
        while index and re.fullmatch(r"(?:、|和|与|会同|联合)", masked[plain[index - 1].end : plain[index].start]):
            index -= 1
            chosen = plain[index]
        if chosen.kind == "country":
            tail = [
                m
                for m in mentions
                if m.kind in {"body", "person"} and m.country == chosen.country and m.end >= len(masked) - 8
            ]
            speaking += tail
            spoken = next((s for s in speaking if s.country == chosen.country), None)
            first = next(
                (m for m in plain if m.kind in {"body", "person"} and m.country == chosen.country),
                None,
            )
            chosen = spoken or first or chosen
        return chosen, True
    after = next(
        (
            m
            for m in mentions
            if m.start >= verb
            and m.kind in {"body", "person"}
            and _SPEAKS.match(masked[m.end :])
            and m.country != "WTO"
        ),
        None,
    )
    if after is not None:
        return after, False
    possessor = next(
        (m for m in before if m.kind == "country" and not _AIMED.search(masked[: m.start])),
        None,
    )
    return possessor, False


def _joint(masked: str, mentions: Sequence[Mention], actor: Mention) -> list[Mention]:
    """The actor with the other governments that are enumerated with it (美国、欧盟和日本)."""
    out = [actor]
    for near in (
        reversed([m for m in mentions if m.end <= actor.start]),
        iter([m for m in mentions if m.start >= actor.end]),
    ):
        here = actor
        for m in near:
            gap = masked[m.end : here.start] if m.end <= here.start else masked[here.end : m.start]
            if not re.fullmatch(r"、|和|与|及|以及", gap):
                break
            if m.country and all(m.country != o.country for o in out):
                out.append(m)
            here = m
    return sorted(out, key=lambda m: m.start)


def _parties(masked: str, mentions: Sequence[Mention]) -> list[Mention]:
    best: dict[str, Mention] = {}
    order = {"person": 0, "body": 1, "country": 2}
    for m in mentions:
        if (
            m.kind == "media"
            or not m.country
            or m.country == "WTO"
            or re.search(r"(?:在|赴|对|针对|于)$", masked[: m.start])
        ):
            continue
        if m.country not in best or order.get(m.kind, 9) < order.get(best[m.country].kind, 9):
            best[m.country] = m
    joint = re.search(
        r"(中美|中日|中欧|美日|美澳|日美|美韩|中澳|美印|中韩|中印|日印|日澳|美欧)",
        masked,
    )
    if joint:
        short = {
            "中": "CHN",
            "美": "USA",
            "日": "JPN",
            "欧": "EU",
            "澳": "AUS",
            "韩": "KOR",
            "印": "IND",
        }
        for c in joint.group(1):
            code = short[c]
            best.setdefault(
                code,
                Mention(0, 0, "country", country_name(code), code, "government_unspecified"),
            )
    return list(best.values())


def _targets(
    rule: Rule,
    masked: str,
    mentions: Sequence[Mention],
    actor: Mention | None,
    others: Sequence[str],
) -> tuple[str, ...]:
    if rule.form == "parties":
        return tuple(dict.fromkeys(others))
    own = actor.country if actor else ""
    found: list[str] = []
    for m in mentions:
        if not m.country or m.country in {own, "WTO", *found} or m.kind != "country":
            continue
        before, after = masked[: m.start], masked[m.end : m.end + 10]
        aimed = bool(_AIMED.search(before))
        if rule.action in {"tariff", "investigation"}:
            aimed = (
                aimed
                or bool(re.match(r"(?:产|的)?[^，。]{0,4}(?:§|进口|产品)|进口", after))
                or bool(re.search(r"(?:原产于|来自|产自|自)$", before))
            )
        if rule.action == "investment_curb":
            aimed = aimed or bool(
                re.match(
                    r"(?:的)?(?:企业|公司|资本|投资者|基金|股东|背景|投资|买家|中资)",
                    after,
                )
            )
        if rule.action == "trade_dispute":
            aimed = aimed or bool(re.match(r"[^，。]{0,8}(?:§|出口|违反|败诉|的上诉|限制)", after))
        if rule.action == "statement":
            aimed = bool(re.search(r"(?:敦促|要求|批评|谴责|警告|反对|呼吁|指责|对)$", before))
        if rule.action in {"export_ban", "export_licensing", "easing", "export_quota"}:
            aimed = aimed or bool(re.match(r"(?:军事用户|军工|企业|实体|用户|公司)", after))
        if aimed:
            found.append(m.country)
    return tuple(found)


def _voice(masked: str, mentions: Sequence[Mention]) -> Voice:
    if cues("zh").has("analyst", masked):
        return "analyst"
    if cues("zh").has("sources", masked):
        return "sources"
    if any(m.kind == "media" and m.canonical == "Xinhua" for m in mentions):
        return "state_media"
    if any(m.kind in {"body", "person"} and _SPEAKS.match(masked[m.end :]) for m in mentions):
        return "official"
    return "reporter"


def _dates(text: str, scene: Scene, verb: int, end: int) -> tuple[str | None, str | None]:
    event = effective = None
    ref = dates.latest(scene.published)
    for d in sorted(
        dates.find_chinese(text, scene.published),
        key=lambda d: min(abs(d.start - end), abs(d.end - verb)),
    ):
        if re.match(r"(?:公布|宣布|发布|实施|出台|推出)的", text[d.end : d.end + 4]):
            continue
        if d.role in {"from", "since"} and effective is None:
            effective = d.iso
        elif d.role == "on" and event is None and (ref is None or d.iso[:10] <= ref.isoformat()):
            event = d.iso
    return event, effective


def _background(masked: str, clause: int, end: int, event: str | None, scene: Scene, status: Status) -> bool:
    if status == "proposed":
        return False
    ref, day = dates.latest(scene.published), dates.latest(event)
    if ref and day and (ref - day).days > 45:
        return True
    return cues("zh").has("past", masked[clause : min(len(masked), end)]) or bool(
        re.match(r"(?:此前|去年|早在|曾)", masked)
    )


def _statement(
    sentence: Sentence, masked: str, mentions: Sequence[Mention], commodities: tuple[str, ...], topic: tuple[str, ...],
    scene: Scene, last: Mention | None,
) -> list[Hit]:  # fmt: skip
    cue = cues("zh")
    if not cue.has("statement", masked):
        return []
    if not commodities and not (topic and cue.has("strong", masked)):
        return []
    who = [
        m
        for m in mentions
        if m.kind in {"body", "person"} and m.country and m.country != "WTO" and not _OBLIQUE.search(masked[: m.start])
    ]
    who = [
        m
        for m in who
        if re.match(
            r"(?:新闻)?(?:发言人)?[^。；]{0,40}?(?:表示|强调|指出|称|回应|说|敦促|警告|呼吁|反对|批评|否认|重申|谴责|抗议|透露|介绍|要求|希望|承诺|驳斥)",
            masked[m.end :],
        )
    ]
    actor = who[0] if who else None
    if (
        actor is None
        and last is not None
        and re.match(
            r"(?:他|她|发言人|会议|该负责人)[^。]{0,10}(?:表示|强调|指出|称|说|要求)",
            masked,
        )
    ):
        actor = last
    if actor is None:
        country = next(
            (
                m
                for m in mentions
                if m.kind == "country"
                and re.match(
                    r"(?:方|政府)?[^，。]{0,6}(?:表示|强调|敦促|反对|谴责|重申|呼吁|要求)",
                    masked[m.end :],
                )
            ),
            None,
        )
        actor = country
    if actor is None or cues("zh").has("analyst", masked):
        return []
    event, _ = _dates(sentence.text, scene, actor.end, actor.end)
    rule = Rule(
        "zh.statement",
        "statement",
        "verb",
        "sentence",
        re.compile(""),
        None,
        None,
        "signalled",
        "neutral",
        True,
        None,
        0.78,
    )
    return [
        Hit(
            rule=rule.id, action="statement", sentence=sentence, start=actor.end, end=len(masked), actor=actor, direct=True,
            status="signalled", polarity="neutral", targets=_targets(rule, masked, mentions, actor, ()), commodities=commodities or topic,
            own_mineral=bool(commodities), event_date=event, effective_date=None, voice=_voice(masked, mentions),
            background=_background(masked, 0, 12, event, scene, "signalled"), subordinate=False,
            denied=cue.has("denial", masked), confidence=rule.confidence,
        )
    ]  # fmt: skip
