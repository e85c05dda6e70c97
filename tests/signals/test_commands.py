"""`ytterby signals`: streams, formats, exit codes."""

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

from ytterby.cli import main
from ytterby.cli.schema import schema_of

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "examples" / "li-qiang-jiangxi-2026-02.txt")
DEV = str(Path(__file__).parent / "data" / "dev_items.jsonl")


@pytest.fixture
def run(capfd):
    def call(*words, code=0):
        with pytest.raises(SystemExit) as caught:
            main(["signals", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err
        return err if code else out

    return call


def test_read_gives_one_valid_record_a_line_in_input_order(run):
    lines = run("read", EXAMPLE, DEV, "--format", "jsonl").splitlines()
    records = [json.loads(line) for line in lines]
    schema = schema_of("article")
    for record in records:
        jsonschema.validate(record, schema)
    gold = [json.loads(line)["id"] for line in Path(DEV).read_text(encoding="utf-8").splitlines()]
    assert [r["id"] for r in records] == [Path(EXAMPLE).stem, *gold]


def test_the_keys_of_the_contract_are_there(run):
    record = json.loads(run("read", EXAMPLE, "--format", "jsonl"))
    assert {
        "id",
        "title",
        "published",
        "language",
        "relevant",
        "relevance",
        "event_cluster",
        "segments",
        "signals",
    } <= set(record)
    assert {
        "actor",
        "actor_country",
        "actor_rank",
        "action",
        "status",
        "polarity",
        "target_country",
        "commodities",
        "event_date",
        "effective_date",
        "place",
        "bodies",
        "occasion",
        "voice",
        "background",
        "sentence",
        "start",
        "end",
        "measure_id",
        "relations",
        "rule",
        "confidence",
    } <= set(record["signals"][0])
    jsonschema.validate(record["signals"][0], schema_of("signal"))


def test_two_runs_are_byte_identical(run):
    assert run("read", DEV, "--format", "jsonl") == run("read", DEV, "--format", "jsonl")


def test_json_is_one_document_and_the_table_has_one_row_a_signal(run, tmp_path):
    assert len(json.loads(run("read", EXAMPLE, "--format", "json"))) == 1
    assert "visit_inspection" in run("read", EXAMPLE)
    run("read", EXAMPLE, "-o", str(tmp_path / "a.jsonl"))
    assert json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))["relevant"]


def test_standard_input_is_read(run, monkeypatch):
    class Stdin:
        buffer = io.BytesIO(b"China banned exports of antimony to the United States.")

    monkeypatch.setattr(sys, "stdin", Stdin())
    record = json.loads(run("read", "-", "--published", "2024-12-03", "--format", "jsonl"))
    assert record["signals"][0]["action"] == "export_ban"


def test_score_reads_what_read_wrote(run, tmp_path):
    path = tmp_path / "said.jsonl"
    path.write_text(run("read", DEV, "--format", "jsonl"), encoding="utf-8")
    result = json.loads(run("score", DEV, str(path), "--format", "json"))
    assert result["n"] == 40
    assert result["relevance"]["f1"] > 0.95
    assert "english" in run("score", DEV, str(path))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("read", "nowhere.txt"), 3, "no such file"),
        (("read",), 2, "no article given"),
        (("read", EXAMPLE, "--published", "yesterday"), 2, "ISO 8601"),
        (("score", "nowhere.jsonl", DEV), 3, "no such file"),
    ],
)
def test_mistakes_are_messages_with_their_exit_code(run, words, code, message):
    assert message in run(*words, code=code)
