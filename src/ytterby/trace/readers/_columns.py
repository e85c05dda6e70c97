"""Which column of a table is what: guessed by the words of its header in ten languages, else by what it holds.

The guess is shown (`Match.table`) and can be put right by a mapping file in YAML, `field: column`, where a column is
named by its header or its letter and `=kg` is a value for all rows; `sheet`, `header_row` and `decimal` may stand there
too.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ytterby.errors import InputError, UnknownNameError
from ytterby.trace.readers._content import by_content
from ytterby.trace.readers._data import rows
from ytterby.trace.readers._grid import Grid, Row, column_letter

__all__ = ["FIELDS", "Column", "Match", "load_mapping", "match"]

FIELDS = (
    "level", "parent", "item", "quantity", "unit", "batch", "name", "form", "mass", "mass_unit", "value", "supplier",
    "hs", "alternate", "total",
)  # fmt: skip
"""What a column can be; `total` is a quantity per top item, which is known in order not to be taken for `quantity`."""
_OPTIONS = ("sheet", "header_row", "decimal", "root")
_HEADER_ROWS = 40
_BRACKETS = re.compile(r"[\[(（【]([^\])）】]*)[\])）】]")
_PER = re.compile(r"\b(?:per|pro|pour|por|je)\s+(\d+)\b|[/每]\s*(\d+)\b")


@dataclass(frozen=True)
class Column:
    """A column and what it was taken for."""

    index: int
    header: str
    field: str | None
    because: str


@dataclass(frozen=True)
class Match:
    """The columns of a table.

    Parameters
    ----------
    header_row
        Number of the header's last row; 0 where there is none.
    columns
        All columns in order.
    constants
        Fields that the mapping file gives one value for all rows.
    """

    header_row: int
    columns: tuple[Column, ...]
    constants: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def index(self, name: str) -> int | None:
        """Position of the column that was taken for a field, if there is one."""
        return next((c.index for c in self.columns if c.field == name), None)

    def header(self, name: str) -> str:
        """Header of the column that was taken for a field; empty if there is none."""
        return next((c.header for c in self.columns if c.field == name), "")

    def unit(self, name: str) -> str:
        """Return the unit in the header of a field's column, e.g. ``"g"`` of ``Weight [g]``."""
        inside = _BRACKETS.search(self.header(name))
        return inside[1].strip() if inside else ""

    def per(self, name: str) -> float:
        """For how many of the parent a field's header says it is, e.g. 100 of ``Qty per 100``; else 1."""
        found = _PER.search(self.header(name).casefold())
        return float(found[1] or found[2]) if found else 1.0

    def table(self) -> list[dict[str, str]]:
        """Return the guess: column, header, what it was taken for, and why."""
        return [
            {"column": column_letter(c.index), "header": c.header, "taken_for": c.field or "-", "because": c.because}
            for c in self.columns
        ]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that were found."""
        return frozenset(c.field for c in self.columns if c.field is not None) | frozenset(self.constants)


def load_mapping(path: Path) -> dict[str, str]:
    """Read a mapping file: `field: column`, and the options `sheet`, `header_row`, `decimal` and `root`.

    Raises
    ------
    UnknownNameError
        If a key is neither a field nor an option.
    """
    import yaml

    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot read the mapping: {error}", where=str(path)) from error
    if not isinstance(data, dict) or not all(isinstance(v, str | int) for v in data.values()):
        raise InputError("a mapping is lines of 'field: column'", where=str(path), hint="e.g. quantity: Menge")
    for key in data:
        if key not in (*FIELDS, *_OPTIONS):
            raise UnknownNameError("field", str(key), (*FIELDS, *_OPTIONS), where=str(path))
    return {str(key): str(value) for key, value in data.items()}


def match(grid: Grid, mapping: Mapping[str, str]) -> Match:
    """Return what the columns of a table are taken for.

    Raises
    ------
    InputError
        If the mapping names a column or row that is not there.
    """
    sample = grid.sample
    width = max((len(cells) for _, cells in sample), default=0)
    best: tuple[tuple[int, int], int, list[str], dict[int, tuple[str, str]]] = ((0, 0), -1, [""] * width, {})
    named = {_plain(mapping[field]) for field in FIELDS if field in mapping}
    wanted = int(row) if (row := mapping.get("header_row", "")).isdigit() else None
    for position, (number, _) in enumerate(sample[:_HEADER_ROWS]):
        if wanted is not None and number != wanted:
            continue
        headers = _headers(sample, position, width)
        taken = _by_words(headers)
        plain = {_plain(header) for header in headers}
        score = (len(taken) + 2 * len(named & plain), -position)
        if score > best[0] or wanted is not None:
            best = (score, position, headers, taken)
    if row and (wanted is None or best[1] < 0):
        raise InputError(f"there is no header row '{row}'", where=_where(grid))
    (sure, _), position, headers, taken = best
    if sure < 2 and wanted is None:
        position, headers, taken = -1, [""] * width, {}
    body = sample[position + 1 :]
    taken = _mapped(grid, headers, taken, mapping)
    taken = by_content(body, width, taken)
    return Match(
        header_row=sample[position][0] if position >= 0 else 0,
        columns=tuple(
            Column(index, headers[index], *(taken.get(index) or (None, "not used"))) for index in range(width)
        ),
        constants={name: text[1:] for name, text in mapping.items() if name in FIELDS and text.startswith("=")},
    )


def _headers(sample: Sequence[Row], position: int, width: int) -> list[str]:
    """Return the header of each column: the cell, under the cell above it where that stands over several columns."""
    cells = sample[position][1] + [""] * (width - len(sample[position][1]))
    if position == 0 or sample[position - 1][0] != sample[position][0] - 1:
        return cells
    above = sample[position - 1][1] + [""] * (width - len(sample[position - 1][1]))
    spans = {text for i, text in enumerate(above) if text and above.count(text) > 1 and (i + 1 < width or i)}
    return [f"{a} {c}" if a in spans and c and a != c else c for a, c in zip(above, cells, strict=True)]


def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).casefold()
    text = _BRACKETS.sub(" ", text)
    text = re.sub(r"[*:_\n\r\t]+", " ", text)
    return re.sub(r"\s+", " ", text).strip(" .-#")


@cache
def _words() -> dict[str, tuple[int, str, str, str]]:
    """Plain word -> its place in its list (the first words are the surest), its field, its language, itself."""
    return {
        _plain(word): (place, field, language, word)
        for field, language, words in reversed(rows("header_words"))
        for place, word in reversed(list(enumerate(words.split("|"))))
    }


def _guess(header: str) -> tuple[int, int, str, str] | None:
    """How far from sure (0 the word itself, 1 without its 'per', 2 words at its end or start), field and why."""
    plain = _plain(header)
    words = _words()
    for doubt, text in ((0, plain), (1, _plain(_PER.sub("", plain)))):
        if text in words:
            place, field, language, word = words[text]
            return doubt, place, field, f"header word '{word}' ({language})"
    tokens = plain.split()
    for size in range(min(len(tokens) - 1, 4), 0, -1):
        for part in (" ".join(tokens[-size:]), " ".join(tokens[:size])):
            if part in words and len(tokens) <= 5 and (len(part) > 3 or part in ("qty", "uom")):
                place, field, language, word = words[part]
                return 2, place, field, f"part of the header, '{word}' ({language})"
    return None


def _by_words(headers: Sequence[str]) -> dict[int, tuple[str, str]]:
    guesses = [(*guess[:2], index, *guess[2:]) for index, h in enumerate(headers) if h and (guess := _guess(h))]
    taken: dict[int, tuple[str, str]] = {}
    fields: set[str] = set()
    for _, _, index, field, because in sorted(guesses):
        if field not in fields:
            taken[index] = (field, because)
            fields.add(field)
    return taken


def _mapped(
    grid: Grid, headers: Sequence[str], taken: Mapping[int, tuple[str, str]], mapping: Mapping[str, str]
) -> dict[int, tuple[str, str]]:
    chosen = {}
    for field in FIELDS:
        name = mapping.get(field, "=")
        if name.startswith("="):
            continue
        index = next((i for i, h in enumerate(headers) if h == name or (h and _plain(h) == _plain(name))), None)
        if index is None and re.fullmatch(r"[A-Z]{1,2}", name):
            letters = [column_letter(i) for i in range(len(headers))]
            index = letters.index(name) if name in letters else None
        if index is None:
            raise UnknownNameError("column", name, [h for h in headers if h], where=f"{_where(grid)}, field {field}")
        chosen[index] = (field, "mapping file")
    fields = {field for field in FIELDS if field in mapping}
    return {**{i: t for i, t in taken.items() if t[0] not in fields and i not in chosen}, **chosen}


def _where(grid: Grid) -> str:
    return f"{grid.opened.path}, sheet '{grid.sheet}'" if grid.sheet else str(grid.opened.path)
