"""`ytterby trace example` and `ask`: a product to try, and whom to ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from ytterby.cli._output import infer_format, rows_text, write, write_rows
from ytterby.cli._trace_options import BomFile, Declarations, Fmt, Item, Items, Mapping, On, Out, day, read_bom

if TYPE_CHECKING:
    from ytterby.trace.ask import Asked

__all__ = ["ask", "example"]

_NAMED = 4
"""So many parts of a supplier are named in the table."""


def example(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Folder; made if need be.")],
) -> None:
    """Copy an example to work on: an electric drive unit whose suppliers' declarations have holes.

    Example: `ytterby trace example -o drive-unit`
    """
    from ytterby.trace.example import copy_example

    files = copy_example(output)
    write(f"{output}: {', '.join(file.name for file in files)}\n", None)


def ask(
    bom: BomFile,
    /,
    *,
    items: Items = None,
    declarations: Declarations = None,
    item: Item = None,
    origin: Annotated[str, Parameter(help="ISO 3166-1 alpha-3.")] = "CHN",
    threshold: Annotated[float, Parameter(help="Share from which the origin matters; 0.001 is 0.1 %.")] = 0.001,
    element: Annotated[
        list[str] | None, Parameter(help="Counted together, may be repeated; by default all rare earths.", negative=())
    ] = None,
    step: Annotated[
        Literal["mined", "separated", "metal", "magnet", "technology"] | None,
        Parameter(help="Where the origin is counted; by default at whichever step its share is highest."),
    ] = None,
    by: Annotated[Literal["value", "mass"], Parameter(help="Whether the share is one of value or of mass.")] = "value",
    on: On = None,
    sheets: Annotated[Path | None, Parameter(help="Write a question sheet (XLSX) for each supplier here.")] = None,
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """Rank the suppliers by what their answers would tell about the share of an origin, and say whose would settle it.

    An answered sheet is read like any declarations: `--declarations declarations.csv --declarations sheet.xlsx`.

    Example: `ytterby trace ask bom.csv --items items.csv --declarations declarations.csv --sheets questions`
    """
    from ytterby.canonical import dumps
    from ytterby.trace.ask import ask as find

    made = read_bom(bom, items, declarations, mapping)
    chosen = infer_format(fmt, output, "table")
    found = find(
        made,
        item,
        origin=origin,
        threshold=threshold,
        elements=element or (),
        step=step,
        measure=by,
        on=day(on),
    )
    if sheets is not None:
        from ytterby.trace.sheets import write_sheets

        write_sheets(made, found, sheets)
    record = found.to_dict()
    if chosen == "json":
        write(dumps(record, indent=2) + "\n", output)
    elif chosen == "table":
        write(_ask_text(found, sheets), output)
    else:
        write_rows(record["suppliers"], chosen, output)


def _ask_text(found: Asked, sheets: Path | None) -> str:
    unit = "USD" if found.measure == "value" else "kg"
    low, high = (_percent(share) for share in found.share)
    verdict = {"at_or_above": "at or above it", "below": "below it", "undecided": "undecided"}[found.verdict]
    lines = [
        f"{found.item}: share of {found.origin} in its {found.measure} of {found.of:,.6g} {unit}: {low} to {high}",
        f"threshold {_percent(found.threshold)}: {verdict}",
        "",
    ]
    rows = []
    for supplier in found.suppliers:
        names = [f"{part.item} ({part.status})" for part in supplier.parts[:_NAMED]]
        more = len(supplier.parts) - _NAMED
        rows.append(
            {
                "rank": supplier.rank,
                "supplier": supplier.supplier,
                "could narrow by": _percent(supplier.narrows),
                "parts": ", ".join(names) + (f" and {more} more" if more > 0 else ""),
            }
        )
    lines.append(rows_text(rows, title="whom to ask"))
    for side, decision in (("at or above", found.above), ("below", found.below)):
        if decision is not None:
            sure = "no smaller set would do" if decision.exact else "greedy: a smaller set may do"
            count = len(decision.suppliers)
            lines.append(
                f"{count} {'answer' if count == 1 else 'answers'} could prove it {side} the threshold ({sure}): "
                + ", ".join(decision.suppliers)
            )
        elif found.verdict == "undecided":
            lines.append(f"no answers could prove it {side} the threshold")
    if sheets is not None:
        lines.append(f"{len(found.suppliers)} question sheets written to {sheets}")
    return "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
