"""Instruments that no optimum expresses, as couplings of the equilibrium conditions.

Ad valorem levies, floors upheld by an adjustable tariff, deficiency payments, cross prices: each adds entries to the
derivative that are not symmetric, and rates v of its own with their conditions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from ytterby.errors import UnsupportedError
from ytterby.market._compile import Compiled
from ytterby.market._conditions import Conditions, Term
from ytterby.market._cross import CrossTerm, cross_node, symmetric
from ytterby.market._customs import Landing, exporter_caps, landing_of
from ytterby.market._firms import market_power
from ytterby.market._freight import FreightTerm
from ytterby.market._instruments import PriceFloor
from ytterby.market._interior import Units
from ytterby.market._layout import OPEN, POOL, names_of
from ytterby.market._program import Program
from ytterby.market._unreached import Given

__all__ = ["Complement", "Rate", "complement", "restrict"]


@dataclass(frozen=True)
class Rate:
    """A rate per unit that upholds a rule: a floor's levy or deficiency payment at one place."""

    measure: int
    region: str
    commodity: str
    t: int
    node: int
    price: float
    arcs: np.ndarray
    columns: np.ndarray
    per_unit: np.ndarray


@dataclass(frozen=True)
class Complement:
    """The conditions of the whole network, and the rates behind v."""

    conditions: Conditions
    rates: tuple[Rate, ...]
    landing: Landing
    asymmetric: bool


@dataclass
class _Entries:
    rows: list[np.ndarray] = field(default_factory=list)
    columns: list[np.ndarray] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)

    def add(self, rows: object, columns: object, values: object) -> None:
        r, c = np.atleast_1d(np.asarray(rows, dtype=np.intp)), np.atleast_1d(np.asarray(columns, dtype=np.intp))
        r, c, v = np.broadcast_arrays(r, c, np.asarray(values, dtype=float))
        self.rows.append(r)
        self.columns.append(c)
        self.values.append(v)

    def matrix(self, size: int) -> sp.csr_matrix:
        if not self.rows:
            return sp.csr_matrix((size, size))
        parts = [np.concatenate(p) for p in (self.values, self.rows, self.columns)]
        matrix = sp.csr_matrix((parts[0], (parts[1], parts[2])), shape=(size, size))
        matrix.eliminate_zeros()
        return matrix


def complement(c: Compiled) -> Complement:
    """Return the equilibrium conditions of a compiled network with all its instruments."""
    program = c.program
    n, m = program.K.shape[1], program.K.shape[0]
    units = Units.of(program)
    fixed, moved = _Entries(), _Entries()
    rates = tuple(_rates(c))
    choked = [x for x in c.crossed if x.choke is not None and x.elasticity is None]
    size = n + m + len(rates) + len(choked)
    constant, shift = np.zeros(size), np.zeros(size)
    upper = np.full(len(rates) + len(choked), np.inf)
    terms: list[Term] = []
    landing = landing_of(c.layout.network, c.arcs, c.imposed)
    if c.imposed.ad_valorem:
        _ad_valorem(c, landing, moved, shift, terms)
    for k, rate in enumerate(rates):
        v, weight = n + m + k, program.row_weight[rate.node]
        fixed.add(v, n + rate.node, 1.0 / weight)
        shift[v] -= rate.price
        if not rate.arcs.size:
            fixed.add(v, v, 1.0)
            fixed.add(rate.columns, v, -weight * rate.per_unit)
        if rate.arcs.size:
            j = c.arc_column[rate.arcs]
            fixed.add(j, v, weight)
            upper[k] = rate.price + max(0.0, -float(program.lin[j].min(initial=0.0)))
    _crossed(c, n + m + len(rates), fixed, moved, constant, terms)
    power = market_power(c.layout, program, c.arcs, c.arc_column, c.seller)
    if power is not None:
        terms.append(power)
    free = np.where(program.equality, -np.inf, 0.0)
    conditions = Conditions(
        program,
        np.concatenate([program.lower, free, np.zeros(len(upper))]),
        np.concatenate([program.upper, np.full(m, np.inf), upper]),
        constant,
        fixed.matrix(size),
        shift,
        moved.matrix(size),
        np.array([max(r.price, 1e-6 * units.price) for r in rates] + [max(x.choke or 0.0, 1e-6) for x in choked]),
        tuple(terms),
        units,
    )
    asymmetric = (
        bool(rates)
        or c.imposed.ad_valorem
        or not symmetric(c.layout, c.crossed)
        or (power is not None and not power.linear)
    )
    return Complement(conditions, rates, landing, asymmetric)


def _crossed(
    c: Compiled, first: int, fixed: _Entries, moved: _Entries, constant: np.ndarray, terms: list[Term]
) -> None:
    """Add the conditions of demands and supplies with cross prices; choke rates stand at `first` and on."""
    program, layout = c.program, c.layout
    n, v = program.K.shape[1], first
    for x in c.crossed:
        entry = getattr(layout.network, x.section)[x.entry]
        weight = program.weight[x.column]
        where = f"{x.section} '{entry.id}' curve cross"
        others = n + np.array(
            [cross_node(layout, where, name, entry.region, entry.segment, x.t) for name in x.others], dtype=np.intp
        )
        values = np.array(x.coefficients)
        j, own = x.column, n + x.node
        sign = 1.0 if x.section == "supplies" else -1.0
        choked = x.choke is not None and x.elasticity is None
        s = v if choked else -1
        v += choked
        if x.quantity_type and x.choke is None:
            fixed.add(j, own, sign)
        if s >= 0:
            fixed.add(j, s, weight)
        if x.elasticity is None and x.quantity_type and s >= 0:
            per = (x.choke or 1.0) / max(abs(x.scale), 1e-12)
            fixed.add(s, j, -per)
            constant[s] += per * x.scale
            moved.add(s, others, per * values / weight)
        elif x.elasticity is None:
            moved.add(j, others, -values)
            if s >= 0:
                fixed.add(s, s, 1.0)
                fixed.add(s, j, program.quad[j])
                constant[s] += x.choke + program.lin[j]
                moved.add(s, others, -values / weight)
        else:
            unit = np.full(len(others), 1.0 / weight)
            if x.quantity_type:
                terms.append(CrossTerm(j, -1, weight * x.scale, 1.0, 1.0, others, unit, values))
                continue
            span = x.choke / program.quad[j] if x.choke else 1.0
            power = values / x.elasticity
            terms.append(CrossTerm(j, j, weight, x.scale, -1.0 / x.elasticity, others, unit, power, x.choke, span))


def _rates(c: Compiled) -> list[Rate]:
    net, layout = c.layout.network, c.layout
    empty = np.zeros(0, dtype=np.intp)
    out: list[Rate] = []
    taken: dict[tuple[str, str, int], str] = {}
    imports: _Imports | None = None
    for i, m in enumerate(net.measures):
        if not isinstance(m, PriceFloor) or m.upheld_by == "purchase":
            continue
        members = names_of(m.members) or layout.regions
        for commodity in names_of(m.commodity) or layout.commodities:
            for region in members:
                slot = OPEN if (commodity, region, OPEN) in layout.places else POOL
                if (commodity, region, slot) not in layout.places:
                    continue
                for t in layout.when(m.period, m.id):
                    other = taken.setdefault((commodity, region, t), m.id)
                    if other != m.id:
                        raise UnsupportedError(
                            f"the floors '{other}' and '{m.id}' both hold the price of '{commodity}' in '{region}'; "
                            "their levies are not determined one by one",
                            where="measures",
                            hint="keep the higher of the two",
                        )
                    node = layout.node(commodity, region, slot, t)
                    if m.upheld_by == "adjustable_tariff":
                        imports = imports or _Imports(c)
                        arcs = imports.of(commodity, region, t, members)
                        if arcs.size:
                            out.append(Rate(i, region, commodity, t, node, m.price, arcs, empty, np.zeros(0)))
                    else:
                        made = c.made.get((commodity, region, t), [])
                        columns = np.array([j for j, _ in made], dtype=np.intp)
                        per_unit = np.array([v for _, v in made])
                        out.append(Rate(i, region, commodity, t, node, m.price, empty, columns, per_unit))
    return out


class _Imports:
    """The open arcs by commodity, importer and period."""

    def __init__(self, c: Compiled) -> None:
        self.arcs, self.periods = c.arcs, len(c.layout.years)
        is_open = np.flatnonzero(c.arc_column >= 0)
        key = self._key(c.arcs.commodity[is_open], c.arcs.importer[is_open], c.arcs.t[is_open])
        order = np.argsort(key, kind="stable")
        self.key, self.open = key[order], is_open[order]

    def _key(self, commodity: Any, importer: Any, t: Any) -> Any:
        return (commodity * len(self.arcs.layout.regions) + importer) * self.periods + t

    def of(self, commodity: str, region: str, t: int, members: tuple[str, ...]) -> np.ndarray:
        """Return the open arcs that bring a commodity into a member from outside the bloc."""
        book = self.arcs.codes
        key = self._key(book["commodity"][commodity], book["region"][region], t)
        low, high = np.searchsorted(self.key, [key, key + 1])
        inside = [book["region"][r] for r in members]
        here: np.ndarray = self.open[low:high]
        return here[~np.isin(self.arcs.exporter[here], inside)]


def _ad_valorem(c: Compiled, landing: Landing, moved: _Entries, shift: np.ndarray, terms: list[Term]) -> None:
    """Add to each arc what its landed cost is beyond price, rent, freight and specific levies."""
    program, arcs = c.program, np.flatnonzero(c.arc_column >= 0)
    n = program.K.shape[1]
    beyond = arcs[
        (landing.price[arcs] != 1.0)
        | (landing.freight[arcs] != 1.0)
        | (np.abs(landing.constant[arcs] - c.imposed.tax[arcs]) > 0.0)
    ]
    j = c.arc_column[beyond]
    extra_price, extra_freight = landing.price[beyond] - 1.0, landing.freight[beyond] - 1.0
    moved.add(j, n + c.arc_start[beyond], extra_price)
    freight_lin = program.lin[j] - c.imposed.tax[beyond]
    shift[j] += program.weight[j] * (landing.constant[beyond] - c.imposed.tax[beyond] + extra_freight * freight_lin)
    moved.add(j, j, extra_freight * program.weight[j] * program.quad[j])
    column = np.where(c.arc_carriage[beyond] >= 0, c.arc_carriage[beyond], j)
    curved = (program.coef[column] != 0.0) & (extra_freight != 0.0)
    if curved.any():
        row, source = j[curved], column[curved]
        share = extra_freight[curved] * program.weight[source] * program.coef[source]
        terms.append(FreightTerm(row, source, share, program.scale[source], program.expo[source]))
    shared = (c.arc_carriage[beyond] >= 0) & (extra_freight != 0.0)
    z = c.arc_carriage[beyond][shared]
    moved.add(j[shared], z, extra_freight[shared] * program.weight[z] * program.quad[z])
    price_factor = np.zeros(len(c.arcs.route))
    price_factor[beyond] = extra_price
    for cap in exporter_caps(c.imposed):
        met = cap.arcs[(c.arc_column[cap.arcs] >= 0) & (price_factor[cap.arcs] != 0.0)]
        moved.add(c.arc_column[met], n + program.n_nodes + cap.row, price_factor[met])


def restrict(
    whole: Conditions,
    program: Program,
    columns: np.ndarray,
    rows: np.ndarray,
    given: Given | None = None,
    rates: np.ndarray | None = None,
) -> Conditions:
    """Return the conditions of some columns, rows and rates, the rest at zero but for the prices that are given."""
    if program is whole.program:
        return whole
    rates = np.arange(len(whole.lower) - whole.n - whole.m) if rates is None else rates
    keep = np.concatenate([columns, whole.n + rows, whole.n + whole.m + rates])
    position = np.full(len(whole.lower), -1, dtype=np.intp)
    position[keep] = np.arange(len(keep))
    moved, shift = whole.moved[keep], whole.shift[keep]
    terms = [t for t in whole.terms if not isinstance(t, CrossTerm) or position[t.row] >= 0]
    if given is not None:
        shift = shift + moved[:, whole.n + given.rows] @ given.values
        known = dict(zip((whole.n + given.rows).tolist(), given.values.tolist(), strict=True))
        terms = [t.with_given(known) if isinstance(t, CrossTerm) else t for t in terms]
    return replace(
        whole,
        program=program,
        lower=whole.lower[keep],
        upper=whole.upper[keep],
        constant=whole.constant[keep],
        fixed=whole.fixed[keep][:, keep],
        shift=shift,
        moved=moved[:, keep],
        rate_unit=whole.rate_unit[rates],
        terms=tuple(t.moved_to(position, program) for t in terms),
    )
