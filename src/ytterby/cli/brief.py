"""`ytterby brief ARTICLE`: what a news article means, on one page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from ytterby.cli._output import infer_format, write
from ytterby.errors import UsageError

__all__ = ["app"]

app = App(
    name="brief",
    help="What a news article means: signals, law, scenarios, duties, past answers, on one page.",
    help_epilogue="Example: `ytterby brief examples/li-qiang-jiangxi-2026-02.txt -o brief.html`",
)


@app.default
def brief(
    article: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    as_of: str | None = None,
    fmt: Annotated[Literal["md", "html", "json", "pdf"] | None, Parameter(name="--format")] = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    draws: int | None = None,
    seed: int = 1,
) -> None:
    """Say what an article signals, what the law is, what would follow and who would have to act.

    Without `--format` and `-o` a terminal gets the brief rendered, a pipe gets Markdown. An article without any policy
    signal gives a brief that says so.

    Examples: `ytterby brief examples/li-qiang-jiangxi-2026-02.txt`,
    `ytterby brief article.html --as-of 2026-09-29 -o brief.html`, `curl -s URL | ytterby brief -`

    Parameters
    ----------
    article
        Text or HTML of one article, or `-` for standard input.
    as_of
        Day on which the brief stands (YYYY-MM-DD): law and record as known then. Default: the article's own date.
    fmt
        `md`, `html` (one file, figures inside) or `json`; with `-o` the suffix decides.
    output
        File to write instead of standard output.
    draws
        Draws of elasticities and assumptions in each scenario, 6 unless given; 0 gives one central run without ranges.
    seed
        Seed of the draws.
    """
    if article.startswith("-") and article != "-":
        raise UsageError(f"unknown option '{article}'", hint="ytterby brief --help lists the options")
    kind = _format(fmt, output)
    from ytterby import brief as room

    with _progress() as note:
        found = room.brief(article, as_of, draws=room.DRAWS if draws is None else draws, seed=seed, progress=note)
        if note is not None:
            note("writing")
        if kind == "terminal":
            import shutil

            text = room.to_terminal(found, width=shutil.get_terminal_size().columns)
        elif kind == "html":
            text = room.to_html(found)
        elif kind == "json":
            text = room.to_json(found)
        else:
            text = room.to_markdown(found)
    write(text, output)


def _format(fmt: str | None, output: Path | None) -> str:
    if fmt == "pdf" or (fmt is None and output is not None and output.suffix.lower() == ".pdf"):
        raise UsageError(
            "PDF is not there yet", hint="write HTML with -o brief.html and print it, or take md, html or json"
        )
    default = "terminal" if sys.stdout.isatty() else "md"
    kind = infer_format(fmt, output, default, known=("md", "html", "json", "table"))
    return "md" if kind == "table" else kind  # a .txt file


@contextmanager
def _progress() -> Iterator[Callable[[str], None] | None]:
    """Show the phase on standard error while it runs, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda phase: progress.update(task, description=phase)
