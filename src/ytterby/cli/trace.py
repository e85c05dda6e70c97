"""`ytterby trace`: what is in my product, from where, and how sure is that?"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import infer_format, rows_text, write, write_rows
from ytterby.cli._trace_ask import ask, example
from ytterby.cli._trace_obligations import obligations
from ytterby.cli._trace_options import BomFile, Declarations, Fmt, Item, Items, Mapping, On, Out, day, read_bom

if TYPE_CHECKING:
    from ytterby.trace import Bom

__all__ = ["app"]

app = App(
    name="trace",
    help="What is in my product? Content by element, origin and step, as exact bounds.",
    help_format="markdown",
    help_epilogue="Example: `ytterby trace content bom.csv --items items.csv --declarations declarations.csv`",
)

for _command in (example, ask, obligations):
    app.command(_command)

_CONTENT = ("item", "element", "step", "origin", "mass_kg", "value_usd", "share", "of", "remainder_kg")
_TITLE = "content of one unit, [low, high]; by step, the kilograms whose origin is known"
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
    origins, `unknown` the part of unknown origin. The table has a row for each element and names under each step what
    is sure to be of an origin; JSON and CSV have it all.

    Example: `ytterby trace content bom.csv --items items.csv --declarations declarations.csv --format json`
    """
    made = read_bom(bom, items, declarations, mapping)
    chosen = infer_format(fmt, output, "table")
    found = made.content(day(on), item)
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
    made = read_bom(bom, items, None, mapping)
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

    made = read_bom(bom, items, declarations, mapping)
    chosen = infer_format(fmt, output, "table")
    rows = [asdict(path) for path in made.paths(element, item, day(on), top, by)]
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
    made = read_bom(bom, items, declarations, mapping)
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
    parts = [head, rows_text(_by_element(found.rows(items)), title=_TITLE)]
    unknown = found.unknown()
    if unknown:
        title = f"{len(unknown)} parts of which the content is not known"
        rows = [{"item": u["item"], "status": u["status"], "basis": u["basis"]} for u in unknown[:_SHOWN]]
        parts.append(rows_text(rows, title=title))
    if found.problems:
        title = f"{len(found.problems)} problem{'s' if len(found.problems) > 1 else ''}"
        parts.append(rows_text([asdict(p) for p in found.problems[:_SHOWN]], title=title))
    return "\n".join(parts)


def _by_element(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each item and element, most first: its total, and by step what is sure to be of an origin."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    sure: dict[tuple[str, str], dict[str, list[tuple[float, str]]]] = {}
    for row in rows:
        key, step = (row["item"], row["element"]), row["step"]
        if row["origin"] == "*":
            found[key] = {name: row[name] for name in ("item", "element", "mass_kg", "value_usd", "share")}
        known = sure.setdefault(key, {}).setdefault(step, [])
        if row["origin"] not in ("*", "unknown") and row["mass_kg"][0] > 0:
            known.append((row["mass_kg"][0], row["origin"]))
    steps = dict.fromkeys(step for by_step in sure.values() for step in by_step)
    for key, row in found.items():
        for step in steps:
            known = sorted(sure[key].get(step, ()), reverse=True)
            row[step] = ", ".join(f"{origin} {mass:.3g}" for mass, origin in known) or None
    order = list(dict.fromkeys(item for item, _ in found))
    return sorted(found.values(), key=lambda row: (order.index(row["item"]), -row["mass_kg"][0], row["element"]))
