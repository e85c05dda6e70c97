"""How does a brief say an id, a number, a range? Words from ``data/words.yaml``, names from the atlas."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ytterby import atlas

__all__ = [
    "binding",
    "change",
    "commodity",
    "count",
    "day",
    "end_use",
    "end_use_label",
    "figure_names",
    "five",
    "large",
    "limb",
    "listing",
    "measure",
    "move",
    "moves",
    "names",
    "number",
    "of_all",
    "percent",
    "price",
    "region",
    "say",
    "span",
    "the",
    "weeks",
]

TWO_YEARS = 104
"""Weeks."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def _words() -> dict[str, Any]:
    text = (files(__package__) / "data" / "words.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@cache
def _names(table: str, key: str) -> dict[str, str]:
    frame = atlas.table(table)
    return dict(zip(frame[key], frame["name"], strict=True))


def say(kind: str, key: str | None) -> str:
    """Return the reader's word for an id of one kind; an id without a word is said as it is, spaces for underscores.

    Examples
    --------
    >>> say("actions", "visit_inspection"), say("states", "some_new_state"), say("states", None)
    ('visit or inspection', 'some new state', 'not recorded')
    """
    if key is None:
        return "not recorded"
    return str(_words()[kind].get(key, key.replace("_", " ")))


def five() -> list[str]:
    """Return the five end uses that a brief always names."""
    return list(_words()["five"])


def end_use_label(end_use: str) -> str | None:
    """Return which of the five an end use of the model is, or None."""
    ours: dict[str, str] = _words()["end_uses"]
    return ours.get(end_use)


def region(code: str) -> str:
    """Return a region's name as a reader says it.

    Examples
    --------
    >>> region("DEU"), region("KOR"), region("XYZ")
    ('Germany', 'South Korea', 'XYZ')
    """
    return str(_words()["regions"].get(code) or _names("regions", "region").get(code, code))


def the(code: str) -> str:
    """Return a region's name inside a sentence.

    Examples
    --------
    >>> the("USA"), the("DEU")
    ('the United States', 'Germany')
    """
    name = region(code)
    return f"the {name}" if code in _words()["articles"] else name


def commodity(code: str) -> str:
    """Return a commodity's name inside a sentence; one without a name here is called as in the atlas.

    Examples
    --------
    >>> commodity("oxide.Dy"), commodity("product.ev_motor")
    ('dysprosium oxide', 'EV and hybrid traction motors')
    """
    return str(_words()["commodities"].get(code) or _names("commodities", "commodity").get(code, code))


def large(text: str) -> str:
    """Return text with its first letter large.

    Examples
    --------
    >>> large("dysprosium oxide")
    'Dysprosium oxide'
    """
    return text[:1].upper() + text[1:]


def figure_names() -> dict[str, str]:
    """Return the names that figures write, so that text and pictures of one brief agree."""
    goods = {code: large(name) for code, name in _words()["commodities"].items()}
    return goods | {code: large(name) for code, name in _words()["regions"].items()}


def measure(measure_id: str, title: str) -> str:
    """Return a measure's name inside a sentence.

    Examples
    --------
    >>> measure("CHN-A18-2025", "Announcement 18 of 2025: seven medium/heavy rare earths")
    'Announcement 18 of 2025'
    >>> measure("CHN-REPORT-PROP-2026", "Possible rule: firms must declare")
    'the reporting rule'
    """
    head = title.split(": ")[0]
    if head in _names("regions", "region").values():  # a country alone names no measure
        head = title
    return str(_words()["measures"].get(measure_id) or head.split(" (")[0])


def limb(limb: str) -> str:
    """Return a limb's id as words.

    Examples
    --------
    >>> limb("art1_1_value_threshold_0.1pct"), limb("mining_to_production")
    ('art. 1(1) value threshold 0.1%', 'mining to production')
    """
    text = re.sub(r"^art(\d+)_(\d+)_", r"art. \1(\2) ", limb)
    text = re.sub(r"^art(\d+)_", r"art. \1 ", text)
    text = re.sub(r"^para(\d+)_", r"para. \1 ", text)
    return re.sub(r"([\d.]+)pct\b", r"\1%", text).replace("_", " ")


def end_use(label: str) -> str:
    """Return one of the five end uses as a reader says it.

    Examples
    --------
    >>> end_use("EV")
    'electric vehicles'
    """
    return say("end_use_names", label)


def number(value: float, digits: int = 3) -> str:
    """Return a number with at least `digits` significant digits and no needless ones.

    Examples
    --------
    >>> number(1234.5), number(0.0123), number(55.0)
    ('1,234', '0.0123', '55')
    """
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: float, *, signed: bool = False) -> str:
    """Return a share as percent: whole above ten, to a decimal below.

    Examples
    --------
    >>> percent(0.383), percent(-0.0123, signed=True), percent(0.05), percent(0.0004)
    ('38%', '−1.2%', '5%', 'under 0.1%')
    """
    if value == 0:
        return "0%"
    size = abs(value) * 100
    if size < 0.1:
        return "under 0.1%"
    text = f"{size:,.0f}" if size >= 9.95 else f"{size:.1f}".removesuffix(".0")
    sign = "−" if value < 0 else "+" if signed else ""
    return f"{sign}{text}%"


def change(baseline: float | None, scenario: float | None) -> float | None:
    """Return the relative change, or None where it cannot be told."""
    if baseline is None or scenario is None or baseline == 0:
        return None
    return scenario / baseline - 1


def move(value: float) -> str:
    """Return a relative change: signed percent; from eleven times on, the factor.

    Examples
    --------
    >>> move(0.383), move(-0.1), move(16.0), move(2.4)
    ('+38%', '−10%', '×17', '+240%')
    """
    return f"×{number(1 + value)}" if value >= 10 else percent(value, signed=True)


def moves(low: float | None, high: float | None) -> str:
    """Return a range of relative changes.

    Examples
    --------
    >>> moves(0.12, 14.0), moves(None, 0.2)
    ('+12% to ×15', 'no range')
    """
    if low is None or high is None:
        return "no range"
    return move(low) if move(low) == move(high) else f"{move(low)} to {move(high)}"


def span(low: float | None, high: float | None) -> str:
    """Return a range of shares as percent.

    Examples
    --------
    >>> span(0.12, 0.9), span(None, 0.2)
    ('12% to 90%', 'no range')
    """
    if low is None or high is None:
        return "no range"
    return percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"


def price(value: float | None) -> str:
    """Return a price in USD/kg, or what stands for a missing one.

    Examples
    --------
    >>> price(257.0), price(0.858407), price(None)
    ('257', '0.858', 'no data')
    """
    return "no data" if value is None else number(value)


def weeks(value: float | None) -> str:
    """Return how long stocks last; beyond two years the number says nothing.

    Examples
    --------
    >>> weeks(6.0), weeks(1808.0), weeks(None)
    ('6', 'over 104', 'no data')
    """
    if value is None:
        return "no data"
    return f"over {TWO_YEARS}" if value > TWO_YEARS else number(value, 2)


def count(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "signal"), count(3, "country", "countries"), count(0, "signal")
    ('1 signal', '3 countries', 'no signals')
    """
    noun = one if n == 1 else many or f"{one}s"
    return f"{'no' if n == 0 else n} {noun}"


def of_all(share: float, n: int) -> str:
    """Return how many of `n` a share is.

    Examples
    --------
    >>> of_all(1.0, 8), of_all(0.875, 8)
    ('all 8', '7 of 8')
    """
    found = round(share * n)
    return f"all {n}" if found == n else f"{found} of {n}"


def listing(parts: Sequence[str], last: str = "and") -> str:
    """Return parts as a list in a sentence.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a"])
    ('a, b and c', 'a')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def names(parts: Sequence[str]) -> str:
    """Return names of measures as a list in a sentence, announcements of one year together.

    Examples
    --------
    >>> names(["Announcement 61 of 2025", "the reporting rule", "Announcement 62 of 2025"])
    'Announcements 61 and 62 of 2025 and the reporting rule'
    """
    years: dict[str, list[str]] = {}
    shown: list[str | tuple[str]] = []
    for part in parts:
        found = re.fullmatch(r"Announcement (\d+) of (\d{4})", part)
        if found is None:
            shown.append(part)
            continue
        if found[2] not in years:
            shown.append((found[2],))
        years.setdefault(found[2], []).append(found[1])
    return listing([p if isinstance(p, str) else _announcements(p[0], years[p[0]]) for p in shown])


def _announcements(year: str, numbers: Sequence[str]) -> str:
    return f"Announcement{'s' * (len(numbers) > 1)} {listing(sorted(numbers, key=int))} of {year}"


def day(text: str | None) -> str:
    """Return an ISO date as a reader writes it, as precise as it is.

    Examples
    --------
    >>> day("2026-02-11"), day("2026-02"), day("2026"), day(None)
    ('11 Feb 2026', 'Feb 2026', '2026', 'open')
    """
    if text is None:
        return "open"
    year, *rest = text.split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    return " ".join([*(str(int(d)) for d in rest[1:]), *month, year])


def binding(state: str | None) -> int:
    """Return the place of a state among all states, the most binding first; an unlisted one counts as unknown.

    Examples
    --------
    >>> binding("in_force") < binding("unknown") < binding("suspended")
    True
    """
    order: list[str] = _words()["binding"]
    return order.index(state if state in order else "unknown")
