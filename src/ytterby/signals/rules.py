"""Which rules are there? Read from ``data/rules_en.yaml`` and ``rules_zh.yaml``, checked, compiled once.

>>> {r.action for r in rules("en") if r.id.startswith("ban.")}
{'export_ban'}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from ytterby.errors import DataError
from ytterby.signals.lexicon import load_yaml
from ytterby.signals.model import Action

__all__ = ["Cues", "Rule", "cues", "rules"]

_FORMS = {"verb", "passive", "noun", "parties", "wto"}
_GAP = re.compile(r"\{gap(\d+)\}")
_WORDS = (
    r"(?:(?!(?:after|because|while|whereas|amid|response|retaliation|despite|when|since|although|though|which|who|unless|if|said|says|told)\b)"
    r"[^\s;:]+\s+){0,%s}?"
)
"""Up to N words of the same clause."""


@dataclass(frozen=True)
class Rule:
    """A sentence rule: the pattern, the act it stands for and how its actor is found."""

    id: str
    action: Action
    form: str
    scope: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    when: re.Pattern[str] | None
    status: str
    polarity: str | None
    official: bool
    who: str | None
    confidence: float
    background: bool = False
    actors: frozenset[str] = frozenset()


class Cues:
    """Named cue patterns of a language."""

    def __init__(self, raw: dict[str, str], name: str) -> None:
        self._patterns = {}
        for key, text in raw.items():
            if key == "source":
                continue
            try:
                self._patterns[key] = re.compile(text)
            except re.error as error:
                raise DataError(
                    f"not a regular expression: {error}",
                    where=f"signals/data/{name}, {key}",
                ) from error

    def has(self, cue: str, text: str) -> bool:
        """Whether the cue occurs in `text`."""
        return self._patterns[cue].search(text) is not None

    def __getitem__(self, cue: str) -> re.Pattern[str]:
        return self._patterns[cue]


@cache
def cues(language: str) -> Cues:
    """Return the cue words of a language."""
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


def _expand(text: str, macros: dict[str, str]) -> str:
    for key, value in macros.items():
        text = text.replace("{" + key + "}", value)
    return _GAP.sub(lambda m: _WORDS % m.group(1), text)


def _rule(raw: dict[str, Any], macros: dict[str, str], where: str, language: str) -> Rule:
    if raw["action"] not in get_args(Action):
        raise DataError(f"unknown action '{raw['action']}'", where=f"{where}, field action")
    if raw["form"] not in _FORMS:
        raise DataError(
            f"unknown form '{raw['form']}'",
            where=f"{where}, field form",
            hint=", ".join(sorted(_FORMS)),
        )

    def compiled(key: str) -> re.Pattern[str] | None:
        text = raw.get(key)
        if text is None:
            return None
        text = _expand(str(text), macros)
        try:
            return re.compile(rf"(?<![\w-])(?:{text})" if language == "en" and key == "pattern" else text)
        except re.error as error:
            raise DataError(f"not a regular expression: {error}", where=f"{where}, field {key}") from error

    pattern = compiled("pattern")
    if pattern is None:
        raise DataError("a rule needs a pattern", where=where)
    return Rule(
        raw["id"], raw["action"], raw["form"], raw.get("scope", "topic"), pattern, compiled("unless"), compiled("when"),
        raw.get("status", "tense"), raw.get("polarity"), bool(raw.get("official", False)), raw.get("who"),
        float(raw.get("confidence", 0.8)), bool(raw.get("background", False)), frozenset(raw.get("actors", ())),
    )  # fmt: skip
