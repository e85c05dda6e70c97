"""Write a page for each regime that is judged, and their index, from the rule files and the register.

Usage: ``python tools/write_regimes.py``. A test of the obligations fails while a page is not what this writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from markdown_tables import markdown_table

from ytterby.measures import Measure, Register
from ytterby.obligations import RuleFile, Source, rules
from ytterby.obligations._case import Asked
from ytterby.obligations._lists import Entry
from ytterby.obligations._model import TIERS, LimbRule

FOLDER = Path(__file__).parents[1] / "docs" / "regimes"
KINDS = {
    "fact": "field",
    "measured": "number of the goods",
    "words": "words",
    "listed": "on a list",
    "made_in": "made in",
    "holds": "holds",
    "share": "share of the value",
    "stage": "step of a material",
    "mass": "mass of a material",
    "party": "parties",
    "day": "day",
    "reading": "disputed reading",
    "all": "all of",
    "any": "any of",
    "none": "none of",
}
LIMITS = {"least": "at least", "more_than": "more than", "most": "at most", "less_than": "less than"}
_SAID = {"kind", "asks", "article", "sources", "note", "of", *LIMITS}


def title(file: RuleFile) -> str:
    """Return the title of a regime's page."""
    return file.title or _register()[file.rule].title


def page(file: RuleFile) -> str:
    """Return the page of a regime as Markdown."""
    measure = _register()[file.rule]
    parts = [
        f"# {title(file)}",
        f"`{file.rule}`: {measure.title} ({measure.issuer.agency}, {measure.issuer.jurisdiction}), announced "
        f"{measure.announced}. Last looked up {measure.last_known}. The rule file is "
        f"`src/ytterby/obligations/data/rules/{file.rule}.yaml`; this page is written from it and from the register by "
        "`python tools/write_regimes.py`. Not legal advice.",
        *(["A rule that nobody has written: it answers only under `--assume`."] if file.hypothetical else []),
        "## Limbs and their states",
        states(measure),
        *(["## How a limb is decided", *(decided(file, limb) for limb in file.limbs)] if file.limbs else []),
        *(["## Questions", questions(file)] if file.limbs else []),
        *(["## Lists", *(listed(name, entries) for name, entries in file.lists.items())] if file.lists else []),
        *(["## Disputed readings", readings(file)] if file.readings else []),
        "## Duties and filings",
        duties(file),
        "## Sources",
        sources(file.sources),
    ]
    return "\n\n".join(parts) + "\n"


def states(measure: Measure) -> str:
    """Return the states of the limbs by interval."""
    rows = [
        (
            f"`{limb.id}`",
            i.state.replace("_", " "),
            str(i.from_),
            str(i.to or ""),
            i.basis.replace("_", " "),
            str(i.known or ""),
        )
        for limb in measure.limbs
        for i in limb.intervals
    ]
    return markdown_table("limb | state | from | to | basis | known since", rows)


def decided(file: RuleFile, limb: LimbRule) -> str:
    """Return how a limb is decided: the day it goes by, when it applies, and its outcomes in order."""
    asked = f"**`{limb.limb}`** {limb.asks}"
    if limb.day:
        chosen = f", by the reading `{limb.day_reading}`" if limb.day_reading else ""
        fields = ", ".join(f"`{path}`" for path in limb.day)
        asked += f" It goes by the first day told of {fields}{chosen}, or else the day asked about."
    lines = [asked, "It applies where all of these hold:" if limb.applies else "It applies to every shipment."]
    lines += [_bullets(file, limb.applies)] if limb.applies else []
    lines.append("The first of these that holds is the outcome; where none does, it is *not applicable*.")
    lines.append(
        "\n".join(
            f"{k}. *{row.outcome.replace('_', ' ')}*"
            + (" where " + "; and ".join(_question(file, name) for name in row.when) if row.when else " otherwise")
            + (f" ({row.note})" if row.note else "")
            for k, row in enumerate(limb.outcomes, 1)
        )
    )
    return "\n\n".join([*lines, *([limb.note] if limb.note else [])])


def questions(file: RuleFile) -> str:
    """Return every question of the limbs: what is asked, of what, by which article and source."""
    rows = []
    for name, test in _asked(file, (n for limb in file.limbs for n in limb.names())).items():
        where = ", ".join(
            f"{file.sources[key].title} ({TIERS[file.sources[key].tier]})"
            for key in test.sources
            if key in file.sources
        )
        of = _of(test)
        rows.append((f"`{name}`", test.asks, of, test.article or "", where, test.note or ""))
    return markdown_table("name | question | asked of | article | sources | note", rows)


def listed(name: str, entries: Iterable[Entry]) -> str:
    """Return a list of items."""
    rows = [
        (
            entry.entry,
            _joined(entry.codes),
            _joined(sorted(entry.elements)),
            _joined(entry.forms) + (f"; open: {_joined(entry.perhaps_forms)}" if entry.perhaps_forms else ""),
            entry.words or entry.head_words or "",
        )
        for entry in entries
    ]
    return f"**`{name}`**\n\n" + markdown_table("entry | codes | elements | forms | words", rows)


def readings(file: RuleFile) -> str:
    """Return the disputed readings with their values; the default is marked."""
    rows = []
    for name, rule in file.readings.items():
        for value, says in (rule.values or {str(rule.default): "a number"}).items():
            mark = "default" if value == str(rule.default) else ""
            rows.append((f"`{name}`", rule.asks, f"`{value}`", mark, says))
    return markdown_table("reading | question | value | | what it says", rows)


def duties(file: RuleFile) -> str:
    """Return what must be done and filed."""
    rows = [
        (
            duty.outcome.replace("_", " "),
            _joined(f"`{limb}`" for limb in duty.limbs),
            duty.who,
            duty.what,
            duty.items,
            duty.article,
            duty.where or "",
            duty.deadline or "",
        )
        for duty in file.duties
    ]
    if not rows:
        return "None is owed in form; the verdict alone counts."
    return markdown_table("outcome | limbs | who | what | items | article | where | by when", rows)


def sources(found: Mapping[str, Source]) -> str:
    """Return the sources with how they were seen."""
    return "\n".join(f"- {f'[{s.title}]({s.url})' if s.url else s.title}: {TIERS[s.tier]}" for s in found.values())


def index(files: Mapping[str, RuleFile]) -> str:
    """Return the index of the pages."""
    rows = [
        (
            f"[{title(file)}]({rule}.md)",
            f"`{rule}`",
            "hypothetical" if file.hypothetical else _register()[rule].legal_status.replace("_", " "),
            _joined(f"`{limb.limb}`" for limb in file.limbs) or "duties listed, not judged",
        )
        for rule, file in files.items()
    ]
    tree = "```{toctree}\n:hidden:\n\n" + "\n".join(files) + "\n```"
    return (
        "# Regimes\n\nA page for each regime with the logic by which a shipment is judged, written by "
        "`python tools/write_regimes.py` from the rule files that `ytterby obligations judge` reads. How a verdict "
        "comes about is told in [obligations](../reference/obligations.md). The status is that of the register on the "
        f"day it was last looked up.\n\n{markdown_table('regime | measure | status | limbs that are judged', rows)}\n\n"
        f"{tree}\n"
    )


def pages() -> dict[str, str]:
    """Return every page by the name of its file."""
    return {"index": index(rules()), **{rule: page(file) for rule, file in rules().items()}}


def _register() -> Register:
    return Register.default()


def _asked(file: RuleFile, names: Iterable[str]) -> dict[str, Asked]:
    """Return tests and those that they are made of, each before its parts, by name."""
    found: dict[str, Asked] = {}
    for name in names:
        if name not in found:
            found[name] = file.test(name)
            for part, test in _asked(file, file.test(name).names()).items():
                found.setdefault(part, test)
    return found


def _of(test: Asked) -> str:
    told = test.model_dump(exclude_defaults=True, by_alias=True)
    kind = KINDS.get(str(told["kind"]), str(told["kind"]))
    if test.names():
        return f"{kind} {_joined(f'`{name}`' for name in test.names())}"
    said = [f"{word} {_number(told[key])}" for key, word in LIMITS.items() if key in told]
    said += [f"{key.replace('_', ' ')}: {_value(value)}" for key, value in told.items() if key not in _SAID]
    return "; ".join([kind, *said])


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{len(value)} patterns"
    if isinstance(value, set | frozenset):
        return _joined(sorted(value))
    return _joined(value) if isinstance(value, list | tuple) else str(value)


def _number(value: float | str) -> str:
    return f"`{value}`" if isinstance(value, str) else f"{value:g}"


def _question(file: RuleFile, name: str) -> str:
    return f"“{file.test(name).asks}” (`{name}`)"


def _bullets(file: RuleFile, names: Iterable[str]) -> str:
    return "\n".join(f"- {_question(file, name)}" for name in names)


def _joined(words: Iterable[Any]) -> str:
    return ", ".join(str(word) for word in words)


def main() -> None:
    """Write the pages and take away those of no rule."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / f"{name}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
