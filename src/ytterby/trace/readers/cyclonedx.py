"""CycloneDX bills of materials in JSON: components within components, and what depends on what.

The format has no quantity of its own: a property whose name ends in `quantity` (as in the taxonomy `cdx:device`)
gives it, with one ending in `unit`; without it, one piece is read, and that is told once. A dependency is read as a
part unless the component lies within the other already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ytterby.errors import InputError
from ytterby.trace.readers._collect import Collector
from ytterby.trace.readers._json import load, pointer, text
from ytterby.trace.readers._numbers import number
from ytterby.trace.readers._open import Opened
from ytterby.trace.source import Source

__all__ = ["read", "recognises"]

_Path = tuple[str | int, ...]


def recognises(opened: Opened) -> bool:
    """Whether the file says that it is CycloneDX."""
    return opened.kind == "json" and '"CycloneDX"' in opened.head and '"bomFormat"' in opened.head


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Read components and dependencies.

    Raises
    ------
    InputError
        If the file is no object with components.
    """
    data = load(opened)
    if not isinstance(data, dict):
        raise InputError("a CycloneDX file is an object", where=str(opened.path))
    out = Collector(opened.path.name, "cyclonedx")
    reader = _Reader(out)
    metadata = data.get("metadata")
    top = metadata.get("component") if isinstance(metadata, dict) else None
    root = reader.component(("metadata", "component"), top) if isinstance(top, dict) else None
    loose = [item for item in reader.components(("components",), data.get("components")) if item is not None]
    pairs = list(reader.dependencies(data.get("dependencies")))
    if root is not None and not any(parent == root for parent, _, _ in pairs):
        held = {child for _, child, _ in pairs}
        pairs += [(root, item, reader.place(item)) for item in loose if item not in held]
    for parent, child, place in pairs:
        reader.line(parent, child, place)
    return out.source()


class _Reader:
    def __init__(self, out: Collector) -> None:
        self._out = out
        self._places: dict[str, str] = {}
        self._amounts: dict[str, tuple[float | None, str]] = {}
        self._pairs: set[tuple[str, str]] = set()
        self._assumed = False

    def place(self, item: str) -> str:
        return self._places.get(item, "")

    def components(self, path: _Path, many: Any) -> Iterator[str | None]:
        for n, one in enumerate(many if isinstance(many, list) else []):
            yield self.component((*path, n), one)

    def component(self, path: _Path, one: Any) -> str | None:
        where = pointer(*path)
        fields = one if isinstance(one, dict) else {}
        name, version = text(fields.get("name")), text(fields.get("version"))
        item = text(fields.get("bom-ref")) or (f"{name}@{version}" if name and version else name)
        if not item:
            self._out.problem("a component without bom-ref and name; it is left out", column=where)
            return None
        if item in self._places:
            self._out.problem(f"'{item}' stands at {self._places[item]} too; both are read as one", column=where)
        self._places.setdefault(item, where)
        self._out.item(item, column=where, name=name, supplier=_supplier(fields))
        self._amounts.setdefault(item, self._amount(where, fields))
        for child in list(self.components((*path, "components"), fields.get("components"))):
            if child is not None:
                self.line(item, child, self._places[child])
        return item

    def _amount(self, where: str, fields: dict[str, Any]) -> tuple[float | None, str]:
        listed = fields.get("properties")
        properties = [p for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []
        said = {text(p.get("name")).casefold().rsplit(":", 1)[-1]: text(p.get("value")) for p in properties}
        if "quantity" not in said:
            return 1.0, "assumed"
        value = number(said["quantity"])
        if value is None:
            self._out.problem(f"'{said['quantity']}' is no number", column=f"{where}/properties")
        return value, said.get("unit", "")

    def dependencies(self, many: Any) -> Iterator[tuple[str, str, str]]:
        for n, one in enumerate(many if isinstance(many, list) else []):
            parent = text(one.get("ref")) if isinstance(one, dict) else ""
            children = one.get("dependsOn", []) if isinstance(one, dict) else []
            for k, child in enumerate(children if isinstance(children, list) else []):
                place = pointer("dependencies", n, "dependsOn", k)
                for name in (parent, text(child)):
                    if name not in self._places:
                        self._out.problem(f"'{name}' is not among the components; nothing is known of it", column=place)
                if parent and text(child):
                    yield parent, text(child), place

    def line(self, parent: str, child: str, place: str) -> None:
        if (parent, child) in self._pairs:
            return
        self._pairs.add((parent, child))
        quantity, unit = self._amounts.get(child, (1.0, "assumed"))
        if unit == "assumed":
            unit = ""
            if not self._assumed:
                self._assumed = True
                self._out.problem("components without a quantity are read as one piece (told once)", column=place)
        self._out.line(parent, child, quantity, unit, column=place)


def _supplier(fields: dict[str, Any]) -> str:
    for key in ("supplier", "manufacturer"):
        one = fields.get(key)
        if isinstance(one, dict) and text(one.get("name")):
            return text(one["name"])
    return text(fields.get("publisher"))
