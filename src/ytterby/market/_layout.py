"""Which places does a network have: commodity × region × segment slot × period, and are all its names known?

A commodity without segments has one slot. Otherwise goods that may serve anyone lie in the *pool*, goods bound to a
segment in a slot of that segment, and buyers without a segment may draw on all of them (slot *open*).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ytterby.errors import InputError, UnknownNameError
from ytterby.market._curves import cross_of
from ytterby.market._instruments import Activity, Licence, Stockpile
from ytterby.market._network import Network, Process, Supply
from ytterby.market._routes import Routes, repeated

__all__ = ["OPEN", "POOL", "Layout", "names_of", "numbers"]

POOL = ""
"""Slot of goods that may serve any segment."""
OPEN = "\0open"
"""Slot of goods that only buyers without a segment can take."""


def names_of(names: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names meant, or None for all of them (``"*"``)."""
    if names is None or names == "*":
        return None
    return (names,) if isinstance(names, str) else tuple(names)


def numbers(names: Iterable[str]) -> dict[str, int]:
    """Return the place of each name."""
    return {name: i for i, name in enumerate(names)}


@dataclass
class Layout:
    """Names of one network and the nodes that its entries need.

    Attributes
    ----------
    good, exporter, importer
        Numbers of each route's commodity and regions.
    """

    network: Network
    regions: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    years: np.ndarray = field(default_factory=lambda: np.ones(0))
    discount: np.ndarray = field(default_factory=lambda: np.ones(0))
    places: dict[tuple[str, str, str], int] = field(default_factory=dict)
    segments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bound: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Segments to which goods of a (commodity, region) may be bound; set when the arcs are laid."""

    def __post_init__(self) -> None:
        net = self.network
        self.routes = routes = Routes.of(net.routes)
        self.years = np.array([p.years for p in net.periods])
        growth = np.concatenate([[0.0], np.cumsum(self.years)[:-1]])
        self.discount = (1.0 + net.interest) ** -growth
        self._period = {p.id: t for t, p in enumerate(net.periods)}
        for section in ("periods", "supplies", "demands", "routes", "processes", "stocks", "firms", "measures"):
            self._unrepeated(section)
        homes = {e.region for section in (net.supplies, net.demands, net.processes, net.stocks) for e in section}
        self.regions = tuple(sorted(homes.union({*routes.from_.words} & {*routes.to.words})))
        goods = {e.commodity for section in (net.supplies, net.demands, net.stocks) for e in section}
        for p in net.processes:
            goods.update(p.inputs, p.outputs)
        self.commodities = tuple(sorted(goods))
        self.good = routes.commodity.numbered(numbers(self.commodities))
        region = numbers(self.regions)
        self.exporter, self.importer = routes.from_.numbered(region), routes.to.numbered(region)
        self._check()
        self._segments()

    def with_measures(self, network: Network) -> Layout:
        """Return the layout of a network that differs in measures alone, none of which has segments."""
        new = copy(self)
        new.network = network
        new._unrepeated("measures")
        for i, m in enumerate(network.measures):
            new._check_measure(f"measures[{i}] '{m.id}'", m)
        return new

    def _unrepeated(self, section: str) -> None:
        """Raise if an id stands twice in a section."""
        routes = section == "routes"
        twice = self.routes.twice if routes else repeated([e.id for e in getattr(self.network, section)])
        if twice is not None:
            raise InputError(f"the id '{twice}' stands twice; ids are unique within a section", where=section)

    def when(self, names: str | Sequence[str], where: str) -> list[int]:
        """Return the indices of the periods meant."""
        if names == "*":
            return list(range(len(self._period)))
        wanted = names_of(names) or ()
        for name in wanted:
            if name not in self._period:
                raise UnknownNameError("period", name, self._period, where=where)
        return sorted({self._period[name] for name in wanted})

    def known(self, kind: str, names: str | Sequence[str] | None, where: str) -> tuple[str, ...] | None:
        """Return the names meant (None: all) after a look whether each is known."""
        wanted = names_of(names)
        if wanted is not None:
            self._expect(kind, wanted, where)
        return wanted

    def _expect(self, kind: str, names: Iterable[str], where: str) -> None:
        """Raise if one of the names is not of that kind."""
        valid = self._valid[kind]
        for name in names:
            if name not in valid:
                raise UnknownNameError(kind, name, valid, where=where)

    @cached_property
    def _valid(self) -> dict[str, set[str]]:
        """Names of each kind that measures may speak of."""
        net = self.network
        made: list[Process | Supply] = [*net.processes, *net.supplies]
        return {
            "region": set(self.regions),
            "commodity": set(self.commodities),
            "process": {p.id for p in net.processes},
            "supply": {s.id for s in net.supplies},
            "owner": {e.owner for e in made if e.owner},
            "stage": {e.stage for e in made if e.stage},
        }

    @cached_property
    def supplies_at(self) -> dict[tuple[str, str], list[int]]:
        """Numbers of the supplies of a commodity in a region."""
        found: dict[tuple[str, str], list[int]] = {}
        for i, e in enumerate(self.network.supplies):
            found.setdefault((e.commodity, e.region), []).append(i)
        return found

    def _check(self) -> None:
        net, regions, goods = self.network, set(self.regions), set(self.commodities)
        odd = (self.good < 0) | (self.exporter < 0) | (self.importer < 0) | (self.exporter == self.importer)
        for i in np.flatnonzero(odd)[:1]:
            r = self.routes[i]
            if r.from_ not in regions:
                raise UnknownNameError("region", r.from_, regions, where=f"routes[{i}] '{r.id}' from")
            if r.to not in regions:
                raise UnknownNameError("region", r.to, regions, where=f"routes[{i}] '{r.id}' to")
            if r.commodity not in goods:
                raise UnknownNameError("commodity", r.commodity, goods, where=f"routes[{i}] '{r.id}' commodity")
            raise InputError(
                f"starts and ends in '{r.to}'; a region never trades with itself", where=f"routes[{i}] '{r.id}'"
            )
        for section in ("supplies", "demands"):
            for i, e in enumerate(getattr(net, section)):
                for other in cross_of(e.curve):
                    if other not in goods:
                        where = f"{section}[{i}] '{e.id}' curve cross"
                        raise UnknownNameError("commodity", other, goods, where=where)
        supplies = {s.id for s in net.supplies}
        owner: dict[str, str] = {}
        for i, f in enumerate(net.firms):
            for name in f.supplies:
                if name not in supplies:
                    raise UnknownNameError("supply", name, supplies, where=f"firms[{i}] '{f.id}' supplies")
                if name in owner:
                    raise InputError(
                        f"the supply '{name}' belongs to '{owner[name]}' and '{f.id}'", where=f"firms[{i}] '{f.id}'"
                    )
                owner[name] = f.id
        for i, m in enumerate(net.measures):
            self._check_measure(f"measures[{i}] '{m.id}'", m)

    def _check_measure(self, where: str, m: object) -> None:
        for attribute, kind in (
            ("commodity", "commodity"),
            ("importer", "region"),
            ("exporter", "region"),
            ("region", "region"),
            ("members", "region"),
        ):
            self.known(kind, getattr(m, attribute, None), f"{where} {attribute}")
        self.when(m.period, f"{where} period")  # type: ignore[attr-defined]
        if isinstance(m, Licence):
            for b in m.base:
                self.known("region", b.from_, f"{where} base from")
                self.known("region", b.to, f"{where} base to")
        elif isinstance(m, Stockpile):
            for step in m.path:
                self.when(step.period, f"{where} path period")
        elif isinstance(m, Activity):
            for kind in ("process", "supply", "region", "owner", "stage"):
                self._expect(kind, names_of(getattr(m.match, kind)) or (), f"{where} match {kind}")

    def _segments(self) -> None:
        """Find the segments in which each commodity is bought, offered or regulated."""
        net = self.network
        found: dict[str, set[str]] = {}
        for section in (net.supplies, net.demands, net.stocks):
            for e in section:
                if e.segment:
                    found.setdefault(e.commodity, set()).add(e.segment)
        for commodity, segment in self.routes.segmented:
            found.setdefault(commodity, set()).add(segment)
        for p in net.processes:
            if p.segment:
                for c in (*p.inputs, *p.outputs):
                    found.setdefault(c, set()).add(p.segment)
        everywhere = set().union(*found.values()) if found else set()
        for i, m in enumerate(net.measures):
            for s in names_of(getattr(m, "segment", None)) or ():
                if s not in everywhere:
                    raise UnknownNameError("segment", s, everywhere, where=f"measures[{i}] '{m.id}' segment")
        self.segments = {c: tuple(sorted(s)) for c, s in found.items()}

    @property
    def all_segments(self) -> list[str]:
        """Segments of any commodity."""
        return sorted({s for group in self.segments.values() for s in group})

    def buying_slot(self, commodity: str, region: str, segment: str | None) -> str:
        """Return the slot at which a buyer draws."""
        if segment:
            return segment
        return OPEN if self.bound.get((commodity, region)) else POOL

    def node(self, commodity: str, region: str, slot: str, t: int) -> int:
        """Return the row of a node, made at first use."""
        key = (commodity, region, slot)
        place = self.places.get(key)
        if place is None:
            place = self.places[key] = len(self.places)
        return place * len(self.years) + t

    def place_of(self, good: np.ndarray, region: np.ndarray, slot: np.ndarray, slots: Sequence[str]) -> np.ndarray:
        """Return the place of each (commodity, region, slot), made in the order of their first row."""
        size = len(self.commodities), len(self.regions), len(slots)
        key = (good * size[1] + region) * size[2] + slot
        number = np.full(size[0] * size[1] * size[2], -1, dtype=np.intp)
        number[key[::-1]] = np.arange(len(key))[::-1]
        for first in np.sort(number[number >= 0]):
            c, r = self.commodities[good[first]], self.regions[region[first]]
            number[key[first]] = self.places.setdefault((c, r, slots[slot[first]]), len(self.places))
        places: np.ndarray = number[key]
        return places
