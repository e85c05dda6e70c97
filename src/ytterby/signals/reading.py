"""Which signals has a text? The cascade: gate, segments, sentences, rules, article.

>>> text = "China said on Friday it will ban exports of antimony to the United States."
>>> article = read_text(text, published="2024-12-06")
>>> [(s.actor_country, s.action, s.status, s.target_country) for s in article.signals]
[('CHN', 'export_ban', 'announced', ('USA',))]
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from ytterby.signals.assemble import assembled
from ytterby.signals.gate import passes
from ytterby.signals.hits import Hit
from ytterby.signals.lexicon import topic_of
from ytterby.signals.mentions import Scene, find, remember
from ytterby.signals.model import Article, Basis, Segment, Signal
from ytterby.signals.rules import cues
from ytterby.signals.sentences import Sentence, segments, sentences

__all__ = ["language_of", "read_text"]


def language_of(text: str) -> str:
    """Return ``zh``, ``en``, ``de``, ``fr``, ``ja`` or ``und`` by the script and the commonest words of `text`.

    >>> language_of("商务部宣布对稀土实施出口管制。"), language_of("The ministry said so.")
    ('zh', 'en')
    """
    sample = text[:4000]
    han = len(re.findall(r"[\u4e00-\u9fff]", sample))
    if len(re.findall(r"[\u3040-\u30ff]", sample)) * 8 > han + 8:
        return "ja"
    latin = len(re.findall(r"[A-Za-z]", sample))
    if han * 3 > latin:
        return "zh"
    words = Counter(re.findall(r"[a-zà-ÿ]+", sample.lower()))
    scores = {
        "en": sum(words[w] for w in ("the", "of", "and", "to", "in", "has", "said", "on", "is", "that")),
        "de": sum(
            words[w]
            for w in (
                "der",
                "die",
                "das",
                "und",
                "für",
                "mit",
                "ein",
                "ab",
                "dem",
                "von",
            )
        ),
        "fr": sum(words[w] for w in ("le", "la", "les", "des", "et", "du", "une", "en", "selon", "pas")),
    }
    best = max(scores, key=lambda k: scores[k])
    return best if scores[best] else ("en" if latin else "und")


def read_text(
    text: str,
    *,
    id: str = "text",  # noqa: A002 - the public name of the field
    title: str | None = None,
    title_in_text: bool = False,
    published: str | None = None,
    published_basis: Basis | None = None,
    url: str | None = None,
    language: str | None = None,
    body: Sequence[Segment] | None = None,
) -> Article:
    """Read one text.

    Parameters
    ----------
    text
        The article as given; all offsets are code points in it.
    id
        Its id in the output.
    title
        Its title; with `title_in_text` the first line of `text`.
    published
        Day of publication, ISO 8601, perhaps month or year alone; relative dates are resolved against it.
    published_basis
        How that day is known.
    language
        ISO 639-1; found from the text if not given.
    body
        Segments, if the caller knows them (HTML); else found in the text.
    """
    lang = language or language_of(text)
    parts = tuple(body) if body is not None else segments(text, title=title_in_text)
    if published and published_basis is None:
        published_basis = "given"
    signals: tuple[Signal, ...] = ()
    if passes(f"{title or ''}\n{text}"):
        signals = _signals(text, title, title_in_text, published, lang, parts)
    news = [s.confidence for s in signals if not s.background]
    relevance = 1 - math.prod(1 - c for c in news) if news else (0.2 if signals else 0.0)
    return Article(
        id=id, title=title, published=published, published_basis=published_basis, url=url, language=lang,
        relevant=bool(news), relevance=round(relevance, 3), event_cluster=None, segments=parts, signals=signals,
        proposed_measures=(),
    )  # fmt: skip


def _signals(
    text: str,
    title: str | None,
    title_in_text: bool,
    published: str | None,
    lang: str,
    parts: Sequence[Segment],
) -> tuple[Signal, ...]:
    chinese = lang in {"zh", "ja"}
    found: list[Sentence] = []
    for part in parts:
        if part.kind == "body":
            found += sentences(text, part.start, part.end, chinese=chinese)
    if title_in_text and found:
        found = found[1:]
    if chinese:
        from ytterby.signals.chinese import read_article

        return read_article(found, title, published)
    return _english(found, title, published)


def _english(found: Sequence[Sentence], title: str | None, published: str | None) -> tuple[Signal, ...]:
    from ytterby.signals.circumstances import in_effect
    from ytterby.signals.english import guess_sentence, read_sentence

    whole = " ".join(s.text for s in found)
    topic = topic_of(title or "", whole)
    scene = Scene(published=published)
    scene.country = _main_country(title or "", found, scene)
    hits: list[Hit] = []
    for sentence in found:
        deal = any(h.action in {"easing", "agreement"} and not h.denied for h in hits)
        hits = in_effect(hits, sentence, published)
        new = read_sentence(sentence, scene, topic=topic, deal=deal)
        scene.history = bool(new) and all(h.background for h in new)
        hits += new
        remember(find(sentence.text, scene), scene, sentence.text)
    if not any(not h.denied for h in hits):
        hits += next((g for s in found if (g := guess_sentence(s, scene))), [])
    return assembled(hits, scene, counter=cues("en").has("counter", whole.lower()))


def _main_country(title: str, found: Sequence[Sentence], scene: Scene) -> str:
    for text in (title, *(s.text for s in found)):
        for m in find(text, scene):
            if m.country and m.kind != "media" and m.country != "WTO":
                return m.country
    return ""
