"""A stretch of a network's periods as a network of its own, with the goods held before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ytterby.errors import InputError, UnknownNameError
from ytterby.market._instruments import Activity, Measure, Stockpile
from ytterby.market._layout import names_of
from ytterby.market._network import Network, Stock
from ytterby.market._routes import Routes

__all__ = ["INNER", "cut_window"]

INNER = "\0"
"""Stands in ids that a window adds by itself, which no result shows."""


def cut_window(
    network: Network, first: int, length: int, held: Mapping[str, float], terminal: Mapping[str, float] | None = None
) -> Network:
    """Return the network of the periods ``first`` to ``first + length - 1``.

    Parameters
    ----------
    network
        A network of all periods.
    first, length
        Number of the window's first period, and how many periods it has; it ends at the horizon at the latest.
    held
        Goods in store at the end of the period before, by stock: the `initial` of the window. A stock whose first
        period is still to come keeps its own.
    terminal
        Value per unit left at the window's end, by stock; a stock that is not in it, and every stock where the
        window ends with the horizon, keeps its own `terminal_value`.

    Raises
    ------
    UnknownNameError
        An entry names a period that the network does not have.
    InputError
        Goods are held in a stock that the network does not have.

    Examples
    --------
    >>> whole = Network.parse({
    ...     "periods": [{"id": "2024"}, {"id": "2025"}, {"id": "2026"}],
    ...     "stocks": [{"id": "k", "commodity": "wheat", "region": "home", "initial": 5, "period": ["2024", "2026"]}]})
    >>> window = cut_window(whole, 0, 2, {})
    >>> [p.id for p in window.periods], window.stocks[0].period, window.stocks[0].initial
    (['2024', '2025'], ('2024',), 5.0)
    >>> cut_window(whole, 1, 2, {"k": 3.0}).stocks[1].initial  # not open in 2025: what was held comes out
    3.0
    """
    ids = [p.id for p in network.periods]
    span = ids[first : first + length]
    values = terminal if terminal is not None and first + length < len(ids) else {}
    known = {k.id for k in network.stocks}
    for name, quantity in held.items():
        if quantity > 0.0 and name not in known:
            raise InputError(
                f"{quantity:g} units are held in '{name}', which is no stock of the network believed in '{ids[first]}'",
                where="stocks",
                hint="keep the stock, with capacity 0 if nothing more may be held",
            )
    changed: dict[str, Any] = {"periods": network.periods[first : first + length]}
    for section in ("supplies", "demands", "processes"):
        changed[section] = tuple(
            e if e.period == "*" else e.model_copy(update={"period": _within(e.period, ids, span, section, e.id)})
            for e in getattr(network, section)
        )
    changed["routes"] = Routes.of(network.routes).in_periods(
        lambda period, ident: period if period == "*" else _within(period, ids, span, "routes", ident)
    )
    changed["stocks"] = tuple(
        part for k in network.stocks for part in _stock(k, ids, first, span, held.get(k.id, 0.0), values.get(k.id))
    )
    changed["measures"] = tuple(part for m in network.measures for part in _measure(m, ids, first, span))
    return network.model_copy(update=changed)


def _within(
    period: str | Sequence[str], ids: Sequence[str], span: Sequence[str], section: str, ident: str
) -> tuple[str, ...]:
    wanted = names_of(period)
    for name in wanted or ():
        if name not in ids:
            raise UnknownNameError("period", name, ids, where=f"{section} '{ident}' period")
    return tuple(name for name in span if wanted is None or name in wanted)


def _stock(
    stock: Stock, ids: Sequence[str], first: int, span: Sequence[str], held: float, value: float | None
) -> list[Stock]:
    """Return a stock in the window, and an empty store out of which comes what was held while it is not open."""
    opens = _within(stock.period, ids, ids, "stocks", stock.id)
    own = tuple(name for name in span if name in opens)
    began = bool(opens) and ids.index(opens[0]) < first
    here = span[0] in own
    parts = []
    if own:
        update: dict[str, Any] = {"period": "*" if own == tuple(span) else own}
        if began:
            update["initial"] = held if here else 0.0
        if value is not None:
            update["terminal_value"] = value
        parts.append(stock.model_copy(update=update))
    if not own or (began and not here and held > 0.0):
        # With nothing in it, it keeps the names of its place known to routes and measures.
        rest = {"id": f"{stock.id}{INNER}", "period": span[0], "capacity": 0.0, "initial": held if began else 0.0}
        parts.append(stock.model_copy(update=rest))
    return parts


def _measure(m: Measure, ids: Sequence[str], first: int, span: Sequence[str]) -> list[Measure]:
    if isinstance(m, Stockpile):
        path = tuple(s for s in m.path if _within(s.period, ids, span, "measures", m.id))
        return [m.model_copy(update={"path": path, "period": "*"})] if path else []
    when = _within(m.period, ids, span, "measures", m.id)
    if not when:
        return []
    update: dict[str, Any] = {} if m.period == "*" else {"period": when}
    if isinstance(m, Activity) and m.available_from in ids and m.available_from not in span:
        update["available_from"] = None
        if ids.index(m.available_from) > first:
            update["capacity_factor"] = 0.0
    return [m.model_copy(update=update)]
