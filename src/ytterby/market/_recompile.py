"""A scenario that changes trade measures alone: the arrays of the network it was made from, edited where they differ.

Levies move costs of arcs, quotas and licences rows; places, columns and what they put where stay as they are. A measure
that closes or opens an arc, splits it, or reaches beyond trade changes the columns, and the network is compiled anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from ytterby.market._compile import Compiled
from ytterby.market._impose import Cap, impose
from ytterby.market._instruments import ExportBan, Licence, Measure, _Levy, _Quota
from ytterby.market._layout import names_of
from ytterby.market._network import Network

__all__ = ["recompile"]


def recompile(network: Network, before: Compiled) -> Compiled | None:
    """Return the arrays of a network, from those of an earlier one; None if more differs than levies and quotas."""
    old = before.layout.network
    same = all(getattr(network, name) is getattr(old, name) for name in _ENTRIES) and network.interest == old.interest
    if not same or not all(_plain(m) for m in (*old.measures, *network.measures)):
        return None
    layout = before.layout.with_measures(network)
    arcs = replace(before.arcs, layout=layout)
    imposed = impose(network, layout, arcs)
    if (imposed.closed != before.imposed.closed).any():
        return None
    p, column = before.program, before.arc_column
    first = p.K.shape[0] - sum(cap.row >= 0 for cap in before.imposed.caps)
    caps: list[Cap] = []
    members: list[np.ndarray] = []
    for cap in imposed.caps:
        own = column[cap.arcs]
        own = own[own >= 0]
        caps.append(replace(cap, row=first - p.n_nodes + len(members) if own.size else -1))
        if own.size:
            members.append(own)
    rights = [cap for cap in caps if cap.row >= 0]
    use = np.flatnonzero(column >= 0)
    lin = p.lin.copy()
    lin[column[use]] = layout.routes.first_cost[arcs.route[use]] + imposed.tax[use]
    program = replace(
        p,
        lin=lin,
        K=p.K if _alike(before.imposed.caps, caps) else sp.vstack([p.K[:first], _sums(members, p.K.shape[1])], "csr"),
        k=np.concatenate([p.k[:first], [-cap.quantity for cap in rights]]),
        equality=np.concatenate([p.equality[:first], np.zeros(len(rights), dtype=bool)]),
        row_weight=np.concatenate([p.row_weight[:first], layout.discount[[cap.t for cap in rights]]]),
    )
    return replace(before, layout=layout, program=program, arcs=arcs, imposed=replace(imposed, caps=tuple(caps)))


_ENTRIES = ("periods", "supplies", "demands", "routes", "processes", "stocks", "firms")


def _plain(m: Measure) -> bool:
    """Whether a measure does nothing but tax, close or limit arcs as they are laid without it."""
    return isinstance(m, ExportBan | _Levy | _Quota | Licence) and names_of(m.segment) is None


def _alike(old: tuple[Cap, ...], new: list[Cap]) -> bool:
    """Whether the rows of caps are sums of the same arcs."""
    a, b = ([cap.arcs for cap in caps if cap.row >= 0] for caps in (old, new))
    return len(a) == len(b) and all(map(np.array_equal, a, b))


def _sums(members: list[np.ndarray], n: int) -> sp.csr_matrix:
    """Return one row for each group of columns, −1 where they stand."""
    ends = np.cumsum([0, *map(len, members)])
    columns = np.concatenate([np.zeros(0, dtype=np.intp), *members])
    return sp.csr_matrix((np.full(len(columns), -1.0), columns, ends), shape=(len(members), n))
