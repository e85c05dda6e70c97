"""In which format is this file, and what does it say? One reader a format, each recognised by the file's content.

A reader is a module with two functions: ``recognises(path, head)`` looks at the first bytes, ``read(path)`` returns a
`Source`. The first reader that recognises a file reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

from ytterby.errors import InputError
from ytterby.trace.readers import native
from ytterby.trace.source import Source

__all__ = ["read"]

_HEAD = 65536


class _Reader(Protocol):
    def recognises(self, path: Path, head: bytes) -> bool: ...

    def read(self, path: Path) -> Source: ...


_READERS: tuple[_Reader, ...] = (cast("_Reader", native),)


def read(path: Path, mapping: Path | None = None) -> Source:
    """Return what a file says.

    Parameters
    ----------
    path
        A file in any of the known formats.
    mapping
        A file that says which column of the input holds what; not needed for the native tables.

    Raises
    ------
    InputError
        If the file cannot be opened or no reader recognises it.
    """
    if mapping is not None:
        raise InputError("a mapping is not known for any format yet", where=str(mapping))
    try:
        with path.open("rb") as f:
            head = f.read(_HEAD)
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
    for reader in _READERS:
        if reader.recognises(path, head):
            return reader.read(path)
    raise InputError(
        "no reader recognises this file",
        where=str(path),
        hint="a bill of materials is a CSV with the columns parent,child,quantity,unit",
    )
