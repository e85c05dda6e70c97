"""What was observed, when, and who says so? The points of each episode, most of them rows of the atlas by name.

`data/observations.csv` says what each row is for: `given` to the model, read by the `fit`, scored in the `test`, or the
`base` that a forecast of no change holds on to.

>>> from ytterby.world.backtest import observations
>>> [o.value for o in observations("quota_2010_2012", role="fit")]
[20.0, 58.1, 51.2]
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ytterby import atlas
from ytterby.errors import DataError, UnknownNameError
from ytterby.world import _files

__all__ = ["ROLES", "Observation", "all_observations", "observations"]

_FILE = "observations.csv"
_FIELDS = (
    "episode", "role", "group", "variable", "commodity", "region", "period", "table", "row", "convert", "value", "unit",
    "source", "url", "quality", "note",
)  # fmt: skip
ROLES = ("given", "fit", "test", "base")
_KEYS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "shocks": (("episode", "variable", "element_or_product", "period"), "value", "unit"),
    "prices": (("product", "form", "period", "basis", "price_type"), "price_mid", "currency"),
    "trade": (("reporter_iso3", "flow", "partner_iso3", "hs_code", "period"), "tonnes", ""),
}
"""Table to the fields that name its row, its number and its unit."""
_VAT = 0.13
_CNY_PER_USD = 7.17
"""As the atlas' table `shocks` has it for mid-2025 (Dy, 7 July 2025: "ex 13 pct VAT at 7.17")."""
_CUSTOMS_2024 = ("CHN", "export", "WLD", "8505.11", "2024-Jan-Oct")
_CUSTOMS_MONTHS = 10


@dataclass(frozen=True)
class Observation:
    """One number that was observed.

    Attributes
    ----------
    episode, role
        Of which episode, and what for: one of `ROLES`.
    group, variable
        The group in which it is scored, and what the model has to show for it.
    period
        ``2025``, ``2025-05`` or ``2025-05-26``.
    """

    episode: str
    role: str
    group: str
    variable: str
    commodity: str
    region: str
    period: str
    value: float
    unit: str
    source: str
    url: str
    quality: str
    note: str

    @property
    def year(self) -> int:
        """The year in which it was observed."""
        return int(self.period[:4])

    @property
    def span(self) -> str:
        """The month, or the year of an annual number."""
        return self.period[:7]


@functools.cache
def all_observations() -> tuple[Observation, ...]:
    """Return every observation of every episode.

    Raises
    ------
    DataError
        An unknown role, a row that the atlas does not hold or does not prefer, or a number that is none.
    """
    return tuple(_observation(line, row) for line, row in _files.rows(_FILE, _FIELDS))


def observations(episode: str, role: str | None = None, variable: str | None = None) -> tuple[Observation, ...]:
    """Return the observations of an episode, in the order of the file.

    Raises
    ------
    UnknownNameError
        There is no such episode.
    """
    found = [o for o in all_observations() if o.episode == episode]
    if not found:
        raise UnknownNameError("episode", episode, {o.episode for o in all_observations()})
    return tuple(o for o in found if role in (None, o.role) and variable in (None, o.variable))


def _observation(line: int, r: dict[str, str]) -> Observation:
    if r["role"] not in ROLES:
        place = _files.where(_FILE, f"line {line}", "field role")
        raise DataError(f"unknown role '{r['role']}'", where=place, hint=f"valid: {', '.join(ROLES)}")
    own = {k: r[k] for k in ("value", "unit", "source", "url", "quality")}
    found = _of_atlas(line, r) if r["table"] else own
    try:
        value = float(str(found["value"]))
    except ValueError:
        raise DataError(f"'{found['value']}' is no number", where=_files.where(_FILE, f"line {line}")) from None
    kept = {k: r[k] for k in ("episode", "role", "group", "variable", "commodity", "region", "period", "note")}
    return Observation(**kept, value=value, **{k: str(found[k]) for k in ("unit", "source", "url", "quality")})


def _of_atlas(line: int, r: Mapping[str, str]) -> dict[str, object]:
    words = tuple(r["row"].split("|"))
    place = _files.where(_FILE, f"line {line}", "field row")
    if r["table"] == "flows" and r["convert"] == "mean_month":
        return _mean_month_of_2024(*words)
    if r["table"] not in _KEYS:
        raise DataError(f"no points are taken from the table '{r['table']}'", where=place)
    row = _row(r["table"], words, place)
    _, number, unit = _KEYS[r["table"]]
    value, name = float(str(row[number])), str(row.get(unit, "t")).replace("_per_", "/")
    if r["convert"] == "ex_vat_usd":
        value, name = value / (1 + _VAT) / _CNY_PER_USD, "USD"
    elif r["convert"]:
        raise DataError(f"unknown conversion '{r['convert']}'", where=place)
    if r["table"] == "prices":
        name = f"{name}/kg"
    return {"value": value, "unit": name, **{k: row[k] for k in ("source", "url", "quality")}}


def _row(table: str, words: Sequence[str], place: str) -> Mapping[str, object]:
    fields = _KEYS[table][0]
    found = [r for r in _preferred(table) if all(str(r[f]) == w for f, w in zip(fields, words, strict=True))]
    if len(found) != 1:
        raise DataError(f"{len(found)} preferred rows of the table '{table}' are {'|'.join(words)}", where=place)
    return found[0]


@functools.cache
def _preferred(table: str) -> list[dict[str, object]]:
    return [r for r in atlas.rows(table) if r["preferred"] in ("yes", True)]


def _mean_month_of_2024(commodity: str, exporter: str, importer: str) -> dict[str, object]:
    """Return the importer's share of a year's exports times the customs' mean month, in t."""
    flows = [
        (str(f["to"]), float(f["t"]))
        for f in atlas.rows("flows")
        if f["from"] == exporter and str(f["commodity"]).startswith(commodity)
    ]
    share = sum(t for to, t in flows if to == importer) / sum(t for _, t in flows)
    customs = _row("trade", _CUSTOMS_2024, _files.where(_FILE))
    mean = float(str(customs["tonnes"])) / _CUSTOMS_MONTHS
    return {
        "value": share * mean, "unit": "t", "source": f"{customs['source']}; atlas table flows",
        "url": customs["url"], "quality": "derived",
    }  # fmt: skip
