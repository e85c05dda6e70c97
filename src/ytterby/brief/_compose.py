"""One document made of everything below: article → signals → law → scenarios → duties → outlook."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import ytterby
from ytterby import atlas
from ytterby.brief import _words as words
from ytterby.brief._asof import choose
from ytterby.brief._bottom_line import bottom_line, headline
from ytterby.brief._evidence import limits_of, sources_of
from ytterby.brief._law import measures_of, since
from ytterby.brief._model import Brief, BriefArticle, BriefMeasure, Outlook, Scenario
from ytterby.brief._raise import raised
from ytterby.brief._scenarios import from_outcome
from ytterby.canonical import run_id
from ytterby.errors import InputError, SolveError, UsageError
from ytterby.measures import Register
from ytterby.obligations import duties
from ytterby.signals import Article, read

if TYPE_CHECKING:
    from ytterby.world import World

__all__ = ["DRAWS", "brief"]

DRAWS = 6
"""Draws of each scenario unless asked otherwise: as many as leave the brief of one article a matter of seconds."""

SEED = 1


def brief(
    article_path: str | Path,
    as_of: str | dt.date | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    register: Register | None = None,
    world: World | None = None,
    progress: Callable[[str], None] | None = None,
) -> Brief:
    """Return what an article signals, what the law is, what would follow and who would have to act.

    Parameters
    ----------
    article_path
        Text (``.txt``, a title line first if there is one), HTML, or any other input of `ytterby.signals.read` that
        holds exactly one article.
    as_of
        The day on which the brief stands, for the states of law and for what was known. Without it the article's own
        date, else the latest day that the article must have known, else the register's last known day; never today.
    draws
        Joint draws of elasticities and assumptions in each scenario; 0 gives the central run alone.
    seed
        Seed of the draws.
    register, world
        Another register or world than the shipped ones.
    progress
        Called with the name of each phase as it begins.

    Raises
    ------
    InputError
        No such file, empty, binary, not UTF-8, no article or more than one.
    UsageError
        `as_of` is no date, or `draws` is negative.

    Examples
    --------
    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile("w", suffix=".txt") as file:
    ...     _ = file.write("On Tuesday the minister opened a school in the north of the country.")
    ...     file.flush()
    ...     found = brief(file.name, as_of="2026-02-11")
    >>> found.headline, found.scenarios
    ('No policy signal on critical minerals found', ())
    """
    if draws < 0:
        raise UsageError(f"draws cannot be {draws}", where="--draws", hint="0 gives the central run alone")
    note = progress or (lambda _phase: None)
    note("reading the article")
    article, digest = _article(article_path)
    register = register or Register.default()
    stand = choose(as_of, article, register)
    note("looking up the law")
    measures = measures_of(article, register, stand.day)
    owed = duties([m.id for m in measures if m.id in register], register, stand.day)
    unknown = _unknown_then(article, measures, register)
    found, left = _scenarios(article, measures, register, stand.day, draws, seed, world, note)
    note("asking the record")
    outlook = _outlook(article, stand.day, register)
    head = BriefArticle(
        title=article.title,
        published=article.published,
        url=article.url,
        language=article.language,
        segments=article.segments,
    )
    day, known_to = stand.day.isoformat(), register.last_known.isoformat()
    return Brief(
        run_id=run_id(
            article=digest,
            published=article.published,
            as_of=day,
            ytterby=ytterby.__version__,
            atlas=atlas.version(),
            register=_digest(register),
            draws=draws,
            seed=seed,
            scenarios=[s.run_id for s in found],
        ),
        as_of=day,
        as_of_basis=stand.basis,
        known_to=known_to,
        article=head,
        headline=headline(article.signals, measures),
        bottom_line=tuple(bottom_line(article.signals, measures, found, owed, outlook, day)),
        signals=article.signals,
        measures=tuple(measures),
        since_then=tuple(since(measures, register, stand.day)),
        scenarios=tuple(found),
        outlook=tuple(outlook),
        obligations=tuple(owed),
        sources=tuple(sources_of(head, measures, owed, found)),
        limits=(
            *unknown,
            *left,
            *limits_of(article.signals, measures, owed, found, as_of_basis=stand.basis, known_to=known_to),
        ),
    )


def _article(path: str | Path) -> tuple[Article, str]:
    """Return the one article that a path holds, and the hash of its bytes."""
    if str(path) != "-":
        return _one(Path(path), str(path))
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "stdin"
        kept.write_bytes(sys.stdin.buffer.read())
        try:
            return _one(kept, "standard input")
        except InputError as error:
            where = (error.where or "").replace(str(kept), "standard input")
            raise InputError(error.message, where=where, hint=error.hint) from None


def _one(path: Path, name: str) -> tuple[Article, str]:
    found: list[Article] = []
    for article in read(path):
        found.append(article)
        if len(found) > 1:
            raise InputError(
                "this holds more than one article; a brief is about one",
                where=name,
                hint=f"ytterby signals read {name} reads them all",
            )
    if not found:
        raise InputError("this holds no article", where=name)
    return found[0], hashlib.sha256(path.read_bytes()).hexdigest()


def _unknown_then(article: Article, measures: Sequence[BriefMeasure], register: Register) -> list[str]:
    """Return what to say of measures that the article speaks of and that nobody knew on the day of the brief."""
    kept = {m.id for m in measures}
    lost = dict.fromkeys(s.measure_id for s in article.signals if s.measure_id in register and s.measure_id not in kept)
    names = [words.measure(i, register[i].title) for i in lost if i is not None]
    if not names:
        return []
    verb = "was" if len(names) == 1 else "were"
    return [f"The article speaks of {words.names(names)}, which {verb} not known on the day of the brief."]


def _digest(register: Register) -> str:
    """Return the version of a register: a hash over its files."""
    digest = hashlib.sha256()
    for folder in register.folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".csv")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _scenarios(
    article: Article,
    measures: Sequence[BriefMeasure],
    register: Register,
    day: dt.date,
    draws: int,
    seed: int,
    world: World | None,
    note: Callable[[str], None],
) -> tuple[list[Scenario], list[str]]:
    """Return the scenarios that the article raises, and what to say of those that were not run."""
    wanted = raised(article.signals, [m.id for m in measures])
    if not wanted:
        return [], []
    note("calibrating the world")
    from ytterby import world as room

    library = room.library()
    found: list[Scenario] = []
    left: list[str] = []
    for r in wanted:
        imposed = {str(m.limb).partition(":")[0] for m in library[r.scenario].measures}
        if later := [i for i in sorted(imposed) if not register[i].state(day)]:
            left.append(
                f"The scenario “{library[r.scenario].title}” was left out: {words.listing(later)} "
                f"{'was' if len(later) == 1 else 'were'} not known on that day."
            )
            continue
        world = world or room.World.default()
        phase = f"scenario {len(found) + len(left) + 1} of {len(wanted)}: {library[r.scenario].title}"
        note(phase)
        try:
            counted = _counted(note, phase)
            outcome = world.run(library[r.scenario], draws=draws, seed=seed, workers=None, progress=counted)
        except SolveError as error:
            left.append(f"The scenario “{library[r.scenario].title}” was not computed: {error.message}.")
        else:
            found.append(from_outcome(outcome, because=r.because))
    return found, left


def _counted(note: Callable[[str], None], phase: str) -> Callable[[int, int], None]:
    return lambda done, of: note(f"{phase}, solve {done} of {of}")


def _outlook(article: Article, day: dt.date, register: Register) -> list[Outlook]:
    if not article.signals:
        return []
    from ytterby.signals import outlook

    return [Outlook(**row) for row in outlook(article.signals, day, published=article.published, register=register)]
