"""The tutorial: every command prints what the page says it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ytterby.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-product.md"
CODES = [0, 0, 0, 1, 0]


def blocks() -> list[tuple[str, str]]:
    """Return each command of the page and what stands below it."""
    found = []
    for block in re.findall(r"^```console\n\$ (.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M):
        command, output = re.split(r"(?<!\\)\n", block, maxsplit=1)
        found.append((command.replace("\\\n", " "), output))
    return found


def test_its_five_commands_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [shlex.split(command)[:2] for command, _ in blocks()] == [
        ["ytterby", "trace"],
        ["ytterby", "trace"],
        ["ytterby", "trace"],
        ["ytterby", "exposure"],
        ["ytterby", "trace"],
    ]
    for (command, shown), code in zip(blocks(), CODES, strict=True):
        with pytest.raises(SystemExit) as done:
            main(shlex.split(command)[1:])
        printed = capfd.readouterr().out
        assert done.value.code == code, command
        assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines(), command
    assert len(list((tmp_path / "questions").glob("*.xlsx"))) == 14
    assert sorted(file.name for file in (tmp_path / "facts").iterdir()) == [
        "EDU-210.yaml",
        "INV-200.yaml",
        "MOT-100.yaml",
        "PMP-351.yaml",
    ]
