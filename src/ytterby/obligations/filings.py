"""By when must what be filed? Deadlines of the duties that a verdict calls for, and a calendar file of them.

>>> import datetime as dt
>>> working_days_after(dt.date(2026, 11, 24), 10)
datetime.date(2026, 12, 8)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ytterby.obligations._decide import gravity
from ytterby.obligations._model import DutyRule

if TYPE_CHECKING:
    from ytterby.obligations.judge import Judgement, Verdict

__all__ = ["CAVEAT", "Filing", "calendar", "filings_of", "working_days_after"]

CAVEAT = "Working days are Monday to Friday; public holidays are not left out: check the calendar of the authority."


def working_days_after(day: dt.date, count: int) -> dt.date:
    """Return the day that is so many working days after another: Monday to Friday, without any holidays."""
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


@dataclass(frozen=True)
class Filing:
    """A duty that a verdict calls for. `owed` is false while the limb does not surely bind."""

    rule: str
    limb: str
    duty: DutyRule
    owed: bool
    due: dt.date | None

    def record(self, draft: str | None = None) -> dict[str, Any]:
        """Return the row under `filings` in the format of ``ytterby obligations judge``."""
        return {
            "who": self.duty.who,
            "what": self.duty.what,
            "kind": self.duty.kind,
            "where": self.duty.where,
            "form": self.duty.form,
            "deadline": self.duty.deadline,
            "due": self.due.isoformat() if self.due else None,
            "article": self.duty.article,
            "owed": self.owed,
            "draft": draft,
        }


def filings_of(verdict: Verdict) -> list[Filing]:
    """Return what must be filed under the outcome of a verdict, or would have to be if its limb were in force."""
    owed = gravity(verdict.outcome) < gravity("incomplete")
    word = verdict.outcome if owed else verdict.if_operative
    words = set(verdict.could_be if word == "incomplete" else (word,))
    dates, case, file = verdict.case.facts.dates, verdict.case, verdict.file
    export = dates.export if dates else None
    return [
        Filing(
            rule=verdict.rule,
            limb=verdict.limb,
            duty=file.worded(duty, case.readings),
            owed=owed,
            due=working_days_after(export, duty.working_days) if export and duty.working_days else None,
        )
        for duty in file.duties
        if verdict.limb in duty.limbs
        and {duty.outcome, *duty.also_for} & words
        and all(case.ask(file, name).value is not False for name in duty.when)
    ]


def calendar(judgement: Judgement) -> str | None:
    """Return the filings that are owed as an iCalendar file (RFC 5545), an all-day entry each.

    A filing with a computed last day stands on it; any other on the day of export, or the day asked about where that
    was not told, with the deadline in words. What is not owed while its limb does not bind is left out. None where
    nothing is owed: the standard has no empty calendar.
    """
    dates = judgement.facts.dates
    export = (dates.export if dates else None) or judgement.on
    stamp = f"{judgement.known_on:%Y%m%d}T000000Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Ytterby//obligations//EN", "CALSCALE:GREGORIAN"]
    seen: set[tuple[str, str]] = set()
    for verdict in judgement.verdicts:
        for filing in filings_of(verdict):
            key = (filing.rule, filing.duty.what)
            if not filing.owed or key in seen:
                continue
            seen.add(key)
            lines += _event(filing, filing.due or export, stamp, len(seen))
    if not seen:
        return None
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _event(filing: Filing, day: dt.date, stamp: str, number: int) -> Iterable[str]:
    duty = filing.duty
    said = (
        ("Who", duty.who),
        ("What", duty.what),
        ("Where", duty.where),
        ("Form", duty.form),
        ("Deadline in the rule's words", duty.deadline),
        ("Article", f"{filing.rule}, {duty.article}"),
    )
    text = [f"{name}: {value}" for name, value in said if value]
    yield "BEGIN:VEVENT"
    yield f"UID:{filing.rule}.{filing.limb}.{number}.{day:%Y%m%d}@ytterby".replace("%", "pct")
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(f'{duty.kind}: {duty.what} ({filing.rule})')}"
    yield f"DESCRIPTION:{_escaped(chr(10).join([*text, CAVEAT, 'Not legal advice.']))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """Yield a content line in pieces of at most 75 octets, each but the first led by a space; no letter is cut."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > 75:
            yield piece
            piece = " "
        piece += letter
    yield piece
