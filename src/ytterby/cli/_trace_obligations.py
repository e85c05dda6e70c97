"""`ytterby trace obligations`: what the law says of each item of a product that is shipped."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ytterby.cli._obligations_options import BREACHES, Assume, Known, Reading, Rules, law_of, pairs
from ytterby.cli._output import rows_text, write, write_rows
from ytterby.cli._trace_options import BomFile, Declarations, Fmt, Items, Mapping, day, read_bom

if TYPE_CHECKING:
    from ytterby.obligations import Judgement, Verdict

__all__ = ["obligations"]


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
    facts: Annotated[
        Path | None,
        Parameter(name="--facts", help="FACTS (YAML or JSON) with what a bill does not tell: parties, end use, …"),
    ] = None,
    known_on: Known = None,
    assume: Assume = None,
    reading: Reading = None,
    rules: Rules = None,
    mapping: Mapping = None,
    fmt: Fmt = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Folder for a FACTS file an item.")] = None,
) -> int:
    """Judge each item of a product that is shipped: what must be licensed, reported or notified, and what is missing.

    What the bill tells (the item, what is in it) and the options stand before what `--facts` tells. The FACTS files
    that `-o` writes can be judged alone, with all reasons: `ytterby obligations judge`. Exit code 1 says that an item
    is prohibited or would be denied in principle.

    Example: `ytterby trace obligations bom.csv --items items.csv --declarations declarations.csv --on 2026-11-24
    --destination USA -o facts`
    """
    from ytterby.canonical import dumps, rounded
    from ytterby.obligations import Facts, judge, read_facts
    from ytterby.trace.facts import facts_of, shippable

    base = {} if facts is None else read_facts(facts).model_dump(mode="json", exclude_none=True)
    made = read_bom(bom, items, declarations, mapping)
    date, law = day(on) or "", law_of(rules)
    assumed, readings = pairs(assume, "--assume"), pairs(reading, "--reading")
    rows: list[dict[str, Any]] = []
    found: list[Judgement] = []
    for name in item or shippable(made):
        told = facts_of(made, name, on=date, destination=destination, exporter=exporter, ship_from=ship_from)
        merged = rounded(_merged(base, told))
        judged = judge(
            Facts.model_validate(merged), date, known_on=known_on, assume=assumed, readings=readings, rules=law
        )
        found.append(judged)
        record = judged.record()
        rows.append(
            {
                "item": name,
                "on": date,
                "known_on": record["known_on"],
                "destination": destination,
                "nodes": len(merged["nodes"]),
                "summary": record["summary"],
                "verdicts": record["verdicts"],
                "file": None if output is None else _write_facts(merged, output, name),
                "facts": merged,
            }
        )
    chosen = fmt or "table"
    if chosen == "json":
        write(dumps(rows, indent=2) + "\n", None)
    elif chosen == "table":
        write(_text(rows, found), None)
    else:
        write_rows(rows, chosen, None)
    return int(any(judged.summary in BREACHES for judged in found))


def _merged(base: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of an item over a base of facts; what was not told leaves the base as it is."""
    merged = dict(base)
    for key, value in told.items():
        if isinstance(value, dict):
            merged[key] = _merged(base.get(key) or {}, value)
        elif value is not None or key not in base:
            merged[key] = value
    return merged


def _text(rows: list[dict[str, Any]], found: list[Judgement]) -> str:
    from ytterby.cli._obligations_text import weighty

    shown = [
        {**row, "rules of weight": _counts(weighty(judged.verdicts)[0])}
        for row, judged in zip(rows, found, strict=True)
    ]
    text = rows_text(shown, columns=("item", "nodes", "summary", "rules of weight", "file"))
    how = "`ytterby obligations judge FILE --on DAY` gives" if rows and rows[0]["file"] else "--format json has"
    return f"{text}{how} the reasons, what is missing and what must be filed; not legal advice\n"


def _counts(weight: list[Verdict]) -> str:
    """Return how many rules have which gravest outcome."""
    gravest: dict[str, str] = {}
    for verdict in weight:  # the gravest first
        gravest.setdefault(verdict.rule, verdict.outcome)
    counts = Counter(gravest.values())
    return ", ".join(f"{outcome} {count}" for outcome, count in counts.items())


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
