"""A table for the terminal keeps ids and numbers whole, however narrow the terminal."""

import pytest

from ytterby.cli._output import rows_text

LIMB = "CHN-A61-2025:art1_3_china_origin_items"


@pytest.mark.parametrize("columns", ["40", "60", "100"])
def test_ids_and_numbers_are_not_broken(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    text = rows_text([{"limb": LIMB, "from": "2026-11-10", "value": 1234567.0, "title": "a long title " * 12}])
    for whole in (LIMB, "2026-11-10", "1.23457e+06"):
        assert whole in text
