"""A network in a few words, its equilibrium as the public JSON, and an audit that every solved network must pass.

The tests of this folder are written from the published contract of ``ytterby market solve`` alone. They see the kernel
only through `Network.parse`, `solve` and `Equilibrium.to_dict`, and get their expected numbers by other routes: closed
forms with the algebra beside them, scipy root finding and linear programmes, Clarabel on programmes written by hand.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from ytterby.market import Network, solve

GOOD = "wheat"
ANY = object()


class Answer:
    """The JSON of an equilibrium, asked by name; a question without exactly one answer fails."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record

    def one(self, table: str, **where: Any) -> dict[str, Any]:
        rows = [
            row
            for row in self.record[table]
            if all(row[key] == value for key, value in where.items() if value is not ANY)
        ]
        assert len(rows) == 1, f"{table} {where}: {len(rows)} rows of {self.record[table]}"
        return rows[0]

    def price(self, region: str, commodity: str = GOOD, *, period: Any = ANY, segment: Any = ANY) -> float:
        return self.one("prices", region=region, commodity=commodity, period=period, segment=segment)["price"]

    def paid(self, region: str, commodity: str = GOOD, *, period: Any = ANY, segment: Any = ANY) -> float:
        return self.one("price_paid", region=region, commodity=commodity, period=period, segment=segment)["price"]

    def supply(self, name: str, *, period: Any = ANY) -> float:
        return self.one("supply", id=name, period=period)["quantity"]

    def demand(self, name: str, *, period: Any = ANY) -> float:
        return self.one("demand", id=name, period=period)["quantity"]

    def unserved(self, name: str, *, period: Any = ANY) -> float:
        return self.one("demand", id=name, period=period)["unserved"]

    def flow(self, name: str, *, period: Any = ANY) -> float:
        return self.one("flows", route=name, period=period)["quantity"]

    def level(self, name: str, *, period: Any = ANY) -> float:
        return self.one("processes", id=name, period=period)["level"]

    def stock(self, name: str, *, period: Any = ANY) -> float:
        return self.one("stocks", id=name, period=period)["quantity"]

    def sales(self, firm: str, region: str, *, period: Any = ANY, commodity: Any = ANY) -> float:
        return self.one("firms", id=firm, region=region, period=period, commodity=commodity)["quantity"]

    def measure(self, name: str, *, region: Any = ANY, period: Any = ANY) -> dict[str, Any]:
        return self.one("measures", id=name, region=region, period=period)

    def measures(self, name: str) -> dict[str, dict[str, Any]]:
        return {row["region"]: row for row in self.record["measures"] if row["id"] == name}

    def money(self, name: str) -> tuple[float, float]:
        """Rent and revenue of a measure over all of its records."""
        rows = [row for row in self.record["measures"] if row["id"] == name]
        assert rows, f"no record of measure {name}"
        return sum(row["rent"] for row in rows), sum(row["revenue"] for row in rows)

    def welfare(self, part: str = "total", region: str | None = None) -> Any:
        welfare = self.record["welfare"]
        return (welfare if region is None else welfare["by_region"][region])[part]


class Market:
    """A network written one entry at a time: of wheat, and named by its region, unless said otherwise."""

    def __init__(self, **top: Any) -> None:
        self.network: dict[str, Any] = {"format": "ytterby-network/1", **top}

    def _add(self, table: str, entry: dict[str, Any], rest: dict[str, Any]) -> Market:
        fields = ("period", "segment", "owner", "stage")
        entry |= {key: rest.pop(key) for key in fields if key in rest}
        entry |= {"curve": rest} if "form" in rest else rest
        self.network.setdefault(table, []).append(entry)
        return self

    def supply(self, region: str, *, name: str | None = None, commodity: str = GOOD, **rest: Any) -> Market:
        return self._add("supplies", {"id": name or region, "commodity": commodity, "region": region}, rest)

    def demand(self, region: str, *, name: str | None = None, commodity: str = GOOD, **rest: Any) -> Market:
        return self._add("demands", {"id": name or region, "commodity": commodity, "region": region}, rest)

    def route(self, source: str, to: str, *, name: str | None = None, commodity: str = GOOD, **rest: Any) -> Market:
        entry = {"id": name or f"{source}-{to}", "commodity": commodity, "from": source, "to": to}
        return self._add("routes", entry, rest)

    def process(self, name: str, region: str, inputs: dict, outputs: dict, **rest: Any) -> Market:
        return self._add("processes", {"id": name, "region": region, "inputs": inputs, "outputs": outputs}, rest)

    def stock(self, region: str, *, name: str | None = None, commodity: str = GOOD, **rest: Any) -> Market:
        return self._add("stocks", {"id": name or region, "commodity": commodity, "region": region}, rest)

    def firm(self, name: str, supplies: list[str], conduct: float = 1.0) -> Market:
        return self._add("firms", {"id": name, "supplies": supplies, "conduct": conduct}, {})

    def measure(self, instrument: str, *, name: str | None = None, **rest: Any) -> Market:
        return self._add("measures", {"id": name or instrument, "instrument": instrument}, rest)

    def copy(self) -> Market:
        twin = Market()
        twin.network = copy.deepcopy(self.network)
        return twin

    def solve(self) -> Answer:
        record = solve(Network.parse(copy.deepcopy(self.network))).to_dict()
        audit(self.network, record)
        return Answer(record)


def audit(network: dict[str, Any], record: dict[str, Any]) -> None:
    """What must hold in every equilibrium, whatever the network: recomputed from the public record alone."""
    assert record["status"] == "optimal"
    assert 0 <= record["residual"] <= 1e-6
    welfare_adds_up(record["welfare"])
    goods_balance(network, record)
    if not network.get("measures") and not network.get("firms"):
        no_activity_gains(network, record)


def welfare_adds_up(welfare: dict[str, Any]) -> None:
    parts = ("consumer", "producer", "government", "rent")
    for place in (welfare, *welfare["by_region"].values()):
        values = [place[part] for part in parts]
        if None in values:
            assert place["total"] is None
        else:
            scale = 1 + sum(abs(value) for value in values)
            assert abs(sum(values) - place["total"]) <= 1e-6 * scale
    for part in (*parts, "total"):
        values = [place[part] for place in welfare["by_region"].values()]
        if None in values:
            assert welfare[part] is None
        elif welfare[part] is not None:
            scale = 1 + sum(abs(value) for value in values)
            assert abs(sum(values) - welfare[part]) <= 1e-6 * scale, f"{part} does not add up over regions"


def goods_balance(network: dict[str, Any], record: dict[str, Any]) -> None:
    """Nobody uses what is not there, and where every price is positive nothing is thrown away."""
    used_elsewhere = {"price_floor", "activity", "stockpile"}
    if any(measure["instrument"] in used_elsewhere for measure in network.get("measures", [])):
        return
    net: dict[tuple[str, str, str], float] = defaultdict(float)
    size: dict[tuple[str, str, str], float] = defaultdict(float)

    def book(good: str, region: str, period: str, quantity: float) -> None:
        net[good, region, period] += quantity
        size[good, region, period] += abs(quantity)

    tables = ("supplies", "demands", "processes", "stocks")
    entries = {table: {entry["id"]: entry for entry in network.get(table, [])} for table in tables}
    for table, sign in (("supply", 1), ("demand", -1)):
        for row in record[table]:
            entry = entries["supplies" if sign == 1 else "demands"][row["id"]]
            assert row["quantity"] >= -1e-9
            book(entry["commodity"], entry["region"], row["period"], sign * row["quantity"])
    for row in record["flows"]:
        assert row["quantity"] >= -1e-9
        book(row["commodity"], row["from"], row["period"], -row["quantity"])
        book(row["commodity"], row["to"], row["period"], row["quantity"])
    for row in record["processes"]:
        entry = entries["processes"][row["id"]]
        assert row["level"] >= -1e-9
        for good, share in entry["inputs"].items():
            book(good, entry["region"], row["period"], -share * row["level"])
        for good, share in entry["outputs"].items():
            book(good, entry["region"], row["period"], share * row["level"])
    order = [period["id"] for period in network.get("periods", [])] or ["1"]
    held = {(row["id"], row["period"]): row["quantity"] for row in record["stocks"]}
    for name, entry in entries["stocks"].items():
        before = entry.get("initial", 0)
        for period in order:
            now = held.get((name, period), 0.0)
            book(entry["commodity"], entry["region"], period, before - now)
            before = now
    least: dict[tuple[str, str, str], float] = {}
    for row in record["prices"]:
        key = (row["commodity"], row["region"], row["period"])
        assert row["price"] >= -1e-9
        least[key] = min(row["price"], least.get(key, float("inf")))
    for key, left in net.items():
        tolerance = 1e-6 * (1 + size[key])
        assert left >= -tolerance, f"{key}: {-left} more used than there is"
        if least.get(key, 0) > 1e-6:
            assert left <= tolerance, f"{key}: {left} left over at a positive price"


def no_activity_gains(network: dict[str, Any], record: dict[str, Any]) -> None:
    """Without measures and market power: zero profit of routes and processes that run below capacity."""
    if any(entry.get("segment") for table in ("supplies", "demands", "routes") for entry in network.get(table, [])):
        return
    years = {period["id"]: period.get("years", 1) for period in network.get("periods", [])}
    price = {(row["commodity"], row["region"], row["period"]): row["price"] for row in record["prices"]}
    routes = {entry["id"]: entry for entry in network.get("routes", [])}
    checks = []
    for row in record["flows"]:
        entry, span = routes[row["route"]], years.get(row["period"], 1)
        rate = row["quantity"] / span
        cost = entry.get("cost", 0) + entry.get("slope", 0) * rate ** entry.get("power", 1)
        gain = price[row["commodity"], row["to"], row["period"]] - price[row["commodity"], row["from"], row["period"]]
        checks.append((row["route"], gain, cost, rate, entry.get("capacity")))
    processes = {entry["id"]: entry for entry in network.get("processes", [])}
    for row in record["processes"]:
        entry, span = processes[row["id"]], years.get(row["period"], 1)
        rate = row["level"] / span
        cost = entry.get("cost", 0) + entry.get("slope", 0) * rate
        worth = [
            sum(share * price[good, entry["region"], row["period"]] for good, share in entry[side].items())
            for side in ("outputs", "inputs")
        ]
        checks.append((row["id"], worth[0] - worth[1], cost, rate, entry.get("capacity")))
    for name, gain, cost, rate, capacity in checks:
        tolerance = 1e-5 * (1 + abs(gain) + abs(cost))
        full = capacity is not None and rate >= capacity - 1e-6 * (1 + capacity)
        assert full or gain <= cost + tolerance, f"{name} could gain {gain - cost}"
        if rate > 1e-6:
            assert gain >= cost - tolerance, f"{name} loses {cost - gain}"


@pytest.fixture
def market() -> Callable[..., Market]:
    return Market
