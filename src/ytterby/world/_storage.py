"""Stocks in a month's network: what is there at its beginning, and the demand for holding some at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ytterby.market import Equilibrium

__all__ = ["BEGINS", "HELD", "Places", "held_at_end", "with_stocks"]

HELD, BEGINS = "hold", "held"
"""Kinds of the ids of stocks at the end and at the beginning: ``hold@DEU:magnet.ndfeb``."""

_LEAST_T = 1e-6
"""A stock below this many tonnes is empty."""

Places = Mapping[tuple[str, str], float]
"""A number by (commodity, region)."""


def with_stocks(
    network: dict[str, Any], years: float, held: Places, target: Places, value: Places, premium: float
) -> dict[str, Any]:
    """Return the network with stocks: goods that are there, and users who want to hold some at the month's end.

    The demand for storage is P = v (1 + premium (1 - S / S*)), S in t at the end of the month.

    Parameters
    ----------
    network
        A month's network, measures included.
    years
        The month's length; quantities of the network are rates a year.
    held, target
        Tonnes held at the beginning, and in ordinary times.
    value
        The price v in USD/kg at which the target is held.
    premium
        Rise of the price, as a share of v, at which a stock is empty.
    """
    # a stock fills up with what its holders may buy: where licences are short, with goods that need none
    spot = {(d["commodity"], d["region"]) for d in network["demands"] if d.get("segment") == "spot"}
    supplies, demands = [], []
    for (commodity, region), wanted in target.items():
        there, v = held.get((commodity, region), 0.0), value[commodity, region]
        place = {"commodity": commodity, "region": region}
        if there > _LEAST_T:
            curve = {"form": "fixed", "quantity": there / years}
            supplies.append({"id": f"{BEGINS}@{region}:{commodity}", **place, "curve": curve})
        demands.append(
            {
                "id": f"{HELD}@{region}:{commodity}",
                **place,
                "segment": "spot" if (commodity, region) in spot else None,
                "curve": {
                    "form": "inverse_linear",
                    "intercept": v * (1.0 + premium),
                    "slope": premium * v * years / wanted,
                },
            }
        )
    return {**network, "supplies": [*network["supplies"], *supplies], "demands": [*network["demands"], *demands]}


def held_at_end(equilibrium: Equilibrium) -> dict[tuple[str, str], float]:
    """Return the tonnes held at the month's end by (commodity, region)."""
    found = {}
    for name, quantity in zip(
        equilibrium.tables["demand"]["id"], equilibrium.tables["demand"]["quantity"], strict=True
    ):
        kind, _, place = name.partition("@")
        if kind == HELD:
            region, _, commodity = place.partition(":")
            found[commodity, region] = max(quantity, 0.0)
    return found
