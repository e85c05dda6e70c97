"""A product to try it on: an electric drive unit with declarations that have holes."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from ytterby.errors import UsageError

__all__ = ["FILES", "copy_example"]

FILES = ("bom.csv", "items.csv", "declarations.csv", "stocks.csv", "products.csv", "README.md")
"""Names of the files of the example."""


def copy_example(folder: Path) -> list[Path]:
    """Copy the example into a folder, which is made if need be, and return the files.

    Raises
    ------
    UsageError
        If one of the files is there already (none is written then), or the folder cannot be written to.
    """
    targets = [folder / name for name in FILES]
    for target in targets:
        if target.exists():
            raise UsageError("the file is there already", where=str(target), hint="name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in targets:
            with as_file(files("ytterby.trace") / "data" / "example" / target.name) as source:
                shutil.copyfile(source, target)
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", where=str(folder)) from error
    return targets
