"""All months as one equilibrium: everybody knows what comes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ytterby.market import Equilibrium, solve
from ytterby.world._month_networks import YEARS, MonthNetwork, MonthNetworks
from ytterby.world._storage import HELD, Places, with_stocks
from ytterby.world.month import Month
from ytterby.world.outcome import held_permits, paid_prices

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["all_at_once"]

_SECTIONS = ("supplies", "demands", "routes", "processes", "measures")
_SEPARATOR = "~"
"""Between the id of an entry and its month."""


def all_at_once(
    networks: MonthNetworks,
    months: Sequence[Month],
    target: Places,
    normal: Places,
    own: Mapping[str, float],
    progress: Callable[[int, int], None] | None,
) -> tuple[list[MonthNetwork], list[Equilibrium], list[Equilibrium], list[pd.DataFrame]]:
    """Return the networks, each month's part of the equilibrium, the equilibrium, and what is paid in each month.

    A stock costs nothing to keep; at the end of the last month there is the demand for storage of a rolling run.
    """
    parts = [networks.of(m, networks.operating(m, months[-1])) for m in months]
    last = with_stocks(parts[-1].network, YEARS, {}, target, normal, own["stock_release_premium"])
    whole: dict[str, Any] = {
        **parts[0].network,
        "periods": [p for part in parts for p in part.network["periods"]],
        "stocks": [
            {"id": f"{HELD}@{region}:{commodity}", "commodity": commodity, "region": region, "carrying_cost": 0.0,
             "initial": tonnes}
            for (commodity, region), tonnes in target.items()
        ],
    }  # fmt: skip
    for section in _SECTIONS:
        whole[section] = [
            _in_month(entry, str(month))
            for month, network in zip(months, [*(p.network for p in parts[:-1]), last], strict=True)
            for entry in network[section]
        ]
    answer = solve(whole)
    if progress:
        progress(len(months), len(months))
    answers = [_month_of(answer, str(m)) for m in months]
    paid = [paid_prices(a, held_permits(part.network)) for a, part in zip(answers, parts, strict=True)]
    return parts, answers, [_month_of(answer, None)], paid


def _in_month(entry: Mapping[str, Any], month: str) -> dict[str, Any]:
    own = {**entry, "id": f"{entry['id']}{_SEPARATOR}{month}", "period": month}
    match = entry.get("match", {})
    if "process" in match:
        own["match"] = {**match, "process": f"{match['process']}{_SEPARATOR}{month}"}
    return own


def _month_of(answer: Equilibrium, month: str | None) -> Equilibrium:
    """Return a month's part of the equilibrium, or all of it (None), by the ids of the months' own networks.

    What is held stands among the demands, as in a month that was solved alone.
    """
    tables: dict[str, dict[str, list[Any]]] = {}
    for name, table in answer.tables.items():
        rows = [n for n, period in enumerate(table["period"]) if month in (None, period)]
        columns = {c: [values[n] for n in rows] for c, values in table.items()}
        for c in {"id", "route"} & set(columns):
            columns[c] = [str(i).partition(_SEPARATOR)[0] for i in columns[c]]
        tables[name] = columns
    stocks, demand = tables["stocks"], tables["demand"]
    known = {(i, p) for i, p in zip(demand["id"], demand["period"], strict=True)}
    for i, period, quantity in zip(*(stocks[c] for c in ("id", "period", "quantity")), strict=True):
        if (i, period) not in known:
            for column, value in (("id", i), ("period", period), ("quantity", quantity), ("unserved", 0.0)):
                demand[column].append(value)
    return dataclasses.replace(answer, tables=tables, solved=None)
