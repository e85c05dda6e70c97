"""What must a lawyer know of an item that is shipped? Its facts, in the format that `ytterby obligations judge` reads.

A node stands for the item and for each part in it that can hold a rare earth, on every level: the law compares listed
items with listed items, not only with the top. A part that is used in several places is one node; its parent is the
first assembly that holds it. What is not known is left out or null: nothing is guessed. The list part of an input
(`data/announcement_61_parts.csv`) follows from the declared form alone, so it is null for what is declared as part of
a magnet: which input went into the magnet is not told.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from ytterby.errors import UsageError
from ytterby.trace.bom import Bom
from ytterby.trace.content import Content, share_bounds
from ytterby.trace.source import RARE_EARTHS

__all__ = ["facts_of", "shippable"]

Ids = npt.NDArray[np.int64]

_WORDS = (
    "ore", "concentrate", "oxide", "compound", "metal", "alloy", "powder", "target", "magnet", "slurry", "phosphor",
    "catalyst", "assembly", "product", "scrap", "equipment", "technology", "service",
)  # fmt: skip
"""Words for a form."""
_UNTOLD = 1 << len(_WORDS)
"""Stands for a form that nobody has told."""
_TECHNOLOGY = (
    {"ore": "mining", "concentrate": "mining", "oxide": "separation", "compound": "separation"}
    | {form: form for form in ("metal", "magnet")}
    | {"alloy": "metal"}
)
"""Form -> step whose technology `technology_from` tells of."""
_YES = frozenset({"yes", "y", "true", "1"})


def shippable(bom: Bom) -> list[str]:
    """Return the items that are shipped: the roots, and those that the items table marks in `shipped`."""
    names = bom.structure.names
    roots = [str(name) for name in names[bom.structure.roots]]
    items = bom.source.items
    marked = items["item"][items["shipped"].fillna("").str.strip().str.lower().isin(_YES)]
    return list(dict.fromkeys([*roots, *(str(name) for name in marked if name in names)]))


def facts_of(
    bom: Bom,
    item: str,
    *,
    on: str,
    destination: str,
    exporter: str | None = None,
    ship_from: str | None = None,
) -> dict[str, Any]:
    """Return the facts of one shipped item.

    Parameters
    ----------
    bom
        Bill of materials with items and declarations.
    item
        The item that is shipped.
    on
        The day of export (YYYY-MM-DD); declarations made after it do not count.
    destination, exporter, ship_from
        ISO 3166-1 alpha-3 codes; None where not known.
    """
    for what, code in (("destination", destination), ("exporter", exporter), ("ship-from", ship_from)):
        if code is not None and not (len(code) == 3 and code.isalpha() and code.isupper()):
            raise UsageError(f"'{code}' is no country by ISO 3166-1 alpha-3", where=f"--{what}", hint="e.g. USA")
    content = bom.content(on, item)
    nodes = _Nodes(content)
    top = content.structure.id_of(item)
    described = nodes.described(top)
    return {
        "exporter": exporter,
        "ship_from": ship_from,
        "destination": destination,
        "dates": {"export": on},
        "transfer": {"kind": "goods"},
        "item": {
            "description": described["name"] or item,
            "form": _form(described["form"]),
            "hs": described["hs"],
        },
        "nodes": list(nodes.of(top)),
    }


class _Nodes:
    """The parts of an item as nodes."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._items = content.source.items.drop_duplicates("item").set_index("item")
        self._elements = [element for element in content.elements if element in RARE_EARTHS]
        self._bits: dict[str, npt.NDArray[np.uint64]] = {}

    def described(self, part: int) -> dict[str, str | None]:
        """Return name, form and HS code of a part."""
        name = self._content.structure.names[part]
        if name not in self._items.index:
            return {"name": None, "form": None, "hs": None}
        row = self._items.loc[name, ["name", "form", "hs"]].fillna("")
        return {str(key): str(value) or None for key, value in row.items()}

    def of(self, top: int) -> Iterator[dict[str, Any]]:
        """Yield the item itself, then its parts from the top level down."""
        structure, said = self._content.structure, self._content.statements
        parent = self._parents(top)
        for part in parent:
            contents = [row for element in self._elements for row in self._content_rows(part, element)]
            if not contents and part != top:
                continue
            value = float(said.value_usd[part])
            above = parent[part]
            yield {
                "id": str(structure.names[part]),
                "parent": None if above is None else str(structure.names[above]),
                "listed_as": None,
                "form": _form(self.described(part)["form"]),
                "value_usd": [value, value] if np.isfinite(value) else None,
                "contents": contents,
            }

    def _parents(self, top: int) -> dict[int, int | None]:
        """Return for each part the first assembly that holds it; level by level from the top, as in the file."""
        structure = self._content.structure
        matrix, rank = structure.quantity, np.argsort(structure.order)
        found: dict[int, int | None] = {top: None}
        front = [top]
        while front:
            below: list[int] = []
            for part in front:
                children = matrix.indices[matrix.indptr[part] : matrix.indptr[part + 1]]
                for child in children[np.argsort(rank[children])].tolist():
                    if child not in found:
                        found[child] = part
                        below.append(child)
            front = below
        return found

    def _content_rows(self, part: int, element: str) -> Iterator[dict[str, Any]]:
        rolled, layout = self._content.rolled(element), self._content.statements.layout
        low, high = rolled.at(np.array([part]))[0]
        high = layout.high(high)
        if not high[0, 0] and not high[1, 0]:
            return
        form = self._form_of(part, element)
        origin: dict[str, dict[str, list[float]]] = {}
        technology = {}
        for (step, name), slot in layout.slots.items():
            if name == "unknown":
                continue
            shares = share_bounds((low[0, slot], high[0, slot]), (low[0, 0], high[0, 0])) or [0.0, 1.0]
            if not shares[1]:
                continue
            if step != "technology":
                origin.setdefault(step, {})[name] = [float(share) for share in shares]
            elif shares[0] == 1 and form in _TECHNOLOGY:
                technology[_TECHNOLOGY[form]] = name
        yield {
            "element": element,
            "form": form,
            "part": _parts().get((element, form)) if form else None,
            "value_usd": _pair(low[1, 0], high[1, 0]),
            "mass_kg": _pair(low[0, 0], high[0, 0]),
            "origin": origin,
            "technology": technology,
            "us_licence_required": None,
        }

    def _form_of(self, part: int, element: str) -> str | None:
        """Return the form of an element where all that holds it in the part was declared in the same form."""
        if element not in self._bits:
            self._bits[element] = self._spread(element)
        bits = int(self._bits[element][part])
        return _WORDS[bits.bit_length() - 1] if bits.bit_count() == 1 and bits != _UNTOLD else None

    def _spread(self, element: str) -> npt.NDArray[np.uint64]:
        """Return the forms in which each item holds an element, a bit for each; an answer stands for the parts."""
        structure, said = self._content.structure, self._content.statements
        own, dark = said.own[element], said.dark
        bits = np.zeros(len(structure.names), dtype=np.uint64)
        bits[dark.items[dark.high(element).any(axis=1)]] = _UNTOLD
        bits[own.items[~own.answered & (own.high > 0).any(axis=(1, 2))]] = _UNTOLD
        answered = np.zeros(len(bits), dtype=bool)
        answered[own.items[own.answered]] = True
        table = said.table[said.table["element"] == element]
        for part, form, told in zip(table["item_id"], table["form"], table["answered"], strict=True):
            word = _form(form) if told else None
            bits[part] |= np.uint64(_UNTOLD if word is None else 1 << _WORDS.index(word))
        indptr, child = structure.quantity.indptr, structure.quantity.indices
        for begin, end in zip(structure.first[1:-1].tolist(), structure.first[2:].tolist(), strict=True):
            below = np.bitwise_or.reduceat(bits[child[indptr[begin] : indptr[end]]], indptr[begin:end] - indptr[begin])
            bits[begin:end] = np.where(answered[begin:end], bits[begin:end], below)
        return bits


def _pair(low: float, high: float) -> list[float | None]:
    return [float(low), float(high) if np.isfinite(high) else None]


def _form(text: str | None) -> str | None:
    word = (text or "").strip().casefold()
    return word if word in _WORDS else None


@lru_cache(maxsize=1)
def _parts() -> dict[tuple[str, str], str]:
    with (files("ytterby.trace") / "data" / "announcement_61_parts.csv").open(encoding="utf-8") as file:
        return {(row["element"], row["form"]): row["part"] for row in csv.DictReader(file)}
