"""What followed such moves before? Past answers with n and hits, and nothing below three cases.

For a signal the like cases of the ledger (what officials did, chosen without regard to outcome) or of the register's
reactions (triggers with and without an answer) are counted. A case counts for a horizon only if its whole window lies
before both `as_of` and the end of the facts, hit or not: counting early hits of open windows would raise the rate. The
case that the article itself reports is left out. The interval is the Jeffreys 90 % one of `ytterby.measures.rates`.
Trigger rounds are not independent and coverage is uneven: the rates describe, they do not predict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from ytterby.measures import Register
from ytterby.measures.rates import LEAST, jeffreys
from ytterby.signals import dates
from ytterby.signals.lexicon import load_yaml, table
from ytterby.signals.model import Signal

__all__ = ["outlook"]

_LEDGER = (
    "signal_id", "date", "date_precision", "actor", "rank", "jurisdiction", "kind", "place", "bodies", "occasion",
    "wording_flags", "source", "url", "access", "quality", "tight_30d", "tight_90d", "tight_180d", "tight_365d",
    "first_id", "first_lag_days", "outward_first_id", "outward_lag_days", "outward_30d", "outward_90d", "outward_180d",
    "outward_365d",
)  # fmt: skip
_OWN_CASE_DAYS = 31


def outlook(
    signals: Iterable[Signal],
    as_of: dt.date | str,
    horizons: Sequence[int] = (30, 90, 180, 365),
    *,
    published: str | None = None,
    register: Register | None = None,
) -> list[dict[str, Any]]:
    """Return how often such moves were answered within each horizon, or why that cannot be said.

    Parameters
    ----------
    signals
        Of an article; background signals are left out, each kind of move counts once.
    as_of
        Nothing whose window was still open on this day is counted.
    horizons
        Days after the move.
    published
        Day of the article; cases within a month before it are its own event and left out.
    register
        For the reactions; the shipped one if not given.

    Returns
    -------
    list of dict
        ``{move, response, jurisdiction, horizon_days, n, hits, rate, low, high, interval, base_rate, base_since, cases,
        signal}``, or ``{move, response, jurisdiction, n, refused, signal}``; in the order of the signals.
    """
    rules = load_yaml("outlook.yaml")
    day = as_of if isinstance(as_of, dt.date) else dt.date.fromisoformat(as_of)
    end = min(day, _date(rules["limit"]))
    register = register or Register.default()
    out: list[dict[str, Any]] = []
    done: set[tuple[str, ...]] = set()
    for signal in signals:
        if signal.background:
            continue
        own = dates.latest(signal.event_date) or dates.latest(published)
        for kind in rules["ledger"]:
            key: tuple[str, ...] = (kind["move"], signal.actor_country)
            if kind["action"] != signal.action or key in done:
                continue
            if kind["signal_ranks"] and signal.actor_rank not in kind["signal_ranks"]:
                continue
            done.add(key)
            out += _from_ledger(signal, kind, end, own, horizons)
        for kind in rules["triggers"]:
            key = ("trigger", signal.action, signal.actor_country)
            if kind["action"] == signal.action and key not in done:
                done.add(key)
                out += _from_reactions(signal, kind["kinds"], end, own, horizons, register)
    return out


def _date(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _own(case: dt.date, own: dt.date | None) -> bool:
    return own is not None and -3 <= (own - case).days <= _OWN_CASE_DAYS


def _from_ledger(
    signal: Signal,
    kind: dict[str, Any],
    end: dt.date,
    own: dt.date | None,
    horizons: Sequence[int],
) -> list[dict[str, Any]]:
    rows = [
        r
        for r in table("signals_ledger.csv", _LEDGER)
        if r["jurisdiction"] == signal.actor_country
        and r["kind"] in kind["kinds"]
        and (not kind["ranks"] or r["rank"] in kind["ranks"])
        and not _own(dt.date.fromisoformat(r["date"]), own)
    ]
    out = []
    for response, column in (("tightening", "tight"), ("outward measure", "outward")):
        told = []
        for h in horizons:
            if f"{column}_{h}d" not in _LEDGER:
                continue
            cases = [
                {
                    "id": r["signal_id"],
                    "date": r["date"],
                    "hit": r[f"{column}_{h}d"] not in {"none", "open"},
                    "by": _by(r[f"{column}_{h}d"]),
                }
                for r in rows
                if dt.date.fromisoformat(r["date"]) + dt.timedelta(days=h) <= end
            ]
            told.append(
                _record(
                    kind["move"],
                    response,
                    signal.actor_country,
                    h,
                    cases,
                    signal,
                )
            )
        out += _gathered(told)
    return out


def _gathered(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One refusal for all horizons where none can be told."""
    if told and all("refused" in r for r in told):
        return [max(told, key=lambda r: (r["n"], -r["horizon_days"])) | {"horizon_days": None}]
    return told


def _by(cell: str) -> str | None:
    return None if cell in {"none", "open", ""} else cell


def _from_reactions(
    signal: Signal, kinds: Sequence[str], end: dt.date, own: dt.date | None, horizons: Sequence[int],
    register: Register,
) -> list[dict[str, Any]]:  # fmt: skip
    responders = ("CHN",) if signal.actor_country != "CHN" else ("EU", "JPN", "USA")
    by = "China" if signal.actor_country == "CHN" else "another government"
    move = f"{' or '.join(k.replace('_', ' ') for k in kinds)} by {by}"
    out = []
    for responder in responders:
        rows = [
            r
            for r in register.reactions
            if r.trigger_kind in kinds
            and r.responder == responder
            and (r.trigger_jurisdiction == "CHN") == (signal.actor_country == "CHN")
            and r.access != "recall"
            and not _own(r.trigger_date, own)
        ]
        for response, name in (
            ("rare_earth_answer", "response"),
            ("mineral_answer", "mineral"),
        ):
            told = []
            for h in horizons:
                window = [r for r in rows if r.window_days >= h and r.trigger_date + dt.timedelta(days=h) <= end]
                if not window and any(r.window_days < h for r in rows):
                    continue
                cases = []
                for r in window:
                    answer = r.response_id if name == "response" else r.response_id or r.mineral_response_id
                    lag = r.lag_days if r.response_id else r.mineral_lag_days
                    hit = answer is not None and lag is not None and lag <= h
                    cases.append(
                        {
                            "id": r.trigger_id,
                            "date": r.trigger_date.isoformat(),
                            "hit": hit,
                            "by": answer if hit else None,
                        }
                    )
                told.append(_record(move, response, responder, h, cases, signal))
            out += _gathered(told)
    return out


def _record(
    move: str,
    response: str,
    jurisdiction: str,
    horizon: int,
    cases: list[dict[str, Any]],
    signal: Signal,
) -> dict[str, Any]:
    head = {
        "move": move,
        "response": response,
        "jurisdiction": jurisdiction,
        "horizon_days": horizon,
        "n": len(cases),
    }
    if len(cases) < LEAST:
        some = f"{len(cases)} past case{'' if len(cases) == 1 else 's'}"
        reason = f"{some} with a window that is over; at least {LEAST} are needed"
        return {**head, "refused": reason, "cases": cases, "signal": signal.id}
    hits = sum(c["hit"] for c in cases)
    low, high = jeffreys(hits, len(cases))
    base = _base(jurisdiction, response, horizon, min(c["date"] for c in cases))
    return {
        **head, "hits": hits, "rate": hits / len(cases), "low": low, "high": high, "interval": "Jeffreys 90 %",
        "base_rate": base[0], "base_since": base[1], "cases": cases, "signal": signal.id,
    }  # fmt: skip


def _base(jurisdiction: str, response: str, horizon: int, first: str) -> tuple[float | None, str | None]:
    """Return the share of all days that are followed by such a measure, and since when it is counted."""
    rows = table(
        "base_rates.csv",
        (
            "jurisdiction",
            "response",
            "since",
            "horizon_days",
            "rate",
            "quality",
            "source",
        ),
    )
    fit = [
        r
        for r in rows
        if (r["jurisdiction"], r["response"], r["horizon_days"]) == (jurisdiction, response, str(horizon))
    ]
    if not fit:
        return None, None
    row = max(
        (r for r in fit if r["since"] <= first),
        key=lambda r: r["since"],
        default=fit[0],
    )
    return float(row["rate"]), row["since"]
