"""In which column stands which bound? Columns of one element: mass and value, low and high, by step and origin.

A *slot* is a thing that is bounded: the total (slot 0), and for each step the part of unknown origin and each origin
that is named for that step. What holds a high bound of an origin is kept as the *excess* over the unknown part of the
step, since an amount of unknown origin could be of any: high = excess + unknown, in every item on every level.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ytterby.trace.source import STEPS

__all__ = ["Layout", "OriginError", "layout_of", "origins_of"]

Floats = npt.NDArray[np.float64]

_PART = re.compile(
    r"^(?P<origin>[A-Za-z]{3}|EU27|unknown)(?:\s*[:=]?\s*(?P<share>\d+(?:[.,]\d+)?)\s*(?P<percent>%?))?$", re.I
)


class OriginError(ValueError):
    """A text that names no origin."""


def origins_of(text: str) -> Mapping[str, float | None]:
    """Return the shares by origin that a text says; what is missing to 1 is of unknown origin.

    A share of None means any share: ``"CHN; AUS"`` is any mix of the two.

    Raises
    ------
    OriginError
        If it is no list of origins (three letters, `EU27` or `unknown`), each with a share or none with one.

    Examples
    --------
    >>> origins_of("CHN 60 %; AUS 40 %"), origins_of("CHN:0.6"), origins_of("CHN; AUS"), origins_of("unknown")
    ({'CHN': 0.6, 'AUS': 0.4}, {'CHN': 0.6}, {'CHN': None, 'AUS': None}, {})
    """
    shares: dict[str, float | None] = {}
    parts = [part.strip() for part in re.split(r"[;|/+]|,(?=\s*[A-Za-z])", text) if part.strip()]
    for part in parts:
        match = _PART.match(part)
        if match is None:
            raise OriginError(f"'{part}' is no origin such as CHN or 'CHN 60 %; AUS 40 %'")
        name = match["origin"].upper()
        share = None if match["share"] is None else float(match["share"].replace(",", "."))
        if share is not None and (match["percent"] or share > 1):
            share /= 100
        if name in shares:
            raise OriginError(f"{name} is named twice")
        shares[name] = share
    shares = {"UNKNOWN" if name in ("UNKNOWN", "XXX") else name: share for name, share in shares.items()}
    stated = [share for share in shares.values() if share is not None]
    if not stated:
        if len(shares) == 1 and "UNKNOWN" not in shares:
            return dict.fromkeys(shares, 1.0)
        return {} if "UNKNOWN" in shares else shares
    if len(stated) < len(shares):
        raise OriginError("some origins have a share and some have none")
    if sum(stated) > 1 + 1e-6:
        raise OriginError(f"the shares add up to {sum(stated):g}")
    shares.pop("UNKNOWN", None)
    return shares


@dataclass(frozen=True)
class Layout:
    """Slots of every element.

    Parameters
    ----------
    elements
        Elements that some declaration names.
    origins
        Step -> origins that some declaration names for it.
    """

    elements: tuple[str, ...]
    origins: Mapping[str, tuple[str, ...]]

    @cached_property
    def slots(self) -> dict[tuple[str, str], int]:
        """Return (step, origin) -> slot; the origin is `unknown` for the unknown part; slot 0 is the total."""
        keys = [(step, origin) for step, names in self.origins.items() for origin in ("unknown", *names)]
        return {key: n for n, key in enumerate(keys, 1)}

    @property
    def size(self) -> int:
        """Return the number of slots."""
        return len(self.slots) + 1

    @cached_property
    def unknown(self) -> npt.NDArray[np.int64]:
        """Return for each slot the slot of the unknown part of its step; -1 for the total and for unknown parts."""
        of = np.full(self.size, -1, dtype=np.int64)
        for (step, origin), slot in self.slots.items():
            if origin != "unknown":
                of[slot] = self.slots[step, "unknown"]
        return of

    @cached_property
    def dark(self) -> npt.NDArray[np.bool_]:
        """Return which slots an amount of unknown origin counts in: the total and the unknown parts."""
        return self.unknown < 0

    def shares(self, said: Mapping[str, Mapping[str, float | None]]) -> tuple[Floats, Floats]:
        """Return the least and the greatest share of an amount in each slot, given what is said of its origins.

        Parameters
        ----------
        said
            Step -> what `origins_of` returned for it.
        """
        least, most = np.zeros(self.size), np.zeros(self.size)
        least[0] = most[0] = 1
        for step, names in self.origins.items():
            shares = said.get(step, {})
            stated = sum(share or 0.0 for share in shares.values())
            dark = 0.0 if None in shares.values() else max(0.0, 1 - stated)
            dark = 0.0 if dark < 1e-9 else dark
            slot = self.slots[step, "unknown"]
            least[slot] = most[slot] = dark
            for name in names:
                share = shares.get(name, 0.0)
                slot = self.slots[step, name]
                least[slot], most[slot] = (0.0, 1.0) if share is None else (share, share + dark)
        return least, most

    def excess(self, high: Floats) -> Floats:
        """Return high bounds (last axis: slots) with those of origins as excess over the unknown part."""
        out = high.copy()
        named = ~self.dark
        below = high[..., self.unknown[named]]
        with np.errstate(invalid="ignore"):
            out[..., named] = np.where(np.isinf(below), 0.0, np.maximum(high[..., named] - below, 0.0))
        return out

    def high(self, excess: Floats) -> Floats:
        """Return the high bounds that `excess` stands for; no part is more than the total."""
        out = excess.copy()
        named = ~self.dark
        out[..., named] += excess[..., self.unknown[named]]
        return np.minimum(out, out[..., :1])


def layout_of(elements: Sequence[str], said: Sequence[Mapping[str, Mapping[str, float | None]]]) -> Layout:
    """Return the layout for these elements and for what the declarations say of origins (step -> `origins_of`)."""
    origins = {step: tuple(sorted({name for one in said for name in one.get(step, ())})) for step in STEPS}
    if not origins["technology"]:
        del origins["technology"]
    return Layout(tuple(elements), origins)
