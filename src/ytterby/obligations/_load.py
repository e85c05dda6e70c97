"""Rule files into records: the shipped ones and a user's own, by the same schema, with file, line and field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, TypeAdapter

from ytterby.errors import DataError, InputError, UnknownNameError
from ytterby.obligations._model import Outcome, RuleFile, StateMeaning
from ytterby.obligations._tests import Test
from ytterby.records import Record, line_of, load, validate

__all__ = ["common", "outcome_words", "read_rule_file", "read_rules", "rules", "state_meanings"]

_DATA = Path(str(files(__package__) / "data"))


class Common(Record):
    """Tests that several rules ask."""

    tests: dict[str, Test] = Field(default_factory=dict)


@cache
def rules() -> Mapping[str, RuleFile]:
    """Return the rules that ship with Ytterby: measure id → its rule file, in order of id.

    Raises
    ------
    DataError
        A file breaks the schema; file, line and field are named.

    Examples
    --------
    >>> rules()["CHN-A18-2025"].duties[0].kind
    'licence'
    """
    return MappingProxyType(_folder(_DATA / "rules"))


@cache
def common() -> Common:
    """Return the tests that several rules ask."""
    path = _DATA / "common.yaml"
    return validate(Common, load(path), path)


@cache
def state_meanings() -> dict[str, StateMeaning]:
    """Return what each legal state of the register means for a duty."""
    return TypeAdapter(dict[str, StateMeaning]).validate_python(load(_DATA / "states.yaml"))


@cache
def outcome_words() -> dict[Outcome, str]:
    """Return what each word of a verdict means, gravest first."""
    return TypeAdapter(dict[Outcome, str]).validate_python(load(_DATA / "outcomes.yaml"))


def read_rules(folder: Path) -> dict[str, RuleFile]:
    """Return the rules of a folder of one's own beside the shipped ones; a file for the same measure takes its place.

    Raises
    ------
    InputError
        There is no such folder, or it holds no ``*.yaml``.
    DataError
        A file breaks the schema; file, line and field are named.
    """
    if not folder.is_dir():
        raise InputError("no such folder of rules", where=str(folder))
    own = _folder(folder)
    if not own:
        raise InputError(
            "the folder has no *.yaml", where=str(folder), hint="one file a measure, e.g. MY-RULE-2026.yaml"
        )
    return {**rules(), **own}


def read_rule_file(path: Path) -> RuleFile:
    """Return the record of one rule file, checked: every source, test, list and reading that it names is there.

    Raises
    ------
    DataError
        The YAML is broken, a key stands twice, a field is missing, unknown or of the wrong kind.
    UnknownNameError
        A source, test or reading is named that does not exist.
    """
    file = validate(RuleFile, load(path), path)
    for at, named in _sources(file):
        for key in named:
            _known("source", key, file.sources, path, (*at, "sources"))
    for k, limb in enumerate(file.limbs):
        for name in limb.names():
            _known("test", name, {**common().tests, **file.tests}, path, ("limbs", k))
        for reading in file.readings_of(limb):
            _known("reading", reading, file.readings, path, ("limbs", k))
    tests = {**common().tests, **file.tests}
    for k, duty in enumerate(file.duties):
        for name in duty.when:
            _known("test", name, tests, path, ("duties", k, "when"))
    for own, entries in file.lists.items():
        for k, entry in enumerate(entries):
            for name in entry.where:
                _known("test", name, tests, path, ("lists", own, k, "where"))
    for name, test in file.tests.items():
        for part in test.names():
            _known("test", part, {**common().tests, **file.tests}, path, ("tests", name, "of"))
    for name, rule in file.readings.items():
        if rule.values:
            _known("value", str(rule.default), rule.values, path, ("readings", name, "default"))
    return file


def _known(kind: str, name: str, valid: Iterable[str], path: Path, at: tuple[str | int, ...]) -> None:
    if name not in valid:
        field = ".".join(str(part) for part in at)
        raise UnknownNameError(kind, name, valid, where=f"{path.name}, line {line_of(path, at)}, field {field}")


def _sources(file: RuleFile) -> list[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    duties = [(("duties", i), duty.sources) for i, duty in enumerate(file.duties)]
    return [*duties, *((("tests", name), test.sources) for name, test in file.tests.items())]


def _folder(folder: Path) -> dict[str, RuleFile]:
    found: dict[str, RuleFile] = {}
    for path in sorted(folder.glob("*.yaml")):
        file = read_rule_file(path)
        if file.rule in found:
            raise DataError(f"the rule {file.rule} has a file already", where=path.name)
        found[file.rule] = file
    return found
