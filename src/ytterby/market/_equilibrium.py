"""The answer: prices, quantities, what each measure does, and how much of it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ytterby import canonical
from ytterby.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from ytterby.market._solved import Solved
    from ytterby.market._warm import Warm
    from ytterby.market._why import Why

__all__ = ["COLUMNS", "Equilibrium", "Table"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "prices": ("commodity", "region", "segment", "period", "price"),
    "price_paid": ("commodity", "region", "segment", "period", "price", "quantity"),
    "supply": ("id", "period", "quantity"),
    "demand": ("id", "period", "quantity", "unserved"),
    "flows": ("route", "commodity", "from", "to", "period", "quantity"),
    "processes": ("id", "period", "level"),
    "stocks": ("id", "period", "quantity"),
    "firms": ("id", "commodity", "region", "period", "quantity"),
    "measures": ("id", "region", "commodity", "period", "binding", "wedge", "rent", "revenue", "attained"),
}
"""Columns of each table."""

Table = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """Prices at which every market clears and no activity can gain, and the quantities that go with them.

    Attributes
    ----------
    tables
        The result tables by name, as columns; the properties give them as frames.
    welfare
        Surplus by group (consumer, producer, government, rent, total) and `by_region`, in money, discounted to the
        first period; None where a surplus has no bound.
    instrument_class
        `qp`, `convex` or `complementarity`: what kind of problem the network is.
    residual
        Worst relative residual of feasibility, arbitrage, complementarity and the welfare identity.
    solved
        What the tables were read from, for `binding` and `why`; not pickled, so that results stay light between
        processes.
    """

    tables: Mapping[str, Table] = field(repr=False)
    welfare: Mapping[str, Any] = field(repr=False)
    instrument_class: str
    residual: float
    status: str = "optimal"
    solved: Solved | None = field(default=None, repr=False)
    _unique: Callable[[], bool] | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"solved": None, "_unique": None, "warm": self.warm, "unique_flows": self.unique_flows}

    @cached_property
    def unique_flows(self) -> bool:
        """Whether the quantities on routes are the only ones; if not, they are one choice of several."""
        assert self._unique is not None  # what was pickled has the answer with it
        return self._unique()

    @cached_property
    def warm(self) -> Warm | None:
        """What a solve in another process may start from; ``solve(changed, start=equilibrium)`` uses it."""
        from ytterby.market._warm import keep

        return None if self.solved is None else keep(self.solved.compiled, self.solved.point)

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(dict(self.tables[name]), columns=list(self.tables[name]))

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Price by commodity, region, segment and period."""
        return self._frame("prices")

    @cached_property
    def price_paid(self) -> pd.DataFrame:
        """Volume-weighted price that buyers paid; segment ``*`` is over all buyers where there are segments."""
        return self._frame("price_paid")

    @cached_property
    def supply(self) -> pd.DataFrame:
        """Quantity by supply and period."""
        return self._frame("supply")

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Quantity bought, and wanted at the choke price but not bought, by demand and period."""
        return self._frame("demand")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Quantity by route and period."""
        return self._frame("flows")

    @cached_property
    def processes(self) -> pd.DataFrame:
        """Level by process and period."""
        return self._frame("processes")

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """Quantity held at the period's end, by stock and period."""
        return self._frame("stocks")

    @cached_property
    def firms(self) -> pd.DataFrame:
        """Quantity sold by firm, commodity, region and period."""
        return self._frame("firms")

    @cached_property
    def measures(self) -> pd.DataFrame:
        """What each measure does: binding, wedge per unit, rent, revenue, attained."""
        return self._frame("measures")

    @cached_property
    def binding(self) -> pd.DataFrame:
        """What binds: capacities, endowments, rights, bans and floors with their shadow prices, most worth first."""
        import pandas as pd

        from ytterby.market._binding import Constraint, constraints

        names = [f.name for f in fields(Constraint) if f.name != "effect"]
        rows = [[getattr(x, name) for name in names] for x, _ in constraints(self._origin())]
        return pd.DataFrame(rows, columns=names)

    def why(
        self, region: str, commodity: str, period: str | None = None, *, segment: str | None = None, steps: int = 3
    ) -> Why:
        """Return what makes the price of a place, what binds, and what would bind next as more is taken away there.

        Parameters
        ----------
        region, commodity, segment
            The place; `segment` None: that of buyers without a segment.
        period
            In which period the price is explained and more is taken away; None: explained in the first, taken away in
            each.
        steps
            How many constraints to look for that would bind next.

        Raises
        ------
        UnknownNameError
            If there is no such place or period.
        UsageError
            If the equilibrium came from another process, which sends its tables alone.

        Examples
        --------
        >>> from ytterby.market import solve
        >>> eq = solve({
        ...     "supplies": [{"id": "s", "commodity": "wheat", "region": "home",
        ...                   "curve": {"form": "marginal_cost", "cost": 0, "slope": 1, "capacity": 6}}],
        ...     "demands": [{"id": "d", "commodity": "wheat", "region": "home",
        ...                  "curve": {"form": "linear", "intercept": 10, "slope": 1}}]})
        >>> eq.why("home", "wheat").sentences[3]
        "With 2 more a year, at a price of 6, supply 's' is full; from there on a unit a year more raises it by 1."
        """
        from ytterby.market._why import explain

        return explain(self._origin(), region, commodity, period, segment, steps)

    def _origin(self) -> Solved:
        if self.solved is None:
            raise UsageError(
                "this equilibrium has its tables alone: it came from another process or was built by hand",
                hint="solve the network here, or ask for the reasons in the process that solves it",
            )
        return self.solved

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain records, the JSON of `ytterby market solve`."""
        return self._record(
            lambda table: [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
        )

    def to_json(self) -> Iterator[str]:
        """Yield the text of `to_dict` as JSON of two spaces' indent, numbers rounded, piece by piece."""
        return canonical.chunks(self._record(canonical.Table))

    def _record(self, rows: Callable[[Table], Any]) -> dict[str, Any]:
        return {
            "status": self.status,
            **{name: rows(table) for name, table in self.tables.items()},
            "welfare": dict(self.welfare),
            "unique_flows": self.unique_flows,
            "instrument_class": self.instrument_class,
            "residual": self.residual,
        }
