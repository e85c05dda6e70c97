"""Where does a story begin and end, and which sentences has it?

An article's text may end in a tail of other stories' headlines; a signal must never be read from it. Offsets are code
points in the text as given.

>>> [s.text for s in sentences("The U.S. Treasury acted on Jan. 5. Beijing protested.", 0, 53)]
['The U.S. Treasury acted on Jan. 5.', 'Beijing protested.']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ytterby.signals.lexicon import load_yaml
from ytterby.signals.model import Segment

__all__ = ["Sentence", "segments", "sentences"]


@dataclass(frozen=True)
class Sentence:
    """A sentence as it stands in the text, and where."""

    text: str
    start: int
    end: int


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load_yaml("text.yaml")[name])


@cache
def _boilerplate() -> re.Pattern[str]:
    return re.compile(load_yaml("text.yaml")["boilerplate"])


_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9À-Ý])|[。！？!?；;]+[”’」』）]*|\n+")
_END_LATIN = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9À-Ý])|\n+")


def sentences(text: str, start: int, end: int, *, chinese: bool = False) -> list[Sentence]:
    """Split ``text[start:end]`` into sentences; line breaks end a sentence, abbreviations do not."""
    found = []
    begin = start
    for match in (_END if chinese else _END_LATIN).finditer(text, start, end):
        if match.group()[0] in ".!?" and not chinese and not _ends(text, match.start(), match.end(), begin):
            continue
        found.append((begin, match.end()))
        begin = match.end()
    found.append((begin, end))
    return [s for b, e in found if (s := _trimmed(text, b, e)).text]


def _trimmed(text: str, start: int, end: int) -> Sentence:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(text[start:end], start, end)


def _ends(text: str, dot: int, after: int, begin: int) -> bool:
    if text[dot] != ".":
        return True
    word = re.search(r"[\w.&-]*$", text[begin:dot])
    last = word.group() if word else ""
    following = re.match(r"[\"'“‘(\[\s]*([\wÀ-ý]+)", text[after : after + 40])
    first = following.group(1) if following else ""
    if last.lower() in _words("abbreviations"):
        return False
    if re.fullmatch(r"(?:[A-Za-z]\.)*[A-Za-z]", last):
        # initials and U.S.: a sentence ends here only if the next word is one that seldom follows them
        return len(last) > 1 and first.lower() in _words("starters") and first[:1].isupper()
    return True


def _headline(line: str) -> bool:
    """Whether a line is in title case without the end mark of a sentence."""
    if not 15 <= len(line) <= 180 or line[-1] in '.!?。！？:："”;,；，…':
        return False
    words = re.findall(r"[A-Za-z][\w'’.&-]*", line)
    if len(words) < 4:
        return False
    content = [w for w in words if w.lower() not in _words("small")]
    return bool(content) and sum(w[0].isupper() for w in content) / len(content) >= 0.75


def _headline_zh(line: str) -> bool:
    return (
        8 <= len(line) <= 45
        and len(re.findall(r"[\u4e00-\u9fff]", line)) >= 6
        and not re.search(r"[。；;]", line)
        and line[-1] not in "：:，,"
    )


def segments(text: str, *, title: bool) -> tuple[Segment, ...]:
    """Return the stretches of `text`: body, headline lists (two or more in a row, or after a mark), boilerplate.

    Parameters
    ----------
    text
        The article as given.
    title
        Whether the first line is the article's own title, which is part of the body.
    """
    lines: list[tuple[int, int, str]] = []
    for match in re.finditer(r"[^\n]+", text):
        stripped = match.group().strip()
        if stripped:
            lines.append((match.start(), match.end(), stripped))
    kinds = []
    for i, (_, _, line) in enumerate(lines):
        if title and i == 0:
            kinds.append("body")
        elif _boilerplate().match(line):
            kinds.append("boilerplate")
        else:
            kinds.append("headline" if _headline(line) or _headline_zh(line) else "body")
    kinds = _settled(kinds)
    found: list[Segment] = []
    for (start, end, _), kind in zip(lines, kinds, strict=True):
        if found and found[-1].kind == kind:
            found[-1] = Segment(start=found[-1].start, end=end, kind=found[-1].kind)
        else:
            found.append(Segment.model_validate({"start": start, "end": end, "kind": kind}))
    return tuple(found)


def _settled(kinds: list[str]) -> list[str]:
    """Return the kinds of lines: headlines in a row or after boilerplate are a list, one alone is a subheading."""
    out = list(kinds)
    i = 0
    while i < len(kinds):
        if kinds[i] != "headline":
            i += 1
            continue
        j = i
        while j < len(kinds) and kinds[j] == "headline":
            j += 1
        listed = j - i >= 2 and i > 0 and "body" in kinds[:i]
        after_mark = i > 0 and kinds[i - 1] == "boilerplate"
        out[i:j] = ["headline_list" if listed or after_mark else "body"] * (j - i)
        i = j
    return out
