"""Words and looks as data: roles of the palette, states, stages, region groups, short names."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ytterby.errors import DataError

__all__ = ["Group", "Role", "Stage", "State", "groups", "name_of", "palette", "stages", "states"]


@dataclass(frozen=True)
class Role:
    """A colour by what it is for, in daylight and at night."""

    role: str
    light: str
    dark: str


@dataclass(frozen=True)
class State:
    """How a state of a measure is drawn: a fill and an outline that differ in grey, and the word beside them."""

    state: str
    label: str
    fill: str
    outline: str


@dataclass(frozen=True)
class Stage:
    """A stage of the chain, its place in it and the unit of what leaves it."""

    stage: str
    order: int
    label: str
    unit: str


@dataclass(frozen=True)
class Group:
    """Regions drawn as one, with the name in full and for a narrow picture."""

    group: str
    order: int
    label: str
    short: str
    regions: tuple[str, ...]


def _rows(name: str, fields: tuple[str, ...]) -> list[dict[str, str]]:
    text = (files(__package__) / "data" / f"{name}.csv").read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines())
    rows = list(reader)
    for line, row in enumerate(rows, start=2):
        for field in fields:
            if not row.get(field):
                raise DataError("a value is missing", where=f"figures/data/{name}.csv, line {line}, field {field}")
    key, seen = fields[0], set[str]()
    for line, row in enumerate(rows, start=2):
        if row[key] in seen:
            raise DataError(f"'{row[key]}' stands twice", where=f"figures/data/{name}.csv, line {line}, field {key}")
        seen.add(row[key])
    return rows


@cache
def palette() -> Mapping[str, Role]:
    """Return the colours by role."""
    rows = _rows("palette", ("role", "light", "dark", "meaning"))
    return {r["role"]: Role(r["role"], r["light"], r["dark"]) for r in rows}


@cache
def states() -> Mapping[str, State]:
    """Return the look of each state of a measure, in the order of the legend."""
    rows = _rows("states", ("state", "label", "fill", "outline", "meaning"))
    return {r["state"]: State(r["state"], r["label"], r["fill"], r["outline"]) for r in rows}


@cache
def stages() -> Mapping[str, Stage]:
    """Return the stages from the mine to the end use."""
    rows = _rows("stages", ("stage", "order", "label", "unit"))
    return {r["stage"]: Stage(r["stage"], int(r["order"]), r["label"], r["unit"]) for r in rows}


@cache
def groups() -> tuple[Group, ...]:
    """Return the region groups in their fixed order, China first."""
    rows = _rows("region_groups", ("group", "order", "label", "short", "regions"))
    found = (Group(r["group"], int(r["order"]), r["label"], r["short"], tuple(r["regions"].split())) for r in rows)
    return tuple(sorted(found, key=lambda g: g.order))


@cache
def _names() -> Mapping[str, str]:
    return {r["id"]: r["name"] for r in _rows("names", ("id", "name"))}


def name_of(key: str, names: Mapping[str, str] | None = None) -> str:
    """Return the short name of a region, commodity or end use; an id without one is shown as it is.

    Examples
    --------
    >>> name_of("oxide.Dy"), name_of("ev_motor"), name_of("gadget_x")
    ('Dysprosium oxide', 'EV motors', 'gadget x')
    """
    for table in (names or {}, _names()):
        for candidate in (key, f"product.{key}"):
            if candidate in table:
                return table[candidate]
    return key.removeprefix("product.").replace("_", " ")
