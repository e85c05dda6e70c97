"""Drafts for a lawyer: what they say, what they leave blank, and how they are written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest

from ytterby.obligations import Facts, judge
from ytterby.obligations.drafts import Draft, drafts_of

DAY = "2026-11-24"


def drafts(facts: Any, on: str = DAY, **law: Any) -> dict[str, Draft]:
    return {d.name: d for d in drafts_of(judge(Facts.model_validate(facts), on, **law))}


def words_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_licence_that_is_owed_is_drafted_with_the_facts_the_law_and_marked_blanks(oxide: Any) -> None:
    oxide["nodes"][0]["contents"][0] |= {"value_usd": [450, 500], "origin": {"mined": {"CHN": [0.5, 1]}}}
    text = drafts(oxide)["CHN-A18-2025.all.1-licence"].markdown
    assert text.startswith("# Draft for a lawyer, not legal advice\n\n## Application for a licence\n")
    for part in (
        "| Who | exporter in China |",
        "| Where | MOFCOM, http://ecomp.mofcom.gov.cn |",
        "| Form | dual-use licence application with end user and end use |",
        "decision within 45 working days |",
        "item list 1C902–1C908 |",
        "| Law of, as known on | 2026-11-24, as known on 2026-11-24; the state was last looked up 56 days before |",
        "End user: Motorenwerk. End use: electric motors. Planned day of export: 2026-11-24.",
        "| item.hs | [not told: item.hs] |",
        "450 to 500 | 45 to 55.56 % | mined CHN 50 to 100 %; "
        "separated [not told: nodes.0.contents.0.origin.separated] |",
        "| [not told: parties.0.military] | none |",
        "- trace_practice=none (default): ",
        "MOFCOM and GAC, Announcement 18 of 2025 (copy of the text read) https://www.mofcom.gov.cn/",
    ):
        assert part in text, part
    assert "Only if the limb binds" not in text


def test_a_duty_of_a_limb_that_may_not_bind_says_so_and_one_that_ended_gives_no_draft(oxide: Any) -> None:
    found = drafts(oxide)
    notice = "CHN-A61-2025.art7_compliance_notice.1-declaration"
    assert "**Only if the limb binds.** CHN-A61-2025 art7_compliance_notice: incomplete" in found[notice].markdown
    suspended = drafts(oxide, "2026-02-11")[notice].markdown
    assert "art7_compliance_notice: dormant\\_if" not in suspended  # underscores within words need no mark
    assert "dormant_if_reactivated; state on 2026-02-11: suspended, not repealed" in suspended
    assumed = drafts(oxide, assume={"CHN-A61-2025:art7_compliance_notice": "in_force"})[notice].markdown
    assert "Only if" not in assumed
    assert not any(name.startswith("CHN-EXREP-2023") for name in found)  # it expired


def test_the_last_day_is_computed_or_blank(oxide: Any) -> None:
    def last_days(facts: Any, on: str = DAY) -> set[str]:
        lines = (line for d in drafts(facts, on).values() for line in d.markdown.splitlines())
        return {line.removeprefix("| Last day | ") for line in lines if line.startswith("| Last day | ")}

    none = "no day can be computed from the rule's words |"
    assert last_days(oxide) == {none}
    relief = {
        **oxide,
        "exporter": "JPN",
        "ship_from": "JPN",
        "end_use": ["emergency medical aid"],
        "dates": {"export": "2026-11-24"},
    }
    relief["nodes"][0]["contents"][0]["origin"] = {"separated": {"CHN": [1, 1]}}
    assert "2026-12-08 |" in last_days(relief)
    relief["dates"] = {}
    assert "[not told: dates.export] |" in last_days(relief)


def test_what_was_told_cannot_break_the_document(oxide: Any) -> None:
    oxide["item"]["description"] = "dysprosium oxide | **free**\n# head <script> [a](javascript:b) \x07"
    oxide["nodes"][0]["id"] = "a|b"
    found = drafts(oxide)["CHN-A18-2025.all.1-licence"]
    assert "dysprosium oxide \\| \\*\\*free\\*\\* # head \\<script\\> \\[a\\](javascript:b)" in found.markdown
    assert "\n| a\\|b | Dy, oxide |" in found.markdown


def test_drafts_are_written_in_both_formats_and_named_by_the_record(
    run: Any, file: Any, oxide: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "drafts"
    out = run("judge", file(oxide), "--on", DAY, "--drafts", str(folder), "--format", "json")
    named = [f["draft"] for v in json.loads(out)["verdicts"] for f in v["filings"] if f["draft"]]
    files = sorted(str(path) for path in folder.iterdir())
    assert sorted(named) == [path for path in files if path.endswith(".md")]
    assert [path for path in files if not path.endswith(".md")] == [
        p.removesuffix("md") + "docx" for p in sorted(named)
    ]
    words = words_of(folder / "CHN-A18-2025.all.1-licence.docx")
    assert words.startswith("Draft for a lawyer, not legal advice\nApplication for a licence\n")
    assert "[not told: item.control_code]" in words
    assert "\\" not in words


def test_files_are_written_over_with_force_alone_and_otherwise_none_is(
    run: Any, file: Any, oxide: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "CHN-A18-2025.all.2-declaration.docx").write_text("mine", encoding="utf-8")
    words = ["judge", file(oxide), "--on", DAY, "--drafts", str(folder)]
    assert "CHN-A18-2025.all.2-declaration.docx is there already" in run(*words, code=2)
    assert [path.name for path in folder.iterdir()] == ["CHN-A18-2025.all.2-declaration.docx"]
    run(*words, "--force")
    assert words_of(folder / "CHN-A18-2025.all.2-declaration.docx").startswith("Draft for a lawyer")
    assert not list(folder.glob(".*"))
    assert "--force goes with --drafts" in run(*words[:-2], "--force", code=2)


def test_a_move_that_fails_leaves_what_was_there(
    run: Any, file: Any, oxide: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "drafts"
    words = ["judge", file(oxide), "--on", DAY, "--drafts", str(folder)]
    run(*words)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    rename, moved = Path.rename, []

    def failing(self: Path, target: Path) -> Path:
        if self.parent.name == "new":
            moved.append(target)
            if len(moved) == 3:
                raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    oxide["destination"] = "USA"
    assert "cannot write drafts: No space left" in run("judge", file(oxide), *words[2:], "--force", code=2)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_every_kind_of_duty_has_a_template_and_no_draft_calls_anything_clear(oxide: Any) -> None:
    from ytterby.obligations import rules

    kinds = {duty.kind for rule in rules().values() for duty in rule.duties}
    folder = Path(__file__).parents[2] / "src" / "ytterby" / "obligations" / "data" / "drafts"
    assert {f"{kind}.md.j2" for kind in kinds} | {"draft.md.j2"} == {path.name for path in folder.iterdir()}
    for facts in (oxide, {}):
        for draft in drafts(facts).values():
            assert not re.search(r"\bclear(ed|ance|s)?\b", draft.markdown, re.IGNORECASE)
