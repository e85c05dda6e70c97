"""Which rules and which patterns around an act are there? Read from ``data/``, checked, compiled once.

``rules_en.yaml`` and ``rules_zh.yaml`` hold the acts, ``cues_en.yaml`` and ``cues_zh.yaml`` the patterns that decide
speaker, status, aim and background.

>>> {r.action for r in rules("en") if r.id.startswith("ban.")}
{'export_ban'}
>>> cues("zh").has("market", "稀土板块上涨")
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from ytterby.errors import DataError
from ytterby.signals.lexicon import load_yaml
from ytterby.signals.model import Action

__all__ = ["Cues", "Rule", "cues", "rules"]

_FORMS = ("verb", "passive", "noun", "parties", "wto")
_SCOPES = ("sentence", "topic")
_GAP = re.compile(r"\{gap(\d+)\}")
_WORDS = (
    r"(?:(?!(?:after|because|while|whereas|amid|response|retaliation|despite|when|since|although|though|which|who"
    r"|unless|if|said|says|told)\b)[^\s;:]+\s+){0,%s}?"
)
"""Up to N words of the same clause."""


@dataclass(frozen=True)
class Rule:
    """A sentence rule: the pattern, the act that it stands for, and how its actor is found."""

    id: str
    action: Action
    form: str
    pattern: re.Pattern[str]
    confidence: float
    scope: str = "topic"
    unless: re.Pattern[str] | None = None
    when: re.Pattern[str] | None = None
    status: str = "tense"
    polarity: str | None = None
    official: bool = False
    who: str | None = None
    background: bool = False
    actors: frozenset[str] = frozenset()

    def allows(self, masked: str) -> bool:
        """Whether nothing in the sentence speaks against the rule."""
        return not (self.unless and self.unless.search(masked)) and not (self.when and not self.when.search(masked))


class Cues:
    """The named patterns of a language."""

    def __init__(self, raw: Mapping[str, str], name: str) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        for key, text in raw.items():
            if key == "source":
                continue
            for other, pattern in self._patterns.items():
                text = text.replace("{" + other + "}", pattern.pattern)
            try:
                self._patterns[key] = re.compile(text)
            except re.error as error:
                raise DataError(f"not a regular expression: {error}", where=f"signals/data/{name}, {key}") from error

    def has(self, cue: str, text: str) -> bool:
        """Whether the pattern occurs in `text`."""
        return self._patterns[cue].search(text) is not None

    def __getitem__(self, cue: str) -> re.Pattern[str]:
        return self._patterns[cue]


@cache
def cues(language: str) -> Cues:
    """Return the patterns of a language.

    Raises
    ------
    DataError
        If a pattern is no regular expression; the file and its name are given.
    """
    name = f"cues_{language}.yaml"
    return Cues(load_yaml(name), name)


@cache
def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules of a language in the order of the file.

    Raises
    ------
    DataError
        If a rule breaks its schema; the file, the rule and the field are named.
    """
    name = f"rules_{language}.yaml"
    raw = load_yaml(name)
    macros: dict[str, str] = {}
    for key, text in raw.get("macros", {}).items():
        macros[key] = _expand(text, macros)
    return tuple(_rule(r, macros, f"signals/data/{name}, rule {r.get('id')}", language) for r in raw["rules"])


def _expand(text: str, macros: Mapping[str, str]) -> str:
    for key, value in macros.items():
        text = text.replace("{" + key + "}", value)
    return _GAP.sub(lambda m: _WORDS % m.group(1), text)


_FIELDS = frozenset(Rule.__dataclass_fields__)


def _rule(raw: Mapping[str, Any], macros: Mapping[str, str], where: str, language: str) -> Rule:
    for field, valid in (("action", get_args(Action)), ("form", _FORMS), ("scope", _SCOPES)):
        if field in raw and raw[field] not in valid:
            raise DataError(
                f"unknown {field} '{raw[field]}'", where=f"{where}, field {field}", hint="valid: " + ", ".join(valid)
            )
    for field in raw:
        if field not in _FIELDS:
            raise DataError(f"unknown field '{field}'", where=where, hint="valid: " + ", ".join(sorted(_FIELDS)))
    missing = [f for f in ("id", "action", "form", "pattern", "confidence") if f not in raw]
    if missing:
        raise DataError(f"a rule needs {', '.join(missing)}", where=where)
    fields = dict(raw)
    for key in ("pattern", "unless", "when"):
        if key not in fields:
            continue
        text = _expand(str(fields[key]), macros)
        try:
            whole_words = language == "en" and key == "pattern"
            fields[key] = re.compile(rf"(?<![\w-])(?:{text})" if whole_words else text)
        except re.error as error:
            raise DataError(f"not a regular expression: {error}", where=f"{where}, field {key}") from error
    fields["actors"] = frozenset(fields.get("actors", ()))
    return Rule(**fields)
