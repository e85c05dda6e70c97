"""What does the brief rest on, and what should it not be trusted for? Sources and limits, counted from the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from ytterby import atlas
from ytterby.brief import _words as words
from ytterby.brief._model import BriefArticle, BriefMeasure, Scenario, SourceUse
from ytterby.obligations import Duty
from ytterby.signals import Signal

__all__ = ["limits_of", "sources_of"]

_BASE = ("commodities", "processes", "capacity", "demand", "flows", "costs", "elasticities", "anchors")
"""Tables of the atlas that the calibrated base year is made of."""

_SHOWN = 8
"""Sources of the base year that are named, by the number of rows that rest on them."""


def sources_of(
    article: BriefArticle, measures: Sequence[BriefMeasure], duties: Sequence[Duty], found: Sequence[Scenario]
) -> list[SourceUse]:
    """Return every source with what it is used for; one that serves twice stands once."""
    titles: dict[str, str] = {}
    uses: dict[str, list[str]] = {}
    urls: dict[str, str | None] = {}

    def use(title: str | None, url: str | None, used_for: str) -> None:
        key = url or title or "untitled"
        shown = title or url or "untitled"
        titles[key] = max(titles.get(key, ""), shown, key=len)
        urls[key] = url
        kept = uses.setdefault(key, [])
        if used_for not in kept:
            kept.append(used_for)

    use(article.title or "the article", article.url, "signals and quotes")
    for m in measures:
        if m.url is not None:
            use(m.source, m.url, f"state of {m.id}")
    for duty in duties:
        for source in duty.sources:
            use(source.title, source.url, f"duties of {duty.rule} ({words.say('tiers', source.tier)})")
    if found:
        for title, url, rows in _base_sources()[:_SHOWN]:
            use(title, url, f"base year 2024 ({words.count(rows, 'row')})")
    for scenario in found:
        for a in scenario.assumptions:
            if a.source:
                use(a.source, a.url, f"assumption {a.name.replace('_', ' ')}")
    return [SourceUse(title=titles[key], url=urls[key], used_for="; ".join(kept)) for key, kept in uses.items()]


@cache
def _base_sources() -> list[tuple[str, str, int]]:
    rows: Counter[tuple[str, str]] = Counter()
    for name in _BASE:
        frame = atlas.table(name)
        known = frame[frame["url"].astype(str).str.startswith("http")]
        rows.update(zip(known["source"].astype(str), known["url"].astype(str), strict=True))
    return sorted(((t, u, n) for (t, u), n in rows.items()), key=lambda r: (-r[2], r[0]))


@cache
def _estimates() -> tuple[int, int]:
    """Return how many rows of the base year are estimates, and how many there are."""
    qualities = [q for name in _BASE for q in atlas.table(name)["quality"].astype(str)]
    return sum(q == "estimate" for q in qualities), len(qualities)


def limits_of(
    signals: Sequence[Signal],
    measures: Sequence[BriefMeasure],
    duties: Sequence[Duty],
    found: Sequence[Scenario],
    *,
    as_of_basis: str,
    known_to: str,
) -> list[str]:
    """Return what a reader has to know before leaning on the brief."""
    return list(_limits(signals, measures, duties, found, as_of_basis, known_to))


def _limits(
    signals: Sequence[Signal],
    measures: Sequence[BriefMeasure],
    duties: Sequence[Duty],
    found: Sequence[Scenario],
    as_of_basis: str,
    known_to: str,
) -> Iterable[str]:
    yield f"The day of the brief: {as_of_basis}."
    if signals:
        yield (
            "Signals are found by rules in one text. Each rests on the sentence quoted; what other reports say is not "
            "used, and whether the text is true is not judged."
        )
    if measures:
        yield (
            f"The register was read up to {words.day(known_to)}; nothing after that day is known to it. A state beyond "
            "it is what a text promised, not what was seen."
        )
    if duties:
        tiers = Counter(source.tier for duty in duties for source in duty.sources)
        read = tiers["full_text"]
        yield (
            f"Of the {words.count(sum(tiers.values()), 'reference')} behind the duties, {read or 'none'} "
            f"{'were' if read > 1 else 'was'} read in full; the rest in excerpts, through third parties or not at all. "
            "This is no legal advice."
        )
    if found:
        estimates, rows = _estimates()
        draws = max(s.draws for s in found)
        yield (
            f"Prices and flows are those of a model calibrated to 2024, in which {estimates:,} of {rows:,} rows are "
            "estimates. A scenario is compared with that year, not with the day of the article."
        )
        yield (
            f"Ranges cover the middle 80% of {words.count(draws, 'draw')} over elasticities and assumptions. They show "
            "what the model's own numbers leave open, not the chance that a measure comes."
            if draws
            else "No draws were made: the results are one central run and carry no range."
        )
        yield (
            "A shortage is use that is given up at the model's prices over a year; a line that stops for want of one "
            "part can lose more. “No data” means that the model has none, not that nothing is short."
        )
