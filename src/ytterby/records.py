"""How is a YAML record read so that every mistake in it has a file, a line and a field?

Duplicate keys are refused (YAML parsers keep the last one silently), unknown fields are answered with the nearest
known one, and a value that breaks its type is reported at its own line.
"""

from __future__ import annotations

import reprlib
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ytterby.errors import DataError, nearest

__all__ = ["Record", "line_of", "load", "read_text", "validate"]

R = TypeVar("R", bound="Record")
_DIGITS = 300
"""An integer has no more digits than this: Python refuses to write very long ones."""
_SHOWN = reprlib.Repr()
"""How a wrong value is shown: not more of it than fits a message."""
_SHOWN.maxstring = _SHOWN.maxother = 200
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Record(BaseModel):
    """A frozen record without unknown fields; a field is written in YAML by its alias (`from`) or its name."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, value: Any) -> Any:
        if isinstance(value, dict):
            valid = [name for key, field in cls.model_fields.items() for name in {field.alias or key, key}]
            for key in value:
                if key not in valid:
                    raise PydanticCustomError(
                        "unknown_field",
                        "unknown field '{name}'",
                        {"name": str(key), "valid": sorted(field.alias or k for k, field in cls.model_fields.items())},
                    )
        return value


# a subclass, so that refusing duplicate keys stays ours alone; the C loader where PyYAML was built with it
_Loader: Any = type("_Loader", (_Base,), {})


def _mapping(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
        if key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key '{key.value}' stands twice in one mapping", key.start_mark
            )
        seen.add(key.value)
    return dict(yaml.SafeLoader.construct_mapping(loader, node, deep=deep))


def _construct(loader: Any, node: yaml.MappingNode) -> Iterable[dict[Hashable, Any]]:
    data: dict[Hashable, Any] = {}
    yield data
    data.update(_mapping(loader, node))


def _date(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return yaml.SafeLoader.construct_yaml_timestamp(loader, node)
    except ValueError as error:  # a date such as 2026-02-31, which YAML tags as a date and Python refuses
        raise _NoDateError(None, None, f"'{node.value}' is no date: {error}", node.start_mark) from None


def _int(loader: Any, node: yaml.ScalarNode) -> Any:
    if len(node.value) > _DIGITS:
        raise yaml.constructor.ConstructorError(None, None, "a number of too many digits", node.start_mark)
    return yaml.SafeLoader.construct_yaml_int(loader, node)


class _NoDateError(yaml.constructor.ConstructorError):
    pass


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)
_Loader.add_constructor("tag:yaml.org,2002:int", _int)


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file, or raise DataError saying why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8 text (byte {error.start})", where=path.name) from None
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=str(path)) from None


def load(path: Path) -> Any:
    """Return the content of one YAML file.

    Raises
    ------
    DataError
        Not UTF-8, not YAML, empty, or a key that stands twice; with file and line.
    """
    text = read_text(path)
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        if (
            mark
            and isinstance(error, _NoDateError)
            and (key := text.splitlines()[mark.line][: mark.column].strip(" :-"))
        ):
            line += f", field {key}"
        raise DataError(str(error.problem or error.context), where=f"{path.name}{line}") from None
    except RecursionError:
        raise DataError("lists or mappings lie too deep in each other", where=path.name) from None
    except yaml.YAMLError as error:
        raise DataError(f"not YAML: {error}".splitlines()[0], where=path.name) from None
    if data is None:
        raise DataError("the file is empty", where=path.name)
    return data


def validate(
    model: type[R], data: Any, path: Path, at: tuple[str | int, ...] = (), *, csv_line: int | None = None
) -> R:
    """Return `data` as a record of `model`, or raise DataError with file, line and field of the first mistake.

    Parameters
    ----------
    model
        The record's class.
    data
        What `load` returned, or a part of it.
    path
        The file it came from.
    at
        Where in a YAML file `data` stands, as keys and list positions.
    csv_line
        The line, if the file is a table: its fields are columns then.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        loc = (*at, *(part for part in first["loc"] if isinstance(part, str | int)))
        message, hint = first["msg"], None
        if first["type"] == "unknown_field":
            name, valid = first["ctx"]["name"], first["ctx"]["valid"]
            loc = (*loc, name)
            close = nearest(name, valid)
            hint = f"did you mean '{close[0]}'?" if close else "known fields: " + ", ".join(valid)
        elif first["type"] == "missing":
            message = "the field is missing"
        else:
            message = message.replace("a valid tuple", "a list")
            message = f"{message[0].lower()}{message[1:]}; found {_SHOWN.repr(first['input'])}"
            if first["type"] == "literal_error":
                expected = str(first["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
                close = nearest(str(first["input"]), expected, n=1)
                hint = f"did you mean '{close[0]}'?" if close else None
        field = ".".join(str(p) for p in loc) or "(the whole file)"
        line = f"line {line_of(path, loc)}, field" if csv_line is None else f"line {csv_line}, column"
        raise DataError(message, where=f"{path.name}, {line} {field}", hint=hint) from None


def line_of(path: Path, loc: tuple[str | int, ...]) -> int:
    """Return the line of the deepest part of `loc` that exists; composed again, as only an error needs it."""
    node = yaml.compose(read_text(path), Loader=_Base)
    line = node.start_mark.line if node else 0
    for part in loc:
        found = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, found = key.start_mark.line, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line
        if found is None:
            continue
        node = found
    return int(line) + 1
