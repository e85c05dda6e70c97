"""What happens month by month? Prices paid and spot, trade, who runs short, and for how many weeks stocks last.

>>> from ytterby.world import World
>>> hit = World.default().months(["CHN-A18-2025"], start="2025-03", end="2025-04")
>>> held = hit.stocks.query("commodity == 'magnet.ndfeb_hd' and region == 'DEU'").set_index("month").weeks
>>> bool(held["2025-04"] < held["2025-03"])
True
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import ytterby
from ytterby import atlas
from ytterby.canonical import run_id
from ytterby.errors import UsageError
from ytterby.market import Equilibrium
from ytterby.measures import as_day
from ytterby.world import parameters
from ytterby.world._storage import BEGINS, HELD
from ytterby.world.cover import WEEKS_A_YEAR
from ytterby.world.draws import in_order
from ytterby.world.limits import limits
from ytterby.world.month import Month
from ytterby.world.outcome import BAND, flow_table, price_table, trade, unserved_shares
from ytterby.world.path import Foresight, Path, Ranges, Volumes, path_ranges, run_path
from ytterby.world.scenario import Scenario
from ytterby.world.why import reasons

if TYPE_CHECKING:
    from ytterby.world.model import World

__all__ = ["Months", "run_months"]

_LEAST_GAP = 1e-3
"""Below this share a segment's price is that of all."""

_OUTSIDE = "WLD_exCHN"

FIRST, LAST = Month(2024, 7), Month(2030, 3)
"""Months for which the atlas has capacities."""

_END, _AFTER = Month(2026, 12), 11
"""Last month where none is asked for, and how many months after a scenario's first one it is."""


@dataclass(frozen=True, eq=False)
class Months:
    """The months of a scenario.

    Attributes
    ----------
    run_id
        Hash of all that the result depends on.
    path
        The equilibria behind the tables.
    operates
        ``month, limb``: which limbs operate in which month.
    prices
        ``month, commodity, region, baseline, paid, spot, quantity_t``: the volume-weighted price paid in USD/kg without
        and with the measures (less what permits are worth to the importers who hold them), the price of those who
        compete for what is left (None where there is one price), and the tonnes bought in the month. With draws
        ``low, high`` too, the 10th and 90th percentile of `paid`.
    flows
        ``month, commodity, from, to, baseline_t, quantity_t``.
    shortages
        ``month, end_use, region, share, scarcest, scarcest_share, weeks_of_cover``: the part of ordinary use (at base
        value) that is not bought, the material with the largest gap, its gap, and the weeks of use that the sector
        still holds of its magnets (None: no stock is known). Region ``WLD_exCHN`` sums all but China. With draws
        ``low, high`` of `share` too.
    stocks
        ``month, commodity, region, quantity_t, weeks``: what users hold at the month's end, and for how long it lasts.
    assumptions
        Every number used that the law does not give.
    why
        Sentences that say what drives the month with the largest shortage outside China.
    not_modelled
        ``{measure, reason}``.
    draws
        Number of draws behind the bands.
    """

    run_id: str
    name: str
    title: str
    question: str
    measures: tuple[str, ...]
    path: Path = field(repr=False)
    operates: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)
    flows: pd.DataFrame = field(repr=False)
    shortages: pd.DataFrame = field(repr=False)
    stocks: pd.DataFrame = field(repr=False)
    assumptions: list[dict[str, Any]] = field(repr=False)
    why: list[str] = field(repr=False)
    not_modelled: list[dict[str, str]] = field(repr=False)
    draws: int

    @property
    def residual(self) -> float:
        """The worst relative residual of all months, recomputed outside of the solver."""
        return max(e.residual for e in self.path.equilibria)

    def to_dict(self) -> dict[str, Any]:
        """Return the equilibria as one public record, a period a month, with what the world adds to it."""
        return {
            **_record(self.path),
            "run_id": self.run_id,
            "scenario": {"name": self.name, "title": self.title, "measures": list(self.measures)},
            "operates": self.operates.to_dict("records"),
            "assumptions": self.assumptions,
            "comparison": self.prices.to_dict("records"),
            "trade": self.flows.to_dict("records"),
            "shortages": self.shortages.to_dict("records"),
            "cover": self.stocks.to_dict("records"),
            "why": self.why,
            "not_modelled": self.not_modelled,
            "draws": self.draws,
        }


def run_months(
    world: World,
    scenario: Scenario,
    start: str,
    end: str | None,
    known_on: str | None = None,
    volumes: Volumes | None = None,
    foresight: Foresight = "rolling",
    *,
    draws: int = 0,
    seed: int = 1,
    workers: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Months:
    """Return the months of a scenario as tables; see `World.months`."""
    first = Month.parse(start)
    begins = scenario.begins and Month(scenario.begins.year, scenario.begins.month)
    last = Month.parse(end) if end else begins.later(_AFTER) if begins else _END
    if last < first:
        raise UsageError(f"the last month, {last}, comes before the first, {first}")
    if not FIRST <= first <= last <= LAST:
        raise UsageError(f"months from {first} to {last}", hint=f"the atlas' capacities reach from {FIRST} to {LAST}")
    if draws < 0:
        raise UsageError(f"the number of draws is {draws}; expected 0 (none) or more")
    months = first.until(last)
    day = as_day(known_on) if known_on is not None else None
    steps = len(months) + draws

    def done(n: int, _: int) -> None:
        if progress:
            progress(n, steps)

    base = _baseline(world, tuple(months), foresight)
    hit = run_path(world, scenario, months, known_on=day, volumes=volumes, foresight=foresight, progress=done)
    tables = _tables(base, hit)
    ranges = path_ranges(hit)
    task = _PathDraws(
        _bare(world),
        scenario,
        tuple(months),
        day,
        volumes,
        foresight,
        parameters.draw(ranges, draws, seed) if draws else [],
    )
    drawn = []
    for n, rows in enumerate(in_order(task, draws, workers), start=1):
        drawn.append(rows)
        done(len(months) + n, steps)
    return Months(
        run_id=run_id(
            calendar="monthly",
            scenario=scenario.model_dump(mode="json"),
            months=[str(first), str(last)],
            known_on=day,
            foresight=foresight,
            volumes=None if volumes is None else dataclasses.asdict(volumes),
            draws=draws,
            seed=seed,
            ranges=ranges,
            atlas=atlas.version(),
            version=ytterby.__version__,
        ),
        name=scenario.name,
        title=scenario.title,
        question=scenario.question,
        measures=tuple(map(str, scenario.measures)),
        path=hit,
        **_with_bands(tables, drawn),
        assumptions=_assumptions(hit, ranges),
        why=_why(world, base, hit, tables["shortages"]),
        not_modelled=_not_modelled(hit, tables["prices"]),
        draws=draws,
    )


@functools.lru_cache(maxsize=4)
def _baseline(world: World, months: tuple[Month, ...], foresight: Foresight) -> Path:
    return run_path(world, Scenario(name="baseline", title="No measure", measures=()), months, foresight=foresight)


@dataclass(frozen=True)
class _PathDraws:
    """The path of a draw as the values that bands are made of."""

    world: World
    scenario: Scenario
    months: tuple[Month, ...]
    known_on: dt.date | None
    volumes: Volumes | None
    foresight: Foresight
    values: Sequence[Mapping[str, float]]

    def __call__(self, n: int) -> dict[str, pd.Series]:
        drawn = self.values[n]
        path = run_path(
            self.world,
            self.scenario,
            self.months,
            numbers=lambda ranges: {k: drawn.get(k, mid) for k, (_, mid, _) in ranges.items()},
            known_on=self.known_on,
            volumes=self.volumes,
            foresight=self.foresight,
        )
        names = tuple(map(str, path.months))
        paid = [prices["paid"] for prices in path.paid]
        short = [unserved_shares(e, d)["share"] for e, d in zip(path.equilibria, path.ordinary, strict=True)]
        return {"prices": pd.concat(paid, keys=names), "shortages": pd.concat(short, keys=names)}


def _bare(world: World) -> World:
    """Return the world without what it keeps of earlier runs, which need not travel to another process."""
    return dataclasses.replace(world)


def _with_bands(tables: dict[str, pd.DataFrame], drawn: Sequence[Mapping[str, pd.Series]]) -> dict[str, pd.DataFrame]:
    if not drawn:
        return tables
    found = dict(tables)
    for name, keys in (("prices", ["month", "commodity", "region"]), ("shortages", ["month", "end_use", "region"])):
        rows = pd.MultiIndex.from_frame(tables[name][keys])
        sample = np.column_stack([d[name].reindex(rows).to_numpy(float) for d in drawn])
        low, high = np.nanpercentile(sample, BAND, axis=1)
        found[name] = tables[name].assign(low=low, high=high)
    return found


def _assumptions(path: Path, ranges: Ranges) -> list[dict[str, Any]]:
    used = {a.key: a for plan in path.plans for a in plan.assumptions}
    return [used[k].record(ranges[k]) for k in sorted(used)]


def _why(world: World, base: Path, hit: Path, shortages: pd.DataFrame) -> list[str]:
    """Return what drives the month in which most is missing outside China."""
    missing = shortages[shortages["region"] == _OUTSIDE].groupby("month", sort=True)["share"].max()
    n = int(missing.to_numpy().argmax())
    if not hit.operates[n]:
        return []
    before, answer = base.equilibria[n], hit.equilibria[n]
    price = price_table(base.paid[n], hit.paid[n], [])
    said = reasons(
        before, answer, price, flow_table(before, answer), {m.id: m.title for m in world.register}, "in the month"
    )
    return [f"The month in which most is missing outside China is {hit.months[n]}.", *said]


def _not_modelled(path: Path, prices: pd.DataFrame) -> list[dict[str, str]]:
    kinds = {"month", *(str(step.rule["kind"]) for plan in path.plans for step in plan.steps)}
    told = limits(kinds, prices.rename(columns={"paid": "scenario"}))
    return [{"measure": m, "reason": r} for m, r in (*path.not_modelled, *(("model", t) for t in told))]


def _record(path: Path) -> dict[str, Any]:
    """Return the months' records as one; stocks stand under ``stocks`` and not among supply and demand."""
    whole: dict[str, Any] = {}
    for answer in path.solves:
        for name, value in answer.to_dict().items():
            if isinstance(value, list):
                kept = [r for r in value if str(r.get("id", "")).partition("@")[0] not in (HELD, BEGINS)]
                whole.setdefault(name, []).extend(kept)
            else:
                whole.setdefault(name, []).append(value)
    whole["stocks"] = [
        {"id": f"{HELD}@{region}:{commodity}", "period": str(month), "quantity": t}
        for month, there in zip(path.months, path.held, strict=True)
        for (commodity, region), t in there.items()
    ]
    classes = ("qp", "convex", "complementarity")
    whole["status"] = "optimal"
    whole["welfare"] = _sum(whole["welfare"])
    whole["unique_flows"] = all(whole["unique_flows"])
    whole["instrument_class"] = max(whole["instrument_class"], key=classes.index)
    whole["residual"] = max(whole["residual"])
    return whole


def _sum(parts: list[Any]) -> Any:
    """Return the sum of records of money; what is unknown in one month is unknown in sum."""
    if isinstance(parts[0], Mapping):
        names = dict.fromkeys(n for p in parts for n in p)
        return {n: _sum([p[n] for p in parts if n in p]) for n in names}
    return None if any(p is None for p in parts) else sum(parts)


def _tables(base: Path, hit: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of `Months` from the paths without and with the measures."""
    prices, flows, shortages, stocks = [], [], [], []
    for n, (month, before, answer, ordinary, held) in enumerate(
        zip(map(str, hit.months), base.equilibria, hit.equilibria, hit.ordinary, hit.held, strict=True)
    ):
        paid = hit.paid[n].copy()
        paid["spot"] = paid["scarce"].where(paid["scarce"] > paid["paid"] * (1.0 + _LEAST_GAP))
        paid.insert(0, "baseline", base.paid[n]["paid"].reindex(paid.index))
        prices.append(_dated(month, paid[["baseline", "paid", "spot", "quantity_t"]]))
        flows.append(_dated(month, _flows(before, answer)))
        short = unserved_shares(answer, ordinary)
        weeks = _weeks_left(hit, held)
        short["weeks_of_cover"] = [weeks.get(k) for k in short.index]
        shortages.append(_dated(month, short[["share", "scarcest", "scarcest_share", "weeks_of_cover"]]))
        rows = [(c, r, t, t / hit.cover.use[c, r] * WEEKS_A_YEAR) for (c, r), t in sorted(held.items())]
        stocks.append(pd.DataFrame(rows, columns=["commodity", "region", "quantity_t", "weeks"]).assign(month=month))
    operates = [(str(m), limb) for m, limbs in zip(hit.months, hit.operates, strict=True) for limb in limbs]
    told = pd.concat(prices, ignore_index=True)
    return {
        "operates": pd.DataFrame(operates, columns=["month", "limb"]),
        "prices": told.astype({"spot": object}).where(told.notna(), None),
        "flows": pd.concat(flows, ignore_index=True),
        "shortages": pd.concat(shortages, ignore_index=True),
        "stocks": pd.concat(stocks, ignore_index=True)[["month", "commodity", "region", "quantity_t", "weeks"]],
    }


def _dated(month: str, table: pd.DataFrame) -> pd.DataFrame:
    table = table.reset_index()
    table.insert(0, "month", month)
    return table


def _flows(before: Equilibrium, answer: Equilibrium) -> pd.DataFrame:
    table = pd.concat([trade(before).rename("baseline_t"), trade(answer).rename("quantity_t")], axis=1).fillna(0.0)
    return table[(table["baseline_t"] > _LEAST_GAP) | (table["quantity_t"] > _LEAST_GAP)].sort_index()


def _weeks_left(path: Path, held: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Return the weeks of use of its magnets that each sector still holds, by (end use, region).

    A sector's part of a place's stock falls as the whole does; materials are weighted by the sector's use in t.
    """
    weight: dict[tuple[str, str], float] = {}
    total: dict[tuple[str, str], float] = {}
    for (use, commodity, region), (weeks, tonnes) in path.cover.sectors.items():
        if not commodity.startswith("magnet"):
            continue
        target = path.cover.target[commodity, region]
        left = weeks * held.get((commodity, region), 0.0) / target
        for place in (region,) if region == "CHN" else (region, _OUTSIDE):
            weight[use, place] = weight.get((use, place), 0.0) + tonnes
            total[use, place] = total.get((use, place), 0.0) + tonnes * left
    return {k: total[k] / t for k, t in weight.items() if t > 0.0}
