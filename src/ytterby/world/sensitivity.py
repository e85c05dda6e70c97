"""Which of the numbers that nobody observes drives a headline?

Variance-based sensitivity (Saltelli et al. 2008, *Global Sensitivity Analysis: The Primer*): the first-order index of
parameter x_i for a headline y is

    S_i = Var(E[y | x_i]) / Var(y),

the share of the headline's variance over the draws that goes away once x_i is known. It is estimated from the draws
that make the bands, by RBD-FAST (Tarantola et al. 2006, doi:10.1016/j.ress.2005.06.003; bias correction of Tissot and
Prieur 2012) as SALib has it. What only works together with other parameters is in no first-order index.

>>> import numpy as np, pandas as pd
>>> x = pd.DataFrame(np.random.default_rng(1).random((400, 2)), columns=["a", "b"])
>>> bool(first_order(x, 3.0 * x["a"])["index"]["a"] > 0.99)
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

import ytterby
from ytterby import atlas
from ytterby.canonical import run_id
from ytterby.errors import UnknownNameError, UsageError
from ytterby.world import parameters
from ytterby.world.draws import Draws
from ytterby.world.impose import Plan, make_plan
from ytterby.world.model import World
from ytterby.world.outcome import Outcome
from ytterby.world.scenario import Scenario

__all__ = ["LEAST", "Headline", "Sensitivity", "first_order", "headlines", "sensitivity"]

LEAST = 100
"""Fewer draws than this say nothing: what is left beside the harmonics is then too little."""

_OUTSIDE = "WLD_exCHN"
_CONFIDENCE = 0.95
_LEAST_SHARE = 1e-3
_HARMONICS = 6
"""Of the output, ordered by a parameter, that are counted as the parameter's: responses here are smooth."""

_UNNAMED = "other"
"""An end use that is no headline."""


@dataclass(frozen=True)
class Headline:
    """A price (USD/kg) or a shortage (share of use) that a result is quoted by.

    Attributes
    ----------
    item, region
        A commodity or an end use, and where.
    """

    item: str
    region: str

    @classmethod
    def parse(cls, words: str) -> Headline:
        """Return what ``ITEM@REGION`` means.

        Raises
        ------
        UsageError
            The words have another form.
        """
        item, at, region = words.partition("@")
        if not (item and at and region):
            raise UsageError(f"cannot read the headline '{words}'", hint="expected ITEM@REGION, e.g. oxide.Dy@DEU")
        return cls(item, region)

    def __str__(self) -> str:
        return f"{self.item}@{self.region}"


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What drives the headlines of a scenario.

    Attributes
    ----------
    run_id
        Hash of all that the result depends on.
    headlines
        ``headline, mean, low, high, draws``: mean, 10th and 90th percentile of the draws in USD/kg or shares of use,
        and in how many draws there is a value (no equilibrium was found in the others, or nobody buys the good).
    drivers
        ``headline, rank, parameter, index, margin, direction, low, mid, high, unit, quality, source, url, note``:
        first-order index, half the width of its 95 % interval, and whether the headline moves with the parameter
        (``+``) or against it (``-``); every parameter that varies, the most influential first.
    """

    run_id: str
    scenario: Scenario
    headlines: pd.DataFrame = field(repr=False)
    drivers: pd.DataFrame = field(repr=False)
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a record."""
        return {
            "run_id": self.run_id,
            "scenario": self.scenario.name,
            "draws": self.draws,
            "headlines": self.headlines.to_dict("records"),
            "drivers": self.drivers.to_dict("records"),
        }


def headlines(outcome: Outcome, *, prices: int = 4, shortages: int = 3) -> list[Headline]:
    """Return what a scenario is quoted by: prices outside China and shortages of all outside China.

    A price is ranked by the money that its change moves (change times tonnes bought in the base year), one place a
    commodity; a shortage by what it adds to the baseline's, if that is above a thousandth.
    """
    p = outcome.prices[(outcome.prices["region"] != "CHN") & outcome.prices["commodity"].str.match(r"oxide\.|magnet\.")]
    money = ((p["scenario"] - p["baseline"]).abs() * p["quantity_t"]).sort_values(ascending=False, kind="stable")
    p = p.loc[money[money > 0.0].index].drop_duplicates("commodity").head(prices)
    s = outcome.shortages[(outcome.shortages["region"] == _OUTSIDE) & (outcome.shortages["end_use"] != _UNNAMED)]
    added = (s["share"] - s["baseline"]).sort_values(ascending=False, kind="stable")
    s = s.loc[added[added > _LEAST_SHARE].index].head(shortages)
    rows = [*zip(p["commodity"], p["region"], strict=True), *zip(s["end_use"], s["region"], strict=True)]
    return [Headline(item, region) for item, region in rows]


def first_order(inputs: pd.DataFrame, output: pd.Series, *, seed: int = 1) -> pd.DataFrame:
    """Return the first-order index of every input with the half-width of its 95 % interval.

    Parameters
    ----------
    inputs
        A column a parameter, a row a draw.
    output
        The headline in each draw.
    seed
        Of the bootstrap behind the interval, which takes half of the draws at a time: the interval is a wide one.

    Returns
    -------
    DataFrame
        ``index, margin`` by parameter, in the order of the columns. Both are zero for a parameter or a headline that
        does not vary.

    Raises
    ------
    UsageError
        SALib is not installed.
    """
    try:
        from SALib.analyze import rbd_fast
    except ModuleNotFoundError as error:
        raise UsageError("a sensitivity needs SALib", hint="python3 -m pip install 'ytterby[sensitivity]'") from error
    found = pd.DataFrame(0.0, index=inputs.columns, columns=["index", "margin"])
    moving = [c for c in inputs.columns if _varies(inputs[c])]
    if moving and _varies(output):
        problem = {"num_vars": len(moving), "names": moving, "bounds": [[0.0, 1.0]] * len(moving)}
        estimate = rbd_fast.analyze(
            problem, inputs[moving].to_numpy(), output.to_numpy(), M=_HARMONICS, conf_level=_CONFIDENCE, seed=seed
        )
        found.loc[moving, "index"] = estimate["S1"]
        found.loc[moving, "margin"] = estimate["S1_conf"]
    return found


def _varies(values: pd.Series) -> bool:
    return bool(np.ptp(values.to_numpy()) > 1e-9 * max(1e-3, np.abs(values.to_numpy()).max()))


def sensitivity(
    world: World,
    scenario: Scenario,
    wanted: Sequence[Headline] = (),
    *,
    draws: int = 200,
    seed: int = 1,
    workers: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """Return what drives the headlines of a scenario.

    Parameters
    ----------
    world
        The world of the scenario's year.
    scenario
        The question.
    wanted
        Headlines; without any, those that `headlines` picks from the central run.
    draws, seed, workers, progress
        As in `World.run`.

    Raises
    ------
    UsageError
        Fewer than `LEAST` draws.
    UnknownNameError
        A headline that is neither a price nor a shortage of the scenario.

    Examples
    --------
    >>> from ytterby.world import library
    >>> found = sensitivity(World.default(), library()["magnet_tariff"], [Headline("magnet.ndfeb", "USA")], draws=100)
    >>> found.drivers["parameter"][0]
    'new_route_share'
    """
    if draws < LEAST:
        raise UsageError(f"the number of draws is {draws}; expected {LEAST} or more")
    plan = make_plan(scenario, world.register)
    central = world.run(scenario)
    asked = list(wanted) or headlines(central)
    known = {*_names(central.prices, "commodity"), *_names(central.shortages, "end_use")}
    for headline in map(str, asked):
        if headline not in known:
            raise UnknownNameError("headline", headline, known)
    task = Draws.of(world, plan, draws, seed)
    samples: list[list[float]] = []
    for found in task.start(workers):
        values = pd.concat([found[0]["paid"], found[1]["share"]]) if found else pd.Series(dtype=float)
        samples.append([float(values.get((h.item, h.region), np.nan)) for h in asked])
        if progress:
            progress(len(samples), draws)
    inputs = pd.DataFrame(task.numbers)
    told = _told(plan)
    rows, drivers = [], []
    for h, column in zip(asked, np.array(samples).T, strict=True):
        y = pd.Series(column)[~np.isnan(column)]
        rows.append(
            {"headline": str(h), "mean": y.mean(), "low": y.quantile(0.1), "high": y.quantile(0.9), "draws": len(y)}
        )
        drivers.append(_ranked(h, inputs.loc[y.index], y, told, seed))
    return Sensitivity(
        run_id=run_id(
            sensitivity=[str(h) for h in asked],
            scenario=scenario.model_dump(mode="json"),
            year=world.calibration.year,
            draws=draws,
            seed=seed,
            ranges=plan.ranges(),
            atlas=atlas.version(),
            version=ytterby.__version__,
        ),
        scenario=scenario,
        headlines=pd.DataFrame(rows),
        drivers=pd.concat(drivers, ignore_index=True),
        draws=draws,
    )


def _names(table: pd.DataFrame, item: str) -> list[str]:
    return [f"{i}@{r}" for i, r in zip(table[item], table["region"], strict=True)]


def _ranked(
    headline: Headline, inputs: pd.DataFrame, output: pd.Series, told: Mapping[str, Mapping[str, Any]], seed: int
) -> pd.DataFrame:
    moving = inputs[[c for c in inputs.columns if _varies(inputs[c])]]
    found = first_order(moving, output, seed=seed).sort_values("index", ascending=False, kind="stable")
    order = output.rank()
    rows = [
        {
            "headline": str(headline),
            "rank": n,
            "parameter": name,
            "index": r["index"],
            "margin": r["margin"],
            "direction": "-" if np.cov(moving[name].rank(), order)[0, 1] < 0 else "+",
            **told[str(name)],
        }
        for n, (name, r) in enumerate(found.iterrows(), start=1)
    ]
    return pd.DataFrame(rows)


def _told(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return range, unit, quality and source of every number that a plan draws."""
    ranges = plan.ranges()
    names = ("unit", "quality", "source", "url", "note")
    known = {str(r["name"]): {k: r.get(k) or "" for k in names} for r in parameters.table().to_dict("records")}
    known |= {a.key: {k: getattr(a, k) for k in names} for a in plan.assumptions}
    return {k: {**dict(zip(("low", "mid", "high"), triple, strict=True)), **known[k]} for k, triple in ranges.items()}
