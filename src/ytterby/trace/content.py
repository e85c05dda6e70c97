"""What is in my product, from where, and how sure is that? The result of a roll-up, as rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ytterby.errors import UnknownNameError
from ytterby.trace._places import Places
from ytterby.trace.layout import Layout
from ytterby.trace.limits import limit_of
from ytterby.trace.rollup import Clash, Rolled, carriers, roll
from ytterby.trace.source import RARE_EARTHS, Problem, Source
from ytterby.trace.statements import Statements
from ytterby.trace.structure import Structure

__all__ = ["Content"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Content:
    """Bounds of mass, value and share by item × element × step × origin.

    Elements are rolled up together when one is first asked for.

    Parameters
    ----------
    source, structure, statements
        What was read, the bill of materials, and what each item holds by itself.
    read_problems
        What was wrong with the files and the lines.
    within
        Ids of the only items that are rolled up; all that goes into them is among them. By default all.
    on
        The day of which declarations are known.
    """

    source: Source
    structure: Structure
    statements: Statements
    read_problems: tuple[Problem, ...] = ()
    within: Ids | None = None
    on: str | None = None
    _rolled: dict[str, Rolled] = field(default_factory=dict, repr=False)

    @property
    def elements(self) -> tuple[str, ...]:
        """Return the elements that some declaration names; all rare earths where none does."""
        return self.statements.layout.elements

    @cached_property
    def places(self) -> list[Places]:
        """Return which items can hold which elements."""
        return carriers(self.structure, self.statements, self.within)

    def rolled(self, element: str) -> Rolled:
        """Return the bounds of one element as arrays.

        Raises
        ------
        UnknownNameError
            If no declaration names the element.
        """
        if element not in self.elements:
            raise UnknownNameError("element", element, self.elements)
        if element not in self._rolled:
            places = next(places for places in self.places if element in places.elements)
            self._rolled.update(roll(self.structure, self.statements, places))
        return self._rolled[element]

    def rows(self, items: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return one row for each item × element × step × origin that can be there.

        Parameters
        ----------
        items
            Only these; by default all, in the order of the file.
        """
        return list(self._rows(self._chosen(items)))

    def share(self, origin: str, item: str | None = None, step: str | None = None) -> list[dict[str, Any]]:
        """Return what is of an origin in the roots, or in one item.

        Parameters
        ----------
        origin
            ISO 3166-1 alpha-3, `unknown`, or `*`.
        item
            An item; by default the roots.
        step
            `mined`, `separated`, `metal`, `magnet` or `technology`; by default all.
        """
        names = [item] if item is not None else list(self.structure.names[self.structure.roots])
        chosen = self._rows(self._chosen(names), (origin,))
        return [row for row in chosen if step in (None, row["step"])]

    def to_dict(self, items: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the content as a record: `read`, `items`, `unknown`, `lines`, `problems`."""
        ids = self._chosen(items)
        rows = list(self._rows(ids))
        return {
            "read": self.read,
            "items": rows,
            "unknown": self.unknown(self.within if items is None else self.structure.descendants(ids)),
            "lines": self.lines(items),
            "problems": [asdict(p) for p in self.problems],
        }

    def lines(self, items: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return how many units of each child go into one unit of its parent; repeated lines are added up.

        Parameters
        ----------
        items
            Only these and what goes into them; by default all.

        Returns
        -------
        list of dict
            ``parent, child, quantity``; the quantity is None where it is not known: for alternatives, and where a
            mass is given and no one knows that of a unit.
        """
        names = self.structure.names
        wanted = np.ones(len(names), dtype=bool)
        if items is not None:
            wanted[:] = False
            wanted[self.structure.descendants(self._chosen(items))] = True
        unknown = set(self.structure.mass_of)
        for parent, groups in self.structure.alternatives.items():
            unknown |= {(parent, child) for group in groups for child in group.child.tolist()}
        matrix = self.structure.quantity.tocoo()
        return [
            {"parent": str(names[p]), "child": str(names[c]), "quantity": None if (p, c) in unknown else quantity}
            for p, c, quantity in zip(matrix.row.tolist(), matrix.col.tolist(), matrix.data.tolist(), strict=True)
            if wanted[p]
        ]

    @property
    def read(self) -> dict[str, Any]:
        """Return what was read: format, number of parts and lines, roots, elements that are rolled up."""
        return {
            "format": self.source.format,
            "parts": len(self.structure.names),
            "lines": self.structure.lines,
            "roots": list(self.structure.names[self.structure.roots]),
            "elements": list(self.elements),
        }

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what was wrong with the input, and where declarations contradict each other."""
        clashes = [self._told(e, clash) for e in self.elements for clash in self.rolled(e).clashes]
        return (*self.read_problems, *self.statements.problems, *clashes)

    def unknown(self, items: Ids | None = None) -> list[dict[str, Any]]:
        """Return who did not say what an item holds, and what it could hold of each element, kg per unit.

        `other_rare_earths` bounds each rare earth that no declaration names; None where there are no others, and for an
        assembly, of which its parts tell.
        """
        wanted = None if items is None else set(items.tolist())
        rows = []
        table = self.source.items.drop_duplicates("item").set_index("item").fillna({"hs": "", "form": ""})
        for gap in self.statements.unanswered:
            if wanted is not None and gap.item not in wanted:
                continue
            name = str(self.structure.names[gap.item])
            could_be: dict[str, list[float | None]] = {}
            for element in gap.elements if gap.elements is not None else self.elements:
                low, high = self.rolled(element).at(np.array([gap.item]))[0, :, 0, 0].tolist()
                could_be[element] = _pair((low, high))
            supplier, basis = gap.supplier or None, self._basis(gap.item, table)
            row = {"item": name, "status": gap.status, "could_be": could_be, "supplier": supplier, "basis": basis}
            rows.append(row | {"other_rare_earths": self._others(gap.item)})
        return rows

    def _others(self, item: int) -> list[float | None] | None:
        """Return bounds of each rare earth that is not named: what the sure ones leave of the item's limit and mass."""
        if not self.structure.is_leaf[item] or set(RARE_EARTHS) <= set(self.elements):
            return None
        sure = {e: float(self.rolled(e).at(np.array([item]))[0, 0, 0, 0]) for e in self.elements}
        mass, share = self.statements.mass_kg[item], self.statements.limit[item]
        rare = sum(low for element, low in sure.items() if element in RARE_EARTHS)
        return _pair((0.0, max(0.0, min(mass - sum(sure.values()), mass * share - rare))))

    def _basis(self, item: int, table: Any) -> str:
        if not self.structure.is_leaf[item]:
            return "what its parts may hold"
        if not np.isfinite(self.statements.mass_kg[item]):
            return "no mass is known: unbounded"
        name = self.structure.names[item]
        hs, form = (str(table.loc[name, c]) for c in ("hs", "form"))
        limit = limit_of(hs, form)
        if limit is None:
            return "the mass that is left"
        return (
            f"{limit.name}: at most {100 * limit.share_high:g} % rare earths by mass ({limit.quality}; {limit.source})"
        )

    def _chosen(self, items: Sequence[str] | None) -> Ids:
        if items is None:
            order = self.structure.order
            return order if self.within is None else np.asarray(order[np.isin(order, self.within)])
        return np.array([self.structure.id_of(name) for name in items], dtype=np.int64)

    def _rows(self, ids: Ids, only: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        layout = self.statements.layout
        named = sorted({origin for names in layout.origins.values() for origin in names})
        origins = ("*", *named, "unknown") if only is None else only
        places = {}
        for element in self.elements:
            bounds = self.rolled(element).at(ids)
            there = np.asarray(bounds.any(axis=(1, 2, 3)))
            low, high = bounds[there, 0], layout.high(bounds[there, 1])
            places[element] = np.cumsum(there) - 1, there, low, high
        remainder = self._remainder(ids, places)
        for n, item in enumerate(ids.tolist()):
            of = self.statements.value_usd[item]
            for element in self.elements:
                place, there, low, high = places[element]
                if there[n]:
                    yield from self._item_rows(item, element, low[place[n]], high[place[n]], of, remainder[n], origins)

    def _item_rows(
        self, item: int, element: str, low: Floats, high: Floats, of: float, remainder: float, origins: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        name, layout = str(self.structure.names[item]), self.statements.layout
        for step in layout.origins:
            for origin in origins:
                bounds = _bounds(layout, low, high, step, origin)
                if not bounds[0][1] and not bounds[1][1]:
                    continue
                yield {
                    "item": name,
                    "element": element,
                    "step": step,
                    "origin": origin,
                    "mass_kg": _pair(bounds[0]),
                    "value_usd": _pair(bounds[1]),
                    "share": share_bounds(bounds[1], (of, of)),
                    "of": of if np.isfinite(of) else None,
                    "remainder_kg": remainder if np.isfinite(remainder) else None,
                }

    def _remainder(self, ids: Ids, places: dict[str, Any]) -> Floats:
        left = self.statements.mass_kg[ids].copy()
        for place, there, low, _ in places.values():
            left[there] -= low[place[there], 0, 0]
        return np.maximum(left, 0.0)

    def _told(self, element: str, clash: Clash) -> Problem:
        row = self.statements.table.loc[self.statements.table["at"] == clash.at].iloc[0]
        layout = self.statements.layout
        place = next((f" {step} in {origin}" for (step, origin), s in layout.slots.items() if s == clash.slot), "")
        unit = ("kg", "USD")[clash.measure]
        ours, theirs = (f"[{low:g}, {high:g}] {unit}" for low, high in (clash.declared, clash.children))
        text = (
            f"{row['item']}: {element}{place} is {ours} by its own declaration, {theirs} by its parts; its own counts"
        )
        return Problem(str(row["file"]), None if row["row"] is None else int(row["row"]), "element", text)


def share_bounds(content: tuple[float, float], whole: tuple[float, float]) -> list[float] | None:
    """Return the least and the greatest share of a part in a whole, both uncertain; None where the whole is unknown.

    The share content/whole rises in the content and falls in the whole, so its bounds are at the corners
    low/high and high/low; a part is never more than the whole.

    Examples
    --------
    >>> share_bounds((1.0, 2.0), (4.0, 8.0)), share_bounds((1.0, float("inf")), (4.0, 4.0))
    ([0.125, 0.5], [0.25, 1.0])
    """
    if not np.isfinite(whole[1]) or whole[1] <= 0:
        return None
    high = min(1.0, content[1] / whole[0]) if whole[0] > 0 else 1.0
    return [min(1.0, content[0] / whole[1]), high]


def _bounds(
    layout: Layout, low: Floats, high: Floats, step: str, origin: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    slot = 0 if origin == "*" else layout.slots.get((step, origin))
    if slot is not None:
        mass, value = ((float(low[m, slot]), float(high[m, slot])) for m in (0, 1))
        return mass, value
    dark = layout.slots[step, "unknown"]
    return (0.0, float(high[0, dark])), (0.0, float(high[1, dark]))


def _pair(bounds: tuple[float, float]) -> list[float | None]:
    return [bounds[0], bounds[1] if np.isfinite(bounds[1]) else None]
