"""What happens, period by period, when agents know only what was known then?

With *perfect foresight* all periods are one problem: that is :func:`ytterby.market.solve` itself. With a *rolling
horizon* agents solve, in each period, the window of the next periods as they believe it then; the first period of the
window is what happens, the goods in store and the capacity that was decided are carried over, and the rest of the
window is a forecast that the next vintage may revise.

A harvest of 60 and then of 20, demand 100 − P, a store. Those who look two periods ahead hold 20; those who look
at one period hold nothing:

>>> wheat = Network.parse({
...     "periods": [{"id": "t1"}, {"id": "t2"}],
...     "supplies": [
...         {"id": "s1", "commodity": "wheat", "region": "home", "period": "t1",
...          "curve": {"form": "fixed", "quantity": 60}},
...         {"id": "s2", "commodity": "wheat", "region": "home", "period": "t2",
...          "curve": {"form": "fixed", "quantity": 20}}],
...     "demands": [{"id": "d", "commodity": "wheat", "region": "home",
...                  "curve": {"form": "linear", "intercept": 100, "slope": 1}}],
...     "stocks": [{"id": "k", "commodity": "wheat", "region": "home"}]})
>>> roll(wheat, window=2).prices.price.round(6).tolist()
[60.0, 60.0]
>>> roll(wheat, window=1).prices.price.round(6).tolist()
[40.0, 80.0]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ytterby.errors import InputError, SolveError
from ytterby.market._entry import Decision, Entry, build, check_entries, decide
from ytterby.market._equilibrium import COLUMNS, Equilibrium
from ytterby.market._network import Network, Stock
from ytterby.market._solve import solve
from ytterby.market._window import INNER, cut_window

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Believed", "Entry", "Path", "roll"]

Believed = Network | Sequence[Network] | Callable[[int], Network]
"""What agents believe of all periods: always the same, or by the number of the period in which they believe it."""

_FORECASTS = ("vintage", "commodity", "region", "segment", "period", "price")
_ENTRIES = ("id", "activity", "size", "incentive_price", "believed_price", "decided", "opens")
_VALUES = frozenset({"price", "quantity", "unserved", "level", "binding", "wedge", "rent", "revenue", "attained"})


@dataclass(frozen=True, eq=False)
class Path:
    """What happened in each period, and what was believed.

    Attributes
    ----------
    prices, price_paid, supply, demand, flows, processes, stocks, firms, measures
        What happened: the tables of `Equilibrium` with the same columns, by entry and then period; money of the period.
    forecasts
        Prices by `vintage`, the period in which they were believed; the first of a vintage is what happened.
    entries
        Projects in the order of their decision: the price believed, the periods in which it was decided and opens.
    residual
        The worst relative residual of all solves.
    """

    prices: pd.DataFrame = field(repr=False)
    price_paid: pd.DataFrame = field(repr=False)
    supply: pd.DataFrame = field(repr=False)
    demand: pd.DataFrame = field(repr=False)
    flows: pd.DataFrame = field(repr=False)
    processes: pd.DataFrame = field(repr=False)
    stocks: pd.DataFrame = field(repr=False)
    firms: pd.DataFrame = field(repr=False)
    measures: pd.DataFrame = field(repr=False)
    forecasts: pd.DataFrame = field(repr=False)
    entries: pd.DataFrame = field(repr=False)
    residual: float


def roll(
    believed: Believed,
    *,
    window: int | None = None,
    terminal: Literal["own", "last_believed"] = "own",
    entries: Sequence[Entry] = (),
) -> Path:
    """Return what happens when each period is decided on what is believed then: a rolling horizon.

    In period t the periods t to t + window − 1 of the network believed in t are solved together, from the goods in
    store at the end of t − 1 and with the capacity decided so far. Its first period happens.

    Parameters
    ----------
    believed
        The network of all periods as it is believed in each: one network, one for each period, or a function of the
        period's number (0, 1, ...). Each has the same `periods`, and describes its own period as it is; `initial`
        counts in a stock's first period alone.
    window
        How many periods are looked at, the present one included; default: all that are left.
    terminal
        What a unit left at the window's end is worth, where that is not the end of all periods: the stock's
        `terminal_value` (``own``), or the price at its place in the last period of the window believed one period
        before (``last_believed``; in the first period ``own``). Either is discounted over the last period. At the end
        of all periods the stock's own holds.
    entries
        Projects that may be decided, those with the least incentive price first; after each decision the window is
        solved again, so that the next is judged at prices that know of it.

    Raises
    ------
    InputError
        A window of less than one period; networks with other periods than the first; a project without a capacity to
        add to.
    UnknownNameError
        A project's process, supply, commodity or region, or an entry's period, is not in the network.
    SolveError
        A window has no equilibrium; `where` names its first period.

    Notes
    -----
    What is the same in any window (a price, a stock) is as unique as it is in `solve`. With one network and all
    periods in the window the path is the equilibrium with perfect foresight, ``solve(network)``.

    Examples
    --------
    A ban that is announced in the third period:

    >>> wheat = {
    ...     "periods": [{"id": "t1"}, {"id": "t2"}, {"id": "t3"}],
    ...     "supplies": [{"id": "s", "commodity": "wheat", "region": "abroad",
    ...                   "curve": {"form": "linear", "intercept": 0, "slope": 1}}],
    ...     "demands": [{"id": "d", "commodity": "wheat", "region": "home",
    ...                  "curve": {"form": "linear", "intercept": 100, "slope": 1, "choke": 90}}],
    ...     "routes": [{"id": "sea", "commodity": "wheat", "from": "abroad", "to": "home"}]}
    >>> ban = {"id": "ban", "instrument": "export_ban", "commodity": "wheat", "period": "t3"}
    >>> calm, shock = Network.parse(wheat), Network.parse({**wheat, "measures": [ban]})
    >>> path = roll(lambda t: shock if t >= 2 else calm)
    >>> path.prices[path.prices.region == "home"].price.round(6).tolist()
    [50.0, 50.0, 90.0]
    """
    if window is not None and window < 1:
        raise InputError(f"a window has at least one period; found {window}", where="window")
    if terminal not in ("own", "last_believed"):
        raise InputError(f"expected 'own' or 'last_believed', found '{terminal}'", where="terminal")
    held: dict[str, float] = {}
    decisions: list[Decision] = []
    answers: list[Equilibrium] = []
    worst = 0.0
    for t, network in enumerate(_vintages(believed)):
        ids = [p.id for p in network.periods]
        length = window or len(ids)
        if t == 0:
            check_entries(entries, network)
        values = _values(network, answers[-1]) if terminal == "last_believed" and answers else None
        answer: Equilibrium | None = None
        while True:
            part = cut_window(build(network, decisions), t, length, held, values)
            try:
                answer = solve(part, start=answer)
            except SolveError as error:
                error.where = ", ".join(filter(None, [f"window from '{ids[t]}'", error.where]))
                raise
            worst = max(worst, answer.residual)
            decision = decide(entries, decisions, network, answer, t)
            if decision is None:
                break
            decisions.append(decision)
        table = answer.tables["stocks"]
        rows = zip(table["id"], table["period"], table["quantity"], strict=True)
        held = {
            ident: max(quantity, 0.0) for ident, period, quantity in rows if period == ids[t] and INNER not in ident
        }
        answers.append(replace(answer, solved=None))  # its tables are all that is asked for again
    return _path(ids, answers, decisions, worst)


def _vintages(believed: Believed) -> Iterator[Network]:
    """Yield the network believed in each period."""
    if isinstance(believed, Network):
        yield from (believed for _ in believed.periods)
        return
    if callable(believed):
        ask = believed
    else:
        series = believed
        if not series or len(series) != len(series[0].periods):
            wanted = f"{len(series[0].periods)}, one for each period" if series else "one for each period"
            raise InputError(f"expected networks: {wanted}; found {len(series)}", where="believed")
        ask = series.__getitem__
    first = ask(0)
    for t, period in enumerate(first.periods):
        network = ask(t) if t else first
        if network.periods != first.periods:
            raise InputError("the network has other periods than the first", where=f"believed in '{period.id}'")
        yield network


def _values(network: Network, before: Equilibrium) -> dict[str, float]:
    """Return the price at each stock's place in the last period of the window before."""
    table = before.tables["prices"]
    last = table["period"][-1] if table["period"] else None
    rows = [
        (commodity, region, segment, price)
        for commodity, region, segment, period, price in zip(*table.values(), strict=True)
        if period == last
    ]

    def value(k: Stock) -> float:
        # Goods without a segment may serve any, and are worth what the dearest of them pays.
        return max(
            (p for c, r, s, p in rows if (c, r) == (k.commodity, k.region) and k.segment in (None, s)), default=0.0
        )

    return {k.id: value(k) for k in network.stocks}


def _path(ids: Sequence[str], answers: Sequence[Equilibrium], decisions: Sequence[Decision], worst: float) -> Path:
    import pandas as pd

    tables: dict[str, Any] = {name: _happened(name, ids, answers) for name in COLUMNS}
    forecasts = [
        (ids[t], *row)
        for t, answer in enumerate(answers)
        for row in zip(*answer.tables["prices"].values(), strict=True)
    ]
    built = [
        (e.id, e.activity, e.size, e.incentive_price, d.price, ids[d.decided], ids[d.opens])
        for d in decisions
        for e in [d.entry]
    ]
    return Path(
        **tables,
        forecasts=pd.DataFrame(forecasts, columns=list(_FORECASTS)),
        entries=pd.DataFrame(built, columns=list(_ENTRIES)),
        residual=worst,
    )


def _happened(name: str, ids: Sequence[str], answers: Sequence[Equilibrium]) -> pd.DataFrame:
    """Return the rows of each window's first period, by entry and then period."""
    import pandas as pd

    columns = COLUMNS[name]
    when = columns.index("period")
    heads = [n for n, column in enumerate(columns) if column not in _VALUES and column != "period"]
    order: dict[tuple[Any, ...], int] = {}
    rows: list[tuple[int, int, tuple[Any, ...]]] = []
    for t, answer in enumerate(answers):
        table = answer.tables[name]
        for row in zip(*(table[column] for column in columns), strict=True):
            head = tuple(row[n] for n in heads)
            if row[when] == ids[t] and INNER not in str(head[0]):
                rows.append((order.setdefault(head, len(order)), t, row))
    rows.sort(key=lambda r: r[:2])
    return pd.DataFrame([row for _, _, row in rows], columns=list(columns))
