r"""Whom must I ask? Suppliers by what their answers could take off the uncertainty of an item's share.

What a part's answer could take off is its adjoint weight in the item times the width of its own interval, at the step
where that is widest. The verdict compares the share of an origin with a threshold: it is at or above it if the low end
of some step is, below it if the high ends of all steps are, else undecided; then the fewest answers that could settle
it either way are sought (`ytterby.trace._decide`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ytterby.errors import InputError, UnknownNameError, UsageError
from ytterby.trace._decide import Decision, fewest_above, fewest_below
from ytterby.trace._open_questions import NOBODY, Questions, questions
from ytterby.trace.bom import Bom
from ytterby.trace.content import Content
from ytterby.trace.source import RARE_EARTHS, UNANSWERED

__all__ = ["STEPS", "Asked", "PartAsked", "SupplierAsked", "ask"]

STEPS = ("mined", "separated", "metal", "magnet")
"""Steps at which an origin is counted by default; where the technology is from is asked for by name."""
_SLIGHT = 1e-9
"""An answer that could take less than this off the share is not asked for."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PartAsked:
    """A part about which a supplier is asked.

    Parameters
    ----------
    item, name
        The part.
    status
        States of the answers that there are, ``not_asked`` where there are none.
    asked_for
        What is missing: ``amount`` and ``origin`` where nothing is known, else what of the two.
    units
        In one unit of the item; None where only a mass is known.
    bounds
        What it brings of the origin into one unit of the item, kg or USD, at the step where that is widest, if its
        supplier alone made it.
    narrows
        By how much its answer could narrow the share.
    through
        The assembly that its supplier delivers, where the part itself has no supplier.
    """

    item: str
    name: str | None
    status: str
    asked_for: str
    units: float | None
    bounds: tuple[float, float | None]
    narrows: float
    through: str | None


@dataclass(frozen=True)
class SupplierAsked:
    """A supplier, what its answers could take off the share's uncertainty, and the parts to ask about."""

    rank: int
    supplier: str
    narrows: float
    parts: tuple[PartAsked, ...]


@dataclass(frozen=True)
class Asked:
    """Whom to ask about an item.

    Parameters
    ----------
    item, origin, threshold, of
        What is compared: the share of the origin in the item's mass or value `of` with the threshold.
    measure
        ``mass`` or ``value``.
    elements
        Elements that are counted together.
    share
        [low, high] at the step where each is highest.
    steps
        Share by step.
    verdict
        ``at_or_above``, ``below`` or ``undecided``.
    suppliers
        The most telling first.
    above, below
        The fewest answers that could prove that the share is at or above, or below, the threshold; None where the
        verdict is known, or where no answers could.
    """

    item: str
    origin: str
    threshold: float
    measure: str
    of: float
    elements: tuple[str, ...]
    share: tuple[float, float]
    steps: dict[str, tuple[float, float]]
    verdict: Literal["at_or_above", "below", "undecided"]
    suppliers: tuple[SupplierAsked, ...]
    above: Decision | None
    below: Decision | None

    def to_dict(self) -> dict[str, Any]:
        """Return the public record."""
        record = asdict(self)
        record["decide"] = {side: record.pop(side) for side in ("above", "below")}
        return record


def ask(
    bom: Bom,
    item: str | None = None,
    *,
    origin: str = "CHN",
    threshold: float = 0.001,
    elements: Sequence[str] = (),
    step: str | None = None,
    measure: Literal["value", "mass"] = "value",
    on: str | None = None,
) -> Asked:
    """Return whom to ask about an item, and what their answers would settle.

    Parameters
    ----------
    bom
        Bill of materials with items and declarations.
    item
        By default the only root.
    origin
        ISO 3166-1 alpha-3 code.
    threshold
        Share from which the origin matters.
    elements
        Counted together; by default all rare earths that some declaration names.
    step
        ``mined``, ``separated``, ``metal``, ``magnet`` or ``technology``; by default any of the first four.
    measure
        Whether the share is one of value or of mass.
    on
        A day (YYYY-MM-DD): later declarations do not count.

    Raises
    ------
    InputError
        If the item's own value (or mass) is not known.
    """
    if not 0 < threshold <= 1:
        raise UsageError(f"{threshold:g} is no share above 0 and up to 1", where="--threshold", hint="0.1 % is 0.001")
    name = bom.root(item)
    content = bom.content(on, name)
    chosen = _elements(content, elements)
    known = [s for s in (*STEPS, "technology") if s in content.statements.layout.origins]
    if step is not None and step not in known:
        raise UnknownNameError("step", step, known)
    steps = [s for s in known if s != "technology"] if step is None else [step]
    number = content.structure.id_of(name)
    asked = questions(content, number, origin, chosen, steps, measure)
    if not np.isfinite(asked.whole) or asked.whole <= 0:
        column = "value_usd" if measure == "value" else "mass_kg"
        hint = f"fill {column} in the items, or compare the {'mass' if measure == 'value' else 'value'} (--by)"
        raise InputError(f"the {measure} of '{name}' is not known: there is no share of it", where=name, hint=hint)
    low, high = (np.minimum(total, asked.whole) for total in asked.totals())
    goal = threshold * asked.whole
    suppliers, rows = _suppliers(content, asked)
    decided = bool((low >= goal).any()), bool((high < goal).all())
    groups, by_supplier = _grouped(asked, rows)
    return Asked(
        item=name,
        origin=origin,
        threshold=threshold,
        measure=measure,
        of=asked.whole,
        elements=tuple(chosen),
        share=(float(low.max() / asked.whole), float(high.max() / asked.whole)),
        steps={s: (float(a / asked.whole), float(b / asked.whole)) for s, a, b in zip(steps, low, high, strict=True)},
        verdict="at_or_above" if decided[0] else "below" if decided[1] else "undecided",
        suppliers=suppliers,
        above=None if any(decided) else fewest_above(groups, by_supplier, goal),
        below=None if any(decided) else fewest_below(groups, by_supplier, goal),
    )


def _elements(content: Content, wanted: Sequence[str]) -> list[str]:
    for element in wanted:
        if element not in content.elements:
            raise UnknownNameError("element", element, content.elements)
    return list(dict.fromkeys(wanted)) or [e for e in content.elements if e in RARE_EARTHS]


def _suppliers(content: Content, asked: Questions) -> tuple[tuple[SupplierAsked, ...], dict[str, list[int]]]:
    """Return the suppliers, the most telling first, and the questions of each, those that tell nothing among them."""
    who = _Who(content)
    narrows = asked.width.max(axis=1, initial=0.0) / asked.whole
    widest = (asked.high - asked.low).argmax(axis=1) if len(asked.item) else np.zeros(0, dtype=np.int64)
    rows: dict[str, list[int]] = {}
    through: dict[int, str | None] = {}
    for n in np.flatnonzero(narrows > _SLIGHT).tolist():
        supplier, through[n] = who.makes(int(asked.item[n]), asked.supplier[n])
        rows.setdefault(supplier, []).append(n)
    found = []
    for supplier, mine in rows.items():
        parts = []
        for n in sorted(mine, key=lambda n: (-narrows[n], n)):
            status, title = who.status(int(asked.item[n]), asked.supplier[n])
            ends = float(asked.low[n, widest[n]]), float(asked.high[n, widest[n]])
            parts.append(
                PartAsked(
                    item=str(content.structure.names[asked.item[n]]),
                    name=title,
                    status=status,
                    asked_for=_missing(asked, n, status),
                    units=float(asked.weight[n]) if np.isfinite(asked.weight[n]) else None,
                    bounds=ends,
                    narrows=float(narrows[n]),
                    through=through[n],
                )
            )
        total = (asked.width[mine].sum(axis=0) / asked.whole).max()
        found.append((float(min(total, 1.0)), supplier, tuple(parts)))
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple(SupplierAsked(n, name, total, parts) for n, (total, name, parts) in enumerate(found, 1)), rows


def _missing(asked: Questions, n: int, status: str) -> str:
    low, high = asked.amount[n]
    if not set(status.split(", ")) - UNANSWERED:
        return "amount and origin"
    if high - low <= _SLIGHT * asked.whole:
        return "origin"
    # A point of the origin within a known band: only the amount is open.
    return "amount" if (asked.low[n] > 0).all() and np.allclose(asked.high[n], high) else "amount and origin"


def _grouped(asked: Questions, rows: dict[str, list[int]]) -> tuple[Questions, dict[str, list[int]]]:
    """Return the questions with all parts of one supplier as one, but for those that several make.

    The last row is what nobody is asked about.
    """
    shared = {n for group in asked.mixed for n in group.tolist()}
    groups = [[n] for n in sorted(shared)]
    by_supplier: dict[str, list[int]] = {}
    for supplier, mine in rows.items():
        by_supplier[supplier] = [groups.index([n]) for n in mine if n in shared]
        alone = [n for n in mine if n not in shared]
        if alone:
            by_supplier[supplier].append(len(groups))
            groups.append(alone)
    listed = {n for group in groups for n in group}
    groups.append([n for n in range(len(asked.item)) if n not in listed])
    item = [int(asked.item[g[0]]) if g and g[0] in shared else -1 for g in groups]
    return (
        Questions(
            item=np.array(item, dtype=np.int64),
            supplier=tuple(asked.supplier[g[0]] if g and g[0] in shared else "" for g in groups),
            weight=np.ones(len(groups)),
            least=np.array([asked.least[g[0]] if g and g[0] in shared else 1.0 for g in groups]),
            most=np.array([asked.most[g[0]] if g and g[0] in shared else 1.0 for g in groups]),
            low=np.stack([asked.low[g].sum(axis=0) for g in groups]),
            high=np.stack([asked.high[g].sum(axis=0) for g in groups]),
            amount=np.stack([asked.amount[g].sum(axis=0) for g in groups]),
            whole=asked.whole,
        ),
        by_supplier,
    )


class _Who:
    """Who makes a part, and what its supplier has answered."""

    def __init__(self, content: Content) -> None:
        self._structure = content.structure
        items = content.source.items.drop_duplicates("item").fillna({"supplier": "", "name": ""})
        self._supplier = dict(zip(items["item"], items["supplier"], strict=True))
        self._name = dict(zip(items["item"], items["name"], strict=True))
        declared = content.source.declarations
        named = declared[declared["supplier"].fillna("") != ""]
        self._supplier |= dict(zip(named["item"], named["supplier"], strict=True))
        answers = content.statements.table[["item_id", "supplier", "status"]].drop_duplicates()
        self._status: dict[tuple[int, str], list[str]] = {}
        for part, supplier, status in answers.itertuples(index=False, name=None):
            self._status.setdefault((part, supplier), []).append(status)

    def makes(self, part: int, supplier: str) -> tuple[str, str | None]:
        """Return the supplier of a part and, where only an assembly has one, that assembly."""
        if supplier and supplier != NOBODY:
            return supplier, None
        at, above = part, None
        while True:
            found = self._supplier.get(self._structure.names[at])
            if found:
                return str(found), above
            parents = self._structure.parents
            up = parents.indices[parents.indptr[at] : parents.indptr[at + 1]]
            if not len(up):
                return NOBODY, None
            at = int(up[0])
            above = str(self._structure.names[at])

    def status(self, part: int, supplier: str) -> tuple[str, str | None]:
        """Return the states of the answers about a part, and its name."""
        states = self._status.get((part, supplier), ["not_asked"])
        return ", ".join(dict.fromkeys(states)), self._name.get(self._structure.names[part]) or None
