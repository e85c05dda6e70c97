"""What does the model show for an observed point? Its tables of months, read as the source's number was made.

``exports`` are a month's magnets to a destination; ``spot`` is the price in the German market of those who compete for
what is left; ``paid_export`` is the price paid abroad weighted with what came from China; ``paid_china`` and
``domestic`` are China's price; ``fob`` adds the export tax of the base year. A year is the mean of its months.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Reading"]

EXPORTER = "CHN"


@dataclass(frozen=True, eq=False)
class Reading:
    """Months of the model, to be read at points.

    Attributes
    ----------
    prices
        ``month, commodity, region, paid, spot``; `spot` is missing where there is one price.
    flows
        ``month, commodity, from, to, quantity_t``.
    export_tax
        By commodity, USD/kg.
    """

    prices: pd.DataFrame
    flows: pd.DataFrame
    export_tax: Mapping[str, float]

    def at(self, points: pd.DataFrame) -> pd.Series:
        """Return the model's number for each of ``variable, commodity, region, period``; NaN where it has none."""
        months = sorted(set(self.prices["month"]))
        columns = (points[c] for c in ("variable", "commodity", "region", "period"))
        found = []
        for variable, commodity, region, period in zip(*columns, strict=True):
            values = [_READ[variable](self, commodity, region, m) for m in months if m.startswith(period)]
            found.append(float(np.mean(values)) if values else np.nan)
        return pd.Series(found, index=points.index, dtype=float)

    @functools.cached_property
    def _price(self) -> Mapping[tuple[str, str, str], tuple[float, float]]:
        columns = (self.prices[c].tolist() for c in ("commodity", "region", "month"))
        numbers = (pd.to_numeric(self.prices[c]).tolist() for c in ("paid", "spot"))
        return {(c, r, m): (paid, spot) for c, r, m, paid, spot in zip(*columns, *numbers, strict=True)}

    @functools.cached_property
    def _exported(self) -> Mapping[tuple[str, str], list[tuple[str, float]]]:
        """Tonnes that left China, as (importer, t) by (commodity, month)."""
        found: dict[tuple[str, str], list[tuple[str, float]]] = {}
        own = self.flows[(self.flows["from"] == EXPORTER) & (self.flows["to"] != EXPORTER)]
        columns = (own[c].tolist() for c in ("commodity", "month", "to", "quantity_t"))
        for commodity, month, to, tonnes in zip(*columns, strict=True):
            found.setdefault((commodity, month), []).append((to, tonnes))
        return found

    def paid(self, commodity: str, region: str, month: str) -> float:
        """Return the price paid; NaN where there is none."""
        return self._price.get((commodity, region, month), _NONE)[0]

    def spot(self, commodity: str, region: str, month: str) -> float:
        """Return the price of those who compete for what is left, that of all where there is one."""
        paid, spot = self._price.get((commodity, region, month), _NONE)
        return paid if math.isnan(spot) else spot

    def domestic(self, commodity: str, _: str, month: str) -> float:
        """Return China's own price."""
        return self.paid(commodity, EXPORTER, month)

    def fob(self, commodity: str, region: str, month: str) -> float:
        """Return China's price with the export tax of the base year."""
        return self.domestic(commodity, region, month) + self.export_tax.get(commodity, 0.0)

    def paid_export(self, commodity: str, _: str, month: str) -> float:
        """Return the price paid outside China, weighted with what came from there."""
        priced = [(self.paid(commodity, to, month), t) for to, t in self._exported.get((commodity, month), [])]
        known = [(p, t) for p, t in priced if t > 0 and not math.isnan(p)]
        return sum(p * t for p, t in known) / sum(t for _, t in known) if known else math.nan

    def exports(self, commodity: str, region: str, month: str) -> float:
        """Return tonnes that left China for a region; a `commodity` may stand for all that begin so (``magnet*``)."""
        goods = commodity.removesuffix("*")
        return sum(
            t
            for (c, m), lanes in self._exported.items()
            if m == month and (c == goods or (goods != commodity and c.startswith(goods)))
            for to, t in lanes
            if to == region
        )


_NONE = (math.nan, math.nan)
_READ: Mapping[str, Callable[[Reading, str, str, str], float]] = {
    "exports": Reading.exports,
    "spot": Reading.spot,
    "paid_export": Reading.paid_export,
    "paid_china": Reading.domestic,
    "domestic": Reading.domestic,
    "fob": Reading.fob,
}
