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
    texts = ("element", "form", "supplier", "status", *STEPS.values())
    table = table.assign(**{text: table[text].fillna("") for text in texts if table[text].hasnans})
    table[ITEM] = items.get_indexer(pd.Index(table["item"]))
    outside = table[ITEM].to_numpy() < 0
    for _, row in table[outside].iterrows() if outside.any() else ():
        close = nearest(row["item"], items, 1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        problems.append(problem(row, "item", f"'{row['item']}' is not in the bill of materials{hint}"))
    if outside.any():
        table = table[~outside]
    table = table.reset_index(drop=True)
    table["element"] = [_SYMBOLS.get(name.casefold(), name) for name in table["element"]]
    table = _current(table)
    table[FORM] = pd.factorize(table["form"])[0]
    table["answered"] = ~table["status"].isin(UNANSWERED).astype(bool)
    table["at"] = np.arange(len(table))
    return table


def _current(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out what a supplier has answered anew, on a later day and in another file.

    Rows of one file stand beside each other, whatever their days.
    """
    if table["file"].nunique() < 2:
        return table
    keys = [ITEM, "supplier", "element", "form"]
    day = table["declared_on"].fillna("")
    told = table.loc[~table["status"].isin(UNANSWERED) & (day != ""), [*keys, "file"]].assign(day=day)
    latest = told.groupby(keys)["day"].transform("max")
    last = table[keys].merge(told.assign(day=latest)[[*keys, "day"]].drop_duplicates(), on=keys, how="left")["day"]
    newest = pd.MultiIndex.from_frame(told.loc[told["day"] == latest, [*keys, "file"]])
    among = pd.MultiIndex.from_frame(table[[*keys, "file"]]).isin(newest)
    replaced = (day != "").to_numpy() & (day.to_numpy() < last.fillna("").to_numpy()) & ~among
    return table[~replaced].reset_index(drop=True)


def _with_origins(
    table: pd.DataFrame, given: Layout | None, elements: tuple[str, ...], problems: list[Problem]
) -> tuple[pd.DataFrame, Layout, tuple[Floats, Floats]]:
    columns = list(STEPS.values())
    combos: dict[tuple[str, ...], int] = {}
    rows = zip(*(table[column].tolist() for column in columns), strict=True)
    code = np.array([combos.setdefault(texts, len(combos)) for texts in rows], dtype=np.int64)
    said: list[dict[str, Any]] = []
    for texts, combo in combos.items():
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
        wrong = table[low].to_numpy() > table[high].to_numpy()
        if not wrong.any():
            continue
        for _, row in table[wrong].iterrows():
            problems.append(problem(row, low, f"{row[low]:g} is above {high} {row[high]:g}; taken the other way round"))
        table[low], table[high] = table[low].mask(wrong, table[high]), table[high].mask(wrong, table[low])
    exact = np.isnan(table["mass_high_kg"].to_numpy()) & (table[ELEMENT].to_numpy() >= 0)
    exact &= table["status"].to_numpy() == "declared"
    for _, row in table[exact].iterrows() if exact.any() else ():
        problems.append(problem(row, "mass_high_kg", "declared without a high mass: it may be all that is left"))
    return table


def _by_supplier(table: pd.DataFrame, problems: list[Problem]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set the variants apart; rows without a supplier are repeated for each supplier of an item that has several."""
    split = ~np.isnan(table[["split_low", "split_high"]].to_numpy()).all(axis=1)
    mixed = np.zeros(len(table), dtype=bool)
    if split.any() or (table["supplier"] != "").any():
        nameless = split & (table["supplier"] == "")
        table["supplier"] = table["supplier"].mask(nameless, "row " + table["row"].astype("str"))
        named = table[table["supplier"] != ""]
        counts = named.groupby(ITEM)["supplier"].nunique()
        several = set(counts.index[counts > 1]) | set(table[ITEM][split])
        mixed = table[ITEM].isin(several).to_numpy(dtype=bool)
        makers = named.loc[named[ITEM].isin(several), [ITEM, "supplier"]].drop_duplicates()
        common = table[mixed & (table["supplier"] == "")].drop(columns="supplier").merge(makers, on=ITEM)
        single = table[~mixed].assign(supplier="")
        told = table[mixed & (table["supplier"] != "")]
        table = pd.concat([single, told, common[table.columns]], ignore_index=True)
        mixed = np.arange(len(table)) >= len(single)
    numbers: dict[tuple[int, str], int] = {}
    pairs = zip(table[ITEM].tolist(), table["supplier"].tolist(), strict=True)
    variant = np.array([numbers.setdefault(pair, len(numbers)) for pair in pairs], dtype=np.int64)
    table["variant"] = variant
    first = np.unique(variant, return_index=True)[1]
    least, most = (np.full(len(numbers), np.nan) for _ in range(2))
    np.fmin.at(least, variant, table["split_low"].to_numpy())
    np.fmax.at(most, variant, table["split_high"].to_numpy())
    variants = pd.DataFrame(
        {
            ITEM: np.array([item for item, _ in numbers], dtype=np.int64),
            "supplier": pd.Series([supplier for _, supplier in numbers], dtype="str"),
            "split_low": np.where(np.isnan(least), 0.0, least),
            "split_high": np.where(np.isnan(most), 1.0, most),
            "mixed": mixed[first],
            "at": table["at"].to_numpy()[first],
            "status": pd.Series("", index=range(len(numbers)), dtype="str"),
        }
    )
    return _tell_splits(table, variants, problems) if mixed.any() else (table, variants)


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
    if table["answered"].to_numpy().all():
        return table, variants
    answered = table.groupby(["variant", ELEMENT, FORM])["answered"].transform("any").astype(bool)
    table = table[table["answered"] | ~answered]
    open_ = table[~table["answered"]].groupby("variant")["status"].first()
    variants.loc[open_.index, "status"] = open_
    return table, variants
