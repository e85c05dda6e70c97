"""Who stands where in the magnet chain of the base year? Tonnes from region to region, stage by stage.

A region's own use of what it makes is what it uses beyond its imports. Makers of magnets reach end uses in the
proportions in which a region's users draw on their own makers and on imports.

>>> links = chain()
>>> sorted(set(links["stage_from"]))
['magnet', 'metal', 'mine', 'separation']
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from ytterby import atlas

__all__ = ["chain"]

_STAGES = (
    ("mine", "separation", "ore."),
    ("separation", "metal", "oxide."),
    ("metal", "magnet", "metal."),
)
_MAGNET_ELEMENTS = ("NdPr", "Dy", "Tb", "Sm")
_KEYS = ["stage_from", "stage_to", "from", "to"]


@cache
def chain() -> pd.DataFrame:
    """Return the links of the magnet chain: ``stage_from, stage_to, from, to, t``, for the Sankey of the figures room.

    Oxides and metals are those of magnets (Nd-Pr, Dy, Tb, Sm); ores are all, as an ore holds all its elements.
    """
    flows, balance = atlas.table("flows"), atlas.table("balance")
    parts = []
    for stage_from, stage_to, prefix in _STAGES:
        goods = [g for g in balance["commodity"].unique() if g.startswith(prefix)]
        if prefix != "ore.":
            goods = [g for g in goods if g.split(".")[1] in _MAGNET_ELEMENTS]
        parts.append(_moves(flows, balance, goods).assign(stage_from=stage_from, stage_to=stage_to))
    magnets = [g for g in balance["commodity"].unique() if g.startswith("magnet.")]
    parts.append(_to_end_uses(_moves(flows, balance, magnets)).assign(stage_from="magnet", stage_to="product"))
    links = pd.concat(parts).groupby(_KEYS, sort=False, as_index=False)["t"].sum()
    kept: pd.DataFrame = links[links["t"] > 0]
    return kept.reset_index(drop=True)


def _moves(flows: pd.DataFrame, balance: pd.DataFrame, goods: list[str]) -> pd.DataFrame:
    """Return ``commodity, from, to, t``: trade, and each region's use of what it makes itself."""
    trade = flows.loc[flows["commodity"].isin(goods), ["commodity", "from", "to", "t"]]
    held = balance[balance["commodity"].isin(goods)]
    own = held["intermediate_use_t"] + held["final_use_t"] - held["imports_t"]
    home = pd.DataFrame(
        {"commodity": held["commodity"], "from": held["region"], "to": held["region"], "t": own.clip(lower=0.0)}
    )
    return pd.concat([trade, home], ignore_index=True)


def _to_end_uses(moves: pd.DataFrame) -> pd.DataFrame:
    """Return ``commodity, from, to, t`` with end uses in the place of the regions that use the goods."""
    brought = moves.groupby(["commodity", "to"])["t"].transform("sum")
    share = moves.assign(share=moves["t"] / brought.where(brought > 0)).drop(columns="t")
    used = atlas.table("demand")[["commodity", "region", "end_use", "quantity_t"]]
    both = share.merge(used, left_on=["commodity", "to"], right_on=["commodity", "region"])
    both["t"] = both["share"] * both["quantity_t"]
    return both[["commodity", "from", "end_use", "t"]].rename(columns={"end_use": "to"}).dropna(subset=["t"])
