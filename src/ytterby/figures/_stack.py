"""Several pictures as one: below each other in a single SVG."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ytterby.figures._canvas import Canvas, place
from ytterby.figures._figure import Figure

__all__ = ["stack"]

_SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')
_ROLE = re.compile(r"yf-[fs]-([a-z_]+)")


def stack(figures: Sequence[Figure], *, title: str, narrow: bool = False) -> str:
    """Return one SVG with the pictures of `figures` below each other, e.g. for a README or a slide.

    Parameters
    ----------
    figures
        At least one.
    title
        The name of the whole for those who do not see it; its description is the words of the figures.
    narrow
        Whether to take the pictures for a phone.

    Examples
    --------
    >>> import pandas as pd
    >>> from ytterby.figures import shortage_bars
    >>> row = {"end_use": "ev_motor", "region": "DEU", "share": 0.2, "low": 0.1, "high": 0.4, "weeks_of_cover": 6.0}
    >>> one = shortage_bars(pd.DataFrame([row]))
    >>> two = shortage_bars(pd.DataFrame([row | {"share": 0.3}]))
    >>> stack([one, two], title="Two shortages").count("<svg")
    1
    """
    if not figures:
        raise ValueError("nothing to stack")
    svgs = [f.narrow if narrow else f.svg for f in figures]
    sizes = [(float(m[1]), float(m[2])) for m in map(_SIZE.match, svgs) if m]
    canvas = Canvas(max(width for width, _ in sizes))
    y = 0.0
    for svg, (_, height) in zip(svgs, sizes, strict=True):
        body = svg[svg.index("</style>") + len("</style>") : -len("</svg>")]
        canvas.group(f'<g transform="translate(0 {place(y)})">{body}</g>', _ROLE.findall(body))
        y += height + 12
    return canvas.svg(title, " ".join(f.alt for f in figures), y - 12)
