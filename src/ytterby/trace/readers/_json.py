"""JSON read as a whole, and the place of a value in it (a JSON pointer)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ytterby.errors import InputError
from ytterby.trace.readers._open import Opened

__all__ = ["load", "objects", "pointer", "text"]

_MOST = 2**30


def load(opened: Opened) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    InputError
        If it is no JSON, nested too deep, or larger than 1 GiB.
    """
    path = opened.path
    if path.stat().st_size > _MOST:
        raise InputError("a JSON file of more than 1 GiB", where=str(path), hint="split it; JSON is read as a whole")
    try:
        return json.loads(path.read_text(encoding=opened.encoding))
    except json.JSONDecodeError as error:
        raise InputError(f"no JSON: {error.msg}", where=f"{path}, line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise InputError("the JSON is nested too deep", where=str(path)) from error


def pointer(*path: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a path.

    Examples
    --------
    >>> pointer("components", 3, "a/b")
    '/components/3/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def objects(value: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield all objects in a value with their paths, outer ones first."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, dict):
            yield path, one
            waiting += [((*path, key), inner) for key, inner in reversed(one.items()) if isinstance(inner, dict | list)]
        elif isinstance(one, list):
            waiting += [((*path, n), inner) for n, inner in reversed(list(enumerate(one)))]


def text(value: Any) -> str:
    """Return a value that should be text as text; empty if it is none."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
