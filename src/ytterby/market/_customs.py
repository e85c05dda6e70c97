"""Levies that are a share of a price: fob and cif values along an arc, and what each levy is per unit.

With P the exporter's price, R rent that the exporter keeps, f freight (the route's marginal cost), and T the export
taxes (specific t, shares a_f of fob and a_c of cif):

    fob = P + R + T,   cif = fob + f,   T = t + a_f·fob + a_c·cif
    ⇒ fob = (P + R + t + a_c·f) / (1 − a_f − a_c)

and at the importer's border each levy adds its specific part and its share of fob or cif. All of it is linear in
prices, rents and freight, so a market with such levies is a linear complementarity problem, though no QP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ytterby.errors import InputError
from ytterby.market._arcs import Arcs
from ytterby.market._impose import Cap, Imposed, Levy
from ytterby.market._network import Network

__all__ = ["Landing", "exporter_caps", "landing_of"]


@dataclass(frozen=True)
class Landing:
    """Coefficients of an arc's landed cost: price·(P + R) + freight·f + constant (+ rents not kept by exporters).

    `fob_price`, `fob_freight`, `fob_constant` give the fob value in the same terms; all by arc.
    """

    price: np.ndarray
    freight: np.ndarray
    constant: np.ndarray
    fob_price: np.ndarray
    fob_freight: np.ndarray
    fob_constant: np.ndarray

    def unit(self, levy: Levy, price: np.ndarray, rent: np.ndarray, freight: np.ndarray) -> np.ndarray:
        """Return what a levy is per unit on its arcs, given by-arc prices, exporters' rents and freight."""
        k = levy.arcs
        fob = self.fob_price[k] * (price[k] + rent[k]) + self.fob_freight[k] * freight[k] + self.fob_constant[k]
        base = fob + freight[k] if levy.base == "cif" else fob
        per_unit: np.ndarray = levy.sign * (levy.specific + levy.rate * base)
        return per_unit


def landing_of(network: Network, arcs: Arcs, imposed: Imposed) -> Landing:
    """Return the landed cost's coefficients.

    Raises
    ------
    InputError
        If export taxes take the whole of the fob value or more.
    """
    n = len(arcs.route)
    t, a_fob, a_cif, s, b_fob, b_cif = np.zeros((6, n))
    for levy in imposed.levies:
        k = levy.arcs
        rate_fob, rate_cif = (levy.rate, 0.0) if levy.base == "fob" else (0.0, levy.rate)
        if levy.payer == "exporter" and levy.sign > 0.0:
            t[k] += levy.specific
            a_fob[k] += rate_fob
            a_cif[k] += rate_cif
        else:
            s[k] += levy.sign * levy.specific
            b_fob[k] += levy.sign * rate_fob
            b_cif[k] += levy.sign * rate_cif
    keep = 1.0 - a_fob - a_cif
    if n and keep.min() <= 0.0:
        route = network.routes[arcs.route[int(keep.argmin())]]
        raise InputError(
            f"export taxes on route '{route.id}' take the whole fob value; their shares must add up to less than 1",
            where="measures",
        )
    fob_freight, fob_constant = a_cif / keep, t / keep
    return Landing(
        price=(1.0 + b_fob + b_cif) / keep,
        freight=1.0 + b_cif + (1.0 + b_fob + b_cif) * fob_freight,
        constant=(1.0 + b_fob + b_cif) * fob_constant + s,
        fob_price=1.0 / keep,
        fob_freight=fob_freight,
        fob_constant=fob_constant,
    )


def exporter_caps(imposed: Imposed) -> Iterator[Cap]:
    """Yield the caps whose rent the exporter keeps, which is part of the fob value."""
    yield from (cap for cap in imposed.caps if cap.row >= 0 and cap.rent_to == "exporter")
