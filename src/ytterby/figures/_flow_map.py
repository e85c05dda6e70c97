"""Who ships how much to whom, and what of it does a scenario take away or add?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ytterby.errors import DataError, UnknownNameError
from ytterby.figures._canvas import Canvas
from ytterby.figures._figure import Figure
from ytterby.figures._flow_drawing import Flow, draw_map
from ytterby.figures._frame import compose
from ytterby.figures._tables import need, sums
from ytterby.figures._text import change, number, percent
from ytterby.figures._vocabulary import name_of

__all__ = ["flow_map"]

_LEAST_T = 1e-9
"""A flow smaller than a milligram is rounding, not trade."""

_DRAWN = 60


@dataclass(frozen=True)
class _Read:
    flows: list[Flow]
    compared: bool
    at_home_t: float


def flow_map(
    flows: pd.DataFrame,
    regions: pd.DataFrame,
    outlines: Mapping[str, Any],
    *,
    commodity: str | Sequence[str] | None = None,
    title: str | None = None,
    source: str | None = None,
    names: Mapping[str, str] | None = None,
    top: int = 10,
) -> Figure:
    """Draw trade as arcs on a map centred on the Pacific, as wide as the tonnes that move.

    With two columns of tonnes, the dark core of an arc is what both have; dashes around it are what the scenario takes
    away, a plain edge is what it adds. The largest flows are numbered and written out under the map.

    Parameters
    ----------
    flows
        Columns ``from``, ``to`` and either ``t`` or ``baseline_t`` and ``scenario_t`` (t a year, not negative), and
        ``commodity`` if `commodity` is given. Rows of the same pair are added up; flows of a region to itself are not
        drawn.
    regions
        Columns ``region``, ``name``, ``lat``, ``lon``: where arcs begin and end.
    outlines
        GeoJSON features of the land, cut for a map centred on 150° E (``atlas.outlines()``).
    commodity
        One commodity or several that are shown together.
    title, source
        Headline and origin of the numbers.
    names
        Names of regions and commodities that differ from ``figures/data/names.csv``.
    top
        How many of the largest flows are numbered.

    Raises
    ------
    DataError
        A column is missing, a quantity is missing or negative.
    UnknownNameError
        A flow begins or ends in a region that is not in `regions`, or `commodity` is not in `flows`.

    Examples
    --------
    >>> flows = pd.DataFrame({"from": ["CHN"], "to": ["DEU"], "baseline_t": [5355.0], "scenario_t": [730.0]})
    >>> regions = pd.DataFrame({"region": ["CHN", "DEU"], "name": ["China", "Germany"], "lat": [35.0, 50.8],
    ...                         "lon": [105.0, 10.3]})
    >>> flow_map(flows, regions, {"features": []}, title="Magnets").alt
    'Magnets: trade falls from 5,355 to 730 t (−86%). Largest loss: China to Germany, 5,355 to 730 t (−86%).'
    """
    wanted = [commodity] if isinstance(commodity, str) else list(commodity or [])
    read = _read(flows, wanted)
    places = need(regions, {"region": "text", "name": "text", "lat": "number", "lon": "number"}, "flow_map regions")
    ids = [str(r) for r in places["region"]]
    points = {r: (float(x), float(y)) for r, x, y in zip(ids, places["lon"], places["lat"], strict=True)}
    for flow in read.flows:
        for end in (flow.origin, flow.target):
            if end not in points:
                raise UnknownNameError("region", end, points, where="flow_map flows")
    own = {r: str(n) for r, n in zip(ids, places["name"], strict=True)}
    called = {k: name_of(k, {**({k: own[k]} if name_of(k, {}) == k else {}), **(names or {})}) for k in points}
    title = title or (f"Trade in {', '.join(name_of(c, names) for c in wanted)}" if wanted else "Trade flows")
    drawn = read.flows[:_DRAWN]

    def draw(canvas: Canvas, y: float) -> float:
        return draw_map(canvas, y, drawn, min(top, len(drawn)), points, called, outlines, compared=read.compared)

    return compose(
        title,
        "Tonnes a year" + ("; what stays, what is lost and what is added in the scenario" if read.compared else ""),
        _alt(read, title, called),
        source,
        _twin(read, top),
        draw,
        notes=_notes(read, top),
    )


def _read(flows: pd.DataFrame, wanted: list[str]) -> _Read:
    where = "flow_map flows"
    if wanted:
        known = need(flows, {"commodity": "text"}, where)["commodity"]
        for c in wanted:
            if c not in set(known):
                raise UnknownNameError("commodity", c, known, where=where)
        flows = flows.loc[known.isin(wanted).to_numpy()]
    compared = "t" not in flows.columns and not {"baseline_t", "scenario_t"}.isdisjoint(flows.columns)
    values = ["baseline_t", "scenario_t"] if compared else ["t"]
    table = need(flows, {"from": "text", "to": "text", **dict.fromkeys(values, "number")}, where)
    for v in values:
        for i, quantity in enumerate(table[v], start=1):
            if not quantity >= 0:
                raise DataError("a quantity is missing or negative", where=f"{where}, row {i}, column {v}")
    table = sums(table, ["from", "to"], values)
    home = table["from"] == table["to"]
    found = [Flow(str(r[0]), str(r[1]), float(r[2]), float(r[-1])) for r in table[~home].itertuples(index=False)]
    found = [f for f in found if f.most >= _LEAST_T]
    found.sort(key=lambda f: (-f.most, f.origin, f.target))
    return _Read(found, compared, float(table[home][values[0]].sum()))


def _twin(read: _Read, top: int) -> pd.DataFrame:
    columns = {
        "number": pd.array([i if i <= top else None for i in range(1, len(read.flows) + 1)], dtype="Int64"),
        "from": [f.origin for f in read.flows],
        "to": [f.target for f in read.flows],
    }
    if not read.compared:
        return pd.DataFrame({**columns, "t": [f.before for f in read.flows]})
    return pd.DataFrame(
        {
            **columns,
            "baseline_t": [f.before for f in read.flows],
            "scenario_t": [f.after for f in read.flows],
            "change_pct": pd.Series([None if f.move is None else 100 * f.move for f in read.flows], dtype="float64"),
        }
    )


def _alt(read: _Read, title: str, called: Mapping[str, str]) -> str:
    flows = read.flows
    if not flows:
        return f"{title}: no data."

    def words(f: Flow) -> str:
        pair = f"{called[f.origin]} to {called[f.target]}"
        if not read.compared:
            return f"{pair}, {number(f.before)} t"
        share = "" if f.move is None else f" ({change(f.move)})"
        return f"{pair}, {number(f.before)} to {number(f.after)} t{share}"

    before, after = sum(f.before for f in flows), sum(f.after for f in flows)
    if not read.compared:
        lead = f"{title}: {number(before)} t in {len(flows)} flow{'s' if len(flows) > 1 else ''}"
        return f"{lead}; the largest is {words(flows[0])} ({percent(flows[0].before / before)})."
    move = Flow("", "", before, after).move
    verb = "falls" if after < before else "rises" if after > before else "stays"
    text = f"{title}: trade {verb} from {number(before)} to {number(after)} t"
    text += "." if move is None else f" ({change(move)})."
    loss = min(flows, key=lambda f: f.after - f.before)
    gain = max(flows, key=lambda f: f.after - f.before)
    if loss.after < loss.before:
        text += f" Largest loss: {words(loss)}."
    if gain.after > gain.before:
        text += f" Largest gain: {words(gain)}."
    return text


def _notes(read: _Read, top: int) -> list[str]:
    notes = []
    rest = read.flows[top:]
    if rest:
        share = percent(sum(f.most for f in rest) / sum(f.most for f in read.flows))
        notes.append(f"{len(rest)} smaller flows ({share} of the tonnes) are thin and grey or in the table only.")
    if read.at_home_t:
        notes.append(f"Not drawn: {number(read.at_home_t)} t that stay in their region.")
    return [" ".join(notes)] if notes else []
