"""What stops, when, and what does it cost? Cuts, content, stocks and products put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ytterby.errors import UnknownNameError, UsageError
from ytterby.exposure._allocate import allocate, schedule
from ytterby.exposure._flow import Floats
from ytterby.exposure._parts import Network, network
from ytterby.exposure._supply import Supply, calendar, phases_of
from ytterby.exposure.content import Content
from ytterby.exposure.cut import Cut
from ytterby.exposure.record import Exposed, Shared, Week
from ytterby.exposure.tables import Plan, Product

__all__ = ["HORIZON_WEEKS", "Exposure", "assess"]

HORIZON_WEEKS = 52.0
"""A cut for good is followed for so long."""
_LONGEST_WEEKS = 5200.0
_TINY = 1e-9


@dataclass(frozen=True)
class Exposure:
    """What the cuts do to each product.

    Parameters
    ----------
    products
        One record a product, in the order of the plan.
    weeks
        What is at risk in each week, by product, if that was asked for.
    horizon_weeks
        Weeks from now until the last cut ends.
    network_survives_weeks
        How long all products together can be made in full, parts being shared.
    objective
        What the allocation of shared parts makes greatest: margin, revenue or units, the first that is known of all.
    """

    products: tuple[Exposed, ...]
    weeks: tuple[Week, ...]
    horizon_weeks: float
    network_survives_weeks: float
    objective: str

    @property
    def stops(self) -> bool:
        """Whether a cut can stop a product."""
        return any(p.lost_weeks > 0 for p in self.products)

    def to_list(self) -> list[dict[str, Any]]:
        """Return the public record."""
        return [p.model_dump(mode="json") for p in self.products]


def assess(
    content: Content,
    cuts: Sequence[Cut],
    plan: Plan,
    horizon_weeks: float = HORIZON_WEEKS,
    *,
    weekly: bool = False,
) -> Exposure:
    """Return what cuts do to each product, under the worst that the content allows.

    Parameters
    ----------
    content
        What the items hold, and what goes into what.
    cuts
        The supplies that are cut, all together.
    plan
        Stocks, products and capacities.
    horizon_weeks
        How long a cut without a length is followed.
    weekly
        Whether to tell what is at risk in each week.

    Raises
    ------
    UnknownNameError
        If a product, or a stocked item, is not in the content.
    UsageError
        If there is no cut, or one is too long to be followed.

    Examples
    --------
    >>> from ytterby.exposure import Stock
    >>> held = {"item": "magnet", "element": "Dy", "step": "mined", "mass_kg": [0.1, 0.1]}
    >>> content = Content.from_dict({"items": [held | {"origin": "CHN"}],
    ...                              "lines": [{"parent": "motor", "child": "magnet", "quantity": 2}]})
    >>> plan = Plan({"magnet": Stock("magnet", 800.0)}, {"motor": Product("motor", 100.0, 900.0, 90.0)})
    >>> hit = assess(content, [Cut.parse("Dy:CHN=1@12")], plan).products[0]
    >>> hit.time_to_survive_weeks, hit.lost_weeks, hit.margin_at_risk, hit.blocked_by
    ((4.0, 4.0), 8.0, 72000.0, ('magnet',))
    """
    if not cuts:
        raise UsageError("there is no cut", hint="give --cut, e.g. --cut Dy:CHN=1@26, or --run")
    if max([horizon_weeks, *(c.start_week + (c.weeks or 0.0) for c in cuts)]) > _LONGEST_WEEKS:
        raise UsageError(f"a cut can be followed for {_LONGEST_WEEKS:g} weeks at most")
    _check_names(content, plan)
    grid = calendar(cuts, horizon_weeks)
    phases, cells = phases_of(cuts, grid, horizon_weeks)
    parts = network(content, list(plan.products), plan.stocks, phases)
    worst, best = (Supply(parts, plan, grid, cells, worst) for worst in (True, False))
    lost: dict[str, Floats] = {}
    tied: list[tuple[str, dict[str, Any]]] = []
    for name, product in plan.products.items():
        row, lost[name] = _tied(name, product, parts, worst, best)
        tied.append((name, row))
    planned = plan.planned()
    objective, weights = _weights(plan)
    together = worst.of_all()
    wanted = {name: p.demand_units_per_week for name, p in plan.products.items()}
    scarce = replace(together, demand=wanted).scarce()
    marks = [0, *(n for n in range(1, len(cells)) if cells[n] != cells[n - 1]), len(cells)]
    sold = {name: made * np.diff(grid[marks]) for name, made in planned.items()}
    if scarce.pools:
        sold = allocate(scarce.at(marks), weights, plan.lines())
    records = []
    for name, row in tied:
        product = plan.products[name]
        units = _clean(planned[name] * grid[-1] - float(sold[name].sum()), planned[name] * grid[-1])
        shared = Shared(units_at_risk=units, **_money(product, units))
        records.append(Exposed(**row, shared=shared, unassessed=parts.unassessed[name]))
    weeks: list[Week] = []
    if weekly:
        by_cell = {name: made * np.diff(grid) for name, made in planned.items()}
        if scarce.pools:
            phase = np.repeat(np.arange(len(marks) - 1), np.diff(marks))
            by_cell = schedule(scarce, plan.lines(), sold, phase)
        weeks = _by_week(plan, grid, lost, by_cell)
    ends = [first for first, _ in together.short_times()]
    return Exposure(
        products=tuple(records),
        weeks=tuple(weeks),
        horizon_weeks=float(grid[-1]),
        network_survives_weeks=float(min([*ends, grid[-1]])),
        objective=objective,
    )


def _tied(name: str, product: Product, parts: Network, worst: Supply, best: Supply) -> tuple[dict[str, Any], Floats]:
    """Return a product's record where every stock is tied to it, and the weeks lost until each point of the grid."""
    grid = worst.grid
    end = float(grid[-1])
    planned = worst.demand[name]
    if name not in parts.parts or planned <= 0:
        low = high = None
        sure: list[str] = []
        blocked: list[tuple[float, float, str]] = []
        loss = np.zeros_like(grid)
    else:
        chain = worst.of_product(name, shared=False)
        times = chain.short_times()
        blocked = sorted(
            (first, short, pool.items[0]) for (first, short), pool in zip(times, chain.pools, strict=True) if short > 0
        )
        low = blocked[0][0] if blocked else None
        mild = best.of_product(name, shared=False)
        alone = mild.short_times()
        sure = [p.items[0] for p, (_, short) in zip(mild.pools, alone, strict=True) if short > 0]
        grouped = best.of_product(name, shared=True).short_times()
        high = max(min((first for first, _ in times), default=np.inf) for times in (alone, grouped))
        loss = chain.lost() if blocked else np.zeros_like(grid)
    units = _clean(float(loss[-1]) * planned, planned * end)
    return {
        "product": name,
        "time_to_survive_weeks": (end if low is None else low, min(end, np.inf if high is None else high)),
        "lost_weeks": max((short for _, short, _ in blocked), default=0.0),
        "units_at_risk": units,
        **_money(product, units),
        "blocked_by": tuple(item for _, _, item in blocked),
        "surely_blocked_by": tuple(item for _, _, item in blocked if item in sure),
    }, loss


def _weights(plan: Plan) -> tuple[str, dict[str, float]]:
    for objective in ("margin", "revenue"):
        worth = {n: getattr(p, f"{objective}_usd_per_unit") for n, p in plan.products.items()}
        if None not in worth.values():
            return objective, worth
    return "units", dict.fromkeys(plan.products, 1.0)


def _money(product: Product, units: float) -> dict[str, float | None]:
    revenue, margin = product.revenue_usd_per_unit, product.margin_usd_per_unit
    return {
        "revenue_at_risk": None if revenue is None else units * revenue,
        "margin_at_risk": None if margin is None else units * margin,
    }


def _clean(units: float, of: float) -> float:
    """Return units without what is rounding beside all that is made."""
    return 0.0 if abs(units) <= _TINY * of else units


def _by_week(plan: Plan, grid: Floats, lost: dict[str, Floats], sold: dict[str, Floats]) -> list[Week]:
    marks = np.append(np.arange(0.0, grid[-1]), grid[-1])
    planned = plan.planned()
    rows = []
    for name, product in plan.products.items():
        tied = np.diff(np.interp(marks, grid, lost[name])) * planned[name]
        missing = planned[name] * grid - np.concatenate([[0.0], np.cumsum(sold[name])])
        shared = np.diff(np.interp(marks, grid, missing))
        for week, (worst, best) in enumerate(zip(tied, shared, strict=True), start=1):
            units, few = _clean(float(worst), planned[name]), _clean(float(best), planned[name])
            rows.append(
                Week(
                    product=name,
                    week=week,
                    units_at_risk=units,
                    **_money(product, units),
                    shared=Shared(units_at_risk=few, **_money(product, few)),
                )
            )
    return rows


def _check_names(content: Content, plan: Plan) -> None:
    for product in plan.products.values():
        if product.product not in content.items:
            raise UnknownNameError("product", product.product, content.items, where=_place(product.row, "product"))
    if content.lines is None:
        return
    for stock in plan.stocks.values():
        if stock.item not in content.items:
            raise UnknownNameError("item", stock.item, content.items, where=_place(stock.row, "item"))


def _place(row: Any, column: str) -> str | None:
    return row.place(column) if row is not None else None
