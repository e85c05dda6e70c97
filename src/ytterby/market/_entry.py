"""New capacity: who decides to build at the prices believed, and when does it come?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, field_validator

from ytterby.errors import InputError, UnknownNameError
from ytterby.market._curves import FixedSupply, MarginalCost, NonNegative, Positive, Value
from ytterby.market._equilibrium import Equilibrium
from ytterby.market._instruments import Activity, Match
from ytterby.market._network import Network, Process
from ytterby.market._window import INNER

__all__ = ["Decision", "Entry", "build", "check_entries", "decide"]

_MARGIN = 1e-9
"""A price exceeds another if it does so by more than a solve's last digits."""


class Entry(Value):
    """A project: `size` more capacity (units a year) of a process or supply, once, for good.

    It is decided when the believed price of a good exceeds `incentive_price`, on the average of the `average_over`
    periods that begin when it would open; it opens `lead_time` periods after the decision. `ramp` are the shares of
    `size` available in its first periods, the last of them from then on. `max_total` is the most that the process or
    supply may have with all projects on it; a project that would pass it is not decided.

    Examples
    --------
    >>> mine = Entry(id="new mine", activity="mine", commodity="ore", region="AUS", incentive_price=50, size=10,
    ...              lead_time=2, ramp=(0.5, 1))
    >>> mine.ramp
    (0.5, 1.0)
    """

    id: str
    activity: str
    commodity: str
    region: str
    segment: str | None = None
    incentive_price: NonNegative
    size: Positive
    lead_time: int = Field(default=0, ge=0)
    average_over: int = Field(default=1, ge=1)
    ramp: tuple[Annotated[float, Field(gt=0, le=1)], ...] = (1.0,)
    max_total: Positive | None = None

    @field_validator("ramp")
    @classmethod
    def _rises_to_one(cls, ramp: tuple[float, ...]) -> tuple[float, ...]:
        if not ramp or ramp[-1] != 1.0 or list(ramp) != sorted(ramp):
            raise ValueError("a ramp is a list of shares of the size that rises to 1")
        return ramp


@dataclass(frozen=True)
class Decision:
    """A project that is being built: decided in one period, opening in another, at a believed price."""

    entry: Entry
    decided: int
    opens: int
    price: float

    def capacity(self, t: int) -> float:
        """Return what the project adds in period `t` (units a year).

        Examples
        --------
        >>> mine = Entry(id="m", activity="mine", commodity="ore", region="AUS", incentive_price=50, size=10,
        ...              ramp=(0.5, 1))
        >>> [Decision(mine, 0, 1, 60.0).capacity(t) for t in range(4)]
        [0.0, 5.0, 10.0, 10.0]
        """
        age = t - self.opens
        return 0.0 if age < 0 else self.entry.size * self.entry.ramp[min(age, len(self.entry.ramp) - 1)]


def build(network: Network, decisions: Sequence[Decision]) -> Network:
    """Return the network of all periods with the capacity of decided projects, each from the period in which it comes.

    A process or supply has one capacity in all periods, so it is given the largest, and `activity` measures say which
    part of it is there in each period.
    """
    changed: dict[str, Any] = {
        "supplies": {e.id: e for e in network.supplies},
        "processes": {e.id: e for e in network.processes},
    }
    measures = list(network.measures)
    for name in dict.fromkeys(d.entry.activity for d in decisions):
        section, old = _capacity(network, name)
        own = [d for d in decisions if d.entry.activity == name]
        path = [old + sum(d.capacity(t) for d in own) for t in range(len(network.periods))]
        top = max(path)
        changed[section][name] = _resized(changed[section][name], top)
        match = Match(process=name) if section == "processes" else Match(supply=name)
        for n, level in enumerate(sorted(set(path))):
            if level != top:
                when = tuple(p.id for p, here in zip(network.periods, path, strict=True) if here == level)
                part = Activity(
                    id=f"{name}{INNER}{n}",
                    instrument="activity",
                    period=when,
                    match=match,
                    capacity_factor=level / top,
                )
                measures.append(part)
    update = {section: tuple(entries.values()) for section, entries in changed.items()}
    return network.model_copy(update={**update, "measures": tuple(measures)})


def decide(
    entries: Sequence[Entry], decisions: Sequence[Decision], network: Network, answer: Equilibrium, t: int
) -> Decision | None:
    """Return the next project that the prices believed in period `t` call for, the least incentive price first.

    Parameters
    ----------
    entries
        All projects; those decided, and those that would open after the last period, are passed over.
    decisions
        Projects decided so far.
    network
        The network of all periods believed in `t`, without their capacity.
    answer
        The equilibrium of the window that begins with period `t`.
    """
    taken = {d.entry.id for d in decisions}
    for e in sorted(entries, key=lambda e: (e.incentive_price, e.id)):
        opens = t + e.lead_time
        if e.id in taken or opens >= len(network.periods):
            continue
        if e.max_total is not None:
            total = _capacity(network, e.activity)[1] + e.size
            total += sum(d.entry.size for d in decisions if d.entry.activity == e.activity)
            if total > e.max_total * (1.0 + _MARGIN):
                continue
        price = _average(e, network, answer, opens)
        if price > e.incentive_price * (1.0 + _MARGIN):
            return Decision(e, t, opens, price)
    return None


def check_entries(entries: Sequence[Entry], network: Network) -> None:
    """Raise if a project's id stands twice or its process or supply has no capacity to add to."""
    seen: set[str] = set()
    for e in entries:
        if e.id in seen:
            raise InputError(f"the id '{e.id}' stands twice; ids are unique within a section", where="entries")
        seen.add(e.id)
        _capacity(network, e.activity, f"entries '{e.id}' activity")


def _average(e: Entry, network: Network, answer: Equilibrium, opens: int) -> float:
    """Return the price believed when the project would work: an average over years.

    Where the window ends before, the last periods of the window stand for it.
    """
    table = answer.tables["prices"]
    places = list(zip(table["commodity"], table["region"], table["segment"], strict=True))
    price = {
        period: value
        for place, period, value in zip(places, table["period"], table["price"], strict=True)
        if place == (e.commodity, e.region, e.segment)
    }
    if not price:
        goods = {c for c, _, _ in places}
        if e.commodity not in goods:
            raise UnknownNameError("commodity", e.commodity, goods, where=f"entries '{e.id}' commodity")
        regions = {r for c, r, _ in places if c == e.commodity}
        if e.region not in regions:
            raise UnknownNameError("region", e.region, regions, where=f"entries '{e.id}' region")
        segments = {s or "null" for c, r, s in places if (c, r) == (e.commodity, e.region)}
        raise UnknownNameError("segment", e.segment or "null", segments, where=f"entries '{e.id}' segment")
    wanted = [p for p in network.periods[opens : opens + e.average_over] if p.id in price]
    if len(wanted) < min(e.average_over, len(network.periods) - opens):
        wanted = [p for p in network.periods if p.id in price][-e.average_over :]
    mean: float = sum(price[p.id] * p.years for p in wanted) / sum(p.years for p in wanted)
    return mean


def _capacity(network: Network, name: str, where: str = "entries") -> tuple[str, float]:
    """Return the section and the capacity of a process or supply."""
    process = next((p for p in network.processes if p.id == name), None)
    supply = next((s for s in network.supplies if s.id == name), None)
    if process is not None and supply is not None:
        raise InputError(f"a process and a supply are both called '{name}'", where=where)
    if process is None and supply is None:
        valid = [e.id for e in (*network.processes, *network.supplies)]
        raise UnknownNameError("process or supply", name, valid, where=where)
    capacity = None
    if process is not None:
        capacity = process.capacity
    elif supply is not None and isinstance(supply.curve, MarginalCost):
        capacity = supply.curve.capacity
    elif supply is not None and isinstance(supply.curve, FixedSupply):
        capacity = supply.curve.quantity
    if capacity is None:
        raise InputError(
            f"'{name}' has no capacity that a project could add to",
            where=where,
            hint="give the process a capacity (0 if there is none yet), or the supply a curve of the form "
            "marginal_cost with a capacity",
        )
    return ("processes" if process is not None else "supplies"), capacity


def _resized(entry: Any, capacity: float) -> Any:
    if isinstance(entry, Process):
        return entry.model_copy(update={"capacity": capacity})
    field = "quantity" if isinstance(entry.curve, FixedSupply) else "capacity"
    return entry.model_copy(update={"curve": entry.curve.model_copy(update={field: capacity})})
