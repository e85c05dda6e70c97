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
    from ytterby.measures import Event, Measure, Register, Relation

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
_WIDTH = 60


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
    if found.id in register.events:
        parts = _event(register.event(found.id))
    else:
        parts = _measure(register[found.id], on, known_on)
    parts += _related(found.id, register.related(found.id))
    tty = sys.stdout.isatty()
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=tty, width=None if tty else 120, highlight=False)
    console.print(Group(*parts))
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


def _measure(measure: Measure, on: dt.date, known_on: str | None) -> list[RenderableType]:
    made = measure.instrument.type.replace("_", " ")
    head = f"{measure.issuer.jurisdiction}, {measure.issuer.agency} · {made} · announced {measure.announced or '-'}"
    parts: list[RenderableType] = [Text(f"{measure.id}  {measure.title}", style="bold"), Text(head), Text()]
    parts += [_what(measure), Text(), *_limbs(measure, on, known_on)]
    if measure.notes:
        parts += [Text(), Text("Notes", style="bold"), _indented(measure.notes)]
    parts += [Text(), Text("Sources", style="bold")]
    parts += [_indented(f"{s.title} ({s.seen.replace('_', ' ')}, {s.level}) {s.url}") for s in measure.sources]
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
    parts += [_indented(f"{s.title} ({s.access}) {s.url or ''}".rstrip()) for s in event.sources]
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


def _limbs(measure: Measure, on: dt.date, known_on: str | None) -> list[RenderableType]:
    states = measure.state(on, known_on)
    title = Text(f"States on {on}, as known on {known_on or on}", style="bold")
    if not states:
        return [title, _indented("Nothing was known of it on that day.")]
    days = _days(measure, on)
    parts: list[RenderableType] = [title]
    used: list[str] = []
    for limb in measure.limbs:
        state = states.get(limb.id)
        if state is None:
            continue
        for basis, reading in (("legal", state.legal_reading), ("political", state.political_reading)):
            if reading is None:
                continue
            bar = [_at(measure, limb.id, basis, day, known_on or str(on)) for day in days]
            used += [s for s in bar if s]
            until = f"to {reading.to}" if reading.to else "open-ended"
            line = Text(f"  {limb.id}, {basis}: ") + Text(reading.state, style=_BARS[reading.state][1])
            line.append(f" from {reading.from_} {until}, known {reading.known} ({reading.known_basis})")
            if reading.by:
                line.append(f", by {reading.by}")
            if reading.note:
                line.append(f"; {reading.note}")
            if reading.derived:
                line.append(f" [{reading.derived.replace('_', ' ')}]")
            parts += [line, Text("  ") + Text.assemble(*((_BARS[s] if s else (" ", "")) for s in bar))]
    column = max(range(len(days)), key=lambda i: (days[i] <= on, i if days[i] <= on else -i))
    parts.append(Text(" " * (2 + column) + "^ " + str(on), style="dim"))
    parts.append(Text(f"  {days[0]} … {days[-1]}: " + _legend(used), style="dim"))
    age = next(iter(states.values())).knowledge_age_days
    if age:
        parts.append(_indented(f"Last known day {measure.last_known}; what is said here is {age} days older than {on}."))
    if any(s.boundary_uncertain for s in states.values()):
        note = next(u.note for u in measure.uncertain_days if u.day == on)
        parts.append(_indented(f"{on} is a boundary on which sources disagree: {note}", "magenta"))
    return parts


def _days(measure: Measure, on: dt.date) -> list[dt.date]:
    rows = [i for limb in measure.limbs for i in limb.intervals]
    first = min(min(i.known, i.from_) for i in rows)
    last = max([on, *(i.from_ for i in rows), *(i.to for i in rows if i.to)]) + dt.timedelta(days=30)
    span = (last - first).days
    return [first + dt.timedelta(days=round(span * i / (_WIDTH - 1))) for i in range(_WIDTH)]


def _at(measure: Measure, limb: str, basis: str, day: dt.date, known_on: str) -> str | None:
    state = measure.state(day, known_on).get(limb)
    if state is None:
        return None
    return state.legal if basis == "legal" else state.political


def _legend(used: list[str]) -> str:
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
            f"{r.grade}, {r.lag_days} days" + (f": {r.basis}" if r.basis else ""),
        )
    return [Text(), Text("Answers and answered by", style="bold"), table]


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style=style), (0, 0, 0, 2))
