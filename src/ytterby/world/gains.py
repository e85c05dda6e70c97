"""Who gains and who loses? Surpluses of a scenario less those of the baseline, by region and for groups of them.

>>> from ytterby.world import World
>>> hit = World.default().run("magnet_tariff")
>>> usa = hit.gains.set_index("region").loc["USA"]
>>> bool(usa.consumer < 0 < usa.government and usa.total < 0)
True
>>> grouped(hit.gains)["group"].tolist()
['China', 'allied bloc', 'rest of the world', 'world']
"""

from __future__ import annotations

import pandas as pd

from ytterby import atlas
from ytterby.market import Equilibrium

__all__ = ["ACCOUNTS", "BLOC", "gain_table", "grouped"]

ACCOUNTS = ("consumer", "producer", "government", "rent", "total")
"""Those who gain or lose: users; mines, plants and traders; treasuries; holders of permits; all of them."""

BLOC = "AlliedWide"
"""The atlas' group that stands for the allied bloc."""

_MILLION = 1e3
"""The model's money is USD/kg times t, a thousand USD."""


def gain_table(baseline: Equilibrium, scenario: Equilibrium) -> pd.DataFrame:
    """Return surpluses of the scenario less those of the baseline in million USD a year.

    Parameters
    ----------
    baseline, scenario
        Equilibria of the same year.

    Returns
    -------
    DataFrame
        ``region, consumer, producer, government, rent, total``; None where a surplus has no bound. `producer` holds
        what traders keep of lanes whose cost rises with their flow.
    """
    before, after = baseline.welfare["by_region"], scenario.welfare["by_region"]
    rows = []
    for region in sorted(before):
        pairs = {a: (before[region][a], after[region][a]) for a in ACCOUNTS}
        change = {a: None if x is None or y is None else (y - x) / _MILLION for a, (x, y) in pairs.items()}
        rows.append({"region": region, **change})
    return pd.DataFrame(rows, columns=["region", *ACCOUNTS])


def grouped(gains: pd.DataFrame) -> pd.DataFrame:
    """Return the gains of China, the allied bloc, the rest of the world and all of them.

    A sum with an unknown part is unknown.
    """
    bloc = set(atlas.group(BLOC))
    groups = {"China": gains["region"] == "CHN", "allied bloc": gains["region"].isin(bloc)}
    groups["rest of the world"] = ~(groups["China"] | groups["allied bloc"])
    groups["world"] = pd.Series(True, index=gains.index)
    rows = [{"group": g, **{a: _sum(gains.loc[there, a]) for a in ACCOUNTS}} for g, there in groups.items()]
    return pd.DataFrame(rows, dtype=object)


def _sum(changes: pd.Series) -> float | None:
    return None if changes.isna().any() else float(changes.sum())
