"""What can a result not say? Sentences of `data/limits.yaml` that fit what was imposed and what came out.

>>> import pandas as pd
>>> quiet = pd.DataFrame({"commodity": ["oxide.Dy"], "baseline": [200.0], "scenario": [210.0]})
>>> [said.partition(":")[0] for said in limits({"year", "floor"}, quiet)]
['The run compares two states of one year', 'New mines and plants that a floor might pay for come in later years']
"""

from __future__ import annotations

import functools
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ytterby.errors import DataError
from ytterby.world import _files

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["limits"]

_FILE = "limits.yaml"
_HEAVY = ("oxide.Dy", "oxide.Tb", "metal.Dy", "metal.Tb")
_CONDITIONS = frozenset({"dated", "floor", "heavy_prices", "licence", "month", "tariff", "traced", "volume", "year"})


@functools.cache
def _sentences() -> tuple[tuple[str, str], ...]:
    found = []
    for n, entry in enumerate(_files.document(_FILE), start=1):
        if not isinstance(entry, dict) or set(entry) != {"when", "says"}:
            raise DataError("expected the fields 'when' and 'says'", where=_files.where(_FILE, f"entry {n}"))
        if entry["when"] not in _CONDITIONS:
            raise DataError(
                f"unknown condition '{entry['when']}'", where=_files.where(_FILE, f"entry {n}", "field when")
            )
        found.append((str(entry["when"]), str(entry["says"])))
    return tuple(found)


def limits(kinds: AbstractSet[str], prices: pd.DataFrame) -> list[str]:
    """Return what the result cannot say.

    Parameters
    ----------
    kinds
        Kinds of the rules that are imposed; ``year`` or ``month``; ``dated`` where a scenario of a year names days.
    prices
        The outcome's prices (``commodity, baseline, scenario``).
    """
    heavy = prices[prices["commodity"].isin(_HEAVY)]
    ratio = heavy["scenario"] / heavy["baseline"]
    holds = set(kinds) | ({"heavy_prices"} if bool(((ratio >= 2.0) | (ratio <= 0.5)).any()) else set())
    return [says for when, says in _sentences() if when in holds]
