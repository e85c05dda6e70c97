r"""Which part of an item's supply does a cut take? Exact bounds.

An item holds the masses $m_o$ of an element by origin $o$ at a step, with $l_o \le m_o \le h_o$ and their sum within
$[L, H]$. A cut takes the share $w_o$ of what comes from $o$. The part of the element that does not come is the average

    a = sum_o w_o m_o / sum_o m_o ,

whose extremes over the box are found greedily: mass is added in the order of its weight while it moves the average.
What has no origin may come from any, so its weight is anything between the least and the greatest.

Over the steps and elements of an item the scarcest counts: what is missing of one is not missing again of another
where both are missing in the same lot, and adds up where they are missing in different ones; no more than the greatest
share that is cut can be missing. The bounds are $[\max a^{low}, \min(\max w, \sum a^{high})]$.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ytterby.exposure.content import TOTAL, UNKNOWN, Bounds, Content, Steps
from ytterby.exposure.cut import STEPS, Cut

__all__ = ["affected", "average"]


def affected(content: Content, item: str, cuts: Sequence[Cut]) -> Bounds:
    """Return the bounds of the part of an item's supply that cuts take, all of them being in force."""
    found: list[Bounds] = []
    for element in dict.fromkeys(e for cut in cuts for e in cut.elements):
        mine = [cut for cut in cuts if element in cut.elements and cut.share > 0]
        held = content.bounds.get(item, {})
        if element in held:
            found += [_at_step(held[element], step, mine) for step in _steps(held[element], mine)]
        elif item in content.open_items:
            could_be = content.open_items[item]
            if could_be is None or element in could_be:
                found.append((0.0, max((cut.share for cut in mine), default=0.0)))
    most = max((cut.share for cut in cuts), default=0.0)
    return max((a[0] for a in found), default=0.0), min(most, sum(a[1] for a in found))


def _steps(held: Steps, cuts: Iterable[Cut]) -> list[str | None]:
    """Return the steps that matter: those that cuts name, and for a cut at any step those that the content has."""
    told: list[str | None] = [step for step in STEPS if step in held]
    named: list[str | None] = [cut.step for cut in cuts if cut.step is not None]
    free = (told or [None]) if any(cut.step is None for cut in cuts) else []
    return list(dict.fromkeys([*named, *free]))


def _at_step(held: Steps, step: str | None, cuts: Iterable[Cut]) -> Bounds:
    mine = [cut for cut in cuts if cut.step in (None, step)]
    everywhere = max((cut.share for cut in mine if cut.origins is None), default=0.0)
    somewhere = max((cut.share for cut in mine), default=0.0)
    whole = (everywhere, max(everywhere, somewhere))
    rows = held.get(step)
    if rows is None:
        rows = {TOTAL: next((r[TOTAL] for r in held.values() if TOTAL in r), _sum(next(iter(held.values()))))}
    parts = {origin: bounds for origin, bounds in rows.items() if origin != TOTAL}
    least, greatest = rows.get(TOTAL) or _sum(parts)
    parts = parts or {UNKNOWN: (least, greatest)}
    total = (max(least, _sum(parts)[0]), greatest)
    low, high = [], []
    for origin, bounds in parts.items():
        weight = max((c.share for c in mine if c.origins is None or origin in c.origins), default=0.0)
        ends = whole if origin == UNKNOWN else (weight, weight)
        low.append((ends[0], bounds))
        high.append((-ends[1], bounds))
    return (average(low, total) if total[0] > 0 else 0.0), -average(high, total)


def _sum(rows: Mapping[str, Bounds]) -> Bounds:
    return sum(low for low, _ in rows.values()), sum(high for _, high in rows.values())


def average(parts: Iterable[tuple[float, Bounds]], total: Bounds) -> float:
    """Return the least average weight of masses within bounds whose sum is within bounds; 0 where there is none.

    Parameters
    ----------
    parts
        Weight and bounds of each mass.
    total
        Bounds of their sum.

    Examples
    --------
    >>> average([(0.0, (0.0, 3.0)), (1.0, (1.0, 2.0))], (0.0, 4.0))
    0.25
    """
    ordered = sorted(parts)
    mass = sum(low for _, (low, _) in ordered)
    moment = sum(weight * low for weight, (low, _) in ordered)
    for weight, (low, high) in ordered:
        room = min(high - low, max(0.0, total[1] - mass))
        if room <= 0:
            continue
        need = max(0.0, total[0] - mass)
        if mass + need <= 0:
            return weight
        more = room if weight * mass < moment else min(room, need)
        if more == float("inf"):
            return weight
        mass, moment = mass + more, moment + weight * more
    return moment / mass if mass > 0 else 0.0
