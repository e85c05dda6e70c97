"""`ytterby obligations`: the records, texts and exit codes that others rely on."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest

from ytterby.cli.schema import schema_of
from ytterby.obligations import Facts, judge, rules

DAY = "2026-11-24"


def test_the_record_is_that_of_the_contract_and_the_same_as_in_python(run: Any, file: Any, oxide: Any) -> None:
    record = json.loads(run("judge", file(oxide), "--on", DAY, "--format", "json"))
    jsonschema.validate(record, schema_of("verdict"))
    assert record == judge(Facts.model_validate(oxide), DAY).record()
    assert record["summary"] == "licence_required"


def test_facts_come_from_standard_input_too(run: Any, oxide: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(json.dumps(oxide))
    assert json.loads(run("judge", "-", "--on", DAY, "--format", "json"))["summary"] == "licence_required"
    given("destination: USA\ndesination: USA\n")
    assert "standard input, line 2, field desination" in run("judge", "-", "--on", DAY, code=3)


def test_the_text_names_outcome_state_reasons_and_filings_and_folds_what_does_not_matter(
    run: Any, file: Any, oxide: Any
) -> None:
    text = " ".join(run("judge", file(oxide), "--on", DAY).split())
    for part in (
        "dysprosium oxide, from CHN to DEU",
        "summary: licence_required: a licence is needed before it leaves",
        "CHN-A18-2025 all: licence_required",
        "in force (legal in_force); what is known of it was 56 days old",
        "Is the item on the list 1C902 to 1C908? yes: form is oxide",
        "(copy of the text read) https://www.mofcom.gov.cn",
        "licence: exporter in China: dual-use export licence",
        "CHN-A61-2025 art7_compliance_notice: incomplete",
        "if it were in force: declaration_duty",
        "to file, if it binds",
    ):
        assert part in text, part
    assert re.search(r"not touched, in force or not \(\d+\): .*CHN-A61-2025 art1_2_foreign_direct_product", text)
    assert "CHN-A61-2025 art1_2_foreign_direct_product: " not in text


@pytest.mark.parametrize("fmt", ["table", "json", "csv"])
def test_no_output_says_that_anything_is_clear(run: Any, file: Any, fmt: str) -> None:
    assert not re.search(r"\bclear(ed|ance|s)?\b", run("judge", file({}), "--on", DAY, "--format", fmt), re.IGNORECASE)
    assert not re.search(r"\bclear(ed|ance|s)?\b", run("rules", "CHN-A61-2025"), re.IGNORECASE)


def test_a_denial_is_a_finding_and_a_duty_is_an_answer(run: Any, file: Any, oxide: Any) -> None:
    magnet = {
        **oxide,
        "exporter": "JPN",
        "ship_from": "JPN",
        "destination": "USA",
        "item": {"form": "oxide"},
        "parties": [{"role": "end_user", "military": True, "lists": [], "owners": []}],
    }
    magnet["nodes"][0]["contents"][0]["origin"] = {"separated": {"CHN": [1, 1]}}
    record = json.loads(run("judge", file(magnet), "--on", "2025-10-20", "--format", "json", code=1))
    assert record["summary"] in ("denial_in_principle", "prohibited")


def test_assumed_states_and_readings_are_taken_and_printed(run: Any, file: Any, oxide: Any) -> None:
    path, limb = file(oxide), "CHN-A61-2025:art7_compliance_notice"
    record = json.loads(run("judge", path, "--on", DAY, "--assume", f"{limb}=in_force", "--format", "json"))
    (found,) = (v for v in record["verdicts"] if v["limb"] == "art7_compliance_notice")
    assert (found["outcome"], found["state"]["legal"]) == ("declaration_duty", "in_force")
    record = json.loads(run("judge", path, "--on", DAY, "--reading", "a61_scope=press", "--format", "json"))
    (found,) = (v for v in record["verdicts"] if v["limb"] == "art1_1_value_threshold_0.1pct")
    assert found["readings"]["a61_scope"]["value"] == "press"
    assert set(found["readings"]["a61_scope"]["outcomes"]) == {"annex", "press"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--on", "2026-13-01"], 2, "'2026-13-01' is no day"),
        (["--on", "1990-01-01"], 3, "no rule was known on 1990-01-01; the first is of"),
        (["--on", DAY, "--assume", "CHN-A61-2025"], 2, "--assume: 'CHN-A61-2025' is not NAME=VALUE"),
        (["--on", DAY, "--assume", "CHN-A61-2052:all=in_force"], 3, "unknown limb 'CHN-A61-2052:all'"),
        (["--on", DAY, "--assume", "CHN-A18-2025:all=inforce"], 3, "did you mean 'in_force'"),
        (["--on", DAY, "--reading", "a61_scpe=press"], 3, "did you mean 'a61_scope'"),
        (["--on", DAY, "--reading", "a61_scope=pres"], 3, "did you mean 'press'"),
        (["--on", DAY, "--reading", "a61_scope=press", "--reading", "a61_scope=annex"], 2, "given twice"),
        (["--on", DAY, "--rules", "nowhere"], 3, "no such folder of rules"),
        (["--on", DAY, "-o", "verdicts.docx"], 2, "cannot tell the format"),
    ],
)
def test_words_that_are_off_are_told(
    run: Any, file: Any, oxide: Any, words: list[str], code: int, message: str
) -> None:
    assert message in run("judge", file(oxide), *words, code=code)


def test_verdicts_are_rows_in_csv_and_parquet(run: Any, file: Any, oxide: Any, tmp_path: Any) -> None:
    run("judge", file(oxide), "--on", DAY, "-o", str(tmp_path / "verdicts.parquet"))
    rows = pq.read_table(tmp_path / "verdicts.parquet").to_pylist()
    assert len(rows) == sum(len(f.limbs) for f in rules().values())
    assert rows[0]["on"] == DAY
    assert {row["outcome"] for row in rows if row["rule"] == "CHN-A18-2025"} == {"licence_required"}


def test_the_rules_are_listed_with_their_states_and_one_is_shown_in_words(run: Any) -> None:
    rows = json.loads(run("rules", "--on", DAY, "--format", "json"))
    assert {row["rule"] for row in rows} == {name for name, f in rules().items() if f.limbs}
    text = run("rules", "CHN-A61-2025", "--on", DAY)
    assert "art7_compliance_notice: revives_by_text (political: suspended)" in text
    assert "Had it left China before 9 October 2025?" in text
    assert "reading a61_scope" in text
    assert json.loads(run("rules", "CHN-A61-2025", "--format", "json"))["rule"] == "CHN-A61-2025"
    assert "did you mean 'CHN-A61-2025'" in run("rules", "CHN-A61-2052", code=3)


def test_every_rule_can_be_shown(run: Any) -> None:
    for name in rules():
        assert run("rules", name, "--on", DAY).startswith(name)


def test_a_rule_of_ones_own_is_judged_beside_the_shipped_ones(run: Any, file: Any, oxide: Any, tmp_path: Any) -> None:
    folder = tmp_path / "law"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "rule: CHN-TCM-2025\nsources: {text: {title: T, url: null, tier: none}}\n"
        "tests: {to_germany: {kind: fact, asks: 'To Germany?', path: destination, among: [DEU]}}\n"
        "limbs:\n- {limb: all, asks: 'To Germany?', applies: [to_germany], outcomes: [{outcome: report_required}]}\n",
        encoding="utf-8",
    )
    words = ["--on", DAY, "--rules", str(folder), "--format", "json"]
    record = json.loads(run("judge", file(oxide), *words))
    (found,) = (v for v in record["verdicts"] if v["rule"] == "CHN-TCM-2025")
    assert found["if_operative"] == "report_required"
