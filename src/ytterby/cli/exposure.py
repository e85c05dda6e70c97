"""`ytterby exposure`: what stops if a supply is cut."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import infer_format, rows_text, write, write_rows

if TYPE_CHECKING:
    from ytterby.exposure import Content, Exposure, Plan

__all__ = ["app"]

app = App(
    name="exposure",
    help="What stops if it stops? Weeks of survival, and what is at risk, when a supply is cut.",
    help_format="markdown",
    help_epilogue="Example: `ytterby exposure --content content.json --cut Dy:CHN=1@26 --stocks stocks.csv "
    "--products products.csv`",
)

_NAMED = 5
"""So many names are written out in a note."""


@app.default
def exposure(
    *,
    content: Path,
    stocks: Path,
    products: Path,
    cut: Annotated[list[str] | None, Parameter(negative=())] = None,
    run: Path | None = None,
    region: str | None = None,
    end_use: str | None = None,
    bom: Path | None = None,
    items: Path | None = None,
    declarations: Path | None = None,
    groups: Path | None = None,
    horizon: float = 52.0,
    weeks: Annotated[bool, Parameter(negative=())] = False,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["table", "json", "jsonl", "csv", "parquet"] | None, Parameter(name="--format")
    ] = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Say how long each product can be made in full when a supply is cut, and what is at risk after that.

    Exit code 1 says that a cut can stop a product. Money is in USD, time in weeks from now.

    Example: `ytterby exposure --content motor.csv --cut magnet.ndfeb_hd:CHN=0.5@26 --stocks stocks.csv
    --products products.csv --weeks`

    Parameters
    ----------
    content
        The JSON of `ytterby trace content --format json`, a bill of materials, or a workspace folder.
    stocks
        CSV: item,stock_units,inbound_units_per_week,alternative_units_per_week,shared_group.
    products
        CSV: product,demand_units_per_week,revenue_usd_per_unit,margin_usd_per_unit and, for products of one line,
        group,capacity_units_per_week.
    cut
        COMMODITY[:ORIGIN[:STEP]]=SHARE[@WEEKS], may be repeated: an element or a commodity of the atlas, of which a
        share from 0 to 1 is cut; without WEEKS for good.
    run
        JSON file of `ytterby world run --format json`: the materials it is short of are cut for a year or, of a run
        with `--calendar monthly`, month by month from now.
    region
        Where parts are bought, for --run.
    end_use
        Which of the run's end uses buys them, for --run; all of the region without it.
    bom
        Bill of materials, where the content does not tell what goes into what.
    items
        Items of a bill of materials.
    declarations
        Declarations of a bill of materials.
    groups
        CSV: group,capacity_units_per_week, where capacities stand in a file of their own.
    horizon
        Weeks for which a cut for good is followed.
    weeks
        Show what is at risk week by week.
    format
        The default is a table; `-o FILE.csv` infers it.
    output
        Write to this file instead of standard output.
    """
    from ytterby.exposure import Cut, Plan, assess
    from ytterby.exposure.from_bom import lines_of, read_content
    from ytterby.exposure.from_run import cuts_of_run, read_run

    fmt = infer_format(format, output, "table")
    cuts = [Cut.parse(text) for text in cut or ()]
    if run is not None:
        cuts += cuts_of_run(read_run(run), region, end_use)
    held = read_content(content, items, declarations)
    if bom is not None:
        held = held.with_lines(lines_of(bom, items), bom.name)
    plan = Plan.read(stocks, products, groups)
    result = assess(held, cuts, plan, horizon, weekly=weeks)
    rows = [week.model_dump(mode="json") for week in result.weeks] if weeks else result.to_list()
    if fmt != "table":
        write_rows(rows, fmt, output)
    else:
        write(_weeks_text(rows) if weeks else _text(result, rows), output)
    sys.stderr.write("".join(f"note: {note}\n" for note in _notes(result, held, plan)))
    return int(result.stops)


def _text(result: Exposure, rows: list[dict[str, Any]]) -> str:
    shown = [
        {
            "product": row["product"],
            "survives, weeks": _span(row["time_to_survive_weeks"]),
            "lost weeks": row["lost_weeks"],
            "units at risk": row["units_at_risk"],
            "revenue at risk, USD": row["revenue_at_risk"],
            "margin at risk, USD": row["margin_at_risk"],
            "if shared, USD": row["shared"]["margin_at_risk"],
            "blocked by": ", ".join(row["blocked_by"]) or "-",
        }
        for row in rows
    ]
    parts = [rows_text(shown, title=f"{result.horizon_weeks:g} weeks")]
    parts.append(f"all products together, parts shared, survive {result.network_survives_weeks:.3g} weeks\n")
    for name, label in (("margin", "margin"), ("revenue", "revenue")):
        tied = [row[f"{name}_at_risk"] for row in rows]
        shared = [row["shared"][f"{name}_at_risk"] for row in rows]
        if None not in tied:
            parts.append(
                f"{label} at risk: {sum(tied):,.6g} USD with each stock tied to its product, "
                f"{sum(shared):,.6g} USD with parts shared for the greatest {result.objective}\n"
            )
    return "\n".join([parts[0], "".join(parts[1:])])


def _weeks_text(rows: list[dict[str, Any]]) -> str:
    flat = [{**row, "shared": None, **{f"{k}_shared": v for k, v in row["shared"].items()}} for row in rows]
    columns = [k for k in (flat[0] if flat else {}) if k != "shared"]
    return rows_text(flat, columns=columns)


def _span(bounds: list[float]) -> str:
    low, high = (f"{b:.3g}" for b in bounds)
    return low if low == high else f"{low} to {high}"


def _notes(result: Exposure, content: Content, plan: Plan) -> list[str]:
    notes = []
    if content.lines is None and any(item not in plan.products for item in plan.stocks):
        notes.append(
            "the content does not tell what goes into what: one unit of each stocked part goes into a unit of the "
            "product; give the bill of materials with --bom"
        )
    for product in result.products:
        if product.unassessed:
            names = ", ".join(product.unassessed[:_NAMED])
            more = len(product.unassessed) - _NAMED
            notes.append(
                f"{product.product}: not judged, as their stock is not listed and no one said whether they hold what "
                f"is cut: {names}" + (f" and {more} more" if more > 0 else "")
            )
    return notes
