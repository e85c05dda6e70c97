"""Why is a price what it is, and what would bind next? What an equilibrium knows about one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ytterby.errors import UnknownNameError
from ytterby.market import _telling
from ytterby.market._binding import Constraint, Found, constraints
from ytterby.market._formation import Part, Source, chain, sources
from ytterby.market._layout import OPEN, POOL
from ytterby.market._named import Named, named, right_of
from ytterby.market._path import Change, Path, Stretch
from ytterby.market._program import KINDS
from ytterby.market._solved import Solved

__all__ = ["Next", "Why", "explain"]

_BEARS = 0.01
"""Relative change of the price's slope from which a constraint counts as bearing on it."""
_LEVEL = 1e-9
"""Elasticity of the price by what passes through the place below which it stands still."""
_SUDDEN = 1e-6
"""Extra quantity, relative to a typical one, within which a price that jumps must have come to rest."""


@dataclass(frozen=True)
class Next:
    """Something that begins or ceases to bind as more is taken away at the place.

    Attributes
    ----------
    extra
        How much more a year is taken away when it does, and `price` the price there then.
    change
        `full`, `not_full`, `starts`, `stops`, `binds`, `eased`, `choke_price`, `served`, `priced_out`, `used_up`,
        `in_surplus` or `shut`.
    kind, id, commodity, region, to, period
        What it is: `supply`, `demand`, `route`, `process`, `stock`, `place`, or a measure's instrument.
    slope
        Rise of the price per further unit a year from there on; None where it jumps.
    """

    extra: float
    price: float
    change: str
    kind: str
    id: str
    commodity: str | None
    region: str | None
    to: str | None
    period: str
    slope: float | None


@dataclass(frozen=True)
class Why:
    """What makes a price, what binds, and what would bind next.

    Attributes
    ----------
    commodity, region, segment, period
        The place.
    price, slope
        The price, and its rise if one unit a year more is taken away there; None where it jumps at once.
    sources
        What gives way to that unit, largest share first.
    parts
        The chain of costs and wedges behind the largest source; they add up to the price.
    binding
        All that binds in the network, most worth first, each with its effect on this price.
    next
        The first constraints that would begin or cease to bind and bear on this price (its slope changes by 1 % or
        more, or a ban comes to matter there).
    end
        Why `next` is not longer: `enough` (as many as asked for), `none` (no further constraint is met), `no_more`
        (beyond the last nothing more is to be had at any price), `unknown`.
    """

    commodity: str
    region: str
    segment: str | None
    period: str
    price: float
    slope: float | None
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]
    binding: tuple[Constraint, ...]
    next: tuple[Next, ...]
    end: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in words."""
        return tuple(_telling.tell(self))

    def to_dict(self) -> dict[str, Any]:
        """Return plain records, the JSON of `ytterby market why`."""
        return {**asdict(self), "sentences": list(self.sentences)}


def explain(s: Solved, region: str, commodity: str, period: str | None, segment: str | None, steps: int) -> Why:
    """Return why the price of a place is what it is; see `Equilibrium.why`."""
    place, when = _place(s, region, commodity, segment), _periods(s, period)
    c, conditions = s.compiled, s.complement.conditions
    n, years = conditions.n, c.layout.years
    node = place * len(years) + when[0]
    need = np.zeros(len(s.z))
    for t in when:
        need[n + place * len(years) + t] = years[t]
    path = Path(conditions, s.z, need)
    view = _View(s, node, path)
    bound = constraints(s)
    share: tuple[Source, ...] = ()
    parts, slope = chain(s, node, np.zeros(len(s.z))), None
    if path.tangent is not None and path.slope is not None:
        slope = view.slope(path.slope)
        if slope is not None:
            share = sources(s, node, path.slope, float(need[n + node]), path.tangent.status)
            parts = chain(s, node, path.slope)
            bound = _with_effects(bound, path, n + node, float(c.program.row_weight[node]))
    events, end = view.events(steps)
    return Why(
        commodity,
        region,
        segment,
        c.layout.network.periods[when[0]].id,
        float(s.sums.price[node]),
        slope,
        share,
        parts,
        tuple(x for x, _ in bound),
        events,
        end,
    )


def _place(s: Solved, region: str, commodity: str, segment: str | None) -> int:
    places = s.compiled.layout.places
    shown = {(c, r, "" if slot in (POOL, OPEN) else slot): p for (c, r, slot), p in places.items() if slot[:1] != "\0"}
    shown |= {(c, r, ""): p for (c, r, slot), p in places.items() if slot == OPEN}
    found = shown.get((commodity, region, segment or ""))
    if found is not None:
        return found
    goods = {c for c, _, _ in shown}
    if commodity not in goods:
        raise UnknownNameError("commodity", commodity, goods)
    regions = {r for c, r, _ in shown if c == commodity}
    if region not in regions:
        raise UnknownNameError("region", region, regions, where=f"'{commodity}'")
    segments = {g or "null" for c, r, g in shown if (c, r) == (commodity, region)}
    raise UnknownNameError("segment", segment or "null", segments, where=f"'{commodity}' in '{region}'")


def _periods(s: Solved, period: str | None) -> list[int]:
    ids = [p.id for p in s.compiled.layout.network.periods]
    if period is None:
        return list(range(len(ids)))
    if period not in ids:
        raise UnknownNameError("period", period, ids)
    return [ids.index(period)]


def _with_effects(bound: list[Found], path: Path, index: int, weight: float) -> list[Found]:
    """Return the constraints with their effect on a price: one linear solve with the transposed system."""
    assert path.tangent is not None
    pull = path.tangent.adjoint(index) / weight
    by_bound = path.tangent.J.T @ pull
    out = []
    for constraint, easing in bound:
        effect = -sum(amount * float(pull[i]) for i, amount in easing.shifts)
        if easing.bound >= 0:
            effect -= float(by_bound[easing.bound])
        out.append((constraint.with_effect(effect + 0.0), easing))
    return out


class _View:
    """The path as one price sees it."""

    def __init__(self, s: Solved, node: int, path: Path) -> None:
        self.s, self.node, self.path = s, node, path
        self.row = s.complement.conditions.n + node
        self.weight = float(s.compiled.program.row_weight[node])
        price = max(float(s.sums.price[node]), 1e-4 * s.complement.conditions.units.price)
        self.level, self.cliff = _LEVEL * price / path.typical, path.cliff(self.row)

    def price(self, z: np.ndarray) -> float:
        return float(z[self.row]) / self.weight

    def slope(self, dz: np.ndarray) -> float | None:
        """Return the price's slope; 0 where it stands still, None where it jumps."""
        if abs(float(dz[self.row])) > self.cliff:
            return None
        slope = float(dz[self.row]) / self.weight
        return slope if abs(slope) > self.level else 0.0

    def events(self, steps: int) -> tuple[tuple[Next, ...], str]:
        """Return the first events that bear on the price, and why there are no more."""
        found: list[Next] = []
        last: Stretch | None = None
        if steps <= 0:
            return (), "enough"
        for stretch in self.path.stretches():
            if last is not None and self._bears(last.slope, stretch.slope):
                slope, price = self.slope(stretch.slope), self.price(stretch.z)
                extra = last.end if self.slope(last.slope) is not None else last.start
                extra = extra if extra > _SUDDEN * self.path.typical else 0.0
                found += self._told(last.changes, extra, price, slope)
            if self.slope(stretch.slope) is None and stretch.end - stretch.start > _SUDDEN * self.path.typical:
                return tuple(found), "no_more"
            found += self._bans(stretch)
            if len({x.extra for x in found}) >= steps:
                return tuple(found), "enough"
            last = stretch
        return tuple(found), "unknown" if last is None or np.isfinite(last.end) else "none"

    def _bears(self, before: np.ndarray, after: np.ndarray) -> bool:
        a, b = self.slope(before), self.slope(after)
        if a is None or b is None:
            return a is not b
        return abs(b - a) > _BEARS * max(abs(a), abs(b))

    def _told(self, changes: tuple[Change, ...], extra: float, price: float, slope: float | None) -> list[Next]:
        """Return changes of what the user has named, one for each: of goods between segments nothing is told."""
        p, n = self.s.compiled.program, self.s.complement.conditions.n
        rows: dict[Named, str] = {}
        for x in changes:
            if x.index >= n or KINDS[p.kind[x.index]] != "transfer":
                at = named(self.s, x.index)
                word = _telling.change_of(self.s, x, at)
                if at not in rows or word == "choke_price":  # where that is met the part of the demand below it ends
                    rows[at] = word
        return [self._next(at, word, extra, price, slope) for at, word in rows.items()]

    @staticmethod
    def _next(at: Named, change: str, extra: float, price: float, slope: float | None) -> Next:
        return Next(extra, price, change, at.kind, at.id, at.commodity, at.region, at.to, at.period, slope)

    def _bans(self, stretch: Stretch) -> Iterator[Next]:
        """Yield the bans of imports into the place that come to matter on a stretch: a gap opens at them."""
        c, s, factor = self.s.compiled, self.s, self.s.complement.landing.price
        n = s.complement.conditions.n
        nodes = slice(n, n + c.program.n_nodes)
        weight = c.program.row_weight[: c.program.n_nodes]
        moved, rise = stretch.z[nodes] / weight - s.sums.price, stretch.slope[nodes] / weight
        for i, arcs in c.imposed.bans:
            into = arcs[c.arc_end[arcs] == self.node]
            if not into.size or (s.gaps[into] > 0.0).any():
                continue
            start = c.arc_start[into]
            gap = s.gaps[into] + moved[self.node] - factor[into] * moved[start]
            pace = rise[self.node] - factor[into] * rise[start]
            with np.errstate(divide="ignore", invalid="ignore"):
                steps = np.where((gap < 0.0) & (pace > 0.0) & np.isfinite(gap), -gap / pace, np.inf)
            step = float(steps.min())
            if step < stretch.end - stretch.start:
                k = int(into[steps.argmin()])
                at = right_of(c, i, c.layout.regions[c.arcs.exporter[k]], None, int(c.arcs.t[k]))
                price = self.price(stretch.z + step * stretch.slope)
                yield self._next(at, "binds", stretch.start + step, price, self.slope(stretch.slope))
