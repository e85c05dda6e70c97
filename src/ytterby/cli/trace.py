"""`ytterby trace`: what is in my product, from where, and how sure is that?"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows

if TYPE_CHECKING:
    from ytterby.trace import Bom

__all__ = ["app"]

app = App(
    name="trace",
    help="What is in my product? Content by element, origin and step, as exact bounds.",
    help_format="markdown",
    help_epilogue="Example: `ytterby trace content bom.csv --items items.csv --declarations declarations.csv`",
)

BomFile = Annotated[Path, Parameter(help="A bill of materials in any of the known formats, or a workspace folder.")]
Items = Annotated[Path | None, Parameter(help="Items: `item,name,form,mass_kg,value_usd,supplier,hs`.")]
Declarations = Annotated[Path | None, Parameter(help="Declarations by item and element.")]
Mapping = Annotated[Path | None, Parameter(help="A YAML file that says which column of the bill holds what.")]
Item = Annotated[str | None, Parameter(help="Id of an item; may be left out where there is one root.")]
On = Annotated[str | None, Parameter(name="--on", help="Day asked about, YYYY-MM-DD: later declarations do not count.")]
Fmt = Annotated[Format | None, Parameter(name="--format")]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")]

_CONTENT = ("item", "element", "step", "origin", "mass_kg", "value_usd", "share", "of", "remainder_kg")
_SHOWN = 20
"""So many unknown parts and problems are shown in a table; JSON has all."""


@app.command
def content(
    bom: BomFile,
    /,
    *,
    items: Items = None,
    declarations: Declarations = None,
    item: Annotated[str | None, Parameter(help="Only this item; by default all (in the table: the roots).")] = None,
    on: On = None,
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """Tell what each item holds: bounds of mass, value and share by element, step and origin.

    An amount of unknown origin could be of any: it counts in the high bound of every origin. `*` is the total over
    origins, `unknown` the part of unknown origin. JSON has it all.

    Example: `ytterby trace content bom.csv --items items.csv --declarations declarations.csv --format json`
    """
    made = _read(bom, items, declarations, mapping)
    chosen = infer_format(fmt, output, "table")
    found = made.content(_day(on), item)
    if chosen == "json":
        from ytterby.canonical import Table, chunks

        record = found.to_dict(None if item is None else [item])
        rows = record["items"]
        record["items"] = Table({name: [row[name] for row in rows] for name in _CONTENT})
        write(itertools.chain(chunks(record), ["\n"]), output)
    elif chosen == "table":
        write(_text(found, [item] if item is not None else found.read["roots"]), output)
    else:
        write_rows(found.rows(None if item is None else [item]), chosen, output, columns=_CONTENT)


@app.command
def explode(
    bom: BomFile,
    /,
    *,
    items: Items = None,
    item: Item = None,
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """List how much of every part is in one unit of an item, in all places and on all levels.

    A quantity is null where it is not known, as for a mass of a part of which the weight is not known.

    Example: `ytterby trace explode bom.csv --item DRIVE-100`
    """
    made = _read(bom, items, None, mapping)
    rows = [{"item": part, "quantity": amount} for part, amount in made.explode(item).items()]
    _warn(made)
    write_rows(rows, infer_format(fmt, output, "table"), output, columns=("item", "quantity"))


@app.command
def paths(
    bom: BomFile,
    /,
    *,
    element: Annotated[str, Parameter(help="Symbol of the element, e.g. Dy.")],
    items: Items = None,
    declarations: Declarations = None,
    item: Item = None,
    on: On = None,
    top: Annotated[int, Parameter(help="How many paths.")] = 10,
    by: Annotated[Literal["low", "high"], Parameter(help="Which bound counts.")] = "high",
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """List along which paths most of an element gets into an item, best first.

    Example: `ytterby trace paths bom.csv --declarations declarations.csv --element Dy --top 5`
    """
    from dataclasses import asdict

    made = _read(bom, items, declarations, mapping)
    chosen = infer_format(fmt, output, "table")
    rows = [asdict(path) for path in made.paths(element, item, _day(on), top, by)]
    if chosen == "table":
        rows = [{"path": " > ".join(row["items"]), **row} for row in rows]
    write_rows(rows, chosen, output, columns=("path", "quantity", "mass_kg"))


@app.command(name="import")
def import_(
    bom: BomFile,
    /,
    *,
    items: Items = None,
    declarations: Declarations = None,
    mapping: Mapping = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Folder of the workspace.")] = None,
    replace: Annotated[bool, Parameter(negative=(), help="Put it in the place of a workspace that is there.")] = False,
    dry_run: Annotated[bool, Parameter(negative=(), help="Read and tell the problems; write nothing.")] = False,
    strict: Annotated[bool, Parameter(negative=(), help="Write nothing if there is any problem.")] = False,
) -> None:
    """Read a bill of materials into a workspace: a folder of Parquet tables, written whole or not at all.

    Example: `ytterby trace import bom.csv --items items.csv --declarations declarations.csv -o drive-unit`
    """
    from ytterby.errors import InputError, UsageError
    from ytterby.trace.workspace import save

    if output is None and not dry_run:
        raise UsageError("no folder is named", hint="-o FOLDER, or --dry-run to see the problems")
    made = _read(bom, items, declarations, mapping)
    structure = made.structure
    if made.problems:
        write(rows_text([vars(p) for p in made.problems], title="problems"), None)
    if strict and made.problems:
        raise InputError(f"{len(made.problems)} problems; nothing is written", where=str(bom))
    if output is not None and not dry_run:
        save(made.source, output, replace=replace)
    counts = f"{len(structure.names)} parts, {structure.lines} lines, {len(made.source.declarations)} declarations"
    what = "nothing is written (--dry-run)" if dry_run else f"written to {output}"
    write(f"{made.source.format}: {counts}, {len(made.problems)} problems; {what}\n", None)


@app.command
def columns(
    file: Annotated[Path, Parameter(help="A CSV file or workbook.")],
    /,
    *,
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """Show for what each column of a table is taken, and why; a mapping file puts it right (`field: column`).

    Example: `ytterby trace columns bom.xlsx --mapping mapping.yaml`
    """
    from ytterby.trace.readers import columns as guess

    rows = guess(file, mapping)
    shown = ("sheet", "read_as", "column", "header", "taken_for", "because")
    names = shown if any(row["sheet"] for row in rows) else shown[1:]
    write_rows(rows, infer_format(fmt, output, "table"), output, columns=names)


def _read(bom: Path, items: Path | None, declarations: Path | None, mapping: Path | None) -> Bom:
    from ytterby.trace import Bom

    return Bom.read(bom, items, declarations, mapping)


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    import datetime as dt

    from ytterby.errors import UsageError

    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"'{text}' is no day", where="--on", hint="write it as YYYY-MM-DD") from error


def _warn(bom: Bom) -> None:
    import sys

    for problem in bom.problems[:_SHOWN]:
        place = ", ".join([problem.file, *([f"row {problem.row}"] if problem.row is not None else [])])
        sys.stderr.write(f"{place}: {problem.message}\n")


def _text(found: Any, items: list[str]) -> str:
    from dataclasses import asdict

    read = found.read
    roots = ", ".join(read["roots"][:_SHOWN])
    head = f"{read['format']}: {read['parts']} parts, {read['lines']} lines, roots {roots}\n"
    parts = [head, rows_text(found.rows(items), title="content per unit", columns=_CONTENT)]
    unknown = found.unknown()
    if unknown:
        title = f"{len(unknown)} parts of which the content is not known"
        rows = [{"item": u["item"], "status": u["status"], "basis": u["basis"]} for u in unknown[:_SHOWN]]
        parts.append(rows_text(rows, title=title))
    if found.problems:
        title = f"{len(found.problems)} problems"
        parts.append(rows_text([asdict(p) for p in found.problems[:_SHOWN]], title=title))
    return "\n".join(parts)
