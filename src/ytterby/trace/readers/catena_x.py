"""Catena-X: the aspects SingleLevelBomAsBuilt and SingleLevelBomAsPlanned in JSON, alone, in a list, or in a container.

The item is the Catena-X id; its name and number come from a part aspect in the same file if there is one. Of children
that have alternatives it is not known which was built in: each may have any share. Validity periods are passed over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ytterby.errors import InputError
from ytterby.trace.readers._assemblies import Assemblies, Part
from ytterby.trace.readers._collect import Collector, Line
from ytterby.trace.readers._json import load, objects, pointer, text
from ytterby.trace.readers._open import Opened
from ytterby.trace.source import Source

__all__ = ["read", "recognises"]

_CHILDREN = ("childItems", "childParts")
_Path = tuple[str | int, ...]


def recognises(opened: Opened) -> bool:
    """Whether the file speaks of Catena-X ids or aspects."""
    return opened.kind == "json" and ('"catenaXId"' in opened.head or "io.catenax." in opened.head)


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Read the single-level bills of materials in a file as one structure.

    Raises
    ------
    InputError
        If there is none in it.
    """
    out = Collector(opened.path.name, "catena_x")
    reader = _Reader(out)
    for path, one in objects(load(opened)):
        reader.take(path, one)
    if not reader.found:
        raise InputError(
            "no SingleLevelBomAsBuilt or SingleLevelBomAsPlanned in this Catena-X file",
            where=str(opened.path),
            hint="expected an object with catenaXId and childItems",
        )
    reader.close()
    return out.source()


class _Reader:
    def __init__(self, out: Collector) -> None:
        self._out = out
        self._assemblies = Assemblies(out, self._alternative)
        self._either: dict[str, list[Line]] = {}
        self._children: dict[str, str] = {}
        self._described: set[str] = set()
        self._linked: dict[str, list[Part]] = {}
        self.found = False

    def take(self, path: _Path, one: dict[str, Any]) -> None:
        item = text(one.get("catenaXId"))
        self._describe(path, item, one)
        for key in _CHILDREN:
            children = one.get(key)
            if not isinstance(children, list):
                continue
            self.found = True
            if not item:
                self._out.problem("a bill of materials without catenaXId; it is left out", column=pointer(*path))
                continue
            self._described.add(item)
            self._out.item(item, column=pointer(*path))
            parts = [self._part((*path, key, n), child) for n, child in enumerate(children)]
            self._assemblies.take(item, [p for p in parts if p is not None], column=pointer(*path))
        link = one.get("linkedItem")
        if item and isinstance(link, dict):  # the form in which an item relationship service answers
            self.found = True
            part = self._part((*path, "linkedItem"), link)
            if part is not None:
                self._linked.setdefault(item, []).append(part)

    def _describe(self, path: _Path, item: str, one: dict[str, Any]) -> None:
        for key, aspects in one.items():
            for aspect in aspects if isinstance(aspects, list) else [aspects]:
                kind = aspect.get("partTypeInformation") if isinstance(aspect, dict) else None
                if isinstance(kind, dict):
                    self._part_type((*path, key), text(aspect.get("catenaXId")) or item, kind, one)
        kind = one.get("partTypeInformation")
        if item and isinstance(kind, dict):
            self._part_type(path, item, kind, one)

    def _part_type(self, path: _Path, item: str, kind: dict[str, Any], one: dict[str, Any]) -> None:
        if not item or item in self._described:
            return
        self._described.add(item)
        number = text(kind.get("manufacturerPartId"))
        name = text(kind.get("nameAtManufacturer"))
        self._out.item(
            item,
            column=pointer(*path),
            name=f"{name} ({number})" if name and number else name or number,
            supplier=text(one.get("bpnl")) or text(one.get("businessPartner")),
        )

    def _part(self, path: _Path, child: Any) -> Part | None:
        item = text(child.get("catenaXId")) or text(child.get("childCatenaXId")) if isinstance(child, dict) else ""
        if not item:
            self._out.problem("a child without catenaXId; it is left out", column=pointer(*path))
            return None
        self._children.setdefault(item, pointer(*path))
        self._out.item(item, column=pointer(*path, "businessPartner"), supplier=text(child.get("businessPartner")))
        said = child.get("quantity")
        amount = said if isinstance(said, dict) else {}
        value = amount.get("value", amount.get("quantityNumber"))
        unit = amount.get("unit", amount.get("measurementUnit", ""))
        if isinstance(unit, dict):
            unit = unit.get("lexicalValue", "")
        quantity = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        alternate = "yes" if child.get("hasAlternatives") is True else ""
        return Part(item, quantity, text(unit), alternate=alternate, column=pointer(*path, "quantity"))

    def _alternative(self, line: Line | None, part: Part) -> None:
        if line is not None and part.alternate:
            self._either.setdefault(line.parent, []).append(line)

    def close(self) -> None:
        for parent, parts in self._linked.items():
            self._assemblies.take(parent, parts)
        for parent, lines in self._either.items():
            self._out.share(lines, f"{parent}: alternatives")
            self._out.problem(
                f"children of '{parent}' with alternatives: {', '.join(line.child for line in lines)}; which was built"
                " in is not known, each may have any share"
            )
        if self._described - set(self._children):
            for item in sorted(set(self._children) - self._described):
                self._out.problem(f"'{item}' is not described in this file", column=self._children[item])
