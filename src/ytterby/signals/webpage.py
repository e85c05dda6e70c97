r"""How is a web page read so that each quoted sentence still has its place in the page's source?

trafilatura finds the story among menus and teasers; the page's own text is laid out beside it, code point by code point
with the position each came from, and every paragraph of the story is looked up in it. Offsets are code points of the
decoded source; a sentence that cannot be found there keeps its words and has no offsets.

>>> flat = flatten("<p>Rare&nbsp;earths</p>")
>>> flat.text, flat.places[0], "<p>Rare&nbsp;earths</p>"[flat.places[5]]
('Rare earths ', 3, 'e')
"""

from __future__ import annotations

import datetime as dt
import html as entities
import re
from dataclasses import dataclass
from typing import Any

from ytterby.errors import InputError
from ytterby.signals.dateline import dateline
from ytterby.signals.gate import passes
from ytterby.signals.model import Article, Basis, Segment, Signal
from ytterby.signals.reading import read_text

__all__ = ["Flat", "flatten", "read_html"]

_LIMIT = 20_000_000
_TOKEN = re.compile(
    r"<!--.*?-->|<(?P<skip>script|style|noscript|template|head|svg)\b.*?</(?P=skip)\s*>|<[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);|[^<&]+|[<&]",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|b|i|em|strong|span|sup|sub|u|small|mark|abbr|cite|q|font|wbr)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?:\D|$)")


@dataclass(frozen=True)
class Flat:
    """A page's text with white space folded, and for each code point its position in the source."""

    text: str
    places: list[int]


def flatten(source: str) -> Flat:
    """Return the text of a page without scripts and styles, white space folded to single blanks."""
    chars: list[str] = []
    places: list[int] = []

    def add(char: str, place: int) -> None:
        if char.isspace():
            if chars and chars[-1] != " ":
                chars.append(" ")
                places.append(place)
            return
        chars.append(char)
        places.append(place)

    for m in _TOKEN.finditer(source):
        token = m.group()
        if token.startswith("<") and len(token) > 1:
            if not _INLINE.match(token):
                add(" ", m.start())
        elif token.startswith("&") and len(token) > 1:
            for c in entities.unescape(token):
                add(c, m.start())
        else:
            for i, c in enumerate(token):
                add(c, m.start() + i)
    return Flat("".join(chars), places)


def read_html(source: str, *, where: str, id: str, published: str | None = None) -> Article:  # noqa: A002
    """Read a web page.

    Parameters
    ----------
    source
        The decoded page.
    where
        Its file, for messages.
    id
        Its id in the output.
    published
        Day of publication if the page does not tell it.

    Raises
    ------
    InputError
        The page is larger than 20 million code points, or holds no text.
    """
    if len(source) > _LIMIT:
        raise InputError(
            f"the page has {len(source):,} code points; at most {_LIMIT:,} are read",
            where=where,
        )
    flat = flatten(source)
    if not flat.text.strip():
        raise InputError("the page holds no text", where=where, hint="expected HTML with an article")
    if not passes(flat.text):
        return _rejected(source, id, published)
    title, day, url, story = _extracted(source)
    basis: Basis | None = "markup" if day else None
    if day is None and url and (found := _URL.search(url)):
        day, basis = "-".join(found.groups()), "url"
    if day is None and published:
        day, basis = published, "given"
    body = story or flat.text
    if day is None and (day := dateline(body)) is not None:
        basis = "dateline"
    article = read_text(body, id=id, title=title, published=day, published_basis=basis, url=url)
    return _placed(article, body, flat)


_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_DAY = re.compile(
    r"(?:article:published_time|datePublished|date)[\"']?[^>]{0,40}?[\"']((?:19|20)\d\d-\d\d-\d\d)", re.IGNORECASE
)


def _rejected(source: str, id: str, published: str | None) -> Article:  # noqa: A002
    """Return the record of a page that is not about minerals and policy, without looking for its story."""
    title, day = _TITLE.search(source), _DAY.search(source)
    return Article(
        id=id,
        title=" ".join(entities.unescape(title.group(1)).split()) if title else None,
        published=day.group(1) if day else published,
        published_basis="markup" if day else "given" if published else None,
        url=None,
        language="und",
        relevant=False,
        relevance=0.0,
        event_cluster=None,
        segments=(),
        signals=(),
        proposed_measures=(),
    )


def _extracted(source: str) -> tuple[str | None, str | None, str | None, str]:
    import trafilatura

    today = dt.date.today()
    found: Any = trafilatura.bare_extraction(
        source,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        favor_precision=True,
    )
    if found is None:
        return None, None, None, ""
    record = found.as_dict() if hasattr(found, "as_dict") else dict(found)
    day = record.get("date")
    if day and (not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) or day > today.isoformat()):
        day = None
    return (
        record.get("title") or None,
        day or None,
        record.get("url") or None,
        record.get("text") or "",
    )


def _placed(article: Article, body: str, flat: Flat) -> Article:
    """Carry segments and sentences from the story's text over to the page's source."""
    cursor = 0
    segments: list[Segment] = []
    for part in article.segments:
        for line in body[part.start : part.end].split("\n"):
            place = _find(flat, line, cursor)
            if place is None:
                continue
            cursor = place[2]
            last = segments[-1] if segments else None
            if last is not None and last.kind == part.kind:
                segments[-1] = Segment(start=last.start, end=max(last.end, place[1]), kind=part.kind)
            else:
                segments.append(Segment(start=place[0], end=place[1], kind=part.kind))
    signals: list[Signal] = []
    for s in article.signals:
        place = _find(flat, s.sentence, 0)
        signals.append(
            s.model_copy(
                update={
                    "start": place[0] if place else None,
                    "end": place[1] if place else None,
                }
            )
        )
    return article.model_copy(update={"segments": tuple(segments), "signals": tuple(signals)})


def _find(flat: Flat, text: str, cursor: int) -> tuple[int, int, int] | None:
    """Start and end in the source, and the end in the flat text."""
    wanted = " ".join(text.split())
    if not wanted:
        return None
    at = flat.text.find(wanted, cursor)
    if at < 0:
        at = flat.text.find(wanted)
    if at < 0:
        return None
    end = at + len(wanted)
    return flat.places[at], flat.places[end - 1] + 1, end
