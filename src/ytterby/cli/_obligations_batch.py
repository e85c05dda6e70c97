"""`ytterby obligations batch`: the verdicts of a table of shipments."""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ytterby.cli._obligations_options import BREACHES, Assume, Folder, Known, Reading, Rules, law_of, pairs, register_of
from ytterby.cli._output import rows_text, write
from ytterby.cli._progress import progress_bar

if TYPE_CHECKING:
    from ytterby.obligations.batch import Batch

__all__ = ["batch"]

_NAMED = 20
"""So many shipments with the gravest outcome are named."""


def batch(
    shipments: Annotated[Path, Parameter(help="CSV or Parquet, a row each shipment.")],
    /,
    *,
    on: Annotated[str, Parameter(name="--on", help="Day of the law that is asked about, YYYY-MM-DD.")],
    known_on: Known = None,
    assume: Assume = None,
    reading: Reading = None,
    rules: Rules = None,
    register: Folder = None,
    processes: Annotated[int, Parameter(help="Processes that judge at the same time.")] = 2,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="A .parquet or .csv file for all verdicts.")
    ] = None,
) -> int:
    """Judge a table of shipments and count the outcomes.

    Columns are fields of FACTS by dotted path: `exporter`, `item.form`, `nodes.0.contents.0.element`; a cell of a list
    or an object is JSON, an empty one is unknown; Parquet may have nested columns. `id` names the shipment. The output
    has a row for each shipment and limb: id, rule, limb, outcome, if_operative, could_be, missing, state and age. If
    any row is broken, all broken rows are told and nothing is written. Exit code as for `judge`.

    Example: `ytterby obligations batch shipments.csv --on 2026-11-24 -o verdicts.parquet`
    """
    from ytterby.errors import UsageError
    from ytterby.obligations.batch import judge_table

    suffix = None if output is None else output.suffix.lower()
    if suffix not in (None, ".parquet", ".csv"):
        raise UsageError(f"cannot write verdicts as '{suffix}'", where=str(output), hint="known: .parquet, .csv")
    if processes < 1:
        raise UsageError("at least one process", where="--processes")
    with progress_bar("judging") as progress:
        found = judge_table(
            shipments,
            on,
            known_on=known_on,
            assume=pairs(assume, "--assume"),
            readings=pairs(reading, "--reading"),
            rules=law_of(rules),
            register=register_of(register),
            processes=processes,
            progress=progress,
        )
    if output is not None:
        _write(found, output)
    write(_text(found), None)
    if output is not None:
        sys.stderr.write(f"{found.numbers.size} verdicts written to {output}\n")
    return int(any(summary in BREACHES for summary in set(found.summaries())))


def _write(found: Batch, output: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    table, sink = found.table(), io.BytesIO()
    if output.suffix.lower() == ".parquet":
        pq.write_table(table, sink, compression="zstd")
    else:
        plain = [(field.name, getattr(field.type, "value_type", field.type)) for field in table.schema]
        pc.write_csv(table.cast(pa.schema(plain)), sink)
    write(sink.getvalue(), output)


def _text(found: Batch) -> str:
    from ytterby.obligations._load import outcome_words

    summaries = found.summaries()
    counts = Counter(summaries)
    words = outcome_words()
    rows = [{"outcome": o, "shipments": counts[o], "meaning": says} for o, says in words.items() if counts[o]]
    gravest = rows[0]["outcome"]
    named = [name for name, summary in zip(found.ids, summaries, strict=True) if summary == gravest]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return "\n".join(
        [
            rows_text(rows, title=f"{len(found.ids)} shipments by their gravest outcome"),
            rows_text(found.by_rule(), title="by rule"),
            f"{gravest}: {', '.join(named[:_NAMED])}{more}\nnot legal advice: it finds what a lawyer should look at\n",
        ]
    )
