"""`ytterby atlas` says what the tables say, in every format."""

import csv
import io
import json
import runpy
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ytterby import atlas
from ytterby.atlas._schema import DATA
from ytterby.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(capfdbinary):
    """Give a function that runs a command and returns exit code, standard output, standard error."""

    def call(*words):
        with pytest.raises(SystemExit) as done:
            main(["atlas", *map(str, words)])
        captured = capfdbinary.readouterr()
        return done.value.code, captured.out.decode(), captured.err.decode()

    return call


def test_tables_are_listed_with_their_fields(run):
    code, out, _ = run("tables", "--format", "json")
    assert code == 0
    listed = {row["table"]: row for row in json.loads(out)}
    assert list(listed) == [spec.name for spec in atlas.tables()]
    assert listed["flows"]["rows"] == len(atlas.rows("flows"))
    field = next(f for f in listed["flows"]["fields"] if f["field"] == "t")
    assert (field["type"], field["unit"], field["required"]) == ("float", "t/year", True)


def test_the_terminal_shows_the_main_columns_and_names_the_others(run):
    code, out, _ = run("show", "flows", "--where", "commodity=oxide.Dy", "--where", "from=CHN")
    assert code == 0
    assert "more columns" in out
    assert "estimate" in out
    assert "compiler estimate" not in out


@pytest.mark.parametrize("fmt", ["json", "jsonl", "csv", "parquet"])
def test_all_formats_hold_the_same_rows(run, tmp_path, fmt):
    target = tmp_path / f"out.{fmt}"
    words = ["show", "flows", "--where", "from=CHN", "--where", "commodity=oxide.Dy", "--columns", "to,t"]
    words += ["--format", "parquet"] if fmt == "parquet" else []
    code, _, _ = run(*words, "-o", target)
    assert code == 0
    if fmt == "json":
        rows = json.loads(target.read_text())
    elif fmt == "jsonl":
        rows = [json.loads(line) for line in target.read_text().splitlines()]
    elif fmt == "csv":
        rows = [{**r, "t": float(r["t"])} for r in csv.DictReader(io.StringIO(target.read_text()))]
    else:
        rows = pq.read_table(target).to_pylist()
    wanted = [r for r in atlas.rows("flows") if (r["from"], r["commodity"]) == ("CHN", "oxide.Dy")]
    assert rows == [{"to": r["to"], "t": r["t"]} for r in wanted]


def test_a_condition_is_read_by_the_type_of_its_column(run):
    _, out, _ = run("show", "trade", "--where", "preferred=no", "--where", "year=2025", "--format", "json")
    assert {(row["preferred"], row["year"]) for row in json.loads(out)} == {(False, 2025)}
    _, out, _ = run("show", "reserves", "--where", "reserves_t_reo=", "--format", "json")
    assert [row["reserves_t_reo"] for row in json.loads(out)] == [None] * 5


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["show", "flow"], 3, "did you mean 'flows'"),
        (["show", "flows", "--where", "commodity=oxide.dy"], 3, "did you mean 'oxide.Dy'"),
        (["show", "flows", "--where", "form=CHN"], 3, "did you mean 'from'"),
        (["show", "flows", "--where", "t=much"], 2, "'much' is not a number, as t is"),
        (["show", "flows", "--where", "CHN"], 2, "expected COLUMN=VALUE"),
        (["show", "flows", "--columns", "from,too"], 3, "did you mean 'to'"),
        (["sources", "--table", "price"], 3, "did you mean 'prices'"),
        (["check", "--folder", "no-such-folder"], 3, "not a folder"),
    ],
)
def test_a_mistake_is_answered_with_what_would_be_right(run, words, code, message):
    found, out, err = run(*words)
    assert (found, out) == (code, "")
    assert err.startswith("error: ")
    assert message in err


def test_sources_name_who_is_cited(run):
    _, out, _ = run("sources", "--table", "elements", "--format", "json")
    (entry,) = json.loads(out)
    assert entry["rows"] == 16
    assert entry["access"] == {"relay": 16}


def test_a_sound_atlas_gives_exit_code_0(run):
    assert run("check")[:2] == (0, f"{len(atlas.tables())} tables, no findings (atlas {atlas.version()})\n")
    assert run("check", "--format", "json")[:2] == (0, "[]\n")


def test_a_broken_atlas_gives_exit_code_1_and_every_fault(run, tmp_path):
    shutil.copy(DATA / "flows.csv", tmp_path)
    text = (tmp_path / "flows.csv").read_text().replace("CHN,DEU,magnet.ndfeb,5355.0", "CHN,GER,magnet.ndfeb,many")
    (tmp_path / "flows.csv").write_text(text)
    code, out, _ = run("check", "--folder", tmp_path, "--format", "json")
    assert code == 1
    assert [(f["table"], f["row"], f["field"]) for f in json.loads(out)] == [("flows", 2, "to"), ("flows", 2, "t")]


def test_showing_a_broken_table_names_file_line_and_field(run, tmp_path):
    (tmp_path / "flows.csv").write_text((DATA / "flows.csv").read_text().replace(",5355.0,", ",many,"))
    code, _, err = run("show", "flows", "--folder", tmp_path)
    assert code == 3
    assert err.startswith(f"error: {tmp_path / 'flows.csv'}, line 2, field t: 'many' is not a number in t/year")


def test_the_reference_page_is_in_step_with_the_schema():
    tool = runpy.run_path(str(ROOT / "tools" / "write_atlas_reference.py"))
    text = (ROOT / "docs" / "reference" / "atlas.md").read_text(encoding="utf-8")
    assert tool["page"](text) == text, "run: python tools/write_atlas_reference.py"
