"""A large result is written piece by piece, and reads as if it were written whole."""

import math

import pytest

from ytterby.canonical import Table, chunks, dumps
from ytterby.cli._output import write

TABLES = {
    "none": {},
    "no rows": {"route": [], "quantity": []},
    "a row": {"route": ["sea"], "quantity": [1 / 3]},
    "more rows than a block": {"route": [f"r{n}" for n in range(5000)], "quantity": [n / 7 for n in range(5000)]},
    "odd values": {
        '100% "é"\n': ["a\tb", None, "\\", "%s"],
        "number": [math.nan, -math.inf, -0.0, 1e-300],
        "whole": [True, False, 10**20, 0],
    },
}


@pytest.mark.parametrize("columns", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("indent", [2, 4])
def test_pieces_are_the_text_of_the_whole(columns, indent):
    rest = {"status": "optimal", "welfare": {"total": 1.0, "by_region": {"A": {"rent": None}}}, "empty": {}}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    assert "".join(chunks({**rest, "flows": Table(columns)}, indent=indent)) == dumps(
        {**rest, "flows": rows}, indent=indent
    )


def test_an_empty_record_is_an_empty_object():
    assert "".join(chunks({})) == dumps({}, indent=2)


def test_pieces_are_written_in_turn(tmp_path, capfdbinary):
    write(iter(["é", "b\n"]), tmp_path / "out.txt")
    write(iter(["é", "b\n"]), None)
    assert (tmp_path / "out.txt").read_bytes() == capfdbinary.readouterr().out == "éb\n".encode()
