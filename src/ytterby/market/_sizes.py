"""Numbers that no solver can tell from infinity or from nothing, and sizes too far apart: named with their entries."""

from __future__ import annotations

import numpy as np

from ytterby.errors import InputError, SolveError
from ytterby.market._compile import Compiled
from ytterby.market._named import column_of, place_of

__all__ = ["explain_spread", "far_apart", "refuse_sizes"]

_LARGEST = 1e30
_FAR = 1e9
"""Ratio of two sizes in one market beyond which what is small may be lost in the rounding of what is large."""
_UNEVEN = 1e6
"""Ratio of two numbers of a network beyond which tolerances in its own units say little."""


def far_apart(c: Compiled) -> bool:
    """Whether the numbers that a network names, as they stand, are of very different sizes."""
    p = c.program
    values = np.concatenate([np.abs(p.k), *p.quantities]), np.abs(p.lin), np.abs(p.K.data)
    used = [v[np.isfinite(v) & (v > 0.0)] for v in values]
    return any(v.max() > _UNEVEN * v.min() for v in used if len(v))


def explain_spread(c: Compiled) -> SolveError | None:
    """Return the error for prices or quantities of one market that lie too far apart, or None if none do."""
    p, b = c.program, c.program.balance
    for what, sizes in (("prices", (np.abs(p.lin) * b.column,)), ("quantities", [v / b.column for v in p.quantities])):
        table = np.array(sizes)
        used = np.isfinite(table) & (table > 0.0)
        high, low = np.where(used, table, 0.0).max(axis=0), np.where(used, table, np.inf).min(axis=0)
        for part in np.unique(b.column_part[np.isfinite(low)]):
            j = np.flatnonzero(b.column_part == part)
            most, least = int(j[high[j].argmax()]), int(j[low[j].argmin()])
            if high[most] > _FAR * low[least]:
                decades = np.log10(high[most]) - np.log10(low[least])
                return SolveError(
                    f"{what} that hang together lie too far apart to be solved as one: those of "
                    f"{column_of(c, most).words} and {column_of(c, least).words}, by a factor of "
                    f"1e{decades:.0f}",
                    hint="leave out capacities and choke prices that are never met, or what is too small to matter",
                )
    return None


def refuse_sizes(c: Compiled) -> None:
    """Raise if a period counts for nothing, or an entry has a cost, slope, capacity or quantity beyond 1e30.

    Raises
    ------
    InputError
        With the entry; slopes and elasticities close to zero show as large ones.
    """
    p = c.program
    worth = c.layout.discount
    if not (np.isfinite(worth).all() and (worth > 1.0 / _LARGEST).all() and (worth < _LARGEST).all()):
        raise InputError(
            "at this interest, money of the last period is worth nothing in the first, or without bound",
            where="interest",
            hint="shorten the periods, or bring the interest closer to 0",
        )
    limits = np.where(np.isfinite(p.upper), p.upper, 0.0)
    with np.errstate(divide="ignore"):
        spread = np.where(p.curved, np.maximum(p.scale, 1.0 / p.scale), 0.0)
    for m in c.layout.network.measures:
        if any((getattr(m, name, None) or 0.0) > _LARGEST for name in ("specific", "ad_valorem", "price")):
            raise InputError(_TEXT.format(f"measure '{m.id}'"), hint=_HINT)
    size = np.zeros(len(p.lin))
    for values in (p.lin, p.quad, p.lower, limits, p.coef, spread, p.off, p.expo):
        if not np.abs(values).max(initial=0.0) <= _LARGEST:  # or it is no number
            size = np.fmax(size, np.where(np.isnan(values), np.inf, np.abs(values)))
    if p.K.nnz and np.abs(p.K.data).max() > _LARGEST:
        size = np.fmax(size, abs(p.K).max(axis=0).toarray().ravel())
    large = np.flatnonzero(size > _LARGEST)
    if large.size:
        at = column_of(c, int(large[0]))
        raise InputError(_TEXT.format(at.words), hint=_HINT)
    large = np.flatnonzero(np.abs(p.k[: p.n_nodes]) > _LARGEST)
    if large.size:
        raise InputError(_TEXT.format(place_of(c, int(large[0])).words), hint=_HINT)


_TEXT = "{} has a number beyond 1e30, or so close to zero that what follows from it is"
_HINT = "choose units in which costs and quantities are neither"
