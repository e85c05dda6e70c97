"""Why? What binds, where goods go instead, who gives way: the equilibrium in words.

The sentences are read off the two equilibria: dual prices of permits and levies, changed flows and levels, changed use.
A sentence is left out where its cause is too small to matter.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ytterby import atlas
from ytterby.market import Equilibrium
from ytterby.world._tracing import CLEAN

__all__ = ["reasons", "why"]

_KEY_GOODS = (
    "magnet.ndfeb_hd",
    "magnet.smco",
    "magnet.ndfeb",
    "oxide.Dy",
    "oxide.Tb",
    "oxide.Y",
    "oxide.NdPr",
)
_LEAST_T = 1.0
"""Changes of trade or output below this many tonnes are not told."""


def _names() -> dict[str, str]:
    table = atlas.table("commodities")
    return dict(zip(table["commodity"], table["name"], strict=True))


def _places() -> dict[str, str]:
    table = atlas.table("regions")
    return dict(zip(table["region"], table["name"].str.removesuffix(" (group)"), strict=True))


def _process_name(process: str) -> str:
    kind, _, good = process.partition(".")
    names = _names()
    if kind == "mine":
        return "mining of " + names.get(f"ore.{good}", good)
    if kind == "sep":
        return "separation of " + names.get(f"ore.{good}", good)
    return "making of " + names.get(process, process)


def _count(n: int, word: str) -> str:
    return f"{n} {word}" + ("" if n == 1 else "s")


def _amount(tonnes: float) -> str:
    return f"{tonnes:,.0f} t"


def _percent(change: float) -> str:
    return f"{change:+.0%}".replace("-", "−")


def reasons(base: Equilibrium, hit: Equilibrium, prices: pd.DataFrame, flows: pd.DataFrame) -> list[str]:
    """Return what drives a scenario, the largest causes first, as sentences."""
    return [
        *_permits(hit),
        *_floors(hit),
        *_diversion(flows),
        *_levels(base, hit),
        *_china(prices),
    ]


def _permits(hit: Equilibrium) -> list[str]:
    """Permits that bind: how many lanes, and what a permit is worth where most of the rent is."""
    m = hit.measures
    held = m[m["binding"].astype(bool) & m["rent"].notna() & (m["rent"] > 0)]
    told = []
    rents = held.groupby("id")["rent"].sum().sort_values(ascending=False, kind="stable")
    for name in rents.index[:3]:
        lanes = held[held["id"] == name].sort_values("rent", ascending=False, kind="stable")
        top = lanes.iloc[0]
        limb, _, good = str(name).rpartition(":")
        told.append(
            f"Permits under {limb} bind for {_names().get(good, good)} in {_count(len(lanes), 'region')}; in "
            f"{_places().get(top['region'], top['region'])} one is worth {top['wedge']:,.3g} USD/kg, "
            f"{rents[name] / 1000:,.3g} million USD in all."
        )
    return told


def _floors(hit: Equilibrium) -> list[str]:
    """Floors: whether they hold, and by which levy."""
    m = hit.measures[hit.measures["attained"].notna()]
    told = []
    for name, rows in m.groupby("id", sort=True):
        good = str(name).rpartition(":")[2]
        label = _names().get(good, good)
        missed = rows[~rows["attained"].astype(bool)]
        levies = rows["wedge"].dropna()
        if len(missed):
            who = ", ".join(_places().get(r, r) for r in missed["region"])
            told.append(f"The floor for {label} is not attained in {who}: it is above the price without any imports.")
        if len(levies) and levies.max() > 0:
            least, most = levies[levies > 0].min(), levies.max()
            told.append(f"The floor for {label} holds by a levy of {least:,.3g} to {most:,.3g} USD/kg on imports.")
    return told


def _diversion(flows: pd.DataFrame) -> list[str]:
    """Which lanes lose and which gain most, by key good."""
    changes = flows.assign(change=flows["scenario_t"] - flows["baseline_t"])
    told = []
    for good in _KEY_GOODS:
        rows = changes[(changes["commodity"] == good) & (changes["change"].abs() > _LEAST_T)]
        total = rows["change"].sum()
        if rows.empty or rows["change"].abs().max() < 0.02 * flows.loc[flows["commodity"] == good, "baseline_t"].max():
            continue
        down = _lane(rows[rows["change"] < 0].nsmallest(1, "change"))
        up = _lane(rows[rows["change"] > 0].nlargest(1, "change"))
        text = f"{_names().get(good, good)}: world trade {_sign(total)}"
        parts = [p for p in (down and f"most lost on {down}", up and f"most gained on {up}") if p]
        told.append(text + ("; " + ", ".join(parts) if parts else "") + ".")
    return told


def _sign(tonnes: float) -> str:
    return f"{'rises' if tonnes > 0 else 'falls'} by {_amount(abs(tonnes))}"


def _lane(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    r = rows.iloc[0]
    return f"{_places()[r['from']]}–{_places()[r['to']]} ({_percent_of(r)})"


def _percent_of(row: pd.Series) -> str:
    change = f"{row['change']:+,.0f} t".replace("-", "−")
    return (
        f"{change}, {_percent(row['change'] / row['baseline_t'])}" if row["baseline_t"] > _LEAST_T else f"{change}, new"
    )


def _levels(base: Equilibrium, hit: Equilibrium) -> list[str]:
    """Ways around: rotors instead of magnets, magnets without heavy rare earths, and output that moves."""
    told = []
    f = hit.flows
    rotors = f[f["commodity"].str.startswith("product.")]["quantity"].sum()
    if rotors > _LEAST_T:
        told.append(f"{_amount(rotors)} of magnets move in finished rotors instead of as magnets.")
    levels = _levels_by_process(hit)
    swapped = levels[levels.index.str.startswith("substitute.")].sum()
    if swapped > _LEAST_T:
        told.append(f"Users put magnets without heavy rare earths in the place of {_amount(swapped)} with them.")
    before = _levels_by_process(base)
    both = pd.DataFrame({"before": before, "after": levels}).fillna(0.0)
    both = both[~both.index.str.startswith(("motor.", "substitute.", "untrace:"))]
    both["change"] = both["after"] - both["before"]
    both = both[(both["before"] > _LEAST_T) & ((both["change"] / both["before"]).abs() > 0.03)]
    outside = both[~both.index.str.endswith("@CHN") & both.index.str.startswith(("magnet.", "sep.", "mine."))]
    for words, rows in (
        ("grows most", outside.nlargest(2, "change")),
        ("shrinks most", outside.nsmallest(2, "change")),
    ):
        kept = rows[(rows["change"] > 0) == (words == "grows most")]
        if len(kept):
            told.append(
                f"Outside China, what {words} is " + " and ".join(_change(i, r) for i, r in kept.iterrows()) + "."
            )
    return told


def _levels_by_process(equilibrium: Equilibrium) -> pd.Series:
    p = equilibrium.processes
    return p.assign(id=p["id"].str.partition("|")[0].str.removesuffix(CLEAN)).groupby("id")["level"].sum()


def _change(name: object, row: pd.Series) -> str:
    process, _, region = str(name).partition("@")
    change = f"{row['change']:+,.0f} t".replace("-", "−")
    return f"{_process_name(process)} in {_places()[region]} ({change}, {_percent(row['change'] / row['before'])})"


def _china(prices: pd.DataFrame) -> list[str]:
    """Tell Chinese prices: what cannot leave pushes them down."""
    rows = prices[(prices["region"] == "CHN") & prices["commodity"].isin(_KEY_GOODS)]
    changed = rows.assign(change=rows["scenario"] / rows["baseline"] - 1)
    changed = changed[changed["change"].abs() > 0.005].sort_values("change", kind="stable")
    if changed.empty:
        return []
    list_ = ", ".join(
        f"{_names()[c]} {_percent(x)}" for c, x in zip(changed["commodity"], changed["change"], strict=True)
    )
    return [f"Inside China: {list_}."]


def why(base: Equilibrium, hit: Equilibrium, region: str, commodity: str) -> list[str]:
    """Return why a commodity's price in a region changed: supply by source, use, and what binds there.

    Parameters
    ----------
    base, hit
        Equilibria without and with the measures.
    region, commodity
        The place, e.g. ``"DEU"``, ``"magnet.ndfeb_hd"``.
    """
    told = []
    before, after = (_paid(e, commodity, region) for e in (base, hit))
    if before is not None and after is not None:
        told.append(
            f"{_names().get(commodity, commodity)} in {_places()[region]}: {before:,.4g} to {after:,.4g} USD/kg paid "
            f"({_percent(after / before - 1)})."
        )
    arrivals = [
        e.flows[(e.flows["commodity"].str.removesuffix(CLEAN) == commodity) & (e.flows["to"] == region)]
        .groupby("from")["quantity"]
        .sum()
        for e in (base, hit)
    ]
    moved = (arrivals[1].sub(arrivals[0], fill_value=0.0)).sort_values(key=abs, ascending=False, kind="stable")
    for origin, change in moved[moved.abs() > _LEAST_T].head(4).items():
        told.append(f"From {_places()[str(origin)]}: {change:+,.0f} t.".replace("-", "−"))
    m = hit.measures
    here = m[m["id"].str.endswith(f":{commodity}") & (m["region"] == region) & m["binding"].astype(bool)]
    return told + [
        f"{r['id'].rpartition(':')[0]} binds here: {r['wedge']:,.3g} USD/kg." for r in here.to_dict("records")
    ]


def _paid(equilibrium: Equilibrium, commodity: str, region: str) -> float | None:
    p = equilibrium.price_paid
    rows = p[(p["commodity"] == commodity) & (p["region"] == region)]
    whole: Iterable[float] = rows[rows["segment"] == "*"]["price"]
    return next(iter([*whole, *rows["price"]]), None)
