"""What is the world like? Regions, commodities, recipes, plants, prices and trade, with a source on every row.

The figures are CSV files in `data/`, their schema two more in `data/schema/`; a table is validated when it is first
read, so a row without a source or with a reference to nowhere never gets further.

>>> from ytterby import atlas
>>> flows = atlas.table("flows")
>>> mountain_pass = flows[(flows["from"] == "USA") & (flows["commodity"] == "ore.mountain_pass")]
>>> mountain_pass[["to", "t", "quality"]].to_dict("records")
[{'to': 'CHN', 't': 32703.0, 'quality': 'reported'}]
>>> atlas.group("EU27")
('EST', 'FRA', 'DEU', 'EUX')
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.atlas._atlas import Atlas, default
from ytterby.atlas._atlas import read as _read_folder
from ytterby.atlas._balance import material_balance
from ytterby.atlas._check import Finding
from ytterby.atlas._outlines import outlines
from ytterby.atlas._schema import FieldSpec, Reference, TableSpec

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Atlas",
    "FieldSpec",
    "Finding",
    "Reference",
    "TableSpec",
    "check",
    "default",
    "group",
    "groups",
    "material_balance",
    "outlines",
    "read",
    "rows",
    "sources",
    "table",
    "tables",
    "version",
]


def table(name: str) -> pd.DataFrame:
    """Return a table as a frame.

    Columns and their units are those of the schema (`tables`); ``frame.attrs["units"]`` has the units by column. A
    missing text is empty, a missing number NaN, a missing day NaT. The frame is a fresh copy.

    Parameters
    ----------
    name
        One of the tables, e.g. ``"flows"``.

    Raises
    ------
    UnknownNameError
        There is no such table; the nearest is named.
    DataError
        The file breaks the schema.

    Examples
    --------
    >>> table("regions").loc[0, ["region", "name"]].tolist()
    ['CHN', 'China']
    >>> table("regions").attrs["units"]
    {'lat': 'degree', 'lon': 'degree'}
    """
    return default().table(name)


def rows(name: str) -> list[dict[str, Any]]:
    """Return a table as a list of dicts (a missing value is ``None``); cheaper than `table`, as pandas stays out.

    Examples
    --------
    >>> rows("regions")[0]["role"]
    'miner, separator, metal, magnets, main user'
    """
    return default().rows(name)


def tables() -> tuple[TableSpec, ...]:
    """Return what each table is: name, title, file, key, vintage and fields with type, unit and meaning.

    Examples
    --------
    >>> tables()[0].name, tables()[0].field("lat").unit
    ('regions', 'degree')
    """
    return default().tables()


def sources(table: str | None = None) -> list[dict[str, Any]]:
    """Return who is cited, most cited first: source, url, rows, tables, and rows by quality and by access.

    Parameters
    ----------
    table
        Only the sources of this table; default all tables.

    Examples
    --------
    >>> entry = sources()[0]
    >>> sum(entry["quality"].values()) == entry["rows"]
    True
    """
    return default().sources(table)


def check() -> list[Finding]:
    """Return what is wrong in the tables or between them; nothing, if all is well.

    The schema first. If it holds: every row that was seen somewhere says where; unit costs and prices are positive and
    ranges in order; the material balance, computed anew from recipes, outputs, flows and demand, is that of the table
    `balance` to 0.5 t (flows below 1 t were pruned); no recipe gives more of an element than it takes; the unit values
    of `price_check` follow from recipes and prices; ratios of `anchors` are right; groups hold the countries of their
    regions; no two regions stand on one point and none trades with itself; outlines are sound and draw every region.

    Examples
    --------
    >>> check()
    []
    """
    return default().check()


def version() -> str:
    """Return the digest of all tables and their schema that goes into run ids: twelve hex digits of SHA-256.

    Only bytes are hashed; nothing is parsed.

    Examples
    --------
    >>> len(version())
    12
    """
    return default().version()


def group(name: str) -> tuple[str, ...]:
    """Return the regions of a group, in the order of the table `regions`; a region is its own group.

    A region that belongs only in part (Norway is in the Minerals Security Partnership, the rest of `ROW` is not) is
    left out.

    Raises
    ------
    UnknownNameError
        There is no such group or region; the nearest is named.

    Examples
    --------
    >>> group("EU27")
    ('EST', 'FRA', 'DEU', 'EUX')
    >>> group("JPN")
    ('JPN',)
    """
    return default().group(name)


def groups() -> dict[str, tuple[str, ...]]:
    """Return the regions of every group by name, groups in the order of the table `region_groups`.

    Examples
    --------
    >>> "EU27" in groups()
    True
    """
    return default().groups()


def read(folder: str | Path, *, validate: bool = True) -> Atlas:
    """Return the shipped atlas with the tables in `folder` in place of its own.

    Parameters
    ----------
    folder
        Holds CSV files named as the tables, e.g. ``demand.csv``, with the columns of the schema.
    validate
        Whether to validate all tables at once; else each is when it is first asked for, and ``check`` lists all faults.

    Raises
    ------
    InputError
        There is no such folder, or it holds no CSV file.
    DataError
        A file breaks the schema; the message names file, line, field and what was expected.

    Examples
    --------
    >>> read("no/such/folder")
    Traceback (most recent call last):
    ...
    ytterby.errors.InputError: no/such/folder: not a folder; expected a folder with CSV files named as the tables
    """
    return _read_folder(folder, validate=validate)
