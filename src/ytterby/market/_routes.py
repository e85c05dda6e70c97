"""Routes as columns: a large network has a hundred thousand of them, alike but for a few words and numbers.

A `Routes` is the sequence of its routes, each made when it is looked at; the market reads the columns.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ytterby.market._curves import NonNegative, Value
from ytterby.market._instruments import Names

__all__ = ["Coded", "Entry", "Route", "Routes", "repeated"]


class Entry(Value):
    """What every entry of a network has: an id, the periods in which it is there, a segment."""

    id: str
    period: Names = "*"
    segment: str | None = None


class Route(Entry):
    """A way to ship a commodity: marginal cost = cost + slope·Q^power, up to `capacity` a year."""

    commodity: str
    from_: str = Field(alias="from")
    to: str
    cost: float = 0.0
    slope: NonNegative = 0.0
    power: NonNegative = 1.0
    capacity: NonNegative | None = None


@dataclass(frozen=True)
class Coded:
    """A column of words: row i is ``words[codes[i]]``; the words stand in the order of their first row."""

    words: tuple[Any, ...]
    codes: np.ndarray

    @classmethod
    def of(cls, values: Sequence[Any]) -> Coded:
        """Return the column of some hashable values."""
        number = {word: k for k, word in enumerate(dict.fromkeys(values))}
        if len(number) == 1:
            return cls(tuple(number), np.zeros(len(values), dtype=np.intp))
        return cls(tuple(number), np.fromiter(map(number.__getitem__, values), dtype=np.intp, count=len(values)))

    def __iter__(self) -> Iterator[Any]:
        return map(self.words.__getitem__, self.codes.tolist())

    def __getitem__(self, i: int) -> Any:
        return self.words[self.codes[i]]

    def at(self, rows: np.ndarray) -> list[Any]:
        """Return the words of some rows; they must be no sequences but text."""
        words: list[Any] = np.array(self.words, dtype=object)[self.codes[rows]].tolist()
        return words

    @property
    def first(self) -> np.ndarray:
        """First row of each word."""
        rows = np.zeros(len(self.words), dtype=np.intp)
        rows[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        return rows

    def numbered(self, book: Mapping[Any, int]) -> np.ndarray:
        """Return the number that `book` gives each row's word, −1 where it has none."""
        numbers: np.ndarray = np.array([book.get(word, -1) for word in self.words], dtype=np.intp)[self.codes]
        return numbers


_WORDS = ("commodity", "from_", "to", "segment", "period")
_NUMBERS = ("cost", "slope", "power", "capacity")
_PLAIN: Mapping[str, set[type]] = {
    **{name: {str} for name in ("id", "commodity", "from_", "to")},
    "segment": {str, type(None)},
    "period": {str, list, tuple},
    **{name: {float, int, np.float64} for name in ("cost", "slope", "power")},
    "capacity": {float, int, np.float64, type(None)},
}
"""Types of values that a record may have where nothing needs to be converted."""


@dataclass(frozen=True, eq=False, repr=False)
class Routes(Sequence[Route]):
    """The routes of a network; a field annotated with it takes what one of the type ``tuple[Route, ...]`` takes.

    `capacity` is ∞ where a route has none.
    """

    ids: tuple[str, ...]
    commodity: Coded
    from_: Coded
    to: Coded
    segment: Coded
    period: Coded
    cost: np.ndarray
    slope: np.ndarray
    power: np.ndarray
    capacity: np.ndarray

    def __post_init__(self) -> None:
        for name in _NUMBERS:
            getattr(self, name).flags.writeable = False
        for name in _WORDS:
            getattr(self, name).codes.flags.writeable = False

    @classmethod
    def of(cls, routes: Iterable[Route]) -> Routes:
        """Return the columns of some routes."""
        if isinstance(routes, Routes):
            return routes
        entries = list(routes)
        return cls._of_columns({name: [getattr(r, name) for r in entries] for name in Route.model_fields})

    @classmethod
    def _of_columns(cls, columns: Mapping[str, list[Any]]) -> Routes:
        """Return the routes of columns by field name; OverflowError where an integer is too large."""
        limits = [np.inf if v is None else v for v in columns["capacity"]]
        values: dict[str, Any] = {name: Coded.of(columns[name]) for name in _WORDS}
        values |= {name: np.array(columns[name], dtype=float) for name in _NUMBERS[:3]}
        return cls(tuple(columns["id"]), capacity=np.array(limits, dtype=float), **values)

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, i: int) -> Route: ...

    @overload
    def __getitem__(self, i: slice) -> Sequence[Route]: ...

    def __getitem__(self, i: int | slice) -> Route | Sequence[Route]:
        if isinstance(i, slice):
            return tuple(self[k] for k in range(*i.indices(len(self))))
        k = operator.index(i)
        values: dict[str, Any] = {"id": self.ids[k]} | {name: getattr(self, name)[k] for name in _WORDS}
        values |= {name: float(getattr(self, name)[k]) for name in _NUMBERS}
        if values["capacity"] == np.inf:
            values["capacity"] = None
        known = Route.model_fields
        return Route(**{n: v for n, v in values.items() if known[n].is_required() or v != known[n].default})

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Routes):
            return (
                self.ids == other.ids
                and all(list(getattr(self, name)) == list(getattr(other, name)) for name in _WORDS)
                and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _NUMBERS)
            )
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type[Routes], tuple[Any, ...]]:
        return Routes, tuple(getattr(self, f.name) for f in fields(self))

    @cached_property
    def twice(self) -> str | None:
        """The first id that stands twice."""
        return repeated(self.ids)

    @property
    def first_cost(self) -> np.ndarray:
        """What a route's first unit costs; a slope of power 0 is a part of it."""
        cost: np.ndarray = np.where(self.power == 0.0, self.cost + self.slope, self.cost)
        return cost

    @cached_property
    def segmented(self) -> frozenset[tuple[str, str]]:
        """The (commodity, segment) of routes bound to a segment."""
        if not any(self.segment.words):
            return frozenset()
        return frozenset((c, s) for c, s in zip(self.commodity, self.segment, strict=True) if s)

    def in_periods(self, change: Callable[[Names, str], Names]) -> Routes:
        """Return the routes with other periods: `change` is asked once for each, with the first id that has it."""
        if self.period.words == ("*",) or not self.ids:
            return self
        words = [change(word, self.ids[i]) for word, i in zip(self.period.words, self.period.first, strict=True)]
        return replace(self, period=Coded.of([words[k] for k in self.period.codes.tolist()]))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            cls._validated,
            handler.generate_schema(tuple[Route, ...]),
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda routes, serialize: serialize(tuple(routes)), schema=handler.generate_schema(tuple[Route, ...])
            ),
        )

    @classmethod
    def _validated(cls, value: Any, validate: Callable[[Any], tuple[Route, ...]]) -> Routes:
        if isinstance(value, Routes):
            return value
        return _of_plain(value) or cls.of(validate(value))


def repeated(ids: Sequence[str]) -> str | None:
    """Return the first id that stands twice."""
    seen: set[str] = set()
    if len(set(ids)) == len(ids):
        return None
    return next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]


def _of_plain(records: object) -> Routes | None:
    """Return the routes of records that are right as they stand, None if pydantic must look at them one by one."""
    if not isinstance(records, list | tuple) or set(map(type, records)) != {dict}:
        return None
    layouts = set(map(tuple, records))
    keys = {field.alias or name: name for name, field in Route.model_fields.items()}
    if not keys.keys() >= set().union(*layouts):
        return None
    columns: dict[str, list[Any]] = {}
    for key, name in keys.items():
        given = [key in layout for layout in layouts]
        field = Route.model_fields[name]
        if field.is_required() and not all(given):
            return None
        if all(given):
            columns[name] = [r[key] for r in records]
        else:
            columns[name] = (
                [r.get(key, field.default) for r in records] if any(given) else [field.default] * len(records)
            )
        if not set(map(type, columns[name])) <= _PLAIN[name]:
            return None
    periods = columns["period"]
    if any(type(name) is not str for p in periods if type(p) is not str for name in p):
        return None
    columns["period"] = [p if type(p) is str else tuple(p) for p in periods]
    try:
        routes = Routes._of_columns(columns)
    except OverflowError:
        return None
    finite = all(np.isfinite(getattr(routes, name)).all() for name in _NUMBERS[:3])
    finite &= bool(np.isfinite(routes.capacity).sum() + columns["capacity"].count(None) == len(routes))
    return routes if finite and all((getattr(routes, name) >= 0.0).all() for name in _NUMBERS[1:]) else None
