"""`ytterby brief` from the shell's side: formats, files, exit codes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ytterby.cli import main

QUIET = "A quiet Sunday\n\nThe home team won by two goals to one in the rain.\n"


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    path = tmp_path / "quiet.txt"
    path.write_text(QUIET, encoding="utf-8")
    return path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["brief", *words])
    return int(stop.value.code or 0)


def test_a_pipe_gets_markdown_and_an_article_without_signal_exits_0(
    quiet: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(str(quiet)) == 0
    out, err = capfdbinary.readouterr()
    assert out.startswith(b"# No policy signal on critical minerals found\n")
    assert err == b""


def test_json_to_standard_output(quiet: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(str(quiet), "--format", "json") == 0
    assert json.loads(capfdbinary.readouterr().out)["signals"] == []


@pytest.mark.parametrize(
    ("name", "begins"),
    [("b.html", "<!doctype html>"), ("b.md", "# No policy"), ("b.txt", "# No policy"), ("b.json", "{")],
)
def test_the_suffix_of_the_file_decides_the_format(quiet: Path, tmp_path: Path, name: str, begins: str) -> None:
    assert run(str(quiet), "-o", str(tmp_path / name)) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_standard_input_gives_the_brief_of_the_same_bytes(
    quiet: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(str(quiet), "--format", "json")
    by_path = capfdbinary.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(QUIET.encode())))
    assert run("-", "--format", "json") == 0
    assert capfdbinary.readouterr().out == by_path


def test_binary_standard_input_is_named_as_such(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\x00\x01")))
    assert run("-") == 3
    err = capfd.readouterr().err
    assert "standard input" in err
    assert "/tmp" not in err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nowhere.txt"], 3, "no such file"),
        (["{quiet}", "--format", "pdf"], 2, "PDF is not there yet"),
        (["{quiet}", "-o", "b.pdf"], 2, "PDF is not there yet"),
        (["{quiet}", "-o", "b.csv"], 2, "cannot tell the format from the suffix"),
        (["{quiet}", "-o", "b.xyz"], 2, "cannot tell the format"),
        (["{quiet}", "--as-of", "yesterday"], 2, "'yesterday' is no date"),
        (["{quiet}", "--draws", "-1"], 2, "draws"),
    ],
)
def test_a_mistake_is_a_message_with_its_exit_code(
    quiet: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    assert run(*[w.replace("{quiet}", str(quiet)).replace("b.", f"{tmp_path}/b.") for w in words]) == code
    err = capfd.readouterr().err
    assert says in err
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["quiet.txt"]


def test_an_empty_file_exits_3(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    assert run(str(empty)) == 3
    assert "empty" in capfd.readouterr().err
