"""The shipped tables keep what their sources say and come typed, fresh and always the same."""

import re
import subprocess
import sys

import pandas as pd
import pytest

from ytterby import atlas
from ytterby.errors import UnknownNameError

NAMES = [spec.name for spec in atlas.tables()]
DTYPES = {"int": "int64", "float": "float64", "bool": "bool"}


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_has_the_columns_and_types_of_the_schema(name):
    spec = next(spec for spec in atlas.tables() if spec.name == name)
    frame = atlas.table(name)
    assert list(frame.columns) == [field.name for field in spec.fields]
    assert len(frame) == len(atlas.rows(name)) > 0
    for field in spec.fields:
        if field.type in DTYPES and field.required:
            assert frame[field.name].dtype == DTYPES[field.type]
        elif field.type in ("str", "category"):
            assert all(isinstance(value, str) for value in frame[field.name])


@pytest.mark.parametrize("name", NAMES)
def test_frame_and_rows_agree(name):
    frame = atlas.table(name)
    for row, record in zip(atlas.rows(name), frame.to_dict("records"), strict=True):
        for field, value in row.items():
            other = record[field]
            assert (other == "" or pd.isna(other)) if value is None else other == value or str(value) in str(other)


def test_a_frame_is_fresh_so_that_a_change_does_not_reach_the_next_reader():
    first = atlas.table("flows")
    first["t"] = 0.0
    assert atlas.table("flows")["t"].sum() > 100_000
    rows = atlas.rows("flows")
    rows[0]["t"] = -1.0
    assert atlas.rows("flows")[0]["t"] > 0


def test_a_missing_number_is_nan_a_missing_day_nat_a_missing_text_empty():
    costs = atlas.table("costs")
    assert str(costs["valid_from"].dtype) == "datetime64[s]"
    assert costs["valid_from"].isna().sum() == (costs["status"] == "in_force_2024").sum()
    assert atlas.table("commodities")["base_price_usd_per_kg"].isna().sum() == 13
    assert (atlas.table("regions")["url"] == "").all()
    assert str(atlas.table("plants")["start_year"].dtype) == "Int64"


def test_no_row_rests_on_memory():
    for name in NAMES:
        for row in atlas.rows(name):
            assert row["access"] != "recall"
            assert "(recalled" not in row["source"]


def test_an_unknown_table_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'commodities'"):
        atlas.table("comodities")


def test_anchors_quoted_in_the_documents_are_there():
    flows = atlas.table("flows")
    magnets = flows[(flows["from"] == "CHN") & flows["commodity"].str.startswith("magnet.")]
    assert magnets["t"].sum() == pytest.approx(58_152)
    mines = atlas.table("capacity").query("process.str.startswith('mine.')")
    assert mines["output_2024"].sum() == pytest.approx(389_455)


def test_assay_times_recovery_in_a_note_is_the_coefficient_of_its_row():
    seen = 0
    for row in atlas.rows("processes"):
        found = re.match(r"assay (\d+\.\d+) pct x recovery (\d\.\d+)", row["note"] or "")
        if found:
            seen += 1
            assay, recovery = map(float, found.groups())
            assert row["coefficient"] == pytest.approx(assay / 100 * recovery, rel=2e-3, abs=2e-5)
    assert seen > 80


def test_every_row_of_a_source_is_counted_once():
    total = sum(len(atlas.rows(name)) for name in NAMES)
    entries = atlas.sources()
    assert sum(entry["rows"] for entry in entries) == total
    for entry in entries:
        assert sum(entry["quality"].values()) == sum(entry["access"].values()) == entry["rows"]
    assert [e["rows"] for e in entries] == sorted((e["rows"] for e in entries), reverse=True)
    assert sum(entry["rows"] for entry in atlas.sources("flows")) == len(atlas.rows("flows"))


def test_the_version_is_the_same_in_every_process_and_needs_no_pandas():
    code = "import sys; from ytterby import atlas; print(atlas.version(), 'pandas' in sys.modules)"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {f"{atlas.version()} False\n"}
