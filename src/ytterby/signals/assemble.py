"""How do the finds of single sentences become the signals of an article?

One signal per actor, act and measure: finds of the same act by the same government are merged, an unnamed actor is
filled from the article, a ministry that speaks for its government's act becomes its actor, words that only explain an
announcement are dropped, and what the text only recalls is marked as background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ytterby.signals import dates
from ytterby.signals.hits import Hit
from ytterby.signals.lexicon import country_name, table
from ytterby.signals.mentions import Mention, Scene, named
from ytterby.signals.model import Relation, Signal

__all__ = ["assembled"]

_SOFT = {"statement", "talks", "visit_inspection"}
_SPECIFIC = {
    "person": 0,
    "body": 1,
    "office": 2,
    "government": 3,
    "country": 3,
    "adjective": 4,
}


def assembled(hits: Sequence[Hit], scene: Scene, *, counter: bool) -> tuple[Signal, ...]:
    """Return the article's signals in the order of its text.

    Parameters
    ----------
    hits
        The finds of all sentences, in order.
    scene
        The article's date and main country.
    counter
        Whether the text says that one act answers another ("in retaliation", 反制).
    """
    live = [h for h in hits if not (h.denied and h.action not in {"statement", "talks"})]
    live = [_placed(h, scene, live[:i]) for i, h in enumerate(live)]
    live = [h for h in live if h.actor is not None and h.actor.country]
    groups = _groups(live)
    merged = [_merged(g, scene) for g in groups]
    kept = _settled(_dated(merged, scene))
    kept.sort(
        key=lambda h: (
            h.sentence.start,
            h.start,
            h.action,
            h.actor.country if h.actor else "",
        )
    )
    return _signals(kept, counter)


def _placed(h: Hit, scene: Scene, before: Sequence[Hit]) -> Hit:
    """Fill in the actor's country from the article, and the actor from the law where the text names none."""
    actor = h.actor
    if actor is None:
        for earlier in reversed(before):
            if earlier.action == h.action and earlier.actor is not None and earlier.actor.country:
                return _placed(replace(h, actor=earlier.actor), scene, ())
        if not scene.country:
            return h
        rows = {
            (r["country"], r["action"]): r
            for r in table("authorities.csv", ("country", "action", "canonical", "rank", "source"))
        }
        key = "regulation_reporting" if h.rule == "rule.report" else h.action
        row = rows.get((scene.country, key))
        if row:
            return replace(
                h,
                actor=Mention(0, 0, "body", row["canonical"], scene.country, row["rank"]),
            )
        return replace(h, actor=_government(scene.country))
    if not actor.country:
        actor = replace(actor, country=scene.country)
    if actor.kind in {"government", "country", "adjective", "office"} and actor.country:
        rank = actor.rank if actor.kind == "office" else "government_unspecified"
        actor = replace(
            actor,
            canonical=country_name(actor.country),
            rank=rank or "government_unspecified",
        )
    if actor.kind == "body":
        actor = named(actor)
    if actor.rank == "spokesperson" and h.action != "statement" and actor.body:
        actor = replace(actor, kind="body", canonical=actor.body, rank="ministry")
    return replace(h, actor=actor)


def _government(country: str) -> Mention:
    return Mention(0, 0, "country", country_name(country), country, "government_unspecified")


def _key(h: Hit) -> tuple[str, ...]:
    assert h.actor is not None
    base = (h.action, h.actor.country, str(h.background))
    if h.action == "easing":
        return (*base, h.status)
    if h.action in {"statement", "visit_inspection"}:
        return (*base, h.actor.canonical)
    if h.background:
        return (*base, "+".join(h.commodities) if h.own_mineral else "")
    return base


def _groups(hits: Sequence[Hit]) -> list[list[Hit]]:
    groups: dict[tuple[str, ...], list[Hit]] = {}
    for h in hits:
        key = _key(h)
        if h.background and not h.own_mineral:
            key = next((k for k in reversed(groups) if k[:3] == key[:3]), key)
        groups.setdefault(key, []).append(h)
    return list(groups.values())


def _merged(group: list[Hit], scene: Scene) -> Hit:
    """Return the best find of a group with what the others add."""
    rank = {
        id(h): (
            _SPECIFIC[h.actor.kind] if h.actor else 9,
            not h.direct,
            -h.confidence,
            h.sentence.start,
        )
        for h in group
    }
    lead = min(
        group, key=lambda h: (h.sentence.text[-1:].isalnum(), -round(h.confidence, 1), h.sentence.start, h.start)
    )
    actor = min(group, key=lambda h: rank[id(h)]).actor
    own = [c for h in group if h.own_mineral for c in h.commodities]
    commodities = tuple(dict.fromkeys(own)) or lead.commodities
    if lead.action == "investment_curb" and not own:
        commodities = ()
    effective = next((h.effective_date for h in group if h.effective_date), None)
    event = next((h.event_date for h in group if h.event_date), None)
    status = lead.status
    ref, day = dates.latest(scene.published), dates.latest(effective)
    if status == "in_force" and ref and day and day > ref:
        status = "announced"
    targets = tuple(dict.fromkeys(t for h in group for t in h.targets))
    bodies = tuple(dict.fromkeys(b for h in group for b in h.bodies if actor is None or b != actor.canonical))
    return replace(
        lead, actor=actor, commodities=commodities, effective_date=effective, event_date=event, status=status,
        targets=targets, bodies=bodies, place=next((h.place for h in group if h.place), None),
        occasion=next((h.occasion for h in group if h.occasion), None), also=tuple(h.sentence.start for h in group),
    )  # fmt: skip


def _dated(found: list[Hit], scene: Scene) -> list[Hit]:
    """Where the article has a fresh act, one that it dates more than a week back is what it recalls."""
    ref = dates.latest(scene.published)
    if ref is None or len(scene.published or "") < 10:
        return found

    def age(h: Hit) -> int:
        day = dates.latest(h.event_date)
        return (ref - day).days if day else 0

    fresh = [h for h in found if not h.background and h.action not in _SOFT and age(h) <= 7]
    return [
        replace(h, background=True)
        if age(h) > 7 and h.action not in _SOFT and any(f.sentence.start != h.sentence.start for f in fresh)
        else h
        for h in found
    ]


def _settled(found: list[Hit]) -> list[Hit]:
    """Drop what another find of the article makes superfluous."""
    news = [h for h in found if not h.background]
    measures = [h for h in news if h.action not in _SOFT]
    out = []
    for h in found:
        assert h.actor is not None
        if h.background and any(
            n.action == h.action
            and n.actor
            and n.actor.country == h.actor.country
            and set(n.commodities) >= set(h.commodities)
            and not h.effective_date
            and not h.event_date
            for n in news
        ):
            continue
        if h.action == "statement" and any(_explains(h, m) for m in measures):
            continue
        if (
            h.action == "agreement"
            and h.rule in _BUNDLES
            and any(m.action == "easing" and m.actor and m.actor.country == h.actor.country for m in measures)
        ):
            continue
        if h.action == "talks" and any(
            m.action == "agreement" and m.actor and m.actor.country == h.actor.country for m in measures
        ):
            continue
        out.append(h)
    return [_spoken(h, found) for h in out]


_BUNDLES = {"agreement.reached", "zh.agreement.reached"}
"""Rules of deals that are only the name of the bundle; the concessions in it are the signals."""


def _explains(h: Hit, m: Hit) -> bool:
    """Words of the same government that only give the reason of what it announces."""
    if h.actor is None or m.actor is None or h.actor.country != m.actor.country or h.denied:
        return False
    same = m.actor.canonical in {h.actor.canonical, h.actor.body}
    return (
        same or h.actor.kind != "person" or m.actor.rank == "government_unspecified" or h.actor.rank == "spokesperson"
    )


def _spoken(h: Hit, found: Sequence[Hit]) -> Hit:
    """Give a measure of a government whose ministry explains it to the ministry."""
    if h.background or h.action in _SOFT or h.actor is None or h.actor.rank != "government_unspecified":
        return h
    for s in found:
        if (
            s.action == "statement"
            and s.actor
            and s.actor.country == h.actor.country
            and not s.background
            and not s.denied
        ):
            if s.actor.kind == "body":
                return replace(
                    h,
                    actor=s.actor if s.actor.rank != "spokesperson" else replace(s.actor, rank="ministry"),
                )
            if s.actor.body:
                return replace(
                    h,
                    actor=replace(s.actor, kind="body", canonical=s.actor.body, rank="ministry"),
                )
    return h


def _signals(found: list[Hit], counter: bool) -> tuple[Signal, ...]:
    ids = {id(h): f"s{i}" for i, h in enumerate(found, 1)}
    out = []
    for h in found:
        assert h.actor is not None
        out.append(
            Signal.model_validate(
                {
                    "id": ids[id(h)], "actor": h.actor.canonical, "actor_country": h.actor.country,
                    "actor_rank": h.actor.rank or "government_unspecified", "action": h.action, "status": h.status,
                    "polarity": h.polarity, "target_country": h.targets, "commodities": h.commodities,
                    "event_date": h.event_date, "effective_date": h.effective_date, "place": h.place,
                    "bodies": h.bodies, "occasion": h.occasion, "voice": h.voice, "background": h.background,
                    "sentence": h.sentence.text, "start": h.sentence.start, "end": h.sentence.end, "measure_id": None,
                    "measure_candidates": (), "relations": _relations(h, found, ids, counter), "rule": h.rule,
                    "confidence": round(max(0.05, min(0.99, h.confidence)), 2),
                }
            )
        )  # fmt: skip
    return tuple(out)


def _relations(h: Hit, found: Sequence[Hit], ids: dict[int, str], counter: bool) -> tuple[Relation, ...]:
    """Return the acts in an "after" clause: the act before them answered them, if another government took them."""
    if h.action in _SOFT or h.answers or h.actor is None:
        return ()
    out = []
    for o in found:
        if o is h or not o.answers or o.actor is None or o.action in _SOFT:
            continue
        if set(o.also) & set(h.also):
            other = o.actor.country != h.actor.country
            out.append(Relation(to=ids[id(o)], kind="response_to" if other or counter else "after"))
    return tuple(out)
