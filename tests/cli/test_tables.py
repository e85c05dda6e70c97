"""A table for the terminal keeps ids and numbers whole, however narrow the terminal."""

import pytest

from ytterby.cli._output import rows_text, write_rows

LIMB = "CHN-A61-2025:art1_3_china_origin_items"


@pytest.mark.parametrize("columns", ["40", "60", "100"])
def test_ids_and_numbers_are_not_broken(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    text = rows_text([{"limb": LIMB, "from": "2026-11-10", "value": 1234567.0, "title": "a long title " * 12}])
    for whole in (LIMB, "2026-11-10", "1.23457e+06"):
        assert whole in text


def test_a_long_table_reads_like_a_short_one(monkeypatch):
    words = ["", "sea", "a much longer word", LIMB]
    rows = [{"route": f"r{n}", "word": words[n % 4], "t": n / 7 if n % 5 else None, "n": n} for n in range(1000)]
    long = rows_text(rows, title="flows")
    monkeypatch.setattr("ytterby.cli._output._MANY", 1001)
    assert long.splitlines() == rows_text(rows, title="flows").splitlines()


def test_a_long_table_of_other_signs_keeps_its_columns():
    rows = [{"word": "\u7a00\u571f", "n": n} for n in range(1000)]
    assert rows_text(rows).splitlines()[1] == "\u7a00\u571f    0"


def test_brackets_in_a_cell_are_text():
    assert "Gewicht [g]" in rows_text([{"header": "Gewicht [g]"}])


def test_a_formula_is_text_in_csv(tmp_path):
    write_rows([{"item": "=HYPERLINK(A1)", "mass_kg": -1.5, "note": "magnet"}], "csv", tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == "item,mass_kg,note\n'=HYPERLINK(A1),-1.5,magnet\n"
