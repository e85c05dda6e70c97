"""Declarations made ready for arithmetic: names as numbers, suppliers apart, origins as shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ytterby.errors import nearest
from ytterby.trace.layout import Layout, OriginError, layout_of, origins_of
from ytterby.trace.source import RARE_EARTHS, STEPS, UNANSWERED, Problem

__all__ = ["ELEMENT", "FORM", "ITEM", "Declared", "prepared", "problem"]

Floats = npt.NDArray[np.float64]

ITEM, ELEMENT, FORM = "item_id", "element_id", "form_id"
_SYMBOLS = {symbol.casefold(): symbol for symbol in RARE_EARTHS}
_BOUNDS = (("mass_low_kg", "mass_high_kg"), ("value_low_usd", "value_high_usd"), ("split_low", "split_high"))


@dataclass(frozen=True)
class Declared:
    """Declarations by variant; a *variant* is an item as one of its suppliers makes it.

    Parameters
    ----------
    table
        The rows with the columns `item_id`, `element_id` (-1: no element is named), `form_id`, `variant`, `answered`,
        `origins` (which of the distinct combinations) and `at` (place in the table as it was given).
    variants
        By number: `item_id`, `supplier`, `split_low`, `split_high`, `mixed` (whether the item has several), `status`
        (its unanswered state, or empty) and `at`.
    layout
        Elements, steps and origins.
    shares
        Least and greatest share of an amount: combinations of origins × slots.
    """

    table: pd.DataFrame
    variants: pd.DataFrame
    layout: Layout
    shares: tuple[Floats, Floats]


def prepared(
    declarations: pd.DataFrame, items: pd.Index, on: str | None, problems: list[Problem], layout: Layout | None = None
) -> Declared:
    """Return the declarations that are known on a day, ready for arithmetic.

    Parameters
    ----------
    declarations
        As in `Source.declarations`.
    items
        Names of the items of the bill of materials, by id.
    on
        A day, or None for all.
    problems
        Is added to.
    layout
        Elements and origins; by default those that the declarations name.

    Raises
    ------
    KeyError
        If the declarations name an element or origin that the layout does not have.
    """
    table = _numbered(declarations, items, on, problems)
    named = set(table["element"]) - {""}
    elements = (tuple(sorted(named)) or RARE_EARTHS) if layout is None else layout.elements
    if not named <= set(elements):
        raise KeyError(*named.difference(elements))
    table[ELEMENT] = pd.Index(elements).get_indexer(pd.Index(table["element"]))
    table, layout, shares = _with_origins(table, layout, elements, problems)
    table = _ordered(table, problems)
    table, variants = _by_supplier(table, problems)
    return Declared(*_standing(table, variants), layout, shares)


def problem(row: pd.Series[Any], column: str | None, message: str) -> Problem:
    """Return a problem with a row of the declarations."""
    return Problem(str(row["file"]), None if pd.isna(row["row"]) else int(row["row"]), column, message)


def _numbered(declarations: pd.DataFrame, items: pd.Index, on: str | None, problems: list[Problem]) -> pd.DataFrame:
    table = declarations
    if on is not None:
        table = table[~(table["declared_on"].fillna("") > on)]
    table = table.fillna(dict.fromkeys(("element", "form", "supplier", "status", *STEPS.values()), ""))
    table[ITEM] = items.get_indexer(pd.Index(table["item"]))
    for _, row in table[table[ITEM] < 0].iterrows():
        close = nearest(row["item"], items, 1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        problems.append(problem(row, "item", f"'{row['item']}' is not in the bill of materials{hint}"))
    table = table[table[ITEM] >= 0].reset_index(drop=True)
    table["element"] = [_SYMBOLS.get(name.casefold(), name) for name in table["element"]]
    table[FORM] = pd.factorize(table["form"])[0]
    table["answered"] = ~table["status"].isin(UNANSWERED).astype(bool)
    table["at"] = np.arange(len(table))
    return table


def _with_origins(
    table: pd.DataFrame, given: Layout | None, elements: tuple[str, ...], problems: list[Problem]
) -> tuple[pd.DataFrame, Layout, tuple[Floats, Floats]]:
    columns = list(STEPS.values())
    combos = table[columns].drop_duplicates()
    code = pd.MultiIndex.from_frame(combos).get_indexer(pd.MultiIndex.from_frame(table[columns]))
    said: list[dict[str, Any]] = []
    for combo, texts in enumerate(combos.itertuples(index=False, name=None)):
        said.append({})
        for step, column, text in zip(STEPS, columns, texts, strict=True):
            try:
                said[-1][step] = origins_of(text)
            except OriginError as error:
                text = f"{error}; taken as unknown"
                problems += [problem(table.iloc[at], column, text) for at in np.flatnonzero(code == combo)]
    layout = layout_of(elements, said) if given is None else given
    for one in said if given is not None else ():
        for step, shares in one.items():
            if not shares.keys() <= set(layout.origins.get(step, ())):
                raise KeyError(*shares)
    shares = [layout.shares(one) for one in said]
    empty = np.zeros((0, layout.size))
    least, most = (np.array([s[n] for s in shares]) if shares else empty for n in (0, 1))
    return table.assign(origins=code), layout, (least, most)


def _ordered(table: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Turn round bounds of which the low one is above the high one, and tell what is missing."""
    for low, high in _BOUNDS:
        wrong = table[low] > table[high]
        for _, row in table[wrong].iterrows():
            problems.append(problem(row, low, f"{row[low]:g} is above {high} {row[high]:g}; taken the other way round"))
        table[low], table[high] = table[low].mask(wrong, table[high]), table[high].mask(wrong, table[low])
    exact = (table["status"] == "declared") & table["mass_high_kg"].isna() & (table[ELEMENT] >= 0)
    for _, row in table[exact].iterrows():
        problems.append(problem(row, "mass_high_kg", "declared without a high mass: it may be all that is left"))
    return table


def _by_supplier(table: pd.DataFrame, problems: list[Problem]) -> tuple[pd.DataFrame, pd.DataFrame]:
    split = table["split_low"].notna() | table["split_high"].notna()
    nameless = split & (table["supplier"] == "")
    table["supplier"] = table["supplier"].mask(nameless, "row " + table["row"].astype("str"))
    named = table[table["supplier"] != ""]
    counts = named.groupby(ITEM)["supplier"].nunique()
    several = set(counts.index[counts > 1]) | set(table[ITEM][split])
    mixed = table[ITEM].isin(several).astype(bool)
    makers = named.loc[named[ITEM].isin(several), [ITEM, "supplier"]].drop_duplicates()
    common = table[mixed & (table["supplier"] == "")].drop(columns="supplier").merge(makers, on=ITEM)
    single = table[~mixed].assign(supplier="")
    table = pd.concat([single, table[mixed & (table["supplier"] != "")], common[table.columns]], ignore_index=True)
    keys = pd.MultiIndex.from_frame(table[[ITEM, "supplier"]])
    table["variant"], found = pd.factorize(keys)
    variants = pd.DataFrame(
        {
            ITEM: found.get_level_values(0).astype(np.int64) if len(found) else np.zeros(0, dtype=np.int64),
            "supplier": found.get_level_values(1) if len(found) else np.zeros(0, dtype=str),
        }
    )
    by_variant = table.groupby("variant")
    variants["split_low"] = by_variant["split_low"].min().fillna(0.0).reindex(variants.index)
    variants["split_high"] = by_variant["split_high"].max().fillna(1.0).reindex(variants.index)
    variants["mixed"] = variants[ITEM].isin(several)
    variants["at"] = by_variant["at"].first().reindex(variants.index)
    variants["status"] = ""
    return _tell_splits(table, variants, problems)


def _tell_splits(
    table: pd.DataFrame, variants: pd.DataFrame, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the supplier that nobody named where the named ones cannot deliver in full."""
    rest = []
    for item, makers in variants[variants["mixed"]].groupby(ITEM):
        row = table[table["variant"] == makers.index[-1]].iloc[-1]
        low, high = makers["split_low"].sum(), makers["split_high"].sum()
        if low > 1 + 1e-9:
            problems.append(problem(row, "split_low", f"the least shares add up to {low:g}; any mix is taken"))
            variants.loc[makers.index, ["split_low", "split_high"]] = [0.0, 1.0]
        elif high < 1 - 1e-9:
            text = f"the shares of supply add up to {high:g} at most; the rest comes from a supplier not asked"
            problems.append(problem(row, "split_high", text))
            rest.append(
                {ITEM: item, "supplier": "", "split_low": 1 - high, "split_high": 1 - low, "mixed": True}
                | {"at": row["at"], "status": "not_asked"}
            )
    if rest:
        variants = pd.concat([variants, pd.DataFrame(rest)], ignore_index=True)
    return table, variants


def _standing(table: pd.DataFrame, variants: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out unanswered rows that an answer has made void; note each variant's unanswered state."""
    key = ["variant", ELEMENT, FORM]
    answered = table.groupby(key)["answered"].transform("any").astype(bool) if len(table) else table["answered"]
    table = table[table["answered"] | ~answered]
    open_ = table[~table["answered"]].groupby("variant")["status"].first()
    variants.loc[open_.index, "status"] = open_
    return table, variants
