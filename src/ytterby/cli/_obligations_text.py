"""How do verdicts look on a terminal? The gravest first: outcome, state, reasons, what is missing, what is to file."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ytterby.cli._output import rows_text

if TYPE_CHECKING:
    from ytterby.obligations import Facts, Judgement, Verdict
    from ytterby.obligations.filings import Filing

__all__ = ["judgement_text", "paragraph", "verdict_rows", "weighty"]

_MISSING = 8
"""So many missing facts of a verdict are shown in a table; JSON has all."""


def judgement_text(judgement: Judgement) -> str:
    """Return the summary, a table of the verdicts of weight, and each of them with its reasons."""
    from ytterby.obligations._load import outcome_words

    weight, rest = weighty(judgement.verdicts)
    parts = [
        f"{_shipment(judgement.facts)}\nlaw of {judgement.on}, as known on {judgement.known_on}\n"
        f"summary: {judgement.summary}: {outcome_words()[judgement.summary]}\n"
    ]
    if weight:
        parts.append(rows_text([_overview(v) for v in weight]))
    parts += ["\n".join(_lines(v)) + "\n" for v in weight]
    if rest:
        names = ", ".join(f"{v.rule} {v.limb}" for v in rest)
        parts.append(paragraph(f"not touched, in force or not ({len(rest)}): {names}") + "\n")
    if judgement.unread:
        parts.append(paragraph(f"no rule asks for {', '.join(judgement.unread)}; is it misspelt?") + "\n")
    parts.append("not legal advice: it finds what a lawyer should look at; --format json has all of it\n")
    return "\n".join(parts)


def weighty(verdicts: Iterable[Verdict]) -> tuple[list[Verdict], list[Verdict]]:
    """Return the verdicts of weight, gravest first, and those of limbs that do not touch the goods either way."""
    from ytterby.obligations._decide import gravity

    weight: list[Verdict] = []
    rest: list[Verdict] = []
    for verdict in verdicts:
        out = verdict.outcome == "not_applicable" or (
            verdict.outcome == "dormant_if_reactivated" and verdict.if_operative in ("not_applicable", None)
        )
        (rest if out else weight).append(verdict)
    return sorted(weight, key=lambda v: (gravity(v.outcome), gravity(v.if_operative or "not_applicable"))), rest


def verdict_rows(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the verdicts of a record as rows of a table file, with the days asked about."""
    days = {"on": record["on"], "known_on": record["known_on"]}
    return [{**days, **{k: v for k, v in row.items() if k not in days}} for row in record["verdicts"]]


def paragraph(text: str, indent: int = 0, hang: int = 2) -> str:
    """Return text broken to the width of the terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
    return textwrap.fill(
        text,
        max(50, min(width, 120)),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shipment(facts: Facts) -> str:
    name = facts.item.description if facts.item else None
    route = f"from {facts.ship_from or facts.exporter or 'not told'} to {facts.destination or 'not told'}"
    return f"{name or 'an item'}, {route}"


def _overview(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "limb": verdict.limb,
        "outcome": verdict.outcome,
        "if in force": verdict.if_operative,
        "state": verdict.meaning.says,
        "age_days": verdict.knowledge_age_days,
    }


def _lines(verdict: Verdict) -> Iterator[str]:
    from ytterby.obligations._load import outcome_words
    from ytterby.obligations.filings import filings_of

    words = outcome_words()
    yield f"{verdict.rule} {verdict.limb}: {verdict.outcome}"
    yield paragraph(f"{verdict.file.title or verdict.rule}. {verdict.limb_rule.asks}", 2)
    yield paragraph(f"{verdict.outcome}: {words[verdict.outcome]}", 2)
    state = "; ".join(f"{basis} {name}" for basis, name in verdict.state.model_dump().items() if name)
    age = verdict.knowledge_age_days
    looked = "" if age is None else f"; what is known of it was {age} days old"
    yield paragraph(f"state on {verdict.day}: {verdict.meaning.says}{f' ({state})' if state else ''}{looked}", 2)
    if verdict.if_operative not in (verdict.outcome, None):
        assert verdict.if_operative is not None
        open_ = [o for o in verdict.could_be if o != verdict.if_operative]
        could = f"; could be {_either(verdict.could_be)}" if verdict.if_operative == "incomplete" and open_ else ""
        yield paragraph(f"if it were in force: {verdict.if_operative}: {words[verdict.if_operative]}{could}", 2)
    elif verdict.outcome == "incomplete":
        yield paragraph(f"could be {_either(verdict.could_be)}", 2)
    sources = list(dict.fromkeys(_source(source) for reason in verdict.reasons for source in reason["source"]))
    yield from _section("why", _reasons(verdict, sources))
    yield from _section("not told, what decides most first", _missing(verdict))
    flips = (f"{f['asks']} {f['answer']}; if not: {f['outcome']}" for f in verdict.would_flip)
    yield from _section("what would change it", flips)
    yield from _section("disputed readings", _readings(verdict))
    filings = filings_of(verdict)
    yield from _section("to file" if any(f.owed for f in filings) else "to file, if it binds", _filings(filings))
    if sources:
        yield "  sources"
        yield from (paragraph(f"{k}. {source}", 4) for k, source in enumerate(sources, 1))


def _section(title: str, rows: Iterable[str]) -> Iterator[str]:
    found = list(rows)
    if found:
        yield f"  {title}"
        yield from (paragraph(f"- {row}", 4) for row in found)


def _reasons(verdict: Verdict, sources: Sequence[str]) -> Iterator[str]:
    for reason in verdict.reasons:
        numbers = [str(sources.index(_source(source)) + 1) for source in reason["source"]]
        law = "; ".join(
            [*([reason["article"]] if reason["article"] else []), *([f"by {', '.join(numbers)}"] if numbers else [])]
        )
        yield f"{reason['asks']} {reason['answer']}: {reason['fact']}{f' [{law}]' if law else ''}"


def _source(source: Mapping[str, Any]) -> str:
    from ytterby.obligations._model import TIERS

    return f"{source['title']} ({TIERS[source['tier']]})" + (f" {source['url']}" if source["url"] else "")


def _missing(verdict: Verdict) -> Iterator[str]:
    for row in verdict.missing[:_MISSING]:
        weight = f"could give {_either(row.could_give)}" if row.deciding else "alone it decides nothing"
        yield f"{row.fact}: {row.asks} ({weight})"
    if (more := len(verdict.missing) - _MISSING) > 0:
        yield f"and {more} more"


def _readings(verdict: Verdict) -> Iterator[str]:
    for name, row in verdict.readings.items():
        said = {value: _both(both) for value, both in row["outcomes"].items()}
        taken = f"{name}={row['value']}{' (default)' if row['value'] == row['default'] else ''}"
        if len(set(said.values())) == 1:
            same = "any other reading gives the same" if len(said) > 1 else "a number"
            yield f"{taken}: {next(iter(said.values()))}; {same}"
        else:
            each = "; ".join(f"{name}={value}: {words}" for value, words in said.items())
            yield f"{row['asks']} {each}; taken: {taken}"


def _both(both: Mapping[str, Any]) -> str:
    outcome: str = both["outcome"]
    inner = both["if_operative"] if both["if_operative"] not in (both["outcome"], None) else None
    return outcome + (f" (in force {inner})" if inner else "")


def _filings(filings: Sequence[Filing]) -> Iterator[str]:
    for filing in filings:
        duty = filing.duty
        said = [
            f"{duty.kind}: {duty.who}: {duty.what}",
            *([f"to {duty.where}"] if duty.where else []),
            *([f"form: {duty.form}"] if duty.form else []),
            *([f"when: {duty.deadline}"] if duty.deadline else []),
            *([f"by {filing.due} (Monday to Friday counted, public holidays not left out)"] if filing.due else []),
            duty.article,
        ]
        yield "; ".join(said)


def _either(outcomes: Sequence[str]) -> str:
    return " or ".join(outcomes)
