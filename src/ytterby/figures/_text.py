"""How wide is a text before a browser has drawn it, where does it break, and how is a number written?"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata

__all__ = ["MONTHS", "change", "number", "percent", "span", "text_width", "wrap", "written"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ADVANCES = {
    275: "'", 278: "ijl", 318: " ,.·’", 337: "/:;\\|", 352: "f", 361: "-", 390: "()[]", 392: "t", 401: "!",
    411: "r", 460: '"', 500: "*`°IJ–", 518: "“”", 521: "s", 525: "z", 550: "c", 557: "L?_", 579: "k", 592: "vxy",
    611: "TF", 635: "oaehnuSbdgpqöäéüñß", 636: "$0123456789{}", 667: "KPEY", 685: "XZAVB", 698: "R", 722: "C",
    732: "U", 748: "N", 752: "H", 770: "D", 780: "G&", 787: "OQ", 818: "w", 838: "#+<=>^~−±×≥≤", 863: "M",
    950: "%", 974: "m", 1000: "W—…→", 1015: "@",
}  # fmt: skip
_ADVANCE = {c: width for width, chars in _ADVANCES.items() for c in chars}
_BOLD = 1.13


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of `text` in user units, at least as wide as common sans-serif faces draw it.

    Advances (thousandths of the size) are the larger of those of DejaVu Sans 2.37 and Liberation Sans (the metrics
    of Arial), the widest and the commonest of the faces that `system-ui` stands for. East Asian wide characters
    count one em, other unknown ones 0.7.

    Examples
    --------
    >>> text_width("10%", 10)
    22.22
    """
    total = 0
    for c in text:
        known = _ADVANCE.get(c)
        if known is None:
            known = 1000 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 700
        total += known
    return total * size / 1000 * (_BOLD if bold else 1.0)


def wrap(text: str, width: float, size: float, *, lines: int = 2, bold: bool = False) -> list[str]:
    """Break `text` into at most `lines` lines no wider than `width`; what does not fit ends in an ellipsis.

    Examples
    --------
    >>> wrap("NdFeB magnets with Dy or Tb", 110, 12)
    ['NdFeB magnets', 'with Dy or Tb']
    >>> wrap("one two three four", 64, 12, lines=1)
    ['one two…']
    """

    def fits(s: str) -> bool:
        return text_width(s, size, bold=bold) <= width

    out: list[str] = []
    rest = text.split()
    while rest:
        line = ""
        while rest and fits(f"{line} {rest[0]}".strip()):
            line = f"{line} {rest.pop(0)}".strip()
        if not line:
            word = rest.pop(0)
            cut = next((n for n in range(len(word), 1, -1) if fits(f"{word[:n]}-" if n < len(word) else word)), 1)
            line, tail = word[:cut], word[cut:]
            if tail:
                line += "-" if line[-1].isalnum() and tail[0].isalnum() else ""
                rest.insert(0, tail)
        out.append(line)
        if len(out) == lines and rest:
            last = out[-1]
            while last and not fits(f"{last}…"):
                last = last[:-1]
            out[-1] = f"{last.rstrip()}…"
            break
    return out


def number(value: float, *, digits: int = 3) -> str:
    """Write a quantity: thousands grouped, ten millions and more in words, never an exponent.

    Below 1,000 with `digits` significant digits.

    Examples
    --------
    >>> number(5355.0), number(12.345), number(0.97), number(-3.0), number(0.0), number(0.00001), number(12345678.0)
    ('5,355', '12.3', '0.97', '−3', '0', '<0.001', '12.3 million')
    """
    size = abs(value)
    if size >= 1e15:
        return f"{'under −' if value < 0 else 'over '}1,000 trillion"
    for unit, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= 10 * unit:
            return f"{number(value / unit, digits=digits)} {word}"
    if size == 0:
        return "0"
    if size < 0.001:
        return "<0.001" if value > 0 else ">−0.001"
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    shown = f"{size:,.{decimals}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return f"−{shown}" if value < 0 else shown


def percent(share: float) -> str:
    """Write a share as a percentage; a positive one below half a percent is not rounded to none.

    Examples
    --------
    >>> percent(0.234), percent(0.034), percent(0.0), percent(0.0001), percent(1.0)
    ('23%', '3.4%', '0%', '<0.1%', '100%')
    """
    p = 100 * share
    if p == 0:
        return "0%"
    if 0 < p < 0.1:
        return "<0.1%"
    text = f"{abs(p):.1f}" if abs(p) < 9.95 else f"{abs(p):,.0f}"
    return f"{'−' if p < 0 else ''}{text.removesuffix('.0')}%"


def change(share: float) -> str:
    """Write a relative change with its sign; from eleven times on, as a factor.

    Examples
    --------
    >>> change(0.6), change(-0.034), change(0.0007), change(0.0), change(12.0), change(1e9)
    ('+60%', '−3.4%', '+0.1%', '0%', '×13', 'over ×1 million')
    """
    if share > 1e6:
        return "over ×1 million"
    if share >= 10:
        return f"×{number(1 + share)}"
    if abs(share) < 0.0005:
        return "0%"
    small = abs(share) < 0.001
    sign = "+" if share > 0 else "−"
    return f"{sign}0.1%" if small else f"{sign}{percent(abs(share))}"


def span(low: str, high: str) -> str:
    """Write a range of two texts that were already written out.

    Examples
    --------
    >>> span("8%", "41%"), span("5%", "5%")
    ('8% to 41%', '5%')
    """
    return low if low == high else f"{low} to {high}"


def written(day: dt.date) -> str:
    """Write a day, the same in every locale.

    Examples
    --------
    >>> written(dt.date(2026, 11, 23))
    '23 Nov 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
