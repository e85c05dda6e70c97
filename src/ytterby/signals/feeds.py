"""Which articles has a feed? RSS 2.0 and Atom, entry by entry, in the order of the feed.

An entry's text is its content, else its summary, with markup taken off; offsets count that text.

>>> item = "<item><title>T</title><description>&lt;p&gt;A &amp;amp; B&lt;/p&gt;</description></item>"
>>> feed = f"<rss><channel>{item}</channel></rss>"
>>> [(e.title, e.text) for e in entries(feed, where="feed.xml")]
[('T', 'A & B')]
"""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from ytterby.errors import InputError
from ytterby.signals.webpage import flatten

__all__ = ["Entry", "entries", "is_feed"]

_NAMES = re.compile(r"^\{[^}]*\}")


@dataclass(frozen=True)
class Entry:
    """An entry of a feed."""

    id: str
    title: str | None
    text: str
    published: str | None
    url: str | None


def is_feed(head: str) -> bool:
    """Whether a document begins as a feed does."""
    return re.search(r"<(?:rss|feed|rdf:RDF)[\s>]", head) is not None


def entries(source: str, *, where: str) -> Iterator[Entry]:
    """Yield the entries of a feed.

    Raises
    ------
    InputError
        The feed is no well-formed XML, declares entities, or has no entry.
    """
    if "<!ENTITY" in source[:5000]:
        raise InputError("the feed declares entities, which are not read", where=where)
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise InputError(
            f"the feed is no well-formed XML (column {column})",
            where=f"{where}, line {line}",
            hint="expected RSS or Atom",
        ) from None
    found = [e for e in root.iter() if _name(e) in {"item", "entry"}]
    if not found:
        raise InputError("the feed has no entry", where=where, hint="expected RSS items or Atom entries")
    for number, element in enumerate(found, 1):
        parts = {_name(child): child for child in reversed(element)}
        body = next((_text(parts[k]) for k in ("encoded", "content", "description", "summary") if k in parts), "")
        link = parts.get("link")
        url = (link.get("href") or _text(link)) if link is not None else None
        day = next((_text(parts[k]) for k in ("pubDate", "published", "date", "updated") if k in parts), "")
        key = next((_text(parts[k]) for k in ("guid", "id") if k in parts), "") or url or str(number)
        title = flatten(_text(parts["title"])).text.strip() if "title" in parts else None
        yield Entry(key, title or None, flatten(body).text.strip(), _day(day), url or None)


def _name(element: ElementTree.Element) -> str:
    return _NAMES.sub("", element.tag) if isinstance(element.tag, str) else ""


def _text(element: ElementTree.Element) -> str:
    return "".join(element.itertext()).strip()


def _day(text: str) -> str | None:
    """Return the day of a date of RFC 822 or ISO 8601; none where it is neither or lies in the future."""
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        day = text[:10]
    else:
        try:
            day = email.utils.parsedate_to_datetime(text).date().isoformat()
        except (TypeError, ValueError):
            return None
    try:
        return day if dt.date.fromisoformat(day) <= dt.date.today() else None
    except ValueError:
        return None
