"""What is on hand, what is sold? The stocks, products and capacities that the user gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ytterby.errors import InputError, UnknownNameError
from ytterby.exposure._sheet import Row, read_rows

__all__ = ["Plan", "Product", "Stock", "read_groups", "read_products", "read_stocks"]


@dataclass(frozen=True)
class Stock:
    """What there is of an item, and what comes.

    Parameters
    ----------
    item
        Its id in the bill of materials.
    stock_units
        On hand; None: unknown.
    inbound_units_per_week
        What comes in a normal week and is exposed to the cut; None: as much as is used.
    alternative_units_per_week
        What others can bring from now on, out of reach of the cut; None: nothing is known to be.
    shared_group
        Parts of one group may stand in for each other; None: the stock is tied to the item.
    row
        Where the row stands, for messages.
    """

    item: str
    stock_units: float | None = None
    inbound_units_per_week: float | None = None
    alternative_units_per_week: float | None = None
    shared_group: str | None = None
    row: Row | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Product:
    """What is sold of a product, at what price.

    Parameters
    ----------
    product
        Its id in the bill of materials.
    demand_units_per_week
        What is to be made a week.
    revenue_usd_per_unit, margin_usd_per_unit
        What a unit brings; None: unknown. A margin may be negative.
    group
        Products that are made on one line; None: on one of its own.
    row
        Where the row stands, for messages.
    """

    product: str
    demand_units_per_week: float
    revenue_usd_per_unit: float | None = None
    margin_usd_per_unit: float | None = None
    group: str | None = None
    row: Row | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Plan:
    """What stocks there are, what is to be made, and on which capacities.

    Parameters
    ----------
    stocks, products
        By item and by product, in the order of their files.
    capacities
        Units a week by group: of the products of that group together or, where no product names it, of the
        alternative supply of the items whose `shared_group` it is.
    """

    stocks: Mapping[str, Stock]
    products: Mapping[str, Product]
    capacities: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, stocks: Path, products: Path, groups: Path | None = None) -> Plan:
        """Read the files and check that they fit together."""
        held = read_stocks(stocks)
        made, capacities = read_products(products)
        known = {s.shared_group for s in held.values()} | {p.group for p in made.values()}
        names = {name for name in known if name}
        for name, (capacity, row) in (read_groups(groups) if groups else {}).items():
            if name not in names:
                raise UnknownNameError("group", name, names, where=row.place("group"))
            if capacities.setdefault(name, capacity) != capacity:
                raise InputError(
                    f"the group '{name}' has another capacity among the products ({capacities[name]:g})",
                    where=row.place("capacity_units_per_week"),
                )
        return cls(held, made, capacities)

    def alternatives(self) -> dict[str, float]:
        """Return what others can bring of each item a week: items of one group share its capacity by their needs."""
        offered = {item: s.alternative_units_per_week or 0.0 for item, s in self.stocks.items()}
        lines = {p.group for p in self.products.values()}
        for group, capacity in self.capacities.items():
            members = [i for i, s in self.stocks.items() if s.shared_group == group and group not in lines]
            total = sum(offered[i] for i in members)
            if total > capacity:
                offered.update({i: offered[i] * capacity / total for i in members})
        return offered

    def lines(self) -> dict[str, tuple[list[str], float]]:
        """Return by group the products made on one line, and its units a week."""
        made = {group: [n for n, p in self.products.items() if p.group == group] for group in sorted(self.capacities)}
        return {group: (names, self.capacities[group]) for group, names in made.items() if names}

    def planned(self) -> dict[str, float]:
        """Return what is made of each product a week without a cut.

        A line whose capacity is below its products' demand makes those with the highest margin first; products of
        one margin share what is left in proportion to their demand.
        """
        plan = {name: p.demand_units_per_week for name, p in self.products.items()}
        for group, capacity in self.capacities.items():
            left = capacity
            ranks: dict[float, list[str]] = {}
            for name, p in self.products.items():
                if p.group == group:
                    ranks.setdefault(p.margin_usd_per_unit or 0.0, []).append(name)
            for margin in sorted(ranks, reverse=True):
                total = sum(plan[name] for name in ranks[margin])
                part = min(1.0, left / total) if total else 0.0
                plan.update({name: plan[name] * part for name in ranks[margin]})
                left -= total * part
        return plan


def read_stocks(path: Path) -> dict[str, Stock]:
    """Read ``item,stock_units,inbound_units_per_week,alternative_units_per_week,shared_group``.

    An empty cell is unknown; the columns after the first may be missing.
    """
    numbers = ("stock_units", "inbound_units_per_week", "alternative_units_per_week")
    found: dict[str, Stock] = {}
    for row in read_rows(path, ("item",), (*numbers, "shared_group")):
        name = row.name("item")
        _once(name, "item", row, found)
        stock, inbound, alternative = (row.amount_or_none(n) for n in numbers)
        found[name] = Stock(name, stock, inbound, alternative, row.text("shared_group"), row)
    return found


def read_products(path: Path) -> tuple[dict[str, Product], dict[str, float]]:
    """Read ``product,demand_units_per_week,revenue_usd_per_unit,margin_usd_per_unit,group,capacity_units_per_week``.

    The last four may be missing. The capacity is that of the group, or of the product where it has none; rows of one
    group must not contradict each other.

    Returns
    -------
    products, capacities
        The products by name, and units a week by group.
    """
    found: dict[str, Product] = {}
    capacities: dict[str, float] = {}
    money = ("revenue_usd_per_unit", "margin_usd_per_unit")
    for row in read_rows(path, ("product", "demand_units_per_week"), (*money, "group", "capacity_units_per_week")):
        name = row.name("product")
        _once(name, "product", row, found)
        group, capacity = row.text("group"), row.amount_or_none("capacity_units_per_week")
        if capacity is not None:
            group = group or f"line of {name}"
            if capacities.setdefault(group, capacity) != capacity:
                raise InputError(
                    f"the group '{group}' has the capacity {capacities[group]:g} in a row above",
                    where=row.place("capacity_units_per_week"),
                )
        revenue, margin = row.amount_or_none(money[0]), row.amount_or_none(money[1], negative=True)
        found[name] = Product(name, row.amount("demand_units_per_week"), revenue, margin, group, row)
    if not found:
        raise InputError("there is no product", where=path.name)
    return found, capacities


def read_groups(path: Path) -> dict[str, tuple[float, Row]]:
    """Read ``group,capacity_units_per_week``; return capacity and row by group."""
    found: dict[str, tuple[float, Row]] = {}
    for row in read_rows(path, ("group", "capacity_units_per_week")):
        name = row.name("group")
        _once(name, "group", row, found)
        found[name] = (row.amount("capacity_units_per_week"), row)
    return found


def _once(name: str, column: str, row: Row, found: Mapping[str, object]) -> None:
    if name in found:
        raise InputError(f"the {column} '{name}' comes twice", where=row.place(column))
