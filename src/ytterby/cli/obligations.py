"""`ytterby obligations`: must I license, report, notify, and when?"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ytterby.cli._obligations_batch import batch
from ytterby.cli._obligations_options import (
    BREACHES,
    Assume,
    Folder,
    Known,
    Reading,
    Rules,
    law_of,
    pairs,
    register_of,
)
from ytterby.cli._output import Format, infer_format, write, write_rows

if TYPE_CHECKING:
    from ytterby.obligations import Facts, Judgement

__all__ = ["app"]

app = App(
    name="obligations",
    help="Must I license, report, notify, and when? Verdicts of the rules on a shipment, each with its reasons.",
    help_format="markdown",
    help_epilogue="Example: `ytterby obligations judge facts.yaml --on 2026-11-24`",
)

app.command(batch)

Out = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Write to a file; its suffix names the format.")]


@app.command
def judge(
    facts: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="YAML or JSON of one shipment, or `-` for standard input.")
    ],
    /,
    *,
    on: Annotated[str, Parameter(name="--on", help="Day of the law that is asked about, YYYY-MM-DD.")],
    known_on: Known = None,
    assume: Assume = None,
    reading: Reading = None,
    rules: Rules = None,
    register: Folder = None,
    ics: Annotated[Path | None, Parameter(name="--ics", help="Write what is owed to a new calendar file.")] = None,
    drafts: Annotated[
        Path | None, Parameter(name="--drafts", help="Folder for a draft (Markdown and DOCX) of each filing.")
    ] = None,
    force: Annotated[bool, Parameter(negative=(), help="Write over drafts that are there already.")] = False,
    fmt: Annotated[Format | None, Parameter(name="--format")] = None,
    output: Out = None,
) -> int:
    """Judge one shipment by every limb of every rule: outcome, state, reasons, what is missing, what to file.

    A limb that is suspended or only announced says what it would give; one of which nobody knows whether it binds
    says so. What was not told is unknown, never favourable. Not legal advice. Exit code 1 says that the shipment is
    prohibited or would be denied in principle; any other answer, a licence or a report that is due too, is 0.
    `--drafts` writes a draft for a lawyer of each filing that is owed, or would be if its limb were in force: all or
    none, and never over other files without `--force`; `filings[].draft` names the Markdown, the DOCX is beside it.
    `ytterby schema facts` has the fields of the input, `ytterby schema verdict` those of the output.

    Examples: `ytterby obligations judge facts.yaml --on 2026-11-24`,
    `ytterby obligations judge facts.yaml --on 2026-12-01 --assume CHN-A61-2025:art7_compliance_notice=in_force`,
    `ytterby obligations judge facts.yaml --on 2025-10-20 --reading a61_scope=press --format json`,
    `ytterby obligations judge facts.yaml --on 2026-11-24 --drafts drafts`
    """
    from ytterby.canonical import dumps
    from ytterby.cli._obligations_text import judgement_text, verdict_rows
    from ytterby.errors import UsageError
    from ytterby.obligations import judge as judged
    from ytterby.obligations.drafts import drafts_of, write_drafts
    from ytterby.obligations.filings import calendar

    if force and drafts is None:
        raise UsageError("--force goes with --drafts", where="--force")
    if ics is not None and ics.exists():
        raise UsageError("the file is there already", where=str(ics), hint="name another one")
    found: Judgement = judged(
        facts_of(facts),
        on,
        known_on=known_on,
        assume=pairs(assume, "--assume"),
        readings=pairs(reading, "--reading"),
        rules=law_of(rules),
        register=register_of(register),
    )
    chosen = infer_format(fmt, output, "table")
    named = {} if drafts is None else write_drafts(drafts_of(found), drafts, force=force)
    if chosen == "table":
        write(judgement_text(found), output)
    elif chosen == "json":
        write(dumps(found.record(named), indent=2) + "\n", output)
    else:
        write_rows(verdict_rows(found.record(named)), chosen, output)
    if drafts is not None:
        sys.stderr.write(f"{sum(map(len, named.values()))} drafts written to {drafts}\n")
    if ics is not None:
        if (text := calendar(found)) is None:
            sys.stderr.write(f"nothing is owed for sure, so {ics} was not written\n")
        else:
            write(text, ics)
    return int(found.summary in BREACHES)


@app.command(name="rules")
def rules_(
    rule: Annotated[str | None, Parameter(help="Id of a measure; without it, all rules are listed.")] = None,
    /,
    *,
    on: Annotated[str | None, Parameter(name="--on", help="Day of the states, YYYY-MM-DD; default today.")] = None,
    known_on: Known = None,
    rules: Rules = None,
    register: Folder = None,
    fmt: Annotated[Format | None, Parameter(name="--format", help="One rule: table or json.")] = None,
    output: Out = None,
) -> None:
    """List the rules and the state of each limb on a day; with the id of one, show its questions in words.

    Examples: `ytterby obligations rules`, `ytterby obligations rules CHN-A61-2025`
    """
    from ytterby.cli._rule_card import rule_card, rule_rows
    from ytterby.errors import UnknownNameError, UsageError
    from ytterby.measures import as_day

    law = law_of(rules)
    day = dt.date.today() if on is None else as_day(on)
    rows = rule_rows(law, register_of(register), day, known_on)
    chosen = infer_format(fmt, output, "table")
    if rule is None:
        columns = ("rule", "limb", "legal", "political", "age_days", "asks")
        write_rows(rows, chosen, output, title=f"On {day}, as known on {known_on or day}", columns=columns)
        return
    if rule not in law:
        raise UnknownNameError("rule", rule, law)
    if chosen == "json":
        from ytterby.canonical import dumps

        write(dumps(law[rule], indent=2) + "\n", output)
    elif chosen == "table":
        write(rule_card(law[rule], [row for row in rows if row["rule"] == rule]), output)
    else:
        raise UsageError(f"one rule cannot be written as '{chosen}'", hint="known: table, json")


def facts_of(source: str) -> Facts:
    """Return the facts of a file, or of standard input where `source` is ``-``."""
    import tempfile

    from ytterby.errors import InputError, UsageError
    from ytterby.obligations import read_facts
    from ytterby.obligations.facts import MOST_BYTES

    if source.startswith("-") and source != "-":
        raise UsageError(f"unknown option '{source}'", hint="ytterby obligations judge --help lists the options")
    if source != "-":
        return read_facts(Path(source))
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputError("more than 50 MB; the facts of one shipment fit in a few kilobytes", where="standard input")
    with tempfile.TemporaryDirectory() as folder:  # so that a mistake is told with its line, as for any file
        path = Path(folder) / "standard input"
        path.write_bytes(data)
        return read_facts(path)
