"""`ytterby measures`: the records and exit codes that others rely on."""

import csv
import io
import json

import jsonschema
import pytest
from tests.measures.test_broken_files import GOOD, write

from ytterby.cli import main
from ytterby.cli.schema import schema_of
from ytterby.measures import STATES, Event, Measure, Register


@pytest.fixture
def run(capfd):
    def call(*words, code=0):
        with pytest.raises(SystemExit) as caught:
            main(["measures", *words])
        out, err = capfd.readouterr()
        assert caught.value.code == code, err
        return out if code in (0, 1) else err

    return call


def test_list_gives_the_records_of_the_contract(run):
    records = json.loads(run("list", "--on", "2026-12-01", "--known-on", "2026-11-24", "--format", "json"))
    assert records == Register.default().states("2026-12-01", "2026-11-24")
    for record in records:
        assert {"id", "title", "issuer", "instrument", "announced", "limbs"} <= set(record)
        for limb in record["limbs"]:
            assert {"limb", "state", "from", "to", "known", "basis", "boundary_uncertain"} <= set(limb)
            assert set(limb["state"]) == {"legal", "political"}
            assert set(limb["state"].values()) <= {*STATES, None}
            assert isinstance(limb["knowledge_age_days"], int)


def test_suspended_shows_as_suspended_and_unknown_as_unknown(run):
    day = ("--on", "2026-11-01", "--format", "json")
    assert "CHN-A61-2025" in {r["id"] for r in json.loads(run("list", "--state", "suspended", *day))}
    late = json.loads(run("list", "--on", "2027-02-01", "--state", "unknown", "--format", "json"))
    assert {"CHN-A61-2025", "CHN-A70-2025", "USA-S301-EXCL"} <= {r["id"] for r in late}


def test_list_as_csv_has_one_row_a_limb(run):
    rows = list(csv.DictReader(io.StringIO(run("list", "--on", "2026-11-24", "--format", "csv"))))
    assert len(rows) == len(Register.default().limb_states("2026-11-24"))
    assert {"limb", "legal", "political", "from", "to"} <= set(rows[0])


def test_list_as_lines_has_one_measure_a_line(run):
    lines = run("list", "--on", "2026-11-24", "--issuer", "USA", "--format", "jsonl").splitlines()
    assert {json.loads(line)["issuer"] for line in lines} == {"USA"}


def test_list_as_table_names_both_days(run):
    text = run("list", "--on", "2026-12-01", "--known-on", "2026-11-24", "--state", "revives_by_text")
    assert text.startswith("On 2026-12-01, as known on 2026-11-24")
    assert "CHN-A62-2025:all" in text


def test_file_is_written_in_the_format_of_its_suffix(run, tmp_path):
    path = tmp_path / "states.json"
    assert run("list", "--on", "2026-11-24", "-o", str(path)) == ""
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 122


def test_card_says_what_by_whom_since_when_and_on_whose_word(run):
    text = run("show", "CHN-A61-2025", "--on", "2026-12-01", "--known-on", "2026-11-24")
    for part in (
        "Announcement 61 of 2025",
        "MOFCOM",
        "Dy oxide; Tb oxide",
        "States on 2026-12-01, as known on 2026-11-24",
        "revives_by_text from 2026-11-10",
        "suspended from 2026-11-10 to 2027-01-10",
        "CHN-A70-2025",
        "EVENT:busan-2025-10-30",
        "https://www.mofcom.gov.cn/zcfb/dwmygl/art/2025/art_65480a162cd745c2b0863d67553a4b05.html",
        "63 days older",
    ):
        assert part in text


def test_card_bars_show_the_states_in_their_order(run):
    text = run("show", "CHN-A57-2025", "--on", "2026-11-24")
    bar = next(line for line in text.splitlines() if line.strip().startswith("legal"))
    marks = [c for i, c in enumerate(bar) if c in "·░▞" and (i == 0 or bar[i - 1] != c)]
    assert marks[:3] == ["·", "░", "▞"]


def test_card_flags_the_boundary_day(run):
    assert "boundary on which sources disagree" in run("show", "CHN-A70-2025", "--on", "2026-11-10")
    assert "boundary on which" not in run("show", "CHN-A70-2025", "--on", "2026-11-12")


def test_card_of_what_was_not_yet_known_says_so(run):
    assert "Nothing was known" in run("show", "CHN-A61-2025", "--on", "2025-10-08")


def test_card_of_an_event_says_when_it_rests_on_memory(run):
    assert "no source was read" in run("show", "EVENT:kor-thaad-2016-07-08")
    assert "no source was read" not in run("show", "EVENT:busan-2025-10-30")


def test_every_measure_and_event_has_a_card_and_a_document(run):
    for name in (*Register.default().ids, *Register.default().events):
        assert name in run("show", name, "--on", "2026-11-24")
    document = json.loads(run("show", "CHN-A18-2025", "--on", "2026-11-24", "--format", "json"))
    assert document["limbs"][0]["intervals"][0]["from"] == "2025-04-04"
    assert document["states"][0]["state"] == {"legal": "in_force", "political": None}


def test_timeline_is_cut_to_issuer_and_days(run):
    rows = json.loads(
        run("timeline", "--issuer", "USA", "--from", "2026-01-01", "--to", "2026-03-01", "--format", "json")
    )
    assert {r["issuer"] for r in rows} == {"USA"}
    assert "USA-S122-2026" in {r["id"] for r in rows}
    assert all(r["from"] <= "2026-03-01" and (r["to"] is None or r["to"] >= "2026-01-01") for r in rows)


def test_reactions_show_lag_grade_relation_and_what_stayed_unanswered(run):
    rows = json.loads(run("reactions", "--of", "CHN-A61-2025", "--format", "json"))
    answered = {r["response"]: (r["lag_days"], r["grade"], r["relation"]) for r in rows}
    assert answered["EU-RESOURCE-2025"] == (55, "stated", "response_to")
    assert answered["USA-CMM-2026"] == (118, "inferred", "response_to")
    assert {r["responder"] for r in rows if r["response"] is None} == {"AUS", "IND", "JPN", "KOR"}


def test_reactions_verified_leaves_out_what_was_written_from_memory(run):
    every = json.loads(run("reactions", "--format", "json"))
    read = json.loads(run("reactions", "--verified", "--format", "json"))
    assert all(r["verified"] for r in read)
    assert len(read) < len(every)


def test_check_names_stale_states_and_exits_with_a_finding(run):
    rows = json.loads(run("check", "--on", "2026-11-24", "--format", "json", code=1))
    stale = {(r["id"], r["limb"]) for r in rows if r["kind"] == "stale"}
    assert {("CHN-A70-2025", "all"), ("CHN-CL-2025", "batch_2025_04_04"), ("USA-S301-EXCL", "all")} <= stale
    assert ("CHN-A18-2025", "all") not in stale
    assert {"CHN-A61-2025", "USA-BIS-50-2025"} <= {r["id"] for r in rows if r["kind"] == "unobserved"}
    assert "EVENT:nor-nobel-2010-10-08" in {r["id"] for r in rows if r["kind"] == "source"}
    assert not [r for r in rows if r["kind"] in ("reference", "interval")]
    early = json.loads(run("check", "--on", "2026-09-29", "--format", "json", code=1))
    assert "CHN-A70-2025" not in {r["id"] for r in early if r["kind"] == "stale"}
    assert not [r for r in early if r["kind"] == "unobserved"]


def test_own_register_is_read_beside_the_shipped_one(run, tmp_path):
    (tmp_path / "measures").mkdir()
    source = Register.default().folders[0] / "measures" / "CHN-A18-2025.yaml"
    text = source.read_text(encoding="utf-8").replace("CHN-A18-2025", "ATL-LIC-2027")
    (tmp_path / "measures" / "ATL-LIC-2027.yaml").write_text(text, encoding="utf-8")
    assert "ATL-LIC-2027" in run("show", "ATL-LIC-2027", "--register", str(tmp_path))


def test_a_state_beyond_its_last_known_day_alone_fails_the_check(run, tmp_path):
    write(tmp_path, GOOD)
    words = ("check", "--register", str(tmp_path), "--format", "json", "--on")
    assert json.loads(run(*words, "2026-11-24")) == []
    (began,) = json.loads(run(*words, "2027-01-01", code=1))
    assert (began["kind"], began["id"]) == ("unobserved", "ATL-QUOTA-2027")
    (ended,) = json.loads(run(*words, "2028-01-01", code=1))
    assert (ended["kind"], ended["limb"]) == ("stale", "all")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("show", "CHN-A18-2035"), 3, "did you mean 'CHN-A18-2025'"),
        (("show", "EVENT:busan"), 3, "EVENT:busan-2025-10-30"),
        (("list", "--state", "in-force"), 3, "did you mean 'in_force'"),
        (("list", "--issuer", "CHM"), 3, "did you mean 'CHN'"),
        (("list", "--on", "tomorrow"), 2, "write YYYY-MM-DD"),
        (("list", "--known-on", "2026-02-30"), 2, "'2026-02-30' is no day"),
        (("reactions", "--of", "CHN-A62"), 3, "CHN-A62-2025"),
        (("show", "CHN-A18-2025", "--format", "pdf"), 2, "known: table, json"),
        (("list", "--register", "/nowhere"), 3, "no such folder"),
        (("list", "--format", "xml"), 2, "xml"),
        (("show",), 2, "MEASURE"),
    ],
)
def test_mistake_of_the_user_is_a_message_with_its_exit_code(run, words, code, message):
    text = run(*words, code=code)
    assert message in text
    assert "Traceback" not in text


def test_same_question_gives_the_same_bytes(run):
    words = ("list", "--on", "2026-11-24", "--format", "json")
    assert run(*words) == run(*words)


def test_records_are_what_their_json_schemas_say():
    for model, records in ((Measure, list(Register.default())), (Event, list(Register.default().events.values()))):
        validator = jsonschema.Draft202012Validator(schema_of(model.__name__.lower()))
        for record in records:
            validator.validate(record.model_dump(mode="json", by_alias=True))
