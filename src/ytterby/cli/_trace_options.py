"""Options that the commands of `ytterby trace` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ytterby.cli._output import Format
from ytterby.cli._progress import progress_bar

if TYPE_CHECKING:
    from ytterby.trace import Bom

__all__ = ["BomFile", "Declarations", "Fmt", "Item", "Items", "Mapping", "On", "Out", "day", "read_bom"]

BomFile = Annotated[Path, Parameter(help="A bill of materials in any of the known formats, or a workspace folder.")]
Items = Annotated[Path | None, Parameter(help="Items: `item,name,form,mass_kg,value_usd,supplier,hs`.")]
Declarations = Annotated[
    list[Path] | None, Parameter(help="Declarations by item and element; may be repeated.", negative=())
]
Mapping = Annotated[Path | None, Parameter(help="A YAML file that says which column of the bill holds what.")]
Item = Annotated[str | None, Parameter(help="Id of an item; may be left out where there is one root.")]
On = Annotated[str | None, Parameter(name="--on", help="Day asked about, YYYY-MM-DD: later declarations do not count.")]
Fmt = Annotated[Format | None, Parameter(name="--format")]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")]


def read_bom(bom: Path, items: Path | None, declarations: list[Path] | None, mapping: Path | None) -> Bom:
    """Read a bill of materials and what goes with it."""
    from ytterby.trace import Bom

    with progress_bar(f"reading {bom.name}") as progress:
        return Bom.read(bom, items, declarations, mapping, progress)


def day(text: str | None) -> str | None:
    """Return a day as it is written in ISO 8601; refuse what is none."""
    if text is None:
        return None
    import datetime as dt

    from ytterby.errors import UsageError

    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"'{text}' is no day", where="--on", hint="write it as YYYY-MM-DD") from error
