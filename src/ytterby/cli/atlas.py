"""`ytterby atlas`: what is the world like, and who says so?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ytterby.cli._output import Format, infer_format, write, write_rows

if TYPE_CHECKING:
    from ytterby.atlas import Atlas, TableSpec

__all__ = ["app"]

app = App(
    name="atlas",
    help="What is the world like? Regions, recipes, plants, prices, trade, each with its source.",
    help_epilogue="Example: `ytterby atlas show prices --format csv -o prices.csv`",
)

TableName = Annotated[str, Parameter(help="One of `ytterby atlas tables`, e.g. flows.")]
Folder = Annotated[
    Path | None, Parameter(help="A folder with tables of your own (flows.csv, …), read in place of the shipped ones.")
]
Fmt = Annotated[Format | None, Parameter(name="--format")]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")]

_FOLDED = ("source", "url", "year", "access", "note")
"""Long columns that a terminal leaves out unless asked."""


@app.command
def tables(*, folder: Folder = None, fmt: Fmt = None, output: Out = None) -> None:
    """List the tables: what their rows are, how many, what years they describe; as JSON with all fields and units.

    Example: `ytterby atlas tables`
    """
    atlas = _atlas(folder)
    rows = [
        {
            "table": spec.name,
            "title": spec.title,
            "rows": len(atlas.validated(spec.name).lines),
            "vintage": spec.vintage,
            "key": list(spec.key),
            "meaning": spec.meaning,
            "fields": [
                {
                    "field": field.name,
                    "type": field.type,
                    "unit": field.unit or None,
                    "required": field.required,
                    "allowed": field.allowed or None,
                    "meaning": field.meaning,
                }
                for field in spec.fields
            ],
        }
        for spec in atlas.tables()
    ]
    title = f"Atlas {atlas.version()}"
    chosen = infer_format(fmt, output, "table")
    write_rows(rows, chosen, output, title=title, columns=("table", "title", "rows", "vintage", "key"))


@app.command
def show(
    table: TableName,
    /,
    *,
    where: Annotated[
        list[str] | None, Parameter(negative="", help="COLUMN=VALUE; rows must match all that are given.")
    ] = None,
    columns: Annotated[
        str | None, Parameter(help="Columns to show, a,b,c; default all (a terminal: the main ones).")
    ] = None,
    folder: Folder = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """Show the rows of a table, all or those that match.

    Example: `ytterby atlas show flows --where commodity=oxide.Dy --where from=CHN --columns to,t,quality,source`
    """
    atlas = _atlas(folder)
    loaded = atlas.validated(table)
    rows = loaded.rows()
    for condition in where or ():
        rows = _matching(loaded.spec, rows, loaded.columns, condition)
    chosen = infer_format(fmt, output, "table")
    names = [_field(loaded.spec, name.strip()) for name in columns.split(",")] if columns else list(loaded.columns)
    shown = names if columns or chosen != "table" else [n for n in names if n not in _FOLDED]
    title = f"{loaded.spec.title}: {len(rows)} of {len(loaded.lines)} rows"
    if len(shown) < len(names):
        title += f" (more columns: {', '.join(n for n in names if n not in shown)})"
    write_rows([{n: row[n] for n in shown} for row in rows], chosen, output, title=title, columns=shown)


@app.command
def sources(
    *,
    table: Annotated[str | None, Parameter(help="Only the sources of this table.")] = None,
    folder: Folder = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """List who is cited, most cited first, with the quality of the rows and how the source was seen.

    Example: `ytterby atlas sources --table flows`
    """
    rows = _atlas(folder).sources(table)
    shown = ("source", "rows", "tables", "quality", "access")
    title = f"{len(rows)} sources" + (f" of {table}" if table else "")
    write_rows(rows, infer_format(fmt, output, "table"), output, title=title, columns=shown)


@app.command
def check(*, folder: Folder = None, fmt: Fmt = None, output: Out = None) -> int:
    """Hold the tables against their schema, each other and physics; exit code 1 if anything is found.

    Example: `ytterby atlas check --folder my-atlas`
    """
    atlas = _atlas(folder)
    findings = atlas.check()
    rows = [{"table": f.table, "row": f.row, "field": f.field, "message": f.message} for f in findings]
    chosen = infer_format(fmt, output, "table")
    if findings or chosen != "table":
        columns = ("table", "row", "field", "message")
        write_rows(rows, chosen, output, title=f"{len(findings)} findings", columns=columns)
    else:
        write(f"{len(atlas.files)} tables, no findings (atlas {atlas.version()})\n", output)
    return 1 if findings else 0


def _atlas(folder: Path | None) -> Atlas:
    from ytterby import atlas

    return atlas.default() if folder is None else atlas.read(folder, validate=False)


def _field(spec: TableSpec, name: str) -> str:
    from ytterby.errors import UnknownNameError

    names = [field.name for field in spec.fields]
    if name not in names:
        raise UnknownNameError("column", name, names)
    return name


def _matching(
    spec: TableSpec, rows: list[dict[str, Any]], columns: dict[str, list[Any]], condition: str
) -> list[dict[str, Any]]:
    """Return the rows whose column has the value; a value that the column has nowhere is a mistake."""
    from ytterby.errors import UnknownNameError, UsageError

    name, equals, text = condition.partition("=")
    if not equals:
        raise UsageError(f"'{condition}' is not a condition", where="--where", hint="expected COLUMN=VALUE")
    field = spec.field(_field(spec, name))
    wanted = field.parse(text) if text else None
    if text and wanted is None:
        raise UsageError(f"'{text}' is not {field.noun}, as {name} is", where="--where")
    if wanted not in columns[name]:
        values = {str(v) for v in columns[name] if v is not None}
        raise UnknownNameError(name, text, values or {"(none)"}, where="--where")
    return [row for row in rows if row[name] == wanted]
