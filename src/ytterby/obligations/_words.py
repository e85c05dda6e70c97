"""What do free words of the facts speak of? Vocabularies as data (``data/words.yaml``): yes, perhaps, or not at all.

A stated use such as "infantry radios" is military though no field says so; "aircraft parts" may be. Words that no
vocabulary knows say nothing of it. "Non-military" is read as what it says.

>>> [speaks(text, "military") for text in ("radios for the army", "drone parts", "non-military drones")]
[True, None, False]
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter

from ytterby.errors import UnknownNameError
from ytterby.records import Record, load

__all__ = ["speaks", "vocabularies"]


_DENIED = r"(?P<no>\b(?:non|not|no|without|never)[\s-]+(?:(?:yet|for|in|of|a|an|any|the|been|part)\s+)*)"


class Vocabulary(Record):
    """Words that mean something for sure, rule it out, or leave it open; regular expressions without case."""

    about: str
    surely: tuple[str, ...]
    never: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@cache
def vocabularies() -> dict[str, Vocabulary]:
    """Return the vocabularies by name."""
    data = load(Path(str(files(__package__) / "data" / "words.yaml")))
    return TypeAdapter(dict[str, Vocabulary]).validate_python(data)


@cache
def _patterns(name: str) -> tuple[re.Pattern[str] | None, ...]:
    try:
        words = vocabularies()[name]
    except KeyError:
        raise UnknownNameError("vocabulary", name, vocabularies()) from None
    return tuple(_compiled(group) for group in (words.surely, words.never, words.perhaps))


def _compiled(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    # words of Latin letters stand alone ("army" is not in "Carmyle"); Chinese has no spaces between words
    one = "|".join(rf"\b(?:{w})\b" if w[0].isascii() else w for w in words)
    return re.compile(rf"{_DENIED}?(?:{one})", re.IGNORECASE)


@cache
def speaks(text: str, name: str) -> bool | None:
    """Return whether the text speaks of what the vocabulary is about: True, False, or None where it may.

    Raises
    ------
    UnknownNameError
        There is no such vocabulary.
    """
    text = text.replace("_", " ")
    surely, never, perhaps = (_told(pattern, text) for pattern in _patterns(name))
    if surely:
        return True
    return None if perhaps and not never else False


def _told(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and any(not match["no"] for match in pattern.finditer(text))
