"""The points that are scored, each beside what a forecast of no change says."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ytterby.errors import DataError
from ytterby.world import _files
from ytterby.world.backtest._observations import Observation

__all__ = ["KEY", "points"]

KEY = ["group", "variable", "commodity", "region"]


def points(seen: Iterable[Observation]) -> pd.DataFrame:
    """Return what is scored of an episode.

    Returns
    -------
    DataFrame
        ``group, variable, commodity, region, period, observed, unit, no_change, quotes, source, url``: one row a month
        or year and item; several quotes of a month are averaged (`quotes` counts them). Rows without a source each
        would be no points: every observation names one.

    Raises
    ------
    DataError
        A point without the last value known before the test.
    """
    rows = list(seen)
    base = {tuple(getattr(o, k) for k in KEY): o.value for o in rows if o.role == "base"}
    frame = pd.DataFrame(
        [
            {**{k: getattr(o, k) for k in KEY}, "period": o.span, "observed": o.value, "unit": o.unit,
             "source": o.source, "url": o.url}
            for o in rows
            if o.role == "test"
        ]
    )  # fmt: skip
    found = frame.groupby([*KEY, "period"], sort=False, as_index=False).agg(
        observed=("observed", "mean"),
        quotes=("observed", "size"),
        unit=("unit", "first"),
        source=("source", "first"),
        url=("url", "first"),
    )
    keys = list(found[KEY].itertuples(index=False, name=None))
    for key in keys:
        if key not in base:
            raise DataError(f"no row in the role 'base' for {' '.join(key)}", where=_files.where("observations.csv"))
    found.insert(6, "no_change", [base[key] for key in keys])
    return found
