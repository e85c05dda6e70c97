"""One draw of a scenario, on this process or another: the numbers of the draw in, prices and shortages out."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from ytterby.errors import SolveError
from ytterby.market import solve
from ytterby.world import parameters
from ytterby.world._memory import uncollected
from ytterby.world.calibration import Calibration
from ytterby.world.impose import Plan, impose
from ytterby.world.outcome import held_permits, paid_prices, unserved_shares

if TYPE_CHECKING:
    from ytterby.world.model import World

__all__ = ["Draws", "in_order", "spread"]

T = TypeVar("T")

_PERCENTILES = (5, 10, 50, 90, 95)


def spread(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the percentiles 5, 10, 50, 90 and 95 of many draws' rows, by ``what, item, region``.

    Examples
    --------
    >>> rows = pd.DataFrame({"what": "price", "item": "oxide.Dy", "region": "DEU", "value": [1.0, 2.0, 3.0]})
    >>> float(spread(rows)["p50"].iloc[0])
    2.0
    """
    values = rows.groupby(["what", "item", "region"], sort=True)["value"]
    return pd.DataFrame({f"p{q}": values.quantile(q / 100) for q in _PERCENTILES}).reset_index()


@dataclass(frozen=True, eq=False)
class Draws:
    """The draws of a scenario; the same for any number of workers.

    Attributes
    ----------
    count, seed
        How many, and from which seed.
    """

    calibration: Calibration
    plan: Plan
    count: int
    seed: int

    @classmethod
    def of(cls, world: World, plan: Plan, count: int, seed: int) -> Draws:
        """Return the draws of a plan in a world."""
        return cls(world.calibration, plan, count, seed)

    @functools.cached_property
    def numbers(self) -> list[dict[str, float]]:
        """Values of every parameter and assumption, by draw."""
        return parameters.draw(self.plan.ranges(), self.count, self.seed) if self.count else []

    def __call__(self, n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return prices paid and shares unserved in draw `n`."""
        numbers = self.numbers[n]
        network, _ = impose(self.plan, self.calibration.network(numbers), self.calibration, numbers)
        drawn = solve(network)
        return paid_prices(drawn, held_permits(network)), unserved_shares(drawn, self.calibration.demands)

    def rows(self, n: int) -> pd.DataFrame:
        """Return draw `n` as rows ``what, item, region, value``: prices paid in USD/kg, shortages as shares of use."""
        paid, unserved = self(n)
        price = paid["paid"].rename("value").reset_index().rename(columns={"commodity": "item"})
        short = unserved["share"].rename("value").reset_index().rename(columns={"end_use": "item"})
        return pd.concat([price.assign(what="price"), short.assign(what="shortage")], ignore_index=True)[
            ["what", "item", "region", "value"]
        ]

    def attempt(self, n: int) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        """Return draw `n`, or None where no equilibrium is found."""
        try:
            return self(n)
        except SolveError:
            return None

    def start(self, workers: int | None) -> Iterator[tuple[pd.DataFrame, pd.DataFrame] | None]:
        """Return each `attempt` in the order of draws; with more than one worker, work on them begins at once."""
        return in_order(self.attempt, self.count, workers)


def in_order(task: Callable[[int], T], count: int, workers: int | None) -> Iterator[T]:
    """Return ``task(0), task(1), ...`` in this order, made by so many processes (None: one a core)."""
    if workers == 1 or count < 2:
        return map(task, range(count))
    from joblib import Parallel, delayed

    # Pickled here and once: joblib would do it on a thread of its own, while the caller solves on and fills the
    # cached properties of the same calibration.
    packed = pickle.dumps(task)
    pool = Parallel(n_jobs=workers or -1, return_as="generator", batch_size=1)
    results: Iterator[T] = pool(delayed(_one)(packed, n) for n in range(count))
    return results


@functools.lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Any:
    """Return the task that a worker was sent, unpickled once a worker."""
    return pickle.loads(packed)


def _one(packed: bytes, n: int) -> Any:
    with uncollected():
        return _unpacked(packed)(n)
