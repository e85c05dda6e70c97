"""The brief in a terminal: the same Markdown, rendered."""

from __future__ import annotations

import io

from ytterby.brief._markdown import to_markdown
from ytterby.brief._model import Brief

__all__ = ["WIDEST", "to_terminal"]

WIDEST = 100
"""Columns that the brief never goes beyond."""


def to_terminal(brief: Brief, *, width: int = WIDEST, colour: bool = True) -> str:
    """Return the brief as text for a terminal of `width` columns, at most `WIDEST`.

    Parameters
    ----------
    brief
        The brief.
    width
        Columns of the terminal.
    colour
        Whether to use colours, bold type and links.
    """
    from rich.console import Console
    from rich.markdown import Markdown

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=max(40, min(width, WIDEST)),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    console.print(Markdown(to_markdown(brief), hyperlinks=colour))
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"
