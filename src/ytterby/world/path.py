"""How do months follow each other? Each is an equilibrium, begun with the stocks that the month before left.

A month is at rates of a twelfth of a year and as its 15th day: a measure operates if it is in force on that day as far
as was known then.

**Stocks.** Users hold some weeks of use (`ytterby.world.cover`), one stock a good and region. What they hold at the end
of a month is a demand of its own, the demand for storage of Working (1949) and Brennan (1958): at the price v that they
take for normal they hold the target S*, and the stock is empty where the price is a premium above it,

    P = v (1 + premium (1 - S / S*)),

so that a stock is drawn down when goods are short and filled up when they come again. The normal price is last month's
belief, moved by a part of what it differed from the price paid. Where a change is known to come next month, v moves by
what the change makes of the price believed for then: that of the next month's equilibrium from the stocks of today,
less that of the same month without the change; a price that the change does not touch stays as it is.

**Licences.** The share that leaves is that of the assumption's row which holds on the day; what is applied for after
the rule's first day waits for the processing delay. Where licences are short, stocks cannot be filled with licensed
goods.

References
----------
Working (1949), The theory of price of storage, American Economic Review 39.
Brennan (1958), The supply of storage, American Economic Review 48.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from ytterby.errors import SolveError
from ytterby.market import Equilibrium, solve
from ytterby.world import parameters
from ytterby.world._memory import uncollected
from ytterby.world._month_networks import YEARS, MonthNetwork, MonthNetworks, Numbers, Ranges, Volumes
from ytterby.world._perfect import all_at_once
from ytterby.world._storage import Places, held_at_end, with_stocks
from ytterby.world.cover import Cover, cover
from ytterby.world.impose import Plan
from ytterby.world.month import Month
from ytterby.world.outcome import held_permits, paid_prices, scarce_prices
from ytterby.world.scenario import Scenario

if TYPE_CHECKING:
    from ytterby.world.model import World

__all__ = ["Foresight", "Numbers", "Path", "Ranges", "Volumes", "path_ranges", "run_path"]

Foresight = Literal["rolling", "perfect"]


@dataclass(frozen=True, eq=False)
class Path:
    """The equilibria of some months, one after the other; each tuple has one entry a month.

    Attributes
    ----------
    months
        The months.
    equilibria
        The period of each bears the month's name.
    solves
        What was solved: the months' equilibria themselves or, with perfect foresight, all months as one.
    permits
        Permits whose holders are the importers (see `ytterby.world.outcome.held_permits`).
    paid
        What is paid then (see `ytterby.world.outcome.paid_prices`).
    ordinary
        The calibration's demands with ``base_t`` at the month's use in t at base prices.
    held
        Tonnes held at the end by (commodity, region).
    operates
        The limbs that operate.
    plans
        What they do and which assumptions that needs.
    cover
        What is held in ordinary times.
    not_modelled
        What could not be modelled, as (measure, reason), each once.
    """

    months: tuple[Month, ...]
    equilibria: tuple[Equilibrium, ...]
    solves: tuple[Equilibrium, ...]
    permits: tuple[Mapping[str, str], ...]
    paid: tuple[pd.DataFrame, ...]
    ordinary: tuple[pd.DataFrame, ...]
    held: tuple[Mapping[tuple[str, str], float], ...]
    operates: tuple[tuple[str, ...], ...]
    plans: tuple[Plan, ...]
    cover: Cover
    not_modelled: tuple[tuple[str, str], ...]


def central(ranges: Ranges) -> dict[str, float]:
    """Return the middle of each range."""
    return {k: mid for k, (_, mid, _) in ranges.items()}


def run_path(
    world: World,
    scenario: Scenario,
    months: Sequence[Month],
    *,
    numbers: Numbers = central,
    known_on: dt.date | None = None,
    volumes: Volumes | None = None,
    foresight: Foresight = "rolling",
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Return the months of a scenario, each solved with what was known then.

    Parameters
    ----------
    world, scenario
        What is imposed on what. A measure with days of its own holds on them; another as the register has it, and from
        the day on which the scenario `begins` (if the register never has it in force: from its announcement on).
        The rows of assumptions that a scenario names hold from that day on, before it those of the day.
    months
        Months that follow each other.
    numbers
        How values are taken from the ranges of parameters and assumptions.
    known_on
        The day whose knowledge of the register all months have; default each month its own. What was observed on it
        goes on after it.
    volumes
        Exports that were seen, in place of the licensed share that the assumptions give.
    foresight
        ``rolling``: as described above. ``perfect``: all months are one equilibrium, in which goods are stored for what
        they will be worth; only at the end of the last month is there a demand for storage.
    progress
        Called with (done, of) after each month.

    Raises
    ------
    UnknownNameError
        A measure, limb or assumption that does not exist.
    SolveError
        A month has no equilibrium; `where` names it.
    """
    networks = MonthNetworks(world, scenario, numbers, known_on, volumes)
    networks.check(months)  # what does not exist is told before the first month
    own = numbers(networks.fixed(parameters.ranges(month=True)))
    ordinary = cover(world.calibration, own["stock_cover"])
    prices = world.calibration.prices
    target = {k: t for k, t in ordinary.target.items() if prices.get(k, 0.0) > 0.0}
    normal = {k: float(prices[k]) for k in target}
    run = _rolling if foresight == "rolling" else all_at_once
    with uncollected():
        parts, answers, solves, paid = run(networks, months, target, normal, own, progress)
    left = dict.fromkeys(told for part in parts for told in part.left)
    return Path(
        months=tuple(months),
        equilibria=tuple(answers),
        solves=tuple(solves),
        permits=tuple(held_permits(part.network) for part in parts),
        paid=tuple(paid),
        ordinary=tuple(part.ordinary for part in parts),
        held=tuple(held_at_end(answer) for answer in answers),
        operates=tuple(part.limbs for part in parts),
        plans=tuple(part.plan for part in parts),
        cover=ordinary,
        not_modelled=tuple(left),
    )


def _rolling(
    networks: MonthNetworks,
    months: Sequence[Month],
    target: Places,
    normal: Places,
    own: Mapping[str, float],
    progress: Callable[[int, int], None] | None,
) -> tuple[list[MonthNetwork], list[Equilibrium], list[Equilibrium], list[pd.DataFrame]]:
    """Solve month after month, each from what the one before has left."""
    held, parts, answers, paid = target, [], [], []

    def solved(part: MonthNetwork, value: Places) -> Equilibrium:
        network = with_stocks(part.network, YEARS, held, target, value, own["stock_release_premium"])
        try:
            return solve(network)
        except SolveError as error:
            error.where = ", ".join(filter(None, [f"month {network['periods'][0]['id']}", error.where]))
            raise

    for n, month in enumerate(months):
        limbs, coming = networks.operating(month, month), networks.operating(month.later(1), month)
        value = normal
        if limbs != coming:
            with_, without = (scarce_prices(solved(networks.of(month.later(1), x), normal)) for x in (coming, limbs))
            value = _shifted(normal, with_, without)
        part = networks.of(month, limbs)
        answer = solved(part, value)
        paid.append(paid_prices(answer, held_permits(part.network)))
        held, now = held_at_end(answer), paid[-1]["paid"].to_dict()
        normal = {k: v + own["price_belief"] * (now.get(k, v) - v) for k, v in normal.items()}
        parts.append(part)
        answers.append(answer)
        if progress:
            progress(n + 1, len(months))
    return parts, answers, answers, paid


def _shifted(normal: Places, believed: Places, unchanged: Places) -> dict[tuple[str, str], float]:
    """Return normal prices with a change that is known to come: each moves as its believed price does, and not past it.

    A measure that ends may take away more than the slow normal price has of it.

    Examples
    --------
    >>> place = ("wheat", "home")
    >>> for normal, believed, unchanged in ((50, 60, 60), (50, 66, 60), (50, 48, 60)):
    ...     print(_shifted({place: normal}, {place: believed}, {place: unchanged})[place])
    50
    56
    48
    """
    found = dict(normal)
    for k, v in normal.items():
        b = believed.get(k, 0.0)
        if b > 0.0 and k in unchanged:
            found[k] = sorted((v, v + b - unchanged[k], b))[1]
    return found


def path_ranges(path: Path) -> dict[str, tuple[float, float, float]]:
    """Return (low, mid, high) of everything that a path took from a range, by name."""
    found = parameters.ranges(month=True)
    for plan in path.plans:
        found |= {name: (value,) * 3 for name, value in dict(plan.values).items() if name in found}
        found |= plan.ranges()
    return found
