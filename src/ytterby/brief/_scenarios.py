"""What would follow? The world's outcomes as records of the brief, and the few rows that a reader should see."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from ytterby import atlas
from ytterby.brief import _words as words
from ytterby.brief._model import Assumption, Flow, NotModelled, Price, Scenario, Shortage

if TYPE_CHECKING:
    import pandas as pd

    from ytterby.world import Outcome

__all__ = ["MOVES", "china_price", "from_outcome", "main_flows", "main_prices", "moved", "outside", "worst"]

CHINA, OUTSIDE = "CHN", "WLD_exCHN"

MOVES = 0.01
"""A price or flow that changes by less than this share is said not to move."""

MAIN = 0.05
"""The share of imports, or of use, from which a region outside China counts as a main buyer or user."""


def from_outcome(outcome: Outcome, *, because: str) -> Scenario:
    """Return an outcome of the world as a scenario of the brief; each of the five end uses has at least one row."""
    return Scenario(
        name=outcome.name,
        title=outcome.title,
        question=outcome.question,
        year=outcome.year,
        because=because,
        run_id=outcome.run_id,
        measures=tuple(outcome.measures),
        draws=outcome.draws,
        assumptions=tuple(Assumption(**_only(a, Assumption)) for a in outcome.assumptions),
        prices=tuple(Price(**row) for row in _rows(outcome.prices, Price)),
        flows=tuple(Flow(**row) for row in _rows(outcome.flows, Flow)),
        shortages=tuple(_shortages(outcome.shortages)),
        why=tuple(outcome.why),
        not_modelled=tuple(NotModelled(**_only(n, NotModelled)) for n in outcome.not_modelled),
        residual=float(outcome.residual),
    )


def _rows(frame: pd.DataFrame, model: type[Price | Flow]) -> list[dict[str, Any]]:
    names = [field.alias or name for name, field in model.model_fields.items()]
    return [{name: _value(row.get(name)) for name in names} for row in frame.to_dict("records")]


def _only(row: dict[str, Any], model: type[Assumption | NotModelled]) -> dict[str, Any]:
    return {name: _value(row[name]) for name in model.model_fields if name in row}


def _value(value: Any) -> Any:
    """Return a cell as a plain value; NaN is unknown."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


def _shortages(frame: pd.DataFrame) -> Iterable[Shortage]:
    found = set()
    for row in frame.to_dict("records"):
        label = words.end_use_label(str(row["end_use"]))
        share = _value(row["share"])
        if label is not None and share is not None:
            found.add(label)
        yield Shortage(
            end_use=str(row["end_use"]),
            region=str(row["region"]),
            share=share,
            low=_value(row.get("low")),
            high=_value(row.get("high")),
            weeks_of_cover=_value(row.get("weeks_of_cover")),
            sign_share=_value(row.get("sign_share")),
            scarcest=_value(row.get("scarcest")),
            label=label or "other",
            note="no data" if share is None else None,
        )
    for label in words.five():
        if label not in found:
            yield no_data(label)


def no_data(label: str) -> Shortage:
    """Return the row of one of the five end uses of which the model says nothing."""
    return Shortage(
        end_use=label,
        region="WLD",
        share=None,
        low=None,
        high=None,
        weeks_of_cover=None,
        label=label,
        note="no data",
    )


def moved(price: Price) -> float:
    """Return by which share a price changes; 0 where it cannot be told."""
    return words.change(price.baseline, price.scenario) or 0.0


def main_prices(scenario: Scenario, rows: int = 10, floor: float = MOVES) -> list[Price]:
    """Return the prices to show: one a good, of the main buyer outside China whose bill changes most, largest first.

    The bill is the change of the price times what the region imports in the base year; a main buyer brings in at least
    a twentieth of what crosses borders of that good. Moves by less than `floor` are left out.
    """
    brought = _imports(scenario)
    best: dict[str, tuple[float, Price]] = {}
    for p in scenario.prices:
        into = brought.get(p.commodity, {})
        tonnes = into.get(p.region, 0.0)
        if p.region == CHINA or abs(moved(p)) < floor or tonnes < MAIN * sum(into.values()):
            continue
        bill = abs((p.scenario or 0.0) - (p.baseline or 0.0)) * tonnes
        if p.commodity not in best or bill > best[p.commodity][0]:
            best[p.commodity] = (bill, p)
    ordered = sorted(best.values(), key=lambda found: (-found[0], found[1].commodity))
    return [p for _, p in ordered[:rows]]


def china_price(scenario: Scenario, commodity: str) -> Price | None:
    """Return the price of a good inside China."""
    return next((p for p in scenario.prices if p.commodity == commodity and p.region == CHINA), None)


def _imports(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Return tonnes brought over borders in the base year, by good and importing region."""
    brought: dict[str, dict[str, float]] = {}
    for f in scenario.flows:
        if f.from_ != f.to and f.baseline_t:
            into = brought.setdefault(f.commodity, {})
            into[f.to] = into.get(f.to, 0.0) + f.baseline_t
    return brought


def main_flows(scenario: Scenario, rows: int = 8) -> list[Flow]:
    """Return the flows between regions that change most in tonnes, largest first."""

    def size(flow: Flow) -> float:
        return abs((flow.scenario_t or 0.0) - (flow.baseline_t or 0.0))

    changed = [f for f in scenario.flows if f.from_ != f.to and size(f) >= max(1.0, MOVES * (f.baseline_t or 0.0))]
    return sorted(changed, key=lambda f: (-size(f), f.commodity, f.from_, f.to))[:rows]


def outside(scenario: Scenario, label: str) -> Shortage | None:
    """Return the shortage of one of the five end uses in the whole world outside China, where the model has it."""
    return next((s for s in scenario.shortages if s.label == label and s.region == OUTSIDE), None)


def worst(scenario: Scenario, label: str) -> Shortage:
    """Return the main user outside China that goes shortest of one of the five; a row without data where none is known.

    A main user has at least a twentieth of the base-year use outside China.
    """
    rows = [s for s in scenario.shortages if s.label == label and s.region not in (OUTSIDE, CHINA)]
    known = [s for s in rows if s.share is not None]
    main = [s for s in known if s.region in _main_users(s.end_use)]
    if known:
        return max(main or known, key=lambda s: (s.share or 0.0, s.region))
    return rows[0] if rows else no_data(label)


@cache
def _main_users(end_use: str) -> frozenset[str]:
    frame = atlas.table("demand")
    used = frame[(frame["end_use"] == end_use) & (frame["region"] != CHINA)].groupby("region")["quantity_t"].sum()
    return frozenset(str(region) for region in used[used >= MAIN * used.sum()].index)
