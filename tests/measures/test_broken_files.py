"""Every mistake in a register file has a file, a line and a field, and where it can, the nearest right word."""

import pytest

from ytterby.errors import DataError
from ytterby.measures import Register, check

GOOD = """\
id: ATL-QUOTA-2027
title: Export quota for 2027
issuer: {jurisdiction: ATL, agency: Ministry of Mines}
instrument: {type: export_quota}
announced: 2026-11-01
legal_status: announced
last_known: 2026-11-20
limbs:
  - id: all
    intervals:
      - state: in_force
        from: 2027-01-01
        to: 2027-12-31
        basis: legal
        known: 2026-11-01
        known_basis: stated
        to_known: 2026-11-01
commodities: {elements: [ALL_REE]}
scope: {origin: [ATL], destination: [WORLD], extraterritorial: false}
thresholds:
  - {quantity: RE content, op: '>=', value: 0.1, basis: mass}
sources:
  - {title: Gazette, url: 'https://example.org', level: page, seen: full_text}
confidence: high
provenance: user
recorded: 2026-11-20
"""


def write(tmp_path, text, name="ATL-QUOTA-2027.yaml"):
    (tmp_path / "measures").mkdir(exist_ok=True)
    (tmp_path / "measures" / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return Register.read(tmp_path)


def test_template_of_the_reference_page_reads(tmp_path):
    register = write(tmp_path, GOOD)
    assert register["ATL-QUOTA-2027"].state("2026-11-24")["all"].legal == "announced"
    assert register["ATL-QUOTA-2027"].state("2027-01-01")["all"].legal == "in_force"
    assert register["ATL-QUOTA-2027"].state("2028-01-01")["all"].legal == "unknown"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message", "hint"),
    [
        ("legal_status: announced", "legal_state: announced", 6, "legal_state", "unknown field", "'legal_status'"),
        ("        known: 2026", "        knwon: 2026", 15, "limbs.0.intervals.0.knwon", "unknown field", "'known'"),
        ("state: in_force", "state: inforce", 11, "limbs.0.intervals.0.state", "'inforce'", "'in_force'"),
        ("from: 2027-01-01", "from: soon", 12, "limbs.0.intervals.0.from", "'soon'", None),
        ("confidence: high", "confidence: sure", 24, "confidence", "'sure'", None),
        ("seen: full_text", "seen: fulltext", 23, "sources.0.seen", "'fulltext'", "'full_text'"),
        ("title: Export quota for 2027\n", "", 1, "title", "missing", None),
        ("to: 2027-12-31", "to: 2026-12-31", 11, "limbs.0.intervals.0", "ends before it begins", None),
        ("        to_known: 2026-11-01\n", "", 11, "limbs.0.intervals.0", "go together", None),
        ("extraterritorial: false", "extraterritorial: perhaps", 19, "scope.extraterritorial", "'perhaps'", None),
        ("op: '>='", "op: '=>'", 21, "thresholds.0.op", "'=>'", None),
        (
            "state: in_force\n        from: 2027-01-01\n        to: 2027-12-31\n",
            "state: de_facto\n        from: 2027-01-01\n        last_known: 2026-11-20\n",
            11,
            "limbs.0.intervals.0",
            "go together",
            None,
        ),
        ("op: '>='", "op: between", 21, "thresholds.0", "list of two", None),
        ("id: ATL-QUOTA-2027", "id: atl quota", 1, "id", "pattern", None),
        ("jurisdiction: ATL", "jurisdiction: Atlantis", 3, "issuer.jurisdiction", "'Atlantis'", None),
        (
            "elements: [ALL_REE]",
            "elements: ALL_REE",
            18,
            "commodities.elements",
            "list",
            None,
        ),
    ],
)
def test_mistake_is_named_with_line_field_and_nearest_word(tmp_path, old, new, line, field, message, hint):
    assert GOOD.count(old) == 1
    register = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(DataError) as caught:
        register["ATL-QUOTA-2027"]
    error = caught.value
    assert error.where == f"ATL-QUOTA-2027.yaml, line {line}, field {field}"
    assert message in error.message
    assert hint is None or hint in error.hint


def test_practice_without_an_end_must_say_when_it_was_last_seen(tmp_path):
    text = GOOD.replace("        to: 2027-12-31\n", "").replace("        to_known: 2026-11-01\n", "")
    text = text.replace("in_force", "de_facto")
    with pytest.raises(DataError, match="needs `last_known`"):
        write(tmp_path, text)["ATL-QUOTA-2027"]
    seen = write(tmp_path, text.replace("known_basis:", "last_known: 2026-11-20\n        known_basis:"))
    assert seen["ATL-QUOTA-2027"].state("2027-01-01")["all"].legal == "unknown"


def test_key_that_stands_twice_is_refused(tmp_path):
    register = write(tmp_path, GOOD.replace("confidence: high", "confidence: high\nconfidence: low"))
    with pytest.raises(DataError, match=r"yaml, line 25: the key 'confidence' stands twice"):
        register["ATL-QUOTA-2027"]


def test_limb_that_stands_twice_is_refused(tmp_path):
    limbs = GOOD[GOOD.index("  - id: all") : GOOD.index("commodities")]
    register = write(tmp_path, GOOD.replace(limbs, limbs + limbs))
    with pytest.raises(DataError, match="the limb 'all' stands twice"):
        register["ATL-QUOTA-2027"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00id", "not UTF-8"),
        (b"id: [1, 2", "line 1|line 2"),
        (b"id: 'x\n", "line"),
        (b"- 1\n- 2\n", "field"),
        (b"just words\n", "field"),
        (b"announced: 2026-02-31\n", "day is out of range|cannot be read"),
        (b"id: &a [*a]\n", "."),
        (b"id: !!python/object:os.system {}\n", "could not determine a constructor"),
    ],
)
def test_what_is_no_record_is_refused_without_a_traceback(tmp_path, content, message):
    register = write(tmp_path, content)
    with pytest.raises(DataError, match=message):
        register["ATL-QUOTA-2027"]


def test_file_must_be_named_for_its_measure(tmp_path):
    register = write(tmp_path, GOOD, "ATL-QUOTA-2028.yaml")
    with pytest.raises(DataError, match="the id is 'ATL-QUOTA-2027' but the file is named for 'ATL-QUOTA-2028'"):
        register["ATL-QUOTA-2028"]


def event_file(tmp_path, text):
    (tmp_path / "events").mkdir(exist_ok=True)
    (tmp_path / "events" / "2026.yaml").write_text(text, encoding="utf-8")
    return write(tmp_path, GOOD)


EVENT = """\
events:
  - id: EVENT:talks-2026-11-02
    date: 2026-11-02
    date_precision: day
    kind: trade_talks
    actor: Ministry of Mines
    actor_jurisdiction: ATL
    targets: [CHN]
    rank: agency
    place: Poseidonis
    summary: Talks on quotas.
    sources:
      - {title: Gazette, quality: reported, access: full_text}
"""


def test_event_with_a_mistake_is_named_with_its_place_in_the_list(tmp_path):
    assert event_file(tmp_path, EVENT).event("EVENT:talks-2026-11-02").verified
    register = event_file(tmp_path, EVENT.replace("date_precision: day", "date_precision: exact"))
    with pytest.raises(DataError) as caught:
        len(register.events)
    assert caught.value.where == "2026.yaml, line 4, field events.0.date_precision"


@pytest.mark.parametrize("text", ["events: 1\n", "happenings: []\n", "- a\n", EVENT + EVENT.partition("\n")[2]])
def test_event_file_of_another_shape_or_with_a_doubled_event_is_refused(tmp_path, text):
    register = event_file(tmp_path, text)
    with pytest.raises(DataError, match=r"2026\.yaml"):
        len(register.events)


def reactions_file(tmp_path, old, new):
    text = (Register.default().folders[0] / "reactions.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "reactions.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    return write(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("lag_days", "lag", "reactions.csv, line 1"),
        ("2010-07-08,CHN", "8 July,CHN", "reactions.csv, line 2, column trigger_date"),
        (",13,inferred,", ",13,guessed,", "reactions.csv, line 5, column grade"),
        (",180,no,", ",0,no,", "reactions.csv, line 2, column window_days"),
    ],
)
def test_reaction_with_a_mistake_is_named_with_line_and_column(tmp_path, old, new, where):
    register = reactions_file(tmp_path, old, new)
    with pytest.raises(DataError) as caught:
        len(register.reactions)
    assert caught.value.where == where


def findings(register, on="2026-11-24"):
    return [(f.kind, f.limb, f.message) for f in check(register, on)]


def test_check_has_nothing_to_say_of_a_sound_register_on_a_day_it_knows(tmp_path):
    assert findings(write(tmp_path, GOOD)) == []


def test_check_names_what_began_after_the_last_known_day_and_what_ran_out(tmp_path):
    register = write(tmp_path, GOOD)
    assert findings(register, "2027-01-01") == [
        ("unobserved", "all", "legal state in_force since 2027-01-01 by text; last known day 2026-11-20")
    ]
    assert findings(register, "2028-01-01") == [("stale", "all", "legal state unknown since 2028-01-01 (was in_force)")]


@pytest.mark.parametrize(
    ("old", "new", "kind", "message"),
    [
        (GOOD[GOOD.index("sources:") : GOOD.index("confidence")], "sources: []\n", "source", "no source"),
        ("seen: full_text", "seen: not_seen", "source", "none was read"),
        ("level: page", "level: none", "source", "none was read"),
        ("basis: legal\n", "basis: legal\n        by: CHN-A99-2026\n", "reference", "by names 'CHN-A99-2026'"),
        (
            "sources:",
            "reaction_to:\n  - {to: 'EVENT:nowhere', grade: stated, relation: after, basis: x}\nsources:",
            "reference",
            "reaction_to names 'EVENT:nowhere'",
        ),
        ("legal_status", "ended_by: ATL-END-2027\nlegal_status", "reference", "ended_by names 'ATL-END-2027'"),
        (
            "    intervals:\n",
            "    intervals:\n      - {state: suspended, from: 2027-12-31, known: 2026-11-01, known_basis: stated}\n",
            "interval",
            "legal intervals from 2027-01-01 and from 2027-12-31 of limb all overlap",
        ),
    ],
)
def test_check_names_missing_sources_dangling_references_and_overlaps(tmp_path, old, new, kind, message):
    assert old in GOOD
    found = findings(write(tmp_path, GOOD.replace(old, new, 1)))
    assert [k for k, _, _ in found] == [kind]
    assert message in found[0][2]


def test_check_names_dangling_ids_of_the_reaction_table(tmp_path):
    register = reactions_file(tmp_path, "CHN-EXQ-H2-2010", "CHN-EXQ-H3-2010")
    assert ("reference", None, "reactions.csv: trigger_id names 'CHN-EXQ-H3-2010'") in findings(register)


def test_check_names_events_from_memory(tmp_path):
    register = event_file(tmp_path, EVENT.replace("full_text", "recall"))
    assert findings(register) == [("source", None, "written down from memory; no source was read")]
