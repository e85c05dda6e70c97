"""Which pictures does a brief show? Tables of the brief handed to the figures room, which draws and never solves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ytterby import atlas
from ytterby.brief import _scenarios as scenarios
from ytterby.brief import _words as words
from ytterby.brief._model import Brief, Scenario

if TYPE_CHECKING:
    import pandas as pd

    from ytterby.figures import Figure

__all__ = ["figure_of"]

MAGNETS = ("magnet.ndfeb", "magnet.ndfeb_hd", "magnet.smco")
"""What the flow map shows: the goods whose trade the controls and the floors are about."""


_EARLIEST = "2024-10-01"
"""The timeline begins here: the wave of measures that the register is densest on began in December 2024."""


def figure_of(brief: Brief, kind: str, scenario: str | None = None) -> Figure | None:
    """Return a figure of the brief, or None where there is nothing to draw.

    Parameters
    ----------
    brief
        The brief.
    kind
        ``timeline``, ``chain``, ``prices``, ``shortages`` or ``flows``.
    scenario
        Name of the scenario, for the last three.
    """
    if kind == "timeline":
        return _timeline(brief)
    if kind == "chain":
        return _chain()
    found = next((s for s in brief.scenarios if s.name == scenario), None)
    return _KINDS[kind](found) if found is not None else None


def _source(scenario: Scenario) -> str:
    return f"Ytterby, run {scenario.run_id}, against {scenario.year}"


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)


def _timeline(brief: Brief) -> Figure | None:
    from ytterby.figures import timeline

    rows: list[dict[str, object]] = []
    for m in brief.measures:
        limbs: dict[tuple[tuple[str, str, str, str | None], ...], list[str]] = {}
        fate: tuple[tuple[str, str, str, str | None], ...]
        for limb in dict.fromkeys(i.limb for i in m.history):
            fate = tuple((i.state, i.basis, i.from_, i.to) for i in m.history if i.limb == limb)
            limbs.setdefault(fate, []).append(limb)
        for fate, alike in limbs.items():
            part = "all" if len(limbs) == 1 else words.listing([words.limb(limb) for limb in alike])
            rows += [
                {
                    "measure": m.id,
                    "limb": part,
                    "title": words.large(words.measure(m.id, m.title)),
                    "issuer": m.issuer,
                    "state": state,
                    "basis": basis,
                    "from": first,
                    "to": last,
                }
                for state, basis, first, last in fate
            ]
    if not rows:
        return None
    return timeline(
        _frame(rows),
        brief.as_of,
        title="The measures over time",
        source=f"Ytterby register, read to {words.day(brief.known_to)}",
        names=words.figure_names(),
        start=_EARLIEST if brief.as_of > _EARLIEST else None,
    )


def _chain() -> Figure:
    from ytterby.brief._chain import chain
    from ytterby.figures import sankey

    return sankey(
        chain(),
        title="The magnet chain in 2024",
        source="Ytterby atlas, base year 2024; many flows are estimates",
        names=words.figure_names(),
    )


def _prices(scenario: Scenario) -> Figure | None:
    from ytterby.figures import price_bars

    shown = scenarios.main_prices(scenario)
    if not shown:
        return None
    return price_bars(
        _frame([p.model_dump() for p in shown]),
        title=f"Prices: {scenario.title}",
        source=_source(scenario),
        names=words.figure_names(),
    )


def _shortages(scenario: Scenario) -> Figure | None:
    from ytterby.figures import shortage_bars

    rows = [scenarios.worst(scenario, label).model_dump() for label in words.five()]
    return shortage_bars(
        _frame(rows), title=f"Shortages: {scenario.title}", source=_source(scenario), names=words.figure_names()
    )


def _flows(scenario: Scenario) -> Figure | None:
    from ytterby.figures import flow_map

    rows = [f.model_dump(by_alias=True) for f in scenario.flows if f.commodity in MAGNETS]
    if not rows:
        return None
    frame = _frame(rows).fillna(0.0)
    return flow_map(
        frame,
        atlas.table("regions"),
        atlas.outlines(),
        commodity=sorted(set(frame["commodity"])),
        title=f"Magnets: {scenario.title}",
        source=_source(scenario),
        names=words.figure_names(),
    )


_KINDS: dict[str, Callable[[Scenario], Figure | None]] = {
    "prices": _prices,
    "shortages": _shortages,
    "flows": _flows,
}
