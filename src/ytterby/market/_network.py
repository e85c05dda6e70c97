"""The network: commodities, regions and activities of one market, as a value (`ytterby-network/1`)."""

from __future__ import annotations

import codecs
import datetime as dt
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator
from pydantic_core import from_json

from ytterby.errors import InputError
from ytterby.market._curves import DemandCurve, NonNegative, Positive, SupplyCurve, Value
from ytterby.market._instruments import Measure
from ytterby.market._routes import Entry, Route, Routes

__all__ = ["Demand", "Firm", "Network", "Period", "Process", "Route", "Stock", "Supply"]


class Period(Value):
    """A stretch of time; curves, capacities and quotas are rates per year and are scaled by `years`."""

    id: str
    start: dt.date | None = None
    years: Positive = 1.0


class Supply(Entry):
    """Something that offers a commodity in a region."""

    commodity: str
    region: str
    curve: SupplyCurve
    owner: str | None = None
    stage: str | None = None


class Demand(Entry):
    """Something that buys a commodity in a region; with `segment`, only unsegmented goods or those of the segment."""

    commodity: str
    region: str
    curve: DemandCurve


class Process(Entry):
    """A recipe: `inputs` per unit of level become `outputs`; marginal cost = cost + slope·level."""

    region: str
    inputs: dict[str, NonNegative] = Field(default={})
    outputs: dict[str, NonNegative] = Field(default={})
    cost: float = 0.0
    slope: NonNegative = 0.0
    capacity: NonNegative | None = None
    owner: str | None = None
    stage: str | None = None


class Stock(Entry):
    """A store: `initial` before the first period, held at each period's end at `carrying_cost` per unit and year."""

    commodity: str
    region: str
    carrying_cost: NonNegative = 0.0
    capacity: NonNegative | None = None
    initial: NonNegative = 0.0
    terminal_value: NonNegative = 0.0


class Firm(Value):
    """An owner of supplies that knows its effect on the price: `conduct` 0 price taker, 1 Cournot."""

    id: str
    supplies: tuple[str, ...]
    conduct: float = Field(default=1.0, ge=0, le=1)


class Network(Value):
    """A market to be cleared: what is supplied, demanded, moved, made, stored, and the measures on it.

    The format is `ytterby-network/1`; every field and its meaning is in the reference (docs/reference/network.md).
    `model_copy(update={"measures": (...)})` makes a changed scenario without validating the rest again. `routes` is a
    sequence that keeps columns and makes each `Route` when it is looked at.

    Raises
    ------
    InputError
        On a value that is not what the field takes, with its place.
    UnknownNameError
        On a region, commodity, period, supply or process that no entry has (when solved or read).

    Examples
    --------
    >>> wheat = Network.parse({
    ...     "supplies": [{"id": "s", "commodity": "wheat", "region": "home",
    ...                   "curve": {"form": "linear", "intercept": 0, "slope": 1}}],
    ...     "demands": [{"id": "d", "commodity": "wheat", "region": "home",
    ...                  "curve": {"form": "linear", "intercept": 10, "slope": 1}}]})
    >>> wheat.supplies[0].curve.slope
    1.0
    """

    format: Literal["ytterby-network/1"] = "ytterby-network/1"
    name: str | None = None
    note: str | None = None
    interest: float = Field(default=0.0, gt=-1)
    periods: tuple[Period, ...] = (Period(id="1"),)
    supplies: tuple[Supply, ...] = ()
    demands: tuple[Demand, ...] = ()
    routes: Annotated[Sequence[Route], Routes] = Field(default=(), validate_default=True)
    processes: tuple[Process, ...] = ()
    stocks: tuple[Stock, ...] = ()
    firms: tuple[Firm, ...] = ()
    measures: tuple[Measure, ...] = ()

    @field_validator("periods")
    @classmethod
    def _some_period(cls, periods: tuple[Period, ...]) -> tuple[Period, ...]:
        if not periods:
            raise ValueError("a network needs at least one period")
        return periods

    @classmethod
    def parse(cls, record: Mapping[str, Any], *, where: str | None = None) -> Self:
        """Return the network that a plain record describes; a mistake is an `InputError` with its place."""
        from ytterby.market._mistakes import explain

        try:
            return cls.model_validate(record)
        except ValidationError as error:
            raise explain(error, record, where) from None

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Return the network in a JSON file, or on standard input where `path` is ``-``."""
        where = "standard input" if str(path) == "-" else str(path)
        try:
            raw = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"cannot read the network: {error.strerror}", where=where) from error
        try:
            record = _loads(raw)
        except UnicodeDecodeError as error:
            raise InputError(f"not UTF-8 at byte {error.start}", where=where) from error
        except json.JSONDecodeError as error:
            message = f"not JSON: {error.msg}" if raw.strip() else "the file is empty; expected a JSON network"
            raise InputError(message, where=f"{where}, line {error.lineno}, column {error.colno}") from error
        except RecursionError as error:
            raise InputError("JSON nested too deep for a network", where=where) from error
        del raw
        if not isinstance(record, dict):
            raise InputError(
                f"expected a JSON object with the network's fields, found {type(record).__name__}", where=where
            )
        return cls.parse(record, where=where)


def _loads(raw: bytes) -> Any:
    """Return what JSON says; pydantic's reader is faster and keeps equal words once, json says what is wrong."""
    try:
        return from_json(raw.removeprefix(codecs.BOM_UTF8))
    except ValueError:
        return json.loads(raw.decode("utf-8-sig"))
