r"""How often, and after how many days, does one jurisdiction answer another? Rates by pair, non-answers included.

The rows of ``reactions.csv`` are the cases: a trigger and a responder that was looked at, whether it answered or not. A
case counts if its window of days was over on the last known day (the others are `censored`); a hit is a response that a
source ties to the trigger (grade ``stated`` or ``inferred``). With :math:`h` hits of :math:`n` cases the rate is
:math:`h/n` and its interval the Jeffreys 90 % one: the 5 % and 95 % quantiles of
:math:`\mathrm{Beta}(h+\tfrac12, n-h+\tfrac12)`, with 0 as the low end for :math:`h=0` and 1 as the high end for
:math:`h=n` (Brown, Cai and DasGupta 2001, "Interval estimation for a binomial proportion", Statistical Science 16).

>>> jeffreys(0, 10)
(0.0, 0.17...)
>>> from ytterby.measures import Register
>>> rare_earth, other = response_rates(Register.default(), from_="USA", to="CHN")
>>> (rare_earth.n, rare_earth.hits), (other.n, other.hits)
((45, 2), (45, 4))
"""

from __future__ import annotations

import datetime as dt
import functools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ytterby.errors import UnknownNameError
from ytterby.measures.states import as_day
from ytterby.records import load

if TYPE_CHECKING:
    from ytterby.measures.model import Measure
    from ytterby.measures.reactions import Reaction
    from ytterby.measures.register import Register

__all__ = ["LEAST", "NOTES", "Kind", "Rate", "base_rate", "is_act", "jeffreys", "response_rates"]

Kind = Literal["rare_earth", "other_mineral"]
LEAST = 3
"""Below so many cases no rate is told."""
_LAGS = 3
"""From so many answers on the lags have quartiles."""
_ACTS = Path(__file__).parent / "data" / "acts.yaml"

NOTES = (
    "n counts triggers whose window was over; hits are responses that a source ties to the trigger, stated by the "
    "issuer or inferred by others. low and high: Jeffreys 90 % interval.",
    "Triggers come in rounds (tariffs, entity lists), one row each. They are not independent, so the intervals are too "
    "narrow; and what is known is uneven over the years.",
    "base_rate: share of all days from the first trigger to the last that an act of the responder followed within the "
    "window, whatever it answered. Where it is high, that an act follows says little.",
    "The rates describe the past; they do not say why, and predict nothing by themselves.",
)
"""What a reader of the rates must know."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one jurisdiction answered another with acts of one kind.

    Attributes
    ----------
    trigger_jurisdiction, responder
        Who acted, and who may have answered.
    response
        ``rare_earth``: a rare-earth measure answered; ``other_mineral``: one on other minerals, entities or dual-use
        goods did. One trigger may have both.
    n, hits, stated, inferred
        Cases with a window that was over, those answered, and the answered by grade.
    rate, low, high
        Share answered and its interval; None below `LEAST` cases, as are lags and base rate.
    lag_q1, lag_median, lag_q3
        Days from trigger to answer; quartiles from three answers on.
    base_rate, base_from, base_to
        Share of the days from the first trigger to the last that such an act of the responder followed within the
        window, whatever it answered.
    from_memory
        Cases whose trigger was written down from memory.
    censored
        Triggers left out, because their window was not over.
    refused
        Why there is no rate.
    """

    trigger_jurisdiction: str
    responder: str
    response: Kind
    window_days: int
    n: int
    hits: int
    stated: int
    inferred: int
    rate: float | None
    low: float | None
    high: float | None
    lag_q1: float | None
    lag_median: float | None
    lag_q3: float | None
    base_rate: float | None
    base_from: dt.date | None
    base_to: dt.date | None
    from_memory: int
    censored: int
    refused: str | None

    def record(self) -> dict[str, Any]:
        """Return the row with dates as ISO 8601."""
        return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in asdict(self).items()}


def jeffreys(hits: int, n: int, level: float = 0.9) -> tuple[float, float]:
    """Return the Jeffreys interval of a share.

    Parameters
    ----------
    hits, n
        Cases with an answer, and all cases.
    level
        Its credibility.
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits + 0.5, n - hits + 0.5, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 0.5, n - hits + 0.5, 1 - tail))
    return low, high


def response_rates(
    register: Register,
    *,
    from_: str | None = None,
    to: str | None = None,
    since: dt.date | str | None = None,
    verified: bool = False,
) -> list[Rate]:
    """Return the rates of every pair of jurisdictions, rare-earth answers apart from others; most cases first.

    Parameters
    ----------
    register
        Its reactions are the cases, its measures the acts of the base rate.
    from_, to
        Keep the pairs whose trigger is this jurisdiction's, or whose responder it is.
    since
        Leave out triggers before this day.
    verified
        Leave out triggers written down from memory, answered or not.

    Raises
    ------
    UnknownNameError
        A jurisdiction that no reaction has.
    """
    rows = register.reactions
    from_ = _known(from_, {r.trigger_jurisdiction for r in rows})
    to = _known(to, {r.responder for r in rows})
    first = dt.date.min if since is None else as_day(since)
    pairs: dict[tuple[str, str, int], list[Reaction]] = {}
    for r in rows:
        asked = from_ in (None, r.trigger_jurisdiction) and to in (None, r.responder)
        if asked and r.trigger_date >= first and (r.verified or not verified):
            pairs.setdefault((r.trigger_jurisdiction, r.responder, r.window_days), []).append(r)
    order = sorted(pairs, key=lambda p: (-sum(not r.censored for r in pairs[p]), p))
    kinds: tuple[Kind, ...] = ("rare_earth", "other_mineral")
    return [_rate(register, pair, pairs[pair], kind) for pair in order for kind in kinds]


def _known(name: str | None, known: set[str]) -> str | None:
    if name is None:
        return None
    code = {"EU27": "EU"}.get(name.upper(), name.upper())
    if code not in known:
        raise UnknownNameError("jurisdiction", name, known)
    return code


def _rate(register: Register, pair: tuple[str, str, int], rows: Sequence[Reaction], kind: Kind) -> Rate:
    trigger, responder, window = pair
    cases = [r for r in rows if not r.censored]
    found = [_answer(r, kind) for r in cases]
    lags = [lag for answered, _, lag in found if answered and lag is not None]
    n, hits = len(cases), sum(answered for answered, _, _ in found)
    told = n >= LEAST
    low, high = jeffreys(hits, n) if told else (None, None)
    first, last = (min(r.trigger_date for r in cases), max(r.trigger_date for r in cases)) if told else (None, None)
    acts = [d for m in register if m.issuer.jurisdiction == responder and is_act(m, kind) for d in _days(m)]
    q1, _, q3 = statistics.quantiles(lags, method="inclusive") if told and len(lags) >= _LAGS else (None, None, None)
    return Rate(
        trigger_jurisdiction=trigger,
        responder=responder,
        response=kind,
        window_days=window,
        n=n,
        hits=hits,
        stated=sum(answered and grade == "stated" for answered, grade, _ in found),
        inferred=sum(answered and grade == "inferred" for answered, grade, _ in found),
        rate=hits / n if told else None,
        low=low,
        high=high,
        lag_q1=q1,
        lag_median=float(statistics.median(lags)) if told and lags else None,
        lag_q3=q3,
        base_rate=base_rate(acts, first, last, window) if first and last else None,
        base_from=first,
        base_to=last,
        from_memory=sum(not r.verified for r in cases),
        censored=len(rows) - n,
        refused=None if told else f"n < {LEAST}",
    )


def _answer(r: Reaction, kind: Kind) -> tuple[bool, str, int | None]:
    if kind == "rare_earth":
        return r.response_id is not None, r.grade, r.lag_days
    return r.mineral_response_id is not None, r.mineral_grade, r.mineral_lag_days


@functools.cache
def _words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    document = load(_ACTS)
    left_out = frozenset(t for types in document["not_acts"].values() for t in types)
    return left_out, frozenset(document["rare_earth_groups"]), frozenset(document["rare_earth_firms"])


def is_act(measure: Measure, kind: Kind) -> bool:
    """Whether a measure is an act of its issuer that could be such an answer (``data/acts.yaml`` says which are not).

    >>> from ytterby.measures import Register
    >>> register = Register.default()
    >>> is_act(register["CHN-A18-2025"], "rare_earth"), is_act(register["CHN-A70-2025"], "rare_earth")
    (True, False)
    """
    left_out, groups, firms = _words()
    if measure.instrument.type in left_out:
        return False
    rare_earth = bool(measure.rare_earths or groups.intersection(measure.elements) or measure.id in firms)
    return rare_earth == (kind == "rare_earth")


def _days(measure: Measure) -> set[dt.date]:
    """Return the days on which a measure and each of its limbs became public."""
    return {measure.day, *(min(i.known for i in limb.intervals) for limb in measure.limbs)}


def base_rate(acts: Iterable[dt.date], first: dt.date, last: dt.date, window: int) -> float:
    """Return the share of the days from `first` to `last` that an act followed on that day or within `window` days.

    >>> base_rate([dt.date(2025, 1, 6)], dt.date(2025, 1, 1), dt.date(2025, 1, 10), window=2)
    0.3
    """
    followed = {act.toordinal() - lag for act in acts for lag in range(window + 1)}
    days = range(first.toordinal(), last.toordinal() + 1)
    return sum(day in followed for day in days) / len(days)
