"""Which measures are there, and what were they on a day? A folder of records, read one file at a time when asked for.

A register folder holds ``measures/<ID>.yaml``, and where there are any ``events/*.yaml`` and ``reactions.csv``.

>>> register = Register.default()
>>> len(register), len(register.events)
(122, 76)
>>> register["CHN-A18-2035"]
Traceback (most recent call last):
ytterby.errors.UnknownNameError: unknown measure 'CHN-A18-2035'
  hint: did you mean 'CHN-A18-2025' or ...
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ytterby.errors import DataError, InputError, UnknownNameError
from ytterby.measures import reactions as graph
from ytterby.measures import timeline
from ytterby.measures.event import Event
from ytterby.measures.model import STATES, Limb, Measure
from ytterby.measures.reactions import Answer, Reaction, Relation
from ytterby.measures.states import LimbState, as_day
from ytterby.records import load, validate

__all__ = ["Register"]

_SHIPPED = Path(__file__).parent / "data"


class Register:
    """The measures of one folder, or of several beside each other, by id.

    Use `Register.default` for the shipped register and `Register.read` for one of your own.
    """

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self._files: dict[str, Path] = {}
        for folder in folders:
            for path in sorted((folder / "measures").glob("*.yaml")):
                if path.stem in self._files:
                    raise DataError(
                        f"the measure {path.stem} is in the register already",
                        where=str(path),
                        hint=f"give it another id; the other is {self._files[path.stem]}",
                    )
                self._files[path.stem] = path
        self._read: dict[str, Measure] = {}

    def __reduce__(self) -> tuple[type[Register], tuple[Path, ...]]:
        # what was read so far is read again where it is needed
        return Register, self.folders

    @classmethod
    def default(cls) -> Register:
        """Return the register shipped with Ytterby; one object a process, its files read as they are asked for."""
        return _default()

    @classmethod
    def read(cls, folder: Path | str, *, beside: Register | None = None) -> Register:
        """Return the register of a folder, alone or beside another one.

        Parameters
        ----------
        folder
            A folder with ``measures/*.yaml``, and optionally ``events/*.yaml`` and ``reactions.csv``.
        beside
            A register whose measures are kept, e.g. ``Register.default()``; ids must differ.

        Raises
        ------
        InputError
            There is no such folder, or it has no ``measures/*.yaml``.
        DataError
            An id stands twice, or, once a record is read, the record breaks its schema (file, line, field).
        """
        path = Path(folder)
        if not path.is_dir():
            raise InputError("no such folder", where=str(path))
        if not any((path / "measures").glob("*.yaml")):
            raise InputError(
                "the folder has no measures/*.yaml",
                where=str(path),
                hint="a register folder holds measures/<ID>.yaml, events/*.yaml and reactions.csv",
            )
        return cls(*(beside.folders if beside else ()), path)

    # -- measures ---------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Measure]:
        return (self[name] for name in self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __getitem__(self, name: str) -> Measure:
        if name not in self._read:
            path = self._files.get(name)
            if path is None:
                raise UnknownNameError("measure", name, self._files)
            measure = validate(Measure, load(path), path)
            if measure.id != name:
                raise DataError(
                    f"the id is '{measure.id}' but the file is named for '{name}'", where=f"{path.name}, field id"
                )
            self._read[name] = measure
        return self._read[name]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all measures, sorted within each folder; reads no record."""
        return tuple(self._files)

    def limb(self, name: str) -> tuple[Measure, Limb]:
        """Return the measure and limb of ``MEASURE_ID:limb``; without a limb, the only one of the measure.

        Raises
        ------
        UnknownNameError
            No such measure or limb; or the measure has several limbs and none was named.

        Examples
        --------
        >>> measure, limb = Register.default().limb("CHN-A61-2025:art7_compliance_notice")
        >>> measure.id, limb.id
        ('CHN-A61-2025', 'art7_compliance_notice')
        """
        head, colon, tail = name.partition(":")
        measure = self[head]
        if not colon and len(measure.limbs) == 1:
            return measure, measure.limbs[0]
        for limb in measure.limbs:
            if limb.id == tail:
                return measure, limb
        raise UnknownNameError("limb", name, (f"{measure.id}:{limb.id}" for limb in measure.limbs))

    @cached_property
    def last_known(self) -> dt.date:
        """The last day up to which any measure of the register was observed."""
        return max(measure.last_known for measure in self)

    # -- the two clocks ---------------------------------------------------------------------------------------------

    def limb_states(self, on: dt.date | str, known_on: dt.date | str | None = None) -> list[LimbState]:
        """Return the state of every limb of which something was known, in the order of ids."""
        return [state for measure in self for state in measure.state(on, known_on).values()]

    def states(
        self,
        on: dt.date | str,
        known_on: dt.date | str | None = None,
        *,
        state: str | None = None,
        issuer: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return the records of ``ytterby measures list``: each measure with the states of its limbs.

        Parameters
        ----------
        on, known_on
            The day asked about and the day from which one looks (default: the same day).
        state
            Keep the limbs whose legal or political state is this one.
        issuer
            Keep the measures of this jurisdiction.

        Raises
        ------
        UnknownNameError
            `state` is none of the ten states, or `issuer` has no measure here.

        Examples
        --------
        >>> [r["id"] for r in Register.default().states("2026-12-01", "2026-11-24", state="revives_by_text")]
        ['CHN-A55-2025', 'CHN-A56-2025', 'CHN-A57-2025', 'CHN-A58-2025', 'CHN-A61-2025', 'CHN-A62-2025',
         'USA-BIS-50-2025']
        """
        if state is not None and state not in STATES:
            raise UnknownNameError("state", state, STATES)
        if issuer is not None:
            issuer = self.issuer(issuer)
        records = []
        for measure in self:
            if issuer is not None and measure.issuer.jurisdiction != issuer:
                continue
            limbs = [s for s in measure.state(on, known_on).values() if state in (None, s.legal, s.political)]
            if limbs:
                records.append(
                    {
                        "id": measure.id,
                        "title": measure.title,
                        "issuer": measure.issuer.jurisdiction,
                        "agency": measure.issuer.agency,
                        "instrument": measure.instrument.type,
                        "announced": measure.announced.isoformat() if measure.announced else None,
                        "limbs": [s.record() for s in limbs],
                    }
                )
        return records

    def in_force(self, on: dt.date | str, known_on: dt.date | str | None = None) -> list[str]:
        """Return the full names of the limbs that were legally in force on a day as known on a day.

        Suspended limbs and limbs that a text revives are not among them; see `states`.

        Examples
        --------
        >>> Register.default().in_force("2010-12-31", "2010-12-31")[:2]
        ['CHN-EXQ-2010:all', 'CHN-EXQ-H2-2010:all']
        """
        return [s.id for s in self.limb_states(on, known_on) if s.legal == "in_force"]

    def issuer(self, name: str) -> str:
        """Return the issuing jurisdiction of that name (`EU27` is read as `EU`), or raise UnknownNameError."""
        known = {measure.issuer.jurisdiction for measure in self}
        code = {"EU27": "EU"}.get(name.upper(), name.upper())
        if code not in known:
            raise UnknownNameError("issuer", name, known)
        return code

    def timeline(
        self, *, issuer: str | None = None, from_: dt.date | str | None = None, to: dt.date | str | None = None
    ) -> list[dict[str, Any]]:
        """Return every interval of every limb as a row, by first day; hindsight, so the second clock is a column.

        Intervals that a later act overtook before they began carry `overtaken` true.
        """
        issuer = self.issuer(issuer) if issuer is not None else None
        chosen = (m for m in self if issuer in (None, m.issuer.jurisdiction))
        first = dt.date.min if from_ is None else as_day(from_)
        return timeline.rows(chosen, first, dt.date.max if to is None else as_day(to))

    def search(self, text: str) -> list[Measure]:
        """Return the measures in whose id, title, issuer, instrument, notes, codes or elements all words occur.

        Examples
        --------
        >>> [m.id for m in Register.default().search("unofficial japan")]
        ['CHN-EMBARGO-JPN-2010']
        """
        words = text.casefold().split()
        return [m for m in self if all(word in _haystack(m) for word in words)] if words else []

    # -- actions and reactions --------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> Mapping[str, Event]:
        """The events by id (``EVENT:...``), in order of date."""
        found: dict[str, Event] = {}
        for folder in self.folders:
            for path in sorted((folder / "events").glob("*.yaml")):
                data = load(path)
                if not isinstance(data, dict) or list(data) != ["events"] or not isinstance(data["events"], list):
                    raise DataError("expected one key, `events`, with a list", where=path.name)
                for row, item in enumerate(data["events"]):
                    event = validate(Event, item, path, ("events", row))
                    if event.id in found:
                        raise DataError(f"the event {event.id} stands twice", where=f"{path.name}, field events.{row}")
                    found[event.id] = event
        return MappingProxyType(dict(sorted(found.items(), key=lambda kv: (kv[1].date, kv[0]))))

    def event(self, name: str) -> Event:
        """Return one event by its id; UnknownNameError names the nearest."""
        try:
            return self.events[name]
        except KeyError:
            raise UnknownNameError("event", name, self.events) from None

    @cached_property
    def reactions(self) -> tuple[Reaction, ...]:
        """Every pair of trigger and responder looked at, answered or not, in order of the trigger's date."""
        return tuple(
            row
            for folder in self.folders
            for row in graph.read(folder / "reactions.csv", missing_ok=folder != _SHIPPED)
        )

    def answers(self, of: str | None = None) -> list[Answer]:
        """Return the action–reaction links with lag, grade and relation, and the pairs that stayed without an answer.

        Parameters
        ----------
        of
            Keep the links in which this measure or event is the trigger or the response.

        Raises
        ------
        UnknownNameError
            `of` is neither a measure nor an event of the register.
        """
        if of is not None:
            self._known(of)
        return [a for a in graph.answers(self) if of in (None, a.trigger, a.response)]

    def related(self, name: str) -> list[Relation]:
        """Return what a measure or event answers and what answers it, with grade and relation.

        Acts that suspend, end or implement it are followed onward (depth 2 and more), so that a suspended rule also
        shows what its suspension answered.

        Examples
        --------
        >>> for r in Register.default().related("CHN-A61-2025")[:3]:
        ...     print(r.source, r.relation, r.target, r.grade, r.lag_days)
        CHN-A61-2025 extends CHN-A18-2025 stated 188
        CHN-A61-2025 response_to USA-BIS-50-2025 stated 10
        CHN-A70-2025 suspends CHN-A61-2025 stated 29
        """
        self._known(name)
        return graph.related(self, name)

    def day(self, name: str) -> dt.date:
        """Return the day on which a measure became public or an event happened."""
        return self.event(name).date if name.startswith("EVENT:") else self[name].day

    def _known(self, name: str) -> None:
        if name not in self and name not in self.events:
            raise UnknownNameError("measure or event", name, (*self.ids, *self.events))


@lru_cache(maxsize=1)
def _default() -> Register:
    return Register(_SHIPPED)


def _haystack(measure: Measure) -> str:
    parts = (
        measure.id,
        measure.title,
        measure.issuer.jurisdiction,
        measure.issuer.agency,
        measure.instrument.type,
        measure.notes or "",
        *measure.elements,
        *measure.forms,
        *measure.commodities.control_codes,
        *measure.hs,
    )
    return " ".join(parts).casefold()
