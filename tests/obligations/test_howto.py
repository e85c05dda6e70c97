"""The how-to: every command of the page runs on the files that the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ytterby.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "howto" / "obligations.md").read_text(encoding="utf-8")


def test_its_commands_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    (facts,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.S | re.M)
    (shipments,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.S | re.M)
    Path("oxide.yaml").write_text(facts, encoding="utf-8")
    Path("shipments.csv").write_text(shipments, encoding="utf-8")
    commands = re.findall(r"^\$ ytterby (.*)$", PAGE, re.M)
    assert len(commands) == 10
    for command in commands:
        with pytest.raises(SystemExit) as done:
            main(shlex.split(command))
        assert done.value.code == 0, command
    assert Path("due.ics").read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")
    assert len(list(Path("drafts").glob("*.docx"))) == len(list(Path("drafts").glob("*.md"))) > 0
    assert Path("verdicts.parquet").stat().st_size > 0
