"""What would a first unit earn on a way that a ban closes?

Its buyer pays the price at its end. What its seller asks is the price at its start, or, where nothing passes there now,
the least at which anybody would offer a unit: somebody who can sell nowhere is not kept from selling at a loss.
"""

from __future__ import annotations

import numpy as np

from ytterby.market._compile import Compiled
from ytterby.market._complement import Complement
from ytterby.market._report import Sums

__all__ = ["closed_gaps"]


def closed_gaps(c: Compiled, complement: Complement, s: Sums, z: np.ndarray) -> np.ndarray:
    """Return by arc the price at its end less what a unit costs there, at its start's asking price where it is banned.

    −∞ where nobody can offer anything at the start.
    """
    if not len(c.arcs.route):
        return np.zeros(0)
    gaps: np.ndarray = s.price[c.arc_end] - s.landed
    banned = [arcs for _, arcs in c.imposed.bans if arcs.size]
    if not banned:
        return gaps
    idle = c.program.idle(z[: c.program.K.shape[1]])
    closed = np.unique(np.concatenate(banned))
    closed = closed[np.isin(c.arc_start[closed], idle)]
    if closed.size:
        more = (_asking_prices(c, complement, z, idle) - s.price)[c.arc_start[closed]]
        with np.errstate(invalid="ignore"):
            more = np.where(more > 0.0, complement.landing.price[closed] * more, 0.0)
        gaps[closed] = np.where(np.isnan(more), -np.inf, gaps[closed] - more)
    return gaps


def _asking_prices(c: Compiled, complement: Complement, z: np.ndarray, idle: np.ndarray) -> np.ndarray:
    """Return by node the least price at which a column would put a first unit there; ∞ where none could.

    A column that needs idle inputs asks for what they would cost; other outputs that nobody takes earn nothing.
    """
    p, conditions = c.program, complement.conditions
    n = p.K.shape[1]
    rows = n + idle
    bare = z.copy()
    bare[rows] = 0.0
    usable = np.flatnonzero(p.upper > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = conditions.value(bare)[usable]
        ties = conditions.coupling(z)[usable][:, rows].tocoo()
    gives, takes = ties.data < 0.0, ties.data > 0.0
    asked = np.full(len(idle), np.inf)
    for _ in range(len(idle) + 1):
        total = cost.copy()
        np.add.at(total, ties.row[takes], ties.data[takes] * asked[ties.col[takes]])
        new = asked.copy()
        np.minimum.at(new, ties.col[gives], np.maximum(total[ties.row[gives]], 0.0) / -ties.data[gives])
        if (new == asked).all():
            break
        asked = new
    out = np.full(p.n_nodes, np.inf)
    out[idle] = asked / p.row_weight[idle]
    return out
