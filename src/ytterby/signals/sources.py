"""Where do articles come from? Text, HTML, JSON Lines, feeds, a folder of them, or standard input; in input order.

>>> list(read_stream([]))
[]
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ytterby.errors import InputError
from ytterby.signals.dateline import dateline
from ytterby.signals.events import Events
from ytterby.signals.model import Article, Basis
from ytterby.signals.reading import read_text

__all__ = ["read", "read_stream"]

_TEXT = {".txt", ".text", ".md", ""}
_HTML = {".html", ".htm", ".xhtml"}
_LINES = {".jsonl", ".ndjson"}
_FEED = {".xml", ".rss", ".atom"}
_READABLE = _TEXT | _HTML | _LINES | _FEED
_EXPECTED = "UTF-8 text (.txt), HTML (.html), JSON Lines (.jsonl) or a feed (.xml, .rss, .atom)"
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_DATE_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:\D|$)")


def read(path: Path | str, *, published: str | None = None) -> Iterator[Article]:
    """Yield the articles of a file, a folder (its files by name), or ``-`` (standard input).

    Parameters
    ----------
    path
        ``.txt`` (may begin with its title line), ``.html``, ``.jsonl`` (id, title, text or excerpt, optional date,
        url, lang), a feed (RSS, Atom), a folder, or ``-``.
    published
        Day of publication for articles that do not tell theirs.

    Raises
    ------
    InputError
        The file is missing, empty, binary, or no UTF-8; or a line of JSON Lines is no article (file and line).
    """
    events = Events()
    for article in _articles(path, published):
        yield events.assign(article)


def _articles(path: Path | str, published: str | None) -> Iterator[Article]:
    if str(path) == "-":
        yield from _from_bytes(sys.stdin.buffer.read(), "standard input", "", "stdin", published)
        return
    where = Path(path)
    if where.is_dir():
        files = sorted(p for p in where.rglob("*") if p.is_file() and p.suffix.lower() in _READABLE and p.suffix)
        if not files:
            raise InputError(
                "the folder holds no article",
                where=str(where),
                hint=f"expected {_EXPECTED}",
            )
        for file in files:
            yield from _articles(file, published)
        return
    try:
        data = where.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", where=str(where), hint=f"expected {_EXPECTED}") from None
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(where)) from error
    yield from _from_bytes(data, str(where), where.suffix.lower(), where.stem, published)


def read_stream(paths: Iterable[Path | str], *, published: str | None = None) -> Iterator[Article]:
    """Yield the articles of several paths, in the order given; events are told apart across all of them."""
    events = Events()
    for path in paths:
        for article in _articles(path, published):
            yield events.assign(article)


def _from_bytes(data: bytes, where: str, suffix: str, stem: str, published: str | None) -> Iterator[Article]:
    from ytterby.signals.feeds import entries, is_feed
    from ytterby.signals.link import linked

    text = _decoded(data, where)
    head = text.lstrip()[:500]
    if suffix in _LINES or (not suffix and re.match(r'\{\s*"', head)):
        for number, record in _records(text, where):
            yield linked(_from_record(record, number, where, published))
    elif suffix in _FEED or (not suffix and is_feed(head)):
        for entry in entries(text, where=where):
            yield linked(
                read_text(
                    entry.text,
                    id=entry.id,
                    title=entry.title,
                    published=entry.published or published,
                    published_basis="markup" if entry.published else None,
                    url=entry.url,
                )
            )
    elif suffix in _HTML or re.match(r"(?i)<!doctype html|<html|<\?xml", head):
        from ytterby.signals.webpage import read_html

        yield linked(read_html(text, where=where, id=stem, published=published))
    else:
        yield linked(_from_text(text, stem, published))


def _decoded(data: bytes, where: str) -> str:
    if not data.strip():
        raise InputError("the file is empty", where=where, hint=f"expected {_EXPECTED}")
    if b"\x00" in data[:4096]:
        raise InputError("the file is binary", where=where, hint=f"expected {_EXPECTED}")
    try:
        return data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"byte {error.start} is no UTF-8 ({data[error.start : error.start + 1]!r})",
            where=f"{where}, line {line}",
            hint=f"expected {_EXPECTED}; convert it, e.g. iconv -f GB18030 -t UTF-8",
        ) from None


def _from_text(text: str, stem: str, published: str | None) -> Article:
    first, _, rest = text.partition("\n")
    title = first.strip()
    titled = bool(rest.strip()) and 0 < len(title) <= 200 and title[-1] not in ".。!?！？,，;；"
    basis: Basis | None = "given" if published else None
    day = published
    if day is None and (day := dateline(text)) is not None:
        basis = "dateline"
    elif day is None and (found := _DATE_IN_NAME.search(stem)):
        day, basis = "-".join(g for g in found.groups() if g), "file_name"
    return read_text(
        text, id=stem, title=title if titled else None, title_in_text=titled, published=day, published_basis=basis
    )


def _records(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"no JSON: {error.msg} (column {error.colno})",
                where=f"{where}, line {number}",
            ) from None
        if not isinstance(record, dict):
            raise InputError("a line must be one JSON object", where=f"{where}, line {number}")
        yield number, record


def _from_record(record: dict[str, Any], number: int, where: str, published: str | None) -> Article:
    text = record.get("text") if record.get("text") is not None else record.get("excerpt")
    if not isinstance(text, str):
        raise InputError(
            "an article needs a string `text` or `excerpt`", where=f"{where}, line {number}",
            hint="fields: id, title, text or excerpt, optional date, url, lang",
        )  # fmt: skip
    for key in ("title", "date", "url", "lang"):
        if record.get(key) is not None and not isinstance(record[key], str):
            raise InputError(
                f"`{key}` must be a string",
                where=f"{where}, line {number}, field {key}",
            )
    day = record.get("date") or record.get("published")
    if day and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", day[:10]):
        raise InputError(f"'{day}' is no ISO 8601 date", where=f"{where}, line {number}, field date")
    basis: Basis | None = "given" if day else None
    if not day and record.get("url"):
        found = _DATE_IN_URL.search(record["url"])
        if found:
            day, basis = "-".join(found.groups()), "url"
    return read_text(
        text,
        id=str(record.get("id", number)),
        title=record.get("title"),
        published=(day or published or "")[:10] or None,
        published_basis=basis,
        url=record.get("url"),
        language=record.get("lang"),
    )
