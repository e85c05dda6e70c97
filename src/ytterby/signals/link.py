"""Which measure of the register is a signal about? If none is, what would the proposed one be?

A measure fits by its issuer and instrument; commodities, target and the nearness of dates rank the ones that fit, and
between equals the one whose title has more of the sentence's words.

>>> from ytterby.signals.reading import read_text
>>> text = "Some graphite products will require export permits from Dec. 1, China's commerce ministry said on Friday."
>>> linked(read_text(text, published="2023-10-20")).signals[0].measure_id
'CHN-A39-2023'
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from functools import cache, lru_cache

from ytterby.measures import Measure, Register
from ytterby.signals import dates
from ytterby.signals.lexicon import table
from ytterby.signals.model import Article, ProposedMeasure, Signal

__all__ = ["linked"]

_ENOUGH = 2.0
_NEWS_OF_A_CASE = 365
_GOODS = {"REE": "rare earths", "CM": "critical minerals"}
_ACTS = {"subsidy": "state support"}
_CANDIDATES = 4
"""Measures that are kept beside a signal; more only where they fit as well and came on the same day."""
_STEM = 6
_FUNCTION_WORDS = {"and", "the", "for", "from", "all", "incl", "its", "with", "first", "announcement"}
_NAMED = 0.75
_WORDS = 4
"""Words and share of a title's words from which on a sentence names the measure, however old."""
_BROAD = {"critical minerals", "34 CRM", "17 SRM", "CRM", "rare metals", "dual-use"}
_RARE = {"ALL_REE", "REE", "17 REE"}


@cache
def _instruments() -> dict[str, dict[str, re.Pattern[str]]]:
    """Return, by action, the instruments that can be meant, each with the words that the sentence must have."""
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for row in table("instruments.csv", ("action", "instrument", "words")):
        found.setdefault(row["action"], {})[row["instrument"]] = re.compile(row["words"], re.IGNORECASE)
    return found


def linked(article: Article, register: Register | None = None) -> Article:
    """Return the article with its signals tied to measures, and drafts for proposals that the register lacks.

    Parameters
    ----------
    article
        As it was read.
    register
        The measures; the shipped register if not given.
    """
    if not article.signals:
        return article
    register = register or Register.default()
    signals, drafts = [], []
    for s in article.signals:
        ranked = _candidates(s, article, register)
        draft = None if ranked else _draft(s, article)
        if draft is not None:
            drafts.append(draft)
        best = ranked[0] if ranked else draft.id if draft else None
        signals.append(s.model_copy(update={"measure_id": best, "measure_candidates": tuple(ranked)}))
    return article.model_copy(update={"signals": tuple(signals), "proposed_measures": tuple(drafts)})


def _candidates(s: Signal, article: Article, register: Register) -> list[str]:
    kinds = _instruments().get(s.action)
    if not kinds:
        return []
    scored = []
    for name in register.ids:
        if not name.startswith(_issuers(s)):
            continue
        measure = register[name]
        words = kinds.get(measure.instrument.type)
        if words is not None and words.search(s.sentence):
            score = _score(s, article, measure)
            if score is not None and score >= _ENOUGH:
                said, _ = _said(s, measure)
                day = (measure.announced or dt.date.max).toordinal()
                # where nothing tells when the article was written, the later of two measures is the likelier
                scored.append((-round(score, 6), -said, day if article.published else -day, name))
    scored.sort()
    kept = scored[:_CANDIDATES]
    acts = {(score, day) for score, _, day, _ in kept}
    return [name for n, (score, _, day, name) in enumerate(scored) if n < _CANDIDATES or (score, day) in acts]


def _said(s: Signal, measure: Measure) -> tuple[int, float]:
    """Return how many words of a measure's title the sentence has, and their share; none where a number differs.

    Words are compared by their first letters, so that ``licences`` is ``licence`` and ``exports`` is ``exporter``.
    """
    title, sentence = _stems(measure.title), _stems(s.sentence)
    if not {w for w in title if w.isdigit()} <= sentence:
        return sum(not w.isdigit() for w in title & sentence), 0.0
    return len(title & sentence), len(title & sentence) / max(len(title), 1)


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"\d+|[^\W\d_]{3,}", text.lower())
    return frozenset(w[:_STEM] for w in words if w not in _FUNCTION_WORDS)


def _issuers(s: Signal) -> tuple[str, ...]:
    """Return how the ids of measures begin that can be meant: a deal is on record under either of its parties."""
    if s.action == "trade_dispute":
        return ("WTO-",)
    if s.action == "agreement":
        return tuple(f"{c}-" for c in (s.actor_country, *s.target_country))
    return (f"{s.actor_country}-",)


def _score(s: Signal, article: Article, measure: Measure) -> float | None:
    """Points for commodities, target, status and date; None where one of them speaks against the measure."""
    goods = _goods(s, measure)
    if goods is None:
        return None
    score = 1.0 + goods
    if s.target_country and s.action not in {"agreement", "trade_dispute"}:
        reach = {*measure.scope.destination, *measure.scope.origin}
        if set(s.target_country) & reach:
            score += 0.6
        elif "WORLD" not in reach:
            return None
    sides = {*measure.scope.destination, *measure.scope.origin, measure.issuer.jurisdiction}
    if measure.instrument.type == "bilateral_framework" and not {s.actor_country, *s.target_country} <= sides:
        return None
    if (measure.legal_status == "proposed") == (s.status in {"proposed", "signalled"}):
        score += 0.5
    if measure.legal_status == "proposed" and s.status == "in_force" and _said(s, measure)[0] < _WORDS:
        return None
    near = _nearness(s, article, measure)
    return None if near is None else score + near


def _goods(s: Signal, measure: Measure) -> float | None:
    named = set(measure.elements) | ({"graphite"} & set(measure.elements))
    if {"diamond"} & named:
        named.add("superhard")
    wanted = set(s.commodities)
    if not named:
        return 0.3
    rare = bool(measure.rare_earths)
    if not wanted:
        return 0.2 if s.action in {"investment_curb", "easing"} else None
    if wanted & named:
        return 1.2
    if ("REE" in wanted or "magnets" in wanted) and rare:
        return 1.0
    if named & _RARE and wanted & set(measure.rare_earths):
        return 0.9
    if "CM" in wanted and named & (_BROAD | _RARE):
        return 1.0 if named & _BROAD else 0.4
    if named & _BROAD:
        return 0.6
    return None


def _nearness(s: Signal, article: Article, measure: Measure) -> float | None:
    """From 1.2 for the same week down to nothing; None where the measure came after the article or far from the act."""
    published = dates.latest(article.published)
    day = measure.day
    if published and (day - published).days > 10:
        return None
    if s.action == "trade_dispute":
        # a case is one measure from the complaint to the last ruling and its execution
        over = (
            measure.ended is not None and published is not None and (published - measure.ended).days > _NEWS_OF_A_CASE
        )
        return None if over else 0.8
    count, share = _said(s, measure)
    named = 0.4 if count >= _WORDS and share >= _NAMED and measure.ended is None else None
    if s.effective_date and measure.effective:
        gap = abs((measure.effective - (dates.latest(s.effective_date) or measure.effective)).days)
        if gap <= 3:
            return 2.0
    if s.event_date:
        last = dates.latest(s.event_date)
        first = dt.date(*(int(p) for p in (s.event_date + "-01-01").split("-")[:3]))
        if last and first <= day <= last:
            return 1.5
        away = min(abs((day - first).days), abs((day - last).days)) if last else 999
        return 0.8 if away <= 21 else (0.2 if away <= 90 else named)
    if published is None:
        return 0.3
    age = (published - day).days
    if s.background:
        return 0.8 if age <= 400 else 0.3
    if s.status in {"proposed", "signalled"}:
        return 1.0 if age <= 45 else (0.4 if age <= 240 else named)
    return 1.2 if age <= 10 else (0.7 if age <= 45 else named)


def _goods_named(s: Signal) -> str:
    return ", ".join(_GOODS.get(c, c) for c in s.commodities) or "goods not named"


def _draft(s: Signal, article: Article) -> ProposedMeasure | None:
    """Return a proposed measure, if the text plans a concrete instrument."""
    if s.status not in {"proposed", "announced"} or s.background or s.action in {"agreement", "easing"}:
        return None
    if s.action not in _instruments() or s.action == "talks":
        return None
    key = f"{s.actor_country}|{s.action}|{'+'.join(sorted(s.commodities))}|{s.sentence}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return ProposedMeasure(
        id=f"DRAFT-{s.actor_country}-{digest}",
        title=f"{_ACTS.get(s.action, s.action.replace('_', ' '))} on {_goods_named(s)} ({s.status})",
        issuer=s.actor_country, agency=s.actor, instrument=s.action, commodities=s.commodities,
        state="proposed" if s.status == "proposed" else "announced", announced=s.event_date or article.published,
        effective=s.effective_date, destination=s.target_country, sentence=s.sentence, signal=s.id,
    )  # fmt: skip
