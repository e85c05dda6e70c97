"""What was the price of each commodity in each region of the base year?

Sources give Chinese prices (domestic and FOB) and few others. Regional prices are those that explain the observed
flows best given known trade costs: per commodity, they minimise

    sum over flows ij of  t_ij (p_j - p_i - k_ij)^2,

with the anchor's price fixed (China's domestic price ex VAT where China trades or uses the commodity, else FOB at the
largest producer; for ores the gate of the largest separator). ``t_ij`` is the flow in t, ``k_ij`` freight,
transaction cost and taxes in USD/kg. What is left, ``p_j - p_i - k_ij``, is the wedge that the calibration has to
carry; it is published.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

__all__ = ["regional_prices"]


def regional_prices(
    flows: pd.DataFrame,
    produced: pd.Series,
    used: pd.Series,
    fob: Mapping[str, float],
    exvat: Mapping[str, float],
) -> pd.Series:
    """Return base prices in USD/kg by (commodity, region).

    Parameters
    ----------
    flows
        Columns ``commodity``, ``from``, ``to``, ``t`` (t), ``k`` (USD/kg).
    produced, used
        Tonnes by (commodity, region); every region in either gets a price.
    fob, exvat
        Price FOB China and domestic price ex VAT by commodity, USD/kg.
    """
    prices: dict[tuple[str, str], float] = {}
    by_commodity = dict(tuple(flows.groupby("commodity", sort=True)))
    nodes = pd.concat([produced, used]).groupby(level=[0, 1], sort=True).sum()
    for commodity in sorted({*nodes.index.get_level_values(0), *by_commodity}):
        own = by_commodity.get(commodity, flows.iloc[:0])
        regions = sorted({*own["from"], *own["to"], *_regions(nodes, commodity)})
        made, taken = _amounts(produced, commodity, regions), _amounts(used, commodity, regions)
        is_ore = commodity.startswith("ore.")
        weight = taken if is_ore else made
        at = {r: i for i, r in enumerate(regions)}
        tail, head = own["from"].map(at).to_numpy(int), own["to"].map(at).to_numpy(int)
        t, k = own["t"].to_numpy(float), own["k"].to_numpy(float)
        graph = csr_array((np.ones(len(t)), (tail, head)), shape=(len(regions), len(regions)))
        n, part = connected_components(graph, directed=False)
        for component in range(n):
            members = np.flatnonzero(part == component)
            if "CHN" in at and at["CHN"] in members:
                anchor, level = at["CHN"], exvat[commodity]
            else:
                anchor, level = int(members[np.argmax(weight[members])]), fob[commodity]
            inside = np.isin(tail, members)
            solved = _potentials(members, anchor, level, tail[inside], head[inside], t[inside], k[inside])
            prices.update({(commodity, regions[i]): p for i, p in zip(members, solved, strict=True)})
    series = pd.Series(prices).sort_index()
    series.index.names = ["commodity", "region"]
    return series


def _regions(nodes: pd.Series, commodity: str) -> list[str]:
    return list(nodes.loc[commodity].index) if commodity in nodes.index.get_level_values(0) else []


def _amounts(series: pd.Series, commodity: str, regions: list[str]) -> np.ndarray:
    return np.array([float(series.get((commodity, r), 0.0)) for r in regions])


def _potentials(
    members: np.ndarray, anchor: int, level: float, tail: np.ndarray, head: np.ndarray, t: np.ndarray, k: np.ndarray
) -> np.ndarray:
    """Weighted least-squares potentials of one connected component with the anchor at `level`."""
    if len(members) == 1:
        return np.array([level])
    column = {int(m): j for j, m in enumerate(members)}
    incidence = np.zeros((len(t) + 1, len(members)))
    for row, (i, j) in enumerate(zip(tail, head, strict=True)):
        incidence[row, column[int(j)]] += 1.0
        incidence[row, column[int(i)]] -= 1.0
    incidence[-1, column[anchor]] = 1.0
    # the anchor's row outweighs all flows together, so that its price holds to rounding
    weight = np.sqrt(np.append(t / t.sum(), 1e8))
    solved, *_ = np.linalg.lstsq(incidence * weight[:, None], np.append(k, level) * weight, rcond=None)
    return np.asarray(solved)
