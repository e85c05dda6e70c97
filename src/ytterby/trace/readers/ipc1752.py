"""Material declarations in XML after IPC-1752A and IPC-1752B, classes C (substances of a list) and D (all substances).

What a product holds of each rare earth is summed over its homogeneous materials, by form. Where substances are withheld
or the masses do not add up to the whole, the rest may hold anything: the declared masses are then least masses, and the
other elements have no answer. A class C declaration says nothing of substances that are not on its list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ytterby.trace.readers._assemblies import Assemblies, Part
from ytterby.trace.readers._collect import Collector
from ytterby.trace.readers._numbers import number
from ytterby.trace.readers._open import Opened
from ytterby.trace.readers._substances import Substance, is_magnet, substance, untold
from ytterby.trace.readers._units import unit
from ytterby.trace.readers._xml import Node, walk
from ytterby.trace.source import Source

__all__ = ["read", "recognises"]

_PRODUCTS = ("Product", "SubProduct")
_WHOLE = 0.99
"""Share of a mass from which on it counts as told in full: declarations are rounded."""
_LIMIT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|mass\s*%|ppm)", re.IGNORECASE)


@dataclass
class _Amount:
    """An amount as it is written: bounds, and whether of kilograms or (`share`) of the whole."""

    low: float
    high: float
    share: bool

    def of(self, whole: float | None) -> tuple[float, float] | None:
        """Return bounds in kilograms, given the mass of the whole."""
        if not self.share:
            return self.low, self.high
        return None if whole is None else (self.low * whole, self.high * whole)


@dataclass
class _Material:
    name: str
    amount: _Amount | None
    line: int
    held: list[tuple[Substance, _Amount | None, int]] = field(default_factory=list)
    told: list[_Amount] = field(default_factory=list)
    withheld: bool = False


@dataclass
class _Product:
    item: str
    name: str
    mass: _Amount | None
    count: float
    line: int
    inside: _Found


@dataclass
class _Found:
    """What has been read inside an open product."""

    materials: list[_Material] = field(default_factory=list)
    listed: list[tuple[Substance, Node]] = field(default_factory=list)
    parts: list[_Product] = field(default_factory=list)
    class_c: bool = False


def recognises(opened: Opened) -> bool:
    """Whether the root is a declaration of the IPC-175x family."""
    return opened.kind == "xml" and opened.root[1] == "MainDeclaration" and "175" in opened.head[:4000]


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Read a declaration; the item is the requester's part number if there is one, else the supplier's."""
    out = Collector(opened.path.name, "ipc_1752")
    reader = _Reader(out)
    walk(opened.path, reader.done, (*_PRODUCTS, "HomogeneousMaterial"))
    if not reader.products:
        out.problem("the declaration has no product")
    for product in reader.products:
        reader.tell(product)
    return out.source()


class _Reader:
    def __init__(self, out: Collector) -> None:
        self._out = out
        self.products: list[_Product] = []
        self._assemblies = Assemblies(out)
        self._supplier = ""
        self._day = ""

    def done(self, node: Node, around: list[Node]) -> None:
        if node.name == "SupplyCompany":
            self._supplier = node.get("name")
        elif node.name == "Response":
            self._day = node.get("date")[:10]
        elif node.name == "HomogeneousMaterial":
            _found(around).materials.append(self._material(node))
        elif node.name == "SubstanceCategory" and not any(n.name == "HomogeneousMaterial" for n in around):
            self._category(node, _found(around))
        elif node.name in _PRODUCTS:
            product = self._product(node)
            if product is None:
                return
            inside = [n for n in around if n.name in _PRODUCTS]
            (_found(inside).parts if inside else self.products).append(product)

    def _amount(self, node: Node | None, name: str = "value", default: str = "") -> _Amount | None:
        if node is None or not node.get(name):
            return None
        value, word = number(node.get(name)), node.get("UOM", "uom") or default
        known = unit(word)
        if value is None or value < 0 or known is None or known.base not in ("kg", "%"):
            self._out.problem(
                f"'{node.get(name)} {word}' is no mass and no share; it is not read", row=node.line, column=node.name
            )
            return None
        factor = known.factor / 100 if known.base == "%" else known.factor
        low = high = value * factor
        for key, text in node.attributes.items():
            if "tolerance" in key.casefold() and (percent := number(text)) is not None:
                if re.search(r"neg|minus|low", key, re.IGNORECASE):
                    low *= max(0.0, 1 - abs(percent) / 100)
                else:
                    high *= 1 + abs(percent) / 100
        return _Amount(low, high, known.base == "%")

    def _material(self, node: Node) -> _Material:
        material = _Material(node.get("name"), self._amount(node.first("Amount")), node.line)
        seen = False
        for part in node.below("Substance"):
            seen = True
            amount = self._amount(part.first("Amount")) or self._amount(part.first("Concentration"), default="%")
            name, cas = part.get("name"), _cas(part)
            if amount is not None and not untold(name):
                material.told.append(amount)
            material.withheld |= untold(name)
            if (held := substance(cas, name)) is not None:
                material.held.append((held, amount, part.line))
        material.withheld |= not seen
        return material

    def _category(self, node: Node, found: _Found) -> None:
        found.class_c = True
        named = [(substance(_cas(part), part.get("name")), part) for part in node.below("Substance")]
        whole = (substance(_cas(node), node.get("name")), node)
        rare = [(held, part) for held, part in (named or [whole]) if held is not None]
        for held, part in rare:
            part.data = node.first("Threshold")
            found.listed.append((held, part))
        node.children.clear()

    def _product(self, node: Node) -> _Product | None:
        about = node.first("ProductID") or Node("ProductID", {}, node.line)
        item = about.get("requesterItemNumber", "itemNumber", "itemName")
        if not item:
            self._out.problem("a product without a number; it is left out with all it says", row=node.line)
            return None
        if (word := node.get("unitType")) and (known := unit(word)) is not None and known.base != "pcs":
            self._out.problem(f"the amounts of '{item}' are for one {word}", row=node.line, column="unitType")
        return _Product(
            item=item,
            name=about.get("itemName", "requesterItemName"),
            mass=self._amount(about.first("Amount") or node.first("Amount")),
            count=number(node.get("numberOfInstances")) or 1.0,
            line=node.line,
            inside=node.data or _Found(),
        )

    def tell(self, product: _Product) -> None:
        """Take a product, its parts, and what it declares."""
        mass = product.mass.of(None) if product.mass else None
        self._out.item(
            product.item,
            row=product.line,
            name=product.name,
            supplier=self._supplier,
            mass_kg=sum(mass) / 2 if mass else None,
        )
        parts = [Part(p.item, p.count, row=p.line, column="numberOfInstances") for p in product.inside.parts]
        self._assemblies.take(product.item, parts, row=product.line)
        for part in product.inside.parts:
            self.tell(part)
        if product.inside.materials:
            self._all(product, mass[1] if mass else None)
        elif product.inside.class_c:
            self._list(product, mass[1] if mass else None)
        elif not product.inside.parts:
            self._say(product, "", "", None, None, "no_answer", product.line)

    def _all(self, product: _Product, mass: float | None) -> None:
        sums: dict[tuple[str, str], list[float]] = {}
        lines: dict[tuple[str, str], int] = {}
        open_, told = False, 0.0
        for material in product.inside.materials:
            bounds = material.amount.of(mass) if material.amount else None
            whole = bounds[1] if bounds else None
            told += whole or 0.0
            parts = [amount.of(whole) for amount in material.told]
            if whole is None or material.withheld or sum(p[1] for p in parts if p) < _WHOLE * whole:
                open_ = True
            for held, amount, line in material.held:
                key = held.element, "magnet" if is_magnet(material.name) else held.form
                inside = (amount.of(whole) if amount else None) or (0.0, whole or 0.0)
                open_ |= amount is None
                low, high = sums.setdefault(key, [0.0, 0.0])
                sums[key] = [low + held.low * inside[0], high + held.high * inside[1]]
                lines.setdefault(key, line)
        if mass is not None and not product.inside.parts and told < _WHOLE * mass:
            open_ = True
        for (element, form), (low, high) in sums.items():
            exact = "declared" if low == high else "range"
            self._say(
                product,
                element,
                form,
                low,
                None if open_ else high,
                "partial" if open_ else exact,
                lines[element, form],
            )
        if open_:
            self._say(product, "", "", None, None, "no_answer", product.line)
        elif not sums:
            self._say(product, "", "", 0.0, 0.0, "declared", product.line)

    def _list(self, product: _Product, mass: float | None) -> None:
        for held, part in product.inside.listed:
            amount = self._amount(part.first("Amount")) or self._amount(part.first("Concentration"), default="%")
            bounds = amount.of(mass) if amount else None
            limit: Node | None = part.data
            if bounds is not None:
                low, high = held.low * bounds[0], held.high * bounds[1]
                self._say(
                    product, held.element, held.form, low, high, "declared" if low == high else "range", part.line
                )
            elif limit is not None and limit.get("overThreshold").casefold() in ("false", "0"):
                share = _LIMIT.search(limit.get("threshold"))
                known = unit(share[2]) if share else None
                most = (number(share[1]) or 0.0) / 100 * known.factor if share and known else None
                high_kg = None if most is None or mass is None else most * mass
                self._say(product, held.element, held.form, None, high_kg, "below_limit", part.line)
            else:
                self._say(product, held.element, held.form, 0.0, None, "partial", part.line)
        self._say(product, "", "", None, None, "no_answer", product.line)

    def _say(
        self,
        product: _Product,
        element: str,
        form: str,
        low: float | None,
        high: float | None,
        status: str,
        line: int,
    ) -> None:
        self._out.declaration(
            product.item,
            row=line,
            element=element,
            form=form,
            mass_low_kg=low,
            mass_high_kg=high,
            status=status,
            declared_on=self._day,
            supplier=self._supplier,
        )


def _found(around: list[Node]) -> _Found:
    """Return what has been read of the innermost open product."""
    inside = [node for node in around if node.name in _PRODUCTS]
    if not inside:
        return _Found()
    node = inside[-1]
    if node.data is None:
        node.data = _Found()
    found: _Found = node.data
    return found


def _cas(node: Node) -> str:
    numbers = [n for name in ("SubstanceID", "UniqueID") for n in node.below(name)]
    cas = [n.get("identity") for n in numbers if n.get("authority").upper() == "CAS"]
    return cas[0] if cas else ""
