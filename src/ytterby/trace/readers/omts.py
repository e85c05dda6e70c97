"""OMTS, the Open Multi-Tier Supply format: its graph in JSON, and its workbook for import.

Goods and consignments are items, `composed_of` is the bill of materials; who makes a good is found over `produces`
and `operates`. An edge that ended before the snapshot is left out. The workbook has no sheet for `composed_of`: it
gives goods alone. Ownership, attestations, persons and trade between organisations are passed over, and so is a
consignment's country of origin: it does not say where which element was mined or separated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ytterby.errors import InputError
from ytterby.trace.readers._collect import Collector
from ytterby.trace.readers._grid import Grid, column_letter
from ytterby.trace.readers._json import load, pointer, text
from ytterby.trace.readers._open import Opened
from ytterby.trace.source import Source

__all__ = ["read", "recognises"]

_ITEMS = ("good", "consignment")
_SHEETS = {"metadata", "organizations", "supply relationships"}


def recognises(opened: Opened) -> bool:
    """Whether the file is an OMTS graph or import workbook."""
    if opened.kind == "workbook":
        return {name.casefold() for name in opened.sheets} >= _SHEETS
    return opened.kind == "json" and any(f'"{key}"' in opened.head for key in ("omts_version", "omtsf_version"))


def read(opened: Opened, _: Mapping[str, str]) -> Source:
    """Read a graph, or the goods of an import workbook."""
    if opened.kind == "workbook":
        return _workbook(opened)
    data = load(opened)
    out = Collector(opened.path.name, "omts")
    lists = [data.get(key) for key in ("nodes", "edges")] if isinstance(data, dict) else [None]
    if not all(isinstance(one, list) for one in lists):
        raise InputError("an OMTS graph has the lists 'nodes' and 'edges'", where=str(opened.path))
    nodes = {text(n.get("id")): n for n in data["nodes"] if isinstance(n, dict)}
    _items(out, data["nodes"])
    edges = [(n, _edge(e)) for n, e in enumerate(data["edges"]) if isinstance(e, dict)]
    day = text(data.get("snapshot_date"))
    current = [(n, e) for n, e in edges if _stands(out, n, e, day)]
    _makers(out, nodes, current)
    for n, edge in current:
        if edge["type"] == "composed_of":
            _line(out, nodes, n, edge)
    return out.source()


def _edge(edge: dict[str, Any]) -> dict[str, Any]:
    properties = edge.get("properties")
    inside = properties if isinstance(properties, dict) else {}
    return {**inside, **{key: value for key, value in edge.items() if key != "properties"}, "type": edge.get("type")}


def _stands(out: Collector, n: int, edge: dict[str, Any], day: str) -> bool:
    end = text(edge.get("valid_to"))
    if edge["type"] == "composed_of" and end and day and end < day:
        out.problem(
            f"the line ended on {end}, before the snapshot of {day}; it is left out", column=pointer("edges", n)
        )
        return False
    return True


def _items(out: Collector, nodes: list[Any]) -> None:
    seen: set[str] = set()
    for n, node in enumerate(nodes):
        if not isinstance(node, dict) or node.get("type") not in _ITEMS:
            continue
        item, where = text(node.get("id")), pointer("nodes", n)
        if not item:
            out.problem("a good without id; it is left out", column=where)
            continue
        if item in seen:
            out.problem(f"the id '{item}' stands twice; both are read as one", column=where)
        seen.add(item)
        out.item(item, column=where, name=text(node.get("name")), hs=text(node.get("commodity_code")))


def _makers(out: Collector, nodes: Mapping[str, Any], edges: list[tuple[int, dict[str, Any]]]) -> None:
    operator = {k: text(n.get("operator")) for k, n in nodes.items() if n.get("type") == "facility"}
    for _, edge in edges:
        if edge["type"] == "operates":
            operator[text(edge.get("target"))] = text(edge.get("source"))
    for n, edge in edges:
        good = text(edge.get("target"))
        if edge["type"] != "produces" or not out.has(good):
            continue
        facility = text(edge.get("source"))
        maker = nodes.get(operator.get(facility, ""), nodes.get(facility, {}))
        out.item(good, column=pointer("edges", n), supplier=text(maker.get("name")))


def _line(out: Collector, nodes: Mapping[str, Any], n: int, edge: dict[str, Any]) -> None:
    where = pointer("edges", n)
    parent, child = text(edge.get("source")), text(edge.get("target"))
    if not parent or not child:
        out.problem("composed_of without source and target; it is left out", column=where)
        return
    for name in (parent, child):
        if name not in nodes:
            out.problem(f"'{name}' is not among the nodes; nothing is known of it", column=where)
    value = edge.get("quantity")
    quantity = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    unit = text(edge.get("unit"))
    if not unit and isinstance(nodes.get(child), dict):
        unit = text(nodes[child].get("unit"))
    out.line(parent, child, quantity, unit, column=f"{where}/quantity")


def _workbook(opened: Opened) -> Source:
    out = Collector(opened.path.name, "omts")
    out.problem("the OMTS workbook has no bill of materials; its goods are read")
    for sheet in opened.sheets:
        if sheet.casefold() not in ("goods", "consignments"):
            continue
        header: list[str] = []
        for number, cells in Grid(opened, sheet).rows(out.problem):
            if not header:
                names = [cell.strip().casefold().rstrip(" *") for cell in cells]
                header = names if "name" in names else []
                continue
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            item = row.get("id") or row.get("name", "")
            if item:
                out.item(item, row=number, name=row.get("name", ""), hs=row.get("commodity_code", ""))
            else:
                out.problem("a good without id and name; it is left out", row=number, column=column_letter(0))
    return out.source()
