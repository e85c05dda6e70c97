"""Tables, commands and numbers of a page as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

NONE = "no data"


def percent(share: float) -> str:
    """Return a share in per cent with one digit."""
    return f"{share + 0.0:.1%}".replace("%", " %").replace("-0.0 %", "0.0 %").replace("-", "−")


def whole_percent(share: float) -> str:
    """Return a share in whole per cent."""
    return f"{share:.0%}".replace("%", " %")


def money(million: float | None) -> str:
    """Return a change of money, which may be unknown."""
    return NONE if million is None else signed(million)


def signed(change: float) -> str:
    """Return a whole number with its sign."""
    return "0" if abs(change) < 0.5 else f"{change:+,.0f}".replace("-", "−")


def console(line: str) -> str:
    """Return a command as Markdown."""
    return f"```console\n$ {line}\n```"


def markdown_table(head: str, rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a heading that ends in a colon is that of numbers."""
    names = [h.strip() for h in head.split("|")]
    lines = [
        row(h.removesuffix(":") for h in names),
        "|" + "|".join("--:" if h.endswith(":") else "---" for h in names) + "|",
    ]
    return "\n".join([*lines, *map(row, rows)])


def row(cells: Iterable[str]) -> str:
    """Return a row of a Markdown table."""
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"
