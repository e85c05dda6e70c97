"""In which format is this file, and what does it say? One reader a format, each recognised by the file's content.

>>> [form.name for form in FORMATS][0]
'native'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ytterby.canonical import safe_cell
from ytterby.errors import InputError
from ytterby.trace.readers import answers, catena_x, cyclonedx, granta, ipc1752, native, omts, rmi
from ytterby.trace.readers._columns import load_mapping
from ytterby.trace.readers._open import Opened, Progress, open_file
from ytterby.trace.readers.tables import read_tables, tables
from ytterby.trace.source import LINE_COLUMNS, Source

__all__ = ["FORMATS", "Format", "columns", "read", "safe_cell"]


@dataclass(frozen=True)
class Format:
    """A format that can be read.

    Parameters
    ----------
    name
        Short name.
    looks_for
        By what it is recognised, for the error about a file that nothing recognises.
    recognises
        Whether an opened file has it.
    read
        Reads an opened file; the mapping names columns of tables.
    """

    name: str
    looks_for: str
    recognises: Callable[[Opened], bool]
    read: Callable[[Opened, Mapping[str, str]], Source]


def _is_native(opened: Opened) -> bool:
    """Whether a table is one of our own, and holds nothing that our own tables do not have: levels, batches, flags."""
    head = opened.head.encode()
    if opened.kind != "text" or not opened.encoding.startswith("utf-8") or not native.recognises(opened.path, head):
        return False
    names = native.column_names(head)
    if "element" in names:
        return True
    table = tables(opened, {})[0]
    more = {c.field for c in table.match.columns if c.header.strip().lower() not in LINE_COLUMNS}
    return not more & ({"batch", "alternate"} if "parent" in names else {"level", "parent", "quantity"})


FORMATS = (
    Format(
        "native",
        "a CSV file in UTF-8 with the columns parent,child,quantity or item,element",
        _is_native,
        lambda opened, _: native.read(opened.path, opened.progress),
    ),
    Format(
        "answers",
        "a workbook with a sheet of the columns item,element,status (a question sheet of `ytterby trace ask`)",
        answers.recognises,
        answers.read,
    ),
    Format(
        "ipc_1752",
        "XML with the root element MainDeclaration (IPC-1752A or B)",
        ipc1752.recognises,
        ipc1752.read,
    ),
    Format(
        "granta",
        "XML with the root element PartsEco of grantadesign.com (Granta MI bill of materials)",
        granta.recognises,
        granta.read,
    ),
    Format(
        "rmi", "a workbook with the sheets Declaration and Smelter List (AMRT, EMRT, CMRT)", rmi.recognises, rmi.read
    ),
    Format("cyclonedx", "JSON with bomFormat CycloneDX", cyclonedx.recognises, cyclonedx.read),
    Format(
        "omts",
        "JSON with omts_version, nodes and edges, or a workbook with the sheets Organizations and Supply Relationships",
        omts.recognises,
        omts.read,
    ),
    Format(
        "catena_x",
        "JSON with catenaXId and childItems (Catena-X SingleLevelBomAsBuilt or AsPlanned)",
        catena_x.recognises,
        catena_x.read,
    ),
    Format(
        "table",
        "a CSV file or workbook with columns for a part number and for a parent or a level",
        lambda opened: opened.kind in ("text", "workbook"),
        read_tables,
    ),
)
"""The formats in the order in which they are tried."""


def read(path: Path, mapping: Path | None = None, progress: Progress | None = None) -> Source:
    """Return what a file says.

    Parameters
    ----------
    path
        A file in any of the known formats.
    mapping
        A YAML file that says which column of a table holds what (`field: column`); a table is then read by it, also
        where its columns are those of a native table.
    progress
        Is told how many bytes of a long file are read, and of how many.

    Raises
    ------
    InputError
        If the file cannot be opened, would do harm, or no reader recognises it; the message lists what was looked for.
    """
    opened = replace(open_file(path), progress=progress)
    names = load_mapping(mapping) if mapping is not None else {}
    for form in FORMATS:
        if form.recognises(opened) and not (names and form.name == "native"):
            return form.read(opened, names)
    what = f"XML with the root element '{opened.root[1]}'" if opened.kind == "xml" else opened.kind.upper()
    raise InputError(
        f"no reader recognises this file ({what})",
        where=str(path),
        hint="looked for: " + "; ".join(form.looks_for for form in FORMATS),
    )


def columns(path: Path, mapping: Path | None = None) -> list[dict[str, str]]:
    """Return for what each column of a CSV file or workbook is taken, and why.

    Parameters
    ----------
    path, mapping
        As for `read`.

    Returns
    -------
    list of dict
        Per column its sheet, name, header, the field that it is taken for, and the reason.

    Raises
    ------
    InputError
        If the file is no table.
    """
    opened = open_file(path)
    if opened.kind not in ("text", "workbook"):
        raise InputError("the file has no columns to be guessed", where=str(path), hint="it is read by its own format")
    names = load_mapping(mapping) if mapping is not None else {}
    return [
        {"sheet": table.grid.sheet, "read_as": table.make, **row}
        for table in tables(opened, names)
        for row in table.match.table()
    ]
