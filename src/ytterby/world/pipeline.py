"""Which plants stand in which year: those being built, and projects that come if prices pay for them?

Capacities to 2030 are the atlas' columns, joined by straight lines, less the projects of `data/pipeline.yaml` that
they hold; after 2030 Chinese capacity goes on growing and recycling follows the region's magnets. A project is decided
when its owner believes in a price above its incentive price; it opens after its lead time and ramps up. Numbers are
rows of `data/years.csv`.

>>> pipeline = Pipeline.of(central())
>>> [round(pipeline.capacity(year)["mine.clay_brazil@BRA"]) for year in (2024, 2026, 2028, 2030)]
[1000, 5000, 6422, 6422]
>>> caldeira = next(p for p in pipeline.projects if p.id == "Caldeira, first tranche")
>>> caldeira.incentive_price, caldeira.adds, caldeira.opens(2025), caldeira.opens(2027)
(64.5, {'mine.clay_brazil@BRA': 5625.0}, None, 2030)
>>> built = pipeline.capacity(2030, [Decision(caldeira, decided=2027, opens=2030, believed_price=70.0)])
>>> round(built["mine.clay_brazil@BRA"] - 6422.0)  # 30 % of it in its first year
1688
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ytterby import atlas
from ytterby.errors import DataError, UnknownNameError
from ytterby.world import _files
from ytterby.world.calibrate import YEARS

__all__ = ["LAST", "Dearer", "Decision", "Number", "Pipeline", "Project", "central", "document", "numbers"]

LAST = 2035
"""Last year of the yearly calendar."""

_FILE, _PIPELINE = "years.csv", "pipeline.yaml"
_FIELDS = ("name", "low", "mid", "high", "unit", "source", "url", "quality", "note")
_DELAY = "start_delay"
_TRANCHES = ("first", "second", "third")
_HOME = "CHN"


@dataclass(frozen=True)
class Number:
    """One number of the yearly model with its range and its source."""

    name: str
    low: float
    mid: float
    high: float
    unit: str
    source: str
    url: str
    quality: str
    note: str


@functools.cache
def numbers() -> Mapping[str, Number]:
    """Return the numbers of `data/years.csv` by name, validated."""
    found = {}
    for line, r in _files.rows(_FILE, _FIELDS):
        try:
            low, mid, high = (float(r[k]) for k in ("low", "mid", "high"))
        except ValueError:
            raise DataError("low, mid and high are numbers", where=_files.where(_FILE, f"line {line}")) from None
        if not low <= mid <= high:
            raise DataError(
                f"low <= mid <= high does not hold: {low}, {mid}, {high}", where=_files.where(_FILE, f"line {line}")
            )
        if not r["source"]:
            raise DataError("no source", where=_files.where(_FILE, f"line {line}", "field source"))
        found[r["name"]] = Number(r["name"], low, mid, high, *(r[k] for k in _FIELDS[4:]))
    return found


def central(values: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the middle of every number, or the value that replaces it.

    A delay of one line or project is ``start_delay:NAME`` (a ``process@region``, or the id of a project).

    Raises
    ------
    UnknownNameError
        A name that is neither.
    """
    values = values or {}
    known = {name: n.mid for name, n in numbers().items()}
    lines = set(_columns()) | {str(p["id"]) for p in document()["projects"]}
    for name in values:
        head, _, rest = name.partition(":")
        if name not in known and not (head == _DELAY and rest in lines):
            raise UnknownNameError("number of the yearly model", name, {*known, *(f"{_DELAY}:{x}" for x in lines)})
    return {**known, **values}


@functools.cache
def document() -> Mapping[str, Any]:
    """Return what `data/pipeline.yaml` holds."""
    found: Mapping[str, Any] = _files.document(_PIPELINE)
    return found


@dataclass(frozen=True)
class Project:
    """Capacity that comes if its owner believes in a price above `incentive_price`.

    Attributes
    ----------
    adds
        Capacity by ``process@region``.
    good, chain, at
        The good whose price counts, or the activities in a chain whose margin counts; and where.
    incentive_price
        USD/kg of the good, or the margin over unit costs that pays the capital.
    not_before, lead, ramp
        First year in which it could open, years from decision to opening, shares of capacity in its first years.
    """

    id: str
    name: str
    adds: Mapping[str, float]
    good: str | None
    chain: tuple[str, ...]
    at: str
    incentive_price: float
    not_before: int
    lead: int
    ramp: tuple[float, ...]

    def opens(self, decided: int) -> int | None:
        """Return the year in which it opens if it is decided in a year; None where it need not be decided yet."""
        year = decided + self.lead
        return year if year >= self.not_before else None


@dataclass(frozen=True)
class Decision:
    """A project that is built: when it was decided, when it opens, at which believed price."""

    project: Project
    decided: int
    opens: int
    believed_price: float

    def capacity(self, year: int) -> dict[str, float]:
        """Return what it adds in a year, by ``process@region``."""
        age = year - self.opens
        ramp = (*self.project.ramp, 1.0)
        share = 0.0 if age < 0 else ramp[min(age, len(ramp) - 1)]
        return {a: share * size for a, size in self.project.adds.items()}


@dataclass(frozen=True)
class Dearer:
    """In some years money builds less: the new capacity of some stages and regions is divided by `factor`."""

    years: frozenset[int]
    stages: frozenset[str]
    regions: frozenset[str]
    factor: float

    def meets(self, activity: str, stage: str) -> bool:
        """Return whether it bears on an activity."""
        return stage in self.stages and activity.partition("@")[2] in self.regions


@dataclass(frozen=True, eq=False)
class Pipeline:
    """Capacities by year for given numbers.

    Attributes
    ----------
    numbers
        Values of `numbers()`, see `central`.
    projects
        What may be decided, in the order of the incentive prices.
    """

    numbers: Mapping[str, float]
    projects: tuple[Project, ...]
    _firms: dict[int, Mapping[str, float]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Pipeline:
        """Return the pipeline for the values of all numbers."""
        found = [p for record in document()["projects"] for p in _projects(record, values)]
        return cls(values, tuple(sorted(found, key=lambda p: (p.incentive_price, p.id))))

    def capacity(self, year: int, decisions: Iterable[Decision] = (), cuts: Sequence[Dearer] = ()) -> dict[str, float]:
        """Return the capacity by ``process@region`` in a year, with what is decided and what a measure makes dearer."""
        decisions = tuple(decisions)
        if not cuts:
            return self._whole(year, decisions)
        stage, before = _stages(), self._whole(YEARS[0], decisions)
        level = dict(before)
        for y in range(YEARS[0] + 1, year + 1):
            after = self._whole(y, decisions)
            for activity, c in after.items():
                added = c - before[activity]
                if added > 0.0:
                    for cut in cuts:
                        if y in cut.years and cut.meets(activity, stage[activity]):
                            added /= cut.factor
                level[activity] = max(level[activity] + added, 0.0)
            before = after
        return level

    def _whole(self, year: int, decisions: Sequence[Decision]) -> dict[str, float]:
        level = dict(self._firm(year))
        for d in decisions:
            for activity, size in d.capacity(year).items():
                level[activity] += size
        return level

    def _firm(self, year: int) -> Mapping[str, float]:
        """Return the capacity of a year without any project; found once."""
        if year not in self._firms:
            self._firms[year] = self._without_projects(year)
        return self._firms[year]

    def _without_projects(self, year: int) -> dict[str, float]:
        level = {a: self._scheduled(a, points, year) for a, points in _columns().items()}
        for old, new in document()["shares"].items():
            level[old] = max(_columns()[old][0] - level[new], 0.0)
        return self._recycling(level, year)

    def _scheduled(self, activity: str, points: Sequence[float], year: int) -> float:
        """Return a line's capacity by the atlas' columns, later outside China by the delay."""
        last, pace = YEARS[-1], (points[-1] - points[-2]) / (YEARS[-1] - YEARS[-2])
        if activity.endswith("@" + _HOME):
            more = self.numbers["china_pace_after_2030"] * pace * max(year - last, 0)
            return float(np.interp(year, YEARS, points)) + max(more, 0.0)
        delay = self.numbers.get(f"{_DELAY}:{activity}", self.numbers[_DELAY])
        shrinks = points[-1] < points[0]  # a deposit that runs out does not wait for a builder
        return float(np.interp(year if shrinks else max(year - delay, YEARS[0]), YEARS, points))

    def _recycling(self, level: dict[str, float], year: int) -> dict[str, float]:
        if year <= YEARS[-1]:
            return level
        before = self._firm(YEARS[-1])
        for activity, region in [(a, a.partition("@")[2]) for a in level if a.startswith("recycle.swarf")]:
            magnets = [a for a in level if a.startswith("magnet.ndfeb") and a.endswith("@" + region)]
            growth = sum(level[a] for a in magnets) / sum(before[a] for a in magnets)
            level[activity] = before[activity] * growth ** self.numbers["recycling_pace"]
        return level


@functools.cache
def _columns() -> Mapping[str, tuple[float, ...]]:
    """Return the atlas' capacities of `YEARS` by activity, without the projects that they hold."""
    table = atlas.table("capacity")
    names = (table["process"] + "@" + table["region"]).tolist()
    rows = table[[f"capacity_{y}" for y in YEARS]].to_numpy(float).tolist()
    columns = dict(zip(names, rows, strict=True))
    for record in document()["projects"]:
        for year, parts in record.get("atlas", {}).items():
            for activity, share in parts.items():
                n = YEARS.index(year)
                columns[activity][n] -= share * record["adds"][activity]
                if columns[activity][n] < -1e-6:
                    raise DataError(
                        f"the atlas has less than that of {activity} in {year}",
                        where=_files.where(_PIPELINE, record["id"], "field atlas"),
                    )
    return {a: tuple(max(x, 0.0) for x in row) for a, row in columns.items()}


@functools.cache
def _stages() -> Mapping[str, str]:
    stage = atlas.table("processes").drop_duplicates("process").set_index("process")["stage"]
    return {a: str(stage[a.partition("@")[0]]) for a in _columns()}


def _projects(record: Mapping[str, Any], values: Mapping[str, float]) -> list[Project]:
    """Return the tranches of a project that a price decides on, or the one of a project that a margin does."""
    delay = values.get(f"{_DELAY}:{record['id']}", values[_DELAY])
    first, second = values["ramp_first_year"], values["ramp_second_year"]
    common: dict[str, Any] = {
        "name": record["id"],
        "at": record["at"],
        "not_before": int(np.ceil(record["opens"] + delay)),
        "lead": int(np.ceil(values[record["lead"]] + delay)),
        "ramp": (first, max(first, second)),
    }
    if "margin" in record:
        charge = values[record["charge"]]
        chain = tuple(record["margin"])
        return [Project(id=record["id"], adds=record["adds"], good=None, chain=chain, incentive_price=charge, **common)]
    shares = [values["incentive_share_first"], values["incentive_share_second"]]
    shares.append(1.0 - sum(shares))
    return [
        Project(
            id=f"{record['id']}, {tranche} tranche",
            adds={a: share * size for a, size in record["adds"].items()},
            good=record["price"],
            chain=(),
            incentive_price=values[f"incentive_price_{tranche}"],
            **common,
        )
        for tranche, share in zip(_TRANCHES, shares, strict=True)
        if share > 0.0
    ]
