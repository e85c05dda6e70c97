"""A picture with its twins: the same numbers as a table and in words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ytterby.figures._canvas import escape

__all__ = ["Figure"]

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_SWAP = "@container (max-width:619px){.yfig-wide{display:none}.yfig-narrow{display:block}}"


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture of a result table, the table itself, and what it shows in words.

    Attributes
    ----------
    title
        The headline that stands in the picture.
    alt
        One or two sentences that say what the picture shows, from its numbers.
    source
        Where the numbers come from, without the word "Source"; may be empty.
    table
        The twin: the numbers that are drawn, one row a mark.
    svg
        The picture for a column of 620 px and more (720 units wide): one self-contained element without scripts or
        outside references. Its colours follow ``prefers-color-scheme``, a ``data-theme`` of the page, or custom
        properties ``--yf-ROLE`` (roles: ``figures/data/palette.csv``); in print they are those of daylight.
    narrow
        The same picture drawn for a phone (360 units wide).

    Examples
    --------
    >>> import pandas as pd
    >>> from ytterby.figures import shortage_bars
    >>> row = {"end_use": "ev_motor", "region": "DEU", "share": 0.2, "low": 0.1, "high": 0.4, "weeks_of_cover": 6.0}
    >>> figure = shortage_bars(pd.DataFrame([row]))
    >>> figure.alt
    'Shortages by end use: EV motors in Germany do without 20% of their base-year use (10% to 40%).'
    >>> figure.to_html().startswith("<figure")
    True
    """

    title: str
    alt: str
    source: str
    table: pd.DataFrame = field(repr=False)
    svg: str = field(repr=False)
    narrow: str = field(repr=False)

    def to_html(self, *, prefix: str | None = None) -> str:
        """Return a ``<figure>``: the picture for wide and for narrow columns, its words, and the table twin.

        Parameters
        ----------
        prefix
            Begins every id. Without it ids come from a digest of the picture, so that only a page that shows the very
            same picture twice needs one.
        """
        wide = _renamed(self.svg, prefix).replace('class="yfig"', 'class="yfig yfig-wide"', 1)
        wide = wide.replace("</style>", f"{_SWAP}</style>", 1)
        narrow = _renamed(self.narrow, prefix and f"{prefix}n")
        narrow = narrow.replace('class="yfig"', 'class="yfig yfig-narrow" display="none"', 1)
        return (
            '<figure class="ytterby-figure" style="container-type:inline-size">'
            f"{wide}{narrow}<figcaption>{escape(self.alt)}</figcaption>"
            f"<details><summary>The same as a table</summary>{self.table_html()}</details></figure>"
        )

    def table_html(self) -> str:
        """Return the table twin as an HTML ``<table>``; an unknown value reads "no data"."""
        number = {c: pd.api.types.is_numeric_dtype(self.table[c]) for c in self.table.columns}
        align = ' style="text-align:right"'
        head = "".join(
            f'<th scope="col"{align if number[c] else ""}>{escape(str(c).replace("_", " "))}</th>'
            for c in self.table.columns
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{align if number[c] else ''}>{escape(_cell(v))}</td>"
                for c, v in zip(self.table.columns, row, strict=True)
            )
            + "</tr>"
            for row in self.table.itertuples(index=False, name=None)
        )
        if not body:
            body = f'<tr><td colspan="{max(1, len(self.table.columns))}">no data</td></tr>'
        return (
            f'<div style="overflow-x:auto"><table><caption>{escape(self.title)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def plain(self, *, narrow: bool = False) -> str:
        """Return the SVG without its style sheet, in daylight colours, for readers that know no CSS."""
        return _STYLE.sub("", self.narrow if narrow else self.svg)


def _renamed(svg: str, prefix: str | None) -> str:
    if prefix is None:
        return svg
    found = re.search(r' id="(yf[0-9a-f]{8})"', svg)
    if found is None:
        raise ValueError("the picture has no id")
    return svg.replace(found[1], prefix)


def _cell(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return "no data"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}".replace("-", "−") if abs(value) < 1e6 else f"{value:,.0f}".replace("-", "−")
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    return str(value)
