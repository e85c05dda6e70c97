"""What every reader returns: items, parent–child lines and declarations as tables, and the problems found.

A row that cannot be used is left out of the tables and told in `problems` with its file, row and column; the good
rows are kept. Rows are counted as a spreadsheet counts them: the header is row 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

__all__ = [
    "DECLARATION_COLUMNS",
    "ITEM_COLUMNS",
    "LINE_COLUMNS",
    "RARE_EARTHS",
    "STATES",
    "STEPS",
    "UNANSWERED",
    "Problem",
    "Source",
    "declarations_frame",
    "items_frame",
    "lines_frame",
]

ITEM_COLUMNS = {
    "item": "text",
    "name": "text",
    "form": "text",
    "mass_kg": "number",
    "value_usd": "number",
    "supplier": "text",
    "hs": "text",
    "shipped": "text",
}
"""Columns of `Source.items` and what they hold; one row an item, all but `item` may be missing.

`shipped` is `yes` where the item is itself sold and shipped, as a spare part is; the roots always are.
"""

LINE_COLUMNS = {
    "parent": "text",
    "child": "text",
    "quantity": "number",
    "unit": "text",
    "alternative": "text",
    "split_low": "number",
    "split_high": "number",
    "file": "text",
    "row": "whole",
}
"""Columns of `Source.lines`: so much of the child, in `unit`, goes into one unit of the parent.

Texts may be dictionaries of Arrow, as a reader of a long file gives them: `parent` and `child` then share theirs.

Lines of one parent with the same `alternative` take each other's place: each serves a share in [split_low, split_high]
of the parent, and the shares add up to 1.
"""

DECLARATION_COLUMNS = {
    "item": "text",
    "element": "text",
    "form": "text",
    "mass_low_kg": "number",
    "mass_high_kg": "number",
    "value_low_usd": "number",
    "value_high_usd": "number",
    "mined_in": "text",
    "separated_in": "text",
    "metal_in": "text",
    "magnet_in": "text",
    "technology_from": "text",
    "status": "text",
    "declared_on": "text",
    "supplier": "text",
    "split_low": "number",
    "split_high": "number",
    "file": "text",
    "row": "whole",
}
"""Columns of `Source.declarations`: what one unit of the item holds, says one row."""

STATES = (
    "declared",
    "below_limit",
    "range",
    "partial",
    "no_answer",
    "not_asked",
    "refused",
    "stale",
    "contradicted",
)
"""States of an answer."""

UNANSWERED = frozenset({"no_answer", "not_asked", "refused", "stale"})
"""States that say nothing about the content."""

RARE_EARTHS = ("Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu")
"""Symbols of the rare-earth elements."""

STEPS = {
    "mined": "mined_in",
    "separated": "separated_in",
    "metal": "metal_in",
    "magnet": "magnet_in",
    "technology": "technology_from",
}
"""Step -> column that names its origin; `technology` is where the know-how comes from."""

_DTYPES = {"text": "str", "number": "float64", "whole": "Int64"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input, and where.

    Parameters
    ----------
    file
        Name of the file.
    row
        Row as a spreadsheet counts (the header is row 1); None where it is no single row.
    column
        Name of the column or field; None where it is no single one.
    message
        What was found and what was done about it.
    """

    file: str
    row: int | None
    column: str | None
    message: str


@dataclass(frozen=True)
class Source:
    """What was read from one or more files.

    Parameters
    ----------
    format
        Name of the format that was recognised, e.g. ``"native_bom_csv"``.
    items, lines, declarations
        Tables with the columns `ITEM_COLUMNS`, `LINE_COLUMNS`, `DECLARATION_COLUMNS`.
    problems
        What could not be used.
    """

    format: str
    items: pd.DataFrame = field(default_factory=lambda: items_frame(()))
    lines: pd.DataFrame = field(default_factory=lambda: lines_frame(()))
    declarations: pd.DataFrame = field(default_factory=lambda: declarations_frame(()))
    problems: tuple[Problem, ...] = ()

    def joined(self, *others: Source) -> Source:
        """Return this and other sources as one; the format is that of the first that has lines."""
        sources = (self, *others)
        return Source(
            format=next((s.format for s in sources if len(s.lines)), self.format),
            items=pd.concat([s.items for s in sources], ignore_index=True),
            lines=_together([s.lines for s in sources]),
            declarations=pd.concat([s.declarations for s in sources], ignore_index=True),
            problems=tuple(p for s in sources for p in s.problems),
        )


Rows = pd.DataFrame | Iterable[Mapping[str, Any]]


def items_frame(rows: Rows) -> pd.DataFrame:
    """Return rows as a table of items: columns in order, missing ones empty, types set.

    Examples
    --------
    >>> items_frame([{"item": "magnet", "mass_kg": 0.3}])[["item", "mass_kg"]].to_dict("records")
    [{'item': 'magnet', 'mass_kg': 0.3}]
    """
    return _frame(rows, ITEM_COLUMNS)


def lines_frame(rows: Rows) -> pd.DataFrame:
    """Return rows as a table of parent–child lines."""
    return _frame(rows, LINE_COLUMNS)


def declarations_frame(rows: Rows) -> pd.DataFrame:
    """Return rows as a table of declarations."""
    return _frame(rows, DECLARATION_COLUMNS)


def _frame(rows: Rows, columns: Mapping[str, str]) -> pd.DataFrame:
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    table = table.reindex(columns=list(columns))
    numbered = {name for name, kind in table.dtypes.items() if isinstance(kind, pd.ArrowDtype)}
    return table.astype({name: _DTYPES[kind] for name, kind in columns.items() if name not in numbered})


def _together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of lines one under the other; texts that are numbered in a table of its own stay so."""
    full = [table for table in tables if len(table)]
    if len(full) < 2:
        return full[0].reset_index(drop=True) if full else tables[0]
    texts = {name: _DTYPES[kind] for name, kind in LINE_COLUMNS.items() if kind == "text"}
    return pd.concat([table.astype(texts) for table in full], ignore_index=True)
