"""What goes into what, says a table of lines: items numbered, masses turned into units, the structure put together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ytterby.errors import InputError
from ytterby.trace._arrange import arranged
from ytterby.trace.readers._units import unit
from ytterby.trace.source import Problem
from ytterby.trace.structure import Alternatives, Structure

__all__ = ["build"]

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def build(lines: pd.DataFrame, items: pd.DataFrame) -> tuple[Structure, list[Problem]]:
    """Return the structure of a bill of materials and the lines that could not be used.

    Parameters
    ----------
    lines
        As in `Source.lines`; repeated pairs add up.
    items
        As in `Source.items`; the masses of parents and children turn masses into units. Without lines, these are the
        items.

    Raises
    ------
    InputError
        If the lines form a cycle (it is named), or there are neither lines nor items.
    """
    if not len(lines) and not len(items):
        raise InputError("there are no lines and no items")
    problems: list[Problem] = []
    count = len(lines)
    names, parent, child = _interned(lines, items)
    amount, mass = _amounts(lines, items, names, parent, child, problems)
    useless = np.isnan(mass)
    if useless.any():
        usable = ~useless
        lines, parent, child, amount = lines[usable], parent[usable], child[usable], amount[usable]
        mass = mass[usable] if len(mass) > 1 else mass
    alternatives, sure = _alternatives(lines, parent, child, amount)
    unknown = np.flatnonzero(np.isnan(amount))
    if len(unknown):
        sure = np.where(np.isnan(sure), 0.0, sure)
    matrix, first, rank = arranged(parent, child, sure, names)
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    alternatives = {
        int(place[p]): [replace(group, child=place[group.child]) for group in groups]
        for p, groups in alternatives.items()
    }
    mass_of: dict[tuple[int, int], float] = {}
    pairs = zip(place[parent[unknown]].tolist(), place[child[unknown]].tolist(), strict=True)
    for pair, kilograms in zip(pairs, np.broadcast_to(mass, len(amount))[unknown].tolist(), strict=True):
        mass_of[pair] = mass_of.get(pair, 0.0) + kilograms
    index = pd.Index(pd.array(names.take(pa.array(rank)), dtype="str"))
    return Structure(index, place, matrix, first, alternatives, mass_of, count), problems


def _interned(lines: pd.DataFrame, items: pd.DataFrame) -> tuple[pa.Array, Codes, Codes]:
    """Return the names of the items, in the order of the file, and per line the numbers of its parent and child."""
    if len(lines) and isinstance(lines["parent"].dtype, pd.ArrowDtype):
        return _numbered(pa.array(lines["parent"]), pa.array(lines["child"]))
    columns = ("parent", "child") if len(lines) else ("item",)
    texts = [pa.chunked_array(pa.array(lines[c] if len(lines) else items[c], pa.large_string())) for c in columns]
    coded = pa.chunked_array([chunk for text in texts for chunk in text.chunks]).dictionary_encode()
    names = coded.chunk(coded.num_chunks - 1).dictionary
    if not len(lines):
        return names, np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    codes = pa.chunked_array([chunk.indices for chunk in coded.chunks])
    return names, codes.slice(0, len(lines)).to_numpy(), codes.slice(len(lines)).to_numpy()


def _numbered(parent: Any, child: Any) -> tuple[pa.Array, Codes, Codes]:
    """Return the names of items that are numbered already, without those that no line has."""
    used = np.zeros(len(parent.dictionary), dtype=bool)
    used[parent.indices] = used[child.indices] = True
    if used.all():
        return parent.dictionary, parent.indices.to_numpy(), child.indices.to_numpy()
    place = (np.cumsum(used) - 1).astype(np.int32)
    return parent.dictionary.filter(pa.array(used)), place[parent.indices], place[child.indices]


def _amounts(
    lines: pd.DataFrame, items: pd.DataFrame, names: pa.Array, parent: Codes, child: Codes, problems: list[Problem]
) -> tuple[Floats, Floats]:
    """Return per line the units of the child (NaN: not known) and, where not known, its mass (NaN: no use).

    There is one mass for all lines, 0, where all quantities are units.
    """
    amount = lines["quantity"].to_numpy(dtype=np.float64)
    meanings = [unit(kind or "") for kind in pa.array(lines["unit"]).unique().to_pylist()]
    if all(m is not None and (m.base, m.factor) == ("pcs", 1.0) for m in meanings):
        return amount, np.zeros(1)
    amount, mass = amount.copy(), np.zeros(len(amount))
    units, kinds = pd.factorize(lines["unit"].fillna(""))
    meanings = [unit(str(kind)) for kind in kinds]
    known = items.drop_duplicates("item").set_index("item")["mass_kg"]
    table = known.reindex(pd.Index(pd.array(names, dtype="str"))).to_numpy(dtype=np.float64)
    for code, meaning in enumerate(meanings):
        here = np.flatnonzero(units == code)
        if meaning is None:
            mass[here] = np.nan
            text = f"unknown unit '{kinds[code]}'; the row is left out"
            problems += [_problem(lines, row, "unit", text) for row in here.tolist()]
        elif meaning.base not in ("kg", "%"):
            amount[here] *= meaning.factor
        else:
            kilograms = amount[here] * meaning.factor
            if meaning.base == "%":
                kilograms = kilograms / 100 * table[parent[here]]
            with np.errstate(divide="ignore", invalid="ignore"):
                amount[here] = np.where(table[child[here]] > 0, kilograms / table[child[here]], np.nan)
            mass[here] = np.where(np.isnan(kilograms), np.inf, kilograms)
            for row in here[np.isnan(amount[here])].tolist():
                lacks = parent if meaning.base == "%" and not table[parent[row]] > 0 else child
                text = f"the mass of '{names[lacks[row]]}' is not known: how many units these are is not known"
                problems.append(_problem(lines, row, "unit", text))
    return amount, mass


def _alternatives(
    lines: pd.DataFrame, parent: Codes, child: Codes, amount: Floats
) -> tuple[dict[int, list[Alternatives]], Floats]:
    """Return the groups of alternatives, and the quantities without them."""
    if not len(lines) or not (lines["alternative"].fillna("") != "").any():
        return {}, amount
    here = np.flatnonzero((lines["alternative"].fillna("") != "").to_numpy(bool) & ~np.isnan(amount))
    sure = amount.copy()
    sure[here] = 0.0
    low = lines["split_low"].fillna(0.0).to_numpy(np.float64)
    high = lines["split_high"].fillna(1.0).to_numpy(np.float64)
    found: dict[int, list[Alternatives]] = {}
    keys = pd.MultiIndex.from_arrays([parent[here], lines["alternative"].to_numpy()[here]])
    group = pd.factorize(keys)[0]
    for number in range(int(group.max(initial=-1)) + 1):
        rows = here[group == number]
        found.setdefault(int(parent[rows[0]]), []).append(
            Alternatives(child[rows], amount[rows], low[rows], high[rows])
        )
    return found, sure


def _problem(lines: pd.DataFrame, row: int, column: str, message: str) -> Problem:
    line = lines.iloc[row]
    number = None if pd.isna(line["row"]) else int(line["row"])
    return Problem(str(line["file"]), number, column, message)
