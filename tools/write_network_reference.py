"""Write the parts of `docs/reference/network.md` that the models of the market decide, between the page's markers.

Types, defaults and allowed words come from the models; unit and meaning of each field from `network_fields.csv` beside
this file, where a field that several measures share is told once, under the first of them.

Usage: ``python tools/write_network_reference.py`` (a test of the market fails while the page is out of step).
"""

from __future__ import annotations

import csv
import datetime as dt
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ytterby.market import Demand, EquilibriumRecord, Network, Supply

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "network.md"
MEANINGS = Path(__file__).with_name("network_fields.csv")
PARTS = ("input", "supply curves", "demand curves", "measures", "output")
EVERY = ("id", "period")
"""Fields of every measure."""
TRADE = ("commodity", "importer", "exporter", "segment")
"""Fields of every measure on trade."""
Model = type[BaseModel]


def page(text: str) -> str:
    """Return the page with the parts between the markers written anew."""
    meanings = read_meanings()
    for part in PARTS:
        begin = f"<!-- begin {part}: written by tools/write_network_reference.py -->"
        end = f"<!-- end {part} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise SystemExit(f"{PAGE}: the markers of '{part}' are missing")
        text = f"{before}{begin}\n\n" + "\n".join(_sections(part, meanings)) + f"\n{end}{after}"
    return text


def read_meanings() -> dict[tuple[str, str], tuple[str, str]]:
    """Return (unit, meaning) by (model, field)."""
    with MEANINGS.open(encoding="utf-8", newline="") as file:
        return {(r["model"], r["field"]): (r["unit"], r["meaning"]) for r in csv.DictReader(file)}


def fields_of_the_format() -> set[tuple[str, str]]:
    """Return every (model, field) of the page."""
    return {(m.__name__, name) for part in PARTS for m in _models(part) for name, _ in _fields(m)}


def _sections(part: str, meanings: dict[tuple[str, str], tuple[str, str]]) -> Iterator[str]:
    models = _models(part)
    if part == "measures":
        first = next(iter(models))
        yield "### Fields of every measure\n\n" + _table(part, first, EVERY, meanings)
        yield "### Fields of every measure on trade\n\n" + _table(part, first, TRADE, meanings)
    for model, names in models.items():
        own = tuple(name for name, _ in _fields(model) if name not in ("form", "instrument"))
        about = _first(model)
        if part == "measures" and set(EVERY) < set(own):
            own = tuple(name for name in own if name not in EVERY)
            if set(TRADE) <= set(own):
                own = tuple(name for name in own if name not in TRADE)
                about += " A measure on trade."
        heading = "The document" if model in (Network, EquilibriumRecord) else _title(names)
        yield f"### {heading}\n\n{about}\n\n" + (_table(part, model, own, meanings) if own else "")


def _title(names: list[str]) -> str:
    inner = " of a measure"
    words = ", ".join(f"`{n.removesuffix(inner)}`" for n in names)
    return words + inner if all(n.endswith(inner) for n in names) else words


def _models(part: str) -> dict[Model, list[str]]:
    """Return the models of one part of the page with the names under which they stand, as they are met."""
    curves: dict[str, Model] = {"supply curves": Supply, "demand curves": Demand}
    found: dict[Model, list[str]] = {}
    if part in curves:
        kinds = _inside(curves[part].model_fields["curve"].annotation)
        return {m: [str(get_args(m.model_fields["form"].annotation)[0])] for m in kinds}
    for name, model in _reached("", EquilibriumRecord if part == "output" else Network):
        is_measure = "instrument" in model.model_fields or name.endswith(" of a measure")
        here = name != "by_region" if part == "output" else is_measure == (part == "measures")
        if not here or "form" in model.model_fields:
            continue
        names = found.setdefault(model, [])
        if name not in names:
            names.append(name)
    return found


def _reached(name: str, model: Model) -> Iterator[tuple[str, Model]]:
    """Yield the models of a document, each with the name of its place."""
    yield name, model
    for field, info in _fields(model):
        for inner in _inside(info.annotation):
            tag = inner.model_fields.get("instrument")
            place = str(get_args(tag.annotation)[0]) if tag else field
            yield from _reached(f"{place} of a measure" if "instrument" in model.model_fields else place, inner)


def _inside(kind: Any) -> Iterator[Model]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from _inside(inner)


def _fields(model: Model) -> Iterator[tuple[str, FieldInfo]]:
    yield from ((info.alias or name, info) for name, info in model.model_fields.items())


def _first(model: Model) -> str:
    """Return the first paragraph of the model's docstring."""
    return " ".join((model.__doc__ or "").strip().split("\n\n")[0].split()).replace("``", "`")


def _table(part: str, model: Model, names: tuple[str, ...], meanings: dict[tuple[str, str], tuple[str, str]]) -> str:
    result = part == "output"
    head = ["field", "type", *([] if result else ["default"]), "unit", "meaning"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, info in _fields(model):
        if name not in names:
            continue
        unit, meaning = _meaning(part, model, name, meanings)
        default = [] if result else [_default(info)]
        cells = (f"`{name}`", _type(info.annotation, info.metadata), *default, unit, meaning)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _meaning(part: str, model: Model, name: str, meanings: dict[tuple[str, str], tuple[str, str]]) -> tuple[str, str]:
    """Return unit and meaning: the model's own, or those of the first measure that has the field."""
    told = [model, *(m for m in _models("measures") if part == "measures" and "instrument" in m.model_fields)]
    for one in told:
        if (one.__name__, name) in meanings:
            return meanings[(one.__name__, name)]
    raise SystemExit(f"{MEANINGS}: no meaning of the field '{name}' of '{model.__name__}'")


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, tuple):
        return "one of a year" if value else "`[]`"
    if isinstance(value, dict):
        return "`{}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f"`{'null' if value is None else value}`"


def _type(kind: Any, metadata: list[Any] | None = None) -> str:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(args[0], list(args[1:]))
    if origin is Literal:
        return ", ".join(f"`{a}`" for a in args)
    if origin in (Union, types.UnionType):
        rest = [a for a in args if a is not type(None)]
        both = set(rest) == {str, tuple[str, ...]}
        words = ["name, list of names or `*`"] if both else list(dict.fromkeys(_type(a) for a in rest))
        return " or ".join([*words, *(["`null`"] if len(rest) < len(args) else [])])
    if origin in (tuple, Sequence):
        return "list of objects" if list(_inside(kind)) else f"list of {_type(args[0])}s"
    if origin in (dict, Mapping):
        return "object by region" if list(_inside(kind)) else f"object: commodity → {_type(args[1])}"
    if kind is float:
        return "number" + _bounds(metadata or [])
    plain = {str: "text", bool: "true or false", dt.date: "date"}
    return plain.get(kind, "object")


def _bounds(metadata: list[Any]) -> str:
    signs = (("ge", "≥"), ("gt", "\\>"), ("le", "≤"), ("lt", "\\<"))
    flat = [inner for m in metadata for inner in (*getattr(m, "metadata", ()), m)]
    found = [f"{sign} {getattr(m, name):g}" for m in flat for name, sign in signs if getattr(m, name, None) is not None]
    return f" {', '.join(found)}" if found else ""


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
