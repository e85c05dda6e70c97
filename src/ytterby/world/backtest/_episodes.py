"""Which episodes are there, what is each judged by, and why were goals missed? `data/episodes.yaml`, validated."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ytterby.errors import DataError, UnknownNameError
from ytterby.world import _files

__all__ = ["Episode", "Goal", "episode", "episodes"]

_FILE = "episodes.yaml"
Kind = Literal[
    "log_rmse_ratio", "worst_factor", "worst_share", "largest_change", "coverage", "coverage_with_error", "none"
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Goal(_Value):
    """What a group of points is judged by.

    Attributes
    ----------
    group
        A group of the points, or ``all``.
    kind
        ``log_rmse_ratio`` (to a forecast of no change), ``worst_factor`` (of predicted and observed, the larger over
        the smaller), ``worst_share`` (predicted over observed less one), ``largest_change`` (predicted against no
        change), ``coverage`` (share of points inside the band of the draws), ``coverage_with_error`` (the same, with
        the error of the fit on 2010 to 2012 added to the band), ``none`` (told, not judged).
    limit
        At most this; for coverage, at least.
    reason
        Why it was missed, written by a person who looked; shown only when it is missed.
    """

    group: str
    kind: Kind
    limit: float = 0.0
    reason: str = ""

    @property
    def says(self) -> str:
        """The goal in words."""
        return {
            "log_rmse_ratio": f"log-RMSE at most {self.limit:g} of no change",
            "worst_factor": f"every point within a factor of {self.limit:g}",
            "worst_share": f"every point within {self.limit:.0%}",
            "largest_change": f"no change beyond {self.limit:.0%}",
            "coverage_with_error": f"that band and the error of 2010-12 hold at least {self.limit:.0%} of the points",
            "none": "none set",
            "coverage": f"the 5-95 % band holds at least {self.limit:.0%} of the points",
        }[self.kind]


class Episode(_Value):
    """A stretch of the past that the model is tried on.

    Attributes
    ----------
    title, question
        What it is about.
    frozen
        Nothing dated later has entered a parameter.
    given, no_change
        What the model is told of the test period, and what a forecast of no change holds on to; in words.
    goals
        What it is judged by.
    notes
        What a reader must know to read the numbers.
    """

    name: str
    title: str
    question: str
    frozen: str
    given: str
    no_change: str
    goals: tuple[Goal, ...]
    notes: tuple[str, ...] = Field(default=())


@functools.cache
def episodes() -> Mapping[str, Episode]:
    """Return the episodes by name."""
    found = {}
    for name, record in _files.document(_FILE).items():
        try:
            found[name] = Episode(name=name, **record)
        except ValidationError as error:
            first = error.errors()[0]
            place = _files.where(_FILE, name, f"field {'.'.join(map(str, first['loc']))}")
            raise DataError(first["msg"], where=place) from None
    return MappingProxyType(found)


def episode(name: str) -> Episode:
    """Return an episode; an unknown name is an error that names the nearest."""
    if name not in episodes():
        raise UnknownNameError("episode", name, episodes())
    return episodes()[name]
