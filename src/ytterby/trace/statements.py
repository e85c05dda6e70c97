"""What does each item hold by itself? Declarations turned into low and high bounds by element, step and origin.

Per unit of the item, for one row:

================================================ =======================================================
state                                            bounds of the mass
================================================ =======================================================
`declared`, `range`, `contradicted`              [mass_low, mass_high]; a missing low is 0, a missing
                                                 high is low + remainder
`below_limit`                                    [0, mass_high]
`partial`                                        [mass_low, mass_low + remainder]
`no_answer`, `not_asked`, `refused`, `stale`     [0, remainder], at most what the limit of the item's
                                                 class leaves
================================================ =======================================================

The *remainder* is what the item's mass leaves after the low masses of all that is declared; without a mass it is
unbounded. Values follow the same rule with the item's value in place of its mass.

Rows for one (item, element) add up when their forms differ; when they do not, they contradict each other, and the
hull of what they say holds. A later answer of the same supplier in another file (`declared_on`) takes the place of an
earlier one. An answer makes void the unanswered rows for the same item, element, form and supplier.
An element without a row is unknown if the item has an unanswered state, else none. A leaf without any row was not
asked. On an assembly, an answered row replaces what the children say; an unanswered one says nothing, and the
children's bounds stand. How several suppliers of one item are mixed: `ytterby.trace.suppliers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from ytterby.trace._bounds import bounds, starts
from ytterby.trace._declared import ELEMENT, ITEM, Declared, prepared
from ytterby.trace.layout import Layout
from ytterby.trace.limits import limit_of
from ytterby.trace.mix import Mixed
from ytterby.trace.source import RARE_EARTHS, Problem, Source
from ytterby.trace.structure import Structure

__all__ = ["Dark", "Own", "Statements", "Unanswered", "statements"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Own:
    """What the declarations say of one element.

    Parameters
    ----------
    items
        Ids, rising.
    low, high
        items × (mass, value) × slots; the high bounds of origins as excess (see `Layout`).
    answered
        Whether the bounds replace what an item's children say.
    row
        `at` of the row of `Statements.table` to name in a problem.
    """

    items: Ids
    low: Floats
    high: Floats
    answered: Flags
    row: Ids


@dataclass(frozen=True)
class Dark:
    """Leaves that nobody was asked about: bounds of what one unit may hold of any one element.

    Parameters
    ----------
    items
        Ids, rising.
    rare_earth_kg
        Highest mass of any rare earth: what the limit of the item's class leaves, or its whole mass.
    mass_kg, value_usd
        Highest mass and value of any other element, and value of any element.
    """

    items: Ids
    rare_earth_kg: Floats
    mass_kg: Floats
    value_usd: Floats

    def high(self, element: str) -> Floats:
        """Return items × (mass, value)."""
        mass = self.rare_earth_kg if element in RARE_EARTHS else self.mass_kg
        return np.stack([mass, self.value_usd], axis=1)


@dataclass(frozen=True)
class Unanswered:
    """An item of which a supplier did not say all that it holds.

    Parameters
    ----------
    item
        Id of the item.
    status
        State of the answer.
    supplier
        Whose answer it is, where the item has several suppliers.
    elements
        Elements of which nothing is known; all where None.
    """

    item: int
    status: str
    supplier: str
    elements: tuple[str, ...] | None


@dataclass(frozen=True)
class Statements:
    """What every item holds by itself.

    Parameters
    ----------
    layout
        Elements, steps and origins.
    own
        Element -> bounds of the items with declarations.
    dark
        Leaves without declarations.
    mass_kg, value_usd
        Of one unit of each item; infinite where not known.
    limit
        Highest share of rare earths in the mass of each item, by its class.
    unanswered
        Who did not answer.
    problems
        What is wrong with the declarations.
    table
        The declarations that were used.
    mixed
        Element -> item -> what each of its suppliers says, for the items that several make.
    """

    layout: Layout
    own: dict[str, Own]
    dark: Dark
    mass_kg: Floats
    value_usd: Floats
    limit: Floats
    unanswered: tuple[Unanswered, ...]
    problems: tuple[Problem, ...]
    table: pd.DataFrame
    mixed: dict[str, dict[int, Mixed]] = field(default_factory=dict)


def statements(source: Source, structure: Structure, on: str | None = None) -> Statements:
    """Return what every item holds by itself.

    Parameters
    ----------
    source
        Items and declarations.
    structure
        The bill of materials.
    on
        A day (YYYY-MM-DD); declarations made after it are not known yet and left out.
    """
    ids = structure.names.get_indexer(pd.Index(source.items["item"]))
    # Backwards, so that of several rows the first one counts.
    rows = np.flatnonzero(ids >= 0)[::-1]
    ids = ids[rows]
    mass, value = (np.full(len(structure.names), np.inf) for _ in range(2))
    for whole, column in ((mass, "mass_kg"), (value, "value_usd")):
        said = source.items[column].to_numpy(np.float64)[rows]
        whole[ids] = np.where(np.isnan(said), np.inf, said)
    limit = np.ones(len(structure.names))
    texts = (source.items[column].fillna("").to_numpy()[rows].tolist() for column in ("hs", "form"))
    classes = [limit_of(hs, form) for hs, form in zip(*texts, strict=True)]
    limit[ids] = [1.0 if c is None else c.share_high for c in classes]
    return stated(source.declarations, structure, (mass, value, limit), on)


def stated(
    declarations: pd.DataFrame,
    structure: Structure,
    wholes: tuple[Floats, Floats, Floats],
    on: str | None = None,
    layout: Layout | None = None,
    among: Ids | None = None,
) -> Statements:
    """Return what items hold by themselves, given their masses, values and limits.

    Parameters
    ----------
    declarations
        As in `Source.declarations`.
    structure
        The bill of materials.
    wholes
        `mass_kg`, `value_usd` and `limit` of `Statements`.
    on
        As for `statements`.
    layout
        Elements and origins; by default those that the declarations name.
    among
        Ids of the only items that are spoken of; by default all.

    Raises
    ------
    KeyError
        If the declarations name an element or origin that the layout does not have.
    """
    problems: list[Problem] = []
    mass, value, limit = wholes
    declared = prepared(declarations, structure.names, on, problems, layout)
    low, high, groups = bounds(declared, mass, value, limit, problems)
    own, mixed = _own(declared, low, high, groups, structure)
    asked = np.zeros(len(mass), dtype=bool)
    asked[declared.variants[ITEM]] = True
    if among is None:
        leaves = np.flatnonzero(structure.is_leaf & ~asked)
    else:
        leaves = among[structure.is_leaf[among] & ~asked[among]]
    dark = Dark(leaves, np.minimum(mass[leaves] * limit[leaves], mass[leaves]), mass[leaves], value[leaves])
    return Statements(
        declared.layout,
        own,
        dark,
        mass,
        value,
        limit,
        (*_unanswered(declared), *(Unanswered(int(i), "not_asked", "", None) for i in leaves)),
        tuple(problems),
        declared.table,
        mixed,
    )


def _own(
    declared: Declared, low: Floats, high: Floats, groups: pd.DataFrame, structure: Structure
) -> tuple[dict[str, Own], dict[str, dict[int, Mixed]]]:
    """Return the bounds by element, the suppliers of an item mixed, and what each of these suppliers says."""
    variants, layout = declared.variants, declared.layout
    item = variants[ITEM].to_numpy()[groups["variant"].to_numpy(np.int64)]
    answered = groups["answered"].to_numpy(bool)
    element = groups[ELEMENT].to_numpy(np.int64)
    at = groups["at"].to_numpy(np.int64)
    variant = groups["variant"].to_numpy(np.int64)
    makers = {i: v.index.to_numpy() for i, v in variants[variants["mixed"]].groupby(ITEM)}
    own: dict[str, Own] = {}
    mixed: dict[str, dict[int, Mixed]] = {}
    for number, name in enumerate(layout.elements):
        here = np.flatnonzero(element == number)
        here = here[np.argsort(item[here], kind="stable")]
        first = starts(item[here][:, None])
        ids = item[here][first]
        says = np.logical_or.reduceat(answered[here], first) if len(here) else answered[:0]
        lows, highs = low[here][first], high[here][first]
        mixed[name] = {}
        for k, one in enumerate(ids.tolist()):
            if one in makers:
                rows = here[item[here] == one]
                mixed[name][one] = found = _apart(low[rows], high[rows], variant[rows], variants.loc[makers[one]])
                lows[k], highs[k] = found.lowest, found.highest
        keep = says | structure.is_leaf[ids]
        own[name] = Own(ids[keep], lows[keep], layout.excess(highs[keep]), says[keep], at[here][first][keep])
    return own, mixed


def _apart(low: Floats, high: Floats, variant: Ids, makers: pd.DataFrame) -> Mixed:
    """Return what each of the suppliers says; what one says nothing of is none."""
    place = np.searchsorted(makers.index.to_numpy(), variant)
    lows, highs = (np.zeros((len(makers), *low.shape[1:])) for _ in range(2))
    lows[place], highs[place] = low, high
    split = makers[["split_low", "split_high"]].to_numpy(np.float64)
    return Mixed(tuple(makers["supplier"]), split[:, 0], split[:, 1], lows, highs)


def _unanswered(declared: Declared) -> list[Unanswered]:
    """Return the variants with an unanswered state; an element of its own state only where all others are answered."""
    found: list[Unanswered] = []
    if not (declared.variants["status"] != "").any():
        return found
    table, elements = declared.table, declared.layout.elements
    answered = table[table["answered"] & (table[ELEMENT] >= 0)]
    said = answered.groupby("variant")[ELEMENT].agg(set).to_dict()
    for number, variant in declared.variants[declared.variants["status"] != ""].iterrows():
        names = tuple(name for n, name in enumerate(elements) if n not in said.get(number, ()))
        found.append(Unanswered(int(variant[ITEM]), str(variant["status"]), str(variant["supplier"]), names))
    return found
