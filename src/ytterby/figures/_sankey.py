"""Through whose hands does the material go, from the mine to the end use?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ytterby.errors import DataError, UnknownNameError
from ytterby.figures._canvas import Canvas
from ytterby.figures._figure import Figure
from ytterby.figures._frame import compose
from ytterby.figures._sankey_layout import Node, lay_out
from ytterby.figures._sankey_marks import draw_sankey
from ytterby.figures._tables import need, sums
from ytterby.figures._text import percent
from ytterby.figures._vocabulary import groups, name_of, stages

__all__ = ["sankey"]

_REST = "other"


def sankey(
    links: pd.DataFrame,
    *,
    title: str = "From the mine to the end use",
    source: str | None = None,
    names: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    most: int = 9,
) -> Figure:
    """Draw the chain as bands between stages; heights are shares of what leaves a stage.

    The stages stand in the order of the chain, the region groups in one order everywhere, China first. As the unit
    changes on the way (oxide, metal, magnet), each stage is a hundred percent and its tonnes are written beside it.
    A node's edge slants where its share of what comes in differs from its share of what goes out. Bands that leave a
    stage out pass below it.

    Parameters
    ----------
    links
        Columns ``stage_from``, ``stage_to`` (mine, separation, metal, magnet, product), ``from``, ``to`` (regions; at
        the stage product also end uses) and ``t``. Regions are added up by the groups of
        ``figures/data/region_groups.csv``.
    title, source, names
        As in `price_bars`.
    units
        Unit by stage where it differs from ``figures/data/stages.csv``.
    most
        End uses drawn by name; the smaller ones are drawn as one.

    Raises
    ------
    UnknownNameError
        A stage that is none.
    DataError
        A column is missing, a quantity is missing or negative, or a band does not lead down the chain.

    Examples
    --------
    >>> rows = [("mine", "separation", "USA", "CHN", 30.0), ("mine", "separation", "CHN", "CHN", 70.0),
    ...         ("separation", "product", "CHN", "ev_motor", 80.0)]
    >>> sankey(pd.DataFrame(rows, columns=["stage_from", "stage_to", "from", "to", "t"])).alt
    "From the mine to the end use: China's share by stage: mine 70%, separation 100%."
    """
    table, order = _grouped(links, most)
    nodes, bands = lay_out(table, order)
    named = {n: name_of(g, names) if (g := n.group) not in _group_names() else _group_names()[g][0] for n in nodes}
    short = {n: _group_names()[n.group][1] if n.group in _group_names() else named[n] for n in nodes}

    def draw(canvas: Canvas, y: float) -> float:
        return draw_sankey(canvas, y, nodes, bands, short if canvas.narrow else named, units or {})

    return compose(
        title,
        "Heights are shares of what leaves a stage",
        _alt(title, nodes),
        source,
        table,
        draw,
    )


def _group_names() -> dict[str, tuple[str, str]]:
    return {g.group: (g.label, g.short) for g in groups()}


def _grouped(links: pd.DataFrame, most: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the links by region group, with the share of what leaves the stage, and the fixed order of names."""
    where = "sankey links"
    table = need(links, {**dict.fromkeys(("stage_from", "stage_to", "from", "to"), "text"), "t": "number"}, where)
    stage_order = {s.stage: s.order for s in stages().values()}
    by_region = {r: g.group for g in groups() for r in g.regions}
    for i, (a, b, t) in enumerate(zip(table["stage_from"], table["stage_to"], table["t"], strict=True), start=1):
        for column, stage in (("stage_from", a), ("stage_to", b)):
            if stage not in stage_order:
                raise UnknownNameError("stage", str(stage), stage_order, where=f"{where}, row {i}, column {column}")
        if stage_order[str(a)] >= stage_order[str(b)]:
            raise DataError(f"a band from {a} to {b} does not lead down the chain", where=f"{where}, row {i}")
        if not t >= 0:
            raise DataError("a quantity is missing or negative", where=f"{where}, row {i}, column t")
    table = table[table["t"] > 0].reset_index(drop=True)
    for column in ("from", "to"):
        table[column] = [by_region.get(str(r), str(r)) for r in table[column]]
    sizes: dict[str, float] = {}
    for name, t in zip([*table["from"], *table["to"]], [*table["t"], *table["t"]], strict=True):
        if name not in _group_names():
            sizes[str(name)] = sizes.get(str(name), 0.0) + float(t)
    ranked = sorted(sizes, key=lambda u: (-sizes[u], u))
    ends = set(table["to"][table["stage_to"] == "product"]) - set(table["from"])
    uses = [u for u in ranked if u in ends and u != _REST]
    small = uses[most - 1 :] if len(uses) > most else []
    table["to"] = [_REST if to in small else to for to in table["to"]]
    table = sums(table, ["stage_from", "stage_to", "from", "to"], ["t"])
    order = {
        name: i
        for i, name in enumerate([*_group_names(), *(r for r in ranked if r not in small and r != _REST), _REST])
    }
    keys = [
        (stage_order[str(r[0])], order[str(r[2])], stage_order[str(r[1])], order[str(r[3])])
        for r in table.itertuples(index=False)
    ]
    table = table.iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)
    table["share"] = table["t"] / table.groupby("stage_from")["t"].transform("sum")
    return table, order


def _alt(title: str, nodes: list[Node]) -> str:
    if not nodes:
        return f"{title}: no data."
    label = {s.stage: s.label.lower() for s in stages().values()}
    china = [n for n in nodes if n.group == "CHN" and n.out_t > 0]
    if not china:
        return f"{title}: China takes no part."
    return f"{title}: China's share by stage: " + ", ".join(f"{label[n.stage]} {percent(n.share)}" for n in china) + "."
