"""A user's mistake in a network, said in one sentence with its place and the nearest valid word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ytterby.errors import InputError, UnknownNameError
from ytterby.market import _curves, _instruments, _network

__all__ = ["explain"]


def explain(error: ValidationError, record: Any, where: str | None) -> InputError:
    """Return the first fault of a pydantic error as an `InputError`."""
    fault = error.errors(include_url=False)[0]
    loc, kind = list(fault["loc"]), fault["type"]
    place = ", ".join(filter(None, [where, _place(loc, record)]))
    if kind == "extra_forbidden":
        return UnknownNameError("field", str(loc[-1]), _fields_at(loc[:-1]), where=place)
    if kind == "union_tag_invalid":
        ctx = fault["ctx"]
        word = "instrument" if "instrument" in str(ctx["discriminator"]) else "curve form"
        valid = [tag.strip().strip("'") for tag in str(ctx["expected_tags"]).split(",")]
        return UnknownNameError(word, str(ctx["tag"]), valid, where=place)
    if kind == "union_tag_not_found":
        return InputError(f"the field {fault['ctx']['discriminator']} is missing", where=place)
    if kind == "missing":
        return InputError(f"the field '{loc[-1]}' is missing", where=place)
    message = fault["msg"].removeprefix("Value error, ")
    value = fault.get("input")
    shown = repr(value) if not isinstance(value, Mapping | list | tuple | BaseModel) else type(value).__name__
    count = error.error_count()
    more = f" (and {count - 1} more fault{'s' if count > 2 else ''})" if count > 1 else ""
    return InputError(f"{message[0].lower()}{message[1:]}; found {shown}{more}", where=place)


def _place(loc: list[Any], record: Any) -> str:
    parts: list[str] = []
    here = record
    for step in loc:
        if isinstance(step, int):
            try:
                here = here[step]
            except (TypeError, IndexError, KeyError):
                here = None
            name = here.get("id") if isinstance(here, Mapping) else None
            parts.append(f"[{step}]" + (f" '{name}'" if name is not None else ""))
            continue
        if isinstance(here, Mapping) and step in here:
            here = here[step]
            parts.append(f" {step}" if parts else str(step))
        elif step == loc[-1] and isinstance(here, Mapping):
            parts.append(f" {step}")
    return "".join(parts).strip()


def _fields_at(loc: list[Any]) -> list[str]:
    """Return the fields of the model that stands at `loc` (tags of unions are part of `loc`)."""
    sections: dict[str, type[BaseModel]] = {
        "periods": _network.Period,
        "supplies": _network.Supply,
        "demands": _network.Demand,
        "routes": _network.Route,
        "processes": _network.Process,
        "stocks": _network.Stock,
        "firms": _network.Firm,
    }
    model: type[BaseModel] = _network.Network
    for position, step in enumerate(loc):
        if isinstance(step, int):
            continue
        if position == 0 and step in sections:
            model = sections[step]
        elif step == "measures" or step == "curve":
            continue
        elif step in _tags():
            side = "supplies" if loc[0] == "supplies" else "demands"
            model = _tags()[step].get(side) or _tags()[step]["any"]
        else:
            names = {f.alias or n: f for n, f in model.model_fields.items()}
            inner = names[step].annotation if step in names else None
            for candidate in (inner, *get_args(inner)):
                if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                    model = candidate
    return [f.alias or n for n, f in model.model_fields.items()]


def _tags() -> dict[str, dict[str, type[BaseModel]]]:
    tags: dict[str, dict[str, type[BaseModel]]] = {}
    for side, union in (
        ("supplies", _curves.SupplyCurve),
        ("demands", _curves.DemandCurve),
        ("any", _instruments.Measure),
    ):
        for model in get_args(get_args(union)[0]):
            field = "instrument" if side == "any" else "form"
            tag = get_args(model.model_fields[field].annotation)[0]
            tags.setdefault(tag, {})[side] = model
    return tags
