"""What must be filed by when, and the calendar of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ytterby.obligations import Facts, judge
from ytterby.obligations.filings import calendar, working_days_after


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [("2026-11-24", 10, "2026-12-08"), ("2026-11-27", 1, "2026-11-30"), ("2026-11-28", 1, "2026-11-30")],
)
def test_working_days_leave_out_weekends(day: str, count: int, due: str) -> None:
    assert working_days_after(dt.date.fromisoformat(day), count) == dt.date.fromisoformat(due)


def test_the_calendar_holds_what_is_owed_in_the_form_of_the_standard(oxide: Any) -> None:
    text = calendar(judge(Facts.model_validate(oxide), "2026-11-24"))
    assert text is not None
    lines = text.split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert max(len(line.encode()) for line in lines) <= 75
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:licence: dual-use export licence before export\\, for every destination (CHN-A18-2025)" in whole
    assert whole.count("BEGIN:VEVENT") == whole.count("DTSTART;VALUE=DATE:") == whole.count("UID:") > 0
    assert "CHN-A61-2025" not in whole  # nobody knows whether it binds


def test_a_calendar_is_written_and_never_over_another_file(run: Any, file: Any, oxide: Any, tmp_path: Path) -> None:
    words = ["judge", file(oxide), "--on", "2026-11-24", "--ics", str(tmp_path / "due.ics")]
    run(*words)
    before = (tmp_path / "due.ics").read_bytes()
    assert before.startswith(b"BEGIN:VCALENDAR\r\n")
    assert "there already" in run(*words, code=2)
    assert (tmp_path / "due.ics").read_bytes() == before


def test_no_calendar_is_written_where_nothing_is_owed(run: Any, file: Any, oxide: Any, tmp_path: Path) -> None:
    run("judge", file(oxide | {"destination": "CHN"}), "--on", "2026-11-24", "--ics", str(tmp_path / "due.ics"))
    assert not (tmp_path / "due.ics").exists()
