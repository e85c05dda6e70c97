"""How does one measure look on a terminal? A card: what, limbs over time as bars, what answered what, sources."""

from __future__ import annotations

import datetime as dt
import io
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ytterby.canonical import rounded
from ytterby.errors import UnknownNameError

if TYPE_CHECKING:
    from ytterby.measures import Event, Measure, Reading, Register, Relation

__all__ = ["card", "document"]

# a glyph for a printer without colours and a colour for a screen; grey alone tells all ten apart
_BARS: dict[str, tuple[str, str]] = {
    "in_force": ("█", "red"),
    "de_facto": ("▓", "red"),
    "revives_by_text": ("▞", "yellow"),
    "suspended": ("░", "yellow"),
    "announced": ("·", "cyan"),
    "proposed": ("-", "cyan"),
    "reported": ("~", "cyan"),
    "unknown": ("?", "magenta"),
    "expired": ("_", "dim"),
    "repealed": ("x", "dim"),
}


def document(register: Register, name: str, on: dt.date, known_on: str | None) -> dict[str, Any]:
    """Return a measure or an event as one JSON document, with the states of that day and the related acts."""
    found = _find(register, name)
    related = [rounded(_edge(r)) for r in register.related(found.id)]
    if found.id in register.events:
        return {**rounded(found), "related": related}
    measure = register[found.id]
    states = [s.record() for s in measure.state(on, known_on).values()]
    return {**rounded(found), "on": str(on), "known_on": known_on or str(on), "states": states, "related": related}


def card(register: Register, name: str, on: dt.date, known_on: str | None) -> str:
    """Return the card as text, coloured where standard output is a terminal."""
    found = _find(register, name)
    tty = sys.stdout.isatty()
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=tty, width=None if tty else 120, highlight=False)
    if found.id in register.events:
        parts = _event(register.event(found.id))
    else:
        parts = _measure(register[found.id], on, known_on, console.width)
    parts += _related(found.id, register.related(found.id))
    console.print(Group(*parts), crop=False)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _find(register: Register, name: str) -> Measure | Event:
    if name.startswith("EVENT:"):
        return register.event(name)
    head = name.partition(":")[0]
    if head not in register:
        raise UnknownNameError("measure or event", name, (*register.ids, *register.events))
    return register[head]


def _edge(r: Relation) -> dict[str, Any]:
    return {
        "source": r.source,
        "relation": r.relation,
        "target": r.target,
        "grade": r.grade,
        "lag_days": r.lag_days,
        "basis": r.basis,
        "url": r.url,
        "depth": r.depth,
    }


def _measure(measure: Measure, on: dt.date, known_on: str | None, width: int) -> list[RenderableType]:
    made = measure.instrument.type.replace("_", " ")
    head = f"{measure.issuer.jurisdiction}, {measure.issuer.agency} · {made} · announced {measure.announced or '-'}"
    parts: list[RenderableType] = [Text(f"{measure.id}  {measure.title}", style="bold"), Text(head), Text()]
    parts += [_what(measure), Text(), *_limbs(measure, on, known_on, width)]
    if measure.notes:
        parts += [Text(), Text("Notes", style="bold"), _indented(measure.notes)]
    parts += [Text(), Text("Sources", style="bold")]
    for s in measure.sources:
        parts += [_indented(f"{s.title} ({s.seen.replace('_', ' ')}, {s.level})"), _address(s.url)]
    parts.append(_indented(f"Confidence {measure.confidence}; {measure.provenance.replace('_', ' ')}."))
    return parts


def _event(event: Event) -> list[RenderableType]:
    days = f"{event.date}" + (f" to {event.date_end}" if event.date_end else "")
    exact = "" if event.date_precision == "day" else f" ({event.date_precision.replace('_', ' ')})"
    parts: list[RenderableType] = [
        Text(event.id, style="bold"),
        Text(f"{days}{exact}, {event.place} · {event.kind.replace('_', ' ')}"),
        Text(f"{event.actor} ({event.actor_jurisdiction}, {event.rank}) towards {', '.join(event.targets) or '-'}"),
        Text(),
        _indented(event.summary),
        Text(),
        Text("Sources", style="bold"),
    ]
    for s in event.sources:
        parts += [_indented(f"{s.title} ({s.access})"), *([_address(s.url)] if s.url else [])]
    if not event.verified:
        parts.append(_indented("Written down from memory: no source was read.", "magenta"))
    return parts


def _what(measure: Measure) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    c = measure.commodities
    reach = f"{', '.join(measure.scope.origin)} → {', '.join(measure.scope.destination)}"
    lines = [
        ("Covers", "; ".join(", ".join(x) for x in (c.elements, c.forms) if x)),
        ("Codes", ", ".join((*c.control_codes, *(f"HS {h}" for h in c.hs)))),
        *((name.replace("_", " "), "; ".join(items)) for name, items in c.annexes.items()),
        ("Reach", reach + (", beyond borders" if measure.scope.extraterritorial else "")),
        ("Tests", "; ".join(f"{t.quantity} {t.op} {_number(t.value)} ({t.basis})" for t in measure.thresholds)),
        ("Carve-outs", "; ".join(measure.carve_outs)),
        ("Parameters", "; ".join(_parameter(p) for p in measure.parameters)),
    ]
    for label, text in lines:
        if text:
            grid.add_row(label, text)
    return grid


def _parameter(p: Any) -> str:
    value = "undisclosed" if p.value is None else f"{p.value} {'' if p.unit == 'date' else p.unit}".rstrip()
    days = f" ({p.from_ or ''}..{p.to or ''})" if p.from_ or p.to else ""
    return f"{p.name} {value}{days}"


def _number(value: float | tuple[float, float]) -> str:
    return " and ".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value:g}"


def _limbs(measure: Measure, on: dt.date, known_on: str | None, width: int) -> list[RenderableType]:
    states = measure.state(on, known_on)
    title = Text(f"States on {on}, as known on {known_on or on}", style="bold")
    if not states:
        return [title, _indented("Nothing was known of it on that day.")]
    bars = 48 if width >= 110 else max(12, width - 60)
    days = _days(measure, on, bars)
    used: set[str] = set()
    parts: list[RenderableType] = [title]
    for state in states.values():
        grid = _grid(bars)
        for basis, reading in (("legal", state.legal_reading), ("political", state.political_reading)):
            if reading is not None:
                bar = [_at(measure, state.limb, basis, day, known_on or str(on)) for day in days]
                used.update(s for s in bar if s)
                drawn = Text.assemble(*(_BARS[s] if s else (" ", "") for s in bar))
                grid.add_row(f"    {basis}", drawn, _said(reading))
        parts += [Text(f"  {state.limb}"), grid]
    column = max(i for i, day in enumerate(days) if day <= on or i == 0)
    foot = _grid(bars)
    foot.add_row("", Text(" " * column + "^", style="dim"), Text(f"^ {on}", style="dim"))
    parts += [foot, Text(f"    {days[0]} to {days[-1]}: {_legend(used)}", style="dim")]
    age = next(iter(states.values())).knowledge_age_days
    if age:
        parts.append(_indented(f"What was known is {age} days older than {on} (last known day {measure.last_known})."))
    if any(s.boundary_uncertain for s in states.values()):
        note = next(u.note for u in measure.uncertain_days if u.day == on)
        parts.append(_indented(f"{on} is a boundary on which sources disagree: {note}", "magenta"))
    return parts


def _grid(bars: int) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, width=13)
    grid.add_column(no_wrap=True, width=bars)
    grid.add_column(overflow="fold")
    return grid


def _said(reading: Reading) -> Text:
    text = Text(reading.state, style=_BARS[reading.state][1])
    text.append(f" from {reading.from_}" + (f" to {reading.to}" if reading.to else ""), style="default")
    text.append(f"; known {reading.known} ({reading.known_basis})", style="default")
    for part in (
        reading.by and f"by {reading.by}",
        reading.note,
        reading.derived and reading.derived.replace("_", " "),
    ):
        if part:
            text.append(f"; {part}", style="default")
    return text


def _days(measure: Measure, on: dt.date, n: int) -> list[dt.date]:
    rows = [i for limb in measure.limbs for i in limb.intervals]
    first = min(min(i.known, i.from_) for i in rows)
    last = max([on, *(i.from_ for i in rows), *(i.to for i in rows if i.to)]) + dt.timedelta(days=30)
    span = (last - first).days
    return [first + dt.timedelta(days=round(span * i / (n - 1))) for i in range(n)]


def _at(measure: Measure, limb: str, basis: str, day: dt.date, known_on: str) -> str | None:
    state = measure.state(day, known_on).get(limb)
    if state is None:
        return None
    return state.legal if basis == "legal" else state.political


def _legend(used: set[str]) -> str:
    return "  ".join(f"{glyph} {state}" for state, (glyph, _) in _BARS.items() if state in used)


def _related(name: str, relations: list[Relation]) -> list[RenderableType]:
    if not relations:
        return []
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(overflow="fold")
    for r in relations:
        table.add_row(
            f"  {'  ' * (r.depth - 1)}{'this' if r.source == name else r.source}",
            r.relation.replace("_", " "),
            "this" if r.target == name else r.target,
            f"{r.grade}, {r.lag_days} day{'' if r.lag_days == 1 else 's'}" + (f": {r.basis}" if r.basis else ""),
        )
    return [Text(), Text("Answers and answered by", style="bold"), table]


def _address(url: str) -> Text:
    return Text(f"    {url}", no_wrap=True, overflow="ignore")  # whole, so that it can be copied


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style=style), (0, 0, 0, 2))
