"""`ytterby world run --calendar yearly`: tables, records and mistakes."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ytterby.cli import main


def run(capfd: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as caught:
        main(["world", "run", "--calendar", "yearly", *words])
    out, err = capfd.readouterr()
    assert caught.value.code == code, err
    return out if code in (0, 1) else err


def test_the_table_shows_years_projects_and_who_gains(capfd: pytest.CaptureFixture[str]) -> None:
    text = run(capfd, "--scenario", "magnet_tariff", "--end", "2028")
    assert "USA-S301-MAG-2026:all: 2026 to 2028" in text
    for title in ("Price paid", "Use lost outside China", "New capacity 2028", "Projects that prices decide", "Gains"):
        assert title in text
    assert "Caldeira, first tranche" in text
    assert "2024 to 2028, rolling foresight" in text


def test_the_baseline_needs_no_scenario_and_says_nothing_of_measures(capfd: pytest.CaptureFixture[str]) -> None:
    text = run(capfd, "--end", "2026")
    assert "No measures beyond those of 2024" in text
    assert "Operates" not in text
    assert "Gains" not in text


def test_json_is_the_whole_record_and_csv_the_prices(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("--scenario", "magnet_tariff", "--end", "2026", "--foresight", "perfect")
    record = json.loads(run(capfd, *words, "--format", "json"))
    assert record["calendar"] == "yearly"
    assert record["scenario"]["foresight"] == "perfect"
    assert {r["year"] for r in record["prices"]} == {2024, 2025, 2026}
    rows = list(csv.DictReader(io.StringIO(run(capfd, *words, "--format", "csv"))))
    assert len(rows) == len(record["prices"])
    assert float(rows[0]["scenario"]) == pytest.approx(record["prices"][0]["scenario"])


def test_a_number_of_the_calendar_may_be_assumed(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("--scenario", "magnet_tariff", "--end", "2025", "--assume", "china_pace_after_2030=0", "--format", "json")
    record = json.loads(run(capfd, *words))
    assert next(a["value"] for a in record["assumptions"] if a["name"] == "china_pace_after_2030") == 0.0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--start", "2025-01"), 2, "is no year"),
        (("--end", "2040"), 2, "2024 to 2035"),
        (("--draws", "5"), 2, "no --draws"),
        (("--scenario", "magnet_tarif"), 3, "magnet_tariff"),
        (("--scenario", "magnet_tariff", "--assume", "start_dely=1"), 3, "start_delay"),
    ],
)
def test_mistakes_are_told(capfd: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str) -> None:
    assert said in run(capfd, *words, code=code)
