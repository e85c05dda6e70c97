"""Where do nodes and bands of a Sankey stand? Plain data in, heights as shares of a stage out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ytterby.figures._vocabulary import stages

__all__ = ["Link", "Node", "lay_out"]


@dataclass(frozen=True)
class Node:
    """A region group (or end use) at a stage; `left` and `right` are the heights of its sides as shares."""

    stage: str
    group: str
    in_t: float
    out_t: float
    left: float
    right: float
    share: float

    @property
    def height(self) -> float:
        """The larger side."""
        return max(self.left, self.right)


@dataclass(frozen=True)
class Link:
    """A band; `share` is its height as a share of what leaves its first stage."""

    stage_from: str
    stage_to: str
    origin: str
    target: str
    t: float
    share: float


def lay_out(table: pd.DataFrame, order: Mapping[str, int]) -> tuple[list[Node], list[Link]]:
    """Return nodes by stage and `order` of their names, and links in the order of the table.

    `table` has the columns stage_from, stage_to, from, to, t, share.
    """
    links = [
        Link(str(r[0]), str(r[1]), str(r[2]), str(r[3]), float(r[4]), float(r[5]))
        for r in table.itertuples(index=False)
    ]
    nodes: list[Node] = []
    for stage in stages():
        origins = [k for k in links if k.stage_from == stage]
        targets = [k for k in links if k.stage_to == stage]
        names = sorted({k.origin for k in origins} | {k.target for k in targets}, key=order.__getitem__)
        total = sum(k.t for k in origins) or sum(k.t for k in targets)
        for name in names:
            out = [k for k in origins if k.origin == name]
            into = [k for k in targets if k.target == name]
            out_t, in_t = sum(k.t for k in out), sum(k.t for k in into)
            nodes.append(
                Node(
                    stage,
                    name,
                    in_t,
                    out_t,
                    sum(k.share for k in into),
                    sum(k.share for k in out),
                    (out_t if origins else in_t) / total,
                )
            )
    return nodes, links
