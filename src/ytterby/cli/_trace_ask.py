"""`ytterby trace example`, `ask` and `obligations`: a product to try, whom to ask, and facts for the law."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from ytterby.cli._output import infer_format, rows_text, write, write_rows
from ytterby.cli._trace_options import BomFile, Declarations, Fmt, Item, Items, Mapping, On, Out, day, read_bom

if TYPE_CHECKING:
    from ytterby.trace.ask import Asked

__all__ = ["ask", "example", "obligations"]

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


def obligations(
    bom: BomFile,
    /,
    *,
    on: Annotated[str, Parameter(name="--on", help="Day of export, YYYY-MM-DD; later declarations do not count.")],
    destination: Annotated[str, Parameter(help="Country that it is shipped to, ISO 3166-1 alpha-3.")],
    items: Items = None,
    declarations: Declarations = None,
    item: Annotated[
        list[str] | None,
        Parameter(
            help="Only these items; by default the roots, and those with `yes` in `shipped` of the items.", negative=()
        ),
    ] = None,
    exporter: Annotated[str | None, Parameter(help="Country of the exporter, ISO 3166-1 alpha-3.")] = None,
    ship_from: Annotated[str | None, Parameter(help="Country that it is shipped from, ISO 3166-1 alpha-3.")] = None,
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Folder for a FACTS file an item.")] = None,
) -> None:
    """Write the facts of each item that is shipped, in the format that `ytterby obligations judge` reads.

    Verdicts follow when the law is there: until then `verdict` is null.

    Example: `ytterby trace obligations bom.csv --items items.csv --declarations declarations.csv --on 2026-11-24
    --destination USA -o facts`
    """
    from ytterby.canonical import dumps, rounded
    from ytterby.obligations import Facts
    from ytterby.trace.facts import facts_of, shippable

    made = read_bom(bom, items, declarations, mapping)
    date = day(on) or ""
    rows: list[dict[str, Any]] = []
    for name in item or shippable(made):
        facts = rounded(facts_of(made, name, on=date, destination=destination, exporter=exporter, ship_from=ship_from))
        Facts.model_validate(facts)
        file = None if output is None else _write_facts(facts, output, name)
        rows.append(
            {
                "item": name,
                "on": date,
                "destination": destination,
                "nodes": len(facts["nodes"]),
                "verdict": None,
                "missing": "the verdict: `ytterby obligations judge` is not there yet",
                "file": file,
                "facts": facts,
            }
        )
    chosen = fmt or "table"
    if chosen == "json":
        write(dumps(rows, indent=2) + "\n", None)
    elif chosen == "table":
        shown = ("item", "on", "destination", "nodes", "verdict", "file")
        text = rows_text(rows, columns=shown)
        write(text + "verdicts follow when `ytterby obligations judge` is there; these are its facts\n", None)
    else:
        write_rows(rows, chosen, None)


def _write_facts(facts: dict[str, Any], folder: Path, item: str) -> str:
    import yaml

    from ytterby.errors import UsageError

    file = folder / (re.sub(r"[^\w.-]+", "-", item).strip(".-") + ".yaml")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", where=str(folder)) from error
    write(yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=120), file)
    return str(file)


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
