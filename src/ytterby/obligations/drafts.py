"""Drafts of what must be filed: a document for a lawyer from each filing of a verdict, in Markdown and as DOCX.

The words stand in templates, ``data/drafts/KIND.md.j2``; the facts are filled in, and what nobody told is left as a
marked blank, ``[not told: field]``. A filing of a limb that does not surely bind says so at its head.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.errors import UsageError
from ytterby.obligations._decide import gravity
from ytterby.obligations._draft_facts import Verbatim, blank, content_rows, escape, fact_rows, letter_words, party_rows
from ytterby.obligations._model import TIERS
from ytterby.obligations.filings import CAVEAT, Filing, filings_of

if TYPE_CHECKING:
    from jinja2 import Environment

    from ytterby.obligations.judge import Judgement, Verdict

__all__ = ["Draft", "drafts_of", "write_drafts"]


@dataclass(frozen=True)
class Draft:
    """A draft of one filing: the `number`-th of a limb's verdict; `name` is that of its files without a suffix."""

    rule: str
    limb: str
    number: int
    name: str
    markdown: str

    def docx(self) -> bytes:
        """Return the draft as a Word document."""
        from ytterby.obligations._docx import docx_of

        return docx_of(self.markdown)


def drafts_of(judgement: Judgement) -> list[Draft]:
    """Return a draft for each filing of each verdict that is a duty, or would be if its limb were in force.

    Examples
    --------
    >>> from ytterby.obligations import Facts, judge
    >>> facts = Facts.model_validate({"exporter": "CHN", "ship_from": "CHN", "destination": "DEU",
    ...     "item": {"form": "oxide"}, "nodes": [{"id": "x", "contents": [{"element": "Dy", "form": "oxide"}]}]})
    >>> draft = next(d for d in drafts_of(judge(facts, "2026-11-24")) if d.rule == "CHN-A18-2025")
    >>> print(draft.name, draft.markdown.splitlines()[0], sep="; ")
    CHN-A18-2025.all.1-licence; # Draft for a lawyer, not legal advice
    """
    found: dict[str, Draft] = {}
    for verdict in judgement.verdicts:
        if gravity(verdict.outcome) > gravity("dormant_if_reactivated"):
            continue
        for number, filing in enumerate(filings_of(verdict)):
            name = re.sub(r"[^\w.-]+", "-", f"{verdict.rule}.{verdict.limb}.{number + 1}-{filing.duty.kind}")
            while name in found:
                name += "-"
            found[name] = Draft(verdict.rule, verdict.limb, number, name, _markdown(judgement, verdict, filing))
    return list(found.values())


def write_drafts(
    drafts: Iterable[Draft], folder: Path, *, force: bool = False
) -> dict[tuple[str, str], dict[int, str]]:
    """Write each draft as ``NAME.md`` and ``NAME.docx``, all or none; return the Markdown files by limb and number.

    Raises
    ------
    UsageError
        A file is there already and `force` is not given, or the folder cannot be written to; nothing is written.
    """
    drafts = list(drafts)
    texts = {f"{d.name}.md": d.markdown.encode() for d in drafts}
    texts |= {f"{d.name}.docx": d.docx() for d in drafts}
    there = [name for name in texts if os.path.lexists(folder / name) and not (force and (folder / name).is_file())]
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise UsageError(
            f"{there[0]}{more} is there already",
            where=str(folder),
            hint="--force writes over files, or name another folder",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(texts, folder)
    except OSError as error:
        raise UsageError(f"cannot write drafts: {error.strerror}", where=str(folder)) from error
    found: dict[tuple[str, str], dict[int, str]] = {}
    for draft in drafts:
        found.setdefault((draft.rule, draft.limb), {})[draft.number] = str(folder / f"{draft.name}.md")
    return found


def _replace(texts: Mapping[str, bytes], folder: Path) -> None:
    """Move new files over old ones after all are written; where a move fails, those before it are taken back."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".drafts-") as name:
        new, old = Path(name) / "new", Path(name) / "old"
        new.mkdir()
        old.mkdir()
        for file, data in texts.items():
            (new / file).write_bytes(data)
        done: list[str] = []
        try:
            for file in texts:
                if os.path.lexists(folder / file):
                    (folder / file).rename(old / file)
                done.append(file)
                (new / file).rename(folder / file)
        except OSError:
            for file in done:
                (folder / file).unlink(missing_ok=True)
                if os.path.lexists(old / file):
                    (old / file).rename(folder / file)
            raise


def _markdown(judgement: Judgement, verdict: Verdict, filing: Filing) -> str:
    facts = judgement.facts
    text = (
        _environment()
        .get_template(f"{filing.duty.kind}.md.j2")
        .render(
            verdict=verdict,
            filing=filing,
            duty=filing.duty,
            on=judgement.on,
            known_on=judgement.known_on,
            caveat=CAVEAT,
            facts=fact_rows(facts),
            contents=content_rows(facts),
            no_contents=blank("nodes") if facts.nodes is None else "none",
            parties=party_rows(facts),
            no_parties=blank("parties") if facts.parties is None else "none",
            sources=_sources(verdict, filing),
            tiers=TIERS,
            blank=blank,
            **letter_words(facts),
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _sources(verdict: Verdict, filing: Filing) -> list[dict[str, Any]]:
    """Return the sources of the duty, then those of the reasons, each once."""
    own = [verdict.file.sources[key].model_dump() for key in filing.duty.sources]
    found: list[dict[str, Any]] = []
    for source in (*own, *_of_reasons(verdict.reasons)):
        if source not in found:
            found.append(source)
    return found


def _of_reasons(reasons: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for reason in reasons:
        yield from reason["source"]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files(__package__) / "data" / "drafts"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Verbatim) else escape(str(value)),
    )
