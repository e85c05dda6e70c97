"""Rule files into records: YAML with file, line and field in every complaint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from ytterby.errors import DataError
from ytterby.obligations._model import RuleFile, StateMeaning

__all__ = ["parse_rule_file", "rules", "state_meanings"]


@cache
def rules() -> dict[str, RuleFile]:
    """Return the duties that ship with Ytterby: measure id → its rule file, in order of id.

    Raises
    ------
    DataError
        A file breaks the schema; file, line and field are named.

    Examples
    --------
    >>> rules()["CHN-A18-2025"].duties[0].kind
    'licence'
    """
    folder = files(__package__) / "data" / "rules"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            record = parse_rule_file(_text(entry), entry.name)
            found[record.rule] = record
    return found


@cache
def state_meanings() -> dict[str, StateMeaning]:
    """Return what each legal state of the register means for a duty."""
    entry = files(__package__) / "data" / "states.yaml"
    return TypeAdapter(dict[str, StateMeaning]).validate_python(yaml.safe_load(_text(entry)))


def parse_rule_file(text: str, name: str) -> RuleFile:
    r"""Return the record of one rule file.

    Parameters
    ----------
    text
        The YAML text.
    name
        How the file is called in complaints.

    Raises
    ------
    DataError
        The YAML is broken, a key stands twice, a field is missing, unknown or of the wrong kind, or a source is named
        that the file does not list.

    Examples
    --------
    >>> parse_rule_file("rule: X\nsources: {}\nduties: []", "x.yaml")
    Traceback (most recent call last):
    ...
    ytterby.errors.DataError: x.yaml, line 3, field duties: List should have at least 1 item after validation, not 0
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"this is not YAML: {error.problem}", where=f"{name}, line {line}") from None
    for key, line in _doubled(root):
        raise DataError(f"the key '{key}' stands twice", where=f"{name}, line {line}, field {key}")
    try:
        record = RuleFile.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        loc: Sequence[Any] = first["loc"]
        field = ".".join(str(part) for part in loc) or "(whole file)"
        raise DataError(first["msg"], where=f"{name}, line {_line(root, loc)}, field {field}") from None
    for i, duty in enumerate(record.duties):
        for key in duty.sources:
            if key not in record.sources:
                known = ", ".join(record.sources)
                raise DataError(
                    f"unknown source '{key}'",
                    where=f"{name}, line {_line(root, ('duties', i, 'sources'))}, field duties.{i}.sources",
                    hint=f"the file lists: {known}",
                )
    return record


def _text(entry: Traversable) -> str:
    return entry.read_text(encoding="utf-8")


def _doubled(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _doubled(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _doubled(value)


def _line(node: yaml.Node | None, loc: Sequence[Any]) -> int:
    """Return the line of the field at `loc`, or of the deepest part of the path that exists."""
    line = 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == part), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
