"""The native tables: what is read, what is left out, and where that is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ytterby.errors import InputError
from ytterby.trace import Bom
from ytterby.trace.readers import read
from ytterby.trace.workspace import save


def _write(folder: Path, text: str, name: str = "bom.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_good_rows_are_kept_and_each_bad_one_is_told_with_its_place(tmp_path: Path) -> None:
    text = (
        "parent,child,quantity,unit\nmotor,magnet,8,\nmotor,housing,-1,\nmotor,screw,x,\n,motor,,\na,b\nmotor,shaft,1,"
    )
    source = read(_write(tmp_path, text))
    assert source.lines[["child", "quantity", "row"]].to_numpy().tolist() == [["magnet", 8, 2], ["shaft", 1, 7]]
    assert [(p.file, p.row, p.column) for p in source.problems] == [
        ("bom.csv", 3, "quantity"),
        ("bom.csv", 4, "quantity"),
        ("bom.csv", 6, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffPARENT;Child;quantity\nm;n;0,5\n",
        "quantity\tparent\tchild\n0.5\tm\tn\n",
        'parent,child,quantity,note\n"m", n ,0.5,"a, b"\n',
    ],
)
def test_separator_case_order_and_byte_order_mark_do_not_matter(tmp_path: Path, text: str) -> None:
    lines = read(_write(tmp_path, text)).lines
    assert lines[["parent", "child", "quantity"]].to_numpy().tolist() == [["m", "n", 0.5]]


def test_items_and_declarations_join_the_lines(tmp_path: Path) -> None:
    bom = Bom.read(
        _write(tmp_path, "parent,child,quantity\nm,n,2\n"),
        items=_write(tmp_path, "item,name,mass_kg\nn,magnet,0.3\nn,again,0.4\n", "items.csv"),
        declarations=_write(
            tmp_path, "item,element,mass_low_kg,status\nn,Nd,0.1,\nn,Dy,,no anser\n", "declarations.csv"
        ),
    )
    assert bom.source.format == "native_bom_csv"
    assert bom.source.items["mass_kg"].tolist() == [0.3]
    assert bom.source.declarations["status"].tolist() == ["declared", "no_answer"]
    told = [(p.file, p.row, p.column) for p in bom.source.problems]
    assert told == [("items.csv", 3, "item"), ("declarations.csv", 3, "status")]
    assert "did you mean 'no_answer'" in bom.source.problems[1].message


def test_what_is_no_table_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no reader recognises"):
        read(_write(tmp_path, "alpha,beta\n1,2\n"))


def test_a_file_of_many_blocks_is_read_as_one_of_a_single_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"m{n % 7}, n{n % 11} ,{n},{'kg' if n % 3 else ''}" for n in range(200)]
    rows[20:22] = ["m,n", "m1,n2,-1,"]
    rows[90], rows[150], rows[199] = "m1,,1,", "m1,n2,x,", ",root,,"
    path = _write(tmp_path, "parent,child,quantity,unit\n" + "\n".join(rows) + "\n")
    whole = read(path)
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("ytterby.trace.readers._native_lines._BYTES", 256)
    parts = read(path, progress=lambda done, of: told.append((done, of)))
    texts = dict.fromkeys(("parent", "child", "unit", "alternative", "file"), "str")
    pd.testing.assert_frame_equal(parts.lines.astype(texts), whole.lines.astype(texts))
    assert parts.problems == whole.problems
    assert [p.row for p in parts.problems] == [22, 23, 92, 152]
    assert len(told) > 5
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_a_workspace_of_many_blocks_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path, "parent,child,quantity,unit\nm,n,2,\nm,o,3,kg\no,n,4,\n")
    monkeypatch.setattr("ytterby.trace.workspace._ROWS", 2)
    made = Bom.read(path)
    save(made.source, tmp_path / "workspace")
    again = Bom.read(tmp_path / "workspace")
    assert again.content().to_dict()["lines"] == made.content().to_dict()["lines"]
    assert again.source.lines.to_csv() == made.source.lines.to_csv()
