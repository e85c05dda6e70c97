"""Between which amounts does each supplier's answer leave an element? The arithmetic of `ytterby.trace.statements`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ytterby.trace._declared import ELEMENT, FORM, ITEM, Declared, problem
from ytterby.trace.layout import Layout
from ytterby.trace.source import RARE_EARTHS, Problem

__all__ = ["bounds", "starts"]

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_NEAR = 1 + 1e-9


def bounds(
    declared: Declared, mass: Floats, value: Floats, limit: Floats, problems: list[Problem]
) -> tuple[Floats, Floats, pd.DataFrame]:
    """Return bounds by variant and element, groups × (mass, value) × slots, and what each group is.

    The groups of elements without a row in a variant with an unanswered state are among them.
    """
    layout, variants = declared.layout, declared.variants
    table = declared.table[declared.table[ELEMENT] >= 0].sort_values(["variant", ELEMENT, FORM], kind="stable")
    answered = table["answered"].to_numpy(bool)
    floor = _floors(table, answered)
    by_form = starts(_keys(table, "variant", ELEMENT, FORM))
    _tell_contradictions(table, answered, by_form, declared.layout, problems)
    heads = table.iloc[by_form]
    of = variants[ITEM].to_numpy()
    whole = np.stack([mass[of], value[of]], axis=1)
    least = np.minimum.reduceat(floor, by_form, axis=0) if len(table) else floor
    said = np.zeros_like(whole)
    np.add.at(said, heads["variant"].to_numpy(), least)
    _tell_excess(heads, said, whole, problems)
    rest = np.maximum(whole - said, 0.0)
    rare = np.array([name in RARE_EARTHS for name in layout.elements])
    said_rare = np.zeros(len(variants))
    np.add.at(said_rare, heads["variant"].to_numpy(), least[:, 0] * rare[heads[ELEMENT].to_numpy()])
    share = limit[of]
    may = np.where(share < 1, np.maximum(share * whole[:, 0] - said_rare, 0.0), np.inf)
    ceiling = _ceilings(table, answered, floor, rest, np.where(np.isnan(may), np.inf, may), rare)

    shares_low, shares_high = declared.shares
    combo = table["origins"].to_numpy()
    low = floor[:, :, None] * shares_low[combo][:, None, :]
    high = _times(ceiling[:, :, None], shares_high[combo][:, None, :])
    if len(table):
        low, high = np.minimum.reduceat(low, by_form, axis=0), np.maximum.reduceat(high, by_form, axis=0)
        by_element = starts(_keys(heads, "variant", ELEMENT))
        low, high = np.add.reduceat(low, by_element, axis=0), np.add.reduceat(high, by_element, axis=0)
        groups = heads.iloc[by_element][["variant", ELEMENT, "at"]].reset_index(drop=True)
        flags = np.logical_or.reduceat(answered, starts(_keys(table, "variant", ELEMENT)))
        groups = groups.assign(answered=flags)
    else:
        groups = table[["variant", ELEMENT, "at", "answered"]]
    return _with_unnamed(declared, low, high, groups, rest, may, rare)


def _floors(table: pd.DataFrame, answered: Flags) -> Floats:
    """Return the low mass and value of each row."""
    low = np.asarray(
        np.nan_to_num(np.stack([table[c].to_numpy(np.float64) for c in ("mass_low_kg", "value_low_usd")], axis=1))
    )
    low[~answered] = 0.0
    low[(table["status"] == "below_limit").to_numpy()] = 0.0
    return low


def _ceilings(table: pd.DataFrame, answered: Flags, floor: Floats, rest: Floats, may: Floats, rare: Flags) -> Floats:
    """Return the high mass and value of each row."""
    variant = table["variant"].to_numpy()
    high = np.stack([table[c].to_numpy(np.float64) for c in ("mass_high_kg", "value_high_usd")], axis=1)
    high[(table["status"] == "partial").to_numpy() | ~answered] = np.nan
    high = np.where(np.isnan(high), floor + rest[variant], high)
    bounded = ~answered & rare[table[ELEMENT].to_numpy()]
    high[bounded, 0] = np.minimum(high[bounded, 0], may[variant[bounded]])
    unsaid = table["value_high_usd"].isna().to_numpy() & (high[:, 0] == 0)
    high[unsaid, 1] = floor[unsaid, 1]
    return np.asarray(high)


def _with_unnamed(
    declared: Declared, low: Floats, high: Floats, groups: pd.DataFrame, rest: Floats, may: Floats, rare: Flags
) -> tuple[Floats, Floats, pd.DataFrame]:
    """Add the elements that a variant with an unanswered state does not name."""
    layout = declared.layout
    silent = np.flatnonzero(declared.variants["status"].to_numpy() != "")
    named = set(zip(groups["variant"], groups[ELEMENT], strict=True))
    missing = [(v, e) for v in silent.tolist() for e in range(len(layout.elements)) if (v, e) not in named]
    if not missing:
        return low, high, groups
    variant, element = np.array(missing, dtype=np.int64).T
    most = rest[variant].copy()
    most[:, 0] = np.where(rare[element], np.minimum(most[:, 0], may[variant]), most[:, 0])
    most[most[:, 0] == 0] = 0.0
    added = np.where(layout.dark, most[:, :, None], 0.0)
    at = declared.variants["at"].to_numpy()[variant]
    more = pd.DataFrame({"variant": variant, ELEMENT: element, "at": at, "answered": False})
    groups = pd.concat([groups, more], ignore_index=True) if len(groups) else more
    return np.concatenate([low, np.zeros_like(added)]), np.concatenate([high, added]), groups


def _tell_contradictions(
    table: pd.DataFrame, answered: Flags, starts: Ids, layout: Layout, problems: list[Problem]
) -> None:
    ends = np.append(starts[1:], len(table))
    for begin, end in zip(starts[ends - starts > 1].tolist(), ends[ends - starts > 1].tolist(), strict=True):
        rows = [r for r in range(begin, end) if answered[r]]
        if len(rows) > 1:
            first, last = table.iloc[rows[0]], table.iloc[rows[-1]]
            name, form = layout.elements[first[ELEMENT]], first["form"]
            text = f"{first['item']}, {name}{f' as {form}' if form else ''}: contradicted, row {first['row']} says "
            text += "something else of the same form; what either says is possible"
            problems.append(problem(last, "element", text))


def _tell_excess(heads: pd.DataFrame, said: Floats, whole: Floats, problems: list[Problem]) -> None:
    for column, (name, word, unit) in enumerate((("mass_low_kg", "mass", "kg"), ("value_low_usd", "value", "USD"))):
        for variant in np.flatnonzero(said[:, column] > whole[:, column] * _NEAR):
            row = heads[heads["variant"] == variant].iloc[-1]
            text = f"the declared low {word}s of '{row['item']}' add up to {said[variant, column]:g} {unit}, more than "
            problems.append(problem(row, name, text + f"its {word} of {whole[variant, column]:g} {unit}"))


def _keys(table: pd.DataFrame, *columns: str) -> Ids:
    """Return some columns of numbers; faster than a choice of columns from the table."""
    return np.stack([table[column].to_numpy() for column in columns], axis=1)


def starts(keys: npt.NDArray[np.int64]) -> Ids:
    """Return where a new key begins in rows that are sorted by key."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([[True], (keys[1:] != keys[:-1]).any(axis=1)]))


def _times(amount: Floats, share: Floats) -> Floats:
    """Return the product, 0 where the share is 0 though the amount is unbounded."""
    with np.errstate(invalid="ignore"):
        return np.where(share == 0, 0.0, amount * share)
