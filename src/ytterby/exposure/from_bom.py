"""A bill of materials in place of a content file: it is rolled up first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ytterby.exposure.content import Content
from ytterby.trace import Bom

__all__ = ["lines_of", "read_content"]


def read_content(path: Path, items: Path | None = None, declarations: Path | None = None) -> Content:
    """Return the content in a file: the JSON of `ytterby trace content`, or a bill of materials that is rolled up.

    Parameters
    ----------
    path
        The file, or a workspace of `ytterby trace import`.
    items, declarations
        The tables that go with a bill of materials.
    """
    if _is_content(path):
        return Content.read(path)
    return Content.from_dict(Bom.read(path, items, declarations).content().to_dict(), path.name)


def lines_of(path: Path, items: Path | None = None) -> list[dict[str, Any]]:
    """Return the lines of a bill of materials as records: ``parent, child, quantity``."""
    return Bom.read(path, items).content().lines()


def _is_content(path: Path) -> bool:
    """Whether a file is the JSON of a content: an object whose `items` tell elements, or that says what was read."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return not path.exists()
    try:
        record = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        return True
    if not isinstance(record, dict) or not isinstance(record.get("items"), list):
        return False
    return "read" in record or any(isinstance(row, dict) and "element" in row for row in record["items"])
