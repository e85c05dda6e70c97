"""How does one rule look on a terminal? Its limbs with their states, and what each of them asks, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ytterby.cli._obligations_text import paragraph

if TYPE_CHECKING:
    from ytterby.measures import Register
    from ytterby.obligations import RuleFile
    from ytterby.obligations._model import LimbRule

__all__ = ["rule_card", "rule_rows"]

_JOINED = {"all": "all of these", "any": "any of these", "none": "none of these"}


def rule_rows(
    law: Mapping[str, RuleFile], register: Register, on: dt.date, known_on: str | None
) -> list[dict[str, Any]]:
    """Return a row for each limb that is judged, with its state on the day."""
    rows = []
    for file in law.values():
        states = register[file.rule].state(on, known_on)
        for limb in file.limbs:
            state = states.get(limb.limb)
            rows.append(
                {
                    "rule": file.rule,
                    "limb": limb.limb,
                    "legal": state.legal if state else None,
                    "political": state.political if state else None,
                    "age_days": state.knowledge_age_days if state else None,
                    "hypothetical": file.hypothetical,
                    "asks": limb.asks,
                    "title": file.title,
                }
            )
    return rows


def rule_card(file: RuleFile, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return one rule as text."""
    from ytterby.obligations._model import TIERS

    lines = [f"{file.rule}  {file.title or ''}".rstrip()]
    if file.hypothetical:
        lines.append("a rule that nobody has written; it answers only under --assume")
    for limb, row in zip(file.limbs, rows, strict=True):
        legal, political = row["legal"] or "not known", row["political"]
        state = f"{legal}{f' (political: {political})' if political else ''}"
        lines += ["", f"{limb.limb}: {state}", *_limb(file, limb)]
    for name, entries in file.lists.items():
        lines += ["", f"list {name}"]
        lines += [paragraph(f"- {' '.join([*e.codes, e.entry])}", 2) for e in entries]
    for name, reading in file.readings.items():
        lines += ["", paragraph(f"reading {name}: {reading.asks}")]
        lines += [
            paragraph(f"- {value}{' (default)' if value == str(reading.default) else ''}: {says}", 2)
            for value, says in (reading.values or {str(reading.default): "a number"}).items()
        ]
    if file.duties:
        lines += ["", "duties"]
    for duty in file.duties:
        said = (duty.where, duty.form, duty.deadline, duty.article)
        lines.append(paragraph("; ".join([f"- {duty.kind}: {duty.who}: {duty.what}", *(s for s in said if s)]), 2))
    lines += ["", "sources"]
    for source in file.sources.values():
        lines.append(paragraph(f"- {source.title} ({TIERS[source.tier]}){f' {source.url}' if source.url else ''}", 2))
    return "\n".join(lines) + "\n"


def _limb(file: RuleFile, limb: LimbRule) -> Iterator[str]:
    yield paragraph(limb.asks, 2)
    if limb.day:
        yield paragraph(f"by the law of {', or else '.join(limb.day)}, or else of the day asked about", 2)
    if limb.applies:
        yield "  it applies where all of these hold"
        for name in limb.applies:
            yield from _test(file, name, 4)
    for k, row in enumerate(limb.outcomes):
        yield f"  {'then' if k == 0 else 'else'} {row.outcome}" + (" where all of these hold" if row.when else "")
        for name in row.when:
            yield from _test(file, name, 4)


def _test(file: RuleFile, name: str, indent: int) -> Iterator[str]:
    test = file.test(name)
    joined = _JOINED.get(test.kind)
    article = f" [{test.article}]" if test.article else ""
    yield paragraph(f"- {test.asks}{article}{f' ({joined})' if joined else ''}", indent)
    for part in test.names():
        yield from _test(file, part, indent + 2)
