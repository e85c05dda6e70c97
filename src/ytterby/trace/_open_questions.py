r"""What is not known of each part, and how much of it reaches an item? The intervals behind `ytterby.trace.ask`.

A *question* is a part as one supplier makes it. Its interval for a step is what it brings of an origin into one unit
of the item: the weight of the part (`ytterby.trace.explode`) times what one unit of it holds, over all elements asked
about,

.. math:: [\sum_e w_e l_e,\; \min(\sum_e w_e h_e,\; \max_e w_e \cdot v)],

where v is the mass or value of the part, which all elements share; where it is not known, what the assemblies above
leave. The questions of one part with several suppliers are mixed at their worst (`ytterby.trace.mix`), all others add
up. Of alternatives, each counts at its greatest share in the high bound and not at all in the low one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ytterby.trace.content import Content
from ytterby.trace.explode import weights
from ytterby.trace.limits import limit_of
from ytterby.trace.mix import highest_mix, lowest_mix
from ytterby.trace.rollup import carriers, start
from ytterby.trace.source import RARE_EARTHS, UNANSWERED
from ytterby.trace.structure import Structure

__all__ = ["MEASURES", "NOBODY", "Questions", "questions"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

MEASURES = ("mass", "value")
"""What can be compared with the item; the place is that in the bounds' axis."""
NOBODY = "not known"
"""Stands for a supplier whom nobody named."""


@dataclass(frozen=True)
class Questions:
    """Intervals by question and step.

    Parameters
    ----------
    item
        Id of the part of each question.
    supplier
        Who makes it, where the part has several suppliers; else empty.
    weight
        Units of the part in one unit of the item.
    least, most
        Bounds of the supplier's share of the part.
    low, high
        questions × steps, kg or USD of the origin in one unit of the item if this supplier alone made the part.
    amount
        questions × 2: bounds of the total over all origins.
    whole
        Mass or value of one unit of the item.
    """

    item: Ids
    supplier: tuple[str, ...]
    weight: Floats
    least: Floats
    most: Floats
    low: Floats
    high: Floats
    amount: Floats
    whole: float

    def totals(self, high_for: Collection[int] = (), low_for: Collection[int] = ()) -> tuple[Floats, Floats]:
        """Return the bounds of the item's total by step, some questions answered with their high or low end.

        The high ones may be above the whole.
        """
        low, high = self.low.copy(), self.high.copy()
        above, below = list(high_for), list(low_for)
        low[above], high[below] = high[above], low[below]
        least = np.zeros(low.shape[1])
        most = np.zeros(low.shape[1])
        single = np.ones(len(self.item), dtype=bool)
        for rows in self.mixed:
            single[rows] = False
            least += lowest_mix(low[rows], self.least[rows], self.most[rows])
            most += highest_mix(high[rows], self.least[rows], self.most[rows])
        return least + low[single].sum(axis=0), most + high[single].sum(axis=0)

    @property
    def mixed(self) -> list[Ids]:
        """Return the questions of each part with several suppliers."""
        several = np.array([bool(name) for name in self.supplier], dtype=bool)
        return [np.flatnonzero((self.item == i) & several) for i in np.unique(self.item[several])]

    @property
    def width(self) -> Floats:
        """Return questions × steps: by how much an answer narrows the total, the supplier at its greatest share."""
        return np.asarray(np.minimum((self.high - self.low) * self.most[:, None], self.whole))


def questions(
    content: Content, item: int, origin: str, elements: Sequence[str], steps: Sequence[str], measure: str
) -> Questions:
    """Return the intervals of all parts of an item that can hold one of the elements.

    Parameters
    ----------
    content
        What each part holds.
    item
        Id of the item.
    origin, elements, steps
        What is asked about.
    measure
        One of `MEASURES`.
    """
    structure, said = content.structure, content.statements
    at = MEASURES.index(measure)
    slots = [said.layout.slots.get((step, origin)) for step in steps]
    dark = [said.layout.slots[step, "unknown"] for step in steps]
    parts = structure.descendants(item)
    found = _Sums.of(parts, ("",) * len(parts), np.ones((len(parts), 2)), len(steps))
    may = {}
    for places in carriers(structure, said) if structure.mass_of else ():
        may.update({element: places.items(number) for number, element in enumerate(places.elements)})
    makers = _makers(content, parts, elements, len(steps))
    for element in elements:
        own = said.own[element]
        answered = own.items[own.answered]
        weight = weights(structure, item, answered)[1]
        sure = weights(replace(structure, alternatives={}), item, answered)[1] if structure.alternatives else weight
        bounds = start(said, element, parts)
        low, high = bounds[:, 0, at], bounds[:, 1, at]
        found.add(sure, weight, low, said.layout.high(high), slots, dark)
        for part, one in said.mixed.get(element, {}).items():
            n = int(np.searchsorted(parts, part))
            if part in makers:
                makers[part].add(sure[[n]], weight[[n]], one.low[:, at], one.high[:, at], slots, dark)
        if structure.mass_of:
            _add_masses(found, structure, weight, may[element], at)
    found = found.only(~np.isin(parts, list(makers)))
    table = _Sums.joined([found, *(makers[part] for part in sorted(makers))])
    table = table.only(table.weight > 0)
    whole = (said.mass_kg, said.value_usd)[at]
    most = _wholes(structure, parts, whole)[table.item]
    if measure == "mass" and set(elements) <= set(RARE_EARTHS):
        most = most * _limits(content, table.item)
    return table.closed(most, float(whole[item]))


def _makers(content: Content, parts: Ids, elements: Sequence[str], steps: int) -> dict[int, _Sums]:
    """Return the parts that several suppliers make, a question for each supplier; none has been asked yet."""
    inside = set(parts.tolist())
    found = {}
    for element in elements:
        for part, one in content.statements.mixed.get(element, {}).items():
            if part in inside and part not in found:
                names = tuple(name or NOBODY for name in one.suppliers)
                split = np.stack([one.least, one.most], axis=1)
                found[part] = _Sums.of(np.full(len(names), part), names, split, steps)
    return found


@dataclass
class _Sums:
    """Sums over elements by question; rows as in `Questions`."""

    item: Ids
    supplier: tuple[str, ...]
    split: Floats
    low: Floats
    high: Floats
    amount: Floats
    weight: Floats

    @classmethod
    def of(cls, item: Ids, supplier: tuple[str, ...], split: Floats, steps: int) -> _Sums:
        count = len(item)
        return cls(
            item,
            supplier,
            split,
            np.zeros((count, steps)),
            np.zeros((count, steps)),
            np.zeros((count, 2)),
            np.zeros(count),
        )

    @classmethod
    def joined(cls, sums: Sequence[_Sums]) -> _Sums:
        arrays = [
            np.concatenate([getattr(one, name) for one in sums])
            for name in ("split", "low", "high", "amount", "weight")
        ]
        item = np.concatenate([one.item for one in sums])
        return cls(item, tuple(name for one in sums for name in one.supplier), *arrays)

    def only(self, rows: npt.NDArray[np.bool_]) -> _Sums:
        names = tuple(name for name, kept in zip(self.supplier, rows.tolist(), strict=True) if kept)
        return _Sums(
            self.item[rows],
            names,
            self.split[rows],
            self.low[rows],
            self.high[rows],
            self.amount[rows],
            self.weight[rows],
        )

    def add(
        self,
        sure: Floats,
        weight: Floats,
        low: Floats,
        high: Floats,
        slots: Sequence[int | None],
        dark: Sequence[int],
    ) -> None:
        """Add an element: its bounds by slot, times the weights."""
        for step, (slot, unknown) in enumerate(zip(slots, dark, strict=True)):
            if slot is not None:
                self.low[:, step] += sure * low[:, slot]
            self.high[:, step] += _times(weight, high[:, unknown if slot is None else slot])
        self.amount[:, 0] += sure * low[:, 0]
        self.amount[:, 1] += _times(weight, high[:, 0])
        self.weight = np.maximum(self.weight, np.where(high[:, 0] > 0, weight, 0.0))

    def closed(self, most: Floats, of: float) -> Questions:
        """Return the questions, no part more than its mass or value `most`, nor than that of the item."""
        cap = np.minimum(_times(self.weight, most), of)
        return Questions(
            item=self.item,
            supplier=self.supplier,
            weight=self.weight,
            least=self.split[:, 0],
            most=self.split[:, 1],
            low=self.low,
            high=np.maximum(np.minimum(self.high, cap[:, None]), self.low),
            amount=np.stack([self.amount[:, 0], np.maximum(np.minimum(self.amount[:, 1], cap), self.amount[:, 0])], 1),
            whole=of,
        )


def _times(weight: Floats, amount: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where((weight > 0) & (amount > 0), weight * amount, 0.0)


def _add_masses(found: _Sums, structure: Structure, weight: Floats, may: Ids, at: int) -> None:
    """Add the lines that give a mass of a part whose own mass is not known: it may be the element from end to end."""
    for (parent, child), mass in structure.mass_of.items():
        n, k = np.searchsorted(found.item, [parent, child])
        inside = n < len(found.item) and found.item[n] == parent and weight[n] > 0
        if inside and np.isin(child, may):
            amount = weight[n] * mass if at == 0 else np.inf
            found.high[k] = np.maximum(found.high[k], amount)
            found.amount[k, 1] = max(found.amount[k, 1], amount)
            found.weight[k] = np.inf


def _limits(content: Content, ids: Ids) -> Floats:
    """Return the greatest share of rare earths in the mass of parts that did not answer, 1 for those that did."""
    items = content.source.items.drop_duplicates("item").set_index("item").fillna({"hs": "", "form": ""})
    answered = content.statements.table[~content.statements.table["status"].isin(UNANSWERED)]["item_id"]
    shares = np.ones(len(ids))
    for n, part in enumerate(ids.tolist()):
        name = content.structure.names[part]
        if content.structure.is_leaf[part] and part not in set(answered) and name in items.index:
            limit = limit_of(str(items.at[name, "hs"]), str(items.at[name, "form"]))
            shares[n] = 1.0 if limit is None else limit.share_high
    return shares


def _wholes(structure: Structure, parts: Ids, whole: Floats) -> Floats:
    """Return the masses or values; where one is not known, what the assemblies above leave at most."""
    if np.isfinite(whole[parts]).all():
        return whole
    known = whole.copy()
    matrix = structure.known
    for parent in parts[::-1].tolist():
        here = slice(matrix.indptr[parent], matrix.indptr[parent + 1])
        child = matrix.indices[here]
        open_ = ~np.isfinite(whole[child])
        np.minimum.at(known, child[open_], known[parent] / matrix.data[here][open_])
    return known
