"""The facts as a draft tells them: each field, content and party, or a marked blank where nobody told it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ytterby.obligations.facts import Content, Facts, Node, Owner

__all__ = ["Verbatim", "blank", "content_rows", "escape", "fact_rows", "letter_words", "party_rows"]

_MARKS = re.compile(r"([\\`*\[\]<>|~])|(?<!\w)(_)|(_)(?!\w)|(&)(?=#?\w+;)")
_FIELDS = (
    "exporter",
    "ship_from",
    "destination",
    "dates.contract",
    "dates.export",
    "dates.delivery",
    "dates.left_china",
    "transfer.kind",
    "transfer.means",
    "transfer.recipient",
    "item.description",
    "item.form",
    "item.control_code",
    "item.hs",
    "item.foreign_made",
    "end_use",
)
_STEPS = ("mined", "separated", "metal", "magnet")
"""Steps that are left blank where they were not told; recycling is named only where it was."""
_DONE = {"ore": 1, "concentrate": 1, "oxide": 2, "compound": 2, "metal": 3, "target": 3}
"""So many of the steps a form has behind it; any other form may have all."""


class Verbatim(str):
    """Markdown that is not escaped again."""

    __slots__ = ()


def blank(field: str) -> Verbatim:
    """Return the mark of what nobody told."""
    return Verbatim(f"[not told: {escape(field)}]")


def escape(text: str) -> str:
    r"""Return text as Markdown on one line that shows exactly that text, without invisible characters.

    >>> print(escape("a *bold*\n<b>claim</b> | in_force"))
    a \*bold\* \<b\>claim\</b\> \| in_force
    """
    shown = "".join(c if c.isprintable() else " " for c in text)
    return _MARKS.sub(lambda m: f"\\{m.group()}", re.sub(r" {2,}", " ", shown)).strip()


def fact_rows(facts: Facts) -> list[tuple[str, Verbatim]]:
    """Return the single fields and the parameters, each with its value or a blank."""
    rows = [(name, _told(_at(facts, name), name)) for name in _FIELDS]
    return rows + [(f"parameters.{name}", _told(value, "")) for name, value in (facts.parameters or {}).items()]


def letter_words(facts: Facts) -> dict[str, Verbatim]:
    """Return what the text of a draft names: the item, its way, the end user and the end use."""
    users = [_told(p.name, f"parties.{k}.name") for k, p in enumerate(facts.parties or ()) if p.role == "end_user"]
    origin = "ship_from" if facts.ship_from else "exporter"
    return {
        "item": _told(_at(facts, "item.description"), "item.description"),
        "ship_from": _told(_at(facts, origin), "ship_from"),
        "destination": _told(facts.destination, "destination"),
        "end_user": Verbatim(", ".join(users)) if users else blank("name of the end user"),
        "end_use": _told(facts.end_use, "end_use"),
        "export": _told(_at(facts, "dates.export"), "dates.export"),
    }


def content_rows(facts: Facts) -> list[dict[str, Verbatim]]:
    """Return a row for each content of each node: amounts, share of the item's value, origin by step."""
    nodes = facts.nodes or ()
    by_id = {node.id: node for node in nodes}
    rows = []
    for k, node in enumerate(nodes):
        part = _told(node.listed_as or node.id, "")
        root = node
        while root.parent in by_id:
            root = by_id[root.parent]
        if not node.contents:
            told = blank(f"nodes.{k}.contents") if node.contents is None else Verbatim("none")
            rest = dict.fromkeys(("form", "mass", "share", "origin", "technology"), Verbatim("-"))
            rows.append({"part": part, "element": told, "value": _pair(node.value_usd, f"nodes.{k}.value_usd"), **rest})
        rows += [
            {"part": part, **_content(content, f"nodes.{k}.contents.{n}", root)}
            for n, content in enumerate(node.contents or ())
        ]
    return rows


def party_rows(facts: Facts) -> list[dict[str, Verbatim]]:
    """Return a row for each party, its owners and theirs in words."""
    return [
        {
            **{field: _told(getattr(party, field), f"parties.{k}.{field}") for field in ("role", "name", "country")},
            "lists": _told(party.lists, f"parties.{k}.lists"),
            "military": _told(party.military, f"parties.{k}.military"),
            "owners": _owners(party.owners, f"parties.{k}.owners"),
        }
        for k, party in enumerate(facts.parties or ())
    ]


def _content(content: Content, path: str, root: Node) -> dict[str, Verbatim]:
    technology = [f"{step} {country}" for step, country in (content.technology or {}).items() if country]
    return {
        "element": _told(content.element, f"{path}.element"),
        "form": _told(content.form, f"{path}.form"),
        "mass": _pair(content.mass_kg, f"{path}.mass_kg"),
        "value": _pair(content.value_usd, f"{path}.value_usd"),
        "share": _share(content, path, root),
        "origin": Verbatim("; ".join(_origin(content, path))),
        "technology": _told(technology or None, f"{path}.technology"),
    }


def _origin(content: Content, path: str) -> Iterator[str]:
    told = content.origin
    if not told:
        yield blank(f"{path}.origin")
        return
    due = _STEPS[: _DONE.get(content.form or "", len(_STEPS))]
    for step in (*due, *(step for step in told if step not in due)):
        shares = told.get(step)  # type: ignore[call-overload]
        if shares:
            yield f"{step} " + ", ".join(f"{country} {_percent(pair)}" for country, pair in shares.items())
        else:
            yield f"{step} {blank(f'{path}.origin.{step}')}"


def _share(content: Content, path: str, root: Node) -> Verbatim:
    part, whole = content.value_usd, root.value_usd
    if part is None or None in part:
        return blank(f"{path}.value_usd")
    if whole is None or not whole[0] or not whole[1]:
        return blank(f"value_usd of {root.id}")
    return Verbatim(_percent((min(1.0, part[0] / whole[1]), min(1.0, part[1] / whole[0]))))  # type: ignore[operator]


def _owners(owners: Sequence[Owner] | None, path: str) -> Verbatim:
    if owners is None:
        return blank(path)
    told = []
    for k, owner in enumerate(owners):
        at = f"{path}.{k}"
        share = _percent(owner.share) if owner.share else blank(f"{at}.share")
        above = f", owned by: {_owners(owner.owners, f'{at}.owners')}" if owner.owners else ""
        lists = _told(owner.lists, f"{at}.lists")
        told.append(f"{_told(owner.name, f'{at}.name')} {share} (lists: {lists}{above})")
    return Verbatim("; ".join(told) or "none")


def _at(facts: Facts, path: str) -> Any:
    value: Any = facts
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def _told(value: Any, path: str) -> Verbatim:
    if value is None or value == "":
        return blank(path)
    if isinstance(value, bool):
        return Verbatim("yes" if value else "no")
    if isinstance(value, Mapping):
        return Verbatim("; ".join(f"{escape(str(k))}: {_told(v, str(k))}" for k, v in value.items()) or "none")
    if isinstance(value, list | tuple):
        return Verbatim(", ".join(_told(v, path) for v in value) or "none")
    return Verbatim(escape(str(value)))


def _pair(pair: tuple[float | None, float | None] | None, path: str) -> Verbatim:
    if pair is None or pair == (None, None):
        return blank(path)
    low, high = pair
    if low == high:
        return Verbatim(f"{low:,.6g}")
    return Verbatim(f"{low or 0:,.6g} to {high:,.6g}" if high is not None else f"{low:,.6g} or more")


def _percent(pair: tuple[float, float]) -> str:
    low, high = (f"{100 * share:.4g}" for share in pair)
    return f"{low} %" if low == high else f"{low} to {high} %"
