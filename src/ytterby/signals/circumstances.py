"""When, where, on what occasion, in whose voice, and as news or as history does an English sentence tell of an act?"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from ytterby.signals import dates
from ytterby.signals.actors import speakers
from ytterby.signals.hits import Hit, Match, View, symbols
from ytterby.signals.lexicon import chosen, commodity_terms
from ytterby.signals.model import Status, Voice
from ytterby.signals.rules import cues
from ytterby.signals.sentences import Sentence

__all__ = ["goods_of", "in_effect", "is_background", "occasion_of", "place_of", "voice_of", "when"]

_NEWS_DAYS = 45
"""An act that the text dates longer ago than this is history."""
_YEAR = re.compile(r"\bin ((?:19|20)\d\d)\b")


def when(view: View, verb: int, end: int) -> tuple[str | None, str | None]:
    """Return the day of the act and the day from which it holds, as far as the sentence states them."""
    cue = cues("en")
    event = effective = None
    ref = dates.latest(view.scene.published)
    found = dates.find(view.text, view.scene.published)
    for d in sorted(found, key=lambda d: min(abs(d.start - end), abs(d.end - verb))):
        told = cue["other_act"].search(view.masked, max(0, d.start - 26), d.start)
        if told and told.start() > verb and told.start() >= end:
            continue
        if d.role in {"from", "since"}:
            effective = effective or d.iso
        elif d.role in {"on", "in"} and ref is not None and _ahead(view.text, d, ref):
            # an act cannot lie ahead: what will be lifted "on October 16" holds from that day
            effective = effective or d.iso
        elif d.role == "in" and len(d.iso) == 7 and cue.has("comes", view.masked[max(0, d.start - 90) : d.start]):
            # "will ban exports in June" is ahead; which June, the text leaves open
            continue
        elif d.role in {"on", "in"}:
            event = event or d.iso
    if effective is None and cue.has("immediate", view.masked) and event and len(event) == 10:
        effective = event
    return event, effective


def _ahead(text: str, d: dates.DateRef, ref: dt.date) -> bool:
    """Whether a date lies after the article, as far as it says; a month without its year does not."""
    stated = len(d.iso) != 7 or d.iso[:4] in text[d.start : d.end]
    return stated and d.iso > ref.isoformat()[: len(d.iso)]


def is_background(view: View, match: Match, event: str | None, status: Status) -> bool:
    """Whether the sentence recalls an act rather than reports it."""
    cue = cues("en")
    masked = view.masked
    window = masked[match.begin : min(len(masked), match.end + 50)]
    if status == "proposed" and not cue.has("long_ago", window):
        return False
    ref, day = dates.latest(view.scene.published), dates.latest(event)
    if ref and day and (ref - day).days > _NEWS_DAYS:
        return True
    if ref:
        window = _YEAR.sub(lambda m: " " * len(m.group()) if int(m[1]) > ref.year else m.group(), window)
    if cue.has("past", window) or (cue.has("past_perfect", window) and not cue.has("reported", masked)):
        return True
    lead = cue["lead_in"].search(masked)
    if lead and lead.start() < match.verb and cue.has("market_move", masked[: lead.start()]):
        return True
    return match.subordinate and cue.has("after", masked[max(0, match.begin - 12) : match.begin])


def voice_of(view: View) -> Voice:
    """Return who speaks: analysts, sources, state media, an official, or the reporter."""
    cue = cues("en")
    if cue.has("analyst", view.masked):
        return "analyst"
    if cue.has("sources", view.masked):
        return "sources"
    if any(m.canonical == "Xinhua" for m in view.mentions):
        return "state_media"
    return "official" if speakers(view.masked, view.mentions) else "reporter"


def place_of(text: str) -> str | None:
    """Return the place that the sentence names.

    >>> place_of("Li inspected rare earth facilities in Jiangxi province this week.")
    'Jiangxi'
    """
    found = cues("en")["place"].search(text)
    return found.group(1).strip(" ,") if found else None


def occasion_of(masked: str) -> str | None:
    """Return the occasion (a festival, a summit) near the act."""
    found = cues("en")["occasion"].search(masked)
    return found.group(1).strip() if found else None


def goods_of(view: View, match: Match) -> tuple[str, ...]:
    """Return the minerals of the act's own clause."""
    stop = cues("en")["clause_end"].search(view.masked, match.end)
    reported = view.masked[max(match.begin - 5, 0) : match.begin].strip() == "that"
    start = max(match.begin - 60, 0) if reported else match.begin
    return symbols(chosen(commodity_terms(view.text[start : stop.start() if stop else len(view.text)])))


def in_effect(hits: list[Hit], sentence: Sentence, published: str | None) -> list[Hit]:
    """Give the last measure the day that a following sentence states for it ("It took effect on Tuesday")."""
    if not hits or not cues("en").has("in_effect", sentence.text):
        return hits
    found = [d for d in dates.find(sentence.text, published) if d.role != "until"]
    last = hits[-1]
    if not found or last.effective_date or last.action in {"statement", "talks", "visit_inspection", "agreement"}:
        return hits
    day, ref = dates.latest(found[0].iso), dates.latest(published)
    status = last.status
    if ref and day and status in {"announced", "in_force"}:
        status = "announced" if day > ref else "in_force"
    return [*hits[:-1], replace(last, effective_date=found[0].iso, status=status)]
