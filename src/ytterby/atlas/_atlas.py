"""The atlas as a value: a set of validated tables, shipped or with some of a user's own."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.atlas._read import Table, read_table
from ytterby.atlas._schema import DATA, Reference, TableSpec, schema
from ytterby.errors import DataError, InputError, UnknownNameError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from ytterby.atlas._check import Finding

__all__ = ["Atlas", "default", "read"]


@dataclass(frozen=True)
class Atlas:
    """A set of tables that keep the schema; each is read and validated when it is first asked for.

    Attributes
    ----------
    files
        Path of each table's file by name, in the order of the schema.
    """

    files: dict[str, Path]
    _read: dict[str, Table] = field(default_factory=dict, repr=False, compare=False)

    def tables(self) -> tuple[TableSpec, ...]:
        """Return what each table is, in the order of the schema."""
        return tuple(schema()[name] for name in self.files)

    def validated(self, name: str) -> Table:
        """Return the typed columns of a table (do not change them; `table` and `rows` give copies)."""
        if name not in self.files:
            raise UnknownNameError("table", name, self.files)
        if name not in self._read:
            self._read[name] = read_table(self.files[name], schema()[name], self.values)
        return self._read[name]

    def values(self, ref: Reference) -> Collection[str]:
        """Return the values that a reference allows."""
        return set(self.validated(ref.table).columns[ref.field])

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a table as a list of dicts; a missing value is ``None``."""
        return self.validated(name).rows()

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as a fresh frame, typed by the schema (see `ytterby.atlas.table`)."""
        import pandas as pd

        loaded = self.validated(name)
        columns = {f.name: _series(f.type, f.required, loaded.columns[f.name]) for f in loaded.spec.fields}
        frame = pd.DataFrame(columns)
        frame.attrs["table"] = name
        frame.attrs["units"] = {f.name: f.unit for f in loaded.spec.fields if f.unit}
        return frame

    def sources(self, table: str | None = None) -> list[dict[str, Any]]:
        """Return who is cited, how often and where (see `ytterby.atlas.sources`)."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for name in self.files if table is None else (table,):
            columns = self.validated(name).columns
            for source, url, quality, access in zip(
                *(columns[c] for c in ("source", "url", "quality", "access")), strict=True
            ):
                entry = found.setdefault(
                    (source, url or ""),
                    {"source": source, "url": url, "rows": 0, "tables": [], "quality": {}, "access": {}},
                )
                entry["rows"] += 1
                if name not in entry["tables"]:
                    entry["tables"].append(name)
                for count, word in ((entry["quality"], quality), (entry["access"], access)):
                    count[word] = count.get(word, 0) + 1
        return [found[key] for key in sorted(found, key=lambda k: (-found[k]["rows"], k))]

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the regions of every group (see `ytterby.atlas.groups`)."""
        order = {region: i for i, region in enumerate(self.validated("regions").columns["region"])}
        columns = self.validated("region_groups").columns
        found: dict[str, list[str]] = {}
        for name, region, extent in zip(columns["group"], columns["region"], columns["extent"], strict=True):
            found.setdefault(name, []).extend([region] if extent == "whole" else [])
        return {name: tuple(sorted(regions, key=order.__getitem__)) for name, regions in found.items()}

    def group(self, name: str) -> tuple[str, ...]:
        """Return the regions of a group (see `ytterby.atlas.group`)."""
        regions = self.validated("regions").columns["region"]
        if name in regions:
            return (name,)
        groups = self.groups()
        if name not in groups:
            raise UnknownNameError("region or group", name, [*groups, *regions])
        return groups[name]

    def check(self) -> list[Finding]:
        """Return what is wrong in the tables or between them (see `ytterby.atlas.check`)."""
        from ytterby.atlas._check import check

        return check(self)

    def version(self) -> str:
        """Return twelve hex digits of SHA-256 over the bytes of all tables and their schema."""
        digest = hashlib.sha256()
        schema_files = {f"schema/{n}": DATA / "schema" / n for n in ("tables.csv", "fields.csv")}
        for name, path in {**schema_files, **self.files}.items():
            try:
                content = path.read_bytes()
            except OSError as error:
                raise DataError(f"cannot read: {error.strerror}", where=str(path)) from None
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()[:12]


def _series(kind: str, required: bool, values: list[Any]) -> Any:
    import pandas as pd

    if kind == "date":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object")), dtype="datetime64[s]")
    if kind == "int":
        return pd.Series(values, dtype="int64" if required else "Int64")
    if kind == "float":
        return pd.Series(values, dtype="float64")
    if kind == "bool":
        return pd.Series(values, dtype="bool" if required else "boolean")
    return pd.Series(["" if v is None else v for v in values], dtype="str")


@functools.cache
def default() -> Atlas:
    """Return the atlas that is shipped."""
    return Atlas({name: DATA / spec.file for name, spec in schema().items()})


def read(folder: str | Path, *, validate: bool = True) -> Atlas:
    """Return the shipped atlas with the tables of `folder` in place of its own (see `ytterby.atlas.read`)."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("not a folder; expected a folder with CSV files named as the tables", where=str(folder))
    own = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    for name, path in own.items():
        if name not in schema():
            close = nearest(name, schema(), 1)
            hint = f"did you mean '{close[0]}.csv'?" if close else "`ytterby atlas tables` lists the tables"
            raise DataError("no table has this name", where=str(path), hint=hint)
    if not own:
        raise InputError("no CSV file in the folder", where=str(folder), hint="`ytterby atlas tables` lists the tables")
    atlas = Atlas({name: own.get(name, path) for name, path in default().files.items()})
    for name in atlas.files if validate else ():
        atlas.validated(name)
    return atlas
