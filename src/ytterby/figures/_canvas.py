"""The drawing vocabulary: rectangles, lines, paths, circles and texts in the roles of the palette, written as SVG.

Every shape carries its daylight colour as a plain attribute, so that it is right where style sheets are ignored;
a style sheet inside the picture swaps the colours at night. Ids and class names are the picture's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ytterby.figures._text import text_width
from ytterby.figures._vocabulary import palette

__all__ = ["FONT", "NARROW", "WIDE", "Box", "Canvas", "Point", "box_of", "escape", "place"]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
WIDE = 720
NARROW = 360
Point = tuple[float, float]
_ID = "\x00"  # stands for the id until the whole picture is known; no XML text can hold it
_PATTERNS = ("hatch", "dots", "columns", "rows")


@dataclass(frozen=True)
class Box:
    """A rectangle that something occupies."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Return whether the two share an area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def inside(self, other: Box) -> bool:
        """Return whether this one lies wholly in `other`."""
        return (
            other.x <= self.x
            and self.x + self.width <= other.x + other.width
            and other.y <= self.y
            and self.y + self.height <= other.y + other.height
        )


def escape(text: str) -> str:
    """Return `text` as XML character data or attribute value; characters that XML cannot hold become a sign.

    Examples
    --------
    >>> escape('a<b & "c"')
    'a&lt;b &amp; &quot;c&quot;'
    """
    legal = "".join(
        c if c in "\t\n" or (" " <= c < "\ud800") or ("\ue000" <= c < "\ufffe") or c > "\uffff" else "\ufffd"
        for c in text
    )
    return legal.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def place(value: float) -> str:
    """Write a coordinate: one decimal, no negative zero.

    Examples
    --------
    >>> place(12.0), place(-0.04), place(3.14159)
    ('12', '0', '3.1')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


class Canvas:
    """One picture while it is drawn.

    Parameters
    ----------
    width
        In user units: `WIDE` or `NARROW`.

    Examples
    --------
    >>> canvas = Canvas(360)
    >>> canvas.text(10, 20, "a & b")
    >>> canvas.svg("A title", "What it shows.", 40).startswith('<svg xmlns="http://www.w3.org/2000/svg" class="yfig"')
    True
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self.parts: list[str] = []
        self._defs: dict[str, str] = {}
        self._roles: set[str] = {"surface"}

    @property
    def narrow(self) -> bool:
        """Whether the picture is for a phone."""
        return self.width < WIDE

    def _paint(self, kind: str, role: str) -> str:
        """Return the attributes that paint `kind` (``f`` fill, ``s`` stroke) in a role or ``pattern:role``."""
        attribute = "fill" if kind == "f" else "stroke"
        if role == "none":
            return f' {attribute}="none"'
        if ":" in role:
            return f' {attribute}="url(#{_ID}-{self._pattern(*role.split(":"))})"'
        self._roles.add(role)
        return f' {attribute}="{palette()[role].light}"'

    def _class(self, fill: str, stroke: str) -> str:
        names = [f"yf-{k}-{r}" for k, r in (("f", fill), ("s", stroke)) if r != "none" and ":" not in r]
        return f' class="{" ".join(names)}"' if names else ""

    def _shape(self, fill: str, stroke: str) -> str:
        paint = self._class(fill, stroke) + self._paint("f", fill)
        return paint if stroke == "none" else paint + self._paint("s", stroke)

    def _pattern(self, pattern: str, role: str) -> str:
        if pattern not in _PATTERNS:
            raise ValueError(f"no pattern '{pattern}'")
        name = f"{pattern}-{role}"
        if name not in self._defs:
            paper = f'<rect width="12" height="12"{self._shape("surface", "none")}/>'
            line = f'{self._shape("none", role)} stroke-width="1.8"'
            dot = self._shape(role, "none")
            size, turn, body = {
                "hatch": (5, 45, f'<path d="M2.5 0V5"{line}/>'),
                "columns": (4, 0, f'<path d="M2 0V4"{line}/>'),
                "rows": (4, 0, f'<path d="M0 2H4"{line}/>'),
                "dots": (5, 0, f'<circle cx="2.5" cy="2.5" r="1.3"{dot}/>'),
            }[pattern]
            rotate = f' patternTransform="rotate({turn})"' if turn else ""
            self._defs[name] = (
                f'<pattern id="{_ID}-{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse"{rotate}>'
                f"{paper}{body}</pattern>"
            )
        return name

    def clip(self, name: str, box: Box) -> str:
        """Define a clip to `box` and return the attribute that applies it."""
        self._defs[name] = (
            f'<clipPath id="{_ID}-{name}"><rect x="{place(box.x)}" y="{place(box.y)}"'
            f' width="{place(box.width)}" height="{place(box.height)}"/></clipPath>'
        )
        return f' clip-path="url(#{_ID}-{name})"'

    def rect(
        self,
        box: Box,
        fill: str,
        *,
        stroke: str = "none",
        dash: str = "",
        radius: float = 0,
        weight: float = 1.2,
        opacity: float = 1,
    ) -> None:
        """Draw a rectangle."""
        rest = f' rx="{place(radius)}"' if radius else ""
        rest += f' stroke-width="{place(weight)}"' if stroke != "none" else ""
        rest += f' stroke-dasharray="{dash}"' if dash else ""
        rest += f' opacity="{opacity:g}"' if opacity < 1 else ""
        self.parts.append(
            f'<rect x="{place(box.x)}" y="{place(box.y)}" width="{place(box.width)}" height="{place(box.height)}"'
            f"{self._shape(fill, stroke)}{rest}/>"
        )

    def line(
        self,
        points: Sequence[Point],
        *,
        stroke: str = "ink",
        weight: float = 1,
        dash: str = "",
        fill: str = "none",
    ) -> None:
        """Draw straight lines from point to point; with `fill`, the closed area."""
        d = "M" + "L".join(f"{place(x)} {place(y)}" for x, y in points) + ("Z" if fill != "none" else "")
        self.path(d, stroke=stroke, weight=weight, dash=dash, fill=fill)

    def path(
        self,
        d: str,
        *,
        stroke: str = "none",
        weight: float = 1,
        dash: str = "",
        fill: str = "none",
        opacity: float = 1,
        extra: str = "",
    ) -> None:
        """Draw a path from its SVG data."""
        rest = f' stroke-width="{place(weight)}"' if stroke != "none" else ""
        rest += f' stroke-dasharray="{dash}"' if dash else ""
        rest += f' opacity="{opacity:g}"' if opacity < 1 else ""
        self.parts.append(f'<path d="{d}"{self._shape(fill, stroke)}{rest}{extra}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, *, stroke: str = "none", weight: float = 1) -> None:
        """Draw a disc."""
        rest = f' stroke-width="{place(weight)}"' if stroke != "none" else ""
        self.parts.append(
            f'<circle cx="{place(x)}" cy="{place(y)}" r="{place(radius)}"{self._shape(fill, stroke)}{rest}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 13,
        anchor: str = "start",
        role: str = "ink",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Write one line; `y` is its baseline. With `halo`, the paper shows around it where it crosses lines."""
        if not text:
            return
        rest = f' text-anchor="{anchor}"' if anchor != "start" else ""
        rest += ' font-weight="700"' if bold else ""
        if halo:
            rest += ' stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
        self.parts.append(
            f'<text x="{place(x)}" y="{place(y)}" font-size="{place(size)}"'
            f"{self._shape(role, 'surface' if halo else 'none')}{rest}>{escape(text)}</text>"
        )

    def lines(
        self,
        x: float,
        y: float,
        texts: Iterable[str],
        *,
        size: float = 13,
        role: str = "ink",
        bold: bool = False,
        anchor: str = "start",
        halo: bool = False,
    ) -> float:
        """Write lines below each other, the first baseline at ``y + size``; return the y below the last."""
        for text in texts:
            self.text(x, y + size, text, size=size, role=role, bold=bold, anchor=anchor, halo=halo)
            y += round(size * 1.3)
        return y

    def group(self, markup: str, roles: Iterable[str]) -> None:
        """Add what another canvas drew, with the roles that it needs."""
        self.parts.append(markup)
        self._roles.update(roles)

    def svg(self, title: str, alt: str, height: float) -> str:
        """Return the whole picture; its id is a digest of what it shows."""
        body = (
            f'<title id="{_ID}-title">{escape(title)}</title><desc id="{_ID}-desc">{escape(alt)}</desc>'
            f"<style>{_style(self._roles)}</style>"
            + (f"<defs>{''.join(self._defs[k] for k in sorted(self._defs))}</defs>" if self._defs else "")
            + f'<rect width="{place(self.width)}" height="{place(height)}"{self._shape("surface", "none")}/>'
            + "".join(self.parts)
        )
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="yfig" id="{_ID}" role="img"'
            f' aria-labelledby="{_ID}-title {_ID}-desc" width="{place(self.width)}" height="{place(height)}"'
            f' viewBox="0 0 {place(self.width)} {place(height)}" font-family="{FONT}">'
        )
        whole = f"{head}{body}</svg>"
        return whole.replace(_ID, f"yf{hashlib.sha256(whole.encode()).hexdigest()[:8]}")


def box_of(x: float, y: float, text: str, *, size: float = 13, anchor: str = "start", bold: bool = False) -> Box:
    """Return the area that a line of text occupies when written with its baseline at `y`."""
    width = text_width(text, size, bold=bold)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return Box(left, y - size * 0.8, width, size)


def _style(roles: set[str]) -> str:
    """Return the style sheet: colours by role for day, night and print, each open to the page as ``--yf-ROLE``."""
    used = [r for r in palette().values() if r.role in roles]

    def colours(theme: str) -> str:
        return "".join(f"--yf-c-{r.role}:var(--yf-{r.role},{getattr(r, theme)});" for r in used)

    paint = "".join(
        f".yf-f-{r.role}{{fill:var(--yf-c-{r.role})}}.yf-s-{r.role}{{stroke:var(--yf-c-{r.role})}}" for r in used
    )
    day, night = colours("light"), colours("dark")
    return (
        f".yfig{{max-width:100%;height:auto;{day}}}{paint}"
        f"@media (prefers-color-scheme:dark){{.yfig{{{night}}}}}"
        f'[data-theme="dark"] .yfig{{{night}}}[data-theme="light"] .yfig{{{day}}}'
        f"@media print{{.yfig,[data-theme] .yfig{{{day}}}}}"
    )
