"""Bills of materials of Ansys Granta MI in XML (`PartsEco`, 17/11 to 25/05): parts, materials and substances.

A part is named by its number, a material by its identity; one unit of a material is a kilogram. A substance with a
percentage is a declaration about the part that it stands in; a list of substances need not be complete, so the part has
no answer about the others. Specifications, processes, transport and use are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ytterby.trace.readers._assemblies import Assemblies, Part
from ytterby.trace.readers._collect import Collector
from ytterby.trace.readers._numbers import number
from ytterby.trace.readers._open import Opened
from ytterby.trace.readers._substances import is_magnet, substance
from ytterby.trace.readers._units import unit
from ytterby.trace.readers._xml import Node, walk
from ytterby.trace.source import Source

__all__ = ["read", "recognises"]

_PASSED_OVER = ("Processes", "Specifications", "TransportPhase", "UsePhase", "Annotations", "AnnotationSources")


@dataclass
class _Inside:
    """What stands in an open part."""

    parts: list[Part] = field(default_factory=list)
    materials: list[Part] = field(default_factory=list)
    substances: list[Node] = field(default_factory=list)


def recognises(opened: Opened) -> bool:
    """Whether the root is Granta's bill of materials."""
    return opened.kind == "xml" and opened.root[1] == "PartsEco" and "grantadesign.com" in opened.root[0]


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Read a bill of materials; parts at the top are its roots."""
    out = Collector(opened.path.name, "granta")
    reader = _Reader(out)
    walk(opened.path, reader.done, ("Part", "Material", "Substance", *_PASSED_OVER))
    return out.source()


class _Reader:
    def __init__(self, out: Collector) -> None:
        self._out = out
        self._assemblies = Assemblies(out)

    def done(self, node: Node, around: list[Node]) -> None:
        if node.name not in ("Part", "Material", "Substance") or any(n.name in _PASSED_OVER for n in around):
            return
        above = next((n for n in reversed(around) if n.name in ("Part", "Material")), None)
        if above is not None and above.data is None:
            above.data = _Inside()
        inside: _Inside = above.data if above is not None else _Inside()
        if node.name == "Substance":
            inside.substances.append(node)
        elif node.name == "Material":
            if (material := self._material(node)) is not None:
                inside.materials.append(material)
        elif (part := self._part(node)) is not None:
            inside.parts.append(part)

    def _part(self, node: Node) -> Part | None:
        item = node.said("PartNumber") or node.said("Name") or node.said("ExternalIdentity") or node.get("id")
        if not item:
            self._out.problem("a part without a number; it is left out with all below it", row=node.line)
            return None
        mass = self._mass(node.first("MassPerUom"))
        self._out.item(item, row=node.line, name=node.said("Name"), mass_kg=mass)
        inside: _Inside = node.data or _Inside()
        alone = len(inside.materials) == 1 and not inside.parts and inside.materials[0].quantity is None
        if alone:
            only = inside.materials[0]
            inside.materials = [Part(only.child, 100.0, "%", row=only.row, column="Percentage")]
            self._out.problem(
                f"'{only.child}' has no percentage; as the only material of '{item}' it is read as 100 %",
                row=only.row,
                column="Percentage",
            )
        self._assemblies.take(item, [*inside.parts, *inside.materials], row=node.line)
        self._declare(item, mass, inside.substances)
        amount = node.first("Quantity")
        return Part(
            item,
            number(amount.text) if amount else 1.0,
            amount.get("Unit") if amount else "",
            row=node.line,
            column="Quantity",
        )

    def _mass(self, node: Node | None) -> float | None:
        if node is None or not node.text.strip():
            return None
        value, word = number(node.text), re.sub(r"/.*", "", node.get("Unit"))
        known = unit(word)
        if value is None or value < 0 or known is None or known.base != "kg" or not word:
            self._out.problem(
                f"'{node.text.strip()} {node.get('Unit')}' is no mass; it is not read", row=node.line, column=node.name
            )
            return None
        return value * known.factor

    def _material(self, node: Node) -> Part | None:
        item = node.said("Identity") or node.said("Name") or node.said("ExternalIdentity") or _guid(node)
        if not item:
            self._out.problem("a material without identity or name; it is left out", row=node.line)
            return None
        name = node.said("Name")
        form = "magnet" if is_magnet(f"{item} {name}") else None
        self._out.item(item, row=node.line, name=name, mass_kg=1.0, form=form)
        inside: _Inside = node.data or _Inside()
        self._declare(item, 1.0, inside.substances)
        mass, percent = self._mass(node.first("Mass")), node.said("Percentage")
        if mass is not None:
            return Part(item, mass, "kg", row=node.line, column="Mass")
        return Part(item, number(percent) if percent else None, "%", row=node.line, column="Percentage")

    def _declare(self, item: str, mass: float | None, substances: list[Node]) -> None:
        for node in substances:
            cas = next((n.text for n in node.children if re.fullmatch(r"\s*\d{2,7}-\d\d-\d\s*", n.text)), "")
            held = substance(cas, node.said("Name") or node.said("Identity"))
            percent = number(node.said("Percentage"))
            if held is None:
                continue
            known = percent is not None and mass is not None
            whole = (percent or 0.0) / 100 * (mass or 0.0)
            self._out.declaration(
                item,
                row=node.line,
                element=held.element,
                form=held.form,
                mass_low_kg=held.low * whole,
                mass_high_kg=held.high * whole if known else None,
                status="partial" if not known else "declared" if held.low == held.high else "range",
            )
        if substances:
            self._out.declaration(item, row=substances[0].line, element="", form="", status="no_answer")


def _guid(node: Node) -> str:
    return next((n.text.strip() for n in node.below("recordGUID")), "")
