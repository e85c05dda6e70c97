"""`ytterby signals`: read policy signals out of articles, and score what was read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import infer_format, write, write_rows

__all__ = ["app"]

_WIDE = 90
"""Code points of a sentence that the table shows; JSON has it whole."""

app = App(
    name="signals",
    help="What are governments about to do? Policy signals out of articles, each with its sentence.",
    help_format="markdown",
    help_epilogue="Example: `ytterby signals read examples/li-qiang-jiangxi-2026-02.txt`",
)


@app.command
def read(
    *paths: Annotated[
        str,
        Parameter(
            help="`.txt`, `.html`, `.jsonl`, a feed, a folder, or `-` for standard input", allow_leading_hyphen=True
        ),
    ],
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
    for path in paths:
        if path.startswith("-") and path != "-":
            raise UsageError(f"unknown option '{path}'", hint="ytterby signals read --help lists the options")
    fmt = infer_format(format, output, "table", known=("table", "json", "jsonl"))
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
                "sentence": s.sentence if len(s.sentence) <= _WIDE else s.sentence[: _WIDE - 1] + "…",
            }
            for a in articles
            for s in a.signals
        ]
        write_rows(rows, fmt, output)


@app.command
def score(
    gold: Annotated[Path, Parameter(help="labelled articles, JSON Lines (format of the label guide)")],
    predicted: Annotated[Path, Parameter(help="output of `ytterby signals read --format jsonl`")],
    *,
    format: Annotated[Literal["table", "json"] | None, Parameter(name="--format")] = None,  # noqa: A002
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Score what was read against labelled articles: relevance, acts, actors, status, dates, events.

    Example: `ytterby signals score gold.jsonl predicted.jsonl --format json`
    """
    from ytterby.canonical import dumps
    from ytterby.signals import read_items, score

    result = score(read_items(gold), read_items(predicted))
    fmt = infer_format(format, output, "table")
    if fmt == "json":
        write(dumps(result, indent=2) + "\n", output)
        return
    rows = []
    for part, figures in {"all": result, **result["by"]}.items():
        for name, f in figures.items():
            if isinstance(f, dict) and ("f1" in f or "agreement" in f):
                n = f.get("gold", f.get("matched", f.get("labelled", f.get("items"))))
                rows.append(
                    {
                        "items": part,
                        "figure": name,
                        "precision": f.get("precision"),
                        "recall": f.get("recall"),
                        "f1_or_agreement": f.get("f1", f.get("agreement")),
                        "of": n,
                    }
                )
    write_rows(rows, fmt, output)


def _day(text: str | None) -> str | None:
    import re

    from ytterby.errors import UsageError

    if text is not None and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise UsageError(f"'{text}' is no ISO 8601 date", hint="e.g. --published 2026-02-11")
    return text
