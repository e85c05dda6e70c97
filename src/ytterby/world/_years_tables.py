"""The years of a scenario as tables: the baseline's state of each year beside the scenario's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from ytterby.world._course import State
from ytterby.world._tracing import CLEAN
from ytterby.world.calibrate import YEARS
from ytterby.world.outcome import flow_table, price_table, unserved_shares
from ytterby.world.pipeline import Decision

__all__ = [
    "by_year",
    "capacity_of",
    "entries_of",
    "floors_of",
    "flows_of",
    "frame_of",
    "new_capacity_of",
    "prices_of",
    "shortages_of",
    "welfare_of",
]

_GROUPS = ("consumer", "producer", "government", "rent", "total")
_HOME, _ABROAD = "CHN", "WLD_exCHN"


def frame_of(rows: Sequence[dict[str, Any]], columns: str) -> pd.DataFrame:
    """Return rows as a frame that has the columns even where there are none."""
    return pd.DataFrame(list(rows), columns=columns.split())


def by_year(told: Iterable[tuple[State, State]], table: Callable[[State, State], pd.DataFrame]) -> pd.DataFrame:
    """Return a table of each year, one below the other."""
    frames = []
    for b, h in told:
        frame = table(b, h)
        frame.insert(0, "year", b.year)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def flows_of(b: State, h: State) -> pd.DataFrame:
    """Return trade side by side."""
    return flow_table(b.equilibrium, h.equilibrium)


def prices_of(b: State, h: State) -> pd.DataFrame:
    """Return prices paid side by side."""
    return price_table(b.paid, h.paid, []).drop(columns=["low", "high", "sign_share"])


def shortages_of(b: State, h: State) -> pd.DataFrame:
    """Return the share of use that is not bought, by end use and region."""
    base, hit = (unserved_shares(s.equilibrium, s.calibration.demands)["share"] for s in (b, h))
    return pd.DataFrame({"baseline": base, "scenario": hit.reindex(base.index)}).reset_index()


def capacity_of(b: State, h: State) -> pd.DataFrame:
    """Return capacity and output by stage and region."""
    columns = {}
    for name, s in (("baseline", b), ("scenario", h)):
        stage = _stage_of(s)
        columns[f"{name}_t"] = _sum(stage, s.capacity)
        columns[f"{name}_output_t"] = _sum(stage, _levels(s))
    table = pd.DataFrame(columns).fillna(0.0).sort_index()
    table.index.names = ["stage", "region"]
    return table[["baseline_t", "scenario_t", "baseline_output_t", "scenario_output_t"]].reset_index()


def _stage_of(s: State) -> dict[str, tuple[str, str]]:
    a = s.calibration.activities
    rows = zip(a["id"], a["stage"], a["region"], a["capacity_t"], strict=True)
    return {i: (stage, region) for i, stage, region, c in rows if c != float("inf")}


def _sum(stage: dict[str, tuple[str, str]], amounts: Any) -> pd.Series:
    sums: dict[tuple[str, str], float] = {}
    for name, amount in amounts.items():
        if name in stage:
            sums[stage[name]] = sums.get(stage[name], 0.0) + amount
    return pd.Series(sums)


def _levels(s: State) -> dict[str, float]:
    """Return output by activity: segments and clean variants of one together."""
    levels: dict[str, float] = {}
    table = s.equilibrium.tables["processes"]
    for name, level in zip(table["id"], table["level"], strict=True):
        plain = name.partition("|")[0].removesuffix(CLEAN)
        levels[plain] = levels.get(plain, 0.0) + level
    return levels


def new_capacity_of(base: Sequence[State], hit: Sequence[State], year: int) -> pd.DataFrame:
    """Return the capacity of a year less that of the first, for China and all others."""
    last = year - YEARS[0]
    found = {}
    for name, states in (("baseline_t", base), ("scenario_t", hit)):
        stage = _stage_of(states[last])
        added: dict[tuple[str, str], float] = {}
        for activity, c in states[last].capacity.items():
            if activity in stage:
                key = (stage[activity][0], _HOME if stage[activity][1] == _HOME else _ABROAD)
                added[key] = added.get(key, 0.0) + c - states[0].capacity[activity]
        found[name] = pd.Series(added)
    table = pd.DataFrame(found).fillna(0.0)
    table.index.names = ["stage", "region"]
    return table.reset_index()


def entries_of(runs: dict[str, tuple[Decision, ...]], end: int) -> pd.DataFrame:
    """Return what was decided in each run up to a year."""
    rows = [
        {
            "run": run,
            "project": d.project.id,
            "decided": d.decided,
            "opens": d.opens,
            "incentive_price": d.project.incentive_price,
            "believed_price": d.believed_price,
            "adds": dict(d.project.adds),
        }
        for run, decisions in runs.items()
        for d in decisions
        if d.decided <= end
    ]
    return frame_of(rows, "run project decided opens incentive_price believed_price adds")


def floors_of(_: State, h: State) -> pd.DataFrame:
    """Return the scenario's price floors and whether they are held."""
    m = h.equilibrium.tables["measures"]
    rows = zip(m["id"], m["region"], m["commodity"], m["attained"], strict=True)
    found = [
        {"measure": i, "region": r, "commodity": c, "attained": bool(held)}
        for i, r, c, held in rows
        if held is not None
    ]
    return frame_of(found, "measure region commodity attained")


def welfare_of(b: State, h: State) -> pd.DataFrame:
    """Return the change of surplus by group and region, thousand USD."""
    base, hit = (s.equilibrium.welfare for s in (b, h))
    pairs = [("*", base, hit)]
    pairs += [
        (r, base["by_region"].get(r, {}), hit["by_region"].get(r, {}))
        for r in sorted({*base["by_region"], *hit["by_region"]})
    ]
    rows = [{"region": r, **{g: _change(x.get(g, 0.0), y.get(g, 0.0)) for g in _GROUPS}} for r, x, y in pairs]
    return frame_of(rows, "region " + " ".join(_GROUPS))


def _change(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
