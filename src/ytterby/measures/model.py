"""What is a policy measure, written down? The records of the register.

A `Measure` has limbs; a `Limb` is a part with dates of its own, named ``MEASURE_ID:limb``; an `Interval` says in which
state a limb is, from which day to which day, and *since which day that was known*.

>>> from ytterby.measures import Register
>>> a18 = Register.default()["CHN-A18-2025"]
>>> a18.issuer.jurisdiction, a18.elements[:3], a18.limbs[0].intervals[0].from_.isoformat()
('CHN', ('Sm', 'Gd', 'Tb'), '2025-04-04')
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ytterby.records import Record

if TYPE_CHECKING:
    from ytterby.measures.states import LimbState

__all__ = [
    "RARE_EARTHS",
    "STATES",
    "Access",
    "Basis",
    "Commodities",
    "Instrument",
    "Interval",
    "Issuer",
    "Limb",
    "Link",
    "Measure",
    "OvertakenInterval",
    "Parameter",
    "Scope",
    "Source",
    "State",
    "Threshold",
    "UncertainDay",
]

State = Literal[
    "proposed",
    "announced",
    "in_force",
    "suspended",
    "revives_by_text",
    "expired",
    "repealed",
    "de_facto",
    "reported",
    "unknown",
]
"""The ten states of a limb; their meanings stand in docs/explanation/two-clocks.md."""
STATES: tuple[str, ...] = get_args(State)
_OPERATIVE: tuple[State, ...] = (
    "in_force",
    "de_facto",
    "revives_by_text",
    "suspended",
    "announced",
    "proposed",
    "reported",
    "unknown",
    "repealed",
    "expired",
)
Basis = Literal["legal", "political"]
Access = Literal["full_text", "excerpt", "relay", "recall"]

RARE_EARTHS = ("Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu")
"""The seventeen rare-earth elements (IUPAC): the lanthanides, scandium and yttrium; `ALL_REE` in a measure."""
_ALL_RARE_EARTHS = {"ALL_REE", "REE", "17 REE"}


class Issuer(Record):
    """Who made the measure: a jurisdiction (ISO 3166-1 alpha-3, or EU, G7, WTO) and the agency."""

    jurisdiction: str = Field(pattern=r"^[A-Z0-9]{2,4}$")
    agency: str


class Instrument(Record):
    """What kind of measure: the register's type, with Global Trade Alert and UN MAST codes where one fits."""

    type: str
    gta_type_id: int | None = None
    gta_type: str | None = None
    mast_code: str | None = None
    mast_version: str | None = None


class Interval(Record):
    """One state of a limb over inclusive days, with the day on which it became public.

    `to_known` is the day on which the end became public: before it the interval reads as open-ended. `last_known` is
    set where the state is a practice that somebody observed: after that day it reads `unknown`.
    """

    state: State
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    by: str | None = None
    basis: Basis = "legal"
    known: dt.date
    known_basis: Literal["stated", "inferred"]
    to_known: dt.date | None = None
    last_known: dt.date | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Interval:
        if self.to is not None and self.to < self.from_:
            raise PydanticCustomError("interval", "the interval ends before it begins ({to})", {"to": str(self.to)})
        if (self.to is None) != (self.to_known is None):
            raise PydanticCustomError("interval", "`to` and `to_known` go together: give both or neither")
        if self.state == "de_facto" and self.to is None and self.last_known is None:
            raise PydanticCustomError("interval", "an open-ended `de_facto` needs `last_known`, the last day seen")
        return self


class OvertakenInterval(Record):
    """What a text promised and a later act undid before it began: visible from `known` to before `superseded_known`."""

    state: State
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    by: str | None = None
    basis: Basis = "legal"
    known: dt.date
    known_basis: Literal["stated", "inferred"]
    superseded_known: dt.date
    superseded_by: str

    @model_validator(mode="after")
    def _in_order(self) -> OvertakenInterval:
        if self.superseded_known <= self.known:
            raise PydanticCustomError("interval", "`superseded_known` must come after `known`")
        return self


class Limb(Record):
    """A part of a measure with dates of its own; a measure without parts has the one limb `all`."""

    id: str
    intervals: tuple[Interval, ...] = Field(min_length=1)
    overtaken: tuple[OvertakenInterval, ...] = ()


class Commodities(Record):
    """What the measure covers, in the measure's words: elements, forms, control codes, tariff lines, annex lists."""

    elements: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    control_codes: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    annexes: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Scope(Record):
    """Where: regions of origin and destination (ISO 3166-1 alpha-3, EU27, G7, or WORLD), and reach beyond borders."""

    origin: tuple[str, ...]
    destination: tuple[str, ...]
    extraterritorial: bool


class Threshold(Record):
    """A test by number: `quantity` `op` `value`, measured on `basis` (a unit, or value, mass, ownership)."""

    quantity: str
    op: Literal["<", "<=", ">", ">=", "between"]
    value: float | tuple[float, float]
    basis: str
    applies_to: str | None = None

    @model_validator(mode="after")
    def _two_for_between(self) -> Threshold:
        if (self.op == "between") != isinstance(self.value, tuple):
            raise PydanticCustomError("threshold", "`between` takes a list of two numbers, every other op one number")
        return self


class Parameter(Record):
    """A number or word of the law by name and dates; a null value means undisclosed."""

    name: str
    value: int | float | dt.date | str | None
    unit: str
    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None


class Link(Record):
    """That a measure answers, implements, extends, eases or merely follows another or an event, and who says so."""

    to: str
    grade: Literal["stated", "inferred"]
    relation: Literal["response_to", "implements", "extends", "eases", "after"]
    basis: str
    url: str | None = None
    access: Access | None = None


class Source(Record):
    """Where the record comes from; `level` is how near the address is, `seen` how it was read."""

    title: str
    url: str
    level: Literal["page", "site", "none"]
    seen: Literal["full_text", "excerpt", "third_party_transcription", "not_seen"]


class UncertainDay(Record):
    """A day on which sources disagree whether the old or the new state holds."""

    day: dt.date
    note: str


class Measure(Record):
    """One policy measure: typed, dated, sourced.

    Parameters stand in `data/measures/<ID>.yaml`, one file a measure; see docs/reference/measures.md.

    Examples
    --------
    >>> from ytterby.measures import Register
    >>> a61 = Register.default()["CHN-A61-2025"]
    >>> [limb.id for limb in a61.limbs][:2]
    ['art1_3_china_origin_items', 'art1_1_value_threshold_0.1pct']
    >>> a61.state("2026-12-01", "2026-11-24")["art1_3_china_origin_items"].legal
    'revives_by_text'
    """

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")
    title: str
    issuer: Issuer
    instrument: Instrument
    announced: dt.date | None = None
    effective: dt.date | None = None
    legal_status: Literal["proposed", "announced", "in_force", "suspended", "expired", "repealed", "unknown"]
    ended: dt.date | None = None
    ended_by: str | None = None
    last_known: dt.date
    limbs: tuple[Limb, ...] = Field(min_length=1)
    uncertain_days: tuple[UncertainDay, ...] = ()
    commodities: Commodities
    scope: Scope
    carve_outs: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    reaction_to: tuple[Link, ...] = ()
    sources: tuple[Source, ...]
    confidence: Literal["high", "medium", "low"]
    notes: str | None = None
    provenance: Literal["corpus", "corpus_pointer_only", "partly_background_knowledge", "user"]
    recorded: dt.date

    @model_validator(mode="after")
    def _limbs_once(self) -> Measure:
        ids = [limb.id for limb in self.limbs]
        for name in ids:
            if ids.count(name) > 1:
                raise PydanticCustomError("limb", "the limb '{name}' stands twice", {"name": name})
        return self

    @property
    def day(self) -> dt.date:
        """The day on which the measure became public: announced, or the first day that any interval was known."""
        return self.announced or min(i.known for limb in self.limbs for i in limb.intervals)

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements and groups named by the measure, in its own words (`Dy`, `ALL_REE`, `critical minerals`)."""
        return self.commodities.elements

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms named by the measure (`oxide`, `metal`, `magnets`); empty where it names none."""
        return self.commodities.forms

    @property
    def hs(self) -> tuple[str, ...]:
        """The tariff lines that the measure cites; a reference, the description decides."""
        return self.commodities.hs

    @property
    def rare_earths(self) -> tuple[str, ...]:
        """The rare-earth elements that the measure names, with `ALL_REE` written out, in the order of the table.

        >>> from ytterby.measures import Register
        >>> Register.default()["CHN-A18-2025"].rare_earths
        ('Sc', 'Y', 'Sm', 'Gd', 'Tb', 'Dy', 'Lu')
        """
        if _ALL_RARE_EARTHS & set(self.elements):
            return RARE_EARTHS
        return tuple(e for e in RARE_EARTHS if e in self.elements)

    def parameter(self, name: str, on: dt.date | str | None = None) -> int | float | dt.date | str | None:
        """Return the value of a parameter of the law on a day (null: undisclosed, or none holds then).

        Raises
        ------
        UnknownNameError
            The measure has no parameter of that name.

        Examples
        --------
        >>> from ytterby.measures import Register
        >>> Register.default()["CHN-EXQ-RE"].parameter("export_quota", "2010-06-01")
        30258
        """
        from ytterby.errors import UnknownNameError
        from ytterby.measures.states import as_day

        rows = [p for p in self.parameters if p.name == name]
        if not rows:
            raise UnknownNameError(f"parameter of {self.id}", name, {p.name for p in self.parameters})
        if on is None:
            return rows[-1].value
        day = as_day(on)
        held = [p for p in rows if (p.from_ is None or p.from_ <= day) and (p.to is None or day <= p.to)]
        return held[-1].value if held else None

    def limb(self, name: str) -> Limb:
        """Return one limb by its bare id; UnknownNameError names the nearest."""
        from ytterby.errors import UnknownNameError

        for limb in self.limbs:
            if limb.id == name:
                return limb
        raise UnknownNameError(f"limb of {self.id}", name, (limb.id for limb in self.limbs))

    def state(self, on: dt.date | str, known_on: dt.date | str | None = None) -> dict[str, LimbState]:
        """Return the state of each limb on a day, as known on a day (default: that same day); see `states.state_of`.

        A limb of which nothing was known yet is left out.
        """
        from ytterby.measures.states import state_of

        found = {limb.id: state_of(self, limb, on, known_on) for limb in self.limbs}
        return {name: state for name, state in found.items() if state is not None}

    def headline(self, on: dt.date | str, known_on: dt.date | str | None = None) -> dict[str, State | None]:
        """Return one legal and one political state for the whole measure: the most operative among its limbs.

        Order: in_force, de_facto, revives_by_text, suspended, announced, proposed, reported, unknown, repealed,
        expired. Limbs may differ: where it matters, read `state`.

        Examples
        --------
        >>> from ytterby.measures import Register
        >>> Register.default()["CHN-A61-2025"].headline("2026-11-24")
        {'legal': 'revives_by_text', 'political': 'suspended'}
        """
        limbs = self.state(on, known_on).values()
        legal = {s.legal for s in limbs if s.legal}
        political = {s.political for s in limbs if s.political}
        return {
            "legal": next((s for s in _OPERATIVE if s in legal), None),
            "political": next((s for s in _OPERATIVE if s in political), None),
        }
