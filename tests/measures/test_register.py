import shutil
from pathlib import Path

import pytest

from ytterby.errors import DataError, InputError, UnknownNameError
from ytterby.measures import RARE_EARTHS, Register

REGISTER = Register.default()
DATA = REGISTER.folders[0]


def test_shipped_register_holds_every_measure_interval_event_and_pair():
    assert len(REGISTER) == 122
    assert sum(len(limb.intervals) for m in REGISTER for limb in m.limbs) == 170
    assert sum(len(limb.overtaken) for m in REGISTER for limb in m.limbs) == 6
    assert (len(REGISTER.events), len(REGISTER.reactions)) == (76, 131)
    assert sum(len(m.reaction_to) for m in REGISTER) == 47
    assert sum(len(m.sources) for m in REGISTER) == 172
    assert sum(len(m.parameters) for m in REGISTER) == 129
    assert sum(len(m.thresholds) for m in REGISTER) == 14


def test_every_link_leads_to_a_measure_or_an_event():
    ends = {link.to for m in REGISTER for link in m.reaction_to}
    assert ends <= {*REGISTER.ids, *REGISTER.events}


def test_measures_are_read_one_file_at_a_time(tmp_path):
    (tmp_path / "measures").mkdir()
    shutil.copy(DATA / "measures" / "CHN-A18-2025.yaml", tmp_path / "measures")
    (tmp_path / "measures" / "BROKEN-1.yaml").write_text("id: [", encoding="utf-8")
    register = Register.read(tmp_path)
    assert register["CHN-A18-2025"].confidence == "high"
    with pytest.raises(DataError, match=r"BROKEN-1\.yaml"):
        register["BROKEN-1"]


def test_own_register_stands_beside_the_shipped_one(tmp_path):
    (tmp_path / "measures").mkdir()
    text = (DATA / "measures" / "CHN-A18-2025.yaml").read_text(encoding="utf-8")
    (tmp_path / "measures" / "ATL-LIC-2027.yaml").write_text(text.replace("CHN-A18-2025", "ATL-LIC-2027"), "utf-8")
    both = Register.read(tmp_path, beside=REGISTER)
    assert len(both) == 123
    assert both["ATL-LIC-2027"].title == both["CHN-A18-2025"].title
    assert len(both.reactions) == 131
    assert len(Register.read(tmp_path).events) == 0


def test_own_measure_may_not_take_the_id_of_a_shipped_one(tmp_path):
    (tmp_path / "measures").mkdir()
    shutil.copy(DATA / "measures" / "CHN-A18-2025.yaml", tmp_path / "measures")
    with pytest.raises(DataError, match="CHN-A18-2025 is in the register already"):
        Register.read(tmp_path, beside=REGISTER)


@pytest.mark.parametrize("make", [False, True])
def test_folder_that_is_no_register_is_refused(tmp_path, make):
    folder = tmp_path / "r"
    if make:
        folder.mkdir()
    with pytest.raises(InputError, match=r"has no measures/\*\.yaml" if make else "no such folder"):
        Register.read(folder)


@pytest.mark.parametrize(
    ("call", "nearest"),
    [
        (lambda r: r["CHN-A61-2026"], "CHN-A61-2025"),
        (lambda r: r["chn-a18-2025"], "CHN-A18-2025"),
        (lambda r: r.limb("CHN-A61-2025:art7_notice"), "CHN-A61-2025:art7_compliance_notice"),
        (lambda r: r.event("EVENT:busan-2025"), "EVENT:busan-2025-10-30"),
        (lambda r: r.states("2026-01-01", state="suspendet"), "suspended"),
        (lambda r: r.states("2026-01-01", issuer="CHM"), "CHN"),
        (lambda r: r.answers(of="CHN-A81-2025"), "CHN-A18-2025"),
        (lambda r: r.related("EVENT:busan"), "EVENT:busan-2025-10-30"),
        (lambda r: r["CHN-EXQ-RE"].parameter("export_qouta"), "export_quota"),
    ],
)
def test_unknown_name_is_answered_with_the_nearest(call, nearest):
    with pytest.raises(UnknownNameError) as caught:
        call(REGISTER)
    assert f"'{nearest}'" in caught.value.hint


def test_limb_may_be_left_out_where_there_is_one():
    measure, limb = REGISTER.limb("CHN-A18-2025")
    assert (measure.id, limb.id) == ("CHN-A18-2025", "all")
    with pytest.raises(UnknownNameError) as caught:
        REGISTER.limb("CHN-A61-2025")
    assert "CHN-A61-2025:" in caught.value.hint


def test_every_limb_is_found_by_its_full_name():
    for measure in REGISTER:
        for limb in measure.limbs:
            assert REGISTER.limb(f"{measure.id}:{limb.id}") == (measure, limb)


def test_filters_keep_whole_records_of_matching_limbs():
    suspended = REGISTER.states("2026-12-01", "2026-11-24", state="suspended")
    assert {"CHN-A61-2025", "USA-BIS-50-2025"} <= {r["id"] for r in suspended}  # political state alone
    assert all("suspended" in limb["state"].values() for r in suspended for limb in r["limbs"])
    american = REGISTER.states("2026-01-01", issuer="usa")
    assert american
    assert {r["issuer"] for r in american} == {"USA"}
    assert REGISTER.states("2026-01-01", issuer="EU27") == REGISTER.states("2026-01-01", issuer="EU")


def test_measure_not_yet_known_is_not_listed():
    ids = {r["id"] for r in REGISTER.states("2025-10-08")}
    assert "CHN-A18-2025" in ids
    assert not ids & {"CHN-A61-2025", "CHN-A70-2025", "USA-SCOTUS-IEEPA-2026"}


def test_parameter_is_that_of_the_day_and_undisclosed_is_null():
    tariff = REGISTER["USA-IEEPA-CHN-2025-02"]
    days = ("2025-02-03", "2025-02-04", "2025-03-04", "2025-11-10", "2026-02-21")
    assert [tariff.parameter("tariff", d) for d in days] == [None, 10, 20, 10, None]
    assert REGISTER["CHN-TCQ-2025"].parameter("mining_quota", "2025-07-01") is None


def test_rare_earths_write_out_the_groups():
    assert REGISTER["CHN-EXQ-RE"].rare_earths == RARE_EARTHS
    assert REGISTER["CHN-A57-2025"].rare_earths == ("Eu", "Ho", "Er", "Tm", "Yb")
    assert REGISTER["CHN-A23-2023"].rare_earths == ()


def test_search_needs_all_words_and_finds_codes():
    assert "CHN-A18-2025" in [m.id for m in REGISTER.search("1c905 mofcom")]
    assert REGISTER.search("1c905 usda") == []
    assert REGISTER.search("  ") == []


def test_timeline_shows_what_touches_the_window_and_marks_what_was_overtaken_or_is_planned():
    rows = [r for r in REGISTER.timeline(from_="2025-12-01", to="2025-12-01") if r["id"] == "CHN-A61-2025"]
    assert [(r["limb"], r["state"], r["overtaken"]) for r in rows if r["overtaken"]] == [
        ("art1_1_value_threshold_0.1pct", "in_force", True),
        ("art1_2_foreign_direct_product", "in_force", True),
    ]
    assert {r["state"] for r in rows if not r["overtaken"]} == {"suspended"}
    planned = {r["id"] for r in REGISTER.timeline() if r["planned"]}
    assert {"CHN-A61-2025", "CHN-A46-2024", "USA-DFARS-7052"} <= planned
    assert "CHN-A18-2025" not in planned
    assert len(REGISTER.timeline()) == 170 + 6


def test_records_carry_no_machine_paths():
    assert not [p for p in Path(DATA).rglob("*.yaml") if "/work/" in p.read_text(encoding="utf-8")]
