"""`ytterby measures`: what is in force, since when, says who?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ytterby.cli._output import Format, infer_format, rows_text, write, write_rows

if TYPE_CHECKING:
    from ytterby.measures import Register

__all__ = ["app", "rate_row"]

app = App(
    name="measures",
    help="What is in force, since when, says who? The register of policy measures.",
    help_epilogue="Example: `ytterby measures show CHN-A61-2025`",
)

On = Annotated[str | None, Parameter(name="--on", help="Day asked about, YYYY-MM-DD; default today.")]
KnownOn = Annotated[str | None, Parameter(help="Day from which one looks; default the day asked about.")]
Issuer = Annotated[str | None, Parameter(help="Issuing jurisdiction, e.g. CHN, USA, EU.")]
Folder = Annotated[
    Path | None, Parameter(name="--register", help="A register folder of your own, read beside the shipped one.")
]
Fmt = Annotated[Format | None, Parameter(name="--format")]
Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")]


@app.command(name="list")
def list_(
    *,
    on: On = None,
    known_on: KnownOn = None,
    state: Annotated[str | None, Parameter(help="Legal or political state, e.g. in_force, suspended.")] = None,
    issuer: Issuer = None,
    register: Folder = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """List measures with the states of their limbs on a day as known on a day.

    Example: `ytterby measures list --on 2026-12-01 --known-on 2026-11-24 --state suspended`
    """
    day = _day(on)
    records = _register(register).states(day, known_on, state=state, issuer=issuer)
    chosen = infer_format(fmt, output, "table")
    if chosen in ("json", "jsonl"):
        write_rows(records, chosen, output)
        return
    rows = [_limb_row(record, limb) for record in records for limb in record["limbs"]]
    write_rows(rows, chosen, output, title=_as_known(day, known_on), columns=_LIST_COLUMNS)


@app.command
def show(
    measure: Annotated[str, Parameter(help="Id of a measure or event, e.g. CHN-A61-2025.")],
    /,
    *,
    on: On = None,
    known_on: KnownOn = None,
    register: Folder = None,
    fmt: Annotated[str | None, Parameter(name="--format", help="table (a card) or json.")] = None,
    output: Out = None,
) -> None:
    """Show one measure or event: what, by whom, its limbs over time, what it answers, what answers it, sources.

    Example: `ytterby measures show CHN-A61-2025 --on 2026-12-01 --known-on 2026-11-24`
    """
    from ytterby.canonical import dumps
    from ytterby.cli._measure_card import card, document
    from ytterby.errors import UsageError

    chosen = infer_format(fmt, output, "table")
    if chosen not in ("table", "json"):
        raise UsageError(f"show cannot write '{chosen}'", hint="known: table, json")
    if chosen == "json":
        write(dumps(document(_register(register), measure, _day(on), known_on), indent=2) + "\n", output)
    else:
        write(card(_register(register), measure, _day(on), known_on), output)


@app.command
def timeline(
    *,
    issuer: Issuer = None,
    from_: Annotated[str | None, Parameter(name="--from", help="First day, YYYY-MM-DD.")] = None,
    to: Annotated[str | None, Parameter(name="--to", help="Last day, YYYY-MM-DD.")] = None,
    register: Folder = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """List every interval of every limb by first day, with the day on which it became known.

    Example: `ytterby measures timeline --issuer CHN --from 2025-01-01 --to 2026-12-31`
    """
    rows = _register(register).timeline(issuer=issuer, from_=from_, to=to)
    columns = ("from", "to", "id", "limb", "state", "basis", "known", "overtaken", "planned", "by")
    write_rows(rows, infer_format(fmt, output, "table"), output, columns=columns)


@app.command
def reactions(
    *,
    of: Annotated[str | None, Parameter(help="Measure or event that is the trigger or the response.")] = None,
    verified: Annotated[bool, Parameter(negative=(), help="Leave out triggers written down from memory.")] = False,
    register: Folder = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """List what answered what, after how many days, on whose word; and what stayed without an answer.

    Example: `ytterby measures reactions --of CHN-A61-2025`
    """
    rows = [a.record() for a in _register(register).answers(of) if a.verified or not verified]
    columns = ("trigger", "trigger_date", "responder", "response", "lag_days", "grade", "relation", "verified", "basis")
    write_rows(rows, infer_format(fmt, output, "table"), output, columns=columns)


@app.command
def rates(
    *,
    from_: Annotated[str | None, Parameter(name="--from", help="Jurisdiction of the trigger, e.g. USA.")] = None,
    to: Annotated[str | None, Parameter(help="Jurisdiction that may have answered, e.g. CHN.")] = None,
    since: Annotated[str | None, Parameter(help="Leave out triggers before this day, YYYY-MM-DD.")] = None,
    verified: Annotated[bool, Parameter(negative=(), help="Leave out triggers written down from memory.")] = False,
    register: Folder = None,
    fmt: Fmt = None,
    output: Out = None,
) -> None:
    """Tell how often, and after how many days, one jurisdiction answered another; non-answers are counted.

    Example: `ytterby measures rates --from USA --to CHN --since 2023-01-01`
    """
    from ytterby.canonical import dumps
    from ytterby.measures.rates import NOTES, response_rates

    found = response_rates(_register(register), from_=from_, to=to, since=since, verified=verified)
    rows = [rate.record() for rate in found]
    chosen = infer_format(fmt, output, "table")
    if chosen == "json":
        write(dumps({"rates": rows, "notes": NOTES}, indent=2) + "\n", output)
    elif chosen == "table":
        write(rows_text([rate_row(r) for r in rows]) + "\n" + "".join(f"- {note}\n" for note in NOTES), output)
    else:
        write_rows(rows, chosen, output)


@app.command(name="check")
def check_(*, on: On = None, register: Folder = None, fmt: Fmt = None, output: Out = None) -> int:
    """Name stale states, missing sources, dangling references and bad intervals; exit code 1 if there are any.

    A state that lies beyond the last known day of its record is a finding. Of a register of your own
    (`--register`) only what is the matter with it is told, not with the shipped one beside it.

    Example: `ytterby measures check --on 2026-11-24`
    """
    from ytterby.measures import Register, check

    found = check(_register(register), _day(on))
    if register is not None:
        shipped = set(check(Register.default(), _day(on)))
        found = [finding for finding in found if finding not in shipped]
    rows = [finding.record() for finding in found]
    write_rows(rows, infer_format(fmt, output, "table"), output, columns=("kind", "id", "limb", "message"))
    return 1 if rows else 0


_LIST_COLUMNS = ("limb", "legal", "political", "from", "to", "known", "age_days", "title")


def _limb_row(record: dict[str, Any], limb: dict[str, Any]) -> dict[str, Any]:
    return {
        "limb": f"{record['id']}:{limb['limb']}",
        "legal": limb["state"]["legal"],
        "political": limb["state"]["political"],
        "from": limb["from"],
        "to": limb["to"],
        "known": limb["known"],
        "basis": limb["basis"],
        "boundary_uncertain": limb["boundary_uncertain"],
        "observed": limb["observed"],
        "age_days": limb["knowledge_age_days"],
        "issuer": record["issuer"],
        "instrument": record["instrument"],
        "announced": record["announced"],
        "title": record["title"],
    }


def rate_row(r: dict[str, Any]) -> dict[str, Any]:
    """Return a record of rates as it is shown."""
    shares = {k: None if r[k] is None else f"{r[k]:.0%}" for k in ("rate", "low", "high", "base_rate")}
    return {
        "from": r["trigger_jurisdiction"],
        "to": r["responder"],
        "response": r["response"],
        **{k: r[k] for k in ("n", "hits", "stated", "inferred")},
        **shares,
        "rate": r["refused"] or shares["rate"],
        "lag_days": r["lag_median"],
        "quartiles": None if r["lag_q1"] is None else f"{r['lag_q1']:g}-{r['lag_q3']:g}",
        "base_days": None if r["base_from"] is None else f"{r['base_from']}..{r['base_to']}",
        "from_memory": r["from_memory"],
    }


def _register(folder: Path | None) -> Register:
    from ytterby.measures import Register

    return Register.default() if folder is None else Register.read(folder, beside=Register.default())


def _day(on: str | None) -> dt.date:
    from ytterby.measures import as_day

    return dt.date.today() if on is None else as_day(on)


def _as_known(on: dt.date, known_on: str | None) -> str:
    return f"On {on}, as known on {known_on or on}"
