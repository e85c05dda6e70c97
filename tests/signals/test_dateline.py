"""A text bears the day of its dateline, and of nothing that only looks like one."""

import pytest

from ytterby.signals import read
from ytterby.signals.dateline import dateline


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Berlin, 4 Feb 2026. China's commerce ministry", "2026-02-04"),
        ("US doubles tariff\nWASHINGTON, March 3, 2026 - The United States", "2026-03-03"),
        ("BEIJING/TOKYO, Nov. 7, 2025 (Xinhua) \u2014 China", "2025-11-07"),
        ("A title\nUpdated: June 3, 2025\nThe text", "2025-06-03"),
        ("新华社北京2025年4月4日电 商务部", "2025-04-04"),
        ("2026年3月10日 工业和信息化部", "2026-03-10"),
    ],
)
def test_a_dateline_is_read(text, day):
    assert dateline(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "On March 3, 2026, the United States raised tariffs.",
        "The ban was announced on 9 October 2025. Since then",
        "BEIJING, Nov. 7 (Xinhua) - no year is given",
        "SYDNEY, Feb. 30, 2026 - there is no such day",
        "2025年4月4日，商务部公告",
        "One\nTwo\nBEIJING, 12 May 2026 - too far down",
        "A" * 100_000,
    ],
)
def test_a_day_in_a_sentence_is_no_dateline(text):
    assert dateline(text) is None


def test_a_dateline_goes_before_the_file_name(tmp_path):
    file = tmp_path / "note-2026-03.txt"
    file.write_text("Curbs\nGENEVA, 20 March 2026 - Japan asked for talks on rare earths.", encoding="utf-8")
    (article,) = read(file)
    assert (article.published, article.published_basis) == ("2026-03-20", "dateline")
