"""In which state was a limb on one day, as known on another? The two clocks, asked here and nowhere else.

The first clock, `on`, is the day that is asked about; the second, `known_on`, is the day from which one looks. What
became public later is invisible. The rules, with their reasons and worked examples, are in
docs/explanation/two-clocks.md.

>>> from ytterby.measures import Register
>>> a61 = Register.default()["CHN-A61-2025"]
>>> s = a61.state(on="2026-12-01", known_on="2026-11-24")["art1_1_value_threshold_0.1pct"]
>>> s.legal, s.political, s.political_until.isoformat(), s.knowledge_age_days
('revives_by_text', 'suspended', '2027-01-10', 63)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ytterby.errors import UsageError

if TYPE_CHECKING:
    from ytterby.measures.model import Basis, Limb, Measure, State

__all__ = ["LimbState", "Reading", "as_day", "state_of"]

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One state of a limb on one basis, as visible: its days, since when it was known, by what it came.

    `derived` names the rule where no interval of the register says so itself: `not_yet_begun`, `ended`,
    `end_passed`, `last_known_passed`.
    """

    state: State
    from_: dt.date
    to: dt.date | None
    known: dt.date
    known_basis: str
    by: str | None
    derived: str | None = None
    note: str | None = None

    def record(self) -> dict[str, Any]:
        """Return the reading as a plain record, dates as ISO 8601."""
        return {
            "state": self.state,
            "from": self.from_.isoformat(),
            "to": self.to.isoformat() if self.to else None,
            "known": self.known.isoformat(),
            "known_basis": self.known_basis,
            "by": self.by,
            "derived": self.derived,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class LimbState:
    """The state of a limb on a day as known on a day: one legal and one political reading, either may be absent."""

    measure: str
    limb: str
    on: dt.date
    known_on: dt.date
    legal_reading: Reading | None
    political_reading: Reading | None
    boundary_uncertain: bool
    knowledge_age_days: int
    observed: bool

    @property
    def id(self) -> str:
        """The limb's full name, ``MEASURE_ID:limb``."""
        return f"{self.measure}:{self.limb}"

    @property
    def legal(self) -> State | None:
        """The legal state, or None."""
        return self.legal_reading.state if self.legal_reading else None

    @property
    def political(self) -> State | None:
        """What those in charge say or do beside the text, or None where they say nothing."""
        return self.political_reading.state if self.political_reading else None

    @property
    def political_until(self) -> dt.date | None:
        """The last day of the political state, where one is stated."""
        return self.political_reading.to if self.political_reading else None

    @property
    def basis(self) -> Basis:
        """Which reading `from_`, `to` and `known` belong to: the legal one wherever there is one."""
        return "legal" if self.legal_reading else "political"

    @property
    def _main(self) -> Reading:
        reading = self.legal_reading or self.political_reading
        assert reading is not None  # state_of returns None for a limb without a reading
        return reading

    @property
    def from_(self) -> dt.date:
        """The first day of the state."""
        return self._main.from_

    @property
    def to(self) -> dt.date | None:
        """The last day of the state, as far as it was known; None is open-ended."""
        return self._main.to

    @property
    def known(self) -> dt.date:
        """The day on which the state became public."""
        return self._main.known

    @property
    def stale(self) -> bool:
        """Whether a last known day has passed without anything known to follow."""
        return any(
            r is not None and r.derived in ("end_passed", "last_known_passed")
            for r in (self.legal_reading, self.political_reading)
        )

    def record(self) -> dict[str, Any]:
        """Return the limb's record of ``ytterby measures list``."""
        return {
            "limb": self.limb,
            "state": {"legal": self.legal, "political": self.political},
            "from": self.from_.isoformat(),
            "to": self.to.isoformat() if self.to else None,
            "known": self.known.isoformat(),
            "basis": self.basis,
            "boundary_uncertain": self.boundary_uncertain,
            "observed": self.observed,
            "knowledge_age_days": self.knowledge_age_days,
            "readings": {
                "legal": self.legal_reading.record() if self.legal_reading else None,
                "political": self.political_reading.record() if self.political_reading else None,
            },
        }


def as_day(value: dt.date | str) -> dt.date:
    """Return a day given as a date or as ISO 8601 text.

    Raises
    ------
    UsageError
        The text is no day of the calendar.

    Examples
    --------
    >>> as_day("2026-11-24")
    datetime.date(2026, 11, 24)
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"'{value}' is no day", hint="write YYYY-MM-DD, e.g. 2026-11-24") from None


def state_of(
    measure: Measure, limb: Limb, on: dt.date | str, known_on: dt.date | str | None = None
) -> LimbState | None:
    """Return the state of a limb on a day as known on a day, or None while nothing was known of it.

    Parameters
    ----------
    measure, limb
        The limb and the measure that it is part of.
    on
        The day asked about.
    known_on
        The day from which one looks; default `on` itself: what one could know then.

    Examples
    --------
    >>> from ytterby.measures import Register
    >>> rule = Register.default()["USA-BIS-50-2025"]
    >>> [state_of(rule, rule.limbs[0], day).legal for day in ("2025-11-09", "2025-11-10", "2026-11-10")]
    ['in_force', 'suspended', 'revives_by_text']
    """
    on = as_day(on)
    known_on = on if known_on is None else as_day(known_on)
    edge = min(known_on, measure.last_known)
    legal = _reading(measure, limb, "legal", on, known_on, edge)
    political = _reading(measure, limb, "political", on, known_on, edge)
    if legal is None and political is None:
        return None
    main = legal or political
    assert main is not None
    return LimbState(
        measure=measure.id,
        limb=limb.id,
        on=on,
        known_on=known_on,
        legal_reading=legal,
        political_reading=political,
        boundary_uncertain=_uncertain(measure, limb, on),
        knowledge_age_days=max(0, (on - edge).days),
        observed=main.from_ <= edge,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """An interval as it was visible: its end is hidden until that was public."""

    state: State
    from_: dt.date
    to: dt.date | None
    by: str | None
    known: dt.date
    known_basis: str
    end_known: dt.date
    last_known: dt.date | None
    note: str | None


def _visible(limb: Limb, basis: Basis, known_on: dt.date) -> list[_Seen]:
    seen = [
        _Seen(
            i.state,
            i.from_,
            i.to if i.to_known is not None and i.to_known <= known_on else None,
            i.by,
            i.known,
            i.known_basis,
            i.to_known or i.known,
            i.last_known,
            i.note,
        )
        for i in limb.intervals
        if i.basis == basis and i.known <= known_on
    ]
    seen += [
        _Seen(o.state, o.from_, o.to, o.by, o.known, o.known_basis, o.known, None, None)
        for o in limb.overtaken
        if o.basis == basis and o.known <= known_on < o.superseded_known
    ]
    return sorted(seen, key=lambda s: (s.from_, s.known))


def _reading(
    measure: Measure, limb: Limb, basis: Basis, on: dt.date, known_on: dt.date, edge: dt.date
) -> Reading | None:
    seen = _visible(limb, basis, known_on)
    begun = [s for s in seen if s.from_ <= on]
    covering = [s for s in begun if s.to is None or on <= s.to]
    if covering:
        s = covering[-1]
        starts = [n.from_ for n in seen if n.from_ > on]
        to = min([d - _DAY for d in starts[:1]] + ([s.to] if s.to else []), default=None)
        if s.last_known is not None and on > (last := min(s.last_known, edge)):
            return Reading(
                "unknown", last + _DAY, None, s.known, s.known_basis, None, "last_known_passed", f"was {s.state}"
            )
        return Reading(s.state, s.from_, to, s.known, s.known_basis, s.by, note=s.note)
    if begun:
        return _after(measure, basis, max(begun, key=lambda s: s.to or dt.date.max), edge)
    if seen and basis == "legal" and min(s.known for s in seen) <= on:
        s = seen[0]
        return Reading("announced", s.known, s.from_ - _DAY, s.known, s.known_basis, None, "not_yet_begun")
    return None


def _after(measure: Measure, basis: Basis, last: _Seen, edge: dt.date) -> Reading:
    """Return what a limb is once its last visible interval has ended and nothing visible follows."""
    assert last.to is not None
    begin = last.to + _DAY
    if basis == "legal" and last.to <= edge and measure.legal_status in ("expired", "repealed"):
        ended: State = "repealed" if measure.legal_status == "repealed" else "expired"
        return Reading(ended, begin, None, last.end_known, last.known_basis, last.by, "ended")
    return Reading("unknown", begin, None, last.end_known, last.known_basis, None, "end_passed", f"was {last.state}")


def _uncertain(measure: Measure, limb: Limb, on: dt.date) -> bool:
    """Whether `on` is a day about which sources disagree, at a boundary of this limb."""
    for uncertain in measure.uncertain_days:
        if uncertain.day == on:
            near = {on - _DAY, on, on + _DAY}
            if any(i.from_ in near or i.to in near for i in limb.intervals):
                return True
    return False
