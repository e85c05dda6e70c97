"""A table of one's own is held against the schema; each breach names file, line, field and what was expected."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ytterby import atlas
from ytterby.atlas._schema import DATA
from ytterby.errors import DataError, InputError


@pytest.fixture
def folder(tmp_path):
    """Give a function that copies a shipped table, lets a test change it, and returns the folder."""

    def copy(name, change=None, text=None):
        content = (DATA / f"{name}.csv").read_text(encoding="utf-8") if text is None else text
        if change is not None:
            rows = list(csv.reader(io.StringIO(content)))
            change(rows)
            buffer = io.StringIO()
            csv.writer(buffer, lineterminator="\n").writerows(rows)
            content = buffer.getvalue()
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return tmp_path

    return copy


def cell(line, column, value):
    """Return a change of one cell, `line` as an editor counts it."""

    def change(rows):
        rows[line - 1][rows[0].index(column)] = value

    return change


def test_a_copy_of_the_shipped_table_is_accepted_and_the_rest_is_as_shipped(folder):
    own = atlas.read(folder("demand"))
    assert own.rows("demand") == atlas.rows("demand")
    assert own.version() == atlas.version()
    assert own.check() == []


def test_a_changed_figure_is_read_and_changes_the_version(folder):
    own = atlas.read(folder("demand", cell(2, "quantity_t", "1.5")))
    assert own.rows("demand")[0]["quantity_t"] == 1.5
    assert own.version() != atlas.version()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("quantity_t", "much", "'much' is not a number in t/year: Use in 2024"),
        ("quantity_t", "-1", "-1 is outside of at least 0"),
        ("quantity_t", "nan", "'nan' is not a number"),
        ("quantity_t", "inf", "'inf' is not a number"),
        ("quantity_t", "1_000", "'1_000' is not a number"),
        ("quantity_t", "", "the value is missing; expected a number in t/year"),
        ("elasticity_central", "0.2", "0.2 is outside of -5 to 0"),
        ("year", "2024.5", "'2024.5' is not a whole number"),
        ("year", "24", "24 is outside of 1950 to 2100"),
        ("source", "", "the value is missing; expected a text: Who states the figure"),
        ("quality", "good", "'good' is not allowed; expected one of reported, derived, estimate"),
        ("access", "recall", "'recall' is not allowed; expected one of full_text"),
        ("url", "ftp://x", "'ftp://x' is not like"),
        ("region", "GER", "'GER' dangles: it is not in regions.region"),
        ("commodity", "oxide.dy", "'oxide.dy' dangles: it is not in commodities.commodity"),
        ("end_use", "ev_moter", "'ev_moter' dangles: it is not in commodities.commodity as product.…"),
        ("region", " CHN", "' CHN' has blanks at its ends"),
    ],
)
def test_a_bad_cell_is_named_with_file_line_and_field(folder, column, value, message):
    where = folder("demand", cell(7, column, value))
    with pytest.raises(DataError) as caught:
        atlas.read(where)
    assert caught.value.where == f"{where / 'demand.csv'}, line 7, field {column}"
    assert caught.value.message.startswith(message)
    assert caught.value.exit_code == 3


def test_the_nearest_valid_name_is_in_the_hint(folder):
    with pytest.raises(DataError) as caught:
        atlas.read(folder("flows", cell(3, "commodity", "oxide.NdPR")))
    assert caught.value.hint == "did you mean 'oxide.NdPr'?"


@pytest.mark.parametrize(("value", "good"), [("2026-02-30", False), ("1 Jan 2026", False), ("2026-02-28", True)])
def test_a_day_must_be_one(folder, value, good):
    where = folder("costs", cell(26, "valid_from", value))
    if good:
        assert str(atlas.read(where).rows("costs")[24]["valid_from"]) == value
        return
    with pytest.raises(DataError, match="is not a day like 2026-01-31"):
        atlas.read(where)


@pytest.mark.parametrize("value", ["true", "1", "Yes"])
def test_a_bool_is_yes_or_no(folder, value):
    with pytest.raises(DataError, match="is not yes or no"):
        atlas.read(folder("trade", cell(2, "preferred", value)))


def test_the_line_is_that_of_the_file_where_a_text_spans_lines(folder):
    def change(rows):
        rows[1][-1] = "a note\nof two lines"
        rows[2][rows[0].index("t")] = "x"

    with pytest.raises(DataError) as caught:
        atlas.read(folder("flows", change))
    assert caught.value.where.endswith("flows.csv, line 4, field t")


def test_a_missing_column_names_the_one_that_may_be_meant(folder):
    with pytest.raises(DataError) as caught:
        atlas.read(folder("demand", lambda rows: rows.__setitem__(0, [c.replace("_t", "_tons") for c in rows[0]])))
    assert caught.value.where.endswith("demand.csv, line 1, field quantity_t")
    assert caught.value.hint == "is it the column 'quantity_tons'?"


def test_an_unknown_column_is_refused(folder):
    with pytest.raises(DataError, match="no such column in the schema"):
        atlas.read(folder("demand", lambda rows: [row.append("x") for row in rows]))


def test_a_doubled_column_is_refused(folder):
    with pytest.raises(DataError, match="line 1, field region: the column is there twice"):
        atlas.read(folder("demand", lambda rows: [row.append(row[1]) for row in rows]))


def test_a_short_row_is_refused_with_its_line(folder):
    with pytest.raises(DataError, match="line 5: 14 cells; expected 15 as in the header"):
        atlas.read(folder("demand", lambda rows: rows[4].pop()))


def test_a_doubled_key_names_both_lines(folder):
    with pytest.raises(DataError) as caught:
        atlas.read(folder("capacity", lambda rows: rows.append(list(rows[3]))))
    assert "the key process=mine.clay_china, region=CHN is there twice; first on line 4" in caught.value.message
    assert caught.value.where.endswith("capacity.csv, line 124, field process")


def test_further_breaches_are_counted(folder):
    def change(rows):
        for row in rows[1:4]:
            row[rows[0].index("t")] = "x"

    with pytest.raises(DataError, match=r"line 2, field t: .* \(and 2 more in this file\)"):
        atlas.read(folder("flows", change))


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "the file is empty"), ("region\n", "the column is missing"), ('region,"name\n', "not a CSV file")],
)
def test_a_file_that_is_no_table_is_refused(folder, text, message):
    with pytest.raises(DataError, match=message):
        atlas.read(folder("regions", text=text))


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "regions.csv").write_bytes("name\nCuraçao".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8 at byte 9"):
        atlas.read(tmp_path)


def test_a_byte_order_mark_is_no_harm(tmp_path):
    (tmp_path / "regions.csv").write_bytes(b"\xef\xbb\xbf" + (DATA / "regions.csv").read_bytes())
    assert atlas.read(tmp_path).rows("regions") == atlas.rows("regions")


def test_a_broken_table_that_others_refer_to_is_named_itself(folder):
    with pytest.raises(DataError, match=r"regions\.csv, line 2, field lat"):
        atlas.read(folder("regions", cell(2, "lat", "91"))).rows("demand")


def test_a_file_of_no_table_is_refused_with_the_nearest_name(tmp_path):
    (tmp_path / "flow.csv").write_text("from,to\n")
    with pytest.raises(DataError) as caught:
        atlas.read(tmp_path)
    assert caught.value.hint == "did you mean 'flows.csv'?"


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(InputError, match="no CSV file in the folder"):
        atlas.read(tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_whatever_the_bytes_the_answer_is_an_error_that_names_the_file(tmp_path, content):
    (tmp_path / "regions.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"regions\.csv"):
        atlas.read(tmp_path)
