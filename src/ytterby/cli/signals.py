"""`ytterby signals`: read policy signals out of articles, and score what was read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import infer_format, write, write_rows

__all__ = ["app"]

app = App(
    name="signals",
    help="What are governments about to do? Policy signals out of articles, each with its sentence.",
    help_format="markdown",
)


@app.command
def read(
    *paths: Annotated[str, Parameter(help="`.txt`, `.html`, `.jsonl`, a folder, or `-` for standard input")],
    published: Annotated[str | None, Parameter(help="day of publication for articles that do not tell theirs")] = None,
    format: Annotated[Literal["table", "json", "jsonl"] | None, Parameter(name="--format")] = None,  # noqa: A002
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Read articles and print their signals, in input order.

    The table has one row a signal; JSON and JSON Lines have one record an article (`ytterby schema article`).

    Example: `ytterby signals read examples/li-qiang-jiangxi-2026-02.txt --format jsonl`
    """
    import sys

    from ytterby.canonical import dumps
    from ytterby.errors import UsageError
    from ytterby.signals import read_stream

    if not paths:
        raise UsageError("no article given", hint="e.g. ytterby signals read examples/li-qiang-jiangxi-2026-02.txt")
    fmt = infer_format(format, output, "table")
    articles = read_stream(paths, published=_day(published))
    if fmt == "jsonl" and output is None:
        for article in articles:
            sys.stdout.write(dumps(article) + "\n")
            sys.stdout.flush()
        return
    if fmt == "jsonl":
        write("".join(dumps(a) + "\n" for a in articles), output)
    elif fmt == "json":
        write(dumps(list(articles), indent=2) + "\n", output)
    else:
        rows = [
            {
                "article": a.id,
                "actor": s.actor,
                "country": s.actor_country,
                "action": s.action,
                "status": s.status,
                "aimed_at": list(s.target_country),
                "commodities": list(s.commodities),
                "date": s.effective_date or s.event_date,
                "background": s.background,
                "measure": s.measure_id,
                "sentence": s.sentence,
            }
            for a in articles
            for s in a.signals
        ]
        write_rows(rows, fmt, output)


def _day(text: str | None) -> str | None:
    import re

    from ytterby.errors import UsageError

    if text is not None and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise UsageError(f"'{text}' is no ISO 8601 date", hint="e.g. --published 2026-02-11")
    return text
