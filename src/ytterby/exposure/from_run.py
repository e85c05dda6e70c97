"""Cuts out of a scenario: what a run of the world says is missing in a region."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.exposure.cut import Cut, elements_of

__all__ = ["cuts_of_run", "read_run"]

_WEEKS_A_YEAR = 52.0
_MONTHS_A_YEAR = 12
_LEAST_SHARE = 1e-3
"""Below this share a material is not scarce."""


def read_run(path: Path) -> dict[str, Any]:
    """Read the JSON that `ytterby world run --format json` prints, of one year or of months.

    Raises
    ------
    InputError
        If it is no such file; a run id is not looked up.
    """
    if not path.is_file():
        raise InputError(
            "there is no such file; a run is read from a file, ids are not looked up",
            where=f"--run {path}",
            hint="write it with `ytterby world run … --format json -o run.json`",
        )
    try:
        record: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=str(path)) from error
    rows = record.get("shortages") if isinstance(record, dict) else None
    if not isinstance(rows, list) or not all("scarcest" in row and "scarcest_share" in row for row in rows):
        raise InputError(
            "no run of one year or of months: 'shortages' with their scarcest material and its share are expected",
            where=str(path),
            hint="run it without --calendar, or with --calendar monthly",
        )
    return dict(record)


def cuts_of_run(run: Mapping[str, Any], region: str | None, end_use: str | None = None) -> list[Cut]:
    """Return the materials that are missing in a region, each as a cut of the year, or of each of a run's months.

    An end use lacks one material most (`scarcest`); where several end uses lack the same one, the largest share
    counts. What end uses buy less of because it is dear, without a material that is missing, is no cut. The first month
    of a run begins now, whatever its date.

    Parameters
    ----------
    run
        The record of a run.
    region
        Where the parts are bought.
    end_use
        Which buyers; by default all of the region.

    Raises
    ------
    UsageError
        If no region is given.
    UnknownNameError
        If the run has no such region or end use.
    """
    rows = run["shortages"]
    regions = {row["region"] for row in rows}
    if region is None:
        raise UsageError(
            "shortages differ by region", where="--run", hint="say where parts are bought, e.g. --region DEU"
        )
    if region not in regions:
        raise UnknownNameError("region", region, regions, where="--region")
    here = [row for row in rows if row["region"] == region]
    uses = {row["end_use"] for row in here}
    if end_use is not None and end_use not in uses:
        raise UnknownNameError("end use", end_use, uses, where="--end-use")
    months = sorted({row["month"] for row in rows if "month" in row})
    weeks = _WEEKS_A_YEAR / _MONTHS_A_YEAR if months else _WEEKS_A_YEAR
    missing: dict[tuple[int, str], float] = {}
    for row in here:
        material, share = row["scarcest"], row["scarcest_share"] or 0.0
        if (
            end_use in (None, row["end_use"])
            and material
            and not material.startswith("product.")
            and share > _LEAST_SHARE
        ):
            key = months.index(row["month"]) if months else 0, material
            missing[key] = max(missing.get(key, 0.0), min(share, 1.0))
    cuts = []
    for (number, material), share in sorted(missing.items()):
        elements, step = elements_of(material, "--run")
        cuts.append(Cut(material, elements, share, weeks, None, step, number * weeks))
    return cuts
