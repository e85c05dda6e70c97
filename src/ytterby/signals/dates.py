"""On which day did it happen, and from which day does it hold?

Relative dates are resolved against the day of publication; the day of an act is never after it. A date is as precise
as the text: a day, a month or a year.

>>> [(d.iso, d.role) for d in find("From December 1 exporters need permits, it said on Friday.", "2023-10-20")]
[('2023-12-01', 'from'), ('2023-10-20', 'on')]
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["DateRef", "find", "find_chinese", "latest"]

Role = Literal["from", "on", "until", "since", "in"]
_MONTHS = {m.lower(): i for i, m in enumerate(calendar.month_name) if m}
_MONTHS |= {m.lower(): i for i, m in enumerate(calendar.month_abbr) if m} | {"sept": 9}
_DAYS = {d.lower(): i for i, d in enumerate(calendar.day_name)}
_M = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_D = "|".join(_DAYS)
_LEAD = (
    r"(?P<lead>\b(?:(?:takes?|took|taking|comes?|came|enter(?:s|ed)?) (?:effect|into (?:effect|force)) "
    r"(?:on|from|in|at)?"
    r"|effective(?: from| on| as of)?|starting(?: from| on| in)?|beginning(?: on| in)?|start(?:s|ed)? (?:on|in|from)"
    r"|begin(?:s|ning)? (?:on|in|from)|with effect from|as of|as from|from|since|until|till|through|to|by|on|in|for|of"
    r"|before|after|later|announced|dated)\s+)?"
)
_RELATIVE = (
    "today|yesterday|tomorrow|earlier (?:today|this week)|this week|last week|this month|last month|next month"
    "|next year|last year|this year|earlier this year|immediately|with immediate effect|effective immediately"
    "|immediate effect"
)
_PATTERN = re.compile(
    _LEAD + rf"(?:(?:{_D}),? )?(?:the (?:start|beginning|end) of )?(?:"
    rf"(?P<m1>{_M}) (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y1>(?:19|20)\d\d))?(?!\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_M})(?: (?P<y2>(?:19|20)\d\d))?"
    rf"|(?P<m3>{_M})(?:,? (?:of )?(?P<y3>(?:19|20)\d\d))?(?![\w'])"
    r"|(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    r"|(?P<y4>(?:19|20)\d\d)(?![\d,.%]*\s?(?:tonnes?|tons?|metric|kg|t\b|%))(?!\d|-)"
    rf"|(?P<when>this |next |last |this coming |the following )?(?P<wd>{_D})"
    rf"|(?P<rel>{_RELATIVE})"
    r")\b",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"effect|effective|force|^(?:from|starting|start|begin|as of|as from|with effect)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DateRef:
    """A date in a text, and the part it plays: from, on, until, since, in."""

    start: int
    end: int
    iso: str
    role: Role


def latest(published: str | None) -> dt.date | None:
    """Return the last day that a date of ISO 8601, perhaps reduced to month or year, can mean.

    >>> latest("2026-02")
    datetime.date(2026, 2, 28)
    """
    if not published:
        return None
    parts = [int(p) for p in published.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return dt.date(year, month, day)


def find(text: str, published: str | None) -> list[DateRef]:
    """Return the dates of an English text in order; those that need the day of publication are left out without it."""
    ref = latest(published)
    exact = published is not None and len(published) == 10
    found = []
    for m in _PATTERN.finditer(text):
        lead = (m.group("lead") or "").strip().lower()
        role = _role(lead)
        if (
            m.group("m3")
            and m.group("m3").lower().rstrip(".") in {"may", "mar"}
            and not m.group("y3")
            and not _month_like(m, lead)
        ):
            continue
        iso = _iso(m, ref, exact, role)
        if iso:
            start = m.end("lead") if m.group("lead") else m.start()
            found.append(DateRef(start, m.end(), iso, role))
    return found


def _month_like(m: re.Match[str], lead: str) -> bool:
    return m.group("m3")[0].isupper() and lead in {
        "in",
        "from",
        "since",
        "until",
        "by",
        "of",
        "starting",
        "starting from",
        "effective",
    }


def _role(lead: str) -> Role:
    if lead in {"until", "till", "through", "to", "by", "before"}:
        return "until"
    if lead == "since":
        return "since"
    if lead and _FROM.search(lead):
        return "from"
    return "in" if lead in {"in", "of"} else "on"


def _iso(m: re.Match[str], ref: dt.date | None, exact: bool, role: Role) -> str | None:
    if m.group("iso"):
        return m.group("iso")
    for mon, day, year in (("m1", "d1", "y1"), ("m2", "d2", "y2")):
        if m.group(mon):
            return _day(
                m.group(year),
                _MONTHS[m.group(mon).lower().rstrip(".")],
                int(m.group(day)),
                ref,
                role,
            )
    if m.group("m3"):
        return _month(m.group("y3"), _MONTHS[m.group("m3").lower().rstrip(".")], ref, role)
    if m.group("y4"):
        number = int(m.group("y4"))
        return (f"{number}-01-01" if role == "from" else f"{number}") if 1990 <= number <= 2060 else None
    if ref is None:
        return None
    if m.group("wd"):
        return _weekday(m, ref, role) if exact else None
    return _relative(m.group("rel").lower(), ref, exact)


def _day(year: str | None, month: int, day: int, ref: dt.date | None, role: Role) -> str | None:
    try:
        if year:
            return dt.date(int(year), month, day).isoformat()
        return _nearest(ref, month, day, role).isoformat() if ref else None
    except ValueError:
        return None


def _nearest(ref: dt.date, month: int, day: int, role: Role) -> dt.date:
    """Return the day that a bare day and month mean: up to nine months ahead for a start or end, else near or past."""
    ahead = 275 if role in {"from", "until"} else 120 if role == "on" else 14
    here = dt.date(ref.year, month, day)
    if (here - ref).days > ahead:
        return dt.date(ref.year - 1, month, day)
    if role in {"from", "until"} and (ref - here).days > 90:
        return dt.date(ref.year + 1, month, day)
    return here


def _month(year: str | None, month: int, ref: dt.date | None, role: Role) -> str | None:
    if year:
        which = int(year)
    elif ref is None:
        return None
    else:
        which = _nearest(ref, month, 1, role).year
        if role == "in" and (which, month) > (ref.year, ref.month):
            which -= 1
    return f"{which}-{month:02d}-01" if role == "from" else f"{which}-{month:02d}"


def _weekday(m: re.Match[str], ref: dt.date, role: Role) -> str:
    wanted = _DAYS[m.group("wd").lower()]
    when = (m.group("when") or "").strip().lower()
    if when in {"this", "this coming", "next", "the following"} or (role == "from" and not when):
        ahead = (wanted - ref.weekday()) % 7
        ahead = ahead or (7 if when == "next" else 0)
        return (ref + dt.timedelta(days=ahead)).isoformat()
    back = (ref.weekday() - wanted) % 7
    if when == "last" and back == 0:
        back = 7
    return (ref - dt.timedelta(days=back)).isoformat()


def _relative(word: str, ref: dt.date, exact: bool) -> str | None:
    if word in {
        "today",
        "earlier today",
        "immediately",
        "with immediate effect",
        "effective immediately",
        "immediate effect",
    }:
        return ref.isoformat() if exact and word in {"today", "earlier today"} else None
    if word in {"yesterday", "tomorrow"}:
        step = -1 if word == "yesterday" else 1
        return (ref + dt.timedelta(days=step)).isoformat() if exact else None
    if word in {"last year", "next year", "this year", "earlier this year"}:
        return str(ref.year + {"last year": -1, "next year": 1}.get(word, 0))
    if word in {"last month", "next month", "this month"}:
        step = {"last month": -1, "next month": 1, "this month": 0}[word]
        index = ref.year * 12 + ref.month - 1 + step
        return f"{index // 12}-{index % 12 + 1:02d}"
    return None


_ZH = re.compile(
    r"(?P<lead>自|从|于|将于|定于|将自|截至|至|到|直至|延长至)?"
    r"(?:(?:(?P<y>(?:19|20)\d\d)年|(?P<rely>今年|去年|明年|前年))?(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号])?"
    r"|(?P<y2>(?:19|20)\d\d)年(?!版|度)|(?P<rel>今日|今天|昨日|昨天|本月|上月|下月|近日|日前|即日)(?P<d2>\d{1,2}日)?|(?P<ry>去年|明年)"
    r"|(?<!\d)(?P<d3>\d{1,2})日(?!均|内|元|本))"
    r"(?P<tail>起|零时起|以来|开始|前|之前|止|起施行|起实施|起执行|起生效)?"
)


def find_chinese(text: str, published: str | None) -> list[DateRef]:
    """Return the dates of a Chinese text in order.

    >>> [(d.iso, d.role) for d in find_chinese("自12月1日起实施，商务部20日宣布。", "2023-10-20")]
    [('2023-12-01', 'from'), ('2023-10-20', 'on')]
    """
    ref = latest(published)
    found = []
    for m in _ZH.finditer(text):
        lead, tail = m.group("lead") or "", m.group("tail") or ""
        ahead = text[m.end() : m.end() + 6]
        role: Role = "on"
        if (
            tail.startswith(("起", "零时", "开始"))
            or lead in {"自", "从", "将自"}
            or re.match(r"(?:正式)?(?:起|施行|实施|生效|执行)", ahead)
        ):
            role = "since" if tail == "以来" else "from"
        elif lead in {"截至", "至", "到", "直至", "延长至"} or tail in {
            "前",
            "之前",
            "止",
        }:
            role = "until"
        iso = _iso_zh(m, ref, role)
        if iso:
            found.append(DateRef(m.start(), m.end(), iso, role))
    return found


def _iso_zh(m: re.Match[str], ref: dt.date | None, role: Role) -> str | None:
    try:
        if m.group("m"):
            month = int(m.group("m"))
            year = m.group("y")
            if not year and m.group("rely") and ref:
                year = str(ref.year + {"今年": 0, "去年": -1, "明年": 1, "前年": -2}[m.group("rely")])
            if not 1 <= month <= 12:
                return None
            if m.group("d"):
                return _day(year, month, int(m.group("d")), ref, role)
            return _month(year, month, ref, role)
        if m.group("y2"):
            return f"{m.group('y2')}-01-01" if role == "from" else m.group("y2")
        if ref is None:
            return None
        if m.group("ry"):
            return str(ref.year + (1 if m.group("ry") == "明年" else -1))
        if m.group("d3"):
            day = dt.date(ref.year, ref.month, int(m.group("d3")))
            if day > ref and role != "from":
                first = ref.replace(day=1) - dt.timedelta(days=1)
                day = dt.date(first.year, first.month, int(m.group("d3")))
            return day.isoformat()
        word = m.group("rel")
        if word in {"今日", "今天", "即日"}:
            return ref.isoformat()
        if word in {"昨日", "昨天"}:
            return (ref - dt.timedelta(days=1)).isoformat()
        if word in {"本月", "上月", "下月"} and not m.group("d2"):
            index = ref.year * 12 + ref.month - 1 + {"本月": 0, "上月": -1, "下月": 1}[word]
            return f"{index // 12}-{index % 12 + 1:02d}"
    except ValueError:
        return None
    return None
